package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Doc        string
	Dir        string
	Imports    []string
}

const module = "miohub/"

// house lists the packages of this module, with and without the window.
func house(t *testing.T, tags string) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-tags", tags, "-json=ImportPath,Doc,Dir,Imports", "./...")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("read package list: %v", err)
		}
		if !strings.Contains(p.Dir, "node_modules") {
			all = append(all, p)
		}
	}
	if len(all) < 20 {
		t.Fatalf("only %d packages listed", len(all))
	}
	return all
}

func inside(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

// platformOf is the platform whose folder a package lies in, "" for none: what
// lies under platforms and is not shared by all of them.
func platformOf(path string) string {
	rest, found := strings.CutPrefix(path, module+"platforms/")
	name, _, _ := strings.Cut(rest, "/")
	if !found || slices.Contains([]string{"all", "conformance", "oauth", "richtext", "sandbox", "transport"}, name) {
		return ""
	}
	return name
}

// TestArrows holds the direction of imports between the rooms of the house.
func TestArrows(t *testing.T) {
	for _, tags := range []string{"webkit2_41", "headless"} {
		for _, p := range house(t, tags) {
			for _, imp := range p.Imports {
				if why := forbidden(p.ImportPath, imp); why != "" {
					t.Errorf("[%s] %s imports %s: %s", tags, p.ImportPath, imp, why)
				}
			}
		}
	}
}

func forbidden(from, to string) string {
	own := func(dir string) string { return module + dir }
	peers := []string{"people", "rooms", "bridge", "setup"}
	switch {
	case inside(from, own("platforms")) && inside(to, own("app")):
		return "platforms never imports app"
	case platformOf(from) != "" && platformOf(to) != "" && platformOf(from) != platformOf(to):
		return "a platform never imports another"
	case strings.HasSuffix(from, "/sandbox") && platformOf(from) != "" &&
		(to == own("platforms") || to == own("platforms/"+platformOf(from))):
		return "client and emulator must not share a bug"
	case from == own("platforms/sandbox") && strings.HasPrefix(to, module):
		return "the World knows nothing of the hub"
	case strings.HasPrefix(to, "database/sql") && from != own("app/store"):
		return "only app/store speaks SQL"
	case strings.Contains(to, "wailsapp/wails") && from != "miohub" && from != own("app/ui") && from != own("app/desktop"):
		return "only the window imports Wails"
	case strings.Contains(to, "msgraph-sdk-go") && from != own("platforms/microsoft/graph"):
		return "only platforms/microsoft/graph imports the Graph SDK"
	case from == own("app/demo/audit") && (inside(to, own("platforms/richtext")) || inside(to, own("app/store")) || platformOf(to) != ""):
		return "the comparison must not share the hub's converter or store"
	}
	for _, a := range peers {
		for _, b := range peers {
			if a != b && from == own("app/"+a) && to == own("app/"+b) {
				return "app/{people,rooms,bridge,setup} never import each other"
			}
		}
	}
	return ""
}

// TestArrowsAreHeld: the rules refuse what they are there to refuse.
func TestArrowsAreHeld(t *testing.T) {
	for _, c := range [][2]string{
		{"miohub/platforms/transport", "miohub/app"},
		{"miohub/platforms/google", "miohub/platforms/microsoft/graph"},
		{"miohub/platforms/google/sandbox", "miohub/platforms/google"},
		{"miohub/platforms/slack/sandbox", "miohub/platforms/slack"},
		{"miohub/platforms/microsoft/sandbox", "miohub/platforms"},
		{"miohub/platforms/sandbox", "miohub/platforms/richtext"},
		{"miohub/app/bridge", "miohub/app/people"},
		{"miohub/app/bridge", "database/sql"},
		{"miohub/app/cli", "github.com/wailsapp/wails/v2"},
		{"miohub/platforms/microsoft", "github.com/microsoftgraph/msgraph-sdk-go/models"},
		{"miohub/app/demo/audit", "miohub/platforms/richtext"},
	} {
		if forbidden(c[0], c[1]) == "" {
			t.Errorf("%s may import %s", c[0], c[1])
		}
	}
}

// TestPackagesAreDocumented wants a sentence of documentation on each package.
func TestPackagesAreDocumented(t *testing.T) {
	for _, p := range house(t, "webkit2_41") {
		doc := strings.TrimSpace(p.Doc)
		if len(strings.Fields(doc)) < 4 || !strings.HasSuffix(doc, ".") && !strings.HasSuffix(doc, ":") {
			t.Errorf("%s has no sentence of documentation: %q", p.ImportPath, doc)
		}
	}
}

// TestFilesAreShort keeps every Go file of ours under 500 lines.
func TestFilesAreShort(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "wailsjs" || d.Name() == "dist") {
			return filepath.SkipDir
		}
		ext := filepath.Ext(path)
		if ext != ".go" && ext != ".ts" && ext != ".tsx" {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		n := 0
		for s := bufio.NewScanner(f); s.Scan(); {
			n++
		}
		if n > 500 {
			t.Errorf("%s has %d lines", path, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
