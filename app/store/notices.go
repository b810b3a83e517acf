package store

import (
	"context"
	"database/sql"
	"time"

	"miohub/platforms"
)

// Notice is a change at the source that asks for no action of ours, kept until
// somebody has taken note of it.
type Notice struct {
	ID      string // stable: the same change is one notice
	Kind    string // "person-joined", "room-added", "room-gone", "member-joined", …
	Subject platforms.Ref
	Title   string
	Reason  string
	At      time.Time
}

// AddNotices keeps notices; one that is there already, acknowledged or not, stays as it is.
func (s *Store) AddNotices(ctx context.Context, notices []Notice) error {
	if len(notices) == 0 {
		return nil
	}
	return s.write(ctx, "add notices", func(tx *sql.Tx) error {
		for _, n := range notices {
			if _, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO notices (id, kind, subject, title, reason, at)
				VALUES (?, ?, ?, ?, ?, ?)`, n.ID, n.Kind, refText(n.Subject), n.Title, n.Reason, nanos(n.At)); err != nil {
				return err
			}
		}
		return nil
	})
}

// OpenNotices are those nobody has acknowledged, oldest first.
func (s *Store) OpenNotices(ctx context.Context) ([]Notice, error) {
	return list(ctx, s.r, "open notices", func(sc scan) (Notice, error) {
		var n Notice
		err := sc(&n.ID, &n.Kind, refColumn{&n.Subject}, &n.Title, &n.Reason, timeColumn{&n.At})
		return n, err
	}, "SELECT id, kind, subject, title, reason, at FROM notices WHERE acknowledged = 0 ORDER BY at, id")
}

// AcknowledgeNotice takes a notice off the list; a no-op when it is off already.
func (s *Store) AcknowledgeNotice(ctx context.Context, id string) error {
	_, err := s.exec(ctx, "acknowledge notice", "UPDATE notices SET acknowledged = 1 WHERE id = ?", id)
	return err
}

// SetRoomName records the name a linked room had when it was last agreed on.
func (s *Store) SetRoomName(ctx context.Context, room platforms.Ref, name string) error {
	_, err := s.exec(ctx, "set room name", `INSERT INTO room_names (room, name) VALUES (?, ?)
		ON CONFLICT DO UPDATE SET name = excluded.name`, refText(room), name)
	return err
}

// RoomNames are the agreed names of linked rooms.
func (s *Store) RoomNames(ctx context.Context) (map[platforms.Ref]string, error) {
	out := map[platforms.Ref]string{}
	err := each(ctx, s.r, "room names", func(sc scan) error {
		var ref platforms.Ref
		var name string
		if err := sc(refColumn{&ref}, &name); err != nil {
			return err
		}
		out[ref] = name
		return nil
	}, "SELECT room, name FROM room_names")
	return out, err
}
