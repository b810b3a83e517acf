package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miohub/app/store"
	"miohub/app/vault"
	"miohub/platforms"
	"miohub/platforms/all"
)

// shippedHub opens a hub of the real platforms beside a deployment file.
func shippedHub(t *testing.T, dir, text string) *App {
	t.Helper()
	path := filepath.Join(dir, "deployment.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), Options{Dir: filepath.Join(dir, "data"), Platforms: all.Platforms(), Who: "tester",
		Vault: vault.Options{Passphrase: "correct horse", Iterations: 1}, Deployments: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const shippedText = `{"version":1,"shipped_by":"IT of Acme","google":{
	"files":{"client":{"installed":{"client_id":"1-a.apps.googleusercontent.com","client_secret":"x","auth_uri":"https://accounts.google.com/o/oauth2/auth","token_uri":"https://oauth2.googleapis.com/token","redirect_uris":["http://localhost"]}}},
	"features":{"probe":true},"test_people":["pat@acme.example"]}}`

func TestADeploymentIsAppliedOnceAndShownAsShipped(t *testing.T) {
	dir := t.TempDir()
	a := shippedHub(t, dir, shippedText)
	ctx := t.Context()
	if s := a.Shipped(); s.Err != nil || s.By != "IT of Acme" {
		t.Fatalf("%+v", s)
	}
	v := a.Store.Values("google")
	if v.Get(platforms.KeyTestPeople) != "pat@acme.example" || v.Get(platforms.FeatureKey(platforms.FeatureProbe)) != "on" {
		t.Error("test people or features were not taken")
	}
	w, err := a.Wizard(ctx, "google")
	if err != nil {
		t.Fatal(err)
	}
	steps, err := w.Steps(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if by := steps[0].Shipped["client"]; !strings.HasPrefix(by, "IT of Acme (") || steps[0].Done["file:client"] == "" {
		t.Errorf("the file is shipped by %q, done %v", by, steps[0].Done)
	}
	// What the administrator chooses instead stays, until another file comes.
	if err := w.SetField(ctx, platforms.KeyTestPeople, "kim@acme.example"); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want string }{
		{shippedText, "kim@acme.example"}, {strings.Replace(shippedText, "pat@", "lou@", 1), "lou@acme.example"},
	} {
		a := shippedHub(t, dir, c.text)
		if got := a.Store.Values("google").Get(platforms.KeyTestPeople); got != c.want {
			t.Errorf("test people are %q, want %q", got, c.want)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAWrongDeploymentIsToldAndKeepsNobodyFromWorking(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // told once
		a := shippedHub(t, dir, `{"version":1,"shipped_by":"IT","google":{"values":{"nonsense":"x"}}}`)
		err := a.Shipped().Err
		if err == nil || !strings.Contains(err.Error(), "deployment.json: google.values.nonsense: it is unknown") {
			t.Errorf("%v", err)
		}
		if err := a.Log.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		rows, err := a.Store.SearchLog(t.Context(), store.LogQuery{Code: "deployment.refused"})
		if err != nil || len(rows) != 1 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
		if sandbox, _ := a.Sandbox(t.Context()); sandbox {
			t.Error("it became a sandbox")
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
