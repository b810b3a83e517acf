package sandbox

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	world "miohub/platforms/sandbox"
)

// assertion is a service account's JWT, as far as it is read.
type assertion struct {
	header struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
	}
	claims struct {
		Iss   string  `json:"iss"`
		Sub   string  `json:"sub"`
		Prn   string  `json:"prn"` // the older name of sub
		Scope string  `json:"scope"`
		Aud   string  `json:"aud"`
		Iat   seconds `json:"iat"`
		Exp   seconds `json:"exp"`
	}
	signed    string
	signature []byte
}

// seconds is a JWT time; Google takes it as a number or as digits in a string.
type seconds struct {
	set bool
	at  time.Time
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *seconds) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
	if err != nil {
		return err
	}
	s.set, s.at = true, time.Unix(int64(v), 0)
	return nil
}

func parseAssertion(text string) (assertion, bool) {
	var a assertion
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return a, false
	}
	header, err1 := base64.RawURLEncoding.DecodeString(parts[0])
	claims, err2 := base64.RawURLEncoding.DecodeString(parts[1])
	signature, err3 := base64.RawURLEncoding.DecodeString(parts[2])
	if err1 != nil || err2 != nil || err3 != nil {
		return a, false
	}
	if json.Unmarshal(header, &a.header) != nil || json.Unmarshal(claims, &a.claims) != nil {
		return a, false
	}
	a.signed, a.signature = parts[0]+"."+parts[1], signature
	if a.claims.Sub == "" {
		a.claims.Sub = a.claims.Prn
	}
	return a, true
}

func invalidGrant(description string) *oauthError {
	return oauthRefusal(http.StatusBadRequest, "invalid_grant", description)
}

// assertionToken exchanges a service account's assertion: with sub for a token
// that acts as that person, without for the account's own.
func (g *google) assertionToken(form url.Values) (map[string]any, *oauthError) {
	if form.Get("assertion") == "" {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_request", "Missing required parameter: assertion")
	}
	a, ok := parseAssertion(form.Get("assertion"))
	if !ok {
		return nil, invalidGrant("Invalid JWT Signature.")
	}
	if bad := g.checkAssertion(a); bad != nil {
		return nil, bad
	}
	scopes := canonicalScopes(scopeList(a.claims.Scope))
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return !g.cat.scopes[s] }) {
		return nil, oauthRefusal(http.StatusBadRequest, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")
	}
	if bad := g.policyTrouble(scopes); bad != nil {
		return nil, bad
	}
	who := principal{app: true, client: g.sa.clientID}
	if a.claims.Sub != "" && a.claims.Sub != g.sa.email {
		account, bad := g.subject(a.claims.Sub)
		if bad != nil {
			return nil, bad
		}
		if bad := g.checkDelegation(scopes); bad != nil {
			return nil, bad
		}
		who = principal{account: account.ID, client: g.sa.clientID}
	}
	text, left := g.auth.issue(token{principal: who, scopes: scopes})
	return map[string]any{"access_token": text, "expires_in": left, "token_type": "Bearer"}, nil
}

// Limits on an assertion's times: an hour, with five minutes for clocks that differ.
const (
	assertionLife = time.Hour
	clockLeeway   = 5 * time.Minute
)

func (g *google) checkAssertion(a assertion) *oauthError {
	if a.claims.Iss != g.sa.email {
		return invalidGrant("Invalid JWT: No valid verifier found for issuer")
	}
	if bad := g.signerTrouble(); bad != nil {
		return bad
	}
	sum := sha256.Sum256([]byte(a.signed))
	key, known := g.keyOf(a.header.Kid)
	if a.header.Alg != "RS256" || !known || !key.system && g.wrong(faultKeyDeleted) ||
		rsa.VerifyPKCS1v15(&key.key.PublicKey, crypto.SHA256, sum[:], a.signature) != nil {
		return invalidGrant("Invalid JWT Signature.")
	}
	if a.claims.Aud != g.tokenURL() {
		return invalidGrant("Invalid JWT: Failed audience check.")
	}
	now, iat, exp := g.world.Clock.Now(), a.claims.Iat, a.claims.Exp
	if !iat.set || !exp.set || exp.at.Sub(iat.at) > assertionLife+clockLeeway || exp.at.Before(iat.at) ||
		iat.at.After(now.Add(clockLeeway)) || exp.at.Before(now) {
		return invalidGrant("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. " +
			"Check your 'iat' and 'exp' values and use a clock with skew to account for clock differences between systems.")
	}
	return nil
}

// subject finds the person an assertion acts as, by primary address.
func (g *google) subject(sub string) (world.Account, *oauthError) {
	if !strings.Contains(sub, "@") {
		return world.Account{}, oauthRefusal(http.StatusBadRequest, "invalid_request", `Invalid impersonation "sub" field`)
	}
	account, ok := g.tenant.Account(sub)
	if !ok || !strings.EqualFold(account.Address, sub) {
		for _, a := range g.tenant.Accounts() {
			if !a.Deleted.IsZero() && strings.EqualFold(a.Address, sub) {
				return account, invalidGrant("The account has been deleted")
			}
		}
		return account, invalidGrant("Invalid email or User ID")
	}
	if account.Suspended || g.wrong(faultRestricted) && account.ID == g.person.ID {
		return account, oauthRefusal(http.StatusForbidden, "access_denied", "Account restricted")
	}
	return account, nil
}

// checkDelegation holds the scopes against the delegation page's entry for the
// service account's numeric client id.
func (g *google) checkDelegation(scopes []string) *oauthError {
	granted, otherwise := g.effective()
	missing := 0
	for _, s := range scopes {
		if !slices.Contains(granted, s) {
			missing++
		}
	}
	switch {
	case missing == 0:
		return nil
	case len(granted) == 0 && !otherwise:
		return oauthRefusal(http.StatusUnauthorized, "unauthorized_client", "Unauthorized client or scope in request.")
	case missing == len(scopes):
		return oauthRefusal(http.StatusUnauthorized, "unauthorized_client",
			"Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.")
	default:
		return oauthRefusal(http.StatusForbidden, "access_denied", "Requested client not authorized.")
	}
}

// idToken makes an OpenID Connect token about the person who signed in.
func (g *google) idToken(a world.Account, scopes []string, nonce string) string {
	now := g.world.Clock.Now()
	claims := map[string]any{
		"iss": "https://accounts.google.com", "azp": g.client.id, "aud": g.client.id, "sub": a.ID,
		"iat": now.Unix(), "exp": now.Add(g.world.Clock.Wall(time.Hour)).Unix(),
	}
	if _, domain, ok := strings.Cut(a.Address, "@"); ok {
		claims["hd"] = domain
	}
	if slices.Contains(scopes, scopeEmail) {
		claims["email"], claims["email_verified"] = a.Address, true
	}
	if slices.Contains(scopes, scopeProfile) {
		claims["name"], claims["given_name"], claims["family_name"] = displayName(a), a.Given, a.Family
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	key := g.signingKey()
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString(jsonText(map[string]any{"alg": "RS256", "kid": signingKeyID, "typ": "JWT"})) + "." + enc.EncodeToString(jsonText(claims))
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		// A 2048-bit key always signs a SHA-256 sum.
		panic("google sandbox: sign id token: " + err.Error())
	}
	return signed + "." + enc.EncodeToString(signature)
}

// signingKeyID names the key that id tokens are signed with.
const signingKeyID = "sandbox-1"

// signingKey is the emulated Google's own key, made when first needed.
func (g *google) signingKey() *rsa.PrivateKey {
	g.signing.Do(func() {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic("google sandbox: make signing key: " + err.Error())
		}
		g.idKey = key
	})
	return g.idKey
}
