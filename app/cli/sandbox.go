package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"miohub/app"
	"miohub/platforms"
	"miohub/platforms/all"
	"miohub/platforms/sandbox"
)

// runSandbox serves two sandbox tenants, at the vendors' own pace, until it is
// interrupted.
func runSandbox(ctx context.Context, args []string, s Streams) (err error) {
	f := flags("sandbox", s)
	var sz sandbox.Size
	var google, microsoft string
	size(f, &sz.Seed, &sz.People, &sz.Rooms)
	exports(f, &google, &microsoft)
	asJSON := f.Bool("json", false, "print where the tenants are as one JSON object, on one line")
	f.Float64Var(&sz.Speed, "speed", 1, "how many `seconds` of quotas, token lives and expiry pass in one second")
	data := f.String("data", "", "point the hub in this `folder` at the tenants; `miohub connect` and the rest can then be tried with --data")
	list := f.Bool("list-faults", false, "list what can be wrong with the tenants, and end")
	var faulty names
	f.Var(&faulty, "fault", "switch a fault on by its `id`, see --list-faults; may be repeated")
	if err := parse(f, args); err != nil {
		return err
	}
	if err := checkSize(&sz.Seed, sz.People, sz.Rooms); err != nil {
		return err
	}
	if sz.Speed < 1 || sz.Speed > 3600 {
		return fmt.Errorf("%w: --speed must lie between 1 and 3600", errUsage)
	}
	w, err := makeWorld(sz, google, microsoft, s.Err)
	if err != nil {
		return err
	}
	known := all.Platforms()
	trial, err := app.StartTrial(ctx, known, w)
	if err != nil {
		return err
	}
	defer trial.Close()
	if *list {
		return listFaults(s.Out, trial, known, *asJSON)
	}
	if *data != "" {
		if err := pointAt(ctx, trial, *data); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp("", "miohub-sandbox-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	described, err := describe(trial, known, dir)
	if err != nil {
		return err
	}
	if err := switchFaults(trial, faulty); err != nil {
		return err
	}
	if err := announce(s.Out, w, described, *asJSON); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func makeWorld(sz sandbox.Size, google, microsoft string, problems io.Writer) (*sandbox.World, error) {
	g, m, closeFiles, err := openExports(google, microsoft)
	if err != nil {
		return nil, err
	}
	defer closeFiles()
	if g == nil {
		return sandbox.New(sz), nil
	}
	w, left, err := sandbox.FromCSV(sz, g, m)
	if err != nil {
		return nil, err
	}
	for _, p := range left {
		fmt.Fprintf(problems, "left out: %s file, line %d: %s\n", p.File, p.Line, p.Reason)
	}
	return w, nil
}

// describe is what a foreign client must know, by platform. Files are written
// to dir, readable by their owner only.
func describe(t *app.Trial, list []platforms.Platform, dir string) (map[string]map[string]any, error) {
	out := map[string]map[string]any{}
	for _, p := range list {
		e := t.Emulators[p.ID]
		if e == nil {
			continue
		}
		if e.Delegate != nil {
			e.Delegate(delegated(p.Grants))
		}
		object, files := e.Describe()
		for key, content := range files {
			path := filepath.Join(dir, string(p.ID)+"-"+key+".json")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				return nil, err
			}
			object[key] = path
		}
		if secure(e) {
			path := filepath.Join(dir, "ca.pem")
			if err := os.WriteFile(path, t.Running.CAPEM, 0o600); err != nil {
				return nil, err
			}
			object["ca_file"] = path
		}
		out[string(p.ID)] = object
	}
	return out, nil
}

func secure(e *sandbox.Emulator) bool {
	return slices.ContainsFunc(e.APIs, func(a sandbox.API) bool { return a.TLS })
}

// delegated are the scopes of a platform's grant table that are delegated.
func delegated(grants []platforms.Grant) []string {
	set := map[string]bool{}
	for _, g := range grants {
		if g.Kind == platforms.Delegation {
			set[g.Scope] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func announce(w io.Writer, world *sandbox.World, described map[string]map[string]any, asJSON bool) error {
	if asJSON {
		b, err := json.Marshal(described)
		if err != nil {
			return fmt.Errorf("describe the tenants: %w", err)
		}
		_, err = fmt.Fprintf(w, "%s\n", b)
		return err
	}
	fmt.Fprintf(w, "Two sandbox tenants from seed %d, until you press Ctrl+C.\n", world.Size.Seed)
	for _, name := range slices.Sorted(maps.Keys(described)) {
		fmt.Fprintf(w, "\n%s\n", name)
		for _, key := range slices.Sorted(maps.Keys(described[name])) {
			fmt.Fprintf(w, "  %-22s %v\n", key, described[name][key])
		}
	}
	_, err := fmt.Fprintln(w, "\nSign-in needs no password: type one of the addresses.")
	return err
}

// pointAt makes a hub's data folder one of these tenants.
func pointAt(ctx context.Context, t *app.Trial, data string) error {
	a, err := app.Open(ctx, app.Options{Dir: data, Platforms: all.Platforms(), Who: terminal(), Vault: VaultOptions()})
	if err != nil {
		return err
	}
	return errors.Join(t.Deploy(ctx, a), a.Close())
}

// namedFault is a fault as --list-faults --json prints it.
type namedFault struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Group string `json:"group"`
	Shows string `json:"shows"`
}

func listFaults(w io.Writer, t *app.Trial, list []platforms.Platform, asJSON bool) error {
	out := []namedFault{}
	for _, p := range list {
		if e := t.Emulators[p.ID]; e != nil {
			for _, f := range e.Faults {
				out = append(out, namedFault{f.ID, f.Title, f.Group, f.Shows})
			}
		}
	}
	if asJSON {
		return printJSON(w, map[string]any{"faults": out})
	}
	for _, f := range out {
		fmt.Fprintf(w, "%-40s %s: %s\n", f.ID, f.Group, f.Title)
	}
	return nil
}

// switchFaults switches faults on by name.
func switchFaults(t *app.Trial, ids []string) error {
	for _, id := range ids {
		found := false
		for _, e := range t.Emulators {
			for _, f := range e.Faults {
				if f.ID != id {
					continue
				}
				found = true
				if err := f.Switch(true); err != nil {
					return fmt.Errorf("switch %s on: %w", id, err)
				}
			}
		}
		if !found {
			return fmt.Errorf("%w: there is no fault %q; --list-faults lists them", errUsage, id)
		}
	}
	return nil
}
