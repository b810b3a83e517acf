package google

import (
	"slices"
	"strings"

	"miohub/platforms"
)

const scopeRoot = "https://www.googleapis.com/auth/"

// The scopes asked for.
const (
	scopeEmail       = scopeRoot + "userinfo.email"
	scopeUsers       = scopeRoot + "admin.directory.user.readonly"
	scopeCustomer    = scopeRoot + "admin.directory.customer.readonly"
	scopeSpaces      = scopeRoot + "chat.admin.spaces.readonly"
	scopeSpacesEdit  = scopeRoot + "chat.admin.spaces"
	scopeMemberships = scopeRoot + "chat.admin.memberships.readonly"
	scopeMessages    = scopeRoot + "chat.messages"
	scopeAddApp      = scopeRoot + "chat.memberships.app"
	// scopeBot is the Chat app's own; it needs no delegation.
	scopeBot = scopeRoot + "chat.bot"
)

// grants is every permission this platform asks for, by hand: nothing is
// requested that is not in this list.
func grants() []platforms.Grant {
	return []platforms.Grant{
		{
			Scope: scopeEmail, Kind: platforms.UserConsent, Feature: platforms.FeatureConnect, Check: codeSignIn,
			Methods: []string{"oauth2.userinfo.get"},
			Reason:  "Tells which administrator signed in.",
		},
		{
			Scope: scopeUsers, Kind: platforms.UserConsent, Feature: platforms.FeatureConnect, Check: codeSignIn,
			Methods: []string{"directory.users.get"},
			Reason:  "Proves that the person who signed in is a super administrator of this organisation.",
		},
		{
			Scope: scopeCustomer, Kind: platforms.UserConsent, Feature: platforms.FeatureConnect, Check: codeSignIn,
			Methods: []string{"directory.customers.get"},
			Reason:  "Reads the organisation's id, name and domain, so that a later sign-in cannot be mistaken for another organisation's.",
		},
		{
			Scope: scopeEmail, Kind: platforms.Delegation, Feature: platforms.FeatureConnect,
			Methods: []string{"oauth2.tokeninfo"},
			Reason:  "Lets the set-up check prove for whom each delegated token was issued.",
		},
		{
			Scope: scopeUsers, Kind: platforms.Delegation, Feature: platforms.FeatureDirectory,
			Methods: []string{"directory.users.list", "directory.users.get"},
			Reason:  "Reads the people of the directory, in the administrator's name, to match them with their accounts on the other side and to notice who joins, leaves or is suspended. Nothing in the directory can be changed with it.",
		},
		{
			Scope: scopeSpaces, Kind: platforms.Delegation, Feature: platforms.FeatureRooms,
			Methods: []string{"chat.spaces.search"},
			Reason:  "Lists the organisation's spaces, in the administrator's name, so that they can be linked and renames noticed. It cannot read messages.",
		},
		{
			Scope: scopeMemberships, Kind: platforms.Delegation, Feature: platforms.FeatureRooms,
			Methods: []string{"chat.spaces.members.list"},
			Reason:  "Reads who is in a space, to show before linking who will newly be able to read what.",
		},
		{
			Scope: scopeSpacesEdit, Kind: platforms.Delegation, Feature: platforms.FeatureRooms,
			Methods: []string{"chat.spaces.patch"},
			Reason:  "Gives a linked space its new name when its channel was renamed and an administrator approved that.",
		},
		{
			Scope: scopeMessages, Kind: platforms.Delegation, Feature: platforms.FeatureBridge,
			Methods: []string{
				"chat.spaces.messages.create", "chat.spaces.messages.get", "chat.spaces.messages.list",
				"chat.spaces.messages.patch", "chat.spaces.messages.delete", "chat.spaces.spaceEvents.list",
			},
			Reason: "Reads what is said in linked spaces, in the name of one of their members, and posts what matched people say on the other side in their own name.",
		},
		{
			Scope: scopeAddApp, Kind: platforms.Delegation, Feature: platforms.FeatureBridge,
			Methods: []string{"chat.spaces.members.create"},
			Reason:  "Adds the Chat app itself, and nobody else, to a linked space, where it posts for people without an account here.",
		},
		{
			Scope: scopeBot, Kind: platforms.AppConsent, Feature: platforms.FeatureBridge, Check: codeChatApp,
			Methods: []string{
				"chat.spaces.list", "chat.spaces.messages.create", "chat.spaces.messages.get",
				"chat.spaces.messages.patch", "chat.spaces.messages.delete",
			},
			Reason: "Lets the Chat app post, edit and delete its own messages in spaces it was added to. It comes with the app and needs no delegation.",
		},
	}
}

// scopesOf lists the scopes of one kind, without repeats, in the table's order.
func scopesOf(kind platforms.GrantKind) []string {
	var list []string
	for _, g := range grants() {
		if g.Kind == kind && !slices.Contains(list, g.Scope) {
			list = append(list, g.Scope)
		}
	}
	return list
}

// shortScope is a scope as people say it: "chat.messages".
func shortScope(scope string) string { return strings.TrimPrefix(scope, scopeRoot) }

// delegationOf finds the grant of a delegated scope.
func delegationOf(scope string) platforms.Grant {
	for _, g := range grants() {
		if g.Kind == platforms.Delegation && g.Scope == scope {
			return g
		}
	}
	return platforms.Grant{Scope: scope}
}
