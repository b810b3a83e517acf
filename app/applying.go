package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"miohub/app/activity"
	"miohub/app/plan"
	"miohub/app/store"
	"miohub/platforms"
)

// PlanActions reads a stored plan's actions back.
func (a *App) PlanActions(ctx context.Context, id int64) ([]plan.Action, []store.StoredAction, error) {
	rows, err := a.Store.PlanActions(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	actions := make([]plan.Action, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r.Body, &actions[i]); err != nil {
			return nil, nil, fmt.Errorf("read action %s of plan %d: %w", r.ID, id, err)
		}
	}
	return actions, rows, nil
}

// Approve marks actions of a plan as approved by whoever runs the hub, and says
// so in the log. No ids approves nothing.
func (a *App) Approve(ctx context.Context, planID int64, ids []string) error {
	return a.decide(ctx, planID, ids, store.ActionApproved, "plan.approved", "approved")
}

// Decline marks actions as not wanted; they are not proposed again.
func (a *App) Decline(ctx context.Context, planID int64, ids []string) error {
	return a.decide(ctx, planID, ids, store.ActionDeclined, "plan.declined", "declined")
}

// Undecide puts actions back to proposed.
func (a *App) Undecide(ctx context.Context, planID int64, ids []string) error {
	return a.decide(ctx, planID, ids, store.ActionProposed, "plan.undecided", "put back")
}

func (a *App) decide(ctx context.Context, planID int64, ids []string, state store.ActionState, code, word string) error {
	if len(ids) == 0 {
		return nil
	}
	p, found, err := a.Store.Plan(ctx, planID)
	if err != nil {
		return err
	}
	if !found || p.State != store.PlanOpen {
		return fmt.Errorf("plan %d is no longer open; look at the latest plan", planID)
	}
	if err := a.Store.SetActionStates(ctx, planID, ids, state); err != nil {
		return err
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: code, Subject: fmt.Sprint(planID),
		Text: fmt.Sprintf("%s of plan %d %s.", count(len(ids), "action", "actions"), planID, word)})
	return nil
}

// Applied counts what became of a plan's approved actions.
type Applied struct {
	Applied, Failed, Stale int
	Errors                 []error
}

// Apply carries out the approved actions of a plan, each checked against the
// present first. One action's failure does not stop the others. It can be
// repeated after any interruption.
func (a *App) Apply(ctx context.Context, planID int64, progress Progress) (Applied, error) {
	var out Applied
	p, found, err := a.Store.Plan(ctx, planID)
	switch {
	case err != nil:
		return out, err
	case !found || p.State == store.PlanStale:
		return out, fmt.Errorf("plan %d is no longer open; look at the latest plan", planID)
	}
	actions, rows, err := a.PlanActions(ctx, planID)
	if err != nil {
		return out, err
	}
	todo, unmet := approved(actions, rows)
	done := 0
	for _, r := range unmet {
		if err := a.record(ctx, planID, actions, r, &out); err != nil {
			return out, err
		}
	}
	err = plan.Apply(ctx, todo, &hands{a: a}, func(ctx context.Context, r plan.Result) error {
		done++
		report(progress, done, len(todo), "Applying the plan")
		return a.record(ctx, planID, todo, r, &out)
	})
	if err != nil {
		return out, err
	}
	if err := a.Store.SetPlanState(ctx, planID, store.PlanApplied); err != nil {
		return out, err
	}
	return out, a.refreshEngine(ctx)
}

// approved are the actions to carry out. Those that need an action which was
// neither approved nor applied are not tried: they are answered as failed.
func approved(actions []plan.Action, rows []store.StoredAction) (todo []plan.Action, unmet []plan.Result) {
	ready := map[string]bool{}
	for _, r := range rows {
		ready[r.ID] = r.State == store.ActionApproved || r.State == store.ActionApplied
	}
	for i, r := range rows {
		if r.State != store.ActionApproved {
			continue
		}
		if slices.ContainsFunc(actions[i].Needs, func(need string) bool { return !ready[need] }) {
			unmet = append(unmet, plan.Result{ID: r.ID, State: plan.Failed,
				Err: fmt.Errorf("%s: an action it needs was not approved", actions[i].Title)})
			continue
		}
		todo = append(todo, actions[i])
	}
	return todo, unmet
}

func (a *App) record(ctx context.Context, planID int64, todo []plan.Action, r plan.Result, out *Applied) error {
	var act plan.Action
	for _, t := range todo {
		if t.ID == r.ID {
			act = t
		}
	}
	entry := activity.Entry{Level: store.LevelOK, Code: "plan." + string(act.Verb), Platform: act.Left.Platform, Subject: act.Left.ID, Text: act.Title, Err: r.Err}
	text := ""
	switch r.State {
	case plan.Applied:
		out.Applied++
	case plan.Stale:
		out.Stale++
		entry.Level, entry.Text = store.LevelInfo, "Skipped, because it changed since the plan was made: "+act.Title
	default:
		out.Failed++
		entry.Level, entry.Text = store.LevelProblem, "Failed: "+act.Title
	}
	if r.Err != nil {
		text = r.Err.Error()
		out.Errors = append(out.Errors, r.Err)
	}
	a.write(ctx, entry)
	return a.Store.SetActionState(ctx, planID, r.ID, store.ActionState(r.State), text)
}

// Sync looks at both platforms and makes a plan of what changed. Withdrawing
// people who were suspended at the source is applied at once unless that was
// switched off; nothing else ever is.
func (a *App) Sync(ctx context.Context, progress Progress) (store.Plan, error) {
	left, right, err := a.pair(ctx)
	if err != nil {
		return store.Plan{}, err
	}
	for _, p := range []platforms.Platform{left, right} {
		if _, err := a.Observe(ctx, p.ID, progress); err != nil {
			return store.Plan{}, err
		}
	}
	p, err := a.Replan(ctx)
	if err != nil {
		return p, err
	}
	if err := a.autoWithdraw(ctx, p, progress); err != nil {
		return p, err
	}
	return p, a.refreshEngine(ctx)
}

// AutoWithdrawKey switches off, with "off", the one verb that is applied
// without asking.
const AutoWithdrawKey = "auto.withdraw"

func (a *App) autoWithdraw(ctx context.Context, p store.Plan, progress Progress) error {
	setting, err := a.Store.Setting(ctx, AutoWithdrawKey)
	if err != nil || setting == "off" || p.State != store.PlanOpen {
		return err
	}
	actions, rows, err := a.PlanActions(ctx, p.ID)
	if err != nil {
		return err
	}
	var todo []plan.Action
	for i, act := range actions {
		if act.Verb == plan.Withdraw && act.Risk == plan.RiskNone && rows[i].State == store.ActionProposed {
			todo = append(todo, act)
		}
	}
	links, err := a.Store.PersonLinks(ctx)
	if err != nil {
		return err
	}
	enabled := 0
	for _, l := range links {
		if l.State == store.PersonLinked {
			enabled++
		}
	}
	if a.drops(ctx, enabled, enabled-len(todo)) {
		a.write(ctx, activity.Entry{Level: store.LevelProblem, Code: "sync.held",
			Text: fmt.Sprintf("%d people would be withdrawn at once, which is more than is done without asking. The plan waits for somebody to approve it.", len(todo))})
		return nil
	}
	var out Applied
	return plan.Apply(ctx, todo, &hands{a: a}, func(ctx context.Context, r plan.Result) error {
		return a.record(ctx, p.ID, todo, r, &out)
	})
}

func (a *App) refreshEngine(ctx context.Context) error {
	a.mu.Lock()
	e := a.engine
	a.mu.Unlock()
	if e == nil {
		return nil
	}
	return e.Refresh(ctx)
}

var errUnknownVerb = errors.New("this version does not know what to do with it")
