package app

import (
	"cmp"
	"path/filepath"
	"testing"
	"time"

	"miohub/app/setup"
	"miohub/app/store"
	"miohub/app/vault"
	"miohub/platforms"
	"miohub/platforms/all"
	"miohub/platforms/sandbox"
)

// watched is a hub on an emulated tenant, looked after by hand and with a clock
// that can be moved on.
type watched struct {
	*App
	t     *testing.T
	dir   string
	trial *Trial
	off   time.Duration
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	trial, err := StartTrial(t.Context(), all.Platforms(), sandbox.New(sandbox.Size{Seed: 3, People: 10, Rooms: 2, Speed: 60}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trial.Close)
	w := &watched{t: t, dir: filepath.Join(t.TempDir(), "data"), trial: trial}
	w.open()
	t.Cleanup(func() { w.must(w.Close()) })
	w.must(trial.Deploy(t.Context(), w.App))
	return w
}

func (w *watched) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *watched) open() {
	w.t.Helper()
	a, err := Open(w.t.Context(), Options{Dir: w.dir, Who: "tester", Platforms: all.Platforms(),
		Vault: vault.Options{Passphrase: "correct horse", Iterations: 1}, Now: func() time.Time { return time.Now().Add(w.off) }})
	w.must(err)
	w.App = a
}

// restart closes the hub and opens it again, an hour later.
func (w *watched) restart() {
	w.t.Helper()
	w.must(w.Close())
	w.off += time.Hour
	w.open()
}

// looked is a step after the hub has looked at what is to be checked by itself.
func (w *watched) looked(step string) setup.Step {
	w.t.Helper()
	p, err := w.Platform("microsoft")
	w.must(err)
	_, err = w.recheck(w.t.Context(), p, false)
	w.must(err)
	return w.step(step)
}

func (w *watched) step(id string) setup.Step {
	w.t.Helper()
	wizard, err := w.Wizard(w.t.Context(), "microsoft")
	w.must(err)
	steps, err := wizard.Steps(w.t.Context())
	w.must(err)
	for _, s := range steps {
		if s.ID == id {
			return s
		}
	}
	w.t.Fatalf("there is no step %s", id)
	return setup.Step{}
}

// consent has the administrator open Method 2's link in a browser of their own.
func (w *watched) consent() {
	w.t.Helper()
	link := ""
	for _, p := range w.step("authorize").Parts {
		if p.ID == "consent.link" {
			link = p.Value
		}
	}
	tenant := w.trial.World.Tenant("microsoft")
	admin, _ := tenant.Account(tenant.Admin)
	_, _, err := sandbox.NewBrowser(map[string]string{"address": cmp.Or(admin.Login, admin.Address)}).Open(w.t.Context(), link)
	w.must(err)
}

func TestConsentGivenOnAnotherComputerIsNoticedUnasked(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		w := newWatched(t)
		if s := w.looked("authorize"); s.State != setup.StepWaiting || s.RetryAt.IsZero() {
			t.Fatalf("before the consent the step is %s: %+v", s.State, s.Findings)
		}
		if s := w.step("registration"); s.State != setup.StepDone {
			t.Errorf("the registration is %s: %+v", s.State, s.Findings)
		}
		w.consent()
		if s := w.step("authorize"); s.State != setup.StepWaiting {
			t.Errorf("the step is %s though nothing has looked", s.State)
		}
		if restarted {
			w.restart()
		}
		w.off += time.Hour
		if s := w.looked("authorize"); s.State != setup.StepDone {
			t.Errorf("restarted %v: after the consent the step is %s: %+v", restarted, s.State, s.Findings)
		}
	}
}

// The application id comes later than the first look.
func TestWhatWasSkippedIsLookedAtOnceItIsPossible(t *testing.T) {
	w := newWatched(t)
	ctx := t.Context()
	wizard, err := w.Wizard(ctx, "microsoft")
	w.must(err)
	id := wizard.Values.Get("client_id")
	w.must(wizard.SetField(ctx, "client_id", ""))
	w.must(w.Renew(ctx))
	if s := w.looked("authorize"); len(s.Findings) != 0 {
		t.Errorf("looked at before anything was filled in: %+v", s.Findings)
	}
	_, err = w.Check(ctx, "microsoft", nil, nil) // somebody presses "Check now": all is skipped
	w.must(err)
	w.off += time.Minute
	w.must(wizard.SetField(ctx, "client_id", id))
	w.must(w.Renew(ctx))
	w.off += time.Minute
	if s := w.looked("authorize"); s.State != setup.StepWaiting {
		t.Errorf("the step is %s: %+v", s.State, s.Findings)
	}
	p, err := w.Platform("microsoft")
	w.must(err)
	ran, err := w.recheck(ctx, p, false)
	if err != nil || ran {
		t.Errorf("looked again at once: %v, %v", ran, err)
	}
}

func TestAWrongTenantIsNoLostSignIn(t *testing.T) {
	w := newWatched(t)
	ctx := t.Context()
	wizard, err := w.Wizard(ctx, "microsoft")
	w.must(err)
	w.must(wizard.SetField(ctx, "tenant", "nobody.example"))
	w.must(w.Renew(ctx))
	w.must(w.Store.SaveConnection(ctx, store.Connection{Platform: "microsoft", State: store.Connected, Tenant: platforms.Tenant{Platform: "microsoft", ID: "t"}}))
	_, err = w.Check(ctx, "microsoft", nil, nil)
	w.must(err)
	steps, err := wizard.Steps(ctx)
	w.must(err)
	h, err := w.Health(ctx, "microsoft")
	w.must(err)
	if h.State != Unwell || setup.SignedOut(steps) {
		t.Errorf("a wrong tenant is %s: %+v", h.State, h.Finding)
	}
}
