package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"

	"miohub/platforms"
	"miohub/platforms/oauth"
	"miohub/platforms/transport"
)

// actor is whose name a call is made in, and with which scope alone.
type actor struct {
	subject string // an address; "" is the Chat app itself
	scope   string
}

// tokens mints access tokens for the service account and keeps each until it
// is old. It is the only place where a token in somebody's name is made.
type tokens struct {
	env     platforms.Env
	account *accountFile
	http    *http.Client
	// sign signs where the account has no key of its own.
	sign signer
	// moved is told of an address that Google no longer knows.
	moved func(address string)

	mu     sync.Mutex
	minted map[actor]*minted
}

// minted is the token of one actor; turn holds one value while nobody fetches.
type minted struct {
	turn     chan struct{}
	token    string
	obtained time.Time
	expiry   time.Time
}

func newTokens(env platforms.Env, account *accountFile, client *http.Client) *tokens {
	return &tokens{env: env, account: account, http: client, minted: map[actor]*minted{}}
}

func (t *tokens) of(a actor) *minted {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.minted[a]
	if m == nil {
		m = &minted{turn: make(chan struct{}, 1)}
		m.turn <- struct{}{}
		t.minted[a] = m
	}
	return m
}

// credential is one actor's tokens, for a purpose that the fence is told.
type credential struct {
	tokens  *tokens
	actor   actor
	purpose string
}

// Token implements transport.Credential.
func (c credential) Token(ctx context.Context) (string, error) {
	m := c.tokens.of(c.actor)
	select {
	case <-m.turn:
	case <-ctx.Done():
		return "", failed("token", ctx.Err())
	}
	defer func() { m.turn <- struct{}{} }()
	if m.token != "" && oauth.Fresh(m.obtained, m.expiry, c.tokens.env.Now()) {
		// Somebody who was withdrawn meanwhile is not acted for until it expires.
		if err := c.tokens.admit(ctx, c.actor.subject, c.purpose); err != nil {
			return "", err
		}
		return m.token, nil
	}
	token, err := c.tokens.fetch(ctx, c.actor.subject, c.purpose, c.actor.scope)
	if err != nil {
		return "", err
	}
	m.token, m.obtained, m.expiry = token.AccessToken, c.tokens.env.Now(), token.Expiry
	return m.token, nil
}

// Drop implements transport.Credential.
func (c credential) Drop(token string) {
	m := c.tokens.of(c.actor)
	<-m.turn
	defer func() { m.turn <- struct{}{} }()
	if m.token == token {
		m.token = ""
	}
}

// fetch asks for a new token, past the cache. The fence is asked for every
// subject before anything is sent.
func (t *tokens) fetch(ctx context.Context, subject, purpose string, scopes ...string) (*oauth2.Token, error) {
	op := "token to " + purpose
	if t.account == nil {
		return nil, &platforms.Error{Kind: platforms.SignInAgain, Op: "google: " + op, Code: codeNoServiceAccount, Text: "the service account's key file has not been chosen yet"}
	}
	if err := t.admit(ctx, subject, purpose); err != nil {
		return nil, err
	}
	if t.account.Key == "" {
		return t.redeemSigned(ctx, op, subject, scopes)
	}
	cfg := jwt.Config{
		Email: t.account.Email, PrivateKey: []byte(t.account.Key), PrivateKeyID: t.account.KeyID,
		Subject: subject, Scopes: scopes, TokenURL: t.account.TokenURL,
	}
	// The library drops the cause of a failed request, so it is noted on the way.
	noted := &noting{next: t.http.Transport}
	ctx = context.WithValue(transport.Idempotent(ctx), oauth2.HTTPClient, &http.Client{Transport: noted})
	token, err := cfg.TokenSource(ctx).Token()
	if err == nil {
		return token, nil
	}
	if noted.err != nil {
		err = noted.err
	}
	return nil, t.refused(subject, oauth.Failure("google: "+op, err))
}

// admit asks the fence; the Chat app itself is nobody's name.
func (t *tokens) admit(ctx context.Context, subject, purpose string) error {
	if subject == "" || t.env.Admit == nil {
		return nil
	}
	err := t.env.Admit(ctx, subject, purpose)
	if err == nil {
		return nil
	}
	op := "google: token to " + purpose
	if platforms.KindOf(err) == platforms.TryLater || ctx.Err() != nil {
		// The fence could not look; that is no no.
		return &platforms.Error{Kind: platforms.TryLater, Op: op, Err: err, Time: t.env.Now()}
	}
	return &platforms.Error{
		Kind: platforms.Forbidden, Op: op, Code: codeNotAdmitted,
		Text: fmt.Sprintf("nobody allowed Mio Hub to act for %s", subject), Err: err, Time: t.env.Now(),
	}
}

// refused tells a person who is gone or was renamed from a grant that is gone:
// the address is looked up anew before the next try. The administrator's is
// what everything hangs on; without it somebody must sign in again.
func (t *tokens) refused(subject string, err error) error {
	var e *platforms.Error
	if subject == "" || subject == t.env.Values.Get(keyAdmin) || !errors.As(err, &e) || e.Code != "invalid_grant" || strings.Contains(e.Text, "JWT") {
		return err
	}
	t.moved(subject)
	c := *e
	c.Kind = platforms.TryLater
	return &c
}

// noting is a round tripper that keeps its last error.
type noting struct {
	next http.RoundTripper
	err  error
}

// RoundTrip implements http.RoundTripper.
func (n *noting) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := n.next.RoundTrip(req)
	n.err = err
	return res, err
}
