package store

import (
	"context"
	"database/sql"

	"miohub/platforms"
)

// Finish records that a delivery needs nothing more: the body is erased and the
// given message links are brought up to date, in one transaction. It happens
// even when ctx has ended, because the call it records did.
func (s *Store) Finish(ctx context.Context, id int64, links ...MessageLink) error {
	ctx = context.WithoutCancel(ctx)
	return s.write(ctx, "finish a delivery", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'sent', sealed = NULL, error = '', changed = ?
			WHERE id = ? AND state IN ('queued', 'sending', 'held')`, nanos(s.now()), id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return ErrState
		}
		for _, l := range links {
			if err := saveMessageLink(ctx, tx, l, s.now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// HasOutbox reports whether a message waits to be delivered.
func (s *Store) HasOutbox(ctx context.Context, source platforms.Ref) (bool, error) {
	n, err := s.count(ctx, `SELECT count(*) FROM outbox WHERE source = ? AND kind = 'create'
		AND state IN ('queued', 'sending', 'held')`, refText(source))
	return n > 0, err
}

// Relabel queues a delivery again that may not be posted in its author's name:
// it is posted by the seat, with a label.
func (s *Store) Relabel(ctx context.Context, id int64) error {
	ctx = context.WithoutCancel(ctx)
	res, err := s.exec(ctx, "relabel a delivery", `UPDATE outbox SET state = 'queued', as_user = '', next_attempt = 0, changed = ?
		WHERE id = ? AND state = 'sending'`, nanos(s.now()), id)
	if err != nil {
		return err
	}
	return s.changedOne(res, "relabel a delivery")
}

// UserByAddress finds an account by its primary address, as the platform said it last.
func (s *Store) UserByAddress(ctx context.Context, platform platforms.ID, address string) (platforms.User, bool, error) {
	return one(ctx, s.r, "account", userRow, userColumns+" WHERE platform = ? AND address = ?", platform, address)
}

// PersonLinksOf are the links of one account, whatever their state.
func (s *Store) PersonLinksOf(ctx context.Context, ref platforms.Ref) ([]PersonLink, error) {
	return list(ctx, s.r, "person links", personRow, personColumns+" WHERE left_ref = ? OR right_ref = ?", refText(ref), refText(ref))
}

// CountMessageLinks is how many messages of ours stand for one on another side.
func (s *Store) CountMessageLinks(ctx context.Context) (int, error) {
	return s.count(ctx, "SELECT count(*) FROM message_links")
}
