package sandbox

import (
	"maps"
	"slices"
	"time"
)

// Message is one message in one room.
type Message struct {
	ID      string // the vendor's id within the room
	Room    string
	Root    string // id of the thread's root; equals ID for a root
	Author  string // account id, or "app:<id>"
	Created time.Time
	Edited  time.Time // zero until edited
	Changed time.Time // last change of any kind, reactions and replies' effect excluded
	Deleted time.Time // zero while it stands
	Version int       // 1 when posted, counted up by each edit
	Body    Body      // what it says; empty once deleted
	// Wire is what a client posted, in the emulator's own form ("" for what a
	// person of the World said): Teams keeps its HTML here.
	Wire string
	// Extra holds what only the emulator understands: request ids, client ids.
	Extra     map[string]string
	Reactions []Reaction
	Files     []File // shown with it, in order
}

// File is a file shown with a message.
type File struct {
	ID   string `json:"id"` // the vendor's
	Name string `json:"name"`
	Type string `json:"type"` // media type
	Data []byte `json:"-"`    // never changed once stored; copies share it
}

// Reaction is one person's emoji on a message.
type Reaction struct {
	ID      string
	Account string
	Emoji   string
	Time    time.Time
}

// Post adds a message; ID, Room, Author and Body are the caller's, Root "" makes
// it a root. It sets the times and the version and returns the message stored.
func (t *Tenant) Post(m Message) (Message, error) {
	var out Message
	err := t.locked(func() ([]Change, error) {
		r := t.rooms[m.Room]
		if r == nil {
			return nil, notThere("room", m.Room)
		}
		now := t.stamp()
		c := m
		if c.Root == "" {
			c.Root = c.ID
		}
		c.Created, c.Changed, c.Version = now, now, 1
		c.Extra = maps.Clone(m.Extra)
		t.messages[m.Room] = append(t.messages[m.Room], &c)
		t.byMessage[m.Room+"\x00"+c.ID] = &c
		r.Active = now
		out = c.copy()
		return []Change{t.note(Change{Kind: MessagePosted, Room: m.Room, Message: c.ID, Account: c.Author, Time: now})}, nil
	})
	return out, err
}

func (m *Message) copy() Message {
	c := *m
	c.Extra = maps.Clone(m.Extra)
	c.Reactions = slices.Clone(m.Reactions)
	c.Files = slices.Clone(m.Files)
	return c
}

// Message returns one message of a room.
func (t *Tenant) Message(room, id string) (Message, bool) {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	m := t.byMessage[room+"\x00"+id]
	if m == nil {
		return Message{}, false
	}
	return m.copy(), true
}

// Messages lists a room's messages in order of posting, deleted ones included.
func (t *Tenant) Messages(room string) []Message {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	list := make([]Message, 0, len(t.messages[room]))
	for _, m := range t.messages[room] {
		list = append(list, m.copy())
	}
	return list
}

// EditMessage applies f to a standing message and counts its version up.
func (t *Tenant) EditMessage(room, id string, f func(*Message)) (Message, error) {
	return t.touch(room, id, MessageEdited, func(m *Message, now time.Time) {
		f(m)
		m.Edited, m.Changed = now, now
		m.Version++
	})
}

// DeleteMessage removes a message's body and marks it deleted.
func (t *Tenant) DeleteMessage(room, id string) error {
	_, err := t.touch(room, id, MessageDeleted, func(m *Message, now time.Time) {
		m.Deleted, m.Changed = now, now
		m.Body, m.Wire, m.Files = nil, "", nil
	})
	return err
}

// React applies f to a message's reactions; set tells which change to record. The
// change names the reaction that came or went, and whose it is.
func (t *Tenant) React(room, id, account string, set bool, f func(*Message)) (Message, error) {
	kind := ReactionUnset
	if set {
		kind = ReactionSet
	}
	return t.touch(room, id, kind, func(m *Message, _ time.Time) { f(m) })
}

func (t *Tenant) touch(room, id string, kind ChangeKind, f func(*Message, time.Time)) (Message, error) {
	var out Message
	err := t.locked(func() ([]Change, error) {
		m := t.byMessage[room+"\x00"+id]
		if m == nil || !m.Deleted.IsZero() {
			return nil, notThere("message", id)
		}
		now := t.stamp()
		before := slices.Clone(m.Reactions)
		f(m, now)
		if r := t.rooms[room]; r != nil && kind != ReactionSet && kind != ReactionUnset {
			r.Active = now
		}
		out = m.copy()
		c := Change{Kind: kind, Room: room, Message: id, Account: m.Author, Time: now}
		if r, changed := difference(before, m.Reactions); changed {
			c.Account, c.Reaction = r.Account, r
		}
		return []Change{t.note(c)}, nil
	})
	return out, err
}

// difference finds the reaction that one list has and the other lacks.
func difference(before, after []Reaction) (Reaction, bool) {
	for _, lists := range [][2][]Reaction{{after, before}, {before, after}} {
		for _, r := range lists[0] {
			if !slices.Contains(lists[1], r) {
				return r, true
			}
		}
	}
	return Reaction{}, false
}
