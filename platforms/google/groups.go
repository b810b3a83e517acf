package google

import (
	"context"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"

	"miohub/platforms"
)

const groupsPerPage = 200 // the most that groups.list and members.list give

// groups reads Google Groups, to choose by them who takes part.
type groups struct{ w *workspace }

// List delivers every group of the organisation.
func (g *groups) List(ctx context.Context, page func([]platforms.Group) error) error {
	directory, err := g.w.directory(ctx, g.w.asAdmin(scopeGroups))
	if err != nil {
		return err
	}
	var stopped error
	err = directory.Groups.List().Customer("my_customer").MaxResults(groupsPerPage).OrderBy("email").
		Fields("nextPageToken,groups(id,name,email)").Pages(ctx, func(answer *admin.Groups) error {
		list := make([]platforms.Group, 0, len(answer.Groups))
		for _, a := range answer.Groups {
			list = append(list, platforms.Group{
				ID: platforms.GroupID(a.Id), Name: a.Name, Address: strings.ToLower(a.Email), Kind: "Google Group",
			})
		}
		stopped = page(list)
		return stopped
	})
	if stopped != nil {
		return stopped
	}
	return failed("list groups", err)
}

// Members delivers each account in a group once. Google itself looks through the
// groups within it; that everybody in the organisation is a member it tells as
// one member, for whom the directory is read. Addresses without an account are
// left out.
func (g *groups) Members(ctx context.Context, group platforms.GroupID, page func([]platforms.UserID) error) error {
	directory, err := g.w.directory(ctx, g.w.asAdmin(scopeGroups))
	if err != nil {
		return err
	}
	told := map[platforms.UserID]bool{}
	deliver := func(ids []platforms.UserID) error {
		var fresh []platforms.UserID
		for _, id := range ids {
			if id != "" && !told[id] {
				told[id] = true
				fresh = append(fresh, id)
			}
		}
		return page(fresh)
	}
	var stopped error
	everybody := false
	err = directory.Members.List(string(group)).IncludeDerivedMembership(true).MaxResults(groupsPerPage).
		Fields("nextPageToken,members(id,type)").Pages(ctx, func(answer *admin.Members) error {
		var ids []platforms.UserID
		for _, m := range answer.Members {
			switch m.Type {
			case "USER":
				ids = append(ids, platforms.UserID(m.Id))
			case "CUSTOMER":
				everybody = true
			}
		}
		stopped = deliver(ids)
		return stopped
	})
	if stopped != nil {
		return stopped
	}
	if err != nil || !everybody {
		return failed("list a group's members", err)
	}
	return g.w.listUsers(ctx, false, "id", func(list []*admin.User) error {
		ids := make([]platforms.UserID, 0, len(list))
		for _, a := range list {
			ids = append(ids, platforms.UserID(a.Id))
		}
		return deliver(ids)
	})
}
