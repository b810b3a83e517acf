package microsoft

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/oauth"
	"miohub/platforms/transport"
)

// Keys of Env.Values and Env.Secrets.
const (
	keyClient    = "client_id"
	keySecret    = "client_secret" // in Secrets; read from Values where a deployment file brought it
	keyTenant    = "tenant"
	keyAuthority = "endpoint.authority"
	keyGraph     = "endpoint.graph"
	keyPortal    = "endpoint.portal"
	keyAdmin     = "admin"
	keyName      = "organization"
	keyDomain    = "domain"
	keyDomains   = "domains" // every verified domain, separated by spaces
	keyBridge    = "bridge"  // the bridge account's sign-in name
	keyBridgeID  = "bridge_id"

	keyBridgeToken = "token.bridge"
	keyAdminToken  = "token.admin"
)

// The vendor's endpoints and the resource that permissions belong to, which
// stays the same wherever the endpoint is.
const (
	defaultAuthority = "https://login.microsoftonline.com/"
	defaultGraph     = "https://graph.microsoft.com/"
	defaultPortal    = "https://entra.microsoft.com/"
	resource         = "https://graph.microsoft.com/"
	everyTenant      = "organizations"
)

// session is what is known and stored, with the clients that can be made of it.
type session struct {
	env      platforms.Env
	http     *transport.Transport
	clientID string
	tenant   string // "" until known

	app      *graph.Client // nil without tenant, or certificate and client secret
	appToken *appCredential

	bridge      *graph.Client // nil until the bridge account signed in
	bridgeToken *oauth.TokenSource
	bridgeID    platforms.UserID

	consents consents
}

// newSession makes the clients; it makes no call.
func newSession(env platforms.Env) (*session, error) {
	if env.Now == nil {
		env.Now = time.Now
	}
	if env.Pace <= 0 {
		env.Pace = 1
	}
	s := &session{
		env: env, clientID: env.Values.Get(keyClient), tenant: env.Values.Get(keyTenant),
		bridgeID: platforms.UserID(env.Values.Get(keyBridgeID)),
		http: transport.New(transport.Config{
			Name: string(ID), Base: env.HTTP, Log: env.Log, Now: env.Now, Pace: env.Pace, Classify: quotas,
		}),
	}
	if proofs := s.proofs(); s.clientID != "" && s.tenant != "" && len(proofs) > 0 {
		s.appToken = s.credential(proofs)
		app, err := s.graphClient(s.appToken)
		if err != nil {
			return nil, err
		}
		s.app = app
	}
	if _, ok := oauth.Load(env.Secrets, keyBridgeToken); ok && s.clientID != "" && s.tenant != "" {
		s.bridgeToken = oauth.NewTokenSource(oauth.Store{
			Secrets: env.Secrets, Key: keyBridgeToken, Config: s.codeFlow(s.tenant, s.bridgeScopes()),
			HTTP: s.authorityClient(), Now: env.Now, Op: "microsoft: sign-in of the bridge account", Claims: capabilities,
		})
		bridge, err := s.graphClient(s.bridgeToken)
		if err != nil {
			return nil, err
		}
		s.bridge = bridge
	}
	return s, nil
}

func (s *session) secret() string {
	if v := s.env.Secrets.Get(keySecret); v != "" {
		return v
	}
	return s.env.Values.Get(keySecret)
}

func authorityOf(v platforms.Values) string { return or(v.Get(keyAuthority), defaultAuthority) }

func or(value, otherwise string) string {
	if value != "" {
		return value
	}
	return otherwise
}

func (s *session) graphRoot() string { return or(s.env.Values.Get(keyGraph), defaultGraph) }

// endpoint is the identity platform's v2.0 endpoint of a tenant.
func (s *session) endpoint(tenant string) oauth2.Endpoint {
	base := authorityOf(s.env.Values) + url.PathEscape(tenant) + "/oauth2/v2.0/"
	return oauth2.Endpoint{AuthURL: base + "authorize", TokenURL: base + "token", AuthStyle: oauth2.AuthStyleInParams}
}

// codeFlow is a sign-in in the browser as a public client: Entra refuses a
// secret there (AADSTS700025).
func (s *session) codeFlow(tenant string, scopes []string) oauth2.Config {
	return oauth2.Config{ClientID: s.clientID, Endpoint: s.endpoint(tenant), Scopes: scopes}
}

// bridgeScopes are asked for at the bridge account's sign-in.
// What ends sessions is not: a token for that is fetched when it is wanted.
func (s *session) bridgeScopes() []string {
	return without(scopes(s.env.Values, platforms.UserConsent), userSessions)
}

func (s *session) authorityClient() *http.Client {
	return s.http.Client(nil, transport.HostOf(authorityOf(s.env.Values)))
}

func (s *session) graphClient(c transport.Credential) (*graph.Client, error) {
	root := s.graphRoot()
	return graph.New(root, s.http.Client(c, transport.HostOf(root)).Transport)
}

// known is the tenant as it was stored.
func (s *session) known() platforms.Tenant {
	v := s.env.Values
	t := platforms.Tenant{
		Platform: ID, ID: platforms.TenantID(s.tenant), Name: v.Get(keyName),
		Domain: v.Get(keyDomain), Admin: v.Get(keyAdmin),
	}
	t.Domains = strings.Fields(v.Get(keyDomains))
	return t
}

// pause waits for d of the tenant's time.
func (s *session) pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(time.Duration(float64(d) / s.env.Pace))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
