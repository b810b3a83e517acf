package sandbox

import "time"

// secretEnds is when the registration's client secret ends: the portal offers six
// months first.
func (c *cloud) secretEnds() time.Time { return c.secretMade().AddDate(0, 6, 0) }

// secretMade is the present day, so that the secret is good for as long as the
// World runs.
func (c *cloud) secretMade() time.Time { return c.world.Clock.Now().Truncate(24 * time.Hour) }

// applicationObject is a registration as its own tenant sees it.
func (c *cloud) applicationObject(a *app) map[string]any {
	secrets := []any{}
	if a.secret != "" {
		secrets = append(secrets, map[string]any{
			"customKeyIdentifier": nil, "displayName": "Mio Hub", "hint": a.secret[:3], "keyId": c.guid("secret id", a.id), "secretText": nil,
			"startDateTime": seconds(c.secretMade()), "endDateTime": seconds(c.secretEnds()),
		})
	}
	return map[string]any{
		"id": c.guid("application", a.id), "appId": a.id, "displayName": a.name, "signInAudience": "AzureADMyOrg", "publisherDomain": c.initialDomain(),
		"isFallbackPublicClient": !c.faults.On("microsoft.public-client-off"), "publicClient": map[string]any{"redirectUris": a.redirects},
		"requiredResourceAccess": []any{map[string]any{"resourceAppId": graphAppID, "resourceAccess": c.listedAccess(a)}},
		"keyCredentials":         c.keyCredentials(a), "passwordCredentials": secrets,
		"appRoles": []any{}, "addIns": []any{}, "identifierUris": []string{}, "tags": []string{},
	}
}

// listedAccess is the registration's own list of permissions.
func (c *cloud) listedAccess(a *app) []any {
	out := []any{}
	for _, n := range a.registration().Application {
		out = append(out, map[string]any{"id": c.permissionID(n, c.data.Permissions[n].Application, "application"), "type": "Role"})
	}
	for _, n := range a.registration().Delegated {
		out = append(out, map[string]any{"id": c.permissionID(n, c.data.Permissions[n].Delegated, "delegated"), "type": "Scope"})
	}
	return out
}

// listApplications lists the registrations of this tenant.
func (k *call) listApplications() (*reply, error) {
	size, err := k.pageSize(100, 999)
	if err != nil {
		return nil, err
	}
	keep, err := k.filter("application", nil)
	if err != nil {
		return nil, err
	}
	var list []map[string]any
	var ids []string
	for _, a := range []*app{k.hub, k.explorer} {
		o := k.applicationObject(a)
		if keep == nil || keep(o) {
			list, ids = append(list, pick(o, k.query.sel, nil)), append(ids, a.id)
		}
	}
	return k.pageOf("applications", "applications", ids, list, size)
}
