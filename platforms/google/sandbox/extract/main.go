// Command extract writes discovery.json: the part of Google's discovery
// documents that the emulated tenant serves (methods, parameters, schemas and
// scopes), without descriptions. The documents come with the pinned module
// google.golang.org/api. Run it from the module's root after an upgrade:
//
//	go run ./platforms/google/sandbox/extract
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"miohub/platforms/google/sandbox/discovery"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

func run() error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", discovery.Module).Output()
	if err != nil {
		return fmt.Errorf("find %s: %w", discovery.Module, err)
	}
	data, err := discovery.Extract(strings.TrimSpace(string(out)))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("platforms", "google", "sandbox", "discovery.json"), data, 0o644)
}
