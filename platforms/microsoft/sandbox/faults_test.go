package sandbox

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	world "miohub/platforms/sandbox"
)

// meet shows a fault: what Entra or Graph answers while it is on.
type meet map[string]func(r *rig) answer

// TestNamedFaults meets every named fault over HTTP, and sees it gone once it
// is switched off.
func TestNamedFaults(t *testing.T) {
	cases := meet{}
	for _, part := range []meet{entraMeets(), consentMeets(), tenantMeets(), subscriptionMeets()} {
		for id, f := range part {
			cases[id] = f
		}
	}
	for _, f := range newRig(t).c.emulator().Faults {
		t.Run(f.ID, func(t *testing.T) {
			provoke := cases[f.ID]
			if provoke == nil {
				t.Fatal("nothing meets this fault")
			}
			r := newRig(t)
			e := r.c.emulator()
			if f.Title == "" || f.Group == "" || f.Shows == "" || f.On() {
				t.Errorf("%+v is not described, or on at first", f)
			}
			sound := provoke(r)
			must(t, world.SwitchFault(f.ID, true, e))
			must(t, world.SwitchFault(f.ID, true, e))
			wrong := provoke(r)
			if wrong.status == sound.status && wrong.raw == sound.raw {
				t.Errorf("it makes no difference: %d %s", wrong.status, wrong.raw)
			}
			for _, listed := range entraFaults() {
				if listed.id == f.ID {
					seeWords(t, listed, wrong)
				}
			}
			must(t, world.SwitchFault(f.ID, false, e))
			clear(r.tokens)
			if again := provoke(r); again.status != sound.status {
				t.Errorf("switched off, it still answers %d %s", again.status, again.raw)
			}
		})
	}
}

// seeWords wants the refusal's own code, its text filled in.
func seeWords(t *testing.T, f entraFault, a answer) {
	t.Helper()
	want := findRefusal(f.refusal)
	text := a.raw
	if a.json != nil {
		text = a.message()
	}
	if !strings.Contains(text, "AADSTS") || strings.ContainsAny(strings.Split(text, "<style")[0], "{}") && a.json != nil {
		t.Errorf("the answer is %q", text)
	}
	if a.json != nil && (a.status != want.Status || a.code() != want.Code || a.text("suberror") != want.Sub) {
		t.Errorf("answered %d %s %q, want %d %s %q", a.status, a.code(), a.text("suberror"), want.Status, want.Code, want.Sub)
	}
}

// steady replaces what differs from answer to answer.
func steady(a answer) answer {
	a.raw = ""
	for _, key := range []string{"error", "value", "allowInvitesFrom", "displayName", "userType", "accountEnabled"} {
		if v, set := a.json[key]; set {
			a.raw += key + "=" + strings.Join(strings.Fields(textOf(v)), " ") + ";"
		}
	}
	return a
}

func entraMeets() meet {
	out := meet{}
	for _, f := range entraFaults() {
		out[f.id] = func(r *rig) answer {
			switch {
			case f.at&atCertificate != 0:
				return r.token(r.certificateForm(nil))
			case f.at&(atApp|atSecret) != 0:
				return r.token(r.appForm())
			case f.at&atOld != 0:
				return r.refresh(r.c.hub, r.kept())
			case f.at&atUser != 0:
				return r.refresh(r.c.hub, r.kept())
			}
			return r.signIn("ann@contoso.example")
		}
	}
	return out
}

// kept is a refresh token of Ann's from before any fault.
func (r *rig) kept() string {
	if r.tokens["kept"] == "" {
		r.tokens["kept"] = r.refreshToken("ann@contoso.example")
	}
	return r.tokens["kept"]
}

// signIn opens the hub's sign-in in a browser of its own.
func (r *rig) signIn(as string) answer {
	on := *r
	client := *r.client
	client.Jar = jar(r.t)
	on.client = &client
	on.c.grants.consentAll(on.c.hub, []string{"User.Read"})
	at := on.authorizeURL(on.c.hub)
	page := on.get(at)
	if page.status != 200 {
		return page
	}
	return on.press2(at, page, as)
}

func (r *rig) press2(address string, page answer, as string) answer {
	at, _, _ := strings.Cut(address, "?")
	a := r.do("POST", at, "", url.Values{"ctx": {between(page.raw, `name="ctx" value="`, `"`)}, "address": {as}, "accept": {"1"}})
	a.header.Del("Location") // codes differ
	return a
}

func consentMeets() meet {
	roles := func(r *rig) answer {
		if len(r.c.grants.roles[r.c.hub.id]) == 0 {
			r.c.grants.consentStatic(r.c.hub)
		}
		claims, err := r.c.keys.verify(r.want(r.token(r.appForm()), 200).text("access_token"))
		must(r.t, err)
		return answer{status: 200, raw: textOf(claims["roles"])}
	}
	consent := func(as string, scope string) func(r *rig) answer {
		return func(r *rig) answer {
			on := *r
			client := *r.client
			client.Jar = jar(r.t)
			on.client = &client
			page := on.signedIn(on.authorizeURL(on.c.hub, "scope", scope), as)
			return answer{status: page.status, raw: between(page.raw, "<h1>", "</h1>")}
		}
	}
	return meet{
		"microsoft.consent-none":           roles,
		"microsoft.consent-partly-revoked": roles,
		"microsoft.consent-stale":          roles,
		"microsoft.consent-extra":          roles,
		"microsoft.consent-declined":       consent("ann@contoso.example", "Mail.Read"),
		"microsoft.publisher-unverified":   consent("ann@contoso.example", "Mail.Read"),
		"microsoft.not-administrator": func(r *rig) answer {
			a := r.graph("GET", "/me/transitiveMemberOf/microsoft.graph.directoryRole", r.as(adminID, "User.Read"), nil)
			return answer{status: a.status, raw: a.values()[0]["displayName"].(string)}
		},
	}
}

func tenantMeets() meet {
	bridge := func(r *rig) answer {
		return steady(r.graph("GET", "/users/"+bridgeID+"?$select=accountEnabled,userType", r.as(annID, "User.Read.All"), nil))
	}
	messages := func(r *rig) answer { return steady(r.graph("GET", messagesPath(deals), r.hubToken(bridgeID), nil)) }
	return meet{
		"microsoft.account-disabled": bridge,
		"microsoft.bridge-guest":     bridge,
		"microsoft.bridge-unlicensed": func(r *rig) answer {
			return steady(r.graph("GET", messagesPath(deals), r.as(bridgeID, bridgeScopes), nil))
		},
		"microsoft.bridge-administrator": func(r *rig) answer {
			return steady(r.graph("GET", "/me/memberOf/microsoft.graph.directoryRole", r.as(bridgeID, "User.Read"), nil))
		},
		"microsoft.invitations-disabled": func(r *rig) answer {
			r.want(r.graph("GET", "/policies/authorizationPolicy", r.as(adminID, "Policy.Read.All"), nil), 200)
			return steady(r.graph("POST", "/invitations", r.app(), invitation("new@elsewhere.example")))
		},
		"microsoft.directory-quota": func(r *rig) answer {
			return steady(r.graph("POST", "/invitations", r.app(), invitation("new@elsewhere.example")))
		},
		"microsoft.guests-in-groups-off": func(r *rig) answer {
			a := r.graph("GET", "/groupSettings", r.as(adminID, "Directory.Read.All"), nil)
			added := r.graph("POST", "/teams/"+sales+"/members", r.app(), bind(dirkID))
			if off := len(a.values()) > 0; off != (added.status == 403) {
				r.t.Errorf("settings %s, adding a guest answers %d", a.raw, added.status)
			}
			return steady(a)
		},
		"microsoft.no-licences": func(r *rig) answer {
			a := r.want(r.graph("GET", "/subscribedSkus", r.as(adminID, "LicenseAssignment.Read.All"), nil), 200)
			return steady(a)
		},
		"microsoft.throttled":     func(r *rig) answer { return steady(r.graph("GET", "/users", r.app(), nil)) },
		"microsoft.protected-api": messages,
		"microsoft.delta-expired": func(r *rig) answer {
			if r.tokens["delta"] == "" {
				r.tokens["delta"] = r.want(r.graph("GET", "/users/delta?$deltatoken=latest", r.app(), nil), 200).text("@odata.deltaLink")
				r.tokens["message delta"] = r.want(r.graph("GET", messagesPath(deals)+"/delta", r.hubToken(bridgeID), nil), 200).text("@odata.deltaLink")
			}
			of := r.graph("GET", r.tokens["message delta"], r.hubToken(bridgeID), nil)
			a := r.graph("GET", r.tokens["delta"], r.app(), nil)
			if a.status != of.status || a.status == 410 && (a.header.Get("Location") == "" || of.header.Get("Location") == "") {
				r.t.Errorf("users answer %d, messages %d", a.status, of.status)
			}
			return steady(a)
		},
		"microsoft.claims-challenge": func(r *rig) answer {
			if r.tokens["capable"] == "" {
				r.c.grants.consentStatic(r.c.hub)
				r.tokens["capable"] = r.want(r.token(r.appForm("claims", `{"access_token":{"xms_cc":{"values":["cp1"]}}}`)), 200).text("access_token")
			}
			a := r.graph("GET", "/users", r.tokens["capable"], nil)
			if a.status == 401 {
				claims := between(a.header.Get("WWW-Authenticate"), `error="insufficient_claims", claims="`, `"`)
				if claims == "" {
					r.t.Errorf("WWW-Authenticate is %q", a.header.Get("WWW-Authenticate"))
				}
				r.pass(time.Second)
				fresh := r.want(r.token(r.appForm("claims", `{"access_token":{"xms_cc":{"values":["cp1"]},"nbf":{"essential":true,"value":"1"}}}`)), 200)
				r.want(r.graph("GET", "/users", fresh.text("access_token"), nil), 200)
			}
			return steady(a)
		},
	}
}

// hubToken signs somebody in at the hub, with the bridge account's scopes.
func (r *rig) hubToken(account string) string {
	key := "hub " + account
	if r.tokens[key] == "" {
		r.c.grants.consentAll(r.c.hub, strings.Fields(bridgeScopes))
		who, _ := r.tenant.Account(account)
		q := r.visit(r.authorizeURL(r.c.hub, "scope", bridgeScopes), who.Address, "")
		r.tokens[key] = r.want(r.redeem(r.c.hub, q.Get("code")), 200).text("access_token")
	}
	return r.tokens[key]
}

func invitation(address string) map[string]any {
	return map[string]any{"invitedUserEmailAddress": address, "inviteRedirectUrl": "https://contoso.example"}
}

func TestConsentingAgainMendsAFaultyConsent(t *testing.T) {
	r := newRig(t)
	r.c.grants.consentStatic(r.c.hub)
	e := r.c.emulator()
	for _, id := range []string{"microsoft.consent-none", "microsoft.consent-partly-revoked", "microsoft.consent-stale"} {
		must(t, world.SwitchFault(id, true, e))
		i := slices.IndexFunc(e.Faults, func(f world.NamedFault) bool { return f.ID == id })
		if !e.Faults[i].On() {
			t.Errorf("%s is not on", id)
		}
		r.visit(r.consentURL(), "admin@contoso.example", "")
		if e.Faults[i].On() || len(r.c.grants.application(r.c.hub)) != len(everything().Application) {
			t.Errorf("%s outlives a new consent", id)
		}
	}
}

func TestSigningInAgainMendsWhatHitsOldSignInsOnly(t *testing.T) {
	r := newRig(t)
	old := r.kept()
	must(t, world.SwitchFault("microsoft.sign-in-frequency", true, r.c.emulator()))
	if a := r.refresh(r.c.hub, old); !strings.HasPrefix(a.message(), "AADSTS70043") {
		t.Errorf("an old sign-in: %s", a.raw)
	}
	r.pass(time.Minute)
	r.want(r.refresh(r.c.hub, r.refreshToken("ann@contoso.example")), 200)
	// A foreign client is not hit.
	r.want(r.graph("GET", "/me", r.as(annID, "User.Read"), nil), 200)
}

// policyCases make the refusals behind the faults at which Entra answers.
func policyCases() provoke {
	out := provoke{}
	for _, f := range entraFaults() {
		out[f.refusal] = whileOn(f.id, entraMeets()[f.id])
	}
	return out
}

// faultCases make the refusals of Graph that only a fault brings about.
func faultCases() provoke {
	meets := tenantMeets()
	return provoke{
		"graph.token.claims":        counted(whileOn("microsoft.claims-challenge", meets["microsoft.claims-challenge"])),
		"graph.invitation.disabled": counted(whileOn("microsoft.invitations-disabled", meets["microsoft.invitations-disabled"])),
		"graph.directory.quota":     counted(whileOn("microsoft.directory-quota", meets["microsoft.directory-quota"])),
		"graph.member.guests-off": whileOn("microsoft.guests-in-groups-off", func(r *rig) answer {
			return r.graph("POST", "/teams/"+sales+"/members", r.app(), bind(dirkID))
		}),
		"graph.throttled.all": counted(whileOn("microsoft.throttled", meets["microsoft.throttled"])),
		"graph.messages.delta.expired": whileOn("microsoft.delta-expired", func(r *rig) answer {
			meets["microsoft.delta-expired"](r)
			return r.graph("GET", r.tokens["message delta"], r.hubToken(bridgeID), nil)
		}),
	}
}

// counted leaves the comparison of the answer to TestNamedFaults.
func counted(f func(r *rig) answer) func(r *rig) answer {
	return func(r *rig) answer { a := f(r); a.raw = "counted:" + a.raw; return a }
}

// whileOn makes a request before and while a fault is on, and returns the
// second answer.
func whileOn(id string, f func(r *rig) answer) func(r *rig) answer {
	return func(r *rig) answer {
		e := r.c.emulator()
		f(r)
		must(r.t, world.SwitchFault(id, true, e))
		defer func() { must(r.t, world.SwitchFault(id, false, e)) }()
		return f(r)
	}
}
