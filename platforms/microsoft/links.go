package microsoft

import "miohub/platforms"

// page names a page where something is mended.
type page int

const (
	linkNone page = iota
	linkConsent
	linkPermissions
	linkProperties
	linkAssignments
	linkRegistration
	linkAPIPermissions
	linkAuthentication
	linkConsentPolicy
	linkConditionalAccess
	linkGuests
	linkCrossTenant
	linkTenant
	linkTeamsGuests
	linkUser
	linkLicences
	linkSignIns
	linkSignOut
	linkGroupSettings
	linkBilling
	linkEventHubs
)

// link is where something is mended. The pages are the vendor's and may move.
func link(v platforms.Values, p page) string {
	const teams = "https://admin.teams.microsoft.com/"
	entra := or(v.Get(keyPortal), defaultPortal) + "#view/"
	client := clientOf(v)
	switch p {
	case linkConsent:
		return methodTwoLink(v)
	case linkPermissions:
		return entra + "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Permissions/appId/" + client
	case linkProperties:
		return entra + "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Properties/appId/" + client
	case linkAssignments:
		return entra + "Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Users/appId/" + client
	case linkRegistration:
		return entra + "Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/" + client
	case linkAPIPermissions:
		return entra + "Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/CallAnAPI/appId/" + client
	case linkAuthentication:
		return entra + "Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Authentication/appId/" + client
	case linkConsentPolicy:
		return entra + "Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/UserSettings"
	case linkConditionalAccess:
		return entra + "Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade"
	case linkGuests:
		return entra + "Microsoft_AAD_IAM/CompanyRelationshipsMenuBlade/~/Settings"
	case linkCrossTenant:
		return entra + "Microsoft_AAD_IAM/CompanyRelationshipsMenuBlade/~/CrossTenantAccessSettings"
	case linkTenant:
		return entra + "Microsoft_AAD_IAM/TenantOverview.ReactView"
	case linkTeamsGuests:
		return teams + "company-wide-settings/guest-configuration"
	case linkUser:
		return entra + "Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview/userId/" + v.Get(keyBridgeID)
	case linkLicences:
		return "https://admin.microsoft.com/Adminportal/Home#/users"
	case linkSignIns:
		return entra + "Microsoft_AAD_IAM/SignInEventsV3Blade"
	case linkSignOut:
		return authorityOf(v) + "common/oauth2/v2.0/logout"
	case linkGroupSettings:
		return "https://admin.microsoft.com/Adminportal/Home#/Settings/Services/:/Settings/L1/O365Groups"
	case linkBilling:
		return "https://admin.microsoft.com/Adminportal/Home#/licenses"
	case linkEventHubs:
		return "https://portal.azure.com/#browse/Microsoft.EventHub%2Fnamespaces"
	}
	return ""
}

// clientOf is the application (client) id, "" where something else was entered: a
// secret in its place must not travel in links.
func clientOf(v platforms.Values) string {
	if id := v.Get(keyClient); isGUID(id) {
		return id
	}
	return ""
}

func (s *session) link(p page) string { return link(s.env.Values, p) }
