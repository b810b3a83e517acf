package demo

import (
	"context"
	"fmt"
	"strings"

	"miohub/app/plan"
	"miohub/app/store"
	"miohub/platforms"
)

// changes lets the organisation move on and looks whether each change is named
// by a row of the next plan and by a row of the log.
func (r *run) changes(ctx context.Context) error {
	r.o.Say("The organisation moves on: people join and leave, rooms are renamed")
	lastRow, err := r.lastLogRow(ctx)
	if err != nil {
		return err
	}
	upsets := r.world.Upheaval(r.o.Size.Seed)
	r.report.Changes.Made = len(upsets)
	p, err := r.app.Sync(ctx, nil)
	if err != nil {
		return err
	}
	if err := r.app.Log.Flush(ctx); err != nil {
		return err
	}
	actions, _, err := r.app.PlanActions(ctx, p.ID)
	if err != nil {
		return err
	}
	rows, err := r.app.Log.Search(ctx, store.LogQuery{Limit: 500})
	if err != nil {
		return err
	}
	for _, u := range upsets {
		inPlan := ""
		for _, a := range actions {
			if about(a, u.Tenant, u.Subject) || u.Room != "" && about(a, u.Tenant, u.Room) && strings.Contains(a.Title, u.Name) {
				inPlan = a.Title
			}
		}
		inLog := false
		for _, row := range rows {
			if row.ID > lastRow && string(row.Platform) == u.Tenant && row.Code != "plan.made" && (subject(row.Subject, u.Subject) || subject(row.Subject, u.Room)) {
				inLog = true
			}
		}
		if inPlan == "" || !inLog {
			r.report.problem("not noticed (plan: %t, log: %t): %s", inPlan != "", inLog, u.Text)
			continue
		}
		r.report.Changes.Noticed++
		r.report.upsets = append(r.report.upsets, fmt.Sprintf("%s  →  %s", u.Text, inPlan))
	}
	return nil
}

func about(a plan.Action, tenant, id string) bool {
	for _, ref := range []platforms.Ref{a.Left, a.Right} {
		if string(ref.Platform) == tenant && subject(ref.ID, id) {
			return true
		}
	}
	return false
}

func subject(have, want string) bool {
	return want != "" && (have == want || strings.HasSuffix(have, "/"+want))
}

func (r *run) lastLogRow(ctx context.Context) (int64, error) {
	if err := r.app.Log.Flush(ctx); err != nil {
		return 0, err
	}
	rows, err := r.app.Log.Search(ctx, store.LogQuery{Limit: 1})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].ID, nil
}
