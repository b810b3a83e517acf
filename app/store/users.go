package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"time"

	"miohub/platforms"
)

// UserChange is an account before and after an import; the zero User stands for
// an account that was not there, or is not there any more.
type UserChange struct {
	Before platforms.User `json:"before"`
	After  platforms.User `json:"after"`
}

// Diff is what an import changed, each list sorted by account.
type Diff struct {
	Added   []UserChange `json:"added"`
	Changed []UserChange `json:"changed"`
	Removed []UserChange `json:"removed"`
}

// Empty reports whether nothing changed.
func (d Diff) Empty() bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }

// ImportUsers brings the mirror of a platform's directory up to date in one
// transaction. The caller has collected every page of a read that reached its
// end. With full, accounts that are not in users are removed; otherwise only
// those in removed. Unchanged rows are not written. Accounts of another tenant
// of the platform are removed.
func (s *Store) ImportUsers(ctx context.Context, platform platforms.ID, tenant platforms.TenantID, users []platforms.User,
	removed []platforms.UserID, full bool, cursor platforms.Cursor) (Diff, error) {
	var d Diff
	err := s.write(ctx, "import users of "+string(platform), func(tx *sql.Tx) (err error) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM users WHERE platform = ? AND tenant <> ?", platform, tenant); err != nil {
			return err
		}
		m := mirror{tx: tx, platform: platform, tenant: tenant}
		if d, err = m.apply(ctx, users, removed, full); err != nil {
			return err
		}
		return saveRead(ctx, tx, platform, "users", tenant, cursor, s.now())
	})
	if err != nil {
		return Diff{}, err
	}
	return d, nil
}

// PreviewUsers tells what ImportUsers would change, and changes nothing. A
// sudden drop is seen before it is stored.
func (s *Store) PreviewUsers(ctx context.Context, platform platforms.ID, tenant platforms.TenantID, users []platforms.User,
	removed []platforms.UserID, full bool) (Diff, error) {
	m := mirror{tx: s.r, platform: platform, tenant: tenant}
	d, _, err := m.compare(ctx, users, removed, full)
	return d, err
}

// mirror is one platform's part of the users table.
type mirror struct {
	tx       querier
	platform platforms.ID
	tenant   platforms.TenantID
}

// row is an account with its hash, ready to be written.
type row struct {
	user platforms.User
	hash int64
}

func (m mirror) apply(ctx context.Context, users []platforms.User, removed []platforms.UserID, full bool) (Diff, error) {
	d, rows, err := m.compare(ctx, users, removed, full)
	if err != nil {
		return Diff{}, err
	}
	tx := m.tx.(*sql.Tx)
	for chunk := range slices.Chunk(rows, 50) {
		if err := m.upsert(ctx, tx, chunk); err != nil {
			return Diff{}, err
		}
	}
	for _, c := range d.Removed {
		if _, err := tx.ExecContext(ctx, "DELETE FROM users WHERE platform = ? AND tenant = ? AND id = ?", m.platform, m.tenant, c.Before.ID); err != nil {
			return Diff{}, err
		}
	}
	return d, nil
}

// compare finds what is new, different and gone, and the rows to write.
func (m mirror) compare(ctx context.Context, users []platforms.User, removed []platforms.UserID, full bool) (d Diff, rows []row, err error) {
	have := map[platforms.UserID]int64{}
	err = each(ctx, m.tx, "compare users", func(sc scan) error {
		var id platforms.UserID
		var hash int64
		err := sc(&id, &hash)
		have[id] = hash
		return err
	}, "SELECT id, hash FROM users WHERE platform = ? AND tenant = ?", m.platform, m.tenant)
	if err != nil {
		return Diff{}, nil, err
	}
	rows, seen := m.different(users, have)
	gone := map[platforms.UserID]bool{}
	for _, id := range removed {
		if _, there := have[id]; there && !seen[id] {
			gone[id] = true
		}
	}
	if full {
		for id := range have {
			if !seen[id] {
				gone[id] = true
			}
		}
	}
	before, err := m.before(ctx, rows, gone, have)
	if err != nil {
		return Diff{}, nil, err
	}
	for _, r := range rows {
		if b, there := before[r.user.ID]; there {
			d.Changed = append(d.Changed, UserChange{Before: b, After: r.user})
		} else {
			d.Added = append(d.Added, UserChange{After: r.user})
		}
	}
	for id := range gone {
		d.Removed = append(d.Removed, UserChange{Before: before[id]})
	}
	slices.SortFunc(d.Removed, func(a, b UserChange) int { return cmp.Compare(a.Before.ID, b.Before.ID) })
	return d, rows, nil
}

// different are the accounts whose hash is not the stored one, sorted by id, the
// last of several with one id; and every id that was delivered.
func (m mirror) different(users []platforms.User, have map[platforms.UserID]int64) ([]row, map[platforms.UserID]bool) {
	seen := make(map[platforms.UserID]bool, len(users))
	var rows []row
	for _, u := range slices.Backward(users) {
		if seen[u.ID] {
			continue
		}
		seen[u.ID] = true
		h := userHash(u)
		if old, there := have[u.ID]; !there || old != h {
			rows = append(rows, row{u, h})
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.user.ID, b.user.ID) })
	return rows, seen
}

// before reads the accounts that are about to change or go.
func (m mirror) before(ctx context.Context, rows []row, gone map[platforms.UserID]bool, have map[platforms.UserID]int64) (map[platforms.UserID]platforms.User, error) {
	ids := make([]platforms.UserID, 0, len(gone))
	for id := range gone {
		ids = append(ids, id)
	}
	for _, r := range rows {
		if _, there := have[r.user.ID]; there {
			ids = append(ids, r.user.ID)
		}
	}
	out := make(map[platforms.UserID]platforms.User, len(ids))
	for chunk := range slices.Chunk(ids, 500) {
		args := []any{m.platform, m.tenant}
		for _, id := range chunk {
			args = append(args, id)
		}
		err := each(ctx, m.tx, "users before", func(sc scan) error {
			u, err := userRow(sc)
			out[u.ID] = u
			return err
		}, userColumns+" WHERE platform = ? AND tenant = ? AND id IN ("+marks(len(chunk))+")", args...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m mirror) upsert(ctx context.Context, tx *sql.Tx, rows []row) error {
	args := make([]any, 0, 16*len(rows))
	for _, r := range rows {
		u := r.user
		args = append(args, m.platform, m.tenant, u.ID, r.hash, u.Address, u.Login, strings.Join(u.Addresses, "\n"), u.Name,
			u.GivenName, u.FamilyName, u.EmployeeID, u.OrgUnit, u.Kind, u.State, u.Licence, u.Admin)
	}
	one := "(" + marks(16) + ")"
	_, err := tx.ExecContext(ctx, `INSERT INTO users (platform, tenant, id, hash, address, login, addresses, name, given_name,
		family_name, employee_id, org_unit, kind, state, licence, admin) VALUES `+strings.Repeat(one+", ", len(rows)-1)+one+`
		ON CONFLICT DO UPDATE SET hash = excluded.hash, address = excluded.address, login = excluded.login,
		addresses = excluded.addresses, name = excluded.name, given_name = excluded.given_name,
		family_name = excluded.family_name, employee_id = excluded.employee_id, org_unit = excluded.org_unit,
		kind = excluded.kind, state = excluded.state, licence = excluded.licence, admin = excluded.admin`, args...)
	return err
}

// userHash tells whether an account changed. It covers every field but the id,
// each with its length, so that no two accounts read alike.
func userHash(u platforms.User) int64 {
	h := sha256.New()
	fields := append([]string{u.Address, u.Login, u.Name, u.GivenName, u.FamilyName, u.EmployeeID, u.OrgUnit,
		string(u.Kind), string(u.State), string(u.Licence)}, u.Addresses...)
	var n [8]byte
	if u.Admin {
		n[0] = 1
	}
	h.Write(n[:])
	for _, f := range fields {
		binary.LittleEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		_, _ = io.WriteString(h, f)
	}
	return int64(binary.LittleEndian.Uint64(h.Sum(nil)))
}

// marks are n placeholders.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

const userColumns = `SELECT id, address, login, addresses, name, given_name, family_name, employee_id, org_unit,
	kind, state, licence, admin FROM users`

func userRow(sc scan) (platforms.User, error) {
	var u platforms.User
	var addresses string
	err := sc(&u.ID, &u.Address, &u.Login, &addresses, &u.Name, &u.GivenName, &u.FamilyName, &u.EmployeeID, &u.OrgUnit,
		&u.Kind, &u.State, &u.Licence, &u.Admin)
	if addresses != "" {
		u.Addresses = strings.Split(addresses, "\n")
	}
	return u, err
}

// Users are a platform's accounts, as the last read saw them, sorted by id.
func (s *Store) Users(ctx context.Context, platform platforms.ID) ([]platforms.User, error) {
	return list(ctx, s.r, "users", userRow, userColumns+" WHERE platform = ? ORDER BY tenant, id", platform)
}

// User is one account, and whether the mirror has it.
func (s *Store) User(ctx context.Context, ref platforms.Ref) (platforms.User, bool, error) {
	return one(ctx, s.r, "user", userRow, userColumns+" WHERE platform = ? AND tenant = ? AND id = ?", ref.Platform, ref.Tenant, ref.ID)
}

// CountUsers is how many accounts the mirror of a platform has.
func (s *Store) CountUsers(ctx context.Context, platform platforms.ID) (int, error) {
	return s.count(ctx, "SELECT count(*) FROM users WHERE platform = ?", platform)
}

// count reads a number.
func (s *Store) count(ctx context.Context, query string, args ...any) (int, error) {
	n, _, err := one(ctx, s.r, "count", numberRow, query, args...)
	return int(n), err
}

// UserCursor is where the next read of a directory starts, "" for a full read.
func (s *Store) UserCursor(ctx context.Context, platform platforms.ID) (platforms.Cursor, error) {
	c, _, err := one(ctx, s.r, "user cursor", textRow, "SELECT cursor FROM reads WHERE platform = ? AND kind = 'users'", platform)
	return platforms.Cursor(c), err
}

// LastRead is when a platform's users ("users") or rooms ("rooms") were last
// read to the end; zero for never.
func (s *Store) LastRead(ctx context.Context, platform platforms.ID, kind string) (time.Time, error) {
	n, _, err := one(ctx, s.r, "last read", numberRow, "SELECT at FROM reads WHERE platform = ? AND kind = ?", platform, kind)
	return moment(n), err
}

func saveRead(ctx context.Context, tx *sql.Tx, platform platforms.ID, kind string, tenant platforms.TenantID, cursor platforms.Cursor, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO reads (platform, kind, tenant, cursor, at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET tenant = excluded.tenant, cursor = excluded.cursor, at = excluded.at`,
		platform, kind, tenant, cursor, nanos(at))
	return err
}
