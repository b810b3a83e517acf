package graph

import "context"

// ServicePrincipal is an application in the tenant.
type ServicePrincipal struct {
	ID          string    `json:"id"`
	AppID       string    `json:"appId"`
	DisplayName string    `json:"displayName"`
	Enabled     *bool     `json:"accountEnabled"`
	AppRoles    []AppRole `json:"appRoles"`
}

// AppRole is an application permission that a service principal offers.
type AppRole struct {
	ID    string `json:"id"`
	Value string `json:"value"` // "User.Read.All"
}

// ServicePrincipals lists those of one application: one, or none when it was
// never consented to.
func (c *Client) ServicePrincipals(ctx context.Context, appID string) ([]ServicePrincipal, error) {
	var all []ServicePrincipal
	err := each(ctx, c, "find service principal", get(
		"{+baseurl}/servicePrincipals?$filter={filter}", at("filter", "appId eq '"+quote(appID)+"'")), collect(&all))
	return all, err
}

// AppRoleAssignment is an application permission that was granted.
type AppRoleAssignment struct {
	AppRoleID  string `json:"appRoleId"`
	ResourceID string `json:"resourceId"` // the service principal that offers it
}

// AppRoleAssignments lists what an application was granted.
func (c *Client) AppRoleAssignments(ctx context.Context, servicePrincipal string) ([]AppRoleAssignment, error) {
	var all []AppRoleAssignment
	err := each(ctx, c, "list application permissions", get(
		"{+baseurl}/servicePrincipals/{id}/appRoleAssignments", at("id", servicePrincipal)), collect(&all))
	return all, err
}
