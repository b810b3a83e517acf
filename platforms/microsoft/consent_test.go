package microsoft

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
	sandboxed "miohub/platforms/microsoft/sandbox"
	world "miohub/platforms/sandbox"
)

// fault switches one of the tenant's faults.
func (x *tenant) fault(id string, on bool) {
	x.t.Helper()
	for _, f := range x.emu.Faults {
		if f.ID == id {
			if err := f.Switch(on); err != nil {
				x.t.Fatal(err)
			}
			return
		}
	}
	x.t.Fatalf("the tenant has no fault %s", id)
}

// everything is a registration for all that features could ask for.
func everything(w *world.World) (*world.Emulator, error) {
	v := settings{}
	for _, f := range features() {
		v[platforms.FeatureKey(f.ID)] = "on"
	}
	return sandboxed.New(w, sandboxed.Registration{
		Delegated: without(scopes(v, platforms.UserConsent), userKeep), Application: scopes(v, platforms.AppConsent),
	})
}

func TestConsentThatIsMissingIsToldApart(t *testing.T) {
	tests := []struct {
		fault, permission, cause string
	}{
		{"microsoft.consent-none", appUsers, "withdrawn"},
		{"microsoft.consent-partly-revoked", "", "withdrawn"},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			x := open(t)
			c := x.connect()
			findings(x, c) // what is granted is remembered
			x.fault(test.fault, true)
			c = x.again()
			bad := 0
			for code, f := range findings(x, c) {
				if f.Status == platforms.Fail && strings.HasPrefix(code, "microsoft.app.") && strings.Contains(f.Cause, test.cause) && f.Fix != "" && f.FixURL != "" {
					bad++
				}
			}
			if bad == 0 {
				t.Error("nothing is said to be withdrawn")
			}
			if _, err := x.as(x.Admin, "", actionAuthorize); err != nil {
				t.Fatal(err)
			}
			for code, f := range findings(x, x.again()) {
				if strings.HasPrefix(code, "microsoft.app.") && f.Status != platforms.Pass {
					t.Errorf("after consenting again %s: %+v", code, f)
				}
			}
		})
	}
}

func TestConsentOlderThanTheRegistrationIsSaidToBe(t *testing.T) {
	x := open(t)
	// Method 2's consent was given to a shorter list: what came last is missing.
	admin, _ := x.Account(x.Admin)
	if _, _, err := world.NewBrowser(map[string]string{"address": login(admin)}).Open(t.Context(), methodTwoLink(x.values)); err != nil {
		t.Fatal(err)
	}
	x.fault("microsoft.consent-stale", true)
	c := x.again()
	list := scopes(x.values, platforms.AppConsent)
	newest := list[len(list)-1]
	for _, p := range list {
		f := findings(x, c)[appCheck(p)]
		if p != newest {
			if f.Status != platforms.Pass {
				t.Errorf("%s: %+v", p, f)
			}
			continue
		}
		if f.Status != platforms.Fail || !strings.Contains(f.Cause, "older than the registration") || f.FixURL != methodTwoLink(x.values) {
			t.Errorf("%s: %+v", p, f)
		}
	}
}

func TestWhatTheRegistrationDoesNotListIsSaidToBe(t *testing.T) {
	x := open(t)
	x.connect()
	x.values.data[platforms.FeatureKey(featureDisable)] = "on"
	f := findings(x, x.again())[appCheck(appDisable)]
	if f.Status != platforms.Fail || !strings.Contains(f.Cause, "does not list it") || f.FixURL != link(x.values, linkAPIPermissions) {
		t.Errorf("%+v", f)
	}
}

func TestWhatWasGrantedBeyondTheTableIsNamed(t *testing.T) {
	x := openWith(t, everything)
	c := x.connect()
	f := findings(x, c)[checkExtra]
	if f.Status != platforms.Warn || !strings.Contains(f.Evidence, "features that are off: ") || !strings.Contains(f.Evidence, appConsents) {
		t.Errorf("%+v", f)
	}
	for _, feature := range features() {
		x.values.data[platforms.FeatureKey(feature.ID)] = "on"
	}
	if f := findings(x, x.again())[checkExtra]; f.Status != platforms.Pass {
		t.Errorf("with every feature on: %+v", f)
	}
	x.fault("microsoft.consent-extra", true)
	if f := findings(x, x.again())[checkExtra]; f.Status != platforms.Warn || !strings.Contains(f.Evidence, "never asked for by this hub: Directory.ReadWrite.All (application), Mail.Read (delegated)") || f.FixURL == "" {
		t.Errorf("with more than that: %+v", f)
	}
}

func TestTheTenantsRecordOfDelegatedConsentsIsReadWhereItMayBe(t *testing.T) {
	x := openWith(t, everything)
	for _, f := range features() {
		x.values.data[platforms.FeatureKey(f.ID)] = "on"
	}
	c := x.connect()
	for _, p := range scopes(x.values, platforms.UserConsent) {
		f := findings(x, c)[userCheck(p)]
		if f.Status != platforms.Pass || p != userKeep && !strings.Contains(f.Evidence, "records it") {
			t.Errorf("%s: %+v", p, f)
		}
	}
}

func TestMethodTwoIsNoticedAfterARestart(t *testing.T) {
	x := open(t)
	waiting := findings(x, x.again())[appCheck(appUsers)]
	if waiting.Status != platforms.Waiting || !strings.Contains(waiting.Cause, "noticed by itself") {
		t.Errorf("before: %+v", waiting)
	}
	admin, _ := x.Account(x.Admin)
	if _, _, err := world.NewBrowser(map[string]string{"address": login(admin)}).Open(t.Context(), methodTwoLink(x.values)); err != nil {
		t.Fatal(err)
	}
	// Nothing but what is stored is left of the hub that showed the link.
	for _, p := range scopes(x.values, platforms.AppConsent) {
		if f := findings(x, x.again())[appCheck(p)]; f.Status != platforms.Pass {
			t.Errorf("%s: %+v", p, f)
		}
	}
}

func TestAnAnswerThatSaysConsentIsNotBelieved(t *testing.T) {
	x := open(t)
	x.fault("microsoft.consent-declined", true)
	_, err := x.as(x.Admin, "", actionAuthorize)
	if platforms.KindOf(err) != platforms.Forbidden {
		t.Errorf("declined: %v", err)
	}
	f := explain(x.values, err)
	if f.Unrecognised || !strings.Contains(f.Cause, "Cancel") {
		t.Errorf("%+v", f)
	}
}

func TestTheMessageWithTheLinkNamesEveryPermission(t *testing.T) {
	v := settings{keyClient: "11111111-1111-1111-1111-111111111111", keyTenant: "contoso.example"}
	text := consentMail(v)
	if !strings.Contains(text, methodTwoLink(v)) || !strings.Contains(text, "contoso.example") {
		t.Errorf("%s", text)
	}
	for _, g := range asked(v) {
		if !strings.Contains(text, "- "+g.Scope+": ") {
			t.Errorf("%s is not named", g.Scope)
		}
	}
	if consentMail(settings{}) != "" {
		t.Error("there is a message without a link")
	}
}

func TestSettingsAreReadOnceTheGrantsWork(t *testing.T) {
	x := open(t)
	c := x.connect()
	tests := []struct {
		fault, code string
		want        platforms.Status
	}{
		{"microsoft.invitations-disabled", checkInvitations, platforms.Fail},
		{"microsoft.guests-in-groups-off", checkGroupGuests, platforms.Fail},
		{"microsoft.no-licences", checkLicencesLeft, platforms.Warn},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			if f := findings(x, c)[test.code]; f.Status != platforms.Pass || f.Evidence == "" {
				t.Errorf("before: %+v", f)
			}
			x.fault(test.fault, true)
			defer x.fault(test.fault, false)
			if f := findings(x, c)[test.code]; f.Status != test.want || f.Evidence == "" || f.Cause == "" || f.Fix == "" || f.FixURL == "" {
				t.Errorf("%+v", f)
			}
		})
	}
	x.values.data[platforms.FeatureKey(platforms.FeatureProvision)] = "off"
	x.fault("microsoft.invitations-disabled", true)
	if f := findings(x, x.again())[checkInvitations]; f.Status != platforms.Warn {
		t.Errorf("while no guests are made: %+v", f)
	}
	x.values.data[platforms.FeatureKey(platforms.FeatureSettings)] = "off"
	if _, there := findings(x, x.again())[checkInvitations]; there {
		t.Error("settings are read though that is off")
	}
	for _, s := range steps(x.values) {
		for _, p := range s.Parts {
			if p.Check == checkInvitations {
				t.Error("a tick waits for a check that is off")
			}
		}
	}
}

func TestSessionsAreEndedOnlyWhereThatWasAskedFor(t *testing.T) {
	x := open(t)
	if c := x.connect(); c.EndSessions != nil {
		t.Error("sessions can be ended though nobody wanted that")
	}
	x = openWith(t, everything)
	x.values.data[platforms.FeatureKey(featureSessions)] = "on"
	c := x.connect()
	if err := c.EndSessions(t.Context()); err != nil {
		t.Fatal(err)
	}
	x.world.Clock.Advance(2 * time.Hour)
	_, err := c.Messages.Send(t.Context(), draft(platforms.RoomID("team/channel"), "", "too late"))
	if f := explain(x.values, err); platforms.KindOf(err) != platforms.SignInAgain || f.Unrecognised || f.Cause == "" {
		t.Errorf("after that: %v, %+v", err, f)
	}
	left, err := c.Disconnect(t.Context())
	if err != nil || !slices.ContainsFunc(left, func(l platforms.Leftover) bool { return strings.Contains(l.What, "90 days") }) {
		t.Errorf("left %+v, %v", left, err)
	}
}

func TestAFeatureThatIsSwitchedOnIsRegisteredConsentedToAndProved(t *testing.T) {
	x := open(t)
	x.connect()
	x.values.data[platforms.FeatureKey(featureMembers)] = "on"
	if f := findings(x, x.again())[appCheck(appAccounts)]; f.Status != platforms.Fail || !strings.Contains(f.Cause, "does not list it") {
		t.Errorf("before the registration was brought up to date: %+v", f)
	}
	admin, _ := x.Account(x.Admin)
	res, err := http.PostForm(link(x.values, linkAPIPermissions), url.Values{"address": {admin.Address}, "manifest": {manifest(x.values)}})
	if err != nil {
		t.Fatal(err)
	}
	if res.Body.Close(); res.StatusCode != http.StatusOK {
		t.Fatalf("the portal answers %s", res.Status)
	}
	if f := findings(x, x.again())[appCheck(appAccounts)]; f.Status != platforms.Fail || !strings.Contains(f.Cause, "older than the registration") {
		t.Errorf("before it was consented to: %+v", f)
	}
	if _, err := x.as(x.Admin, "", actionAuthorize); err != nil {
		t.Fatal(err)
	}
	for code, f := range findings(x, x.again()) {
		if f.Status != platforms.Pass {
			t.Errorf("%s: %+v", code, f)
		}
	}
	x.values.data[platforms.FeatureKey(featureMembers)] = "off"
	if f := findings(x, x.again())[checkExtra]; f.Status != platforms.Warn || !strings.Contains(f.Evidence, appAccounts) {
		t.Errorf("switched off again: %+v", f)
	}
}
