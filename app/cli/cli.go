// Package cli is the command line: what the screens do, for terminals, servers
// and automation.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"miohub/app/demo"
	"miohub/app/vault"
)

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// WindowOptions are the options of the window.
type WindowOptions struct {
	// Data is the data folder.
	Data string
	// Sandbox opens the window on two sandbox tenants made for it.
	Sandbox bool
	// Seed, People and Rooms size them.
	Seed          uint64
	People, Rooms int
	// Google and Microsoft are CSV exports to make them from, "" for none.
	Google, Microsoft string
}

type command struct {
	name, what string
	run        func(ctx context.Context, args []string, s Streams) error
}

// Main runs one command and answers its exit code. window opens the window.
func Main(ctx context.Context, args []string, s Streams, window func(context.Context, WindowOptions) error) int {
	list := commands(window)
	name := "window"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "help", "-h", "--help":
		usage(s.Out, list)
		return ExitOK
	}
	for _, c := range list {
		if c.name != name {
			continue
		}
		return exitCode(name, c.run(ctx, args, s), s.Err)
	}
	fmt.Fprintf(s.Err, "miohub: there is no command %q\n\n", name)
	usage(s.Err, list)
	return ExitUsage
}

func commands(window func(context.Context, WindowOptions) error) []command {
	return []command{
		{"window", "open the window (the default); --sandbox opens it on two sandbox tenants", func(ctx context.Context, args []string, s Streams) error {
			return runWindow(ctx, args, s, window)
		}},
		{"demo", "run the whole job on two sandbox tenants and check the outcome", runDemo},
		{"sandbox", "serve two sandbox tenants for other clients", runSandbox},
		{"connect", "connect a platform: the wizard in a terminal", runConnect},
		{"check", "run every check of a platform that makes nothing", runCheck},
		{"permissions", "tell what is asked for on a platform and why, for a security reviewer", runPermissions},
		{"disconnect", "disconnect a platform; without --yes it only says what would stop", runDisconnect},
		{"engine", "carry messages for a data folder until interrupted", runEngine},
		{"version", "tell the version", runVersion},
	}
}

func usage(w io.Writer, list []command) {
	fmt.Fprint(w, "Mio Hub links an organisation's Google Chat and Microsoft Teams.\n\nUsage: miohub [command] [options]\n\n")
	for _, c := range list {
		fmt.Fprintf(w, "  %-11s %s\n", c.name, c.what)
	}
	fmt.Fprint(w, "\n`miohub <command> --help` lists a command's options.\n\n"+exitCodes)
}

// flags makes a command's flag set, which explains itself on Streams.
func flags(name string, s Streams) *flag.FlagSet {
	f := flag.NewFlagSet("miohub "+name, flag.ContinueOnError)
	f.SetOutput(s.Err)
	return f
}

func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %w: %w", errUsage, errReported, err) // the flag set has said it
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%w: %s takes no argument %q", errUsage, f.Name(), f.Arg(0))
	}
	return nil
}

// DataDir is where the hub keeps its data unless told otherwise.
func DataDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the data folder: %w", err)
	}
	return filepath.Join(dir, "Mio Hub"), nil
}

func runWindow(ctx context.Context, args []string, s Streams, window func(context.Context, WindowOptions) error) error {
	f := flags("window", s)
	var o WindowOptions
	f.StringVar(&o.Data, "data", "", "data `folder`; the default is in your user folder, and a temporary one for --sandbox")
	f.BoolVar(&o.Sandbox, "sandbox", false, "use two sandbox tenants, made for this window")
	size(f, &o.Seed, &o.People, &o.Rooms)
	exports(f, &o.Google, &o.Microsoft)
	if err := parse(f, args); err != nil {
		return err
	}
	return window(ctx, o)
}

func runEngine(ctx context.Context, args []string, s Streams) error {
	f := flags("engine", s)
	data := f.String("data", "", "data `folder`")
	attached := f.Bool("attached", false, "end when standard input is closed, as it is when the process that started this one ends")
	if err := parse(f, args); err != nil {
		return err
	}
	if *attached {
		var end context.CancelFunc
		ctx, end = context.WithCancel(ctx)
		defer end()
		go func() { // ends with the input, at the latest with the process
			_, _ = io.Copy(io.Discard, s.In) // an error ends the input too
			end()
		}()
	}
	a, err := openHub(ctx, *data, "engine", s)
	if err != nil {
		return err
	}
	return errors.Join(a.Serve(ctx), a.Close())
}

// VaultOptions says where the master key is: a passphrase when one is handed
// over in the environment, else the operating system's keychain.
func VaultOptions() vault.Options {
	if p := os.Getenv(demo.PassphraseVariable); p != "" {
		return vault.Options{Passphrase: p}
	}
	return vault.Options{Keychain: true}
}

func runVersion(_ context.Context, args []string, s Streams) error {
	f := flags("version", s)
	if err := parse(f, args); err != nil {
		return err
	}
	fmt.Fprintln(s.Out, Version())
	return nil
}

// Version names this build.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "Mio Hub (unknown build)"
	}
	v := info.Main.Version
	for _, set := range info.Settings {
		if set.Key == "vcs.revision" && len(set.Value) >= 12 && (v == "" || v == "(devel)") {
			v = set.Value[:12]
		}
	}
	return "Mio Hub " + v + " (" + info.GoVersion + ")"
}
