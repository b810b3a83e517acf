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
	appConsents     = "Directory.Read.All"
	appPolicies     = "Policy.Read.All"
	appGroupRules   = "GroupSettings.Read.All"
	appLicences     = "LicenseAssignment.Read.All"
	appGroups       = "Group.ReadBasic.All"
	appTeams        = "Team.ReadBasic.All"
	appChannels     = "Channel.ReadBasic.All"
	appMembers      = "TeamMember.Read.All"
	appSeats        = "TeamMember.ReadWriteNonOwnerRole.All"
	appRename       = "ChannelSettings.ReadWrite.All"
	appMake         = "Channel.Create"
	appInvite       = "User.Invite.All"
	appAccounts     = "User.ReadWrite.All"
	appDisable      = "User.EnableDisableAccount.All"

	userMe       = "User.Read"
	userKeep     = "offline_access"
	userRead     = "ChannelMessage.Read.All"
	userSend     = "ChannelMessage.Send"
	userChange   = "ChannelMessage.ReadWrite"
	userFiles    = "Files.ReadWrite.All"
	userSessions = "User.RevokeSessions.All"
)

// Pages that rank a permission, or say what it reaches, where that is not the
// permission table.
const (
	permissionTable     = "https://github.com/microsoftgraph/microsoft-graph-devx-content/blob/master/permissions/new/permissions.json"
	permissionReference = "https://learn.microsoft.com/graph/permissions-reference"
	openIDScopes        = "https://learn.microsoft.com/entra/identity-platform/scopes-oidc#openid-connect-scopes"
	userUpdatePage      = "https://learn.microsoft.com/graph/api/user-update"
	subscriptionPage    = "https://learn.microsoft.com/graph/api/subscription-post-subscriptions"
)

// grants is every permission asked for, and why.
func grants() []platforms.Grant {
	return slices.Concat(readGrants(), writeGrants(), bridgeGrants())
}

// readGrants are what the application reads by itself.
func readGrants() []platforms.Grant {
	return []platforms.Grant{
		{
			Scope: appApplications, Kind: platforms.AppConsent, Feature: platforms.FeatureConnect, Source: permissionTable,
			Methods: []string{"GET /servicePrincipals", "GET /servicePrincipals/{id}/appRoleAssignments", "GET /applications"},
			Reason:  "Reads back what was granted to this application and what its registration lists, so that each permission is shown as granted or missing instead of assumed, and when its client secret ends.",
		},
		{
			Scope: appUsers, Kind: platforms.AppConsent, Feature: platforms.FeatureDirectory, Source: permissionTable,
			Methods: []string{"GET /users/delta", "GET /users/{id}", "GET /users", "GET /organization"},
			Reason:  "Imports names, addresses, account state and licences, to match people with their Google accounts on your own verified domains; the basic variant lacks aliases and licences.",
		},
		{
			Scope: appTeams, Kind: platforms.AppConsent, Feature: platforms.FeatureRooms, Source: permissionTable,
			Methods: []string{"GET /teams", "GET /teams/{id}", "GET /users/{id}/joinedTeams"},
			Reason:  "Lists the teams by name, and which of them the bridge account is a member of.",
		},
		{
			Scope: appChannels, Kind: platforms.AppConsent, Feature: platforms.FeatureRooms, Source: permissionTable,
			Methods: []string{"GET /teams/{id}/channels", "GET /teams/{id}/channels/{id}"}, Within: []string{appRename},
			Reason: "Lists the channels of each team by name; it gives no access to what is said there.",
		},
		{
			Scope: appMembers, Kind: platforms.AppConsent, Feature: platforms.FeatureRooms, Source: permissionTable,
			Methods: []string{"GET /teams/{id}/members"},
			Reason:  "Shows who would be able to read a channel before it is linked.",
		},
		{
			Scope: appGroups, Kind: platforms.AppConsent, Feature: platforms.FeatureScope, Source: permissionTable,
			Methods: []string{"GET /groups", "GET /groups/{id}/transitiveMembers"},
			Reason:  "Lists groups and who is in them, so that you can choose who takes part.",
		},
		{
			Scope: appPolicies, Kind: platforms.AppConsent, Feature: platforms.FeatureSettings, Source: permissionTable,
			Methods: []string{"GET /policies/authorizationPolicy"},
			Reason:  "Reads who may invite guests, instead of having you confirm it; Microsoft has no narrower permission to read this policy.",
		},
		{
			Scope: appGroupRules, Kind: platforms.AppConsent, Feature: platforms.FeatureSettings, Source: permissionTable,
			Methods: []string{"GET /groupSettings"},
			Reason:  "Reads whether teams take guests, instead of having you confirm it.",
		},
		{
			Scope: appLicences, Kind: platforms.AppConsent, Feature: platforms.FeatureSettings, Source: permissionTable,
			Methods: []string{"GET /subscribedSkus"},
			Reason:  "Reads how many licences with Teams are left.",
		},
		{
			Scope: appConsents, Kind: platforms.AppConsent, Feature: featureConsents, Source: permissionTable,
			Methods: []string{"GET /servicePrincipals/{id}/oauth2PermissionGrants"},
			Reason:  "Reads back what was consented to for the bridge account; Microsoft has no narrower permission to read that record, and this one reads the whole directory.",
			// No other permission is left out because of it (Within), so that
			// switching it off again takes away nothing else.
		},
	}
}

// writeGrants are what the application changes, once a person has approved it.
func writeGrants() []platforms.Grant {
	return []platforms.Grant{
		{
			Scope: appSeats, Kind: platforms.AppConsent, Feature: platforms.FeatureBridge, Source: permissionTable,
			Methods: []string{"POST /teams/{id}/members"},
			Reason:  "Makes the bridge account a member of a team whose channel is linked; it cannot make owners.",
		},
		{
			Scope: appSeats, Kind: platforms.AppConsent, Feature: platforms.FeatureRoomEdit, Source: permissionTable,
			Methods: []string{"POST /teams/{id}/members", "DELETE /teams/{id}/members/{id}"},
			Reason:  "Adds people to a team and removes them, when you approved the change; it cannot touch owners.",
		},
		{
			Scope: appRename, Kind: platforms.AppConsent, Feature: platforms.FeatureRoomEdit, Source: permissionTable,
			Methods: []string{"PATCH /teams/{id}/channels/{id}"},
			Reason:  "Renames a channel when its linked space was renamed and you approved the change; it also lists channels, so that nothing else is asked for that.",
		},
		{
			Scope: appMake, Kind: platforms.AppConsent, Feature: platforms.FeatureRoomEdit, Source: permissionTable,
			Methods: []string{"POST /teams/{id}/channels"},
			Reason:  "Makes a channel for a space that has none, when you approved it.",
		},
		{
			Scope: appInvite, Kind: platforms.AppConsent, Feature: platforms.FeatureProvision, Source: permissionTable,
			Methods: []string{"POST /invitations"}, Within: []string{appAccounts},
			Reason: "Invites people who have no account here as guests, when you approve it.",
		},
		{
			Scope: appAccounts, Kind: platforms.AppConsent, Feature: featureMembers, Source: permissionTable,
			Methods: []string{"POST /users", "POST /users/{id}/assignLicense", "PATCH /users/{id}"},
			Reason:  "Makes member accounts and gives them a licence, when you approve each; Microsoft has no narrower permission to make an account.",
		},
		{
			Scope: appLicences, Kind: platforms.AppConsent, Feature: featureMembers, Source: permissionTable,
			Methods: []string{"GET /subscribedSkus"},
			Reason:  "Shows which licences are left before one is given.",
		},
		{
			Scope: appDisable, Kind: platforms.AppConsent, Feature: featureDisable, Source: userUpdatePage,
			Methods: []string{"PATCH /users/{id}"}, Within: []string{appAccounts},
			Reason: "Disables accounts that the hub made and enables them again, when you approve it; it can change nothing else about an account.",
		},
	}
}

// bridgeGrants are what the bridge account is allowed in its own name.
func bridgeGrants() []platforms.Grant {
	return []platforms.Grant{
		{
			Scope: userMe, Kind: platforms.UserConsent, Feature: platforms.FeatureConnect, Source: permissionTable,
			Methods: []string{"GET /me", "GET /me/transitiveMemberOf/microsoft.graph.directoryRole", "GET /organization"},
			Reason:  "Shows who signed in, from which organisation, with which role and licence.",
		},
		{
			Scope: userKeep, Kind: platforms.UserConsent, Feature: platforms.FeatureBridge, Source: openIDScopes,
			Reason: "Keeps the bridge account signed in, so that messages flow while nobody sits at this computer.",
		},
		{
			Scope: userRead, Kind: platforms.UserConsent, Feature: platforms.FeatureBridge, Source: permissionTable,
			Methods: []string{"GET /teams/{id}/channels/{id}/messages/delta", "GET /teams/{id}/channels/{id}/messages/{id}/replies", "GET /teams/{id}/channels/{id}/messages/{id}", "GET /teams/{id}/channels/{id}/messages/{id}/hostedContents/{id}/$value"},
			Reason:  "Reads messages of the channels that the bridge account is a member of, to carry those of linked channels to Google Chat.",
		},
		{
			Scope: userSend, Kind: platforms.UserConsent, Feature: platforms.FeatureBridge, Source: permissionTable,
			Methods: []string{
				"POST /teams/{id}/channels/{id}/messages", "POST /teams/{id}/channels/{id}/messages/{id}/replies",
				"POST /teams/{id}/channels/{id}/messages/{id}/setReaction", "POST /teams/{id}/channels/{id}/messages/{id}/unsetReaction",
				"POST /teams/{id}/channels/{id}/messages/{id}/replies/{id}/setReaction", "POST /teams/{id}/channels/{id}/messages/{id}/replies/{id}/unsetReaction",
			},
			Reason: "Posts what was said in Google Chat, as the bridge account and under the author's name, and reacts as the bridge account.",
		},
		{
			Scope: userChange, Kind: platforms.UserConsent, Feature: platforms.FeatureBridge, Source: permissionTable,
			Methods: []string{
				"PATCH /teams/{id}/channels/{id}/messages/{id}", "PATCH /teams/{id}/channels/{id}/messages/{id}/replies/{id}",
				"POST /teams/{id}/channels/{id}/messages/{id}/softDelete", "POST /teams/{id}/channels/{id}/messages/{id}/replies/{id}/softDelete",
				"POST /teams/{id}/channels/{id}/messages/{id}/undoSoftDelete", "POST /teams/{id}/channels/{id}/messages/{id}/replies/{id}/undoSoftDelete",
			},
			Reason: "Edits and deletes the bridge account's own posts when the original was edited or deleted, and brings them back.",
		},
		{
			Scope: userFiles, Kind: platforms.UserConsent, Feature: platforms.FeatureFiles, Source: permissionReference,
			Methods: []string{"GET /teams/{id}/channels/{id}/filesFolder", "POST /drives/{id}/items/{id}/createUploadSession", "GET /shares/{id}/driveItem", "GET /shares/{id}/driveItem/content"},
			Reason:  "Reads and puts files in the folders of linked channels, as far as the bridge account can open them itself; Files.ReadWrite reaches nothing but its own OneDrive.",
		},
		{
			Scope: userRead, Kind: platforms.UserConsent, Feature: platforms.FeaturePush, Source: subscriptionPage,
			Methods: []string{"GET /subscriptions", "POST /subscriptions", "PATCH /subscriptions/{id}", "DELETE /subscriptions/{id}"},
			Reason:  "Has Microsoft say when something was said in a linked channel: a subscription takes the permission to read what it is about.",
		},
		{
			Scope: userSessions, Kind: platforms.UserConsent, Feature: featureSessions, Source: permissionTable,
			Methods: []string{"POST /me/revokeSignInSessions"},
			Reason:  "Ends the bridge account's sessions everywhere when you disconnect and ask for it; a token with it is fetched at that moment only.",
		},
	}
}

// scopes lists the permissions of one kind that are asked for with the features
// that are on, each once.
func scopes(v platforms.Values, kind platforms.GrantKind) []string {
	var list []string
	for _, g := range asked(v) {
		if g.Kind == kind && !slices.Contains(list, g.Scope) {
			list = append(list, g.Scope)
		}
	}
	return list
}

func without(list []string, one string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == one })
}
