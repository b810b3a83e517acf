package microsoft

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

// Codes of the checks that are not about one permission.
const (
	checkRegistration = "microsoft.registration"
	checkApp          = "microsoft.app"
	checkExpiry       = "microsoft.credential"
	checkTenant       = "microsoft.tenant"
	checkExtra        = "microsoft.consent.extra"
	checkPeople       = "microsoft.api.users"
	checkTeams        = "microsoft.api.teams"
	checkBridge       = "microsoft.bridge.account"
	checkLicence      = "microsoft.bridge.licence"
	checkRole         = "microsoft.bridge.role"
	checkOwn          = "microsoft.bridge.own"
	checkSeats        = "microsoft.bridge.teams"
	checkInvitations  = "microsoft.settings.invitations"
	checkGroupGuests  = "microsoft.settings.group-guests"
	checkLicencesLeft = "microsoft.settings.licences"
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
		{Code: checkTenant, Title: "The organisation is the one that was connected", Needs: []string{appCheck(appUsers)}, Run: s.checkTenant},
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
	list = append(list,
		platforms.Check{Code: checkExtra, Title: "Nothing was granted that is not asked for", Needs: []string{appCheck(appApplications)}, Run: s.checkExtra},
		platforms.Check{Code: checkPeople, Title: "The directory answers", Needs: []string{appCheck(appUsers)}, Run: s.checkPeople},
		platforms.Check{Code: checkTeams, Title: "Teams answers", Needs: []string{appCheck(appTeams), appCheck(appChannels)}, Run: s.checkTeams},
	)
	return possible(slices.Concat(list, s.bridgeChecks(), s.settingsChecks(), s.pushChecks()))
}

// possible leaves out needs that no check proves: a permission is not asked for
// where a broader one that is asked for anyway opens the same calls.
func possible(list []platforms.Check) []platforms.Check {
	for i, c := range list {
		list[i].Needs = slices.DeleteFunc(slices.Clone(c.Needs), func(need string) bool {
			return !slices.ContainsFunc(list, func(other platforms.Check) bool { return other.Code == need })
		})
	}
	return list
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
