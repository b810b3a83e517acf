package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	world "miohub/platforms/sandbox"
)

// refreshLife is how long a refresh token lives unused, in tenant time: the
// vendor's default for applications that are no single-page ones.
const refreshLife = 90 * 24 * time.Hour

// token is the token endpoint.
func (c *cloud) token(w http.ResponseWriter, r *http.Request, tenant string) {
	if r.Method != http.MethodPost {
		c.writeTokenError(w, r, c.refuse("entra.token.post-only", r.Method))
		return
	}
	if err := r.ParseForm(); err != nil {
		c.writeTokenError(w, r, c.refuse("entra.request.malformed"))
		return
	}
	// Parameters in the query are not read: the vendor wants them in the body.
	answer, e := c.redeem(r, r.PostForm, strings.ToLower(tenant))
	if e != nil {
		c.writeTokenError(w, r, e)
		return
	}
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.Header().Set("Pragma", "no-cache")
	writeJSON(w, http.StatusOK, answer)
}

func (c *cloud) redeem(r *http.Request, form url.Values, tenant string) (map[string]any, *entraError) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if user, pass, ok := r.BasicAuth(); ok {
		id, _ = url.QueryUnescape(user)
		secret, _ = url.QueryUnescape(pass)
	}
	grant := form.Get("grant_type")
	switch {
	case grant == "":
		return nil, c.refuse("entra.token.parameter.missing", "grant_type")
	case id == "":
		return nil, c.refuse("entra.token.parameter.missing", "client_id")
	}
	a := c.app(id)
	if a == nil {
		return nil, c.refuse("entra.token.client.unknown", id, c.tenant.Org)
	}
	switch grant {
	case "authorization_code":
		return c.redeemCode(r, form, a, secret)
	case "refresh_token":
		return c.redeemRefresh(r, form, a, secret)
	case deviceGrant, "device_code": // the vendor's Go library uses the short name
		return c.redeemDevice(r, form, a)
	case "client_credentials":
		return c.clientCredentials(r, form, a, secret, tenant)
	}
	return nil, c.refuse("entra.token.grant.unsupported", grant)
}

// redeemCode exchanges an authorization code, once.
func (c *cloud) redeemCode(r *http.Request, form url.Values, a *app, secret string) (map[string]any, *entraError) {
	for _, need := range []string{"code", "redirect_uri"} {
		if form.Get(need) == "" {
			return nil, c.refuse("entra.token.parameter.missing", need)
		}
	}
	if secret != "" || form.Get("client_assertion") != "" {
		return nil, c.refuse("entra.token.public-secret") // every redirect here is of the public kind
	}
	now := c.world.Clock.Elapsed()
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	k := c.tokens.codes[form.Get("code")]
	switch {
	case k == nil:
		return nil, c.refuse("entra.token.code.malformed")
	case k.app != a:
		return nil, c.refuse("entra.token.code.other-client")
	case k.used:
		return nil, c.refuse("entra.token.code.used")
	case now >= k.expires:
		return nil, c.refuse("entra.token.code.expired")
	case !sameRedirect(form.Get("redirect_uri"), k.redirect):
		return nil, c.refuse("entra.token.redirect.differs", form.Get("redirect_uri"), k.redirect)
	case !k.proven(form.Get("code_verifier")):
		return nil, c.refuse("entra.token.pkce.mismatch")
	}
	if e := c.fault(atUser, a, k.account); e != nil {
		return nil, e
	}
	k.used = true
	asked := c.parseScopes(strings.Join(k.scopes, " "))
	if text := form.Get("scope"); text != "" {
		narrower := c.parseScopes(text)
		if e := c.badScopes(a, narrower); e != nil {
			e = c.refuse("entra.token.scope.invalid", text)
			return nil, e
		}
		narrower.openID = union(narrower.openID, asked.openID)
		asked = narrower
	}
	return c.userAnswer(r, a, k.account, asked, k.nonce)
}

// clientInfo tells the vendor's client libraries, on demand, whose account and
// tenant an answer belongs to.
func (c *cloud) clientInfo(account string) string {
	return base64url([]byte(`{"uid":"` + account + `","utid":"` + c.tenant.ID + `"}`))
}

// proven checks the PKCE verifier.
func (k *code) proven(verifier string) bool {
	switch k.method {
	case "":
		return true
	case "plain":
		return subtle.ConstantTimeCompare([]byte(verifier), []byte(k.challenge)) == 1
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64url(sum[:])), []byte(k.challenge)) == 1
}

// redeemRefresh exchanges a refresh token. A new one comes with the answer; the
// old one stays valid, as the vendor leaves it.
func (c *cloud) redeemRefresh(r *http.Request, form url.Values, a *app, secret string) (map[string]any, *entraError) {
	if form.Get("refresh_token") == "" {
		return nil, c.refuse("entra.token.parameter.missing", "refresh_token")
	}
	if secret != "" {
		return nil, c.refuse("entra.token.public-secret")
	}
	now := c.world.Clock.Elapsed()
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	t := c.tokens.refresh[form.Get("refresh_token")]
	switch {
	case t == nil:
		return nil, c.refuse("entra.token.refresh.malformed")
	case t.app != a:
		return nil, c.refuse("entra.token.refresh.other-client")
	case now >= t.expires:
		return nil, c.refuse("entra.token.refresh.expired")
	}
	if e := c.fault(atUser, a, t.account); e != nil {
		return nil, e
	}
	if ended, set := c.tokens.validFrom[t.account]; set && t.made <= ended {
		return nil, c.words(c.refuse("entra.refresh.revoked"), a, t.account)
	}
	if e := c.oldFault(t); e != nil {
		return nil, e
	}
	asked := c.parseScopes(strings.Join(t.scopes, " "))
	if text := form.Get("scope"); text != "" {
		narrower := c.parseScopes(text)
		if e := c.badScopes(a, narrower); e != nil {
			return nil, c.refuse("entra.token.scope.invalid", text)
		}
		narrower.openID = union(narrower.openID, asked.openID)
		asked = narrower
	}
	answer, e := c.userAnswer(r, a, t.account, asked, "")
	if text, ok := answer["refresh_token"].(string); ok {
		// Fewer scopes make a lesser access token; what the refresh token is good for
		// stays (RFC 6749, section 6).
		c.tokens.refresh[text].scopes = t.scopes
	}
	return answer, e
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// userAnswer makes the answer of a delegated grant. Callers hold the tokens' lock.
func (c *cloud) userAnswer(r *http.Request, a *app, account string, s asked, nonce string) (map[string]any, *entraError) {
	who, ok := c.tenant.Account(account)
	if !ok || !who.Deleted.IsZero() {
		return nil, c.refuse("entra.token.account.gone", account, c.tenant.Org)
	}
	if who.Suspended {
		return nil, c.refuse("entra.token.account.disabled")
	}
	wanted := s.wanted(a)
	if s.static { // whatever was consented to, as long as there is something
		wanted = c.grants.delegated(a, account)
		if len(wanted) == 0 {
			return nil, c.refuse("entra.token.consent.none", a.id, a.name)
		}
	}
	if len(c.missing(a, account, wanted)) > 0 {
		return nil, c.refuse("entra.token.consent.none", a.id, a.name)
	}
	now := c.world.Clock.Now()
	scp := slices.Clone(wanted)
	for _, o := range s.openID {
		if o != "offline_access" && !slices.Contains(scp, o) {
			scp = append(scp, o)
		}
	}
	claims := c.graphClaims(a, "user", now)
	claims["scp"] = strings.Join(scp, " ")
	claims["oid"], claims["sub"] = who.ID, c.subject(a, who.ID)
	claims["name"], claims["given_name"], claims["family_name"] = who.Name, who.Given, who.Family
	claims["upn"], claims["unique_name"] = c.upn(who), c.upn(who)
	claims["appidacr"], claims["acct"] = "0", 0
	if knowsChallenges(r.PostForm.Get("claims")) {
		claims["xms_cc"] = []string{"cp1"}
	}
	answer, e := c.bearer(claims)
	if e != nil {
		return nil, e
	}
	answer["scope"] = strings.Join(slices.Concat(written(s, wanted), presentOpenID(s)), " ")
	if r.PostForm.Get("client_info") == "1" {
		answer["client_info"] = c.clientInfo(account)
	}
	if s.has("openid") {
		id, err := c.keys.sign(c.idClaims(r, a, who, s, nonce, now))
		if err != nil {
			return nil, c.refuse("entra.token.failed", err.Error())
		}
		answer["id_token"] = id
	}
	if s.has("offline_access") {
		text := "1." + randomText(180)
		c.tokens.refresh[text] = &refreshToken{
			app: a, account: account, scopes: slices.Concat(s.openID, s.written), made: c.world.Clock.Elapsed(),
			expires: c.world.Clock.Elapsed() + refreshLife,
		}
		answer["refresh_token"] = text
	}
	return answer, nil
}

// written gives the scopes back in the form they were asked for; ".default" is
// answered with every permission in full and itself.
func written(s asked, wanted []string) []string {
	if s.static {
		return append(fullScopes(wanted), graphResource+"/.default")
	}
	return s.written
}

func presentOpenID(s asked) []string {
	return slices.DeleteFunc(slices.Clone(s.openID), func(o string) bool { return o == "offline_access" })
}

// clientCredentials gives the application its own token.
func (c *cloud) clientCredentials(r *http.Request, form url.Values, a *app, secret, tenant string) (map[string]any, *entraError) {
	proof := atSecret
	if form.Get("client_assertion") != "" {
		proof = atCertificate
	}
	if e := c.fault(atApp|proof, a, ""); e != nil {
		return nil, e
	}
	switch {
	case tenant == "common":
		return nil, c.refuse("entra.token.common")
	case tenant == "organizations":
		return nil, c.refuse("entra.token.no-tenant")
	case form.Get("client_assertion") != "":
		if e := c.prove(r, form, a); e != nil {
			return nil, e
		}
	case secret == "" || a.secret == "":
		if a.secret == "" && secret != "" {
			return nil, c.refuse("entra.token.public-secret")
		}
		return nil, c.refuse("entra.token.secret.missing")
	case subtle.ConstantTimeCompare([]byte(secret), []byte(a.secret)) != 1:
		return nil, c.refuse("entra.token.secret.wrong", a.id)
	}
	scope := form.Get("scope")
	if scope == "" {
		return nil, c.refuse("entra.token.parameter.missing", "scope")
	}
	s := c.parseScopes(scope)
	if s.resource != "" {
		return nil, c.refuse("entra.token.resource.unknown", s.resource, c.tenant.Org)
	}
	// The vendor's own libraries add OpenID scopes here; they mean nothing.
	if !s.static || len(s.graph) > 0 || s.unknown != "" {
		return nil, c.refuse("entra.token.scope.not-default", scope)
	}
	claims := c.graphClaims(a, "app", c.world.Clock.Now())
	claims["oid"], claims["sub"] = a.principal, a.principal
	claims["appidacr"] = "1"
	if form.Get("client_assertion") != "" {
		claims["appidacr"] = "2"
	}
	if knowsChallenges(form.Get("claims")) {
		claims["xms_cc"] = []string{"cp1"}
	}
	if roles := c.grants.application(a); len(roles) > 0 {
		claims["roles"] = roles
	}
	return c.bearer(claims)
}

// knowsChallenges reads whether the client declares that it understands claims
// challenges (the client capability "cp1").
func knowsChallenges(claims string) bool {
	var asked struct {
		AccessToken struct {
			Capabilities struct {
				Values []string `json:"values"`
			} `json:"xms_cc"`
		} `json:"access_token"`
	}
	return json.Unmarshal([]byte(claims), &asked) == nil && slices.ContainsFunc(asked.AccessToken.Capabilities.Values, func(v string) bool {
		return strings.EqualFold(v, "cp1")
	})
}

// graphClaims are the claims that every access token for Graph has. They are
// the v1.0 ones, as Graph asks for; clients must treat the token as opaque.
func (c *cloud) graphClaims(a *app, kind string, now time.Time) map[string]any {
	return map[string]any{
		"aud": graphResource, "iss": "https://sts.windows.net/" + c.tenant.ID + "/", "tid": c.tenant.ID,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Unix() + c.expiresIn(), "ver": "1.0", "idtyp": kind,
		"appid": a.id, "app_displayname": a.name, "idp": "https://sts.windows.net/" + c.tenant.ID + "/", "uti": randomText(16),
	}
}

// expiresIn is a token's life in seconds of the client's clock, rounded down,
// at least one.
func (c *cloud) expiresIn() int64 {
	return max(1, int64(c.world.Clock.Wall(tokenLife)/time.Second))
}

func (c *cloud) bearer(claims map[string]any) (map[string]any, *entraError) {
	token, err := c.keys.sign(claims)
	if err != nil {
		return nil, c.refuse("entra.token.failed", err.Error())
	}
	now := c.world.Clock.Elapsed()
	c.tokens.remember(claims["uti"].(string), now, now+tokenLife)
	return map[string]any{
		"token_type": "Bearer", "expires_in": c.expiresIn(), "ext_expires_in": c.expiresIn(), "access_token": token,
	}, nil
}

// idClaims are those of an id token (v2.0).
func (c *cloud) idClaims(r *http.Request, a *app, who world.Account, s asked, nonce string, now time.Time) map[string]any {
	claims := map[string]any{
		"ver": "2.0", "iss": c.issuer(r, c.tenant.ID), "aud": a.id, "tid": c.tenant.ID, "sub": c.subject(a, who.ID),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Unix() + c.expiresIn(), "uti": randomText(16),
	}
	if s.has("profile") {
		claims["name"], claims["preferred_username"], claims["oid"] = who.Name, c.upn(who), who.ID
	}
	if s.has("email") {
		claims["email"] = who.Address
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	return claims
}

// subject is the pairwise id of an account for one application.
func (c *cloud) subject(a *app, account string) string {
	sum := sha256.Sum256([]byte(a.id + "|" + account))
	return base64url(sum[:])
}
