package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"miohub/platforms"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// applicationID marks the file as ours ("MioH", PRAGMA application_id), so that
// somebody else's database is never migrated.
const applicationID = 0x4d696f48

// The reasons why a file is refused or a row is not what the caller thought.
var (
	// ErrNotDatabase: the file is not an SQLite database, or not one of ours.
	ErrNotDatabase = errors.New("not a Mio Hub database")
	// ErrCorrupt: the file is damaged.
	ErrCorrupt = errors.New("the database is damaged")
	// ErrNewer: a later version of the hub has written the file.
	ErrNewer = errors.New("the database was made by a newer version of Mio Hub")
	// ErrNotFound: there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrState: the row is not in a state in which that can be done to it.
	ErrState = errors.New("not possible in this state")
)

// Store is an open database. Its methods may be called from several goroutines.
type Store struct {
	path string
	w    *sql.DB // one connection: all writes
	r    *sql.DB // reads
	now  func() time.Time
}

// Open opens the database at path, or makes it, and brings its schema up to
// date. now is the clock for what is stored; nil means time.Now.
func Open(ctx context.Context, path string, now func() time.Time) (*Store, error) {
	return open(ctx, path, now, migrations())
}

func open(ctx context.Context, path string, now func() time.Time, schema fs.FS) (*Store, error) {
	if now == nil {
		now = time.Now
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	if err := prepareFile(ctx, abs); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", abs, err)
	}
	s := &Store{path: abs, now: now}
	if s.w, err = sql.Open("sqlite", dsn(abs, false)); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", abs, err)
	}
	s.w.SetMaxOpenConns(1)
	if err := s.migrate(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", abs, explain(err)), s.w.Close())
	}
	if s.r, err = sql.Open("sqlite", dsn(abs, true)); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", abs, err), s.w.Close())
	}
	s.r.SetMaxOpenConns(4)
	return s, nil
}

// Close closes the database. Nothing is pending afterwards.
func (s *Store) Close() error {
	if err := errors.Join(s.r.Close(), s.w.Close()); err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// Path is where the database is.
func (s *Store) Path() string { return s.path }

// prepareFile makes the file, readable by its owner only (the WAL takes over its
// mode), and refuses what is not ours before SQLite touches it.
func prepareFile(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	head := make([]byte, 100)
	n, err := io.ReadFull(f, head)
	if err := errors.Join(ignoreShort(err), f.Close(), os.Chmod(path, 0o600)); err != nil {
		return err
	}
	switch {
	case n == 0:
		return markFile(ctx, path)
	case n < len(head) || string(head[:16]) != "SQLite format 3\x00":
		return fmt.Errorf("%w: it was left as it is; choose another data folder, or move the file away", ErrNotDatabase)
	// The application id is at offset 68 of the header: SQLite's "Database File Format", section 1.3.
	case binary.BigEndian.Uint32(head[68:]) != applicationID:
		return fmt.Errorf("%w: it belongs to another program and was left as it is; choose another data folder", ErrNotDatabase)
	}
	return nil
}

// ignoreShort passes over the end of a file that is shorter than asked for.
func ignoreShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// markFile sets what must be in the first page before anything else is, on a
// connection of its own that is not yet in WAL mode.
func markFile(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", uri(path, "_busy_timeout=10000"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA page_size = 8192; PRAGMA application_id = %d", applicationID)); err != nil {
		return explain(err)
	}
	return nil
}

// dsn is the driver's name for the file as it is used.
func dsn(path string, reading bool) string {
	q := []string{
		"_busy_timeout=10000", "_txlock=immediate", "_dqs=0",
		"_journal_mode=WAL", "_synchronous=NORMAL", "_foreign_keys=1",
		"_pragma=fullfsync(1)",     // macOS: a sync reaches the disk
		"_pragma=secure_delete(1)", // erased message bodies leave no trace in free pages
		"_pragma=temp_store(MEMORY)",
	}
	if reading {
		q = append(q, "_query_only=1")
	}
	return uri(path, q...)
}

// uri is a file's name for the driver, whatever characters are in its path.
func uri(path string, options ...string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/data/hub.db
	}
	return (&url.URL{Scheme: "file", Path: p, RawQuery: strings.Join(options, "&")}).String()
}

// explain turns SQLite's result codes into what an administrator can act on.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: the file was left as it is; choose another data folder, or move the file away: %w", ErrNotDatabase, err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w: stop Mio Hub, keep a copy of the file and restore a backup: %w", ErrCorrupt, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk is full, nothing was written: %w", err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("another process has been writing for more than ten seconds: %w", err)
	case sqlite3.SQLITE_READONLY:
		return fmt.Errorf("the database, or its folder, cannot be written to: %w", err)
	}
	return err
}

// write runs fn in a transaction that holds the write lock from its start.
func (s *Store) write(ctx context.Context, op string, fn func(*sql.Tx) error) error {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %s: %w", op, explain(err))
	}
	if err := fn(tx); err != nil {
		err = fmt.Errorf("store: %s: %w", op, explain(err))
		if r := tx.Rollback(); r != nil && !errors.Is(r, sql.ErrTxDone) {
			err = errors.Join(err, r)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: %s: %w", op, explain(err))
	}
	return nil
}

// exec runs one statement in a transaction of its own.
func (s *Store) exec(ctx context.Context, op, query string, args ...any) (sql.Result, error) {
	res, err := s.w.ExecContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", op, explain(err))
	}
	return res, nil
}

// querier is a *sql.DB or a *sql.Tx.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scan fills the columns of the present row.
type scan func(dest ...any) error

// list reads every row that a query answers with; never nil.
func list[T any](ctx context.Context, q querier, op string, row func(scan) (T, error), query string, args ...any) (out []T, err error) {
	out = []T{}
	err = each(ctx, q, op, func(sc scan) error {
		v, err := row(sc)
		if err == nil {
			out = append(out, v)
		}
		return err
	}, query, args...)
	return out, err
}

// each calls row for every row that a query answers with.
func each(ctx context.Context, q querier, op string, row func(scan) error, query string, args ...any) (err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("store: %s: %w", op, explain(err))
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return fmt.Errorf("store: %s: %w", op, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("store: %s: %w", op, explain(err))
	}
	return nil
}

// one reads the first row a query answers with, and whether there was one.
func one[T any](ctx context.Context, q querier, op string, row func(scan) (T, error), query string, args ...any) (T, bool, error) {
	var zero T
	all, err := list(ctx, q, op, row, query, args...)
	if err != nil || len(all) == 0 {
		return zero, false, err
	}
	return all[0], true, nil
}

// nanos stores a time; the zero time is 0.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// moment reads a stored time, in UTC.
func moment(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// refEscape keeps the separator out of the first two parts; the third may hold anything.
var refEscape, refUnescape = strings.NewReplacer("%", "%25", "|", "%7C"), strings.NewReplacer("%7C", "|", "%25", "%")

// refText is a reference as one column: platform|tenant|id, "" for none.
func refText(r platforms.Ref) string {
	if r.IsZero() {
		return ""
	}
	return refEscape.Replace(string(r.Platform)) + "|" + refEscape.Replace(string(r.Tenant)) + "|" + r.ID
}

// parseRef undoes refText.
func parseRef(s string) platforms.Ref {
	p := strings.SplitN(s, "|", 3)
	if len(p) != 3 {
		return platforms.Ref{}
	}
	return platforms.Ref{Platform: platforms.ID(refUnescape.Replace(p[0])), Tenant: platforms.TenantID(refUnescape.Replace(p[1])), ID: p[2]}
}

// refColumn scans a reference.
type refColumn struct{ to *platforms.Ref }

// Scan implements sql.Scanner.
func (c refColumn) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("a reference is %T, not text", v)
	}
	*c.to = parseRef(s)
	return nil
}

// timeColumn scans a time.
type timeColumn struct{ to *time.Time }

// Scan implements sql.Scanner.
func (c timeColumn) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is %T, not an integer", v)
	}
	*c.to = moment(n)
	return nil
}

// jsonColumn scans a value kept as JSON; "" leaves it as it is.
type jsonColumn struct{ to any }

// Scan implements sql.Scanner.
func (c jsonColumn) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("a JSON value is %T, not text", v)
	}
	if s == "" {
		return nil
	}
	return json.Unmarshal([]byte(s), c.to)
}

// toJSON encodes a value made of plain structs and strings, which cannot fail.
func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(b)
}

// The rows of queries with one column. The value is read before it is
// returned, which "return v, sc(&v)" does not promise.

func textRow(sc scan) (string, error) {
	var v string
	err := sc(&v)
	return v, err
}

func numberRow(sc scan) (int64, error) {
	var v int64
	err := sc(&v)
	return v, err
}

func bytesRow(sc scan) ([]byte, error) {
	var v []byte
	err := sc(&v)
	return v, err
}
