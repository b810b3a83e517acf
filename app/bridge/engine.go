package bridge

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"miohub/app/activity"
	"miohub/app/schedule"
	"miohub/app/store"
	"miohub/app/vault"
	"miohub/platforms"
	"miohub/platforms/richtext"
)

// Side is one platform as the engine needs it.
type Side struct {
	Product    string // what its messages are labelled with: "Google Chat"
	Connection *platforms.Connection
	// Pace is how many seconds of the tenant's time pass in one of ours.
	Pace float64
	// Looks is how often rooms may be looked at.
	Looks schedule.Options
	// Push is the feed of changes in use; nil for looking alone.
	Push platforms.Push
	// Watchers is how many looks may be under way at once; at least 1.
	Watchers int
}

// Options make an engine.
type Options struct {
	Store   *store.Store
	Vault   *vault.Vault
	Log     *activity.Log
	Sides   map[platforms.ID]Side
	Senders int // sends under way at once, over all rooms; at least 1
	Now     func() time.Time
	// Failed, where set, is told of every call to a platform that failed.
	Failed func(platforms.ID, error)
}

// Engine carries messages between linked rooms. Make one per database; whoever
// holds the engine lock runs it.
type Engine struct {
	store   *store.Store
	vault   *vault.Vault
	log     *activity.Log
	sides   map[platforms.ID]Side
	turns   map[platforms.ID]*schedule.Schedule
	senders int
	now     func() time.Time
	told    func(platforms.ID, error)

	shelf   shelf
	streaks streaks
	refresh sync.Mutex // a book that was read earlier never takes the place of a later one
	convert chan struct{}
	send    chan struct{}

	mu       sync.Mutex
	problems map[platforms.ID]string
	lastLook map[platforms.ID]time.Time
	stop     <-chan struct{} // closed when the present Run ends
}

// New makes an engine; Run starts it. It fails for looks that make no sense.
func New(o Options) (*Engine, error) {
	e := &Engine{
		store: o.Store, vault: o.Vault, log: o.Log, sides: o.Sides, senders: max(1, o.Senders), now: o.Now, told: o.Failed,
		turns:   map[platforms.ID]*schedule.Schedule{},
		convert: make(chan struct{}, 1), send: make(chan struct{}, 1),
		problems: map[platforms.ID]string{}, lastLook: map[platforms.ID]time.Time{},
	}
	if e.now == nil {
		e.now = time.Now
	}
	for id, side := range o.Sides {
		turns, err := schedule.New(side.Looks)
		if err != nil {
			return nil, fmt.Errorf("bridge: %s: %w", side.Product, err)
		}
		e.turns[id] = turns
	}
	return e, nil
}

// Run carries messages until ctx ends; it answers nil then, and any other error
// that stopped it. Everything it was doing is resumed by the next Run.
func (e *Engine) Run(ctx context.Context) error {
	if err := e.Refresh(ctx); err != nil {
		return err
	}
	if err := e.recover(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e.mu.Lock()
	e.stop = ctx.Done()
	e.mu.Unlock()
	var wg sync.WaitGroup
	errs := make(chan error, 64)
	start := func(f func(context.Context) error) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := f(ctx); err != nil && ctx.Err() == nil {
				errs <- err
				cancel()
			}
		}()
	}
	for id, side := range e.sides {
		for _, src := range side.Connection.Sources[:min(1, len(side.Connection.Sources))] {
			s := &sink{e: e, tenant: side.Connection.Tenant, turns: e.turns[id]}
			for range max(1, side.Watchers) {
				start(func(ctx context.Context) error { return src.Watch(ctx, s.turns, s) })
			}
		}
		if side.Push != nil {
			f := &feed{e: e, platform: id, push: side.Push, turns: e.turns[id]}
			start(f.run)
		}
	}
	start(e.runConverter)
	start(e.runSender)
	wg.Wait()
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// Refresh reads links, people and members anew: after a plan was applied, after
// a sync.
func (e *Engine) Refresh(ctx context.Context) error {
	e.refresh.Lock()
	defer e.refresh.Unlock()
	b, err := readBook(ctx, e.store)
	if err != nil {
		return err
	}
	e.shelf.put(b)
	rooms := map[platforms.ID][]schedule.Room{}
	for ref, r := range b.routes {
		if r.paused {
			continue
		}
		cursor, err := e.store.Cursor(ctx, ref)
		if err != nil {
			return fmt.Errorf("bridge: read cursor: %w", err)
		}
		if cursor == "" {
			continue // linked, but its start was not recorded yet
		}
		rooms[ref.Platform] = append(rooms[ref.Platform], schedule.Room{ID: platforms.RoomID(ref.ID), Cursor: cursor})
	}
	for id, turns := range e.turns {
		turns.Set(rooms[id])
	}
	e.streaks.keep(func(ref platforms.Ref) bool { r, linked := b.routes[ref]; return linked && !r.paused })
	e.wakeConverter()
	e.wakeSender()
	return nil
}

// Nudge looks at a room at once.
func (e *Engine) Nudge(room platforms.Ref) {
	if turns := e.turns[room.Platform]; turns != nil {
		turns.Nudge(platforms.RoomID(room.ID))
	}
}

// Looked is when a platform was last looked at with success, and what is wrong
// with it now ("" for nothing).
func (e *Engine) Looked(p platforms.ID) (time.Time, string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.lastLook[p], e.problems[p]
}

// stopping is closed once the present Run is to end.
func (e *Engine) stopping() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stop
}

func (e *Engine) succeeded(p platforms.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lastLook[p] = e.now()
	delete(e.problems, p)
}

func (e *Engine) failed(p platforms.ID, err error) {
	e.mu.Lock()
	e.problems[p] = err.Error()
	e.mu.Unlock()
	if e.told != nil {
		e.told(p, err)
	}
}

func (e *Engine) wakeConverter() { wake(e.convert) }
func (e *Engine) wakeSender()    { wake(e.send) }

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// write puts an entry into the activity log. The log keeps what it cannot write
// and says so at Close; carrying messages goes on.
func (e *Engine) write(ctx context.Context, entry activity.Entry) {
	entry.Actor = "bridge"
	_ = e.log.Write(context.WithoutCancel(ctx), entry)
}

// roomName is what the log calls a room.
func (e *Engine) roomName(ref platforms.Ref) string {
	if name := e.shelf.get().names[ref]; name != "" {
		return name
	}
	return ref.ID
}

// label is the name an author is shown under on the other side.
func (e *Engine) label(author platforms.Ref, shown string) string {
	if u, known := e.shelf.get().users[author]; known && u.Name != "" {
		shown = u.Name
	}
	return richtext.CleanName(shown)
}
