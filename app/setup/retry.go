package setup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"miohub/app/store"
	"miohub/platforms"
)

// longestWait is how long a vendor may take to catch up before it is called a
// failure, in the tenant's time: the longest that any of them says of itself.
const longestWait = 24 * time.Hour

// longestPause is between two tries, in the tenant's time.
const longestPause = 30 * time.Minute

// pause is the time until a check that did not pass is tried again by itself, in
// the tenant's time: after so many tries in a row.
func pause(tries int) time.Duration {
	pauses := []time.Duration{1, 2, 5, 10, 20}
	if tries > len(pauses) {
		return longestPause
	}
	return pauses[max(1, tries)-1] * time.Minute
}

// passing is how long a stretch of the tenant's time takes here.
func (w *Wizard) passing(d time.Duration) time.Duration {
	return time.Duration(float64(d) / max(1, w.Env(nil).Pace))
}

// settle decides when a check is tried again, and answers its finding as it is
// told: one that has been waited for too long has failed.
func (w *Wizard) settle(ctx context.Context, code string, f platforms.Finding, before store.Retry, again bool) (platforms.Finding, error) {
	if f.Status != platforms.Waiting && f.Status != platforms.Fail {
		if !again {
			return f, nil
		}
		return f, w.Store.DeleteRetry(ctx, w.Platform.ID, code)
	}
	now := w.Now()
	r := store.Retry{Platform: w.Platform.ID, Code: code, Status: f.Status, Since: now, Tries: 1}
	if again && before.Status == f.Status {
		r.Since, r.Tries = before.Since, before.Tries+1
	}
	r.Next = now.Add(w.passing(pause(r.Tries)))
	if f.Status == platforms.Waiting && now.Sub(r.Since) >= w.passing(longestWait) {
		f.Status, f.Cause = platforms.Fail, "It was waited for in vain for 24 hours. "+f.Cause
	}
	return f, w.Store.SaveRetry(ctx, r)
}

// Due answers the codes of the checks to run now because one among them did not
// pass and its next try has come: those of its step, or its own. A step that a
// deployment has done is checked once by itself. A step with something left to do
// is not tried: whoever does it has it checked.
func (w *Wizard) Due(ctx context.Context) ([]string, error) {
	k, err := w.known(ctx)
	if err != nil {
		return nil, err
	}
	due := map[string]bool{}
	longest := w.Now().Add(w.passing(longestPause)) // a clock that was set back makes no try wait longer
	for _, r := range k.retries {
		if !r.Next.After(w.Now()) || r.Next.After(longest) {
			due[r.Code] = true
		}
	}
	var codes []string
	for _, s := range w.Platform.Steps(w.Values) {
		step := w.step(s, k)
		tried := len(step.Shipped) > 0 && len(step.Findings) == 0 && len(s.Checks) > 0
		for code := range due {
			if step.checks(code) {
				tried = true
				delete(due, code)
			}
		}
		if tried && len(step.Missing) == 0 {
			codes = append(codes, step.proofs()...)
		}
	}
	return append(codes, slices.Sorted(maps.Keys(due))...), nil
}

// proofs are the codes of the checks that prove the step and its parts.
func (s Step) proofs() []string {
	codes := slices.Clone(s.Step.Checks)
	for _, p := range s.Parts {
		if p.Check != "" && p.Kind != platforms.PartProbe {
			codes = append(codes, p.Check)
		}
	}
	return codes
}

// Ready answers the codes of checks that could come to their first result now, in
// steps with nothing left to do: what they need has passed, and nobody has run
// them since that or since the wizard was last changed. So a consent that is given
// elsewhere is looked for although nobody asked. Checks that need no other wait
// for something to be filled in, chosen or done in their step.
func (w *Wizard) Ready(ctx context.Context, conn *platforms.Connection) ([]string, error) {
	k, err := w.known(ctx)
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, s := range w.Platform.Steps(w.Values) {
		if len(w.step(s, k).Missing) > 0 {
			continue
		}
		for _, c := range conn.Checks {
			if Belongs(s.Checks, c.Code) && !c.Writes && (len(c.Needs) > 0 || demands(s)) && w.ready(c, k) {
				codes = append(codes, c.Code)
			}
		}
	}
	return codes, nil
}

// demands: the step cannot be done without something that a person does in it.
func demands(s platforms.Step) bool {
	return slices.ContainsFunc(s.Parts, func(p platforms.Part) bool {
		return !p.Optional && (p.Kind == platforms.PartField || p.Kind == platforms.PartFile || p.Kind == platforms.PartAction)
	})
}

// ready: the check has not come to a result, what it needs has passed, and the one
// or the other has changed since it was skipped.
func (w *Wizard) ready(c platforms.Check, k known) bool {
	r, looked := k.result(c.Code)
	if looked && r.Finding.Status != platforms.Skipped {
		return false
	}
	changed := !looked || w.lastChange().After(r.At) || r.At.After(w.Now()) // the clock was set back
	for _, need := range c.Needs {
		n, there := k.result(need)
		if !there || !proved(n) {
			return false
		}
		changed = changed || n.Since.After(r.At)
	}
	return changed
}

// Ripe answers the checks that prove a tick, have come to no result yet, and
// could now: what they need has passed meanwhile.
func (w *Wizard) Ripe(ctx context.Context, conn *platforms.Connection) ([]string, error) {
	k, err := w.known(ctx)
	if err != nil {
		return nil, fmt.Errorf("setup: %w", err)
	}
	var codes []string
	for _, s := range w.Platform.Steps(w.Values) {
		for _, p := range s.Parts {
			if p.Kind == platforms.PartTick && p.Check != "" && ripe(conn, k, p.Check) {
				codes = append(codes, p.Check)
			}
		}
	}
	return codes, nil
}

func ripe(conn *platforms.Connection, k known, code string) bool {
	if r, looked := k.result(code); looked && r.Finding.Status != platforms.Skipped {
		return false
	}
	i := slices.IndexFunc(conn.Checks, func(c platforms.Check) bool { return c.Code == code })
	return i >= 0 && !conn.Checks[i].Writes && !slices.ContainsFunc(conn.Checks[i].Needs, func(need string) bool {
		r, looked := k.result(need)
		return !looked || !proved(r)
	})
}
