package sandbox

import (
	"net/http"
	"slices"
	"time"

	world "miohub/platforms/sandbox"
)

// propagation is how long, in tenant time, an entry of the delegation page takes
// to have an effect while delegation is slow. Google says minutes to a day.
const propagation = 10 * time.Minute

// The scopes that the delegation lacks, and holds without need.
const (
	missingScope = scopePrefix + "chat.messages"
	extraScope   = scopePrefix + "drive"
)

// delegationFaults are about the service account and what it may do in people's
// names.
func (g *google) delegationFaults() []fault {
	const group = "Delegation"
	who := g.person
	return []fault{
		{faultPending, group, "Google has not yet taken the delegation over", "Waiting for Google, with the next try; green by itself ten minutes of tenant time later.", g.delayDelegation},
		{faultByAddress, group, "The delegation was entered for the e-mail address", "The entry names the address where the numeric client ID belongs; both are shown.", nil},
		{faultScopeMissing, group, "A scope is missing from the delegation", "chat.messages is named as missing, with the link that adds it.", nil},
		{faultScopeExtra, group, "The delegation holds more than is needed", "drive is reported as granted beyond need.", nil},
		{faultRestricted, group, "The account " + who.Address + " is restricted", "The restricted account is named and another one proposed.", nil},
		{faultPersonDeleted, group, "The account " + who.Address + " was deleted", "The deleted account is named and another one asked for.", g.deletePerson(who.ID)},
		{faultKeyDeleted, group, "The service account's key was deleted", "The key is called deleted or of another account; a new one is asked for.", nil},
		{faultKeyDisabled, group, "The service account or its key is disabled", "Disabled, with the page of service accounts.", nil},
		{faultNoKeys, group, "The organisation forbids keys for service accounts", "Delegation without a key file is offered; what an IT department ships then names the account instead.", nil},
		{faultNoSigner, group, "The administrator may not sign for the service account", "The role Service Account Token Creator is named, with the page where it is given.", nil},
		{faultAppGone, group, "The service account was deleted", "The service account is called unknown, with the page of service accounts.", nil},
	}
}

// delayDelegation has what stands on the delegation page take its time from now on.
func (g *google) delayDelegation(on bool) error {
	g.auth.delay(map[bool]time.Duration{true: propagation}[on])
	return nil
}

// deletePerson deletes an account, and restores it.
func (g *google) deletePerson(id string) func(bool) error {
	return func(on bool) error {
		return g.tenant.ChangeAccount(id, func(a *world.Account) {
			a.Deleted = time.Time{}
			if on {
				a.Deleted = g.world.Clock.Now()
			}
		})
	}
}

// signerTrouble is what the token endpoint says of the service account itself,
// nil when it is in order.
func (g *google) signerTrouble() *oauthError {
	switch {
	case g.wrong(faultAppGone):
		return invalidGrant("Invalid JWT: No valid verifier found for issuer")
	case g.wrong(faultKeyDisabled):
		return oauthRefusal(http.StatusUnauthorized, "disabled_client", "The OAuth client was disabled.")
	}
	return nil
}

// effective is what the delegation page grants the service account now, and
// whether the page names it in another way than by its numeric id.
func (g *google) effective() (scopes []string, otherwise bool) {
	granted := g.auth.propagated(g.sa.clientID)
	if g.wrong(faultByAddress) {
		return nil, true
	}
	if g.wrong(faultScopeMissing) {
		granted = slices.DeleteFunc(granted, func(s string) bool { return s == missingScope })
	}
	if g.wrong(faultScopeExtra) && len(granted) > 0 && !slices.Contains(granted, extraScope) {
		granted = append(granted, extraScope)
	}
	return granted, len(g.auth.delegated(g.sa.email)) > 0
}
