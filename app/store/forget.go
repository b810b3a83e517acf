package store

import (
	"context"
	"database/sql"
	"time"

	"miohub/platforms"
)

// ForgetSetup removes what was ticked and found while a platform was set up, so
// that an old finding never stands for a new connection.
func (s *Store) ForgetSetup(ctx context.Context, platform platforms.ID) error {
	return s.write(ctx, "forget the set-up of "+string(platform), func(tx *sql.Tx) error {
		for _, table := range []string{"ticks", "checks", "retries"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE platform = ?", platform); err != nil {
				return err
			}
		}
		return nil
	})
}

// ForgetLinks removes every link of a platform's people and rooms, and what was
// decided about them. The log stays.
func (s *Store) ForgetLinks(ctx context.Context, platform platforms.ID) error {
	like := refEscape.Replace(string(platform)) + "|"
	return s.write(ctx, "forget the links of "+string(platform), func(tx *sql.Tx) error {
		for _, table := range []string{"person_links", "room_links", "wishes"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+` WHERE substr(left_ref, 1, length(?1)) = ?1
				OR substr(right_ref, 1, length(?1)) = ?1`, like); err != nil {
				return err
			}
		}
		return nil
	})
}

// PruneMessageLinks removes the links of messages that were sent before a time;
// edits and replies of those are no longer carried.
func (s *Store) PruneMessageLinks(ctx context.Context, before time.Time) (int, error) {
	if _, err := s.exec(ctx, "prune reactions", `DELETE FROM reactions WHERE changed < ?1 AND NOT EXISTS (
		SELECT 1 FROM message_links l WHERE l.sent >= ?1 AND (l.source = reactions.source OR l.target = reactions.source))`, nanos(before)); err != nil {
		return 0, err
	}
	return s.deleted(ctx, "prune message links", "DELETE FROM message_links WHERE sent < ?", nanos(before))
}
