package deployment_test

import (
	"errors"
	"strings"
	"testing"

	"miohub/app/deployment"
	"miohub/platforms"
	"miohub/platforms/all"
)

const good = `{
  "version": 1,
  "shipped_by": "IT of Acme",
  "google": {
    "files": {"client": {"installed": {"client_id": "1-a.apps.googleusercontent.com", "client_secret": "not a secret for an installed app"}}},
    "values": {"service_account.email": "mio@acme.iam.gserviceaccount.com", "service_account.client_id": "104839201938475610293"},
    "features": {"probe": true},
    "test_people": ["pat@acme.example"],
    "source": "poll"
  },
  "microsoft": {"values": {"client_id": "11111111-2222-4333-8444-555555555555", "tenant_id": "acme.example"}}
}`

// fields puts the ids under which the wizards have these fields into a text.
func fields(t *testing.T, text string) string {
	t.Helper()
	for _, p := range all.Platforms() {
		if p.ID != "microsoft" {
			continue
		}
		for _, s := range p.Steps(values{}) {
			for _, part := range s.Parts {
				switch part.Label {
				case "Application (client) id":
					text = strings.ReplaceAll(text, `"client_id": "1111`, `"`+part.ID+`": "1111`)
				case "Directory (tenant) id or domain":
					text = strings.ReplaceAll(text, `"tenant_id": "acme`, `"`+part.ID+`": "acme`)
				}
			}
		}
	}
	return text
}

// values are empty.
type values struct{ platforms.Values }

// Get implements platforms.Values.
func (values) Get(string) string { return "" }

func TestAGoodFileIsReadAsItIsMeant(t *testing.T) {
	f, err := deployment.Parse([]byte(fields(t, good)), all.Platforms())
	if err != nil {
		t.Fatal(err)
	}
	g := f.Platforms["google"]
	if f.ShippedBy != "IT of Acme" || !strings.Contains(g.Files["client"], "installed") || !g.Features[platforms.FeatureProbe] ||
		g.Values["service_account.email"] == "" || len(g.TestPeople) != 1 || g.Source != "poll" || len(f.Platforms["microsoft"].Values) != 2 {
		t.Errorf("%+v", f)
	}
}

func TestWhatIsWrongIsNamedWithItsPlaceAndReason(t *testing.T) {
	section := func(google string) string { return `{"version":1,"shipped_by":"IT","google":` + google + `}` }
	for _, c := range []struct{ text, key, reason string }{
		{`nonsense`, "", "no JSON object"},
		{`{"version":1,"shipped_by":"IT"} {}`, "", "something follows"},
		{`{"version":2,"shipped_by":"IT"}`, "version", "must be 1"},
		{`{"version":1}`, "shipped_by", "who ships"},
		{`{"version":1,"shipped_by":"IT","slack":{}}`, "slack", "known are version, shipped_by, google, microsoft"},
		{section(`[]`), "google", "must be an object"},
		{section(`{"valeus":{}}`), "google.valeus", "unknown"},
		{section(`{"values":{"nonsense":"x"}}`), "google.values.nonsense", "unknown"},
		{section(`{"values":{"endpoint.chat":"http://127.0.0.1/"}}`), "google.values.endpoint.chat", "vendor's own hosts"},
		{section(`{"values":{"service_account.email":7}}`), "google.values.service_account.email", "must be a text"},
		{section(`{"features":{"bridge":false}}`), "google.features.bridge", "unknown"},
		{section(`{"features":{"probe":"on"}}`), "google.features.probe", "true or false"},
		{section(`{"files":{"nonsense":{}}}`), "google.files.nonsense", "unknown"},
		{section(`{"test_people":["Pat"]}`), "google.test_people[0]", "address"},
		{section(`{"files":{"service_account":{"private_key":"x"}}}`), "google.files.service_account.private_key", "a private key is a secret"},
		{section(`{"files":{"service_account":"{\"private_key\":\"x\"}"}}`), "google.files.service_account.private_key", "a private key is a secret"},
		{section(`{"files":{"client":{"web":{"client_secret":"x"}}}}`), "google.files.client.web.client_secret", "a client secret is a secret"},
		{section(`{"files":{"client":{"refresh_token":"x"}}}`), "google.files.client.refresh_token", "a token is a secret"},
		{section(`{"values":{"project":"-----BEGIN RSA PRIVATE KEY-----"}}`), "google.values.project", "a private key is a secret"},
		{`{"version":1,"shipped_by":"IT","microsoft":{"values":{"client_secret":"x"}}}`, "microsoft.values.client_secret", "a client secret is a secret"},
	} {
		_, err := deployment.Parse([]byte(c.text), all.Platforms())
		var e *deployment.Error
		if !errors.As(err, &e) || e.Key != c.key || !strings.Contains(e.Reason, c.reason) {
			t.Errorf("%s\n  answers %v, want %s: …%s…", c.text, err, c.key, c.reason)
		}
	}
}
