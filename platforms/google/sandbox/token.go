package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// oauthError is a refusal of the token or revocation endpoint.
type oauthError struct {
	status      int
	code        string
	description string
	subtype     string // Google's own addition
}

func oauthRefusal(status int, code, description string) *oauthError {
	return &oauthError{status: status, code: code, description: description}
}

func (e *oauthError) write(w http.ResponseWriter) {
	body := map[string]any{"error": e.code}
	if e.description != "" {
		body["error_description"] = e.description
	}
	if e.subtype != "" {
		body["error_subtype"] = e.subtype
	}
	writeJSON(w, e.status, body, true)
}

// oauthHandler serves oauth2.googleapis.com.
func (g *google) oauthHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Pragma", "no-cache")
		answer, bad := g.token(w, r)
		if bad != nil {
			bad.write(w)
			return
		}
		writeJSON(w, http.StatusOK, answer, true)
	})
	mux.HandleFunc("POST /revoke", func(w http.ResponseWriter, r *http.Request) {
		text := r.URL.Query().Get("token")
		if form, bad := g.form(w, r); bad == nil && form.Get("token") != "" {
			text = form.Get("token")
		}
		switch {
		case text == "":
			oauthRefusal(http.StatusBadRequest, "invalid_request", "Bad Request").write(w)
		case !g.auth.revoke(text):
			oauthRefusal(http.StatusBadRequest, "invalid_token", "Token expired or revoked").write(w)
		default:
			writeJSON(w, http.StatusOK, map[string]any{}, true)
		}
	})
	mux.HandleFunc("/", notFoundPage)
	return mux
}

// form reads an OAuth request's body.
func (g *google) form(w http.ResponseWriter, r *http.Request) (url.Values, *oauthError) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_request", "Bad Request")
	}
	if err := r.ParseForm(); err != nil {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_request", "Bad Request")
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return nil, oauthRefusal(http.StatusBadRequest, "invalid_request", "OAuth 2 parameters can only have a single value: "+name)
		}
	}
	return r.PostForm, nil
}

func (g *google) token(w http.ResponseWriter, r *http.Request) (map[string]any, *oauthError) {
	form, bad := g.form(w, r)
	if bad != nil {
		return nil, bad
	}
	switch kind := form.Get("grant_type"); kind {
	case "":
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_request", "Required parameter is missing: grant_type")
	case "authorization_code":
		if bad := g.clientAuth(r, form); bad != nil {
			return nil, bad
		}
		return g.codeToken(form)
	case "refresh_token":
		if bad := g.clientAuth(r, form); bad != nil {
			return nil, bad
		}
		return g.refreshToken(form)
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		return g.assertionToken(form)
	default:
		return nil, oauthRefusal(http.StatusBadRequest, "unsupported_grant_type", "Invalid grant_type: "+kind)
	}
}

// clientAuth checks the client's id and secret, in the body or as Basic.
func (g *google) clientAuth(r *http.Request, form url.Values) *oauthError {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if user, pass, ok := r.BasicAuth(); ok {
		// Basic credentials are form-encoded first.
		if u, err := url.QueryUnescape(user); err == nil {
			user = u
		}
		if p, err := url.QueryUnescape(pass); err == nil {
			pass = p
		}
		id, secret = user, pass
	}
	switch {
	case id == "":
		return oauthRefusal(http.StatusBadRequest, "invalid_request", "Could not determine client ID from request.")
	case id != g.client.id:
		return oauthRefusal(http.StatusUnauthorized, "invalid_client", "The OAuth client was not found.")
	case secret == "":
		return oauthRefusal(http.StatusBadRequest, "invalid_request", "client_secret is missing.")
	case subtle.ConstantTimeCompare([]byte(secret), []byte(g.client.secret)) != 1:
		return oauthRefusal(http.StatusUnauthorized, "invalid_client", "Unauthorized")
	}
	return g.clientTrouble()
}

// codeToken exchanges an authorization code.
func (g *google) codeToken(form url.Values) (map[string]any, *oauthError) {
	text := form.Get("code")
	if text == "" {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_request", "Missing required parameter: code")
	}
	if !strings.HasPrefix(text, "4/") {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_grant", "Malformed auth code.")
	}
	c, ok := g.auth.redeem(text)
	if !ok {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_grant", "Bad Request")
	}
	if form.Get("redirect_uri") != c.redirect {
		return nil, oauthRefusal(http.StatusBadRequest, "redirect_uri_mismatch", "Bad Request")
	}
	if bad := checkVerifier(c, form.Get("code_verifier")); bad != nil {
		return nil, bad
	}
	account, ok := g.tenant.Account(c.grant.account)
	if !ok || g.usable(account) != "" {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_grant", "Bad Request")
	}
	answer := g.userToken(c.grant, c.scopes)
	if c.offline {
		answer["refresh_token"] = g.auth.newRefresh(c.grant)
	}
	if slices.Contains(c.scopes, scopeOpenID) {
		answer["id_token"] = g.idToken(account, c.scopes, c.nonce)
	}
	return answer, nil
}

func checkVerifier(c code, verifier string) *oauthError {
	if c.challenge == "" {
		if verifier != "" {
			return oauthRefusal(http.StatusBadRequest, "invalid_grant", "code_verifier or verifier is not needed.")
		}
		return nil
	}
	if verifier == "" {
		return oauthRefusal(http.StatusBadRequest, "invalid_grant", "Missing code verifier.")
	}
	got := verifier
	if c.method == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		got = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if subtle.ConstantTimeCompare([]byte(got), []byte(c.challenge)) != 1 {
		return oauthRefusal(http.StatusBadRequest, "invalid_grant", "Invalid code verifier.")
	}
	return nil
}

// refreshToken exchanges a refresh token.
func (g *google) refreshToken(form url.Values) (map[string]any, *oauthError) {
	text := form.Get("refresh_token")
	if text == "" {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_request", "Missing required parameter: refresh_token")
	}
	gr, known := g.auth.refreshed(text)
	if !known {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_grant", "Bad Request")
	}
	if gr == nil {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_grant", "Token has been expired or revoked.")
	}
	account, ok := g.tenant.Account(gr.account)
	if !ok || g.usable(account) != "" {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_grant", "Token has been expired or revoked.")
	}
	granted := g.auth.scopesOf(gr)
	scopes := granted
	if s := canonicalScopes(scopeList(form.Get("scope"))); len(s) > 0 {
		for _, one := range s {
			if !slices.Contains(granted, one) {
				return nil, oauthRefusal(http.StatusBadRequest, "invalid_scope", "Bad Request")
			}
		}
		scopes = s
	}
	if bad := g.policyTrouble(scopes); bad != nil {
		return nil, bad
	}
	if bad := g.sessionTrouble(); bad != nil {
		return nil, bad
	}
	answer := g.userToken(gr, scopes)
	if slices.Contains(scopes, scopeOpenID) {
		answer["id_token"] = g.idToken(account, scopes, "")
	}
	return answer, nil
}

// userToken makes an access token for a person's grant.
func (g *google) userToken(gr *grant, scopes []string) map[string]any {
	text, seconds := g.auth.issue(token{
		principal: principal{account: gr.account, client: gr.client}, scopes: scopes, grant: gr,
	})
	return map[string]any{
		"access_token": text, "expires_in": seconds, "token_type": "Bearer", "scope": strings.Join(scopes, " "),
	}
}
