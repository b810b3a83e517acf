// Package oauth signs a person in through their own browser, with a receiver
// on this machine's loopback address, PKCE and a one-time state, and keeps the
// refresh token that results: saved before it is used, refreshed by one
// goroutine at a time.
package oauth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"miohub/platforms"
)

const (
	defaultTimeout = 15 * time.Minute
	closeGrace     = 2 * time.Second
)

// Loopback says how a browser's answer is received.
type Loopback struct {
	// Host is the redirect's host as the vendor wants it: "127.0.0.1" (the
	// default) for Google, "localhost" for Entra. The receiver listens on
	// 127.0.0.1 alone, on a port the system chooses.
	Host string
	Path string // of the redirect, "/" by default
	// App is what the page tells the person to go back to, "Mio Hub" by default.
	App     string
	Timeout time.Duration // 0 means 15 minutes
	// Op is put in front of errors, for example "google: sign in".
	Op string
}

// Receiver waits for one browser to come back. Close it.
type Receiver struct {
	set      Loopback
	state    string
	listener net.Listener
	server   *http.Server
	served   chan struct{}

	once   sync.Once
	answer chan url.Values
}

// Listen starts a receiver with a state of its own.
func Listen(l Loopback) (*Receiver, error) {
	if l.Host == "" {
		l.Host = "127.0.0.1"
	}
	if l.Path == "" {
		l.Path = "/"
	}
	if l.App == "" {
		l.App = "Mio Hub"
	}
	if l.Timeout <= 0 {
		l.Timeout = defaultTimeout
	}
	if l.Op == "" {
		l.Op = "sign in"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, &platforms.Error{Kind: platforms.TryLater, Op: l.Op, Text: "no port is free on this computer for the browser's answer", Err: err}
	}
	r := &Receiver{
		set: l, state: rand.Text(), listener: listener,
		served: make(chan struct{}), answer: make(chan url.Values, 1),
	}
	r.server = &http.Server{Handler: http.HandlerFunc(r.serve), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(r.served)
		_ = r.server.Serve(listener)
	}()
	return r, nil
}

// State is what the vendor must hand back with the answer.
func (r *Receiver) State() string { return r.state }

// RedirectURL is where the vendor must send the browser.
func (r *Receiver) RedirectURL() string {
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(r.set.Host, r.port()), Path: r.set.Path}
	if u.Path == "/" {
		u.Path = ""
	}
	return u.String()
}

func (r *Receiver) port() string {
	_, port, _ := net.SplitHostPort(r.listener.Addr().String())
	return port
}

// Wait blocks until the browser is back with the right state and returns what
// it brought. An answer that carries the vendor's error is an error; so is the
// end of ctx or of the time allowed.
func (r *Receiver) Wait(ctx context.Context) (url.Values, error) {
	timer := time.NewTimer(r.set.Timeout)
	defer timer.Stop()
	select {
	case v := <-r.answer:
		return v, r.refusal(v)
	case <-timer.C:
		return nil, &platforms.Error{
			Kind: platforms.TryLater, Op: r.set.Op, Code: "timeout", Time: time.Now(),
			Text: "the browser did not come back in time",
		}
	case <-ctx.Done():
		return nil, &platforms.Error{Kind: platforms.TryLater, Op: r.set.Op, Code: "cancelled", Time: time.Now(), Text: "the sign-in was cancelled", Err: ctx.Err()}
	}
}

func (r *Receiver) refusal(v url.Values) error {
	if v.Get("error") == "" {
		return nil
	}
	return refused(r.set.Op, v.Get("error"), v.Get("error_description"))
}

// Close stops listening and waits until pages being answered are through.
func (r *Receiver) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	if err := r.server.Shutdown(ctx); err != nil {
		_ = r.server.Close()
	}
	<-r.served
}

// Receive opens a page and waits for the browser to come back from it: page
// makes its address from the redirect and the state, open shows it.
func Receive(ctx context.Context, l Loopback, page func(redirect, state string) string, open func(string) error) (url.Values, error) {
	r, err := Listen(l)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if err := show(r, page(r.RedirectURL(), r.State()), open); err != nil {
		return nil, err
	}
	return r.Wait(ctx)
}

func show(r *Receiver, page string, open func(string) error) error {
	if open == nil {
		return &platforms.Error{Kind: platforms.Internal, Op: r.set.Op, Err: errors.New("no browser was lent")}
	}
	if err := open(page); err != nil {
		return &platforms.Error{Kind: platforms.TryLater, Op: r.set.Op, Text: "the browser could not be opened", Err: err}
	}
	return nil
}

func (r *Receiver) serve(w http.ResponseWriter, req *http.Request) {
	if !r.ours(req.Host) || req.URL.Path != r.set.Path {
		http.NotFound(w, req)
		return
	}
	if req.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "GET only", http.StatusMethodNotAllowed)
		return
	}
	v := req.URL.Query()
	if subtle.ConstantTimeCompare([]byte(v.Get("state")), []byte(r.state)) != 1 {
		r.page(w, http.StatusBadRequest, strangerPage(r.set.App))
		return
	}
	first := false
	r.once.Do(func() { first = true })
	switch {
	case !first:
		r.page(w, http.StatusConflict, latePage(r.set.App))
	case v.Get("error") != "":
		r.page(w, http.StatusOK, refusedPage(r.set.App, v.Get("error"), v.Get("error_description")))
		r.answer <- v
	default:
		r.page(w, http.StatusOK, donePage(r.set.App))
		r.answer <- v
	}
}

// ours keeps pages of other names that resolve to this machine out.
func (r *Receiver) ours(host string) bool {
	for _, name := range []string{"127.0.0.1", "localhost"} {
		if host == fmt.Sprintf("%s:%s", name, r.port()) {
			return true
		}
	}
	return false
}
