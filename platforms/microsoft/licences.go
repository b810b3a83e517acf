package microsoft

import (
	"context"
	"slices"
	"strings"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

// licences gives licences, as the application.
type licences struct{ graph *graph.Client }

// Offers implements platforms.Licences: what can be given to a person.
func (l *licences) Offers(ctx context.Context) ([]platforms.LicenceOffer, error) {
	skus, err := l.graph.SKUs(ctx)
	if err != nil {
		return nil, fail("list licences", err, harmless)
	}
	offers := []platforms.LicenceOffer{}
	for _, s := range skus {
		if s.For != "User" || s.Status != "Enabled" && s.Status != "Warning" {
			continue
		}
		offers = append(offers, platforms.LicenceOffer{
			ID: platforms.LicenceID(s.ID), Name: s.Name, Free: max(0, s.Prepaid.Enabled+s.Prepaid.Warning-s.Consumed), Chat: hasTeams(s), Paid: paid(s),
		})
	}
	return offers, nil
}

// hasTeams reports whether a licence lets its holder use Teams.
func hasTeams(s graph.SKU) bool {
	for _, p := range s.Plans {
		if strings.EqualFold(p.ID, teamsPlan) || slices.Contains(teamsPlanNames(), strings.ToUpper(p.Name)) {
			return true
		}
	}
	return false
}

// teamsPlanNames are the service plans of Teams itself, in every edition and
// without its add-ons (Product names and service plan identifiers for licensing).
func teamsPlanNames() []string {
	return []string{"TEAMS1", "TEAMS_GOV", "TEAMS_GCCHIGH", "TEAMS_AR_DOD", "TEAMS_AR_GCCHIGH", "MCO_TEAMS_IW", "TEAMS_FREE"}
}

// paid reports whether a licence is bought by the piece. Those without charge
// come in ten thousands at least, or are called free.
func paid(s graph.SKU) bool {
	return s.Prepaid.Enabled+s.Prepaid.Warning < 10_000 && !strings.Contains(strings.ToUpper(s.Name), "FREE")
}

// Assign implements platforms.Licences.
func (l *licences) Assign(ctx context.Context, user platforms.UserID, licence platforms.LicenceID) error {
	has, err := l.graph.LicencesOf(ctx, string(user))
	if err != nil {
		return fail("read licences", err, harmless)
	}
	// Assigning it again would switch on service plans that were switched off.
	if slices.ContainsFunc(has, func(id string) bool { return strings.EqualFold(id, string(licence)) }) {
		return nil
	}
	return fail("assign licence", l.graph.AssignLicence(transport.Idempotent(ctx), string(user), string(licence)), harmless)
}
