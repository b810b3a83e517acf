package google

import (
	"strings"
	"testing"

	"miohub/platforms"
)

// TestTheCatalogueOfRefusals takes Google's refusals as they are published (the
// table of JWT error codes, the APIs' own texts) and looks at what is made of each
// from the error alone.
func TestTheCatalogueOfRefusals(t *testing.T) {
	v := values(keyAccountID, "104812345678901234567", keyProject, "acme-mio", keyAdmin, "dana@acme.example", keyDomain, "acme.example")
	const delegationPage, usersPage, accountsPage, clientsPage = "/ac/owl/domainwidedelegation?", "/ac/users", "/iam-admin/serviceaccounts?project=acme-mio", "/auth/clients?project=acme-mio"
	for _, tc := range []struct {
		status     int
		code, text string
		cause      string
		link       string
		others     int // causes that look the same
	}{
		{401, "unauthorized_client", "Unauthorized client or scope in request.", "not in the list of domain-wide delegation yet", delegationPage, 2},
		{401, "unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.", "No delegation entry lists this scope", delegationPage, 1},
		{403, "access_denied", "Requested client not authorized.", "not in the delegation entry", delegationPage, 1},
		{403, "access_denied", "Account restricted", "restricts the account", usersPage, 1},
		{403, "invalid_account", "Forbidden", "restricts the account", usersPage, 0},
		{400, "admin_policy_enforced", "Access to your account data is restricted by policies within your organization.", "API controls", "/ac/owl", 0},
		{401, "invalid_client", "The OAuth client was not found.", "does not know this OAuth client", clientsPage, 0},
		{401, "invalid_client", "Unauthorized", "secret is wrong", clientsPage, 0},
		{401, "deleted_client", "The OAuth client was deleted.", "client was deleted", clientsPage, 0},
		{401, "disabled_client", "The OAuth client was disabled.", "key is disabled", accountsPage, 1},
		{403, "org_internal", "This client is restricted to users within its organization.", "another organisation's people", clientsPage, 0},
		{400, "invalid_grant", "Not a valid email", "no account with this address", usersPage, 0},
		{400, "invalid_grant", "Invalid email or User ID", "no account with this address", usersPage, 0},
		{400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your 'iat' and 'exp' values and use a clock with skew to account for clock differences between systems.", "clock is wrong", "", 0},
		{400, "invalid_grant", "Invalid JWT Signature.", "key was deleted", accountsPage, 1},
		{400, "invalid_grant", "Invalid JWT: No valid verifier found for issuer", "service account was deleted", accountsPage, 0},
		{400, "invalid_grant", "The account has been deleted", "was deleted", usersPage, 0},
		{400, "invalid_grant", "reauth related error (invalid_rapt)", "session control", "/ac/security", 0},
		{400, "invalid_grant", "reauth related error (rapt_required)", "session control", "/ac/security", 0},
		{400, "invalid_grant", "Token has been expired or revoked.", "expired or was revoked", "", 1},
		{400, "invalid_grant", "Bad Request", "no longer good", "", 0},
		{400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.", "does not know one of the scopes", "", 1},
		{400, "FAILED_PRECONDITION", "Constraint constraints/iam.disableServiceAccountKeyUpload violated for projects/acme-mio.", "forbids key files", "/iam-admin/orgpolicies?project=acme-mio", 0},
		{400, "FAILED_PRECONDITION", "Key creation is not allowed on this service account.", "forbids key files", "/iam-admin/orgpolicies?project=acme-mio", 0},
		{403, "SERVICE_DISABLED", "Google Chat API has not been used in project 42 before or it is disabled.", "API is switched off", "/apis/dashboard?project=acme-mio", 0},
		{403, "accessNotConfigured", "Access Not Configured.", "API is switched off", "/apis/dashboard?project=acme-mio", 0},
		{404, codeNoChatApp, "Google Chat app not found. To create a Chat app, you must turn on the Chat API and configure the app in the Google Cloud console.", "never configured", "hangouts-chat?project=acme-mio", 0},
		{403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "Request had insufficient authentication scopes.", "lacks a scope", delegationPage, 0},
		{403, "PERMISSION_DENIED", "The caller does not have permission", "not a member of the space", "", 2},
		{403, "forbidden", "Not Authorized to access this resource/api", "role no longer allows", usersPage, 1},
		{403, "IAM_PERMISSION_DENIED", "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist).", "may not sign", accountsPage, 0},
		{403, "IAM_PERMISSION_DENIED", "Permission 'iam.serviceAccountKeys.get' denied on resource (or it may not exist).", "may not look at its own keys", accountsPage, 0},
		{404, "NOT_FOUND", "Resource not found (resource=mio-hub-chat-pull).", "subscription or topic does not exist", "/cloudpubsub/subscription/list?project=acme-mio", 0},
		{429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Message writes'.", "quota is used up", "/quotas?project=acme-mio", 0},
		{0, "access_denied", "access_denied", "cancelled on Google's page", "", 1},
	} {
		t.Run(tc.code+" "+tc.text[:min(40, len(tc.text))], func(t *testing.T) {
			f := Platform().Explain(v, &platforms.Error{Kind: platforms.Forbidden, Op: "google: try", Status: tc.status, Code: tc.code, Text: tc.text})
			if !strings.Contains(f.Cause, tc.cause) || f.Fix == "" || f.Unrecognised || !strings.Contains(f.FixURL, tc.link) || tc.link == "" && f.FixURL != "" {
				t.Errorf("%+v", f)
			}
			if len(f.Others) != tc.others {
				t.Errorf("looks the same: %+v", f.Others)
			}
			for _, r := range f.Others {
				if r.Cause == "" || r.Fix == "" {
					t.Errorf("half a cause: %+v", r)
				}
			}
			if !strings.Contains(f.Raw, tc.text) {
				t.Errorf("Google's own words are lost: %q", f.Raw)
			}
		})
	}
}
