package microsoft

import (
	"context"
	"fmt"
	"strings"

	"miohub/platforms"
)

// unifiedTemplate is the template of the settings for Microsoft 365 groups
// ("Group.Unified"), the same in every tenant.
const unifiedTemplate = "62375ab9-6b52-47ed-826b-58e47e0e304b"

// settingsChecks read what an administrator could otherwise only confirm; none
// while that feature is off.
func (s *session) settingsChecks() []platforms.Check {
	if !s.on(platforms.FeatureSettings) {
		return nil
	}
	return []platforms.Check{
		{Code: checkInvitations, Title: "Guests may be invited", Needs: []string{appCheck(appPolicies)}, Run: s.checkInvitations},
		{Code: checkGroupGuests, Title: "Teams may take guests", Needs: []string{appCheck(appGroupRules)}, Run: s.checkGroupGuests},
		{Code: checkLicencesLeft, Title: "Licences with Teams are left", Needs: []string{appCheck(appLicences)}, Run: s.checkLicencesLeft},
	}
}

// guestsWanted makes a failure about guests milder while the hub makes none.
func (s *session) guestsWanted(f platforms.Finding) platforms.Finding {
	if !s.on(platforms.FeatureProvision) {
		f.Status = platforms.Warn
		f.Cause += " The hub makes no guest accounts at present."
		return f
	}
	f.Fix += " Or switch “Guest accounts” off, if you want none."
	return f
}

func (s *session) checkInvitations(ctx context.Context) platforms.Finding {
	if s.app == nil {
		return skipped(causeNoApp)
	}
	policy, err := s.app.AuthorizationPolicy(ctx)
	if err != nil {
		return s.explain(fail("read the authorization policy", err, harmless))
	}
	seen := fmt.Sprintf("The authorization policy lets %s invite guests (%s).", whoInvites(policy.AllowInvitesFrom), policy.AllowInvitesFrom)
	switch policy.AllowInvitesFrom {
	case "everyone", "adminsGuestInvitersAndAllMembers":
		return platforms.Finding{Status: platforms.Pass, Evidence: seen}
	case "none":
		return s.guestsWanted(platforms.Finding{
			Status: platforms.Fail, Evidence: seen, Cause: "Invitations are switched off for the whole organisation.",
			Fix: "Choose who may invite under external collaboration settings; a change takes up to an hour.", FixURL: s.link(linkGuests),
		})
	case "adminsAndGuestInviters":
		return s.guestsWanted(platforms.Finding{
			Status: platforms.Fail, Evidence: seen, Cause: "Only administrators and guest inviters may invite; an application is refused.",
			Fix: "Let members invite under external collaboration settings, or give the enterprise application the role Guest Inviter.", FixURL: s.link(linkGuests),
		})
	}
	return platforms.Finding{
		Status: platforms.Warn, Evidence: seen, Cause: "This value of the policy is new to the hub.",
		Fix: "Look at the external collaboration settings.", FixURL: s.link(linkGuests), Unrecognised: true,
	}
}

func whoInvites(from string) string {
	switch from {
	case "everyone":
		return "everybody, guests included,"
	case "adminsGuestInvitersAndAllMembers":
		return "all members"
	case "adminsAndGuestInviters":
		return "administrators and guest inviters"
	case "none":
		return "nobody"
	}
	return "somebody"
}

func (s *session) checkGroupGuests(ctx context.Context) platforms.Finding {
	if s.app == nil {
		return skipped(causeNoApp)
	}
	all, err := s.app.GroupSettings(ctx)
	if err != nil {
		return s.explain(fail("read the settings for groups", err, harmless))
	}
	for _, g := range all {
		if !strings.EqualFold(g.TemplateID, unifiedTemplate) {
			continue
		}
		for _, rule := range []struct{ name, cause string }{
			{"AllowToAddGuests", "Guests may not be added to groups, and so to no team."},
			{"AllowGuestsToAccessGroups", "Guests may not see what is in groups, and so in no team."},
		} {
			if strings.EqualFold(g.Value(rule.name), "false") {
				return s.guestsWanted(platforms.Finding{
					Status: platforms.Fail, Evidence: "The settings for Microsoft 365 groups say " + rule.name + " = false.", Cause: rule.cause,
					Fix: "Allow it in the Microsoft 365 admin centre, under Settings, Org settings, Microsoft 365 Groups.", FixURL: s.link(linkGroupSettings),
				})
			}
		}
		return passed("The settings for Microsoft 365 groups let guests be added and see what is there.")
	}
	return passed("The settings for Microsoft 365 groups were never changed: guests may be added and see what is there.")
}

func (s *session) checkLicencesLeft(ctx context.Context) platforms.Finding {
	if s.app == nil {
		return skipped(causeNoApp)
	}
	offers, err := (&licences{graph: s.app}).Offers(ctx)
	if err != nil {
		return s.explain(err)
	}
	free, sold := 0, []string{}
	for _, o := range offers {
		if o.Chat {
			free += max(0, o.Free)
			sold = append(sold, fmt.Sprintf("%s: %d left", o.Name, o.Free))
		}
	}
	f := platforms.Finding{Status: platforms.Pass, Evidence: strings.Join(sold, "; ") + "."}
	switch {
	case len(sold) == 0:
		f.Status, f.Evidence = platforms.Fail, "None of the organisation's licences includes Teams."
		f.Cause, f.Fix, f.FixURL = "Without such a licence nobody, and no bridge account, can use Teams.", "Buy one that includes Teams.", s.link(linkBilling)
	case free == 0:
		f.Status, f.Cause = platforms.Warn, "No licence with Teams is left. The bridge account needs one, unless it has it already; guests need none."
		f.Fix, f.FixURL = "Buy more, or take one back.", s.link(linkBilling)
	}
	return f
}
