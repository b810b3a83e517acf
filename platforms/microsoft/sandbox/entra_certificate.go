package sandbox

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // a certificate's SHA-1 thumbprint is its name at Entra, no proof
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// jwtBearer is the only client_assertion_type that Entra knows.
const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// clockTolerance is how far a client's clock may be off for an assertion.
const clockTolerance = 5 * time.Minute

// certificate is a certificate credential of a registration.
type certificate struct {
	id   string // keyId
	cert *x509.Certificate
	key  *rsa.PublicKey
}

// thumbprint is the SHA-1 hash by which Entra names the certificate.
func (c certificate) thumbprint() []byte {
	sum := sha1.Sum(c.cert.Raw) //nolint:gosec // see above
	return sum[:]
}

// name is the thumbprint as the portal and error texts write it.
func (c certificate) name() string { return strings.ToUpper(hex.EncodeToString(c.thumbprint())) }

// object is the keyCredential that Graph shows.
func (c certificate) object() map[string]any {
	return map[string]any{
		"customKeyIdentifier": base64.StdEncoding.EncodeToString(c.thumbprint()), "displayName": "CN=" + c.cert.Subject.CommonName, "key": nil, "keyId": c.id,
		"startDateTime": seconds(c.cert.NotBefore), "endDateTime": seconds(c.cert.NotAfter), "type": "AsymmetricX509Cert", "usage": "Verify",
	}
}

// Reasons why an upload is no certificate credential.
var (
	errNoCertificate = errors.New("the file holds no X.509 certificate; .cer, .pem and .crt are accepted")
	errPrivateKey    = errors.New("the file holds a private key; upload the public certificate only")
	errNoRSA         = errors.New("the certificate's key is no RSA key of at least 2048 bits")
)

// readCertificate reads PEM or base64 DER, as the portal takes files.
func readCertificate(text string) (certificate, error) {
	raw := []byte(strings.TrimSpace(text))
	if block, _ := pem.Decode(raw); block != nil {
		if strings.Contains(block.Type, "PRIVATE KEY") {
			return certificate{}, errPrivateKey
		}
		raw = block.Bytes
	} else if der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
		raw = der
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		return certificate{}, errNoCertificate
	}
	key, isRSA := cert.PublicKey.(*rsa.PublicKey)
	if !isRSA || key.N.BitLen() < 2048 {
		return certificate{}, errNoRSA
	}
	return certificate{id: randomGUID(), cert: cert, key: key}, nil
}

// register adds a certificate to a registration; one that it has stays as it is.
func (c *cloud) register(a *app, k certificate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.ContainsFunc(a.certs, func(have certificate) bool { return have.cert.Equal(k.cert) }) {
		a.certs = append(a.certs, k)
	}
}

// certificates lists a registration's certificates.
func (c *cloud) certificates(a *app) []certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(a.certs)
}

// assertion is a client assertion taken apart.
type assertion struct {
	head struct {
		Alg  string `json:"alg"`
		Kid  string `json:"kid"`
		SHA1 string `json:"x5t"`
		SHA2 string `json:"x5t#S256"`
	}
	claims struct {
		Audience  string  `json:"aud"`
		Issuer    string  `json:"iss"`
		Subject   string  `json:"sub"`
		NotBefore float64 `json:"nbf"`
		Expires   float64 `json:"exp"`
	}
	signed    string
	signature []byte
}

func readAssertion(text string) (assertion, error) {
	var a assertion
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return a, errNotJWT
	}
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || decodePart(parts[0], &a.head) != nil || decodePart(parts[1], &a.claims) != nil {
		return a, errNotJWT
	}
	a.signed, a.signature = parts[0]+"."+parts[1], sig
	return a, nil
}

// urlSafe writes either form of base64 as base64url without padding: the vendor's
// own libraries send both.
func urlSafe(text string) string {
	return strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(text)
}

// thumbprint is how the assertion names its key, for error texts.
func (a assertion) thumbprint() string {
	for _, text := range []string{a.head.SHA1, a.head.SHA2} {
		if raw, err := decodeBase64(urlSafe(text)); err == nil && len(raw) > 0 {
			return strings.ToUpper(hex.EncodeToString(raw))
		}
	}
	return a.head.Kid
}

// names reports whether the assertion means this certificate.
func (a assertion) names(c certificate) bool {
	sum := sha256.Sum256(c.cert.Raw)
	if a.head.SHA2 != "" {
		return urlSafe(a.head.SHA2) == base64url(sum[:])
	}
	if a.head.SHA1 != "" {
		return urlSafe(a.head.SHA1) == base64url(c.thumbprint())
	}
	return strings.EqualFold(a.head.Kid, c.id) || strings.EqualFold(a.head.Kid, hex.EncodeToString(c.thumbprint()))
}

func (a assertion) signedBy(c certificate) bool {
	sum := sha256.Sum256([]byte(a.signed))
	if a.head.Alg == "PS256" {
		return rsa.VerifyPSS(c.key, crypto.SHA256, sum[:], a.signature, nil) == nil
	}
	return rsa.VerifyPKCS1v15(c.key, crypto.SHA256, sum[:], a.signature) == nil
}

// prove checks a client assertion against the registration's certificates.
func (c *cloud) prove(r *http.Request, form url.Values, a *app) *entraError {
	if kind := form.Get("client_assertion_type"); kind != jwtBearer {
		return c.refuse("entra.assertion.type", kind)
	}
	proof, err := readAssertion(form.Get("client_assertion"))
	switch {
	case err != nil:
		return c.refuse("entra.assertion.malformed")
	case proof.head.Alg != "PS256" && proof.head.Alg != "RS256":
		return c.refuse("entra.assertion.algorithm", proof.head.Alg)
	case proof.thumbprint() == "":
		return c.refuse("entra.assertion.thumbprint")
	}
	list := c.certificates(a)
	i := slices.IndexFunc(list, proof.names)
	if i < 0 {
		return c.words(c.refuse("entra.certificate.unknown"), a, "", "{thumbprint}", proof.thumbprint())
	}
	now := c.world.Clock.Now()
	switch {
	case !proof.signedBy(list[i]):
		return c.refuse("entra.assertion.signature")
	case now.After(list[i].cert.NotAfter) || now.Before(list[i].cert.NotBefore.Add(-clockTolerance)):
		return c.words(c.refuse("entra.certificate.expired"), a, "", "{thumbprint}", proof.thumbprint())
	case !strings.EqualFold(proof.claims.Issuer, a.id) || !strings.EqualFold(proof.claims.Subject, a.id):
		return c.refuse("entra.assertion.client")
	case !c.meantForUs(r, proof.claims.Audience):
		return c.refuse("entra.assertion.audience")
	}
	from, to := time.Unix(int64(proof.claims.NotBefore), 0), time.Unix(int64(proof.claims.Expires), 0)
	if now.After(to.Add(clockTolerance)) || proof.claims.NotBefore > 0 && now.Before(from.Add(-clockTolerance)) {
		const form = "2006-01-02T15:04:05.0000000Z"
		return c.refuse("entra.assertion.time", now.Format(form), from.UTC().Format(form), to.UTC().Format(form))
	}
	return nil
}

// meantForUs compares an assertion's audience with this tenant's token endpoint
// and issuer, whichever of the tenant's names the client used.
func (c *cloud) meantForUs(r *http.Request, audience string) bool {
	rest, found := strings.CutPrefix(audience, base(r))
	if !found {
		return false
	}
	tenant, path, _ := strings.Cut(rest, "/")
	id, e := c.tenantSegment(tenant)
	return e == nil && id == c.tenant.ID && slices.Contains([]string{"oauth2/v2.0/token", "v2.0", "oauth2/token"}, strings.TrimSuffix(path, "/"))
}
