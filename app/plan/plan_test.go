package plan

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"miohub/platforms"
)

// world is fake hands: the present by subject.
type world struct {
	now    map[string]string
	before func(Action) error
	do     func(Action) error
	did    []string
}

func (w *world) Before(_ context.Context, a Action) (string, error) {
	if w.before != nil {
		if err := w.before(a); err != nil {
			return "", err
		}
	}
	return w.now[a.Left.ID], nil
}

func (w *world) Do(_ context.Context, a Action) error {
	w.did = append(w.did, a.ID)
	if w.do != nil {
		if err := w.do(a); err != nil {
			return err
		}
	}
	w.now[a.Left.ID] = a.After
	return nil
}

func act(verb Verb, id string, needs ...string) Action {
	return Action{ID: id, Verb: verb, Title: "Do " + id, Left: platforms.Ref{ID: id}, Before: "off", After: "on", Needs: needs}
}

func off(ids ...string) map[string]string {
	m := map[string]string{}
	for _, id := range ids {
		m[id] = "off"
	}
	return m
}

// run applies and writes the results down as "id state".
func run(t *testing.T, ctx context.Context, w *world, actions ...Action) ([]string, error) {
	t.Helper()
	var out []string
	err := Apply(ctx, actions, w, func(_ context.Context, r Result) error {
		if (r.Err == nil) != (r.State == Applied) {
			t.Errorf("%s is %s with error %v", r.ID, r.State, r.Err)
		}
		out = append(out, fmt.Sprintf("%s %s", r.ID, r.State))
		return nil
	})
	return out, err
}

func TestActionsAreAppliedInTheOrderOfTheirVerbs(t *testing.T) {
	w := &world{now: off("1", "2", "3", "4", "5", "6", "7", "8")}
	got, err := run(t, t.Context(), w, act("later-version", "1"), act(Acknowledge, "2"), act(RenameRoom, "3"), act(LinkRooms, "4"),
		act(Seat, "5"), act(LinkPeople, "6"), act(Restore, "7"), act(Withdraw, "8"))
	want := []string{"8 applied", "7 applied", "6 applied", "5 applied", "4 applied", "3 applied", "2 applied", "1 applied"}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestWhatNeedsAFailedActionIsNotTried(t *testing.T) {
	w := &world{now: off("seat", "link", "other", "room"), do: func(a Action) error {
		if a.ID == "seat" {
			return &platforms.Error{Kind: platforms.Forbidden, Op: "seat"}
		}
		return nil
	}}
	got, err := run(t, t.Context(), w, act(Seat, "seat"), act(LinkRooms, "link", "seat"), act(LinkRooms, "other"), act(RenameRoom, "room", "link"))
	if d := cmp.Diff([]string{"seat failed", "link failed", "other applied", "room failed"}, got); d != "" || err != nil {
		t.Error(err, d)
	}
	if d := cmp.Diff([]string{"seat", "other"}, w.did); d != "" {
		t.Error(d)
	}
}

func TestWhatChangedMeanwhileIsSkipped(t *testing.T) {
	w := &world{now: map[string]string{"stale": "something else", "done": "on", "unreadable": "off", "good": "off"},
		before: func(a Action) error {
			if a.ID == "unreadable" {
				return errors.New("no answer")
			}
			return nil
		}}
	got, err := run(t, t.Context(), w, act(LinkPeople, "stale"), act(LinkPeople, "done"), act(LinkPeople, "unreadable"), act(LinkPeople, "good"))
	if d := cmp.Diff([]string{"stale stale", "done applied", "unreadable failed", "good applied"}, got); d != "" || err != nil {
		t.Error(err, d)
	}
	if d := cmp.Diff([]string{"good"}, w.did); d != "" {
		t.Errorf("done although it must not be: %s", d)
	}
	err = Apply(t.Context(), []Action{act(LinkPeople, "stale")}, w, func(_ context.Context, r Result) error {
		if !errors.Is(r.Err, ErrStale) {
			t.Errorf("stale without ErrStale: %v", r.Err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAConflictIsSuccessWhenSomebodyElseDidIt(t *testing.T) {
	for _, c := range []struct{ now, want string }{{"on", "a applied"}, {"off", "a failed"}} {
		w := &world{now: off("a")}
		w.do = func(Action) error {
			w.now["a"] = c.now
			return &platforms.Error{Kind: platforms.Conflict, Op: "link"}
		}
		got, err := run(t, t.Context(), w, act(LinkRooms, "a"))
		if d := cmp.Diff([]string{c.want}, got); d != "" || err != nil {
			t.Error(err, d)
		}
	}
}

func TestItEndsWithItsContextAndRecordsWhatWasDone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := &world{now: off("a", "b"), do: func(Action) error {
		cancel() // it was done all the same
		return nil
	}}
	var recorded []string
	err := Apply(ctx, []Action{act(LinkPeople, "a"), act(LinkPeople, "b")}, w, func(ctx context.Context, r Result) error {
		recorded = append(recorded, r.ID)
		return ctx.Err() // a store that cannot write once its context has ended
	})
	if d := cmp.Diff([]string{"a"}, recorded); d != "" || !errors.Is(err, context.Canceled) {
		t.Error(err, d)
	}
}

func TestOneCallThatTimesOutDoesNotEndThePlan(t *testing.T) {
	w := &world{now: off("a", "b"), do: func(a Action) error {
		if a.ID == "a" {
			return fmt.Errorf("call: %w", context.DeadlineExceeded)
		}
		return nil
	}}
	got, err := run(t, t.Context(), w, act(LinkPeople, "a"), act(LinkPeople, "b"))
	if d := cmp.Diff([]string{"a failed", "b applied"}, got); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestAnActionThatWasInterruptedIsNotRecorded(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	w := &world{now: off("a"), do: func(Action) error {
		<-ctx.Done()
		return ctx.Err()
	}}
	got, err := run(t, ctx, w, act(LinkPeople, "a"))
	if len(got) > 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(got, err)
	}
}

func TestAResultThatCannotBeRecordedEndsIt(t *testing.T) {
	w := &world{now: off("a", "b")}
	full := errors.New("the disk is full")
	err := Apply(t.Context(), []Action{act(LinkPeople, "a"), act(LinkPeople, "b")}, w, func(context.Context, Result) error { return full })
	if !errors.Is(err, full) || len(w.did) != 1 {
		t.Errorf("%v, did %v", err, w.did)
	}
}

func TestTheRiskIsThatOfTheWorstReader(t *testing.T) {
	for _, c := range []struct {
		kinds []ReaderKind
		want  Risk
	}{
		{nil, RiskNone}, {[]ReaderKind{Colleague}, RiskLow}, {[]ReaderKind{Colleague, Unmatched}, RiskHigh},
		{[]ReaderKind{GuestHere, Colleague}, RiskHigh}, {[]ReaderKind{Outsider}, RiskHigh}, {[]ReaderKind{"of a later version"}, RiskHigh},
	} {
		var readers []Reader
		for _, k := range c.kinds {
			readers = append(readers, Reader{Kind: k})
		}
		if got := RiskOf(readers); got != c.want {
			t.Errorf("%v is risk %q, want %q", c.kinds, got, c.want)
		}
	}
}

func TestIdsAreStableAndTellActionsApart(t *testing.T) {
	seen := map[string]string{}
	for _, parts := range [][]string{{"a", "b"}, {"ab"}, {"a", "", "b"}, {"b", "a"}, {"a\x00b", ""}} {
		id := ID(LinkPeople, parts...)
		if id != ID(LinkPeople, parts...) || id == ID(LinkRooms, parts...) {
			t.Errorf("the id of %q is %s", parts, id)
		}
		if other, there := seen[id]; there {
			t.Errorf("%q and %s share an id", parts, other)
		}
		seen[id] = fmt.Sprintf("%q", parts)
	}
}

func TestAPlanSurvivesBeingStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Make[Action]().Draw(t, "action")
		if len(a.Needs) == 0 {
			a.Needs = nil
		}
		if len(a.Readers) == 0 {
			a.Readers = nil
		}
		body, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back Action
		if err := json.Unmarshal(body, &back); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(a, back); d != "" {
			t.Fatal(d)
		}
	})
}

// planned is the plan that brings the present to what is wanted.
func planned(now, want map[string]string) []Action {
	var out []Action
	for id, to := range want {
		if now[id] != to {
			out = append(out, Action{ID: id, Verb: LinkPeople, Left: platforms.Ref{ID: id}, Before: now[id], After: to})
		}
	}
	return out
}

func TestPlanApplyPlanIsEmptyExceptForWhatFailed(t *testing.T) {
	states := rapid.SampledFrom([]string{"", "on", "off"})
	rapid.Check(t, func(t *rapid.T) {
		subjects := []string{"a", "b", "c", "d"}
		now, want := map[string]string{}, map[string]string{}
		for _, s := range subjects {
			now[s], want[s] = states.Draw(t, "now"), states.Draw(t, "want")
		}
		broken := rapid.SampledFrom(append(subjects, "none")).Draw(t, "broken")
		actions := planned(now, want)
		moved := rapid.SampledFrom(subjects).Draw(t, "moved") // by somebody else, meanwhile
		now[moved] = states.Draw(t, "to")
		w := &world{now: now, do: func(a Action) error {
			if a.ID == broken {
				return errors.New("refused")
			}
			return nil
		}}
		results := map[string]State{}
		if err := Apply(t.Context(), actions, w, func(_ context.Context, r Result) error {
			results[r.ID] = r.State
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(results) != len(actions) {
			t.Fatalf("%d results for %d actions", len(results), len(actions))
		}
		for _, a := range planned(now, want) {
			if s := results[a.ID]; s == Applied || s == "" && a.ID != moved {
				t.Fatalf("%s is to be done again after %q", a.ID, s)
			}
		}
	})
}
