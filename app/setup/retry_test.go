package setup

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
)

// proving is a platform whose one step has a tick with a check and a probe.
func proving(t *testing.T) *rig {
	r := newRig(t)
	r.Platform.Steps = func(platforms.Values) []platforms.Step {
		return []platforms.Step{{ID: "s", Title: "S", Checks: []string{"base"}, Parts: []platforms.Part{
			{Kind: platforms.PartTick, ID: "tick", Label: "On", Check: "proof"},
			{Kind: platforms.PartProbe, ID: "try", Label: "Try", Check: "probe", Optional: true},
			{Kind: platforms.PartField, ID: "way", Label: "Way", Optional: true, Choices: []platforms.Choice{{Value: "a"}, {Value: "b"}}},
			{Kind: platforms.PartField, ID: "pin", Label: "Pin", Optional: true, Secret: true},
		}}}
	}
	return r
}

func TestATickCountsUntilItsCheckHasAResult(t *testing.T) {
	r := proving(t)
	r.found("base", platforms.Pass)
	r.expect(map[string]StepState{"s": StepOpen})
	r.must(r.Tick(t.Context(), "tick", true))
	for _, c := range []struct {
		status platforms.Status
		want   StepState
	}{
		{platforms.Skipped, StepDone}, {platforms.Waiting, StepDone}, {platforms.Fail, StepProblem}, {platforms.Warn, StepDone}, {platforms.Pass, StepDone},
	} {
		r.found("proof", c.status)
		if got := r.states()["s"]; got != c.want {
			t.Errorf("ticked and %s: %s, want %s", c.status, got, c.want)
		}
	}
	r.must(r.Tick(t.Context(), "tick", false))
	r.expect(map[string]StepState{"s": StepDone}) // proved, which needs no tick
}

func TestAProbeRunsForAPersonAlone(t *testing.T) {
	r := proving(t)
	made := 0
	needed := platforms.Fail
	conn := &platforms.Connection{Checks: []platforms.Check{
		{Code: "base", Run: func(context.Context) platforms.Finding { return platforms.Finding{Status: needed} }},
		{Code: "probe", Writes: true, Needs: []string{"base"}, Run: func(context.Context) platforms.Finding {
			made++
			return platforms.Finding{Status: platforms.Pass}
		}},
	}}
	if _, err := r.Run(t.Context(), conn, nil, nil); err != nil || made != 0 {
		t.Errorf("made %d unasked, %v", made, err)
	}
	if _, err := r.Probe(t.Context(), conn, "tick", nil); !errors.Is(err, ErrNoProbe) {
		t.Errorf("a tick was tried out: %v", err)
	}
	if found, err := r.Probe(t.Context(), conn, "try", nil); err != nil || found.Finding.Status != platforms.Skipped || made != 0 {
		t.Errorf("what it needs fails: made %d, %+v, %v", made, found, err)
	}
	needed = platforms.Pass
	if found, err := r.Probe(t.Context(), conn, "try", nil); err != nil || found.Finding.Status != platforms.Pass || made != 1 {
		t.Errorf("made %d, %+v, %v", made, found, err)
	}
}

func TestFieldsTakeTheirChoicesAndSealTheirSecrets(t *testing.T) {
	r := proving(t)
	ctx := t.Context()
	if err := r.SetField(ctx, "way", "c"); platforms.KindOf(err) != platforms.Invalid {
		t.Errorf("a choice that is not offered: %v", err)
	}
	r.must(r.SetField(ctx, "way", "b"))
	r.must(r.SetField(ctx, "pin", "1234"))
	if r.Values.Get("way") != "b" || r.Values.Get("pin") != "" || r.Secrets.Get("pin") != "1234" {
		t.Error("stored in the wrong place")
	}
	r.must(r.SetField(ctx, "pin", ""))
	if r.Secrets.Get("pin") != "" {
		t.Error("an emptied secret is still there")
	}
}

func TestWhatWaitsIsTriedAgainWithGrowingPausesForADay(t *testing.T) {
	r := proving(t)
	ctx := t.Context()
	now := time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	r.Now = func() time.Time { return now }
	r.must(r.Tick(ctx, "tick", true))
	status := platforms.Waiting
	conn := &platforms.Connection{Checks: []platforms.Check{{Code: "base", Run: func(context.Context) platforms.Finding {
		return platforms.Finding{Status: status, Cause: "Not yet."}
	}}}}
	run := func() platforms.Finding {
		found, err := r.Run(ctx, conn, nil, nil)
		r.must(err)
		return found[0].Finding
	}
	var pauses []time.Duration
	for began := now; now.Sub(began) < 24*time.Hour; {
		if f := run(); f.Status != platforms.Waiting {
			t.Fatalf("after %v: %+v", now.Sub(began), f)
		}
		if due, err := r.Due(ctx); err != nil || len(due) != 0 {
			t.Fatalf("due at once: %v, %v", due, err)
		}
		retries, err := r.Store.Retries(ctx, "google")
		r.must(err)
		pauses = append(pauses, retries["base"].Next.Sub(now))
		now = retries["base"].Next
		if due, err := r.Due(ctx); err != nil || len(due) == 0 {
			t.Fatalf("not due: %v, %v", due, err)
		}
	}
	if d := cmp.Diff([]time.Duration{1, 2, 5, 10, 20, 30, 30}, minutes(pauses[:7])); d != "" {
		t.Error(d)
	}
	if f := run(); f.Status != platforms.Fail || f.Cause != "It was waited for in vain for 24 hours. Not yet." {
		t.Errorf("after a day: %+v", f)
	}
	status = platforms.Pass
	run()
	if retries, err := r.Store.Retries(ctx, "google"); err != nil || len(retries) != 0 {
		t.Errorf("it passed and is tried again: %v, %v", retries, err)
	}
	r.expect(map[string]StepState{"s": StepDone})
	history, err := r.Store.CheckHistory(ctx, "google", "base", 10)
	r.must(err)
	if len(history) != 3 || history[2].Times != len(pauses) || history[2].Finding.Status != platforms.Waiting {
		t.Errorf("the history is %+v", history)
	}
}

func minutes(list []time.Duration) []time.Duration {
	out := make([]time.Duration, 0, len(list))
	for _, d := range list {
		out = append(out, d/time.Minute)
	}
	return out
}

func TestAClockThatWasSetBackMakesNoTryWait(t *testing.T) {
	r := proving(t)
	ctx := t.Context()
	r.must(r.Tick(ctx, "tick", true))
	now := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC) // wrong by years
	r.Now = func() time.Time { return now }
	conn := &platforms.Connection{Checks: []platforms.Check{{Code: "base", Run: func(context.Context) platforms.Finding {
		return platforms.Finding{Status: platforms.Waiting}
	}}}}
	run := func() []string {
		due, err := r.Due(ctx)
		r.must(err)
		_, err = r.Run(ctx, conn, []string{"base"}, nil)
		r.must(err)
		return due
	}
	run()
	if due := run(); len(due) != 0 {
		t.Errorf("due at once: %v", due)
	}
	now = now.AddDate(-5, 0, 0)
	if due := run(); len(due) == 0 {
		t.Error("the next try waits for years")
	}
	if due := run(); len(due) != 0 {
		t.Errorf("due at once after the clock was set back: %v", due)
	}
}
