package sandbox

import (
	"fmt"
	"slices"
	"time"
)

// Said is the truth about one message that a person of the World said.
type Said struct {
	Tenant  string    `json:"tenant"`
	Room    string    `json:"room"`
	ID      string    `json:"id"`
	Root    string    `json:"root"` // equals ID for a root
	Author  string    `json:"author"`
	Time    time.Time `json:"time"`
	Version int       `json:"version"`
	Deleted bool      `json:"deleted"`
	Body    Body      `json:"body"` // final; as it was before it was deleted
	Files   []File    `json:"files,omitempty"`
}

// Say lets a person post in a room, as if typed into the vendor's own client,
// and keeps the truth. Root "" starts a thread. newID makes the vendor's id.
func (w *World) Say(tenant, room, author, root, id string, body Body) (Message, error) {
	return w.Share(tenant, room, author, root, id, body, nil)
}

// Share is Say with files.
func (w *World) Share(tenant, room, author, root, id string, body Body, files []File) (Message, error) {
	t := w.Tenant(tenant)
	if t == nil {
		return Message{}, notThere("tenant", tenant)
	}
	if !t.InRoom(room, author) {
		return Message{}, fmt.Errorf("account %q is not in room %q", author, room)
	}
	m, err := t.Post(Message{ID: id, Room: room, Root: root, Author: author, Body: body, Files: files})
	if err != nil {
		return Message{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, Said{Tenant: tenant, Room: room, ID: m.ID, Root: m.Root, Author: author, Time: m.Created, Version: 1, Body: body, Files: files})
	return m, nil
}

// React lets a person set an emoji on a message, or take it back; repeating it
// changes nothing.
func (w *World) React(tenant, room, id, account, emoji string, on bool) error {
	t := w.Tenant(tenant)
	if t == nil {
		return notThere("tenant", tenant)
	}
	if !t.InRoom(room, account) {
		return fmt.Errorf("account %q is not in room %q", account, room)
	}
	m, ok := t.Message(room, id)
	if !ok {
		return notThere("message", id)
	}
	mine := func(r Reaction) bool { return r.Account == account && r.Emoji == emoji }
	if slices.ContainsFunc(m.Reactions, mine) == on {
		return nil
	}
	_, err := t.React(room, id, account, on, func(m *Message) {
		m.Reactions = slices.DeleteFunc(slices.Clone(m.Reactions), mine)
		if on {
			r := Reaction{ID: fmt.Sprintf("%s-%x", account, emoji), Account: account, Emoji: emoji, Time: w.Clock.Now()}
			m.Reactions = append(m.Reactions, r)
		}
	})
	return err
}

// Correct lets the author edit a message said before.
func (w *World) Correct(tenant, room, id string, body Body) error {
	t := w.Tenant(tenant)
	if t == nil {
		return notThere("tenant", tenant)
	}
	m, err := t.EditMessage(room, id, func(m *Message) { m.Body, m.Wire = body, "" })
	if err != nil {
		return err
	}
	w.onSaid(tenant, room, id, func(s *Said) { s.Body, s.Version = body, m.Version })
	return nil
}

// Retract lets the author delete a message said before.
func (w *World) Retract(tenant, room, id string) error {
	t := w.Tenant(tenant)
	if t == nil {
		return notThere("tenant", tenant)
	}
	if err := t.DeleteMessage(room, id); err != nil {
		return err
	}
	w.onSaid(tenant, room, id, func(s *Said) { s.Deleted = true })
	return nil
}

func (w *World) onSaid(tenant, room, id string, f func(*Said)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.said {
		if s := &w.said[i]; s.Tenant == tenant && s.Room == room && s.ID == id {
			f(s)
			return
		}
	}
}

// Truth returns everything said so far, in order.
func (w *World) Truth() []Said {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Said(nil), w.said...)
}
