package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"miohub/platforms"
)

const (
	firstBackoff = time.Second
	maxBackoff   = 32 * time.Second
)

type idempotentKey struct{}

// Idempotent marks the requests made under ctx as safe to send twice, because
// they carry a key by which the vendor recognises the second.
func Idempotent(ctx context.Context) context.Context {
	return context.WithValue(ctx, idempotentKey{}, true)
}

// IsIdempotent reports whether ctx was marked with Idempotent.
func IsIdempotent(ctx context.Context) bool { return ctx.Value(idempotentKey{}) != nil }

func repeatable(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, "":
		return true
	}
	return IsIdempotent(req.Context())
}

// Kind is what an HTTP status means to the caller. A fault of the server leaves
// it open whether a request that is not idempotent took effect.
func Kind(status int, idempotent bool) platforms.Kind {
	switch status {
	case http.StatusUnauthorized:
		return platforms.SignInAgain
	case http.StatusForbidden:
		return platforms.Forbidden
	case http.StatusNotFound, http.StatusGone:
		return platforms.NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return platforms.Conflict
	case http.StatusTooManyRequests:
		return platforms.SlowDown
	case http.StatusNotImplemented:
		return platforms.Unsupported
	}
	switch {
	case status == http.StatusRequestTimeout || status >= 500:
		if idempotent {
			return platforms.TryLater
		}
		return platforms.Uncertain
	case status >= 400:
		return platforms.Invalid
	}
	return platforms.Internal
}

// RetryAfter reads the header of that name: seconds, also with a fraction, or
// an HTTP date, which is compared with now. ok is false when there is none.
func RetryAfter(h http.Header, now time.Time) (wait time.Duration, ok bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0, false
	}
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		if !(s >= 0 && s < 1e8) {
			return 0, false
		}
		return time.Duration(s * float64(time.Second)), true
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// again decides whether what was answered is worth another try, and after what
// pause.
func (t *Transport) again(res *http.Response, err error, try int) (time.Duration, bool) {
	if try >= t.cfg.Retries {
		return 0, false
	}
	wait := t.backoff(try)
	if err != nil {
		kind := platforms.KindOf(err)
		return wait, kind == platforms.TryLater || kind == platforms.Uncertain
	}
	if !t.isThrottled(res) && !passing(res.StatusCode) {
		return 0, false
	}
	if asked, ok := RetryAfter(res.Header, t.cfg.Now()); ok {
		// A little later than asked, so that those who wait do not come back at once.
		wait = asked + time.Duration(rand.Float64()*0.1*float64(asked+t.scaled(firstBackoff)))
	}
	return wait, wait <= t.cfg.MaxWait
}

func passing(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func (t *Transport) isThrottled(res *http.Response) bool {
	if res.StatusCode == http.StatusTooManyRequests {
		return true
	}
	kept, ok := res.Body.(*keptError)
	return ok && t.cfg.Throttled != nil && t.cfg.Throttled(res.StatusCode, kept.data)
}

// backoff grows from one second to maxBackoff, half of it by chance.
func (t *Transport) backoff(try int) time.Duration {
	d := min(maxBackoff, firstBackoff<<min(try, 10))
	return t.scaled(d/2 + time.Duration(rand.Int64N(int64(d/2)+1)))
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// rewinder returns the request's body as often as it is asked, where that is
// possible; otherwise it can be had once.
func rewinder(req *http.Request) (body func() (io.ReadCloser, error), rewindable bool, err error) {
	switch {
	case req.Body == nil || req.Body == http.NoBody:
		return func() (io.ReadCloser, error) { return req.Body, nil }, true, nil
	case req.GetBody != nil:
		return req.GetBody, true, nil
	case req.ContentLength < 0 || req.ContentLength > maxRewind:
		return func() (io.ReadCloser, error) { return req.Body, nil }, false, nil
	}
	// A length of 0 means that nobody knows it.
	data, err := io.ReadAll(io.LimitReader(req.Body, maxRewind+1))
	if err != nil {
		return nil, false, err
	}
	if len(data) > maxRewind {
		whole := struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(data), req.Body), req.Body}
		return func() (io.ReadCloser, error) { return whole, nil }, false, nil
	}
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }, true, nil
}

// wire watches how far a request got.
type wire struct{ asked, connected atomic.Bool }

func (w *wire) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { w.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { w.connected.Store(true) },
	})
}

// mayHaveArrived is false only when it is certain that no byte of the request
// was written: no connection was had.
func (w *wire) mayHaveArrived(err error) bool {
	if w.connected.Load() {
		return true
	}
	if w.asked.Load() {
		return false
	}
	var op *net.OpError
	var dns *net.DNSError
	return !(errors.As(err, &op) && op.Op == "dial") && !errors.As(err, &dns)
}
