// Package google is Google Chat as a platform: sign-in and domain-wide
// delegation, the Directory and Chat APIs, and a feed of what is said in spaces.
//
// The service account acts for a named person through domain-wide delegation,
// fenced by Env.Admit; with nobody's name it is the Chat app itself.
package google

import (
	"miohub/platforms"
	"miohub/platforms/google/sandbox"
)

var (
	_ platforms.Users        = (*users)(nil)
	_ platforms.Hints        = (*hints)(nil)
	_ platforms.Groups       = (*groups)(nil)
	_ platforms.OrgUnits     = (*orgUnits)(nil)
	_ platforms.Accounts     = (*accounts)(nil)
	_ platforms.Licences     = (*licences)(nil)
	_ platforms.Rooms        = (*rooms)(nil)
	_ platforms.RoomEditor   = (*roomEditor)(nil)
	_ platforms.RoomMaker    = (*roomMaker)(nil)
	_ platforms.MemberEditor = (*memberEditor)(nil)
	_ platforms.Messages     = (*messages)(nil)
	_ platforms.Reactions    = (*reactions)(nil)
	_ platforms.Files        = (*attachments)(nil)
	_ platforms.Source       = (*poll)(nil)
	_ platforms.Push         = (*push)(nil)
)

// The platform's keys in Env.Values and Env.Secrets. A file's text may arrive in
// either: a secret is looked for first.
const (
	keyClient         = "client"          // OAuth client file (JSON, "installed")
	keyServiceAccount = "service_account" // service account key file (JSON)
	keyToken          = "token.admin"     // the administrator's sign-in
	keyAdmin          = "admin"           // the administrator's address
	keyTenant         = "tenant"          // the customer id, "C0123abcd"
	keyOrganisation   = "organisation"
	keyDomain         = "domain"  // primary domain
	keyDomains        = "domains" // every verified domain, separated by spaces
	keyFile           = "file"    // the text of the file an action is handed

	// What the files say that is no secret, for the wizard.
	keyClientID     = "client.id"
	keyAccountID    = "service_account.client_id" // numeric: what delegation is granted to
	keyAccountEmail = "service_account.email"
	keyProject      = "project"

	keyDelegationTried = "delegation.tried" // when delegation was first tried, RFC 3339
)

// Platform describes Google Chat.
func Platform() platforms.Platform {
	return platforms.Platform{
		ID: "google", Name: "Google Chat", Product: "Google Chat",
		RoomWord: "space", RoomWords: "spaces",
		Introduction: platforms.Introduction{
			Brings: "Link spaces with rooms on the other side, and let messages appear in people's own names.",
			Needs:  "A super administrator of Google Workspace", Takes: "about 10 minutes",
			LookRule:    "Google counts reads a minute: 900 in a space, 3,000 in a project. Whoever stays below may look as often as they like.",
			LookRuleURL: "https://developers.google.com/workspace/chat/limits",
		},
		Steps:    steps,
		Features: features(),
		Grants:   grants(),
		Actions: map[string]platforms.Action{
			"authorize":            authorize,
			"file:client":          takeFile,
			"file:service_account": takeFile,
		},
		Connect: connect,
		Explain: explain,
		Sandbox: sandbox.New,
	}
}
