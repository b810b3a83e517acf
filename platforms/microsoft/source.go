package microsoft

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

const (
	// reachBack is how far before now a room's first look begins. What it finds
	// there is not carried; it only has to be longer than this computer's clock
	// may be ahead of the tenant's.
	reachBack = time.Hour

	// overlap is how long after its last change a reply is still handed on
	// again with its thread: a post may become visible later than younger ones.
	overlap = time.Hour

	// wholeEvery is how often what changed lately is read by time, although there
	// is a link. That a reply alone brings its root back is documented for such a
	// read (chatMessage: delta), not for what its link goes on to tell.
	wholeEvery = 15 * time.Minute
)

// poll looks at channels by messages/delta, as the bridge account.
type poll struct {
	graph *graph.Client
	own   platforms.UserID
	now   func() time.Time
}

// bookmark is a cursor: where a room's next look starts.
type bookmark struct {
	// Start is the tenant's time of the last thing that happened before the room
	// was linked: nothing up to it is carried.
	Start time.Time `json:"start"`
	// Seen is the latest change handed on so far.
	Seen time.Time `json:"seen"`
	Link string    `json:"link"` // Graph's delta link
	// Whole is when the channel was last read by time instead of by the link, by
	// this computer's clock.
	Whole time.Time `json:"whole"`
	// Reacted is which reactions stood when they were last seen.
	Reacted memory `json:"reacted,omitempty"`
}

func (b bookmark) cursor() (platforms.Cursor, error) {
	text, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("microsoft: write cursor: %w", err)
	}
	return platforms.Cursor(text), nil
}

// ID implements platforms.Source.
func (*poll) ID() string { return "poll" }

// Start implements platforms.Source. It reads what happened lately to learn the
// tenant's own time and to get a link that starts after it.
func (p *poll) Start(ctx context.Context, room platforms.RoomID) (platforms.Cursor, error) {
	at, err := place(room)
	if err != nil {
		return "", err
	}
	b := bookmark{Start: p.now().Add(-reachBack).UTC().Truncate(time.Millisecond), Whole: p.now().UTC()}
	d, err := p.graph.MessagesSince(ctx, at, b.Start)
	for ; err == nil; d, err = p.graph.MessagesDelta(ctx, d.NextLink) {
		for _, root := range d.Messages {
			b.Start = latest(b.Start, root)
		}
		if d.NextLink == "" {
			break
		}
	}
	if err != nil {
		return "", fail("start reading a channel", err, harmless)
	}
	b.Seen, b.Link = b.Start, d.DeltaLink
	return b.cursor()
}

// latest is the later of t and the last change of a root or its replies.
func latest(t time.Time, root graph.Message) time.Time {
	if root.Modified.After(t) {
		t = root.Modified
	}
	for _, r := range root.Replies {
		if r.Modified.After(t) {
			t = r.Modified
		}
	}
	return t
}

// Watch implements platforms.Source.
func (p *poll) Watch(ctx context.Context, turns platforms.Turns, sink platforms.Sink) error {
	for {
		turn, err := turns.Next(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("microsoft: next room: %w", err)
		}
		events, next, err := p.look(ctx, turn)
		if err == nil {
			err = sink.Put(ctx, turn.Room, events, next)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			sink.Failed(ctx, turn.Room, err)
		}
	}
}

// look reads everything that changed in a room since its cursor.
func (p *poll) look(ctx context.Context, turn platforms.Turn) ([]platforms.Event, platforms.Cursor, error) {
	if turn.Cursor == "" {
		next, err := p.Start(ctx, turn.Room)
		return nil, next, err
	}
	at, err := place(turn.Room)
	if err != nil {
		return nil, "", err
	}
	var b bookmark
	if err := json.Unmarshal([]byte(turn.Cursor), &b); err != nil {
		return nil, "", &platforms.Error{Kind: platforms.Internal, Op: "microsoft: read cursor", Err: err}
	}
	next := b
	if p.now().Sub(b.Whole) >= wholeEvery {
		b.Link, next.Whole = "", p.now().UTC()
	}
	roots, link, err := p.changes(ctx, at, b)
	if err != nil {
		return nil, "", fail("read a channel", err, harmless)
	}
	if next.Reacted == nil {
		next.Reacted = memory{}
	}
	reader := reader{room: turn.Room, own: p.own, after: b.Start, repliesAfter: b.Seen.Add(-overlap), memory: next.Reacted}
	next.Link = link
	var events []platforms.Event
	for _, root := range roots {
		events = append(events, reader.thread(root)...)
		next.Seen = latest(next.Seen, root)
	}
	next.Reacted.forget()
	// Pages come in no order; the room's order is that of the times.
	slices.SortStableFunc(events, func(a, b platforms.Event) int { return a.Time.Compare(b.Time) })
	cursor, err := next.cursor()
	return events, cursor, err
}

// changes follows the bookmark's link to the end. Where there is none, or Graph no
// longer accepts it, everything since shortly before the last change seen is read.
func (p *poll) changes(ctx context.Context, at graph.Place, b bookmark) ([]graph.Message, string, error) {
	var d graph.MessageDelta
	var err error
	if b.Link != "" && p.graph.Owns(b.Link) {
		d, err = p.graph.MessagesDelta(ctx, b.Link)
	}
	if b.Link == "" || !p.graph.Owns(b.Link) || cursorGone(err) {
		d, err = p.graph.MessagesSince(ctx, at, b.Seen.Add(-overlap))
	}
	var all []graph.Message
	for ; err == nil; d, err = p.graph.MessagesDelta(ctx, d.NextLink) {
		all = append(all, d.Messages...)
		if d.NextLink == "" {
			return all, d.DeltaLink, nil
		}
	}
	return nil, "", err
}

// reader makes events of messages.
type reader struct {
	room         platforms.RoomID
	own          platforms.UserID
	after        time.Time // nothing that happened up to then is handed on
	repliesAfter time.Time // replies last changed before were handed on already
	memory       memory    // of reactions, brought up to date while reading
}

func (r reader) thread(root graph.Message) []platforms.Event {
	id := messageID(r.room, root.ID, "")
	events := r.changes(root, id, id)
	for _, reply := range root.Replies {
		if reply.Modified.Before(r.repliesAfter) {
			continue
		}
		events = append(events, r.changes(reply, messageID(r.room, root.ID, reply.ID), id)...)
	}
	return events
}

// changes is what happened to a message, its reactions last.
func (r reader) changes(m graph.Message, id, root platforms.MessageID) []platforms.Event {
	if m.Type != "message" {
		return nil
	}
	return append(r.message(m, id, root), r.reactions(m, id, root)...)
}

// message tells what happened to a message. A delta shows how things stand, not
// what happened: a message that was edited may be new to the hub or not, so
// both are said, and whatever is stored already is a no-op by its key.
func (r reader) message(m graph.Message, id, root platforms.MessageID) []platforms.Event {
	e := platforms.Event{Room: r.room, Message: id, Root: root, Author: author(m), Version: version(m)}
	e.Own = e.Author.User == r.own && !e.Author.App
	if m.Deleted != nil {
		if !m.Deleted.After(r.after) {
			return nil
		}
		e.Kind, e.Time, e.Version = platforms.MessageDeleted, *m.Deleted, "deleted"
		return []platforms.Event{keyed(e)}
	}
	e.Body, e.Files, e.Lost = said(m, id)
	var events []platforms.Event
	if m.Created.After(r.after) {
		created := e
		created.Kind, created.Time = platforms.MessageCreated, m.Created
		events = append(events, keyed(created))
	}
	if m.Edited != nil && m.Edited.After(r.after) {
		e.Kind, e.Time = platforms.MessageEdited, *m.Edited
		events = append(events, keyed(e))
	}
	return events
}

// keyed sets the event's key. A message is created once, so that its first
// version seen does not matter.
func keyed(e platforms.Event) platforms.Event {
	e.Key = string(e.Kind) + " " + string(e.Message)
	if e.Kind == platforms.MessageEdited {
		e.Key += " " + e.Version
	}
	return e
}

func author(m graph.Message) platforms.Author {
	switch {
	case m.From == nil:
	case m.From.User != nil:
		return platforms.Author{User: platforms.UserID(m.From.User.ID), Name: m.From.User.DisplayName}
	case m.From.Application != nil:
		return platforms.Author{User: platforms.UserID(m.From.Application.ID), Name: m.From.Application.DisplayName, App: true}
	}
	return platforms.Author{App: true}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
