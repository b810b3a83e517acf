package screens

import (
	"context"
	"errors"
	"slices"

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
		secrets := l.app.Vault.Secrets(p.ID)
		sealed := func(key string) bool { return secrets.Get(key) != "" }
		for _, s := range steps {
			out.Steps = append(out.Steps, stepView(p, s, rows, sealed))
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
		if err := l.prove(ctx, w.Platform, up); err != nil {
			return "", err
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
		found, err := l.check(ctx, p, proofs(steps[i]), up)
		if err != nil {
			return "", l.explained(ctx, p, err)
		}
		return tally(found), l.prove(ctx, p, up)
	})
}

// prove runs the checks that nobody has run yet of steps in which nothing is left
// for a person to do: whatever can be proved by now is.
func (l *live) prove(ctx context.Context, p platforms.Platform, up ui.Progress) error {
	steps, err := l.steps(ctx, p)
	if err != nil {
		return err
	}
	var codes []string
	for _, s := range steps {
		if s.State == setup.StepOpen && len(s.Missing) == 0 {
			codes = append(codes, s.Checks...)
		}
	}
	if len(codes) == 0 {
		return nil
	}
	_, err = l.check(ctx, p, codes, up)
	return err
}

// proofs are the codes of the checks that prove a step and its ticks.
func proofs(s setup.Step) []string {
	codes := slices.Clone(s.Checks)
	for _, part := range s.Parts {
		if part.Kind == platforms.PartTick && part.Check != "" {
			codes = append(codes, part.Check)
		}
	}
	return codes
}

// Probe implements ui.SetupHub.
func (h *Hub) Probe(ctx context.Context, platform, part string, up ui.Progress) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		p, err := l.platform(platform)
		if err != nil {
			return "", err
		}
		found, err := l.app.Probe(ctx, p.ID, part, progress(up))
		if err != nil {
			return "", l.failed(ctx, p, "setup.probe-failed", "Something could not be tried out in the tenant of "+p.Name+".", err)
		}
		return sentence(found.Finding.Evidence, found.Finding.Cause), nil
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

// explained is an error with what its platform makes of it, where it is an answer
// of the vendor's; the hub's own sentences explain themselves.
func (l *live) explained(ctx context.Context, p platforms.Platform, err error) error {
	var e *platforms.Error
	if errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Status == 0 && e.Code == "" {
		return err
	}
	return &ui.Explained{Err: err, Finding: l.app.Explain(ctx, p.ID, err)}
}

// failed logs an error that a person was waiting for, and hands it on with what
// its platform makes of it.
func (l *live) failed(ctx context.Context, p platforms.Platform, code, text string, err error) error {
	if !errors.Is(err, context.Canceled) {
		l.write(ctx, activity.Entry{Level: store.LevelProblem, Code: code, Platform: p.ID, Text: text, Err: err})
	}
	return l.explained(ctx, p, err)
}
