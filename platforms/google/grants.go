package google

import "miohub/platforms"

// The vendor's pages that say what a scope allows and how its scopes rank.
const (
	pageIdentity  = "https://developers.google.com/identity/protocols/oauth2/scopes"
	pageDirectory = "https://developers.google.com/workspace/admin/directory/v1/guides/authorizing"
	pageChat      = "https://developers.google.com/workspace/chat/authenticate-authorize"
	pageReports   = "https://developers.google.com/workspace/admin/reports/v1/guides/authorizing"
	pageLicensing = "https://developers.google.com/workspace/admin/licensing/v1/how-tos/authorizing"
	pagePolicies  = "https://docs.cloud.google.com/identity/docs/how-to/setup-policies"
	pageEvents    = "https://developers.google.com/workspace/events/guides/auth"
	pagePubSub    = "https://docs.cloud.google.com/pubsub/docs/authentication"
	pageSignJWT   = "https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt"
	pageKeys      = "https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys/get"
)

// grants is every permission this platform may ask for, by hand: nothing is
// requested that is not in this list. What is asked for with the features that
// are on is asked.
func grants() []platforms.Grant {
	var list []platforms.Grant
	for _, part := range [][]platforms.Grant{connectGrants(), importGrants(), bridgeGrants(), editGrants(), optionalGrants()} {
		list = append(list, part...)
	}
	return list
}

func connectGrants() []platforms.Grant {
	return []platforms.Grant{
		{
			Scope: scopeEmail, Kind: platforms.UserConsent, Feature: platforms.FeatureConnect, Check: codeSignIn, Source: pageIdentity,
			Methods: []string{"oauth2.userinfo.get"},
			Reason:  "Tells which administrator signed in.",
		},
		{
			Scope: scopeUsers, Kind: platforms.UserConsent, Feature: platforms.FeatureConnect, Check: codeSignIn, Source: pageDirectory,
			Methods: []string{"directory.users.get"},
			Reason:  "Proves that the person who signed in is a super administrator of this organisation.",
		},
		{
			Scope: scopeCustomer, Kind: platforms.UserConsent, Feature: platforms.FeatureConnect, Check: codeSignIn, Source: pageDirectory,
			Methods: []string{"directory.customers.get"},
			Reason:  "Reads the organisation's id, name and domain, so that a later sign-in cannot be mistaken for another organisation's.",
		},
		{
			Scope: scopeEmail, Kind: platforms.Delegation, Feature: platforms.FeatureConnect, Source: pageIdentity,
			Methods: []string{"oauth2.tokeninfo"},
			Reason:  "Lets the set-up check prove for whom each delegated token was issued.",
		},
		{
			Scope: scopeCloud, Kind: platforms.AppConsent, Feature: platforms.FeatureConnect, Check: codeKeyAge, Source: pageKeys,
			Methods: []string{"iam.projects.serviceAccounts.keys.get"},
			Reason:  "Lets the service account read how old its own key is. Google takes no narrower permission for it; the service account's roles in the Cloud project bound it to that.",
		},
	}
}

func importGrants() []platforms.Grant {
	return []platforms.Grant{
		{
			Scope: scopeUsers, Kind: platforms.Delegation, Feature: platforms.FeatureDirectory, Source: pageDirectory,
			Methods: []string{"directory.users.list", "directory.users.get"}, Within: []string{scopeUsersEdit},
			Reason: "Reads the people of the directory, in the administrator's name, to match them with their accounts on the other side and to notice who joins, leaves or is suspended. Nothing in the directory can be changed with it.",
		},
		{
			Scope: scopeSpaces, Kind: platforms.Delegation, Feature: platforms.FeatureRooms, Source: pageChat,
			Methods: []string{"chat.spaces.search"}, Within: []string{scopeSpacesEdit},
			Reason: "Lists the organisation's spaces, in the administrator's name, so that they can be linked and renames noticed. It cannot read messages.",
		},
		{
			Scope: scopeMemberships, Kind: platforms.Delegation, Feature: platforms.FeatureRooms, Source: pageChat,
			Methods: []string{"chat.spaces.members.list"}, Within: []string{scopeMembersEdit},
			Reason: "Reads who is in a space, to show before linking who will newly be able to read what.",
		},
	}
}

func bridgeGrants() []platforms.Grant {
	return []platforms.Grant{
		{
			Scope: scopeMessages, Kind: platforms.Delegation, Feature: platforms.FeatureBridge, Source: pageChat,
			Methods: []string{
				"chat.spaces.messages.create", "chat.spaces.messages.get", "chat.spaces.messages.list",
				"chat.spaces.messages.patch", "chat.spaces.messages.delete", "chat.spaces.spaceEvents.list",
				"chat.spaces.messages.reactions.create", "chat.spaces.messages.reactions.list", "chat.spaces.messages.reactions.delete",
			},
			Reason: "Reads what is said in linked spaces, in the name of one of their members, and posts what matched people say on the other side, and how they react, in their own name.",
		},
		{
			Scope: scopeAddApp, Kind: platforms.Delegation, Feature: platforms.FeatureBridge, Source: pageChat,
			Methods: []string{"chat.spaces.members.create"}, // no broader one adds the app
			Reason:  "Adds the Chat app itself, and nobody else, to a linked space, where it posts for people without an account here.",
		},
		{
			Scope: scopeBot, Kind: platforms.AppConsent, Feature: platforms.FeatureBridge, Check: codeChatApp, Source: pageChat,
			Methods: []string{
				"chat.spaces.list", "chat.spaces.messages.create", "chat.spaces.messages.get",
				"chat.spaces.messages.patch", "chat.spaces.messages.delete",
			},
			Reason: "Lets the Chat app post, edit and delete its own messages in spaces it was added to. It comes with the app and needs no delegation.",
		},
		{
			Scope: scopeMessages, Kind: platforms.Delegation, Feature: platforms.FeatureFiles, Source: pageChat,
			Methods: []string{"chat.media.download", "chat.media.upload"},
			Reason:  "Carries the files of messages in linked spaces. The permission for messages covers them; none is added.",
		},
	}
}

func editGrants() []platforms.Grant {
	return []platforms.Grant{
		{
			Scope: scopeSpacesEdit, Kind: platforms.Delegation, Feature: platforms.FeatureRoomEdit, Source: pageChat,
			Methods: []string{"chat.spaces.patch"},
			Reason:  "Gives a linked space its new name when its channel was renamed and an administrator approved that.",
		},
		{
			Scope: scopeSpaceMake, Kind: platforms.Delegation, Feature: platforms.FeatureRoomEdit, Source: pageChat,
			Methods: []string{"chat.spaces.create"},
			Reason:  "Makes a space for a channel that has none, in the administrator's name, when an administrator approved that.",
		},
		{
			Scope: scopeMembersEdit, Kind: platforms.Delegation, Feature: platforms.FeatureRoomEdit, Source: pageChat,
			Methods: []string{"chat.spaces.members.create", "chat.spaces.members.get", "chat.spaces.members.delete"},
			Reason:  "Adds people to a linked space and removes them, in the administrator's name, when an administrator approved that.",
		},
	}
}

func optionalGrants() []platforms.Grant {
	return []platforms.Grant{
		{
			Scope: scopePolicies, Kind: platforms.Delegation, Feature: platforms.FeatureSettings, Source: pagePolicies,
			Methods: []string{"cloudidentity.policies.list"},
			Reason:  "Reads the organisation's settings for Google Chat, in the administrator's name. It can change none.",
		},
		{
			Scope: scopeOrgUnits, Kind: platforms.Delegation, Feature: platforms.FeatureSettings, Source: pageDirectory,
			Methods: []string{"directory.orgunits.list"},
			Reason:  "Reads the names of organisational units, to say for which one a setting is too weak.",
		},
		{
			Scope: scopeOrgUnits, Kind: platforms.Delegation, Feature: platforms.FeatureScope, Source: pageDirectory,
			Methods: []string{"directory.orgunits.list"},
			Reason:  "Reads the organisational units, to choose by them who takes part.",
		},
		{
			Scope: scopeGroups, Kind: platforms.Delegation, Feature: platforms.FeatureScope, Source: pageDirectory,
			Methods: []string{"directory.groups.list", "directory.members.list"},
			Reason:  "Reads groups and who is in them, to choose by them who takes part.",
		},
		{
			Scope: scopeSpaceMake, Kind: platforms.Delegation, Feature: platforms.FeatureProbe, Source: pageChat,
			Methods: []string{"chat.spaces.create"},
			Reason:  "Makes the temporary space in which an invitation is tried out, in the administrator's name.",
		},
		{
			Scope: scopeMembersAs, Kind: platforms.Delegation, Feature: platforms.FeatureProbe, Source: pageChat,
			Methods: []string{"chat.spaces.members.create"},
			Reason:  "Adds the test person to the temporary space as the administrator, the way people add each other; administrators' privileges would not show whether invitations are accepted.",
		},
		{
			Scope: scopeSpaceDelete, Kind: platforms.Delegation, Feature: platforms.FeatureProbe, Source: pageChat,
			Methods: []string{"chat.spaces.delete"},
			Reason:  "Removes the temporary space again. No other space is ever removed.",
		},
		{
			Scope: scopeAudit, Kind: platforms.Delegation, Feature: platforms.FeatureHints, Source: pageReports,
			Methods: []string{"reports.activities.list"},
			Reason:  "Looks up in the audit log, in the administrator's name, which accounts were changed.",
		},
		{
			Scope: scopeUsersEdit, Kind: platforms.Delegation, Feature: platforms.FeatureProvision, Source: pageDirectory,
			Methods: []string{"directory.users.createGuest", "directory.users.insert", "directory.users.update"},
			Reason:  "Makes guest and interop accounts that an administrator approved, and suspends and resumes those. No account is ever deleted.",
		},
		{
			Scope: scopeLicences, Kind: platforms.Delegation, Feature: platforms.FeatureProvision, Source: pageLicensing,
			Methods: []string{"licensing.licenseAssignments.insert", "licensing.licenseAssignments.get", "licensing.licenseAssignments.listForProduct"},
			Reason:  "Gives an account made by Mio Hub the licence that an administrator chose.",
		},
		{
			Scope: scopeCloud, Kind: platforms.UserConsent, Feature: platforms.FeatureKeyless, Check: codeKey, Source: pageSignJWT,
			Methods: []string{"iamcredentials.projects.serviceAccounts.signJwt"},
			Reason:  "Has Google sign for the service account instead of a key file. Google takes no narrower permission for it; what it allows is bounded by the administrator's roles in the Cloud project.",
		},
		{
			Scope: scopeMessages, Kind: platforms.Delegation, Feature: platforms.FeaturePush, Source: pageEvents,
			Methods: []string{
				"workspaceevents.subscriptions.create", "workspaceevents.subscriptions.get", "workspaceevents.subscriptions.list",
				"workspaceevents.subscriptions.patch", "workspaceevents.subscriptions.reactivate", "workspaceevents.subscriptions.delete",
			},
			Reason: "Subscribes to the announcements of a linked space, in the name of one of its members. The permission for messages covers it; none is added.",
		},
		{
			Scope: scopePubSub, Kind: platforms.AppConsent, Feature: platforms.FeaturePush, Check: codePush, Source: pagePubSub,
			Methods: []string{
				"pubsub.projects.subscriptions.pull", "pubsub.projects.subscriptions.acknowledge", "pubsub.projects.subscriptions.modifyAckDeadline",
			},
			Reason: "Fetches the announcements from the subscription in your own Cloud project, as the service account itself. It needs no delegation.",
		},
	}
}
