package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"miohub/platforms"
)

// OutboxKind is what is to be done in the target room.
type OutboxKind string

// The kinds of delivery.
const (
	Create OutboxKind = "create"
	Edit   OutboxKind = "edit"
	Delete OutboxKind = "delete"
	React  OutboxKind = "react"
)

// OutboxState is how far a delivery has come.
type OutboxState string

// The states of a delivery. Queued, Sending and Held are unfinished and keep
// their body; Sent and Failed are finished and have lost it.
const (
	Queued  OutboxState = "queued"
	Sending OutboxState = "sending" // handed to the platform, or about to be: it may have happened
	Held    OutboxState = "held"    // waits for a person to resend or drop it
	Sent    OutboxState = "sent"
	Failed  OutboxState = "failed" // abandoned
)

// OutboxRow is one delivery.
type OutboxRow struct {
	ID     int64      `json:"id"`
	LinkID int64      `json:"linkId"`
	Kind   OutboxKind `json:"kind"`
	// Key is the draft's key; unique with Kind, Version and Target.
	Key        string        `json:"key"`
	Version    string        `json:"version"`    // of the source message
	Source     platforms.Ref `json:"source"`     // the message
	SourceRoot platforms.Ref `json:"sourceRoot"` // its thread's root; zero or equal to Source for a root
	SourceRoom platforms.Ref `json:"sourceRoom"`
	Target     platforms.Ref `json:"target"` // the room to deliver to
	As         string        `json:"as"`     // the account to post as, "" for the seat
	Sealed     []byte        `json:"-"`      // the body, sealed by the vault

	State       OutboxState `json:"state"`
	Attempts    int         `json:"attempts"`
	NextAttempt time.Time   `json:"nextAttempt"` // zero: at once
	FirstTried  time.Time   `json:"firstTried"`
	Made        time.Time   `json:"made"`
	Changed     time.Time   `json:"changed"`
	Error       string      `json:"error"`
}

const outboxColumns = `SELECT id, link, kind, key, version, source, source_root, source_room, target, as_user, sealed, state,
	attempts, next_attempt, first_tried, made, changed, error FROM outbox`

func outboxRow(sc scan) (OutboxRow, error) {
	var o OutboxRow
	err := sc(&o.ID, &o.LinkID, &o.Kind, &o.Key, &o.Version, refColumn{&o.Source}, refColumn{&o.SourceRoot}, refColumn{&o.SourceRoom},
		refColumn{&o.Target}, &o.As, &o.Sealed, &o.State, &o.Attempts, timeColumn{&o.NextAttempt}, timeColumn{&o.FirstTried},
		timeColumn{&o.Made}, timeColumn{&o.Changed}, &o.Error)
	return o, err
}

// dueQuery finds the head of each target room: its oldest delivery that is not
// finished and does not wait for a held one. Rooms are found by stepping through
// the index, so that a long queue in one room costs nothing.
const dueQuery = outboxColumns + ` WHERE id IN (
	WITH RECURSIVE room (target) AS (
		SELECT min(target) FROM outbox WHERE state IN ('queued', 'sending', 'held')
		UNION ALL
		SELECT (SELECT min(target) FROM outbox WHERE state IN ('queued', 'sending', 'held') AND target > room.target)
		FROM room WHERE room.target IS NOT NULL
	)
	SELECT (
		SELECT o.id FROM outbox o INDEXED BY outbox_open
		WHERE o.target = room.target AND o.state IN ('queued', 'sending', 'held') AND o.state <> 'held'
		AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.state IN ('queued', 'sending', 'held')
			AND p.source = o.source AND p.target = o.target AND p.id < o.id)
		AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.state IN ('queued', 'sending', 'held') AND p.kind = 'create'
			AND p.source = o.source_root AND p.target = o.target AND p.id < o.id)
		ORDER BY o.id LIMIT 1
	) FROM room WHERE room.target IS NOT NULL
) AND state = 'queued' AND next_attempt <= ? ORDER BY id LIMIT ?`

// Due are the deliveries to make now: of each target room the oldest unfinished
// one, if its time has come. A room whose oldest delivery is being sent, or
// waits for its next attempt, has none: one room's order is kept. A held
// delivery does not stop its room, only what depends on it: later edits and
// deletes of the same message, and replies to a root that is not there yet.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]OutboxRow, error) {
	return list(ctx, s.r, "due deliveries", outboxRow, dueQuery, nanos(now), limit)
}

// NextDue is when the earliest queued delivery may be tried, and whether there
// is one. It looks at the rooms' heads and may be in the past.
func (s *Store) NextDue(ctx context.Context) (time.Time, bool, error) {
	const farAway = int64(1<<63 - 1)
	heads, err := list(ctx, s.r, "next delivery", outboxRow, dueQuery, farAway, -1)
	if err != nil || len(heads) == 0 {
		return time.Time{}, false, err
	}
	next := heads[0].NextAttempt
	for _, o := range heads {
		if o.NextAttempt.Before(next) {
			next = o.NextAttempt
		}
	}
	return next, true, nil
}

// MarkSending commits, to the disk, that a queued delivery is about to be made.
// The call may follow only when it returned nil. firstTried is kept from the
// first time.
func (s *Store) MarkSending(ctx context.Context, id int64, firstTried time.Time) (err error) {
	conn, err := s.w.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: mark as being sent: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = FULL"); err != nil {
		return fmt.Errorf("store: mark as being sent: %w", explain(err))
	}
	res, err := conn.ExecContext(ctx, `UPDATE outbox SET state = 'sending', attempts = attempts + 1, changed = ?,
		first_tried = iif(first_tried = 0, ?, first_tried) WHERE id = ? AND state = 'queued'`, nanos(s.now()), nanos(firstTried), id)
	if _, back := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = NORMAL"); back != nil {
		err = errors.Join(err, back)
	}
	if err != nil {
		return fmt.Errorf("store: mark as being sent: %w", explain(err))
	}
	return s.changedOne(res, "mark as being sent")
}

// changedOne turns "no row was in that state" into an error.
func (s *Store) changedOne(res sql.Result, op string) error {
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = ErrState
	}
	if err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	return nil
}

// MarkSent records that a delivery stands in the target room: the message link
// is stored and the body erased in one transaction. For a delete, link.Deleted
// is set here. It happens even when ctx has ended, because the send did.
func (s *Store) MarkSent(ctx context.Context, id int64, link MessageLink) error {
	ctx = context.WithoutCancel(ctx)
	return s.write(ctx, "mark as sent", func(tx *sql.Tx) error {
		o, found, err := one(ctx, tx, "delivery", outboxRow, outboxColumns+" WHERE id = ? AND state IN ('queued', 'sending', 'held')", id)
		if err != nil {
			return err
		}
		if !found {
			return ErrState
		}
		if _, err := tx.ExecContext(ctx, "UPDATE outbox SET state = 'sent', sealed = NULL, error = '', changed = ? WHERE id = ?", nanos(s.now()), id); err != nil {
			return err
		}
		link.Deleted = link.Deleted || o.Kind == Delete
		return saveMessageLink(ctx, tx, link, s.now())
	})
}

// MarkRetry puts a delivery that certainly did not happen back in the queue.
// cause is shown; it must not hold message text.
func (s *Store) MarkRetry(ctx context.Context, id int64, next time.Time, cause string) error {
	return s.move(ctx, id, "mark for another attempt", Queued, next, cause, "state = 'sending'")
}

// Postpone puts off a delivery that was not handed to the platform; it counts as
// an attempt. cause is shown; it must not hold message text.
func (s *Store) Postpone(ctx context.Context, id int64, next time.Time, cause string) error {
	ctx = context.WithoutCancel(ctx)
	res, err := s.exec(ctx, "postpone a delivery", `UPDATE outbox SET attempts = attempts + 1, next_attempt = ?, error = ?, changed = ?
		WHERE id = ? AND state = 'queued'`, nanos(next), cause, nanos(s.now()), id)
	if err != nil {
		return err
	}
	return s.changedOne(res, "postpone a delivery")
}

// MarkHeld stops a delivery until a person decides.
func (s *Store) MarkHeld(ctx context.Context, id int64, cause string) error {
	return s.move(ctx, id, "hold a delivery", Held, time.Time{}, cause, "state IN ('queued', 'sending')")
}

// Resend queues a held delivery again.
func (s *Store) Resend(ctx context.Context, id int64) error {
	return s.move(ctx, id, "resend", Queued, time.Time{}, "", "state = 'held'")
}

// Drop abandons a delivery and erases its body. What depends on it can go on.
func (s *Store) Drop(ctx context.Context, id int64, cause string) error {
	ctx = context.WithoutCancel(ctx)
	res, err := s.exec(ctx, "drop a delivery", `UPDATE outbox SET state = 'failed', sealed = NULL, error = ?, changed = ?
		WHERE id = ? AND state IN ('queued', 'sending', 'held')`, cause, nanos(s.now()), id)
	if err != nil {
		return err
	}
	return s.changedOne(res, "drop a delivery")
}

// move changes the state of a delivery that is in one of the states in from.
func (s *Store) move(ctx context.Context, id int64, op string, to OutboxState, next time.Time, cause, from string) error {
	ctx = context.WithoutCancel(ctx)
	res, err := s.exec(ctx, op, "UPDATE outbox SET state = ?, next_attempt = ?, error = ?, changed = ? WHERE id = ? AND "+from,
		to, nanos(next), cause, nanos(s.now()), id)
	if err != nil {
		return err
	}
	return s.changedOne(res, op)
}

// DropLink abandons everything queued or held for a link, for example when it
// is unlinked, and erases the bodies. What is being sent stays, to be looked for.
func (s *Store) DropLink(ctx context.Context, linkID int64, cause string) (int, error) {
	return s.deleted(ctx, "drop a link's deliveries", `UPDATE outbox SET state = 'failed', sealed = NULL, error = ?, changed = ?
		WHERE link = ? AND state IN ('queued', 'held')`, cause, nanos(s.now()), linkID)
}

// Sending are the deliveries whose outcome is not known: at start-up, those that
// were under way when the process ended. They are looked for before any resend.
func (s *Store) Sending(ctx context.Context) ([]OutboxRow, error) {
	return list(ctx, s.r, "uncertain deliveries", outboxRow, outboxColumns+" WHERE state = 'sending' ORDER BY id")
}

// Outbox are the oldest deliveries in a state, at most limit.
func (s *Store) Outbox(ctx context.Context, state OutboxState, limit int) ([]OutboxRow, error) {
	where := ""
	switch state { // names the partial index that has the state
	case Queued, Sending, Held:
		where = " AND state IN ('queued', 'sending', 'held')"
	case Failed:
		where = " AND state = 'failed'"
	}
	return list(ctx, s.r, "deliveries", outboxRow, outboxColumns+" WHERE state = ?"+where+" ORDER BY id LIMIT ?", state, limit)
}

// OutboxRow is one delivery, and whether there is one.
func (s *Store) OutboxRow(ctx context.Context, id int64) (OutboxRow, bool, error) {
	return one(ctx, s.r, "delivery", outboxRow, outboxColumns+" WHERE id = ?", id)
}

// OutboxCounts is how many deliveries are in each state.
func (s *Store) OutboxCounts(ctx context.Context) (map[OutboxState]int, error) {
	out := map[OutboxState]int{Queued: 0, Sending: 0, Held: 0, Sent: 0, Failed: 0}
	err := each(ctx, s.r, "count deliveries", func(sc scan) error {
		var state OutboxState
		var n int
		err := sc(&state, &n)
		out[state] = n
		return err
	}, `SELECT state, count(*) FROM outbox WHERE state IN ('queued', 'sending', 'held') GROUP BY state
		UNION ALL SELECT 'failed', count(*) FROM outbox WHERE state = 'failed'
		UNION ALL SELECT 'all', count(*) FROM outbox`)
	// Sent rows are by far the most; counting every row needs no look at any.
	out[Sent] = out["all"] - out[Queued] - out[Sending] - out[Held] - out[Failed]
	delete(out, "all")
	return out, err
}

// PruneOutbox forgets deliveries that were finished before a time. Message
// links stay. Keep them as long as PruneInbox keeps events.
func (s *Store) PruneOutbox(ctx context.Context, before time.Time) (int, error) {
	return s.deleted(ctx, "prune the outbox", "DELETE FROM outbox WHERE state IN ('sent', 'failed') AND changed < ?", nanos(before))
}
