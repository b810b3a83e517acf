// Package sandbox emulates a Microsoft 365 tenant on a World: Entra's sign-in,
// consent and token endpoints, and the part of Graph v1.0 that a bridge between
// chat platforms needs, with the vendor's refusals, limits and oddities.
//
// What a caller may do is decided by an extract of the vendor's own permission
// data (graph.json); every refusal is listed in refusals.go with its source.
// Tokens, codes, delta links and quotas live in tenant time, which the World's
// clock may let run fast; nothing loosens them.
//
// Not emulated, and answered with 501 where the vendor would do something: the
// beta version, the renaming of accounts, making shared channels. Not there at
// all: chats, migration.
// PKCE is checked when a client starts it, and not demanded of one that does
// not: the vendor demands it of single-page applications only.
package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"time"

	world "miohub/platforms/sandbox"
)

// TenantName is the World's name of the tenant that is emulated.
const TenantName = "microsoft"

// graphAppID is Microsoft Graph's own application id, the same in every tenant.
const graphAppID = "00000003-0000-0000-c000-000000000000"

// graphResource is the identifier URI that scopes are prefixed with.
const graphResource = "https://graph.microsoft.com"

// globalAdministrator is the template id of that directory role, the same in every tenant.
const globalAdministrator = "62e90394-69f5-4237-9190-012177145e10"

// teamsAdministrator is the template id of a role that may grant nothing.
const teamsAdministrator = "69091246-20e8-4a56-aa4d-066075b2a7a8"

// Registration is the static permission list of the app registration: what
// "https://graph.microsoft.com/.default" stands for.
type Registration struct {
	Delegated   []string // delegated permission names, for example "ChannelMessage.Send"
	Application []string // application permission names, for example "User.Read.All"
}

// New emulates the World's tenant "microsoft". Its APIs are "authority" (Entra)
// and "graph", each also over TLS.
func New(w *world.World, reg Registration) (*world.Emulator, error) {
	c, err := newCloud(w, reg)
	if err != nil {
		return nil, err
	}
	return c.emulator(), nil
}

// emulator is what the World serves.
func (c *cloud) emulator() *world.Emulator {
	return &world.Emulator{
		Tenant: TenantName,
		APIs: []world.API{
			{Name: "authority", Handler: c.authority(), TLS: true},
			{Name: "graph", Handler: c.graph(), TLS: true},
			{Name: "portal", Handler: c.portal()},
			{Name: "sharepoint", Handler: c.sharePointHost(), TLS: true},
		},
		Services:     []world.Service{{Name: "eventhubs", Start: c.events.serve}},
		Attach:       c.attach,
		Describe:     c.describe,
		Deployment:   c.deployment,
		NewMessageID: c.newMessageID,
		Refusals:     listRefusals(),
		Faults:       c.namedFaults(),
	}
}

// cloud is what Entra and Graph share: the tenant, its applications and
// consents, keys, tokens, and the feed of changes.
type cloud struct {
	world  *world.World
	tenant *world.Tenant
	data   *vendorData
	keys   *signer
	bought map[string]int // licences by SKU
	seal   []byte         // key of the tokens in nextLink and deltaLink

	hub      *app // the registration that is tested
	explorer *app // a second public client, for foreign tools
	grants   *grants
	tokens   *issued
	signIn   *signIns
	feed     *feed
	faults   *faults
	drives   *drives
	events   *eventHub

	mu      sync.Mutex
	urls    map[string]string
	made    map[string]int           // refusals by id
	lastID  int64                    // last message id handed out
	deleted map[string]world.Message // soft-deleted messages as they were, by room and id
	others  map[string]bool          // licences without Teams given or taken, by account
	invited map[string]bool          // guests who have not answered yet
}

// app is an app registration with its service principal.
type app struct {
	id, principal, name string
	secret              string // "" when it has none
	certs               []certificate
	redirects           []string
	mu                  sync.Mutex
	reg                 Registration // guarded by mu
}

func newCloud(w *world.World, reg Registration) (*cloud, error) {
	t := w.Tenant(TenantName)
	if t == nil {
		return nil, fmt.Errorf("microsoft sandbox: the World has no tenant %q", TenantName)
	}
	data, err := readVendorData()
	if err != nil {
		return nil, fmt.Errorf("microsoft sandbox: %w", err)
	}
	if err := data.check(reg); err != nil {
		return nil, fmt.Errorf("microsoft sandbox: app registration: %w", err)
	}
	keys, err := newSigner()
	if err != nil {
		return nil, fmt.Errorf("microsoft sandbox: signing key: %w", err)
	}
	c := &cloud{
		world: w, tenant: t, data: data, keys: keys, tokens: newIssued(), signIn: newSignIns(), faults: &faults{}, drives: newDrives(),
		urls: map[string]string{}, made: map[string]int{}, deleted: map[string]world.Message{}, invited: map[string]bool{}, others: map[string]bool{},
	}
	native := "https://login.microsoftonline.com/common/oauth2/nativeclient"
	c.hub = &app{
		id: c.guid("client"), principal: c.guid("client principal"), name: "Mio Hub", secret: c.secretText(),
		redirects: []string{"http://localhost", native}, reg: reg,
	}
	c.explorer = &app{
		id: c.guid("explorer"), principal: c.guid("explorer principal"), name: "Tenant explorer",
		redirects: []string{"http://localhost", native}, reg: Registration{Delegated: []string{"User.Read"}},
	}
	c.grants = newGrants(c.hub)
	sum := sha256.Sum256([]byte("seal " + c.guid("seal")))
	c.seal = sum[:]
	c.bought = map[string]int{}
	used := c.licencesUsed()
	for _, sku := range []string{teamsSKU, otherSKU} {
		c.bought[sku] = used[sku] + used[sku]/10 + 1
	}
	c.feed = newFeed(c)
	c.events = &eventHub{cloud: c}
	return c, nil
}

// guid derives a GUID of this World from a name, so that equal seeds give equal ids.
func (c *cloud) guid(parts ...string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d|%s", c.world.Size.Seed, c.tenant.ID)
	for _, p := range parts {
		fmt.Fprintf(h, "|%s", p)
	}
	return formatGUID(h.Sum(nil))
}

func formatGUID(b []byte) string {
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:16])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// secretText looks like a client secret's value: 40 characters with punctuation.
func (c *cloud) secretText() string {
	sum := sha256.Sum256([]byte("secret " + c.guid("secret")))
	text := hex.EncodeToString(sum[:])
	return text[:3] + "8Q~" + text[3:37]
}

func (c *cloud) app(id string) *app {
	for _, a := range []*app{c.hub, c.explorer} {
		if a.id == id {
			return a
		}
	}
	return nil
}

func (c *cloud) attach(urls map[string]string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, v := range urls {
		c.urls[k] = v
	}
}

// url is where an API is served; names with and without the suffix are known.
func (c *cloud) url(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if u := c.urls[name]; u != "" {
		return u
	}
	return c.urls[name+"_url"]
}

func (c *cloud) describe() (map[string]any, map[string][]byte) {
	o := map[string]any{
		"authority_url":      c.url("authority"),
		"graph_url":          c.url("graph"),
		"authority_tls_url":  c.url("authority_tls"),
		"graph_tls_url":      c.url("graph_tls"),
		"tenant_id":          c.tenant.ID,
		"client_id":          c.hub.id,
		"client_secret":      c.hub.secret,
		"explorer_client_id": c.explorer.id,
		"admin_upn":          c.upnOf(c.tenant.Admin),
		"bridge_upn":         c.upnOf(c.tenant.Bridge),
	}
	return o, nil
}

// deployment is what an IT department ships beside the app: everything but the
// administrator's consent.
func (c *cloud) deployment() map[string]string {
	return map[string]string{
		"client_id":          c.hub.id,
		"tenant":             c.tenant.ID,
		"client_secret":      c.hub.secret,
		"credential_expires": c.secretEnds().Format(time.DateOnly),
		"endpoint.authority": c.url("authority"),
		"endpoint.graph":     c.url("graph"),
		"endpoint.portal":    c.url("portal"),
		"endpoint.eventhubs": c.url("eventhubs"),
		"eventhubs.url":      c.events.address(),
		"secret.eventhubs":   c.events.connection(),
	}
}

// newMessageID is the time in milliseconds, made unique: what Teams uses as a
// message's id.
func (c *cloud) newMessageID() string {
	now := c.world.Clock.Now().UnixMilli()
	c.mu.Lock()
	defer c.mu.Unlock()
	if now <= c.lastID {
		now = c.lastID + 1
	}
	c.lastID = now
	return strconv.FormatInt(now, 10)
}

// timestamp formats as Graph does: UTC with milliseconds.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// seconds formats a whole-second time, as the directory part of Graph does.
func seconds(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
