package conformance

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// testPushes: a feed says which room has changed, and follows the rooms as they
// come and go.
func (s *suite) testPushes(t *testing.T) {
	for _, p := range s.conn.Pushes {
		t.Run(p.ID(), func(t *testing.T) { s.testPush(t, p) })
	}
}

func (s *suite) testPush(t *testing.T, p platforms.Push) {
	room, id := s.room(t)
	who := s.speakers(t)
	f := &followed{changed: make(chan struct{}), news: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Listen(ctx, f) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the feed ended with %v", err)
		}
	})
	f.await(t, "the feed is up without rooms", func() bool { return f.up })
	f.follow(room)
	f.await(t, "the room is looked at once it is followed", func() bool { return f.looks[room] > 0 })
	f.await(t, "the feed is up", func() bool { return f.up })
	said, err := s.f.World.Say(s.f.Tenant, id, who[0].ID, "", s.emu.NewMessageID(), sandbox.Text("hear, hear"))
	if err != nil {
		t.Fatal(err)
	}
	for what, happen := range map[string]func() error{
		"a message": func() error {
			_, err := s.f.World.Say(s.f.Tenant, id, who[0].ID, "", s.emu.NewMessageID(), sandbox.Text("listen"))
			return err
		},
		"a reply": func() error {
			_, err := s.f.World.Say(s.f.Tenant, id, who[1].ID, said.ID, s.emu.NewMessageID(), sandbox.Text("I do"))
			return err
		},
		"an edit":    func() error { return s.f.World.Correct(s.f.Tenant, id, said.ID, sandbox.Text("hear!")) },
		"a reaction": func() error { return s.f.World.React(s.f.Tenant, id, said.ID, who[1].ID, "👂", true) },
	} {
		f.quiet(t)
		before := f.count(room)
		if err := happen(); err != nil {
			t.Fatal(err)
		}
		f.await(t, what+" has the room looked at", func() bool { return f.looks[room] > before })
	}
	f.follow()
	f.quiet(t)
}

// followed are the rooms of a feed, looked at at once.
type followed struct {
	mu      sync.Mutex
	rooms   []platforms.RoomID
	changed chan struct{}
	looks   map[platforms.RoomID]int // that were stored
	last    time.Time                // look
	up      bool
	why     error
	news    chan struct{}
}

// Rooms implements platforms.Followed.
func (f *followed) Rooms() ([]platforms.RoomID, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.rooms), f.changed
}

// Look implements platforms.Followed.
func (f *followed) Look(ctx context.Context, room platforms.RoomID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.tell()
	f.last = time.Now()
	if f.looks == nil {
		f.looks = map[platforms.RoomID]int{}
	}
	f.looks[room]++
	return ctx.Err()
}

// Missed implements platforms.Followed.
func (f *followed) Missed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.tell()
	if f.looks == nil {
		f.looks = map[platforms.RoomID]int{}
	}
	for _, room := range f.rooms {
		f.looks[room]++
	}
}

// Alive implements platforms.Followed.
func (f *followed) Alive(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.tell()
	f.up, f.why = err == nil, err
}

// tell wakes who waits. Callers hold the lock.
func (f *followed) tell() {
	select {
	case f.news <- struct{}{}:
	default:
	}
}

func (f *followed) follow(rooms ...platforms.RoomID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rooms = rooms
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *followed) count(room platforms.RoomID) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.looks[room]
}

// await waits for something to be so.
func (f *followed) await(t *testing.T, what string, is func() bool) {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		f.mu.Lock()
		ok, why := is(), f.why
		f.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-f.news:
		case <-limit.C:
			t.Fatalf("%s: not so after %v; the feed says %v", what, patience, why)
		}
	}
}

// quiet waits until nothing was looked at for a while, so that what is seen next
// is about what happens next.
func (f *followed) quiet(t *testing.T) {
	t.Helper()
	const enough = 150 * time.Millisecond
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(enough / 5) {
		f.mu.Lock()
		still := time.Since(f.last) > enough
		f.mu.Unlock()
		if still {
			return
		}
	}
	t.Fatalf("rooms are looked at over and over for %v", patience)
}
