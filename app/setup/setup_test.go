package setup

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"miohub/app/store"
	"miohub/app/vault"
	"miohub/platforms"
)

// rig is a wizard of a platform with one step of each kind.
type rig struct {
	*Wizard
	t      *testing.T
	tenant platforms.TenantID // of whoever signs in
	fails  error              // what the sign-in answers with
	file   string             // what the file's action was given
}

func newRig(t *testing.T) *rig {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hub.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	v, err := vault.Open(t.Context(), st, vault.Options{Passphrase: "correct horse", Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, tenant: "T1"}
	r.Wizard = &Wizard{
		Platform: platforms.Platform{ID: "google", Name: "Google Chat",
			Steps: steps, Actions: map[string]platforms.Action{"authorize": r.authorize, "file:client": r.take}},
		Store: st, Values: st.Values("google"), Secrets: v.Secrets("google"), Now: time.Now, Who: "dana",
	}
	r.Env = func(func(string) error) platforms.Env {
		return platforms.Env{Values: r.Values, Secrets: r.Secrets}
	}
	return r
}

func steps(v platforms.Values) []platforms.Step {
	return []platforms.Step{
		{ID: "app", Title: "App", Parts: []platforms.Part{
			{Kind: platforms.PartFile, ID: "client", Label: "Client file", Action: "file:client"},
			{Kind: platforms.PartField, ID: "tenant_hint", Label: "Tenant"},
			{Kind: platforms.PartField, ID: "client_secret", Label: "Secret", Optional: true},
		}},
		{ID: "settings", Title: "Settings", Parts: []platforms.Part{{Kind: platforms.PartTick, ID: "invites", Label: "Invitations"}}},
		{ID: "sign-in", Title: "Authorize", Parts: []platforms.Part{{Kind: platforms.PartAction, ID: "authorize", Label: "Authorize Mio", Action: "authorize"}}},
		{ID: "proof", Title: "Delegation", Checks: []string{"google.delegation.", "google.tenant"}},
	}
}

func (r *rig) authorize(ctx context.Context, env platforms.Env) (platforms.Outcome, error) {
	if err := errors.Join(env.Secrets.Put(ctx, "token", "token of "+string(r.tenant)), env.Values.Put(ctx, "organisation", string(r.tenant))); err != nil {
		return platforms.Outcome{}, err
	}
	if env.Secrets.Get("token") != "token of "+string(r.tenant) || env.Values.Get("organisation") != string(r.tenant) {
		r.t.Error("an action does not see what it stored itself")
	}
	return platforms.Outcome{Account: "admin@acme.example",
		Tenant: platforms.Tenant{Platform: "google", ID: r.tenant, Name: "Acme " + string(r.tenant), Domain: "acme.example", Admin: "admin@acme.example"}}, r.fails
}

func (r *rig) take(_ context.Context, env platforms.Env) (platforms.Outcome, error) {
	r.file = env.Values.Get("file")
	return platforms.Outcome{Text: "read"}, nil
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) states() map[string]StepState {
	r.t.Helper()
	all, err := r.Steps(r.t.Context())
	r.must(err)
	out := map[string]StepState{}
	for _, s := range all {
		out[s.ID] = s.State
	}
	return out
}

func (r *rig) expect(want map[string]StepState) {
	r.t.Helper()
	if d := cmp.Diff(want, r.states()); d != "" {
		r.t.Error(d)
	}
}

func (r *rig) found(code string, s platforms.Status) {
	r.t.Helper()
	r.must(r.Store.SaveChecks(r.t.Context(), []store.CheckResult{{Platform: "google", Code: code, Finding: platforms.Finding{Status: s}}}))
}

func TestStepsTurnGreenOneByOne(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	r.expect(map[string]StepState{"app": StepOpen, "settings": StepOpen, "sign-in": StepOpen, "proof": StepOpen})
	_, err := r.PutFile(ctx, "client", `{"installed":{}}`)
	r.must(err)
	r.must(r.SetField(ctx, "tenant_hint", "  acme.example "))
	r.must(r.Tick(ctx, "invites", true))
	_, err = r.Act(ctx, "authorize", nil)
	r.must(err)
	r.expect(map[string]StepState{"app": StepDone, "settings": StepDone, "sign-in": StepDone, "proof": StepOpen})
	for _, c := range []struct {
		code   string
		status platforms.Status
		want   StepState
	}{
		{"google.delegation.chat", platforms.Pass, StepOpen}, // the tenant was not looked at yet
		{"google.tenant", platforms.Waiting, StepWaiting},
		{"google.tenant", platforms.Skipped, StepOpen},
		{"google.delegation.users", platforms.Fail, StepProblem},
		{"google.delegation.users", platforms.Warn, StepOpen},
		{"google.other", platforms.Fail, StepOpen},
		{"google.tenant", platforms.Pass, StepDone},
	} {
		r.found(c.code, c.status)
		if got := r.states()["proof"]; got != c.want {
			t.Errorf("after %s %s the step is %s, want %s", c.code, c.status, got, c.want)
		}
	}
	all, err := r.Steps(ctx)
	r.must(err)
	if got := all[1].Ticks["invites"]; got.By != "dana" || got.At.IsZero() {
		t.Errorf("the tick is %+v", got)
	}
	if got := all[2].Done["authorize"]; !strings.HasPrefix(got, "admin@acme.example, ") {
		t.Errorf("the sign-in is %q", got)
	}
	if r.file != `{"installed":{}}` || r.Values.Get("file") != "" || r.Values.Get("tenant_hint") != "acme.example" {
		t.Errorf("file %q, kept %q", r.file, r.Values.Get("file"))
	}
	missing, err := r.Complete(ctx)
	r.must(err)
	c, err := r.Store.Connection(ctx, "google")
	r.must(err)
	if len(missing) > 0 || c.State != store.Connected || c.Tenant.ID != "T1" {
		t.Errorf("missing %v, %+v", missing, c)
	}
	r.must(r.Tick(ctx, "invites", false))
	if missing, err := r.Complete(ctx); err != nil || len(missing) != 1 {
		t.Errorf("with a tick taken back: %v, %v", missing, err)
	}
	r.must(r.Forget(ctx))
	r.expect(map[string]StepState{"app": StepOpen, "settings": StepOpen, "sign-in": StepOpen, "proof": StepOpen})
	if r.Values.Get("tenant_hint") == "" {
		t.Error("what was typed is gone")
	}
}

func TestNothingIsCompleteBeforeSomebodySignedIn(t *testing.T) {
	r := newRig(t)
	r.Platform.Steps = func(platforms.Values) []platforms.Step { return []platforms.Step{{ID: "empty"}} }
	missing, err := r.Complete(t.Context())
	r.must(err)
	if len(missing) != 1 {
		t.Errorf("missing: %v", missing)
	}
}

func TestUnknownPartsAreRefused(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	_, file := r.PutFile(ctx, "tenant_hint", "x")
	_, act := r.Act(ctx, "no such", nil)
	for what, err := range map[string]error{
		"tick": r.Tick(ctx, "tenant_hint", true), "field": r.SetField(ctx, "invites", "x"), "file": file, "action": act,
	} {
		if err == nil {
			t.Errorf("an unknown %s is taken", what)
		}
	}
	r.must(r.Tick(ctx, "gone since", false)) // taking back is always possible
}

func TestSecretsAreSealed(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	r.must(r.SetField(ctx, "client_secret", "typed"))
	if r.Values.Get("client_secret") != "" || r.Secrets.Get("client_secret") != "typed" {
		t.Error("a typed secret is not sealed")
	}
	r.must(r.Deploy(ctx, map[string]string{"client_secret": "shipped", "client": "from IT", "tenant_hint": "acme.example"}, ""))
	if r.Values.Get("client_secret") != "" || r.Secrets.Get("client_secret") != "shipped" || r.file != "from IT" || r.Values.Get("tenant_hint") != "acme.example" {
		t.Errorf("file %q, secret in the clear %q", r.file, r.Values.Get("client_secret"))
	}
	if r.Values.Get("client") != "" {
		t.Error("the file itself is kept")
	}
}

func TestAnotherOrganisationIsRefusedAndLeavesNothing(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	_, err := r.Act(ctx, "authorize", nil)
	r.must(err)
	for _, state := range []store.ConnectionState{store.Connected, store.Disconnected} {
		c, err := r.Store.Connection(ctx, "google")
		r.must(err)
		c.State = state
		r.must(r.Store.SaveConnection(ctx, c))
		for _, r.fails = range []error{nil, errors.New("consent is not there yet")} {
			r.tenant = "T2"
			if _, err := r.Act(ctx, "authorize", nil); platforms.KindOf(err) != platforms.Forbidden && r.fails == nil || err == nil {
				t.Errorf("while %s: %v", state, err)
			}
			c, err := r.Store.Connection(ctx, "google")
			r.must(err)
			if tok, org := r.Secrets.Get("token"), r.Values.Get("organisation"); tok != "token of T1" || org != "T1" || c.Tenant.ID != "T1" || c.State != state {
				t.Errorf("the other organisation left %q and %q in %+v", tok, org, c)
			}
		}
	}
	r.tenant, r.fails = "T1", nil
	_, err = r.Act(ctx, "authorize", nil)
	r.must(err)
	if c, err := r.Store.Connection(ctx, "google"); err != nil || c.State != store.Connecting {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestASignInThatDidNotReachItsEndIsNotDone(t *testing.T) {
	r := newRig(t)
	r.fails = errors.New("consent is not there yet")
	if _, err := r.Act(t.Context(), "authorize", nil); !errors.Is(err, r.fails) {
		t.Errorf("%v", err)
	}
	if got := r.states()["sign-in"]; got != StepOpen {
		t.Errorf("the step is %s", got)
	}
	if r.Secrets.Get("token") != "token of T1" {
		t.Error("what it found out is lost")
	}
}

func TestWhatMayNotBeginDoesNothing(t *testing.T) {
	r := newRig(t)
	r.Begin = func(context.Context) error { return errors.New("wrong folder") }
	if _, err := r.Act(t.Context(), "authorize", nil); err == nil || r.Secrets.Get("token") != "" {
		t.Errorf("%v", err)
	}
}

func TestChecksRunInOrderWithWhatTheyNeed(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	var ran []string
	status := map[string]platforms.Status{}
	check := func(code string, writes bool, needs ...string) platforms.Check {
		return platforms.Check{Code: code, Title: code, Writes: writes, Needs: needs, Run: func(context.Context) platforms.Finding {
			ran = append(ran, code)
			if s := status[code]; s != "" {
				return platforms.Finding{Status: s}
			}
			return platforms.Finding{Status: platforms.Pass}
		}}
	}
	conn := &platforms.Connection{Checks: []platforms.Check{
		check("c.last", false, "b"), check("b", false, "a"), check("a", false), check("probe", true), check("after the probe", false, "probe"),
		check("loop1", false, "loop2"), check("loop2", false, "loop1"),
	}}
	run := func(codes ...string) map[string]platforms.Status {
		ran = nil
		results, err := r.Run(ctx, conn, codes, nil)
		r.must(err)
		out := map[string]platforms.Status{}
		for _, x := range results {
			out[x.Code] = x.Finding.Status
		}
		return out
	}
	got := run()
	if d := cmp.Diff([]string{"a", "b", "c.last"}, ran); d != "" {
		t.Error(d)
	}
	want := map[string]platforms.Status{"a": "pass", "b": "pass", "c.last": "pass", "after the probe": "skipped", "loop1": "skipped", "loop2": "skipped"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	status["a"] = platforms.Fail
	if d := cmp.Diff(map[string]platforms.Status{"a": "fail", "b": "skipped", "c.last": "skipped"}, run("c.")); d != "" {
		t.Error(d)
	}
	if len(run("probe")) != 0 || len(ran) != 0 {
		t.Errorf("a check that writes was run: %v", ran)
	}
	latest, err := r.Store.LatestChecks(ctx, "google")
	r.must(err)
	if len(latest) != 6 {
		t.Errorf("%d findings are kept", len(latest))
	}
}

func TestACancelledRunKeepsWhatWasFoundBefore(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	pass := func(context.Context) platforms.Finding { return platforms.Finding{Status: platforms.Pass} }
	conn := &platforms.Connection{Checks: []platforms.Check{{Code: "a", Run: pass}, {Code: "b", Run: func(context.Context) platforms.Finding {
		cancel()
		return platforms.Finding{Status: platforms.Fail, Cause: "no answer"}
	}}, {Code: "c", Run: pass}}}
	if _, err := r.Run(ctx, conn, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	latest, err := r.Store.LatestChecks(t.Context(), "google")
	r.must(err)
	if len(latest) != 1 || latest[0].Code != "a" {
		t.Errorf("kept: %+v", latest)
	}
}

func TestOnlyALostSignInAsksToSignInAgain(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		f    platforms.Finding
		want bool
	}{
		{platforms.Finding{Status: platforms.Fail, Cause: "a wrong tenant"}, false},
		{platforms.Finding{Status: platforms.Fail, Cause: "revoked", SignIn: true}, true},
		{platforms.Finding{Status: platforms.Waiting, SignIn: true}, false},
	} {
		r.must(r.Store.SaveChecks(t.Context(), []store.CheckResult{{Platform: "google", Code: "google.tenant", Finding: c.f}}))
		all, err := r.Steps(t.Context())
		r.must(err)
		if got := SignedOut(all); got != c.want {
			t.Errorf("%+v asks to sign in again: %v", c.f, got)
		}
	}
}
