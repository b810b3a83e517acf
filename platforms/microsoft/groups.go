package microsoft

import (
	"context"
	"slices"
	"strings"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

// groups reads groups, as the application.
type groups struct{ graph *graph.Client }

// List implements platforms.Groups.
func (g *groups) List(ctx context.Context, page func([]platforms.Group) error) error {
	return fail("list groups", g.graph.Groups(ctx, func(some []graph.Group) error {
		list := make([]platforms.Group, len(some))
		for i, one := range some {
			list[i] = platforms.Group{
				ID: platforms.GroupID(one.ID), Name: one.DisplayName, Address: strings.ToLower(one.Mail), Kind: groupKind(one),
			}
		}
		return page(list)
	}), harmless)
}

// Members implements platforms.Groups, groups within the group included.
func (g *groups) Members(ctx context.Context, group platforms.GroupID, page func([]platforms.UserID) error) error {
	return fail("list group members", g.graph.GroupMembers(ctx, string(group), func(ids []string) error {
		if len(ids) == 0 {
			return nil
		}
		list := make([]platforms.UserID, len(ids))
		for i, id := range ids {
			list[i] = platforms.UserID(id)
		}
		return page(list)
	}), harmless)
}

// groupKind is what the Entra admin center calls such a group.
func groupKind(g graph.Group) string {
	kind := "distribution list"
	switch {
	case slices.Contains(g.Types, "Unified"):
		kind = "Microsoft 365"
	case g.SecurityEnabled && g.MailEnabled:
		kind = "mail-enabled security"
	case g.SecurityEnabled:
		kind = "security"
	}
	if slices.Contains(g.Types, "DynamicMembership") {
		kind += ", dynamic"
	}
	return kind
}
