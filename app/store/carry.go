package store

import (
	"context"

	"miohub/platforms"
)

// ThreadThere is the root of the thread that collects, in the target room, the
// replies of a source thread whose own root was never carried; "" when none was
// carried yet. root is the id of the source thread's root.
func (s *Store) ThreadThere(ctx context.Context, sourceRoom, targetRoom platforms.Ref, root string) (string, error) {
	there, _, err := one(ctx, s.r, "thread", textRow, `SELECT target_root FROM message_links
		WHERE source_room = ? AND source_root = ? AND source_root <> '' AND target_room = ? ORDER BY id LIMIT 1`,
		refText(sourceRoom), root, refText(targetRoom))
	return there, err
}

// DraftKeys are the keys of what stands, or is about to stand, in the target
// room for a message: its parts that were sent and not deleted, and those that
// wait, in that order.
func (s *Store) DraftKeys(ctx context.Context, source, target platforms.Ref) ([]string, error) {
	return list(ctx, s.r, "parts", textRow, `SELECT key FROM message_links WHERE source = ?1 AND target_room = ?2 AND deleted = 0
		UNION ALL SELECT key FROM outbox WHERE source = ?1 AND target = ?2 AND kind IN ('create', 'edit') AND state IN ('queued', 'sending', 'held')`,
		refText(source), refText(target))
}

// Carries reports whether a link still joins two rooms: it is active, or paused,
// which lets what was read before arrive.
func (s *Store) Carries(ctx context.Context, linkID int64, a, b platforms.Ref) (bool, error) {
	a, b = ordered(a, b)
	n, err := s.count(ctx, "SELECT count(*) FROM room_links WHERE id = ? AND left_ref = ? AND right_ref = ? AND state <> 'unlinked'",
		linkID, refText(a), refText(b))
	return n > 0, err
}
