package sandbox

// policyRefusals is what Entra refuses for reasons of registration, credential
// and policy. Words in braces stand for what it is about.
func policyRefusals() []refusal {
	const codes = "learn.microsoft.com/entra/identity-platform/reference-error-codes"
	const certificate = "learn.microsoft.com/entra/identity-platform/certificate-credentials; github.com/AzureAD/microsoft-authentication-library-for-js/issues/8339"
	const consent = "learn.microsoft.com/entra/identity/enterprise-apps/application-sign-in-unexpected-user-consent-error"
	const restrict = "learn.microsoft.com/entra/identity/enterprise-apps/tenant-restrictions"
	const see = "Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{app}'."
	return []refusal{
		{ID: "entra.transient", Source: codes, Status: 503, Code: "temporarily_unavailable", Number: 90033, Message: "A transient error has occurred. Please try again."},
		{ID: "entra.throttled", Source: codes, Status: 429, Code: "temporarily_unavailable", Number: 90055, Message: "The tenant is throttled due to too many incoming requests."},
		{ID: "entra.loop", Source: codes, Status: 400, Code: "invalid_grant", Number: 50196, Message: "The server terminated an operation because it encountered a client request loop. Please contact your app vendor."},
		{ID: "entra.tenant.restricted", Source: restrict, Status: 403, Code: "access_denied", Number: 500021, Message: "Access to '{org}' tenant is denied."},
		{ID: "entra.app.unknown", Source: codes, Status: 400, Code: "unauthorized_client", Number: 700016, Message: "Application with identifier '{app}' was not found in the directory '{org}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."},
		{ID: "entra.app.disabled", Source: codes, Status: 400, Code: "unauthorized_client", Number: 7000112, Message: "Application '{app}'({name}) is disabled."},
		{ID: "entra.service.missing", Source: codes, Status: 400, Code: "invalid_client", Number: 650052, Message: "The app is trying to access a service '{resource}'(Microsoft Graph) that your organization '{tenant}' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal."},
		{ID: "entra.app.redirect", Source: codes, Status: 400, Code: "invalid_request", Number: 50011, Message: "The redirect URI '{redirect}' specified in the request does not match the redirect URIs configured for the application '{app}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this error."},
		{ID: "entra.app.not-public", Source: codes, Status: 401, Code: "invalid_client", Number: 7000218, Message: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
		{ID: "entra.app.resource", Source: codes, Status: 400, Code: "invalid_resource", Number: 650057, Message: "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: {app}({name}). Resource value from request: https://graph.microsoft.com. Resource app ID: {resource}. List of valid resources from app registration: ."},
		{ID: "entra.app.assignment", Source: codes, Status: 400, Code: "invalid_grant", Number: 50105, Message: "Your administrator has configured the application {name} ('{app}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application."},
		{ID: "entra.app.risky", Source: consent, Status: 403, Code: "access_denied", Number: 900941, Message: "Administrator consent is required. App is considered risky."},

		{ID: "entra.secret.id", Source: codes, Status: 401, Code: "invalid_client", Number: 7000215, Message: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{app}'."},
		{ID: "entra.secret.expired", Source: codes, Status: 401, Code: "invalid_client", Number: 7000222, Message: "The provided client secret keys for app '{app}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."},
		{ID: "entra.certificate.unknown", Source: certificate, Status: 401, Code: "invalid_client", Number: 700027, Message: "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}', " + see},
		{ID: "entra.certificate.expired", Source: certificate, Status: 401, Code: "invalid_client", Number: 700027, Message: "The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key used is expired., Thumbprint of key used by client: '{thumbprint}', " + see},
		{ID: "entra.certificate.subject", Source: codes, Status: 401, Code: "invalid_client", Number: 700030, Message: "Invalid certificate - subject name in certificate isn't authorized. SubjectNames/SubjectAlternativeNames (up to 10) in token certificate are: '{name}'."},

		{ID: "entra.policy.blocked", Source: codes, Status: 400, Code: "invalid_grant", Sub: "message_only", Number: 53003, Message: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."},
		{ID: "entra.policy.security", Source: codes, Status: 400, Code: "invalid_grant", Sub: "message_only", Number: 530032, Message: "Access has been blocked due to security policy."},
		{ID: "entra.policy.defaults", Source: codes, Status: 400, Code: "invalid_grant", Sub: "message_only", Number: 530035, Message: "Access has been blocked by security defaults. This is due to the request using legacy auth or being deemed unsafe by security defaults policies."},
		{ID: "entra.policy.device", Source: codes, Status: 400, Code: "invalid_grant", Sub: "message_only", Number: 53000, Message: "Device is not in required device state: non-compliant. Conditional Access policy requires a compliant device, and the device is not compliant. The user must enroll their device with an approved MDM provider like Intune."},
		{ID: "entra.mfa.needed", Source: codes, Status: 400, Code: "invalid_grant", Sub: "basic_action", Number: 50076, Message: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '{resource}'."},
		{ID: "entra.mfa.registration", Source: codes, Status: 400, Code: "invalid_grant", Sub: "basic_action", Number: 50079, Message: "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '{resource}'."},
		{ID: "entra.mfa.expired", Source: codes, Status: 400, Code: "invalid_grant", Sub: "basic_action", Number: 50078, Message: "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access '{resource}'."},
		{ID: "entra.mfa.external", Source: codes, Status: 400, Code: "invalid_grant", Sub: "basic_action", Number: 50158, Message: "External security challenge not satisfied. User will be redirected to another page or authentication provider to satisfy additional authentication challenges."},
		{ID: "entra.refresh.frequency", Source: codes, Status: 400, Code: "invalid_grant", Sub: "token_expired", Number: 70043, Message: "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on {issued} and the maximum allowed lifetime for this request is 86400."},
		{ID: "entra.refresh.revoked", Source: codes, Status: 400, Code: "invalid_grant", Sub: "bad_token", Number: 50173, Message: "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{valid}'."},
		{ID: "entra.refresh.password", Source: codes, Status: 400, Code: "invalid_grant", Sub: "bad_token", Number: 50133, Message: "Session is invalid due to expiration or recent password change."},
		{ID: "entra.refresh.inactive", Source: codes, Status: 400, Code: "invalid_grant", Sub: "bad_token", Number: 700082, Message: "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for 90.00:00:00."},
		{ID: "entra.account.foreign", Source: codes, Status: 400, Code: "invalid_grant", Number: 50020, Message: "User account '{user}' from identity provider 'live.com' does not exist in tenant '{org}' and cannot access the application '{app}'({name}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account."},
		{ID: "entra.consent.request", Source: consent, Status: 403, Code: "access_denied", Number: 90095, Message: "Admin consent is required for the permissions requested by this application. An admin consent request may be sent to the admin."},
	}
}

// deviceRefusals is what Entra refuses of the device authorization grant.
func deviceRefusals() []refusal {
	const device = "learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code"
	return []refusal{
		{ID: "entra.device.unknown", Source: device, Status: 400, Code: "bad_verification_code", Number: 70018, Message: "Invalid verification code. The device_code sent to the token endpoint wasn't recognized."},
		{ID: "entra.device.expired", Source: device, Status: 400, Code: "expired_token", Number: 70019, Message: "Verification code expired."},
		{ID: "entra.device.declined", Source: device, Status: 400, Code: "authorization_declined", Number: 65004, Message: "User declined to consent to access the app."},
		{ID: "entra.device.pending", Source: device, Status: 400, Code: "authorization_pending", Number: 70016, Message: "OAuth 2.0 device flow error. Authorization is pending. Continue polling."},
	}
}

// assertionRefusals is what Entra refuses of a certificate credential.
func assertionRefusals() []refusal {
	const certificate = "learn.microsoft.com/entra/identity-platform/certificate-credentials"
	const codes = "learn.microsoft.com/entra/identity-platform/reference-error-codes"
	const review = " Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials ."
	return []refusal{
		{ID: "entra.assertion.type", Source: codes, Status: 400, Code: "invalid_request", Number: 900144, Message: "The request body must contain the following parameter: 'client_assertion_type'. '%s' is not known."},
		{ID: "entra.assertion.malformed", Source: codes, Status: 401, Code: "invalid_client", Number: 50027, Message: "JWT token is invalid or malformed."},
		{ID: "entra.assertion.algorithm", Source: certificate, Status: 401, Code: "invalid_client", Number: 5002738, Message: "Invalid JWT token. '%s' is not a supported signature algorithm. Supported signing algorithms are: 'PS256, RS256'"},
		{ID: "entra.assertion.thumbprint", Source: certificate, Status: 401, Code: "invalid_client", Number: 50027, Message: "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header."},
		{ID: "entra.assertion.signature", Source: codes, Status: 401, Code: "invalid_client", Number: 700027, Message: "Client assertion failed signature validation."},
		{ID: "entra.assertion.client", Source: codes, Status: 401, Code: "invalid_client", Number: 700021, Message: "Client assertion application identifier doesn't match 'client_id' parameter." + review},
		{ID: "entra.assertion.audience", Source: codes, Status: 401, Code: "invalid_client", Number: 700023, Message: "Client assertion audience claim does not match Realm issuer." + review},
		{ID: "entra.assertion.time", Source: codes, Status: 401, Code: "invalid_client", Number: 700024, Message: "Client assertion is not within its valid time range. Current time: %s, assertion valid from %s, expiry time of assertion %s." + review},
	}
}
