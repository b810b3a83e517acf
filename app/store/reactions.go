package store

import (
	"context"
	"database/sql"
	"time"

	"miohub/platforms"
)

// Reaction is one reaction that was carried.
type Reaction struct {
	Source  platforms.Ref // the message that was reacted to
	Author  string        // the account that reacted, on the source's side
	Emoji   string        // as Unicode
	Target  platforms.Ref // the message on the other side
	As      string        // the account it stands as there, "" for the seat
	Stands  bool
	Changed time.Time // set by the store
}

const reactionColumns = "SELECT source, author, emoji, target, as_user, stands, changed FROM reactions"

func reactionRow(sc scan) (Reaction, error) {
	var r Reaction
	err := sc(refColumn{&r.Source}, &r.Author, &r.Emoji, refColumn{&r.Target}, &r.As, &r.Stands, timeColumn{&r.Changed})
	return r, err
}

// ReactionOf is how somebody's reaction was carried, and whether it was.
func (s *Store) ReactionOf(ctx context.Context, source platforms.Ref, author, emoji string) (Reaction, bool, error) {
	return one(ctx, s.r, "reaction", reactionRow, reactionColumns+" WHERE source = ? AND author = ? AND emoji = ?", refText(source), author, emoji)
}

// ReactionsAs are the reactions that were carried to a message and stand, or
// stood, there as one account ("" for the seat) with one emoji.
func (s *Store) ReactionsAs(ctx context.Context, target platforms.Ref, as, emoji string) ([]Reaction, error) {
	return list(ctx, s.r, "reactions", reactionRow, reactionColumns+" WHERE target = ? AND emoji = ? AND as_user = ? ORDER BY id", refText(target), emoji, as)
}

// SaveReaction records how a reaction is about to stand, before the call that
// makes it so: the platform may tell of it before it has answered.
func (s *Store) SaveReaction(ctx context.Context, r Reaction) error {
	_, err := s.exec(ctx, "record a reaction", `INSERT INTO reactions (source, author, emoji, target, as_user, stands, changed) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (source, author, emoji) DO UPDATE SET target = excluded.target, as_user = excluded.as_user, stands = excluded.stands, changed = excluded.changed`,
		refText(r.Source), r.Author, r.Emoji, refText(r.Target), r.As, r.Stands, nanos(s.now()))
	return err
}

// FinishReaction records that a delivery needs nothing more and how the reaction
// stands now, in one transaction. It happens even when ctx has ended, because
// the call it records did.
func (s *Store) FinishReaction(ctx context.Context, id int64, r Reaction) error {
	ctx = context.WithoutCancel(ctx)
	return s.write(ctx, "record a reaction", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'sent', sealed = NULL, error = '', changed = ?
			WHERE id = ? AND state IN ('queued', 'sending', 'held')`, nanos(s.now()), id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return ErrState
		}
		_, err = tx.ExecContext(ctx, "UPDATE reactions SET stands = ?, changed = ? WHERE source = ? AND author = ? AND emoji = ?",
			r.Stands, nanos(s.now()), refText(r.Source), r.Author, r.Emoji)
		return err
	})
}

// Reseal replaces the sealed body of a delivery that has not been handed to the
// platform: what was found out for it meanwhile is kept with it.
func (s *Store) Reseal(ctx context.Context, id int64, sealed []byte) error {
	ctx = context.WithoutCancel(ctx)
	res, err := s.exec(ctx, "keep a delivery's body", "UPDATE outbox SET sealed = ?, changed = ? WHERE id = ? AND state = 'queued'", sealed, nanos(s.now()), id)
	if err != nil {
		return err
	}
	return s.changedOne(res, "keep a delivery's body")
}
