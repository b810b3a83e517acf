package microsoft

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

// bridgeChecks are about the account that posts.
func (s *session) bridgeChecks() []platforms.Check {
	return []platforms.Check{
		{Code: checkBridge, Title: "The bridge account is signed in", Run: s.checkBridge},
		{Code: checkLicence, Title: "The bridge account may use Teams", Needs: []string{checkBridge}, Run: s.checkLicence},
		{Code: checkRole, Title: "The bridge account is no administrator", Needs: []string{checkBridge}, Run: s.checkRole},
		{Code: checkOwn, Title: "The bridge account is nobody's own", Needs: []string{checkBridge}, Run: s.checkOwn},
		{Code: checkSeats, Title: "The teams that the bridge account is a member of", Needs: []string{checkBridge, appCheck(appTeams)}, Run: s.checkSeats},
	}
}

func (s *session) checkBridge(ctx context.Context) platforms.Finding {
	if s.bridge == nil {
		return skipped(causeNoBridge)
	}
	me, err := s.bridge.Me(ctx)
	if err != nil {
		return s.explainSignIn(fail("read the bridge account", err, harmless))
	}
	switch {
	case platforms.UserID(me.ID) != s.bridgeID:
		return platforms.Finding{Status: platforms.Fail, Evidence: "Signed in as " + me.UserPrincipalName + ".", Cause: "Another account than the bridge account is signed in.", Fix: fixSignIn, SignIn: true}
	case isGuest(me):
		return platforms.Finding{Status: platforms.Fail, Evidence: me.UserPrincipalName + " is a guest.", Cause: "A guest cannot be a member of every team, and sees less in those it is in.", Fix: "Use a member account of your own organisation.", FixURL: s.link(linkUser)}
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
		return s.explainSignIn(fail("read the bridge account", err, harmless))
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
		return s.explainSignIn(fail("read the bridge account's roles", err, harmless))
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

// checkOwn guesses whether the bridge account belongs to a person. No directory
// says so: it shows what the guess rests on.
func (s *session) checkOwn(ctx context.Context) platforms.Finding {
	if s.bridge == nil {
		return skipped(causeNoBridge)
	}
	me, err := s.bridge.Me(ctx)
	if err != nil {
		return s.explainSignIn(fail("read the bridge account", err, harmless))
	}
	signs := personal(me, s.env.Values.Get(keyAdmin))
	if len(signs) == 0 {
		return passed("Nothing in the directory suggests that %s belongs to a person.", me.UserPrincipalName)
	}
	return platforms.Finding{
		Status: platforms.Warn, Evidence: "The account " + strings.Join(signs, ", ") + ". This is a guess.",
		Cause: "It looks like a person's own account. What that person writes in a linked channel is not carried: the hub takes it for its own post. And everything carried from the other side would appear under that person's name.",
		Fix:   "Sign in an account that is used for nothing else.", FixURL: s.link(linkUser),
	}
}

// personal lists what suggests that an account is a person's.
func personal(me graph.User, admin string) []string {
	var signs []string
	if admin != "" && strings.EqualFold(me.UserPrincipalName, admin) {
		signs = append(signs, "is the administrator's who authorized the hub")
	}
	if me.EmployeeID != "" {
		signs = append(signs, "has an employee id")
	}
	if me.GivenName != "" && me.Surname != "" && !forWork(me) {
		signs = append(signs, fmt.Sprintf("has a person's name (%s %s)", me.GivenName, me.Surname))
	}
	return signs
}

// forWork: the account is called after what it does.
func forWork(me graph.User) bool {
	name := strings.ToLower(me.DisplayName + " " + me.UserPrincipalName)
	return slices.ContainsFunc([]string{"bridge", "bot", "mio", "hub", "service", "svc", "interop", "relay", "integration"}, func(word string) bool {
		return strings.Contains(name, word)
	})
}

// checkSeats shows where the bridge account can read and post. Which of these
// teams are linked is not this package's to know: a team that is missing is named
// in the plan that seats the account.
func (s *session) checkSeats(ctx context.Context) platforms.Finding {
	switch {
	case s.app == nil:
		return skipped(causeNoApp)
	case s.bridgeID == "":
		return skipped(causeNoBridge)
	}
	teams, err := s.app.JoinedTeams(ctx, string(s.bridgeID))
	if err != nil {
		return s.explain(fail("list the bridge account's teams", err, harmless))
	}
	if len(teams) == 0 {
		return passed("It is a member of no team yet. It becomes one of a team whose channel you link, by a plan that you approve.")
	}
	const shown = 5
	var names []string
	for _, t := range teams[:min(shown, len(teams))] {
		names = append(names, "“"+t.DisplayName+"”")
	}
	more := ""
	if len(teams) > shown {
		more = fmt.Sprintf(" and %d more", len(teams)-shown)
	}
	return passed("It is a member of %s: %s%s. It reads and posts there and nowhere else.", plural(len(teams), "team"), strings.Join(names, ", "), more)
}
