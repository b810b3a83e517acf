package sandbox

import (
	"net/http"
	"slices"
	"time"

	world "miohub/platforms/sandbox"
)

// wrongClock is how far the tenant's clock is ahead while the two differ.
const wrongClock = 3 * time.Hour

// signInFaults are about the OAuth client and the administrator's sign-in.
func (g *google) signInFaults() []fault {
	const group = "Sign-in"
	return []fault{
		{faultClientDeleted, group, "The OAuth client was deleted", "Signing in and refreshing fail; the page of OAuth clients, where it can be restored for 30 days.", nil},
		{faultClientSecret, group, "The OAuth client's secret was replaced", "The client's secret is called wrong, with the page of OAuth clients.", nil},
		{faultOrgInternal, group, "The OAuth client belongs to another organisation", "Signing in is blocked as internal to another organisation.", nil},
		{faultPolicy, group, "API controls block the app", "API controls are named, with the page where the app is trusted.", nil},
		{faultRevoked, group, "The administrator's grant was revoked", "The administrator must sign in again; links are kept.", g.revokeGrants},
		{faultSession, group, "Session control asks for a new sign-in", "The session policy is named and signing in again offered.", nil},
		{faultRole, group, "The administrator lost the role", "The account is no longer a super administrator.", g.takeRole},
		{faultClock, group, "This computer's clock is three hours slow", "The measured difference of the clocks.", func(on bool) error {
			g.world.Clock.SetSkew(map[bool]time.Duration{true: wrongClock}[on])
			return nil
		}},
	}
}

// revokeGrants ends every consent there is, and takes that back for those that
// nobody renewed. A consent given meanwhile stands.
func (g *google) revokeGrants(on bool) error {
	a := g.auth
	a.mu.Lock()
	defer a.mu.Unlock()
	if on {
		for _, gr := range a.grants {
			if !gr.revoked {
				gr.revoked = true
				g.revoked = append(g.revoked, gr)
			}
		}
		return nil
	}
	for _, gr := range g.revoked {
		if a.grants[gr.account+"\x00"+gr.client] == gr {
			gr.revoked = false
		}
	}
	g.revoked = nil
	return nil
}

// takeRole makes the administrator an ordinary person, and back.
func (g *google) takeRole(on bool) error {
	return g.tenant.ChangeAccount(g.tenant.Admin, func(a *world.Account) { a.Admin = !on })
}

// clientTrouble is what the token endpoint says of the OAuth client, nil when it
// is in order. Texts are those of Google's table of token errors.
func (g *google) clientTrouble() *oauthError {
	switch {
	case g.wrong(faultClientDeleted):
		return oauthRefusal(http.StatusUnauthorized, "deleted_client", "The OAuth client was deleted.")
	case g.wrong(faultClientSecret):
		return oauthRefusal(http.StatusUnauthorized, "invalid_client", "Unauthorized")
	case g.wrong(faultOrgInternal):
		return oauthRefusal(http.StatusForbidden, "org_internal", "This client is restricted to users within its organization.")
	}
	return nil
}

// policyTrouble is what API controls make of a request for these scopes. Those
// that tell only who somebody is are never blocked.
func (g *google) policyTrouble(scopes []string) *oauthError {
	harmless := []string{scopeEmail, scopeProfile, scopeOpenID}
	if !g.wrong(faultPolicy) || !slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(harmless, s) }) {
		return nil
	}
	return oauthRefusal(http.StatusBadRequest, "admin_policy_enforced",
		"Access to your account data is restricted by policies within your organization. Please contact the administrator of your organization for more information.")
}

// sessionTrouble is what a session policy makes of a refresh.
func (g *google) sessionTrouble() *oauthError {
	if !g.wrong(faultSession) {
		return nil
	}
	e := invalidGrant("reauth related error (invalid_rapt)")
	e.subtype = "invalid_rapt"
	return e
}
