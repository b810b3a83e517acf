package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// frontend installs the locked packages, generates the typed bindings from the
// bound Go structs and builds the page.
func (b *builder) frontend(ctx context.Context) error {
	lock := []string{"frontend/package.json", "frontend/package-lock.json"}
	if err := b.once("Installing frontend packages", "frontend/node_modules", lock, func() error {
		return b.do(ctx, "frontend", nil, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
	}); err != nil {
		return err
	}
	bound := []string{"app/ui", "window_bindings.go", "go.mod", "wails.json"}
	if err := b.once("Generating bindings", "frontend/wailsjs/go", bound, func() error {
		return b.quiet(ctx, "", "go", "run", "-tags", windowTags("bindings"), ".")
	}); err != nil {
		return err
	}
	page := append(lock, "frontend/src", "frontend/index.html", "frontend/vite.config.ts", "frontend/tsconfig.json", "frontend/wailsjs")
	return b.once("Building the page", "frontend/dist/index.html", page, func() error {
		return b.do(ctx, "frontend", nil, "npm", "run", "--silent", "build")
	})
}

// window builds the desktop program and answers its path.
func (b *builder) window(ctx context.Context) (string, error) {
	path := filepath.Join("bin", exe("miohub"))
	return path, b.step("Building the window", func() error {
		return b.do(ctx, "", nil, "go", "build", "-tags", windowTags("desktop", "production"), "-o", path, ".")
	})
}

// headless builds the command line for one system, without cgo. Extra flags
// such as -trimpath compile every package anew, so that only packaging uses them.
func (b *builder) headless(ctx context.Context, goos, goarch, path string, extra ...string) error {
	env := []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + goarch}
	args := append([]string{"build", "-tags", "headless", "-ldflags", "-s -w"}, extra...)
	return b.do(ctx, "", env, "go", append(args, "-o", path, ".")...)
}

func (b *builder) runApp(ctx context.Context, args []string) error {
	if !hasDisplay() {
		fmt.Fprintln(b.out, "There is no display here: running the demo on the command line instead of the window.")
		path := filepath.Join("bin", exe("miohub-headless"))
		if err := b.step("Building the command line", func() error {
			return b.headless(ctx, runtime.GOOS, runtime.GOARCH, path)
		}); err != nil {
			return err
		}
		return b.do(ctx, "", nil, b.path(path), append([]string{"demo"}, args...)...)
	}
	if err := b.system(ctx, windowPackages()); err != nil {
		return err
	}
	if err := b.frontend(ctx); err != nil {
		return err
	}
	path, err := b.window(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(b.out, "Opening the window on two sandbox tenants.")
	return b.do(ctx, "", nil, b.path(path), append([]string{"window", "--sandbox"}, args...)...)
}

// target is one system that programs are made for.
type target struct{ os, arch string }

func targets() []target {
	return []target{{"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}}
}

// packageAll makes dist/: the command line for every system, the window for
// this one, and for Windows, which needs no C compiler.
func (b *builder) packageAll(ctx context.Context) error {
	if err := os.MkdirAll(b.path("dist"), 0o755); err != nil {
		return err
	}
	if err := b.system(ctx, windowPackages()); err != nil {
		return err
	}
	if err := b.frontend(ctx); err != nil {
		return err
	}
	for _, t := range targets() {
		name := fmt.Sprintf("miohub-cli-%s-%s", t.os, t.arch)
		if t.os == "windows" {
			name += ".exe"
		}
		if err := b.step("Packaging "+name, func() error {
			return b.headless(ctx, t.os, t.arch, filepath.Join("dist", name), "-trimpath")
		}); err != nil {
			return err
		}
	}
	if err := b.step("Packaging the window for Windows", func() error {
		return b.do(ctx, "", []string{"CGO_ENABLED=0", "GOOS=windows", "GOARCH=amd64"}, "go", "build",
			"-tags", "desktop,production", "-trimpath", "-ldflags", "-s -w -H windowsgui",
			"-o", filepath.Join("dist", "miohub-windows-amd64.exe"), ".")
	}); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return nil
	}
	name := fmt.Sprintf("miohub-%s-%s", runtime.GOOS, runtime.GOARCH)
	return b.step("Packaging "+name, func() error {
		return b.do(ctx, "", nil, "go", "build", "-tags", windowTags("desktop", "production"),
			"-trimpath", "-ldflags", "-s -w", "-o", filepath.Join("dist", name), ".")
	})
}
