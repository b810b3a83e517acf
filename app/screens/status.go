package screens

import (
	"context"

	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

// Status implements ui.StatusHub.
func (h *Hub) Status(ctx context.Context) (ui.State, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.State, error) {
		now := l.conduct.state()
		waiting, err := l.app.Waiting(ctx)
		if err != nil {
			return ui.State{}, err
		}
		notes, err := l.attention(ctx)
		if err != nil {
			return ui.State{}, err
		}
		s := ui.State{
			Watching: now.running, Waiting: waiting.Inbox + waiting.Outbox + waiting.Held, Problems: len(notes),
			Sandbox: l.trial != nil, ReadOnly: now.locked,
		}
		if now.running && l.imported(ctx) {
			s.NextLook = stamp(now.nextSync)
		}
		p, found, err := l.app.Store.LatestPlan(ctx)
		if err == nil && found && p.State == store.PlanOpen {
			s.PlanRows = p.States[store.ActionProposed]
		}
		return s, err
	})
}

// attention is what needs somebody, worst first.
func (l *live) attention(ctx context.Context) ([]ui.Note, error) {
	var out []ui.Note
	for _, p := range l.app.Platforms() {
		notes, err := l.problems(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, n := range notes {
			n.Text = p.Name + ": " + n.Text
			out = append(out, n)
		}
	}
	if err := l.app.Shipped().Err; err != nil {
		out = append(out, ui.Note{Severity: ui.LevelProblem, Link: "/activity", LinkText: "Look", Text: "The deployment file was not used: " + err.Error()})
	}
	waiting, err := l.app.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	if waiting.Held > 0 {
		out = append(out, ui.Note{Severity: ui.LevelProblem, Link: "/activity", LinkText: "Look",
			Text: plural(waiting.Held, "message is held", "messages are held") + ": it is not certain whether they arrived."})
	}
	if p := l.conduct.state().problem; p != "" {
		out = append(out, ui.Note{Severity: ui.LevelProblem, Link: "/activity", LinkText: "Look", Text: "Carrying messages stopped and is tried again: " + p})
	}
	plan, found, err := l.app.Store.LatestPlan(ctx)
	if err != nil || !found || plan.State != store.PlanOpen {
		return out, err
	}
	why, err := l.heldBecause(ctx, plan)
	if why != "" {
		out = append(out, ui.Note{Severity: ui.LevelWarning, Link: "/plan", LinkText: "Review the plan", Text: why})
	}
	return out, err
}

// problems is what is wrong with one connected platform.
func (l *live) problems(ctx context.Context, p platforms.Platform) ([]ui.Note, error) {
	c, err := l.app.Store.Connection(ctx, p.ID)
	if err != nil || c.State != store.Connected {
		return nil, err
	}
	results, err := l.app.Store.LatestChecks(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	var out []ui.Note
	failed := false
	setUp := "/connect/" + string(p.ID)
	add := func(severity ui.Level, text, link, label string) {
		out = append(out, ui.Note{Text: text, Severity: severity, Platform: string(p.ID), Link: link, LinkText: label})
	}
	found := func(severity ui.Level, r store.CheckResult) {
		f := r.Finding
		out = append(out, ui.Note{Text: r.Title, Detail: sentence(f.Cause, f.Fix), Severity: severity, Platform: string(p.ID),
			Link: setUp, LinkText: "Open the set-up", FixURL: f.FixURL})
	}
	for _, r := range results {
		switch r.Finding.Status {
		case platforms.Fail:
			failed = true
			found(ui.LevelProblem, r)
		case platforms.Warn:
			found(ui.LevelWarning, r)
		}
	}
	if c.Problem != "" && !failed { // else the checks have said it
		add(ui.LevelProblem, c.Problem, setUp, "Open the set-up")
	}
	if e := l.app.Engine(); e != nil {
		if _, problem := e.Looked(p.ID); problem != "" {
			add(ui.LevelWarning, problem, "/activity", "Look")
		}
	}
	return out, nil
}
