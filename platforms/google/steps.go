package google

import (
	"fmt"
	"strings"

	"miohub/platforms"
)

// steps is the Connect wizard, in the order in which an administrator meets it.
func steps(v platforms.Values) []platforms.Step {
	v = withFiles(v)
	return []platforms.Step{registration(v), invitations(v), settings(v), authorization(v), delegation(v)}
}

func registration(v platforms.Values) platforms.Step {
	return platforms.Step{
		ID: "registration", Title: "App registration", Summary: "An OAuth client and a service account of your own",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: "Mio Hub talks to Google as an application of your own organisation. You need a Cloud project with the Admin SDK API and the Google Chat API switched on, a configured Chat app, an OAuth client of type Desktop app, and a service account with a JSON key. Your IT department may have shipped these files already."},
			{Kind: platforms.PartLink, Label: "Open the Cloud console", URL: cloudURL("auth/clients", v.Get(keyProject))},
			{Kind: platforms.PartLink, Label: "Open the Chat app's configuration", URL: chatAppURL(v.Get(keyProject)), Text: "Untick “Build this Chat app as a Workspace add-on”: that choice cannot be undone later."},
			{Kind: platforms.PartFile, ID: keyClient, Label: "OAuth client file", Action: "file:client", Value: v.Get(keyClientID), Text: "The JSON file of the Desktop app client. Files are recognised by what they hold, so either may be dropped on either field."},
			{Kind: platforms.PartFile, ID: keyServiceAccount, Label: "Service account key file", Action: "file:service_account", Value: v.Get(keyAccountEmail), Text: "The JSON key of the service account. It is sealed on this computer; the file itself can then be deleted."},
		},
		Checks: []string{codeClock, codeKey},
		Why: []platforms.Question{
			{Ask: "Why an application of our own?", Answer: "Because then nobody else holds a key to your organisation. The client and the service account belong to you, their use shows in your own audit log, and deleting them ends all access at once."},
			{Ask: "What is the service account for?", Answer: "It is the identity that domain-wide delegation is granted to, and it is the Chat app that posts for people who have no Google account."},
		},
	}
}

func invitations(v platforms.Values) platforms.Step {
	return platforms.Step{
		ID: "invitations", Title: "Automatically accept invitations", Summary: "So that people join linked spaces without pressing anything",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: "In the Admin Console, open Apps, Google Workspace, Google Chat, Chat invitations, and switch “Automatically accept invitations between users” on."},
			{Kind: platforms.PartLink, Label: "Open the Admin Console", URL: consoleURL(v, "/ac/appslist/core"), Text: "Opens the list of Google Workspace services; choose Google Chat there."},
			{Kind: platforms.PartTick, ID: "invitations.on", Label: "Invitations are accepted automatically"},
		},
		Why: []platforms.Question{
			{Ask: "What happens if it stays off?", Answer: "People who are added to a space are merely invited, and see nothing of what is said there until they accept."},
		},
	}
}

func settings(v platforms.Values) platforms.Step {
	return platforms.Step{
		ID: "settings", Title: "Other settings", Summary: "Four switches of Google Chat",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: "Confirm these in the Admin Console for every organisational unit whose people will take part."},
			{Kind: platforms.PartLink, Label: "Open the Google Chat settings", URL: consoleURL(v, "/ac/appslist/core")},
			{Kind: platforms.PartTick, ID: "settings.service", Label: "Google Chat is on", Text: "A change can take up to a day to reach everybody."},
			{Kind: platforms.PartTick, ID: "settings.apps", Label: "Chat apps are allowed", Text: "Otherwise the Chat app cannot be added to a space."},
			{Kind: platforms.PartTick, ID: "settings.history", Label: "History is on for spaces", Text: "In a space without history, messages vanish on the Google side while their copies stay on the other."},
			{Kind: platforms.PartTick, ID: "settings.external", Label: "External access is as you want it", Text: "Mio Hub needs none. Spaces that people outside may join are shown as such and never linked unasked."},
		},
		Why: []platforms.Question{
			{Ask: "Can Mio Hub read these by itself?", Answer: "Not with the permissions it asks for. What it can prove, such as that the Chat app works, it proves at the end of the wizard."},
		},
	}
}

func authorization(v platforms.Values) platforms.Step {
	parts := []platforms.Part{
		{Kind: platforms.PartText, Text: "Sign in as a super administrator. Your browser opens; come back here when it says so."},
		{Kind: platforms.PartAction, ID: "authorize", Label: "Authorize Mio", Action: "authorize", Value: v.Get(keyAdmin)},
	}
	return platforms.Step{
		ID: "authorize", Title: "Authorize Mio", Summary: "Sign in as a super administrator", Parts: parts,
		Checks: []string{codeSignIn, codeRole},
		Why: []platforms.Question{
			{Ask: "What does Mio Hub do with this sign-in?", Answer: "It proves which organisation this is and that you administer it. It reads your role and the organisation's name, and nothing else: " + shortList(v, platforms.UserConsent) + "."},
			{Ask: "Why a super administrator?", Answer: "Only a super administrator can grant domain-wide delegation, which is the next step."},
		},
	}
}

func delegation(v platforms.Values) platforms.Step {
	id := v.Get(keyAccountID)
	return platforms.Step{
		ID: "delegation", Title: "Domain-wide delegation", Summary: "Let the service account act for people, scope by scope",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: "The link opens the Admin Console with everything filled in: check it there and press Authorize. Or add a new API client yourself with the two values below."},
			{Kind: platforms.PartLink, Label: "Open the pre-filled entry", URL: delegationURL(v, id), Text: prefilledNote(v)},
			{Kind: platforms.PartLink, Label: "Open the plain page", URL: consoleURL(v, "/ac/owl/domainwidedelegation"), Text: "For when the pre-filled one says that you have no access: switch to the super administrator's account first."},
			{Kind: platforms.PartCopy, ID: "delegation.client", Label: "Client ID", Value: id, Text: "The number, not the e-mail address."},
			{Kind: platforms.PartCopy, ID: "delegation.scopes", Label: "OAuth scopes", Value: delegationList(v), Text: "Separated by commas, as the console wants them."},
			{Kind: platforms.PartTick, ID: "delegation.enabled", Label: "I have enabled domain-wide delegation"},
			{Kind: platforms.PartVerify, ID: "delegation.confirm", Label: "Confirm"},
			{Kind: platforms.PartScopes, ID: "delegation.grants", Label: "What each scope is for"},
		},
		Checks: append(delegationChecks(v), codeDirectory, codeChat, codeChatApp),
		Why: []platforms.Question{
			{Ask: "Why does Mio Hub need domain-wide delegation?", Answer: "Google shows what is said in a space to its members alone. With delegation the service account reads a linked space in the name of one of its members, and posts what people write on the other side in their own name instead of as a robot. Without it every message would come from one account."},
			{Ask: "Which scopes, and why?", Answer: scopesAnswer(v)},
			{Ask: "Could it act as anybody?", Answer: "Google would let it. Mio Hub does not: it acts only for people who are enabled, for the administrator who signed in and for test people you choose, each time for a stated purpose, and the log names every one."},
			{Ask: "How long does it take?", Answer: "Usually a few minutes; Google says up to 24 hours. Mio Hub keeps trying, scope by scope, and turns each green as it starts to work."},
		},
	}
}

func prefilledNote(v platforms.Values) string {
	if admin := v.Get(keyAdmin); admin != "" {
		return "Opens for " + admin + "."
	}
	return ""
}

func shortList(v platforms.Values, kind platforms.GrantKind) string {
	var list []string
	for _, scope := range scopesOf(asked(v), kind) {
		list = append(list, shortScope(scope))
	}
	return strings.Join(list, ", ")
}

// scopesAnswer lists every delegated scope with its reason.
func scopesAnswer(v platforms.Values) string {
	var b strings.Builder
	b.WriteString("These and no others, each checked on its own:")
	for _, g := range asked(v) {
		if g.Kind == platforms.Delegation {
			fmt.Fprintf(&b, "\n%s: %s", shortScope(g.Scope), g.Reason)
		}
	}
	return b.String()
}
