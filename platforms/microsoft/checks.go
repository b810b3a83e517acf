package microsoft

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/oauth"
)

// Codes of the checks that are not about one permission.
const (
	checkRegistration = "microsoft.registration"
	checkApp          = "microsoft.app"
	checkExpiry       = "microsoft.credential"
	checkTenant       = "microsoft.tenant"
	checkPeople       = "microsoft.api.users"
	checkTeams        = "microsoft.api.teams"
	checkBridge       = "microsoft.bridge.account"
	checkLicence      = "microsoft.bridge.licence"
	checkRole         = "microsoft.bridge.role"
)

// appCheck and userCheck are the codes of a permission's check.
func appCheck(permission string) string  { return "microsoft.app." + permission }
func userCheck(permission string) string { return "microsoft.user." + permission }

// checks is everything that can be proved about the set-up.
func checks(s *session) []platforms.Check {
	list := []platforms.Check{
		{Code: checkRegistration, Title: "The tenant and the application are named rightly", Run: s.checkRegistration},
		{Code: checkApp, Title: "The application can sign in", Needs: []string{checkRegistration}, Run: s.checkApp},
		{Code: checkExpiry, Title: "What proves the application does not expire soon", Run: s.checkExpiry},
		{Code: checkTenant, Title: "The organisation is the one that was connected", Needs: []string{checkApp}, Run: s.checkTenant},
	}
	for _, p := range scopes(s.env.Values, platforms.AppConsent) {
		list = append(list, platforms.Check{
			Code: appCheck(p), Title: "Application permission " + p, Needs: []string{checkApp}, Run: s.checkAppGrant(p),
		})
	}
	for _, p := range scopes(s.env.Values, platforms.UserConsent) {
		list = append(list, platforms.Check{
			Code: userCheck(p), Title: "Permission of the bridge account " + p, Needs: []string{checkBridge}, Run: s.checkUserGrant(p),
		})
	}
	return append(list,
		platforms.Check{Code: checkPeople, Title: "The directory answers", Needs: []string{appCheck(appUsers)}, Run: s.checkPeople},
		platforms.Check{Code: checkTeams, Title: "Teams answers", Needs: []string{appCheck(appTeams), appCheck(appChannels)}, Run: s.checkTeams},
		platforms.Check{Code: checkBridge, Title: "The bridge account is signed in", Run: s.checkBridge},
		platforms.Check{Code: checkLicence, Title: "The bridge account may use Teams", Needs: []string{checkBridge}, Run: s.checkLicence},
		platforms.Check{Code: checkRole, Title: "The bridge account is no administrator", Needs: []string{checkBridge}, Run: s.checkRole},
	)
}

func passed(format string, args ...any) platforms.Finding {
	return platforms.Finding{Status: platforms.Pass, Evidence: fmt.Sprintf(format, args...)}
}

func skipped(cause string) platforms.Finding {
	return platforms.Finding{Status: platforms.Skipped, Cause: cause}
}

const (
	causeNoApp    = "The application id, the tenant, or a certificate or client secret to prove the application with is not known yet."
	causeNoBridge = "The bridge account has not signed in yet."
)

func (s *session) checkTenant(ctx context.Context) platforms.Finding {
	if s.app == nil {
		return skipped(causeNoApp)
	}
	org, err := s.app.Organization(ctx)
	if err != nil {
		return s.explain(fail("read the organisation", err, harmless))
	}
	if known := s.known(); known.Name != "" && !strings.EqualFold(org.ID, s.tenant) {
		return platforms.Finding{
			Status: platforms.Fail, Evidence: fmt.Sprintf("Graph answers for %s (%s).", org.DisplayName, org.ID),
			Cause: "The application's credentials belong to another organisation than the one connected, " + known.Name + ".",
			Fix:   "Enter the credentials of the right registration, or disconnect and connect anew.",
		}
	}
	var names []string
	for _, d := range org.Domains {
		names = append(names, d.Name)
	}
	return passed("%s (%s), verified domains: %s.", org.DisplayName, org.ID, strings.Join(names, ", "))
}

func (s *session) checkPeople(ctx context.Context) platforms.Finding {
	if s.app == nil {
		return skipped(causeNoApp)
	}
	p, err := s.app.UsersDelta(ctx, "")
	if err != nil {
		return s.explain(fail("read users", err, harmless))
	}
	return passed("A first page of %d accounts was read.", len(p.Users))
}

// errFirstPage ends a listing after its first page.
var errFirstPage = errors.New("one page is enough")

func (s *session) checkTeams(ctx context.Context) platforms.Finding {
	if s.app == nil {
		return skipped(causeNoApp)
	}
	var first []graph.Team
	err := s.app.Teams(ctx, func(some []graph.Team) error { first = some; return errFirstPage })
	if err != nil && !errors.Is(err, errFirstPage) {
		return s.explain(fail("list teams", err, harmless))
	}
	if len(first) == 0 {
		return platforms.Finding{Status: platforms.Warn, Evidence: "Graph lists no team.", Cause: "The organisation has no team yet, so there is nothing to link."}
	}
	channels, err := s.app.Channels(ctx, first[0].ID)
	if err != nil {
		return s.explain(fail("list channels", err, harmless))
	}
	return passed("Teams are listed; “%s” has %s.", first[0].DisplayName, plural(len(channels), "channel"))
}

func (s *session) checkBridge(ctx context.Context) platforms.Finding {
	if s.bridge == nil {
		return skipped(causeNoBridge)
	}
	me, err := s.bridge.Me(ctx)
	if err != nil {
		return s.explain(fail("read the bridge account", err, harmless))
	}
	switch {
	case platforms.UserID(me.ID) != s.bridgeID:
		return platforms.Finding{Status: platforms.Fail, Evidence: "Signed in as " + me.UserPrincipalName + ".", Cause: "Another account than the bridge account is signed in.", Fix: "Sign the bridge account in again."}
	case isGuest(me):
		return platforms.Finding{Status: platforms.Fail, Evidence: me.UserPrincipalName + " is a guest.", Cause: "A guest cannot post in every team.", Fix: "Use a member account of your own organisation.", FixURL: s.link(linkUser)}
	case me.AccountEnabled != nil && !*me.AccountEnabled:
		return platforms.Finding{Status: platforms.Fail, Evidence: me.UserPrincipalName + " is disabled.", Cause: "The account was disabled.", Fix: "Enable it.", FixURL: s.link(linkUser)}
	}
	return passed("Signed in as %s (%s).", me.DisplayName, me.UserPrincipalName)
}

func (s *session) checkLicence(ctx context.Context) platforms.Finding {
	if s.bridge == nil {
		return skipped(causeNoBridge)
	}
	me, err := s.bridge.Me(ctx)
	if err != nil {
		return s.explain(fail("read the bridge account", err, harmless))
	}
	if licence(me) != platforms.Licensed {
		return platforms.Finding{
			Status: platforms.Fail, Evidence: fmt.Sprintf("None of its %d service plans is Teams.", len(me.AssignedPlans)),
			Cause: "Without a Teams licence the account can neither read nor post in channels.",
			Fix:   "Give " + me.UserPrincipalName + " a licence that includes Teams; it takes effect within minutes.", FixURL: s.link(linkLicences),
		}
	}
	return passed("A Teams service plan is enabled for %s.", me.UserPrincipalName)
}

func (s *session) checkRole(ctx context.Context) platforms.Finding {
	if s.bridge == nil {
		return skipped(causeNoBridge)
	}
	roles, err := s.bridge.MyRoles(ctx)
	if err != nil {
		return s.explain(fail("read the bridge account's roles", err, harmless))
	}
	if len(roles) == 0 {
		return passed("It holds no directory role.")
	}
	var names []string
	for _, r := range roles {
		names = append(names, r.DisplayName)
	}
	return platforms.Finding{
		Status: platforms.Warn, Evidence: "It holds: " + strings.Join(names, ", ") + ".",
		Cause: "The bridge account's sign-in is kept on this computer. It needs no directory role, and with one it could do far more than post.",
		Fix:   "Use an account without roles.", FixURL: s.link(linkUser),
	}
}

// consents remembers what was granted for a moment, since one run of the checks
// asks for each permission.
type consents struct {
	mu     sync.Mutex
	at     time.Time
	app    appEvidence
	userAt time.Time
	user   userEvidence
}

// consentMemory is how long one look at the consents serves.
const consentMemory = 3 * time.Second

type appEvidence struct {
	roles    map[string]bool // in the application's own token
	rolesErr error
	assigned map[string]bool // as the tenant records it
	err      error
}

type userEvidence struct {
	scopes map[string]bool
	err    error
}

// tokenRoles reads the permissions that a fresh token of the application
// carries. Graph's tokens are opaque by contract, so this is a hint.
func (s *session) tokenRoles(ctx context.Context) (map[string]bool, error) {
	token, err := s.appToken.fresh(ctx)
	if err != nil {
		return nil, err
	}
	var claims struct {
		Roles []string `json:"roles"`
	}
	roles := map[string]bool{}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return roles, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return roles, nil
	}
	for _, r := range claims.Roles {
		roles[r] = true
	}
	return roles, nil
}

// assignments reads what the tenant records as granted to the application.
func (s *session) assignments(ctx context.Context) (map[string]bool, error) {
	resources, err := s.app.ServicePrincipals(ctx, graphAppID)
	if err != nil {
		return nil, fail("read Microsoft Graph's permissions", err, harmless)
	}
	own, err := s.app.ServicePrincipals(ctx, s.clientID)
	if err != nil {
		return nil, fail("find the enterprise application", err, harmless)
	}
	names, granted := map[string]string{}, map[string]bool{}
	for _, r := range resources {
		for _, role := range r.AppRoles {
			names[r.ID+" "+role.ID] = role.Value
		}
	}
	for _, sp := range own {
		list, err := s.app.AppRoleAssignments(ctx, sp.ID)
		if err != nil {
			return nil, fail("read the application's permissions", err, harmless)
		}
		for _, a := range list {
			granted[names[a.ResourceID+" "+a.AppRoleID]] = true
		}
	}
	return granted, nil
}

func (s *session) appConsents(ctx context.Context) appEvidence {
	c := &s.consents
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := s.env.Now(); now.Sub(c.at) > consentMemory || now.Before(c.at) {
		var e appEvidence
		e.roles, e.rolesErr = s.tokenRoles(ctx)
		if e.rolesErr == nil {
			e.assigned, e.err = s.assignments(ctx)
		}
		if ctx.Err() != nil {
			return e
		}
		c.at, c.app = s.env.Now(), e
	}
	return c.app
}

func (s *session) checkAppGrant(permission string) func(context.Context) platforms.Finding {
	return func(ctx context.Context) platforms.Finding {
		if s.app == nil {
			return skipped(causeNoApp)
		}
		e := s.appConsents(ctx)
		switch {
		case e.rolesErr != nil:
			return s.explain(e.rolesErr)
		case e.err != nil && e.roles[permission]:
			return passed("The application's token carries it.")
		case e.err != nil && !refusal(e.err):
			return s.explain(e.err)
		case e.assigned[permission] && e.roles[permission]:
			return passed("The tenant records it as granted, and the application's token carries it.")
		case e.assigned[permission]:
			return platforms.Finding{Status: platforms.Waiting, Evidence: "The tenant records it as granted.", Cause: "Tokens do not show it yet."}
		}
		return platforms.Finding{
			Status: platforms.Fail, Evidence: "It is not among what the tenant granted to the application.",
			Cause: causeNoConsent, Fix: fixConsent, FixURL: s.link(linkConsent),
		}
	}
}

// refusal is how Graph answers an application that was granted nothing yet.
func refusal(err error) bool {
	kind := platforms.KindOf(err)
	return kind == platforms.Forbidden || kind == platforms.SignInAgain
}

// userConsents renews the bridge account's sign-in and reads what it covers.
// The tenant's own record of it (oauth2PermissionGrants) would take
// Directory.Read.All, a key to the whole directory, to ask the same.
func (s *session) userConsents(ctx context.Context) userEvidence {
	c := &s.consents
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := s.env.Now(); now.Sub(c.userAt) > consentMemory || now.Before(c.userAt) {
		e := userEvidence{scopes: map[string]bool{}}
		token, err := s.bridgeToken.Token(ctx)
		if err == nil {
			s.bridgeToken.Drop(token)
			_, err = s.bridgeToken.Token(ctx)
		}
		e.err = err
		saved, _ := oauth.Load(s.env.Secrets, keyBridgeToken)
		for _, scope := range saved.Scopes() {
			e.scopes[strings.TrimPrefix(scope, resource)] = true
		}
		// Not listed as a scope, but there is a refresh token or there is not.
		e.scopes[userKeep] = saved.RefreshToken != ""
		if ctx.Err() != nil {
			return e
		}
		c.userAt, c.user = s.env.Now(), e
	}
	return c.user
}

func (s *session) checkUserGrant(permission string) func(context.Context) platforms.Finding {
	return func(ctx context.Context) platforms.Finding {
		if s.bridge == nil {
			return skipped(causeNoBridge)
		}
		e := s.userConsents(ctx)
		switch {
		case e.err != nil:
			return s.explain(e.err)
		case e.scopes[permission]:
			return passed("Entra renewed the bridge account's sign-in with it.")
		}
		return platforms.Finding{
			Status: platforms.Fail, Evidence: "The bridge account's sign-in was renewed without it.",
			Cause: "Nobody has consented to it, or the consent was withdrawn.",
			Fix:   "Authorize with Method 1 or Method 2, then sign the bridge account in again.", FixURL: s.link(linkConsent),
		}
	}
}
