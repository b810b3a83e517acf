package graph

import (
	"context"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/teams"
)

// Team is a team (resource type team). Lists fill only the first three fields.
type Team struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Description string `json:"description"`
	IsArchived  bool   `json:"isArchived"`
}

// Teams lists every team of the tenant, page by page.
func (c *Client) Teams(ctx context.Context, f func([]Team) error) error {
	b := teams.NewTeamsRequestBuilderInternal(at(), c.adapter)
	return each(ctx, c, "list teams", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToGetRequestInformation(ctx, nil)
	}, f)
}

// Channel is a channel of a team (resource type channel).
type Channel struct {
	ID             string `json:"id"`
	DisplayName    string `json:"displayName"`
	Description    string `json:"description"`
	MembershipType string `json:"membershipType"` // "standard", "private", "shared"
	IsArchived     bool   `json:"isArchived"`
	WebURL         string `json:"webUrl"`
}

// Channels lists the channels of a team.
func (c *Client) Channels(ctx context.Context, team string) ([]Channel, error) {
	var all []Channel
	b := teams.NewItemChannelsRequestBuilderInternal(at("team%2Did", team), c.adapter)
	err := each(ctx, c, "list channels", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToGetRequestInformation(ctx, nil)
	}, collect(&all))
	return all, err
}

// RenameChannel sets a channel's display name.
func (c *Client) RenameChannel(ctx context.Context, team, channel, name string) error {
	body := models.NewChannel()
	body.SetDisplayName(&name)
	b := teams.NewItemChannelsChannelItemRequestBuilderInternal(at("team%2Did", team, "channel%2Did", channel), c.adapter)
	return c.call(ctx, "rename channel", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToPatchRequestInformation(ctx, body, nil)
	}, nil)
}

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

// AddTeamMember makes an account of the tenant a plain member of a team.
func (c *Client) AddTeamMember(ctx context.Context, team, user string) error {
	kind := "#microsoft.graph.aadUserConversationMember"
	body := models.NewAadUserConversationMember()
	body.SetOdataType(&kind)
	body.SetRoles([]string{})
	body.SetAdditionalData(map[string]any{
		"user@odata.bind": strings.TrimSuffix(c.root.String(), "/") + "/" + Version + "/users('" + quote(user) + "')",
	})
	b := teams.NewItemMembersRequestBuilderInternal(at("team%2Did", team), c.adapter)
	var added Member
	return c.call(ctx, "add team member", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToPostRequestInformation(ctx, body, nil)
	}, &added)
}

// quote doubles the quotation marks of a value inside an OData literal.
func quote(s string) string { return strings.ReplaceAll(s, "'", "''") }
