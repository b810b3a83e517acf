package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"miohub/app/store"
	"miohub/platforms"
)

// Progress is told before each check runs: how many are done, how many there
// are, and what comes now.
type Progress func(done, all int, title string)

// Run runs checks of a connection and keeps what they found. codes narrows them
// as a step does; nil runs all. Checks that write something never run here.
// Results of checks that the connection has no more are put away.
func (w *Wizard) Run(ctx context.Context, conn *platforms.Connection, codes []string, progress Progress) ([]store.CheckResult, error) {
	return w.runChecks(ctx, conn, order(conn.Checks, codes), progress)
}

// ErrNoProbe is answered for a part that tries nothing out.
var ErrNoProbe = errors.New("there is nothing to try out")

// Probe runs the check of a probe, which makes something in the tenant: only
// when a person who has been told what asks for it.
func (w *Wizard) Probe(ctx context.Context, conn *platforms.Connection, part string, progress Progress) (store.CheckResult, error) {
	p, ok := w.part(platforms.PartProbe, part)
	if !ok {
		return store.CheckResult{}, fmt.Errorf("setup: %s: %q: %w", w.Platform.Name, part, ErrNoProbe)
	}
	i := slices.IndexFunc(conn.Checks, func(c platforms.Check) bool { return c.Code == p.Check })
	if i < 0 {
		return store.CheckResult{}, fmt.Errorf("setup: %s: %q: %w yet: finish the steps before it", w.Platform.Name, part, ErrNoProbe)
	}
	// What it needs is looked at anew, so that it makes nothing that must fail.
	needs := append([]string{}, conn.Checks[i].Needs...) // never nil, which would mean all
	todo := append(order(conn.Checks, needs), conn.Checks[i])
	found, err := w.runChecks(ctx, conn, todo, progress)
	if err != nil {
		return store.CheckResult{}, err
	}
	return found[len(found)-1], nil
}

// runChecks runs checks in the given order and keeps what they found.
func (w *Wizard) runChecks(ctx context.Context, conn *platforms.Connection, todo []platforms.Check, progress Progress) ([]store.CheckResult, error) {
	k, err := w.known(ctx)
	if err != nil {
		return nil, err
	}
	status := map[string]platforms.Status{}
	for _, r := range k.results {
		status[r.Code] = r.Finding.Status
	}
	kept := context.WithoutCancel(ctx)
	out := make([]store.CheckResult, 0, len(todo))
	for i, c := range todo {
		if ctx.Err() != nil {
			break
		}
		if progress != nil {
			progress(i, len(todo), c.Title)
		}
		f := runOne(ctx, c, status)
		if ctx.Err() != nil {
			break // a finding made while being cancelled proves nothing
		}
		before, again := k.retries[c.Code]
		if f, err = w.settle(kept, c.Code, f, before, again); err != nil {
			return out, fmt.Errorf("setup: keep findings: %w", err)
		}
		status[c.Code] = f.Status
		out = append(out, store.CheckResult{Platform: w.Platform.ID, Code: c.Code, Title: c.Title, At: w.Now(), Finding: f})
	}
	if err := errors.Join(w.Store.SaveChecks(kept, out), w.Store.RetireChecks(kept, w.Platform.ID, codesOf(conn.Checks))); err != nil {
		return out, fmt.Errorf("setup: keep findings: %w", err)
	}
	return out, ctx.Err()
}

func codesOf(checks []platforms.Check) []string {
	codes := make([]string, 0, len(checks))
	for _, c := range checks {
		codes = append(codes, c.Code)
	}
	return codes
}

// order lists the checks to run: those that codes name (all for nil) and what
// they need, needs first. Checks that write are left out.
func order(all []platforms.Check, codes []string) []platforms.Check {
	byCode := map[string]platforms.Check{}
	for _, c := range all {
		byCode[c.Code] = c
	}
	var out []platforms.Check
	listed := map[string]bool{}
	var add func(platforms.Check)
	add = func(c platforms.Check) {
		if c.Writes || listed[c.Code] {
			return
		}
		listed[c.Code] = true
		for _, need := range c.Needs {
			if n, there := byCode[need]; there {
				add(n)
			}
		}
		out = append(out, c)
	}
	for _, c := range all {
		if codes == nil || Belongs(codes, c.Code) {
			add(c)
		}
	}
	return out
}

func runOne(ctx context.Context, c platforms.Check, status map[string]platforms.Status) platforms.Finding {
	for _, need := range c.Needs {
		if s := status[need]; s != platforms.Pass && s != platforms.Warn {
			return platforms.Finding{Status: platforms.Skipped, Cause: "It needs another check to pass first.", Evidence: need}
		}
	}
	return c.Run(ctx)
}

// Complete records the platform as connected once every step is done, and
// answers what is missing otherwise.
func (w *Wizard) Complete(ctx context.Context) (missing []string, err error) {
	steps, err := w.Steps(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		if s.State != StepDone {
			missing = append(missing, s.Title)
		}
	}
	if len(missing) > 0 {
		return missing, nil
	}
	c, err := w.Store.Connection(ctx, w.Platform.ID)
	if err != nil {
		return nil, fmt.Errorf("setup: %w", err)
	}
	if c.Tenant.ID == "" {
		return []string{"Nobody has signed in yet: it is not known which organisation this is."}, nil
	}
	if c.State != store.Connected {
		c.State, c.Since, c.Problem = store.Connected, w.Now(), ""
	}
	c.LastSuccess = w.Now()
	return nil, w.Store.SaveConnection(ctx, c)
}
