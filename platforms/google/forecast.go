package google

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"miohub/platforms"
)

// consumerDomains are where everybody has a Google Account of their own.
func consumerDomains() []string { return []string{"gmail.com", "googlemail.com"} }

// guestNotes are the rules for guests, from "Manage Workspace guests" in the
// administrators' help.
func guestNotes() []string {
	return []string{
		"Google places the account in the organisational unit Workspace Guests, from which it cannot be moved.",
		"The person is invited by e-mail and must accept. Whoever has a Google Workspace account or a Google Account of their own at this address cannot become a guest.",
		"A guest takes part in spaces that allow people from outside, and cannot make any. Chat with people from outside must be allowed, and this domain too where domains are listed.",
		"A guest account needs no licence.",
	}
}

// Forecast tells from the address, the verified domains and the directory what
// making the account would bring. Whether licences are assigned automatically,
// Google tells nobody; what it would cost is therefore said as its rule.
func (a *accounts) Forecast(ctx context.Context, u platforms.NewUser) (platforms.Forecast, error) {
	local, domain, ok := strings.Cut(strings.ToLower(u.Address), "@")
	if !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(u.Address, " <>,") {
		return platforms.Forecast{Refused: fmt.Sprintf("“%s” is not an e-mail address.", u.Address)}, nil
	}
	found, err := a.find(ctx, u.Address)
	if err != nil {
		return platforms.Forecast{}, err
	}
	if found != nil {
		return existing(*found, u), nil
	}
	if u.Guest {
		return a.forecastGuest(domain), nil
	}
	return a.forecastMember(domain, u.OrgUnit), nil
}

// existing is what there is to say of an account that is there already.
func existing(found platforms.User, u platforms.NewUser) platforms.Forecast {
	f := platforms.Forecast{Exists: &found}
	switch {
	case u.Guest != (found.Kind == platforms.Guest):
		f.Refused = fmt.Sprintf("%s is there already as another kind of account.", found.Address)
	case found.State == platforms.Suspended:
		f.Notes = []string{"The account is there already and is suspended."}
	default:
		f.Notes = []string{"The account is there already and is used as it is."}
	}
	return f
}

func (a *accounts) forecastGuest(domain string) platforms.Forecast {
	switch {
	case a.isOurs("@" + domain):
		return platforms.Forecast{Refused: fmt.Sprintf("%s is one of your own domains, and guests are people from outside. Make a member account instead.", domain)}
	case slices.Contains(consumerDomains(), domain):
		return platforms.Forecast{Refused: fmt.Sprintf("Everybody at %s has a Google Account of their own, and Google makes guests only of people without one. They can be added to a space as they are.", domain)}
	}
	return platforms.Forecast{Notes: guestNotes()}
}

func (a *accounts) forecastMember(domain, orgUnit string) platforms.Forecast {
	if !a.isOurs("@" + domain) {
		return platforms.Forecast{Refused: fmt.Sprintf("%s is not one of your verified domains (%s), and Google makes accounts in those alone. Invite a guest instead.", domain, strings.Join(a.w.tenant().Domains, ", "))}
	}
	if orgUnit == "" {
		orgUnit = "/"
	}
	return platforms.Forecast{Costs: true, Notes: []string{
		fmt.Sprintf("Unless automatic licensing is off for the organisational unit %s, Google assigns the new account a paid licence by itself.", orgUnit),
		"Without a licence that includes Chat the account cannot be used in spaces.",
		"Its password is random and nobody learns it. An administrator has to set another before anybody can sign in.",
	}}
}

// isOurs tells whether an address is in one of the verified domains.
func (a *accounts) isOurs(address string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	t := a.w.tenant()
	return domain == strings.ToLower(t.Domain) || slices.ContainsFunc(t.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
}
