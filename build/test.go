package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// test runs everything that must hold: Go and frontend tests, the builds that
// need no window, the page in a real browser with the real services behind it,
// the real window under a virtual display, and the whole job once.
func (b *builder) test(ctx context.Context, _ []string) error {
	if err := b.system(ctx, testPackages()); err != nil {
		return err
	}
	steps := []struct {
		name string
		f    func() error
	}{
		{"Listing packages on a fresh clone", func() error {
			return b.quiet(ctx, "", "go", "list", "-tags", "headless", "./...")
		}},
		{"Command line for Linux and Windows", func() error { return b.headlessBuilds(ctx) }},
	}
	for _, s := range steps {
		if err := b.step(s.name, s.f); err != nil {
			return err
		}
	}
	if err := b.frontend(ctx); err != nil {
		return err
	}
	rest := []struct {
		name string
		f    func() error
	}{
		{"Formatting", func() error { return b.formatted(ctx) }},
		{"Vet", func() error { return b.do(ctx, "", nil, "go", "vet", "-tags", windowTags(), "./...") }},
		{"Go tests", func() error {
			return b.do(ctx, "", nil, "go", "test", "-tags", windowTags(), "./...")
		}},
		{"What the sandbox refuses", func() error { return b.refusals(ctx) }},
		{"Frontend lint, types and tests", func() error {
			for _, task := range []string{"lint", "typecheck", "test"} {
				if err := b.do(ctx, "frontend", nil, "npm", "run", "--silent", task); err != nil {
					return err
				}
			}
			return nil
		}},
		{"The whole job on sandbox tenants", func() error {
			return b.do(ctx, "", nil, b.path("bin", exe("miohub-headless")), "demo")
		}},
		{"Tampering is found", func() error { return b.sabotage(ctx) }},
		{"The page in a browser, with the real services", func() error { return b.browser(ctx) }},
		{"The window under a virtual display", func() error { return b.smoke(ctx) }},
	}
	for _, s := range rest {
		if err := b.step(s.name, s.f); err != nil {
			return err
		}
	}
	fmt.Fprintln(b.out, "All tests passed.")
	return nil
}

func (b *builder) headlessBuilds(ctx context.Context) error {
	own := filepath.Join("bin", exe("miohub-headless"))
	if err := b.headless(ctx, runtime.GOOS, runtime.GOARCH, own); err != nil {
		return err
	}
	for _, goos := range []string{"linux", "windows"} {
		if goos == runtime.GOOS && runtime.GOARCH == "amd64" {
			continue
		}
		if err := b.headless(ctx, goos, "amd64", filepath.Join("bin", "miohub-"+goos+"-check")); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) formatted(ctx context.Context) error {
	var out bytes.Buffer
	own, err := filepath.Glob(b.path("*.go"))
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "gofmt", append([]string{"-l", "app", "platforms", "build"}, own...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = b.root, &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	if s := strings.TrimSpace(out.String()); s != "" {
		return fmt.Errorf("gofmt would change:\n%s", s)
	}
	return nil
}

// refusals prints how many of the listed refusals each emulator was seen to make.
func (b *builder) refusals(ctx context.Context) error {
	for _, platform := range []string{"google", "microsoft"} {
		cmd := exec.CommandContext(ctx, "go", "test", "-tags", windowTags(), "-v", "-run", "^TestRefusals$", "./platforms/"+platform+"/sandbox")
		cmd.Dir = b.root
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", platform, err, out)
		}
		for _, line := range strings.Split(string(out), "\n") {
			if _, count, found := strings.Cut(line, "refusals_test.go:"); found {
				_, count, _ = strings.Cut(count, " ")
				fmt.Fprintf(b.out, "   %s: %s\n", platform, count)
			}
		}
	}
	return nil
}

// sabotage lets the demo tamper with one delivery in each way it knows: every
// one must make it fail, and say so.
func (b *builder) sabotage(ctx context.Context) error {
	for _, kind := range []string{"lose", "double", "swap", "edit", "author", "format"} {
		cmd := exec.CommandContext(ctx, b.path("bin", exe("miohub-headless")), "demo",
			"--people", "24", "--rooms", "4", "--messages", "40", "--seed", "4", "--sabotage", kind)
		out, err := cmd.Output()
		var failed *exec.ExitError
		if !errors.As(err, &failed) || failed.ExitCode() != 1 {
			return fmt.Errorf("--sabotage %s ended with %v instead of exit status 1", kind, err)
		}
		if !strings.Contains(string(out), "\n  - "+kind+": ") {
			return fmt.Errorf("--sabotage %s was not found:\n%s", kind, out)
		}
		fmt.Fprintf(b.out, "   %s: found\n", kind)
	}
	return nil
}

// browser runs the Playwright tests against a development build, whose server
// offers the page with live bindings to the real Go services.
func (b *builder) browser(ctx context.Context) error {
	if runtime.GOOS != "linux" {
		fmt.Fprintln(b.out, "   only run on Linux")
		return nil
	}
	dev := filepath.Join("bin", "miohub-dev")
	if err := b.do(ctx, "", nil, "go", "build", "-tags", windowTags("dev"), "-o", dev, "."); err != nil {
		return err
	}
	return b.do(ctx, "frontend", []string{"MIOHUB_DEV=" + b.path(dev)}, "npm", "run", "--silent", "e2e")
}

// smoke opens the real window under a virtual display and looks that it shows something.
func (b *builder) smoke(ctx context.Context) error {
	if runtime.GOOS != "linux" {
		fmt.Fprintln(b.out, "   only run on Linux")
		return nil
	}
	path, err := b.window(ctx)
	if err != nil {
		return err
	}
	return b.openWindow(ctx, b.path(path))
}

func (b *builder) lint(ctx context.Context) error {
	tool := func(args ...string) error {
		return b.do(ctx, "", nil, "go", append([]string{"tool", "-modfile=build/tools.mod"}, args...)...)
	}
	return errors.Join(
		b.step("Formatting", func() error { return b.formatted(ctx) }),
		b.step("Vet", func() error { return b.do(ctx, "", nil, "go", "vet", "-tags", windowTags(), "./...") }),
		b.step("Static analysis", func() error { return tool("staticcheck", "-tags", windowTags(), "./...") }),
		b.step("Dead code", func() error { return b.alive(ctx) }),
		b.step("Frontend", func() error { return b.do(ctx, "frontend", nil, "npm", "run", "--silent", "lint") }),
	)
}

// alive looks for functions that nothing reaches; the tool lists them and ends
// as if nothing were wrong.
func (b *builder) alive(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "tool", "-modfile=build/tools.mod", "deadcode", "-tags", windowTags(), "-test", "./...")
	cmd.Dir, cmd.Stderr = b.root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	if len(out) > 0 {
		return fmt.Errorf("nothing reaches:\n%s", out)
	}
	return nil
}
