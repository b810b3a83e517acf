package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"miohub/platforms/sandbox"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"miohub": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := Main(ctx, os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, func(_ context.Context, o WindowOptions) error {
			fmt.Printf("a window: %+v\n", o)
			return nil
		})
		stop()
		os.Exit(code)
	}, "browse": browse})
}

// browse is the browser of whom BROWSE_AS names, for example "google.admin", in
// the World that the scripts serve.
func browse() {
	name, role, _ := strings.Cut(os.Getenv("BROWSE_AS"), ".")
	tenant := sandbox.New(sandbox.Size{Seed: 3, People: 20, Rooms: 4, Speed: 60}).Tenant(name)
	id := tenant.Admin
	if role == "bridge" {
		id = tenant.Bridge
	}
	a, _ := tenant.Account(id)
	if _, _, err := sandbox.NewBrowser(map[string]string{"address": cmp.Or(a.Login, a.Address)}).Open(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			tmp := filepath.Join(env.WorkDir, "tmp")
			env.Setenv("TMPDIR", tmp)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
			return os.MkdirAll(tmp, 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "served": served, "describes": describes, "empty": empty,
		},
	})
}

// exits CODE COMMAND... runs a command that must end with that exit status.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// served waits until the sandbox's files are there and answers are given.
func served(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(ts.MkAbs("tmp"), "miohub-sandbox-*", "*"))
		ts.Check(err)
		if len(files) < 3 {
			continue
		}
		for _, f := range files {
			info, err := os.Stat(f)
			ts.Check(err)
			if info.Mode().Perm() != 0o600 {
				ts.Fatalf("%s has mode %v", f, info.Mode())
			}
		}
		return
	}
	ts.Fatalf("nothing is served")
}

// describes FILE checks that a file is one line, one JSON object with every key
// that foreign clients count on.
func describes(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
		ts.Fatalf("not one line: %q", text)
	}
	var got map[string]map[string]any
	ts.Check(json.Unmarshal([]byte(text), &got))
	for side, keys := range map[string]string{
		"google":    "authorize_url token_url tokeninfo_url directory_url chat_url admin_email customer_id client_file service_account_file",
		"microsoft": "authority_url graph_url authority_tls_url graph_tls_url ca_file tenant_id client_id explorer_client_id admin_upn bridge_upn",
	} {
		for _, key := range strings.Fields(keys) {
			value, _ := got[side][key].(string)
			root := slices.Contains([]string{"directory_url", "chat_url", "authority_url", "graph_url", "authority_tls_url", "graph_tls_url"}, key)
			if value == "" || root && !strings.HasSuffix(value, "/") || strings.Contains(key, "_tls_") && !strings.HasPrefix(value, "https://") {
				ts.Fatalf("%s.%s is %q", side, key, value)
			}
		}
	}
	scopes, _ := got["google"]["delegated_scopes"].([]any)
	for _, s := range scopes {
		if text, _ := s.(string); !strings.HasPrefix(text, "https://www.googleapis.com/auth/") {
			ts.Fatalf("a delegated scope is %v", s)
		}
	}
	if len(scopes) == 0 {
		ts.Fatalf("no scope is delegated")
	}
	if answer, err := http.Get(got["google"]["chat_url"].(string)); err == nil {
		answer.Body.Close()
		ts.Fatalf("it is still served after the end")
	}
}

// empty DIR checks that nothing of ours was left in a folder.
func empty(ts *testscript.TestScript, _ bool, args []string) {
	left, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "miohub-*"))
	ts.Check(err)
	if len(left) > 0 {
		ts.Fatalf("left: %v", left)
	}
}
