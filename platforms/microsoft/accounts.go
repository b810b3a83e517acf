package microsoft

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

// redeemPage is where a guest lands after accepting an invitation.
const redeemPage = "https://teams.microsoft.com/"

// accounts makes accounts and keeps them from being used, as the application.
// The hub deletes no account.
type accounts struct {
	graph    *graph.Client
	licences *licences
	domains  []string // verified here, lower case
	// What is switched on; each takes a permission of its own.
	invites, makes, disables bool
}

// off is what an account's method answers while its feature is off.
func off(op string, f platforms.Feature) error {
	title := ""
	for _, known := range features() {
		if known.ID == f {
			title = known.Title
		}
	}
	return &platforms.Error{Kind: platforms.Unsupported, Op: "microsoft: " + op, Text: "“" + title + "” is switched off"}
}

// find is the account that an address belongs to, nil when there is none.
func (a *accounts) find(ctx context.Context, address string) (*platforms.User, error) {
	there, err := a.graph.FindUsers(ctx, address)
	if err != nil {
		return nil, fail("look for the account", err, harmless)
	}
	switch len(there) {
	case 0:
		return nil, nil
	case 1:
		found := user(there[0])
		return &found, nil
	}
	return nil, &platforms.Error{
		Kind: platforms.Conflict, Op: "microsoft: look for the account",
		Text: fmt.Sprintf("%d accounts have the address %s: %s", len(there), address, logins(there)),
	}
}

func logins(list []graph.User) string {
	names := make([]string, len(list))
	for i, u := range list {
		names[i] = u.UserPrincipalName
	}
	return strings.Join(names, ", ")
}

// ours reports whether an address is in a domain that was verified here.
func (a *accounts) ours(address string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return slices.Contains(a.domains, domain)
}

// refusal is why Entra would not make the account, "" when it would.
func (a *accounts) refusal(u platforms.NewUser) string {
	local, domain, ok := strings.Cut(strings.ToLower(u.Address), "@")
	switch ours := a.ours(u.Address); {
	case !ok || local == "" || domain == "" || strings.Contains(domain, "@"):
		return u.Address + " is not an e-mail address."
	case u.Guest && ours:
		return domain + " is a verified domain of this organisation: Entra invites nobody from it. A member account can be made instead; it needs a licence."
	case !u.Guest && !ours:
		return domain + " is not a verified domain of this organisation: a member account cannot have an address there. The person can be invited as a guest."
	}
	return ""
}

// Forecast implements platforms.Accounts.
func (a *accounts) Forecast(ctx context.Context, u platforms.NewUser) (platforms.Forecast, error) {
	if u.Guest && !a.invites {
		return platforms.Forecast{}, off("foresee a guest account", platforms.FeatureProvision)
	}
	if !u.Guest && !a.makes {
		return platforms.Forecast{}, off("foresee a member account", featureMembers)
	}
	out := platforms.Forecast{Refused: a.refusal(u)}
	there, err := a.find(ctx, u.Address)
	if platforms.KindOf(err) == platforms.Conflict {
		out.Refused = err.Error()
		return out, nil
	}
	if err != nil {
		return out, err
	}
	if there != nil {
		out.Exists, out.Refused = there, ""
		return out, nil
	}
	if out.Refused != "" {
		return out, nil
	}
	if u.Guest {
		out.Notes = []string{
			"A guest needs no licence of yours. No mail is sent: the person accepts the invitation at the first sign-in to Teams with this address.",
		}
		return out, nil
	}
	return a.forecastMember(ctx, out)
}

// forecastMember says which licence a new member would need.
func (a *accounts) forecastMember(ctx context.Context, out platforms.Forecast) (platforms.Forecast, error) {
	offers, err := a.licences.Offers(ctx)
	if err != nil {
		return out, err
	}
	out.Notes = []string{"Its password is made by chance and nobody learns it: somebody in your organisation resets it before the person signs in."}
	var free []string
	none := true
	for _, o := range offers {
		if !o.Chat {
			continue
		}
		none = false
		if o.Free > 0 {
			free = append(free, fmt.Sprintf("%s (%d free)", o.Name, o.Free))
			out.Costs = out.Costs || o.Paid
		}
	}
	switch {
	case none:
		out.Notes = append(out.Notes, "Your organisation has no licence that includes Teams: the account could not use it.")
	case len(free) == 0:
		out.Notes = append(out.Notes, "No licence that includes Teams is left: the account cannot use Teams until one is bought or set free.")
	default:
		out.Notes = append(out.Notes, "To use Teams it needs one of: "+strings.Join(free, ", ")+".")
	}
	return out, nil
}

// Invite implements platforms.Accounts. No mail is sent by Entra.
func (a *accounts) Invite(ctx context.Context, u platforms.NewUser) (platforms.User, error) {
	if !a.invites {
		return platforms.User{}, off("invite guest", platforms.FeatureProvision)
	}
	there, err := a.find(ctx, u.Address)
	if err != nil {
		return platforms.User{}, err
	}
	if there != nil {
		return *there, nil
	}
	u.Guest = true
	if why := a.refusal(u); why != "" {
		return platforms.User{}, &platforms.Error{Kind: platforms.Invalid, Op: "microsoft: invite guest", Text: why}
	}
	// Inviting an address twice answers the account made the first time.
	id, err := a.graph.Invite(transport.Idempotent(ctx), u.Address, u.Name, redeemPage)
	if err != nil {
		return platforms.User{}, fail("invite guest", err, harmless)
	}
	made, err := a.graph.User(ctx, id)
	if platforms.KindOf(fail("", err, harmless)) == platforms.NotFound {
		// Made, but not to be read yet on the server that answered.
		address := strings.ToLower(u.Address)
		return platforms.User{
			ID: platforms.UserID(id), Address: address, Addresses: []string{address}, Name: u.Name,
			GivenName: u.GivenName, FamilyName: u.FamilyName, Kind: platforms.Guest, State: platforms.Active,
		}, nil
	}
	if err != nil {
		return platforms.User{}, fail("read the guest", err, harmless)
	}
	return user(made), nil
}

// Create implements platforms.Accounts. The account has no licence yet.
func (a *accounts) Create(ctx context.Context, u platforms.NewUser) (platforms.User, error) {
	if !a.makes {
		return platforms.User{}, off("create account", featureMembers)
	}
	there, err := a.find(ctx, u.Address)
	if err != nil {
		return platforms.User{}, err
	}
	if there != nil {
		return *there, nil
	}
	u.Guest = false
	if why := a.refusal(u); why != "" {
		return platforms.User{}, &platforms.Error{Kind: platforms.Invalid, Op: "microsoft: create account", Text: why}
	}
	fresh, err := a.member(ctx, u)
	if err != nil {
		return platforms.User{}, err
	}
	// A second attempt is refused, because the sign-in name is taken by the first.
	made, err := a.graph.CreateUser(transport.Idempotent(ctx), fresh)
	if err = fail("create account", err, harmless); platforms.KindOf(err) == platforms.Conflict {
		if there, look := a.find(ctx, u.Address); look == nil && there != nil {
			return *there, nil
		}
	}
	if err != nil {
		return platforms.User{}, err
	}
	return user(made), nil
}

// member fills in what a member account must have. Licences need a country: the
// organisation's own where none is given.
func (a *accounts) member(ctx context.Context, u platforms.NewUser) (graph.NewUser, error) {
	country := strings.ToUpper(u.Country)
	if country == "" {
		org, err := a.graph.Organization(ctx)
		if err != nil {
			return graph.NewUser{}, fail("read the organisation's country", err, harmless)
		}
		country = org.Country
	}
	address := strings.ToLower(u.Address)
	local, _, _ := strings.Cut(address, "@")
	return graph.NewUser{
		Address: address, Nickname: nickname(local), Name: orElse(u.Name, local), GivenName: u.GivenName, Surname: u.FamilyName,
		UsageLocation: country, Password: password(),
	}, nil
}

func orElse(value, otherwise string) string {
	if strings.TrimSpace(value) != "" {
		return value
	}
	return otherwise
}

// nickname is a local part without the characters that mailNickname must not
// have, at most 64 long (resource type user).
func nickname(local string) string {
	safe := strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune(`@()\[]";:<>,`, r) {
			return '_'
		}
		return r
	}, local)
	return safe[:min(len(safe), 64)]
}

// password is one that nobody learns: it is sent and forgotten. The letters in
// front satisfy every rule about kinds of characters.
func password() string {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails: the program ends when there is no randomness
	return "Aa1!" + base64.RawURLEncoding.EncodeToString(secret)
}

// Suspend implements platforms.Accounts.
func (a *accounts) Suspend(ctx context.Context, id platforms.UserID) error {
	return a.enable(ctx, "disable account", id, false)
}

// Resume implements platforms.Accounts.
func (a *accounts) Resume(ctx context.Context, id platforms.UserID) error {
	return a.enable(ctx, "enable account", id, true)
}

func (a *accounts) enable(ctx context.Context, op string, id platforms.UserID, enabled bool) error {
	if !a.disables {
		return off(op, featureDisable)
	}
	return fail(op, a.graph.EnableUser(transport.Idempotent(ctx), string(id), enabled), harmless)
}
