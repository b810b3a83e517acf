package microsoft

import (
	"slices"

	"miohub/platforms"
)

// Permission names, least first by Microsoft's own permission table
// (microsoftgraph/microsoft-graph-devx-content, permissions.json).
const (
	appUsers        = "User.Read.All"
	appApplications = "Application.Read.All"
	appTeams        = "Team.ReadBasic.All"
	appChannels     = "Channel.ReadBasic.All"
	appMembers      = "TeamMember.Read.All"
	appSeats        = "TeamMember.ReadWriteNonOwnerRole.All"
	appRename       = "ChannelSettings.ReadWrite.All"
	appInvite       = "User.Invite.All"

	userMe     = "User.Read"
	userKeep   = "offline_access"
	userRead   = "ChannelMessage.Read.All"
	userSend   = "ChannelMessage.Send"
	userChange = "ChannelMessage.ReadWrite"
)

// grants is every permission asked for, and why.
func grants() []platforms.Grant {
	return []platforms.Grant{
		{
			Scope: appApplications, Kind: platforms.AppConsent, Feature: platforms.FeatureConnect,
			Methods: []string{"GET /servicePrincipals", "GET /servicePrincipals/{id}/appRoleAssignments"},
			Reason:  "Reads back what was granted to this application, so that each permission is shown as granted or missing instead of assumed.",
		},
		{
			Scope: appUsers, Kind: platforms.AppConsent, Feature: platforms.FeatureDirectory,
			Methods: []string{"GET /users/delta", "GET /users/{id}", "GET /users", "GET /organization"},
			Reason:  "Imports names, addresses, account state and licences, to match people with their Google accounts on your own verified domains; the basic variant lacks aliases and licences.",
		},
		{
			Scope: appTeams, Kind: platforms.AppConsent, Feature: platforms.FeatureRooms,
			Methods: []string{"GET /teams"},
			Reason:  "Lists the teams by name.",
		},
		{
			Scope: appChannels, Kind: platforms.AppConsent, Feature: platforms.FeatureRooms,
			Methods: []string{"GET /teams/{id}/channels"},
			Reason:  "Lists the channels of each team by name; it gives no access to what is said there.",
		},
		{
			Scope: appMembers, Kind: platforms.AppConsent, Feature: platforms.FeatureRooms,
			Methods: []string{"GET /teams/{id}/members"},
			Reason:  "Shows who would be able to read a channel before it is linked.",
		},
		{
			Scope: appSeats, Kind: platforms.AppConsent, Feature: platforms.FeatureBridge,
			Methods: []string{"POST /teams/{id}/members"},
			Reason:  "Makes the bridge account a member of a team whose channel is linked; it cannot make owners.",
		},
		{
			Scope: appRename, Kind: platforms.AppConsent, Feature: platforms.FeatureRooms,
			Methods: []string{"PATCH /teams/{id}/channels/{id}"},
			Reason:  "Renames a channel when its linked space was renamed and you approved the change.",
		},
		{
			Scope: appInvite, Kind: platforms.AppConsent, Feature: platforms.FeatureProvision,
			Methods: []string{"POST /invitations"},
			Reason:  "Invites people without a Microsoft account as guests, when you approve it.",
		},
		{
			Scope: userMe, Kind: platforms.UserConsent, Feature: platforms.FeatureConnect,
			Methods: []string{"GET /me", "GET /me/transitiveMemberOf/microsoft.graph.directoryRole", "GET /organization"},
			Reason:  "Shows who signed in, from which organisation, with which role and licence.",
		},
		{
			Scope: userKeep, Kind: platforms.UserConsent, Feature: platforms.FeatureBridge,
			Reason: "Keeps the bridge account signed in, so that messages flow while nobody sits at this computer.",
		},
		{
			Scope: userRead, Kind: platforms.UserConsent, Feature: platforms.FeatureBridge,
			Methods: []string{"GET /teams/{id}/channels/{id}/messages/delta", "GET /teams/{id}/channels/{id}/messages/{id}/replies", "GET /teams/{id}/channels/{id}/messages/{id}"},
			Reason:  "Reads messages of the channels that the bridge account is a member of, to carry those of linked channels to Google Chat.",
		},
		{
			Scope: userSend, Kind: platforms.UserConsent, Feature: platforms.FeatureBridge,
			Methods: []string{"POST /teams/{id}/channels/{id}/messages", "POST /teams/{id}/channels/{id}/messages/{id}/replies"},
			Reason:  "Posts what was said in Google Chat, as the bridge account and under the author's name.",
		},
		{
			Scope: userChange, Kind: platforms.UserConsent, Feature: platforms.FeatureBridge,
			Methods: []string{
				"PATCH /teams/{id}/channels/{id}/messages/{id}", "PATCH /teams/{id}/channels/{id}/messages/{id}/replies/{id}",
				"POST /teams/{id}/channels/{id}/messages/{id}/softDelete", "POST /teams/{id}/channels/{id}/messages/{id}/replies/{id}/softDelete",
			},
			Reason: "Edits and deletes the bridge account's own posts when the original was edited or deleted.",
		},
	}
}

// scopes lists the permissions of one kind.
func scopes(kind platforms.GrantKind) []string {
	var list []string
	for _, g := range grants() {
		if g.Kind == kind {
			list = append(list, g.Scope)
		}
	}
	return list
}

func without(list []string, one string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == one })
}
