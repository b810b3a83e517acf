package platforms

import (
	"context"
	"io"
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
	// ReactAsPerson: a reaction can be the matched person's own. Otherwise all are
	// the seat's, one of each kind.
	ReactAsPerson bool
	// MaxFile is the size of the largest file, in bytes; 0 where none can be carried.
	MaxFile int64
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
	// Files were put beforehand and are shown with the message.
	Files []Upload
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
	ReactionAdded  EventKind = "reaction-added"
	// ReactionRemoved names the reaction by Emoji and Author.
	ReactionRemoved EventKind = "reaction-removed"
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
	// Files were attached to the message.
	Files []File
	// Emoji is the reaction of a ReactionAdded or ReactionRemoved, as Unicode; ""
	// for one that has no Unicode form, which Lost names.
	Emoji string
	// Lost names what could not be carried in Body, in words: "1 card".
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

// Undeleter takes back the deletion of a message of ours.
type Undeleter interface {
	// Undelete brings the message back as it was. One that stands is no error.
	Undelete(ctx context.Context, t Target) error
}

// Reactions sets and takes back reactions.
type Reactions interface {
	// React adds (on) or removes a reaction of as, "" for the seat, to any message
	// of the room. emoji is one Unicode emoji. Repeating it changes nothing.
	React(ctx context.Context, room RoomID, message MessageID, as UserID, emoji string, on bool) error
}

// File is a file of a message.
type File struct {
	// ID finds the file again; opaque. "" where it can only be opened at URL.
	ID   string `json:"id"`
	Name string `json:"name"` // as its author named it; may be hostile
	Type string `json:"type"` // media type, "" when not told
	Size int64  `json:"size"` // in bytes, -1 when not told
	URL  string `json:"url"`  // where a person opens it, "" when there is no such page
}

// Upload is a file that was put and can be shown with a message.
type Upload struct {
	Ref  string `json:"ref"` // the platform's own; opaque
	Name string `json:"name"`
	URL  string `json:"url"` // where a person opens it, "" when there is no such page
}

// Files carries files in streams; neither end is held in memory whole.
type Files interface {
	// Open reads a file of a room's message. The caller closes it. The File that is
	// answered has its size, -1 where even the download does not tell, and its type.
	// An error while reading means that what was read so far is not the file.
	Open(ctx context.Context, room RoomID, f File) (io.ReadCloser, File, error)
	// Put uploads f.Size bytes of r (all of r for -1, where the platform can; else
	// Invalid), in the name of as ("" for the seat), for a
	// message in room. Invalid when the file is too large or of a kind the platform
	// refuses. It reads r once and is not repeated by itself; one that failed has
	// shown nothing to anybody.
	Put(ctx context.Context, room RoomID, as UserID, f File, r io.Reader) (Upload, error)
}

// Turns tells a source where to look next.
type Turns interface {
	// Next blocks until a room is due, or ctx ends.
	Next(ctx context.Context) (Turn, error)
}

// Push is a feed in which the vendor says by itself that a room has changed. It
// carries no content into the hub: what a notification says may be old, partial
// or out of order, so each merely has the room looked at from its cursor, which
// closes gaps and repeats nothing.
type Push interface {
	// ID names the push, as KeySource does, for example "pubsub".
	ID() string
	// Listen keeps the vendor's subscriptions for the followed rooms alive and has
	// rooms looked at until ctx ends. It acknowledges a notification once the look
	// was stored. An error ends the feed; rooms are then looked at as without it,
	// and Listen is called again later.
	Listen(ctx context.Context, rooms Followed) error
}

// Followed are the rooms a push is for.
type Followed interface {
	// Rooms lists them as they are now; changed is closed when that is no longer so.
	Rooms() (list []RoomID, changed <-chan struct{})
	// Look has a room looked at as soon as the budget allows. It returns nil when
	// a look that began after the call has been stored.
	Look(ctx context.Context, room RoomID) error
	// Missed has every room looked at, without waiting: the vendor said that
	// notifications were lost.
	Missed()
	// Alive reports that the feed is up (nil) or why it is not. While it is up,
	// quiet rooms are looked at rarely.
	Alive(err error)
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
