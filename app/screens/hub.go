// Package screens answers the window's screens from the running hub, and keeps
// the hub alive behind the window: the engine, the regular looks and checks, and
// the events that say what changed.
package screens

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"miohub/app"
	"miohub/app/ui"
	"miohub/app/vault"
	"miohub/platforms"
)

// Options say what the window works on.
type Options struct {
	// Dir is the data folder. With Sandbox each World gets a new folder in it.
	Dir       string
	Vault     vault.Options
	Platforms []platforms.Platform
	// Who is named in the log as the one who acts.
	Who    string
	Events ui.Events
	// Notify shows notifications of the desktop; nil shows none.
	Notify ui.Notifier
	// Deployments are where a file that an IT department ships is looked for; a
	// sandbox takes none.
	Deployments []string
	// Sandbox makes two sandbox tenants; nil means real ones.
	Sandbox *Sandbox
}

// Hub is an open hub as the window needs it.
type Hub struct {
	o   Options
	ctx context.Context // ends what lives as long as the hub
	end context.CancelFunc

	mu   sync.RWMutex // held for reading while a screen is answered
	live *live        // nil once closed
}

// live is one opened database with what runs on it. A sandbox made anew from
// files gets another one.
type live struct {
	app      *app.App
	conduct  *conductor
	trial    *trial // nil with real tenants
	who      string
	ctx      context.Context
	end      context.CancelFunc
	applying atomic.Int64 // the plan that is being applied, 0 for none
	work     sync.Mutex   // held by what reads the tenants or makes, changes and applies plans
}

var _ ui.Hub = (*Hub)(nil)

// Open opens the hub and starts what runs behind the window. End it with Close.
func Open(ctx context.Context, o Options) (*Hub, error) {
	h := &Hub{o: o}
	h.ctx, h.end = context.WithCancel(context.WithoutCancel(ctx))
	var err error
	if o.Sandbox != nil {
		h.live, err = h.openTrial(ctx, o.Sandbox.Google, o.Sandbox.Microsoft)
	} else {
		h.live, err = h.open(ctx, o.Dir, nil)
	}
	if err != nil {
		h.end()
		return nil, err
	}
	return h, nil
}

// open opens the database in dir, points it at the sandbox tenants if there are
// any, and starts the conductor.
func (h *Hub) open(ctx context.Context, dir string, t *trial) (*live, error) {
	o := app.Options{Dir: dir, Platforms: h.o.Platforms, Vault: h.o.Vault, Who: h.o.Who}
	if t == nil {
		o.Deployments = h.o.Deployments
	}
	a, err := app.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if t != nil {
		if err := t.Deploy(ctx, a); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	l := &live{app: a, trial: t, who: h.o.Who}
	l.ctx, l.end = context.WithCancel(h.ctx)
	l.conduct = startConductor(l, h.o.Events, h.o.Notify)
	if t != nil {
		t.follow(h.o.Events)
	}
	return l, nil
}

// close ends what runs, in the order in which one needs the other.
func (l *live) close() error {
	l.end()
	l.conduct.wait()
	err := l.app.Close()
	if l.trial != nil {
		l.trial.close()
	}
	return err
}

// Close stops everything and closes the database.
func (h *Hub) Close() error {
	h.end()
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.live
	h.live = nil
	if l == nil {
		return nil
	}
	return l.close()
}

var errClosed = errors.New("the hub is closed")

// enter begins to answer a screen: the database stays open until leave is
// called, and ctx ends early when the hub is about to close it.
func (h *Hub) enter(ctx context.Context) (inside context.Context, l *live, leave func(), err error) {
	h.mu.RLock()
	if h.live == nil {
		h.mu.RUnlock()
		return nil, nil, nil, errClosed
	}
	l = h.live
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(l.ctx, cancel)
	return ctx, l, func() {
		stop()
		cancel()
		h.mu.RUnlock()
	}, nil
}

// ask answers a question that needs the open database.
func ask[T any](ctx context.Context, h *Hub, f func(context.Context, *live) (T, error)) (T, error) {
	ctx, l, leave, err := h.enter(ctx)
	if err != nil {
		var zero T
		return zero, err
	}
	defer leave()
	return f(ctx, l)
}

// tell does something that needs the open database.
func tell(ctx context.Context, h *Hub, f func(context.Context, *live) error) error {
	_, err := ask(ctx, h, func(ctx context.Context, l *live) (struct{}, error) { return struct{}{}, f(ctx, l) })
	return err
}

// platform is a platform by the id that the window knows it under.
func (l *live) platform(id string) (platforms.Platform, error) {
	return l.app.Platform(platforms.ID(id))
}

// progress hands the app's progress to the window.
func progress(p ui.Progress) app.Progress {
	return func(done, all int, text string) {
		if p != nil {
			p(done, all, text)
		}
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
