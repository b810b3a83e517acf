package graph

import (
	"context"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/teams"
)

// maxPage is the largest page of messages that Graph gives.
const maxPage int32 = 50

// Place is a channel, and a thread of it when Root is set.
type Place struct {
	Team, Channel string
	Root          string // id of the thread's root; "" for the channel itself
}

// Message is a message of a channel (resource type chatMessage).
type Message struct {
	ID        string    `json:"id"`
	ReplyToID string    `json:"replyToId"` // "" for a root
	Type      string    `json:"messageType"`
	Created   time.Time `json:"createdDateTime"`
	// Modified moves with edits and deletions, but also with reactions.
	Modified   time.Time  `json:"lastModifiedDateTime"`
	Edited     *time.Time `json:"lastEditedDateTime"`
	Deleted    *time.Time `json:"deletedDateTime"`
	Subject    string     `json:"subject"`
	Importance string     `json:"importance"` // "normal", "high", "urgent"
	From       *From      `json:"from"`       // nil in system messages
	Body       struct {
		ContentType string `json:"contentType"` // "html", "text"
		Content     string `json:"content"`
	} `json:"body"`
	Attachments []Attachment `json:"attachments"`
	Mentions    []Mention    `json:"mentions"`
	Reactions   []Reaction   `json:"reactions"`
	Replies     []Message    `json:"replies"` // where expanded
	// RepliesNext leads to the replies that one answer has no room for.
	RepliesNext string `json:"replies@odata.nextLink"`
}

// Attachment is a file or card of a message (chatMessageAttachment); the body
// shows where by <attachment id="ID">.
type Attachment struct {
	ID          string `json:"id"`          // of a file: the GUID in its ETag
	ContentType string `json:"contentType"` // "reference" for a file in SharePoint
	ContentURL  string `json:"contentUrl"`  // of a file: where it lies
	Name        string `json:"name"`
}

// Reference is the content type of an attachment that is a file.
const Reference = "reference"

// From tells who posted: one of the two is set, at most.
type From struct {
	User        *Identity `json:"user"`
	Application *Identity `json:"application"`
}

// Identity is a person or an app.
type Identity struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
}

// Mention is one mention; the body refers to it as <at id="ID">.
type Mention struct {
	ID        int    `json:"id"`
	Text      string `json:"mentionText"`
	Mentioned struct {
		User         *Identity `json:"user"`
		Conversation *Identity `json:"conversation"` // the channel or the team
	} `json:"mentioned"`
}

// MentionOf mentions a person of the tenant.
func MentionOf(id int, user, name string) Mention {
	m := Mention{ID: id, Text: name}
	m.Mentioned.User = &Identity{ID: user, DisplayName: name}
	return m
}

// Content is what a message says: HTML, and what the HTML refers to.
type Content struct {
	HTML        string
	Mentions    []Mention
	Attachments []Attachment
}

// model is the SDK's form of a message to be posted or put in place.
func (c Content) model() *models.ChatMessage {
	kind := models.HTML_BODYTYPE
	body := models.NewItemBody()
	body.SetContentType(&kind)
	body.SetContent(&c.HTML)
	message := models.NewChatMessage()
	message.SetBody(body)
	if len(c.Mentions) > 0 {
		message.SetMentions(mentionModels(c.Mentions))
	}
	if len(c.Attachments) > 0 {
		message.SetAttachments(attachmentModels(c.Attachments))
	}
	return message
}

func mentionModels(mentions []Mention) []models.ChatMessageMentionable {
	list := make([]models.ChatMessageMentionable, len(mentions))
	for i, m := range mentions {
		id, member := int32(m.ID), models.AADUSER_TEAMWORKUSERIDENTITYTYPE
		user := models.NewTeamworkUserIdentity()
		user.SetId(&m.Mentioned.User.ID)
		user.SetDisplayName(&m.Mentioned.User.DisplayName)
		user.SetUserIdentityType(&member)
		set := models.NewChatMessageMentionedIdentitySet()
		set.SetUser(user)
		mention := models.NewChatMessageMention()
		mention.SetId(&id)
		mention.SetMentionText(&m.Text)
		mention.SetMentioned(set)
		list[i] = mention
	}
	return list
}

func attachmentModels(attachments []Attachment) []models.ChatMessageAttachmentable {
	list := make([]models.ChatMessageAttachmentable, len(attachments))
	for i, a := range attachments {
		attachment := models.NewChatMessageAttachment()
		attachment.SetId(&a.ID)
		attachment.SetContentType(&a.ContentType)
		attachment.SetContentUrl(&a.ContentURL)
		attachment.SetName(&a.Name)
		list[i] = attachment
	}
	return list
}

func (p Place) path(message ...string) map[string]string {
	m := at("team%2Did", p.Team, "channel%2Did", p.Channel)
	root := p.Root
	if root == "" && len(message) > 0 {
		root = message[0]
	} else if len(message) > 0 {
		m["chatMessage%2Did1"] = message[0]
	}
	if root != "" {
		m["chatMessage%2Did"] = root
	}
	return m
}

// Post posts in a channel, or in a thread when the place has a root.
func (c *Client) Post(ctx context.Context, p Place, say Content) (Message, error) {
	var out Message
	err := c.call(ctx, "post message", func(ctx context.Context) (*abs.RequestInformation, error) {
		if p.Root != "" {
			return teams.NewItemChannelsItemMessagesItemRepliesRequestBuilderInternal(p.path(), c.adapter).
				ToPostRequestInformation(ctx, say.model(), nil)
		}
		return teams.NewItemChannelsItemMessagesRequestBuilderInternal(p.path(), c.adapter).
			ToPostRequestInformation(ctx, say.model(), nil)
	}, &out)
	return out, err
}

// Edit replaces a message's body. id is a root when the place has no root.
func (c *Client) Edit(ctx context.Context, p Place, id string, say Content) error {
	return c.call(ctx, "edit message", func(ctx context.Context) (*abs.RequestInformation, error) {
		if p.Root != "" {
			return teams.NewItemChannelsItemMessagesItemRepliesChatMessageItemRequestBuilderInternal(p.path(id), c.adapter).
				ToPatchRequestInformation(ctx, say.model(), nil)
		}
		return teams.NewItemChannelsItemMessagesChatMessageItemRequestBuilderInternal(p.path(id), c.adapter).
			ToPatchRequestInformation(ctx, say.model(), nil)
	}, nil)
}

// Message is one message. id is a root when the place has no root.
func (c *Client) Message(ctx context.Context, p Place, id string) (Message, error) {
	var out Message
	err := c.call(ctx, "get message", func(ctx context.Context) (*abs.RequestInformation, error) {
		if p.Root != "" {
			return teams.NewItemChannelsItemMessagesItemRepliesChatMessageItemRequestBuilderInternal(p.path(id), c.adapter).
				ToGetRequestInformation(ctx, nil)
		}
		return teams.NewItemChannelsItemMessagesChatMessageItemRequestBuilderInternal(p.path(id), c.adapter).
			ToGetRequestInformation(ctx, nil)
	}, &out)
	return out, err
}

// SoftDelete deletes a message; its thread stays. id is a root when the place
// has no root.
func (c *Client) SoftDelete(ctx context.Context, p Place, id string) error {
	return c.call(ctx, "delete message", func(ctx context.Context) (*abs.RequestInformation, error) {
		if p.Root != "" {
			return teams.NewItemChannelsItemMessagesItemRepliesItemSoftDeleteRequestBuilderInternal(p.path(id), c.adapter).
				ToPostRequestInformation(ctx, nil)
		}
		return teams.NewItemChannelsItemMessagesItemSoftDeleteRequestBuilderInternal(p.path(id), c.adapter).
			ToPostRequestInformation(ctx, nil)
	}, nil)
}

// Replies lists a thread's replies, in no promised order.
func (c *Client) Replies(ctx context.Context, p Place) ([]Message, error) {
	var all []Message
	top := maxPage
	b := teams.NewItemChannelsItemMessagesItemRepliesRequestBuilderInternal(p.path(), c.adapter)
	err := each(ctx, c, "list replies", func(ctx context.Context) (*abs.RequestInformation, error) {
		return b.ToGetRequestInformation(ctx, &teams.ItemChannelsItemMessagesItemRepliesRequestBuilderGetRequestConfiguration{
			QueryParameters: &teams.ItemChannelsItemMessagesItemRepliesRequestBuilderGetQueryParameters{Top: &top},
		})
	}, collect(&all))
	return all, err
}

// MessageDelta is one page of a channel's changes: roots with their replies.
type MessageDelta struct {
	Messages  []Message
	NextLink  string // the next page; "" on the last
	DeltaLink string // where the next read starts; on the last page
}

// MessagesSince reads the first page of what was posted or changed in a
// channel after a time.
func (c *Client) MessagesSince(ctx context.Context, p Place, since time.Time) (MessageDelta, error) {
	top := maxPage
	filter := "lastModifiedDateTime gt " + since.UTC().Format("2006-01-02T15:04:05.000Z")
	return c.delta(ctx, func(ctx context.Context) (*abs.RequestInformation, error) {
		return teams.NewItemChannelsItemMessagesDeltaRequestBuilderInternal(p.path(), c.adapter).ToGetRequestInformation(ctx,
			&teams.ItemChannelsItemMessagesDeltaRequestBuilderGetRequestConfiguration{
				QueryParameters: &teams.ItemChannelsItemMessagesDeltaRequestBuilderGetQueryParameters{
					Filter: &filter, Expand: []string{"replies"}, Top: &top,
				},
			})
	})
}

// MessagesDelta reads the page that a next or delta link leads to.
func (c *Client) MessagesDelta(ctx context.Context, link string) (MessageDelta, error) {
	return c.delta(ctx, follow(link))
}

func (c *Client) delta(ctx context.Context, b build) (MessageDelta, error) {
	var p page[Message]
	if err := c.call(ctx, "list changed messages", b, &p); err != nil {
		return MessageDelta{}, err
	}
	for i := range p.Value {
		if err := c.allReplies(ctx, &p.Value[i]); err != nil {
			return MessageDelta{}, err
		}
	}
	return MessageDelta{Messages: p.Value, NextLink: p.NextLink, DeltaLink: p.DeltaLink}, nil
}

// allReplies completes a root whose replies did not fit in the answer.
func (c *Client) allReplies(ctx context.Context, root *Message) error {
	if root.RepliesNext == "" {
		return nil
	}
	return each(ctx, c, "list more replies", follow(root.RepliesNext), collect(&root.Replies))
}
