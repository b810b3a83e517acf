package sandbox

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	world "miohub/platforms/sandbox"
)

// provoke makes the emulator refuse, by the refusal's id.
type provoke map[string]func(r *rig) answer

// TestRefusals sees every listed refusal made over HTTP, with the status and
// the code that the table promises.
func TestRefusals(t *testing.T) {
	r := newRig(t)
	cases := provoke{}
	for _, part := range []provoke{entraCases(), entraTokenCases(), graphCases(), queryCases(), bodyCases(), teamsCases(), messageCases(), policyCases(), faultCases(), assertionCases(), fileCases(), accountCases(), subscriptionCases(), deviceCases()} {
		for id, f := range part {
			cases[id] = f
		}
	}
	made := 0
	for _, listed := range r.c.emulator().Refusals {
		ok := t.Run(listed.ID, func(t *testing.T) {
			f := cases[listed.ID]
			if f == nil {
				t.Fatal("nothing makes this refusal")
			}
			on := *r
			on.t = t
			seeRefusal(t, &on, listed.ID, f)
		})
		if ok {
			made++
		}
		if listed.Source == "" || listed.Test != "TestRefusals/"+listed.ID {
			t.Errorf("%s: source %q, test %q", listed.ID, listed.Source, listed.Test)
		}
		delete(cases, listed.ID)
	}
	for id := range cases {
		t.Errorf("%s is made but not listed", id)
	}
	t.Logf("%d of %d listed refusals made over HTTP", made, len(r.c.emulator().Refusals))
	fmt.Printf("microsoft sandbox: %d of %d refusals made\n", made, len(r.c.emulator().Refusals))
}

func seeRefusal(t *testing.T, r *rig, id string, f func(*rig) answer) {
	before := r.c.refusalsMade(id)
	a := f(r)
	if r.c.refusalsMade(id) == before && !strings.HasPrefix(a.raw, "counted:") {
		t.Fatalf("not made: %d %s %s", a.status, a.header.Get("Location"), a.raw)
	}
	want := findRefusal(id)
	if want.Number != 0 {
		location, _ := url.QueryUnescape(a.header.Get("Location"))
		code := fmt.Sprintf("AADSTS%d:", want.Number)
		if !strings.Contains(a.raw, code) && !strings.Contains(location, code) {
			t.Errorf("the answer does not say %s: %s %s", code, location, a.raw)
		}
		if a.json != nil && (a.status != want.Status || a.code() != want.Code || len(a.json["error_codes"].([]any)) != 1 || a.text("trace_id") == "" ||
			a.text("correlation_id") == "" || a.text("timestamp") == "" || !strings.HasSuffix(a.text("error_uri"), fmt.Sprint(want.Number))) {
			t.Errorf("incomplete error: %d %s", a.status, a.raw)
		}
		return
	}
	if strings.HasPrefix(a.raw, "counted:") {
		return
	}
	inner, _ := a.json["error"].(map[string]any)["innerError"].(map[string]any)
	if a.status != want.Status || a.code() != want.Code || inner["request-id"] == "" || inner["date"] == nil || inner["client-request-id"] == nil {
		t.Errorf("answered %d %s, want %d %s: %s", a.status, a.code(), want.Status, want.Code, a.raw)
	}
}

// TestEveryRefusalInTheCodeIsListed keeps the table complete: an id that is not
// in it would be answered as an internal error.
func TestEveryRefusalInTheCodeIsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, r := range listRefusals() {
		if listed[r.ID] {
			t.Errorf("%s is listed twice", r.ID)
		}
		listed[r.ID] = true
	}
	files, err := filepath.Glob("*.go")
	must(t, err)
	pattern := regexp.MustCompile(`(?:(?:deny|denyFor|refuse)\(|refusal: )"([a-z.\-0-9]+)"`)
	used := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		must(t, err)
		for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = true
			if !listed[m[1]] && m[1] != "entra.token.failed" { // that one is the emulator's own fault
				t.Errorf("%s refuses %s, which is not listed", name, m[1])
			}
		}
	}
	for id := range listed {
		if !used[id] {
			t.Errorf("%s is listed, but nothing refuses it", id)
		}
	}
}

func (r *rig) get(address string) answer { return r.do("GET", address, "", nil) }

// signedIn opens an authorize or consent address, types an address in and
// returns the page that follows.
func (r *rig) signedIn(address, as string) answer {
	page := r.get(address)
	at, _, _ := strings.Cut(address, "?")
	return r.do("POST", at, "", url.Values{"ctx": {between(page.raw, `name="ctx" value="`, `"`)}, "address": {as}, "accept": {"1"}})
}

func (r *rig) press(address string, page answer, button string) answer {
	at, _, _ := strings.Cut(address, "?")
	return r.do("POST", at, "", url.Values{"ctx": {between(page.raw, `name="ctx" value="`, `"`)}, button: {"1"}})
}

func (r *rig) consentURL(more ...string) string {
	v := url.Values{"client_id": {r.c.hub.id}, "scope": {graphResource + "/.default"}, "redirect_uri": {native}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return r.endpoint("/v2.0/adminconsent?") + v.Encode()
}

func entraCases() provoke {
	authorize := func(more ...string) func(*rig) answer {
		return func(r *rig) answer { return r.get(r.authorizeURL(r.c.hub, more...)) }
	}
	return provoke{
		"entra.tenant.unknown": func(r *rig) answer {
			return r.get(r.urls["authority_url"] + "nowhere.example/v2.0/.well-known/openid-configuration")
		},
		"entra.parameter.missing":          authorize("client_id", ""),
		"entra.parameter.missing.redirect": authorize("response_type", ""),
		"entra.client.unknown":             authorize("client_id", "12345678-0000-4000-8000-000000000000"),
		"entra.redirect.none":              authorize("redirect_uri", ""),
		"entra.redirect.mismatch":          authorize("redirect_uri", "http://127.0.0.1:5000/"),
		"entra.response-mode.unknown":      authorize("response_mode", "pigeon"),
		"entra.response-type.unsupported":  authorize("response_type", "token"),
		"entra.pkce.method":                authorize("code_challenge", "x", "code_challenge_method", "S512"),
		"entra.prompt.unsupported":         authorize("prompt", "please"),
		"entra.scope.unknown":              authorize("scope", "ChannelMessage.Read.Group"),
		"entra.resource.unknown":           authorize("scope", "https://vault.azure.net/user_impersonation"),
		"entra.scope.default-mixed":        authorize("scope", graphResource+"/.default User.Read"),
		"entra.session.none":               authorize("prompt", "none"),
		"entra.consent.none.redirect": func(r *rig) answer {
			client := *r.client
			client.Jar = jar(r.t)
			on := *r
			on.client = &client
			on.signedIn(on.authorizeURL(r.c.hub, "scope", "Calendars.Read"), "eva@contoso.example")
			return on.get(on.authorizeURL(r.c.hub, "scope", "Calendars.Read", "prompt", "none"))
		},
		"entra.consent.admin-only": func(r *rig) answer {
			return r.signedIn(r.authorizeURL(r.c.hub, "scope", "Directory.Read.All"), "ann@contoso.example")
		},
		"entra.consent.admin-only.redirect": func(r *rig) answer {
			at := r.authorizeURL(r.c.hub, "scope", "Directory.Read.All")
			return r.press(at, r.signedIn(at, "ann@contoso.example"), "cancel")
		},
		"entra.consent.declined": func(r *rig) answer {
			at := r.authorizeURL(r.c.hub, "scope", "Mail.Read")
			return r.press(at, r.signedIn(at, "ann@contoso.example"), "cancel")
		},
		"entra.page.stale": func(r *rig) answer {
			return r.do("POST", r.endpoint("/oauth2/v2.0/authorize"), "", url.Values{"ctx": {"gone"}, "accept": {"1"}})
		},
		"entra.account.unknown": func(r *rig) answer { return r.signedIn(r.authorizeURL(r.c.hub), "nobody@contoso.example") },
		"entra.account.disabled": func(r *rig) answer {
			return r.signedIn(r.authorizeURL(r.c.hub), "cara@contoso.example")
		},
		"entra.adminconsent.declined": func(r *rig) answer {
			return r.press(r.consentURL(), r.signedIn(r.consentURL(), "admin@contoso.example"), "cancel")
		},
		"entra.adminconsent.not-admin": func(r *rig) answer { return r.signedIn(r.consentURL(), "ann@contoso.example") },
	}
}

// grant gets a code for Ann, ready to be redeemed.
func (r *rig) grant(more ...string) string {
	r.c.grants.consentAll(r.c.hub, []string{"User.Read"})
	return r.visit(r.authorizeURL(r.c.hub, more...), "ann@contoso.example", "").Get("code")
}

func (r *rig) token(v url.Values) answer {
	return r.do("POST", r.endpoint("/oauth2/v2.0/token"), "", v)
}

func (r *rig) refresh(a *app, token string, more ...string) answer {
	v := url.Values{"client_id": {a.id}, "grant_type": {"refresh_token"}, "refresh_token": {token}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return r.token(v)
}

// refreshToken signs somebody in and returns the refresh token.
func (r *rig) refreshToken(as string) string {
	r.c.grants.consentAll(r.c.hub, []string{"User.Read"})
	code := r.visit(r.authorizeURL(r.c.hub), as, "").Get("code")
	return r.want(r.redeem(r.c.hub, code), 200).text("refresh_token")
}

func entraTokenCases() provoke {
	appToken := func(more ...string) func(*rig) answer {
		return func(r *rig) answer { return r.token(r.appForm(more...)) }
	}
	return provoke{
		"entra.token.post-only": func(r *rig) answer { return r.get(r.endpoint("/oauth2/v2.0/token")) },
		"entra.request.malformed": func(r *rig) answer {
			return r.do("POST", r.endpoint("/oauth2/v2.0/token"), "", "grant_type=%zz", "Content-Type", "application/x-www-form-urlencoded")
		},
		"entra.token.parameter.missing": appToken("grant_type", ""),
		"entra.token.client.unknown":    appToken("client_id", "12345678-0000-4000-8000-000000000000"),
		"entra.token.grant.unsupported": appToken("grant_type", "password"),
		"entra.token.public-secret":     func(r *rig) answer { return r.redeem(r.c.hub, "x", "client_secret", r.c.hub.secret) },
		"entra.token.code.malformed":    func(r *rig) answer { return r.redeem(r.c.hub, "x") },
		"entra.token.code.other-client": func(r *rig) answer { return r.redeem(r.c.explorer, r.grant()) },
		"entra.token.code.used":         func(r *rig) answer { code := r.grant(); r.redeem(r.c.hub, code); return r.redeem(r.c.hub, code) },
		"entra.token.code.expired":      func(r *rig) answer { code := r.grant(); r.pass(11 * time.Minute); return r.redeem(r.c.hub, code) },
		"entra.token.redirect.differs":  func(r *rig) answer { return r.redeem(r.c.hub, r.grant(), "redirect_uri", "http://localhost:1/") },
		"entra.token.pkce.mismatch": func(r *rig) answer {
			return r.redeem(r.c.hub, r.grant("code_challenge", s256("a"), "code_challenge_method", "S256"), "code_verifier", "b")
		},
		"entra.token.scope.invalid":        func(r *rig) answer { return r.redeem(r.c.hub, r.grant(), "scope", "No.Such.Permission") },
		"entra.token.refresh.malformed":    func(r *rig) answer { return r.refresh(r.c.hub, "x") },
		"entra.token.refresh.other-client": func(r *rig) answer { return r.refresh(r.c.explorer, r.refreshToken("ann@contoso.example")) },
		"entra.token.refresh.expired": func(r *rig) answer {
			t := r.refreshToken("ann@contoso.example")
			r.pass(91 * 24 * time.Hour)
			clear(r.tokens)
			return r.refresh(r.c.hub, t)
		},
		"entra.token.consent.none": func(r *rig) answer {
			return r.refresh(r.c.hub, r.refreshToken("ann@contoso.example"), "scope", "Notes.Read")
		},
		"entra.token.account.disabled": func(r *rig) answer {
			t := r.refreshToken("eva@contoso.example")
			must(r.t, r.tenant.ChangeAccount(evaID, func(a *world.Account) { a.Suspended = true }))
			defer r.tenant.ChangeAccount(evaID, func(a *world.Account) { a.Suspended = false })
			return r.refresh(r.c.hub, t)
		},
		"entra.token.account.gone": func(r *rig) answer {
			must(r.t, r.tenant.PutAccount(world.Account{ID: "00000000-0000-4000-8000-0000000000ff", Address: "short@contoso.example", Name: "Short"}))
			t := r.refreshToken("short@contoso.example")
			must(r.t, r.tenant.ChangeAccount("short@contoso.example", func(a *world.Account) { a.Deleted = time.Now() }))
			return r.refresh(r.c.hub, t)
		},
		"entra.token.common": func(r *rig) answer {
			return r.do("POST", r.urls["authority_url"]+"common/oauth2/v2.0/token", "", r.appForm())
		},
		"entra.token.no-tenant": func(r *rig) answer {
			return r.do("POST", r.urls["authority_url"]+"organizations/oauth2/v2.0/token", "", r.appForm())
		},
		"entra.token.secret.missing":    appToken("client_secret", ""),
		"entra.token.secret.wrong":      appToken("client_secret", "wrong"),
		"entra.token.scope.not-default": appToken("scope", graphResource+"/User.Read.All"),
		"entra.token.resource.unknown":  appToken("scope", "https://vault.azure.net/.default"),
	}
}

func graphCases() provoke {
	const some = "User.Read.All"
	as := func(scopes, method, path string, body any, header ...string) func(*rig) answer {
		return func(r *rig) answer { return r.graph(method, path, r.as(annID, scopes), body, header...) }
	}
	return provoke{
		"graph.token.missing":   func(r *rig) answer { return r.graph("GET", "/me", "", nil) },
		"graph.token.malformed": func(r *rig) answer { return r.graph("GET", "/me", "abc", nil) },
		"graph.token.signature": func(r *rig) answer {
			parts := strings.Split(r.as(annID, some), ".")
			parts[2] = strings.Repeat("A", len(parts[2]))
			return r.graph("GET", "/me", strings.Join(parts, "."), nil)
		},
		"graph.token.audience": func(r *rig) answer {
			id := r.want(r.redeem(r.c.hub, r.grant()), 200).text("id_token")
			return r.graph("GET", "/me", id, nil)
		},
		"graph.token.expired": func(r *rig) answer {
			t := r.as(annID, some)
			r.pass(2 * time.Hour)
			clear(r.tokens)
			return r.graph("GET", "/me", t, nil)
		},
		"graph.version.unknown": func(r *rig) answer {
			return r.do("GET", r.urls["graph_url"]+"v9.9/me", r.as(annID, some), nil)
		},
		"graph.path.unknown":       as(some, "GET", "/wombats", nil),
		"graph.method.not-allowed": as(some, "HEADLESS", "/users", nil),
		"graph.permission.missing": as("User.Read", "GET", "/users", nil),
		"graph.permission.no-roles": func(r *rig) answer {
			fresh := newRig(r.t)
			token := fresh.want(fresh.token(fresh.appForm()), 200).text("access_token")
			a := fresh.graph("GET", "/users", token, nil)
			if fresh.c.refusalsMade("graph.permission.no-roles") == 1 {
				r.c.note("graph.permission.no-roles")
			}
			return a
		},
		"graph.users.self-only":     as("User.Read", "GET", "/users/"+bridgeID, nil),
		"graph.users.basic-only":    as("User.ReadBasic.All", "GET", "/users?$select=id,proxyAddresses", nil),
		"graph.me.app-only":         func(r *rig) answer { return r.graph("GET", "/oidc/userinfo", r.app(), nil) },
		"graph.resource.not-found":  as(some, "GET", "/users/nobody@contoso.example", nil),
		"graph.delta.token.unknown": as(some, "GET", "/users/delta?$deltatoken=abc", nil),
		"graph.delta.token.expired": func(r *rig) answer {
			link := r.want(r.graph("GET", "/users/delta?$deltatoken=latest", r.as(annID, some), nil), 200).text("@odata.deltaLink")
			r.pass(8 * 24 * time.Hour)
			clear(r.tokens)
			a := r.graph("GET", link, r.as(annID, some), nil)
			if !strings.Contains(a.header.Get("Location"), "/users/delta?$deltatoken=") {
				r.t.Errorf("Location is %q", a.header.Get("Location"))
			}
			return a
		},
		"graph.delta.filter": as(some, "GET", "/users/delta?$filter="+url.QueryEscape("displayName eq 'x'"), nil),
		"graph.throttled.directory": func(r *rig) answer {
			token := r.as(annID, "User.Read.All Directory.Read.All")
			for range 5000 { // 3,500 units a ten seconds for a small tenant, three each
				if a := r.do("GET", r.urls["graph_url"]+"v1.0/subscribedSkus", token, nil); a.status == 429 {
					return a
				}
			}
			return answer{}
		},
		"graph.invitation.throttled": func(r *rig) answer {
			token := r.as(annID, "User.Invite.All")
			body := map[string]any{"invitedUserEmailAddress": "dirk@elsewhere.example", "inviteRedirectUrl": "https://contoso.example"}
			for range 200 { // 150 in five seconds
				if a := r.do("POST", r.urls["graph_url"]+"v1.0/invitations", token, body); a.status == 429 {
					return a
				}
			}
			return answer{}
		},
	}
}

func queryCases() provoke {
	users := func(query string, header ...string) func(*rig) answer {
		return func(r *rig) answer {
			return r.graph("GET", "/users?"+query, r.as(annID, "User.Read.All"), nil, header...)
		}
	}
	return provoke{
		"graph.query.malformed":     users("$top=%zz"),
		"graph.query.unknown":       users("$sloth=1"),
		"graph.query.unsupported":   users("$expand=manager"),
		"graph.query.repeated":      users("$top=1&%24top=2"),
		"graph.query.top.invalid":   users("$top=none"),
		"graph.query.top.limit":     users("$top=1000"),
		"graph.query.count.invalid": users("$count=maybe"),
		"graph.select.unknown":      users("$select=id,shoeSize"),
		"graph.skiptoken.unknown":   users("$skiptoken=abc"),
		"graph.orderby.unsupported": users("$orderby=surname"),
		"graph.filter.malformed":    users("$filter=" + url.QueryEscape("displayName eq 'x")),
		"graph.filter.property":     users("$filter=" + url.QueryEscape("shoeSize eq 'x'")),
		"graph.filter.advanced":     users("$filter=" + url.QueryEscape("displayName ne 'x'")),
		"graph.count.consistency":   func(r *rig) answer { return r.graph("GET", "/users/$count", r.as(annID, "User.Read.All"), nil) },
		"graph.messages.top": func(r *rig) answer {
			return r.graph("GET", messagesPath(deals)+"?$top=51", r.as(annID, bridgeScopes), nil)
		},
		"graph.messages.expand": func(r *rig) answer {
			return r.graph("GET", messagesPath(deals)+"?$expand=hostedContents", r.as(annID, bridgeScopes), nil)
		},
		"graph.messages.delta.filter": func(r *rig) answer {
			return r.graph("GET", messagesPath(deals)+"/delta?$filter="+url.QueryEscape("lastModifiedDateTime lt 2026-01-01T00:00:00Z"), r.as(annID, bridgeScopes), nil)
		},
		"graph.messages.delta.token": func(r *rig) answer {
			return r.graph("GET", messagesPath(deals)+"/delta?$deltatoken=latest", r.as(annID, bridgeScopes), nil)
		},
		"graph.delta.token.options": func(r *rig) answer {
			return r.graph("GET", messagesPath(deals)+"/delta?$deltatoken=x&$expand=replies", r.as(annID, bridgeScopes), nil)
		},
	}
}

func bodyCases() provoke {
	invite := func(body any, header ...string) func(*rig) answer {
		return func(r *rig) answer {
			return r.graph("POST", "/invitations", r.as(annID, "User.Invite.All"), body, header...)
		}
	}
	batch := func(requests ...any) func(*rig) answer {
		return func(r *rig) answer {
			return r.graph("POST", "/$batch", r.as(annID, "User.Read"), map[string]any{"requests": requests})
		}
	}
	get := func(id string, more ...any) map[string]any {
		p := map[string]any{"id": id, "method": "GET", "url": "/me"}
		for i := 0; i+1 < len(more); i += 2 {
			p[more[i].(string)] = more[i+1]
		}
		return p
	}
	var many []any
	for i := range 21 {
		many = append(many, get(fmt.Sprint(i)))
	}
	to := func(address string) map[string]any {
		return map[string]any{"invitedUserEmailAddress": address, "inviteRedirectUrl": "https://contoso.example"}
	}
	return provoke{
		"graph.body.media-type":       invite("{}", "Content-Type", "text/plain"),
		"graph.body.gzip":             invite("{}", "Content-Encoding", "gzip"),
		"graph.body.malformed":        invite(`{"invitedUserEmailAddress":`),
		"graph.body.property":         invite(map[string]any{"shoeSize": 42}),
		"graph.invitation.missing":    invite(map[string]any{"invitedUserEmailAddress": "x@elsewhere.example"}),
		"graph.invitation.address":    invite(to("not an address")),
		"graph.invitation.own-domain": invite(to("x@contoso.example")),
		"graph.batch.malformed":       batch(),
		"graph.batch.too-many":        batch(many...),
		"graph.batch.duplicate-id":    batch(get("a"), get("A")),
		"graph.batch.content-type":    batch(get("a", "method", "POST", "body", map[string]any{})),
		"graph.batch.depends-on":      batch(get("a", "dependsOn", []string{"z"})),
		"graph.batch.dependency-failed": func(r *rig) answer {
			a := batch(get("a", "url", "/users/"+bridgeID), get("b", "dependsOn", []string{"a"}))(r)
			second := a.json["responses"].([]any)[1].(map[string]any)
			return answer{status: int(second["status"].(float64)), json: second["body"].(map[string]any), raw: a.raw}
		},
	}
}
