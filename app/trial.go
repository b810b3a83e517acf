package app

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// Trial is a World whose tenants are being served on loopback.
type Trial struct {
	World     *sandbox.World
	Emulators map[platforms.ID]*sandbox.Emulator
	Running   *sandbox.Running
}

// StartTrial serves a World's tenants for the given platforms. End it with Close.
func StartTrial(ctx context.Context, list []platforms.Platform, w *sandbox.World) (*Trial, error) {
	t := &Trial{World: w, Emulators: map[platforms.ID]*sandbox.Emulator{}}
	var emulators []*sandbox.Emulator
	for _, p := range list {
		if p.Sandbox == nil || w.Tenant(string(p.ID)) == nil {
			continue
		}
		e, err := p.Sandbox(w)
		if err != nil {
			return nil, fmt.Errorf("make the sandbox tenant of %s: %w", p.Name, err)
		}
		t.Emulators[p.ID] = e
		emulators = append(emulators, e)
	}
	running, err := sandbox.Serve(ctx, w, emulators...)
	if err != nil {
		return nil, fmt.Errorf("serve the sandbox tenants: %w", err)
	}
	t.Running = running
	return t, nil
}

// Close stops serving.
func (t *Trial) Close() { t.Running.Close() }

// Deploy points a hub at the tenants, as an IT department's deployment would,
// and lets it look as much faster as their time passes. Nothing is connected by it.
func (t *Trial) Deploy(ctx context.Context, a *App) error {
	deployment := map[platforms.ID]map[string]string{}
	for id, e := range t.Emulators {
		deployment[id] = e.Deployment()
	}
	speed := t.World.Clock.Speed
	if err := a.UseSandbox(ctx, speed, deployment); err != nil {
		return err
	}
	for id := range deployment {
		v := a.Store.Values(id)
		for key, value := range map[string]string{
			LookBudgetKey: strconv.FormatFloat(2*speed, 'g', -1, 64),
			LookMinKey:    max(100*time.Millisecond, time.Duration(5*float64(time.Second)/speed)).String(),
			LookMaxKey:    max(2*time.Second, time.Duration(float64(time.Minute)/speed)).String(),
		} {
			if err := v.Put(ctx, key, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// NewMessageIDs are the makers of message ids, by tenant name.
func (t *Trial) NewMessageIDs() map[string]func() string {
	out := map[string]func() string{}
	for _, e := range t.Emulators {
		out[e.Tenant] = e.NewMessageID
	}
	return out
}
