package google

import (
	"errors"
	"fmt"
	"strings"

	"miohub/platforms"
)

// diagnosis is one entry of the catalogue of failures: it applies when the code
// is equal (if given) and the text contains the words (if given).
type diagnosis struct {
	code, words string
	status      platforms.Status
	cause, fix  string
	url         func(*workspace) string
}

// catalogue explains Google's refusals. Codes and texts are from Google's table
// "JWT error codes" (service accounts) and the APIs' own answers. They are hints
// for a person, never control flow.
func catalogue() []diagnosis {
	delegation := func(w *workspace) string { return delegationURL(w.env.Values, w.account.ID) }
	accounts := func(w *workspace) string {
		return "https://console.cloud.google.com/iam-admin/serviceaccounts?project=" + w.account.Project
	}
	controls := func(w *workspace) string { return consoleURL(w.env.Values, "/ac/owl") }
	signIn := func(*workspace) string { return "" }
	return []diagnosis{
		{
			code: codeNotAdmitted, status: platforms.Fail, url: signIn,
			cause: "Mio Hub's own fence does not let it act for this account.", fix: "Sign in again, so that the administrator is on record.",
		},
		{
			code: "unauthorized_client", words: "not authorized for any of the scopes", status: platforms.Fail, url: delegation,
			cause: "No delegation entry lists this scope for the service account. Either it was not made yet, or Google has not caught up (minutes, at most a day), or the entry holds an e-mail address instead of the numeric client id.",
			fix:   "Open the pre-filled link and press Authorize. Compare the client id digit by digit if an entry is there already.",
		},
		{
			code: "unauthorized_client", status: platforms.Fail, url: delegation,
			cause: "The service account is not in this organisation's list of domain-wide delegation yet, or Google has not caught up (minutes, at most a day).",
			fix:   "Open the pre-filled link and press Authorize, then check again in a few minutes.",
		},
		{
			code: "access_denied", words: "restricted", status: platforms.Fail, url: func(w *workspace) string { return consoleURL(w.env.Values, "/ac/users") },
			cause: "Google restricts the account that was to be acted for; it may be suspended.", fix: "Restore the account, or sign in with another administrator.",
		},
		{
			code: "access_denied", status: platforms.Fail, url: delegation,
			cause: "This scope is not in the delegation entry, or the Google service behind it is switched off for the administrator's organisational unit.",
			fix:   "Add the scope with the pre-filled link. If it is there, check that Google Chat is on for that organisational unit.",
		},
		{
			code: "admin_policy_enforced", status: platforms.Fail, url: controls,
			cause: "API controls block this application.", fix: "Mark the client id as trusted in API controls.",
		},
		{
			code: "invalid_grant", words: "Invalid JWT Signature", status: platforms.Fail, url: accounts,
			cause: "The key was deleted, has expired, or belongs to another service account.", fix: "Create a new JSON key and choose its file in the first step.",
		},
		{
			code: "invalid_grant", words: "reasonable timeframe", status: platforms.Fail, url: signIn,
			cause: "This computer's clock is wrong by minutes.", fix: "Switch on automatic time in the system settings.",
		},
		{
			code: "invalid_grant", words: "No valid verifier", status: platforms.Fail, url: accounts,
			cause: "The service account was deleted.", fix: "Restore it within 30 days, or choose the key of another one.",
		},
		{
			code: "invalid_grant", words: "valid email", status: platforms.Fail, url: signIn,
			cause: "Google knows no account with this address.", fix: "Sign in again with the administrator's primary address.",
		},
		{
			code: "invalid_grant", words: "Invalid email or User ID", status: platforms.Fail, url: signIn,
			cause: "Google knows no account with this address.", fix: "Sign in again with the administrator's primary address.",
		},
		{
			code: "invalid_grant", words: "account has been deleted", status: platforms.Fail, url: signIn,
			cause: "The administrator's account was deleted.", fix: "Sign in with another super administrator.",
		},
		{
			code: "invalid_grant", words: "rapt", status: platforms.Fail, url: func(w *workspace) string { return consoleURL(w.env.Values, "/ac/security") },
			cause: "The organisation makes administrators sign in again after some hours (Google Cloud session control).",
			fix:   "Press Authorize Mio again, or exempt trusted apps from session control.",
		},
		{
			code: "invalid_grant", status: platforms.Fail, url: signIn,
			cause: "The sign-in has expired or was revoked.", fix: "Press Authorize Mio and sign in again.",
		},
		{
			code: "no_refresh_token", status: platforms.Skipped, url: signIn,
			cause: "Nobody has signed in yet.", fix: "Press Authorize Mio.",
		},
		{
			code: "invalid_scope", status: platforms.Fail, url: delegation,
			cause: "Google does not know one of the scopes.", fix: "Update Mio Hub.",
		},
		{
			code: "deleted_client", status: platforms.Fail, url: accounts,
			cause: "The OAuth client was deleted. It can be restored within 30 days.", fix: "Restore it, or choose the file of another one.",
		},
		{
			code: "disabled_client", status: platforms.Fail, url: accounts,
			cause: "The service account, or its key, is disabled.", fix: "Enable it in the Cloud console.",
		},
		{
			code: "invalid_client", status: platforms.Fail, url: accounts,
			cause: "Google does not know this client, or its secret is wrong.", fix: "Download the client's file again and choose it in the first step.",
		},
		{
			code: "org_internal", status: platforms.Fail, url: signIn,
			cause: "The OAuth client is for another organisation's people only.", fix: "Use a client made in a project of this organisation.",
		},
		{
			code: "not-super-administrator", status: platforms.Fail, url: func(w *workspace) string { return consoleURL(w.env.Values, "/ac/users") },
			cause: "The account that signed in is not a super administrator.", fix: "Sign in as a super administrator, or have the role assigned.",
		},
		{
			code: "SERVICE_DISABLED", status: platforms.Fail,
			url:   func(w *workspace) string { return apiURL("admin.googleapis.com", w.account.Project) },
			cause: "The API is switched off in the service account's project.", fix: "Switch it on with the link, then check again in a few minutes.",
		},
		{
			code: codeNoChatApp, status: platforms.Fail, url: func(w *workspace) string { return chatAppURL(w.account.Project) },
			cause: "The Chat app was never configured. Google wants that before any call of the Chat API.", fix: "Open the Chat API's Configuration page, fill it in and press Save.",
		},
		{
			code: "ACCESS_TOKEN_SCOPE_INSUFFICIENT", status: platforms.Fail, url: delegation,
			cause: "The token lacks a scope that this call needs.", fix: "Compare the scopes of the delegation entry with the list here.",
		},
		{
			code: "PERMISSION_DENIED", status: platforms.Fail, url: func(w *workspace) string { return consoleURL(w.env.Values, "/ac/appslist/core") },
			cause: "Google refuses this to the administrator: the privilege to manage Chat and spaces conversations may be missing, or Google Chat is off for that organisational unit.",
			fix:   "Check the administrator's role and that Google Chat is switched on for everyone concerned.",
		},
	}
}

// diagnose finds the explanation of a failure, or makes one from its kind.
func (w *workspace) diagnose(e *platforms.Error) platforms.Finding {
	for _, d := range catalogue() {
		if d.code != e.Code || d.words != "" && !strings.Contains(strings.ToLower(e.Text), strings.ToLower(d.words)) {
			continue
		}
		f := platforms.Finding{Status: d.status, Cause: d.cause, Fix: d.fix}
		if w.account != nil && d.url != nil {
			f.FixURL = d.url(w)
		}
		var r *refusal
		if errors.As(e, &r) && r.activation != "" {
			f.FixURL = r.activation
		}
		return f
	}
	return byKind(e)
}

func byKind(e *platforms.Error) platforms.Finding {
	f := platforms.Finding{Status: platforms.Fail, Cause: fmt.Sprintf("Google refused: %s", e.Text), Fix: "Read what Google said below and check again."}
	switch e.Kind {
	case platforms.Internal:
		f.Cause, f.Fix = "Mio Hub could not make the check, or did not understand the answer.", "Check again. If it stays so, choose the files of the first step again."
	case platforms.SlowDown:
		f.Status, f.Cause, f.Fix = platforms.Waiting, "Google asks for fewer requests for a moment.", "Check again in a minute."
	case platforms.TryLater, platforms.Uncertain:
		f.Status, f.Cause, f.Fix = platforms.Waiting, "Google could not be reached, or had a passing fault.", "Check the network connection, then check again."
	case platforms.SignInAgain:
		f.Cause, f.Fix = "The sign-in is no longer good.", "Press Authorize Mio and sign in again."
	}
	return f
}
