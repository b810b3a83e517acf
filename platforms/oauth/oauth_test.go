package oauth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/oauth2"

	"miohub/platforms"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// get visits a page and returns its status, content and headers.
func get(t *testing.T, address string) (int, string, http.Header) {
	t.Helper()
	base := &http.Transport{}
	defer base.CloseIdleConnections()
	res, err := (&http.Client{Transport: base}).Get(address)
	if err != nil {
		t.Error(err)
		return 0, "", nil
	}
	defer res.Body.Close()
	data, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(data), res.Header
}

// back makes the address a vendor would send the browser to.
func back(r *Receiver, v url.Values) string { return r.RedirectURL() + "?" + v.Encode() }

func listen(t *testing.T, l Loopback) *Receiver {
	t.Helper()
	r, err := Listen(l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestReceiverAnswersOnceAndSaysSo(t *testing.T) {
	r := listen(t, Loopback{})
	if status, page, _ := get(t, back(r, url.Values{"state": {"guessed"}, "code": {"evil"}})); status != 400 || !strings.Contains(page, "belongs to another sign-in") {
		t.Errorf("a wrong state is answered %d %s", status, page)
	}
	status, page, header := get(t, back(r, url.Values{"state": {r.State()}, "code": {"first"}}))
	if status != 200 || !strings.Contains(page, "That worked") || !strings.Contains(page, "Mio Hub") {
		t.Errorf("the answer is answered %d %s", status, page)
	}
	if strings.Contains(page, "first") || strings.Contains(page, "http://") || strings.Contains(page, "https://") || strings.Contains(page, "<script") {
		t.Errorf("the page tells the code, or loads something: %s", page)
	}
	if !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") || header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers are %v", header)
	}
	if status, page, _ := get(t, back(r, url.Values{"state": {r.State()}, "code": {"second"}})); status != 409 || !strings.Contains(page, "Already answered") {
		t.Errorf("a second answer is answered %d %s", status, page)
	}
	v, err := r.Wait(t.Context())
	if err != nil || v.Get("code") != "first" {
		t.Errorf("received %v, %v", v, err)
	}
}

func TestReceiverIgnoresWhatIsNotItsPage(t *testing.T) {
	r := listen(t, Loopback{Host: "localhost", Path: "/signed-in"})
	if !strings.HasPrefix(r.RedirectURL(), "http://localhost:") || !strings.HasSuffix(r.RedirectURL(), "/signed-in") {
		t.Errorf("redirect is %s", r.RedirectURL())
	}
	root := strings.TrimSuffix(r.RedirectURL(), "/signed-in")
	if status, _, _ := get(t, root+"/favicon.ico"); status != 404 {
		t.Errorf("another path is answered %d", status)
	}
	request, _ := http.NewRequest("HEAD", back(r, url.Values{"state": {r.State()}, "code": {"x"}}), nil)
	rebound, _ := http.NewRequest("GET", back(r, url.Values{"state": {r.State()}, "code": {"x"}}), nil)
	rebound.Host = "evil.example"
	base := &http.Transport{}
	defer base.CloseIdleConnections()
	for req, want := range map[*http.Request]int{request: 405, rebound: 404} {
		res, err := base.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s for host %q is answered %d", req.Method, req.Host, res.StatusCode)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if v, err := r.Wait(ctx); err == nil {
		t.Errorf("one of them was taken for the answer: %v", v)
	}
}

func TestReceiverReportsTheVendorsError(t *testing.T) {
	for _, tc := range []struct {
		code, text string
		kind       platforms.Kind
		cancelled  bool
		page       string
	}{
		{"access_denied", "", platforms.Forbidden, true, "Cancelled"},
		{"consent_required", "AADSTS65004: <b>no</b>", platforms.SignInAgain, false, "AADSTS65004: &lt;b&gt;no&lt;/b&gt;"},
		{"temporarily_unavailable", "later", platforms.TryLater, false, "not finished"},
	} {
		t.Run(tc.code, func(t *testing.T) {
			r := listen(t, Loopback{Op: "vendor: sign in"})
			_, page, _ := get(t, back(r, url.Values{"state": {r.State()}, "error": {tc.code}, "error_description": {tc.text}, "admin_consent": {"True"}}))
			if !strings.Contains(page, tc.page) || strings.Contains(page, "<b>") {
				t.Errorf("page is %s", page)
			}
			_, err := r.Wait(t.Context())
			var e *platforms.Error
			if !errors.As(err, &e) || e.Kind != tc.kind || e.Code != tc.code || e.Op != "vendor: sign in" || Cancelled(err) != tc.cancelled {
				t.Errorf("error is %#v", err)
			}
		})
	}
}

func TestReceiverEndsByItself(t *testing.T) {
	r := listen(t, Loopback{Timeout: 10 * time.Millisecond})
	if _, err := r.Wait(t.Context()); platforms.KindOf(err) != platforms.TryLater || Cancelled(err) {
		t.Errorf("after its time: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := listen(t, Loopback{}).Wait(ctx); !Cancelled(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("after its context: %v", err)
	}
}

func TestReceiveOpensThePageAndReturnsTheAnswer(t *testing.T) {
	var wg sync.WaitGroup
	defer wg.Wait()
	v, err := Receive(t.Context(), Loopback{Host: "localhost"}, func(redirect, state string) string {
		return redirect + "?" + url.Values{"state": {state}, "tenant": {"T"}}.Encode()
	}, func(page string) error {
		wg.Go(func() { get(t, page) })
		return nil
	})
	if err != nil || v.Get("tenant") != "T" {
		t.Errorf("received %v, %v", v, err)
	}
	_, err = Receive(t.Context(), Loopback{}, func(string, string) string { return "" }, func(string) error { return errors.New("no browser") })
	if platforms.KindOf(err) != platforms.TryLater {
		t.Errorf("without a browser: %v", err)
	}
}

// endpoint is a token endpoint with a page to sign in at.
type endpoint struct {
	*httptest.Server
	mu        sync.Mutex
	challenge string
	forms     []url.Values
	answer    func(url.Values) (int, map[string]any)
	base      *http.Transport
}

func newEndpoint(t *testing.T, answer func(url.Values) (int, map[string]any)) *endpoint {
	e := &endpoint{answer: answer, base: &http.Transport{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		e.mu.Lock()
		e.challenge = q.Get("code_challenge")
		e.mu.Unlock()
		if q.Get("code_challenge_method") != "S256" {
			t.Errorf("challenge method is %q", q.Get("code_challenge_method"))
		}
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"state": {q.Get("state")}, "code": {"the-code"}}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		if _, _, basic := r.BasicAuth(); basic {
			t.Error("the client's credentials travelled in a header")
		}
		e.mu.Lock()
		e.forms = append(e.forms, r.PostForm)
		status, body := e.answer(r.PostForm)
		e.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	})
	e.Server = httptest.NewServer(mux)
	t.Cleanup(func() { e.base.CloseIdleConnections(); e.Close() })
	return e
}

func (e *endpoint) config() oauth2.Config {
	return oauth2.Config{ClientID: "id", ClientSecret: "secret", Scopes: []string{"a", "b"}, Endpoint: oauth2.Endpoint{AuthURL: e.URL + "/authorize", TokenURL: e.URL + "/token"}}
}

func (e *endpoint) client() *http.Client { return &http.Client{Transport: e.base} }

func TestSignInRedeemsTheCodeWithItsVerifier(t *testing.T) {
	e := newEndpoint(t, nil)
	e.answer = func(f url.Values) (int, map[string]any) {
		sum := sha256.Sum256([]byte(f.Get("code_verifier")))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != e.challenge {
			return 400, map[string]any{"error": "invalid_grant", "error_description": "PKCE"}
		}
		return 200, map[string]any{"access_token": "A", "refresh_token": "R", "expires_in": 3600, "token_type": "Bearer", "scope": "a b"}
	}
	var opened string
	var wg sync.WaitGroup
	token, err := SignIn{
		Config: e.config(), HTTP: e.client(), Params: map[string]string{"login_hint": "dana@acme.example"},
		Open: func(page string) error { opened = page; wg.Go(func() { get(t, page) }); return nil },
	}.Run(t.Context())
	wg.Wait()
	if err != nil || token.AccessToken != "A" || token.RefreshToken != "R" {
		t.Fatalf("token %v, error %v", token, err)
	}
	if !strings.Contains(opened, "login_hint=dana%40acme.example") {
		t.Errorf("opened %s", opened)
	}
	f := e.forms[0]
	if f.Get("client_id") != "id" || f.Get("client_secret") != "secret" || f.Get("code") != "the-code" || !strings.HasPrefix(f.Get("redirect_uri"), "http://127.0.0.1:") {
		t.Errorf("the form was %v", f)
	}
}

func TestSignInReportsARefusedCode(t *testing.T) {
	e := newEndpoint(t, func(url.Values) (int, map[string]any) {
		return 400, map[string]any{
			"error": "invalid_grant", "error_description": "AADSTS54005: redeemed", "error_codes": []int{54005},
			"trace_id": "T", "correlation_id": "C",
		}
	})
	var wg sync.WaitGroup
	_, err := SignIn{
		Config: e.config(), HTTP: e.client(), Loopback: Loopback{Op: "x: sign in"},
		Open: func(page string) error { wg.Go(func() { get(t, page) }); return nil },
	}.Run(t.Context())
	wg.Wait()
	var known *platforms.Error
	if !errors.As(err, &known) || known.Kind != platforms.SignInAgain || known.Code != "invalid_grant AADSTS54005" || known.RequestID != "T C" || known.Status != 400 {
		t.Errorf("error is %#v", err)
	}
	if len(e.forms) != 1 {
		t.Errorf("%d token requests were made", len(e.forms))
	}
}

// memory is a vault.
type memory struct {
	mu   sync.Mutex
	m    map[string]string
	fail error
}

func (v *memory) Get(key string) string { v.mu.Lock(); defer v.mu.Unlock(); return v.m[key] }
func (v *memory) Put(_ context.Context, key, value string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.fail == nil {
		v.m[key] = value
	}
	return v.fail
}
func (v *memory) Delete(_ context.Context, key string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.m, key)
	return nil
}

func signedIn(t *testing.T, saved Saved) *memory {
	t.Helper()
	v := &memory{m: map[string]string{}}
	if err := Keep(t.Context(), v, "token", saved); err != nil {
		t.Fatal(err)
	}
	return v
}

func (e *endpoint) source(v *memory) *TokenSource {
	return NewTokenSource(Store{Secrets: v, Key: "token", Config: e.config(), HTTP: e.client(), Op: "x: renew"})
}

func TestRenewsOnceForAllWhoAsk(t *testing.T) {
	var renewals atomic.Int32
	e := newEndpoint(t, func(f url.Values) (int, map[string]any) {
		n := renewals.Add(1)
		if f.Get("grant_type") != "refresh_token" || f.Get("refresh_token") != "R0" {
			return 400, map[string]any{"error": "invalid_grant"}
		}
		time.Sleep(20 * time.Millisecond)
		return 200, map[string]any{"access_token": fmt.Sprintf("A%d", n), "refresh_token": "R1", "expires_in": 3600, "token_type": "Bearer"}
	})
	v := signedIn(t, Saved{RefreshToken: "R0", Account: "dana@acme.example", Scope: "a b"})
	s := e.source(v)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if token, err := s.Token(t.Context()); err != nil || token != "A1" {
				t.Errorf("token %q, error %v", token, err)
			}
		})
	}
	wg.Wait()
	if renewals.Load() != 1 {
		t.Errorf("renewed %d times", renewals.Load())
	}
	saved, ok := Load(v, "token")
	if !ok || saved.RefreshToken != "R1" || saved.AccessToken != "A1" || saved.Account != "dana@acme.example" || saved.Scope != "a b" {
		t.Errorf("saved %+v", saved)
	}
}

func TestADroppedTokenIsRenewed(t *testing.T) {
	var n atomic.Int32
	e := newEndpoint(t, func(url.Values) (int, map[string]any) {
		return 200, map[string]any{"access_token": fmt.Sprintf("A%d", n.Add(1)), "expires_in": 3600, "token_type": "Bearer"}
	})
	v := signedIn(t, Saved{AccessToken: "A0", RefreshToken: "R", Obtained: time.Now(), Expiry: time.Now().Add(time.Hour)})
	s := e.source(v)
	if token, err := s.Token(t.Context()); token != "A0" || err != nil {
		t.Fatalf("token %q, error %v", token, err)
	}
	s.Drop("A0")
	if token, err := s.Token(t.Context()); token != "A1" || err != nil {
		t.Errorf("token %q, error %v", token, err)
	}
	if saved, _ := Load(v, "token"); saved.RefreshToken != "R" {
		t.Errorf("a renewal without a new refresh token lost the old one: %+v", saved)
	}
}

func TestUsesWhatAnotherProcessRenewed(t *testing.T) {
	e := newEndpoint(t, func(url.Values) (int, map[string]any) { return 400, map[string]any{"error": "invalid_grant"} })
	v := signedIn(t, Saved{AccessToken: "A0", RefreshToken: "R0", Obtained: time.Now(), Expiry: time.Now().Add(time.Hour)})
	s := e.source(v)
	if _, err := s.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := Keep(t.Context(), v, "token", Saved{AccessToken: "A9", RefreshToken: "R9", Obtained: time.Now(), Expiry: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	s.Drop("A0")
	if token, err := s.Token(t.Context()); token != "A9" || err != nil {
		t.Errorf("token %q, error %v", token, err)
	}
}

func TestARenewalThatCannotBeSavedIsSavedLater(t *testing.T) {
	e := newEndpoint(t, func(url.Values) (int, map[string]any) {
		return 200, map[string]any{"access_token": "A1", "refresh_token": "R1", "expires_in": 3600, "token_type": "Bearer"}
	})
	v := signedIn(t, Saved{RefreshToken: "R0"})
	s := e.source(v)
	v.fail = errors.New("disk full")
	if _, err := s.Token(t.Context()); platforms.KindOf(err) != platforms.Internal {
		t.Errorf("error is %v", err)
	}
	v.fail = nil
	if token, err := s.Token(t.Context()); token != "A1" || err != nil {
		t.Errorf("token %q, error %v", token, err)
	}
	if saved, _ := Load(v, "token"); saved.RefreshToken != "R1" || len(e.forms) != 1 {
		t.Errorf("saved %+v after %d renewals", saved, len(e.forms))
	}
}

func TestKindsOfRefusedRenewals(t *testing.T) {
	for _, tc := range []struct {
		status int
		body   map[string]any
		want   platforms.Kind
	}{
		{400, map[string]any{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, platforms.SignInAgain},
		{400, map[string]any{"error": "interaction_required", "error_codes": []int{50076}}, platforms.SignInAgain},
		{401, map[string]any{"error": "invalid_client", "error_description": "Unauthorized"}, platforms.Forbidden},
		{401, map[string]any{"error": "unauthorized_client"}, platforms.Forbidden},
		{400, map[string]any{"error": "invalid_scope"}, platforms.Invalid},
		{429, map[string]any{"error": "temporarily_unavailable"}, platforms.SlowDown},
		{503, map[string]any{}, platforms.TryLater},
		{418, map[string]any{}, platforms.Internal},
	} {
		e := newEndpoint(t, func(url.Values) (int, map[string]any) { return tc.status, tc.body })
		_, err := e.source(signedIn(t, Saved{RefreshToken: "R"})).Token(t.Context())
		var known *platforms.Error
		if !errors.As(err, &known) || known.Kind != tc.want || known.Op != "x: renew" || known.Status != tc.status {
			t.Errorf("%d %v: %#v", tc.status, tc.body, err)
		}
		if err != nil && strings.Contains(err.Error(), "R\"") {
			t.Errorf("the error tells the refresh token: %v", err)
		}
	}
}

func TestNobodySignedIn(t *testing.T) {
	e := newEndpoint(t, nil)
	_, err := e.source(&memory{m: map[string]string{}}).Token(t.Context())
	if platforms.KindOf(err) != platforms.SignInAgain {
		t.Errorf("error is %v", err)
	}
}

func TestFreshFollowsTheTokensLife(t *testing.T) {
	t0 := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		life, age time.Duration
		want      bool
	}{
		{time.Hour, 58 * time.Minute, true},
		{time.Hour, 59*time.Minute + time.Second, false},
		{10 * time.Second, 8 * time.Second, true},
		{10 * time.Second, 9500 * time.Millisecond, false},
	} {
		if got := Fresh(t0, t0.Add(tc.life), t0.Add(tc.age)); got != tc.want {
			t.Errorf("a token of %s is fresh after %s: %t", tc.life, tc.age, got)
		}
	}
}
