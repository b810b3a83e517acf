package sandbox

import "time"

// RestoreMessage undoes a deletion: f puts the body back. It counts the version
// up, so that whoever follows the message sees that it stands again.
func (t *Tenant) RestoreMessage(room, id string, f func(*Message)) (Message, error) {
	var out Message
	err := t.locked(func() ([]Change, error) {
		m := t.byMessage[room+"\x00"+id]
		if m == nil || m.Deleted.IsZero() {
			return nil, notThere("deleted message", id)
		}
		now := t.stamp()
		m.Deleted = time.Time{}
		f(m)
		m.Changed = now
		m.Version++
		out = m.copy()
		return []Change{t.note(Change{Kind: MessageEdited, Room: room, Message: id, Account: m.Author, Time: now})}, nil
	})
	return out, err
}
