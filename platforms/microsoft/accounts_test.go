package microsoft

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"miohub/platforms"
	world "miohub/platforms/sandbox"

	emulated "miohub/platforms/microsoft/sandbox"
)

// equipped is a connection with the features on, to a tenant whose registration
// asks for everything.
func equipped(t *testing.T, features ...platforms.Feature) (*tenant, *platforms.Connection) {
	t.Helper()
	everything := func(kind platforms.GrantKind) []string {
		var list []string
		for _, g := range grants() {
			if g.Kind == kind && g.Scope != userKeep && !slices.Contains(list, g.Scope) {
				list = append(list, g.Scope)
			}
		}
		return list
	}
	x := openWith(t, func(w *world.World) (*world.Emulator, error) {
		return emulated.New(w, emulated.Registration{Delegated: everything(platforms.UserConsent), Application: everything(platforms.AppConsent)})
	})
	for _, f := range features {
		x.values.data[platforms.FeatureKey(f)] = "on"
	}
	return x, x.connect()
}

func TestAMemberAccountIsMadeOnceWithWhatLicencesNeed(t *testing.T) {
	x, c := equipped(t, featureMembers)
	wanted := platforms.NewUser{Address: "New.Member@" + x.Domains[0], Name: "New Member", GivenName: "New", FamilyName: "Member"}
	foreseen, err := c.Accounts.Forecast(t.Context(), wanted)
	if err != nil || foreseen.Refused != "" || foreseen.Exists != nil || !foreseen.Costs || len(foreseen.Notes) != 2 {
		t.Errorf("foreseen %+v, %v", foreseen, err)
	}
	// The answer is lost; the account was made.
	x.world.Faults.Set(world.Fault{ID: "f", API: "graph", Method: http.MethodPost, Path: "/users", Times: 1, After: true, Drop: true})
	made, err := c.Accounts.Create(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	if made.Address != strings.ToLower(wanted.Address) || made.Kind != platforms.Member || made.State != platforms.Active || made.Licence != platforms.Unlicensed {
		t.Errorf("made %+v", made)
	}
	for _, a := range x.Accounts() {
		if strings.EqualFold(a.Address, wanted.Address) && a.ID != string(made.ID) {
			t.Errorf("made twice: %+v", a)
		}
	}
	offers, err := c.Licences.Offers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(offers, func(o platforms.LicenceOffer) bool { return o.Chat && o.Free > 0 })
	if i < 0 {
		t.Fatalf("no licence with Teams among %+v", offers)
	}
	for range 2 { // the second time is a no-op
		if err := c.Licences.Assign(t.Context(), made.ID, offers[i].ID); err != nil {
			t.Fatal(err)
		}
	}
	again, err := c.Licences.Offers(t.Context())
	if err != nil || again[i].Free != offers[i].Free-1 {
		t.Errorf("%d licences were left, now %d, %v", offers[i].Free, again[i].Free, err)
	}
	if err := world.SwitchFault("microsoft.no-licences", true, x.emu); err != nil {
		t.Fatal(err)
	}
	other, err := c.Accounts.Create(t.Context(), platforms.NewUser{Address: "late@" + x.Domains[0], Name: "Late"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Licences.Assign(t.Context(), other.ID, offers[i].ID); platforms.KindOf(err) != platforms.Invalid {
		t.Errorf("none is left: %v", err)
	}
	late, err := c.Accounts.Forecast(t.Context(), platforms.NewUser{Address: "later@" + x.Domains[0]})
	if err != nil || late.Costs || !strings.Contains(strings.Join(late.Notes, " "), "No licence that includes Teams is left") {
		t.Errorf("foreseen %+v, %v", late, err)
	}
}

func TestAccountsDoOnlyWhatIsSwitchedOn(t *testing.T) {
	x, c := equipped(t, platforms.FeatureProvision)
	_, _, one, _ := x.channel()
	member := platforms.NewUser{Address: "m@" + x.Domains[0]}
	if _, err := c.Accounts.Create(t.Context(), member); platforms.KindOf(err) != platforms.Unsupported || !strings.Contains(err.Error(), "Member accounts") {
		t.Errorf("a member: %v", err)
	}
	if _, err := c.Accounts.Forecast(t.Context(), member); platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("a member foreseen: %v", err)
	}
	if err := c.Accounts.Suspend(t.Context(), platforms.UserID(one)); platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("disabled: %v", err)
	}
	if c.Licences != nil {
		t.Error("licences can be given although nobody asked for it")
	}
	x.values.data[platforms.FeatureKey(platforms.FeatureProvision)] = "off"
	if x.again().Accounts != nil {
		t.Error("accounts can be made although everything is off")
	}
	x.values.data[platforms.FeatureKey(featureDisable)] = "on"
	c = x.again()
	if _, err := c.Accounts.Invite(t.Context(), platforms.NewUser{Address: "g@visitors.example", Guest: true}); platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("a guest: %v", err)
	}
	for _, f := range []platforms.Feature{platforms.FeatureFiles, platforms.FeatureScope, platforms.FeatureRoomEdit} {
		x.values.data[platforms.FeatureKey(f)] = "off"
	}
	if c = x.again(); c.Files != nil || c.Groups != nil || c.RoomMake != nil || c.Members != nil || len(c.Pushes) != 0 || c.Messages.Features("").MaxFile != 0 {
		t.Errorf("what is off is offered: %+v", c)
	}
}

func TestAnAddressOfTwoAccountsIsNobodys(t *testing.T) {
	g, _ := answers(t, map[string]string{"GET /v1.0/users": `{"value":[{"id":"u1","userPrincipalName":"a@c.example"},{"id":"u2","userPrincipalName":"b@c.example","proxyAddresses":["smtp:a@c.example"]}]}`})
	a := &accounts{graph: g, domains: []string{"c.example"}, invites: true, makes: true}
	u := platforms.NewUser{Address: "a@c.example"}
	if _, err := a.Create(t.Context(), u); platforms.KindOf(err) != platforms.Conflict {
		t.Errorf("made: %v", err)
	}
	if f, err := a.Forecast(t.Context(), u); err != nil || !strings.Contains(f.Refused, "2 accounts") {
		t.Errorf("foreseen %+v, %v", f, err)
	}
}

func TestPasswordsAreNobodysToGuess(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		p := password()
		if len(p) < 40 || seen[p] {
			t.Fatalf("a password of %d characters, seen before: %v", len(p), seen[p])
		}
		seen[p] = true
	}
	for in, want := range map[string]string{"jo.doe": "jo.doe", "a b@c": "a_b_c", "ü": "_", strings.Repeat("x", 80): strings.Repeat("x", 64)} {
		if got := nickname(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
