package store

import (
	"context"
	"database/sql"

	"miohub/platforms"
)

// hubScope is where the hub's own settings are; a platform's are under its id.
const hubScope = ""

// Values are a platform's plain settings.
func (s *Store) Values(platform platforms.ID) platforms.Values {
	return values{s: s, scope: platformScope(platform)}
}

// platformScope is the scope of a platform's settings and secrets.
func platformScope(p platforms.ID) string { return "platform:" + string(p) }

// Setting reads a setting of the hub; "" when it was never set.
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	return s.setting(ctx, hubScope, key)
}

// SetSetting stores a setting of the hub; "" removes it.
func (s *Store) SetSetting(ctx context.Context, key, value string) error {
	return s.setSetting(ctx, hubScope, key, value)
}

// Settings are all settings of the hub.
func (s *Store) Settings(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	err := each(ctx, s.r, "settings", func(sc scan) error {
		var k, v string
		if err := sc(&k, &v); err != nil {
			return err
		}
		out[k] = v
		return nil
	}, "SELECT key, value FROM settings WHERE scope = ?", hubScope)
	return out, err
}

func (s *Store) setting(ctx context.Context, scope, key string) (string, error) {
	v, _, err := one(ctx, s.r, "setting "+key, textRow,
		"SELECT value FROM settings WHERE scope = ? AND key = ?", scope, key)
	return v, err
}

func (s *Store) setSetting(ctx context.Context, scope, key, value string) error {
	if value == "" {
		_, err := s.exec(ctx, "remove setting "+key, "DELETE FROM settings WHERE scope = ? AND key = ?", scope, key)
		return err
	}
	_, err := s.exec(ctx, "set "+key, `INSERT INTO settings (scope, key, value) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value`, scope, key, value)
	return err
}

// values are the settings of one scope.
type values struct {
	s     *Store
	scope string
}

var _ platforms.Values = values{}

// Get implements platforms.Values. A database that cannot be read answers "".
func (v values) Get(key string) string {
	value, err := v.s.setting(context.Background(), v.scope, key)
	if err != nil {
		return ""
	}
	return value
}

// Put implements platforms.Values.
func (v values) Put(ctx context.Context, key, value string) error {
	return v.s.setSetting(ctx, v.scope, key, value)
}

// Delete implements platforms.Values.
func (v values) Delete(ctx context.Context, key string) error {
	return v.s.setSetting(ctx, v.scope, key, "")
}

// GetSecret reads a sealed value; nil when there is none.
func (s *Store) GetSecret(ctx context.Context, scope, key string) ([]byte, error) {
	b, _, err := one(ctx, s.r, "secret "+key, bytesRow,
		"SELECT sealed FROM secrets WHERE scope = ? AND key = ?", scope, key)
	return b, err
}

// PutSecret stores a value that the vault has sealed.
func (s *Store) PutSecret(ctx context.Context, scope, key string, sealed []byte) error {
	_, err := s.exec(ctx, "put secret "+key, `INSERT INTO secrets (scope, key, sealed) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET sealed = excluded.sealed`, scope, key, sealed)
	return err
}

// DeleteSecret removes a sealed value; the file keeps no trace of it.
func (s *Store) DeleteSecret(ctx context.Context, scope, key string) error {
	_, err := s.exec(ctx, "delete secret "+key, "DELETE FROM secrets WHERE scope = ? AND key = ?", scope, key)
	return err
}

// ForgetSealed removes every secret and every sealed body, for when their key is
// lost. Unfinished deliveries are abandoned; links, settings and the log stay.
func (s *Store) ForgetSealed(ctx context.Context) error {
	return s.write(ctx, "forget what is sealed", func(tx *sql.Tx) error {
		now := nanos(s.now())
		if _, err := tx.ExecContext(ctx, "DELETE FROM secrets"); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE inbox SET done = ?, sealed = NULL WHERE done = 0", now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'failed', sealed = NULL, changed = ?, error = 'the key it was sealed with is lost'
			WHERE state IN ('queued', 'sending', 'held')`, now)
		return err
	})
}
