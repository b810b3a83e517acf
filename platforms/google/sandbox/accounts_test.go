package sandbox

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	usersPath = "admin/directory/v1/users"
	newUser   = `{"primaryEmail":"new@acme.example","name":{"givenName":"Ne","familyName":"W"},"password":"0123456789","orgUnitPath":"/Sales"}`
	licPath   = "apps/licensing/v1/product/Google-Apps/sku/1010020020/user"
)

func accountRefusals() map[string]refused {
	insert := func(body string) func(*lab) answer {
		return asks(dana, "admin.directory.user", "directory", "POST", usersPath, body)
	}
	changed := func(old, new string) func(*lab) answer { return insert(strings.Replace(newUser, old, new, 1)) }
	guest := func(body string) func(*lab) answer {
		return asks(dana, "admin.directory.user", "directory", "POST", usersPath+":createGuest", body)
	}
	patch := func(user, body string) func(*lab) answer {
		return asks(dana, "admin.directory.user", "directory", "PUT", usersPath+"/"+user, body)
	}
	units := func(method, rest, body string) func(*lab) answer {
		return asks(dana, "admin.directory.orgunit", "directory", method, "admin/directory/v1/customer/my_customer/orgunits"+rest, body)
	}
	groups := func(rest string) func(*lab) answer {
		return asks(dana, "admin.directory.group.readonly", "directory", "GET", "admin/directory/v1/groups"+rest, "")
	}
	licence := func(method, path, body string) func(*lab) answer {
		return asks(dana, "apps.licensing", "licensing", method, path, body)
	}
	audit := func(rest string) func(*lab) answer {
		return asks(dana, "admin.reports.audit.readonly", "directory", "GET", "admin/reports/v1/activity/users/all/applications/admin?"+rest, "")
	}
	return map[string]refused{
		"users.insert-readonly":   no(403, "insufficientPermissions", asks(dana, "admin.directory.user.readonly", "directory", "POST", usersPath, newUser)),
		"users.insert-not-admin":  no(403, "Not Authorized", asks(ann, "admin.directory.user", "directory", "POST", usersPath, newUser)),
		"users.insert-address":    no(400, "Invalid Input: primary_user_email", changed("new@acme.example", "new")),
		"users.insert-no-name":    no(400, "Invalid Given/Family Name", changed(`"familyName":"W"`, `"familyName":""`)),
		"users.insert-password":   no(400, "Invalid Password", changed("0123456789", "short")),
		"users.insert-domain":     no(404, "Domain not found.", changed("acme.example", "other.example")),
		"users.insert-unit":       no(400, "INVALID_OU_ID", changed("/Sales", "/Nowhere")),
		"users.insert-twice":      no(409, "duplicate|Entity already exists.", changed("new@acme", "ann@acme")),
		"users.insert-alias":      no(409, "duplicate", changed("new@acme", "a.lee@acme")),
		"users.guest-address":     no(400, "primary_guest_email", guest(`{"primaryGuestEmail":"x"}`)),
		"users.guest-own-domain":  no(400, "outside of the organization", guest(`{"primaryGuestEmail":"x@acme.example"}`)),
		"users.guest-customer":    no(400, "customer", guest(`{"primaryGuestEmail":"x@out.example","customer":"C0other"}`)),
		"users.guest-twice":       no(409, "duplicate", guest(`{"primaryGuestEmail":"guest@other.example"}`)),
		"users.guest-gmail":       no(400, "Google Account", guest(`{"primaryGuestEmail":"x@gmail.com"}`)),
		"users.guest-moved":       no(400, "can't be moved", patch("guest@other.example", `{"orgUnitPath":"/Sales"}`)),
		"users.update-unknown":    no(404, "Resource Not Found: userKey", patch("nobody@acme.example", `{"suspended":true}`)),
		"users.update-unit":       no(400, "INVALID_OU_ID", patch(ann, `{"orgUnitPath":"/Nowhere"}`)),
		"users.update-field":      no(400, "Invalid Input", patch(ann, `{"recoveryEmail":"x@y.example"}`)),
		"units.unknown":           no(404, "Org unit not found", units("GET", "/Nowhere", "")),
		"units.no-name":           no(400, "Invalid Ou Name", units("POST", "", `{"parentOrgUnitPath":"/"}`)),
		"units.no-parent":         no(400, "Invalid Parent Orgunit Id", units("POST", "", `{"name":"X","parentOrgUnitPath":"/Nowhere"}`)),
		"units.twice":             no(409, "duplicate|Invalid Ou Id", units("POST", "", `{"name":"Sales","parentOrgUnitPath":"/"}`)),
		"domains.other-customer":  no(404, "notFound", asks(dana, "admin.directory.domain.readonly", "directory", "GET", "admin/directory/v1/customer/C0other/domains", "")),
		"groups.no-customer":      no(400, "badRequest", groups("")),
		"groups.user-too":         no(400, "badRequest", groups("?customer=my_customer&userKey="+ann)),
		"groups.domain":           no(404, "Domain not found.", groups("?domain=other.example")),
		"groups.query":            no(400, "Invalid Input: query", groups("?customer=my_customer&query=size%3D3")),
		"groups.page-token":       no(400, "Invalid Input: pageToken", groups("?customer=my_customer&pageToken=x")),
		"groups.scope":            no(403, "insufficientPermissions", asks(dana, "admin.directory.user", "directory", "GET", "admin/directory/v1/groups?customer=my_customer", "")),
		"groups.unknown":          no(404, "Resource Not Found: groupKey", groups("/none@acme.example/members")),
		"groups.roles":            no(400, "Invalid Input: roles", groups("/group-everybody@acme.example/members?roles=BOSS")),
		"licences.unknown":        no(404, "Product or SKU not found.", licence("GET", "apps/licensing/v1/product/x/sku/y/user/"+ann, "")),
		"licences.none":           no(404, "does not have a license", licence("GET", licPath+"/plain@acme.example", "")),
		"licences.unknown-user":   no(400, "Invalid user", licence("POST", licPath, `{"userId":"nobody@acme.example"}`)),
		"licences.by-alias":       no(400, "Invalid user", licence("POST", licPath, `{"userId":"a.lee@acme.example"}`)),
		"licences.twice":          no(412, "User already has a license for the specified product and SKU", licence("POST", licPath, `{"userId":"`+ann+`"}`)),
		"licences.other-customer": no(400, "Invalid customerId", licence("GET", "apps/licensing/v1/product/Google-Apps/users?customerId=C0other", "")),
		"licences.not-admin":      no(403, "Not Authorized", asks(ann, "apps.licensing", "licensing", "GET", licPath+"/"+ann, "")),
		"reports.not-admin":       no(403, "Not Authorized", asks(ann, "admin.reports.audit.readonly", "directory", "GET", "admin/reports/v1/activity/users/all/applications/admin", "")),
		"reports.as-app":          no(403, "Not Authorized", asks("", "admin.reports.audit.readonly", "directory", "GET", "admin/reports/v1/activity/users/all/applications/admin", "")),
		"reports.scope":           no(403, "insufficientPermissions", asks(dana, "admin.directory.user", "directory", "GET", "admin/reports/v1/activity/users/all/applications/admin", "")),
		"reports.start":           no(400, "startTime", audit("startTime=yesterday")),
		"reports.backwards":       no(400, "Start time", audit("startTime=2026-02-02T00:00:00Z&endTime=2026-02-01T00:00:00Z")),
		"reports.user":            no(400, "Invalid userKey", asks(dana, "admin.reports.audit.readonly", "directory", "GET", "admin/reports/v1/activity/users/nobody@acme.example/applications/admin", "")),
		"reports.customer":        no(403, "Not Authorized", audit("customerId=C0other")),
	}
}

func TestAccountsAreMade(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(dana, "admin.directory.user", "admin.directory.orgunit")
	l.want(l.call(token, "directory", "POST", "admin/directory/v1/customer/my_customer/orgunits", `{"name":"Interop","parentOrgUnitPath":"/Sales"}`), 200)
	u := l.want(l.call(token, "directory", "POST", usersPath, strings.Replace(newUser, `"/Sales"`, `"/Sales/Interop"`, 1)), 200)
	a, ok := l.ten.Account("new@acme.example")
	if !ok || u.str("id") != a.ID || a.OrgUnit != "/Sales/Interop" || !a.Licensed || a.Given != "Ne" || strings.Contains(u.raw, "password") {
		t.Errorf("made %+v, answered %s", a, u.raw)
	}
	for _, on := range []bool{true, false} {
		l.want(l.call(token, "directory", "PUT", usersPath+"/"+a.ID, `{"suspended":`+map[bool]string{true: "true", false: "false"}[on]+`}`), 200)
		if a, _ := l.ten.Account(a.ID); a.Suspended != on {
			t.Errorf("suspended is %v, want %v", a.Suspended, on)
		}
	}
	g := l.want(l.call(token, "directory", "POST", usersPath+":createGuest", `{"primaryGuestEmail":"pat@partner.example"}`), 200)
	if g.at("isGuestUser") != true || g.str("guestAccountInfo.primaryGuestEmail") != "pat@partner.example" || g.str("orgUnitPath") != guestUnit {
		t.Errorf("guest: %s", g.raw)
	}
	// A guest may talk, and makes no spaces.
	l.want(l.call(l.as("pat@partner.example", "chat.spaces"), "chat", "GET", "v1/spaces", ""), 200)
	l.want(l.call(l.as("pat@partner.example", "chat.spaces"), "chat", "POST", "v1/spaces", `{"spaceType":"SPACE","displayName":"Mine"}`), 403)
	units := l.want(l.call(token, "directory", "GET", "admin/directory/v1/customer/my_customer/orgunits?type=all", ""), 200)
	if got := column(units.list("organizationUnits"), "orgUnitPath"); !slices.Contains(got, guestUnit) || !slices.Contains(got, "/Sales/Interop") {
		t.Errorf("org units %v", got)
	}
	one := l.want(l.call(token, "directory", "GET", "admin/directory/v1/customer/my_customer/orgunits/Sales/Interop", ""), 200)
	if one.str("parentOrgUnitPath") != "/Sales" || one.str("name") != "Interop" {
		t.Errorf("org unit: %s", one.raw)
	}
	domains := l.want(l.call(l.as(dana, "admin.directory.domain.readonly"), "directory", "GET", "admin/directory/v1/customer/my_customer/domains", ""), 200)
	if got := column(domains.list("domains"), "domainName"); !slices.Equal(got, l.ten.Domains) {
		t.Errorf("domains %v", got)
	}
}

func TestGroups(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(dana, "admin.directory.group.readonly")
	get := func(path string) answer {
		t.Helper()
		return l.want(l.call(token, "directory", "GET", "admin/directory/v1/groups"+path, ""), 200)
	}
	var all []string
	next := ""
	for {
		a := get("?customer=my_customer&maxResults=1" + next)
		all = append(all, column(a.list("groups"), "email")...)
		if a.str("nextPageToken") == "" {
			break
		}
		next = "&pageToken=" + url.QueryEscape(a.str("nextPageToken"))
	}
	if want := []string{"group-departments@acme.example", "group-everybody@acme.example", "group-it@acme.example", "group-sales@acme.example"}; !slices.Equal(all, want) {
		t.Errorf("groups %v, want %v", all, want)
	}
	direct := get("/group-departments@acme.example/members").list("members")
	if kinds := column(direct, "type"); !slices.Equal(kinds, []string{"USER", "GROUP", "GROUP"}) {
		t.Errorf("direct members are %v", kinds)
	}
	derived := column(get("/group-departments@acme.example/members?includeDerivedMembership=true").list("members"), "id")
	if !slices.Contains(derived, annID) || !slices.Contains(derived, adminID) {
		t.Errorf("derived members %v lack people of the inner groups", derived)
	}
	if m := get("/group-everybody@acme.example/members").list("members"); len(m) != 1 || view(m[0]).str("type") != "CUSTOMER" {
		t.Errorf("everybody is %v", m)
	}
	if of := column(get("?userKey="+ann).list("groups"), "name"); !slices.Equal(of, []string{"Sales"}) {
		t.Errorf("Ann's groups: %v", of)
	}
}

func TestLicences(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(dana, "apps.licensing")
	l.want(l.call(token, "licensing", "POST", licPath, `{"userId":"plain@acme.example"}`), 200)
	if a, _ := l.ten.Account(plainID); !a.Licensed {
		t.Error("the licence did not arrive")
	}
	var have []string
	for next := ""; ; {
		a := l.want(l.call(token, "licensing", "GET", "apps/licensing/v1/product/Google-Apps/users?customerId=C01abcdef&maxResults=2"+next, ""), 200)
		have = append(have, column(a.list("items"), "userId")...)
		if a.str("nextPageToken") == "" {
			break
		}
		next = "&pageToken=" + url.QueryEscape(a.str("nextPageToken"))
	}
	if want := []string{ann, bob, "cam@acme-labs.example", dana, "halt@acme.example", "plain@acme.example"}; !slices.Equal(have, want) {
		t.Errorf("licensed %v, want %v", have, want)
	}
	l.want(l.call(token, "licensing", "DELETE", licPath+"/plain@acme.example", ""), 200)
	l.want(l.call(token, "licensing", "GET", licPath+"/plain@acme.example", ""), 404)
	const free = "apps/licensing/v1/product/101001/sku/1010010001/user"
	l.want(l.call(token, "licensing", "POST", free, `{"userId":"plain@acme.example"}`), 200)
	l.want(l.call(token, "licensing", "GET", free+"/plain@acme.example", ""), 200)
	if a, _ := l.ten.Account(plainID); a.Licensed {
		t.Error("the free licence lets somebody use Chat")
	}
}

func TestAuditLog(t *testing.T) {
	l := newLab(t, 1)
	start := l.w.Clock.Now()
	token := l.as(dana, "admin.directory.user", "admin.reports.audit.readonly")
	l.want(l.call(token, "directory", "POST", usersPath, newUser), 200)
	l.want(l.call(token, "directory", "PUT", usersPath+"/new@acme.example", `{"suspended":true}`), 200)
	var names []string
	for next := ""; ; {
		a := l.want(l.call(token, "directory", "GET", "admin/reports/v1/activity/users/all/applications/admin?maxResults=1&startTime="+url.QueryEscape(start.Format(time.RFC3339Nano))+next, ""), 200)
		for _, item := range a.list("items") {
			event := view(view(item).list("events")[0])
			names = append(names, event.str("name"))
			if event.str("parameters.0.name") != "USER_EMAIL" || event.str("parameters.0.value") != "new@acme.example" {
				t.Errorf("event %v", event.body)
			}
		}
		if a.str("nextPageToken") == "" {
			break
		}
		next = "&pageToken=" + url.QueryEscape(a.str("nextPageToken"))
	}
	if want := []string{"SUSPEND_USER", "CREATE_USER"}; !slices.Equal(names, want) {
		t.Errorf("log says %v, want %v", names, want)
	}
}
