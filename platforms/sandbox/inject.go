package sandbox

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"
)

// Count is what one API was asked so far.
type Count struct {
	Tenant    string
	Requests  int // every request, those that a fault answered included
	Throttled int // answers with status 429
	Panics    int // requests whose handler panicked; answered with 500
}

// tally counts the requests of one API.
type tally struct {
	mu    sync.Mutex
	count Count
}

func (t *tally) add(f func(*Count)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(&t.count)
}

func (t *tally) get() Count {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// inject serves an API with the World's faults.
type inject struct {
	api    string
	next   http.Handler
	faults *Faults
	tally  *tally
}

func (in *inject) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in.tally.add(func(c *Count) { c.Requests++ })
	seen := &statusWriter{ResponseWriter: w}
	defer func() {
		if seen.status == http.StatusTooManyRequests {
			in.tally.add(func(c *Count) { c.Throttled++ })
		}
	}()
	defer in.recover(seen, r)
	in.serve(seen, r, in.faults.take(in.api, r))
}

// recover turns a handler's panic into an answer with status 500. A connection
// that is dropped on purpose passes through.
func (in *inject) recover(w *statusWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	in.tally.add(func(c *Count) { c.Panics++ })
	slog.Error("sandbox handler panicked", "api", in.api, "method", r.Method, "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
	if w.status == 0 {
		http.Error(w, fmt.Sprintf("sandbox %s: %s %s panicked: %v", in.api, r.Method, r.URL.Path, v), http.StatusInternalServerError)
	}
}

func (in *inject) serve(w http.ResponseWriter, r *http.Request, faults []Fault) {
	after := false
	for _, f := range faults {
		if !sleep(r, f.Latency) {
			panic(http.ErrAbortHandler)
		}
		if !f.After && f.answer(w) {
			return
		}
		after = after || f.After || f.Hold != nil
	}
	if !after {
		in.next.ServeHTTP(w, r)
		return
	}
	kept := &keptAnswer{header: http.Header{}}
	in.next.ServeHTTP(kept, r)
	for _, f := range faults {
		if f.Hold != nil {
			f.Hold(r)
		}
		if f.After && f.answer(w) {
			return
		}
	}
	kept.send(w)
}

// answer gives the fault's own answer, if it has one.
func (f Fault) answer(w http.ResponseWriter) bool {
	if f.Status == 0 {
		if f.Drop {
			panic(http.ErrAbortHandler)
		}
		return false
	}
	for name, values := range f.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body)) // the client may have gone; that is its fault
	return true
}

// sleep waits, and reports false when the client went away meanwhile.
func sleep(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// statusWriter remembers the status it passes on.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// keptAnswer holds an answer back until its fate is known.
type keptAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *keptAnswer) Header() http.Header { return k.header }

func (k *keptAnswer) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *keptAnswer) Write(p []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	return k.body.Write(p)
}

func (k *keptAnswer) send(w http.ResponseWriter) {
	for name, values := range k.header {
		w.Header()[name] = values
	}
	if k.status != 0 {
		w.WriteHeader(k.status)
	}
	_, _ = w.Write(k.body.Bytes()) // the client may have gone; nothing is lost here
}
