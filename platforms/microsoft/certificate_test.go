package microsoft

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/oauth"
)

// decodeAssertion checks a client assertion as the vendor's page describes it
// and answers its header and claims.
func decodeAssertion(t *testing.T, c *certificate, assertion string) (header, claims map[string]any) {
	t.Helper()
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for i, into := range []*map[string]any{&header, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	public, _ := c.x509.PublicKey.(*rsa.PublicKey)
	if err := rsa.VerifyPSS(public, crypto.SHA256, digest[:], signature, nil); err != nil {
		t.Errorf("signature: %v", err)
	}
	return header, claims
}

func TestAssertionsSayWhatEntraWants(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c, err := makeCertificate(now)
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.assertion("app", "https://login.microsoftonline.com/t/oauth2/v2.0/token", now)
	if err != nil {
		t.Fatal(err)
	}
	header, claims := decodeAssertion(t, c, text)
	sum := sha256.Sum256(c.x509.Raw)
	if header["alg"] != "PS256" || header["typ"] != "JWT" || header["x5t#S256"] != base64.RawURLEncoding.EncodeToString(sum[:]) {
		t.Errorf("header %v", header)
	}
	if claims["aud"] != "https://login.microsoftonline.com/t/oauth2/v2.0/token" || claims["iss"] != "app" || claims["sub"] != "app" || claims["jti"] == "" {
		t.Errorf("claims %v", claims)
	}
	if claims["nbf"] != float64(now.Unix()) || claims["exp"] != float64(now.Add(assertionLife).Unix()) {
		t.Errorf("it is good from %v to %v", claims["nbf"], claims["exp"])
	}
	if left := c.x509.NotAfter.Sub(now); left != certificateLife || c.expired(now) || !c.expired(c.x509.NotAfter) {
		t.Errorf("the certificate is good for %v", left)
	}
}

func TestThePrivateKeyIsSealedAndTheCertificateShown(t *testing.T) {
	env := platforms.Env{Values: settings{}, Secrets: settings{}, Now: time.Now}
	for range 2 {
		if _, err := renewCertificate(t.Context(), env); err != nil {
			t.Fatal(err)
		}
	}
	if shown := env.Values.Get(keyCertificate); strings.Contains(shown, "PRIVATE") || !strings.Contains(shown, "BEGIN CERTIFICATE") {
		t.Errorf("shown: %s", shown)
	}
	list := certificates(env.Secrets)
	if len(list) != 2 || list[0].public() != env.Values.Get(keyCertificate) || list[0].thumbprint() == list[1].thumbprint() {
		t.Errorf("%d pairs are kept", len(list))
	}
}

func TestAnUnusedCertificateLeavesTheOneBeforeItInUse(t *testing.T) {
	now := time.Now()
	env := platforms.Env{Secrets: settings{keySecret: "s3cret"}, Now: time.Now}
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		if r.PostForm.Get("client_secret") == "" {
			asked = append(asked, "certificate")
			if r.PostForm.Get("client_assertion_type") != assertionType {
				t.Errorf("asked with %v", r.PostForm)
			}
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.","error_codes":[700027]}`))
			return
		}
		asked = append(asked, "secret")
		_, _ = w.Write([]byte(`{"token_type":"Bearer","expires_in":3599,"access_token":"a"}`))
	}))
	defer server.Close()
	env.Values = settings{keyClient: "app", keyTenant: "t", keyAuthority: server.URL + "/"}
	if _, err := renewCertificate(t.Context(), env); err != nil {
		t.Fatal(err)
	}
	s, err := newSession(env)
	if err != nil {
		t.Fatal(err)
	}
	if token, err := s.appToken.Token(t.Context()); err != nil || token != "a" || strings.Join(asked, " ") != "certificate secret" {
		t.Errorf("token %q, %v, asked with %v", token, err, asked)
	}
	if by := s.appToken.provedBy(); by != "the client secret" {
		t.Errorf("proved by %s", by)
	}
	// Without anything else, Entra's own words are the answer.
	if err := env.Secrets.Delete(t.Context(), keySecret); err != nil {
		t.Fatal(err)
	}
	if s, err = newSession(env); err != nil {
		t.Fatal(err)
	}
	if _, err := s.appToken.Token(t.Context()); platforms.KindOf(err) != platforms.Forbidden || !strings.Contains(err.Error(), "700027") {
		t.Errorf("got %v", err)
	}
	if left := s.proofs(); len(left) != 1 || certificates(env.Secrets)[0].expired(now) {
		t.Errorf("%d proofs", len(left))
	}
}

func TestChallengesAreAnswered(t *testing.T) {
	// The example of the vendor's page on claims challenges, padded as it is there.
	const named = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0="`
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/token") {
			asked = append(asked, r.FormValue("claims"))
			_, _ = w.Write([]byte(`{"token_type":"Bearer","expires_in":3599,"access_token":"a` + strings.Repeat("+", len(asked)) + `"}`))
			return
		}
		if r.Header.Get("Authorization") == "Bearer a+" {
			w.Header().Set("WWW-Authenticate", named)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"value":[{"id":"t","displayName":"Contoso"}]}`))
	}))
	defer server.Close()
	s, err := newSession(platforms.Env{
		Values:  settings{keyClient: "app", keyTenant: "t", keyAuthority: server.URL + "/", keyGraph: server.URL + "/"},
		Secrets: settings{keySecret: "s3cret"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if org, err := s.app.Organization(t.Context()); err != nil || org.DisplayName != "Contoso" {
		t.Fatalf("%+v, %v", org, err)
	}
	if len(asked) != 2 || asked[0] != capabilities || !strings.Contains(asked[1], "1604106651") || !strings.Contains(asked[1], "cp1") {
		t.Errorf("asked with %v", asked)
	}
	if got := oauth.Challenge(http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}); got != "" {
		t.Errorf("a plain refusal demands %s", got)
	}
}

func TestAChallengeThatWantsAPersonSaysSo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if !strings.HasSuffix(r.URL.Path, "/token") {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJ2YWx1ZSI6ImMxIn19fQ=="`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if !strings.Contains(r.FormValue("claims"), "acrs") {
			t.Errorf("asked with %s", r.FormValue("claims"))
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"interaction_required","error_description":"AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication.","error_codes":[50076]}`))
	}))
	defer server.Close()
	env := platforms.Env{
		Values:  settings{keyClient: "app", keyTenant: "t", keyAuthority: server.URL + "/", keyGraph: server.URL + "/"},
		Secrets: settings{}, Now: time.Now,
	}
	saved := oauth.Saved{AccessToken: "old", RefreshToken: "r", Obtained: time.Now(), Expiry: time.Now().Add(time.Hour)}
	if err := oauth.Keep(t.Context(), env.Secrets, keyBridgeToken, saved); err != nil {
		t.Fatal(err)
	}
	s, err := newSession(env)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.bridge.Me(t.Context())
	err = fail("read the bridge account", err, harmless)
	if f := s.explain(err); platforms.KindOf(err) != platforms.SignInAgain || !strings.Contains(f.Cause, "second factor") || f.Fix == "" {
		t.Errorf("%v, %+v", err, f)
	}
}
