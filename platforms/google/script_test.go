package google

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
)

// cloud is a gcloud that notes what it is asked and remembers what was made. Its
// answers are those of the real one in form: names on the output, 1 for what is
// not there.
const cloud = `#!/usr/bin/env bash
printf '%s\n' "$*" >>"$STATE/calls"
case "$*" in
  "config get-value account") echo "dana@acme.example" ;;
  "projects list"*) cat "$STATE/project" 2>/dev/null || true ;;
  "projects describe"*) [ "$(cat "$STATE/project" 2>/dev/null)" = "$3" ] ;;
  "projects create"*) echo "$3" >"$STATE/project" ;;
  "iam service-accounts describe"*uniqueId*) echo 104812345678901234567 ;;
  "iam service-accounts describe"*) [ -e "$STATE/account" ] ;;
  "iam service-accounts create"*) touch "$STATE/account" ;;
  "iam service-accounts keys create"*)
    if [ -e "$STATE/unwell" ]; then echo "The service is unavailable." >&2; exit 1; fi
    if [ -e "$STATE/forbidden" ]; then echo "constraints/iam.disableServiceAccountKeyCreation" >&2; exit 1; fi
    echo '{}' >"$5" ;;
  "pubsub topics describe"*) [ -e "$STATE/topic" ] ;;
  "pubsub topics create"*) touch "$STATE/topic" ;;
  "pubsub subscriptions describe"*) [ -e "$STATE/subscription" ] ;;
  "pubsub subscriptions create"*) touch "$STATE/subscription" ;;
esac
`

// try runs the script against the pretended cloud and answers what it said.
func try(t *testing.T, dir, text string) (said string, err error) {
	t.Helper()
	file := filepath.Join(dir, scriptFile)
	for path, content := range map[string]string{file: text, filepath.Join(dir, "gcloud"): cloud} {
		if err := os.WriteFile(path, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Remove(filepath.Join(dir, "calls"))
	cmd := exec.CommandContext(t.Context(), "bash", file)
	cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "HOME=" + dir, "STATE=" + dir}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// shell runs the script, which must succeed, and answers what it said and which
// changes it asked for.
func shell(t *testing.T, dir, text string) (said string, made []string) {
	t.Helper()
	said, err := try(t, dir, text)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(calls)) {
		if strings.Contains(line, " create ") {
			made = append(made, strings.TrimSpace(line))
		}
	}
	return said, made
}

func TestTheScriptStopsWhereAKeyFailsForAnotherReason(t *testing.T) {
	needBash(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "unwell"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := try(t, dir, script(valuesWith(nil)))
	if err == nil || !strings.Contains(said, "The service is unavailable.") || strings.Contains(said, "forbids keys") {
		t.Errorf("%v\n%s", err, said)
	}
}

func needBash(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash here; the script is for Cloud Shell, which has one")
	}
}

func TestTheScriptIsValidWithEveryFeature(t *testing.T) {
	needBash(t)
	sets := [][]platforms.Feature{nil, optional()}
	for _, f := range optional() {
		sets = append(sets, []platforms.Feature{f})
	}
	for _, on := range sets {
		v := valuesWith(on)
		_ = v.Put(t.Context(), keyProject, `mio'; rm -rf "$HOME" #`)
		cmd := exec.CommandContext(t.Context(), "bash", "-n")
		cmd.Stdin = strings.NewReader(script(v))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("with %v: %v\n%s", on, err, out)
		}
	}
}

func TestTheScriptSwitchesOnWhatTheFeaturesNeed(t *testing.T) {
	for _, tc := range []struct {
		on   []platforms.Feature
		want []string
	}{
		{nil, []string{"admin.googleapis.com", "chat.googleapis.com", "iam.googleapis.com"}},
		{[]platforms.Feature{platforms.FeatureSettings}, []string{"admin.googleapis.com", "chat.googleapis.com", "cloudidentity.googleapis.com", "iam.googleapis.com"}},
		{[]platforms.Feature{platforms.FeatureKeyless, platforms.FeaturePush, platforms.FeatureProvision}, []string{
			"admin.googleapis.com", "chat.googleapis.com", "iam.googleapis.com", "iamcredentials.googleapis.com",
			"licensing.googleapis.com", "pubsub.googleapis.com", "workspaceevents.googleapis.com",
		}},
	} {
		if diff := cmp.Diff(tc.want, apisNeeded(asked(valuesWith(tc.on)))); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tc.on, diff)
		}
	}
}

func TestTheScriptMakesEverythingOnceAndSaysWhatIsLeft(t *testing.T) {
	needBash(t)
	dir := t.TempDir()
	text := script(valuesWith([]platforms.Feature{platforms.FeaturePush}))
	said, made := shell(t, dir, text)
	if len(made) != 5 {
		t.Errorf("made %q", made)
	}
	for _, want := range []string{"104812345678901234567", "mio-hub@mio-hub-", "/subscriptions/mio-hub-chat-pull", "hangouts-chat?project=mio-hub-", "Workspace add-on", "Desktop app", "mio-hub-key.json in Mio Hub, then delete it"} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %q:\n%s", want, said)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "mio-hub-key.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, %v", info, err)
	}
	if _, again := shell(t, dir, text); len(again) != 0 {
		t.Errorf("a second run made %q", again)
	}
}

func TestTheScriptFallsBackWhereKeysAreForbidden(t *testing.T) {
	needBash(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "forbidden"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	said, _ := shell(t, dir, script(valuesWith(nil)))
	calls, _ := os.ReadFile(filepath.Join(dir, "calls"))
	if !strings.Contains(said, "Delegation without a key file") || !strings.Contains(string(calls), "--member=user:dana@acme.example --role=roles/iam.serviceAccountTokenCreator") {
		t.Errorf("said:\n%s\nasked:\n%s", said, calls)
	}
	keyless := script(valuesWith([]platforms.Feature{platforms.FeatureKeyless}))
	if said, made := shell(t, t.TempDir(), keyless); slices.ContainsFunc(made, func(s string) bool { return strings.Contains(s, "keys") }) || !strings.Contains(said, "Enter the service account") {
		t.Errorf("without a key made %q and said:\n%s", made, said)
	}
}
