package microsoft

import "miohub/platforms"

// graphAppID is Microsoft Graph's application id, the same in every tenant.
const graphAppID = "00000003-0000-0000-c000-000000000000"

// appPermissions and userPermissions are the ids of the permissions asked for,
// the same in every tenant (microsoft-graph-devx-content, provisioningInfo.json).
func appPermissions() map[string]string {
	return map[string]string{
		appUsers:        "df021288-bdef-4463-88db-98f22de89214",
		appApplications: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
		appConsents:     "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
		appPolicies:     "246dd0d5-5bd0-4def-940b-0421030a5b68",
		appGroupRules:   "f3c4f514-c65a-43f5-bfce-1735872258dd",
		appLicences:     "e2f98668-2877-4f38-a2f4-8202e0717aa1",
		appGroups:       "07d67222-3a10-4d3b-9ddc-b8aa43198a00",
		appTeams:        "2280dda6-0bfd-44ee-a2f4-cb867cfc4c1e",
		appChannels:     "59a6b24b-4225-4393-8165-ebaec5f55d7a",
		appMembers:      "660b7406-55f1-41ca-a0ed-0b035e182f3e",
		appSeats:        "4437522e-9a86-4a41-a7da-e380edd4a97d",
		appRename:       "243cded2-bd16-4fd6-a953-ff8177894c3d",
		appMake:         "f3a65bd4-b703-46df-8f7e-0174fea562aa",
		appInvite:       "09850681-111b-4a89-9bed-3f2cae46d706",
		appAccounts:     "741f803b-c850-494e-b5df-cde7c675a1ca",
		appDisable:      "3011c876-62b7-4ada-afa2-506cbbecc68c",
	}
}

func userPermissions() map[string]string {
	return map[string]string{
		userMe:       "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
		userKeep:     "7427e0e9-2fba-42fe-b0c0-848c9e6a8182", // as the tenant's own record names it
		userRead:     "767156cb-16ae-4d10-8f8b-41b657c8c8c8",
		userSend:     "ebf0f66e-9fb1-49e4-a278-222f76911cf4",
		userChange:   "5922d31f-46c8-4404-9eaf-2117e390a8a4",
		userFiles:    "863451e7-0667-486c-a5d6-d135439485f0",
		userSessions: "fc30e98b-8810-4501-81f5-c20a3196387b",
	}
}

// resourceAccess is one permission of a registration (resource types
// requiredResourceAccess and resourceAccess of Graph).
type resourceAccess struct {
	ID   string `json:"id"`
	Type string `json:"type"` // "Role": application, "Scope": delegated
}

type requiredAccess struct {
	ResourceAppID  string           `json:"resourceAppId"`
	ResourceAccess []resourceAccess `json:"resourceAccess"`
}

// required is the registration's list of permissions: what is asked for with the
// features that are on, in the table's order.
func required(v platforms.Values) []requiredAccess {
	graph := requiredAccess{ResourceAppID: graphAppID}
	apps, users := appPermissions(), userPermissions()
	for _, p := range scopes(v, platforms.AppConsent) {
		graph.ResourceAccess = append(graph.ResourceAccess, resourceAccess{ID: apps[p], Type: "Role"})
	}
	for _, p := range scopes(v, platforms.UserConsent) {
		graph.ResourceAccess = append(graph.ResourceAccess, resourceAccess{ID: users[p], Type: "Scope"})
	}
	return []requiredAccess{graph}
}
