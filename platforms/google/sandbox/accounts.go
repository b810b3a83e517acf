package sandbox

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

// Scopes that sign-in itself understands.
const (
	scopePrefix  = "https://www.googleapis.com/auth/"
	scopeEmail   = scopePrefix + "userinfo.email"
	scopeProfile = scopePrefix + "userinfo.profile"
	scopeOpenID  = "openid"
)

// sessionCookie holds the one session of a browser, for all of the tenant's pages.
const sessionCookie = "GSESSION"

// authRequest is a checked authorization request.
type authRequest struct {
	redirect  string
	state     string
	scopes    []string
	challenge string
	method    string
	offline   bool
	prompt    []string
	nonce     string
	hint      string
}

// accountsHandler serves accounts.google.com: the consent page.
func (g *google) accountsHandler() http.Handler {
	mux := http.NewServeMux()
	for _, path := range []string{"/o/oauth2/v2/auth", "/o/oauth2/auth"} {
		mux.HandleFunc("GET "+path, g.authorize)
		mux.HandleFunc("POST "+path, g.decide)
	}
	mux.HandleFunc("/", notFoundPage)
	return mux
}

// authorize shows the consent page, or sends the browser straight back when the
// person is signed in and has agreed before.
func (g *google) authorize(w http.ResponseWriter, r *http.Request) {
	req, bad := g.authRequest(r.URL.Query())
	if bad != nil {
		bad.show(w)
		return
	}
	account, signedIn := g.sessionAccount(r)
	if req.hint != "" && signedIn && !strings.EqualFold(account.Address, req.hint) && account.ID != req.hint {
		signedIn = false
	}
	ask := slices.Contains(req.prompt, "consent") || slices.Contains(req.prompt, "select_account")
	covered := signedIn && g.auth.covered(account.ID, g.client.id, req.scopes)
	switch {
	case slices.Contains(req.prompt, "none") && !signedIn:
		g.back(w, r, req, url.Values{"error": {"login_required"}})
	case slices.Contains(req.prompt, "none") && !covered:
		g.back(w, r, req, url.Values{"error": {"consent_required"}})
	case covered && !ask && g.usable(account) == "":
		g.grantCode(w, r, req, account, false)
	default:
		address := req.hint
		if address == "" && signedIn {
			address = account.Address
		}
		g.consentPage(w, http.StatusOK, req, address, "")
	}
}

// pageError is a refusal that is shown to the person and never redirected.
type pageError struct {
	Status int
	Code   string
	Text   string
}

func (e *pageError) show(w http.ResponseWriter) { showPage(w, e.Status, "error", e) }

func badPage(code, text string) *pageError {
	return &pageError{Status: http.StatusBadRequest, Code: code, Text: text}
}

// authRequest checks the parameters of an authorization request.
func (g *google) authRequest(q url.Values) (authRequest, *pageError) {
	req := authRequest{
		redirect: q.Get("redirect_uri"), state: q.Get("state"), scopes: canonicalScopes(scopeList(q.Get("scope"))),
		challenge: q.Get("code_challenge"), method: q.Get("code_challenge_method"),
		offline: q.Get("access_type") == "offline", prompt: strings.Fields(q.Get("prompt")),
		nonce: q.Get("nonce"), hint: q.Get("login_hint"),
	}
	for name, values := range q {
		if len(values) > 1 {
			return req, badPage("invalid_request", "OAuth 2 parameters can only have a single value: "+name)
		}
	}
	for _, name := range []string{"client_id", "response_type", "redirect_uri", "scope"} {
		if strings.TrimSpace(q.Get(name)) == "" {
			return req, badPage("invalid_request", "Required parameter is missing: "+name)
		}
	}
	if q.Get("client_id") != g.client.id {
		return req, &pageError{Status: http.StatusUnauthorized, Code: "invalid_client", Text: "The OAuth client was not found."}
	}
	if !loopback(req.redirect) {
		return req, badPage("redirect_uri_mismatch", "The redirect URI in the request, "+req.redirect+", does not match the ones authorized for the OAuth client.")
	}
	if q.Get("response_type") != "code" {
		return req, badPage("unsupported_response_type", "Invalid response_type: "+q.Get("response_type"))
	}
	if t := q.Get("access_type"); t != "" && t != "offline" && t != "online" {
		return req, badPage("invalid_request", "Invalid parameter value for access_type: '"+t+"' is not a valid value")
	}
	for _, p := range req.prompt {
		if !slices.Contains([]string{"none", "consent", "select_account"}, p) || (p == "none" && len(req.prompt) > 1) {
			return req, badPage("invalid_request", "Invalid parameter value for prompt: Invalid prompt: "+q.Get("prompt"))
		}
	}
	if bad := checkChallenge(&req); bad != nil {
		return req, bad
	}
	if bad := g.checkScopes(req.scopes); bad != nil {
		return req, bad
	}
	return req, g.consentTrouble(req.scopes)
}

// consentTrouble is what the consent page says in place of asking.
func (g *google) consentTrouble(scopes []string) *pageError {
	bad := g.policyTrouble(scopes)
	if bad == nil && !g.wrong(faultClientSecret) { // a browser never shows the secret
		bad = g.clientTrouble()
	}
	if bad == nil {
		return nil
	}
	return &pageError{Status: bad.status, Code: bad.code, Text: bad.description}
}

func checkChallenge(req *authRequest) *pageError {
	if req.challenge == "" {
		if req.method != "" {
			return badPage("invalid_request", "code_challenge_method requires code_challenge.")
		}
		return nil
	}
	if req.method == "" {
		req.method = "plain"
	}
	if req.method != "plain" && req.method != "S256" {
		return badPage("invalid_request", "Invalid code_challenge_method: "+req.method)
	}
	if len(req.challenge) < 43 || len(req.challenge) > 128 {
		return badPage("invalid_request", "Invalid code_challenge: it must be 43 to 128 characters long.")
	}
	return nil
}

func (g *google) checkScopes(scopes []string) *pageError {
	var wrong []string
	for _, s := range scopes {
		if !g.cat.scopes[s] {
			wrong = append(wrong, s)
		}
	}
	if len(wrong) > 0 {
		return badPage("invalid_scope", "Some requested scopes were invalid. {invalid=["+strings.Join(wrong, ", ")+"]}")
	}
	return nil
}

// loopback reports whether a redirect is one that an installed client may use:
// http to this computer, any port and path.
func loopback(redirect string) bool {
	u, err := url.Parse(redirect)
	if err != nil || u.Scheme != "http" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return false
	}
	host := u.Hostname()
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.Equal(net.IPv4(127, 0, 0, 1)) || ip.Equal(net.IPv6loopback))
}

// decide takes the answer of the consent page.
func (g *google) decide(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	if err := r.ParseForm(); err != nil {
		badPage("invalid_request", "The form cannot be read.").show(w)
		return
	}
	id := r.PostForm.Get("request")
	req, ok := g.auth.answered(id, false)
	if !ok {
		badPage("invalid_request", "This page has expired. Start again from the app.").show(w)
		return
	}
	if r.PostForm.Get("action") == "cancel" {
		g.auth.answered(id, true)
		g.back(w, r, req, url.Values{"error": {"access_denied"}})
		return
	}
	address := strings.TrimSpace(r.PostForm.Get("address"))
	account, ok := g.tenant.Account(address)
	if !ok || !strings.Contains(address, "@") {
		g.consentPage(w, http.StatusBadRequest, req, address, "Couldn’t find your Google Account")
		return
	}
	if why := g.usable(account); why != "" {
		g.consentPage(w, http.StatusForbidden, req, address, why)
		return
	}
	g.auth.answered(id, true)
	g.startSession(w, account)
	g.grantCode(w, r, req, account, true)
}

// usable says why an account cannot sign in, "" when it can.
func (g *google) usable(a world.Account) string {
	switch {
	case !a.Deleted.IsZero():
		return "Account deleted"
	case a.Suspended:
		return "Your account has been disabled"
	}
	return ""
}

// grantCode records consent and sends the browser back with a code.
func (g *google) grantCode(w http.ResponseWriter, r *http.Request, req authRequest, account world.Account, shown bool) {
	gr, first := g.auth.consent(account.ID, g.client.id, req.scopes)
	offline := req.offline && (first || (shown && slices.Contains(req.prompt, "consent")))
	code := g.auth.newCode(code{
		grant: gr, scopes: req.scopes, redirect: req.redirect, challenge: req.challenge, method: req.method,
		offline: offline, nonce: req.nonce,
	})
	v := url.Values{"code": {code}, "scope": {strings.Join(req.scopes, " ")}, "authuser": {"0"}}
	if shown {
		v.Set("prompt", "consent")
	} else {
		v.Set("prompt", "none")
	}
	if _, domain, ok := strings.Cut(account.Address, "@"); ok {
		v.Set("hd", domain)
	}
	g.back(w, r, req, v)
}

// back redirects to the app, state included.
func (g *google) back(w http.ResponseWriter, r *http.Request, req authRequest, v url.Values) {
	u, err := url.Parse(req.redirect)
	if err != nil {
		badPage("redirect_uri_mismatch", "The redirect URI cannot be read.").show(w)
		return
	}
	q := u.Query()
	for name, values := range v {
		q[name] = values
	}
	if req.state != "" {
		q.Set("state", req.state)
	}
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusFound)
}

// sessionAccount returns who is signed in.
func (g *google) sessionAccount(r *http.Request) (world.Account, bool) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return world.Account{}, false
	}
	id := g.auth.session(c.Value)
	if id == "" {
		return world.Account{}, false
	}
	a, ok := g.tenant.Account(id)
	return a, ok && g.usable(a) == ""
}

func (g *google) startSession(w http.ResponseWriter, a world.Account) string {
	id := g.auth.signIn(a.ID)
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return id
}

// consentPage shows who asks for what.
func (g *google) consentPage(w http.ResponseWriter, status int, req authRequest, address, problem string) {
	showPage(w, status, "consent", map[string]any{
		"Request": g.auth.ask(req), "Address": address, "Problem": problem, "Scopes": req.scopes, "App": appName,
	})
}
