package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"miohub/platforms"
)

// PersonState is whether two accounts count as one person.
type PersonState string

// The states of a person's link.
const (
	PersonLinked    PersonState = "linked"
	PersonWithdrawn PersonState = "withdrawn" // enabled no more; kept for a later plan
)

// PersonLink says that two accounts are one person. Left is the platform whose
// id sorts first.
type PersonLink struct {
	ID    int64         `json:"id"`
	Left  platforms.Ref `json:"left"`
	Right platforms.Ref `json:"right"`
	Rule  string        `json:"rule"` // that matched them
	State PersonState   `json:"state"`
	By    string        `json:"by"`
	At    time.Time     `json:"at"` // of the state
}

// Other is the account on the other side of ref.
func (l PersonLink) Other(ref platforms.Ref) platforms.Ref {
	if l.Left == ref {
		return l.Right
	}
	return l.Left
}

// Link stores that two accounts are one person, in the state given ("linked"
// when it is empty), and returns the link's id. It fails with ErrState when one
// of them has another counterpart there.
func (s *Store) Link(ctx context.Context, l PersonLink) (int64, error) {
	l.Left, l.Right = ordered(l.Left, l.Right)
	if l.State == "" {
		l.State = PersonLinked
	}
	var id int64
	err := s.write(ctx, "link people", func(tx *sql.Tx) error {
		taken, found, err := one(ctx, tx, "counterparts", textRow, `SELECT left_ref || ' and ' || right_ref FROM person_links
			WHERE state = 'linked' AND (left_ref = ? AND right_platform = ? AND right_ref <> ? OR right_ref = ? AND left_platform = ? AND left_ref <> ?)`,
			refText(l.Left), l.Right.Platform, refText(l.Right), refText(l.Right), l.Left.Platform, refText(l.Left))
		if err != nil {
			return err
		}
		if found {
			return fmt.Errorf("%w: %s are linked already", ErrState, taken)
		}
		id, err = returned(ctx, tx, `INSERT INTO person_links (left_ref, right_ref, left_platform, right_platform, rule, state, by, at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (left_ref, right_ref) DO UPDATE SET
			rule = excluded.rule, state = excluded.state, by = excluded.by, at = excluded.at RETURNING id`,
			refText(l.Left), refText(l.Right), l.Left.Platform, l.Right.Platform, l.Rule, l.State, l.By, nanos(s.or(l.At)))
		return err
	})
	return id, err
}

// returned runs a statement that ends in RETURNING with one number.
func returned(ctx context.Context, tx *sql.Tx, query string, args ...any) (int64, error) {
	var id int64
	err := tx.QueryRowContext(ctx, query, args...).Scan(&id)
	return id, err
}

// ordered puts the platform whose id sorts first on the left.
func ordered(a, b platforms.Ref) (platforms.Ref, platforms.Ref) {
	if b.Platform < a.Platform {
		return b, a
	}
	return a, b
}

// SetPersonState withdraws a link or links it again.
func (s *Store) SetPersonState(ctx context.Context, id int64, state PersonState, by string) error {
	return s.update(ctx, "set a person's state", "UPDATE person_links SET state = ?, by = ?, at = ? WHERE id = ?", state, by, nanos(s.now()), id)
}

// update runs a statement that must change exactly one row.
func (s *Store) update(ctx context.Context, op, query string, args ...any) error {
	res, err := s.exec(ctx, op, query, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("store: %s: %w", op, ErrNotFound)
	}
	return nil
}

const personColumns = "SELECT id, left_ref, right_ref, rule, state, by, at FROM person_links"

func personRow(sc scan) (PersonLink, error) {
	var l PersonLink
	err := sc(&l.ID, refColumn{&l.Left}, refColumn{&l.Right}, &l.Rule, &l.State, &l.By, timeColumn{&l.At})
	return l, err
}

// PersonLinks are all links between people, the withdrawn ones included.
func (s *Store) PersonLinks(ctx context.Context) ([]PersonLink, error) {
	return list(ctx, s.r, "people's links", personRow, personColumns+" ORDER BY id")
}

// PersonByRef is the link of an account that is linked now, to an account on
// platform with ("" for any).
func (s *Store) PersonByRef(ctx context.Context, ref platforms.Ref, with platforms.ID) (PersonLink, bool, error) {
	return one(ctx, s.r, "person", personRow, personColumns+` WHERE state = 'linked' AND left_ref = ?1 AND (?2 = '' OR right_platform = ?2)
		UNION ALL `+personColumns+` WHERE state = 'linked' AND right_ref = ?1 AND (?2 = '' OR left_platform = ?2) LIMIT 1`, refText(ref), with)
}

// RoomLinkState is whether a pair of rooms carries messages.
type RoomLinkState string

// The states of a room link.
const (
	RoomActive   RoomLinkState = "active"
	RoomPaused   RoomLinkState = "paused"
	RoomUnlinked RoomLinkState = "unlinked"
)

// RoomLink is a pair of rooms. Left is the platform whose id sorts first.
type RoomLink struct {
	ID    int64         `json:"id"`
	Left  platforms.Ref `json:"left"`
	Right platforms.Ref `json:"right"`
	State RoomLinkState `json:"state"`
	By    string        `json:"by"`
	At    time.Time     `json:"at"` // of the state
}

// Other is the room on the other side of ref.
func (l RoomLink) Other(ref platforms.Ref) platforms.Ref {
	if l.Left == ref {
		return l.Right
	}
	return l.Left
}

// LinkRooms stores an active pair of rooms and returns its id. A pair that was
// unlinked before keeps its id.
func (s *Store) LinkRooms(ctx context.Context, l RoomLink) (int64, error) {
	l.Left, l.Right = ordered(l.Left, l.Right)
	var id int64
	err := s.write(ctx, "link rooms", func(tx *sql.Tx) (err error) {
		id, err = returned(ctx, tx, `INSERT INTO room_links (left_ref, right_ref, state, by, at) VALUES (?, ?, 'active', ?, ?)
			ON CONFLICT (left_ref, right_ref) DO UPDATE SET state = excluded.state, by = excluded.by, at = excluded.at RETURNING id`,
			refText(l.Left), refText(l.Right), l.By, nanos(s.or(l.At)))
		return err
	})
	return id, err
}

// SetRoomLinkState pauses, resumes or unlinks a pair.
func (s *Store) SetRoomLinkState(ctx context.Context, id int64, state RoomLinkState, by string) error {
	return s.update(ctx, "set a room link's state", "UPDATE room_links SET state = ?, by = ?, at = ? WHERE id = ?", state, by, nanos(s.now()), id)
}

// RoomLinks are all pairs of rooms, the unlinked ones included.
func (s *Store) RoomLinks(ctx context.Context) ([]RoomLink, error) {
	return list(ctx, s.r, "room links", func(sc scan) (RoomLink, error) {
		var l RoomLink
		err := sc(&l.ID, refColumn{&l.Left}, refColumn{&l.Right}, &l.State, &l.By, timeColumn{&l.At})
		return l, err
	}, "SELECT id, left_ref, right_ref, state, by, at FROM room_links ORDER BY id")
}
