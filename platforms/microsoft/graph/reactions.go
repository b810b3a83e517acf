package graph

import (
	"context"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/teams"
)

// Reaction is one person's reaction to a message (chatMessageReaction).
type Reaction struct {
	Type    string    `json:"reactionType"` // an emoji, one of six old names, or "custom"
	Created time.Time `json:"createdDateTime"`
	User    *From     `json:"user"`
}

// SetReaction puts a reaction of the signed-in person on a message; id is a root
// when the place has no root. Setting it again changes nothing.
func (c *Client) SetReaction(ctx context.Context, p Place, id, emoji string) error {
	return c.call(ctx, "set reaction", func(ctx context.Context) (*abs.RequestInformation, error) {
		if p.Root != "" {
			body := teams.NewItemChannelsItemMessagesItemRepliesItemSetReactionPostRequestBody()
			body.SetReactionType(&emoji)
			return teams.NewItemChannelsItemMessagesItemRepliesItemSetReactionRequestBuilderInternal(p.path(id), c.adapter).
				ToPostRequestInformation(ctx, body, nil)
		}
		body := teams.NewItemChannelsItemMessagesItemSetReactionPostRequestBody()
		body.SetReactionType(&emoji)
		return teams.NewItemChannelsItemMessagesItemSetReactionRequestBuilderInternal(p.path(id), c.adapter).
			ToPostRequestInformation(ctx, body, nil)
	}, nil)
}

// UnsetReaction takes a reaction of the signed-in person back; id is a root when
// the place has no root.
func (c *Client) UnsetReaction(ctx context.Context, p Place, id, emoji string) error {
	return c.call(ctx, "unset reaction", func(ctx context.Context) (*abs.RequestInformation, error) {
		if p.Root != "" {
			body := teams.NewItemChannelsItemMessagesItemRepliesItemUnsetReactionPostRequestBody()
			body.SetReactionType(&emoji)
			return teams.NewItemChannelsItemMessagesItemRepliesItemUnsetReactionRequestBuilderInternal(p.path(id), c.adapter).
				ToPostRequestInformation(ctx, body, nil)
		}
		body := teams.NewItemChannelsItemMessagesItemUnsetReactionPostRequestBody()
		body.SetReactionType(&emoji)
		return teams.NewItemChannelsItemMessagesItemUnsetReactionRequestBuilderInternal(p.path(id), c.adapter).
			ToPostRequestInformation(ctx, body, nil)
	}, nil)
}

// UndoSoftDelete brings a soft-deleted message back. id is a root when the place
// has no root.
func (c *Client) UndoSoftDelete(ctx context.Context, p Place, id string) error {
	return c.call(ctx, "undo deletion", func(ctx context.Context) (*abs.RequestInformation, error) {
		if p.Root != "" {
			return teams.NewItemChannelsItemMessagesItemRepliesItemUndoSoftDeleteRequestBuilderInternal(p.path(id), c.adapter).
				ToPostRequestInformation(ctx, nil)
		}
		return teams.NewItemChannelsItemMessagesItemUndoSoftDeleteRequestBuilderInternal(p.path(id), c.adapter).
			ToPostRequestInformation(ctx, nil)
	}, nil)
}
