package microsoft

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"miohub/platforms"
	"miohub/platforms/oauth"
)

// capabilities tells Entra that this client understands claims challenges, so
// that a revoked grant or a changed policy takes effect at once instead of when
// the token ends (continuous access evaluation, client capability "cp1").
const capabilities = `{"access_token":{"xms_cc":{"values":["cp1"]}}}`

// assertionType is how a certificate's proof is announced (RFC 7523 section 2.2).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// proof is one way for the application to show Entra that it is itself.
type proof struct {
	what string // "the certificate AB12…", "the client secret"
	add  func(url.Values) error
}

// proofs are the ways there are, the best first: a certificate that was uploaded
// replaces a client secret, one that was not yet leaves it in use.
func (s *session) proofs() []proof {
	var list []proof
	for _, c := range certificates(s.env.Secrets) {
		if c.expired(s.env.Now()) {
			continue
		}
		list = append(list, proof{what: "the certificate " + c.thumbprint(), add: func(v url.Values) error {
			assertion, err := c.assertion(s.clientID, s.endpoint(s.tenant).TokenURL, s.env.Now())
			if err != nil {
				return err
			}
			v.Set("client_assertion_type", assertionType)
			v.Set("client_assertion", assertion)
			return nil
		}})
	}
	if secret := s.secret(); secret != "" {
		list = append(list, proof{what: "the client secret", add: func(v url.Values) error {
			v.Set("client_secret", secret)
			return nil
		}})
	}
	return list
}

// appCredential hands out the application's own access token. It is safe for
// concurrent use.
type appCredential struct {
	client, endpoint string
	http             *http.Client
	now              func() time.Time
	proofs           []proof

	mu               sync.Mutex
	token            string
	by               string // what proved the application last
	obtained, expiry time.Time
	// demanded is the claims request of the last challenge.
	demanded string
}

func (s *session) credential(proofs []proof) *appCredential {
	return &appCredential{
		client: s.clientID, endpoint: s.endpoint(s.tenant).TokenURL,
		http: s.authorityClient(), now: s.env.Now, proofs: proofs,
	}
}

// Token implements transport.Credential.
func (c *appCredential) Token(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" && oauth.Fresh(c.obtained, c.expiry, c.now()) {
		return c.token, nil
	}
	var first error
	for _, p := range c.proofs {
		t, err := c.ask(ctx, p)
		if err == nil {
			c.token, c.by, c.obtained, c.expiry, c.demanded = t.AccessToken, p.what, c.now(), t.Expiry, ""
			return c.token, nil
		}
		if first == nil {
			first = err
		}
		if !clientRefused(err) {
			break
		}
	}
	return "", first
}

// clientRefused: Entra did not accept the proof; another one may be.
func clientRefused(err error) bool {
	e, ok := asError(err)
	return ok && strings.HasPrefix(e.Code, "invalid_client")
}

// ask makes one token request with one proof.
func (c *appCredential) ask(ctx context.Context, p proof) (*oauth2.Token, error) {
	const op = "microsoft: token of the application"
	params := url.Values{"claims": {oauth.JoinClaims(capabilities, c.demanded)}}
	if err := p.add(params); err != nil {
		return nil, &platforms.Error{Kind: platforms.Internal, Op: op, Err: err, Time: c.now()}
	}
	request := clientcredentials.Config{
		ClientID: c.client, TokenURL: c.endpoint, EndpointParams: params,
		Scopes: []string{resource + ".default"}, AuthStyle: oauth2.AuthStyleInParams,
	}
	t, err := request.Token(context.WithValue(ctx, oauth2.HTTPClient, c.http))
	return t, oauth.Failure(op, err)
}

// Drop implements transport.Credential.
func (c *appCredential) Drop(token string) { c.Refused(token, nil) }

// Refused implements transport.Challenged.
func (c *appCredential) Refused(token string, challenge http.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.token = ""
	}
	if claims := oauth.Challenge(challenge); claims != "" {
		c.demanded = claims
	}
}

// fresh is a token that shows what is granted now.
func (c *appCredential) fresh(ctx context.Context) (string, error) {
	c.mu.Lock()
	c.token = ""
	c.mu.Unlock()
	return c.Token(ctx)
}

// provedBy is what the last token was given for.
func (c *appCredential) provedBy() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by
}
