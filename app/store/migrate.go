package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"
)

//go:embed schema/*.sql
var embedded embed.FS

func migrations() fs.FS {
	sub, err := fs.Sub(embedded, "schema")
	if err != nil {
		return embedded // cannot happen: the path is a constant and valid
	}
	return sub
}

// migrate brings the schema up to date. Only one process does it at a time.
func (s *Store) migrate(ctx context.Context, schema fs.FS) error {
	release, err := s.Lock(ctx, "migration")
	if err != nil {
		return err
	}
	defer release()
	p, err := goose.NewProvider(goose.DialectSQLite3, s.w, schema)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	have, want, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read the schema version: %w", err)
	case have > want:
		return fmt.Errorf("%w (schema %d, this version knows %d): install the latest version of Mio Hub, or restore the copy that was made beside the file before it was upgraded", ErrNewer, have, want)
	case have == want:
		return nil
	case have > 0:
		if err := s.backup(ctx, have); err != nil {
			return err
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("upgrade the schema from version %d to %d (the database is as it was after the last step that succeeded): %w", have, want, err)
	}
	return nil
}

// backup puts a copy of the database beside it, whole and consistent.
func (s *Store) backup(ctx context.Context, version int64) error {
	to := fmt.Sprintf("%s.schema-%d.%s.backup", s.path, version, s.now().UTC().Format("20060102T150405Z"))
	if err := s.BackupTo(ctx, to); err != nil {
		return fmt.Errorf("copy the database before upgrading it, nothing was changed: %w", err)
	}
	return nil
}

// BackupTo writes a consistent copy of the database to a new file that its
// owner alone can read. Secrets in it stay sealed.
func (s *Store) BackupTo(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("store: back up: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("store: back up: %w", err)
	}
	if _, err := s.w.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return errors.Join(fmt.Errorf("store: back up to %s: %w", path, explain(err)), os.Remove(path))
	}
	return nil
}

// SchemaVersion is the number of the last migration that was applied.
func (s *Store) SchemaVersion(ctx context.Context) (int64, error) {
	v, _, err := one(ctx, s.r, "schema version", numberRow,
		"SELECT max(version_id) FROM goose_db_version WHERE is_applied = 1")
	return v, err
}
