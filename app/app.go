// Package app is the composition root: it opens the store and the vault, builds
// the connections, observes, plans, applies and runs the bridge. The window and
// the command line both sit on it.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"miohub/app/activity"
	"miohub/app/bridge"
	"miohub/app/setup"
	"miohub/app/store"
	"miohub/app/vault"
	"miohub/platforms"
)

// Options say where the hub keeps its data and how it is protected.
type Options struct {
	// Dir is the data folder; it is made when missing, readable by its owner only.
	Dir       string
	Platforms []platforms.Platform
	Vault     vault.Options
	// Log takes what the platforms tell; nil puts their warnings into the activity log.
	Log *slog.Logger
	Now func() time.Time
	// Who is named in the log as the one who acts, for example "dana (window)".
	Who string
	// Deployments are where a deployment file is looked for, see deployment.Paths;
	// none is looked for in an empty list, nor for sandbox tenants.
	Deployments []string
}

// App is an open hub.
type App struct {
	Store *store.Store
	Vault *vault.Vault
	Log   *activity.Log

	platforms []platforms.Platform
	slog      *slog.Logger
	now       func() time.Time
	who       string
	dir       string

	deployments []string
	alarms      chan platforms.ID // platforms to check at once

	mu      sync.Mutex
	conns   map[platforms.ID]*platforms.Connection
	turns   map[platforms.ID]chan struct{} // held by a run of checks
	engine  *bridge.Engine
	next    time.Time // when checks are looked at next
	renewal string    // the mark of the last Renew that was seen
	shipped Shipped
}

// Open opens the hub in its data folder.
func Open(ctx context.Context, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the hub: %w", err)
	}
	st, err := store.Open(ctx, filepath.Join(o.Dir, "miohub.db"), o.Now)
	if err != nil {
		return nil, fmt.Errorf("open the hub: %w", err)
	}
	v, err := vault.Open(ctx, st, o.Vault)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the hub: %w", err), st.Close())
	}
	log := activity.New(st, o.Now)
	if o.Log == nil {
		o.Log = log.Logger(o.Who, slog.LevelWarn).With("code", "platform.warning")
	}
	a := &App{
		Store: st, Vault: v, Log: log,
		platforms: o.Platforms, slog: o.Log, now: o.Now, who: o.Who, dir: o.Dir, deployments: o.Deployments,
		conns: map[platforms.ID]*platforms.Connection{}, turns: map[platforms.ID]chan struct{}{}, alarms: make(chan platforms.ID, 8),
	}
	if a.renewal, err = st.Setting(ctx, renewalKey); err != nil {
		return nil, errors.Join(fmt.Errorf("open the hub: %w", err), a.Close())
	}
	if err := a.deploy(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the hub: %w", err), a.Close())
	}
	return a, nil
}

// Close writes what is left of the log and closes the store. The engine must
// have been stopped by ending its context.
func (a *App) Close() error {
	return errors.Join(a.Log.Close(), a.Store.Close())
}

// write puts an entry into the log under the name of whoever runs the hub. A
// log that cannot be written must not stop the work it tells about; the log
// itself keeps such entries and says so.
func (a *App) write(ctx context.Context, e activity.Entry) {
	if e.Actor == "" {
		e.Actor = a.who
	}
	if err := a.Log.Write(context.WithoutCancel(ctx), e); err != nil {
		a.slog.Error("write the activity log", "code", e.Code, "error", err)
	}
}

// Dir is the data folder.
func (a *App) Dir() string { return a.dir }

// Now is the hub's clock.
func (a *App) Now() time.Time { return a.now() }

// Platforms lists the platforms the hub knows, in the order they are shown.
func (a *App) Platforms() []platforms.Platform { return a.platforms }

// Platform returns one platform.
func (a *App) Platform(id platforms.ID) (platforms.Platform, error) {
	for _, p := range a.platforms {
		if p.ID == id {
			return p, nil
		}
	}
	return platforms.Platform{}, fmt.Errorf("there is no platform %q", id)
}

// profile is whether the database belongs to real tenants or to sandbox ones.
// It is set once, and endpoints are taken from settings in a sandbox only.
const (
	profileKey     = "profile"
	profileSandbox = "sandbox"
	profileReal    = "real"
	paceKey        = "pace"
)

// ErrProfile is answered when sandbox and real tenants would meet in one database.
var ErrProfile = errors.New("sandbox and real tenants cannot share a data folder")

// UseSandbox marks the data folder as one of sandbox tenants, whose quotas pass
// pace times as fast, and stores what an IT department would ship for them. It
// refuses a folder that has known a real tenant.
func (a *App) UseSandbox(ctx context.Context, pace float64, deployment map[platforms.ID]map[string]string) error {
	if err := a.setProfile(ctx, profileSandbox); err != nil {
		return err
	}
	if err := a.Store.SetSetting(ctx, paceKey, strconv.FormatFloat(pace, 'g', -1, 64)); err != nil {
		return err
	}
	for id, values := range deployment {
		w, err := a.Wizard(ctx, id)
		if err != nil {
			return err
		}
		if err := w.Deploy(ctx, values, ""); err != nil {
			return err
		}
	}
	return a.Renew(ctx)
}

func (a *App) setProfile(ctx context.Context, profile string) error {
	now, err := a.Store.Setting(ctx, profileKey)
	if err != nil {
		return err
	}
	if now != "" && now != profile {
		return fmt.Errorf("%w: this one belongs to %s tenants; choose another with --data", ErrProfile, now)
	}
	return a.Store.SetSetting(ctx, profileKey, profile)
}

// beginSetup marks a folder that is not a sandbox's as one of real tenants,
// before the first credential arrives in it.
func (a *App) beginSetup(ctx context.Context) error {
	now, err := a.Store.Setting(ctx, profileKey)
	if err != nil || now != "" {
		return err
	}
	return a.setProfile(ctx, profileReal)
}

// Sandbox reports whether the data folder belongs to sandbox tenants, and how
// fast their time passes.
func (a *App) Sandbox(ctx context.Context) (bool, float64) {
	profile, err := a.Store.Setting(ctx, profileKey)
	if err != nil || profile != profileSandbox {
		return false, 1
	}
	text, err := a.Store.Setting(ctx, paceKey)
	if err != nil {
		return true, 1
	}
	pace, err := strconv.ParseFloat(text, 64)
	if err != nil || pace < 1 {
		pace = 1
	}
	return true, pace
}

// Env is what a platform is lent.
func (a *App) Env(ctx context.Context, id platforms.ID, open func(url string) error) platforms.Env {
	sandbox, pace := a.Sandbox(ctx)
	values := a.Store.Values(id)
	if !sandbox {
		values = vendorsOnly{values}
	}
	return platforms.Env{
		Values: values, Secrets: a.Vault.Secrets(id), Log: a.slog.With("platform", string(id)), Now: a.now, Pace: pace,
		Admit: a.fence(id), Open: open,
	}
}

// vendorsOnly hides endpoints: real credentials go to the vendors' own hosts.
type vendorsOnly struct{ platforms.Values }

// Get implements platforms.Values.
func (v vendorsOnly) Get(key string) string {
	if strings.HasPrefix(key, "endpoint.") {
		return ""
	}
	return v.Values.Get(key)
}

// Connection builds, or returns, the connection of a platform. It makes no call.
func (a *App) Connection(ctx context.Context, id platforms.ID) (*platforms.Connection, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.conns[id]; c != nil {
		return c, nil
	}
	p, err := a.Platform(id)
	if err != nil {
		return nil, err
	}
	// The connection outlives the call that first asked for it.
	c, err := p.Connect(context.WithoutCancel(ctx), a.Env(ctx, id, nil))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	a.conns[id] = c
	return c, nil
}

// Forget drops built connections, so that the next use sees new settings.
func (a *App) Forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.conns = map[platforms.ID]*platforms.Connection{}
}

// Wizard is the Connect wizard of a platform.
func (a *App) Wizard(ctx context.Context, id platforms.ID) (*setup.Wizard, error) {
	p, err := a.Platform(id)
	if err != nil {
		return nil, err
	}
	env := a.Env(ctx, id, nil)
	return &setup.Wizard{
		Platform: p, Store: a.Store, Values: env.Values, Secrets: env.Secrets, Now: a.now, Who: a.who,
		Env:   func(open func(string) error) platforms.Env { return a.Env(ctx, id, open) },
		Begin: a.beginSetup,
	}, nil
}
