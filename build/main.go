// Command build sets the project up and runs, tests, lints and packages it:
//
//	go run ./build run       the window on the sandbox tenants; `miohub demo` where there is no display
//	go run ./build test      everything that must hold
//	go run ./build lint      formatting, vet, static analysis, frontend lint
//	go run ./build package   programs for every system, in dist/
//
// It needs Go and Node and installs the rest; what is up to date is not done again.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string) error {
	root, err := findRoot(ctx)
	if err != nil {
		return err
	}
	b := &builder{root: root, out: os.Stdout}
	if len(args) == 0 {
		return errors.New("say what to do: run, test, lint, package")
	}
	switch args[0] {
	case "run":
		return b.runApp(ctx, args[1:])
	case "test":
		return b.test(ctx, args[1:])
	case "lint":
		return b.lint(ctx)
	case "package":
		return b.packageAll(ctx)
	}
	return fmt.Errorf("%q is not a task; there are run, test, lint, package", args[0])
}

// findRoot is the folder of the module, whichever folder the command runs in.
func findRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if mod == "" || mod == os.DevNull {
		return "", errors.New("run this inside the project's folder")
	}
	return filepath.Dir(mod), nil
}

type builder struct {
	root string
	out  *os.File
}

func (b *builder) path(parts ...string) string {
	return filepath.Join(append([]string{b.root}, parts...)...)
}

// step announces a piece of work and says afterwards how long it took.
func (b *builder) step(name string, f func() error) error {
	fmt.Fprintf(b.out, "== %s\n", name)
	start := time.Now()
	if err := f(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(b.out, "   done in %s\n", time.Since(start).Round(100*time.Millisecond))
	return nil
}

// do runs a command in dir (relative to the root) with its output shown.
func (b *builder) do(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = b.path(dir)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = b.out, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

// quiet runs a command like do, but shows its output only when it fails.
func (b *builder) quiet(ctx context.Context, dir string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = b.path(dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
