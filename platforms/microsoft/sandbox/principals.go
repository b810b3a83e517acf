package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// graphPrincipal is the id of Graph's own service principal in this tenant.
func (c *cloud) graphPrincipal() string { return c.guid("graph principal") }

// permissionID is the vendor's id of a permission; those that the extract knows
// by name alone get one derived from it.
func (c *cloud) permissionID(name string, form *permissionForm, kind string) string {
	if form != nil && form.ID != "" {
		return form.ID
	}
	return c.guid("permission", kind, name)
}

func (c *cloud) principalObject(a *app) map[string]any {
	return map[string]any{
		"id": a.principal, "appId": a.id, "appDisplayName": a.name, "displayName": a.name, "accountEnabled": a != c.hub || !c.faults.On("microsoft.app-disabled"),
		"servicePrincipalType": "Application", "appRoleAssignmentRequired": a == c.hub && c.faults.On("microsoft.assignment-required"), "appOwnerOrganizationId": c.tenant.ID,
		"signInAudience": "AzureADMultipleOrgs", "appRoles": []any{}, "oauth2PermissionScopes": []any{}, "replyUrls": a.redirects,
		"servicePrincipalNames": []string{a.id}, "tags": []string{"WindowsAzureActiveDirectoryIntegratedApp"},
		"alternativeNames": []string{}, "notificationEmailAddresses": []string{}, "keyCredentials": c.keyCredentials(a), "passwordCredentials": []any{},
		"addIns": []any{}, "resourceSpecificApplicationPermissions": []any{},
	}
}

func (c *cloud) keyCredentials(a *app) []any {
	out := []any{}
	for _, k := range c.certificates(a) {
		out = append(out, k.object())
	}
	return out
}

// graphPrincipalObject is Graph itself, with what it offers.
func (c *cloud) graphPrincipalObject() map[string]any {
	roles, scopes := []any{}, []any{}
	for _, n := range slices.Sorted(maps.Keys(c.data.Permissions)) {
		p := c.data.Permissions[n]
		if p.Application != nil {
			roles = append(roles, map[string]any{
				"allowedMemberTypes": []string{"Application"}, "description": n, "displayName": n,
				"id": c.permissionID(n, p.Application, "application"), "isEnabled": true, "origin": "Application", "value": n,
			})
		}
		if p.Delegated != nil {
			kind := "User"
			if p.Delegated.Admin {
				kind = "Admin"
			}
			scopes = append(scopes, map[string]any{
				"adminConsentDescription": n, "adminConsentDisplayName": n, "id": c.permissionID(n, p.Delegated, "delegated"),
				"isEnabled": true, "type": kind, "userConsentDescription": n, "userConsentDisplayName": n, "value": n,
			})
		}
	}
	o := c.principalObject(&app{id: graphAppID, principal: c.graphPrincipal(), name: "Microsoft Graph"})
	o["appOwnerOrganizationId"] = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
	o["appRoles"], o["oauth2PermissionScopes"], o["replyUrls"] = roles, scopes, []string{}
	o["servicePrincipalNames"] = []string{graphAppID, graphResource, graphResource + "/"}
	return o
}

func (c *cloud) principals() []map[string]any {
	return []map[string]any{c.principalObject(c.hub), c.principalObject(c.explorer), c.graphPrincipalObject()}
}

func (k *call) listPrincipals() (*reply, error) {
	size, err := k.pageSize(100, 999)
	if err != nil {
		return nil, err
	}
	keep, err := k.filter("servicePrincipal", nil)
	if err != nil {
		return nil, err
	}
	var list []map[string]any
	var ids []string
	for _, p := range k.principals() {
		if keep == nil || keep(p) {
			list, ids = append(list, pick(p, k.query.sel, nil)), append(ids, p["id"].(string))
		}
	}
	return k.pageOf("servicePrincipals", "servicePrincipals", ids, list, size)
}

// pageOf writes one page of a collection.
func (k *call) pageOf(kind, set string, ids []string, list []map[string]any, size int) (*reply, error) {
	from, to, next, err := k.page(kind, ids, size)
	if err != nil {
		return nil, err
	}
	body := map[string]any{"@odata.context": k.context(set), "value": append([]map[string]any{}, list[from:to]...)}
	if next != "" {
		body["@odata.nextLink"] = next
	}
	if k.query.get("$count") == "true" && k.eventual() {
		body["@odata.count"] = len(list)
	}
	return ok(body)
}

func (k *call) getPrincipal() (*reply, error) {
	for _, p := range k.principals() {
		if strings.EqualFold(p["id"].(string), k.ids["principal"]) {
			p = pick(p, k.query.sel, nil)
			p["@odata.context"] = k.context("servicePrincipals") + "/$entity"
			return ok(p)
		}
	}
	return nil, k.deny("graph.resource.not-found", k.ids["principal"])
}

// registered finds one of the two registrations by its principal's id.
func (c *cloud) registered(principal string) *app {
	for _, a := range []*app{c.hub, c.explorer} {
		if strings.EqualFold(a.principal, principal) {
			return a
		}
	}
	return nil
}

// listRoleAssignments tells which application permissions a principal was granted.
func (k *call) listRoleAssignments() (*reply, error) {
	a := k.registered(k.ids["principal"])
	if a == nil && !strings.EqualFold(k.ids["principal"], k.graphPrincipal()) {
		return nil, k.deny("graph.resource.not-found", k.ids["principal"])
	}
	var list []map[string]any
	var ids []string
	if a != nil {
		for _, role := range k.grants.application(a) {
			id := base64url([]byte(a.principal + "|" + role))
			ids = append(ids, id)
			list = append(list, pick(map[string]any{
				"id": id, "appRoleId": k.permissionID(role, k.data.Permissions[role].Application, "application"),
				"createdDateTime": "2024-01-15T08:00:00Z", "deletedDateTime": nil, "principalDisplayName": a.name, "principalId": a.principal,
				"principalType": "ServicePrincipal", "resourceDisplayName": "Microsoft Graph", "resourceId": k.graphPrincipal(),
			}, k.query.sel, nil))
		}
	}
	return k.pageOf("appRoleAssignments", "servicePrincipals('"+k.ids["principal"]+"')/appRoleAssignments", ids, list, 100)
}

func (k *call) deleteRoleAssignment() (*reply, error) {
	a := k.registered(k.ids["principal"])
	raw, err := decodeBase64(k.ids["assignment"])
	if a == nil || err != nil {
		return nil, k.deny("graph.resource.not-found", k.ids["assignment"])
	}
	_, role, _ := strings.Cut(string(raw), "|")
	if !slices.Contains(k.grants.application(a), role) {
		return nil, k.deny("graph.resource.not-found", k.ids["assignment"])
	}
	k.grants.withdrawRole(a, role)
	return noContent()
}

// permissionGrants lists the delegated consents: tenant-wide ones and accounts' own.
func (c *cloud) permissionGrants() []map[string]any {
	var out []map[string]any
	grant := func(a *app, account string, scopes []string) {
		kind, principal := "AllPrincipals", any(nil)
		if account != "" {
			kind, principal = "Principal", account
		}
		out = append(out, map[string]any{
			"id": base64url([]byte(a.principal + "|" + account)), "clientId": a.principal, "consentType": kind, "principalId": principal,
			"resourceId": c.graphPrincipal(), "scope": " " + strings.Join(scopes, " "),
		})
	}
	for _, a := range []*app{c.hub, c.explorer} {
		if all := c.grants.everybody(a); len(all) > 0 {
			grant(a, "", all)
		}
		own := c.grants.own(a)
		for _, account := range slices.Sorted(maps.Keys(own)) {
			grant(a, account, own[account])
		}
	}
	return out
}

func (k *call) listGrants() (*reply, error) {
	size, err := k.pageSize(100, 999)
	if err != nil {
		return nil, err
	}
	keep, err := k.filter("oAuth2PermissionGrant", nil)
	if err != nil {
		return nil, err
	}
	var list []map[string]any
	var ids []string
	for _, g := range k.permissionGrants() {
		of := k.ids["principal"]
		if (keep == nil || keep(g)) && (of == "" || strings.EqualFold(of, g["clientId"].(string))) {
			list, ids = append(list, pick(g, k.query.sel, nil)), append(ids, g["id"].(string))
		}
	}
	return k.pageOf("oauth2PermissionGrants", "oauth2PermissionGrants", ids, list, size)
}

func (k *call) deleteGrant() (*reply, error) {
	raw, err := decodeBase64(k.ids["grant"])
	principal, account, _ := strings.Cut(string(raw), "|")
	a := k.registered(principal)
	if err != nil || a == nil {
		return nil, k.deny("graph.resource.not-found", k.ids["grant"])
	}
	k.grants.withdraw(a, account)
	return noContent()
}
