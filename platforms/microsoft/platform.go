// Package microsoft connects the hub with Microsoft Teams through Microsoft
// Graph. The directory, teams and channels are read as the application; channel
// messages are read and written as the bridge account, which must be a member
// of the team: Teams lets no application post, and nobody post for another.
package microsoft

import (
	"miohub/platforms"
	sandboxed "miohub/platforms/microsoft/sandbox"
	"miohub/platforms/sandbox"
)

// ID is the platform's id.
const ID platforms.ID = "microsoft"

var (
	_ platforms.Users      = (*users)(nil)
	_ platforms.Accounts   = (*accounts)(nil)
	_ platforms.Rooms      = (*rooms)(nil)
	_ platforms.RoomEditor = (*roomEditor)(nil)
	_ platforms.Messages   = (*messages)(nil)
	_ platforms.Source     = (*poll)(nil)
)

// Platform describes Microsoft Teams.
func Platform() platforms.Platform {
	return platforms.Platform{
		ID: ID, Name: "Microsoft Teams", Product: "Microsoft Teams",
		RoomWord: "channel", RoomWords: "channels",
		Introduction: platforms.Introduction{
			Brings: "Link channels with rooms on the other side. Messages are posted by a bridge account, with the author's name in front.",
			Needs:  "A Global or Privileged Role Administrator, or a link to send to one", Takes: "about 5 minutes",
			LookRule:    "Microsoft asks applications not to poll a Teams resource more than once a day, and to use change notifications where changes are wanted sooner.",
			LookRuleURL: "https://learn.microsoft.com/graph/api/resources/teams-api-overview#polling-requirements",
		},
		Steps:    steps,
		Features: features(),
		Grants:   grants(),
		Actions: map[string]platforms.Action{
			actionAuthorize:   authorize,
			actionBridge:      signInBridge,
			actionCertificate: renewCertificate,
		},
		Connect: connect,
		Explain: explain,
		Sandbox: emulate,
	}
}

func emulate(w *sandbox.World) (*sandbox.Emulator, error) {
	return sandboxed.New(w, sandboxed.Registration{
		// offline_access is OpenID Connect's, not one of Graph's permissions.
		Delegated:   without(scopes(unset{}, platforms.UserConsent), userKeep),
		Application: scopes(unset{}, platforms.AppConsent),
	})
}
