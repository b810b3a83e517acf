package google

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
	"miohub/platforms/transport"
)

const (
	markdown = "MARKUP_SYNTAX_MARKDOWN"
	// limitBytes is the most a message's text may have.
	limitBytes = 32000
	// maxBytes is what is promised: escaping doubles a text at worst.
	maxBytes = limitBytes / 2
	// ownPrefix starts the ids we give our messages; the letter after it tells
	// whether the rest is the draft's key itself or its hash.
	ownPrefix   = "client-mio-"
	keyedPrefix = ownPrefix + "k-"
	hashPrefix  = ownPrefix + "h-"
	maxClientID = 63
	replyOption = "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"
)

// messages writes to spaces, as a person or as the Chat app.
type messages struct {
	w       *workspace
	threads *threads
}

// Features tells what a space can do; every named space can do the same.
func (m *messages) Features(platforms.RoomID) platforms.Features {
	f := platforms.Features{
		PostAsPerson: true, Edits: true, Deletes: true, Threads: true, Reactions: true, ReactAsPerson: true,
		MaxBytes: maxBytes, Idempotent: true,
	}
	if m.w.on(platforms.FeatureFiles) {
		f.MaxFile = maxFile
	}
	return f
}

// actAs is the Chat API in the name of an account, or of the Chat app.
func (m *messages) actAs(ctx context.Context, id platforms.UserID) (*chat.Service, error) {
	if id == "" || id == appUser {
		return m.w.chat(ctx, actor{"", scopeBot})
	}
	address, err := m.w.addressOf(ctx, id)
	if err != nil {
		return nil, err
	}
	return m.w.chat(ctx, actor{address, scopeMessages})
}

// Send posts a draft. Its key makes the request id and the message's own id, so
// that a repeated send finds what the first one left.
func (m *messages) Send(ctx context.Context, d platforms.Draft) (platforms.Sent, error) {
	const op = "post message"
	text, err := bodyOf(op, d)
	if err != nil {
		return platforms.Sent{}, err
	}
	api, err := m.actAs(ctx, d.As)
	if err != nil {
		return platforms.Sent{}, err
	}
	id := clientID(d.Key)
	msg := &chat.Message{Text: text, MarkupSyntax: markdown, Attachment: attached(d.Files)}
	call := api.Spaces.Messages.Create(string(d.Room), msg).RequestId(requestID(d)).MessageId(id).Context(transport.Idempotent(ctx))
	if d.Root != "" {
		thread, err := m.threads.of(ctx, api, d.Root)
		if err != nil {
			return platforms.Sent{}, err
		}
		if thread != "" {
			msg.Thread = &chat.Thread{Name: thread}
			call = call.MessageReplyOption(replyOption)
		}
	}
	made, err := call.Do()
	if err != nil {
		err = without(text, failed(op, err))
		if platforms.KindOf(err) != platforms.Conflict {
			return platforms.Sent{}, err
		}
		return m.read(ctx, api, clientName(d.Room, id), d.Root)
	}
	if made.CreateTime == "" {
		// A repeated request is answered with little more than the name.
		return m.read(ctx, api, made.Name, d.Root)
	}
	return m.sent(made, d.Root), nil
}

func (m *messages) read(ctx context.Context, api *chat.Service, name string, root platforms.MessageID) (platforms.Sent, error) {
	found, err := api.Spaces.Messages.Get(name).Context(ctx).Do()
	if err != nil {
		return platforms.Sent{}, failed("read message", err)
	}
	return m.sent(found, root), nil
}

// sent maps a message of ours. asked is the root that was asked for: a reply
// whose thread is gone has become a root of its own.
func (m *messages) sent(msg *chat.Message, asked platforms.MessageID) platforms.Sent {
	s := platforms.Sent{ID: platforms.MessageID(msg.Name), Version: version(msg), Time: when(msg.CreateTime)}
	s.Root = s.ID
	if msg.Thread != nil {
		switch root, known := m.threads.rootOf(msg.Thread.Name); {
		case known:
			s.Root = root
		case asked != "" && msg.ThreadReply:
			s.Root = asked
		default:
			m.threads.learn(s.ID, msg.Thread.Name)
		}
	}
	return s
}

// FindSent looks for the draft by the id that its key makes.
func (m *messages) FindSent(ctx context.Context, d platforms.Draft, known func(platforms.MessageID) bool) ([]platforms.Sent, error) {
	api, err := m.actAs(ctx, d.As)
	if err != nil {
		return nil, err
	}
	found, err := m.read(ctx, api, clientName(d.Room, clientID(d.Key)), d.Root)
	switch {
	case platforms.KindOf(err) == platforms.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	case known != nil && known(found.ID):
		return nil, nil
	}
	return []platforms.Sent{found}, nil
}

// Edit replaces the text of a message of ours.
func (m *messages) Edit(ctx context.Context, t platforms.Target, d platforms.Draft) (platforms.Sent, error) {
	const op = "edit message"
	text, err := bodyOf(op, d)
	if err != nil {
		return platforms.Sent{}, err
	}
	api, err := m.actAs(ctx, t.As)
	if err != nil {
		return platforms.Sent{}, err
	}
	return m.patch(ctx, api, op, t, text)
}

func (m *messages) patch(ctx context.Context, api *chat.Service, op string, t platforms.Target, text string) (platforms.Sent, error) {
	changed, err := api.Spaces.Messages.Patch(string(t.ID), &chat.Message{Text: text, MarkupSyntax: markdown}).
		UpdateMask("text").Context(transport.Idempotent(ctx)).Do()
	if err != nil {
		return platforms.Sent{}, without(text, failed(op, err))
	}
	return m.sent(changed, t.Root), nil
}

// gone stands in for the text of a deleted message that has replies: Google
// deletes such a message only together with what others said below it.
const gone = "_This message was deleted._"

// Delete removes a message of ours. One that has replies by others is emptied.
func (m *messages) Delete(ctx context.Context, t platforms.Target) error {
	api, err := m.actAs(ctx, t.As)
	if err != nil {
		return err
	}
	_, err = api.Spaces.Messages.Delete(string(t.ID)).Context(transport.Idempotent(ctx)).Do()
	err = failed("delete message", err)
	switch platforms.KindOf(err) {
	case "", platforms.NotFound:
		return nil
	case platforms.Invalid, platforms.Conflict:
		if hasReplies(err) {
			_, err = m.patch(ctx, api, "empty message", t, gone)
		}
	}
	return err
}

func hasReplies(err error) bool {
	return strings.Contains(err.Error(), "repl") || strings.Contains(err.Error(), "FAILED_PRECONDITION")
}

func bodyOf(op string, d platforms.Draft) (string, error) {
	text := renderMarkdown(d.Body, d.Mentioned)
	if len(text) > limitBytes {
		return "", &platforms.Error{
			Kind: platforms.Invalid, Op: "google: " + op, Code: "too-long",
			Text: fmt.Sprintf("the message has %d bytes, more than the %d that Google Chat takes", len(text), limitBytes),
		}
	}
	return text, nil
}

// clientID names a message by its draft's key. Where the key may stand in an
// id (at most 63 of a-z, 0-9 and "-", prefix included), it does, and comes back
// with the event.
func clientID(key string) string {
	if id := keyedPrefix + key; len(id) <= maxClientID && key != "" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" {
		return id
	}
	sum := sha256.Sum256([]byte(key))
	return hashPrefix + hex.EncodeToString(sum[:20])
}

func clientName(room platforms.RoomID, id string) string {
	return string(room) + "/messages/" + id
}

// draftKey is the key that a message's own id carries, own whether it is ours.
func draftKey(clientID string) (key string, own bool) {
	if key, ok := strings.CutPrefix(clientID, keyedPrefix); ok {
		return key, true
	}
	return "", strings.HasPrefix(clientID, ownPrefix)
}

// requestID is stable for a draft and whom it is posted as: Google refuses the
// same request id from another account.
func requestID(d platforms.Draft) string {
	return uuidOf(string(d.Room), d.Key, string(d.As))
}

// uuidOf is a request id that is the same for the same parts.
func uuidOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// version changes with each edit.
func version(msg *chat.Message) string {
	if msg.LastUpdateTime != "" {
		return msg.LastUpdateTime
	}
	return msg.CreateTime
}

func when(stamp string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
