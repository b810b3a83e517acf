package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// pkg is a system package and how to tell that it is there.
type pkg struct {
	name string
	have func() bool
}

func pkgConfig(module string) func() bool {
	return func() bool { return exec.Command("pkg-config", "--exists", module).Run() == nil }
}

func onPath(name string) func() bool {
	return func() bool { _, err := exec.LookPath(name); return err == nil }
}

// windowPackages are what building and opening the window needs on Linux.
func windowPackages() []pkg {
	return []pkg{
		{"pkg-config", onPath("pkg-config")},
		{"gcc", onPath("gcc")},
		{"libgtk-3-dev", pkgConfig("gtk+-3.0")},
		{"libwebkit2gtk-4.1-dev", pkgConfig("webkit2gtk-4.1")},
	}
}

// testPackages are what the tests need besides: a virtual display, a browser, screenshots.
func testPackages() []pkg {
	return append(windowPackages(),
		pkg{"xvfb", onPath("Xvfb")},
		pkg{"chromium", func() bool { return onPath("chromium")() || onPath("chromium-browser")() || onPath("google-chrome")() }},
		pkg{"imagemagick", onPath("import")},
	)
}

// system installs what is missing on Debian and Ubuntu and says elsewhere how to get it.
func (b *builder) system(ctx context.Context, want []pkg) error {
	if err := needNode(ctx); err != nil {
		return err
	}
	if runtime.GOOS != "linux" {
		return b.elsewhere(ctx)
	}
	var missing []string
	for _, p := range want {
		if !p.have() {
			missing = append(missing, p.name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("these packages (by their Debian names) are missing, install them with your system's package tool: %s", strings.Join(missing, " "))
	}
	var sudo []string
	if os.Geteuid() != 0 {
		sudo = []string{"sudo"}
	}
	return b.step("Installing system packages: "+strings.Join(missing, " "), func() error {
		apt := func(args ...string) error {
			line := append(append([]string{}, sudo...), append([]string{"apt-get"}, args...)...)
			return b.do(ctx, "", []string{"DEBIAN_FRONTEND=noninteractive"}, line[0], line[1:]...)
		}
		if err := apt("update", "-qq"); err != nil {
			return err
		}
		return apt(append([]string{"install", "-y", "-qq", "--no-install-recommends"}, missing...)...)
	})
}

// needNode wants a Node.js that the page's build tool runs on: 20.19 and later
// of that line, 22.12 and all after it.
func needNode(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "node", "--version").Output()
	if err != nil {
		return errors.New("node is missing: install Node.js 22.12 or newer from https://nodejs.org")
	}
	version := strings.TrimSpace(string(out))
	if !runsOn(version) {
		return fmt.Errorf("node %s is too old: install Node.js 22.12 or newer from https://nodejs.org", version)
	}
	return nil
}

// runsOn reports whether a version as node tells it, "v22.12.0", is new enough.
func runsOn(version string) bool {
	var major, minor int
	if _, err := fmt.Sscanf(version, "v%d.%d", &major, &minor); err != nil {
		return false
	}
	return major > 22 || major == 22 && minor >= 12 || major == 20 && minor >= 19
}

func (b *builder) elsewhere(ctx context.Context) error {
	switch runtime.GOOS {
	case "darwin":
		if exec.CommandContext(ctx, "xcode-select", "-p").Run() != nil {
			return errors.New("the command line tools are missing: run  xcode-select --install")
		}
	case "windows":
		fmt.Fprintln(b.out, "The window needs the WebView2 runtime, which Windows 10 and 11 bring along.")
	}
	return nil
}

// windowTags are the build tags of the window on this system.
func windowTags(extra ...string) string {
	tags := append([]string{}, extra...)
	if runtime.GOOS == "linux" {
		tags = append(tags, "webkit2_41")
	}
	return strings.Join(tags, ",")
}

func hasDisplay() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

func exe(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}
