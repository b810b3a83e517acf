package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"miohub/app"
	"miohub/app/setup"
	"miohub/app/store"
	"miohub/platforms"
)

// runConnect goes through a platform's Connect wizard in a terminal.
func runConnect(ctx context.Context, args []string, s Streams) error {
	f := flags("connect", s)
	c := &connecting{out: s.Out}
	f.Var(&c.fields, "set", "fill in a field: `ID=VALUE`; may be repeated")
	f.Var(&c.secrets, "set-file", "fill in a field from a file, for secrets: `ID=FILE`; may be repeated")
	f.Var(&c.files, "file", "hand over a file: `ID=FILE`; may be repeated")
	client := f.String("client-file", "", "the OAuth client `file`, the same as --file client=FILE")
	account := f.String("service-account-file", "", "the service account's key `file`, the same as --file service_account=FILE")
	f.Var(&c.features, "feature", "switch a feature: `ID=on` or ID=off; may be repeated")
	f.Var(&c.confirm, "confirm", "tick a box by its `id`, or all; may be repeated")
	f.Var(&c.do, "do", "run an optional action by its `id`, or one that was done already; may be repeated")
	f.Var(&c.skip, "skip", "do not run an action now, by its `id`; may be repeated")
	f.Var(&c.probes, "probe", "try something out by its `id`; it makes something in the tenant and removes it; may be repeated")
	f.StringVar(&c.scripts, "scripts", "", "write the scripts of the wizard into this `folder`")
	noBrowser := f.Bool("no-browser", false, "print the pages to open instead of opening them")
	f.DurationVar(&c.wait, "wait", 0, "how long to wait for the vendor, for example 30m")
	link := f.Bool("link", false, "print the link for another administrator, and nothing else")
	asJSON := f.Bool("json", false, "print how each step stands as one JSON object; the rest goes to standard error")
	return onPlatform(ctx, f, args, s, func(ctx context.Context, a *app.App, p platforms.Platform) error {
		for id, path := range map[string]string{"client": *client, "service_account": *account} {
			if path != "" {
				if err := c.files.Set(id + "=" + path); err != nil {
					return err
				}
			}
		}
		c.app, c.platform = a, p
		c.open = func(url string) error {
			fmt.Fprintf(c.out, "      Open this page: %s\n", url)
			if *noBrowser {
				return nil
			}
			if err := openBrowser(url); err != nil {
				fmt.Fprintf(c.out, "      No browser could be opened (%v); open the page yourself.\n", err)
			}
			return nil
		}
		if *asJSON {
			c.out = s.Err
		}
		if interactive(s.In) {
			c.in = bufio.NewReader(s.In)
		}
		if *link {
			return c.printLink(ctx, s.Out)
		}
		err := c.run(ctx)
		if err != nil || !*asJSON {
			return c.outcome(ctx, err, nil)
		}
		return c.outcome(ctx, err, s.Out)
	})
}

// connecting is one walk through a wizard.
type connecting struct {
	app      *app.App
	platform platforms.Platform
	wizard   *setup.Wizard
	out      io.Writer
	in       *bufio.Reader // nil when nobody is there to be asked
	open     func(url string) error

	fields, secrets, files, features pairs
	confirm, do, skip, probes        names
	scripts                          string
	wait                             time.Duration
}

// run does what the options ask for, then goes through the steps, then waits.
func (c *connecting) run(ctx context.Context) (err error) {
	if c.wizard, err = c.app.Wizard(ctx, c.platform.ID); err != nil {
		return err
	}
	if err := c.given(ctx); err != nil {
		return err
	}
	steps, err := c.wizard.Steps(ctx)
	if err != nil {
		return err
	}
	for i := range steps {
		now, err := c.wizard.Steps(ctx) // each step may fill in what later ones show
		if err != nil {
			return err
		}
		if i >= len(now) {
			break
		}
		fmt.Fprintf(c.out, "\n%d/%d  %s\n", i+1, len(now), now[i].Title)
		if err := c.step(ctx, now[i]); err != nil {
			return err
		}
	}
	return c.settle(ctx)
}

// given takes what was handed over on the command line.
func (c *connecting) given(ctx context.Context) error {
	for _, id := range c.features.keys {
		on := c.features.values[id]
		if on != "on" && on != "off" {
			return fmt.Errorf("%w: --feature %s takes on or off", errUsage, id)
		}
		change, err := c.app.SetFeature(ctx, c.platform.ID, platforms.Feature(id), on == "on")
		if err != nil {
			return fmt.Errorf("%w: --feature: %w", errUsage, err)
		}
		c.tellChange(change)
	}
	for _, id := range c.fields.keys {
		if strings.Contains(id, "secret") {
			return fmt.Errorf("%w: everybody on this computer can see a command's options; hand over %s with --set-file", errUsage, id)
		}
		if err := c.wizard.SetField(ctx, id, c.fields.values[id]); err != nil {
			return fmt.Errorf("%w: --set: %w", errUsage, err)
		}
	}
	for _, id := range c.secrets.keys {
		text, err := os.ReadFile(c.secrets.values[id])
		if err != nil {
			return err
		}
		if err := c.wizard.SetField(ctx, id, string(text)); err != nil {
			return fmt.Errorf("%w: --set-file: %w", errUsage, err)
		}
	}
	for _, id := range c.files.keys {
		text, err := os.ReadFile(c.files.values[id])
		if err != nil {
			return err
		}
		said, err := c.wizard.PutFile(ctx, id, string(text))
		if err != nil {
			return err
		}
		fmt.Fprintln(c.out, said)
	}
	return c.app.Renew(ctx)
}

func (c *connecting) tellChange(change app.FeatureChange) {
	if change.Same {
		return
	}
	fmt.Fprintf(c.out, "%s is %s.\n", change.Feature.Title, map[bool]string{true: "on", false: "off"}[change.On])
	for _, g := range change.Adds {
		fmt.Fprintf(c.out, "  to be granted:  %s\n", g.Scope)
	}
	for _, g := range change.Removes {
		fmt.Fprintf(c.out, "  may be revoked: %s\n", g.Scope)
	}
}

func (c *connecting) step(ctx context.Context, s setup.Step) error {
	if s.State == setup.StepDone && !c.wanted(s) {
		fmt.Fprintln(c.out, "      done")
		return nil
	}
	acted := false
	for _, p := range s.Parts {
		did, err := c.part(ctx, s, p)
		if err != nil {
			return err
		}
		acted = acted || did
	}
	if err := c.app.Renew(ctx); err != nil {
		return err
	}
	if len(s.Checks) > 0 && (acted || len(s.Findings) == 0) || verifies(s) {
		found, err := c.app.Check(ctx, c.platform.ID, s.Checks, nil)
		printChecks(c.out, found)
		return err
	}
	return c.app.Settle(ctx, c.platform.ID)
}

func verifies(s setup.Step) bool {
	return slices.ContainsFunc(s.Parts, func(p platforms.Part) bool { return p.Kind == platforms.PartVerify })
}

// wanted: an option names one of the step's actions or probes.
func (c *connecting) wanted(s setup.Step) bool {
	return slices.ContainsFunc(s.Parts, func(p platforms.Part) bool {
		return p.Kind == platforms.PartAction && slices.Contains(c.do, p.ID) || p.Kind == platforms.PartProbe && slices.Contains(c.probes, p.ID)
	})
}

// settle runs every check, again as their next tries come while there is time to
// wait, and says what a probe found.
func (c *connecting) settle(ctx context.Context) error {
	end := c.app.Now().Add(c.wait)
	found, err := c.app.Check(ctx, c.platform.ID, nil, nil)
	for err == nil && waits(found) && c.app.Now().Before(end) {
		fmt.Fprintln(c.out, "\nWaiting for the vendor. Ctrl+C ends it; nothing is lost by that.")
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(c.app.Paced(ctx, time.Minute), end.Sub(c.app.Now()))):
		}
		if err := c.app.Renew(ctx); err != nil {
			return err
		}
		found, err = c.app.Check(ctx, c.platform.ID, nil, nil)
	}
	return err
}

func waits(found []store.CheckResult) bool {
	return slices.ContainsFunc(found, func(r store.CheckResult) bool { return r.Finding.Status == platforms.Waiting })
}

// printLink prints the link that another administrator opens.
func (c *connecting) printLink(ctx context.Context, to io.Writer) (err error) {
	if c.wizard, err = c.app.Wizard(ctx, c.platform.ID); err != nil {
		return err
	}
	if err := c.given(ctx); err != nil {
		return err
	}
	for _, s := range c.platform.Steps(c.wizard.Values) {
		for _, p := range s.Parts {
			if p.Kind == platforms.PartCopy && strings.HasSuffix(p.ID, ".link") && p.Value != "" {
				fmt.Fprintln(to, p.Value)
				return nil
			}
		}
	}
	return fmt.Errorf("%s has no such link, or its first step is not filled in yet", c.platform.Name)
}
