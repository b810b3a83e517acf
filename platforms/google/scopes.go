package google

import (
	"fmt"
	"slices"
	"strings"

	"miohub/platforms"
)

const scopeRoot = "https://www.googleapis.com/auth/"

// The scopes of the table. Code names the narrowest one that its call needs;
// granted exchanges it for a broader one where that is asked for in its place.
const (
	scopeEmail       = scopeRoot + "userinfo.email"
	scopeUsers       = scopeRoot + "admin.directory.user.readonly"
	scopeUsersEdit   = scopeRoot + "admin.directory.user"
	scopeCustomer    = scopeRoot + "admin.directory.customer.readonly"
	scopeGroups      = scopeRoot + "admin.directory.group.readonly"
	scopeOrgUnits    = scopeRoot + "admin.directory.orgunit.readonly"
	scopeAudit       = scopeRoot + "admin.reports.audit.readonly"
	scopeLicences    = scopeRoot + "apps.licensing"
	scopePolicies    = scopeRoot + "cloud-identity.policies.readonly"
	scopeSpaces      = scopeRoot + "chat.admin.spaces.readonly"
	scopeSpacesEdit  = scopeRoot + "chat.admin.spaces"
	scopeSpaceMake   = scopeRoot + "chat.spaces.create"
	scopeSpaceDelete = scopeRoot + "chat.delete"
	scopeMemberships = scopeRoot + "chat.admin.memberships.readonly"
	scopeMembersEdit = scopeRoot + "chat.admin.memberships"
	// scopeMembersAs changes memberships as one of the members, where
	// scopeMembersEdit does it with an administrator's privileges.
	scopeMembersAs = scopeRoot + "chat.memberships"
	scopeAddApp    = scopeRoot + "chat.memberships.app"
	scopeMessages  = scopeRoot + "chat.messages"
	// scopeBot, scopePubSub and scopeCloud are the service account's own, which
	// needs no delegation; scopeCloud is the administrator's too.
	scopeBot    = scopeRoot + "chat.bot"
	scopePubSub = scopeRoot + "pubsub"
	scopeCloud  = scopeRoot + "cloud-platform"
)

// asked is what is asked for with the features that are on.
func asked(values platforms.Values) []platforms.Grant {
	list := features()
	return platforms.Asked(grants(), func(f platforms.Feature) bool { return platforms.On(list, values, f) })
}

// scopesOf lists the scopes of one kind, without repeats, in the table's order.
func scopesOf(table []platforms.Grant, kind platforms.GrantKind) []string {
	var list []string
	for _, g := range table {
		if g.Kind == kind && !slices.Contains(list, g.Scope) {
			list = append(list, g.Scope)
		}
	}
	return list
}

// shortScope is a scope as people say it: "chat.messages".
func shortScope(scope string) string { return strings.TrimPrefix(scope, scopeRoot) }

// codeFeatureOff is the code of what cannot be done because its feature is off.
const codeFeatureOff = "feature-off"

// granted is the actor with the scope that was asked for in place of its own.
func (w *workspace) granted(a actor) (actor, error) {
	kind := platforms.Delegation
	if a.subject == "" {
		kind = platforms.AppConsent
	}
	scope, err := w.scopeFor(kind, a.scope)
	return actor{a.subject, scope}, err
}

// scopeFor is the scope to use where a call needs scope: the same, or a broader
// one that is asked for in its place. Where neither is, the feature that would
// ask for it is off, and so it is Unsupported.
func (w *workspace) scopeFor(kind platforms.GrantKind, scope string) (string, error) {
	have := scopesOf(w.asked, kind)
	if slices.Contains(have, scope) {
		return scope, nil
	}
	for _, g := range grants() {
		if g.Kind != kind || g.Scope != scope {
			continue
		}
		for _, broader := range g.Within {
			if slices.Contains(have, broader) {
				return broader, nil
			}
		}
	}
	return "", &platforms.Error{
		Kind: platforms.Unsupported, Op: "google: " + purposeOf(scope), Code: codeFeatureOff,
		Text: fmt.Sprintf("the feature that asks for %s is switched off", shortScope(scope)),
	}
}

// on reports whether a feature is on.
func (w *workspace) on(f platforms.Feature) bool { return isOn(w.env.Values, f) }

// purposeOf says what a scope is used for, for the fence and its log.
func purposeOf(scope string) string {
	switch scope {
	case scopeUsers:
		return "read the directory"
	case scopeUsersEdit:
		return "make, suspend or resume an account"
	case scopeGroups:
		return "read groups"
	case scopeOrgUnits:
		return "read organisational units"
	case scopeAudit:
		return "look for changed accounts in the audit log"
	case scopeLicences:
		return "assign a licence"
	case scopePolicies:
		return "read the settings of Google Chat"
	case scopeSpaces:
		return "list spaces"
	case scopeSpacesEdit:
		return "rename a space"
	case scopeSpaceMake:
		return "make a space"
	case scopeSpaceDelete:
		return "remove a temporary space"
	case scopeMemberships:
		return "read who is in a space"
	case scopeMembersEdit:
		return "add or remove a member"
	case scopeMembersAs:
		return "try out an invitation"
	case scopeMessages:
		return "read a linked space and post what this person said"
	case scopeAddApp:
		return "add the Chat app to a space"
	case scopeBot:
		return "act as the Chat app"
	case scopePubSub:
		return "fetch announcements of messages"
	case scopeCloud:
		return "read the age of the key"
	}
	return "check the set-up"
}
