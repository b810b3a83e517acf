package sandbox

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"
)

// credential is a key pair with its certificate, as a client has it.
type credential struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
}

func newCredential(t *testing.T, from, to time.Time) credential {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "Mio Hub"}, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return credential{key, cert}
}

func (k credential) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.cert.Raw}))
}

// sign makes a client assertion; algorithm is RS256 or PS256.
func (k credential) sign(t *testing.T, algorithm string, head, claims map[string]any) string {
	t.Helper()
	head["alg"], head["typ"] = algorithm, "JWT"
	h, err := json.Marshal(head)
	must(t, err)
	c, err := json.Marshal(claims)
	must(t, err)
	text := base64url(h) + "." + base64url(c)
	sum := sha256.Sum256([]byte(text))
	var sig []byte
	if algorithm == "PS256" {
		sig, err = rsa.SignPSS(rand.Reader, k.key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	} else {
		sig, err = rsa.SignPKCS1v15(rand.Reader, k.key, crypto.SHA256, sum[:])
	}
	must(t, err)
	return text + "." + base64url(sig)
}

// uploaded is a credential whose certificate the registration has.
func (r *rig) uploaded() credential {
	if r.credential.key == nil {
		r.credential = newCredential(r.t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
		page := r.upload(r.credential.pem(), "admin@contoso.example")
		if page.status != 200 || !strings.Contains(page.raw, "The certificate was uploaded.") {
			r.t.Fatalf("upload: %d %s", page.status, page.raw)
		}
	}
	return r.credential
}

func (r *rig) upload(certificate, as string) answer {
	return r.do("POST", r.urls["portal_url"], "", url.Values{"address": {as}, "certificate": {certificate}, "accept": {"upload"}})
}

// certificateForm asks for the application's token with an assertion that
// change may spoil.
func (r *rig) certificateForm(change func(k *credential, head, claims map[string]any)) url.Values {
	k := r.uploaded()
	sum := sha256.Sum256(k.cert.Raw)
	now := time.Now().Unix()
	head := map[string]any{"x5t#S256": base64url(sum[:])}
	claims := map[string]any{
		"aud": r.endpoint("/oauth2/v2.0/token"), "iss": r.c.hub.id, "sub": r.c.hub.id, "jti": randomGUID(), "nbf": now, "exp": now + 600,
	}
	if change != nil {
		change(&k, head, claims)
	}
	algorithm := "PS256"
	if named, spoilt := head["alg"].(string); spoilt {
		algorithm = named
	}
	return r.appForm("client_secret", "", "client_assertion_type", jwtBearer, "client_assertion", k.sign(r.t, algorithm, head, claims))
}

func TestACertificateProvesTheApplication(t *testing.T) {
	r := newRig(t)
	r.c.grants.consentStatic(r.c.hub)
	for _, change := range []func(k *credential, head, claims map[string]any){
		nil,
		func(k *credential, head, _ map[string]any) { // as older libraries do
			delete(head, "x5t#S256")
			head["alg"], head["x5t"] = "RS256", base64url(certificate{cert: k.cert}.thumbprint())
		},
		func(_ *credential, _, claims map[string]any) {
			claims["aud"] = r.urls["authority_url"] + "contoso.example/v2.0"
		},
	} {
		got := r.want(r.token(r.certificateForm(change)), 200)
		claims, err := r.c.keys.verify(got.text("access_token"))
		must(t, err)
		if claims["appidacr"] != "2" || claims["idtyp"] != "app" {
			t.Errorf("the token says %v", claims)
		}
	}
	found := r.want(r.graph("GET", "/servicePrincipals?$filter="+url.QueryEscape("appId eq '"+r.c.hub.id+"'"), r.app(), nil), 200).values()
	key := found[0]["keyCredentials"].([]any)[0].(map[string]any)
	if key["customKeyIdentifier"] != base64.StdEncoding.EncodeToString(certificate{cert: r.credential.cert}.thumbprint()) {
		t.Errorf("Graph shows %v", key)
	}
}

func TestThePortalTakesCertificatesOnly(t *testing.T) {
	r := newRig(t)
	if page := r.get(r.urls["portal_url"]); page.status != 200 || !strings.Contains(page.raw, r.c.hub.id) {
		t.Fatalf("the page: %d %s", page.status, page.raw)
	}
	k := r.uploaded()
	private := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(k.key)}))
	old := newCredential(t, time.Now().AddDate(-2, 0, 0), time.Now().AddDate(-1, 0, 0))
	for _, c := range []struct {
		certificate, as string
		status          int
		says            string
	}{
		{k.pem(), "ann@contoso.example", 403, "do not have access"},
		{"hello", "admin@contoso.example", 400, "no X.509 certificate"},
		{private, "admin@contoso.example", 400, "private key"},
		{old.pem(), "admin@contoso.example", 400, "has expired"},
		{base64.StdEncoding.EncodeToString(k.cert.Raw), "admin@contoso.example", 200, "was uploaded"},
	} {
		if page := r.upload(c.certificate, c.as); page.status != c.status || !strings.Contains(page.raw, c.says) {
			t.Errorf("%q: %d %s", c.says, page.status, page.raw)
		}
	}
	if n := len(r.c.certificates(r.c.hub)); n != 1 {
		t.Errorf("%d certificates are registered, want 1", n)
	}
	foreign := r.do("POST", r.urls["portal_url"], "", url.Values{"address": {"admin@contoso.example"}, "certificate": {k.pem()}}, "Origin", "https://elsewhere.example")
	if foreign.status != 403 {
		t.Errorf("a form of another site: %d", foreign.status)
	}
}

func assertionCases() provoke {
	with := func(change func(k *credential, head, claims map[string]any)) func(*rig) answer {
		return func(r *rig) answer { return r.token(r.certificateForm(change)) }
	}
	claim := func(name string, v any) func(*rig) answer {
		return with(func(_ *credential, _, claims map[string]any) { claims[name] = v })
	}
	return provoke{
		"entra.assertion.type": func(r *rig) answer {
			form := r.certificateForm(nil)
			form.Del("client_assertion_type")
			return r.token(form)
		},
		"entra.assertion.malformed": func(r *rig) answer {
			return r.token(r.appForm("client_secret", "", "client_assertion_type", jwtBearer, "client_assertion", "abc"))
		},
		"entra.assertion.algorithm":  with(func(_ *credential, head, _ map[string]any) { head["alg"] = "HS256" }),
		"entra.assertion.thumbprint": with(func(_ *credential, head, _ map[string]any) { delete(head, "x5t#S256") }),
		"entra.assertion.signature": func(r *rig) answer {
			other := newCredential(r.t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
			return r.token(r.certificateForm(func(k *credential, _, _ map[string]any) { k.key = other.key }))
		},
		"entra.assertion.client":   claim("iss", "somebody"),
		"entra.assertion.audience": claim("aud", "https://login.example/token"),
		"entra.assertion.time":     claim("exp", time.Now().Add(-time.Hour).Unix()),
	}
}
