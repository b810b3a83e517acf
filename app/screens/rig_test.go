package screens

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"miohub/app/ui"
	"miohub/app/vault"
	"miohub/platforms/all"
	"miohub/platforms/sandbox"
)

// heard counts events by topic.
type heard struct {
	mu     sync.Mutex
	topics map[string]int
}

func (h *heard) Emit(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.topics[topic]++
}

func (h *heard) count(topic ui.Topic) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.topics[string(topic)]
}

func openSandbox(t *testing.T, s Sandbox) (*Hub, *heard) {
	t.Helper()
	events := &heard{topics: map[string]int{}}
	if s.Size.People == 0 {
		s.Size = sandbox.Size{Seed: 7, People: 30, Rooms: 5, Speed: 60}
	}
	h, err := Open(t.Context(), Options{
		Dir: t.TempDir(), Vault: vault.Options{Memory: true}, Platforms: all.Platforms(), Who: "dana (window)", Events: events, Sandbox: &s,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h, events
}

// must unwraps an answer that has to be there.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, d time.Duration, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("after %s still not: %s", d, what)
}

// browser clicks through the emulated consent pages as the system's browser and
// an administrator would.
type browser struct {
	t  *testing.T
	wg sync.WaitGroup
	h  *Hub
}

func (b *browser) account(platform, action string) string {
	w := b.h.live.trial.World.Tenant(platform)
	key := w.Admin
	if strings.Contains(action, "bridge") {
		key = w.Bridge
	}
	a, _ := w.Account(key)
	if a.Login != "" {
		return a.Login
	}
	return a.Address
}

func (b *browser) open(ctx context.Context, address string) func(string) error {
	return func(url string) error {
		b.wg.Go(func() {
			if _, _, err := sandbox.NewBrowser(map[string]string{"address": address}).Open(ctx, url); err != nil {
				b.t.Error(err)
			}
		})
		return nil
	}
}

// connect goes through the wizard as the window does.
func connect(t *testing.T, h *Hub, platform string) {
	t.Helper()
	ctx := t.Context()
	b := &browser{t: t, h: h}
	defer b.wg.Wait()
	for i := range must[ui.Wizard](t)(h.Wizard(ctx, platform)).Steps {
		s := must[ui.Wizard](t)(h.Wizard(ctx, platform)).Steps[i]
		fine(t, h.Open(ctx, platform, s.ID))
		verify := false
		for _, p := range s.Parts {
			switch {
			case p.Kind == ui.PartTick:
				fine(t, h.Tick(ctx, platform, p.ID, true))
			case p.Kind == ui.PartLink && strings.Contains(p.URL, "clientIdToAdd") && strings.Contains(p.URL, "127.0.0.1"):
				fine(t, b.open(ctx, b.account(platform, ""))(p.URL))
				b.wg.Wait()
			case p.Kind == ui.PartAction && p.State != ui.StepDone:
				must[string](t)(h.Act(ctx, platform, p.Action, b.open(ctx, b.account(platform, p.Action)), nil))
				b.wg.Wait()
			case p.Kind == ui.PartVerify:
				verify = true
			}
		}
		if verify {
			must[string](t)(h.Verify(ctx, platform, s.ID, nil))
		}
	}
	must[string](t)(h.CheckNow(ctx, platform, nil))
	w := must[ui.Wizard](t)(h.Wizard(ctx, platform))
	if !w.Connected {
		for _, s := range w.Steps {
			t.Logf("%s: %s", s.Title, s.State)
			for _, c := range s.Checks {
				if c.State != ui.FindingPass {
					t.Logf("  %s: %q %s %s", c.Title, c.State, c.Cause, c.Raw)
				}
			}
		}
		t.Fatalf("%s is not connected after its wizard", platform)
	}
}

func card(t *testing.T, h *Hub, platform string) ui.Card {
	t.Helper()
	for _, c := range must[[]ui.Card](t)(h.Cards(t.Context())) {
		if c.ID == platform {
			return c
		}
	}
	t.Fatalf("no card of %s", platform)
	return ui.Card{}
}
