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

// Channel is one channel of a team.
func (c *Client) Channel(ctx context.Context, team, channel string) (Channel, error) {
	var out Channel
	b := teams.NewItemChannelsChannelItemRequestBuilderInternal(at("team%2Did", team, "channel%2Did", channel), c.adapter)
	err := c.call(ctx, "get channel", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToGetRequestInformation(ctx, nil)
	}, &out)
	return out, err
}

// Team is one team.
func (c *Client) Team(ctx context.Context, team string) (Team, error) {
	var out Team
	b := teams.NewTeamItemRequestBuilderInternal(at("team%2Did", team), c.adapter)
	err := c.call(ctx, "get team", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToGetRequestInformation(ctx, nil)
	}, &out)
	return out, err
}

// CreateChannel makes a standard channel in a team.
func (c *Client) CreateChannel(ctx context.Context, team, name, description string) (Channel, error) {
	kind := models.STANDARD_CHANNELMEMBERSHIPTYPE
	body := models.NewChannel()
	body.SetDisplayName(&name)
	body.SetMembershipType(&kind)
	if description != "" {
		body.SetDescription(&description)
	}
	b := teams.NewItemChannelsRequestBuilderInternal(at("team%2Did", team), c.adapter)
	var made Channel
	err := c.call(ctx, "create channel", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToPostRequestInformation(ctx, body, nil)
	}, &made)
	return made, err
}

// quote doubles the quotation marks of a value inside an OData literal.
func quote(s string) string { return strings.ReplaceAll(s, "'", "''") }

// JoinedTeams lists the teams that an account is a direct member of.
func (c *Client) JoinedTeams(ctx context.Context, user string) ([]Team, error) {
	var all []Team
	err := each(ctx, c, "list teams of user", get("{+baseurl}/users/{user}/joinedTeams", at("user", user)), collect(&all))
	return all, err
}
