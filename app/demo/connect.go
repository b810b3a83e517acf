package demo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"miohub/app"
	"miohub/app/setup"
	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// Connector presses what an administrator presses in a Connect wizard, with a
// small browser of its own, on sandbox tenants only.
type Connector struct {
	App   *app.App
	Trial *app.Trial
	Say   func(format string, args ...any)
}

// Connect goes through a platform's wizard from the first step to the last.
func (c *Connector) Connect(ctx context.Context, id platforms.ID) error {
	w, err := c.App.Wizard(ctx, id)
	if err != nil {
		return err
	}
	steps, err := w.Steps(ctx)
	if err != nil {
		return err
	}
	for i := range steps {
		now, err := w.Steps(ctx) // each step may fill in what later ones show
		if err != nil {
			return err
		}
		if err := c.step(ctx, w, now[i]); err != nil {
			return fmt.Errorf("%s, %s: %w", w.Platform.Name, now[i].Title, err)
		}
	}
	c.App.Forget()
	conn, err := c.App.Connection(ctx, id)
	if err != nil {
		return err
	}
	if _, err := w.Run(ctx, conn, nil, nil); err != nil {
		return err
	}
	missing, err := w.Complete(ctx)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return c.whatIsMissing(ctx, w, missing)
	}
	return nil
}

func (c *Connector) whatIsMissing(ctx context.Context, w *setup.Wizard, missing []string) error {
	text := fmt.Sprintf("%s is not connected; still open: %s", w.Platform.Name, strings.Join(missing, ", "))
	steps, err := w.Steps(ctx)
	if err != nil {
		return err
	}
	for _, s := range steps {
		for _, m := range s.Missing {
			text += "\n    " + s.Title + ": " + m
		}
		for _, f := range s.Findings {
			if f.Finding.Status == platforms.Fail || f.Finding.Status == platforms.Waiting || f.Finding.Status == platforms.Skipped {
				text += fmt.Sprintf("\n    %s: %s: %s %s", f.Title, f.Finding.Status, f.Finding.Cause, f.Finding.Raw)
			}
		}
	}
	return errors.New(text)
}

func (c *Connector) step(ctx context.Context, w *setup.Wizard, s setup.Step) error {
	c.Say("  %s: %s", w.Platform.Name, s.Title)
	for _, p := range s.Parts {
		var err error
		switch p.Kind {
		case platforms.PartTick:
			err = w.Tick(ctx, p.ID, true)
		case platforms.PartAction:
			if s.Done[p.Action] == "" {
				err = c.act(ctx, w, p.Action)
			}
		case platforms.PartLink:
			if consoleForm(p.URL) {
				err = c.console(ctx, w.Platform.ID, p.URL)
			}
		case platforms.PartVerify:
			c.App.Forget()
			conn, cerr := c.App.Connection(ctx, w.Platform.ID)
			if cerr != nil {
				return cerr
			}
			_, err = w.Run(ctx, conn, s.Checks, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// consoleForm: the link opens a form of the emulated console that is filled in
// already, so that the administrator only has to accept.
func consoleForm(link string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Hostname() == "127.0.0.1" && u.RawQuery != "" && u.Query().Get("clientIdToAdd") != ""
}

func (c *Connector) console(ctx context.Context, id platforms.ID, link string) error {
	_, _, err := c.browser(id, c.account(id, "")).Open(ctx, link)
	return err
}

// act runs an action whose pages the small browser clicks through.
func (c *Connector) act(ctx context.Context, w *setup.Wizard, action string) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	b := c.browser(w.Platform.ID, c.account(w.Platform.ID, action))
	_, err := w.Act(ctx, action, func(address string) error {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, _, err := b.Open(ctx, address); err != nil {
				cancel(fmt.Errorf("in the browser: %w", err))
			}
		}()
		return nil
	})
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	c.App.Forget()
	return err
}

// account is who signs in for an action: the bridge account for its own
// sign-in, the administrator for everything else.
func (c *Connector) account(id platforms.ID, action string) string {
	t := c.Trial.World.Tenant(string(id))
	key := t.Admin
	if strings.Contains(action, "bridge") && t.Bridge != "" {
		key = t.Bridge
	}
	a, _ := t.Account(key)
	if a.Login != "" {
		return a.Login
	}
	return a.Address
}

func (c *Connector) browser(_ platforms.ID, address string) *sandbox.Browser {
	return sandbox.NewBrowser(map[string]string{"address": address})
}
