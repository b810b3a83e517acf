package sandbox

// entraRefusals is everything that Entra refuses here. The numbers and meanings
// are those of the vendor's list of AADSTS codes.
func entraRefusals() []refusal {
	const codes = "learn.microsoft.com/entra/identity-platform/reference-error-codes"
	const flow = "learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow"
	const app = "learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow"
	const admin = "learn.microsoft.com/entra/identity-platform/v2-admin-consent"
	const consent = "learn.microsoft.com/entra/identity/enterprise-apps/application-sign-in-unexpected-user-consent-error"
	const reply = "learn.microsoft.com/entra/identity-platform/reply-url"
	return []refusal{
		{ID: "entra.tenant.unknown", Source: codes, Status: 400, Code: "invalid_request", Number: 90002, Message: "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."},
		{ID: "entra.parameter.missing", Source: codes, Status: 400, Code: "invalid_request", Number: 900144, Message: "The request body must contain the following parameter: '%s'."},
		{ID: "entra.parameter.missing.redirect", Source: codes, Status: 400, Code: "invalid_request", Number: 900144, Message: "The request body must contain the following parameter: '%s'."},
		{ID: "entra.client.unknown", Source: codes, Status: 400, Code: "unauthorized_client", Number: 700016, Message: "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."},
		{ID: "entra.redirect.none", Source: codes, Status: 400, Code: "invalid_request", Number: 900971, Message: "No reply address provided."},
		{ID: "entra.redirect.mismatch", Source: reply, Status: 400, Code: "invalid_request", Number: 50011, Message: "The redirect URI '%s' specified in the request does not match the redirect URIs configured for the application '%s'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this error."},
		{ID: "entra.response-mode.unknown", Source: flow, Status: 400, Code: "invalid_request", Number: 90023, Message: "The response_mode '%s' is not supported."},
		{ID: "entra.response-type.unsupported", Source: codes, Status: 400, Code: "unsupported_response_type", Number: 700054, Message: "response_type '%s' is not enabled for the application."},
		{ID: "entra.pkce.method", Source: flow, Status: 400, Code: "invalid_request", Number: 9002313, Message: "Invalid request. Request is malformed or invalid. The code_challenge_method must be 'S256' or 'plain' and needs a code_challenge."},
		{ID: "entra.prompt.unsupported", Source: flow, Status: 400, Code: "invalid_request", Number: 90023, Message: "Unsupported 'prompt' value '%s'."},
		{ID: "entra.scope.unknown", Source: codes, Status: 400, Code: "invalid_client", Number: 650053, Message: "The application '%s' asked for scope '%s' that doesn't exist on the resource '%s'. Contact the app vendor."},
		{ID: "entra.resource.unknown", Source: codes, Status: 400, Code: "invalid_resource", Number: 500011, Message: "The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."},
		{ID: "entra.scope.default-mixed", Source: codes, Status: 400, Code: "invalid_scope", Number: 70011, Message: "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope '%s' is not valid. .default scope can't be combined with resource-specific scopes."},
		{ID: "entra.session.none", Source: codes, Status: 400, Code: "login_required", Number: 50058, Message: "A silent sign-in request was sent but no user is signed in."},
		{ID: "entra.consent.none.redirect", Source: codes, Status: 400, Code: "consent_required", Number: 65001, Message: "The user or administrator has not consented to use the application with ID '%s' named '%s'. Send an interactive authorization request for this user and resource."},
		{ID: "entra.consent.admin-only", Source: consent, Status: 403, Code: "access_denied", Number: 90094, Message: "%s needs permission to access resources in your organization that only an admin can grant. Ask an admin to grant permission to this app before you can use it."},
		{ID: "entra.consent.admin-only.redirect", Source: consent, Status: 403, Code: "access_denied", Number: 90094, Message: "%s needs permission to access resources in your organization that only an admin can grant. Ask an admin to grant permission to this app before you can use it."},
		{ID: "entra.consent.declined", Source: codes, Status: 400, Code: "access_denied", Number: 65004, Message: "User declined to consent to access the app."},
		{ID: "entra.page.stale", Source: codes, Status: 400, Code: "invalid_request", Number: 9002313, Message: "Invalid request. Request is malformed or invalid."},
		{ID: "entra.account.unknown", Source: codes, Status: 400, Code: "invalid_grant", Number: 50034, Message: "The user account %s does not exist in the %s directory. To sign into this application, the account must be added to the directory."},
		{ID: "entra.account.disabled", Source: codes, Status: 400, Code: "invalid_grant", Number: 50057, Message: "The user account is disabled."},
		{ID: "entra.adminconsent.declined", Source: admin, Status: 400, Code: "consent_required", Number: 65004, Message: "The resource owner or authorization server denied the request."},
		{ID: "entra.adminconsent.not-admin", Source: consent, Status: 403, Code: "access_denied", Number: 90094, Message: "%s needs permission to access resources in your organization that only an admin can grant. Sign in with an administrator's account."},

		{ID: "entra.token.post-only", Source: codes, Status: 400, Code: "invalid_request", Number: 900561, Message: "The endpoint only accepts POST requests. Received a %s request."},
		{ID: "entra.request.malformed", Source: codes, Status: 400, Code: "invalid_request", Number: 9002313, Message: "Invalid request. Request is malformed or invalid."},
		{ID: "entra.token.parameter.missing", Source: codes, Status: 400, Code: "invalid_request", Number: 900144, Message: "The request body must contain the following parameter: '%s'."},
		{ID: "entra.token.client.unknown", Source: codes, Status: 400, Code: "unauthorized_client", Number: 700016, Message: "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."},
		{ID: "entra.token.grant.unsupported", Source: codes, Status: 400, Code: "unsupported_grant_type", Number: 70003, Message: "The app requested an unsupported grant type '%s'."},
		{ID: "entra.token.public-secret", Source: codes, Status: 401, Code: "invalid_client", Number: 700025, Message: "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."},
		{ID: "entra.token.code.malformed", Source: codes, Status: 400, Code: "invalid_grant", Number: 9002313, Message: "Invalid request. Request is malformed or invalid."},
		{ID: "entra.token.code.other-client", Source: codes, Status: 400, Code: "invalid_grant", Number: 70000, Message: "Provided grant is invalid or malformed. The authorization code was issued to another application."},
		{ID: "entra.token.code.used", Source: codes, Status: 400, Code: "invalid_grant", Number: 54005, Message: "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."},
		{ID: "entra.token.code.expired", Source: codes, Status: 400, Code: "invalid_grant", Number: 70008, Message: "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource."},
		{ID: "entra.token.redirect.differs", Source: codes, Status: 400, Code: "invalid_grant", Number: 500112, Message: "The reply address '%s' does not match the reply address '%s' provided when requesting Authorization code."},
		{ID: "entra.token.pkce.mismatch", Source: codes, Status: 400, Code: "invalid_grant", Number: 501481, Message: "The Code_Verifier does not match the code_challenge supplied in the authorization request."},
		{ID: "entra.token.scope.invalid", Source: codes, Status: 400, Code: "invalid_scope", Number: 70011, Message: "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope '%s' is not valid."},
		{ID: "entra.token.refresh.malformed", Source: codes, Status: 400, Code: "invalid_grant", Number: 9002313, Message: "Invalid request. Request is malformed or invalid."},
		{ID: "entra.token.refresh.other-client", Source: codes, Status: 400, Code: "invalid_grant", Number: 70000, Message: "Provided grant is invalid or malformed. The refresh token was issued to another application."},
		{ID: "entra.token.refresh.expired", Source: codes, Status: 400, Code: "invalid_grant", Number: 700082, Message: "The refresh token has expired due to inactivity. The token was inactive for 90.00:00:00."},
		{ID: "entra.token.account.gone", Source: codes, Status: 400, Code: "invalid_grant", Number: 50034, Message: "The user account %s does not exist in the %s directory. To sign into this application, the account must be added to the directory."},
		{ID: "entra.token.account.disabled", Source: codes, Status: 400, Code: "invalid_grant", Number: 50057, Message: "The user account is disabled."},
		{ID: "entra.token.consent.none", Source: codes, Status: 400, Code: "invalid_grant", Sub: "consent_required", Number: 65001, Message: "The user or administrator has not consented to use the application with ID '%s' named '%s'. Send an interactive authorization request for this user and resource."},
		{ID: "entra.token.common", Source: codes, Status: 400, Code: "invalid_request", Number: 9001023, Message: "The grant type isn't supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint."},
		{ID: "entra.token.no-tenant", Source: codes, Status: 400, Code: "invalid_request", Number: 50059, Message: "No tenant-identifying information found in either the request or implied by any provided credentials."},
		{ID: "entra.token.secret.missing", Source: app, Status: 401, Code: "invalid_client", Number: 7000216, Message: "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."},
		{ID: "entra.token.secret.wrong", Source: codes, Status: 401, Code: "invalid_client", Number: 7000215, Message: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'."},
		{ID: "entra.token.scope.not-default", Source: app, Status: 400, Code: "invalid_scope", Number: 1002012, Message: "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."},
		{ID: "entra.token.resource.unknown", Source: codes, Status: 400, Code: "invalid_resource", Number: 500011, Message: "The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."},
	}
}
