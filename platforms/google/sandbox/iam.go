package sandbox

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// signLife is how far ahead a signed set of claims may expire.
const signLife = 12 * time.Hour

// accountKey is a key pair of the service account.
type accountKey struct {
	id    string
	key   *rsa.PrivateKey
	since time.Time
	// system: Google's own, which only signs for those with the role.
	system bool
}

// keyOf returns the service account's key of that id; "" for the first one.
func (g *google) keyOf(id string) (accountKey, bool) {
	g.keysMu.Lock()
	defer g.keysMu.Unlock()
	for _, k := range g.keys {
		if k.id == id || id == "" && !k.system {
			return k, true
		}
	}
	return accountKey{}, false
}

// systemKey is the pair that Google signs with, made when first needed.
func (g *google) systemKey() (accountKey, *apiError) {
	g.keysMu.Lock()
	defer g.keysMu.Unlock()
	for _, k := range g.keys {
		if k.system {
			return k, nil
		}
	}
	return g.newKey(true)
}

// newKey adds a key pair. Callers hold g.keysMu.
func (g *google) newKey(system bool) (accountKey, *apiError) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return accountKey{}, refuse(http.StatusInternalServerError, "Internal error encountered.")
	}
	k := accountKey{id: hex.EncodeToString(randomBytes(20)), key: key, since: g.world.Clock.Now(), system: system}
	g.keys = append(g.keys, k)
	return k, nil
}

// aboutAccount refuses a resource name that is not of the tenant's service
// account, and returns what follows it.
func (c *call) aboutAccount() (rest string, bad *apiError) {
	parts := strings.SplitN(c.path["name"], "/", 5)
	switch {
	case parts[1] != "-" && parts[1] != c.g.client.project,
		parts[3] != c.g.sa.email && parts[3] != c.g.sa.clientID, c.g.wrong(faultAppGone):
		return "", refuse(http.StatusNotFound, "Unknown service account")
	case len(parts) == 5:
		rest = parts[4]
	}
	return rest, nil
}

// holds refuses a caller without a permission on the service account: the
// administrator who made the project has every one, the account those on itself.
func (c *call) holds(permission string, has bool) *apiError {
	if has {
		return nil
	}
	e := refuse(http.StatusForbidden, "Permission '%s' denied on resource (or it may not exist).", permission)
	e.details = []map[string]any{errorInfo("IAM_PERMISSION_DENIED", map[string]any{"permission": permission})}
	e.details[0]["domain"] = "iam.googleapis.com"
	return e
}

// owner reports whether the caller owns the project.
func (c *call) owner() bool { return !c.tok.app && c.tok.account == c.g.tenant.Admin }

// getKey answers keys.get.
func (g *google) getKey(c *call) (map[string]any, *apiError) {
	rest, bad := c.aboutAccount()
	if bad != nil {
		return nil, bad
	}
	if bad := c.holds("iam.serviceAccountKeys.get", c.tok.app || c.owner()); bad != nil {
		return nil, bad
	}
	id := strings.TrimPrefix(rest, "keys/")
	k, ok := g.keyOf(id)
	if !ok || id == "" || g.wrong(faultKeyDeleted) && !k.system {
		return nil, refuse(http.StatusNotFound, "Service account key %s does not exist.", id)
	}
	return g.showKey(k), nil
}

func (g *google) showKey(k accountKey) map[string]any {
	out := map[string]any{
		"name":         "projects/" + g.client.project + "/serviceAccounts/" + g.sa.email + "/keys/" + k.id,
		"keyAlgorithm": "KEY_ALG_RSA_2048", "keyOrigin": "GOOGLE_PROVIDED", "keyType": "USER_MANAGED",
		"validAfterTime":  k.since.UTC().Format("2006-01-02T15:04:05Z"),
		"validBeforeTime": "9999-12-31T23:59:59Z",
	}
	if k.system {
		out["keyType"] = "SYSTEM_MANAGED"
	}
	if g.wrong(faultKeyDisabled) && !k.system {
		out["disabled"], out["disableReason"] = true, "SERVICE_ACCOUNT_KEY_DISABLE_REASON_USER_INITIATED"
	}
	return out
}

// createKey answers keys.create, unless the organisation forbids keys.
func (g *google) createKey(c *call) (map[string]any, *apiError) {
	if _, bad := c.aboutAccount(); bad != nil {
		return nil, bad
	}
	if bad := c.holds("iam.serviceAccountKeys.create", c.owner()); bad != nil {
		return nil, bad
	}
	if g.wrong(faultNoKeys) {
		e := refuse(http.StatusBadRequest, "Key creation is not allowed on this service account.")
		e.status = "FAILED_PRECONDITION"
		e.details = []map[string]any{{"@type": "type.googleapis.com/google.rpc.PreconditionFailure", "violations": []map[string]any{{
			"type": "constraints/iam.disableServiceAccountKeyCreation", "subject": "projects/" + g.client.project + "/serviceAccounts/" + g.sa.email,
			"description": "Key creation is not allowed on this service account.",
		}}}}
		return nil, e
	}
	g.keysMu.Lock()
	k, bad := g.newKey(false)
	g.keysMu.Unlock()
	if bad != nil {
		return nil, bad
	}
	out := g.showKey(k)
	out["privateKeyType"] = "TYPE_GOOGLE_CREDENTIALS_FILE"
	out["privateKeyData"] = base64.StdEncoding.EncodeToString(g.accountFile(k))
	return out, nil
}

// signJwt answers signJwt: Google signs claims with a key that nobody sees, for
// whoever has the role Service Account Token Creator on the account.
func (g *google) signJwt(c *call) (map[string]any, *apiError) {
	if !strings.HasPrefix(c.path["name"], "projects/-/") {
		return nil, invalid("The wildcard project '-' is required.")
	}
	if _, bad := c.aboutAccount(); bad != nil {
		return nil, bad
	}
	if bad := c.holds("iam.serviceAccounts.signJwt", c.owner() && !g.wrong(faultNoSigner)); bad != nil {
		return nil, bad
	}
	payload := text(c.body, "payload")
	var claims map[string]any
	if err := json.Unmarshal([]byte(payload), &claims); err != nil {
		return nil, invalid("JWT payload must be a JSON object.")
	}
	if exp, given := claims["exp"]; given {
		at, number := exp.(float64)
		now := g.world.Clock.Now()
		if !number || at != float64(int64(at)) || int64(at) < now.Unix() || int64(at) > now.Add(signLife).Unix() {
			return nil, invalid("JWT exp must be an integer timestamp that is not in the past and no more than 12 hours in the future.")
		}
	}
	if g.wrong(faultKeyDisabled) {
		e := refuse(http.StatusBadRequest, "Service account %s is disabled.", g.sa.email)
		e.status = "FAILED_PRECONDITION"
		return nil, e
	}
	k, bad := g.systemKey()
	if bad != nil {
		return nil, bad
	}
	enc := base64.RawURLEncoding
	header := fmt.Sprintf(`{"alg":"RS256","kid":%q,"typ":"JWT"}`, k.id)
	signed := enc.EncodeToString([]byte(header)) + "." + enc.EncodeToString([]byte(payload))
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.key, crypto.SHA256, sum[:])
	if err != nil {
		return nil, refuse(http.StatusInternalServerError, "Internal error encountered.")
	}
	return map[string]any{"keyId": k.id, "signedJwt": signed + "." + enc.EncodeToString(signature)}, nil
}
