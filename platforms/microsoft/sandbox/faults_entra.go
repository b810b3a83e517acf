package sandbox

// where tells at which of Entra's answers a fault shows. They can be combined.
type where int

const (
	atClient      where = 1 << iota // a page, before anybody signs in
	atPerson                        // a page, once somebody has signed in
	atApp                           // a token for the application itself
	atSecret                        // the same, proved by a secret
	atCertificate                   // the same, proved by a certificate
	atUser                          // a token for a person, by code or refresh token
	atOld                           // a refresh token from before the fault: signing in again mends it
)

// entraFault is a fault at which Entra gives a refusal as its answer.
type entraFault struct {
	id, title, group, shows string
	refusal                 string // id of the listed refusal
	at                      where
}

// entraFaults lists them; the first that is on and fits decides the answer.
func entraFaults() []entraFault {
	const registration, credential, policy, signIn, vendor = "App registration", "Credential", "Policies", "Sign-in", "Entra"
	const again = "The connection asks to sign in again and says why; messages wait meanwhile."
	return []entraFault{
		{id: "microsoft.transient", title: "Entra answers with transient errors", group: vendor, refusal: "entra.transient", at: atClient | atApp | atUser,
			shows: "Nothing fails for good: the hub tries again by itself, and the log says so."},
		{id: "microsoft.entra-throttled", title: "Entra throttles the tenant", group: vendor, refusal: "entra.throttled", at: atApp | atUser,
			shows: "Nothing fails for good: the hub tries again by itself, and the log says so."},
		{id: "microsoft.request-loop", title: "Entra sees the same request too often", group: vendor, refusal: "entra.loop", at: atApp | atUser,
			shows: "The connection stops asking and says why."},
		{id: "microsoft.tenant-restrictions", title: "The network lets nobody into this tenant (tenant restrictions)", group: policy, refusal: "entra.tenant.restricted", at: atClient | atApp | atUser,
			shows: "The checks say that the network's tenant restrictions are in the way."},
		{id: "microsoft.client-id-wrong", title: "The application (client) ID is of no application here", group: registration, refusal: "entra.app.unknown", at: atClient | atApp | atUser,
			shows: "The checks say that the client ID or the tenant is wrong."},
		{id: "microsoft.app-disabled", title: "Sign-in to the application is disabled", group: registration, refusal: "entra.app.disabled", at: atClient | atApp | atUser,
			shows: "The checks lead to the page that enables sign-in again."},
		{id: "microsoft.service-missing", title: "The organisation has no service principal of Microsoft Graph", group: registration, refusal: "entra.service.missing", at: atPerson | atApp | atUser,
			shows: "The checks say that the organisation lacks the service."},
		{id: "microsoft.redirect-unregistered", title: "The redirect URI is not registered", group: registration, refusal: "entra.app.redirect", at: atClient,
			shows: "Entra's page shows the redirect URI that was sent; the step says which one to register."},
		{id: "microsoft.public-client-off", title: "Public client flows are not allowed", group: registration, refusal: "entra.app.not-public", at: atUser,
			shows: "The step says to allow public client flows."},
		{id: "microsoft.permission-unlisted", title: "The registration lists no permission of Microsoft Graph", group: registration, refusal: "entra.app.resource", at: atPerson | atUser,
			shows: "The step says to add the permissions to the registration and to consent again."},
		{id: "microsoft.assignment-required", title: "Only assigned people may use the application", group: registration, refusal: "entra.app.assignment", at: atPerson | atUser,
			shows: "The step says to assign the person, or to require no assignment."},
		{id: "microsoft.risky-app", title: "Entra takes the application for risky", group: registration, refusal: "entra.app.risky", at: atPerson,
			shows: "Entra's page asks for an administrator's approval; the step explains why."},
		{id: "microsoft.secret-wrong", title: "The client secret is wrong: its ID was pasted", group: credential, refusal: "entra.secret.id", at: atSecret,
			shows: "The credential's check says that the secret's ID was pasted in place of its value."},
		{id: "microsoft.secret-expired", title: "The client secret has expired", group: credential, refusal: "entra.secret.expired", at: atSecret,
			shows: "The credential's check says that the secret has expired and where to make a new one."},
		{id: "microsoft.certificate-wrong", title: "The certificate is not the registered one", group: credential, refusal: "entra.certificate.unknown", at: atCertificate,
			shows: "The credential's check says to upload the certificate."},
		{id: "microsoft.certificate-expired", title: "The certificate has expired", group: credential, refusal: "entra.certificate.expired", at: atCertificate,
			shows: "The credential's check says to make and upload a new certificate."},
		{id: "microsoft.certificate-subject", title: "The certificate's subject is not authorized", group: credential, refusal: "entra.certificate.subject", at: atCertificate,
			shows: "The credential's check says to upload the certificate itself."},
		{id: "microsoft.conditional-access", title: "Conditional Access blocks the sign-in", group: policy, refusal: "entra.policy.blocked", at: atPerson | atUser, shows: again},
		{id: "microsoft.security-policy", title: "A security policy blocks the sign-in", group: policy, refusal: "entra.policy.security", at: atPerson | atUser, shows: again},
		{id: "microsoft.security-defaults", title: "Security defaults block the sign-in", group: policy, refusal: "entra.policy.defaults", at: atPerson | atUser, shows: again},
		{id: "microsoft.device-state", title: "Conditional Access wants a compliant device", group: policy, refusal: "entra.policy.device", at: atPerson | atUser, shows: again},
		{id: "microsoft.mfa-needed", title: "Multifactor authentication is needed", group: policy, refusal: "entra.mfa.needed", at: atOld, shows: again},
		{id: "microsoft.mfa-registration", title: "Multifactor authentication has to be set up", group: policy, refusal: "entra.mfa.registration", at: atOld, shows: again},
		{id: "microsoft.mfa-expired", title: "Multifactor authentication has expired", group: policy, refusal: "entra.mfa.expired", at: atOld, shows: again},
		{id: "microsoft.external-challenge", title: "An external security challenge has to be answered", group: policy, refusal: "entra.mfa.external", at: atOld, shows: again},
		{id: "microsoft.sign-in-frequency", title: "The sign-in frequency has been reached", group: policy, refusal: "entra.refresh.frequency", at: atOld, shows: again},
		{id: "microsoft.grant-revoked", title: "The bridge account's sign-ins were revoked", group: signIn, refusal: "entra.refresh.revoked", at: atOld, shows: again},
		{id: "microsoft.password-changed", title: "The bridge account's password was changed", group: signIn, refusal: "entra.refresh.password", at: atOld, shows: again},
		{id: "microsoft.sign-in-inactive", title: "The bridge account's sign-in was not used for too long", group: signIn, refusal: "entra.refresh.inactive", at: atOld, shows: again},
		{id: "microsoft.personal-account", title: "Whoever signs in uses a personal account", group: signIn, refusal: "entra.account.foreign", at: atPerson,
			shows: "Entra's page says that the account is of another organisation; the step says whom to sign in as."},
		{id: "microsoft.consent-request", title: "Consent has to be requested from an administrator", group: "Consent", refusal: "entra.consent.request", at: atPerson,
			shows: "Entra's page takes the request; the step leads to the link for the administrator."},
	}
}

// fault is the refusal that a fault of the tested registration gives at one of
// Entra's answers; nil when nothing is wrong there.
func (c *cloud) fault(at where, a *app, account string) *entraError {
	if a != c.hub {
		return nil
	}
	for _, f := range entraFaults() {
		if f.at&at == 0 || !c.faults.On(f.id) {
			continue
		}
		return c.words(c.refuse(f.refusal), a, account)
	}
	return nil
}

// oldFault is like fault, for a refresh token made at t.
func (c *cloud) oldFault(t *refreshToken) *entraError {
	if t.app != c.hub {
		return nil
	}
	for _, f := range entraFaults() {
		if f.at&atOld != 0 && c.faults.older(f.id, t.made) {
			return c.words(c.refuse(f.refusal), t.app, t.account)
		}
	}
	return nil
}
