package microsoft

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // see portalThumbprint
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"miohub/platforms"
)

// Keys of the application's certificate: the private key with its certificate in
// Secrets, as PEM; the certificate alone, to be uploaded, in Values.
const (
	keyCertificate = "certificate"
	// keyFormer are the pairs before the present one, in Secrets: they stay in use
	// until the present one has been uploaded.
	keyFormer = "certificate.former"
)

const (
	certificateLife = 365 * 24 * time.Hour
	certificateBits = 2048
	// formerCertificates is how many earlier ones are kept: somebody may have made
	// one and uploaded none.
	formerCertificates = 3
	// clockSlack is how far this computer's clock may be ahead of Entra's.
	clockSlack = 5 * time.Minute
	// assertionLife: Entra wants assertions to be short, five to ten minutes.
	assertionLife = 5 * time.Minute
)

// certificate is a key pair with the X.509 certificate that names it.
type certificate struct {
	x509 *x509.Certificate
	key  *rsa.PrivateKey
}

// makeCertificate makes a key pair and a self-signed certificate for it. The
// private key leaves this function as PEM for the sealed store, and nowhere else.
func makeCertificate(now time.Time) (*certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, certificateBits)
	if err != nil {
		return nil, fmt.Errorf("make a key pair: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Mio Hub"},
		NotBefore: now.Add(-clockSlack), NotAfter: now.Add(certificateLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	return &certificate{x509: parsed, key: key}, nil
}

// public is the certificate as a .cer file in PEM, which Entra takes.
func (c *certificate) public() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.x509.Raw}))
}

// sealed is the private key with its certificate, as PEM.
func (c *certificate) sealed() (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(c.key)
	if err != nil {
		return "", fmt.Errorf("encode the private key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})) + c.public(), nil
}

// parseCertificates reads pairs as sealed writes them, one after the other, and
// certificates without a key as public does. What cannot be read is left out: a
// new pair can be made.
func parseCertificates(text string) []*certificate {
	var list []*certificate
	var key *rsa.PrivateKey
	for block, rest := pem.Decode([]byte(text)); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "PRIVATE KEY":
			parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err == nil {
				key, _ = parsed.(*rsa.PrivateKey)
			}
		case "CERTIFICATE":
			if parsed, err := x509.ParseCertificate(block.Bytes); err == nil {
				list = append(list, &certificate{x509: parsed, key: key})
			}
			key = nil
		}
	}
	return list
}

// certificates are the key pairs that may prove the application, the latest first.
func certificates(secrets platforms.Values) []*certificate {
	list := parseCertificates(secrets.Get(keyCertificate) + secrets.Get(keyFormer))
	return slices.DeleteFunc(list, func(c *certificate) bool { return c.key == nil })
}

func (c *certificate) expired(now time.Time) bool { return !now.Before(c.x509.NotAfter) }

// portalThumbprint is how Entra's portal names the certificate. It proves nothing.
func (c *certificate) portalThumbprint() string {
	sum := sha1.Sum(c.x509.Raw) //nolint:gosec // the portal's choice
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// thumbprint is the same, shortened to where it is unmistakable.
func (c *certificate) thumbprint() string { return c.portalThumbprint()[:8] + "…" }

func (c *certificate) fullThumbprint() string {
	sum := c.hash()
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func (c *certificate) hash() [sha256.Size]byte { return sha256.Sum256(c.x509.Raw) }

// assertion is a JWT that proves the application to the token endpoint
// (https://learn.microsoft.com/entra/identity-platform/certificate-credentials):
// PS256, the certificate named by its SHA-256 thumbprint, and short-lived.
func (c *certificate) assertion(client, endpoint string, now time.Time) (string, error) {
	sum := c.hash()
	header := map[string]any{"alg": "PS256", "typ": "JWT", "x5t#S256": base64.RawURLEncoding.EncodeToString(sum[:])}
	claims := map[string]any{
		"aud": endpoint, "iss": client, "sub": client, "jti": rand.Text(),
		"nbf": now.Unix(), "iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	}
	var parts []string
	for _, part := range []any{header, claims} {
		text, err := json.Marshal(part)
		if err != nil {
			return "", fmt.Errorf("encode the assertion: %w", err)
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(text))
	}
	signed := strings.Join(parts, ".")
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPSS(rand.Reader, c.key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	if err != nil {
		return "", fmt.Errorf("sign the assertion: %w", err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// stillGood are the pairs that have not expired, sealed, the latest first.
func stillGood(list []*certificate, now time.Time) (string, error) {
	var b strings.Builder
	kept := 0
	for _, c := range list {
		if c.expired(now) || kept == formerCertificates {
			continue
		}
		text, err := c.sealed()
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		kept++
	}
	return b.String(), nil
}

// renewCertificate makes a key pair. The one before it stays in use until the
// new one has been uploaded.
func renewCertificate(ctx context.Context, env platforms.Env) (platforms.Outcome, error) {
	const op = "microsoft: make a certificate"
	now := time.Now
	if env.Now != nil {
		now = env.Now
	}
	made, err := makeCertificate(now())
	if err != nil {
		return platforms.Outcome{}, fmt.Errorf("%s: %w", op, err)
	}
	sealed, err := made.sealed()
	if err != nil {
		return platforms.Outcome{}, fmt.Errorf("%s: %w", op, err)
	}
	former, err := stillGood(certificates(env.Secrets), now())
	if err != nil {
		return platforms.Outcome{}, fmt.Errorf("%s: keep the present one: %w", op, err)
	}
	if err := env.Secrets.Put(ctx, keyFormer, former); err != nil {
		return platforms.Outcome{}, fmt.Errorf("%s: keep the present one: %w", op, err)
	}
	if err := env.Secrets.Put(ctx, keyCertificate, sealed); err != nil {
		return platforms.Outcome{}, fmt.Errorf("%s: seal the key: %w", op, err)
	}
	if err := env.Values.Put(ctx, keyCertificate, made.public()); err != nil {
		return platforms.Outcome{}, fmt.Errorf("%s: %w", op, err)
	}
	return platforms.Outcome{Text: fmt.Sprintf(
		"The certificate %s is valid until %s. Upload miohub.cer to the registration; its private key stays sealed on this computer.",
		made.thumbprint(), made.x509.NotAfter.Format(time.DateOnly),
	)}, nil
}
