// Package transport is the one HTTP round tripper under every platform's
// client: it keeps to the vendor's rates, waits as long as the vendor asks,
// repeats only what is safe to repeat, sends a token to no host but its own,
// counts the calls and logs them without tokens, bodies or addresses.
package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"miohub/platforms"
)

const (
	maxErrorBody   = 1 << 20          // of an error answer kept to be looked at
	maxRewind      = 1 << 20          // of a request body kept so that it can be sent again
	defaultTimeout = 2 * time.Minute  // for one attempt, answer included
	defaultRetries = 4                // after the first attempt
	defaultMaxWait = 90 * time.Second // longer waits are the caller's to plan
)

// Config is what a Transport is made from. The zero value of every field but
// Name is usable.
type Config struct {
	Name string // the platform's id, put in front of every error
	Base http.RoundTripper
	Log  *slog.Logger
	Now  func() time.Time
	// Pace is how many seconds of the vendor's quotas pass in a second here; 0
	// means 1. It scales rates and our own waits, not what the vendor asks for.
	Pace float64
	// Classify tells which quotas a request draws on.
	Classify func(*http.Request) []Bucket
	// Throttled recognises quota refusals other than 429 by their body.
	Throttled func(status int, body []byte) bool
	// Timeout bounds one attempt with its answer (see Streaming), Retries how often a repeatable
	// request is sent again, MaxWait how long one pause may be: an answer that
	// asks for more is returned at once.
	Timeout time.Duration
	Retries int
	MaxWait time.Duration
}

// Credential hands out access tokens.
type Credential interface {
	// Token returns an access token that should be good now.
	Token(ctx context.Context) (string, error)
	// Drop forgets a token the vendor refused, so that the next one is fresh.
	Drop(token string)
}

// Challenged is a Credential that is told what the vendor demands of the next
// token, beyond being fresh (RFC 9110 section 11.6.1, WWW-Authenticate).
type Challenged interface {
	Credential
	// Refused stands for Drop. challenge is the header of the answer.
	Refused(token string, challenge http.Header)
}

// Transport holds what the clients of one connection share: limits and counts.
// It is safe for concurrent use and starts no goroutine.
type Transport struct {
	cfg       Config
	mu        sync.Mutex
	limits    map[string]*limit
	made      atomic.Int64
	throttled atomic.Int64
}

// New makes a Transport.
func New(cfg Config) *Transport {
	if cfg.Base == nil {
		cfg.Base = http.DefaultTransport
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Pace <= 0 {
		cfg.Pace = 1
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Retries <= 0 {
		cfg.Retries = defaultRetries
	}
	if cfg.MaxWait <= 0 {
		cfg.MaxWait = defaultMaxWait
	}
	return &Transport{cfg: cfg, limits: map[string]*limit{}}
}

// Calls counts the requests sent so far and those refused for quota.
func (t *Transport) Calls() platforms.CallCount {
	return platforms.CallCount{Made: int(t.made.Load()), Throttled: int(t.throttled.Load())}
}

// Client makes a client whose requests carry c's token; nil sends none. hosts
// are the only hosts it talks to, as "host" or "host:port" the way they stand
// in a URL; anything else is refused before a token is fetched. Hosts that are
// not this machine are reached over https alone.
func (t *Transport) Client(c Credential, hosts ...string) *http.Client {
	return &http.Client{Transport: &carrier{t: t, credential: c, hosts: hosts}}
}

// carrier is the round tripper of one credential.
type carrier struct {
	t          *Transport
	credential Credential
	hosts      []string
}

// RoundTrip implements http.RoundTripper. Its errors are *platforms.Error.
func (c *carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	if err := refuse(req.URL, c.hosts); err != nil {
		return nil, c.t.fail(req, platforms.Invalid, err)
	}
	body, rewindable, err := rewinder(req)
	if err != nil {
		return nil, c.t.fail(req, platforms.Internal, err)
	}
	repeatable := rewindable && repeatable(req)
	renewed := false
	for try := 0; ; try++ {
		token, err := c.token(req.Context())
		if err != nil {
			return nil, err
		}
		res, err := c.t.attempt(req, body, token, try, repeatable)
		if refusedToken(res) && token != "" && rewindable && !renewed {
			renewed = true
			c.drop(token, res.Header)
			res.Body.Close()
			continue
		}
		wait, again := c.t.again(res, err, try)
		if !again || !repeatable || req.Context().Err() != nil {
			return res, err
		}
		if res != nil {
			res.Body.Close()
		}
		if err := sleep(req.Context(), wait); err != nil {
			return nil, c.t.fail(req, platforms.TryLater, err)
		}
	}
}

func (c *carrier) token(ctx context.Context) (string, error) {
	if c.credential == nil {
		return "", nil
	}
	return c.credential.Token(ctx)
}

func (c *carrier) drop(token string, header http.Header) {
	if challenged, ok := c.credential.(Challenged); ok {
		challenged.Refused(token, header)
		return
	}
	c.credential.Drop(token)
}

func refusedToken(res *http.Response) bool {
	return res != nil && res.StatusCode == http.StatusUnauthorized
}

// attempt sends the request once.
func (t *Transport) attempt(req *http.Request, body func() (io.ReadCloser, error), token string, try int, repeatable bool) (*http.Response, error) {
	if err := t.pace(req); err != nil {
		return nil, t.fail(req, platforms.TryLater, err)
	}
	ctx, cancel, moved := t.bounded(req.Context())
	wire := &wire{}
	out := req.Clone(wire.trace(ctx))
	var err error
	if out.Body, err = body(); err != nil {
		cancel()
		return nil, t.fail(req, platforms.Internal, err)
	}
	if isStreaming(ctx) && out.Body != nil && out.Body != http.NoBody {
		out.Body = &movingBody{out.Body, moved}
	}
	if token != "" {
		out.Header.Set("Authorization", "Bearer "+token)
	}
	t.made.Add(1)
	began := time.Now()
	res, err := t.cfg.Base.RoundTrip(out)
	if err != nil {
		cancel()
		kind := platforms.TryLater
		if !repeatable && wire.mayHaveArrived(err) {
			kind = platforms.Uncertain
		}
		t.log(req, nil, kind, try, time.Since(began))
		return nil, t.fail(req, kind, err)
	}
	if res.StatusCode >= 400 {
		keepError(res)
		cancel()
	} else {
		broken := platforms.Uncertain // it took effect, but with what result?
		if repeatable {
			broken = platforms.TryLater
		}
		res.Body = &endingBody{ReadCloser: &movingBody{res.Body, moved}, end: cancel, wrap: func(err error) error { return t.fail(req, broken, err) }}
	}
	if t.isThrottled(res) {
		t.throttled.Add(1)
	}
	t.log(req, res, "", try, time.Since(began))
	return res, nil
}

func (t *Transport) fail(req *http.Request, kind platforms.Kind, err error) error {
	return &platforms.Error{
		Kind: kind, Op: fmt.Sprintf("%s: %s %s", t.cfg.Name, req.Method, req.URL.Host),
		Time: t.cfg.Now(), Err: err,
	}
}

// keptError is an error answer's body, held in memory.
type keptError struct {
	*bytes.Reader
	data []byte
}

func (*keptError) Close() error { return nil }

// keepError reads an error answer to its end, so that it can be looked at here
// and again by the caller, and the connection can be used again.
func keepError(res *http.Response) {
	data, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody))
	res.Body.Close()
	res.Body = &keptError{Reader: bytes.NewReader(data), data: data}
	res.ContentLength = int64(len(data))
}

// endingBody ends the attempt's context when the answer has been read, and says
// what an answer that breaks off means.
type endingBody struct {
	io.ReadCloser
	end  context.CancelFunc
	wrap func(error) error
}

func (b *endingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.wrap(err)
	}
	return n, err
}

func (b *endingBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}
