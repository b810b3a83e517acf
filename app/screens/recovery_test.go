package screens

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/app/ui"
)

// What a person says while nothing may be sent arrives once it may again, once
// and in its order, without anybody resending it.
func TestWhatIsSaidWhileAccessIsRevokedArrivesOnceItIsGivenBack(t *testing.T) {
	ctx := t.Context()
	h, _ := openSandbox(t, Sandbox{})
	connect(t, h, "google")
	connect(t, h, "microsoft")
	importAndPlan(t, h)
	eventually(t, 10*time.Second, "the engine runs", func() bool { return h.live.app.Engine() != nil })
	pair := must[ui.SandboxState](t)(h.SandboxState(ctx)).Pairs[0]
	speaker := must[ui.Pane](t)(h.Pane(ctx, pair.ID, "google")).Speakers[0].ID
	b := &browser{t: t, h: h}
	var said []string
	for _, c := range []struct {
		fault string
		state ui.CardState
		mends string // the action that gives it back
	}{
		{"microsoft.grant-revoked", ui.CardSignIn, "bridge"},
		{"microsoft.consent-none", ui.CardProblem, "authorize"},
		{"microsoft.consent-partly-revoked", ui.CardProblem, "authorize"},
	} {
		fine(t, h.SetFault(ctx, c.fault, true))
		h.live.trial.World.Clock.Advance(2 * time.Hour) // what was handed out before has ended
		for i := range 3 {
			said = append(said, fmt.Sprintf("%s %d", c.fault, i))
			must[string](t)(h.Say(ctx, pair.ID, "google", speaker, "", "During "+said[len(said)-1]))
		}
		must[string](t)(h.CheckNow(ctx, "microsoft", nil))
		if got := card(t, h, "microsoft"); got.State != c.state || len(got.Problems) == 0 {
			t.Errorf("%s: the card says %s: %+v", c.fault, got.State, got.Problems)
		}
		eventually(t, 10*time.Second, "they wait", func() bool { return must[ui.State](t)(h.Status(ctx)).Waiting == 3 })
		if n := arrived(t, h, pair.ID, c.fault); n != 0 {
			t.Errorf("%d were sent during %s", n, c.fault)
		}
		must[string](t)(h.Act(ctx, "microsoft", c.mends, b.open(ctx, b.account("microsoft", c.mends)), nil))
		b.wg.Wait()
		eventually(t, 60*time.Second, "everything arrived after "+c.fault, func() bool { return arrived(t, h, pair.ID, c.fault) == 3 })
		fine(t, h.SetFault(ctx, c.fault, false))
		must[string](t)(h.CheckNow(ctx, "microsoft", nil))
		if got := card(t, h, "microsoft"); got.State != ui.CardConnected {
			t.Errorf("after %s was mended the card says %s: %+v", c.fault, got.State, got.Problems)
		}
	}
	eventually(t, 10*time.Second, "nothing waits any more", func() bool { return must[ui.State](t)(h.Status(ctx)).Waiting == 0 })
	var stands []string
	for _, m := range must[ui.Pane](t)(h.Pane(ctx, pair.ID, "microsoft")).Messages {
		if _, said, ok := strings.Cut(m.Text, "During "); ok {
			stands = append(stands, said)
		}
	}
	if !slices.Equal(stands, said) {
		t.Errorf("there stands %q, said was %q", stands, said)
	}
}
