package screens

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"miohub/app/plan"
	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

// keptPlans is how many plans the history shows.
const keptPlans = 50

// MakePlan implements ui.PlanHub. It looks before it compares: what was applied a
// moment ago would otherwise be proposed again.
func (h *Hub) MakePlan(ctx context.Context, up ui.Progress) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		l.work.Lock()
		defer l.work.Unlock()
		p, err := l.app.Sync(ctx, progress(up))
		if err != nil {
			return "", err
		}
		if p.Actions == 0 {
			return "Nothing has to change.", nil
		}
		return plural(p.Actions, "change is proposed.", "changes are proposed."), nil
	})
}

// CurrentPlan implements ui.PlanHub.
func (h *Hub) CurrentPlan(ctx context.Context) (ui.PlanView, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.PlanView, error) {
		p, found, err := l.app.Store.LatestPlan(ctx)
		if err != nil || !found {
			return ui.PlanView{State: ui.PlanNone}, err
		}
		return l.planView(ctx, p)
	})
}

// PlanByID implements ui.PlanHub.
func (h *Hub) PlanByID(ctx context.Context, id string) (ui.PlanView, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.PlanView, error) {
		p, err := l.plan(ctx, id)
		if err != nil {
			return ui.PlanView{}, err
		}
		return l.planView(ctx, p)
	})
}

func (l *live) plan(ctx context.Context, id string) (store.Plan, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return store.Plan{}, fmt.Errorf("%q is no plan", id)
	}
	p, found, err := l.app.Store.Plan(ctx, n)
	if err == nil && !found {
		err = &platforms.Error{Kind: platforms.NotFound, Op: "open plan " + id, Text: "there is no such plan"}
	}
	return p, err
}

func (l *live) planView(ctx context.Context, p store.Plan) (ui.PlanView, error) {
	out := ui.PlanView{ID: strconv.FormatInt(p.ID, 10), Made: stamp(p.Made)}
	actions, rows, err := l.app.PlanActions(ctx, p.ID)
	if err != nil {
		return out, err
	}
	v, err := l.app.View(ctx)
	if err != nil {
		return out, err
	}
	names := labelsOf(v)
	counts := map[plan.Verb]int{}
	for i, act := range actions {
		if rows[i].State == store.ActionDeclined {
			continue
		}
		counts[act.Verb]++
		row := planRow(act, rows[i])
		names.name(&row, act)
		out.Rows = append(out.Rows, row)
	}
	for _, verb := range plan.Verbs() {
		if counts[verb] > 0 {
			title, text := verbWords(verb)
			out.Groups = append(out.Groups, ui.Group{Verb: string(verb), Title: title, Text: text, Count: counts[verb]})
		}
	}
	out.State = l.planState(p, len(out.Rows))
	if out.State == ui.PlanReview {
		if out.Reason, err = l.heldBecause(ctx, p); out.Reason != "" {
			out.State = ui.PlanHeld
		}
	}
	return out, err
}

func (l *live) planState(p store.Plan, rows int) ui.PlanState {
	switch {
	case p.State == store.PlanStale:
		return ui.PlanDiscarded
	case p.State == store.PlanApplied:
		return ui.PlanApplied
	case l.applying.Load() == p.ID:
		return ui.PlanApplying
	case rows == 0:
		return ui.PlanEmpty
	}
	return ui.PlanReview
}

func planRow(act plan.Action, row store.StoredAction) ui.PlanRow {
	out := ui.PlanRow{
		ID: act.ID, Verb: string(act.Verb), Subject: act.Title, Before: act.Before, After: act.After, Reason: act.Reason,
		Risk: ui.RiskLow, Readers: -1, Result: row.Error, Needs: act.Needs, State: ui.RowProposed, Undo: act.Undo != "",
	}
	switch act.Risk {
	case plan.RiskLow:
		out.Risk = ui.RiskMedium
	case plan.RiskHigh:
		out.Risk = ui.RiskHigh
	}
	switch row.State {
	case store.ActionApproved:
		out.State = ui.RowApproved
	case store.ActionApplied:
		out.State = ui.RowDone
	case store.ActionFailed:
		out.State = ui.RowFailed
	case store.ActionStale:
		out.State = ui.RowStale
	}
	if act.Verb == plan.LinkRooms || act.Verb == plan.Seat {
		out.Readers = len(act.Readers)
		out.Outside, out.RiskWhy = outside(act)
	}
	if out.RiskWhy == "" && act.Risk == plan.RiskHigh {
		out.RiskWhy = act.Reason
	}
	return out
}

// outside counts the readers that raise an action's risk, and names their kinds.
func outside(act plan.Action) (n int, why string) {
	kinds := map[plan.ReaderKind]int{}
	for _, r := range act.Readers {
		kinds[r.Kind]++
	}
	var parts []string
	for _, k := range []struct {
		kind      plan.ReaderKind
		one, many string
	}{
		{plan.Outsider, "person from outside", "people from outside"},
		{plan.GuestHere, "guest", "guests"},
		{plan.Unmatched, "person without an account on the other side", "people without an account on the other side"},
	} {
		if c := kinds[k.kind]; c > 0 {
			n += c
			parts = append(parts, plural(c, k.one, k.many))
		}
	}
	if n == 0 {
		return 0, ""
	}
	return n, strings.Join(parts, ", ") + " will newly be able to read it."
}

func verbWords(v plan.Verb) (title, text string) {
	switch v {
	case plan.Withdraw:
		return "Withdraw people", "Nothing appears in their name any more. The link itself is kept."
	case plan.Restore:
		return "Restore people", "Messages appear in their own name again."
	case plan.CreateAccount:
		return "Make accounts", "A person without an account on the other side gets one there. Mio Hub can suspend it later, and deletes none."
	case plan.SuspendAccount:
		return "Suspend accounts", "An account that Mio Hub made can no longer be used."
	case plan.ResumeAccount:
		return "Resume accounts", "An account that Mio Hub made and suspended can be used again."
	case plan.LinkPeople:
		return "Link people", "Two accounts are one person: messages appear in their own name where the platform allows it."
	case plan.Seat:
		return "Add our accounts", "An account of Mio Hub becomes a member of a room, so that it can read and post there."
	case plan.LinkRooms:
		return "Link rooms", "What is said in one room arrives in the other, from that moment on."
	case plan.RenameRoom:
		return "Rename rooms", "The name on one side follows the name on the other."
	case plan.Acknowledge:
		return "Take note", "Something changed that asks for no action."
	}
	return string(v), ""
}

// Approve implements ui.PlanHub.
func (h *Hub) Approve(ctx context.Context, id string, rows []string, on bool) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		p, err := l.plan(ctx, id)
		if err != nil {
			return err
		}
		if on {
			return l.app.Approve(ctx, p.ID, rows)
		}
		return l.app.Undecide(ctx, p.ID, rows)
	})
}

// ApplyPlan implements ui.PlanHub.
func (h *Hub) ApplyPlan(ctx context.Context, id string, up ui.Progress) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		l.work.Lock()
		defer l.work.Unlock()
		p, err := l.plan(ctx, id)
		if err != nil {
			return "", err
		}
		switch {
		case p.State == store.PlanStale:
			return "", &platforms.Error{Kind: platforms.Conflict, Op: "apply the plan", Text: "a newer plan has taken its place"}
		case p.States[store.ActionApproved] == 0:
			return "", errors.New("nothing in this plan is approved yet")
		}
		l.applying.Store(p.ID)
		defer l.applying.Store(0)
		out, err := l.app.Apply(ctx, p.ID, progress(up))
		if err != nil {
			return "", err
		}
		text := plural(out.Applied, "change made", "changes made")
		if out.Stale > 0 {
			text += ", " + plural(out.Stale, "skipped because it had changed", "skipped because they had changed")
		}
		if out.Failed > 0 {
			text += fmt.Sprintf(", %d failed", out.Failed)
		}
		return text + ".", nil
	})
}

// Readers implements ui.PlanHub.
func (h *Hub) Readers(ctx context.Context, id, row string) ([]ui.Reader, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.Reader, error) {
		p, err := l.plan(ctx, id)
		if err != nil {
			return nil, err
		}
		actions, _, err := l.app.PlanActions(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(actions, func(a plan.Action) bool { return a.ID == row })
		if i < 0 {
			return nil, fmt.Errorf("the plan has no row %q", row)
		}
		return readers(actions[i].Readers), nil
	})
}

func readers(list []plan.Reader) []ui.Reader {
	out := make([]ui.Reader, 0, len(list))
	for _, r := range list {
		kind := string(r.Kind)
		if r.Kind == plan.Colleague {
			kind = "internal"
		}
		out = append(out, ui.Reader{Name: r.Name, Address: r.Address, Platform: string(r.Account.Platform), Kind: kind, Reads: r.Reads})
	}
	return out
}

// PlanHistory implements ui.PlanHub.
func (h *Hub) PlanHistory(ctx context.Context) ([]ui.PlanSummary, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.PlanSummary, error) {
		plans, err := l.app.Store.Plans(ctx, keptPlans)
		if err != nil {
			return nil, err
		}
		approved, err := l.app.Log.Search(ctx, store.LogQuery{Code: "plan.approved", Limit: 500})
		if err != nil {
			return nil, err
		}
		var out []ui.PlanSummary
		for _, p := range plans {
			s := ui.PlanSummary{ID: strconv.FormatInt(p.ID, 10), Made: stamp(p.Made), State: l.planState(p, p.Actions), Rows: p.Actions,
				Done: p.States[store.ActionApplied], Failed: p.States[store.ActionFailed]}
			for _, row := range approved {
				if row.Subject == s.ID {
					s.Actor = row.Actor
					break
				}
			}
			if p.State == store.PlanApplied {
				at, err := l.appliedAt(ctx, p.ID)
				if err != nil {
					return nil, err
				}
				s.Applied = stamp(at)
			}
			out = append(out, s)
		}
		return out, nil
	})
}

func (l *live) appliedAt(ctx context.Context, id int64) (time.Time, error) {
	rows, err := l.app.Store.PlanActions(ctx, id)
	var at time.Time
	for _, r := range rows {
		if r.State != store.ActionProposed && r.At.After(at) {
			at = r.At
		}
	}
	return at, err
}

// heldBecause says why a plan goes beyond the safety thresholds; "" when it does not.
func (l *live) heldBecause(ctx context.Context, p store.Plan) (string, error) {
	s, err := l.safety(ctx)
	if err != nil {
		return "", err
	}
	if n := p.Counts[string(plan.Withdraw)]; n > s.MaxDisable {
		links, err := l.app.Store.PersonLinks(ctx)
		if err != nil {
			return "", err
		}
		if beyond(n, len(links), s.MaxDisable, s.MaxDisablePercent) {
			return fmt.Sprintf("%s of %d would be disabled at once, which is more than the safety threshold allows without asking. Look at the names before you approve it.",
				plural(n, "person", "people"), len(links)), nil
		}
	}
	if p.Counts[string(plan.Acknowledge)] <= s.MaxUnlink {
		return "", nil // a room that is gone is a row of its own
	}
	gone, all, err := l.goneRooms(ctx)
	if err == nil && beyond(gone, all, s.MaxUnlink, s.MaxUnlinkPercent) {
		return fmt.Sprintf("%s of %d linked ones disappeared at once, which is more than the safety threshold allows without asking.", plural(gone, "room", "rooms"), all), nil
	}
	return "", err
}

func beyond(n, all, count, percent int) bool { return n > count && n*100 > all*percent }

// goneRooms counts the linked pairs of which a room was not there when it was last looked.
func (l *live) goneRooms(ctx context.Context) (gone, all int, err error) {
	links, err := l.app.Store.RoomLinks(ctx)
	if err != nil {
		return 0, 0, err
	}
	known := map[platforms.Ref]bool{}
	for _, p := range l.app.Platforms() {
		c, err := l.app.Store.Connection(ctx, p.ID)
		if err != nil {
			return 0, 0, err
		}
		list, err := l.app.Store.Rooms(ctx, p.ID)
		if err != nil {
			return 0, 0, err
		}
		for _, r := range list {
			known[platforms.Ref{Platform: p.ID, Tenant: c.Tenant.ID, ID: string(r.ID)}] = true
		}
	}
	for _, r := range links {
		if r.State == store.RoomUnlinked {
			continue
		}
		all++
		if !known[r.Left] || !known[r.Right] {
			gone++
		}
	}
	return gone, all, nil
}
