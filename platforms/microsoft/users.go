package microsoft

import (
	"context"
	"slices"
	"strings"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

// teamsPlan is the service plan TEAMS1; teamsService is the service that every
// Teams plan belongs to, whichever product it is sold in.
const (
	teamsPlan    = "57ff2da0-773e-42df-b2af-ffb7a2317929"
	teamsService = "TeamspaceAPI"
)

// users reads the directory by delta; the cursor is Graph's delta link.
type users struct{ graph *graph.Client }

// Read implements platforms.Users.
func (u *users) Read(ctx context.Context, cursor platforms.Cursor, page func(platforms.UserPage) error) (platforms.Reading, error) {
	link := string(cursor)
	if link != "" && !u.graph.Owns(link) {
		link = ""
	}
	if link != "" {
		next, err := u.read(ctx, link, false, page)
		if err == nil {
			return platforms.Reading{Cursor: next}, nil
		}
		if !cursorGone(err) {
			return platforms.Reading{}, fail("read changed users", err, harmless)
		}
	}
	next, err := u.read(ctx, "", true, page)
	if err != nil {
		return platforms.Reading{}, fail("read users", err, harmless)
	}
	return platforms.Reading{Cursor: next, Full: true}, nil
}

func (u *users) read(ctx context.Context, link string, full bool, page func(platforms.UserPage) error) (platforms.Cursor, error) {
	for {
		got, err := u.graph.UsersDelta(ctx, link)
		if err != nil {
			return "", err
		}
		out, err := u.page(ctx, got.Users, full)
		if err != nil {
			return "", err
		}
		if len(out.Users)+len(out.Removed) > 0 {
			if err := page(out); err != nil {
				return "", err
			}
		}
		if got.NextLink == "" {
			return platforms.Cursor(got.DeltaLink), nil
		}
		link = got.NextLink
	}
}

// page converts what a delta delivered. A change may name only what changed, so
// an account that is not told in full is read by itself.
func (u *users) page(ctx context.Context, list []graph.User, full bool) (platforms.UserPage, error) {
	var out platforms.UserPage
	for _, item := range list {
		if item.Removed != nil {
			out.Removed = append(out.Removed, platforms.UserID(item.ID))
			continue
		}
		if item.UserPrincipalName == "" || !full && !item.Complete {
			whole, err := u.graph.User(ctx, item.ID)
			if err != nil {
				return out, err
			}
			item = whole
		}
		out.Users = append(out.Users, user(item))
	}
	return out, nil
}

// user converts an account.
func user(u graph.User) platforms.User {
	login := strings.ToLower(u.UserPrincipalName)
	out := platforms.User{
		ID: platforms.UserID(u.ID), Address: address(u),
		Name: u.DisplayName, GivenName: u.GivenName, FamilyName: u.Surname,
		EmployeeID: u.EmployeeID, OrgUnit: u.Department,
		Kind: platforms.Member, State: platforms.Active, Licence: licence(u),
	}
	if login != out.Address {
		out.Login = login
	}
	if isGuest(u) {
		out.Kind = platforms.Guest
	}
	if u.AccountEnabled != nil && !*u.AccountEnabled {
		out.State = platforms.Suspended
	}
	out.Addresses = addresses(u, out.Address)
	return out
}

// isGuest also counts external accounts that were made members: they sign in
// elsewhere.
func isGuest(u graph.User) bool {
	return strings.EqualFold(u.UserType, "Guest") || invented(u.UserPrincipalName)
}

// invented reports a sign-in name that Entra made up for an external account
// ("jo_acme.example#EXT#@contoso.onmicrosoft.com"): nobody's address.
func invented(login string) bool { return strings.Contains(strings.ToUpper(login), "#EXT#") }

// address is the primary e-mail address: mail, the primary proxy address, or
// the sign-in name. A guest without mail is known by the address invited.
func address(u graph.User) string {
	if u.Mail != "" {
		return strings.ToLower(u.Mail)
	}
	for _, p := range u.ProxyAddresses {
		if rest, ok := strings.CutPrefix(p, "SMTP:"); ok {
			return strings.ToLower(rest)
		}
	}
	if !invented(u.UserPrincipalName) {
		return strings.ToLower(u.UserPrincipalName)
	}
	if len(u.OtherMails) > 0 {
		return strings.ToLower(u.OtherMails[0])
	}
	return ""
}

// addresses lists what mail reaches the account by, the primary first. Other
// mails (otherMails) are left out: people enter private ones there, and nobody
// has verified them.
func addresses(u graph.User, primary string) []string {
	var rest []string
	if u.UserPrincipalName != "" && !invented(u.UserPrincipalName) {
		rest = append(rest, strings.ToLower(u.UserPrincipalName))
	}
	for _, p := range u.ProxyAddresses {
		if kind, value, ok := strings.Cut(p, ":"); ok && strings.EqualFold(kind, "smtp") {
			rest = append(rest, strings.ToLower(value))
		}
	}
	slices.Sort(rest)
	list := []string{}
	if primary != "" {
		list = append(list, primary)
	}
	for _, a := range slices.Compact(rest) {
		if a != primary {
			list = append(list, a)
		}
	}
	return list
}

// licence tells whether the account may use Teams. Guests need no licence.
func licence(u graph.User) platforms.Licence {
	if isGuest(u) {
		return platforms.LicenceNotAsked
	}
	for _, p := range u.AssignedPlans {
		ours := strings.EqualFold(p.ServicePlanID, teamsPlan) || p.Service == teamsService
		if ours && (p.CapabilityStatus == "Enabled" || p.CapabilityStatus == "Warning") {
			return platforms.Licensed
		}
	}
	return platforms.Unlicensed
}
