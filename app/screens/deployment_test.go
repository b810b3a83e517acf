package screens

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miohub/app/ui"
	"miohub/app/vault"
	"miohub/platforms/all"
)

func openShipped(t *testing.T, text string) *Hub {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "deployment.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := Open(t.Context(), Options{
		Dir: filepath.Join(dir, "data"), Vault: vault.Options{Memory: true}, Platforms: all.Platforms(), Who: "dana (window)",
		Events: &heard{topics: map[string]int{}}, Deployments: []string{path},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func TestTheWindowTakesWhatAnITDepartmentShips(t *testing.T) {
	h := openShipped(t, `{"version":1,"shipped_by":"IT of Acme","google":{"files":{"client":{"installed":{
		"client_id":"1-a.apps.googleusercontent.com","client_secret":"x","auth_uri":"https://accounts.google.com/o/oauth2/auth",
		"token_uri":"https://oauth2.googleapis.com/token","redirect_uris":["http://localhost"]}}}}}`)
	w, err := h.Wizard(t.Context(), "google")
	if err != nil {
		t.Fatal(err)
	}
	if by := w.Steps[0].Shipped; !strings.Contains(by, "IT of Acme") {
		t.Errorf("the first step is shipped by %q", by)
	}
}

func TestAWrongDeploymentFileIsAmongTheProblems(t *testing.T) {
	h := openShipped(t, `{"version":1,"shipped_by":"IT","google":{"values":{"nonsense":"x"}}}`)
	o, err := h.Overview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range o.Attention {
		if n.Severity == ui.LevelProblem && strings.Contains(n.Text, "deployment file was not used") && strings.Contains(n.Text, "nonsense") {
			return
		}
	}
	t.Errorf("attention: %+v", o.Attention)
}
