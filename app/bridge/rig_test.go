package bridge

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"miohub/app/activity"
	"miohub/app/schedule"
	"miohub/app/store"
	"miohub/app/vault"
	"miohub/platforms"
)

// rig is a store with two linked pairs of rooms, two people linked across, and
// the tenants they are in.
type rig struct {
	t    testing.TB
	st   *store.Store
	v    *vault.Vault
	log  *activity.Log
	g, m *tenant
	now  func() time.Time
	pace float64        // 1000 when 0
	push platforms.Push // of Google's side
}

func ref(p platforms.ID, id string) platforms.Ref {
	return platforms.Ref{Platform: p, Tenant: "T" + platforms.TenantID(p), ID: id}
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{t: t, g: newTenant(google, true, true), m: newTenant(microsoft, false, false)}
	r.open(filepath.Join(t.TempDir(), "hub.db"))
	ctx := t.Context()
	for _, side := range []*tenant{r.g, r.m} {
		p := side.platform
		var users []platforms.User
		var members []platforms.RoomMember
		for _, who := range []string{"ana", "ben", "solo"} {
			users = append(users, platforms.User{ID: platforms.UserID(string(p) + "-" + who), Name: who + " of " + string(p), State: platforms.Active})
			members = append(members, platforms.RoomMember{User: platforms.UserID(string(p) + "-" + who)})
		}
		_, err := r.st.ImportUsers(ctx, p, "T"+platforms.TenantID(p), users, nil, true, "")
		r.must(err)
		_, err = r.st.ImportRooms(ctx, p, "T"+platforms.TenantID(p), []store.RoomWithMembers{
			{Room: platforms.Room{ID: "one", Name: "One"}, Members: members}, {Room: platforms.Room{ID: "two", Name: "Two"}, Members: members}})
		r.must(err)
	}
	for _, who := range []string{"ana", "ben"} {
		_, err := r.st.Link(ctx, store.PersonLink{Left: ref(google, "google-"+who), Right: ref(microsoft, "microsoft-"+who)})
		r.must(err)
	}
	for _, room := range []string{"one", "two"} {
		r.link(room)
	}
	return r
}

func (r *rig) link(room string) {
	r.t.Helper()
	for _, side := range []*tenant{r.g, r.m} {
		at, err := side.Start(r.t.Context(), platforms.RoomID(room))
		r.must(err)
		r.must(r.st.SetCursor(r.t.Context(), ref(side.platform, room), at))
	}
	_, err := r.st.LinkRooms(r.t.Context(), store.RoomLink{Left: ref(google, room), Right: ref(microsoft, room)})
	r.must(err)
}

// open opens the database at path, as a process that starts does.
func (r *rig) open(path string) {
	r.t.Helper()
	var err error
	r.st, err = store.Open(r.t.Context(), path, nil)
	r.must(err)
	r.v, err = vault.Open(r.t.Context(), r.st, vault.Options{Passphrase: "correct horse", Iterations: 1})
	r.must(err)
	r.log = activity.New(r.st, time.Now)
	st, log := r.st, r.log
	r.t.Cleanup(func() {
		if err := log.Close(); err != nil {
			r.t.Error(err)
		}
		if err := st.Close(); err != nil {
			r.t.Error(err)
		}
	})
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) engine() *Engine {
	r.t.Helper()
	side := func(f *tenant, product string) Side {
		conn := &platforms.Connection{
			Tenant:   platforms.Tenant{Platform: f.platform, ID: "T" + platforms.TenantID(f.platform)},
			Messages: f, Reacts: f, Sources: []platforms.Source{f}, Seats: []platforms.Seat{{User: "seat"}},
		}
		if f.files != nil {
			conn.Files = f.files
		}
		s := Side{Product: product, Pace: cmp.Or(r.pace, 1000), Watchers: 2, Connection: conn,
			Looks: schedule.Options{Budget: 2000, Min: time.Millisecond, Max: 5 * time.Millisecond}}
		if f.platform == google {
			s.Push = r.push
		}
		return s
	}
	e, err := New(Options{Store: r.st, Vault: r.v, Log: r.log, Senders: 4, Now: r.now,
		Sides: map[platforms.ID]Side{google: side(r.g, "Google Chat"), microsoft: side(r.m, "Microsoft Teams")}})
	r.must(err)
	return e
}

// run starts an engine; stop ends it calmly and may be called twice.
func (r *rig) run() (e *Engine, stop func()) {
	r.t.Helper()
	e = r.engine()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				r.t.Errorf("the engine stopped with: %v", err)
			}
		case <-time.After(10 * time.Second):
			r.t.Error("the engine does not stop")
		}
	})
	r.t.Cleanup(stop)
	return e, stop
}

// until waits for something to become true.
func (r *rig) until(what string, f func() bool) {
	r.t.Helper()
	for end := time.Now().Add(8 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if f() {
			return
		}
	}
	r.t.Fatalf("never: %s\n%s", what, r.state())
}

func (r *rig) state() string {
	var b strings.Builder
	for _, f := range []*tenant{r.g, r.m} {
		f.mu.Lock()
		fmt.Fprintf(&b, "%s: %v\n", f.platform, f.calls)
		for _, p := range f.posts {
			fmt.Fprintf(&b, "  %+v\n", *p)
		}
		f.mu.Unlock()
	}
	for _, s := range []store.OutboxState{store.Queued, store.Sending, store.Held, store.Failed} {
		rows, _ := r.st.Outbox(context.Background(), s, 100)
		for _, o := range rows {
			fmt.Fprintf(&b, "  %s %s of %s: %s\n", o.State, o.Kind, o.Source.ID, o.Error)
		}
	}
	return b.String()
}

// quiet waits until everything said so far was carried, or waits for a person.
func (r *rig) quiet() {
	r.t.Helper()
	r.until("quiet", func() bool {
		for _, f := range []*tenant{r.g, r.m} {
			for _, room := range []string{"one", "two"} {
				at, err := r.st.Cursor(r.t.Context(), ref(f.platform, room))
				r.must(err)
				f.mu.Lock()
				n := len(f.events[room])
				f.mu.Unlock()
				if read, _, err := parsePosition(at); err != nil || read != n {
					return false
				}
			}
		}
		in, err := r.st.CountInbox(r.t.Context())
		r.must(err)
		if in > 0 {
			return false
		}
		before, err := r.st.OutboxCounts(r.t.Context())
		r.must(err)
		_, waits, err := r.st.NextDue(r.t.Context())
		r.must(err)
		after, err := r.st.OutboxCounts(r.t.Context())
		r.must(err)
		return !waits && before[store.Sending] == 0 && maps.Equal(before, after)
	})
}

func (r *rig) equal(got, want string) {
	r.t.Helper()
	if got != want {
		r.t.Errorf("got  %q\nwant %q\n%s", got, want, r.state())
	}
}

func (r *rig) held() []store.OutboxRow {
	r.t.Helper()
	rows, err := r.st.Outbox(r.t.Context(), store.Held, 100)
	r.must(err)
	return rows
}
