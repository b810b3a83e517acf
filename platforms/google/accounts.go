package google

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"time"

	admin "google.golang.org/api/admin/directory/v1"

	"miohub/platforms"
	"miohub/platforms/transport"
)

// guestsFresh is how long the list of guests is believed. An account is asked
// for by its address, a guest's outside address alone cannot be asked for.
const guestsFresh = 2 * time.Minute

// accounts makes, suspends and resumes accounts, in the administrator's name.
// None is ever deleted.
type accounts struct {
	w *workspace

	mu      sync.Mutex
	guests  map[string]platforms.User // by outside address
	learned time.Time
}

// Invite makes a guest account. A service account has to name the organisation.
func (a *accounts) Invite(ctx context.Context, u platforms.NewUser) (platforms.User, error) {
	directory, err := a.w.directory(ctx, a.w.asAdmin(scopeUsersEdit))
	if err != nil {
		return platforms.User{}, err
	}
	made, err := directory.Users.CreateGuest(&admin.DirectoryUsersCreateGuestRequest{
		PrimaryGuestEmail: u.Address, Customer: string(a.w.tenant().ID),
	}).Context(transport.Idempotent(ctx)).Do()
	a.forgetGuests()
	if err != nil {
		return a.there(ctx, u, platforms.Guest, failed("invite guest", err))
	}
	return a.made(made), nil
}

// Create makes a member account. Its password is random and kept nowhere, so
// nobody can sign in with it until an administrator sets another. An account of
// somebody's own with this address is never taken over: that is a Conflict.
func (a *accounts) Create(ctx context.Context, u platforms.NewUser) (platforms.User, error) {
	directory, err := a.w.directory(ctx, a.w.asAdmin(scopeUsersEdit))
	if err != nil {
		return platforms.User{}, err
	}
	given, family := namesOf(u)
	made, err := directory.Users.Insert(&admin.User{
		PrimaryEmail: u.Address, OrgUnitPath: u.OrgUnit, Password: rand.Text() + rand.Text(),
		Name: &admin.UserName{GivenName: given, FamilyName: family, DisplayName: u.Name},
	}).Context(transport.Idempotent(ctx)).Do()
	if err != nil {
		return a.there(ctx, u, platforms.Member, failed("make account", err))
	}
	return a.made(made), nil
}

func (a *accounts) made(u *admin.User) platforms.User {
	user := userOf(u)
	a.w.people.learn(user.ID, personOf(u))
	return user
}

// there is the account that stood in the way, where it is what was wanted;
// otherwise the failure stays one.
func (a *accounts) there(ctx context.Context, u platforms.NewUser, kind platforms.UserKind, failure error) (platforms.User, error) {
	if platforms.KindOf(failure) != platforms.Conflict {
		return platforms.User{}, failure
	}
	found, err := a.find(ctx, u.Address)
	if err != nil {
		return platforms.User{}, err
	}
	if found == nil || found.Kind != kind {
		return platforms.User{}, failure
	}
	return *found, nil
}

// find is the account with that address, nil when there is none.
func (a *accounts) find(ctx context.Context, address string) (*platforms.User, error) {
	address = strings.ToLower(address)
	if a.isOurs(address) {
		directory, err := a.w.directory(ctx, a.w.asAdmin(scopeUsers))
		if err != nil {
			return nil, err
		}
		found, err := directory.Users.Get(address).Fields(userFields).Context(ctx).Do()
		err = failed("look for account", err)
		switch platforms.KindOf(err) {
		case "":
			user := a.made(found)
			return &user, nil
		case platforms.NotFound:
			return nil, nil
		}
		return nil, err
	}
	guests, err := a.allGuests(ctx)
	if err != nil {
		return nil, err
	}
	if user, ok := guests[address]; ok {
		return &user, nil
	}
	return nil, nil
}

// allGuests are the guest accounts by their outside address.
func (a *accounts) allGuests(ctx context.Context) (map[string]platforms.User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.guests != nil && a.w.env.Now().Sub(a.learned) < guestsFresh {
		return a.guests, nil
	}
	guests := map[string]platforms.User{}
	err := a.w.listUsers(ctx, false, userFields, func(list []*admin.User) error {
		for _, u := range list {
			if u.IsGuestUser {
				user := userOf(u)
				guests[user.Address] = user
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.guests, a.learned = guests, a.w.env.Now()
	return guests, nil
}

func (a *accounts) forgetGuests() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.guests = nil
}

// Suspend keeps an account from being used.
func (a *accounts) Suspend(ctx context.Context, id platforms.UserID) error {
	return a.setSuspended(ctx, id, true)
}

// Resume takes Suspend back.
func (a *accounts) Resume(ctx context.Context, id platforms.UserID) error {
	return a.setSuspended(ctx, id, false)
}

func (a *accounts) setSuspended(ctx context.Context, id platforms.UserID, suspended bool) error {
	op := "resume account"
	if suspended {
		op = "suspend account"
		who, err := a.w.people.who(ctx, id)
		if err != nil {
			return err
		}
		if who.address == strings.ToLower(a.w.admin) {
			return &platforms.Error{
				Kind: platforms.Invalid, Op: "google: " + op, Code: "own-administrator",
				Text: "this is the administrator in whose name everything is done here",
			}
		}
	}
	directory, err := a.w.directory(ctx, a.w.asAdmin(scopeUsersEdit))
	if err != nil {
		return err
	}
	_, err = directory.Users.Update(string(id), &admin.User{Suspended: suspended, ForceSendFields: []string{"Suspended"}}).
		Fields("id").Context(transport.Idempotent(ctx)).Do()
	a.w.people.forget(id)
	return failed(op, err)
}

// namesOf are the two names that Google wants of every account.
func namesOf(u platforms.NewUser) (given, family string) {
	given, family = u.GivenName, u.FamilyName
	if given == "" && family == "" {
		given, family, _ = strings.Cut(strings.TrimSpace(u.Name), " ")
	}
	local, _, _ := strings.Cut(u.Address, "@")
	if given == "" {
		given = local
	}
	if family == "" {
		family = given
	}
	return given, strings.TrimSpace(family)
}
