package store

import (
	"context"
	"time"

	"miohub/platforms"
)

// Wish is what a person decided about an action outside any plan.
type Wish struct {
	ID     string // of the action
	Wanted bool   // true: propose it; false: never propose it
	Left   platforms.Ref
	Right  platforms.Ref
	By     string
	At     time.Time
}

// SaveWish keeps a wish; a later one about the same action takes its place.
func (s *Store) SaveWish(ctx context.Context, w Wish) error {
	_, err := s.exec(ctx, "save a wish", `INSERT INTO wishes (id, wanted, left_ref, right_ref, by, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET wanted = excluded.wanted, by = excluded.by, at = excluded.at`,
		w.ID, w.Wanted, refText(w.Left), refText(w.Right), w.By, nanos(s.or(w.At)))
	return err
}

// DeleteWish takes a wish back; a no-op when there is none.
func (s *Store) DeleteWish(ctx context.Context, id string) error {
	_, err := s.exec(ctx, "delete a wish", "DELETE FROM wishes WHERE id = ?", id)
	return err
}

// Wishes are all wishes by the id of their action.
func (s *Store) Wishes(ctx context.Context) (map[string]Wish, error) {
	out := map[string]Wish{}
	err := each(ctx, s.r, "wishes", func(sc scan) error {
		var w Wish
		if err := sc(&w.ID, &w.Wanted, refColumn{&w.Left}, refColumn{&w.Right}, &w.By, timeColumn{&w.At}); err != nil {
			return err
		}
		out[w.ID] = w
		return nil
	}, "SELECT id, wanted, left_ref, right_ref, by, at FROM wishes")
	return out, err
}
