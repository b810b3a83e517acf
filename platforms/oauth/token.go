package oauth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"miohub/platforms"
)

const (
	refreshTimeout = time.Minute
	// earlyShare of a token's life, but no more than maxEarly, is not used: a
	// call that starts with it must also end with it.
	earlyShare = 10
	maxEarly   = time.Minute
)

// Saved is a sign-in as it rests in the vault, JSON under one key.
type Saved struct {
	AccessToken  string    `json:"access_token,omitempty"`
	RefreshToken string    `json:"refresh_token"`
	Scope        string    `json:"scope,omitempty"` // as granted, separated by spaces
	Obtained     time.Time `json:"obtained"`
	Expiry       time.Time `json:"expiry"`
	Account      string    `json:"account,omitempty"` // the address that signed in
}

// Scopes are the scopes granted.
func (s Saved) Scopes() []string { return strings.Fields(s.Scope) }

// Store is where one sign-in is kept and how it is renewed.
type Store struct {
	Secrets platforms.Values
	Key     string // of the JSON in Secrets, for example "token.admin"
	Config  oauth2.Config
	HTTP    *http.Client // reaches the token endpoint
	Now     func() time.Time
	Op      string // put in front of errors, for example "google: sign-in of the administrator"
	// Claims is the claims request of every renewal, as JSON; "" for none. What a
	// refused token's challenge demands is added to it.
	Claims string
}

// TokenSource hands out a sign-in's access token and renews it with its refresh
// token, which it saves before anyone sees what came with it. It is safe for
// concurrent use; one renewal happens at a time. It is a transport.Credential.
type TokenSource struct {
	set  Store
	turn chan struct{} // holds one value while nobody renews or saves
	now  Saved
	// unsaved tells that the vault did not take what we hold.
	unsaved bool
	dropped string
	// demanded is what the last refusal wants the next token to show.
	demanded string
}

// NewTokenSource makes a token source. It reads nothing until asked.
func NewTokenSource(set Store) *TokenSource {
	if set.Now == nil {
		set.Now = time.Now
	}
	if set.Op == "" {
		set.Op = "sign-in"
	}
	set.Config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	s := &TokenSource{set: set, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// Load reads a sign-in; ok is false when there is none.
func Load(secrets platforms.Values, key string) (saved Saved, ok bool) {
	if secrets == nil {
		return Saved{}, false
	}
	text := secrets.Get(key)
	if text == "" || json.Unmarshal([]byte(text), &saved) != nil {
		return Saved{}, false
	}
	return saved, saved.RefreshToken != "" || saved.AccessToken != ""
}

// Keep saves what a sign-in returned.
func Keep(ctx context.Context, secrets platforms.Values, key string, saved Saved) error {
	text, err := json.Marshal(saved)
	if err != nil {
		return fmt.Errorf("saving the sign-in: %w", err)
	}
	if err := secrets.Put(ctx, key, string(text)); err != nil {
		return fmt.Errorf("saving the sign-in: %w", err)
	}
	return nil
}

// FromToken is what to save of a token. asked are the scopes that were asked
// for, which is what was granted when the vendor does not say otherwise.
func FromToken(t *oauth2.Token, now time.Time, account string, asked []string) Saved {
	s := Saved{AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, Obtained: now, Expiry: t.Expiry, Account: account}
	if scope, ok := t.Extra("scope").(string); ok && scope != "" {
		s.Scope = scope
	} else {
		s.Scope = strings.Join(asked, " ")
	}
	return s
}

// Fresh reports whether an access token obtained and expiring at the given
// times should still be used at now. The margin follows the token's own life,
// so that short-lived ones can be used at all.
func Fresh(obtained, expiry, now time.Time) bool {
	if expiry.IsZero() {
		return true
	}
	margin := min(maxEarly, expiry.Sub(obtained)/earlyShare)
	return now.Before(expiry.Add(-margin))
}

// Token returns an access token, renewed if need be. The errors are
// *platforms.Error; SignInAgain means that the grant is gone.
func (s *TokenSource) Token(ctx context.Context) (string, error) {
	if err := s.take(ctx); err != nil {
		return "", err
	}
	defer s.give()
	if s.now.RefreshToken == "" && s.now.AccessToken == "" {
		s.now, _ = Load(s.set.Secrets, s.set.Key)
	}
	if s.unsaved {
		if err := s.save(ctx); err != nil {
			return "", err
		}
	}
	if s.now.AccessToken != "" && s.now.AccessToken != s.dropped && Fresh(s.now.Obtained, s.now.Expiry, s.set.Now()) {
		return s.now.AccessToken, nil
	}
	if err := s.renew(ctx); err != nil {
		return "", err
	}
	return s.now.AccessToken, nil
}

// Drop forgets an access token that was refused.
func (s *TokenSource) Drop(token string) {
	<-s.turn
	defer s.give()
	s.dropped = token
}

// Refused forgets an access token that was refused and keeps what the refusal
// demands of the next one. It implements transport.Challenged.
func (s *TokenSource) Refused(token string, challenge http.Header) {
	<-s.turn
	defer s.give()
	s.dropped = token
	if claims := Challenge(challenge); claims != "" {
		s.demanded = claims
	}
}

func (s *TokenSource) take(ctx context.Context) error {
	select {
	case <-s.turn:
		return nil
	case <-ctx.Done():
		return &platforms.Error{Kind: platforms.TryLater, Op: s.set.Op, Err: ctx.Err()}
	}
}

func (s *TokenSource) give() { s.turn <- struct{}{} }

// renew refreshes once. Another process may have renewed or signed in again
// meanwhile, so the vault is asked first.
func (s *TokenSource) renew(ctx context.Context) error {
	if saved, ok := Load(s.set.Secrets, s.set.Key); ok {
		newer := saved.AccessToken != s.now.AccessToken && saved.AccessToken != s.dropped
		s.now = saved
		if newer && saved.AccessToken != "" && Fresh(saved.Obtained, saved.Expiry, s.set.Now()) {
			return nil
		}
	}
	if s.now.RefreshToken == "" {
		return &platforms.Error{Kind: platforms.SignInAgain, Op: s.set.Op, Code: "no_refresh_token", Text: "nobody has signed in yet", Time: s.set.Now()}
	}
	// Once begun it is finished even if the caller goes away: a vendor that
	// replaces refresh tokens has then handed the new one to us alone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshTimeout)
	defer cancel()
	token, err := s.set.redeem(ctx, s.now.RefreshToken, nil, s.demanded)
	if err != nil {
		return err
	}
	s.demanded = ""
	fresh := FromToken(token, s.set.Now(), s.now.Account, s.now.Scopes())
	if fresh.RefreshToken == "" {
		fresh.RefreshToken = s.now.RefreshToken
	}
	s.now, s.unsaved = fresh, true
	return s.save(ctx)
}

// Redeem fetches an access token for other scopes than those that are kept, as
// far as they were consented to. It is not kept; a refresh token that comes with
// it is.
func (s *TokenSource) Redeem(ctx context.Context, scopes []string) (*oauth2.Token, error) {
	if err := s.take(ctx); err != nil {
		return nil, err
	}
	defer s.give()
	if saved, ok := Load(s.set.Secrets, s.set.Key); ok {
		s.now = saved
	}
	token, err := s.set.redeem(ctx, s.now.RefreshToken, scopes, s.demanded)
	if err != nil {
		return nil, err
	}
	if token.RefreshToken != "" && token.RefreshToken != s.now.RefreshToken {
		s.now.RefreshToken, s.unsaved = token.RefreshToken, true
		return token, s.save(ctx)
	}
	return token, nil
}

// redeem makes the renewal request (RFC 6749 section 6). x/oauth2's own has no
// room for scopes and claims; its client credentials request does.
func (s Store) redeem(ctx context.Context, refresh string, scopes []string, demanded string) (*oauth2.Token, error) {
	params := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}
	if claims := JoinClaims(s.Claims, demanded); claims != "" {
		params.Set("claims", claims)
	}
	request := clientcredentials.Config{
		ClientID: s.Config.ClientID, ClientSecret: s.Config.ClientSecret, TokenURL: s.Config.Endpoint.TokenURL,
		Scopes: scopes, EndpointParams: params, AuthStyle: oauth2.AuthStyleInParams,
	}
	token, err := request.Token(withClient(ctx, s.HTTP))
	if err != nil {
		return nil, Failure(s.Op, err)
	}
	return token, nil
}

func (s *TokenSource) save(ctx context.Context) error {
	if err := Keep(ctx, s.set.Secrets, s.set.Key, s.now); err != nil {
		return &platforms.Error{Kind: platforms.Internal, Op: s.set.Op, Err: err, Time: s.set.Now()}
	}
	s.unsaved = false
	return nil
}
