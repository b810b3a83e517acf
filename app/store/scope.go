package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"miohub/platforms"
)

// Scope is who of a platform's people takes part, as it was stored; "" for everybody.
func (s *Store) Scope(ctx context.Context, platform platforms.ID) (string, error) {
	body, _, err := one(ctx, s.r, "who takes part", textRow, "SELECT body FROM scopes WHERE platform = ?", platform)
	return body, err
}

// SetScope stores who of a platform's people takes part, "" for everybody, and the
// accounts in the groups that it names, in one transaction.
func (s *Store) SetScope(ctx context.Context, platform platforms.ID, body string, members []platforms.UserID) error {
	return s.write(ctx, "store who takes part", func(tx *sql.Tx) error {
		if err := setScopeMembers(ctx, tx, platform, members); err != nil {
			return err
		}
		if body == "" {
			_, err := tx.ExecContext(ctx, "DELETE FROM scopes WHERE platform = ?", platform)
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO scopes (platform, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body", platform, body)
		return err
	})
}

// SetScopeMembers stores the accounts in the groups that take part, as they were
// read last.
func (s *Store) SetScopeMembers(ctx context.Context, platform platforms.ID, members []platforms.UserID) error {
	return s.write(ctx, "store who takes part", func(tx *sql.Tx) error { return setScopeMembers(ctx, tx, platform, members) })
}

func setScopeMembers(ctx context.Context, tx *sql.Tx, platform platforms.ID, members []platforms.UserID) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM scope_members WHERE platform = ?", platform); err != nil {
		return err
	}
	for chunk := range slices.Chunk(members, 200) {
		args := make([]any, 0, 2*len(chunk))
		for _, m := range chunk {
			args = append(args, platform, m)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO scope_members (platform, user) VALUES "+strings.TrimSuffix(strings.Repeat("(?, ?), ", len(chunk)), ", "), args...); err != nil {
			return err
		}
	}
	return nil
}

// ScopeMembers are the accounts in the groups that take part.
func (s *Store) ScopeMembers(ctx context.Context, platform platforms.ID) ([]platforms.UserID, error) {
	return list(ctx, s.r, "who takes part", func(sc scan) (platforms.UserID, error) {
		var id platforms.UserID
		return id, sc(&id)
	}, "SELECT user FROM scope_members WHERE platform = ? ORDER BY user", platform)
}
