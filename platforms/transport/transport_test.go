package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"miohub/platforms"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// vendor is a test server and a transport to it that hurries.
type vendor struct {
	*httptest.Server
	asked atomic.Int32
	base  *http.Transport
}

func serve(t *testing.T, h func(n int, w http.ResponseWriter, r *http.Request)) *vendor {
	t.Helper()
	v := &vendor{base: &http.Transport{}}
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h(int(v.asked.Add(1)), w, r)
	}))
	t.Cleanup(func() { v.base.CloseIdleConnections(); v.Close() })
	return v
}

func (v *vendor) transport(change func(*Config)) *Transport {
	cfg := Config{Name: "test", Base: v.base, Pace: 500}
	if change != nil {
		change(&cfg)
	}
	return New(cfg)
}

func (v *vendor) client(tr *Transport) *http.Client { return tr.Client(nil, HostOf(v.URL)) }

func do(t *testing.T, c *http.Client, ctx context.Context, method, url, body string) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res.StatusCode, string(data), err
}

func TestRepeatsWhatIsSafeToRepeat(t *testing.T) {
	for _, tc := range []struct {
		name   string
		method string
		marked bool
		status int
		wanted int // requests
	}{
		{"a read after a passing fault", "GET", false, 503, 3},
		{"a read after a quota refusal", "GET", false, 429, 3},
		{"a marked write after a passing fault", "POST", true, 502, 3},
		{"no unmarked write after a passing fault", "POST", false, 503, 1},
		{"no unmarked write after a quota refusal", "POST", false, 429, 1},
		{"no unmarked deletion", "DELETE", false, 500, 1},
		{"no read that is refused for good", "GET", false, 404, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var bodies []string
			v := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
				data, _ := io.ReadAll(r.Body)
				bodies = append(bodies, string(data))
				if n < 3 {
					w.WriteHeader(tc.status)
					return
				}
				fmt.Fprint(w, "done")
			})
			ctx := t.Context()
			if tc.marked {
				ctx = Idempotent(ctx)
			}
			tr := v.transport(nil)
			status, text, err := do(t, v.client(tr), ctx, tc.method, v.URL, "hello")
			if err != nil {
				t.Fatal(err)
			}
			if got := int(v.asked.Load()); got != tc.wanted {
				t.Errorf("sent %d requests, want %d", got, tc.wanted)
			}
			if tc.wanted == 3 && (status != 200 || text != "done") {
				t.Errorf("answer is %d %q", status, text)
			}
			for _, b := range bodies {
				if b != "hello" {
					t.Errorf("body arrived as %q", b)
				}
			}
			calls := tr.Calls()
			if calls.Made != tc.wanted || (tc.status == 429) != (calls.Throttled > 0) {
				t.Errorf("counted %+v", calls)
			}
		})
	}
}

func TestGivesUpAfterItsRetries(t *testing.T) {
	v := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(503)
		fmt.Fprint(w, `{"error":"busy"}`)
	})
	status, text, err := do(t, v.client(v.transport(func(c *Config) { c.Retries = 2 })), t.Context(), "GET", v.URL, "")
	if err != nil || status != 503 || text != `{"error":"busy"}` || v.asked.Load() != 3 {
		t.Errorf("status %d, body %q, error %v after %d requests", status, text, err, v.asked.Load())
	}
}

func TestWaitsAsLongAsAsked(t *testing.T) {
	v := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			w.Header().Set("Retry-After", "0.15")
			w.WriteHeader(429)
		}
	})
	began := time.Now()
	if status, _, err := do(t, v.client(v.transport(nil)), t.Context(), "GET", v.URL, ""); err != nil || status != 200 {
		t.Fatal(status, err)
	}
	if took := time.Since(began); took < 150*time.Millisecond {
		t.Errorf("came back after %s", took)
	}
}

func TestLeavesLongWaitsToTheCaller(t *testing.T) {
	v := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(429)
	})
	status, _, err := do(t, v.client(v.transport(nil)), t.Context(), "GET", v.URL, "")
	if err != nil || status != 429 || v.asked.Load() != 1 {
		t.Errorf("status %d, error %v after %d requests", status, err, v.asked.Load())
	}
}

func TestRecognisesQuotaRefusalsByTheirBody(t *testing.T) {
	v := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			w.WriteHeader(403)
			fmt.Fprint(w, "rateLimitExceeded")
		}
	})
	tr := v.transport(func(c *Config) {
		c.Throttled = func(status int, body []byte) bool {
			return status == 403 && bytes.Contains(body, []byte("rateLimitExceeded"))
		}
	})
	if status, _, err := do(t, v.client(tr), t.Context(), "GET", v.URL, ""); err != nil || status != 200 {
		t.Fatal(status, err)
	}
	if calls := tr.Calls(); calls.Made != 2 || calls.Throttled != 1 {
		t.Errorf("counted %+v", calls)
	}
}

func TestTellsWhetherARequestMayHaveArrived(t *testing.T) {
	drop := func(_ int, w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	for _, tc := range []struct {
		name, method string
		gone         bool
		marked       bool
		want         platforms.Kind
		sent         int32
	}{
		{"a write nobody listened to", "POST", true, false, platforms.TryLater, 0},
		{"a write whose answer was lost", "POST", false, false, platforms.Uncertain, 1},
		{"a marked write whose answer was lost", "POST", false, true, platforms.TryLater, 5},
		{"a read whose answer was lost", "GET", false, false, platforms.TryLater, 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := serve(t, drop)
			url := v.URL
			if tc.gone {
				url = closed.URL
			}
			ctx := t.Context()
			if tc.marked {
				ctx = Idempotent(ctx)
			}
			tr := v.transport(nil)
			_, _, err := do(t, tr.Client(nil, HostOf(url)), ctx, tc.method, url, "x")
			if got := platforms.KindOf(err); got != tc.want {
				t.Errorf("kind is %q, want %q: %v", got, tc.want, err)
			}
			if got := v.asked.Load(); got != tc.sent {
				t.Errorf("%d requests arrived, want %d", got, tc.sent)
			}
		})
	}
}

func TestAnAttemptThatTakesTooLongIsUncertain(t *testing.T) {
	ended := make(chan struct{})
	v := serve(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		<-r.Context().Done()
		close(ended)
	})
	tr := v.transport(func(c *Config) { c.Timeout = 50 * time.Millisecond })
	_, _, err := do(t, v.client(tr), t.Context(), "POST", v.URL, "x")
	if got := platforms.KindOf(err); got != platforms.Uncertain {
		t.Errorf("kind is %q: %v", got, err)
	}
	<-ended
}

func TestAnAnswerThatBreaksOffIsNoAnswer(t *testing.T) {
	for method, want := range map[string]platforms.Kind{"GET": platforms.TryLater, "POST": platforms.Uncertain} {
		v := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body)
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"half":`)
		})
		_, _, err := do(t, v.client(v.transport(nil)), t.Context(), method, v.URL, "")
		if got := platforms.KindOf(err); got != want || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: kind is %q: %v", method, got, err)
		}
	}
}

// drawer hands out numbered tokens.
type drawer struct {
	mu      sync.Mutex
	n       int
	dropped []string
}

func (d *drawer) Token(context.Context) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return fmt.Sprintf("token-%d", d.n+1), nil
}

func (d *drawer) Drop(token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n++
	d.dropped = append(d.dropped, token)
}

func TestATokenThatDiedEarlyIsReplacedOnce(t *testing.T) {
	v := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "Bearer token-2" || string(data) != "post" {
			w.WriteHeader(401)
		}
	})
	d := &drawer{}
	status, _, err := do(t, v.transport(nil).Client(d, HostOf(v.URL)), t.Context(), "POST", v.URL, "post")
	if err != nil || status != 200 || len(d.dropped) != 1 || d.dropped[0] != "token-1" {
		t.Errorf("status %d, error %v, dropped %q", status, err, d.dropped)
	}
}

func TestARefusedTokenIsNotAskedForForEver(t *testing.T) {
	v := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) })
	d := &drawer{}
	status, _, err := do(t, v.transport(nil).Client(d, HostOf(v.URL)), t.Context(), "GET", v.URL, "")
	if err != nil || status != 401 || v.asked.Load() != 2 {
		t.Errorf("status %d, error %v after %d requests", status, err, v.asked.Load())
	}
}

// counting tells how often a token was asked for.
type counting struct{ asked atomic.Int32 }

func (c *counting) Token(context.Context) (string, error) { c.asked.Add(1); return "secret", nil }
func (c *counting) Drop(string)                           {}

func TestATokenGoesToItsHostsAlone(t *testing.T) {
	foreign := serve(t, func(int, http.ResponseWriter, *http.Request) {})
	v := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, foreign.URL, http.StatusFound)
	})
	tr := v.transport(nil)
	for name, tc := range map[string]struct {
		url   string
		hosts []string
		asked int32
	}{
		"another host":             {foreign.URL, []string{HostOf(v.URL)}, 0},
		"a redirect to another":    {v.URL, []string{HostOf(v.URL)}, 1},
		"no host at all":           {v.URL, nil, 0},
		"its own without https":    {"http://graph.example", []string{"graph.example"}, 0},
		"a name that ends alike":   {"https://evil-graph.example", []string{"graph.example"}, 0},
		"the same on another port": {"https://graph.example:8443", []string{"graph.example"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := &counting{}
			_, _, err := do(t, tr.Client(c, tc.hosts...), t.Context(), "GET", tc.url, "")
			if platforms.KindOf(err) != platforms.Invalid {
				t.Errorf("error is %v", err)
			}
			if c.asked.Load() != tc.asked {
				t.Errorf("the token was asked for %d times", c.asked.Load())
			}
		})
	}
	if foreign.asked.Load() != 0 {
		t.Error("the foreign host was reached")
	}
}

func TestKeepsToTheRateOfABucket(t *testing.T) {
	v := serve(t, func(int, http.ResponseWriter, *http.Request) {})
	tr := v.transport(func(c *Config) {
		c.Pace = 10 // 2 a second at the vendor are 20 here
		c.Classify = func(*http.Request) []Bucket { return []Bucket{{Key: "all", PerSecond: 2, Burst: 1}} }
	})
	began := time.Now()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, _, err := do(t, v.client(tr), t.Context(), "GET", v.URL, ""); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if took := time.Since(began); took < 140*time.Millisecond {
		t.Errorf("three waits of 50 ms took %s", took)
	}
}

func TestBucketsAreIndependentAndAWaitTooLongIsRefused(t *testing.T) {
	v := serve(t, func(int, http.ResponseWriter, *http.Request) {})
	tr := v.transport(func(c *Config) {
		c.Classify = func(r *http.Request) []Bucket { return []Bucket{{Key: r.URL.Path, PerSecond: 1e-6, Burst: 1}} }
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, path := range []string{"/a", "/b"} {
		if _, _, err := do(t, v.client(tr), ctx, "GET", v.URL+path, ""); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, _, err := do(t, v.client(tr), ctx, "POST", v.URL+"/a", ""); platforms.KindOf(err) != platforms.TryLater || v.asked.Load() != 2 {
		t.Errorf("after %d requests: %v", v.asked.Load(), err)
	}
}

func TestEndsWithItsContext(t *testing.T) {
	v := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(503)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err := do(t, v.client(v.transport(nil)), ctx, "GET", v.URL, "")
	if !errors.Is(err, context.DeadlineExceeded) || platforms.KindOf(err) != platforms.TryLater {
		t.Errorf("error is %v", err)
	}
}

func TestTheLogHoldsNothingPrivate(t *testing.T) {
	v := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("request-id", "abc-123")
		w.WriteHeader(400)
		fmt.Fprint(w, "body-of-answer")
	})
	var out bytes.Buffer
	tr := v.transport(func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if _, _, err := do(t, tr.Client(&counting{}, HostOf(v.URL)), t.Context(), "POST", v.URL+"/users/dana@acme.example/x?access_token=query-token", "body-of-request"); err != nil {
		t.Fatal(err)
	}
	line := out.String()
	for _, private := range []string{"secret", "dana", "query-token", "body-of-request", "body-of-answer"} {
		if strings.Contains(line, private) {
			t.Errorf("the log tells %q: %s", private, line)
		}
	}
	for _, wanted := range []string{"method=POST", "/users/…/x", "status=400", "requestId=abc-123"} {
		if !strings.Contains(line, wanted) {
			t.Errorf("the log lacks %q: %s", wanted, line)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		header string
		want   time.Duration
		ok     bool
	}{
		{"", 0, false},
		{"3", 3 * time.Second, true},
		{" 0.25 ", 250 * time.Millisecond, true},
		{"0", 0, true},
		{"-1", 0, false},
		{"NaN", 0, false},
		{"1e300", 0, false},
		{"soon", 0, false},
		{"Sun, 01 Mar 2026 12:00:07 GMT", 7 * time.Second, true},
		{"Sun, 01 Mar 2026 11:00:00 GMT", 0, true},
	} {
		h := http.Header{}
		h.Set("Retry-After", tc.header)
		if got, ok := RetryAfter(h, now); got != tc.want || ok != tc.ok {
			t.Errorf("%q: %s, %t; want %s, %t", tc.header, got, ok, tc.want, tc.ok)
		}
	}
}

func TestKindOfAStatus(t *testing.T) {
	for _, tc := range []struct {
		status     int
		idempotent bool
		want       platforms.Kind
	}{
		{401, true, platforms.SignInAgain}, {403, true, platforms.Forbidden}, {404, true, platforms.NotFound},
		{410, true, platforms.NotFound}, {409, true, platforms.Conflict}, {429, false, platforms.SlowDown},
		{400, true, platforms.Invalid}, {413, true, platforms.Invalid}, {501, true, platforms.Unsupported},
		{503, true, platforms.TryLater}, {503, false, platforms.Uncertain}, {408, false, platforms.Uncertain},
		{302, true, platforms.Internal},
	} {
		if got := Kind(tc.status, tc.idempotent); got != tc.want {
			t.Errorf("%d (%t): %q, want %q", tc.status, tc.idempotent, got, tc.want)
		}
	}
}

// challenged notes what a refusal demands.
type challenged struct {
	drawer
	demanded []string
}

func (c *challenged) Refused(token string, challenge http.Header) {
	c.demanded = append(c.demanded, challenge.Get("WWW-Authenticate"))
	c.Drop(token)
}

func TestACredentialIsToldWhatARefusalDemands(t *testing.T) {
	v := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token-2" {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_claims"`)
			w.WriteHeader(401)
		}
	})
	c := &challenged{}
	status, _, err := do(t, v.transport(nil).Client(c, HostOf(v.URL)), t.Context(), "GET", v.URL, "")
	if err != nil || status != 200 || len(c.demanded) != 1 || c.demanded[0] != `Bearer error="insufficient_claims"` {
		t.Errorf("status %d, error %v, demanded %q", status, err, c.demanded)
	}
}
