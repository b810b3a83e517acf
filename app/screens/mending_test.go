package screens

import (
	"strings"
	"testing"
	"time"

	"miohub/app/ui"
)

// What is said while a grant is gone waits, on both sides, and arrives once after
// the grant has come back.
func TestABrokenGrantStopsTheFlowAndItsReturnLosesNothing(t *testing.T) {
	ctx := t.Context()
	h, _ := openSandbox(t, Sandbox{})
	connect(t, h, "google")
	connect(t, h, "microsoft")
	importAndPlan(t, h)
	eventually(t, 10*time.Second, "the engine runs", func() bool { return h.live.app.Engine() != nil })
	pair := must[ui.SandboxState](t)(h.SandboxState(ctx)).Pairs[0]
	for _, c := range []struct {
		fault, platform string
		stops           bool // at once; a revoked sign-in's access token lives for up to an hour more
		mend            func()
	}{
		{"microsoft.grant-revoked", "microsoft", false, func() { signInAgain(t, h, "microsoft") }},
		{"google.key-disabled", "google", true, func() { fine(t, h.SetFault(ctx, "google.key-disabled", false)) }},
	} {
		fine(t, h.SetFault(ctx, c.fault, true))
		must[string](t)(h.CheckNow(ctx, c.platform, nil))
		if k := card(t, h, c.platform); k.State != ui.CardProblem && k.State != ui.CardSignIn || len(k.Problems) == 0 || k.Problems[0].Detail == "" {
			t.Errorf("%s: the card says %s, %+v", c.fault, k.State, k.Problems)
		}
		for _, side := range []string{"google", "microsoft"} {
			speaker := must[ui.Pane](t)(h.Pane(ctx, pair.ID, side)).Speakers[0].ID
			must[string](t)(h.Say(ctx, pair.ID, side, speaker, "", "Said in "+side+" during "+c.fault))
		}
		if c.stops {
			eventually(t, 20*time.Second, "what was said waits", func() bool { return must[ui.State](t)(h.Status(ctx)).Waiting > 0 })
		}
		c.mend()
		must[string](t)(h.CheckNow(ctx, c.platform, nil))
		if k := card(t, h, c.platform); k.State != ui.CardConnected {
			t.Errorf("%s: mended, the card says %s, %+v", c.fault, k.State, k.Problems)
		}
		for _, way := range [][2]string{{"google", "microsoft"}, {"microsoft", "google"}} {
			text := "Said in " + way[0] + " during " + c.fault
			eventually(t, 40*time.Second, text, func() bool {
				return standing(t, h, pair.ID, way[1], text) > 0 && must[ui.State](t)(h.Status(ctx)).Waiting == 0
			})
			if n := standing(t, h, pair.ID, way[1], text); n != 1 {
				t.Errorf("%q stands %d times", text, n)
			}
		}
	}
}

// signInAgain presses the button of a platform's sign-in that the card asks for.
func signInAgain(t *testing.T, h *Hub, platform string) {
	t.Helper()
	b := &browser{t: t, h: h}
	defer b.wg.Wait()
	for _, s := range must[ui.Wizard](t)(h.Wizard(t.Context(), platform)).Steps {
		for _, p := range s.Parts {
			if p.Kind == ui.PartAction && strings.Contains(p.Action, "bridge") {
				must[string](t)(h.Act(t.Context(), platform, p.Action, b.open(t.Context(), b.account(platform, p.Action)), nil))
				return
			}
		}
	}
	t.Fatal("there is nothing to sign in with")
}

func standing(t *testing.T, h *Hub, pair, side, text string) int {
	t.Helper()
	n := 0
	for _, m := range must[ui.Pane](t)(h.Pane(t.Context(), pair, side)).Messages {
		if m.Carried && strings.Contains(m.Text, text) {
			n++
		}
	}
	return n
}
