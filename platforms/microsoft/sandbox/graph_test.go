package sandbox

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	world "miohub/platforms/sandbox"
)

func ids(list []map[string]any) []string {
	var out []string
	for _, v := range list {
		out = append(out, v["id"].(string))
	}
	return out
}

func TestUsersPageSelectAndFilter(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, "User.Read.All")
	var seen []string
	next := "/users?%24top=3&$select=id,displayName,accountEnabled,proxyAddresses"
	for pages := 0; next != ""; pages++ {
		a := r.want(r.graph("GET", next, token, nil), 200)
		seen = append(seen, ids(a.values())...)
		next = a.text("@odata.nextLink")
		if next != "" && (!strings.HasPrefix(next, r.urls["graph_url"]+"v1.0/users?") || !strings.Contains(next, "$select=")) {
			t.Fatalf("nextLink %q", next)
		}
		if len(a.values()[0]) != 4 {
			t.Errorf("selected properties: %v", a.values()[0])
		}
		if pages > 5 {
			t.Fatal("the pages do not end")
		}
	}
	if len(seen) != 7 || !slices.IsSorted(seen) {
		t.Errorf("paged through %v", seen)
	}
	for filter, want := range map[string][]string{
		"startswith(displayName,'ann')":                                        {annID},
		"userPrincipalName eq 'ann.a@contoso.example'":                         {annID},
		"mail eq 'ann@contoso.example' or mail eq 'EVA@contoso.example'":       {annID, evaID},
		"accountEnabled eq false":                                              {caraID},
		"userType eq 'Guest'":                                                  {dirkID},
		"id in ('" + annID + "','" + evaID + "') and not (displayName eq 'x')": nil, // advanced
		"proxyAddresses/any(x:x eq 'smtp:a.anstrom@contoso.example')":          {annID},
		"displayName eq 'O''Brien'":                                            {},
	} {
		a := r.graph("GET", "/users?$filter="+url.QueryEscape(filter), token, nil)
		if want == nil {
			r.want(a, 400)
			a = r.want(r.graph("GET", "/users?$count=true&$filter="+url.QueryEscape(filter), token, nil, "ConsistencyLevel", "eventual"), 200)
			if a.json["@odata.count"] != 2.0 {
				t.Errorf("count is %v", a.json["@odata.count"])
			}
			continue
		}
		if got := ids(a.values()); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v (%s)", filter, got, want, a.raw)
		}
	}
	count := r.graph("GET", "/users/$count", token, nil, "ConsistencyLevel", "eventual")
	if count.raw != "7" || !strings.HasPrefix(count.header.Get("Content-Type"), "text/plain") {
		t.Errorf("$count answers %q", count.raw)
	}
}

func TestUserPropertiesLicenceAndGuestName(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, "User.Read.All")
	plan := func(key string) string {
		a := r.want(r.graph("GET", "/users/"+url.PathEscape(key)+"?$select=id,assignedPlans,userType,userPrincipalName,proxyAddresses", token, nil), 200)
		return a.raw
	}
	if got := plan("ann.a@contoso.example"); !strings.Contains(got, teamsPlan) || !strings.Contains(got, "smtp:a.anstrom@contoso.example") {
		t.Errorf("Ann: %s", got)
	}
	if got := plan(benID); strings.Contains(got, teamsPlan) || !strings.Contains(got, otherPlan) {
		t.Errorf("Ben: %s", got)
	}
	if got := plan("dirk_elsewhere.example#EXT#@contoso.onmicrosoft.com"); !strings.Contains(got, `"Guest"`) {
		t.Errorf("Dirk: %s", got)
	}
	r.want(r.graph("GET", "/users/ann@contoso.example", token, nil), 404) // an address is no principal name
}

func TestUsersDelta(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, "User.Read.All")
	seen := map[string]bool{}
	link := "/users/delta()?$select=id,displayName,mail"
	var done string
	for rounds := 0; done == "" && rounds < 9; rounds++ {
		a := r.want(r.graph("GET", link, token, nil, "Prefer", "odata.maxpagesize=2"), 200)
		for _, u := range a.values() {
			seen[u["id"].(string)] = true
		}
		link, done = a.text("@odata.nextLink"), a.text("@odata.deltaLink")
	}
	if len(seen) != 7 || !strings.HasPrefix(done, r.urls["graph_url"]+"v1.0/users/delta?$deltatoken=") {
		t.Fatalf("first round saw %d, ends with %q", len(seen), done)
	}
	if a := r.want(r.graph("GET", done, token, nil), 200); len(a.values()) != 0 {
		t.Errorf("nothing changed, yet %s", a.raw)
	}
	must(t, r.tenant.ChangeAccount(annID, func(a *world.Account) { a.Name = "Ann Renamed" }))
	must(t, r.tenant.ChangeAccount(evaID, func(a *world.Account) { a.Deleted = time.Now() }))
	for range 2 { // asking again answers the same
		a := r.want(r.graph("GET", done, token, nil), 200)
		list := a.values()
		if len(list) != 2 || list[0]["displayName"] != "Ann Renamed" || len(list[0]) != 3 || list[1]["@removed"].(map[string]any)["reason"] != "changed" {
			t.Errorf("changes are %s", a.raw)
		}
	}
	now := r.want(r.graph("GET", "/users/delta?$deltatoken=latest", token, nil), 200)
	if len(now.values()) != 0 || now.text("@odata.deltaLink") == "" {
		t.Errorf("latest answers %s", now.raw)
	}
}

func TestConsentCanBeReadBack(t *testing.T) {
	r := newRig(t)
	token := r.app()
	found := r.want(r.graph("GET", "/servicePrincipals?$filter="+url.QueryEscape("appId eq '"+r.c.hub.id+"'"), token, nil), 200).values()
	vendor := r.want(r.graph("GET", "/servicePrincipals?$filter="+url.QueryEscape("appId eq '"+graphAppID+"'"), token, nil), 200).values()
	if len(found) != 1 || len(vendor) != 1 {
		t.Fatalf("principals %v", found)
	}
	roles := map[string]string{}
	for _, role := range vendor[0]["appRoles"].([]any) {
		o := role.(map[string]any)
		roles[o["id"].(string)] = o["value"].(string)
	}
	var got []string
	for _, a := range r.want(r.graph("GET", "/servicePrincipals/"+found[0]["id"].(string)+"/appRoleAssignments", token, nil), 200).values() {
		if a["resourceId"] != vendor[0]["id"] {
			t.Errorf("assignment of another resource: %v", a)
		}
		got = append(got, roles[a["appRoleId"].(string)])
	}
	want := slices.Sorted(slices.Values(everything().Application))
	if !slices.Equal(got, want) {
		t.Errorf("assignments %v, want %v", got, want)
	}
	own := r.as(annID, "Directory.Read.All")
	grants := r.want(r.graph("GET", "/oauth2PermissionGrants?$filter="+url.QueryEscape("clientId eq '"+found[0]["id"].(string)+"' and consentType eq 'AllPrincipals'"), own, nil), 200).values()
	if len(grants) != 1 || !strings.Contains(grants[0]["scope"].(string), "ChannelMessage.Send") {
		t.Errorf("grants %v", grants)
	}
}

func TestWithdrawnConsentStopsNewTokens(t *testing.T) {
	r := newRig(t)
	app := r.app()
	mine := r.refreshToken("ann@contoso.example")
	admin := r.as(adminID, "Directory.Read.All DelegatedPermissionGrant.ReadWrite.All AppRoleAssignment.ReadWrite.All")
	for _, g := range r.want(r.graph("GET", "/servicePrincipals/"+r.c.hub.principal+"/oauth2PermissionGrants", admin, nil), 200).values() {
		r.want(r.graph("DELETE", "/oauth2PermissionGrants/"+g["id"].(string), admin, nil), 204)
	}
	if a := r.refresh(r.c.hub, mine); a.code() != "invalid_grant" || !strings.HasPrefix(a.message(), "AADSTS65001") || a.text("suberror") != "consent_required" {
		t.Errorf("refresh after the consent was withdrawn: %s", a.raw)
	}
	path := "/servicePrincipals/" + r.c.hub.principal + "/appRoleAssignments"
	for _, g := range r.want(r.graph("GET", path, app, nil), 200).values() {
		r.want(r.graph("DELETE", path+"/"+g["id"].(string), admin, nil), 204)
	}
	token := r.want(r.token(r.appForm()), 200).text("access_token")
	if a := r.graph("GET", "/users", token, nil); a.status != 401 || a.code() != "Authorization_IdentityNotFound" {
		t.Errorf("without roles: %s", a.raw)
	}
	r.want(r.graph("GET", "/users", app, nil), 200) // a token lives on until it expires
}

func TestRolesOfTheSignedInPerson(t *testing.T) {
	r := newRig(t)
	path := "/me/transitiveMemberOf/microsoft.graph.directoryRole"
	admin := r.want(r.graph("GET", path, r.as(adminID, "User.Read"), nil), 200).values()
	if len(admin) != 1 || admin[0]["roleTemplateId"] != globalAdministrator {
		t.Errorf("administrator's roles: %v", admin)
	}
	if plain := r.want(r.graph("GET", path, r.as(annID, "User.Read"), nil), 200).values(); len(plain) != 0 {
		t.Errorf("Ann's roles: %v", plain)
	}
	org := r.want(r.graph("GET", "/organization", r.as(annID, "User.Read"), nil), 200).values()
	if len(org) != 1 || org[0]["id"] != r.tenant.ID || len(org[0]["verifiedDomains"].([]any)) != 2 {
		t.Errorf("organization: %v", org)
	}
}

func TestInvitationMakesAGuestOnce(t *testing.T) {
	r := newRig(t)
	body := map[string]any{"invitedUserEmailAddress": "new@elsewhere.example", "inviteRedirectUrl": "https://teams.microsoft.com", "invitedUserDisplayName": "New One"}
	first := r.want(r.graph("POST", "/invitations", r.app(), body), 201)
	again := r.want(r.graph("POST", "/invitations", r.app(), body), 201)
	id := first.json["invitedUser"].(map[string]any)["id"].(string)
	if first.text("status") != "PendingAcceptance" || again.json["invitedUser"].(map[string]any)["id"] != id {
		t.Errorf("invited %s then %s", first.raw, again.raw)
	}
	a, found := r.tenant.Account(id)
	if !found || !a.Guest || a.Name != "New One" || a.Login != "new_elsewhere.example#EXT#@contoso.onmicrosoft.com" {
		t.Errorf("account %+v", a)
	}
}

func TestBatchRunsPartsLikeCalls(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, "User.Read "+bridgeScopes)
	var requests []any
	for i := range 4 {
		requests = append(requests, map[string]any{"id": fmt.Sprint(i), "method": "GET", "url": strings.TrimPrefix(messagesPath(deals), "/")})
	}
	requests = append(requests, map[string]any{"id": "me", "method": "GET", "url": "/me?$select=id"},
		map[string]any{"id": "post", "method": "POST", "url": messagesPath(general), "headers": map[string]string{"content-type": "application/json"}, "body": say("batched")})
	a := r.want(r.graph("POST", "/$batch", token, map[string]any{"requests": requests}), 200)
	status := map[string]int{}
	for _, v := range a.json["responses"].([]any) {
		p := v.(map[string]any)
		status[p["id"].(string)] = int(p["status"].(float64))
		if p["status"] == 429.0 && p["headers"].(map[string]any)["Retry-After"] == nil {
			t.Errorf("a throttled part without Retry-After: %v", p)
		}
	}
	if status["0"] != 200 || status["3"] != 429 || status["me"] != 200 || status["post"] != 201 {
		t.Errorf("parts answered %v", status)
	}
}

func TestCompressedBodiesAndHeaders(t *testing.T) {
	r := newRig(t)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(`{"body":{"contentType":"text","content":"zipped"}}`))
	must(t, err)
	must(t, z.Close())
	a := r.want(r.graph("POST", messagesPath(deals), r.as(annID, bridgeScopes), b.String(), "Content-Encoding", "gzip", "client-request-id", "mine"), 201)
	if a.header.Get("request-id") == "" || a.header.Get("client-request-id") != "mine" {
		t.Errorf("headers %v", a.header)
	}
	head := r.graph(http.MethodHead, "/users", r.as(annID, "User.Read.All"), nil)
	if head.status != 405 {
		t.Errorf("HEAD answers %d", head.status)
	}
}

func TestTeamsChannelsAndMembers(t *testing.T) {
	r := newRig(t)
	app := r.app()
	groups := r.want(r.graph("GET", "/groups?$filter="+url.QueryEscape("resourceProvisioningOptions/Any(x:x eq 'Team')"), r.as(annID, "Group.Read.All"), nil), 200)
	if got := ids(groups.values()); !slices.Equal(got, []string{sales}) {
		t.Errorf("groups %v", got)
	}
	if got := ids(r.want(r.graph("GET", "/teams", app, nil), 200).values()); !slices.Equal(got, []string{sales}) {
		t.Errorf("teams %v", got)
	}
	if got := ids(r.want(r.graph("GET", "/teams/"+sales+"/channels", app, nil), 200).values()); !slices.Equal(got, []string{general, deals, board}) {
		t.Errorf("channels as the application: %v", got)
	}
	if got := ids(r.want(r.graph("GET", "/teams/"+sales+"/channels", r.as(annID, "Channel.ReadBasic.All"), nil), 200).values()); !slices.Equal(got, []string{general, deals}) {
		t.Errorf("channels as Ann: %v", got)
	}
	r.want(r.graph("PATCH", channelPath(deals), app, map[string]any{"displayName": "Big deals"}), 204)
	if got := r.want(r.graph("GET", channelPath(deals), r.as(annID, "Channel.ReadBasic.All"), nil), 200); got.text("displayName") != "Big deals" || got.text("membershipType") != "standard" {
		t.Errorf("renamed channel %s", got.raw)
	}
	made := r.want(r.graph("POST", "/teams/"+sales+"/channels", r.as(annID, "Channel.Create"), map[string]any{"displayName": "Fresh"}), 201)
	if !r.tenant.InRoom(made.text("id"), bridgeID) {
		t.Error("a new standard channel lacks the team's members")
	}
	closed := r.want(r.graph("POST", "/teams/"+sales+"/channels", r.as(annID, "Channel.Create"), map[string]any{
		"displayName": "Closed", "membershipType": "private", "members": []any{bind(benID)},
	}), 201)
	if got := r.tenant.MembersOf(closed.text("id")); !slices.Equal(got, []string{annID, benID}) {
		t.Errorf("a private channel's members: %v", got)
	}
	owner := r.as(annID, "ChannelMember.ReadWrite.All")
	seat := r.want(r.graph("POST", channelPath(closed.text("id"))+"/members", owner, bind(bridgeID)), 201)
	r.want(r.graph("DELETE", channelPath(closed.text("id"))+"/members/"+url.PathEscape(seat.text("id")), owner, nil), 204)
	if r.tenant.InRoom(closed.text("id"), bridgeID) {
		t.Error("removed from a private channel, but still seated")
	}
	members := "/teams/" + sales + "/members"
	before := r.want(r.graph("GET", members, app, nil), 200).values()
	added := r.want(r.graph("POST", members, app, bind(evaID)), 201)
	r.want(r.graph("POST", members, app, bind(evaID)), 201) // a second time changes nothing
	after := r.want(r.graph("GET", members, app, nil), 200).values()
	if len(after) != len(before)+1 || !r.tenant.InRoom(general, evaID) || !r.tenant.InRoom(deals, evaID) || r.tenant.InRoom(board, evaID) {
		t.Errorf("%d members, then %d", len(before), len(after))
	}
	joined := r.want(r.graph("GET", messagesPath(general), r.as(annID, bridgeScopes), nil), 200).values()
	if len(joined) != 1 || joined[0]["messageType"] != "systemEventMessage" || joined[0]["from"] != nil {
		t.Errorf("messages after somebody joined: %v", joined)
	}
	r.want(r.graph("DELETE", members+"/"+url.PathEscape(added.text("id")), app, nil), 204)
	if r.tenant.InRoom(general, evaID) {
		t.Error("removed, but still seated")
	}
	r.pass(-20 * time.Second) // a quota cannot be cheated by the clock alone
	limited := 0
	for range 6 {
		if a := r.do("POST", r.urls["graph_url"]+"v1.0"+members, app, bind(evaID)); a.status == 429 {
			limited++
		}
	}
	if limited == 0 {
		t.Error("six members in a moment were not throttled: the limit is four a minute")
	}
}
