package platforms

import (
	"context"
	"time"

	"miohub/platforms/richtext"
)

// Features is what can be done in a room, as data.
type Features struct {
	// PostAsPerson: a message can appear as the matched person. Otherwise all
	// are posted by the seat, with a label.
	PostAsPerson bool
	Edits        bool
	Deletes      bool
	Reactions    bool
	Threads      bool
	MaxBytes     int // of one message in the platform's own form; longer drafts are split
	// Idempotent: sending the same Draft.Key twice posts once. Where false, an
	// uncertain send must be looked for with FindSent.
	Idempotent bool
}

// Draft is a message about to be sent.
type Draft struct {
	// Key is stable for (source room, message, part): the idempotency key.
	Key  string
	Room RoomID
	// As is the account to post as; "" posts as the seat (Chat app, bridge account).
	As   UserID
	Root MessageID // the root of the thread to reply in; "" starts one
	Body richtext.Doc
	// Mentioned resolves the mentions of Body; mentions not in it become bold names.
	Mentioned map[string]Mentioned
	// FirstTried is when this draft was first handed to Send; FindSent looks no further back.
	FirstTried time.Time
}

// Mentioned is the account on this platform that a mention in the body means.
type Mentioned struct {
	User UserID
	Name string
}

// Sent is a message that stands in the room.
type Sent struct {
	ID      MessageID
	Root    MessageID // the thread's root; equals ID for a root
	Version string    // changes with each edit
	Time    time.Time
}

// Target is a message of ours, to edit or delete.
type Target struct {
	Room RoomID
	ID   MessageID
	Root MessageID
	As   UserID // the account it was posted as
	Key  string // of the draft that made it
}

// Messages writes to rooms.
type Messages interface {
	// Features tells what the room can do. It makes no call.
	Features(room RoomID) Features
	// Send posts the draft. An Uncertain error means it may have been posted.
	Send(ctx context.Context, d Draft) (Sent, error)
	// FindSent looks for a draft whose send was uncertain, in its room and
	// thread, ignoring the ids in known. It reads back over the platform's
	// stated window before it answers none.
	FindSent(ctx context.Context, d Draft, known func(MessageID) bool) ([]Sent, error)
	// Edit replaces the body. Repeating it changes nothing.
	Edit(ctx context.Context, t Target, d Draft) (Sent, error)
	// Delete removes a message of ours, replies of others untouched. A message
	// that is already gone is no error.
	Delete(ctx context.Context, t Target) error
}

// EventKind is what happened.
type EventKind string

// The kinds of event.
const (
	MessageCreated EventKind = "message-created"
	MessageEdited  EventKind = "message-edited"
	MessageDeleted EventKind = "message-deleted"
)

// Event is something that happened in a room.
type Event struct {
	// Key is stable for (room, message, version, kind): storing it twice is a no-op.
	Key     string
	Kind    EventKind
	Room    RoomID
	Message MessageID
	Root    MessageID // equals Message for a root
	Author  Author
	Time    time.Time
	Version string
	Body    richtext.Doc
	// Lost names what could not be carried in Body, in words: "1 attachment".
	Lost []string
	// Own: posted by this hub, recognised by an id we gave it or by the seat
	// that posted it. DraftKey is set where the platform returns our key.
	Own      bool
	DraftKey string
}

// Author is who said something.
type Author struct {
	User UserID
	Name string // as shown in the room; may be hostile
	App  bool
}

// Turn is one look at one room.
type Turn struct {
	Room   RoomID
	Cursor Cursor
}

// Turns tells a source where to look next.
type Turns interface {
	// Next blocks until a room is due, or ctx ends.
	Next(ctx context.Context) (Turn, error)
}

// Sink stores what a source found.
type Sink interface {
	// Put stores the events and the next cursor of the room in one transaction.
	Put(ctx context.Context, room RoomID, events []Event, next Cursor) error
	// Failed reports that a look at the room failed; its cursor stays.
	Failed(ctx context.Context, room RoomID, err error)
}

// Source is where events come from. At least once, in the room's order.
type Source interface {
	// ID names the source, for example "poll".
	ID() string
	// Start returns the cursor for a room that is linked now, so that nothing
	// said before it is carried and nothing said after it is missed.
	Start(ctx context.Context, room RoomID) (Cursor, error)
	// Watch follows rooms until ctx ends, calling Turns and Sink. Several
	// goroutines may run it at once; one room is never in two turns at a time.
	Watch(ctx context.Context, turns Turns, sink Sink) error
}
