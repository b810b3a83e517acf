package store

import (
	"context"
	"database/sql"
	"time"

	"miohub/platforms"
)

// MessageLink says that a message of ours stands for a message, or a part of
// one, on the other side.
type MessageLink struct {
	Source     platforms.Ref `json:"source"` // the message
	Target     platforms.Ref `json:"target"` // our message
	SourceRoom platforms.Ref `json:"sourceRoom"`
	TargetRoom platforms.Ref `json:"targetRoom"`
	SourceRoot string        `json:"sourceRoot"` // the root of the message's thread; "" for a root
	TargetRoot string        `json:"targetRoot"` // the root of our message's thread
	As         string        `json:"as"`
	Key        string        `json:"key"`     // of the draft
	Version    string        `json:"version"` // of the source message
	Hash       string        `json:"hash"`    // of the body
	Deleted    bool          `json:"deleted"`
	Sent       time.Time     `json:"sent"` // first; set by the store when zero
}

func saveMessageLink(ctx context.Context, tx *sql.Tx, l MessageLink, now time.Time) error {
	if l.Target.IsZero() {
		return nil // a delete of what was never there
	}
	if l.Sent.IsZero() {
		l.Sent = now
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO message_links (source, target, source_room, target_room, source_root, target_root, as_user, key, version, hash, deleted, sent)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (target) DO UPDATE SET
		version = excluded.version, hash = excluded.hash, deleted = excluded.deleted`,
		refText(l.Source), refText(l.Target), refText(l.SourceRoom), refText(l.TargetRoom), l.SourceRoot, l.TargetRoot, l.As, l.Key, l.Version, l.Hash, l.Deleted, nanos(l.Sent))
	return err
}

const messageColumns = `SELECT source, target, source_room, target_room, source_root, target_root, as_user, key, version, hash, deleted, sent FROM message_links`

func messageRow(sc scan) (MessageLink, error) {
	var l MessageLink
	err := sc(refColumn{&l.Source}, refColumn{&l.Target}, refColumn{&l.SourceRoom}, refColumn{&l.TargetRoom}, &l.SourceRoot, &l.TargetRoot,
		&l.As, &l.Key, &l.Version, &l.Hash, &l.Deleted, timeColumn{&l.Sent})
	return l, err
}

// MessageLinkBySource are our messages that stand for a message: one for each
// part and target room, in the order they were sent in; none when it was not carried.
func (s *Store) MessageLinkBySource(ctx context.Context, source platforms.Ref) ([]MessageLink, error) {
	return list(ctx, s.r, "message link", messageRow, messageColumns+" WHERE source = ? ORDER BY id", refText(source))
}

// MessageLinkByTarget is what a message of ours stands for, and whether it is one of ours.
func (s *Store) MessageLinkByTarget(ctx context.Context, target platforms.Ref) (MessageLink, bool, error) {
	return one(ctx, s.r, "message link", messageRow, messageColumns+" WHERE target = ?", refText(target))
}

// IsTarget reports whether the hub posted a message.
func (s *Store) IsTarget(ctx context.Context, message platforms.Ref) (bool, error) {
	_, found, err := one(ctx, s.r, "message link", numberRow, "SELECT 1 FROM message_links WHERE target = ?", refText(message))
	return found, err
}
