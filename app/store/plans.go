package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// PlanState is how far a plan has come.
type PlanState string

// The states of a plan.
const (
	PlanOpen     PlanState = "open"     // waits for somebody to approve it
	PlanApproved PlanState = "approved" // being applied, or about to be
	PlanApplied  PlanState = "applied"  // every approved action was tried
	PlanStale    PlanState = "stale"    // a newer plan took its place
)

// Plan is a stored list of proposed changes.
type Plan struct {
	ID      int64               `json:"id"`
	Made    time.Time           `json:"made"`
	State   PlanState           `json:"state"`
	Actions int                 `json:"actions"`
	Counts  map[string]int      `json:"counts"` // of actions by verb
	States  map[ActionState]int `json:"states"` // of actions by state
}

// ActionState is what became of an action.
type ActionState string

// The states of an action.
const (
	ActionProposed ActionState = "proposed"
	ActionApproved ActionState = "approved"
	ActionDeclined ActionState = "declined"
	ActionApplied  ActionState = "applied"
	ActionFailed   ActionState = "failed"
	ActionStale    ActionState = "stale" // what it would change has changed meanwhile
)

// StoredAction is one row of a plan. Body is the whole action as its package
// wrote it; the rest is what lists are filtered by.
type StoredAction struct {
	PlanID  int64           `json:"planId"`
	Seq     int             `json:"seq"` // from 0, the order to apply in
	ID      string          `json:"id"`  // unique in the plan
	Verb    string          `json:"verb"`
	Subject string          `json:"subject"`
	Title   string          `json:"title"`
	Risk    string          `json:"risk"`
	State   ActionState     `json:"state"`
	Body    json.RawMessage `json:"body"`
	Error   string          `json:"error"`
	At      time.Time       `json:"at"` // of the state
}

// SavePlan stores a new open plan and returns its id. Plans that were still open
// become stale; PlanID, Seq and At are set here, an empty State is proposed.
func (s *Store) SavePlan(ctx context.Context, actions []StoredAction) (int64, error) {
	var id int64
	err := s.write(ctx, "save plan", func(tx *sql.Tx) (err error) {
		now := nanos(s.now())
		if _, err := tx.ExecContext(ctx, "UPDATE plans SET state = 'stale' WHERE state = 'open'"); err != nil {
			return err
		}
		if id, err = returned(ctx, tx, "INSERT INTO plans (made, state) VALUES (?, 'open') RETURNING id", now); err != nil {
			return err
		}
		for i, a := range actions {
			if a.State == "" {
				a.State = ActionProposed
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO plan_actions (plan, seq, id, verb, subject, title, risk, state, body, error, at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, i, a.ID, a.Verb, a.Subject, a.Title, a.Risk, a.State, string(a.Body), a.Error, now); err != nil {
				return err
			}
		}
		return nil
	})
	return id, err
}

const planColumns = `SELECT id, made, state,
	(SELECT count(*) FROM plan_actions WHERE plan = plans.id),
	(SELECT json_group_object(verb, n) FROM (SELECT verb, count(*) AS n FROM plan_actions WHERE plan = plans.id GROUP BY verb)),
	(SELECT json_group_object(state, n) FROM (SELECT state, count(*) AS n FROM plan_actions WHERE plan = plans.id GROUP BY state))
	FROM plans`

func planRow(sc scan) (Plan, error) {
	var p Plan
	err := sc(&p.ID, timeColumn{&p.Made}, &p.State, &p.Actions, jsonColumn{&p.Counts}, jsonColumn{&p.States})
	return p, err
}

// Plans are the newest plans first, at most limit.
func (s *Store) Plans(ctx context.Context, limit int) ([]Plan, error) {
	return list(ctx, s.r, "plans", planRow, planColumns+" ORDER BY id DESC LIMIT ?", limit)
}

// Plan is one plan, and whether there is one.
func (s *Store) Plan(ctx context.Context, id int64) (Plan, bool, error) {
	return one(ctx, s.r, "plan", planRow, planColumns+" WHERE id = ?", id)
}

// LatestPlan is the newest plan, and whether there is one.
func (s *Store) LatestPlan(ctx context.Context) (Plan, bool, error) {
	return one(ctx, s.r, "latest plan", planRow, planColumns+" ORDER BY id DESC LIMIT 1")
}

// PlanActions are a plan's actions in the order to apply them in.
func (s *Store) PlanActions(ctx context.Context, plan int64) ([]StoredAction, error) {
	return list(ctx, s.r, "plan's actions", func(sc scan) (StoredAction, error) {
		var a StoredAction
		var body string
		err := sc(&a.PlanID, &a.Seq, &a.ID, &a.Verb, &a.Subject, &a.Title, &a.Risk, &a.State, &body, &a.Error, timeColumn{&a.At})
		a.Body = json.RawMessage(body)
		return a, err
	}, "SELECT plan, seq, id, verb, subject, title, risk, state, body, error, at FROM plan_actions WHERE plan = ? ORDER BY seq", plan)
}

// SetActionState notes what became of an action; errText is the reason in words, or "".
func (s *Store) SetActionState(ctx context.Context, plan int64, id string, state ActionState, errText string) error {
	return s.update(ctx, "set an action's state", "UPDATE plan_actions SET state = ?, error = ?, at = ? WHERE plan = ? AND id = ?",
		state, errText, nanos(s.now()), plan, id)
}

// SetActionStates notes one state for several actions in one transaction: all
// of them, or none.
func (s *Store) SetActionStates(ctx context.Context, plan int64, ids []string, state ActionState) error {
	return s.write(ctx, "set actions' states", func(tx *sql.Tx) error {
		for _, id := range ids {
			res, err := tx.ExecContext(ctx, "UPDATE plan_actions SET state = ?, error = '', at = ? WHERE plan = ? AND id = ?", state, nanos(s.now()), plan, id)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil || n == 0 {
				return ErrNotFound
			}
		}
		return nil
	})
}

// SetPlanState moves a plan on.
func (s *Store) SetPlanState(ctx context.Context, plan int64, state PlanState) error {
	return s.update(ctx, "set a plan's state", "UPDATE plans SET state = ? WHERE id = ?", state, plan)
}
