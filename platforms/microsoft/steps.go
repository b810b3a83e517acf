package microsoft

import (
	"fmt"
	"strings"

	"miohub/platforms"
)

// nativeClient is the redirect of Method 2: a page of the vendor's own that
// needs no receiver, since the link is opened on somebody else's computer.
const nativeClient = "common/oauth2/nativeclient"

// methodTwoLink is the link that an administrator opens somewhere else.
// Arrival is proved by the grants themselves, never by the redirect.
func methodTwoLink(v platforms.Values) string {
	client := clientOf(v)
	if client == "" {
		return ""
	}
	authority := authorityOf(v)
	return consentURL(authority, or(v.Get(keyTenant), everyTenant), client, authority+nativeClient, "method-2")
}

// consentMail is what goes with the link of Method 2: who gets it has not seen the
// hub and is right to ask what it is.
func consentMail(v platforms.Values) string {
	at := methodTwoLink(v)
	if at == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString("Subject: Consent for Mio Hub, which links Google Chat with Microsoft Teams\n\n")
	fmt.Fprintf(&b, "Please open this link as a Global Administrator or Privileged Role Administrator%s and accept:\n\n%s\n\n", ofTenant(v), at)
	fmt.Fprintf(&b, "The page that opens is Microsoft's own, and it names the application by the id %s. ", clientOf(v))
	b.WriteString("It asks for the permissions below, for an application of our own that runs on our own computer. The page at the end can be closed; nothing needs to be sent back. Consent can be withdrawn at any time in Entra, under Enterprise applications.\n")
	for _, kind := range []struct {
		grant platforms.GrantKind
		title string
	}{
		{platforms.AppConsent, "For the application:"}, {platforms.UserConsent, "For the account that posts in Teams:"},
	} {
		fmt.Fprintf(&b, "\n%s\n", kind.title)
		for _, p := range scopes(v, kind.grant) {
			fmt.Fprintf(&b, "- %s: %s\n", p, reason(v, kind.grant, p))
		}
	}
	return b.String()
}

func ofTenant(v platforms.Values) string {
	if t := or(v.Get(keyName), v.Get(keyTenant)); t != "" {
		return " of " + t
	}
	return ""
}

// reason is why a permission is asked for: of the first feature that needs it.
func reason(v platforms.Values, kind platforms.GrantKind, permission string) string {
	for _, g := range asked(v) {
		if g.Kind == kind && g.Scope == permission {
			return g.Reason
		}
	}
	return ""
}

// steps is the Connect wizard.
func steps(v platforms.Values) []platforms.Step {
	list := []platforms.Step{registrationStep(v), settingsStep(v), authorizeStep(v), bridgeStep(v), consentStep(v)}
	if platforms.On(features(), v, platforms.FeaturePush) {
		list = append(list, pushStep(v))
	}
	return list
}

// settingsStep asks for what was set in Microsoft 365 beforehand. What Graph
// tells is proved by its check once the grants work; the rest stays a tick.
func settingsStep(v platforms.Values) platforms.Step {
	guests := platforms.On(features(), v, platforms.FeatureProvision)
	read := func(check string) string {
		if platforms.On(features(), v, platforms.FeatureSettings) {
			return check
		}
		return ""
	}
	return platforms.Step{
		ID: "settings", Title: "Settings in Microsoft 365", Summary: "Guest access, invitations, licences and policies",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: "Look at these settings and tick what is as it should be. What can be read through Graph is checked by itself as soon as the grants work, and then its result counts."},
			{Kind: platforms.PartLink, Label: "Open external collaboration in Entra", URL: link(v, linkGuests)},
			{Kind: platforms.PartTick, ID: "settings.invitations", Label: "Guests may be invited", Text: "Needed only for guest accounts. “Guest invite settings” lets members invite.", Optional: !guests, Check: read(checkInvitations)},
			{Kind: platforms.PartTick, ID: "settings.external", Label: "The other side's domain is not on the list of denied domains", Text: "Needed only for guest accounts, under “Collaboration restrictions” on the same page. Graph does not tell it.", Optional: true},
			{Kind: platforms.PartLink, Label: "Open Microsoft 365 groups", URL: link(v, linkGroupSettings)},
			{Kind: platforms.PartTick, ID: "settings.group-guests", Label: "Groups may take guests", Text: "Needed only for guest accounts: a team is a group.", Optional: !guests, Check: read(checkGroupGuests)},
			{Kind: platforms.PartLink, Label: "Open guest access in Teams", URL: link(v, linkTeamsGuests)},
			{Kind: platforms.PartTick, ID: "settings.teams-guests", Label: "Guest access is on in Teams", Text: "Needed only for guest accounts. Graph does not tell it.", Optional: true},
			{Kind: platforms.PartLink, Label: "Open licences", URL: link(v, linkBilling)},
			{Kind: platforms.PartTick, ID: "settings.licences", Label: "A licence with Teams is left for the bridge account", Text: "Or the account has one already. Guests need none.", Check: read(checkLicencesLeft)},
			{Kind: platforms.PartTick, ID: "settings.bridge-account", Label: "There is an account for the bridge, with a Teams licence, used for nothing else", Text: "For example “Mio bridge”. It is what people in Teams see as the sender; it needs no role.", Check: checkLicence},
			{Kind: platforms.PartLink, Label: "Open Conditional Access", URL: link(v, linkConditionalAccess)},
			{Kind: platforms.PartTick, ID: "settings.conditional-access", Label: "No policy ends the bridge account's sign-in every few hours", Text: "Exclude it from sign-in frequency policies; otherwise messages stop until somebody signs it in again."},
		},
		Why: []platforms.Question{
			{Ask: "Why an account of its own?", Answer: "Teams lets neither an application nor one person post for another. Everything said in Google Chat is posted by this account, with the author's name in front. What the account itself says in a linked channel is not carried, so nobody should use it to chat."},
			{Ask: "Why tick what the hub can read?", Answer: "It cannot read anything before somebody has consented. A tick counts until then; from then on what was read counts, and a setting that is changed later is noticed."},
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
			{Kind: platforms.PartScript, ID: "consent.mail", Label: "Text of a message to go with it", Value: consentMail(v), File: "miohub-consent.txt"},
			{Kind: platforms.PartVerify, Label: "Look now"},
		},
		Checks: append([]string{checkTenant}, grantChecks(v, platforms.AppConsent)...),
		Why: []platforms.Question{
			{Ask: "Why these two roles?", Answer: "Application permissions of Microsoft Graph can be granted by nobody else. An Application Administrator can grant any other permission, but not these."},
			{Ask: "How is it noticed that somebody used the link?", Answer: "By what Entra then gives the application: a token of its own that carries the permissions, and the tenant's record of them. The page on which the link ends proves nothing and is not looked at. It is looked for again and again, also after this computer was off."},
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
		Checks: []string{checkBridge, checkLicence, checkRole, checkOwn, checkSeats},
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
	s.Checks = append(grantChecks(v, platforms.UserConsent), checkExtra, checkPeople, checkTeams)
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
