package graph

import (
	"context"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
)

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
		"{+baseurl}/servicePrincipals?$filter={filter}&$select=id,appId,displayName,accountEnabled,appRoles", at("filter", "appId eq '"+quote(appID)+"'")), collect(&all))
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

// PermissionGrant is a delegated consent: what a client may do for a person, or
// for everybody.
type PermissionGrant struct {
	ConsentType string `json:"consentType"` // "AllPrincipals" or "Principal"
	PrincipalID string `json:"principalId"` // the person; "" for everybody
	ResourceID  string `json:"resourceId"`
	Scope       string `json:"scope"` // separated by spaces
}

// PermissionGrants lists the delegated consents that a client was given.
func (c *Client) PermissionGrants(ctx context.Context, servicePrincipal string) ([]PermissionGrant, error) {
	var all []PermissionGrant
	err := each(ctx, c, "list delegated permissions", get(
		"{+baseurl}/servicePrincipals/{id}/oauth2PermissionGrants", at("id", servicePrincipal)), collect(&all))
	return all, err
}

// Application is an app registration (resource type application).
type Application struct {
	Required []struct {
		ResourceAppID string `json:"resourceAppId"`
		Access        []struct {
			ID   string `json:"id"`
			Type string `json:"type"` // "Role": application, "Scope": delegated
		} `json:"resourceAccess"`
	} `json:"requiredResourceAccess"`
	Secrets []struct {
		Hint string    `json:"hint"` // the first characters
		End  time.Time `json:"endDateTime"`
	} `json:"passwordCredentials"`
}

// Applications lists the registrations of an application in its own tenant: one,
// or none when it is registered elsewhere.
func (c *Client) Applications(ctx context.Context, appID string) ([]Application, error) {
	var all []Application
	err := each(ctx, c, "find app registration", get(
		"{+baseurl}/applications?$filter={filter}&$select=requiredResourceAccess,passwordCredentials", at("filter", "appId eq '"+quote(appID)+"'")), collect(&all))
	return all, err
}

// RevokeSessions ends every session of the signed-in account.
func (c *Client) RevokeSessions(ctx context.Context) error {
	var out struct{}
	return c.call(ctx, "revoke sign-in sessions", func(context.Context) (*abs.RequestInformation, error) {
		info := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(abs.POST, "{+baseurl}/me/revokeSignInSessions", at())
		info.Headers.TryAdd("Accept", "application/json")
		return info, nil
	}, &out)
}
