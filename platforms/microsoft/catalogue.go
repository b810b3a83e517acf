package microsoft

// hint is what an answer of Entra or Graph usually means here. Numbers and texts
// change over time (Microsoft says so on the page that lists them), so they
// explain and never decide.
type hint struct {
	codes []int    // Entra's numbers: 65001 for AADSTS65001
	words []string // of Graph's code and text, lower case; any one of them
	cause string
	fix   string
	page  page
	// passing: it mends itself, and is tried again.
	passing bool
	// lasting: a sign-in that this stops is good again once it is mended.
	lasting bool
	// others look the same from here.
	others []likeness
}

// likeness is a further cause of the same answer.
type likeness struct {
	cause, fix string
	page       page
}

const (
	causeNoConsent = "No administrator has consented to the application's permissions, or the consent was withdrawn."
	fixConsent     = "Authorize with Method 1, or send the link of Method 2 to an administrator."
	fixSignIn      = "Sign the bridge account in again."
)

// entraHints follows Microsoft's list of authentication and authorization error
// codes, and its page on unexpected errors at consent
// (https://learn.microsoft.com/entra/identity-platform/reference-error-codes,
// https://learn.microsoft.com/entra/identity/enterprise-apps/application-sign-in-unexpected-user-consent-error).
func entraHints() []hint {
	hints := append(consentHints(), registrationHints()...)
	return append(hints, signInHints()...)
}

// consentHints are about what was agreed to.
func consentHints() []hint {
	return []hint{
		{codes: []int{65001}, lasting: true, cause: "Nobody who may has consented to this application yet, or the consent was withdrawn.", fix: fixConsent, page: linkConsent, others: []likeness{
			{"Consent was given before the registration's permissions were changed.", "Consent once more; the full list is asked for each time.", linkConsent},
		}},
		{codes: []int{65004}, cause: "Cancel was pressed on the consent page. Nothing was changed.", fix: "Try again and accept.", page: linkConsent},
		{codes: []int{65005, 650056, 650057}, lasting: true, cause: "The registration's list of permissions lacks what is asked for, or changed after it was consented to.", fix: "Bring the registration up to date with the script of the first step, then consent again.", page: linkAPIPermissions, others: []likeness{
			{"The consent is missing altogether.", fixConsent, linkConsent},
		}},
		{codes: []int{650052, 650054}, lasting: true, cause: "The organisation has no subscription for the service, or the service's principal is disabled or deleted.", fix: "Check that Microsoft 365 and Teams are active in this tenant.", page: linkPermissions},
		{codes: []int{650053}, cause: "A permission was asked for that Microsoft Graph does not offer this way.", fix: "Bring the registration up to date with the script of the first step.", page: linkAPIPermissions},
		{codes: []int{90008}, lasting: true, cause: "The registration lacks the permission to sign in and read the profile (User.Read).", fix: "Bring the registration up to date with the script of the first step, then consent again.", page: linkAPIPermissions},
		{codes: []int{90093, 90094, 90095}, cause: "The person who signed in may not consent; an administrator has to.", fix: "Send the link of Method 2 to a Global Administrator or Privileged Role Administrator.", page: linkConsent, others: []likeness{
			{"The tenant lets people ask for consent: a request waits for its reviewer.", "Have the request approved, or send the link.", linkConsentPolicy},
		}},
		{codes: []int{900941, 900981}, cause: "Entra rates the application as risky, often because its publisher is not verified; people may then not consent themselves. The registration is your own, so there is no publisher to verify.", fix: "Have an administrator consent, with Method 1 or Method 2.", page: linkConsent, others: []likeness{
			{"The registration is of another organisation.", "Use a registration of your own tenant.", linkAuthentication},
		}},
		{codes: []int{500011}, cause: "Microsoft Graph is not known in this tenant.", fix: "Check that Microsoft 365 is active in this tenant, and that its id is right.", page: linkTenant},
		{codes: []int{70011, 28002, 28003}, cause: "A permission was asked for that does not exist, or in a form that Entra does not take.", fix: "Bring the registration up to date with the script of the first step.", page: linkAPIPermissions},
	}
}

// registrationHints are about the application and what proves it.
func registrationHints() []hint {
	const manifest = "Bring the registration up to date with the script of the first step, or add http://localhost under “Mobile and desktop applications”."
	return []hint{
		{codes: []int{50011, 70004, 900971, 50112}, cause: "The redirect address http://localhost is not registered, or registered for another platform than mobile and desktop applications.", fix: manifest, page: linkAuthentication},
		{codes: []int{700016, 700011, 70001}, cause: "This application is not known in the tenant.", fix: "Compare the application (client) id with the registration's overview: its object id and its secret's id look the same.", page: linkRegistration, others: []likeness{
			{"The tenant is another one than the registration's.", "Compare the directory (tenant) id on the same page.", linkTenant},
			{"It was never consented to here.", fixConsent, linkConsent},
		}},
		{codes: []int{7000112}, cause: "The application was switched off in the tenant.", fix: "Set “Enabled for users to sign-in?” to Yes.", page: linkProperties},
		{codes: []int{7000215, 70002}, cause: "The client secret is wrong. Often the secret's id was pasted in place of its value.", fix: "Make a new secret and paste its value, or make a certificate.", page: linkRegistration},
		{codes: []int{7000222}, cause: "The client secret has expired.", fix: "Make a certificate and upload it, or make a new secret and paste its value.", page: linkRegistration},
		{codes: []int{700025}, cause: "The registration is of a public client, which must send no secret.", fix: "Register the redirect address under “Mobile and desktop applications” and keep the credential for the application alone.", page: linkAuthentication},
		{codes: []int{7000218}, cause: "Entra takes the sign-in for one of a confidential client: public client flows are not allowed.", fix: "Set “Allow public client flows” to Yes.", page: linkAuthentication, others: []likeness{
			{"The redirect address is registered under “Web” instead of “Mobile and desktop applications”.", manifest, linkAuthentication},
		}},
		{codes: []int{700027, 700030, 7000214, 700023, 700021}, cause: "The certificate is not among those of the registration, or does not match its entry.", fix: "Upload " + certificateFile + " of the first step again.", page: linkRegistration, others: []likeness{
			{"This computer's clock is wrong, so that what the certificate signed is not valid yet or no longer.", "Set the clock.", linkNone},
			{"The certificate has expired.", "Make a new one and upload it.", linkRegistration},
		}},
		{codes: []int{700024}, cause: "What the certificate signed is outside the time it is valid for: this computer's clock is wrong.", fix: "Set the clock.", page: linkNone},
		{codes: []int{900144, 90014, 90023, 9002313}, cause: "Entra did not understand the request. This is a fault of the hub, or something on the way changed the request.", fix: "Try once more; if it stays, report it with the text below.", page: linkNone},
		{codes: []int{501481, 501491}, cause: "The answer belongs to another sign-in: two were begun at once, or an old tab was used.", fix: "Close the browser's tabs of the sign-in and begin again.", page: linkNone},
		{codes: []int{54005}, cause: "The sign-in was used already: a page was loaded twice.", fix: "Begin the sign-in again.", page: linkNone},
		{codes: []int{700005}, cause: "The sign-in happened in another tenant than the one it is redeemed in.", fix: "Compare the directory (tenant) id, then begin again.", page: linkTenant},
		{codes: []int{50194, 9002332, 90130, 9001023}, cause: "The registration is for one organisation, and the tenant was not named.", fix: "Enter the directory (tenant) id or domain.", page: linkTenant},
		{codes: []int{90002, 50059}, cause: "There is no tenant of that id or domain.", fix: "Compare it with the tenant's overview. It is an id or a verified domain, not the organisation's name.", page: linkTenant},
		{codes: []int{500021, 500022, 5000224}, cause: "A network policy lets this computer sign in to certain tenants only (tenant restrictions).", fix: "Have your network's administrator allow this tenant.", page: linkCrossTenant},
		{codes: []int{240002, 50013}, cause: "A token was used for something it is not meant for. This is a fault of the hub.", fix: "Report it with the text below.", page: linkNone},
		{codes: []int{50196}, cause: "Entra saw the same request too often and stopped it.", fix: "Wait some minutes; it is tried again.", page: linkNone, passing: true},
		{codes: []int{90090, 90024, 90033, 50033, 90006, 90055, 50000, 90012, 90072}, cause: "A passing fault at the vendor.", fix: "Nothing: it is tried again.", page: linkNone, passing: true},
	}
}

// signInHints are about the person who signs in.
func signInHints() []hint {
	return []hint{
		{codes: []int{50020, 50034, 51004, 16000, 500208, 50128, 16002}, cause: "The account that signed in does not belong to this tenant, or is a personal one.", fix: "Sign out in the browser and choose an account of the organisation.", page: linkSignOut},
		{codes: []int{50126, 50056}, cause: "The name or the password was wrong.", fix: "Sign in again.", page: linkNone},
		{codes: []int{50105}, lasting: true, cause: "The application demands an assignment, and this account has none.", fix: "Assign it under Users and groups, or set “Assignment required?” to No under Properties.", page: linkAssignments},
		{codes: []int{53003, 530034}, lasting: true, cause: "A Conditional Access policy blocked the sign-in.", fix: "The sign-in log names the policy, under Conditional Access: exclude the bridge account from it.", page: linkConditionalAccess, others: []likeness{
			{"The policy is about places, and this computer's address is not among them.", "Add the address to the policy's named locations.", linkConditionalAccess},
		}},
		{codes: []int{530032, 530035}, lasting: true, cause: "A security policy of the tenant, or security defaults, blocked the sign-in.", fix: "The sign-in log says which.", page: linkSignIns},
		{codes: []int{53000, 53001, 53002, 50131, 50097}, lasting: true, cause: "A policy wants a managed, compliant or joined device, or an approved application.", fix: "Exclude the bridge account from the policy, or sign in on such a device.", page: linkConditionalAccess},
		{codes: []int{50074, 50076}, cause: "A second factor is demanded.", fix: fixSignIn + " Complete the second factor in the browser.", page: linkConditionalAccess},
		{codes: []int{50072, 50079, 50203}, cause: "The account has to register a second factor first.", fix: "Sign it in once in a browser, register a second factor, then sign it in here.", page: linkSignIns},
		{codes: []int{50158}, cause: "A security challenge of another provider is demanded (a third party's second factor).", fix: fixSignIn + " Complete the challenge in the browser.", page: linkConditionalAccess},
		{codes: []int{50078, 70043, 700084}, cause: "The sign-in frequency that your policies set has run out.", fix: fixSignIn + " Exclude it from the policy, or it ends again after the same time.", page: linkConditionalAccess},
		{codes: []int{50173, 50133}, cause: "The sign-in was revoked: the password was changed or reset, or an administrator ended all sessions.", fix: fixSignIn, page: linkSignIns},
		{codes: []int{70008, 700082, 50089, 70000}, cause: "The sign-in has ended: it was not used for long, or reached its age.", fix: fixSignIn, page: linkSignIns},
		{codes: []int{50055}, cause: "The account's password has expired.", fix: "Sign the account in once in a browser and change its password, then sign it in here.", page: linkUser},
		{codes: []int{50053}, cause: "The account is locked after many wrong passwords, or the sign-in came from an address that Entra blocks.", fix: "Wait some minutes; the sign-in log says which.", page: linkSignIns},
		{codes: []int{50057}, lasting: true, cause: "The account is disabled.", fix: "Enable it, or choose another bridge account.", page: linkUser},
		{codes: []int{50140, 50058, 50132}, cause: "The browser's session is missing or has ended.", fix: "Sign in again.", page: linkNone},
		{codes: []int{90071}, cause: "The partner's tenant does not trust this organisation's second factor.", fix: "Ask the partner's administrator to trust it under cross-tenant access settings.", page: linkCrossTenant},
	}
}

// graphHints are what Graph answers: its codes and texts, in lower case.
func graphHints() []hint {
	return []hint{
		{words: []string{"authorization_identitynotfound"}, cause: causeNoConsent, fix: fixConsent, page: linkConsent},
		{words: []string{"failed to get license information for the user", "valid office365 license"}, cause: "The account has no licence with Teams. A licence without Teams is no help.", fix: "Give it one; it takes effect within minutes.", page: linkLicences},
		{words: []string{"protected api"}, cause: "Messages were asked for as the application, which Microsoft allows approved applications only. The hub reads them as the bridge account.", fix: fixSignIn, page: linkNone},
		{words: []string{"invitations have been disabled", "guest invitations not allowed", "invitationsnotallowed"}, cause: "The organisation does not let anybody, or this application, invite guests.", fix: "Allow invitations under external collaboration settings; a change takes up to an hour.", page: linkGuests},
		{words: []string{"cross-tenant access", "crosstenant"}, cause: "Cross-tenant access settings of this organisation or of the other one block it.", fix: "Have both administrators look at their settings.", page: linkCrossTenant},
		{words: []string{"same value for property proxyaddresses", "objectconflict", "proxyaddresses already exists"}, cause: "Another account, group or contact has this address already.", fix: "Look for the address in the directory and match the one that is there.", page: linkLicences},
		{words: []string{"directory_quotaexceeded", "quota limit"}, cause: "The directory is full: it takes no more objects.", fix: "Remove what is not needed, or ask Microsoft for a larger quota.", page: linkTenant},
		{words: []string{"does not have any available licenses", "not enough licenses", "countviolation"}, cause: "No licence of this kind is left.", fix: "Buy more, or take one back.", page: linkLicences},
		{words: []string{"invalid usage location", "usagelocation"}, cause: "The account has no usage location, without which no licence can be given.", fix: "Set its usage location.", page: linkLicences},
		{words: []string{"continuous access evaluation", "tokencreatedwithoutdatedpolicies", "locationconditionevaluationsatisfied", "insufficient_claims"}, cause: "The sign-in was ended early: a grant was revoked, a policy changed, or this computer's address is not allowed any more.", fix: fixSignIn, page: linkSignIns},
		{words: []string{"syncstatenotfound", "resyncrequired", "syncstateinvalid"}, cause: "The position in the list of changes has expired.", fix: "Nothing: everything is read once more.", page: linkNone, passing: true},
		{words: []string{"tenant does not have a spo license", "license for sharepoint"}, cause: "The organisation has no SharePoint, where Teams keeps files.", fix: "Check the organisation's licences.", page: linkLicences},
		{words: []string{"accessdenied"}, cause: "The bridge account may not open this file or folder.", fix: "Make it a member of the team, or look at the library's own permissions.", page: linkUser},
		{words: []string{"no authorization information present"}, cause: "The request reached Microsoft without its token: something on the way removed it.", fix: "Look at the proxy between this computer and graph.microsoft.com.", page: linkNone},
		{words: []string{"authorization_requestdenied", "insufficient privileges"}, cause: "A permission is missing: it was never consented to, or withdrawn.", fix: fixConsent, page: linkConsent},
		{words: []string{"missing scope permissions", "missing role permissions"}, cause: "A permission is missing: it was never consented to, or withdrawn.", fix: fixConsent, page: linkConsent},
	}
}
