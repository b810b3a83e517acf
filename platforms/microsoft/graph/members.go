package graph

import (
	"context"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/teams"
)

// Member is a seat in a team or channel (aadUserConversationMember).
type Member struct {
	ID          string   `json:"id"` // of the seat
	DisplayName string   `json:"displayName"`
	Roles       []string `json:"roles"` // "owner", "guest"; empty for a plain member
	UserID      string   `json:"userId"`
	Email       string   `json:"email"`
	TenantID    string   `json:"tenantId"` // the account's home tenant
}

// TeamMembers lists the members of a team, page by page. They are the members
// of its standard channels.
func (c *Client) TeamMembers(ctx context.Context, team string, f func([]Member) error) error {
	b := teams.NewItemMembersRequestBuilderInternal(at("team%2Did", team), c.adapter)
	return each(ctx, c, "list team members", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToGetRequestInformation(ctx, nil)
	}, f)
}

// TeamMember finds the seat of an account in a team; found is false when it has none.
func (c *Client) TeamMember(ctx context.Context, team, user string) (seat Member, found bool, err error) {
	filter := "(microsoft.graph.aadUserConversationMember/userId eq '" + quote(user) + "')"
	var all []Member
	b := teams.NewItemMembersRequestBuilderInternal(at("team%2Did", team), c.adapter)
	err = each(ctx, c, "find team member", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToGetRequestInformation(ctx, &teams.ItemMembersRequestBuilderGetRequestConfiguration{
			QueryParameters: &teams.ItemMembersRequestBuilderGetQueryParameters{Filter: &filter},
		})
	}, collect(&all))
	for _, m := range all {
		if strings.EqualFold(m.UserID, user) {
			return m, true, err
		}
	}
	return Member{}, false, err
}

// AddTeamMember makes an account a plain member of a team, or a guest in it.
func (c *Client) AddTeamMember(ctx context.Context, team, user string, guest bool) error {
	kind, roles := "#microsoft.graph.aadUserConversationMember", []string{}
	if guest {
		roles = append(roles, "guest")
	}
	body := models.NewAadUserConversationMember()
	body.SetOdataType(&kind)
	body.SetRoles(roles)
	body.SetAdditionalData(map[string]any{
		"user@odata.bind": strings.TrimSuffix(c.root.String(), "/") + "/" + Version + "/users('" + quote(user) + "')",
	})
	b := teams.NewItemMembersRequestBuilderInternal(at("team%2Did", team), c.adapter)
	var added Member
	return c.call(ctx, "add team member", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToPostRequestInformation(ctx, body, nil)
	}, &added)
}

// RemoveTeamMember ends a membership. seat is the id of the seat, not of the account.
func (c *Client) RemoveTeamMember(ctx context.Context, team, seat string) error {
	b := teams.NewItemMembersConversationMemberItemRequestBuilderInternal(at("team%2Did", team, "conversationMember%2Did", seat), c.adapter)
	return c.call(ctx, "remove team member", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToDeleteRequestInformation(ctx, nil)
	}, nil)
}
