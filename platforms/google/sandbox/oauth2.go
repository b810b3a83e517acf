package sandbox

import (
	"encoding/base64"
	"math/big"
	"net/http"
	"strings"
	"time"

	world "miohub/platforms/sandbox"
)

// oauth2Methods serves www.googleapis.com/oauth2/v2.
func (g *google) oauth2Methods() map[string]methodFunc {
	return map[string]methodFunc{
		"oauth2.tokeninfo":    g.tokeninfo,
		"oauth2.userinfo.get": g.userinfo,
	}
}

// tokeninfo tells what an access token is good for.
func (g *google) tokeninfo(c *call) (map[string]any, *apiError) {
	t, left, ok := g.auth.lookup(c.params["access_token"])
	if ok && !t.app {
		a, known := g.tenant.Account(t.account)
		ok = known && g.usable(a) == ""
	}
	if !ok {
		e := legacy(http.StatusBadRequest, "invalid", "Invalid Value")
		return nil, e.at("access_token")
	}
	out := map[string]any{
		"issued_to": t.client, "audience": t.client, "scope": strings.Join(t.scopes, " "),
		"expires_in": max(1, int(g.world.Clock.Wall(left)/time.Second)),
	}
	id, email := t.account, ""
	if t.app {
		id, email = g.sa.clientID, g.sa.email
	} else if a, ok := g.tenant.Account(t.account); ok {
		email = a.Address
	}
	if t.has(scopeEmail) || t.has(scopeOpenID) {
		out["user_id"] = id
	}
	if t.has(scopeEmail) {
		out["email"], out["verified_email"] = email, true
	}
	return out, nil
}

// userinfo tells who a token stands for.
func (g *google) userinfo(c *call) (map[string]any, *apiError) {
	if c.tok.app {
		out := map[string]any{"id": g.sa.clientID}
		if c.tok.has(scopeEmail) {
			out["email"], out["verified_email"] = g.sa.email, true
		}
		return out, nil
	}
	a, _ := g.tenant.Account(c.tok.account)
	out := map[string]any{"id": a.ID}
	if _, domain, ok := strings.Cut(a.Address, "@"); ok {
		out["hd"] = domain
	}
	if c.tok.has(scopeEmail) {
		out["email"], out["verified_email"] = a.Address, true
	}
	if c.tok.has(scopeProfile) {
		out["name"], out["given_name"], out["family_name"] = displayName(a), a.Given, a.Family
	}
	return out, nil
}

// certs are the keys that id tokens are signed with.
func (g *google) certs(w http.ResponseWriter, r *http.Request) {
	key := g.signingKey().PublicKey
	enc := base64.RawURLEncoding
	writeJSON(w, http.StatusOK, map[string]any{"keys": []map[string]any{{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": signingKeyID,
		"n": enc.EncodeToString(key.N.Bytes()), "e": enc.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
	}}}, true)
}

// displayName is a person's name as shown, "Given Family" when none is set.
func displayName(a world.Account) string {
	if a.Name != "" {
		return a.Name
	}
	return strings.TrimSpace(a.Given + " " + a.Family)
}
