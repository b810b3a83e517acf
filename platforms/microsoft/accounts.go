package microsoft

import (
	"context"
	"strings"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

// redeemPage is where a guest lands after accepting an invitation.
const redeemPage = "https://teams.microsoft.com/"

// accounts makes guest accounts. Graph has nothing that undoes an invitation
// here: the hub deletes no account.
type accounts struct{ graph *graph.Client }

// Invite implements platforms.Accounts. No mail is sent by Entra.
func (a *accounts) Invite(ctx context.Context, u platforms.NewUser) (platforms.User, error) {
	there, err := a.graph.FindUsers(ctx, u.Address)
	if err != nil {
		return platforms.User{}, fail("look for the guest", err, harmless)
	}
	if len(there) > 0 {
		return user(there[0]), nil
	}
	if !u.Guest {
		return platforms.User{}, &platforms.Error{Kind: platforms.Unsupported, Op: "microsoft: invite", Text: "only guest accounts are made here"}
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

// Forecast implements platforms.Accounts.
func (a *accounts) Forecast(context.Context, platforms.NewUser) (platforms.Forecast, error) {
	return platforms.Forecast{}, &platforms.Error{Kind: platforms.Unsupported, Op: "microsoft: forecast an account"}
}

// Create implements platforms.Accounts.
func (a *accounts) Create(context.Context, platforms.NewUser) (platforms.User, error) {
	return platforms.User{}, &platforms.Error{Kind: platforms.Unsupported, Op: "microsoft: create an account"}
}

// Suspend implements platforms.Accounts.
func (a *accounts) Suspend(context.Context, platforms.UserID) error {
	return &platforms.Error{Kind: platforms.Unsupported, Op: "microsoft: suspend an account"}
}

// Resume implements platforms.Accounts.
func (a *accounts) Resume(context.Context, platforms.UserID) error {
	return &platforms.Error{Kind: platforms.Unsupported, Op: "microsoft: resume an account"}
}
