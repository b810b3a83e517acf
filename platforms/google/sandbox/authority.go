package sandbox

import (
	"slices"
	"strings"
	"sync"
	"time"

	world "miohub/platforms/sandbox"
)

// How long things live, in tenant time.
const (
	tokenLife   = 3599 * time.Second
	codeLife    = 10 * time.Minute
	pendingLife = 30 * time.Minute
)

// principal is on whose behalf a request is made: a person (by consent or by
// delegation) or the Chat app itself.
type principal struct {
	account string // account id; "" for the app
	app     bool
	client  string // OAuth client id, or the service account's numeric id
}

// key names the principal in the World.
func (p principal) key(g *google) string {
	if p.app {
		return g.appKey()
	}
	return p.account
}

// token is an access token.
type token struct {
	principal
	scopes  []string
	expires time.Duration // tenant time
	grant   *grant        // nil for service account tokens
}

func (t token) has(scope string) bool { return slices.Contains(t.scopes, scope) }

// grant is what one person consented to for one client.
type grant struct {
	account string
	client  string
	scopes  map[string]bool
	refresh map[string]bool // live refresh tokens
	revoked bool
}

// code is an authorization code.
type code struct {
	grant     *grant
	scopes    []string
	redirect  string
	challenge string
	method    string
	offline   bool
	nonce     string
	expires   time.Duration
}

// pending is a consent page that was shown and not answered yet.
type pending struct {
	req     authRequest
	expires time.Duration
}

// authority holds every grant, token, code and session of the tenant.
type authority struct {
	clock *world.Clock

	mu         sync.Mutex
	tokens     map[string]token
	grants     map[string]*grant // by account and client
	refresh    map[string]*grant
	codes      map[string]code
	pendings   map[string]pending
	sessions   map[string]string // cookie -> account id
	delegation map[string][]string
	entered    map[string]time.Duration // when each entry was last changed, tenant time
	waiting    time.Duration            // how long an entry takes to have an effect
}

func newAuthority(clock *world.Clock) *authority {
	return &authority{
		clock: clock, tokens: map[string]token{}, grants: map[string]*grant{}, refresh: map[string]*grant{},
		codes: map[string]code{}, pendings: map[string]pending{}, sessions: map[string]string{}, delegation: map[string][]string{},
		entered: map[string]time.Duration{},
	}
}

// delegate authorizes scopes for a client id on the delegation page; with
// overwrite the former list is replaced, otherwise added to.
func (a *authority) delegate(clientID string, scopes []string, overwrite bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []string
	if !overwrite {
		list = a.delegation[clientID]
	}
	for _, s := range scopes {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	a.delegation[clientID] = list
	a.entered[clientID] = a.clock.Elapsed()
}

// delay has every entry, those that stand included, take that long from now on.
func (a *authority) delay(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting = d
	for id := range a.entered {
		a.entered[id] = a.clock.Elapsed()
	}
}

// propagated lists what a client id is authorized for by now.
func (a *authority) propagated(clientID string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.clock.Elapsed()-a.entered[clientID] < a.waiting {
		return nil
	}
	return slices.Clone(a.delegation[clientID])
}

// delegated lists what a client id is authorized for; never nil.
func (a *authority) delegated(clientID string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string{}, a.delegation[clientID]...)
}

// issue makes an access token and tells how many of a client's seconds it lives.
func (a *authority) issue(t token) (string, int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t.expires = a.clock.Elapsed() + tokenLife
	text := "ya29.a0" + randomText(90)
	a.tokens[text] = t
	if len(a.tokens)%1000 == 0 {
		a.sweep()
	}
	return text, max(1, int(a.clock.Wall(tokenLife)/time.Second))
}

// sweep forgets what has expired. Callers hold the lock.
func (a *authority) sweep() {
	now := a.clock.Elapsed()
	for text, t := range a.tokens {
		if t.expires < now {
			delete(a.tokens, text)
		}
	}
	for text, c := range a.codes {
		if c.expires < now {
			delete(a.codes, text)
		}
	}
	for id, p := range a.pendings {
		if p.expires < now {
			delete(a.pendings, id)
		}
	}
}

// lookup returns a live token and how much tenant time is left of it.
func (a *authority) lookup(text string) (token, time.Duration, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t, ok := a.tokens[text]
	left := t.expires - a.clock.Elapsed()
	if !ok || left <= 0 || (t.grant != nil && t.grant.revoked) {
		return token{}, 0, false
	}
	return t, left, true
}

// consent records that a person agreed. It reports whether the grant is new or
// had no refresh token yet.
func (a *authority) consent(account, client string, scopes []string) (*grant, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := account + "\x00" + client
	g := a.grants[key]
	if g == nil || g.revoked {
		g = &grant{account: account, client: client, scopes: map[string]bool{}, refresh: map[string]bool{}}
		a.grants[key] = g
	}
	for _, s := range scopes {
		g.scopes[s] = true
	}
	return g, len(g.refresh) == 0
}

// covered reports whether a person has agreed to all scopes before.
func (a *authority) covered(account, client string, scopes []string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.grants[account+"\x00"+client]
	if g == nil || g.revoked {
		return false
	}
	for _, s := range scopes {
		if !g.scopes[s] {
			return false
		}
	}
	return true
}

// scopesOf lists what a grant holds, sorted.
func (a *authority) scopesOf(g *grant) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []string
	for s := range g.scopes {
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}

func (a *authority) newCode(c code) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	c.expires = a.clock.Elapsed() + codeLife
	text := "4/0A" + randomText(48)
	a.codes[text] = c
	return text
}

// redeem takes a code; it works once.
func (a *authority) redeem(text string) (code, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, ok := a.codes[text]
	delete(a.codes, text)
	return c, ok && c.expires >= a.clock.Elapsed() && !c.grant.revoked
}

func (a *authority) newRefresh(g *grant) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	text := "1//0" + randomText(48)
	g.refresh[text] = true
	a.refresh[text] = g
	return text
}

// refreshed returns the grant of a live refresh token; known tells whether the
// token was ever given out.
func (a *authority) refreshed(text string) (g *grant, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	g, known = a.refresh[text]
	if known && (g.revoked || !g.refresh[text]) {
		return nil, true
	}
	return g, known
}

// revoke ends the grant that an access or refresh token belongs to.
func (a *authority) revoke(text string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if g := a.refresh[text]; g != nil && !g.revoked {
		g.revoked = true
		return true
	}
	t, ok := a.tokens[text]
	if !ok || t.expires < a.clock.Elapsed() || (t.grant != nil && t.grant.revoked) {
		return false
	}
	if t.grant != nil {
		t.grant.revoked = true
	}
	delete(a.tokens, text)
	return true
}

// ask remembers a consent page and returns the id that its form carries.
func (a *authority) ask(req authRequest) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := randomText(24)
	a.pendings[id] = pending{req: req, expires: a.clock.Elapsed() + pendingLife}
	return id
}

// answered returns the consent page of that id; take forgets it.
func (a *authority) answered(id string, take bool) (authRequest, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, ok := a.pendings[id]
	if take {
		delete(a.pendings, id)
	}
	return p.req, ok && p.expires >= a.clock.Elapsed()
}

// signIn starts a session and returns its cookie's value.
func (a *authority) signIn(account string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := randomText(24)
	a.sessions[id] = account
	return id
}

// session returns the account signed in under a cookie's value, "" for none.
func (a *authority) session(id string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sessions[id]
}

// scopeList splits a list of scopes as OAuth writes it: separated by spaces, each once.
func scopeList(s string) []string {
	var list []string
	for _, f := range strings.Fields(s) {
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// canonicalScopes spells the OpenID short names as Google answers them.
func canonicalScopes(list []string) []string {
	var out []string
	for _, s := range list {
		switch s {
		case "email":
			s = scopeEmail
		case "profile":
			s = scopeProfile
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// clientIDs lists the client ids on the delegation page, sorted.
func (a *authority) clientIDs() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []string
	for id := range a.delegation {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}
