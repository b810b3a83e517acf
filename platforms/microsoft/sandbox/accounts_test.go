package sandbox

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	world "miohub/platforms/sandbox"
)

func newUser(login string) map[string]any {
	local, _, _ := strings.Cut(login, "@")
	return map[string]any{
		"accountEnabled": true, "displayName": "Nora New", "mailNickname": local, "userPrincipalName": login, "usageLocation": "NO",
		"passwordProfile": map[string]any{"forceChangePasswordNextSignIn": true, "password": "Correct-Horse-7"},
	}
}

const accountScopes = "User.ReadWrite.All LicenseAssignment.ReadWrite.All LicenseAssignment.Read.All"

func TestAccountsAreMadeLicensedDisabledAndEnabled(t *testing.T) {
	r := newRig(t)
	token := r.as(adminID, accountScopes)
	made := r.want(r.graph("POST", "/users", token, newUser("nora@contoso.example")), 201)
	path := "/users/" + made.text("id")
	if held := r.want(r.graph("GET", path+"/licenseDetails", token, nil), 200).values(); len(held) != 0 {
		t.Errorf("a new account holds %v", held)
	}
	assign := func(add, remove []any) answer {
		return r.graph("POST", path+"/assignLicense", token, map[string]any{"addLicenses": add, "removeLicenses": remove})
	}
	used := func() any {
		for _, s := range r.want(r.graph("GET", "/subscribedSkus", token, nil), 200).values() {
			if s["skuId"] == teamsSKU {
				return s["consumedUnits"]
			}
		}
		return nil
	}
	before := used()
	for range 2 { // one that it has is given again
		r.want(assign([]any{map[string]any{"skuId": teamsSKU, "disabledPlans": []string{}}}, []any{}), 200)
	}
	if a, _ := r.tenant.Account(made.text("id")); !a.Licensed || a.Suspended || a.Guest || a.Country != "NO" || used() != before.(float64)+1 {
		t.Errorf("the account is %+v, licences used %v then %v", a, before, used())
	}
	narrow := r.as(adminID, "User.EnableDisableAccount.All User.Read.All")
	r.want(r.graph("PATCH", path, narrow, map[string]any{"accountEnabled": false}), 204)
	if a, _ := r.tenant.Account(made.text("id")); !a.Suspended {
		t.Error("it is not disabled")
	}
	r.want(r.graph("PATCH", path, token, map[string]any{"accountEnabled": true, "displayName": "Nora Renamed"}), 204)
	r.want(assign([]any{}, []any{teamsSKU}), 200)
	if a, _ := r.tenant.Account(made.text("id")); a.Suspended || a.Licensed || a.Name != "Nora Renamed" {
		t.Errorf("in the end it is %+v", a)
	}
}

func TestGroupsAndTheirMembers(t *testing.T) {
	r := newRig(t)
	token := r.as(adminID, "GroupMember.Read.All Group.Read.All")
	byName := map[string]map[string]any{}
	for _, g := range r.want(r.graph("GET", "/groups", token, nil), 200).values() {
		byName[g["displayName"].(string)] = g
	}
	sales, all, everybody := byName["Sales department"], byName["All departments"], byName["All members"]
	if sales == nil || all == nil || everybody == nil || byName["Sales"] == nil || everybody["membershipRule"] == nil || sales["securityEnabled"] != true {
		t.Fatalf("groups %v", byName)
	}
	members := func(g map[string]any, path string) []string {
		a := r.want(r.graph("GET", "/groups/"+g["id"].(string)+path, token, nil), 200)
		return ids(a.values())
	}
	if got := members(all, "/members"); !slices.Equal(got, []string{sales["id"].(string)}) {
		t.Errorf("direct members of a group of groups: %v", got)
	}
	if got := members(all, "/transitiveMembers"); !slices.Equal(got, []string{annID, sales["id"].(string)}) {
		t.Errorf("members through groups: %v", got)
	}
	if got := members(all, "/transitiveMembers/microsoft.graph.user?$select=id&$top=1"); !slices.Equal(got, []string{annID}) {
		t.Errorf("accounts through groups: %v", got)
	}
	if got := members(everybody, "/members"); slices.Contains(got, dirkID) || len(got) != 6 {
		t.Errorf("all members: %v", got)
	}
}

func TestEndedSessionsEndSignIns(t *testing.T) {
	r := newRig(t)
	old := r.kept()
	r.want(r.graph("POST", "/users/"+annID+"/revokeSignInSessions", r.as(adminID, "User.RevokeSessions.All"), nil), 200)
	if a := r.refresh(r.c.hub, old); !strings.HasPrefix(a.message(), "AADSTS50173") || a.code() != "invalid_grant" {
		t.Errorf("refreshed: %s", a.raw)
	}
	r.pass(1)
	r.want(r.refresh(r.c.hub, r.refreshToken("ann@contoso.example")), 200)
	own := r.want(r.graph("POST", "/me/revokeSignInSessions", r.as(evaID, "User.RevokeSessions.All"), nil), 200)
	if own.json["value"] != true {
		t.Errorf("answered %s", own.raw)
	}
}

func accountCases() provoke {
	create := func(more ...any) func(*rig) answer {
		return func(r *rig) answer {
			return r.graph("POST", "/users", r.as(adminID, accountScopes), with(newUser("nick@contoso.example"), more...))
		}
	}
	assign := func(who string, body any) func(*rig) answer {
		return func(r *rig) answer {
			return r.graph("POST", "/users/"+who+"/assignLicense", r.as(adminID, accountScopes), body)
		}
	}
	add := func(sku string) map[string]any {
		return map[string]any{"addLicenses": []any{map[string]any{"skuId": sku}}, "removeLicenses": []any{}}
	}
	const narrow = "User.EnableDisableAccount.All User.Read.All"
	return provoke{
		"graph.user.required":  create("displayName", ""),
		"graph.user.login":     create("userPrincipalName", "n n@contoso.example"),
		"graph.user.domain":    create("userPrincipalName", "nick@elsewhere.example"),
		"graph.user.password":  create("passwordProfile", map[string]any{"password": "password"}),
		"graph.user.exists":    create("userPrincipalName", "a.anstrom@contoso.example"),
		"graph.user.read-only": create("createdDateTime", "2020-01-01T00:00:00Z"),
		"graph.user.value":     create("usageLocation", "Norway"),
		"graph.user.permission": func(r *rig) answer {
			return r.graph("PATCH", "/users/"+evaID, r.as(adminID, narrow), map[string]any{"accountEnabled": true, "displayName": "x"})
		},
		"graph.user.administrator": func(r *rig) answer {
			return r.graph("PATCH", "/users/"+adminID, r.as(annID, narrow), map[string]any{"accountEnabled": false})
		},
		"graph.licence.missing":  assign(annID, map[string]any{"addLicenses": []any{}}),
		"graph.licence.unknown":  assign(annID, add("00000000-0000-4000-8000-000000000000")),
		"graph.licence.not-held": assign(evaID, map[string]any{"addLicenses": []any{}, "removeLicenses": []any{otherSKU}}),
		"graph.licence.location": assign(benID, add(teamsSKU)),
		"graph.licence.none-left": whileOn("microsoft.no-licences", func(r *rig) answer {
			must(r.t, r.tenant.ChangeAccount(benID, func(a *world.Account) { a.Country, a.Licensed = "SE", false }))
			defer func() {
				must(r.t, r.tenant.ChangeAccount(benID, func(a *world.Account) { a.Country, a.Licensed = "", false }))
			}()
			return assign(benID, add(teamsSKU))(r)
		}),
	}
}

func TestGroupsAreFiltered(t *testing.T) {
	r := newRig(t)
	a := r.want(r.graph("GET", "/groups?$filter="+url.QueryEscape("securityEnabled eq true"), r.as(adminID, "Group.Read.All"), nil), 200)
	if len(a.values()) != 3 {
		t.Errorf("security groups: %s", a.raw)
	}
}
