package microsoft

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	world "miohub/platforms/sandbox"
)

// meeting is where an administrator comes across a fault, and what must be said.
type meeting struct {
	at    func(x *tenant) platforms.Finding
	cause string // words of the cause
	raw   string // of the vendor's own, "" where a check judges by itself
}

// Places in which a fault is met.
func atCheck(code string) func(x *tenant) platforms.Finding {
	return func(x *tenant) platforms.Finding { return findings(x, x.again())[code] }
}

// onPage: Entra shows its refusal on a page of its own and sends nobody back.
// What the page says has to be explained all the same.
func onPage(action string) func(x *tenant) platforms.Finding {
	return func(x *tenant) platforms.Finding {
		x.t.Helper()
		who := x.Bridge
		if action == actionAuthorize {
			who = x.Admin
		}
		a, _ := x.Account(who)
		env, shown := x.env, ""
		env.Open = func(page string) error {
			_, body, err := world.NewBrowser(map[string]string{"address": login(a)}).Open(x.t.Context(), page)
			if shown = body; err != nil {
				shown = err.Error() // with the page's words
			}
			return errors.New("the page was read")
		}
		if _, err := Platform().Actions[action](x.t.Context(), env); err == nil {
			x.t.Error("it worked")
		}
		return explain(x.values, &platforms.Error{Kind: platforms.Forbidden, Status: http.StatusBadRequest, Text: shown})
	}
}

// byAction: the sign-in comes back with the refusal.
func byAction(action string) func(x *tenant) platforms.Finding {
	return func(x *tenant) platforms.Finding {
		x.t.Helper()
		who := x.Bridge
		if action == actionAuthorize {
			who = x.Admin
		}
		_, err := x.as(who, "", action)
		if err == nil {
			x.t.Fatal("it worked")
		}
		return explain(x.values, err)
	}
}

// withCertificate: the application is proved by its certificate alone.
func withCertificate(x *tenant) platforms.Finding {
	return findings(x, x.again())[checkApp]
}

// byGraph: a call of the connection is refused.
func byGraph(call func(context.Context, *platforms.Connection) error) func(x *tenant) platforms.Finding {
	return func(x *tenant) platforms.Finding {
		err := call(x.t.Context(), x.again())
		if err == nil {
			x.t.Fatal("it worked")
		}
		return explain(x.values, err)
	}
}

func invite(ctx context.Context, c *platforms.Connection) error {
	_, err := c.Accounts.Invite(ctx, platforms.NewUser{Address: "someone@elsewhere.example", Name: "Someone", Guest: true})
	return err
}

// meetings names every fault that keeps the hub from being connected, or from
// what its set-up is for.
func meetings() map[string]meeting {
	app, renewal := atCheck(checkApp), atCheck(userCheck(userSend))
	return map[string]meeting{
		"microsoft.transient":              {app, "passing fault", "AADSTS"},
		"microsoft.entra-throttled":        {app, "passing fault", "AADSTS"},
		"microsoft.request-loop":           {app, "too often", "AADSTS50196"},
		"microsoft.tenant-restrictions":    {app, "network policy", "AADSTS"},
		"microsoft.client-id-wrong":        {app, "not known in the tenant", "AADSTS700016"},
		"microsoft.app-disabled":           {app, "switched off", "AADSTS7000112"},
		"microsoft.service-missing":        {app, "subscription for the service", "AADSTS650052"},
		"microsoft.redirect-unregistered":  {onPage(actionBridge), "redirect address", "AADSTS50011"},
		"microsoft.public-client-off":      {renewal, "public client flows", "AADSTS7000218"},
		"microsoft.permission-unlisted":    {renewal, "registration's list", "AADSTS650057"},
		"microsoft.assignment-required":    {renewal, "assignment", "AADSTS50105"},
		"microsoft.risky-app":              {onPage(actionBridge), "risky", "AADSTS"},
		"microsoft.secret-wrong":           {app, "secret's id", "AADSTS7000215"},
		"microsoft.secret-expired":         {app, "expired", "AADSTS7000222"},
		"microsoft.certificate-wrong":      {withCertificate, "not among those of the registration", "AADSTS700027"},
		"microsoft.certificate-expired":    {withCertificate, "certificate", "AADSTS700027"},
		"microsoft.certificate-subject":    {withCertificate, "certificate", "AADSTS700030"},
		"microsoft.conditional-access":     {renewal, "Conditional Access", "AADSTS53003"},
		"microsoft.security-policy":        {renewal, "security policy", "AADSTS530032"},
		"microsoft.security-defaults":      {renewal, "security defaults", "AADSTS530035"},
		"microsoft.device-state":           {renewal, "device", "AADSTS5300"},
		"microsoft.mfa-needed":             {renewal, "second factor", "AADSTS5007"},
		"microsoft.mfa-registration":       {renewal, "register a second factor", "AADSTS5007"},
		"microsoft.mfa-expired":            {renewal, "frequency", "AADSTS50078"},
		"microsoft.external-challenge":     {renewal, "another provider", "AADSTS50158"},
		"microsoft.sign-in-frequency":      {renewal, "frequency", "AADSTS70043"},
		"microsoft.grant-revoked":          {renewal, "revoked", "AADSTS50173"},
		"microsoft.password-changed":       {renewal, "password was changed", "AADSTS50"},
		"microsoft.sign-in-inactive":       {renewal, "not used for long", "AADSTS70"},
		"microsoft.personal-account":       {onPage(actionBridge), "does not belong to this tenant", "AADSTS50020"},
		"microsoft.consent-request":        {onPage(actionBridge), "may not consent", "AADSTS9009"},
		"microsoft.consent-declined":       {byAction(actionAuthorize), "Cancel", "AADSTS65004"},
		"microsoft.consent-none":           {atCheck(appCheck(appUsers)), "withdrawn", ""},
		"microsoft.consent-partly-revoked": {atCheck(appCheck(appApplications)), "withdrawn", ""},
		"microsoft.consent-extra":          {atCheck(checkExtra), "More was granted", ""},
		"microsoft.not-administrator":      {byAction(actionAuthorize), "neither a Global Administrator nor", ""},
		"microsoft.account-disabled":       {renewal, "disabled", "AADSTS50057"},
		"microsoft.bridge-unlicensed":      {atCheck(checkLicence), "Teams licence", ""},
		"microsoft.bridge-guest":           {atCheck(checkBridge), "guest", ""},
		"microsoft.bridge-administrator":   {atCheck(checkRole), "no directory role", ""},
		"microsoft.invitations-disabled":   {byGraph(invite), "invite guests", ""},
		"microsoft.directory-quota":        {byGraph(invite), "directory is full", ""},
		"microsoft.guests-in-groups-off":   {atCheck(checkGroupGuests), "Guests may not be added", ""},
		"microsoft.no-licences":            {atCheck(checkLicencesLeft), "No licence with Teams is left", ""},
	}
}

// metElsewhere are faults with a test of their own, by its name.
func metElsewhere() map[string]string {
	return map[string]string{
		"microsoft.consent-stale":        "TestConsentOlderThanTheRegistrationIsSaidToBe",
		"microsoft.claims-challenge":     "TestAChallengeIsAnsweredWithoutAnybodyNoticing",
		"microsoft.throttled":            "TestGraphsAnswersAreExplained",
		"microsoft.protected-api":        "TestGraphsAnswersAreExplained",
		"microsoft.publisher-unverified": "TestAPublisherThatIsNotVerifiedKeepsNoAdministratorAway",
		"microsoft.delta-expired":        "conformance", "microsoft.notifications-missed": "the tests of change notifications",
		"microsoft.subscription-expired": "the tests of change notifications", "microsoft.subscription-removed": "the tests of change notifications",
	}
}

func TestEveryFaultNamesItsCauseAndRemedy(t *testing.T) {
	secret, certificate := open(t), open(t)
	secret.connect()
	findings(secret, secret.again())
	certificate.connect()
	certificate.proveByCertificate()
	for _, f := range secret.emu.Faults {
		m, known := meetings()[f.ID]
		if !known {
			if metElsewhere()[f.ID] == "" {
				t.Errorf("nobody meets %s (%s)", f.ID, f.Title)
			}
			continue
		}
		t.Run(f.ID, func(t *testing.T) {
			x := secret
			if strings.Contains(f.ID, "certificate") {
				x = certificate
			}
			x.t = t
			x.fault(f.ID, true)
			defer x.fault(f.ID, false)
			got := m.at(x)
			if got.Status == platforms.Pass || got.Unrecognised || got.Fix == "" || !strings.Contains(got.Cause, m.cause) || !strings.Contains(got.Raw, m.raw) {
				t.Errorf("%+v", got)
			}
			if got.SignIn != slices.Contains(losesTheSignIn(), f.ID) {
				t.Errorf("asks to sign in again: %v; %+v", got.SignIn, got)
			}
		})
	}
}

// losesTheSignIn lists the faults after which only a new sign-in helps.
func losesTheSignIn() []string {
	return []string{
		"microsoft.mfa-needed", "microsoft.mfa-registration", "microsoft.mfa-expired", "microsoft.external-challenge",
		"microsoft.sign-in-frequency", "microsoft.grant-revoked", "microsoft.password-changed", "microsoft.sign-in-inactive",
	}
}

// proveByCertificate makes a certificate, uploads it and does without the secret.
func (x *tenant) proveByCertificate() {
	x.t.Helper()
	if _, err := renewCertificate(x.t.Context(), x.env); err != nil {
		x.t.Fatal(err)
	}
	admin, _ := x.Account(x.Admin)
	res, err := http.PostForm(link(x.values, linkRegistration), url.Values{"address": {admin.Address}, "certificate": {x.values.Get(keyCertificate)}})
	if err != nil {
		x.t.Fatal(err)
	}
	if res.Body.Close(); res.StatusCode != http.StatusOK {
		x.t.Fatalf("the portal answers %s", res.Status)
	}
	for _, v := range []*vault{x.values, x.secrets} {
		if err := v.Delete(x.t.Context(), keySecret); err != nil {
			x.t.Fatal(err)
		}
	}
}

func TestACertificateAloneProvesTheApplication(t *testing.T) {
	x := open(t)
	x.connect()
	x.proveByCertificate()
	found := findings(x, x.again())
	for _, code := range []string{checkApp, checkExpiry, checkTenant, checkPeople, appCheck(appUsers)} {
		if f := found[code]; f.Status != platforms.Pass || code == checkApp && !strings.Contains(f.Evidence, "certificate") {
			t.Errorf("%s: %+v", code, f)
		}
	}
}

func TestAChallengeIsAnsweredWithoutAnybodyNoticing(t *testing.T) {
	x := open(t)
	c := x.connect()
	if f := findings(x, c)[checkPeople]; f.Status != platforms.Pass {
		t.Fatalf("%+v", f)
	}
	x.fault("microsoft.claims-challenge", true)
	x.world.Clock.Advance(1)
	if err := c.Rooms.List(t.Context(), func([]platforms.Room) error { return nil }); err != nil {
		t.Errorf("as the application: %v", err)
	}
	if f := findings(x, c)[checkBridge]; f.Status != platforms.Pass {
		t.Errorf("as the bridge account: %+v", f)
	}
}

func TestAPublisherThatIsNotVerifiedKeepsNoAdministratorAway(t *testing.T) {
	x := open(t)
	x.fault("microsoft.publisher-unverified", true)
	if _, err := x.as(x.Admin, "", actionAuthorize); err != nil {
		t.Error(err)
	}
}

func TestASignInThatNeverComesBackNamesWhatEntrasPageMaySay(t *testing.T) {
	f := explain(settings{}, &platforms.Error{Kind: platforms.TryLater, Op: "microsoft: sign in", Code: codeTimeout, Text: "the browser did not come back in time"})
	if f.Unrecognised || f.Fix == "" || len(f.Others) < 3 {
		t.Errorf("%+v", f)
	}
	if f := explain(settings{}, fail("list teams", &graph.Error{Status: 429, Code: "TooManyRequests"}, harmless)); f.Status != platforms.Waiting {
		t.Errorf("%+v", f)
	}
}
