package sandbox

import (
	"crypto/sha256"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSignInConsentRefreshAndRead(t *testing.T) {
	r := newRig(t)
	verifier := strings.Repeat("v", 50)
	challenge := s256(verifier)
	q := r.visit(r.authorizeURL(r.c.hub, "code_challenge", challenge, "code_challenge_method", "S256", "nonce", "n1"), "ann@contoso.example", "")
	if q.Get("state") != "s" || q.Get("code") == "" {
		t.Fatalf("redirect carries %v", q)
	}
	got := r.want(r.redeem(r.c.hub, q.Get("code"), "code_verifier", verifier), 200)
	if got.text("token_type") != "Bearer" || got.json["expires_in"].(float64) != 3599 || got.text("scope") != "User.Read openid profile" {
		t.Errorf("token answer %s", got.raw)
	}
	id, err := r.c.keys.verify(got.text("id_token"))
	must(t, err)
	if id["nonce"] != "n1" || id["aud"] != r.c.hub.id || id["iss"] != r.endpoint("/v2.0") || id["preferred_username"] != "ann.a@contoso.example" {
		t.Errorf("id token says %v", id)
	}
	claims, err := r.c.keys.verify(got.text("access_token"))
	must(t, err)
	if claims["scp"] != "User.Read openid profile" || claims["oid"] != annID || claims["tid"] != r.tenant.ID || claims["appid"] != r.c.hub.id || claims["wids"] != nil {
		t.Errorf("access token says %v", claims)
	}
	me := r.want(r.graph("GET", "/me", got.text("access_token"), nil), 200)
	if me.text("id") != annID || me.text("userPrincipalName") != "ann.a@contoso.example" || len(me.json) != 12 {
		t.Errorf("me is %s", me.raw)
	}
	// The refresh token answers with a new one, for the same or fewer scopes.
	form := url.Values{"client_id": {r.c.hub.id}, "grant_type": {"refresh_token"}, "refresh_token": {got.text("refresh_token")}}
	again := r.want(r.do("POST", r.endpoint("/oauth2/v2.0/token"), "", form), 200)
	if again.text("refresh_token") == "" || again.text("refresh_token") == got.text("refresh_token") {
		t.Errorf("refresh answers %s", again.raw)
	}
	r.pass(time.Hour)
	r.want(r.graph("GET", "/me", again.text("access_token"), nil), 401)
}

func TestTheVendorsLibraryAsksForOpenIDScopesAsTheApplicationToo(t *testing.T) {
	r := newRig(t)
	r.want(r.token(r.appForm("scope", graphResource+"/.default openid offline_access profile")), 200)
}

func TestTokenLifeFollowsTheWorldsClock(t *testing.T) {
	r := newRig(t)
	r.w.Clock.Speed = 100
	r.c.grants.consentStatic(r.c.hub)
	got := r.want(r.do("POST", r.endpoint("/oauth2/v2.0/token"), "", r.appForm()), 200)
	if got.json["expires_in"].(float64) != 35 {
		t.Errorf("expires_in is %v, want 35: 3599 s at a hundred times the speed, rounded down", got.json["expires_in"])
	}
}

func TestAdminConsentAnswersBothWays(t *testing.T) {
	r := newRig(t)
	link := func(scope string) string {
		v := url.Values{"client_id": {r.c.hub.id}, "scope": {scope}, "redirect_uri": {native}, "state": {"x y"}}
		return r.endpoint("/v2.0/adminconsent?") + v.Encode()
	}
	q := r.visit(link(graphResource+"/.default"), "admin@contoso.example", "Cancel")
	if q.Get("admin_consent") != "True" || q.Get("error") != "consent_required" || !strings.HasPrefix(q.Get("error_description"), "AADSTS65004") || q.Get("state") != "x y" {
		t.Fatalf("cancelled: %v", q)
	}
	if got := r.c.grants.application(r.c.hub); len(got) != 0 {
		t.Fatalf("cancelling granted %v", got)
	}
	q = r.visit(link(graphResource+"/.default"), "admin@contoso.example", "")
	if q.Get("admin_consent") != "True" || q.Get("error") != "" || q.Get("tenant") != r.tenant.ID || !strings.Contains(q.Get("scope"), graphResource+"/User.Read.All") {
		t.Fatalf("accepted: %v", q)
	}
	if got := r.c.grants.application(r.c.hub); len(got) != len(everything().Application) {
		t.Errorf("granted application permissions %v", got)
	}
	claims, err := r.c.keys.verify(r.app())
	must(t, err)
	if roles := claims["roles"].([]any); !slices.Contains(roles, any("User.Invite.All")) || claims["scp"] != nil || claims["idtyp"] != "app" {
		t.Errorf("application token says %v", claims)
	}
}

func TestAdminConsentOfTheFirstVersionGrantsTheStaticList(t *testing.T) {
	r := newRig(t)
	v := url.Values{"client_id": {r.c.hub.id}, "redirect_uri": {native}, "state": {"1"}}
	link := r.endpoint("/adminconsent?") + v.Encode()
	if q := r.visit(link, "admin@contoso.example", "Cancel"); q.Get("error") != "consent_required" {
		t.Errorf("cancelled: %v", q)
	}
	q := r.visit(link, "admin@contoso.example", "")
	if q.Get("admin_consent") != "True" || q.Get("tenant") != r.tenant.ID || q.Get("state") != "1" || q.Has("scope") {
		t.Errorf("accepted: %v", q)
	}
	if got := r.c.grants.everybody(r.c.hub); len(got) != len(everything().Delegated) {
		t.Errorf("granted %v", got)
	}
}

func TestClientInfoForTheVendorsLibraries(t *testing.T) {
	r := newRig(t)
	r.c.grants.consentAll(r.c.hub, []string{"User.Read"})
	q := r.visit(r.authorizeURL(r.c.hub, "client_info", "1"), "ann@contoso.example", "")
	got := r.want(r.redeem(r.c.hub, q.Get("code"), "client_info", "1"), 200)
	raw, err := decodeBase64(got.text("client_info"))
	must(t, err)
	if string(raw) != `{"uid":"`+annID+`","utid":"`+r.tenant.ID+`"}` || q.Get("client_info") != got.text("client_info") {
		t.Errorf("client_info is %s", raw)
	}
}

func TestTheTenantsCalendarShowsInEveryAnswer(t *testing.T) {
	r := newRig(t)
	r.w.Clock.SetSkew(-time.Hour)
	for _, address := range []string{r.urls["graph_url"] + "v1.0/me", r.endpoint("/discovery/v2.0/keys")} {
		at, err := time.Parse(time.RFC1123, r.get(address).header.Get("Date"))
		must(t, err)
		if off := time.Since(at); off < 50*time.Minute || off > 70*time.Minute {
			t.Errorf("%s is dated %v, an hour ago is meant", address, at)
		}
	}
}

func TestExplorerGetsAnyKnownPermission(t *testing.T) {
	r := newRig(t)
	v := url.Values{"client_id": {r.c.explorer.id}, "scope": {graphResource + "/Group.ReadWrite.All https://graph.microsoft.com/Mail.Read"}, "redirect_uri": {"http://localhost:9/"}}
	b := r.endpoint("/v2.0/adminconsent?") + v.Encode()
	a := r.do("GET", b, "", nil)
	if a.status != 200 {
		t.Fatalf("page %d %s", a.status, a.raw)
	}
	v.Set("redirect_uri", native)
	q := r.visit(r.endpoint("/v2.0/adminconsent?")+v.Encode(), "admin@contoso.example", "")
	if q.Get("scope") != graphResource+"/Group.ReadWrite.All "+graphResource+"/Mail.Read" {
		t.Fatalf("consent answers %v", q)
	}
	q = r.visit(r.authorizeURL(r.c.explorer, "scope", "Group.ReadWrite.All"), "ann@contoso.example", "")
	r.want(r.redeem(r.c.explorer, q.Get("code")), 200)
}

func TestDiscoveryIsConsistentWithTheBaseAsked(t *testing.T) {
	r := newRig(t)
	for _, tenant := range []string{r.tenant.ID, "contoso.example", "common", "organizations"} {
		doc := r.want(r.do("GET", r.urls["authority_url"]+tenant+"/v2.0/.well-known/openid-configuration", "", nil), 200)
		for _, key := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri", "issuer"} {
			if !strings.HasPrefix(doc.text(key), r.urls["authority_url"]) {
				t.Errorf("%s: %s is %q", tenant, key, doc.text(key))
			}
		}
		keys := r.want(r.do("GET", doc.text("jwks_uri"), "", nil), 200)
		if key := keys.json["keys"].([]any)[0].(map[string]any); key["kty"] != "RSA" || key["e"] != "AQAB" || key["kid"] != r.c.keys.kid {
			t.Errorf("keys %s", keys.raw)
		}
	}
}

func TestLoopbackRedirects(t *testing.T) {
	a := &app{redirects: []string{"http://localhost", native}}
	for uri, want := range map[string]bool{
		"http://localhost": true, "http://localhost/": true, "http://localhost:4711": true, "http://localhost:4711/": true,
		"http://localhost:4711//": false, "http://localhost:4711/callback": false, "http://127.0.0.1:4711/": false, "https://localhost/": false,
		"http://localhost.example/": false, "http://user@localhost/": false, native: true, native + "/": false, "http://[::1]/": false,
		"http://localhost/#x": false,
	} {
		if got := a.redirectAllowed(uri); got != want {
			t.Errorf("%s: allowed %v, want %v", uri, got, want)
		}
	}
}

func TestBothLegsMayWriteAnEmptyPathDifferently(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"http://localhost:1", "http://localhost:1/"}: true, {"http://localhost:1", "http://localhost:2"}: false,
		{"http://localhost:1/a", "http://localhost:1/a/"}: false, {native, native}: true, {"http://localhost:1/?x=1", "http://localhost:1/"}: false,
	} {
		if sameRedirect(pair[0], pair[1]) != want || sameRedirect(pair[1], pair[0]) != want {
			t.Errorf("%v: want %v", pair, want)
		}
	}
}

func TestResponseModes(t *testing.T) {
	r := newRig(t)
	for mode, want := range map[string]string{"fragment": "#code=", "query": "?code="} {
		r.c.grants.consentAll(r.c.hub, []string{"User.Read"})
		client := *r.client
		client.Jar = jar(t)
		rig := *r // a browser of its own
		rig.client = &client
		page := rig.want(rig.do("GET", r.authorizeURL(r.c.hub, "redirect_uri", "http://localhost:9", "response_mode", mode), "", nil), 200)
		done := rig.do("POST", r.endpoint("/oauth2/v2.0/authorize"), "", url.Values{"ctx": {between(page.raw, `name="ctx" value="`, `"`)}, "address": {"ann@contoso.example"}, "accept": {"1"}})
		if at := done.header.Get("Location"); done.status != 302 || !strings.HasPrefix(at, "http://localhost:9/"+want) {
			t.Errorf("%s: %d %s", mode, done.status, at)
		}
		// The session is kept: prompt=none needs no page.
		silent := rig.do("GET", r.authorizeURL(r.c.hub, "redirect_uri", "http://localhost:9", "prompt", "none"), "", nil)
		if !strings.Contains(silent.header.Get("Location"), "?code=") {
			t.Errorf("prompt=none: %d %s", silent.status, silent.header.Get("Location"))
		}
		posted := rig.do("GET", r.authorizeURL(r.c.hub, "redirect_uri", "http://localhost:9", "response_mode", "form_post"), "", nil)
		if posted.status != 200 || !strings.Contains(posted.raw, `action="http://localhost:9/"`) || !strings.Contains(posted.raw, `name="code"`) {
			t.Errorf("form_post: %d %s", posted.status, posted.raw)
		}
	}
}

func TestPagesEscapeWhatTheyShow(t *testing.T) {
	r := newRig(t)
	hostile := `"><script>alert(1)</script>`
	page := r.do("GET", r.authorizeURL(r.c.hub, "login_hint", hostile), "", nil)
	if strings.Contains(page.raw, "<script>alert") {
		t.Error("login_hint is not escaped")
	}
	bad := r.do("GET", r.authorizeURL(r.c.hub, "redirect_uri", "http://x.example/"+hostile), "", nil)
	if bad.status != 400 || strings.Contains(bad.raw, "<script>alert") {
		t.Errorf("redirect URI is not escaped: %s", bad.raw)
	}
	done := r.do("GET", r.urls["authority_url"]+"common/oauth2/nativeclient?error_description="+url.QueryEscape(hostile), "", nil)
	if done.status != 200 || strings.Contains(done.raw, "<script>alert") {
		t.Error("the native page does not escape")
	}
}

func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64url(sum[:])
}

func between(s, before, after string) string {
	_, rest, _ := strings.Cut(s, before)
	inner, _, _ := strings.Cut(rest, after)
	return inner
}
