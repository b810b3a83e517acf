package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"miohub/platforms"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a stored time that tests can read back.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 23, 9, 0, 0, 123456789, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// newStore opens a database in a folder of its own, whose name is hard on URIs.
func newStore(t *testing.T) (*Store, *clock) {
	t.Helper()
	c := newClock()
	return openAt(t, filepath.Join(t.TempDir(), "Mio Hub 100% #1?", "hub.db"), c), c
}

func openAt(t *testing.T, path string, c *clock) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ok is for calls that answer with a value: ok(t)(s.Users(…)).
func ok[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func ref(platform, id string) platforms.Ref {
	return platforms.Ref{Platform: platforms.ID(platform), Tenant: platforms.TenantID(platform + "-tenant"), ID: id}
}

func TestTheFileIsWhereItWasAskedForAndPrivate(t *testing.T) {
	s, _ := newStore(t)
	must(t, s.SetSetting(t.Context(), "a", "b"))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(s.Path() + suffix)
		must(t, err)
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%q has mode %v", suffix, info.Mode())
		}
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "1", "foreign_keys": "1", "page_size": "8192", "secure_delete": "1"} {
		if got, _, err := one(t.Context(), s.w, pragma, textRow, "PRAGMA "+pragma); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", pragma, got, err, want)
		}
	}
}

func TestSettingsAndSecrets(t *testing.T) {
	s, _ := newStore(t)
	ctx := t.Context()
	google, microsoft := s.Values("google"), s.Values("microsoft")
	must(t, google.Put(ctx, "client", "g"))
	must(t, microsoft.Put(ctx, "client", "m"))
	must(t, s.SetSetting(ctx, "client", "hub"))
	must(t, google.Put(ctx, "client", "g2"))
	if got := google.Get("client") + microsoft.Get("client") + ok[string](t)(s.Setting(ctx, "client")) + google.Get("none"); got != "g2mhub" {
		t.Errorf("settings mix: %q", got)
	}
	must(t, google.Delete(ctx, "client"))
	if google.Get("client") != "" || len(ok[map[string]string](t)(s.Settings(ctx))) != 1 {
		t.Error("a deleted setting is still there")
	}
	must(t, s.PutSecret(ctx, "platform:google", "k", []byte{1, 0, 2}))
	if got := ok[[]byte](t)(s.GetSecret(ctx, "platform:google", "k")); string(got) != "\x01\x00\x02" {
		t.Errorf("secret = %v", got)
	}
	must(t, s.DeleteSecret(ctx, "platform:google", "k"))
	if got := ok[[]byte](t)(s.GetSecret(ctx, "platform:google", "k")); got != nil {
		t.Errorf("deleted secret = %v", got)
	}
}

// before is the schema as it was after the first n migrations.
func before(t *testing.T, n int) fs.FS {
	t.Helper()
	old := fstest.MapFS{}
	names, err := fs.Glob(migrations(), "*.sql")
	must(t, err)
	for _, name := range names[:n] {
		b, err := fs.ReadFile(migrations(), name)
		must(t, err)
		old[name] = &fstest.MapFile{Data: b}
	}
	return old
}

func TestAnOlderDatabaseIsCopiedAndUpgraded(t *testing.T) {
	c, path := newClock(), filepath.Join(t.TempDir(), "hub.db")
	old, err := open(t.Context(), path, c.now, before(t, 1))
	must(t, err)
	must(t, old.SetSetting(t.Context(), "kept", "yes"))
	must(t, old.Close())

	s := openAt(t, path, c)
	if got := ok[string](t)(s.Setting(t.Context(), "kept")); got != "yes" {
		t.Errorf("after the upgrade: %q", got)
	}
	names, err := fs.Glob(migrations(), "*.sql")
	must(t, err)
	if got := ok[int64](t)(s.SchemaVersion(t.Context())); got != int64(len(names)) {
		t.Errorf("schema %d, want %d", got, len(names))
	}
	backups, err := filepath.Glob(path + ".schema-1.*.backup")
	must(t, err)
	if len(backups) != 1 {
		t.Fatalf("copies: %v", backups)
	}
	info, err := os.Stat(backups[0])
	must(t, err)
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v", info.Mode())
	}
	back, err := open(t.Context(), backups[0], c.now, before(t, 1))
	must(t, err)
	if got := ok[string](t)(back.Setting(t.Context(), "kept")); got != "yes" {
		t.Errorf("in the copy: %q", got)
	}
	must(t, back.Close())
	openAt(t, path, c)
	if again, _ := filepath.Glob(path + ".*.backup"); len(again) != 1 {
		t.Errorf("opening an up-to-date database made a copy: %v", again)
	}
}

func TestAFailedMigrationLeavesTheDatabaseAsItWas(t *testing.T) {
	c, path := newClock(), filepath.Join(t.TempDir(), "hub.db")
	broken := before(t, 1).(fstest.MapFS)
	s, err := open(t.Context(), path, c.now, broken)
	must(t, err)
	must(t, s.Close())
	broken["002_broken.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE half (a TEXT);\nINSERT INTO nowhere VALUES (1);\n")}
	if _, err := open(t.Context(), path, c.now, broken); err == nil || !strings.Contains(err.Error(), "as it was") {
		t.Fatalf("Open = %v", err)
	}
	s, err = open(t.Context(), path, c.now, before(t, 1))
	must(t, err)
	if _, found, err := one(t.Context(), s.r, "half", textRow, "SELECT name FROM sqlite_master WHERE name = 'half'"); err != nil || found {
		t.Errorf("half a migration is there: %v", err)
	}
	must(t, s.Close())
}

func TestRefusedFilesAreLeftAlone(t *testing.T) {
	c := newClock()
	newer := func(path string) {
		schema := before(t, 3).(fstest.MapFS)
		schema["900_later.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE later (a TEXT);\n")}
		s, err := open(t.Context(), path, c.now, schema)
		must(t, err)
		must(t, s.Close())
	}
	foreign := func(path string) {
		db, err := sql.Open("sqlite", uri(path))
		must(t, err)
		_, err = db.ExecContext(t.Context(), "CREATE TABLE theirs (a TEXT)")
		must(t, err)
		must(t, db.Close())
	}
	damaged := func(path string) {
		s, err := Open(t.Context(), path, c.now)
		must(t, err)
		must(t, s.Close())
		b, err := os.ReadFile(path)
		must(t, err)
		for i := range b[100:4096] { // the first page holds the schema
			b[100+i] = 0xff
		}
		must(t, os.WriteFile(path, b, 0o600))
	}
	text := func(path string) {
		must(t, os.WriteFile(path, []byte("Dear diary, today I was not a database."), 0o600))
	}
	for _, tc := range []struct {
		name string
		make func(path string)
		want error
		says string
	}{
		{"newer schema", newer, ErrNewer, "install the latest version"},
		{"another program's database", foreign, ErrNotDatabase, "choose another data folder"},
		{"not a database", text, ErrNotDatabase, "choose another data folder"},
		{"damaged", damaged, ErrCorrupt, "restore a backup"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hub.db")
			tc.make(path)
			was, err := os.ReadFile(path)
			must(t, err)
			if _, err := Open(t.Context(), path, c.now); !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("Open = %v, want %v that says %q", err, tc.want, tc.says)
			}
			is, err := os.ReadFile(path)
			must(t, err)
			if string(is) != string(was) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestTwoHandlesWriteAtOnce(t *testing.T) {
	c, path := newClock(), filepath.Join(t.TempDir(), "hub.db")
	room := ref("google", "spaces/A")
	var wg sync.WaitGroup
	const handles, writers, each = 2, 3, 40
	for h := range handles {
		s := openAt(t, path, c)
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					key := fmt.Sprint(h, w, i)
					if _, err := s.AddEvents(t.Context(), room, platforms.Cursor(key), []InboxEvent{{Key: key}, {Key: "the same for all"}}); err != nil {
						t.Error(err)
						return
					}
					if _, err := s.NextInbox(t.Context(), 3); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	s := openAt(t, path, c)
	if n := ok[int](t)(s.CountInbox(t.Context())); n != handles*writers*each+1 {
		t.Errorf("%d events", n)
	}
}

func TestTheLockTellsWhoHoldsIt(t *testing.T) {
	c, path := newClock(), filepath.Join(t.TempDir(), "hub.db")
	a, b := openAt(t, path, c), openAt(t, path, c)
	release, me, err := a.TryLock(t.Context(), "engine")
	must(t, err)
	if !strings.Contains(me, fmt.Sprint(os.Getpid())) {
		t.Errorf("holder %q does not name the process", me)
	}
	if _, holder, err := b.TryLock(t.Context(), "engine"); !errors.Is(err, ErrLocked) || holder != me {
		t.Errorf("second TryLock: %q, %v", holder, err)
	}
	other, _, err := b.TryLock(t.Context(), "something else")
	must(t, err)
	other()
	ended, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if _, err := b.Lock(ended, "engine"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Lock = %v", err)
	}
	release()
	again, _, err := b.TryLock(t.Context(), "engine")
	must(t, err)
	again()
}

func TestRequestsAreTakenOnce(t *testing.T) {
	c, path := newClock(), filepath.Join(t.TempDir(), "hub.db")
	window, engine := openAt(t, path, c), openAt(t, path, c)
	id := ok[int64](t)(window.FileRequest(t.Context(), "apply", map[string]int{"plan": 7}))
	ok[int64](t)(window.FileRequest(t.Context(), "sync", nil))
	got := ok[[]Request](t)(engine.TakeRequests(t.Context()))
	if len(got) != 2 || got[0].Kind != "apply" || string(got[0].Body) != `{"plan":7}` || got[1].Kind != "sync" {
		t.Fatalf("taken: %+v", got)
	}
	if again := ok[[]Request](t)(engine.TakeRequests(t.Context())); len(again) != 0 {
		t.Errorf("taken twice: %+v", again)
	}
	must(t, engine.AnswerRequest(t.Context(), id, "done", ""))
	r, found, err := window.Request(t.Context(), id)
	if err != nil || !found || string(r.Answer) != `"done"` || r.Done.IsZero() {
		t.Errorf("answer: %+v, %v", r, err)
	}
	if err := engine.AnswerRequest(t.Context(), 99, nil, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("answer to nobody: %v", err)
	}
}

func TestReferencesSurviveAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := platforms.Ref{Platform: platforms.ID(rapid.String().Draw(t, "platform")), Tenant: platforms.TenantID(rapid.String().Draw(t, "tenant")), ID: rapid.String().Draw(t, "id")}
		if got := parseRef(refText(r)); got != r {
			t.Fatalf("%+v became %+v", r, got)
		}
	})
}
