package sandbox

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"time"
)

// tokenLife is how long an access token lives, in tenant time. The vendor's
// lives vary between 60 and 90 minutes; 3599 seconds is what its examples show.
const tokenLife = 3599 * time.Second

// signer holds the tenant's RS256 signing key.
type signer struct {
	key  *rsa.PrivateKey
	kid  string
	cert string // self-signed, as the key document carries one
}

func newSigner() (*signer, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(key.N.Bytes())
	return &signer{key: key, kid: base64url(sum[:20]), cert: base64.StdEncoding.EncodeToString(cert)}, nil
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// sign makes a JWT of the claims.
func (s *signer) sign(claims map[string]any) (string, error) {
	head, err := json.Marshal(map[string]string{"typ": "JWT", "alg": "RS256", "kid": s.kid, "x5t": s.kid})
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	text := base64url(head) + "." + base64url(body)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return text + "." + base64url(sig), nil
}

var (
	errNotJWT       = errors.New("not a JWT")
	errBadSignature = errors.New("bad signature")
)

// verify checks the signature and returns the claims.
func (s *signer) verify(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errNotJWT
	}
	var head struct{ Alg, Kid string }
	if err := decodePart(parts[0], &head); err != nil {
		return nil, errNotJWT
	}
	claims := map[string]any{}
	if err := decodePart(parts[1], &claims); err != nil {
		return nil, errNotJWT
	}
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || head.Alg != "RS256" || head.Kid != s.kid {
		return nil, errBadSignature
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(&s.key.PublicKey, crypto.SHA256, sum[:], sig) != nil {
		return nil, errBadSignature
	}
	return claims, nil
}

func decodePart(part string, into any) error {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

// jwks is the key document.
func (s *signer) jwks(issuer string) map[string]any {
	e := make([]byte, 4)
	binary.BigEndian.PutUint32(e, uint32(s.key.E))
	return map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "kid": s.kid, "x5t": s.kid, "alg": "RS256",
		"n": base64url(s.key.N.Bytes()), "e": base64url([]byte(strings.TrimLeft(string(e), "\x00"))),
		"x5c": []string{s.cert}, "issuer": issuer,
	}}}
}

// issued remembers what was handed out: access tokens (by their uti claim),
// codes and refresh tokens. Expiry is in tenant time.
type issued struct {
	mu      sync.Mutex // of codes and refresh
	codes   map[string]*code
	refresh map[string]*refreshToken
	devices map[string]*device // by device code
	// validFrom is when an account's sessions were ended last; older refresh tokens are void.
	validFrom map[string]time.Duration

	accessMu sync.Mutex               // taken last
	access   map[string]time.Duration // expiry by uti
}

type code struct {
	app       *app
	redirect  string
	scopes    []string
	account   string
	nonce     string
	challenge string
	method    string
	expires   time.Duration
	used      bool
}

type refreshToken struct {
	app     *app
	account string
	scopes  []string
	made    time.Duration
	expires time.Duration
}

func newIssued() *issued {
	return &issued{access: map[string]time.Duration{}, codes: map[string]*code{}, refresh: map[string]*refreshToken{}, validFrom: map[string]time.Duration{}, devices: map[string]*device{}}
}

// remember keeps an access token and forgets the long expired ones.
func (i *issued) remember(uti string, now, expires time.Duration) {
	i.accessMu.Lock()
	defer i.accessMu.Unlock()
	if len(i.access) > 1000 {
		for k, at := range i.access {
			if at < now-24*time.Hour {
				delete(i.access, k)
			}
		}
	}
	i.access[uti] = expires
}

// alive reports whether the access token was issued here and has not expired,
// and when it was made.
func (i *issued) alive(uti string, now time.Duration) (made time.Duration, ok bool) {
	i.accessMu.Lock()
	defer i.accessMu.Unlock()
	expires, known := i.access[uti]
	return expires - tokenLife, known && now < expires
}

// randomText is n bytes of randomness, base64url.
func randomText(n int) string {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(fmt.Sprintf("the system gives no randomness: %v", err))
	}
	return base64url(b)
}

func randomGUID() string {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		panic(fmt.Sprintf("the system gives no randomness: %v", err))
	}
	return formatGUID(b)
}

func decodeBase64(text string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(text) }
