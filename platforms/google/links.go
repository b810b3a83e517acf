package google

import (
	"net/url"
	"slices"
	"strings"

	"miohub/platforms"
)

// consoleURL is a page of the Admin Console.
func consoleURL(values platforms.Values, path string) string {
	root := values.Get("endpoint.console")
	if root == "" {
		root = "https://admin.google.com"
	}
	return strings.TrimSuffix(root, "/") + path
}

// delegationURL is the Admin Console's page for domain-wide delegation with the
// entry filled in, for the administrator who signed in.
func delegationURL(values platforms.Values, clientID string) string {
	page := consoleURL(values, "/ac/owl/domainwidedelegation")
	if clientID == "" {
		return page
	}
	q := url.Values{
		"clientScopeToAdd": {delegationList(values)}, "clientIdToAdd": {clientID}, "overwriteClientId": {"true"},
	}
	if domain := values.Get(keyDomain); domain != "" {
		q.Set("dn", domain)
	}
	if admin := values.Get(keyAdmin); admin != "" {
		q.Set("authuser", admin)
	}
	return page + "?" + q.Encode()
}

// delegationList is the delegated scopes in the console's form.
func delegationList(values platforms.Values) string {
	scopes := scopesOf(asked(values), platforms.Delegation)
	slices.Sort(scopes)
	return strings.Join(scopes, ",")
}

// cloudURL is a page of the Cloud console, for the project where it is known.
func cloudURL(page, project string) string {
	page = "https://console.cloud.google.com/" + page
	if project == "" {
		return page
	}
	return page + "?project=" + url.QueryEscape(project)
}

// chatAppURL is the page where a project's Chat app is configured.
func chatAppURL(project string) string {
	return cloudURL("apis/api/chat.googleapis.com/hangouts-chat", project)
}

// spaceURL is where a person opens a space.
func spaceURL(space string) string {
	return "https://mail.google.com/chat/u/0/#chat/space/" + strings.TrimPrefix(space, "spaces/")
}
