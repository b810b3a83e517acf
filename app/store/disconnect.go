package store

import (
	"context"
	"database/sql"

	"miohub/platforms"
)

// DisconnectCount is what stops when a platform is disconnected.
type DisconnectCount struct {
	People int `json:"people"` // linked now
	Rooms  int `json:"rooms"`  // linked now, the paused ones included
	Queued int `json:"queued"` // deliveries to or from it that are not finished, and events not yet converted
	Held   int `json:"held"`   // those among them that wait for a person
}

// DisconnectCounts counts what stops when a platform is disconnected.
func (s *Store) DisconnectCounts(ctx context.Context, platform platforms.ID) (DisconnectCount, error) {
	var c DisconnectCount
	like := refEscape.Replace(string(platform)) + "|"
	err := each(ctx, s.r, "count what stops", func(sc scan) error { return sc(&c.People, &c.Rooms, &c.Queued, &c.Held) }, `SELECT
		(SELECT count(*) FROM person_links WHERE state = 'linked' AND ?1 IN (left_platform, right_platform)),
		(SELECT count(*) FROM room_links WHERE state <> 'unlinked' AND (substr(left_ref, 1, length(?2)) = ?2 OR substr(right_ref, 1, length(?2)) = ?2)),
		(SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'held') AND (substr(target, 1, length(?2)) = ?2 OR substr(source, 1, length(?2)) = ?2))
		+ (SELECT count(*) FROM inbox WHERE done = 0 AND substr(room, 1, length(?2)) = ?2),
		(SELECT count(*) FROM outbox WHERE state = 'held' AND (substr(target, 1, length(?2)) = ?2 OR substr(source, 1, length(?2)) = ?2))`, platform, like)
	return c, err
}

// Disconnect stops a platform in one transaction: its secrets are erased, its
// cursors forgotten, what waits for it or came from it is abandoned with its
// text, and its connection is marked. Links, settings and the log stay.
func (s *Store) Disconnect(ctx context.Context, platform platforms.ID) error {
	like := refEscape.Replace(string(platform)) + "|"
	return s.write(ctx, "disconnect", func(tx *sql.Tx) error {
		now := nanos(s.now())
		for _, q := range []struct {
			query string
			args  []any
		}{
			{"DELETE FROM secrets WHERE scope = ?", []any{platformScope(platform)}},
			{"DELETE FROM cursors WHERE substr(room, 1, length(?1)) = ?1", []any{like}},
			{"DELETE FROM reads WHERE platform = ?", []any{platform}},
			{"UPDATE inbox SET done = ?2, sealed = NULL WHERE done = 0 AND substr(room, 1, length(?1)) = ?1", []any{like, now}},
			{`UPDATE outbox SET state = 'failed', sealed = NULL, error = 'the platform was disconnected', changed = ?2
				WHERE state IN ('queued', 'sending', 'held') AND (substr(target, 1, length(?1)) = ?1 OR substr(source, 1, length(?1)) = ?1)`, []any{like, now}},
			{"UPDATE connections SET state = 'disconnected', since = ?, problem = '' WHERE platform = ?", []any{now, platform}},
		} {
			if _, err := tx.ExecContext(ctx, q.query, q.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Erase removes the imported directory and rooms of a platform, and its ticks
// and check results. Links, the log and the connection's record stay.
func (s *Store) Erase(ctx context.Context, platform platforms.ID) error {
	return s.write(ctx, "erase the mirror of "+string(platform), func(tx *sql.Tx) error {
		for _, table := range []string{"users", "rooms", "reads", "ticks", "checks", "retries"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE platform = ?", platform); err != nil {
				return err
			}
		}
		return nil
	})
}
