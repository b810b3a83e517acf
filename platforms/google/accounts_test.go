package google

import (
	"slices"
	"strings"
	"testing"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// equipped is an office with the features that are off until chosen.
func equipped(t *testing.T, features ...platforms.Feature) *office {
	t.Helper()
	o := ready(t)
	for _, f := range features {
		_ = o.values.Put(t.Context(), platforms.FeatureKey(f), "on")
	}
	o.delegate(scopesOf(asked(o.values), platforms.Delegation))
	o.connect()
	return o
}

func TestForecastsSayWhatGoogleWould(t *testing.T) {
	o := equipped(t, platforms.FeatureProvision)
	ours := o.tenant.Domains[0]
	for _, tc := range []struct {
		name    string
		user    platforms.NewUser
		refused string // a part of it
		noted   string
		costs   bool
	}{
		{"a guest", platforms.NewUser{Address: "v@visitors.example", Guest: true}, "", "Workspace Guests", false},
		{"a guest of ours", platforms.NewUser{Address: "v@" + strings.ToUpper(ours), Guest: true}, "your own domains", "", false},
		{"a guest with an account", platforms.NewUser{Address: "v@gmail.com", Guest: true}, "a Google Account of their own", "", false},
		{"a member", platforms.NewUser{Address: "new@" + ours, OrgUnit: "/Sales"}, "", "/Sales", true},
		{"a member elsewhere", platforms.NewUser{Address: "v@visitors.example"}, ours, "", false},
		{"nothing", platforms.NewUser{Address: "v"}, "not an e-mail address", "", false},
		{"the administrator as a guest", platforms.NewUser{Address: o.administrator().Address, Guest: true}, "another kind", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f, err := o.conn.Accounts.Forecast(t.Context(), tc.user)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(f.Refused, tc.refused) || (f.Refused == "") != (tc.refused == "") || f.Costs != tc.costs {
				t.Errorf("%+v", f)
			}
			if tc.noted != "" && !slices.ContainsFunc(f.Notes, func(n string) bool { return strings.Contains(n, tc.noted) }) {
				t.Errorf("no word of %s in %q", tc.noted, f.Notes)
			}
		})
	}
}

func TestAnAccountIsMadeOnceWhateverHappensToTheAnswer(t *testing.T) {
	o := equipped(t, platforms.FeatureProvision)
	before := len(o.tenant.Accounts())
	o.world.Faults.Set(sandbox.Fault{ID: "lost", API: "directory", Method: "POST", Times: 1, After: true, Drop: true})
	member := platforms.NewUser{Address: "Once@" + o.tenant.Domains[0], Name: "Only Once", OrgUnit: "/Sales"}
	made, err := o.conn.Accounts.Create(t.Context(), member)
	if err != nil || made.GivenName != "Only" || made.FamilyName != "Once" {
		t.Fatalf("made %+v, %v", made, err)
	}
	o.world.Faults.Set(sandbox.Fault{ID: "lost", API: "directory", Method: "POST", Times: 1, After: true, Drop: true})
	guest, err := o.conn.Accounts.Invite(t.Context(), platforms.NewUser{Address: "once@visitors.example", Guest: true})
	if err != nil || guest.Address != "once@visitors.example" || guest.Kind != platforms.Guest {
		t.Fatalf("invited %+v, %v", guest, err)
	}
	if after := len(o.tenant.Accounts()); after != before+2 {
		t.Errorf("%d accounts became %d", before, after)
	}
	if _, err := o.conn.Accounts.Create(t.Context(), platforms.NewUser{Address: "group-everybody@" + o.tenant.Domains[0], Name: "A Group"}); platforms.KindOf(err) != platforms.Conflict {
		t.Errorf("at a group's address: %v", err)
	}
	if _, err := o.conn.Accounts.Create(t.Context(), platforms.NewUser{Address: "lost@" + o.tenant.Domains[0], Name: "Lost", OrgUnit: "/No such"}); platforms.KindOf(err) != platforms.Invalid {
		t.Errorf("in an org unit that is not there: %v", err)
	}
}

func TestTheAdministratorIsNotSuspended(t *testing.T) {
	o := equipped(t, platforms.FeatureProvision)
	if err := o.conn.Accounts.Suspend(t.Context(), platforms.UserID(o.tenant.Admin)); platforms.KindOf(err) != platforms.Invalid || o.administrator().Suspended {
		t.Errorf("error is %v", err)
	}
}

func TestALicenceThatIsUsedUpIsNotTried(t *testing.T) {
	o := equipped(t, platforms.FeatureProvision)
	made, err := o.conn.Accounts.Create(t.Context(), platforms.NewUser{Address: "poor@" + o.tenant.Domains[0], Name: "Poor Soul"})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.tenant.ChangeAccount(string(made.ID), func(a *sandbox.Account) { a.Licensed = false }); err != nil {
		t.Fatal(err)
	}
	offers, err := o.conn.Licences.Offers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(offers, func(l platforms.LicenceOffer) bool { return l.Chat && l.Paid })
	if i < 0 || slices.IndexFunc(offers, func(l platforms.LicenceOffer) bool { return !l.Paid && !l.Chat }) < 0 {
		t.Fatalf("offers are %+v", offers)
	}
	o.world.Faults.Set(sandbox.Fault{
		ID: "none", API: "licensing", Method: "POST", Status: 412,
		Body: `{"error":{"code":412,"message":"There aren't enough available licenses for the specified product-SKU pair","errors":[{"reason":"conditionNotMet"}]}}`,
	})
	if err := o.conn.Licences.Assign(t.Context(), made.ID, offers[i].ID); platforms.KindOf(err) != platforms.Invalid || !strings.Contains(err.Error(), "enough") {
		t.Errorf("none is left: %v (%s)", err, platforms.KindOf(err))
	}
	o.world.Faults.Clear("none")
	if err := o.conn.Licences.Assign(t.Context(), made.ID, offers[i].ID); err != nil {
		t.Error(err)
	}
	if err := o.conn.Licences.Assign(t.Context(), made.ID, "rubbish"); platforms.KindOf(err) != platforms.Invalid {
		t.Errorf("a licence that is none: %v", err)
	}
}

func TestPeopleFromOutsideAreNotAdded(t *testing.T) {
	o := ready(t)
	truth, _, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	for _, user := range []platforms.UserID{"100000000000000000001", appUser, "groups/abc"} {
		if err := o.conn.Members.Add(t.Context(), room, user, ""); platforms.KindOf(err) != platforms.Unsupported {
			t.Errorf("add %s: %v", user, err)
		}
	}
	if err := o.conn.Members.Remove(t.Context(), room, appUser, ""); platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("remove the app: %v", err)
	}
}
