package google

import (
	"slices"

	"miohub/platforms"
)

// The codes of refusals that are this package's own.
const (
	codeNotAdmitted      = "not-admitted"
	codeNotSuper         = "not-super-administrator"
	codeDelegatedAdmin   = "delegated-administrator"
	codePersonal         = "personal-account"
	codeOtherOrg         = "other-organisation"
	codeScopeNotGranted  = "scope-not-granted"
	codeNoServiceAccount = "no-service-account"
	codeNoClient         = "no-client"
	codeNotUsable        = "not-usable"
	codeNoTopic          = "no-topic"
)

// catalogue explains Google's refusals and this package's own. Codes and texts
// are from Google's table "JWT error codes" (service accounts) and the APIs' own
// answers; more telling entries come first. They are hints for a person, never
// control flow.
func catalogue() []diagnosis {
	return slices.Concat(ownDiagnoses(), browserDiagnoses(), delegationDiagnoses(), grantDiagnoses(), clientDiagnoses(), apiDiagnoses())
}

// ownDiagnoses are refusals by Mio Hub itself.
func ownDiagnoses() []diagnosis {
	return []diagnosis{
		{code: codeNotAdmitted, causes: []cause{{
			"Mio Hub's own fence does not let it act for this account.",
			"Enable the person, or choose a test person. For the administrator: sign in again, so that the address is on record.", nil,
		}}},
		{code: codeFeatureOff, status: platforms.Skipped, causes: []cause{{
			"The feature that asks for this permission is switched off.", "Switch it on in the platform's settings, then grant what it asks for.", nil,
		}}},
		{code: codeNoServiceAccount, status: platforms.Skipped, causes: []cause{{
			"The service account's key file has not been chosen yet.", "Choose it in the first step.", nil,
		}}},
		{code: codeNoClient, status: platforms.Skipped, causes: []cause{{
			"The OAuth client file has not been chosen yet.", "Choose it in the first step.", nil,
		}}},
		{code: codeNotUsable, causes: []cause{{
			"The account is suspended, archived or gone.", "Restore it, or let somebody else take part.", place.users,
		}}},
		{code: codeNoTopic, causes: []cause{{
			"Where announcements are published and pulled has not been entered yet.", "Run the script of the first step, and enter the topic and the subscription that it prints.", nil,
		}}},
		{code: codeNotSuper, causes: []cause{{
			"The account that signed in is not an administrator.", "Sign in as a super administrator, or have the role assigned.", place.users,
		}}},
		{code: codeDelegatedAdmin, causes: []cause{{
			"The account that signed in has a limited administrator role. With it these steps fail: Domain-wide delegation, which only a super administrator can grant, and Other settings, which Google shows to super administrators alone.",
			"Sign in as a super administrator, or have the role assigned.", place.users,
		}}},
		{code: codePersonal, causes: []cause{{
			"The account that signed in is a personal Google account, which belongs to no organisation.", "Sign in with the administrator's account of your organisation; the browser may have to be switched to it first.", nil,
		}}},
		{code: codeOtherOrg, causes: []cause{{
			"The account that signed in belongs to another organisation than this connection.", "Sign in as an administrator of the organisation that is connected, or disconnect first.", nil,
		}}},
		{code: codeScopeNotGranted, causes: []cause{{
			"A permission was not granted on Google's page.", "Press Authorize Mio again and leave every box ticked.", nil,
		}}},
		{code: "no_refresh_token", status: platforms.Skipped, causes: []cause{{
			"Nobody has signed in yet.", "Press Authorize Mio.", nil,
		}}},
	}
}

// browserDiagnoses are what a sign-in in the browser can end with.
func browserDiagnoses() []diagnosis {
	return []diagnosis{
		{code: "access_denied", from: browser, causes: []cause{
			{"The sign-in was cancelled on Google's page.", "Press Authorize Mio again, and Allow on Google's page.", nil},
			{"Access was refused because the app is in testing and this account is not one of its test users.", "Make the app's audience internal.", place.audience},
		}},
		{code: "cancelled", from: browser, causes: []cause{{
			"The sign-in was cancelled here.", "Press Authorize Mio again.", nil,
		}}},
		{code: "timeout", from: browser, causes: []cause{
			{"The browser did not come back within 15 minutes.", "Press Authorize Mio again. The page of the last try no longer works.", nil},
			{"Google showed its reason in the browser and did not send it back: the app is blocked, or for another organisation's people only.", "Read the page in the browser; mark the client as trusted in API controls, or use a client of this organisation's own project.", place.apiControls},
		}},
	}
}

// delegationDiagnoses are the token endpoint's refusals of a token in somebody's name.
func delegationDiagnoses() []diagnosis {
	notYet := cause{
		"The service account is not in the list of domain-wide delegation yet, or Google has not caught up (minutes, at most a day).",
		"Open the pre-filled link and press Authorize, then wait a few minutes.", place.delegation,
	}
	email := cause{
		"The entry holds an e-mail address, or a group, instead of the numeric client id.",
		"Remove the entry and add it again with the number shown in the step: compare digit by digit.", place.delegation,
	}
	serviceOff := cause{
		"The Google service behind this scope is switched off for the person's organisational unit.",
		"Switch Google Chat on for that organisational unit; a change can take a day.", place.apps,
	}
	return []diagnosis{
		{code: "unauthorized_client", words: "not authorized for any of the scopes", causes: []cause{
			{
				"No delegation entry lists this scope for the service account: it was not made yet, or Google has not caught up (minutes, at most a day).",
				"Open the pre-filled link and press Authorize, then wait a few minutes.", place.delegation,
			},
			email,
		}},
		{code: "unauthorized_client", causes: []cause{notYet, email, {
			"The person belongs to another organisation than the one whose administrator made the entry.",
			"Choose somebody of this organisation.", place.users,
		}}},
		{code: "access_denied", words: "restricted", causes: []cause{
			{"Google restricts the account that was to be acted for; it may be suspended.", "Restore the account, or use another one.", place.users},
			serviceOff,
		}},
		{code: "invalid_account", causes: []cause{{
			"Google restricts the account that was to be acted for; it may be suspended.", "Restore the account, or use another one.", place.users,
		}}},
		{code: "access_denied", causes: []cause{
			{"This scope is not in the delegation entry.", "Add the scope with the pre-filled link.", place.delegation},
			serviceOff,
		}},
		{code: "admin_policy_enforced", causes: []cause{{
			"API controls block this application.", "Mark the client id as trusted in API controls.", place.apiControls,
		}}},
		{code: "invalid_scope", causes: []cause{
			{"Google does not know one of the scopes.", "Update Mio Hub.", nil},
			{"The scopes of the entry were typed with a blank or a line break in place of the comma.", "Replace the entry with the pre-filled link.", place.delegation},
		}},
	}
}

// grantDiagnoses are the token endpoint's refusals of a key, a person or a sign-in.
func grantDiagnoses() []diagnosis {
	unknown := cause{
		"Google knows no account with this address: it was renamed, mistyped, or belongs to another organisation.",
		"Use the primary address as the directory shows it.", place.users,
	}
	again := "Press Authorize Mio and sign in again."
	return []diagnosis{
		{code: "invalid_grant", words: "Invalid JWT Signature", causes: []cause{
			{"The key was deleted or has expired.", "Create a new JSON key and choose its file in the first step.", place.accounts},
			{"The key belongs to another service account.", "Choose the key file of the service account that is shown in the first step.", place.accounts},
		}},
		{code: "invalid_grant", words: "reasonable timeframe", causes: []cause{{
			"This computer's clock is wrong by minutes.", "Switch on automatic time in the system settings; the check of the clock tells by how much it is off.", nil,
		}}},
		{code: "invalid_grant", words: "No valid verifier", causes: []cause{{
			"The service account was deleted.", "Restore it within 30 days, or choose the key of another one.", place.accounts,
		}}},
		{code: "invalid_grant", words: "valid email", causes: []cause{unknown}},
		{code: "invalid_grant", words: "Invalid email or User ID", causes: []cause{unknown}},
		{code: "invalid_grant", words: "account has been deleted", causes: []cause{{
			"The account that was to be acted for was deleted.", "Restore it within 20 days, or sign in with another super administrator.", place.users,
		}}},
		{code: "invalid_grant", words: "rapt", causes: []cause{{
			"The organisation makes administrators sign in again after some hours (Google Cloud session control).",
			"Press Authorize Mio again, or exempt trusted apps from session control.", place.session,
		}}},
		{code: "invalid_grant", words: "expired or revoked", causes: []cause{
			{"The administrator's sign-in has expired or was revoked.", again, nil},
			{"The app's audience is still in testing, where Google lets every sign-in expire after seven days.", "Make the app's audience internal, then sign in again.", place.audience},
		}},
		{code: "invalid_grant", causes: []cause{{"The administrator's sign-in is no longer good.", again, nil}}},
	}
}

// clientDiagnoses are refusals of the OAuth client or the service account.
func clientDiagnoses() []diagnosis {
	restore := "Restore it within 30 days, or choose the file of another one in the first step."
	return []diagnosis{
		{code: "invalid_client", words: "not found", causes: []cause{{
			"Google does not know this OAuth client: it was deleted long ago, or the file is another one's.", "Download the file of a client of type Desktop app and choose it in the first step.", place.clients,
		}}},
		{code: "invalid_client", words: "unauthorized", causes: []cause{{
			"The OAuth client's secret is wrong: it was replaced in the console after the file was downloaded.", "Download the client's file again and choose it in the first step.", place.clients,
		}}},
		{code: "invalid_client", causes: []cause{{
			"Google does not know this client, or its secret is wrong.", "Download the client's file again and choose it in the first step.", place.clients,
		}}},
		{code: "deleted_client", causes: []cause{{"The OAuth client was deleted.", restore, place.clients}}},
		{code: "disabled_client", causes: []cause{
			{"The service account's key is disabled.", "Enable the key, or create a new one and choose its file.", place.accounts},
			{"The service account itself is disabled.", "Enable it in the Cloud console.", place.accounts},
		}},
		{code: "org_internal", causes: []cause{{
			"The OAuth client is for another organisation's people only.", "Use a client made in a project of this organisation.", place.clients,
		}}},
		{words: "Key creation is not allowed", causes: []cause{{
			"The organisation forbids key files for service accounts (iam.disableServiceAccountKeyCreation).",
			"Switch on “Delegation without a key file”, which needs none.", place.orgPolicies,
		}}},
		{code: "FAILED_PRECONDITION", words: "is disabled", causes: []cause{{
			"The service account is disabled.", "Enable it in the Cloud console.", place.accounts,
		}}},
		{words: "Unknown service account", causes: []cause{{
			"There is no such service account: it was deleted, or its address is mistyped.", "Restore it within 30 days, or correct the address in the first step.", place.accounts,
		}}},
		{words: "constraints/iam.", causes: []cause{{
			"The organisation forbids key files for service accounts (iam.disableServiceAccountKeyCreation or iam.disableServiceAccountKeyUpload).",
			"Switch on “Delegation without a key file”, which needs none. Or override the policy, and its managed counterpart, for this project.", place.orgPolicies,
		}}},
	}
}

// apiDiagnoses are refusals by the APIs.
func apiDiagnoses() []diagnosis {
	apiOff := []cause{{"The API is switched off in the service account's project.", "Switch it on with the link, then wait a few minutes.", place.apis}}
	return []diagnosis{
		{code: "SERVICE_DISABLED", causes: apiOff},
		{code: "accessNotConfigured", causes: apiOff},
		{words: "has not been used in project", causes: apiOff},
		{code: codeNoChatApp, causes: []cause{{
			"The Chat app was never configured. Google wants that before any call of the Chat API.", "Open the Chat API's Configuration page, fill it in and press Save.", place.chatApp,
		}}},
		{code: "ACCESS_TOKEN_SCOPE_INSUFFICIENT", causes: []cause{{
			"The token lacks a scope that this call needs.", "Replace the delegation entry with the pre-filled link.", place.delegation,
		}}},
		{code: "IAM_PERMISSION_DENIED", words: "signJwt", causes: []cause{{
			"The administrator who signed in may not sign for the service account.", "Give that administrator the role Service Account Token Creator on the service account. It takes some minutes to have an effect.", place.accounts,
		}}},
		{words: "iam.serviceAccounts.signJwt", causes: []cause{{
			"The administrator who signed in may not sign for the service account.", "Give that administrator the role Service Account Token Creator on the service account. It takes some minutes to have an effect.", place.accounts,
		}}},
		{words: "iam.serviceAccountKeys.get", causes: []cause{{
			"The service account may not look at its own keys.", "Give it the role View Service Accounts on itself.", place.accounts,
		}}},
		{code: "PERMISSION_DENIED", words: "caller does not have permission", causes: []cause{
			{"The person is not a member of the space.", "Add the person to the space, or let another member be the one in whose name it is read.", nil},
			{"Google Chat is switched off for the person's organisational unit.", "Switch it on; a change can take a day.", place.apps},
			{"The person has no licence that includes Google Chat.", "Assign one.", place.users},
		}},
		{code: "PERMISSION_DENIED", causes: []cause{
			{"The administrator lacks the privilege to manage Chat and spaces conversations.", "Check the administrator's role.", place.users},
			{"Google Chat is switched off for that organisational unit.", "Switch it on for everyone concerned; a change can take a day.", place.apps},
		}},
		{code: "forbidden", causes: []cause{
			{"The administrator's role no longer allows this.", "Check that the administrator is still a super administrator.", place.users},
			{"The account belongs to another organisation.", "Choose somebody of this organisation.", place.users},
		}},
		{code: "insufficientPermissions", causes: []cause{{
			"The token lacks a scope that this call needs.", "Replace the delegation entry with the pre-filled link.", place.delegation,
		}}},
		{words: "User not authorized to perform this action", causes: []cause{
			{"The service account may not use the Pub/Sub subscription.", "Run the script of the first step again: it gives it the role Pub/Sub Subscriber.", place.subscription},
			{"The subscription's name is mistyped, or it is in another project.", "Correct it in the first step.", place.subscription},
		}},
		{words: "Resource not found (resource=", causes: []cause{{
			"The Pub/Sub subscription or topic does not exist.", "Make it with the script of the first step, or correct its name in the settings.", place.subscription,
		}}},
		{code: "UNAUTHENTICATED", causes: []cause{{
			"Google no longer accepts the token: the grant or the key behind it is gone.", "Check the service account's key and the administrator's sign-in.", place.accounts,
		}}},
		{code: "RATE_LIMIT_EXCEEDED", status: platforms.Waiting, causes: []cause{{
			"The project's quota is used up for this minute.", "Nothing: it is tried again by itself. If it stays, ask Google for more.", place.quotas,
		}}},
		{code: "RESOURCE_EXHAUSTED", status: platforms.Waiting, causes: []cause{{
			"The project's quota is used up for this minute.", "Nothing: it is tried again by itself. If it stays, ask Google for more.", place.quotas,
		}}},
		{code: "NOT_FOUND", causes: []cause{
			{"The space or message no longer exists.", "Look for changes, then link another space.", nil},
			{"The person in whose name it was read is no longer a member.", "Add the person to the space again.", nil},
		}},
		{code: "ALREADY_EXISTS", causes: []cause{{"There is one with this name already.", "Choose another name.", nil}}},
		{code: "duplicate", causes: []cause{{"There is an account with this address already.", "Link that account.", place.users}}},
	}
}
