package sandbox

import (
	"net/url"
	"slices"
	"testing"

	world "miohub/platforms/sandbox"
)

func TestDirectoryUsers(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(dana, "admin.directory.user.readonly")
	get := func(path string) answer {
		t.Helper()
		return l.want(l.call(token, "directory", "GET", "admin/directory/v1/"+path, ""), 200)
	}
	addresses := func(more string) []string {
		t.Helper()
		return column(get("users?customer=my_customer"+more).list("users"), "primaryEmail")
	}
	u := get("users/a.lee@acme.example?projection=full")
	for path, want := range map[string]any{
		"id": annID, "primaryEmail": ann, "kind": "admin#directory#user", "customerId": "C01abcdef", "orgUnitPath": "/Sales/EMEA",
		"name.givenName": "Ann", "name.familyName": "Lee", "name.fullName": "Ann Lee", "aliases.0": "a.lee@acme.example",
		"emails.0.address": ann, "emails.0.primary": true, "emails.1.address": "a.lee@acme.example",
		"externalIds.0.type": "organization", "externalIds.0.value": "E-7", "isAdmin": false, "suspended": false, "isMailboxSetup": true,
	} {
		if got := u.at(path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if g := get("users/" + guestID); g.at("isGuestUser") != true || g.str("guestAccountInfo.primaryGuestEmail") != "guest@other.example" {
		t.Errorf("guest: %s", g.raw)
	}
	for more, want := range map[string][]string{
		"&domain=acme-labs.example":                                    {"cam@acme-labs.example"},
		"&showDeleted=true":                                            {"gone@acme.example"},
		"&query=isSuspended%3Dtrue":                                    {"halt@acme.example"},
		"&query=" + url.QueryEscape("orgUnitPath='/Sales'"):            {ann},
		"&query=" + url.QueryEscape("email:a.l* isSuspended=false"):    {ann},
		"&query=" + url.QueryEscape("givenName:'ça*'"):                 {"cam@acme-labs.example"},
		"&query=externalId%3AE-7":                                      {ann},
		"&orderBy=familyName&sortOrder=DESCENDING&maxResults=2":        {"cam@acme-labs.example", "halt@acme.example"},
		"&query=" + url.QueryEscape("isAdmin=true") + "&orderBy=email": {dana},
	} {
		if got := addresses(more); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", more, got, want)
		}
	}
	// Pages stay whole when people leave in between.
	var all []string
	for next := ""; ; {
		a := get("users?customer=C01abcdef&maxResults=3" + next)
		all = append(all, column(a.list("users"), "primaryEmail")...)
		if len(all) == 3 {
			if err := l.ten.ChangeAccount(all[2], func(a *world.Account) { a.Deleted = l.w.Clock.Now() }); err != nil {
				t.Fatal(err)
			}
		}
		if a.str("nextPageToken") == "" {
			break
		}
		next = "&pageToken=" + url.QueryEscape(a.str("nextPageToken"))
	}
	if len(all) != 7 || len(slices.Compact(slices.Clone(all))) != 7 {
		t.Errorf("paged %v", all)
	}
	masked := get("users/" + annID + "?fields=" + url.QueryEscape("id,name/fullName,emails(address)"))
	if len(masked.body) != 3 || masked.str("name.fullName") != "Ann Lee" || len(masked.at("name").(map[string]any)) != 1 || masked.at("emails.0.primary") != nil {
		t.Errorf("masked: %s", masked.raw)
	}
	public := l.want(l.call(l.as(ann, "admin.directory.user.readonly"), "directory", "GET", "admin/directory/v1/users/"+bobID+"?viewType=domain_public", ""), 200)
	if public.str("primaryEmail") != bob || public.at("suspended") != nil {
		t.Errorf("public view: %s", public.raw)
	}
}

func TestDirectoryCustomerAndUnits(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(dana, "admin.directory.customer.readonly", "admin.directory.orgunit.readonly")
	c := l.want(l.call(token, "directory", "GET", "admin/directory/v1/customers/my_customer", ""), 200)
	if c.str("id") != "C01abcdef" || c.str("customerDomain") != "acme.example" || c.str("postalAddress.organizationName") != "Acme" {
		t.Errorf("customer: %s", c.raw)
	}
	units := func(more string) []string {
		return column(l.want(l.call(token, "directory", "GET", "admin/directory/v1/customer/my_customer/orgunits"+more, ""), 200).list("organizationUnits"), "orgUnitPath")
	}
	for more, want := range map[string][]string{
		"": {"/IT", "/Sales"}, "?type=all": {"/IT", "/Sales", "/Sales/EMEA"}, "?type=allIncludingParent": {"/", "/IT", "/Sales", "/Sales/EMEA"},
		"?type=children&orgUnitPath=/Sales": {"/Sales/EMEA"},
	} {
		if got := units(more); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", more, got, want)
		}
	}
}
