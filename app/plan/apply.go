package plan

import (
	"context"
	"errors"
	"fmt"

	"miohub/platforms"
)

// State is where an action of a stored plan stands.
type State string

// The states of an action.
const (
	Proposed State = "proposed"
	Approved State = "approved"
	Applied  State = "applied"
	Failed   State = "failed"
	Stale    State = "stale" // the present differs from Before; skipped
	Declined State = "declined"
)

// Hands carry actions out. One implementation serves every plan; there is no
// second, dry one.
type Hands interface {
	// Before reads the present anew, in the words of Action.Before.
	Before(ctx context.Context, a Action) (string, error)
	// Do makes the change. It must be safe to repeat.
	Do(ctx context.Context, a Action) error
}

// Result is what became of one action.
type Result struct {
	ID    string
	State State
	Err   error // set for Failed, and for Stale with what was found instead
}

// ErrStale is wrapped by the error of a stale result.
var ErrStale = errors.New("changed since the plan was made")

// Apply carries out the actions in order and reports each as it ends. One
// action's failure never stops the others, except those that need it. It stops
// early only when ctx ends.
func Apply(ctx context.Context, actions []Action, hands Hands, done func(context.Context, Result) error) error {
	bad := map[string]bool{}
	for _, a := range Sort(actions) {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := applyOne(ctx, a, hands, bad)
		if r.Err != nil && ctx.Err() != nil {
			return r.Err // interrupted: what became of it is read anew next time
		}
		if r.State != Applied {
			bad[a.ID] = true
		}
		// What was done is recorded even when ctx ended meanwhile.
		if err := done(context.WithoutCancel(ctx), r); err != nil {
			return fmt.Errorf("record action %s: %w", a.ID, err)
		}
	}
	return nil
}

func applyOne(ctx context.Context, a Action, hands Hands, bad map[string]bool) Result {
	for _, need := range a.Needs {
		if bad[need] {
			return Result{a.ID, Failed, fmt.Errorf("%s: an action it needs was not applied", a.Title)}
		}
	}
	before, err := hands.Before(ctx, a)
	switch {
	case err != nil:
		return Result{a.ID, Failed, fmt.Errorf("%s: read the present: %w", a.Title, err)}
	case before == a.After && a.Before != a.After:
		return Result{a.ID, Applied, nil} // somebody did it already
	case before != a.Before:
		return Result{a.ID, Stale, fmt.Errorf("%s: expected %q, found %q: %w", a.Title, a.Before, before, ErrStale)}
	}
	if err := hands.Do(ctx, a); err != nil {
		if platforms.KindOf(err) == platforms.Conflict {
			if now, again := hands.Before(ctx, a); again == nil && now == a.After {
				return Result{a.ID, Applied, nil}
			}
		}
		return Result{a.ID, Failed, fmt.Errorf("%s: %w", a.Title, err)}
	}
	return Result{a.ID, Applied, nil}
}
