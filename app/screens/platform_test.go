package screens

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

// noticed collects what the desktop was told.
type noticed struct {
	mu     sync.Mutex
	titles []string
	bodies []string
}

func (n *noticed) Notify(_, title, body string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.titles, n.bodies = append(n.titles, title), append(n.bodies, body)
}

func (n *noticed) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.titles)
}

const chatAppMissing = "google.chat-app-missing"

func TestAConnectionThatBreaksIsNamedWithItsCauseAndAnnounced(t *testing.T) {
	ctx := t.Context()
	h, _ := openSandbox(t, Sandbox{})
	connect(t, h, "google")
	told := &noticed{}
	h.live.conduct.notifier = told

	fine(t, h.SetFault(ctx, chatAppMissing, true))
	must[string](t)(h.CheckNow(ctx, "google", nil))
	c := card(t, h, "google")
	if c.State != ui.CardProblem || len(c.Problems) == 0 {
		t.Fatalf("the card says nothing: %+v", c)
	}
	for _, n := range c.Problems {
		if n.Detail == "" || !strings.HasPrefix(n.FixURL, "http") || n.Link != "/connect/google" {
			t.Errorf("a problem without cause, page or step: %+v", n)
		}
	}
	if o := must[ui.Overview](t)(h.Overview(ctx)); !strings.HasPrefix(o.Attention[0].Text, "Google Chat: ") {
		t.Errorf("among what needs attention the platform is not named: %q", o.Attention[0].Text)
	}
	fine(t, h.SetFault(ctx, chatAppMissing, false))
	must[string](t)(h.CheckNow(ctx, "google", nil))
	want := []string{"Google Chat needs attention", "Google Chat works again"}
	eventually(t, 5*time.Second, "the desktop was told twice", func() bool { return slices.Equal(told.all(), want) })

	var code string
	for _, r := range must[[]ui.CheckRow](t)(h.Checks(ctx, "google")) {
		if strings.Contains(r.Title, "Chat app is") {
			code = r.Code
		}
	}
	var states []ui.FindingState
	spans := must[[]ui.CheckSpan](t)(h.CheckHistory(ctx, "google", code))
	for _, s := range spans {
		states = append(states, s.State)
		if s.From == "" || s.To < s.From || s.Times < 1 {
			t.Errorf("a stretch without time: %+v", s)
		}
	}
	if !slices.Equal(states, []ui.FindingState{ui.FindingPass, ui.FindingFail, ui.FindingPass}) || spans[1].Cause == "" {
		t.Errorf("history: %+v", spans)
	}

	p := must[ui.Preferences](t)(h.Preferences(ctx))
	if !p.Notify {
		t.Error("notifications are off before anybody chose")
	}
	p.Notify = false
	fine(t, h.SetPreferences(ctx, p))
	h.live.conduct.show(ctx, notice{platform: "google", text: "again"})
	if got := told.all(); !slices.Equal(got, want) {
		t.Errorf("the desktop was told although it is switched off: %q", got)
	}
}

func TestOnlyTheHealthOfConnectionsIsAnnounced(t *testing.T) {
	c := &conductor{notices: make(chan notice, 1)}
	c.announce([]store.LogRow{
		{Code: "bridge.delivered", Text: "a message"}, {Code: "setup.check", Text: "a check"},
		{Code: "platform.problem", Platform: "google", Text: "first"}, {Code: "platform.recovered", Platform: "google", Text: "dropped: nobody reads"},
	})
	if n := <-c.notices; n.good || n.text != "first" {
		t.Errorf("announced %+v", n)
	}
	if len(c.notices) != 0 {
		t.Error("more was announced than is kept")
	}
}

// held is a scope with who holds it.
func held(p ui.Permission) string { return p.Kind + " " + p.Scope }

func TestFeaturesAreSwitchedAsWasPreviewed(t *testing.T) {
	ctx := t.Context()
	h, _ := openSandbox(t, Sandbox{})
	connect(t, h, "google")
	const provision = string(platforms.FeatureProvision)
	asked := func() []string {
		var out []string
		for _, p := range must[[]ui.Permission](t)(h.Permissions(ctx, "google")) {
			if p.FeatureTitle == "" || p.Reason == "" {
				t.Errorf("a permission without feature or reason: %+v", p)
			}
			if p.Asked && !slices.Contains(out, held(p)) {
				out = append(out, held(p))
			}
		}
		slices.Sort(out)
		return out
	}
	before := asked()
	on := must[ui.FeaturePreview](t)(h.PreviewFeature(ctx, "google", provision, true))
	if len(on.Adds) == 0 || on.Step != "delegation" || on.StepTitle == "" || on.Next == "" {
		t.Errorf("the preview lacks what is added and where: %+v", on)
	}
	if !slices.Equal(before, asked()) {
		t.Error("looking changed what is asked for")
	}
	must[string](t)(h.SetFeature(ctx, "google", provision, true))
	after := asked()
	for _, p := range on.Adds {
		if !slices.Contains(after, held(p)) || slices.Contains(before, held(p)) {
			t.Errorf("%s was not added", p.Scope)
		}
	}
	for _, p := range on.Removes {
		if slices.Contains(after, held(p)) {
			t.Errorf("%s is still asked for", p.Scope)
		}
	}
	said := must[string](t)(h.SetFeature(ctx, "google", provision, false))
	if !slices.Equal(before, asked()) || !strings.Contains(said, "may be revoked") {
		t.Errorf("switched off: %q, %v", said, asked())
	}
	if len(must[[]ui.Permission](t)(h.Revocable(ctx, "google"))) == 0 {
		t.Error("nothing may be revoked")
	}
	fine(t, h.Revoked(ctx, "google"))
	if left := must[[]ui.Permission](t)(h.Revocable(ctx, "google")); len(left) != 0 {
		t.Errorf("still to be revoked: %+v", left)
	}
	if _, err := h.SetFeature(ctx, "google", string(platforms.FeatureBridge), false); err == nil {
		t.Error("a feature that is always on was switched off")
	}
	text := must[string](t)(h.PermissionsText(ctx, "google"))
	if !strings.Contains(text, "Why does Mio Hub need domain-wide delegation?") {
		t.Error("the text for a reviewer does not say why delegation is needed")
	}
}

func TestWhatIsNoticedStaysChosenAsOffered(t *testing.T) {
	ctx := t.Context()
	h, _ := openSandbox(t, Sandbox{})
	n := must[ui.Noticing](t)(h.Noticing(ctx, "microsoft"))
	if n.Chosen != platforms.SourcePoll || len(n.Ways) != 2 || n.Rule == "" {
		t.Fatalf("noticing: %+v", n)
	}
	if n.Ways[0].Missing != "" || n.Ways[1].Missing == "" {
		t.Errorf("what can be chosen: %+v", n.Ways)
	}
	if err := h.SetNoticing(ctx, "microsoft", n.Ways[1].ID); err == nil {
		t.Error("a way that is not set up was chosen")
	}
	fine(t, h.SetNoticing(ctx, "microsoft", platforms.SourcePoll))
}

func TestTheVendorsAnswersAreExplainedAndTheHubsOwnAreNot(t *testing.T) {
	h, _ := openSandbox(t, Sandbox{})
	l := h.live
	p := must[platforms.Platform](t)(l.platform("google"))
	refused := &platforms.Error{Kind: platforms.Forbidden, Op: "list spaces", Status: 403, Code: "PERMISSION_DENIED", Text: "Nobody has met this before."}
	got := ui.Explain(l.explained(t.Context(), p, refused))
	if !got.Unrecognised && got.Cause == "" {
		t.Errorf("an answer without a word about its cause: %+v", got)
	}
	for _, own := range []error{
		errors.New("the file is too large"), context.Canceled,
		&platforms.Error{Kind: platforms.Forbidden, Op: "sign in", Text: "lee@b.example belongs to another organisation"},
	} {
		if got := ui.Explain(l.explained(t.Context(), p, own)); got.Cause != "" || got.Unrecognised {
			t.Errorf("%v was explained as %q", own, got.Cause)
		}
	}
}
