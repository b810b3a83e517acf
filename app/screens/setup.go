package screens

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"miohub/app/activity"
	"miohub/app/setup"
	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

// openStepKey is the platform setting that remembers which step was shown.
const openStepKey = "wizard.step"

// Wizard implements ui.SetupHub.
func (h *Hub) Wizard(ctx context.Context, platform string) (ui.Wizard, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.Wizard, error) {
		p, err := l.platform(platform)
		if err != nil {
			return ui.Wizard{}, err
		}
		steps, err := l.steps(ctx, p)
		if err != nil {
			return ui.Wizard{}, err
		}
		c, err := l.app.Store.Connection(ctx, p.ID)
		if err != nil {
			return ui.Wizard{}, err
		}
		rows, err := l.checkRows(ctx, p)
		if err != nil {
			return ui.Wizard{}, err
		}
		out := ui.Wizard{Platform: platform, Name: p.Name, Tenant: c.Tenant.Domain, Connected: c.State == store.Connected,
			Current: l.app.Store.Values(p.ID).Get(openStepKey)}
		for _, s := range steps {
			out.Steps = append(out.Steps, stepView(p, s, rows))
		}
		return out, nil
	})
}

func (l *live) steps(ctx context.Context, p platforms.Platform) ([]setup.Step, error) {
	w, err := l.app.Wizard(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	return w.Steps(ctx)
}

func stepView(p platforms.Platform, s setup.Step, rows []ui.CheckRow) ui.Step {
	out := ui.Step{ID: s.ID, Title: s.Title, Summary: s.Summary, State: stepState(s)}
	for _, q := range s.Why {
		out.Why = append(out.Why, ui.Question{Ask: q.Ask, Answer: q.Answer})
	}
	for _, r := range rows {
		if setup.Belongs(s.Checks, r.Code) {
			out.Checks = append(out.Checks, r)
			if r.State == ui.FindingWaiting {
				out.RetryAt = stamp(s.RetryAt)
			}
		}
	}
	for _, part := range s.Parts {
		v := partView(p, s, part, rows)
		out.Parts = append(out.Parts, v)
		if part.Kind == platforms.PartAction && v.State == ui.StepDone && v.Note != "" {
			out.Summary = v.Note
		}
	}
	return out
}

func stepState(s setup.Step) ui.StepState {
	switch s.State {
	case setup.StepProblem:
		return ui.StepFailed
	case setup.StepWaiting:
		return ui.StepWaiting
	case setup.StepDone:
		return ui.StepDone
	}
	return ui.StepTodo
}

func partView(p platforms.Platform, s setup.Step, part platforms.Part, rows []ui.CheckRow) ui.Part {
	out := ui.Part{
		Kind: ui.PartKind(part.Kind), ID: part.ID, Label: part.Label, Text: part.Text, Value: part.Value,
		URL: part.URL, Action: part.Action, Optional: part.Optional, State: ui.StepTodo,
	}
	switch part.Kind {
	case platforms.PartTick:
		if t, ok := s.Ticks[part.ID]; ok {
			out.State, out.Note = ui.StepTicked, "Ticked by "+t.By+", "+said(t.At)
		}
	case platforms.PartField:
		if part.Value != "" {
			out.State = ui.StepDone
		}
	case platforms.PartAction:
		if done := s.Done[part.Action]; done != "" {
			out.State, out.Note = ui.StepDone, signedIn(done)
		}
	case platforms.PartFile:
		if done := s.Done[part.Action]; done != "" {
			out.State, out.Note = ui.StepDone, sentence(part.Value, "· read "+when(done))
		}
	case platforms.PartVerify:
		out.State = stepState(s)
	case platforms.PartScopes:
		out.State = stepState(s)
		for _, g := range p.Grants {
			if row, ok := grantRow(p, g, rows); ok && g.Check == "" && setup.Belongs(s.Checks, row.Code) {
				out.Scopes = append(out.Scopes, scopeRow(g, row))
			}
		}
	}
	return out
}

func scopeRow(g platforms.Grant, r ui.CheckRow) ui.ScopeRow {
	return ui.ScopeRow{Scope: g.Scope, Reason: g.Reason, State: r.State, Evidence: r.Evidence, Cause: r.Cause, Fix: r.Fix, FixURL: r.FixURL, Raw: r.Raw}
}

// grantRow is the check of one grant: the one it names, or the one whose code ends
// in the scope's last part and names who holds it
// ("google.delegation.chat.messages", "microsoft.app.User.Read.All").
func grantRow(p platforms.Platform, g platforms.Grant, rows []ui.CheckRow) (ui.CheckRow, bool) {
	short := g.Scope[strings.LastIndex(g.Scope, "/")+1:]
	for _, r := range rows {
		if g.Check != "" {
			if r.Code == g.Check {
				return r, true
			}
			continue
		}
		holder, scope, ok := strings.Cut(strings.TrimPrefix(r.Code, string(p.ID)+"."), ".")
		if ok && scope == short && strings.HasPrefix(string(g.Kind), holder) {
			return r, true
		}
	}
	return ui.CheckRow{}, false
}

// signedIn puts what the wizard remembers of an action into words: "dana@acme.example, <time>".
func signedIn(done string) string {
	account, at, ok := strings.Cut(done, ", ")
	if !ok {
		return "Done " + when(done)
	}
	return "Signed in as " + account + ", " + when(at)
}

func when(done string) string {
	if i := strings.LastIndex(done, ", "); i >= 0 {
		done = done[i+2:]
	}
	t, err := time.Parse(time.RFC3339, done)
	if err != nil {
		return done
	}
	return said(t)
}

// Open implements ui.SetupHub.
func (h *Hub) Open(ctx context.Context, platform, step string) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		p, err := l.platform(platform)
		if err != nil {
			return err
		}
		return l.app.Store.Values(p.ID).Put(ctx, openStepKey, step)
	})
}

// Tick implements ui.SetupHub.
func (h *Hub) Tick(ctx context.Context, platform, part string, on bool) error {
	return h.wizard(ctx, platform, func(ctx context.Context, w *setup.Wizard) error { return w.Tick(ctx, part, on) })
}

// SetField implements ui.SetupHub.
func (h *Hub) SetField(ctx context.Context, platform, part, value string) error {
	return h.wizard(ctx, platform, func(ctx context.Context, w *setup.Wizard) error { return w.SetField(ctx, part, value) })
}

// PutFile implements ui.SetupHub.
func (h *Hub) PutFile(ctx context.Context, platform, part, name, text string) (string, error) {
	said := ""
	err := h.wizard(ctx, platform, func(ctx context.Context, w *setup.Wizard) (err error) {
		said, err = w.PutFile(ctx, part, text)
		return err
	})
	return said, err
}

// wizard changes something in a platform's wizard; connections built before see
// nothing of it and are dropped.
func (h *Hub) wizard(ctx context.Context, platform string, f func(context.Context, *setup.Wizard) error) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		w, err := l.app.Wizard(ctx, platforms.ID(platform))
		if err != nil {
			return err
		}
		if err := f(ctx, w); err != nil {
			return err
		}
		if err := l.app.Renew(ctx); err != nil {
			return err
		}
		return l.app.Settle(ctx, w.Platform.ID)
	})
}

// Act implements ui.SetupHub.
func (h *Hub) Act(ctx context.Context, platform, action string, open func(url string) error, up ui.Progress) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		w, err := l.app.Wizard(ctx, platforms.ID(platform))
		if err != nil {
			return "", err
		}
		progress(up)(0, 0, "Waiting for your browser")
		out, err := w.Act(ctx, action, open)
		if err != nil {
			return "", l.failed(ctx, w.Platform, "setup.action-failed", "A step of the set-up of "+w.Platform.Name+" failed.", err)
		}
		if err := l.app.Renew(ctx); err != nil {
			return "", err
		}
		l.write(ctx, activity.Entry{Level: store.LevelOK, Code: "setup.action", Platform: w.Platform.ID, Subject: action, Person: out.Account, Text: sentence(w.Platform.Name+":", out.Text)})
		steps, err := w.Steps(ctx)
		if err != nil {
			return "", err
		}
		for _, s := range steps {
			if slices.ContainsFunc(s.Parts, func(p platforms.Part) bool { return p.Action == action }) && len(s.Checks) > 0 {
				if _, err := l.check(ctx, w.Platform, s.Checks, up); err != nil {
					return "", err
				}
			}
		}
		l.conduct.again()
		return out.Text, nil
	})
}

// Verify implements ui.SetupHub.
func (h *Hub) Verify(ctx context.Context, platform, step string, up ui.Progress) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		p, err := l.platform(platform)
		if err != nil {
			return "", err
		}
		steps, err := l.steps(ctx, p)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(steps, func(s setup.Step) bool { return s.ID == step })
		if i < 0 {
			return "", errors.New("there is no step " + step)
		}
		l.app.Forget()
		found, err := l.check(ctx, p, steps[i].Checks, up)
		if err != nil {
			return "", err
		}
		return tally(found), nil
	})
}

// tally says how checks came out.
func tally(found []store.CheckResult) string {
	passed, failed, waiting := 0, 0, 0
	for _, r := range found {
		switch r.Finding.Status {
		case platforms.Pass, platforms.Warn:
			passed++
		case platforms.Waiting:
			waiting++
		default:
			failed++
		}
	}
	text := plural(passed, "check passed", "checks passed")
	if waiting > 0 {
		text += ", " + plural(waiting, "waits for the platform", "wait for the platform")
	}
	if failed > 0 {
		text += ", " + plural(failed, "did not", "did not")
	}
	return text + "."
}

// check runs checks (nil: all), keeps what they found, and records the platform
// as connected once nothing is missing.
func (l *live) check(ctx context.Context, p platforms.Platform, codes []string, up ui.Progress) ([]store.CheckResult, error) {
	return l.app.Check(ctx, p.ID, codes, progress(up))
}

// begun: somebody has signed in, and the set-up has not come to its end.
func begun(c store.Connection) bool {
	return c.State == store.Connecting || c.State == store.NotConnected && c.Tenant.ID != ""
}

// write puts an entry into the log in the name of whoever sits at the window.
func (l *live) write(ctx context.Context, e activity.Entry) {
	if e.Actor == "" {
		e.Actor = l.who
	}
	l.conduct.note(ctx, e)
}

// failed logs an error that a person was waiting for, and hands it on.
func (l *live) failed(ctx context.Context, p platforms.Platform, code, text string, err error) error {
	if !errors.Is(err, context.Canceled) {
		l.write(ctx, activity.Entry{Level: store.LevelProblem, Code: code, Platform: p.ID, Text: text, Err: err})
	}
	return err
}
