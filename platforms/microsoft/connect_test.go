package microsoft

import (
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	sandboxed "miohub/platforms/microsoft/sandbox"
	world "miohub/platforms/sandbox"
)

func TestConnectProvesEverythingItWasGranted(t *testing.T) {
	x := open(t)
	before := x.again()
	for code, f := range findings(x, before) {
		switch {
		case code == checkApp || code == checkRegistration || code == checkExpiry: // they work before anybody consented
			if f.Status != platforms.Pass {
				t.Errorf("%s: %+v", code, f)
			}
		case strings.HasPrefix(code, "microsoft.user.") || strings.HasPrefix(code, "microsoft.bridge."):
			if f.Status != platforms.Skipped || f.Cause == "" {
				t.Errorf("%s: %+v", code, f)
			}
		case strings.HasPrefix(code, "microsoft.app."): // nobody consented yet: whoever does is noticed
			if f.Status != platforms.Waiting || f.Cause == "" || f.Fix == "" || f.FixURL != methodTwoLink(x.values) {
				t.Errorf("%s: %+v", code, f)
			}
		case f.Status != platforms.Fail || f.Cause == "" || f.Fix == "" || f.FixURL != methodTwoLink(x.values):
			t.Errorf("%s: %+v", code, f)
		}
	}
	if before.Messages != nil || before.Sources != nil || before.Seats != nil {
		t.Error("messages can be carried before the bridge account signed in")
	}

	out, err := x.as(x.Admin, "", actionAuthorize)
	if err != nil {
		t.Fatal(err)
	}
	admin, _ := x.Account(x.Admin)
	if out.Account != strings.ToLower(login(admin)) || out.Tenant.ID != platforms.TenantID(x.ID) || out.Tenant.Name != x.Org ||
		len(out.Tenant.Domains) == 0 || out.Tenant.Domain == "" || !strings.Contains(out.Text, "Global Administrator") {
		t.Errorf("outcome %+v", out)
	}
	if x.values.Get(keySecret) != "" || x.secrets.Get(keySecret) == "" {
		t.Error("the client secret was not sealed")
	}
	if x.secrets.Get(keyAdminToken) != "" {
		t.Error("the administrator's sign-in was kept")
	}
	if _, err := x.as(x.Bridge, "", actionBridge); err != nil {
		t.Fatal(err)
	}
	after := x.again()
	if after.Tenant.Name != x.Org || len(after.Seats) != 1 || after.Seats[0].User != platforms.UserID(x.Bridge) {
		t.Errorf("connected to %+v with seats %+v", after.Tenant, after.Seats)
	}
	for code, f := range findings(x, after) {
		if f.Status != platforms.Pass || f.Evidence == "" {
			t.Errorf("%s: %+v", code, f)
		}
	}
}

func TestSignInsThatMustNotWork(t *testing.T) {
	x := open(t)
	_, _, somebody, _ := x.channel()
	refused := func(what string, err error, kind platforms.Kind, words string) {
		t.Helper()
		if platforms.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: got %v (%s)", what, err, platforms.KindOf(err))
		}
	}
	_, err := x.as(somebody, "", actionAuthorize)
	refused("an administrator without the role", err, platforms.Forbidden, "Method 2")
	_, err = x.as(x.Admin, "Cancel", actionAuthorize)
	refused("cancelled", err, platforms.Forbidden, "AADSTS65004")
	_, err = x.as(somebody, "", actionBridge)
	if err == nil {
		t.Error("a bridge account signed in without consent")
	}
	if x.secrets.Get(keyBridgeToken) != "" {
		t.Error("a refused sign-in left a token")
	}
	if err := x.values.Put(t.Context(), keyTenant, x.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := x.as(x.Admin, "", actionAuthorize); err != nil {
		t.Fatal(err)
	}
	if err := x.ChangeAccount(somebody, func(a *world.Account) { a.Guest = true }); err != nil {
		t.Fatal(err)
	}
	_, err = x.as(somebody, "", actionBridge)
	refused("a guest as bridge account", err, platforms.Forbidden, "guest")
}

func TestAnotherTenantsAdministratorIsRefused(t *testing.T) {
	s := &session{tenant: "11111111-0000-0000-0000-000000000000"}
	p := &person{}
	p.org.ID, p.org.DisplayName = "22222222-0000-0000-0000-000000000000", "Other"
	if err := s.sameTenant(p); platforms.KindOf(err) != platforms.Forbidden {
		t.Errorf("got %v", err)
	}
}

func TestTokensThatDieEarlyAreRenewedOnce(t *testing.T) {
	x := open(t)
	c := x.connect()
	room, _, _, _ := x.channel()
	if err := c.RoomEdit.Seat(t.Context(), room, c.Seats[0].User, ""); err != nil {
		t.Fatal(err)
	}
	x.world.Clock.Advance(3 * time.Hour) // every token is dead, though the clock on the wall says otherwise
	if _, err := c.Messages.Send(t.Context(), draft(room, "", "after the night")); err != nil {
		t.Error(err)
	}
	if err := c.Rooms.List(t.Context(), func([]platforms.Room) error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestDisconnectErasesTheSignInAndListsWhatStays(t *testing.T) {
	x := open(t)
	x.connect()
	if _, err := renewCertificate(t.Context(), x.env); err != nil {
		t.Fatal(err)
	}
	c := x.again()
	announced := c.Leftovers()
	left, err := c.Disconnect(t.Context())
	if !slices.Equal(left, announced) {
		t.Errorf("left %+v, announced %+v", left, announced)
	}
	if err != nil || len(left) != 4 || slices.ContainsFunc(left, func(l platforms.Leftover) bool { return l.URL == "" }) {
		t.Errorf("left %+v, %v", left, err)
	}
	if x.secrets.Get(keyBridgeToken) != "" {
		t.Error("the bridge account's sign-in is still there")
	}
	if x.secrets.Get(keySecret) != "" || x.secrets.Get(keyCertificate) != "" || x.values.Get(keyCertificate) != "" {
		t.Error("what proves the application is still there")
	}
	if x.again().Messages != nil {
		t.Error("messages can still be carried")
	}
}

func TestMethodTwoNeedsNothingOfTheComputerItIsOpenedOn(t *testing.T) {
	x := open(t)
	admin, _ := x.Account(x.Admin)
	b := world.NewBrowser(map[string]string{"address": login(admin)})
	at, page, err := b.Open(t.Context(), methodTwoLink(x.values))
	if err != nil || !strings.Contains(at, nativeClient) || page == "" {
		t.Fatalf("the link ends at %s: %v", at, err)
	}
	found := findings(x, x.again())
	for _, code := range append(grantChecks(x.values, platforms.AppConsent), checkApp, checkTenant, checkPeople, checkTeams) {
		if found[code].Status != platforms.Pass {
			t.Errorf("%s: %+v", code, found[code])
		}
	}
	if _, err := x.as(x.Bridge, "", actionBridge); err != nil {
		t.Error(err)
	}
}

func TestChecksNameWhatIsWrongWithTheBridgeAccount(t *testing.T) {
	x := open(t)
	c := x.connect()
	tests := []struct {
		name   string
		change func(*world.Account)
		code   string
		want   platforms.Status
	}{
		{"without a licence", func(a *world.Account) { a.Licensed = false }, checkLicence, platforms.Fail},
		{"as an administrator", func(a *world.Account) { a.Admin = true }, checkRole, platforms.Warn},
		{"as a guest", func(a *world.Account) { a.Guest = true }, checkBridge, platforms.Fail},
	}
	whole, _ := x.Account(x.Bridge)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := x.ChangeAccount(x.Bridge, test.change); err != nil {
				t.Fatal(err)
			}
			f := findings(x, c)[test.code]
			if f.Status != test.want || f.Evidence == "" || f.Cause == "" || f.Fix == "" || f.FixURL == "" {
				t.Errorf("%+v", f)
			}
			if err := x.PutAccount(whole); err != nil {
				t.Fatal(err)
			}
		})
	}
	if err := x.ChangeAccount(x.Bridge, func(a *world.Account) { a.Suspended = true }); err != nil {
		t.Fatal(err)
	}
	f := findings(x, x.again())[userCheck(userSend)]
	if f.Status != platforms.Fail || !strings.Contains(f.Raw, "AADSTS50057") || !strings.Contains(f.Cause, "disabled") {
		t.Errorf("a disabled account: %+v", f)
	}
}

func TestMissingPermissionsAreNamedOneByOne(t *testing.T) {
	x := openWith(t, func(w *world.World) (*world.Emulator, error) {
		return sandboxed.New(w, sandboxed.Registration{
			Delegated: without(without(scopes(settings{}, platforms.UserConsent), userKeep), userChange), Application: without(scopes(settings{}, platforms.AppConsent), appRename),
		})
	})
	out, err := x.as(x.Admin, "", actionAuthorize)
	if err != nil || !strings.Contains(out.Text, appRename) {
		t.Fatalf("%+v, %v", out, err)
	}
	found := findings(x, x.again())
	for _, permission := range scopes(x.values, platforms.AppConsent) {
		f, want := found[appCheck(permission)], platforms.Pass
		if permission == appRename {
			want = platforms.Fail
		}
		if f.Status != want || want == platforms.Fail && (f.Cause == "" || f.Fix == "" || f.FixURL == "") {
			t.Errorf("%s: %+v", permission, f)
		}
	}
	if _, err := x.as(x.Bridge, "", actionBridge); err == nil {
		t.Error("the bridge account signed in without a permission it needs")
	}
}

func TestAPersonsOwnAccountIsSuspected(t *testing.T) {
	tests := []struct {
		name  string
		me    graph.User
		admin string
		signs int
	}{
		{"an account that is called after what it does", graph.User{DisplayName: "Mio bridge", GivenName: "Mio", Surname: "Bridge", UserPrincipalName: "mio-bridge@c.example"}, "dana@c.example", 0},
		{"one without a person's name", graph.User{DisplayName: "Teams relay", UserPrincipalName: "relay@c.example"}, "", 0},
		{"a person's", graph.User{DisplayName: "Ada Lovelace", GivenName: "Ada", Surname: "Lovelace", UserPrincipalName: "ada@c.example"}, "dana@c.example", 1},
		{"an employee's", graph.User{DisplayName: "Ada Lovelace", GivenName: "Ada", Surname: "Lovelace", EmployeeID: "1815", UserPrincipalName: "ada@c.example"}, "dana@c.example", 2},
		{"the administrator's", graph.User{DisplayName: "Mio admin", UserPrincipalName: "Dana@c.example"}, "dana@c.example", 1},
	}
	for _, test := range tests {
		if got := personal(test.me, test.admin); len(got) != test.signs {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
