package screens

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"miohub/app"
	"miohub/app/activity"
	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

// conductor keeps the hub alive behind the window. It owns its goroutines: they
// end with the hub's context, and wait returns when they have.
type conductor struct {
	l        *live
	events   ui.Events
	notifier ui.Notifier // nil shows no notifications
	wg       sync.WaitGroup
	cancel   func() // of the subscription to the log

	restart chan struct{} // the engine should start anew
	resync  chan struct{} // the looks' interval changed
	notices chan notice   // to be shown on the desktop
	gate    sync.Mutex    // held while the engine runs

	mu       sync.Mutex
	held     int // above 0, the engine stays off
	running  bool
	locked   string // who else runs the engine
	problem  string // why the engine stopped last
	nextSync time.Time
}

func startConductor(l *live, events ui.Events, notifier ui.Notifier) *conductor {
	c := &conductor{l: l, events: events, notifier: notifier, restart: make(chan struct{}, 1), resync: make(chan struct{}, 1), notices: make(chan notice, keptNotices)}
	c.cancel = l.app.Log.Subscribe(c.logged)
	for _, loop := range []func(context.Context){c.engineLoop, c.syncLoop, c.checkLoop, c.renewLoop, c.tidyLoop, c.noticeLoop} {
		c.wg.Go(func() { loop(l.ctx) })
	}
	return c
}

func (c *conductor) wait() {
	c.wg.Wait()
	c.cancel()
}

// again starts the engine anew, so that it sees new connections and settings.
func (c *conductor) again() {
	ring(c.restart)
	ring(c.resync)
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// hold stops the engine and keeps it off until release is called.
func (c *conductor) hold() (release func()) {
	c.set(func() { c.held++ })
	ring(c.restart)
	c.gate.Lock()
	return func() {
		c.gate.Unlock()
		c.set(func() { c.held-- })
		c.again()
	}
}

func (c *conductor) set(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// conducting is how the conductor stands, for the screens.
type conducting struct {
	running         bool
	locked, problem string
	nextSync        time.Time
}

func (c *conductor) state() conducting {
	c.mu.Lock()
	defer c.mu.Unlock()
	return conducting{c.running, c.locked, c.problem, c.nextSync}
}

// ready: every platform is connected.
func (l *live) ready(ctx context.Context) bool {
	for _, p := range l.app.Platforms() {
		c, err := l.app.Store.Connection(ctx, p.ID)
		if err != nil || c.State != store.Connected {
			return false
		}
	}
	return true
}

// imported: every platform has been read once, which a person asks for.
func (l *live) imported(ctx context.Context) bool {
	for _, p := range l.app.Platforms() {
		at, err := l.app.Store.LastRead(ctx, p.ID, "rooms")
		if err != nil || at.IsZero() {
			return false
		}
	}
	return true
}

const (
	engineIdle    = 5 * time.Second // how long until it is looked again whether the engine can run
	engineRetry   = time.Second     // after the engine failed, doubled each time
	engineAtMost  = time.Minute
	engineHealthy = time.Minute // an engine that ran this long has not failed at its start
)

// engineLoop runs the engine whenever both platforms are connected.
func (c *conductor) engineLoop(ctx context.Context) {
	pause := engineRetry
	for ctx.Err() == nil {
		wait := engineIdle
		if c.l.ready(ctx) {
			began := time.Now()
			if again := c.runEngine(ctx); again {
				pause = engineRetry
				continue
			}
			if time.Since(began) > engineHealthy {
				pause = engineRetry
			}
			wait = pause
			pause = min(2*pause, engineAtMost)
		}
		select {
		case <-ctx.Done():
		case <-c.restart:
		case <-time.After(wait):
		}
	}
}

// runEngine runs the engine until it fails, or is to start again.
func (c *conductor) runEngine(ctx context.Context) (again bool) {
	c.mu.Lock()
	held := c.held > 0
	c.mu.Unlock()
	if held {
		return false
	}
	c.gate.Lock()
	defer c.gate.Unlock()
	c.set(func() { c.running, c.problem, c.locked = true, "", "" })
	c.events.Emit(string(ui.TopicStatus))
	defer c.events.Emit(string(ui.TopicStatus))
	defer c.set(func() { c.running = false })
	running, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	c.wg.Go(func() { done <- c.l.app.RunEngine(running) })
	select {
	case err := <-done:
		c.stopped(ctx, err)
		return false
	case <-c.restart:
		stop()
		<-done
		return true
	case <-ctx.Done():
		<-done
		return false
	}
}

func (c *conductor) stopped(ctx context.Context, err error) {
	if ctx.Err() != nil || err == nil {
		return
	}
	if errors.Is(err, store.ErrLocked) {
		c.set(func() { c.locked = "Another Mio Hub carries the messages: " + err.Error() })
		return
	}
	c.mu.Lock()
	known := c.problem == err.Error()
	c.problem = err.Error()
	c.mu.Unlock()
	if !known {
		c.note(ctx, activity.Problem("automatic", "engine.stopped", "Carrying messages stopped and is tried again.", err))
	}
}

// note writes to the log. An entry that cannot be written is kept by the log
// itself, which tells about it when it is closed.
func (c *conductor) note(ctx context.Context, e activity.Entry) {
	_ = c.l.app.Log.Write(context.WithoutCancel(ctx), e)
}

// Intervals of real tenants; a sandbox divides them by its pace.
const (
	syncMinutes = 15
	tidyEvery   = time.Hour
)

// syncInterval is the shortest interval that was set for a platform.
func (l *live) syncInterval(ctx context.Context) time.Duration {
	shortest := time.Duration(0)
	for _, p := range l.app.Platforms() {
		d := time.Duration(number(l.app.Store.Values(p.ID).Get(directoryKey), syncMinutes)) * time.Minute
		if shortest == 0 || d < shortest {
			shortest = d
		}
	}
	return l.app.Paced(ctx, shortest)
}

// syncLoop looks at both platforms at the interval that was set, and sooner when
// an audit log tells of a change.
func (c *conductor) syncLoop(ctx context.Context) {
	due := time.Now().Add(c.l.syncInterval(ctx))
	for ctx.Err() == nil {
		c.set(func() { c.nextSync = due })
		select {
		case <-ctx.Done():
			return
		case <-c.resync:
			due = time.Now().Add(c.l.syncInterval(ctx))
			continue
		case <-time.After(min(time.Until(due), c.l.app.Paced(ctx, app.HintEvery))):
		}
		able := c.l.ready(ctx) && c.l.imported(ctx)
		if late := !time.Now().Before(due); able && (late || c.l.app.Hinted(ctx)) {
			c.sync(ctx)
			due = time.Now().Add(c.l.syncInterval(ctx))
		} else if late {
			due = time.Now().Add(c.l.syncInterval(ctx))
		}
	}
}

// sync looks at both platforms. What fails is in the log; the next look tries again.
func (c *conductor) sync(ctx context.Context) {
	c.l.work.Lock()
	defer c.l.work.Unlock()
	before, err := c.l.app.OpenApprovals(ctx)
	if err != nil {
		return
	}
	p, err := c.l.app.Sync(ctx, nil)
	if err != nil {
		return
	}
	if err := c.l.app.CarryApprovals(ctx, before, p.ID); err != nil {
		c.note(ctx, activity.Problem("automatic", "plan.carry-failed", "Approvals of the plan before could not be taken over.", err))
	}
	for _, t := range []ui.Topic{ui.TopicStatus, ui.TopicPlatforms} {
		c.events.Emit(string(t))
	}
}

// checkLoop looks after the connections. What their checks found may let the
// engine run, or end it.
func (c *conductor) checkLoop(ctx context.Context) {
	c.l.app.WatchHealth(ctx, func(platforms.ID) {
		for _, t := range []ui.Topic{ui.TopicSetup, ui.TopicPlatforms, ui.TopicStatus} {
			c.events.Emit(string(t))
		}
	})
}

// renewLoop starts the engine anew when another process has changed how the
// platforms are connected.
func (c *conductor) renewLoop(ctx context.Context) {
	for c.l.app.AwaitRenewal(ctx); ctx.Err() == nil; c.l.app.AwaitRenewal(ctx) {
		c.again()
	}
}

// tidyLoop removes what is older than it is to be kept.
func (c *conductor) tidyLoop(ctx context.Context) {
	for {
		if err := c.l.tidy(ctx); err != nil && ctx.Err() == nil {
			c.note(ctx, activity.Problem("automatic", "store.tidy-failed", "What is older than it is to be kept could not be removed.", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(tidyEvery):
		}
	}
}

// logged tells the window what changed, from what was written to the log.
func (c *conductor) logged(rows []store.LogRow) {
	c.announce(rows)
	topics := map[ui.Topic]bool{ui.TopicActivity: true, ui.TopicStatus: true}
	for _, r := range rows {
		area, _, _ := strings.Cut(r.Code, ".")
		for _, t := range touched(area) {
			topics[t] = true
		}
	}
	for t := range topics {
		c.events.Emit(string(t))
	}
}

// touched are the topics that an area of the log is about.
func touched(area string) []ui.Topic {
	switch area {
	case "plan":
		return []ui.Topic{ui.TopicPlan, ui.TopicPeople, ui.TopicRooms, ui.TopicSandbox}
	case "sync":
		return []ui.Topic{ui.TopicPeople, ui.TopicRooms, ui.TopicPlan, ui.TopicPlatforms}
	case "people":
		return []ui.Topic{ui.TopicPeople, ui.TopicPlan}
	case "rooms":
		return []ui.Topic{ui.TopicRooms, ui.TopicPlan, ui.TopicSandbox}
	case "bridge":
		return []ui.Topic{ui.TopicRooms}
	case "setup", "platform", "engine":
		return []ui.Topic{ui.TopicPlatforms, ui.TopicSetup}
	}
	return nil
}
