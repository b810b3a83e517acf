package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// sessionCookie is the name of the one cookie that keeps a browser signed in.
const sessionCookie = "ESTSAUTH"

// codeLife is how long an authorization code lives, in tenant time.
const codeLife = 10 * time.Minute

// signIns are the browser's sessions and the requests waiting for a person.
type signIns struct {
	mu       sync.Mutex
	sessions map[string]string // cookie -> account id
	pending  map[string]*pending
}

// pending is an authorize or adminconsent request that a person is looking at.
type pending struct {
	app       *app
	device    *device // a sign-in begun elsewhere; nil for one of this browser's
	redirect  string
	mode      string
	state     string
	nonce     string
	challenge string
	method    string
	asked     asked
	account   string // set once signed in
	admin     bool   // an adminconsent request
	static    bool   // adminconsent v1, or ".default"
	force     bool   // consent is asked for although it was given
	info      bool   // client_info was asked for
	path      string
}

func newSignIns() *signIns {
	return &signIns{sessions: map[string]string{}, pending: map[string]*pending{}}
}

func (s *signIns) put(p *pending) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) > 1000 { // abandoned pages
		clear(s.pending)
	}
	id := randomText(24)
	s.pending[id] = p
	return id
}

func (s *signIns) get(id string) *pending {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pending[id]
}

func (s *signIns) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pending, id)
}

func (s *signIns) begin(account string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := randomText(32)
	s.sessions[id] = account
	return id
}

func (s *signIns) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, id)
}

// session returns the account the browser is signed in as.
func (c *cloud) session(r *http.Request) string {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	c.signIn.mu.Lock()
	account := c.signIn.sessions[cookie.Value]
	c.signIn.mu.Unlock()
	if a, found := c.tenant.Account(account); !found || a.Suspended || !a.Deleted.IsZero() {
		return ""
	}
	return account
}

func (c *cloud) authorize(w http.ResponseWriter, r *http.Request, tenant string) {
	if r.Method == http.MethodPost && r.PostFormValue("ctx") != "" {
		c.continueSignIn(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	p, e := c.readClient(r)
	if e != nil {
		c.errorPage(w, r, e)
		return
	}
	p.path = "/" + tenant + "/oauth2/v2.0/authorize"
	target := c.target(r, p.redirect)
	if e := c.readAuthorize(r, p); e != nil {
		c.redirectError(w, r, target, p.mode, p.state, e, nil)
		return
	}
	prompt := r.FormValue("prompt")
	account := c.session(r)
	if hint := r.FormValue("login_hint"); hint != "" && account != "" {
		if a, ok := c.person(hint); !ok || a.ID != account {
			account = ""
		}
	}
	switch prompt {
	case "none":
		c.withoutPage(w, r, p, account)
		return
	case "login", "select_account":
		account = ""
	case "consent":
		p.force = true
	}
	p.account = account
	c.showNext(w, r, c.signIn.put(p), p, r.FormValue("login_hint"))
}

// readClient reads what must be right before anything may be sent to the
// redirect URI.
func (c *cloud) readClient(r *http.Request) (*pending, *entraError) {
	id := r.FormValue("client_id")
	if id == "" {
		return nil, c.refuse("entra.parameter.missing", "client_id")
	}
	a := c.app(id)
	if a == nil {
		return nil, c.refuse("entra.client.unknown", id, c.tenant.Org)
	}
	redirect := r.FormValue("redirect_uri")
	if redirect == "" {
		return nil, c.refuse("entra.redirect.none")
	}
	own := base(r) + "common/oauth2/nativeclient" // the vendor's page, at this address
	if redirect != own && !a.redirectAllowed(redirect) {
		return nil, c.refuse("entra.redirect.mismatch", redirect, a.id)
	}
	if e := c.fault(atClient, a, ""); e != nil {
		e.text = strings.ReplaceAll(e.text, "{redirect}", redirect)
		return nil, e
	}
	mode := r.FormValue("response_mode")
	if mode == "" {
		mode = "query"
	}
	return &pending{app: a, redirect: redirect, mode: mode, state: r.FormValue("state")}, nil
}

// readAuthorize reads the rest of an authorize request; its errors go to the
// redirect URI.
func (c *cloud) readAuthorize(r *http.Request, p *pending) *entraError {
	if !slices.Contains([]string{"query", "fragment", "form_post"}, p.mode) {
		bad := p.mode
		p.mode = "query"
		return c.refuse("entra.response-mode.unknown", bad)
	}
	switch kind := r.FormValue("response_type"); kind {
	case "code":
	case "":
		return c.refuse("entra.parameter.missing.redirect", "response_type")
	default:
		return c.refuse("entra.response-type.unsupported", kind)
	}
	if r.FormValue("scope") == "" {
		return c.refuse("entra.parameter.missing.redirect", "scope")
	}
	p.nonce, p.info = r.FormValue("nonce"), r.FormValue("client_info") == "1"
	p.challenge, p.method = r.FormValue("code_challenge"), r.FormValue("code_challenge_method")
	if p.challenge != "" && p.method == "" {
		p.method = "plain"
	}
	if p.challenge == "" && p.method != "" || p.method != "" && p.method != "plain" && p.method != "S256" {
		return c.refuse("entra.pkce.method")
	}
	if prompt := r.FormValue("prompt"); prompt != "" && !slices.Contains([]string{"none", "login", "consent", "select_account"}, prompt) {
		return c.refuse("entra.prompt.unsupported", prompt)
	}
	p.asked = c.parseScopes(r.FormValue("scope"))
	return c.badScopes(p.app, p.asked)
}

// badScopes refuses scopes that no consent could make right.
func (c *cloud) badScopes(a *app, s asked) *entraError {
	switch {
	case s.unknown != "":
		return c.refuse("entra.scope.unknown", a.id, s.unknown, graphAppID)
	case s.resource != "":
		return c.refuse("entra.resource.unknown", s.resource, c.tenant.Org)
	case s.static && len(s.graph) > 0:
		return c.refuse("entra.scope.default-mixed", strings.Join(s.written, " "))
	}
	return nil
}

// withoutPage answers prompt=none.
func (c *cloud) withoutPage(w http.ResponseWriter, r *http.Request, p *pending, account string) {
	target := c.target(r, p.redirect)
	if account == "" {
		c.redirectError(w, r, target, p.mode, p.state, c.refuse("entra.session.none"), nil)
		return
	}
	if len(c.missing(p.app, account, p.asked.wanted(p.app))) > 0 {
		c.redirectError(w, r, target, p.mode, p.state, c.refuse("entra.consent.none.redirect", p.app.id, p.app.name), nil)
		return
	}
	p.account = account
	c.giveCode(w, r, p)
}

// showNext shows the page that the request waits for, or finishes it.
func (c *cloud) showNext(w http.ResponseWriter, r *http.Request, ctx string, p *pending, hint string) {
	data := map[string]any{"Org": c.tenant.Org, "App": p.app.name, "Ctx": ctx, "Action": p.path, "Address": hint}
	if p.account == "" {
		writePage(w, http.StatusOK, signInPage, data)
		return
	}
	if e := c.fault(atPerson, p.app, p.account); e != nil {
		c.signIn.drop(ctx)
		c.errorPage(w, r, e)
		return
	}
	if p.admin {
		c.showAdminConsent(w, r, p, data)
		return
	}
	wanted := p.asked.wanted(p.app)
	missing := c.missing(p.app, p.account, wanted)
	if len(missing) == 0 && !p.force {
		c.signIn.drop(ctx)
		c.giveCode(w, r, p)
		return
	}
	if p.app == c.hub && c.faults.On("microsoft.consent-declined") {
		c.signIn.drop(ctx)
		c.cancel(w, r, p, c.target(r, p.redirect))
		return
	}
	who, _ := c.tenant.Account(p.account)
	if !c.mayGrant(who) && (c.needsAdmin(missing) || p.app == c.hub && c.faults.On("microsoft.publisher-unverified")) {
		c.note("entra.consent.admin-only")
		trace, correlation, at := c.entraIDs(r)
		data["Error"] = c.refuse("entra.consent.admin-only", p.app.name).describe(trace, correlation, at)
		writePage(w, http.StatusOK, approvalPage, data)
		return
	}
	data["Who"] = c.upn(who)
	data["Scopes"] = slices.Concat(wanted, p.asked.openID)
	data["Offer"] = c.mayGrant(who)
	writePage(w, http.StatusOK, consentPage, data)
}

// continueSignIn takes a button pressed on one of the pages.
func (c *cloud) continueSignIn(w http.ResponseWriter, r *http.Request) {
	ctx := r.PostFormValue("ctx")
	p := c.signIn.get(ctx)
	if p == nil {
		c.errorPage(w, r, c.refuse("entra.page.stale"))
		return
	}
	target := c.target(r, p.redirect)
	switch {
	case r.PostFormValue("cancel") != "":
		c.signIn.drop(ctx)
		c.cancel(w, r, p, target)
	case p.account == "":
		c.takeAddress(w, r, ctx, p)
	case p.admin:
		c.takeAdminConsent(w, r, ctx, p, target)
	default:
		c.takeConsent(w, r, ctx, p)
	}
}

// cancel sends the refusal back, in the shape of the endpoint it came from.
func (c *cloud) cancel(w http.ResponseWriter, r *http.Request, p *pending, target string) {
	if p.admin {
		more := url.Values{"admin_consent": {"True"}, "tenant": {c.tenant.ID}}
		c.redirectError(w, r, target, p.mode, p.state, c.refuse("entra.adminconsent.declined"), more)
		return
	}
	if p.device != nil {
		c.finishDevice(p.device, "")
	}
	who, _ := c.tenant.Account(p.account)
	if p.account != "" && !c.mayGrant(who) && c.needsAdmin(c.missing(p.app, p.account, p.asked.wanted(p.app))) {
		c.redirectError(w, r, target, p.mode, p.state, c.refuse("entra.consent.admin-only.redirect", p.app.name), nil)
		return
	}
	c.redirectError(w, r, target, p.mode, p.state, c.refuse("entra.consent.declined"), nil)
}

func (c *cloud) takeAddress(w http.ResponseWriter, r *http.Request, ctx string, p *pending) {
	address := strings.TrimSpace(r.PostFormValue("address"))
	account, ok := c.person(address)
	var e *entraError
	switch {
	case !ok:
		e = c.refuse("entra.account.unknown", address, c.tenant.Org)
	case account.Suspended:
		e = c.refuse("entra.account.disabled")
	case p.admin && !c.mayGrant(account):
		e = c.refuse("entra.adminconsent.not-admin", p.app.name)
	}
	if e != nil {
		c.note(e.ID)
		trace, correlation, at := c.entraIDs(r)
		writePage(w, http.StatusOK, signInPage, map[string]any{
			"Org": c.tenant.Org, "App": p.app.name, "Ctx": ctx, "Action": p.path, "Address": address,
			"Error": e.describe(trace, correlation, at),
		})
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: c.signIn.begin(account.ID), Path: "/", HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
	})
	c.signIn.mu.Lock()
	p.account = account.ID
	c.signIn.mu.Unlock()
	c.showNext(w, r, ctx, p, address)
}

func (c *cloud) takeConsent(w http.ResponseWriter, r *http.Request, ctx string, p *pending) {
	wanted := p.asked.wanted(p.app)
	who, _ := c.tenant.Account(p.account)
	if !c.mayGrant(who) && c.needsAdmin(c.missing(p.app, p.account, wanted)) {
		c.signIn.drop(ctx)
		c.errorPage(w, r, c.refuse("entra.consent.admin-only", p.app.name))
		return
	}
	if c.mayGrant(who) && r.PostFormValue("tenant_wide") != "" {
		c.grants.consentAll(p.app, wanted)
	} else {
		c.grants.consent(p.app, p.account, wanted)
	}
	c.signIn.drop(ctx)
	c.giveCode(w, r, p)
}

// giveCode finishes an authorize request.
func (c *cloud) giveCode(w http.ResponseWriter, r *http.Request, p *pending) {
	if p.device != nil {
		c.finishDevice(p.device, p.account)
		writePage(w, http.StatusOK, nativePage, map[string]any{"Org": c.tenant.Org, "Title": "Signed in"})
		return
	}
	text := "1." + randomText(120)
	c.tokens.mu.Lock()
	c.tokens.codes[text] = &code{
		app: p.app, redirect: p.redirect, scopes: slices.Concat(p.asked.openID, p.asked.written), account: p.account,
		nonce: p.nonce, challenge: p.challenge, method: p.method, expires: c.world.Clock.Elapsed() + codeLife,
	}
	c.tokens.mu.Unlock()
	v := url.Values{"code": {text}, "session_state": {randomGUID()}}
	if p.info {
		v.Set("client_info", c.clientInfo(p.account))
	}
	if p.state != "" {
		v.Set("state", p.state)
	}
	sendBack(w, r, c.target(r, p.redirect), p.mode, v)
}
