package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"miohub/app/activity"
	"miohub/app/setup"
	"miohub/app/store"
	"miohub/platforms"
)

// Check runs a platform's checks, but none that write, and keeps what they
// found; codes narrows them as a step does, nil runs all. What could only be
// ticked so far is verified as soon as it can be. Checks that came out otherwise
// than before are logged, the connection's problem is brought up to date, and a
// platform of which nothing is missing any more is recorded as connected.
func (a *App) Check(ctx context.Context, id platforms.ID, codes []string, progress Progress) ([]store.CheckResult, error) {
	done, err := a.takeTurn(ctx, id)
	if err != nil {
		return nil, err
	}
	defer done()
	w, conn, before, err := a.checking(ctx, id)
	if err != nil {
		return nil, err
	}
	found, err := w.Run(ctx, conn, codes, setup.Progress(progress))
	if err == nil {
		var more []store.CheckResult
		more, err = a.checkRipe(ctx, w, conn, progress)
		found = append(found, more...)
	}
	a.tellFindings(ctx, id, before, found)
	if err != nil {
		return found, err
	}
	return found, a.settle(ctx, w)
}

func (a *App) checkRipe(ctx context.Context, w *setup.Wizard, conn *platforms.Connection, progress Progress) ([]store.CheckResult, error) {
	codes, err := w.Ripe(ctx, conn)
	if err != nil || len(codes) == 0 {
		return nil, err
	}
	return w.Run(ctx, conn, codes, setup.Progress(progress))
}

// Probe runs the check of a wizard's probe, which makes something in the tenant
// and removes it again. Call it only for a person who was told what.
func (a *App) Probe(ctx context.Context, id platforms.ID, part string, progress Progress) (store.CheckResult, error) {
	done, err := a.takeTurn(ctx, id)
	if err != nil {
		return store.CheckResult{}, err
	}
	defer done()
	w, conn, before, err := a.checking(ctx, id)
	if err != nil {
		return store.CheckResult{}, err
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "setup.probe", Platform: id, Subject: part, Text: "Something is tried out in the tenant of " + w.Platform.Name + ", as asked for."})
	found, err := w.Probe(ctx, conn, part, setup.Progress(progress))
	if err != nil {
		return found, err
	}
	a.tellFindings(ctx, id, before, []store.CheckResult{found})
	return found, a.settle(ctx, w)
}

// takeTurn waits until no other checks of a platform run in this process: of two
// runs at once, the one that looked first could end last, and its findings would
// stand for what is there now. done gives the turn back.
func (a *App) takeTurn(ctx context.Context, id platforms.ID) (done func(), err error) {
	a.mu.Lock()
	turn := a.turns[id]
	if turn == nil {
		turn = make(chan struct{}, 1)
		a.turns[id] = turn
	}
	a.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (a *App) checking(ctx context.Context, id platforms.ID) (*setup.Wizard, *platforms.Connection, []store.CheckResult, error) {
	w, err := a.Wizard(ctx, id)
	if err != nil {
		return nil, nil, nil, err
	}
	conn, err := a.Connection(ctx, id)
	if err != nil {
		return nil, nil, nil, err
	}
	before, err := a.Store.LatestChecks(ctx, id)
	return w, conn, before, err
}

// Settle draws the conclusions from what was ticked, typed or chosen in a
// platform's wizard: it may be connected now.
func (a *App) Settle(ctx context.Context, id platforms.ID) error {
	w, err := a.Wizard(ctx, id)
	if err != nil {
		return err
	}
	return a.settle(ctx, w)
}

// settle draws the conclusions from what was found, ticked or typed.
func (a *App) settle(ctx context.Context, w *setup.Wizard) error {
	if err := a.complete(ctx, w); err != nil {
		return err
	}
	return a.judge(ctx, w)
}

// tellFindings logs the checks that came out differently than the last time.
// What was merely skipped because another check failed goes without saying.
func (a *App) tellFindings(ctx context.Context, id platforms.ID, before, found []store.CheckResult) {
	was := map[string]platforms.Status{}
	for _, r := range before {
		was[r.Code] = r.Finding.Status
	}
	for _, r := range found {
		f := r.Finding
		if was[r.Code] == f.Status || f.Status == platforms.Skipped {
			continue
		}
		e := activity.Entry{Level: store.LevelInfo, Code: "setup.check", Platform: id, Subject: r.Code,
			Text: strings.TrimSpace(r.Title + ": " + strings.TrimSpace(f.Evidence+" "+f.Cause))}
		switch f.Status {
		case platforms.Pass:
			e.Level = store.LevelOK
		case platforms.Fail:
			e.Level = store.LevelProblem
			e.Detail = map[string]any{"cause": f.Cause, "fix": f.Fix, "fixUrl": f.FixURL, "raw": f.Raw}
		}
		a.write(ctx, e)
	}
}

// complete records a platform as connected once every step is done.
func (a *App) complete(ctx context.Context, w *setup.Wizard) error {
	id := w.Platform.ID
	c, err := a.Store.Connection(ctx, id)
	if err != nil || !begun(c) {
		return err
	}
	missing, err := w.Complete(ctx)
	if err != nil || len(missing) > 0 {
		return err
	}
	if err := a.Arrived(ctx, id); err != nil {
		return err
	}
	a.write(ctx, activity.Entry{Level: store.LevelOK, Code: "platform.connected", Platform: id, Text: w.Platform.Name + " is connected with " + c.Tenant.Domain + "."})
	if err := a.Renew(ctx); err != nil {
		return err
	}
	a.resume(ctx, w.Platform)
	return nil
}

// begun: somebody has signed in, and the set-up has not come to its end.
func begun(c store.Connection) bool {
	return c.State == store.Connecting || c.State == store.NotConnected && c.Tenant.ID != ""
}

// judge brings the problem of a connected platform up to date: what its first
// failing check found. It is logged when it changes and when it is over.
func (a *App) judge(ctx context.Context, w *setup.Wizard) error {
	id := w.Platform.ID
	c, err := a.Store.Connection(ctx, id)
	if err != nil || c.State != store.Connected {
		return err
	}
	h, err := a.Health(ctx, id)
	if err != nil {
		return err
	}
	if h.State != Unwell && h.State != SignedOut {
		if c.Problem == "" {
			return nil
		}
		c.Problem, c.LastSuccess = "", a.now()
		a.write(ctx, activity.Entry{Level: store.LevelOK, Code: "platform.recovered", Platform: id, Text: w.Platform.Name + " works again; what is queued is carried now."})
		return a.Store.SaveConnection(ctx, c)
	}
	problem := strings.TrimSpace(h.Title + ": " + h.Finding.Cause)
	if problem == c.Problem {
		return nil
	}
	c.Problem = problem
	a.write(ctx, activity.Entry{Level: store.LevelProblem, Code: "platform.problem", Platform: id, Subject: h.Check,
		Text:   fmt.Sprintf("%s does not work as it should: %s Messages are queued meanwhile.", w.Platform.Name, problem),
		Detail: map[string]any{"cause": h.Finding.Cause, "fix": h.Finding.Fix, "fixUrl": h.Finding.FixURL, "raw": h.Finding.Raw}})
	return a.Store.SaveConnection(ctx, c)
}

// HealthState is how a connection stands in one word.
type HealthState string

// The states of a connection's health.
const (
	Absent    HealthState = "absent"  // not connected
	Well      HealthState = "well"    // every check passed
	Warned    HealthState = "warned"  // it works, but somebody should know something
	Behind    HealthState = "waiting" // the vendor has not caught up with a change yet
	Unwell    HealthState = "problem" // a check failed
	SignedOut HealthState = "sign-in" // somebody has to sign in again
)

// Health is how a connection stands: the worst that its checks found last.
type Health struct {
	State   HealthState
	Check   string // the code of the check that says so; "" when all passed
	Title   string
	Finding platforms.Finding
	Since   time.Time // when it was first found so
	At      time.Time // when the checks last ran
	// Next is when they run again by themselves; zero when nobody watches here.
	Next time.Time
}

// Health tells how a platform's connection stands. It makes no call.
func (a *App) Health(ctx context.Context, id platforms.ID) (Health, error) {
	c, err := a.Store.Connection(ctx, id)
	if err != nil || c.State != store.Connected {
		return Health{State: Absent}, err
	}
	results, err := a.Store.LatestChecks(ctx, id)
	if err != nil {
		return Health{}, err
	}
	h := worst(a.inOrder(ctx, id, results))
	h.Next = a.nextCheck()
	return h, nil
}

// inOrder puts results into the order in which the checks run, where what others
// need comes first. Without a connection they stay as they are.
func (a *App) inOrder(ctx context.Context, id platforms.ID, results []store.CheckResult) []store.CheckResult {
	conn, err := a.Connection(ctx, id)
	if err != nil {
		return results
	}
	last := map[string]store.CheckResult{}
	for _, r := range results {
		last[r.Code] = r
	}
	var out []store.CheckResult
	for _, c := range conn.Checks {
		if r, looked := last[c.Code]; looked && !c.Writes {
			out = append(out, r)
		}
	}
	return out
}

// worst is the first of the gravest results; a lost sign-in is the gravest, as it
// is what somebody can mend.
func worst(results []store.CheckResult) Health {
	h := Health{State: Well}
	grave := map[platforms.Status]int{platforms.Warn: 1, platforms.Waiting: 2, platforms.Fail: 3}
	state := []HealthState{Well, Warned, Behind, Unwell, SignedOut}
	at := 0
	for _, r := range results {
		if r.At.After(h.At) {
			h.At = r.At
		}
		g := grave[r.Finding.Status]
		if r.Finding.SignIn && r.Finding.Status == platforms.Fail {
			g++
		}
		if g > at {
			at = g
			h.State, h.Check, h.Title, h.Finding, h.Since = state[g], r.Code, r.Title, r.Finding, r.Since
		}
	}
	return h
}

// CheckHistory is what a check found over time, newest first, at most limit
// stretches in which it found the same.
func (a *App) CheckHistory(ctx context.Context, id platforms.ID, code string, limit int) ([]store.CheckResult, error) {
	return a.Store.CheckHistory(ctx, id, code, limit)
}

// Explain names the cause of a platform's failed operation, with what mends it,
// judged from the error alone. It makes no call.
func (a *App) Explain(ctx context.Context, id platforms.ID, err error) platforms.Finding {
	p, unknown := a.Platform(id)
	if unknown == nil && p.Explain != nil {
		return p.Explain(a.Env(ctx, id, nil).Values, err)
	}
	return platforms.Finding{Status: platforms.Fail, Cause: err.Error(), Raw: err.Error(), Unrecognised: true}
}
