package microsoft

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
)

func TestPermissionIDsAreTheVendors(t *testing.T) {
	raw, err := os.ReadFile("sandbox/graph.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Permissions map[string]struct{ Delegated, Application struct{ ID string } }
	}
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	for _, g := range grants() {
		id, vendors := appPermissions()[g.Scope], table.Permissions[g.Scope].Application.ID
		if g.Kind == platforms.UserConsent {
			id, vendors = userPermissions()[g.Scope], table.Permissions[g.Scope].Delegated.ID
		}
		if !isGUID(id) || vendors != "" && id != vendors {
			t.Errorf("%s has the id %q, the vendor's is %q", g.Scope, id, vendors)
		}
	}
}

func TestTheRegistrationAsksForWhatIsOnAndNothingElse(t *testing.T) {
	v := settings{}
	count := func() int { return len(required(v)[0].ResourceAccess) }
	whole := count()
	if want := len(scopes(v, platforms.AppConsent)) + len(scopes(v, platforms.UserConsent)); whole != want {
		t.Errorf("%d permissions, want %d", whole, want)
	}
	v[platforms.FeatureKey(platforms.FeatureSettings)] = "off"
	if less := count(); less != whole-3 {
		t.Errorf("without reading settings %d permissions are left of %d", less, whole)
	}
	v[platforms.FeatureKey(featureConsents)] = "on"
	if !strings.Contains(manifest(v), appPermissions()[appConsents]) || !strings.Contains(script(v), appPermissions()[appConsents]) {
		t.Error("a feature that was switched on is not asked for")
	}
}

func TestTheManifestIsWhatEntraReads(t *testing.T) {
	v := certified(t)
	var m struct {
		SignInAudience         string
		IsFallbackPublicClient bool
		PublicClient           struct{ RedirectURIs []string }
		RequiredResourceAccess []struct {
			ResourceAppID  string
			ResourceAccess []struct{ ID, Type string }
		}
		KeyCredentials []map[string]string
	}
	if err := json.Unmarshal([]byte(manifest(v)), &m); err != nil {
		t.Fatal(err)
	}
	if m.SignInAudience != "AzureADMyOrg" || !m.IsFallbackPublicClient || !slices.Equal(m.PublicClient.RedirectURIs, []string{"http://localhost", "https://login.microsoftonline.com/common/oauth2/nativeclient"}) {
		t.Errorf("manifest %+v", m)
	}
	if len(m.RequiredResourceAccess) != 1 || m.RequiredResourceAccess[0].ResourceAppID != graphAppID {
		t.Errorf("resources %+v", m.RequiredResourceAccess)
	}
	if len(m.KeyCredentials) != 1 || m.KeyCredentials[0]["type"] != "AsymmetricX509Cert" || m.KeyCredentials[0]["usage"] != "Verify" || !isGUID(m.KeyCredentials[0]["keyId"]) {
		t.Errorf("keys %+v", m.KeyCredentials)
	}
	if first, second := manifest(v), manifest(v); first != second {
		t.Errorf("it differs from look to look:\n%s\n%s", first, second)
	}
}

// certified are values with a certificate.
func certified(t *testing.T) settings {
	t.Helper()
	v := settings{}
	if _, err := renewCertificate(t.Context(), platforms.Env{Values: v, Secrets: settings{}, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheScriptIsOneForBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	v := certified(t)
	v[keyClient] = "'; rm -rf /; '" // not an id: it does not get in
	for name, text := range map[string]string{"with a certificate": script(v), "without": script(settings{})} {
		cmd := exec.CommandContext(t.Context(), bash, "-n")
		cmd.Stdin = strings.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if strings.Contains(text, "rm -rf /;") || strings.Contains(text, "{") && strings.Contains(text, "{access}") || strings.Contains(text, "PRIVATE") {
			t.Errorf("%s: it holds what it must not", name)
		}
	}
}

// TestTheScriptMakesTheRegistration runs it with a stand-in for az that notes
// what it is asked, first where no registration is there, then where one is.
func TestTheScriptMakesTheRegistration(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	dir := t.TempDir()
	az := "#!" + bash + `
echo "$*" >>"$AZ_LOG"
case "$1 $2 $3" in
"ad app list") echo "$AZ_THERE" ;;
"ad app create") echo 22222222-2222-2222-2222-222222222222 ;;
"ad app update") for a in "$@"; do case "$a" in @*permissions.json) cat "${a#@}" >"$AZ_LOG.json" ;; esac; done ;;
"ad app credential") for a in "$@"; do case "$a" in @*) cat "${a#@}" >"$AZ_LOG.cer" ;; esac; done ;;
"account show --query") echo 33333333-3333-3333-3333-333333333333 ;;
esac
`
	if err := os.WriteFile(dir+"/az", []byte(az), 0o700); err != nil {
		t.Fatal(err)
	}
	v := certified(t)
	for name, there := range map[string]string{"new": "", "there": "44444444-4444-4444-4444-444444444444"} {
		t.Run(name, func(t *testing.T) {
			log := dir + "/" + name
			cmd := exec.CommandContext(t.Context(), bash, "-s")
			cmd.Stdin = strings.NewReader(script(v))
			cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "AZ_LOG="+log, "AZ_THERE="+there)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			id := there
			if id == "" {
				id = "22222222-2222-2222-2222-222222222222"
			}
			if !strings.Contains(string(out), id) || !strings.Contains(string(out), "33333333") {
				t.Errorf("it says %s", out)
			}
			calls, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(calls), "ad app create") != (there == "") || !strings.Contains(string(calls), "--append") || strings.Contains(string(calls), "admin-consent") {
				t.Errorf("it asked for\n%s", calls)
			}
			var access []requiredAccess
			raw, err := os.ReadFile(log + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(raw, &access); err != nil || len(access[0].ResourceAccess) != len(required(v)[0].ResourceAccess) {
				t.Errorf("permissions %s, %v", raw, err)
			}
			if cer, err := os.ReadFile(log + ".cer"); err != nil || len(parseCertificates(string(cer))) != 1 {
				t.Errorf("certificate %s, %v", cer, err)
			}
		})
	}
}

func TestWrongIDsAreToldApart(t *testing.T) {
	x := open(t)
	tests := []struct {
		name, client, tenant string
		cause                string
	}{
		{"a secret in place of the client id", "abc8Q~defghijklmnop", "", "not an application"},
		{"a tenant that is not there", "", "nowhere.example", "no tenant"},
		{"the organisation's name", "", "Contoso Ltd", "no tenant"},
	}
	client, tenant := x.values.Get(keyClient), x.values.Get(keyTenant)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x.values.data[keyClient], x.values.data[keyTenant] = or(test.client, client), or(test.tenant, tenant)
			s, err := newSession(x.env)
			if err != nil {
				t.Fatal(err)
			}
			f := s.checkRegistration(t.Context())
			if f.Status != platforms.Fail || !strings.Contains(f.Cause, test.cause) || f.Fix == "" || strings.Contains(f.Evidence, "defghij") {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestAWrongApplicationIsToldByEntra(t *testing.T) {
	x := open(t)
	x.values.data[keyClient] = "99999999-9999-9999-9999-999999999999"
	s, err := newSession(x.env)
	if err != nil {
		t.Fatal(err)
	}
	if f := s.checkApp(t.Context()); f.Status != platforms.Fail || !strings.Contains(f.Cause, "not known in the tenant") || len(f.Others) == 0 {
		t.Errorf("%+v", f)
	}
}

func TestExpiryIsWarnedOfInSteps(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := &session{env: platforms.Env{Values: settings{}, Secrets: settings{}, Now: func() time.Time { return now }}}
	tests := []struct {
		left   time.Duration
		status platforms.Status
		within string
	}{
		{31 * 24 * time.Hour, platforms.Pass, ""},
		{30 * 24 * time.Hour, platforms.Warn, "30 days"},
		{20 * 24 * time.Hour, platforms.Warn, "30 days"},
		{14 * 24 * time.Hour, platforms.Warn, "14 days"},
		{3 * 24 * time.Hour, platforms.Warn, "7 days"},
		{time.Hour, platforms.Warn, "1 day"},
		{0, platforms.Fail, "has expired"},
	}
	for _, test := range tests {
		f := s.ending("The certificate", now.Add(test.left), "Make a new one.")
		if f.Status != test.status || !strings.Contains(f.Cause, test.within) || f.Evidence == "" {
			t.Errorf("with %v left: %+v", test.left, f)
		}
	}
	for typed, want := range map[string]platforms.Status{"": platforms.Warn, "next year": platforms.Fail, "2027-05-31": platforms.Pass, "2026-03-10": platforms.Warn, "2026-02-01": platforms.Fail} {
		s.env.Values = settings{keyExpires: typed}
		if f := s.secretExpiry(t.Context()); f.Status != want {
			t.Errorf("%q: %+v", typed, f)
		}
	}
}

func TestTheRegistrationSaysWhenTheSecretEnds(t *testing.T) {
	x := open(t)
	x.connect()
	if err := x.values.Delete(t.Context(), keyExpires); err != nil {
		t.Fatal(err)
	}
	if f := findings(x, x.again())[checkExpiry]; f.Status != platforms.Pass || !strings.Contains(f.Evidence, "valid until 20") {
		t.Errorf("%+v", f)
	}
}

func TestAWrongClockIsMeasured(t *testing.T) {
	x := open(t)
	x.world.Clock.SetSkew(-7 * time.Minute)
	if f := findings(x, x.again())[checkRegistration]; f.Status != platforms.Warn || !strings.Contains(f.Cause, "7m") {
		t.Errorf("%+v", f)
	}
}
