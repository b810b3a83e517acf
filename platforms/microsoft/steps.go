package microsoft

import (
	"miohub/platforms"
)

// nativeClient is the redirect of Method 2: a page of the vendor's own that
// needs no receiver, since the link is opened on somebody else's computer.
const nativeClient = "common/oauth2/nativeclient"

// methodTwoLink is the link that an administrator opens somewhere else.
// Arrival is proved by the grants themselves, never by the redirect.
func methodTwoLink(v platforms.Values) string {
	if v.Get(keyClient) == "" {
		return ""
	}
	authority := authorityOf(v)
	return consentURL(authority, or(v.Get(keyTenant), everyTenant), v.Get(keyClient), authority+nativeClient, "method-2")
}

// steps is the Connect wizard.
func steps(v platforms.Values) []platforms.Step {
	return []platforms.Step{registrationStep(v), settingsStep(), authorizeStep(v), bridgeStep(v), consentStep(v)}
}

func settingsStep() platforms.Step {
	const teams = "https://admin.teams.microsoft.com/"
	return platforms.Step{
		ID: "settings", Title: "Settings in Microsoft 365", Summary: "Guest access, invitations and policies",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: "Look at these settings and tick what is as it should be. What can be read through Graph is checked as soon as the grants work."},
			{Kind: platforms.PartLink, Label: "Open guest access in Teams", URL: teams + "company-wide-settings/guest-configuration"},
			{Kind: platforms.PartTick, ID: "settings.teams-guests", Label: "Guest access is on in Teams", Text: "Needed only if people without a licence are to get guest accounts.", Optional: true},
			{Kind: platforms.PartLink, Label: "Open external collaboration in Entra", URL: "https://entra.microsoft.com/#view/Microsoft_AAD_IAM/CompanyRelationshipsMenuBlade/~/Settings"},
			{Kind: platforms.PartTick, ID: "settings.invitations", Label: "Guests may be invited", Text: "Needed only for guest accounts.", Optional: true},
			{Kind: platforms.PartTick, ID: "settings.bridge-account", Label: "There is an account for the bridge, with a Teams licence, used for nothing else", Text: "For example “Mio bridge”. It is what people in Teams see as the sender; it needs no role."},
			{Kind: platforms.PartLink, Label: "Open Conditional Access", URL: "https://entra.microsoft.com/#view/Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade"},
			{Kind: platforms.PartTick, ID: "settings.conditional-access", Label: "No policy ends the bridge account's sign-in every few hours", Text: "Exclude it from sign-in frequency policies; otherwise messages stop until somebody signs it in again."},
		},
		Why: []platforms.Question{
			{Ask: "Why an account of its own?", Answer: "Teams lets neither an application nor one person post for another. Everything said in Google Chat is posted by this account, with the author's name in front. What the account itself says in a linked channel is not carried, so nobody should use it to chat."},
		},
	}
}

func authorizeStep(v platforms.Values) platforms.Step {
	return platforms.Step{
		ID: "authorize", Title: "Authorize Mio", Summary: "An administrator consents for the organisation",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: "Method 1: you are a Global Administrator or a Privileged Role Administrator. Your browser opens twice: once to sign you in, once to show what you consent to."},
			{Kind: platforms.PartAction, ID: actionAuthorize, Label: "Authorize Mio", Action: actionAuthorize, Optional: true},
			{Kind: platforms.PartText, Text: "Method 2: you are not. Send this link to somebody who is. It can be opened on any computer; the hub notices by itself when consent has arrived, and the page that opens at the end may be closed."},
			{Kind: platforms.PartCopy, ID: "consent.link", Label: "Link for your administrator", Value: methodTwoLink(v)},
			{Kind: platforms.PartVerify, Label: "Look now"},
		},
		Checks: append([]string{checkTenant}, grantChecks(v, platforms.AppConsent)...),
		Why: []platforms.Question{
			{Ask: "Why these two roles?", Answer: "Application permissions of Microsoft Graph can be granted by nobody else. An Application Administrator can grant any other permission, but not these."},
			{Ask: "Is the administrator's sign-in kept?", Answer: "No. It proves the role once and is then forgotten."},
		},
	}
}

func bridgeStep(v platforms.Values) platforms.Step {
	text := "Your browser asks for an account: choose the bridge account, not your own."
	if b := v.Get(keyBridge); b != "" && v.Get(keyBridgeID) != "" {
		text = "Signed in as " + b + ". Sign in again to renew it or to choose another account."
	}
	return platforms.Step{
		ID: "bridge", Title: "Sign in the bridge account", Summary: "The account that posts in Teams",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: text},
			{Kind: platforms.PartAction, ID: actionBridge, Label: "Sign in the bridge account", Action: actionBridge},
		},
		Checks: []string{checkBridge, checkLicence, checkRole},
		Why: []platforms.Question{
			{Ask: "What can it do?", Answer: "Read and post in the channels of teams it is a member of, edit and delete its own posts, and nothing else. It becomes a member of a team only by an action of a plan that you approve."},
		},
	}
}

func consentStep(v platforms.Values) platforms.Step {
	s := platforms.Step{
		ID: "consent", Title: "Consent, verified", Summary: "Every permission, one by one",
		Parts: []platforms.Part{
			{Kind: platforms.PartScopes, ID: "scopes", Label: "Permissions", Text: "Each with the reason it is asked for and what was last found."},
			{Kind: platforms.PartVerify, Label: "Confirm"},
		},
		Why: []platforms.Question{
			{Ask: "Which permissions, and why?", Answer: "The table is complete: nothing else is ever asked for. Each names the calls that need it; the bridge account reads messages, the application never does."},
		},
	}
	s.Checks = append(grantChecks(v, platforms.UserConsent), checkPeople, checkTeams)
	return s
}

// grantChecks are the codes of the checks of one kind of permission.
func grantChecks(v platforms.Values, kind platforms.GrantKind) []string {
	code := appCheck
	if kind == platforms.UserConsent {
		code = userCheck
	}
	list := scopes(v, kind)
	for i := range list {
		list[i] = code(list[i])
	}
	return list
}
