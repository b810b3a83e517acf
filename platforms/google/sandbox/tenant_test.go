package sandbox

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/oauth2"
	ogoogle "golang.org/x/oauth2/google"

	world "miohub/platforms/sandbox"
)

// Accounts and rooms of the tests' small tenant.
const (
	adminID, annID, bobID, camID = "100000000000000000001", "100000000000000000002", "100000000000000000003", "100000000000000000004"
	guestID, goneID, haltID      = "100000000000000000005", "100000000000000000006", "100000000000000000007"
	plainID                      = "100000000000000000008"
	salesRoom, opsRoom           = "AAQAsalesroo", "AAQAopsroom0"
)

// lab is an emulated tenant served over HTTP.
type lab struct {
	t    *testing.T
	w    *world.World
	ten  *world.Tenant
	em   *world.Emulator
	urls map[string]string
	sa   map[string]string
	cat  *catalogue
}

func testWorld(speed float64) *world.World {
	w := world.Blank(world.Size{Seed: 7, Speed: speed})
	t := w.AddTenant(TenantName, "C01abcdef", "Acme", "acme.example", "acme-labs.example")
	t.Admin = adminID
	for _, a := range []world.Account{
		{ID: adminID, Address: "dana@acme.example", Given: "Dana", Family: "Ortiz", Admin: true, Licensed: true, OrgUnit: "/IT"},
		{ID: annID, Address: "ann@acme.example", Aliases: []string{"a.lee@acme.example"}, Given: "Ann", Family: "Lee", Licensed: true, OrgUnit: "/Sales/EMEA", EmployeeID: "E-7"},
		{ID: bobID, Address: "bob@acme.example", Given: "Bob", Family: "Ng", Licensed: true},
		{ID: camID, Address: "cam@acme-labs.example", Given: "Çam", Family: "Öz", Licensed: true},
		{ID: guestID, Address: "guest@other.example", Given: "Gus", Family: "Est", Licensed: true, Guest: true},
		{ID: goneID, Address: "gone@acme.example", Given: "Go", Family: "Ne", Deleted: w.Clock.Now()},
		{ID: haltID, Address: "halt@acme.example", Given: "Hal", Family: "T", Licensed: true, Suspended: true},
		{ID: plainID, Address: "plain@acme.example", Given: "Pla", Family: "In"},
	} {
		if err := t.PutAccount(a); err != nil {
			panic(err)
		}
	}
	for _, r := range []world.Room{
		{ID: salesRoom, Name: "Sales", Description: "Deals", Kind: "space", Threaded: true, Members: map[string]world.Membership{adminID: {}, annID: {Owner: true}, bobID: {}}},
		{ID: opsRoom, Name: "Ops café", Kind: "space", Threaded: true, HistoryOff: true, Members: map[string]world.Membership{camID: {Owner: true}}},
	} {
		if err := t.PutRoom(r); err != nil {
			panic(err)
		}
	}
	return w
}

func newLab(t *testing.T, speed float64) *lab {
	t.Helper()
	l := &lab{t: t, w: testWorld(speed), urls: map[string]string{}}
	l.ten = l.w.Tenant(TenantName)
	var err error
	if l.em, err = New(l.w); err != nil {
		t.Fatal(err)
	}
	if l.cat, err = loadCatalogue(); err != nil {
		t.Fatal(err)
	}
	for _, api := range l.em.APIs {
		s := httptest.NewServer(api.Handler)
		t.Cleanup(s.Close)
		l.urls[api.Name] = s.URL + "/"
	}
	l.em.Attach(l.urls)
	if err := json.Unmarshal(l.keyFile(), &l.sa); err != nil {
		t.Fatal(err)
	}
	return l
}

// calm lets tenant time pass, so that a test's own quick writes do not meet the
// quota of one space.
func (l *lab) calm() { l.w.Clock.Advance(10_000_000_000) }

func scopes(short ...string) []string {
	var out []string
	for _, s := range short {
		if !strings.Contains(s, ":") && s != "openid" {
			s = scopePrefix + s
		}
		out = append(out, s)
	}
	return out
}

// as returns an access token that acts as an address through delegation; ""
// is the app itself.
func (l *lab) as(address string, short ...string) string {
	l.t.Helper()
	tok, err := l.tokenFor(address, scopes(short...))
	if err != nil {
		l.t.Fatalf("token for %q: %v", address, err)
	}
	return tok
}

func (l *lab) tokenFor(address string, full []string) (string, error) {
	if address != "" {
		l.em.Delegate(full)
	}
	return l.undelegated(address, full)
}

func (l *lab) undelegated(address string, full []string) (string, error) {
	cfg, err := ogoogle.JWTConfigFromJSON(l.keyFile(), full...)
	if err != nil {
		return "", err
	}
	cfg.Subject = address
	tok, err := cfg.TokenSource(context.Background()).Token()
	if err != nil {
		return "", err
	}
	return tok.AccessToken, nil
}

// keyFile is the service account's, as it came when the key was made.
func (l *lab) keyFile() []byte {
	_, files := l.em.Describe()
	return files["service_account_file"]
}

// answer is a decoded HTTP response.
type answer struct {
	code   int
	header http.Header
	body   map[string]any
	raw    string
}

// at reads a value by path: "error.details.0.reason".
func (a answer) at(path string) any {
	var v any = a.body
	for _, key := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i := 0
			if _, err := fmt.Sscanf(key, "%d", &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (a answer) str(path string) string { s, _ := a.at(path).(string); return s }

func (a answer) list(path string) []any { s, _ := a.at(path).([]any); return s }

// call makes an API request; body is JSON text or "".
func (l *lab) call(token, api, method, path, body string) answer {
	l.t.Helper()
	return l.send(token, api, method, path, "application/json", body)
}

func (l *lab) send(token, api, method, path, contentType, body string) answer {
	l.t.Helper()
	req, err := http.NewRequest(method, l.urls[api]+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" && contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return l.do(req)
}

func (l *lab) do(req *http.Request) answer {
	l.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	a := answer{code: res.StatusCode, header: res.Header, raw: string(raw)}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := dec.Decode(&a.body); err != nil {
			l.t.Fatalf("%s %s: %v in %s", req.Method, req.URL, err, raw)
		}
	}
	l.checkAnswer(req, a)
	return a
}

func (l *lab) want(a answer, code int) answer {
	l.t.Helper()
	if a.code != code {
		l.t.Fatalf("got %d, want %d: %s", a.code, code, a.raw)
	}
	return a
}

func httpClient(token string) *http.Client {
	return oauth2.NewClient(context.Background(), oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}))
}

func parseKey(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return key.(*rsa.PrivateKey), nil
}
