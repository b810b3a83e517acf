package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/app/store"
	"miohub/platforms"
)

// checked gives the Google side of a hub one check, one step and features.
func checked(t *testing.T, finding *platforms.Finding) *hub {
	t.Helper()
	h := newHub(t)
	p := &h.platforms[0]
	p.Steps = func(v platforms.Values) []platforms.Step {
		return []platforms.Step{{ID: "sign-in", Checks: []string{"signed-in"}, Parts: []platforms.Part{{Kind: platforms.PartAction, ID: "sign-in", Action: "sign-in"}}}}
	}
	p.Features = []platforms.FeatureInfo{{ID: platforms.FeatureRooms, Title: "Spaces"}, {ID: platforms.FeatureRoomEdit, Title: "Changing spaces", Optional: true}}
	p.Grants = []platforms.Grant{
		{Scope: "rooms.read", Kind: platforms.Delegation, Feature: platforms.FeatureRooms, Within: []string{"rooms"}},
		{Scope: "rooms", Kind: platforms.Delegation, Feature: platforms.FeatureRoomEdit},
	}
	connect := p.Connect
	p.Connect = func(ctx context.Context, env platforms.Env) (*platforms.Connection, error) {
		c, err := connect(ctx, env)
		c.Checks = []platforms.Check{{Code: "signed-in", Title: "Signed in", Run: func(context.Context) platforms.Finding { return *finding }}}
		return c, err
	}
	return h
}

func TestAProblemIsToldOnceAndWhenItIsOver(t *testing.T) {
	f := platforms.Finding{Status: platforms.Pass}
	h := checked(t, &f)
	ctx := t.Context()
	step := func(status platforms.Status, cause string, want HealthState) {
		t.Helper()
		f = platforms.Finding{Status: status, Cause: cause, Fix: "Sign in again.", SignIn: status == platforms.Fail}
		_, err := h.Check(ctx, "google", nil, nil)
		h.must(err)
		got, err := h.Health(ctx, "google")
		h.must(err)
		c, err := h.Store.Connection(ctx, "google")
		h.must(err)
		if got.State != want || (c.Problem != "") != (want == SignedOut) || c.State != store.Connected {
			t.Errorf("after %s: %+v, problem %q", status, got, c.Problem)
		}
	}
	step(platforms.Pass, "", Well)
	step(platforms.Warn, "Soon over.", Warned)
	step(platforms.Fail, "The grant was revoked.", SignedOut)
	step(platforms.Fail, "The grant was revoked.", SignedOut)
	step(platforms.Pass, "", Well)
	h.must(h.Log.Flush(ctx))
	for code, want := range map[string]int{"platform.problem": 1, "platform.recovered": 1} {
		rows, err := h.Store.SearchLog(ctx, store.LogQuery{Code: code})
		h.must(err)
		if len(rows) != want {
			t.Errorf("%s is told %d times: %+v", code, len(rows), rows)
		}
	}
	history, err := h.CheckHistory(ctx, "google", "signed-in", 10)
	h.must(err)
	if len(history) != 4 || history[1].Times != 2 {
		t.Errorf("history %+v", history)
	}
}

func TestWhoeverMustSignInAgainIsFoundAtOnce(t *testing.T) {
	f := platforms.Finding{Status: platforms.Pass}
	h := checked(t, &f)
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan platforms.ID, 8)
	ended := make(chan struct{})
	go func() {
		h.WatchHealth(ctx, func(id platforms.ID) { ran <- id })
		close(ended)
	}()
	defer func() { cancel(); <-ended }()
	h.alarm("google", errors.New("something else"))
	h.alarm("google", &platforms.Error{Kind: platforms.SignInAgain})
	select {
	case id := <-ran:
		if id != "google" {
			t.Errorf("%s was checked", id)
		}
	case <-time.After(30 * time.Second):
		t.Error("nothing was checked")
	}
}

func TestAFeatureSaysWhatItAddsAndWhatMayBeRevoked(t *testing.T) {
	h := checked(t, &platforms.Finding{Status: platforms.Pass})
	ctx := t.Context()
	scopes := func(list []platforms.Grant) string { return strings.Join(scopesOf(list), " ") }
	before, err := h.PreviewFeature(ctx, "google", platforms.FeatureRoomEdit, true)
	h.must(err)
	if scopes(before.Adds) != "rooms" || scopes(before.Removes) != "rooms.read" || before.Same {
		t.Errorf("preview %+v", before)
	}
	asked := func() []string {
		list, err := h.Permissions(ctx, "google")
		h.must(err)
		var out []string
		for _, p := range list {
			if p.Asked {
				out = append(out, p.Scope)
			}
		}
		return out
	}
	if got := asked(); !slices.Equal(got, []string{"rooms.read"}) {
		t.Errorf("a preview changed what is asked for: %v", got)
	}
	for _, c := range []struct {
		on               bool
		asked, revocable string
	}{{true, "rooms", "rooms.read"}, {false, "rooms.read", "rooms"}} {
		_, err := h.SetFeature(ctx, "google", platforms.FeatureRoomEdit, c.on)
		h.must(err)
		revocable, err := h.Revocable(ctx, "google")
		h.must(err)
		if got := strings.Join(asked(), " "); got != c.asked || scopes(revocable) != c.revocable {
			t.Errorf("on %v: asked %q, revocable %q", c.on, got, scopes(revocable))
		}
	}
	if _, err := h.SetFeature(ctx, "google", platforms.FeatureRooms, false); !errors.Is(err, ErrNoFeature) {
		t.Errorf("what the hub is for was switched off: %v", err)
	}
	text, err := h.PermissionsText(ctx, "google")
	h.must(err)
	if !strings.Contains(text, "Not asked for") || !strings.Contains(text, "May be revoked") {
		t.Error(text)
	}
}
