package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	world "miohub/platforms/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	adminID  = "00000000-0000-4000-8000-00000000000a"
	bridgeID = "00000000-0000-4000-8000-00000000000b"
	annID    = "00000000-0000-4000-8000-0000000000a1"
	benID    = "20000000-0000-4000-8000-0000000000b1" // no Teams licence
	caraID   = "00000000-0000-4000-8000-0000000000c1" // suspended
	dirkID   = "00000000-0000-4000-8000-0000000000d1" // a guest
	evaID    = "00000000-0000-4000-8000-0000000000e1" // in no team
	sales    = "11111111-0000-4000-8000-000000000001"
	general  = "19:general@thread.tacv2"
	deals    = "19:deals@thread.tacv2"
	board    = "19:board@thread.tacv2"
	native   = "https://login.microsoftonline.com/common/oauth2/nativeclient"
)

// everything is what the hub's registration asks for in these tests.
func everything() Registration {
	return Registration{
		Delegated: []string{"User.Read", "ChannelMessage.Send", "ChannelMessage.Read.All", "ChannelMessage.ReadWrite"},
		Application: []string{
			"User.Read.All", "Application.Read.All", "Team.ReadBasic.All", "Channel.ReadBasic.All", "TeamMember.Read.All",
			"TeamMember.ReadWriteNonOwnerRole.All", "User.Invite.All", "ChannelSettings.ReadWrite.All",
		},
	}
}

// rig is a small tenant, served.
type rig struct {
	t      *testing.T
	w      *world.World
	tenant *world.Tenant
	c      *cloud
	urls   map[string]string
	client *http.Client
	ca     []byte

	tokens     map[string]string
	credential credential
}

func newRig(t *testing.T) *rig {
	t.Helper()
	w := world.Blank(world.Size{Seed: 7})
	tenant := w.AddTenant(TenantName, "99999999-0000-4000-8000-000000000009", "Contoso", "contoso.example", "contoso.onmicrosoft.com")
	tenant.Admin, tenant.Bridge = adminID, bridgeID
	for _, a := range []world.Account{
		{ID: adminID, Address: "admin@contoso.example", Name: "Ada Admin", Given: "Ada", Family: "Admin", Admin: true, Licensed: true},
		{ID: bridgeID, Address: "bridge@contoso.example", Name: "Mio Bridge", Given: "Mio", Family: "Bridge", Licensed: true},
		{ID: annID, Address: "ann@contoso.example", Login: "ann.a@contoso.example", Name: "Ann Ånström", Given: "Ann", Family: "Ånström", Licensed: true,
			Aliases: []string{"a.anstrom@contoso.example"}, Country: "SE", Department: "Sales", EmployeeID: "17"},
		{ID: benID, Address: "ben@contoso.example", Name: "Ben Bare", Given: "Ben", Family: "Bare"},
		{ID: caraID, Address: "cara@contoso.example", Name: "Cara Closed", Suspended: true, Licensed: true},
		{ID: dirkID, Address: "dirk@elsewhere.example", Name: "Dirk Guest", Guest: true},
		{ID: evaID, Address: "eva@contoso.example", Name: "Eva Else", Licensed: true},
	} {
		must(t, tenant.PutAccount(a))
	}
	seats := map[string]world.Membership{adminID: {Owner: true}, bridgeID: {}, annID: {}, benID: {}}
	must(t, tenant.PutRoom(world.Room{ID: general, Name: "General", Group: sales, GroupName: "Sales", Kind: "channel", Members: seats}))
	must(t, tenant.PutRoom(world.Room{ID: deals, Name: "Deals", Group: sales, GroupName: "Sales", Kind: "channel", Members: seats}))
	must(t, tenant.PutRoom(world.Room{ID: board, Name: "Board", Group: sales, GroupName: "Sales", Kind: "private",
		Members: map[string]world.Membership{adminID: {Owner: true}}}))
	c, err := newCloud(w, everything())
	must(t, err)
	return serve(t, w, c)
}

func serve(t *testing.T, w *world.World, c *cloud) *rig {
	t.Helper()
	run, err := world.Serve(t.Context(), w, c.emulator())
	must(t, err)
	r := &rig{t: t, w: w, tenant: c.tenant, c: c, urls: run.URLs[TenantName], ca: run.CAPEM, tokens: map[string]string{},
		client: &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	t.Cleanup(func() { r.client.CloseIdleConnections(); run.Close() })
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pass lets tenant time pass.
func (r *rig) pass(d time.Duration) { r.w.Clock.Advance(d) }

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	raw    string
	json   map[string]any
}

// code is the error's code, Graph's or Entra's.
func (a answer) code() string {
	if e, isObject := a.json["error"].(map[string]any); isObject {
		return e["code"].(string)
	}
	s, _ := a.json["error"].(string)
	return s
}

func (a answer) message() string {
	if e, isObject := a.json["error"].(map[string]any); isObject {
		return e["message"].(string)
	}
	s, _ := a.json["error_description"].(string)
	return s
}

func (a answer) values() []map[string]any {
	var out []map[string]any
	list, _ := a.json["value"].([]any)
	for _, v := range list {
		out = append(out, v.(map[string]any))
	}
	return out
}

func (a answer) text(name string) string { s, _ := a.json[name].(string); return s }

// do sends a request; body may be nil, a string as it is, or anything for JSON.
func (r *rig) do(method, target, token string, body any, header ...string) answer {
	r.t.Helper()
	var in io.Reader
	kind := ""
	switch b := body.(type) {
	case nil:
	case string:
		in, kind = strings.NewReader(b), "application/json"
	case url.Values:
		in, kind = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	default:
		raw, err := json.Marshal(b)
		must(r.t, err)
		in, kind = bytes.NewReader(raw), "application/json"
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, target, in)
	must(r.t, err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := r.client.Do(req)
	must(r.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(r.t, err)
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") && len(raw) > 0 {
		must(r.t, json.Unmarshal(raw, &a.json))
	}
	return a
}

// graph calls Graph; every call is preceded by enough tenant time for quotas.
func (r *rig) graph(method, path, token string, body any, header ...string) answer {
	r.t.Helper()
	r.pass(5 * time.Second)
	target := path
	if !strings.HasPrefix(path, "http") {
		target = r.urls["graph_url"] + "v1.0" + path
	}
	return r.do(method, target, token, body, header...)
}

// want fails the test when the status is another one.
func (r *rig) want(a answer, status int) answer {
	r.t.Helper()
	if a.status != status {
		r.t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	return a
}

func (r *rig) endpoint(path string) string { return r.urls["authority_url"] + r.tenant.ID + path }

func (r *rig) authorizeURL(a *app, more ...string) string {
	v := url.Values{"client_id": {a.id}, "response_type": {"code"}, "redirect_uri": {native}, "scope": {"openid profile offline_access User.Read"}, "state": {"s"}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
		if more[i+1] == "" {
			v.Del(more[i])
		}
	}
	return r.endpoint("/oauth2/v2.0/authorize?") + v.Encode()
}

// visit walks the pages as the person and returns the last address's query.
func (r *rig) visit(address, as, press string) url.Values {
	r.t.Helper()
	b := world.NewBrowser(map[string]string{"address": as})
	b.Press = press
	final, body, err := b.Open(r.t.Context(), address)
	if err != nil {
		r.t.Fatalf("%v at %s: %s", err, final, body)
	}
	u, err := url.Parse(final)
	must(r.t, err)
	return u.Query()
}

// redeem exchanges a code.
func (r *rig) redeem(a *app, code string, more ...string) answer {
	r.t.Helper()
	v := url.Values{"client_id": {a.id}, "grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {native}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return r.do("POST", r.endpoint("/oauth2/v2.0/token"), "", v)
}

// as signs a person in at the explorer and returns a token with the scopes.
func (r *rig) as(account, scopes string) string {
	r.t.Helper()
	if t := r.tokens[account+scopes]; t != "" {
		return t
	}
	r.c.grants.consentAll(r.c.explorer, strings.Fields(scopes))
	who, _ := r.tenant.Account(account)
	q := r.visit(r.authorizeURL(r.c.explorer, "scope", scopes), who.Address, "")
	got := r.want(r.redeem(r.c.explorer, q.Get("code")), 200)
	r.tokens[account+scopes] = got.text("access_token")
	return got.text("access_token")
}

// app is the hub's own token, with everything its registration lists.
func (r *rig) app() string {
	r.t.Helper()
	r.c.grants.consentStatic(r.c.hub)
	a := r.do("POST", r.endpoint("/oauth2/v2.0/token"), "", r.appForm())
	return r.want(a, 200).text("access_token")
}

func (r *rig) appForm(more ...string) url.Values {
	v := url.Values{"client_id": {r.c.hub.id}, "client_secret": {r.c.hub.secret}, "grant_type": {"client_credentials"}, "scope": {graphResource + "/.default"}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
		if more[i+1] == "" {
			v.Del(more[i])
		}
	}
	return v
}

func channelPath(room string) string { return "/teams/" + sales + "/channels/" + url.PathEscape(room) }

func messagesPath(room string) string { return channelPath(room) + "/messages" }

func say(text string) map[string]any {
	return map[string]any{"body": map[string]any{"contentType": "html", "content": text}}
}

const bridgeScopes = "ChannelMessage.Send ChannelMessage.Read.All ChannelMessage.ReadWrite"

// jar is a cookie jar for clients that keep a session by hand.
func jar(t *testing.T) http.CookieJar {
	t.Helper()
	j, err := cookiejar.New(nil)
	must(t, err)
	return j
}

// textOf is a JSON value as text, without what differs from answer to answer.
func textOf(v any) string {
	if o, isObject := v.(map[string]any); isObject {
		v = maps.Clone(o)
		delete(v.(map[string]any), "innerError")
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
