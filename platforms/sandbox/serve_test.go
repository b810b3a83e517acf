package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counter is an API whose only effect can be counted.
type counter struct{ n atomic.Int64 }

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := c.n.Add(1)
	switch r.URL.Path {
	case "/panic":
		panic("out of cheese")
	case "/busy":
		w.WriteHeader(http.StatusTooManyRequests)
	default:
		w.Header().Set("X-Count", fmt.Sprint(n))
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "made %d", n)
	}
}

// serving serves one API called "chat", over TLS as well.
func serving(t *testing.T) (*World, *counter, *Running, *http.Client) {
	t.Helper()
	w, api := Blank(Size{}), &counter{}
	var attached map[string]string
	run, err := Serve(t.Context(), w, &Emulator{
		Tenant: "google", APIs: []API{{Name: "chat", Handler: api, TLS: true}},
		Attach: func(urls map[string]string) { attached = urls },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Close)
	for _, key := range []string{"chat", "chat_url", "chat_tls", "chat_tls_url"} {
		if !strings.HasSuffix(attached[key], "/") {
			t.Errorf("attached %q as %q", key, attached[key])
		}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(run.CAPEM) {
		t.Fatal("the authority is not in PEM")
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	t.Cleanup(client.CloseIdleConnections)
	return w, api, run, client
}

func post(t *testing.T, client *http.Client, url string) (*http.Response, string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

func TestServeOverPlainHTTPAndTLS(t *testing.T) {
	_, _, run, client := serving(t)
	urls := run.URLs["google"]
	for _, url := range []string{urls["chat_url"], urls["chat_tls_url"], strings.Replace(urls["chat_tls_url"], "127.0.0.1", "localhost", 1)} {
		if resp, body, err := post(t, client, url+"v1"); err != nil || resp.StatusCode != http.StatusCreated || !strings.HasPrefix(body, "made") {
			t.Errorf("%s answered %v %q %v", url, resp, body, err)
		}
	}
	for _, path := range []string{"busy", "busy", "panic"} {
		_, _, _ = post(t, client, urls["chat_url"]+path)
	}
	if got, want := run.Counts()["chat"], (Count{Tenant: "google", Requests: 6, Throttled: 2, Panics: 1}); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
}

func TestServeAnswersAPanicInWords(t *testing.T) {
	_, _, run, client := serving(t)
	resp, body, err := post(t, client, run.URLs["google"]["chat_url"]+"panic")
	if err != nil || resp.StatusCode != http.StatusInternalServerError || !strings.Contains(body, "out of cheese") {
		t.Errorf("answered %v %q %v", resp, body, err)
	}
}

func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		name     string
		fault    Fault
		status   int // 0: the connection breaks
		effects  int64
		slowerBy time.Duration
	}{
		{"latency", Fault{Latency: 30 * time.Millisecond}, 201, 1, 30 * time.Millisecond},
		{"refused before the effect", Fault{Status: 503}, 503, 0, 0},
		{"throttled", Fault{Status: 429, Header: http.Header{"retry-after": {"7"}}, Body: "slow down"}, 429, 0, 0},
		{"failed after the effect", Fault{Status: 502, After: true}, 502, 1, 0},
		{"dropped before the effect", Fault{Drop: true}, 0, 0, 0},
		{"dropped after the effect", Fault{Drop: true, After: true}, 0, 1, 0},
		{"another API's", Fault{API: "graph", Status: 500}, 201, 1, 0},
		{"another method's", Fault{Method: "GET", Status: 500}, 201, 1, 0},
		{"another path's", Fault{Path: "/messages", Status: 500}, 201, 1, 0},
		{"this API, method and path", Fault{API: "chat", Method: "POST", Path: "/v1", Status: 500}, 500, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w, api, run, client := serving(t)
			tc.fault.ID, tc.fault.Times = tc.name, 1
			w.Faults.Set(tc.fault)
			start := time.Now()
			resp, body, err := post(t, client, run.URLs["google"]["chat_url"]+"v1/spaces")
			switch {
			case tc.status == 0 && err == nil:
				t.Errorf("answered %d, want a broken connection", resp.StatusCode)
			case tc.status != 0 && (err != nil || resp.StatusCode != tc.status):
				t.Errorf("answered %v %v, want %d", resp, err, tc.status)
			case tc.status == 429 && (resp.Header.Get("Retry-After") != "7" || body != "slow down"):
				t.Errorf("answered %v %q", resp.Header, body)
			}
			if n := api.n.Load(); n != tc.effects {
				t.Errorf("took effect %d times, want %d", n, tc.effects)
			}
			if took := time.Since(start); took < tc.slowerBy {
				t.Errorf("took %v, want at least %v", took, tc.slowerBy)
			}
		})
	}
}

func TestFaultsStopAfterTheirTimes(t *testing.T) {
	w, _, run, client := serving(t)
	w.Faults.Set(Fault{ID: "twice", Status: 500, Times: 2})
	var got []int
	for range 3 {
		resp, _, err := post(t, client, run.URLs["google"]["chat_url"])
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, resp.StatusCode)
	}
	if fmt.Sprint(got) != "[500 500 201]" || len(w.Faults.List()) != 0 {
		t.Errorf("answered %v, left %v", got, w.Faults.List())
	}
	w.Faults.Set(Fault{ID: "always", Status: 500})
	for range 3 {
		if resp, _, err := post(t, client, run.URLs["google"]["chat_url"]); err != nil || resp.StatusCode != 500 {
			t.Errorf("answered %v %v", resp, err)
		}
	}
	w.Faults.Clear("always")
	if resp, _, err := post(t, client, run.URLs["google"]["chat_url"]); err != nil || resp.StatusCode != 201 {
		t.Errorf("cleared fault still answers %v %v", resp, err)
	}
}

func TestHoldKeepsTheAnswerBackAfterTheEffect(t *testing.T) {
	w, api, run, client := serving(t)
	held, release := make(chan int64, 1), make(chan struct{})
	w.Faults.Set(Fault{ID: "hold", Times: 1, Hold: func(*http.Request) { held <- api.n.Load(); <-release }})
	answered := make(chan string, 1)
	go func() {
		_, body, err := post(t, client, run.URLs["google"]["chat_url"])
		answered <- fmt.Sprint(body, err)
	}()
	if n := <-held; n != 1 {
		t.Errorf("held with %d effects, want 1", n)
	}
	select {
	case body := <-answered:
		t.Errorf("answered %q while held", body)
	case <-time.After(20 * time.Millisecond):
	}
	close(release)
	if got := <-answered; got != "made 1<nil>" {
		t.Errorf("released answer %q", got)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	run, err := Serve(ctx, Blank(Size{}), &Emulator{Tenant: "google", APIs: []API{{Name: "chat", Handler: &counter{}}}})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	run.Close()
	run.Close() // closing twice is fine
	_, _, err = post(t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, run.URLs["google"]["chat_url"])
	if err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a closed server answers: %v", err)
	}
}

func TestServeRefusesTwoAPIsOfOneName(t *testing.T) {
	twice := &Emulator{Tenant: "google", APIs: []API{{Name: "chat", Handler: &counter{}}, {Name: "chat", Handler: &counter{}}}}
	if _, err := Serve(t.Context(), Blank(Size{}), twice); err == nil || !strings.Contains(err.Error(), `"chat"`) {
		t.Errorf("error %v", err)
	}
}

func TestServicesAreServedBesideTheAPIs(t *testing.T) {
	ended := false
	e := &Emulator{Tenant: "t", Services: []Service{{Name: "echo", Start: func(l net.Listener) (func(), error) {
		var running sync.WaitGroup
		running.Go(func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = io.Copy(conn, conn) // the client hangs up
				_ = conn.Close()
			}
		})
		return func() { _ = l.Close(); running.Wait(); ended = true }, nil
	}}}}
	run, err := Serve(t.Context(), Blank(Size{}), e)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", run.URLs["t"]["echo_url"])
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "hello" {
		t.Errorf("echoed %q, %v", got, err)
	}
	conn.Close()
	run.Close()
	if !ended {
		t.Error("the service outlives the World")
	}
}
