// Package sandbox emulates a Google Workspace tenant on a World: sign-in and
// consent, tokens with domain-wide delegation, the Directory and Chat APIs and
// the Admin Console's delegation page.
//
// Requests are checked against an embedded extract of Google's discovery
// documents, and refused with Google's own error bodies.
package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	mrand "math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	world "miohub/platforms/sandbox"
)

// TenantName is the World's name of the tenant this package emulates.
const TenantName = "google"

// google is the emulated vendor for one tenant.
type google struct {
	world  *world.World
	tenant *world.Tenant
	cat    *catalogue
	client client
	sa     serviceAccount
	auth   *authority

	urls map[string]string // by API name, each ending in "/"; set once by Attach

	idMu sync.Mutex
	ids  *mrand.Rand

	// writing serialises the calls that look whether a message or space is
	// there before they make it.
	writing  sync.Mutex
	requests map[string]made // request ids
	invites  invites
	made     map[string]bool // org units made through the API
	free     map[string]bool // accounts with the licence that costs nothing

	keysMu sync.Mutex
	keys   []accountKey // the service account's

	clients map[string]string // room, client-assigned id -> message id
	deleted map[string]string // room, message -> deletionType

	feed  feed
	media media

	// person is whom faults about one person hit.
	person    world.Account
	broker    *broker
	announced announcements

	switches switches
	turning  sync.Mutex // one fault is switched at a time
	revoked  []*grant   // by the fault, to be given back; guarded by auth.mu

	signing sync.Once
	idKey   *rsa.PrivateKey
	secret  []byte // page tokens and form tokens are signed with it
}

// New emulates the World's tenant "google".
func New(w *world.World) (*world.Emulator, error) {
	t := w.Tenant(TenantName)
	if t == nil {
		return nil, fmt.Errorf("google sandbox: the World has no tenant %q", TenantName)
	}
	cat, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	g := &google{
		world: w, tenant: t, cat: cat, client: newClient(t), person: ordinary(t), urls: map[string]string{},
		ids:      mrand.New(mrand.NewPCG(w.Size.Seed, binary.BigEndian.Uint64([]byte("g-chat-1")))),
		requests: map[string]made{}, clients: map[string]string{}, deleted: map[string]string{},
		secret: randomBytes(32),
	}
	g.auth = newAuthority(w.Clock)
	if g.sa, err = newServiceAccount(t, g.client); err != nil {
		return nil, err
	}
	g.broker = newBroker(g.client.project)
	g.made, g.free = map[string]bool{}, map[string]bool{}
	g.keys = []accountKey{{id: g.sa.keyID, key: g.sa.key, since: w.Clock.Now()}}
	g.invites.rooms = map[string]map[string]time.Time{}
	g.feed.rooms = map[string][]event{}
	g.media = media{uploads: map[string]upload{}, sessions: map[string]*session{}}
	g.switches.on = map[string]bool{}
	return &world.Emulator{
		Tenant:       TenantName,
		APIs:         g.hosts(),
		Attach:       func(urls map[string]string) { g.urls = urls },
		Describe:     g.describe,
		Deployment:   g.deployment,
		Delegate:     func(scopes []string) { g.auth.delegate(g.sa.clientID, scopes, false) },
		NewMessageID: g.newMessageID,
		Refusals:     Refusals(),
		Faults:       g.namedFaults(),
	}, nil
}

// hosts are the vendor's hosts by the names the World serves them under.
func (g *google) hosts() []world.API {
	list := []world.API{
		{Name: "accounts", Handler: g.accountsHandler()},
		{Name: "oauth", Handler: g.oauthHandler()},
		{Name: "oauth2", Handler: g.api("oauth2", g.oauth2Methods())},
		{Name: "directory", Handler: g.directoryHandler()},
		{Name: "chat", Handler: g.api("chat", g.chatMethods())},
		{Name: "console", Handler: g.consoleHandler()},
		{Name: "cloudidentity", Handler: g.api("cloudidentity", g.policyMethods())},
		{Name: "licensing", Handler: g.api("licensing", g.licenceMethods())},
		{Name: "iam", Handler: g.api("iam", g.iamMethods())},
		{Name: "pubsub", Handler: g.api("pubsub", g.pubsubMethods())},
		{Name: "workspaceevents", Handler: g.api("workspaceevents", g.eventMethods())},
		{Name: "iamcredentials", Handler: g.api("iamcredentials", g.credentialMethods())},
	}
	for i := range list {
		list[i].Handler = g.dated(list[i].Handler)
	}
	return list
}

// directoryHandler serves admin.googleapis.com, the home of two APIs.
func (g *google) directoryHandler() http.Handler {
	directory, reports := g.api("admin", g.directoryMethods()), g.api("reports", g.reportMethods())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/admin/reports/") {
			reports.ServeHTTP(w, r)
			return
		}
		directory.ServeHTTP(w, r)
	})
}

func (g *google) reportMethods() map[string]methodFunc {
	return map[string]methodFunc{"reports.activities.list": g.listActivities}
}

func (g *google) policyMethods() map[string]methodFunc {
	return map[string]methodFunc{"cloudidentity.policies.list": g.listPolicies, "cloudidentity.policies.get": g.getPolicy}
}

func (g *google) licenceMethods() map[string]methodFunc {
	return map[string]methodFunc{
		"licensing.licenseAssignments.get": g.getLicence, "licensing.licenseAssignments.insert": g.insertLicence,
		"licensing.licenseAssignments.delete": g.deleteLicence, "licensing.licenseAssignments.listForProduct": g.listLicences,
		"licensing.licenseAssignments.listForProductAndSku": g.listLicences,
	}
}

func (g *google) iamMethods() map[string]methodFunc {
	return map[string]methodFunc{"iam.projects.serviceAccounts.keys.get": g.getKey, "iam.projects.serviceAccounts.keys.create": g.createKey}
}

func (g *google) credentialMethods() map[string]methodFunc {
	return map[string]methodFunc{"iamcredentials.projects.serviceAccounts.signJwt": g.signJwt}
}

// dated puts the tenant's time into the Date of every answer, by which clients
// tell whether their own clock is right.
func (g *google) dated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", g.world.Clock.Now().Format(http.TimeFormat))
		next.ServeHTTP(w, r)
	})
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // documented never to fail
	return b
}

// randomText is n random bytes in URL-safe base64, for tokens and codes.
func randomText(n int) string { return base64.RawURLEncoding.EncodeToString(randomBytes(n)) }

// shortID draws an id of n characters from the World's seed, so that equal
// Worlds name things alike as long as one client asks.
func (g *google) shortID(n int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	g.idMu.Lock()
	defer g.idMu.Unlock()
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[g.ids.IntN(len(alphabet))]
	}
	return string(b)
}

// newMessageID makes a message id of Google's form, "xxxxxxxxxxx.yyyyyyyyyyy".
func (g *google) newMessageID() string { return g.shortID(11) + "." + g.shortID(11) }

// describe returns what a foreign client must know.
func (g *google) describe() (map[string]any, map[string][]byte) {
	admin, _ := g.tenant.Account(g.tenant.Admin)
	return map[string]any{
			"authorize_url":    g.authURL(),
			"token_url":        g.tokenURL(),
			"tokeninfo_url":    g.urls["oauth2"] + "oauth2/v2/tokeninfo",
			"directory_url":    g.urls["directory"],
			"chat_url":         g.urls["chat"],
			"admin_email":      admin.Address,
			"customer_id":      g.tenant.ID,
			"delegated_scopes": g.auth.delegated(g.sa.clientID),
		}, map[string][]byte{
			"client_file":          g.clientFile(),
			"service_account_file": g.serviceAccountFile(),
		}
}

// deployment returns the values an IT department would ship beside the app.
func (g *google) deployment() map[string]string {
	values := map[string]string{
		"client":           string(g.clientFile()),
		"service_account":  string(g.serviceAccountFile()),
		"endpoint.reports": g.urls["directory"],
		"endpoint.revoke":  g.urls["oauth"] + "revoke",
	}
	for _, api := range []string{"directory", "chat", "oauth2", "console", "cloudidentity", "licensing", "iam", "iamcredentials", "pubsub", "workspaceevents"} {
		values["endpoint."+api] = g.urls[api]
	}
	values["pubsub.topic"] = "projects/" + g.client.project + "/topics/" + deliveredTopic
	values["pubsub.subscription"] = "projects/" + g.client.project + "/subscriptions/" + deliveredTopic
	if g.wrong(faultNoKeys) {
		// Where keys are forbidden there is no file to ship.
		delete(values, "service_account")
		values["service_account.email"], values["service_account.client_id"], values["project"] = g.sa.email, g.sa.clientID, g.client.project
	}
	return values
}

func (g *google) authURL() string  { return g.urls["accounts"] + "o/oauth2/v2/auth" }
func (g *google) tokenURL() string { return g.urls["oauth"] + "token" }

// bearer takes the access token from the header or, as Google allows, from a
// query parameter.
func bearer(r *http.Request) string {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, token, _ := strings.Cut(h, " ")
		if strings.EqualFold(scheme, "Bearer") {
			return strings.TrimSpace(token)
		}
		return ""
	}
	q := r.URL.Query()
	if t := q.Get("access_token"); t != "" {
		return t
	}
	return q.Get("oauth_token")
}
