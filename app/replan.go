package app

import (
	"cmp"
	"context"
	"slices"

	"miohub/app/plan"
	"miohub/app/store"
)

// Replan makes a plan and takes over what was approved in the open plan before
// it, where the action is the same to the letter.
func (a *App) Replan(ctx context.Context) (store.Plan, error) {
	before, err := a.OpenApprovals(ctx)
	if err != nil {
		return store.Plan{}, err
	}
	p, err := a.MakePlan(ctx)
	if err != nil {
		return p, err
	}
	return p, a.CarryApprovals(ctx, before, p.ID)
}

// Approvals are approved actions by id, each with its text as it was approved.
type Approvals struct {
	plan    int64
	actions map[string]string
}

// OpenApprovals are the approvals of the plan that is open.
func (a *App) OpenApprovals(ctx context.Context) (Approvals, error) {
	out := Approvals{actions: map[string]string{}}
	p, found, err := a.Store.LatestPlan(ctx)
	if err != nil || !found || p.State != store.PlanOpen {
		return out, err
	}
	out.plan = p.ID
	rows, err := a.Store.PlanActions(ctx, p.ID)
	for _, r := range rows {
		if r.State == store.ActionApproved {
			out.actions[r.ID] = string(r.Body)
		}
	}
	return out, err
}

// CarryApprovals marks in a newer plan what was approved before.
func (a *App) CarryApprovals(ctx context.Context, from Approvals, to int64) error {
	if from.plan == to || len(from.actions) == 0 {
		return nil
	}
	rows, err := a.Store.PlanActions(ctx, to)
	if err != nil {
		return err
	}
	var same []string
	for _, r := range rows {
		if body, ok := from.actions[r.ID]; ok && body == string(r.Body) && r.State == store.ActionProposed {
			same = append(same, r.ID)
		}
	}
	if len(same) == 0 {
		return nil
	}
	return a.Store.SetActionStates(ctx, to, same, store.ActionApproved)
}

// distinct drops repeated actions, keeping the first.
func distinct(actions []plan.Action) []plan.Action {
	seen := map[string]bool{}
	out := actions[:0]
	for _, act := range actions {
		if !seen[act.ID] {
			seen[act.ID] = true
			out = append(out, act)
		}
	}
	return out
}

// inOrder makes the order of actions that come from a map the same every time.
func inOrder(actions []plan.Action) []plan.Action {
	slices.SortStableFunc(actions, func(x, y plan.Action) int { return cmp.Compare(x.ID, y.ID) })
	return actions
}
