package setup

import (
	"context"
	"fmt"

	"miohub/app/store"
	"miohub/platforms"
)

// Progress is told before each check runs: how many are done, how many there
// are, and what comes now.
type Progress func(done, all int, title string)

// Run runs checks of a connection and keeps what they found. codes narrows them
// as a step does; nil runs all. Checks that write something never run here.
func (w *Wizard) Run(ctx context.Context, conn *platforms.Connection, codes []string, progress Progress) ([]store.CheckResult, error) {
	todo := order(conn.Checks, codes)
	status, err := w.known(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]store.CheckResult, 0, len(todo))
	for i, c := range todo {
		if ctx.Err() != nil {
			break
		}
		if progress != nil {
			progress(i, len(todo), c.Title)
		}
		r := store.CheckResult{Platform: w.Platform.ID, Code: c.Code, Title: c.Title, At: w.Now(), Finding: runOne(ctx, c, status)}
		if ctx.Err() != nil {
			break // a finding made while being cancelled proves nothing
		}
		status[c.Code] = r.Finding.Status
		out = append(out, r)
	}
	if err := w.Store.SaveChecks(context.WithoutCancel(ctx), out); err != nil {
		return out, fmt.Errorf("setup: keep findings: %w", err)
	}
	return out, ctx.Err()
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

func (w *Wizard) known(ctx context.Context) (map[string]platforms.Status, error) {
	results, err := w.Store.LatestChecks(ctx, w.Platform.ID)
	if err != nil {
		return nil, fmt.Errorf("setup: read checks: %w", err)
	}
	status := map[string]platforms.Status{}
	for _, r := range results {
		status[r.Code] = r.Finding.Status
	}
	return status, nil
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
