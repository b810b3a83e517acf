package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"miohub/app/setup"
	"miohub/platforms"
)

// part shows one part of a step and does what it asks for, as far as the options
// or the person say so. It answers whether something was done.
func (c *connecting) part(ctx context.Context, s setup.Step, p platforms.Part) (did bool, err error) {
	if by := s.Shipped[p.ID]; by != "" {
		fmt.Fprintf(c.out, "      %s: shipped by %s\n", p.Label, by)
		return false, nil
	}
	switch p.Kind {
	case platforms.PartText:
		fmt.Fprintf(c.out, "      %s\n", p.Text)
	case platforms.PartLink:
		fmt.Fprintf(c.out, "      %s: %s\n", p.Label, p.URL)
	case platforms.PartCopy:
		fmt.Fprintf(c.out, "      %s: %s\n", p.Label, p.Value)
	case platforms.PartScript:
		return false, c.script(p)
	case platforms.PartTick:
		return c.tick(ctx, s, p)
	case platforms.PartField:
		return c.field(ctx, p)
	case platforms.PartFile:
		if s.Done[p.Action] == "" {
			fmt.Fprintf(c.out, "      %s: hand it over with --file %s=FILE\n", p.Label, p.ID)
		}
	case platforms.PartAction:
		return c.act(ctx, s, p)
	case platforms.PartProbe:
		return c.probe(ctx, p)
	}
	return false, nil
}

func (c *connecting) script(p platforms.Part) error {
	if p.Value == "" {
		return nil
	}
	if c.scripts == "" {
		fmt.Fprintf(c.out, "      %s: --scripts FOLDER writes %s\n", p.Label, p.File)
		return nil
	}
	if err := os.MkdirAll(c.scripts, 0o700); err != nil {
		return err
	}
	path := filepath.Join(c.scripts, filepath.Base(p.File))
	if err := os.WriteFile(path, []byte(p.Value), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "      %s: %s\n", p.Label, path)
	return nil
}

func (c *connecting) tick(ctx context.Context, s setup.Step, p platforms.Part) (bool, error) {
	if r, looked := s.Proofs[p.ID]; looked && (r.Finding.Status == platforms.Pass || r.Finding.Status == platforms.Warn) {
		fmt.Fprintf(c.out, "      [x] %s (verified)\n", p.Label)
		return false, nil
	}
	if t, ticked := s.Ticks[p.ID]; ticked {
		fmt.Fprintf(c.out, "      [x] %s (confirmed by %s, not verified)\n", p.Label, t.By)
		return false, nil
	}
	yes := slices.Contains(c.confirm, p.ID) || slices.Contains(c.confirm, "all")
	if !yes && !c.asks("[ ] "+p.Label+"? [y/N] ") {
		fmt.Fprintf(c.out, "      [ ] %s: confirm it with --confirm %s\n", p.Label, p.ID)
		return false, nil
	}
	fmt.Fprintf(c.out, "      [x] %s\n", p.Label)
	return true, c.wizard.Tick(ctx, p.ID, true)
}

func (c *connecting) field(ctx context.Context, p platforms.Part) (bool, error) {
	if v := c.wizard.Values.Get(p.ID); v != "" {
		fmt.Fprintf(c.out, "      %s: %s\n", p.Label, v)
		return false, nil
	}
	if c.wizard.Secrets.Get(p.ID) != "" {
		fmt.Fprintf(c.out, "      %s: sealed on this computer\n", p.Label)
		return false, nil
	}
	// What is typed here would be seen: a secret comes from a file.
	secret := p.Secret || strings.Contains(p.ID, "secret")
	if !secret {
		if value := c.answer(fmt.Sprintf("      %s%s: ", p.Label, offers(p))); value != "" {
			return true, c.wizard.SetField(ctx, p.ID, value)
		}
	}
	option := map[bool]string{true: "--set-file " + p.ID + "=FILE", false: "--set " + p.ID + "=VALUE"}[secret]
	fmt.Fprintf(c.out, "      %s%s: fill it in with %s%s\n", p.Label, offers(p), option, map[bool]string{true: " (optional)"}[p.Optional])
	return false, nil
}

func offers(p platforms.Part) string {
	var list []string
	for _, o := range p.Choices {
		list = append(list, o.Value)
	}
	if len(list) == 0 {
		return ""
	}
	return " (" + strings.Join(list, ", ") + ")"
}

// act runs an action: one that is required until it is done, another when it is
// asked for.
func (c *connecting) act(ctx context.Context, s setup.Step, p platforms.Part) (bool, error) {
	asked := slices.Contains(c.do, p.ID)
	done := s.Done[p.Action]
	switch {
	case asked:
	case done != "":
		fmt.Fprintf(c.out, "      %s: %s\n", p.Label, done)
		return false, nil
	case slices.Contains(c.skip, p.ID):
		return false, nil
	case p.Optional && !c.asks(p.Label+" now? [y/N] "):
		fmt.Fprintf(c.out, "      %s: do it with --do %s\n", p.Label, p.ID)
		return false, nil
	}
	fmt.Fprintf(c.out, "      %s …\n", p.Label)
	if err := c.app.Renew(ctx); err != nil {
		return false, err
	}
	out, err := c.wizard.Act(ctx, p.Action, c.open)
	if err != nil {
		printCause(c.out, c.app.Explain(ctx, c.platform.ID, err))
		return false, err
	}
	fmt.Fprintf(c.out, "      %s\n", out.Text)
	return true, c.app.Renew(ctx)
}

func (c *connecting) probe(ctx context.Context, p platforms.Part) (bool, error) {
	fmt.Fprintf(c.out, "      %s: %s\n", p.Label, p.Text)
	if !slices.Contains(c.probes, p.ID) {
		fmt.Fprintf(c.out, "      try it with --probe %s\n", p.ID)
		return false, nil
	}
	if err := c.app.Renew(ctx); err != nil {
		return false, err
	}
	found, err := c.app.Probe(ctx, c.platform.ID, p.ID, nil)
	if err == nil {
		printCheck(c.out, found)
	}
	return true, err
}

// asks puts a yes-or-no question to the person; no when nobody is there.
func (c *connecting) asks(question string) bool {
	a := strings.ToLower(c.answer("      " + question))
	return a == "y" || a == "yes"
}

// answer is what the person types; "" when nobody is there.
func (c *connecting) answer(question string) string {
	if c.in == nil {
		return ""
	}
	fmt.Fprint(c.out, question)
	line, err := c.in.ReadString('\n')
	if err != nil {
		return ""
	}
	return strings.TrimSpace(line)
}
