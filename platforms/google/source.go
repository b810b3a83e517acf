package google

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
)

const (
	eventsPerPage   = 200
	messagesPerPage = 1000
	// reach is how far back spaceEvents looks ("up to 28 days ago"), with a day
	// to spare; a longer gap is closed by listing messages.
	reach = 27 * 24 * time.Hour
	// overlap is looked at again each time, since an event may become visible a
	// little after a later one; what was seen before is left out by its name.
	overlap = 2 * time.Second
	// stale is how old a cursor may grow in a quiet space before it is moved on.
	stale = 24 * time.Hour

	eventCreated = "google.workspace.chat.message.v1.created"
	eventUpdated = "google.workspace.chat.message.v1.updated"
	eventDeleted = "google.workspace.chat.message.v1.deleted"
	eventReacted = "google.workspace.chat.reaction.v1.created"
	eventUnreact = "google.workspace.chat.reaction.v1.deleted"
)

// eventTypes are what is followed in a space.
func eventTypes() []string {
	return []string{eventCreated, eventUpdated, eventDeleted, eventReacted, eventUnreact}
}

// poll looks at linked spaces one after the other, through their event feed.
type poll struct {
	w         *workspace
	readers   *readers
	threads   *threads
	reactions *reactionNames
}

// position is what a cursor holds.
type position struct {
	// After is the time of the last event delivered.
	After time.Time `json:"after"`
	// Since is when the space was linked: what was posted until then stays out.
	Since time.Time `json:"since"`
	// Seen are the names of events after After-overlap that were delivered.
	Seen []seenEvent `json:"seen,omitempty"`
}

type seenEvent struct {
	Name string    `json:"n"`
	Time time.Time `json:"t"`
}

// ID names the source.
func (p *poll) ID() string { return "poll" }

func (c position) cursor() platforms.Cursor {
	data, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return platforms.Cursor(data)
}

func parseCursor(cursor platforms.Cursor) (position, error) {
	var c position
	if err := json.Unmarshal([]byte(cursor), &c); err != nil || c.After.IsZero() {
		return position{}, &platforms.Error{Kind: platforms.Invalid, Op: "google: read position", Text: "the stored position in the space cannot be read", Err: err}
	}
	return c, nil
}

// Start finds the position behind the newest message.
func (p *poll) Start(ctx context.Context, room platforms.RoomID) (platforms.Cursor, error) {
	c, err := p.start(ctx, room)
	if err != nil {
		return "", err
	}
	return c.cursor(), nil
}

func (p *poll) start(ctx context.Context, room platforms.RoomID) (position, error) {
	var c position
	err := p.readers.withReader(ctx, room, func(a actor) error {
		api, err := p.w.chat(ctx, a)
		if err != nil {
			return err
		}
		newest, err := api.Spaces.Messages.List(string(room)).OrderBy("DESC").PageSize(1).ShowDeleted(true).
			Fields("messages(name,createTime)").Context(ctx).Do()
		if err != nil {
			return failed("find the newest message", err)
		}
		// By the vendor's clock and not by ours; with no message in between, an
		// earlier start misses and carries nothing.
		now := p.serverTime(newest.Header)
		c = position{After: now.Add(-stale), Since: now.Add(-stale)}
		for _, m := range newest.Messages {
			if at := when(m.CreateTime); at.After(c.After) {
				c.After = at
			}
			if at := when(m.CreateTime); at.After(c.Since) {
				c.Since = at
			}
		}
		return nil
	})
	return c, err
}

func (p *poll) serverTime(h http.Header) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at.UTC()
	}
	return p.w.env.Now().UTC()
}

// Watch looks where turns says until ctx ends. Each page of a space's feed is
// stored with the position behind it before the next is asked for.
func (p *poll) Watch(ctx context.Context, turns platforms.Turns, sink platforms.Sink) error {
	for {
		turn, err := turns.Next(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("google: next turn: %w", err)
		}
		var stored error
		err = p.look(ctx, turn, func(events []platforms.Event, next position) error {
			stored = sink.Put(ctx, turn.Room, events, next.cursor())
			return stored
		})
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case stored != nil:
			return fmt.Errorf("google: store events: %w", stored)
		case err != nil:
			sink.Failed(ctx, turn.Room, err)
		}
	}
}

// look delivers what happened in one space since its cursor.
func (p *poll) look(ctx context.Context, turn platforms.Turn, put func([]platforms.Event, position) error) error {
	if turn.Cursor == "" {
		c, err := p.start(ctx, turn.Room)
		if err != nil {
			return err
		}
		return put(nil, c)
	}
	c, err := parseCursor(turn.Cursor)
	if err != nil {
		return err
	}
	// What is stored is stored: should another reader take over half-way, it
	// goes on where the first one stopped.
	keep := func(events []platforms.Event, next position) error {
		if err := put(events, next); err != nil {
			return err
		}
		c = next
		return nil
	}
	return p.readers.withReader(ctx, turn.Room, func(a actor) error {
		api, err := p.w.chat(ctx, a)
		if err != nil {
			return err
		}
		v := &view{api: api, room: turn.Room, threads: p.threads, reactions: p.reactions, now: p.w.env.Now()}
		if v.now.Sub(c.After) > reach {
			return p.catchUp(ctx, v, c, keep)
		}
		return p.feed(ctx, v, c, keep)
	})
}

// feed reads the event feed from c on.
func (p *poll) feed(ctx context.Context, v *view, c position, put func([]platforms.Event, position) error) error {
	filter := fmt.Sprintf(`start_time="%s" AND (event_types:"%s")`,
		c.After.Add(-overlap).UTC().Format(time.RFC3339Nano), strings.Join(eventTypes(), `" OR event_types:"`))
	token := ""
	for {
		call := v.api.Spaces.SpaceEvents.List(string(v.room)).Filter(filter).PageSize(eventsPerPage).Context(ctx)
		if token != "" {
			call = call.PageToken(token)
		}
		answer, err := call.Do()
		if err != nil {
			return failed("read the space's events", err)
		}
		fresh := c.unseen(answer.SpaceEvents)
		events, err := v.events(ctx, happenings(fresh), c.Since)
		if err != nil {
			return err
		}
		c = c.past(fresh)
		token = answer.NextPageToken
		if token == "" {
			c = c.kept(p.serverTime(answer.Header))
		}
		if err := put(events, c); err != nil || token == "" {
			return err
		}
	}
}

// unseen leaves out the events that were delivered before.
func (c position) unseen(list []*chat.SpaceEvent) []*chat.SpaceEvent {
	var fresh []*chat.SpaceEvent
	for _, e := range list {
		if !slices.ContainsFunc(c.Seen, func(s seenEvent) bool { return s.Name == e.Name }) {
			fresh = append(fresh, e)
		}
	}
	return fresh
}

// past moves behind the events, remembering those the next look will see again.
func (c position) past(list []*chat.SpaceEvent) position {
	seen := slices.Clone(c.Seen)
	for _, e := range list {
		at := when(e.EventTime)
		seen = append(seen, seenEvent{e.Name, at})
		if at.After(c.After) {
			c.After = at
		}
	}
	c.Seen = slices.DeleteFunc(seen, func(s seenEvent) bool { return s.Time.Before(c.After.Add(-overlap)) })
	return c
}

// kept moves the position of a quiet space on, so that it stays within reach.
func (c position) kept(now time.Time) position {
	if now.Sub(c.After) > stale {
		c.After, c.Seen = now.Add(-stale/2), nil
	}
	return c
}

// catchUp closes a gap that the event feed does not reach back over: what was
// posted meanwhile is listed. What was edited or deleted in older messages
// meanwhile cannot be known.
func (p *poll) catchUp(ctx context.Context, v *view, c position, put func([]platforms.Event, position) error) error {
	filter := fmt.Sprintf(`create_time > "%s"`, c.After.UTC().Format(time.RFC3339Nano))
	token := ""
	for {
		call := v.api.Spaces.Messages.List(string(v.room)).Filter(filter).OrderBy("ASC").ShowDeleted(true).
			MarkupSyntax(markdown).PageSize(messagesPerPage).Context(ctx)
		if token != "" {
			call = call.PageToken(token)
		}
		answer, err := call.Do()
		if err != nil {
			return failed("list messages", err)
		}
		var events []platforms.Event
		for _, m := range answer.Messages {
			if e, ok, err := v.created(ctx, m); err != nil {
				return err
			} else if ok {
				events = append(events, e)
			}
			if at := when(m.CreateTime); at.After(c.After) {
				// The feed, which looks back a little, must not tell it again.
				c.After, c.Since, c.Seen = at, at, nil
			}
		}
		token = answer.NextPageToken
		if token == "" {
			c = c.kept(p.serverTime(answer.Header))
		}
		if err := put(events, c); err != nil || token == "" {
			return err
		}
	}
}
