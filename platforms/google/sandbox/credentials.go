package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/url"
	"strings"

	world "miohub/platforms/sandbox"
)

// client is the registered OAuth client of type "Desktop app".
type client struct {
	id, secret, project string
	number              string // the project's number
}

// serviceAccount is the app's own identity, which delegation is granted to.
type serviceAccount struct {
	email    string
	clientID string // numeric, as the delegation page wants it
	keyID    string
	key      *rsa.PrivateKey
}

// digits derives a number of n digits from a name, so that ids are stable for a tenant.
func digits(n int, name string) string {
	sum := sha256.Sum256([]byte(name))
	v := fmt.Sprintf("%020d", binary.BigEndian.Uint64(sum[:8])) + fmt.Sprintf("%020d", binary.BigEndian.Uint64(sum[8:16]))
	return "1" + v[len(v)-n+1:]
}

func newClient(t *world.Tenant) client {
	sum := sha256.Sum256([]byte("client " + t.ID))
	number := digits(12, "project "+t.ID)
	return client{
		id:     number + "-" + hex.EncodeToString(sum[:16]) + ".apps.googleusercontent.com",
		secret: "GOCSPX-" + randomText(21), project: "mio-hub-" + number[6:], number: number,
	}
}

func newServiceAccount(t *world.Tenant, c client) (serviceAccount, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return serviceAccount{}, fmt.Errorf("make the service account's key: %w", err)
	}
	return serviceAccount{
		email:    "mio-hub@" + c.project + ".iam.gserviceaccount.com",
		clientID: digits(21, "service account "+t.ID),
		keyID:    hex.EncodeToString(randomBytes(20)),
		key:      key,
	}, nil
}

// clientFile is the JSON that Google's console offers for download.
func (g *google) clientFile() []byte {
	return jsonText(map[string]any{"installed": map[string]any{
		"client_id": g.client.id, "project_id": g.client.project,
		"auth_uri": g.authURL(), "token_uri": g.tokenURL(),
		"auth_provider_x509_cert_url": g.urls["oauth2"] + "oauth2/v1/certs",
		"client_secret":               g.client.secret, "redirect_uris": []string{"http://localhost"},
	}})
}

// serviceAccountFile is the service account's key file.
func (g *google) serviceAccountFile() []byte {
	return g.accountFile(accountKey{id: g.sa.keyID, key: g.sa.key})
}

// accountFile is the file that comes with a new key.
func (g *google) accountFile(k accountKey) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(k.key)
	if err != nil {
		// An RSA key always marshals.
		panic(fmt.Sprintf("google sandbox: %v", err))
	}
	return jsonText(map[string]any{
		"type": "service_account", "project_id": g.client.project, "private_key_id": k.id,
		"private_key":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email": g.sa.email, "client_id": g.sa.clientID,
		"auth_uri": g.authURL(), "token_uri": g.tokenURL(),
		"auth_provider_x509_cert_url": g.urls["oauth2"] + "oauth2/v1/certs",
		"client_x509_cert_url":        g.urls["oauth2"] + "robot/v1/metadata/x509/" + url.QueryEscape(g.sa.email),
		"universe_domain":             "googleapis.com",
	})
}

func jsonText(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		// Only strings go in.
		panic(fmt.Sprintf("google sandbox: %v", err))
	}
	return append(b, '\n')
}

// appKey is how the Chat app is named in the World: as a member and an author.
func (g *google) appKey() string { return "app:" + g.sa.clientID }

// userName is an account's or the app's resource name in Chat.
func userName(account string) string { return "users/" + strings.TrimPrefix(account, "app:") }
