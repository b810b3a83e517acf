package google

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	admin "google.golang.org/api/admin/directory/v1"
	"google.golang.org/api/googleapi"

	"miohub/platforms"
)

const (
	usersPerPage = 500 // the most the Directory API gives
	userFields   = "id,primaryEmail,aliases,nonEditableAliases,name(displayName,fullName,givenName,familyName)," +
		"externalIds,orgUnitPath,suspended,archived,isAdmin,isMailboxSetup,isGuestUser,guestAccountInfo,deletionTime"
)

// users reads the directory. The Directory API has no delta: every read is full.
type users struct{ w *workspace }

// Read delivers every present account, then the ids of those deleted in the
// last 20 days, which is how long Google lists them.
//
// Google lets accounts have addresses in verified domains only, so a read also
// tells which those are, without the permission to list domains; they are noted
// for the next connection.
func (u *users) Read(ctx context.Context, _ platforms.Cursor, page func(platforms.UserPage) error) (platforms.Reading, error) {
	domains := strings.Fields(u.w.env.Values.Get(keyDomains))
	known := len(domains)
	for _, deleted := range []bool{false, true} {
		err := u.w.listUsers(ctx, deleted, userFields, func(list []*admin.User) error {
			p := platforms.UserPage{}
			for _, a := range list {
				if deleted {
					p.Removed = append(p.Removed, platforms.UserID(a.Id))
					continue
				}
				user := userOf(a)
				u.w.people.learn(user.ID, personOf(a))
				p.Users = append(p.Users, user)
				domains = withDomains(domains, user)
			}
			return page(p)
		})
		if err != nil {
			return platforms.Reading{}, err
		}
	}
	if len(domains) > known {
		if err := u.w.env.Values.Put(ctx, keyDomains, strings.Join(domains, " ")); err != nil {
			return platforms.Reading{}, fmt.Errorf("google: note domains: %w", err)
		}
	}
	return platforms.Reading{Full: true}, nil
}

// withDomains adds the domains of a member's addresses. Google's own test alias
// of every account is left out.
func withDomains(domains []string, user platforms.User) []string {
	if user.Kind != platforms.Member {
		return domains
	}
	for _, address := range user.Addresses {
		_, domain, ok := strings.Cut(address, "@")
		if ok && !strings.HasSuffix(domain, ".test-google-a.com") && !slices.Contains(domains, domain) {
			domains = append(domains, domain)
		}
	}
	return domains
}

// listUsers pages through the directory in the administrator's name.
func (w *workspace) listUsers(ctx context.Context, deleted bool, fields string, page func([]*admin.User) error) error {
	directory, err := w.directory(ctx, w.asAdmin(scopeUsers))
	if err != nil {
		return err
	}
	call := directory.Users.List().Customer("my_customer").MaxResults(usersPerPage).OrderBy("email").
		Fields(googleapi.Field("nextPageToken,users(" + fields + ")"))
	if deleted {
		call = call.ShowDeleted("true")
	}
	var stopped error
	err = call.Pages(ctx, func(r *admin.Users) error {
		stopped = page(r.Users)
		return stopped
	})
	if stopped != nil {
		return stopped
	}
	return failed("list users", err)
}

// userOf maps an account. Google tells of no chat licence; a mailbox, which an
// account has once a Workspace licence was assigned to it, stands for one.
func userOf(a *admin.User) platforms.User {
	u := platforms.User{
		ID: platforms.UserID(a.Id), Address: strings.ToLower(a.PrimaryEmail), OrgUnit: a.OrgUnitPath,
		EmployeeID: employeeID(a.ExternalIds), Kind: platforms.Member, State: platforms.Active,
		Licence: platforms.Unlicensed, Admin: a.IsAdmin,
	}
	if a.Name != nil {
		// fullName is put together as given name, family name, which is not how
		// every name is written; displayName is the person's own choice.
		u.Name, u.GivenName, u.FamilyName = a.Name.DisplayName, a.Name.GivenName, a.Name.FamilyName
		if u.Name == "" {
			u.Name = a.Name.FullName
		}
		if u.Name == "" {
			u.Name = strings.TrimSpace(u.GivenName + " " + u.FamilyName)
		}
	}
	u.Addresses = addresses(a)
	if a.IsMailboxSetup {
		u.Licence = platforms.Licensed
	}
	if a.IsGuestUser {
		// A guest account needs no licence.
		u.Kind, u.Licence = platforms.Guest, platforms.LicenceNotAsked
		if outside := guestAddress(a); outside != "" && outside != u.Address {
			u.Address, u.Login = outside, u.Address
		}
	}
	switch {
	case a.DeletionTime != "":
		u.State = platforms.Deleted
	case a.Suspended || a.Archived:
		u.State = platforms.Suspended
	}
	return u
}

// guestAddress is the address outside at which a guest is known, "" for members.
func guestAddress(a *admin.User) string {
	if a.GuestAccountInfo == nil {
		return ""
	}
	return strings.ToLower(a.GuestAccountInfo.PrimaryGuestEmail)
}

// addresses are the account's own: primary and aliases, which Google verifies
// to be the organisation's. The free-text "emails" are left out.
func addresses(a *admin.User) []string {
	var list []string
	for _, address := range slices.Concat([]string{guestAddress(a), a.PrimaryEmail}, a.Aliases, a.NonEditableAliases) {
		address = strings.ToLower(strings.TrimSpace(address))
		if address != "" && !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	return list
}

// employeeID finds the external id of type "organization", which the Admin
// Console calls the employee ID. The library leaves the field untyped.
func employeeID(external any) string {
	raw, err := json.Marshal(external)
	if err != nil {
		return ""
	}
	var ids []struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	if json.Unmarshal(raw, &ids) != nil {
		return ""
	}
	for _, id := range ids {
		if id.Type == "organization" {
			return id.Value
		}
	}
	return ""
}
