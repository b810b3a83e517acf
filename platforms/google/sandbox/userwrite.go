package sandbox

import (
	"net/http"
	"net/mail"
	"path"
	"strings"

	world "miohub/platforms/sandbox"
)

// guestUnit is the org unit that Google makes for guests and keeps them in.
const guestUnit = "/Workspace Guests"

// insertUser answers users.insert. A licence is given where licensing is
// automatic and one is left.
func (g *google) insertUser(c *call) (map[string]any, *apiError) {
	address, name := strings.ToLower(text(c.body, "primaryEmail")), object(c.body, "name")
	if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: primary_user_email")
	}
	for field, value := range map[string]string{"given_name": text(name, "givenName"), "family_name": text(name, "familyName")} {
		if n := len([]rune(value)); n == 0 || n > 60 {
			return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Given/Family Name: "+field)
		}
	}
	if p := text(c.body, "password"); len(p) < 8 || len(p) > 100 {
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Password")
	}
	if !g.inDomain(address) {
		return nil, legacy(http.StatusNotFound, "notFound", "Domain not found.")
	}
	unit := text(c.body, "orgUnitPath")
	if unit == "" {
		unit = "/"
	}
	g.writing.Lock()
	defer g.writing.Unlock()
	if unit = path.Clean("/" + unit); !g.units()[unit] {
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: INVALID_OU_ID")
	}
	if _, there := g.tenant.Account(address); there || g.groupAt(address) {
		return nil, duplicate()
	}
	a := world.Account{
		ID: digits(21, "user "+address), Address: address, Given: text(name, "givenName"), Family: text(name, "familyName"),
		Name: text(name, "displayName"), OrgUnit: unit, Licensed: g.licensedByItself(),
	}
	a.Suspended, _ = c.body["suspended"].(bool)
	return g.putUser(a)
}

func (g *google) putUser(a world.Account) (map[string]any, *apiError) {
	if err := g.tenant.PutAccount(a); err != nil {
		return nil, legacy(http.StatusInternalServerError, "backendError", "Backend Error")
	}
	a, _ = g.tenant.Account(a.ID)
	return g.user(a, false), nil
}

// createGuest answers users.createGuest: an account for an address outside, which
// takes no licence.
func (g *google) createGuest(c *call) (map[string]any, *apiError) {
	address := strings.ToLower(text(c.body, "primaryGuestEmail"))
	parsed, err := mail.ParseAddress(address)
	switch customer := text(c.body, "customer"); {
	case customer != "" && !g.ours(customer):
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: customer")
	case err != nil || parsed.Address != address:
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: primary_guest_email")
	case strings.HasSuffix(address, "@gmail.com"), strings.HasSuffix(address, "@googlemail.com"):
		// Guests are people without a Google Account of their own.
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: primary_guest_email already belongs to a Google Account")
	case g.inDomain(address):
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: primary_guest_email must be outside of the organization")
	}
	g.writing.Lock()
	defer g.writing.Unlock()
	if _, there := g.tenant.Account(address); there {
		return nil, duplicate()
	}
	local, _, _ := strings.Cut(address, "@")
	return g.putUser(world.Account{
		ID: digits(21, "guest "+address), Address: address, Given: local, Guest: true, Licensed: true, OrgUnit: guestUnit,
	})
}

// updateUser answers users.update and users.patch, which change what is given.
func (g *google) updateUser(c *call) (map[string]any, *apiError) {
	before, bad := g.accountIn(c, "userKey")
	if bad != nil {
		return nil, bad
	}
	var changes []func(*world.Account)
	for field, value := range c.body {
		switch field {
		case "suspended":
			on, _ := value.(bool)
			changes = append(changes, func(a *world.Account) { a.Suspended = on })
		case "name":
			name := object(c.body, "name")
			changes = append(changes, func(a *world.Account) {
				for to, from := range map[*string]string{&a.Given: "givenName", &a.Family: "familyName", &a.Name: "displayName"} {
					if v, given := name[from].(string); given {
						*to = v
					}
				}
			})
		case "orgUnitPath":
			unit := path.Clean("/" + text(c.body, field))
			g.writing.Lock()
			known := g.units()[unit]
			g.writing.Unlock()
			if before.Guest && unit != orgUnit(before) {
				return nil, legacy(http.StatusBadRequest, "invalid", "Guest users can't be moved out of their organizational unit.")
			}
			if !known {
				return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: INVALID_OU_ID")
			}
			changes = append(changes, func(a *world.Account) { a.OrgUnit = unit })
		case "password", "changePasswordAtNextLogin", "hashFunction":
			// Nobody signs in with a password here.
		default:
			return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: "+snake(field))
		}
	}
	err := g.tenant.ChangeAccount(c.path["userKey"], func(a *world.Account) {
		for _, change := range changes {
			change(a)
		}
	})
	if err != nil {
		return nil, notFound("userKey")
	}
	return g.getUser(c)
}

// listDomains answers domains.list.
func (g *google) listDomains(c *call) (map[string]any, *apiError) {
	if !g.ours(c.path["customer"]) {
		return nil, notFound("customer")
	}
	admin, _ := g.tenant.Account(g.tenant.Admin)
	var list []map[string]any
	for i, d := range g.tenant.Domains {
		one := map[string]any{
			"kind": "admin#directory#domain", "domainName": d, "isPrimary": i == 0, "verified": true,
			"creationTime": epochMillis(admin.Created),
		}
		one["etag"] = etag(one)
		list = append(list, one)
	}
	return map[string]any{"kind": "admin#directory#domains", "etag": etag(list), "domains": list}, nil
}
