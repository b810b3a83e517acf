package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// routes is every call that Graph answers here.
func (c *cloud) routes() []route {
	return slices.Concat(c.directoryRoutes(), c.teamsRoutes(), c.filesRoutes(), c.subscriptionRoutes())
}

func options(names string) []string { return strings.Fields(names) }

func (c *cloud) directoryRoutes() []route {
	get := func(path, entity, opts string, run func(*call) (*reply, error)) route {
		return route{method: http.MethodGet, path: path, entity: entity, options: options(opts), class: "identity", run: run}
	}
	return []route{
		{method: http.MethodPost, path: "/$batch", ruled: true, run: func(k *call) (*reply, error) { return k.batch(c.routes) }},
		{method: http.MethodGet, path: "/oidc/userinfo", ruled: true, run: (*call).userInfo},
		get("/me", "user", "$select", (*call).me),
		get("/me/transitiveMemberOf", "user", "", (*call).memberOf),
		get("/me/transitiveMemberOf/microsoft.graph.directoryRole", "user", "", (*call).memberOfRoles),
		get("/me/memberOf", "user", "", (*call).memberOf),
		get("/me/memberOf/microsoft.graph.directoryRole", "user", "", (*call).memberOfRoles),
		get("/me/licenseDetails", "licenseDetails", "$select", (*call).listLicences),
		get("/me/licenseDetails/getTeamsLicensingDetails", "licenseDetails", "", (*call).teamsLicence),
		get("/users", "user", "$select $top $filter $count $orderby $skiptoken", (*call).listUsers),
		get("/users/$count", "user", "$filter", (*call).countUsers),
		get("/users/delta", "user", "$select $filter $deltatoken $skiptoken", (*call).usersDelta),
		get("/users/{user}", "user", "$select", (*call).getUser),
		get("/users/{user}/licenseDetails", "licenseDetails", "$select", (*call).listLicences),
		get("/users/{user}/licenseDetails/getTeamsLicensingDetails", "licenseDetails", "", (*call).teamsLicence),
		get("/organization", "organization", "$select", (*call).listOrganizations),
		get("/organization/{organization}", "organization", "$select", (*call).getOrganization),
		get("/domains", "domain", "", (*call).listDomains),
		get("/subscribedSkus", "subscribedSku", "$select", (*call).listSKUs),
		get("/groupSettings", "groupSetting", "", (*call).listGroupSettings),
		get("/policies/authorizationPolicy", "", "", (*call).authorizationPolicy),
		get("/applications", "application", "$select $top $filter $skiptoken", (*call).listApplications),
		get("/servicePrincipals", "servicePrincipal", "$select $top $filter $skiptoken $count", (*call).listPrincipals),
		get("/servicePrincipals/{principal}", "servicePrincipal", "$select", (*call).getPrincipal),
		get("/servicePrincipals/{principal}/appRoleAssignments", "appRoleAssignment", "$select $skiptoken $top", (*call).listRoleAssignments),
		get("/servicePrincipals/{principal}/oauth2PermissionGrants", "oAuth2PermissionGrant", "$select $top $skiptoken", (*call).listGrants),
		get("/oauth2PermissionGrants", "oAuth2PermissionGrant", "$select $top $filter $skiptoken", (*call).listGrants),
		{method: http.MethodDelete, path: "/oauth2PermissionGrants/{grant}", class: "identity", run: (*call).deleteGrant},
		{method: http.MethodDelete, path: "/servicePrincipals/{principal}/appRoleAssignments/{assignment}", class: "identity", run: (*call).deleteRoleAssignment},
		{method: http.MethodPost, path: "/invitations", class: "identity", run: (*call).invite},
		get("/groups", "group", "$select $top $filter $count $skiptoken", (*call).listGroups),
		get("/groups/{group}", "group", "$select", (*call).getGroup),
		{method: http.MethodPost, path: "/users", class: "identity", run: (*call).createUser},
		{method: http.MethodPatch, path: "/users/{user}", class: "identity", run: (*call).updateUser},
		{method: http.MethodPost, path: "/users/{user}/assignLicense", class: "identity", run: (*call).assignLicence},
		{method: http.MethodPost, path: "/me/revokeSignInSessions", class: "identity", run: (*call).revokeSessions},
		{method: http.MethodPost, path: "/users/{user}/revokeSignInSessions", class: "identity", run: (*call).revokeSessions},
		get("/groups/{group}/transitiveMembers", "user", "$select $top $skiptoken $count", (*call).listTransitiveMembers),
		get("/groups/{group}/transitiveMembers/microsoft.graph.user", "user", "$select $top $skiptoken $count", (*call).listTransitiveUsers),
		get("/groups/{group}/members", "user", "$select $top $skiptoken", (*call).listGroupMembers),
	}
}

// subscriptionRoutes have changes told; the permission is that of the resource.
func (c *cloud) subscriptionRoutes() []route {
	r := func(method, path string, run func(*call) (*reply, error)) route {
		return route{method: method, path: path, ruled: true, run: run}
	}
	const one = "/subscriptions/{subscription}"
	return []route{
		r(http.MethodGet, "/subscriptions", (*call).listSubscriptions),
		r(http.MethodPost, "/subscriptions", (*call).createSubscription),
		r(http.MethodGet, one, (*call).getSubscription),
		r(http.MethodPatch, one, (*call).renewSubscription),
		r(http.MethodDelete, one, (*call).deleteSubscription),
		r(http.MethodPost, one+"/reauthorize", (*call).reauthorizeSubscription),
	}
}

// filesRoutes move files and what lies within messages.
func (c *cloud) filesRoutes() []route {
	file := func(method, path, opts string, run func(*call) (*reply, error)) route {
		return route{method: method, path: path, entity: "driveItem", options: options(opts), run: run}
	}
	const (
		message = "/teams/{team}/channels/{channel}/messages/{message}"
		answer  = message + "/replies/{reply}"
		drive   = "/drives/{drive}/items/{item}"
	)
	routes := []route{
		file(http.MethodGet, drive, "$select", (*call).getItem),
		file(http.MethodGet, drive+"/content", "", (*call).getContent),
		file(http.MethodPut, drive+":/{name}:/content", "", (*call).putContent),
		file(http.MethodPost, drive+":/{name}:/createUploadSession", "", (*call).createUpload),
		file(http.MethodGet, "/shares/{share}/driveItem", "$select", (*call).sharedItem),
		file(http.MethodGet, "/shares/{share}/driveItem/content", "", (*call).sharedContent),
		{
			method: http.MethodGet, path: "/teams/{team}/channels/{channel}/filesFolder", entity: "driveItem", options: options("$select"),
			teams: true, class: "GET channel", run: (*call).filesFolder,
		},
	}
	for _, at := range []string{message, answer} {
		for path, run := range map[string]func(*call) (*reply, error){
			"/hostedContents": (*call).listHosted, "/hostedContents/{content}": (*call).getHosted, "/hostedContents/{content}/$value": (*call).getHostedValue,
		} {
			routes = append(routes, route{method: http.MethodGet, path: at + path, teams: true, licence: true, class: "GET message", run: run})
		}
	}
	return routes
}

func (c *cloud) teamsRoutes() []route {
	t := func(method, path, entity, class, opts string, run func(*call) (*reply, error)) route {
		return route{method: method, path: path, entity: entity, class: class, options: options(opts), teams: true,
			licence: strings.Contains(path, "/messages"), run: run}
	}
	const (
		get     = http.MethodGet
		post    = http.MethodPost
		channel = "/teams/{team}/channels/{channel}"
		message = channel + "/messages/{message}"
		answer  = message + "/replies/{reply}"
		member  = "aadUserConversationMember"
	)
	return []route{
		t(get, "/me/joinedTeams", "team", "GET team", "$select", (*call).joinedTeams),
		t(get, "/users/{user}/joinedTeams", "team", "GET team", "$select", (*call).joinedTeams),
		t(get, "/teams", "team", "GET team", "$select $top $filter $skiptoken $count", (*call).listTeams),
		t(get, "/teams/{team}", "team", "GET team", "$select", (*call).getTeam),
		t(get, "/teams/{team}/channels", "channel", "GET channels", "$select $filter", (*call).listChannels),
		t(get, "/teams/{team}/allChannels", "channel", "GET channels", "$select $filter", (*call).listChannels),
		t(post, "/teams/{team}/channels", "channel", "POST channel", "", (*call).createChannel),
		t(get, channel, "channel", "GET channel", "$select", (*call).getChannel),
		t(http.MethodPatch, channel, "channel", "PATCH channel", "", (*call).updateChannel),
		t(get, "/teams/{team}/members", member, "GET members", "$select $top $filter $skiptoken", (*call).listTeamMembers),
		t(post, "/teams/{team}/members", member, "POST member", "", (*call).addTeamMember),
		t(get, "/teams/{team}/members/{member}", member, "GET members", "", (*call).getTeamMember),
		t(http.MethodDelete, "/teams/{team}/members/{member}", member, "other", "", (*call).removeTeamMember),
		t(get, channel+"/members", member, "GET members", "$select $top $filter $skiptoken", (*call).listChannelMembers),
		t(get, channel+"/allMembers", member, "GET members", "$select $top $filter $skiptoken", (*call).listChannelMembers),
		t(post, channel+"/members", member, "POST member", "", (*call).addChannelMember),
		t(http.MethodDelete, channel+"/members/{member}", member, "other", "", (*call).removeChannelMember),
		t(get, channel+"/messages", "chatMessage", "GET message", "$top $expand $skiptoken", (*call).listMessages),
		t(post, channel+"/messages", "chatMessage", "POST message", "", (*call).postMessage),
		t(get, channel+"/messages/delta", "chatMessage", "GET message", "$top $filter $expand $skiptoken $deltatoken", (*call).messagesDelta),
		t(get, message, "chatMessage", "GET message", "$expand", (*call).getMessage),
		t(http.MethodPatch, message, "chatMessage", "other", "", (*call).updateMessage),
		t(post, message+"/softDelete", "chatMessage", "other", "", (*call).softDelete),
		t(post, message+"/undoSoftDelete", "chatMessage", "other", "", (*call).undoSoftDelete),
		t(post, message+"/setReaction", "chatMessage", "other", "", (*call).setReaction),
		t(post, message+"/unsetReaction", "chatMessage", "other", "", (*call).unsetReaction),
		t(get, message+"/replies", "chatMessage", "GET message", "$top $skiptoken", (*call).listReplies),
		t(post, message+"/replies", "chatMessage", "POST message", "", (*call).postReply),
		t(get, answer, "chatMessage", "GET message", "", (*call).getMessage),
		t(http.MethodPatch, answer, "chatMessage", "other", "", (*call).updateMessage),
		t(post, answer+"/softDelete", "chatMessage", "other", "", (*call).softDelete),
		t(post, answer+"/undoSoftDelete", "chatMessage", "other", "", (*call).undoSoftDelete),
		t(post, answer+"/setReaction", "chatMessage", "other", "", (*call).setReaction),
		t(post, answer+"/unsetReaction", "chatMessage", "other", "", (*call).unsetReaction),
	}
}
