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

// isOn reports whether a feature is on with the present values.
func isOn(v platforms.Values, f platforms.Feature) bool { return platforms.On(features(), v, f) }

func registration(v platforms.Values) platforms.Step {
	parts := []platforms.Part{
		{Kind: platforms.PartText, Text: "Mio Hub talks to Google as an application of your own organisation. It takes a Cloud project with some APIs switched on, a configured Chat app, an OAuth client of type Desktop app, and a service account. Your IT department may have shipped these already. If not, the script makes what a script can make, and says what is left."},
		{Kind: platforms.PartScript, ID: "registration.script", Label: "Make it for me", Optional: true, File: scriptFile, Value: script(v), Text: "Run it in Cloud Shell, signed in as somebody who may make Cloud projects. It can be run again at any time: what is there already stays as it is."},
		{Kind: platforms.PartLink, Label: "Open Cloud Shell", URL: "https://shell.cloud.google.com/", Text: "Drop the script's file on the window there, then type: bash " + scriptFile},
		{Kind: platforms.PartLink, Label: "Open the OAuth clients", URL: cloudURL("auth/clients", v.Get(keyProject)), Text: "Create a client of type Desktop app and download its JSON file."},
		{Kind: platforms.PartLink, Label: "Open the Chat app's configuration", URL: chatAppURL(v.Get(keyProject)), Text: "Untick “Build this Chat app as a Workspace add-on”: that choice cannot be undone later. Give it a name and an avatar, and press Save."},
		{Kind: platforms.PartFile, ID: keyClient, Label: "OAuth client file", Action: "file:client", Value: v.Get(keyClientID), Text: "The JSON file of the Desktop app client. Files are recognised by what they hold, so either may be dropped on either field."},
	}
	checks := []string{codeClock, codeClient}
	if isOn(v, platforms.FeatureKeyless) {
		parts = append(parts, keylessParts(v)...)
	} else {
		parts = append(parts, platforms.Part{Kind: platforms.PartFile, ID: keyServiceAccount, Label: "Service account key file", Action: "file:service_account", Value: v.Get(keyAccountEmail), Text: "The JSON key of the service account. It is sealed on this computer; the file itself can then be deleted. Where your organisation forbids keys, switch “Delegation without a key file” on instead."})
		checks = append(checks, codeKey, codeKeyAge)
	}
	if isOn(v, platforms.FeaturePush) {
		parts = append(parts,
			platforms.Part{Kind: platforms.PartField, ID: keyTopic, Label: "Pub/Sub topic", Value: v.Get(keyTopic), Text: "As the script prints it. Google Chat announces new messages there."},
			platforms.Part{Kind: platforms.PartField, ID: keySubscription, Label: "Pub/Sub subscription", Value: v.Get(keySubscription), Text: "As the script prints it. Mio Hub fetches the announcements from it."},
		)
	}
	return platforms.Step{
		ID: "registration", Title: "App registration", Summary: "An OAuth client and a service account of your own", Parts: parts, Checks: checks,
		Why: []platforms.Question{
			{Ask: "Why an application of our own?", Answer: "Because then nobody else holds a key to your organisation. The client and the service account belong to you, their use shows in your own audit log, and deleting them ends all access at once."},
			{Ask: "What is the service account for?", Answer: "It is the identity that domain-wide delegation is granted to, and it is the Chat app that posts for people who have no Google account."},
			{Ask: "What does the script do?", Answer: "It makes a project unless there is one, switches on the APIs that the features you chose need, and makes the service account. It makes a key only if your organisation allows keys. It grants no access to anybody's data: that is the last step, by your own hand."},
		},
	}
}

func keylessParts(v platforms.Values) []platforms.Part {
	return []platforms.Part{
		{Kind: platforms.PartText, Text: "Delegation without a key file is on: Google signs for the service account whenever the administrator who signed in asks for it. That administrator needs the role Service Account Token Creator on the service account; the script grants it to whoever runs it."},
		{Kind: platforms.PartField, ID: keyAccountEmail, Label: "Service account", Value: v.Get(keyAccountEmail), Text: "Its e-mail address, as the script prints it."},
		{Kind: platforms.PartField, ID: keyAccountID, Label: "Client ID of the service account", Value: v.Get(keyAccountID), Text: "The number of 21 digits, as the script prints it."},
		{Kind: platforms.PartField, ID: keyProject, Label: "Cloud project", Value: v.Get(keyProject), Optional: true, Text: "Its id, so that links lead to it."},
	}
}

func invitations(v platforms.Values) platforms.Step {
	tick := platforms.Part{Kind: platforms.PartTick, ID: "invitations.on", Label: "Invitations are accepted automatically"}
	parts := []platforms.Part{
		{Kind: platforms.PartText, Text: "In the Admin Console, open Apps, Google Workspace, Google Chat, Chat invitations, and switch “Automatically accept invitations between users” on."},
		{Kind: platforms.PartLink, Label: "Open the Admin Console", URL: consoleURL(v, "/ac/appslist/core"), Text: "Opens the list of Google Workspace services; choose Google Chat there."},
	}
	if isOn(v, platforms.FeatureProbe) {
		tick.Check, tick.Text = codeInvitations, "Counts until it was tried out."
		parts = append(parts, tick, testPersonPart(v), platforms.Part{
			Kind: platforms.PartProbe, ID: "invitations.try", Label: "Try it out", Check: codeInvitations, Optional: true,
			Text: "Makes a temporary space in the administrator's name, adds the test person, looks whether that person has joined or was merely invited, and removes the space again, whatever happens. The test person may see a notification. It works once domain-wide delegation does, and proves the test person's organisational unit, no other.",
		})
	} else {
		tick.Text = "To have it proved instead, switch “Trying out invitations” on in the settings."
		parts = append(parts, tick)
	}
	return platforms.Step{
		ID: "invitations", Title: "Automatically accept invitations", Summary: "So that people join linked spaces without pressing anything", Parts: parts,
		Why: []platforms.Question{
			{Ask: "What happens if it stays off?", Answer: "People who are added to a space are merely invited, and see nothing of what is said there until they accept."},
			{Ask: "Why is it not simply read?", Answer: "Google lets most settings of Chat be read, but not this one. It can only be tried out."},
		},
	}
}

// testPersonPart is the field for an ordinary user to prove things with.
func testPersonPart(v platforms.Values) platforms.Part {
	return platforms.Part{
		Kind: platforms.PartField, ID: platforms.KeyTestPeople, Label: "Test person", Value: v.Get(platforms.KeyTestPeople), Optional: true,
		Text: "The address of an ordinary user who agreed to it, best of an organisational unit that will take part. Checks then prove that things work for more people than the administrator. Mio Hub may act for this person to check the set-up.",
	}
}

func settings(v platforms.Values) platforms.Step {
	read := isOn(v, platforms.FeatureSettings)
	text := "Confirm these in the Admin Console for every organisational unit whose people will take part. The list is Mio Hub's own: it holds what linking depends on, and what you should know before you link."
	if read {
		text = "Mio Hub reads these by itself as soon as domain-wide delegation works, in every organisational unit and group: the weakest decides. Until then you can confirm them here. The list is Mio Hub's own: it holds what linking depends on, and what you should know before you link."
	}
	parts := []platforms.Part{
		{Kind: platforms.PartText, Text: text},
		{Kind: platforms.PartLink, Label: "Open the Google Chat settings", URL: consoleURL(v, "/ac/appslist/core")},
	}
	for _, s := range settingsList() {
		tick := platforms.Part{Kind: platforms.PartTick, ID: "settings." + s.id, Label: s.label, Text: s.text}
		if read {
			tick.Check = codeSetting + s.id
		}
		parts = append(parts, tick)
	}
	why := platforms.Question{Ask: "Can Mio Hub read these by itself?", Answer: "Yes, through Google's Policy API, with a permission that can read settings and change none. Until domain-wide delegation works, and wherever a setting cannot be read, your tick counts."}
	if !read {
		why.Answer = "Yes, if you switch “Reading settings” on. It is off, so your ticks count, and a later change goes unnoticed."
	}
	return platforms.Step{
		ID: "settings", Title: "Other settings", Summary: "What Google Chat must allow", Parts: parts,
		Why: []platforms.Question{why, {
			Ask: "Why the weakest?", Answer: "Settings differ by organisational unit and group. What is forbidden in one of them fails for its people, however it is set elsewhere; so each is named with where it applies.",
		}},
	}
}

func authorization(v platforms.Values) platforms.Step {
	answer := "It proves which organisation this is and that you administer it. It reads your role and the organisation's name, and nothing else: " + shortList(v, platforms.UserConsent) + "."
	if isOn(v, platforms.FeatureKeyless) {
		answer = "It proves which organisation this is and that you administer it, and has Google sign for the service account. It asks for " + shortList(v, platforms.UserConsent) + "."
	}
	return platforms.Step{
		ID: "authorize", Title: "Authorize Mio", Summary: "Sign in as a super administrator",
		Parts: []platforms.Part{
			{Kind: platforms.PartText, Text: "Sign in as a super administrator. Your browser opens; come back here when it says so."},
			{Kind: platforms.PartAction, ID: "authorize", Label: "Authorize Mio", Action: "authorize", Value: v.Get(keyAdmin)},
		},
		Checks: []string{codeSignIn, codeRole},
		Why: []platforms.Question{
			{Ask: "What does Mio Hub do with this sign-in?", Answer: answer},
			{Ask: "Why a super administrator?", Answer: "Only a super administrator can grant domain-wide delegation, which is the next step, and Google shows settings to super administrators alone. With a limited administrator role those two steps fail."},
		},
	}
}

func delegation(v platforms.Values) platforms.Step {
	id := v.Get(keyAccountID)
	parts := []platforms.Part{
		{Kind: platforms.PartText, Text: "The link opens the Admin Console with everything filled in: check it there and press Authorize. Or add a new API client yourself with the two values below."},
		{Kind: platforms.PartLink, Label: "Open the pre-filled entry", URL: delegationURL(v, id), Text: prefilledNote(v)},
		{Kind: platforms.PartLink, Label: "Open the plain page", URL: consoleURL(v, "/ac/owl/domainwidedelegation"), Text: "For when the pre-filled one says that you have no access: switch to the super administrator's account first."},
		{Kind: platforms.PartCopy, ID: "delegation.client", Label: "Client ID", Value: id, Text: "The number, not the e-mail address."},
		{Kind: platforms.PartCopy, ID: "delegation.scopes", Label: "OAuth scopes", Value: delegationList(v), Text: "Separated by commas, as the console wants them."},
		{Kind: platforms.PartTick, ID: "delegation.enabled", Label: "I have enabled domain-wide delegation"},
	}
	if !isOn(v, platforms.FeatureProbe) { // else it is asked for there
		parts = append(parts, testPersonPart(v))
	}
	parts = append(parts,
		platforms.Part{Kind: platforms.PartVerify, ID: "delegation.confirm", Label: "Confirm"},
		platforms.Part{Kind: platforms.PartScopes, ID: "delegation.grants", Label: "What each scope is for"},
	)
	return platforms.Step{
		ID: "delegation", Title: "Domain-wide delegation", Summary: "Let the service account act for people, scope by scope",
		Parts: parts, Checks: delegationStepChecks(v),
		Why: []platforms.Question{
			{Ask: "Why does Mio Hub need domain-wide delegation?", Answer: "Google shows what is said in a space to its members alone. With delegation the service account reads a linked space in the name of one of its members, and posts what people write on the other side in their own name instead of as a robot. Without it every message would come from one account."},
			{Ask: "Which scopes, and why?", Answer: scopesAnswer(v)},
			{Ask: "Could it act as anybody?", Answer: "Google would let it. Mio Hub does not: it acts only for people who are enabled, for the administrator who signed in and for test people you choose, each time for a stated purpose, and the log names every one."},
			{Ask: "How long does it take?", Answer: "Usually a few minutes; Google says up to 24 hours. Mio Hub keeps trying, scope by scope, and turns each green as it starts to work."},
			{Ask: "What if a feature is switched off?", Answer: "What it asked for leaves the list. Open the pre-filled entry again to replace the old one: the check names every scope that is granted and no longer needed."},
		},
	}
}

// delegationStepChecks are the codes of what Confirm proves.
func delegationStepChecks(v platforms.Values) []string {
	codes := []string{codeClock, codeKey, codeKeyAge}
	codes = append(codes, delegationChecks(v)...)
	codes = append(codes, codeExcess)
	for _, c := range apiChecks(func(f platforms.Feature) bool { return isOn(v, f) }) {
		codes = append(codes, c.code)
	}
	codes = append(codes, codeChatApp)
	if v.Get(platforms.KeyTestPeople) != "" {
		codes = append(codes, codePerson)
	}
	return codes
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
