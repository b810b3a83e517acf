package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"miohub/app/bridge"
	"miohub/app/schedule"
	"miohub/app/store"
	"miohub/platforms"
)

// EngineLock is the name of the lock that whoever carries messages holds.
const EngineLock = "engine"

// Settings of how often a platform is looked at, per platform: "look.budget",
// looks a second; "look.min" and "look.max", durations.
const (
	LookBudgetKey = "look.budget"
	LookMinKey    = "look.min"
	LookMaxKey    = "look.max"
)

// Looks is how often a platform's rooms are looked at. The defaults are for
// real tenants; a sandbox merely stores faster values.
func (a *App) Looks(id platforms.ID) schedule.Options {
	v := a.Store.Values(id)
	o := schedule.Options{Budget: 2, Min: 5 * time.Second, Max: 5 * time.Minute, Now: a.now}
	if f, err := strconv.ParseFloat(v.Get(LookBudgetKey), 64); err == nil && f > 0 {
		o.Budget = f
	}
	if d, err := time.ParseDuration(v.Get(LookMinKey)); err == nil && d > 0 {
		o.Min = d
	}
	if d, err := time.ParseDuration(v.Get(LookMaxKey)); err == nil && d > 0 {
		o.Max = d
	}
	o.Max = max(o.Max, o.Min) // a shortest wait that is longer goes before
	return o
}

// RunEngine carries messages until ctx ends. It needs the engine lock, which
// dies with the process.
func (a *App) RunEngine(ctx context.Context) error { return a.runEngine(ctx, true) }

// Serve carries messages and looks after the connections until ctx ends: what
// runs without a window. The engine is started anew when another process has
// changed how the platforms are connected, and waits while they are not.
func (a *App) Serve(ctx context.Context) error {
	ctx, end := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer end()
	wg.Go(func() { a.WatchHealth(ctx, nil) })
	for first := true; ctx.Err() == nil; first = false {
		err := a.untilRenewed(ctx)
		switch {
		case errors.Is(err, ErrNotReady) && !first:
			a.AwaitRenewal(ctx)
		case err != nil:
			return err
		}
	}
	return nil
}

// untilRenewed runs the engine until ctx ends, it fails, or the connections have
// to be built anew.
func (a *App) untilRenewed(ctx context.Context) error {
	running, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	wg.Go(func() {
		a.AwaitRenewal(running)
		stop()
	})
	return a.RunEngine(running)
}

// runEngine carries messages; without reading, only those that are queued.
func (a *App) runEngine(ctx context.Context, read bool) error {
	release, holder, err := a.Store.TryLock(ctx, EngineLock)
	switch {
	case errors.Is(err, store.ErrLocked):
		return fmt.Errorf("the engine runs already: %s: %w", holder, err)
	case err != nil:
		return fmt.Errorf("start the engine: %w", err)
	}
	defer release()
	left, right, err := a.pair(ctx)
	if err != nil {
		return err
	}
	_, pace := a.Sandbox(ctx)
	sides := map[platforms.ID]bridge.Side{}
	for _, p := range []platforms.Platform{left, right} {
		conn, err := a.Connection(ctx, p.ID)
		if err != nil {
			return err
		}
		if !read {
			sending := *conn
			sending.Sources, sending.Pushes = nil, nil
			conn = &sending
		}
		sides[p.ID] = bridge.Side{Product: p.Product, Connection: conn, Pace: pace, Looks: a.Looks(p.ID), Watchers: 4, Push: a.push(conn)}
	}
	e, err := bridge.New(bridge.Options{Store: a.Store, Vault: a.Vault, Log: a.Log, Sides: sides, Senders: 16, Now: a.now, Failed: a.alarm})
	if err != nil {
		return err
	}
	a.mu.Lock()
	a.engine = e
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		a.engine = nil
		a.mu.Unlock()
	}()
	return e.Run(ctx)
}

// push is the feed of changes that was chosen for a platform; nil for looking
// alone, which is also what is done while a chosen feed is not set up.
func (a *App) push(conn *platforms.Connection) platforms.Push {
	chosen := a.Store.Values(conn.Tenant.Platform).Get(platforms.KeySource)
	for _, p := range conn.Pushes {
		if p.ID() == chosen {
			return p
		}
	}
	return nil
}

// Engine is the running engine, nil when this process runs none.
func (a *App) Engine() *bridge.Engine {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.engine
}

// Waiting is how much the engine has before it: events to convert, messages to
// send, and messages that are held for a person.
type Waiting struct{ Inbox, Outbox, Held int }

// Waiting counts what the engine has before it.
func (a *App) Waiting(ctx context.Context) (Waiting, error) {
	in, err := a.Store.CountInbox(ctx)
	if err != nil {
		return Waiting{}, err
	}
	counts, err := a.Store.OutboxCounts(ctx)
	if err != nil {
		return Waiting{}, err
	}
	return Waiting{Inbox: in, Outbox: counts[store.Queued] + counts[store.Sending], Held: counts[store.Held]}, nil
}
