package microsoft

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"slices"
	"strings"
	"time"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

const (
	// maxBytes of a body as the hub measures it, in UTF-8. Teams takes about 28 KB
	// of HTML and mentions, counted in UTF-16: Latin letters count double there,
	// a line break eightfold, so this leaves room for a factor of nearly three.
	maxBytes = 10 << 10

	// readBack is how long an uncertain send is looked for, in the tenant's
	// time, and lookAgain the pause between looks. Teams shows a new post to
	// readers only after a moment.
	readBack  = 30 * time.Second
	lookAgain = 3 * time.Second

	// clocksApart is how far this computer's clock may be from the tenant's
	// when a post is recognised by its time.
	clocksApart = 5 * time.Minute
)

// messages writes as the bridge account.
type messages struct {
	graph   *graph.Client
	session *session
	files   *files // nil where files are not carried
}

// messageID names a message: its room, its thread's root and, for a reply, its
// own id, since Graph's ids are unique within a channel at most.
func messageID(room platforms.RoomID, root, reply string) platforms.MessageID {
	id := string(room) + "/" + root
	if reply != "" {
		id += "/" + reply
	}
	return platforms.MessageID(id)
}

// position is where a message stands.
type position struct {
	graph.Place        // its thread; Root is "" for a root
	id          string // its own
}

// locate parses a message id.
func locate(id platforms.MessageID) (position, error) {
	parts := strings.Split(string(id), "/")
	for _, p := range parts {
		if p == "" {
			parts = nil
		}
	}
	switch len(parts) {
	case 3:
		return position{graph.Place{Team: parts[0], Channel: parts[1]}, parts[2]}, nil
	case 4:
		return position{graph.Place{Team: parts[0], Channel: parts[1], Root: parts[2]}, parts[3]}, nil
	}
	return position{}, &platforms.Error{Kind: platforms.NotFound, Op: "microsoft: parse message id", Text: "not a message of Microsoft Teams: " + string(id)}
}

// thread is the place a draft belongs in.
func thread(d platforms.Draft) (graph.Place, error) {
	p, err := place(d.Room)
	if err != nil || d.Root == "" {
		return p, err
	}
	root, err := locate(d.Root)
	if err != nil {
		return p, err
	}
	p.Root = root.id
	return p, nil
}

// Features implements platforms.Messages.
func (m *messages) Features(platforms.RoomID) platforms.Features {
	f := platforms.Features{Edits: true, Deletes: true, Reactions: true, Threads: true, MaxBytes: maxBytes}
	if m.files != nil {
		f.MaxFile = maxFile
	}
	return f
}

// content is a draft in Teams' form.
func content(d platforms.Draft) (graph.Content, error) {
	text, ats := renderHTML(d.Body, d.Mentioned)
	shown, err := attachments(d.Files)
	for _, a := range shown {
		text += `<attachment id="` + html.EscapeString(a.ID) + `"></attachment>`
	}
	return graph.Content{HTML: text, Mentions: mentions(ats), Attachments: shown}, err
}

// Send implements platforms.Messages. Teams has no key by which it would
// recognise a second attempt, so a send is made once.
func (m *messages) Send(ctx context.Context, d platforms.Draft) (platforms.Sent, error) {
	p, err := thread(d)
	if err != nil {
		return platforms.Sent{}, err
	}
	say, err := content(d)
	if err != nil {
		return platforms.Sent{}, err
	}
	made, err := m.graph.Post(ctx, p, say)
	if err != nil {
		return platforms.Sent{}, unquoted(say.HTML, fail("post message", err, once))
	}
	return sent(d.Room, p.Root, made), nil
}

func mentions(ats []atMention) []graph.Mention {
	list := make([]graph.Mention, len(ats))
	for i, a := range ats {
		list[i] = graph.MentionOf(a.ID, a.User, a.Name)
	}
	return list
}

func sent(room platforms.RoomID, root string, made graph.Message) platforms.Sent {
	out := platforms.Sent{Version: version(made), Time: made.Created}
	if root == "" {
		out.ID = messageID(room, made.ID, "")
		out.Root = out.ID
		return out
	}
	out.ID, out.Root = messageID(room, root, made.ID), messageID(room, root, "")
	return out
}

// version changes with each edit and with nothing else: reactions move a
// message's etag and time of modification too.
func version(m graph.Message) string {
	at := m.Created
	if m.Edited != nil {
		at = *m.Edited
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// FindSent implements platforms.Messages: posts of the bridge account, in the
// room and thread, made since the draft was first tried, that say the same.
func (m *messages) FindSent(ctx context.Context, d platforms.Draft, known func(platforms.MessageID) bool) ([]platforms.Sent, error) {
	p, err := thread(d)
	if err != nil {
		return nil, err
	}
	say, err := content(d)
	if err != nil {
		return nil, err
	}
	want := normalText(say.HTML)
	ours := func(c graph.Message) bool {
		return c.From != nil && c.From.User != nil && platforms.UserID(c.From.User.ID) == m.session.bridgeID &&
			c.Deleted == nil && !c.Created.Before(d.FirstTried.Add(-clocksApart)) && normalText(c.Body.Content) == want &&
			slices.Equal(references(c.Attachments), references(say.Attachments))
	}
	for waited := time.Duration(0); ; waited += lookAgain {
		candidates, err := m.recent(ctx, p, d.FirstTried.Add(-clocksApart))
		if err != nil {
			return nil, fail("look for a message", err, harmless)
		}
		var found []platforms.Sent
		for _, c := range candidates {
			if s := sent(d.Room, p.Root, c); ours(c) && !known(s.ID) {
				found = append(found, s)
			}
		}
		if len(found) > 0 || waited >= readBack {
			return found, nil
		}
		if err := m.session.pause(ctx, lookAgain); err != nil {
			return nil, &platforms.Error{Kind: platforms.TryLater, Op: "microsoft: look for a message", Err: err}
		}
	}
}

// references are the files of a message by id, sorted.
func references(list []graph.Attachment) []string {
	var ids []string
	for _, a := range list {
		if a.ContentType == graph.Reference {
			ids = append(ids, strings.ToLower(a.ID))
		}
	}
	slices.Sort(ids)
	return ids
}

// recent lists the roots of a channel, or the replies of a thread, that changed
// since a time.
func (m *messages) recent(ctx context.Context, p graph.Place, since time.Time) ([]graph.Message, error) {
	if p.Root != "" {
		return m.graph.Replies(ctx, p)
	}
	var all []graph.Message
	err := drain(ctx, m.graph, p, since, func(root graph.Message) { all = append(all, root) })
	return all, err
}

// drain reads the roots changed since a time to the end.
func drain(ctx context.Context, g *graph.Client, p graph.Place, since time.Time, f func(graph.Message)) error {
	d, err := g.MessagesSince(ctx, p, since)
	for ; err == nil; d, err = g.MessagesDelta(ctx, d.NextLink) {
		for _, root := range d.Messages {
			f(root)
		}
		if d.NextLink == "" {
			return nil
		}
	}
	return err
}

// Edit implements platforms.Messages. Graph answers an edit without the
// message, so the version is made of what was put there.
func (m *messages) Edit(ctx context.Context, t platforms.Target, d platforms.Draft) (platforms.Sent, error) {
	at, err := locate(t.ID)
	if err != nil {
		return platforms.Sent{}, err
	}
	say, err := content(d)
	if err != nil {
		return platforms.Sent{}, err
	}
	if err := m.graph.Edit(transport.Idempotent(ctx), at.Place, at.id, say); err != nil {
		return platforms.Sent{}, unquoted(say.HTML, fail("edit message", err, harmless))
	}
	sum := sha256.Sum256([]byte(say.HTML))
	root := t.Root
	if root == "" {
		root = t.ID
	}
	return platforms.Sent{ID: t.ID, Root: root, Version: hex.EncodeToString(sum[:8]), Time: m.session.env.Now()}, nil
}

// Delete implements platforms.Messages: a soft deletion, which leaves the
// thread and everybody's replies.
func (m *messages) Delete(ctx context.Context, t platforms.Target) error {
	at, err := locate(t.ID)
	if err != nil {
		return err
	}
	err = fail("delete message", m.graph.SoftDelete(transport.Idempotent(ctx), at.Place, at.id), harmless)
	switch platforms.KindOf(err) {
	case platforms.NotFound:
		return nil
	case platforms.Invalid, platforms.Conflict, platforms.Forbidden:
		// What is deleted already is refused in several ways.
		if now, look := m.graph.Message(ctx, at.Place, at.id); look == nil && now.Deleted != nil {
			return nil
		}
	}
	return err
}
