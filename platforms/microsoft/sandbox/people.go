package sandbox

import (
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

// upn is an account's user principal name. Guests have the form that an
// invitation makes.
func (c *cloud) upn(a world.Account) string {
	if a.Login != "" {
		return a.Login
	}
	if a.Guest {
		return guestName(a.Address) + "@" + c.initialDomain()
	}
	return a.Address
}

func guestName(address string) string { return strings.Replace(address, "@", "_", 1) + "#EXT#" }

func (c *cloud) upnOf(id string) string {
	a, ok := c.tenant.Account(id)
	if !ok {
		return ""
	}
	return c.upn(a)
}

// person finds who signs in: by user principal name or primary address.
func (c *cloud) person(text string) (world.Account, bool) {
	if !strings.Contains(text, "@") {
		return world.Account{}, false
	}
	a, ok := c.tenant.Account(text)
	if ok && (strings.EqualFold(a.Address, text) || strings.EqualFold(c.upn(a), text)) && a.Deleted.IsZero() {
		return a, true
	}
	return c.byUPN(text)
}

// byUPN finds guests, whose principal name the World may not know.
func (c *cloud) byUPN(text string) (world.Account, bool) {
	if !strings.Contains(strings.ToUpper(text), "#EXT#") {
		return world.Account{}, false
	}
	list := c.tenant.Accounts()
	i := slices.IndexFunc(list, func(a world.Account) bool { return a.Deleted.IsZero() && strings.EqualFold(c.upn(a), text) })
	if i < 0 {
		return world.Account{}, false
	}
	return list[i], true
}

// user finds an account by object id or user principal name, as Graph's paths
// name it. Deleted accounts are not found.
func (c *cloud) user(key string) (world.Account, bool) {
	a, ok := c.tenant.Account(key)
	if ok && a.Deleted.IsZero() && (strings.EqualFold(a.ID, key) || strings.EqualFold(c.upn(a), key)) {
		return a, true
	}
	return c.byUPN(key)
}
