package setup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"miohub/app/store"
	"miohub/platforms"
)

// StepState is where a step stands.
type StepState string

// The states of a step.
const (
	StepOpen    StepState = "open"    // something is left to do
	StepWaiting StepState = "waiting" // done here; the vendor has not caught up
	StepProblem StepState = "problem" // a check failed
	StepDone    StepState = "done"
)

// Step is a step with what has been done of it.
type Step struct {
	platforms.Step
	State    StepState
	Ticks    map[string]store.Tick // by part id
	Done     map[string]string     // actions done, by action: "dana@acme.example, 3 August 14:02"
	Findings []store.CheckResult   // the last result of each check of the step
	// Proofs are the last results of the checks that prove a tick or that a probe
	// runs, by part id.
	Proofs map[string]store.CheckResult
	// Shipped says of the fields and files that a deployment brought who shipped
	// them, by part id.
	Shipped map[string]string
	// Missing says in words what is left to do; empty when nothing is.
	Missing []string
	// RetryAt is when the first of its checks that did not pass is tried again by
	// itself; zero when none is.
	RetryAt time.Time
}

// known is what was ticked and found so far.
type known struct {
	ticks   map[string]store.Tick
	results []store.CheckResult
	retries map[string]store.Retry
}

func (k known) result(code string) (store.CheckResult, bool) {
	i := slices.IndexFunc(k.results, func(r store.CheckResult) bool { return r.Code == code })
	if code == "" || i < 0 {
		return store.CheckResult{}, false
	}
	return k.results[i], true
}

func (w *Wizard) known(ctx context.Context) (known, error) {
	k := known{ticks: map[string]store.Tick{}}
	ticks, err := w.Store.Ticks(ctx, w.Platform.ID)
	if err != nil {
		return k, fmt.Errorf("setup: read ticks: %w", err)
	}
	for _, t := range ticks {
		k.ticks[t.ID] = t
	}
	if k.results, err = w.Store.LatestChecks(ctx, w.Platform.ID); err != nil {
		return k, fmt.Errorf("setup: read checks: %w", err)
	}
	if k.retries, err = w.Store.Retries(ctx, w.Platform.ID); err != nil {
		return k, fmt.Errorf("setup: read retries: %w", err)
	}
	return k, nil
}

// Steps answers every step with its state.
func (w *Wizard) Steps(ctx context.Context) ([]Step, error) {
	k, err := w.known(ctx)
	if err != nil {
		return nil, err
	}
	var out []Step
	for _, s := range w.Platform.Steps(w.Values) {
		out = append(out, w.step(s, k))
	}
	return out, nil
}

func (w *Wizard) step(s platforms.Step, k known) Step {
	step := Step{Step: s, Ticks: map[string]store.Tick{}, Done: map[string]string{},
		Proofs: map[string]store.CheckResult{}, Shipped: map[string]string{}}
	refuted := false
	for _, part := range s.Parts {
		missing, wrong := w.readPart(&step, part, k)
		if part.Optional {
			continue
		}
		refuted = refuted || wrong
		if missing != "" {
			step.Missing = append(step.Missing, missing)
		}
	}
	for _, r := range k.results {
		if Belongs(s.Checks, r.Code) {
			step.Findings = append(step.Findings, r)
		}
	}
	for _, r := range k.retries {
		if step.checks(r.Code) && (step.RetryAt.IsZero() || r.Next.Before(step.RetryAt)) {
			step.RetryAt = r.Next
		}
	}
	if step.State = stateOf(step); refuted {
		step.State = StepProblem
	}
	return step
}

// checks reports whether a check proves the step or one of its parts.
func (s Step) checks(code string) bool {
	return Belongs(s.Step.Checks, code) || slices.ContainsFunc(s.Parts, func(p platforms.Part) bool { return p.Check != "" && p.Check == code })
}

// readPart adds to a step what is known of a part, and answers what is left to
// do about it and whether its check found that it is not so.
func (w *Wizard) readPart(step *Step, part platforms.Part, k known) (missing string, refuted bool) {
	proof, looked := k.result(part.Check)
	if looked {
		step.Proofs[part.ID] = proof
	}
	if by := w.Values.Get(shippedPrefix + part.ID); by != "" && part.ID != "" {
		step.Shipped[part.ID] = by
	}
	switch part.Kind {
	case platforms.PartTick:
		t, ticked := k.ticks[part.ID]
		if ticked {
			step.Ticks[part.ID] = t
		}
		switch { // once its check has come to a result, that counts and not the tick
		case looked && proved(proof):
		case looked && proof.Finding.Status == platforms.Fail:
			return "", true
		case !ticked:
			return "Confirm: " + part.Label, false
		}
	case platforms.PartProbe:
		switch {
		case looked && proof.Finding.Status == platforms.Fail:
			return "", true
		case !looked || !proved(proof):
			return "Try out: " + part.Label, false
		}
	case platforms.PartField:
		if w.Values.Get(part.ID) == "" && w.Secrets.Get(part.ID) == "" && (part.Value == "" || !slices.Contains(choices(part), part.Value)) {
			return "Fill in: " + part.Label, false
		}
	case platforms.PartAction, platforms.PartFile:
		done := w.Values.Get(donePrefix + part.Action)
		if done == "" {
			return part.Label, false
		}
		step.Done[part.Action] = done
	}
	return "", false
}

// proved: a check has found that it is so.
func proved(r store.CheckResult) bool {
	return r.Finding.Status == platforms.Pass || r.Finding.Status == platforms.Warn
}

// Belongs reports whether a check's code is among codes; a code that ends in
// "." stands for all that begin with it.
func Belongs(codes []string, code string) bool {
	for _, c := range codes {
		if c == code || strings.HasSuffix(c, ".") && strings.HasPrefix(code, c) {
			return true
		}
	}
	return false
}

func stateOf(s Step) StepState {
	waiting := false
	// Each code must have been looked at; what was found for another proves nothing.
	unproved := slices.ContainsFunc(s.Checks, func(code string) bool {
		return !slices.ContainsFunc(s.Findings, func(f store.CheckResult) bool { return Belongs([]string{code}, f.Code) })
	})
	for _, f := range s.Findings {
		switch f.Finding.Status {
		case platforms.Fail:
			return StepProblem
		case platforms.Waiting:
			waiting = true
		case platforms.Skipped:
			unproved = true
		}
	}
	switch {
	case len(s.Missing) > 0:
		return StepOpen
	case waiting:
		return StepWaiting
	case unproved:
		return StepOpen
	}
	return StepDone
}

// SignedOut reports whether somebody has to sign in again: a check has failed and
// found that nothing else mends it.
func SignedOut(steps []Step) bool {
	return slices.ContainsFunc(steps, func(s Step) bool {
		return slices.ContainsFunc(s.Findings, func(f store.CheckResult) bool {
			return f.Finding.SignIn && f.Finding.Status == platforms.Fail
		})
	})
}
