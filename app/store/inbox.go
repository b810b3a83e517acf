package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"miohub/platforms"
)

// InboxEvent is something that happened in a linked room and waits to be
// converted.
type InboxEvent struct {
	ID      int64         `json:"id"` // in the order of arrival; set by the store
	Key     string        `json:"key"`
	Kind    string        `json:"kind"` // platforms.EventKind
	Room    platforms.Ref `json:"room"`
	Message string        `json:"message"`
	Root    string        `json:"root"`
	Version string        `json:"version"`
	Time    time.Time     `json:"time"`   // when it happened, as the vendor says
	Stored  time.Time     `json:"stored"` // set by the store
	Sealed  []byte        `json:"-"`      // the event, sealed by the vault; erased by Convert
}

// AddEvents stores the events of a room and the room's next cursor in one
// transaction. An event whose key the room had before is passed over; added is
// how many were new.
func (s *Store) AddEvents(ctx context.Context, room platforms.Ref, cursor platforms.Cursor, events []InboxEvent) (added int, err error) {
	err = s.write(ctx, "add events", func(tx *sql.Tx) error {
		now := s.now()
		for _, e := range events {
			res, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO inbox (room, key, kind, message, root, version, time, stored, sealed)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, refText(room), e.Key, e.Kind, e.Message, e.Root, e.Version, nanos(e.Time), nanos(now), e.Sealed)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			added += int(n)
		}
		return saveCursor(ctx, tx, room, cursor, now)
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

func saveCursor(ctx context.Context, tx *sql.Tx, room platforms.Ref, cursor platforms.Cursor, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO cursors (room, cursor, at) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET cursor = excluded.cursor, at = excluded.at WHERE cursor <> excluded.cursor`, refText(room), cursor, nanos(at))
	return err
}

// Cursor is where the next look at a room starts, "" when it has none.
func (s *Store) Cursor(ctx context.Context, room platforms.Ref) (platforms.Cursor, error) {
	c, _, err := one(ctx, s.r, "cursor", textRow, "SELECT cursor FROM cursors WHERE room = ?", refText(room))
	return platforms.Cursor(c), err
}

// Cursors are all rooms' cursors.
func (s *Store) Cursors(ctx context.Context) (map[platforms.Ref]platforms.Cursor, error) {
	out := map[platforms.Ref]platforms.Cursor{}
	err := each(ctx, s.r, "cursors", func(sc scan) error {
		var r platforms.Ref
		var c platforms.Cursor
		err := sc(refColumn{&r}, &c)
		out[r] = c
		return err
	}, "SELECT room, cursor FROM cursors")
	return out, err
}

// SetCursor sets a room's cursor; "" forgets it.
func (s *Store) SetCursor(ctx context.Context, room platforms.Ref, cursor platforms.Cursor) error {
	return s.write(ctx, "set cursor", func(tx *sql.Tx) error {
		if cursor == "" {
			_, err := tx.ExecContext(ctx, "DELETE FROM cursors WHERE room = ?", refText(room))
			return err
		}
		return saveCursor(ctx, tx, room, cursor, s.now())
	})
}

const inboxColumns = "SELECT id, key, kind, room, message, root, version, time, stored, sealed FROM inbox"

func inboxRow(sc scan) (InboxEvent, error) {
	var e InboxEvent
	err := sc(&e.ID, &e.Key, &e.Kind, refColumn{&e.Room}, &e.Message, &e.Root, &e.Version, timeColumn{&e.Time}, timeColumn{&e.Stored}, &e.Sealed)
	return e, err
}

// NextInbox are the oldest events that wait to be converted, in the order of
// arrival, at most limit.
func (s *Store) NextInbox(ctx context.Context, limit int) ([]InboxEvent, error) {
	return list(ctx, s.r, "inbox", inboxRow, inboxColumns+" WHERE done = 0 ORDER BY id LIMIT ?", limit)
}

// PendingInbox are the oldest events of one room that wait to be converted.
func (s *Store) PendingInbox(ctx context.Context, room platforms.Ref, limit int) ([]InboxEvent, error) {
	return list(ctx, s.r, "inbox of a room", inboxRow, inboxColumns+" WHERE done = 0 AND room = ? ORDER BY id LIMIT ?", refText(room), limit)
}

// CountInbox is how many events wait to be converted.
func (s *Store) CountInbox(ctx context.Context) (int, error) {
	return s.count(ctx, "SELECT count(*) FROM inbox WHERE done = 0")
}

// Convert marks an event done, erases its body and queues what is to be sent,
// in one transaction; no rows means that there is nothing to carry. Converting
// an event again, or a draft that is queued already, does nothing. The rows'
// ID, State, Attempts, NextAttempt, FirstTried, Made and Error are set here,
// except that State Held stores a row that waits for a person.
func (s *Store) Convert(ctx context.Context, inboxID int64, rows []OutboxRow) error {
	return s.write(ctx, "convert an event", func(tx *sql.Tx) error {
		now := nanos(s.now())
		res, err := tx.ExecContext(ctx, "UPDATE inbox SET done = ?, sealed = NULL WHERE id = ? AND done = 0", now, inboxID)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, o := range rows {
			if o.State != Held {
				o.State, o.Error = Queued, ""
			}
			if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO outbox (link, kind, key, version, source, source_root, source_room, target, as_user, sealed, state, made, changed, error)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, o.LinkID, o.Kind, o.Key, o.Version, refText(o.Source), refText(o.SourceRoot),
				refText(o.SourceRoom), refText(o.Target), o.As, o.Sealed, o.State, now, now, o.Error); err != nil {
				return fmt.Errorf("queue %s: %w", o.Key, err)
			}
		}
		return nil
	})
}

// PruneInbox forgets events that were converted before a time. Keep them for
// longer than any source may deliver an event again.
func (s *Store) PruneInbox(ctx context.Context, before time.Time) (int, error) {
	return s.deleted(ctx, "prune the inbox", "DELETE FROM inbox WHERE done > 0 AND done < ?", nanos(before))
}

// deleted runs a statement and answers how many rows it took away.
func (s *Store) deleted(ctx context.Context, op, query string, args ...any) (int, error) {
	res, err := s.exec(ctx, op, query, args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}
