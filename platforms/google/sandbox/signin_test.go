package sandbox

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	ogoogle "golang.org/x/oauth2/google"
)

const (
	callback = "http://127.0.0.1:49152/done"
	verifier = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
)

func s256(v string) string {
	sum := sha256.Sum256([]byte(v))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// oauthClient returns the OAuth client's id and secret.
func (l *lab) oauthClient() (id, secret string) {
	var f struct {
		Installed struct {
			ID     string `json:"client_id"`
			Secret string `json:"client_secret"`
		}
	}
	if err := json.Unmarshal([]byte(l.em.Deployment()["client"]), &f); err != nil {
		l.t.Fatal(err)
	}
	return f.Installed.ID, f.Installed.Secret
}

// authURL is a good authorization request; pairs change it, "" removes.
func (l *lab) authURL(pairs ...string) string {
	id, _ := l.oauthClient()
	q := url.Values{
		"client_id": {id}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid email " + scopePrefix + "admin.directory.user.readonly"},
		"state": {"s&t"}, "code_challenge": {s256(verifier)}, "code_challenge_method": {"S256"}, "access_type": {"offline"},
	}
	for i := 0; i < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return l.urls["accounts"] + "o/oauth2/v2/auth?" + q.Encode()
}

// browser is an HTTP client with cookies that stops at the loopback redirect.
func browser() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (l *lab) page(b *http.Client, method, u string, form url.Values) answer {
	l.t.Helper()
	req, err := http.NewRequest(method, u, strings.NewReader(form.Encode()))
	if err != nil {
		l.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := b.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return answer{code: res.StatusCode, header: res.Header, raw: string(raw)}
}

// hidden reads a field of a form.
func hidden(page, name string) string {
	hit := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if hit == nil {
		return ""
	}
	return hit[1]
}

// consentAs walks through the consent page as a person.
func (l *lab) consentAs(b *http.Client, address, action string, pairs ...string) answer {
	l.t.Helper()
	u := l.authURL(pairs...)
	p := l.page(b, http.MethodGet, u, nil)
	if p.code == http.StatusFound {
		return p
	}
	return l.page(b, http.MethodPost, u, url.Values{"request": {hidden(p.raw, "request")}, "address": {address}, "action": {action}})
}

// code walks through sign-in and returns the code.
func (l *lab) code(pairs ...string) string {
	l.t.Helper()
	a := l.want(l.consentAs(browser(), "dana@acme.example", "accept", pairs...), http.StatusFound)
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || u.Query().Get("code") == "" {
		l.t.Fatalf("redirected to %s", a.header.Get("Location"))
	}
	return u.Query().Get("code")
}

// tokenCall posts to the token endpoint; pairs change a good code exchange.
func (l *lab) tokenCall(pairs ...string) answer {
	l.t.Helper()
	id, secret := l.oauthClient()
	q := url.Values{"client_id": {id}, "client_secret": {secret}, "grant_type": {"authorization_code"}, "redirect_uri": {callback}, "code_verifier": {verifier}}
	for i := 0; i < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return l.send("", "oauth", "POST", "token", "application/x-www-form-urlencoded", q.Encode())
}

func signInRefusals() map[string]refused {
	get := func(pairs ...string) func(*lab) answer {
		return func(l *lab) answer { return l.page(browser(), "GET", l.authURL(pairs...), nil) }
	}
	return map[string]refused{
		"signin.no-client":          no(400, "Error 400: invalid_request|client_id", get("client_id", "")),
		"signin.unknown-client":     no(401, "Error 401: invalid_client|The OAuth client was not found.", get("client_id", "x<y>")),
		"signin.redirect-elsewhere": no(400, "redirect_uri_mismatch|&lt;b&gt;", get("redirect_uri", "http://evil.example/?<b>")),
		"signin.redirect-https":     no(400, "redirect_uri_mismatch", get("redirect_uri", "https://127.0.0.1/")),
		"signin.no-scope":           no(400, "invalid_request|scope", get("scope", "")),
		"signin.unknown-scope":      no(400, "invalid_scope", get("scope", "https://www.googleapis.com/auth/chat.everything")),
		"signin.response-type":      no(400, "unsupported_response_type", get("response_type", "token")),
		"signin.challenge-method":   no(400, "invalid_request|code_challenge_method", get("code_challenge_method", "S512")),
		"signin.short-challenge":    no(400, "invalid_request|code_challenge", get("code_challenge", "short")),
		"signin.prompt":             no(400, "invalid_request|prompt", get("prompt", "none consent")),
		"signin.repeated-parameter": no(400, "invalid_request|single value", func(l *lab) answer { return l.page(browser(), "GET", l.authURL()+"&scope=openid", nil) }),
		"signin.cancelled":          no(302, "error=access_denied|state=s%26t", func(l *lab) answer { return l.consentAs(browser(), "", "cancel") }),
		"signin.unknown-account":    no(400, "find your Google Account", func(l *lab) answer { return l.consentAs(browser(), "nobody@acme.example", "accept") }),
		"signin.suspended-account":  no(403, "has been disabled", func(l *lab) answer { return l.consentAs(browser(), "halt@acme.example", "accept") }),
		"signin.expired-page": no(400, "expired", func(l *lab) answer {
			p := l.page(browser(), "GET", l.authURL(), nil)
			l.w.Clock.Advance(time.Hour)
			return l.page(browser(), "POST", l.authURL(), url.Values{"request": {hidden(p.raw, "request")}, "address": {"dana@acme.example"}, "action": {"accept"}})
		}),
		"signin.login-required": no(302, "error=login_required", get("prompt", "none")),
		"signin.consent-required": no(302, "error=consent_required", func(l *lab) answer {
			b := browser()
			l.want(l.consentAs(b, "bob@acme.example", "accept"), 302)
			return l.page(b, "GET", l.authURL("prompt", "none", "scope", scopePrefix+"chat.spaces"), nil)
		}),
	}
}

func tokenRefusals() map[string]refused {
	call := func(pairs ...string) func(*lab) answer {
		return func(l *lab) answer { return l.tokenCall(pairs...) }
	}
	withCode := func(pairs ...string) func(*lab) answer {
		return func(l *lab) answer { return l.tokenCall(append([]string{"code", l.code()}, pairs...)...) }
	}
	refresh := func(l *lab, pairs ...string) answer {
		a := l.want(l.tokenCall("code", l.code("prompt", "consent")), 200)
		return l.tokenCall(append([]string{"grant_type", "refresh_token", "refresh_token", a.str("refresh_token")}, pairs...)...)
	}
	return map[string]refused{
		"token.no-grant-type":      no(400, "invalid_request|grant_type", call("grant_type", "")),
		"token.unknown-grant-type": no(400, "unsupported_grant_type|Invalid grant_type: password", call("grant_type", "password")),
		"token.not-a-form":         no(400, "invalid_request", func(l *lab) answer { return l.call("", "oauth", "POST", "token", `{"grant_type":"refresh_token"}`) }),
		"token.unknown-client":     no(401, "invalid_client|The OAuth client was not found.", call("client_id", "x", "code", "4/x")),
		"token.wrong-secret":       no(401, "invalid_client|Unauthorized", call("client_secret", "x", "code", "4/x")),
		"token.no-secret":          no(400, "invalid_request|client_secret is missing.", call("client_secret", "", "code", "4/x")),
		"token.no-code":            no(400, "invalid_request|code", call()),
		"token.malformed-code":     no(400, "invalid_grant|Malformed auth code.", call("code", "bogus")),
		"token.bogus-code":         no(400, "invalid_grant|Bad Request", call("code", "4/bogus")),
		"token.used-code": no(400, "invalid_grant", func(l *lab) answer {
			code := l.code()
			l.want(l.tokenCall("code", code), 200)
			return l.tokenCall("code", code)
		}),
		"token.expired-code": no(400, "invalid_grant", func(l *lab) answer {
			code := l.code()
			l.w.Clock.Advance(11 * time.Minute)
			return l.tokenCall("code", code)
		}),
		"token.other-redirect":  no(400, "redirect_uri_mismatch", withCode("redirect_uri", "http://127.0.0.1:49152/other")),
		"token.wrong-verifier":  no(400, "invalid_grant|Invalid code verifier.", withCode("code_verifier", strings.Repeat("x", 50))),
		"token.no-verifier":     no(400, "invalid_grant|Missing code verifier.", withCode("code_verifier", "")),
		"token.unknown-refresh": no(400, "invalid_grant|Bad Request", call("grant_type", "refresh_token", "refresh_token", "1//x")),
		"token.revoked-refresh": no(400, "invalid_grant|Token has been expired or revoked.", func(l *lab) answer {
			a := l.want(l.tokenCall("code", l.code("prompt", "consent")), 200)
			l.want(l.send("", "oauth", "POST", "revoke", "application/x-www-form-urlencoded", "token="+url.QueryEscape(a.str("access_token"))), 200)
			return l.tokenCall("grant_type", "refresh_token", "refresh_token", a.str("refresh_token"))
		}),
		"token.wider-refresh":  no(400, "invalid_scope", func(l *lab) answer { return refresh(l, "scope", scopePrefix+"chat.delete") }),
		"token.revoke-unknown": no(400, "invalid_token", func(l *lab) answer { return l.send("", "oauth", "POST", "revoke?token=x", "", "") }),
		"token.info-unknown":   no(400, "Invalid Value", func(l *lab) answer { return l.send("", "oauth2", "POST", "oauth2/v2/tokeninfo?access_token=x", "", "") }),
	}
}

// signer makes assertions, wrong ones too.
type signer struct {
	key    *rsa.PrivateKey
	header map[string]any
	claims map[string]any
}

func (l *lab) assert(change func(*signer)) answer {
	l.t.Helper()
	cfg, err := ogoogle.JWTConfigFromJSON(l.keyFile())
	if err != nil {
		l.t.Fatal(err)
	}
	key, err := parseKey(cfg.PrivateKey)
	if err != nil {
		l.t.Fatal(err)
	}
	now := time.Now()
	s := signer{key: key, header: map[string]any{"alg": "RS256", "typ": "JWT", "kid": l.sa["private_key_id"]}, claims: map[string]any{
		"iss": l.sa["client_email"], "scope": scopePrefix + "chat.bot", "aud": l.sa["token_uri"], "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}}
	change(&s)
	enc := base64.RawURLEncoding
	h, _ := json.Marshal(s.header)
	c, _ := json.Marshal(s.claims)
	signed := enc.EncodeToString(h) + "." + enc.EncodeToString(c)
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, sum[:])
	if err != nil {
		l.t.Fatal(err)
	}
	return l.assertion(signed + "." + enc.EncodeToString(sig))
}

func (l *lab) assertion(text string) answer {
	q := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}}
	if text != "" {
		q.Set("assertion", text)
	}
	return l.send("", "oauth", "POST", "token", "application/x-www-form-urlencoded", q.Encode())
}

func assertionRefusals() map[string]refused {
	claim := func(pairs ...any) func(*lab) answer {
		return func(l *lab) answer {
			return l.assert(func(s *signer) {
				for i := 0; i < len(pairs); i += 2 {
					s.claims[pairs[i].(string)] = pairs[i+1]
				}
			})
		}
	}
	now := time.Now()
	const lived = "invalid_grant|Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
	const badScope = "invalid_scope|Invalid OAuth scope or ID token audience provided."
	return map[string]refused{
		"jwt.no-assertion": no(400, "invalid_request|assertion", func(l *lab) answer { return l.assertion("") }),
		"jwt.malformed":    no(400, "invalid_grant", func(l *lab) answer { return l.assertion("a.b") }),
		"jwt.other-key": no(400, "invalid_grant|Invalid JWT Signature.", func(l *lab) answer {
			other, err := rsa.GenerateKey(rand.Reader, 1024)
			if err != nil {
				l.t.Fatal(err)
			}
			return l.assert(func(s *signer) { s.key = other })
		}),
		"jwt.other-kid":           no(400, "Invalid JWT Signature.", func(l *lab) answer { return l.assert(func(s *signer) { s.header["kid"] = "x" }) }),
		"jwt.unsigned":            no(400, "Invalid JWT Signature.", func(l *lab) answer { return l.assert(func(s *signer) { s.header["alg"] = "none" }) }),
		"jwt.unknown-issuer":      no(400, "invalid_grant|Invalid JWT: No valid verifier found for issuer", claim("iss", "x@y.iam.gserviceaccount.com")),
		"jwt.audience":            no(400, "Invalid JWT: Failed audience check.", claim("aud", "https://oauth2.googleapis.com/token")),
		"jwt.too-long":            no(400, lived, claim("exp", now.Add(70*time.Minute).Unix())),
		"jwt.expired":             no(400, lived, claim("iat", now.Add(-time.Hour).Unix(), "exp", now.Add(-time.Minute).Unix())),
		"jwt.from-the-future":     no(400, lived, claim("iat", now.Add(20*time.Minute).Unix(), "exp", now.Add(time.Hour).Unix())),
		"jwt.no-scope":            no(400, badScope, claim("scope", "")),
		"jwt.unknown-scope":       no(400, badScope, claim("scope", scopePrefix+"chat.bot "+scopePrefix+"chat.bots")),
		"jwt.comma-scopes":        no(400, badScope, claim("scope", scopePrefix+"chat.bot,"+scopePrefix+"chat.spaces")),
		"jwt.unknown-subject":     no(400, "invalid_grant|Invalid email or User ID", claim("sub", "nobody@acme.example")),
		"jwt.alias-subject":       no(400, "invalid_grant|Invalid email or User ID", claim("sub", "a.lee@acme.example")),
		"jwt.deleted-subject":     no(400, "invalid_grant|The account has been deleted", claim("sub", "gone@acme.example")),
		"jwt.suspended-subject":   no(403, "access_denied|Account restricted", claim("sub", "halt@acme.example")),
		"jwt.subject-no-address":  no(400, `invalid_request|Invalid impersonation`, claim("sub", annID)),
		"jwt.no-delegation":       no(401, "unauthorized_client|Unauthorized client or scope in request.", claim("sub", "ann@acme.example")),
		"jwt.no-scope-delegated":  no(401, "unauthorized_client|Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.", delegatedThen(claim("sub", "ann@acme.example", "scope", scopePrefix+"chat.delete"))),
		"jwt.scope-not-delegated": no(403, "access_denied|Requested client not authorized.", delegatedThen(claim("sub", "ann@acme.example", "scope", scopePrefix+"chat.delete "+scopePrefix+"chat.messages"))),
	}
}

func delegatedThen(do func(*lab) answer) func(*lab) answer {
	return func(l *lab) answer {
		l.em.Delegate(scopes("chat.messages"))
		return do(l)
	}
}

func (l *lab) consoleForm(pairs ...string) answer {
	l.t.Helper()
	u := l.urls["console"] + "ac/owl/domainwidedelegation?authuser=dana%40acme.example&clientIdToAdd=" + l.sa["client_id"] +
		"&clientScopeToAdd=" + url.QueryEscape(scopePrefix+"chat.spaces,"+scopePrefix+"chat.memberships")
	p := l.want(l.page(browser(), "GET", u, nil), 200)
	if !strings.Contains(p.raw, ">Accept</button>") || strings.Index(p.raw, "Accept") > strings.Index(p.raw, "Cancel") {
		l.t.Errorf("the first button is not Accept: %s", p.raw)
	}
	scopes := regexp.MustCompile(`(?s)<textarea[^>]*>(.*?)</textarea>`).FindStringSubmatch(p.raw)[1]
	q := url.Values{"form": {hidden(p.raw, "form")}, "address": {hidden(p.raw, "address")}, "clientId": {hidden(p.raw, "clientId")}, "scopes": {scopes}, "action": {"authorize"}}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return l.page(browser(), "POST", u, q)
}

func consoleRefusals() map[string]refused {
	form := func(pairs ...string) func(*lab) answer {
		return func(l *lab) answer { return l.consoleForm(pairs...) }
	}
	return map[string]refused{
		"console.not-admin":     no(403, "super administrator", form("address", "ann@acme.example")),
		"console.unknown-scope": no(400, "Invalid scope", form("scopes", "chat.spaces")),
		"console.no-scope":      no(400, "at least one scope", form("scopes", " , ")),
		"console.foreign-form":  no(400, "expired", form("form", "x")),
		"console.exists": no(409, "already exists", func(l *lab) answer {
			l.em.Delegate(scopes("chat.messages"))
			return l.consoleForm()
		}),
	}
}

// Signing in as the real client does it, through to a refreshed token.
func TestSignIn(t *testing.T) {
	l := newLab(t, 1)
	ctx := context.Background()
	cfg, err := ogoogle.ConfigFromJSON([]byte(l.em.Deployment()["client"]), "openid", "email", scopePrefix+"admin.directory.user.readonly")
	if err != nil {
		t.Fatal(err)
	}
	cfg.RedirectURL = "http://[::1]:8085/"
	b := browser()
	u := cfg.AuthCodeURL("st&te", oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier))
	p := l.page(b, "GET", u, nil)
	if l.want(p, 200); !strings.Contains(p.raw, `type="text" id="address" name="address"`) || strings.Index(p.raw, ">Accept<") > strings.Index(p.raw, ">Cancel<") {
		t.Fatalf("page: %s", p.raw)
	}
	a := l.want(l.page(b, "POST", u, url.Values{"request": {hidden(p.raw, "request")}, "address": {"Dana@acme.example"}, "action": {"accept"}}), 302)
	back, err := url.Parse(a.header.Get("Location"))
	if err != nil || back.Host != "[::1]:8085" || back.Query().Get("state") != "st&te" {
		t.Fatalf("redirected to %s", back)
	}
	tok, err := cfg.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil || tok.RefreshToken == "" || tok.Extra("id_token") == nil || time.Until(tok.Expiry) < 58*time.Minute {
		t.Fatalf("token %+v, %v", tok, err)
	}
	info := l.want(l.send("", "oauth2", "POST", "oauth2/v2/tokeninfo?access_token="+tok.AccessToken, "", ""), 200)
	if info.str("email") != "dana@acme.example" || !strings.Contains(info.str("scope"), "admin.directory.user.readonly") {
		t.Errorf("tokeninfo %s", info.raw)
	}
	if byGet := l.want(l.send("", "oauth2", "GET", "oauth2/v2/tokeninfo?access_token="+tok.AccessToken, "", ""), 200); byGet.str("audience") != cfg.ClientID {
		t.Errorf("tokeninfo by GET %s", byGet.raw)
	}
	who := l.want(l.call(tok.AccessToken, "oauth2", "GET", "oauth2/v2/userinfo", ""), 200)
	if who.str("id") != adminID || who.str("hd") != "acme.example" {
		t.Errorf("userinfo %s", who.raw)
	}
	l.want(l.call(tok.AccessToken, "directory", "GET", "admin/directory/v1/users/"+annID, ""), 200)

	// The browser is signed in and has agreed: no page, and no second refresh token.
	again := l.want(l.page(b, "GET", u, nil), 302)
	back, _ = url.Parse(again.header.Get("Location"))
	second, err := cfg.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil || second.RefreshToken != "" {
		t.Errorf("second token %+v, %v; want no refresh token", second, err)
	}

	l.w.Clock.Advance(time.Hour)
	l.want(l.call(tok.AccessToken, "directory", "GET", "admin/directory/v1/users/"+annID, ""), 401)
	tok.Expiry = time.Now().Add(-time.Minute)
	fresh, err := cfg.TokenSource(ctx, tok).Token()
	if err != nil {
		t.Fatal(err)
	}
	l.want(l.call(fresh.AccessToken, "directory", "GET", "admin/directory/v1/users/"+annID, ""), 200)
	l.want(l.send("", "oauth", "POST", "revoke", "application/x-www-form-urlencoded", url.Values{"token": {tok.RefreshToken}}.Encode()), 200)
	l.want(l.call(fresh.AccessToken, "directory", "GET", "admin/directory/v1/users/"+annID, ""), 401)
}

// Delegation given in the console counts for the scopes given, one by one.
func TestDelegationConsole(t *testing.T) {
	l := newLab(t, 1)
	if _, err := l.undelegated("ann@acme.example", scopes("chat.spaces")); err == nil {
		t.Fatal("a token without delegation")
	}
	l.want(l.consoleForm(), 200)
	for _, s := range []string{"chat.spaces", "chat.memberships"} {
		if _, err := l.undelegated("ann@acme.example", scopes(s)); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	if _, err := l.undelegated("ann@acme.example", scopes("chat.messages")); err == nil {
		t.Error("a scope that was not delegated was given")
	}
	l.want(l.consoleForm("overwrite", "true", "scopes", scopePrefix+"chat.messages,"), 200)
	object, files := l.em.Describe()
	if got := object["delegated_scopes"].([]string); !slices.Equal(got, scopes("chat.messages")) || len(files) != 2 {
		t.Errorf("described %v, %d files", got, len(files))
	}
}

// A client may authenticate with Basic and prove its code with a plain verifier.
func TestBasicAndPlainVerifier(t *testing.T) {
	l := newLab(t, 1)
	id, secret := l.oauthClient()
	code := l.code("code_challenge_method", "plain", "code_challenge", verifier, "redirect_uri", "http://localhost:1234")
	cfg := oauth2.Config{ClientID: id, ClientSecret: secret, RedirectURL: "http://localhost:1234", Endpoint: oauth2.Endpoint{TokenURL: l.urls["oauth"] + "token", AuthStyle: oauth2.AuthStyleInHeader}}
	tok, err := cfg.Exchange(context.Background(), code, oauth2.VerifierOption(verifier))
	if err != nil || tok.AccessToken == "" {
		t.Fatalf("exchange: %+v, %v", tok, err)
	}
	// The id token is signed by the key that the tenant publishes.
	parts := strings.Split(tok.Extra("id_token").(string), ".")
	certs := l.want(l.send("", "oauth2", "GET", "oauth2/v3/certs", "", ""), 200)
	n, err := base64.RawURLEncoding.DecodeString(certs.str("keys.0.n"))
	if err != nil {
		t.Fatal(err)
	}
	sig, _ := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}, crypto.SHA256, sum[:], sig); err != nil {
		t.Error(err)
	}
	var claims struct{ Iss, Aud, Sub, Email, Hd string }
	raw, _ := base64.RawURLEncoding.DecodeString(parts[1])
	if err := json.Unmarshal(raw, &claims); err != nil || claims.Iss != "https://accounts.google.com" || claims.Aud != id || claims.Sub != adminID || claims.Hd != "acme.example" {
		t.Errorf("claims %+v, %v", claims, err)
	}
}

// The app's own token needs no delegation and stands for the app.
func TestAppToken(t *testing.T) {
	l := newLab(t, 1)
	token, err := l.undelegated("", scopes("chat.bot", "userinfo.email"))
	if err != nil {
		t.Fatal(err)
	}
	info := l.want(l.send("", "oauth2", "POST", "oauth2/v2/tokeninfo", "application/x-www-form-urlencoded", "access_token="+token), 200)
	if info.str("email") != l.sa["client_email"] || info.str("audience") != l.sa["client_id"] {
		t.Errorf("tokeninfo %s", info.raw)
	}
}

// A World whose clock runs fast hands out tokens that a client sees expire soon.
func TestFastClock(t *testing.T) {
	l := newLab(t, 60)
	a := l.want(l.tokenCall("code", l.code()), 200)
	if got := a.at("expires_in"); got != 59.0 {
		t.Errorf("expires_in %v, want 59", got)
	}
}
