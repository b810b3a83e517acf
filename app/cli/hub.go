package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"

	"miohub/app"
	"miohub/app/demo"
	"miohub/app/deployment"
	"miohub/app/vault"
	"miohub/platforms"
	"miohub/platforms/all"
)

// openHub opens the hub in a data folder, the default one for "". What is wrong
// with a deployment file is said, and keeps nobody from working.
func openHub(ctx context.Context, data, who string, s Streams) (*app.App, error) {
	if data == "" {
		var err error
		if data, err = DataDir(); err != nil {
			return nil, err
		}
	}
	a, err := app.Open(ctx, app.Options{Dir: data, Platforms: all.Platforms(), Who: who, Vault: VaultOptions(), Deployments: deployment.Paths()})
	if errors.Is(err, vault.ErrKeychain) {
		return nil, fmt.Errorf("%w\nWithout a keychain, hand over a passphrase of your own in %s", err, demo.PassphraseVariable)
	}
	if err == nil && a.Shipped().Err != nil {
		fmt.Fprintf(s.Err, "The deployment file was not used: %v\n", a.Shipped().Err)
	}
	return a, err
}

// terminal names in the log who uses the command line.
func terminal() string {
	u, err := user.Current()
	if err != nil || u.Username == "" {
		return "administrator (command line)"
	}
	return u.Username + " (command line)"
}

// onPlatform runs a command whose first argument is a platform: it parses the
// rest, opens the hub and closes it again.
func onPlatform(ctx context.Context, f *flag.FlagSet, args []string, s Streams, run func(context.Context, *app.App, platforms.Platform) error) (err error) {
	data := f.String("data", "", "data `folder`; the default is in your user folder")
	name := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	if err := parse(f, args); err != nil {
		return err
	}
	var known []string
	for _, p := range all.Platforms() {
		known = append(known, string(p.ID))
		if string(p.ID) != name {
			continue
		}
		a, err := openHub(ctx, *data, terminal(), s)
		if err != nil {
			return err
		}
		return errors.Join(run(ctx, a, p), a.Close())
	}
	return fmt.Errorf("%w: name a platform first: %s", errUsage, strings.Join(known, " or "))
}

// printJSON writes one JSON object on one line.
func printJSON(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s\n", b)
	return err
}

// pairs collects an option of the form KEY=VALUE that may be repeated.
type pairs struct {
	keys   []string
	values map[string]string
}

// String implements flag.Value.
func (p *pairs) String() string { return strings.Join(p.keys, ",") }

// Set implements flag.Value.
func (p *pairs) Set(text string) error {
	key, value, ok := strings.Cut(text, "=")
	if !ok || key == "" {
		return errors.New("write it as NAME=VALUE")
	}
	if p.values == nil {
		p.values = map[string]string{}
	}
	if _, again := p.values[key]; !again {
		p.keys = append(p.keys, key)
	}
	p.values[key] = value
	return nil
}

// names collects an option that may be repeated.
type names []string

// String implements flag.Value.
func (n *names) String() string { return strings.Join(*n, ",") }

// Set implements flag.Value.
func (n *names) Set(text string) error { *n = append(*n, text); return nil }

// interactive reports whether a person sits at the input.
func interactive(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	nobody, missing := os.Stat(os.DevNull)
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && (missing != nil || !os.SameFile(info, nobody))
}
