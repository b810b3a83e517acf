package store

import (
	"context"
	"time"

	"miohub/platforms"
)

// Traffic is what was carried from one room to another.
type Traffic struct {
	From, To platforms.Ref // rooms
	Messages int
	Last     time.Time // of the last message
}

// Traffic counts what was carried, by pair of rooms and direction.
func (s *Store) Traffic(ctx context.Context) ([]Traffic, error) {
	return list(ctx, s.r, "traffic", func(sc scan) (Traffic, error) {
		var t Traffic
		err := sc(refColumn{&t.From}, refColumn{&t.To}, &t.Messages, timeColumn{&t.Last})
		return t, err
	}, "SELECT source_room, target_room, count(DISTINCT source), max(sent) FROM message_links GROUP BY source_room, target_room")
}

// Waiting counts the unfinished deliveries by the room they go to.
func (s *Store) Waiting(ctx context.Context) (map[platforms.Ref]int, error) {
	out := map[platforms.Ref]int{}
	err := each(ctx, s.r, "waiting deliveries", func(sc scan) error {
		var room platforms.Ref
		var n int
		if err := sc(refColumn{&room}, &n); err != nil {
			return err
		}
		out[room] = n
		return nil
	}, "SELECT target, count(*) FROM outbox WHERE state IN ('queued', 'sending', 'held') GROUP BY target")
	return out, err
}

// LogSize is how many rows the log has, and the time of the oldest; zero for none.
func (s *Store) LogSize(ctx context.Context) (rows int, since time.Time, err error) {
	err = each(ctx, s.r, "size of the log", func(sc scan) error {
		return sc(&rows, timeColumn{&since})
	}, "SELECT count(*), coalesce(min(time), 0) FROM log")
	return rows, since, err
}
