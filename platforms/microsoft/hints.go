package microsoft

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"miohub/platforms"
)

// page names a page of the vendor's consoles.
type page int

const (
	linkNone page = iota
	linkPermissions
	linkRegistration
	linkConditionalAccess
	linkGuests
	linkTeamsGuests
	linkUser
	linkLicences
	linkConsent
	linkSignIns
)

// link is where something is mended. The pages are the vendor's and may move.
func (s *session) link(p page) string {
	const entra, teams = "https://entra.microsoft.com/", "https://admin.teams.microsoft.com/"
	switch p {
	case linkPermissions:
		return entra + "#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Permissions/appId/" + s.clientID
	case linkRegistration:
		return entra + "#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/" + s.clientID
	case linkConditionalAccess:
		return entra + "#view/Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade"
	case linkGuests:
		return entra + "#view/Microsoft_AAD_IAM/CompanyRelationshipsMenuBlade/~/Settings"
	case linkTeamsGuests:
		return teams + "company-wide-settings/guest-configuration"
	case linkUser:
		return entra + "#view/Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview/userId/" + string(s.bridgeID)
	case linkLicences:
		return "https://admin.microsoft.com/Adminportal/Home#/users"
	case linkConsent:
		return methodTwoLink(s.env.Values)
	case linkSignIns:
		return entra + "#view/Microsoft_AAD_IAM/SignInEventsV3Blade"
	}
	return ""
}

// hint is what an Entra error number usually means here. Numbers and texts
// change over time, so they explain and never decide.
type hint struct {
	codes      []int
	cause, fix string
	page       page
}

// hints follows Microsoft's list of authentication and authorization error codes.
func hints() []hint {
	return []hint{
		{[]int{65001, 650056, 90094, 90095}, "Nobody who may has consented to this application yet, or the consent was withdrawn.", "Authorize again with Method 1, or send the link of Method 2 to an administrator.", linkConsent},
		{[]int{65004}, "Cancel was pressed on the consent page.", "Try again and accept.", linkConsent},
		{[]int{65005, 650057}, "The registration's list of permissions changed after it was consented to.", "Consent again with the full list.", linkConsent},
		{[]int{650052, 650054}, "The organisation has no subscription for the service, or its service principal is disabled.", "Check that Microsoft 365 and Teams are active in this tenant.", linkPermissions},
		{[]int{700016, 700011, 70001}, "This application is not known in the tenant.", "Check the application (client) id and the tenant, then consent once.", linkConsent},
		{[]int{7000112}, "The application was switched off in the tenant.", "Enable sign-in under Enterprise applications.", linkPermissions},
		{[]int{7000215, 70002}, "The client secret is wrong. Often the secret's id was pasted in place of its value.", "Make a new secret and paste its value.", linkRegistration},
		{[]int{7000222}, "The client secret has expired.", "Make a new secret and paste its value.", linkRegistration},
		{[]int{7000218, 700025}, "The registration takes this sign-in for one of a confidential client, or a secret was sent where none belongs.", "Register http://localhost under “Mobile and desktop applications” and allow public client flows.", linkRegistration},
		{[]int{50011, 70004, 900971}, "The redirect address is not registered.", "Add http://localhost under “Mobile and desktop applications”.", linkRegistration},
		{[]int{90002, 50059, 500021, 500022}, "The tenant is unknown, or a network policy restricts tenants.", "Check the tenant id or domain.", linkNone},
		{[]int{50020, 50034, 51004, 16000, 500208}, "The account that signed in does not belong to this tenant.", "Sign out in the browser and choose an account of the organisation.", linkNone},
		{[]int{50105}, "The account is not assigned to the application, which demands an assignment.", "Assign it under Enterprise applications, Users and groups, or switch “Assignment required” off.", linkPermissions},
		{[]int{53000, 53001, 53002, 53003, 530032, 530035, 50131}, "Conditional Access, security defaults or a device policy blocked the sign-in.", "Exclude the bridge account or this application from the policy; the sign-in log names it.", linkConditionalAccess},
		{[]int{50074, 50076, 50079, 50072, 50158}, "A second factor is demanded.", "Sign the bridge account in again and complete it.", linkConditionalAccess},
		{[]int{50078, 70043}, "The sign-in frequency that your policies set has run out.", "Sign the bridge account in again, and exclude it from the sign-in frequency policy.", linkConditionalAccess},
		{[]int{50173, 50133, 70008, 700082, 50089}, "The sign-in was revoked: a changed password, an administrator, or long disuse.", "Sign the bridge account in again.", linkSignIns},
		{[]int{50057}, "The account is disabled.", "Enable it, or choose another bridge account.", linkUser},
		{[]int{90090, 90024, 90033, 50033, 90006, 90055}, "A passing fault at the vendor.", "Nothing: it is tried again.", linkNone},
		{[]int{50196}, "Entra saw the same request too often and stopped it.", "Wait some minutes.", linkNone},
	}
}

const (
	causeNoConsent = "No administrator has consented to the application's permissions, or the consent was withdrawn."
	fixConsent     = "Authorize with Method 1, or send the link of Method 2 to an administrator."
)

func hintFor(e *platforms.Error) (hint, bool) {
	code := regexp.MustCompile(`AADSTS(\d+)`).FindStringSubmatch(e.Code + " " + e.Text)
	if code == nil {
		return hint{}, false
	}
	n, err := strconv.Atoi(code[1])
	if err != nil {
		return hint{}, false
	}
	for _, h := range hints() {
		for _, c := range h.codes {
			if c == n {
				return h, true
			}
		}
	}
	return hint{}, false
}

// explain makes a finding of a failure.
func (s *session) explain(err error) platforms.Finding {
	e, ok := asError(err)
	if !ok {
		return platforms.Finding{Status: platforms.Fail, Cause: err.Error()}
	}
	f := platforms.Finding{Status: platforms.Fail, Raw: raw(e)}
	if h, ok := hintFor(e); ok {
		f.Cause, f.Fix, f.FixURL = h.cause, h.fix, s.link(h.page)
		return f
	}
	if strings.Contains(e.Code, "Authorization_IdentityNotFound") {
		f.Cause, f.Fix, f.FixURL = causeNoConsent, fixConsent, s.link(linkConsent)
		return f
	}
	switch e.Kind {
	case platforms.SignInAgain:
		f.Cause, f.Fix = "The sign-in is no longer valid.", "Sign in again."
	case platforms.Forbidden:
		f.Cause, f.Fix, f.FixURL = "A permission or role is missing.", "Consent again with the full list.", s.link(linkConsent)
		if strings.Contains(strings.ToLower(e.Text), "license") {
			f.Cause, f.Fix, f.FixURL = "The account has no Teams licence.", "Give it one.", s.link(linkLicences)
		}
	case platforms.SlowDown:
		f.Status, f.Cause = platforms.Waiting, "Microsoft asks to slow down; it is tried again."
	case platforms.TryLater, platforms.Uncertain:
		f.Status, f.Cause = platforms.Waiting, "Microsoft could not be reached, or had a passing fault; it is tried again."
	case platforms.NotFound:
		f.Cause = "Microsoft does not know what was asked for."
	default:
		f.Cause = "Microsoft refused the request."
	}
	return f
}

// raw is the vendor's own words with what its support asks for.
func raw(e *platforms.Error) string {
	var b strings.Builder
	b.WriteString(e.Error())
	if e.Status != 0 {
		fmt.Fprintf(&b, "; HTTP %d", e.Status)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, "; request %s", e.RequestID)
	}
	if !e.Time.IsZero() {
		fmt.Fprintf(&b, "; %s", e.Time.UTC().Format(time.RFC3339))
	}
	return b.String()
}
