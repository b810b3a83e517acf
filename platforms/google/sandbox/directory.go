package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	world "miohub/platforms/sandbox"
)

// directoryMethods serves the Directory API.
func (g *google) directoryMethods() map[string]methodFunc {
	return map[string]methodFunc{
		"directory.users.list": g.listUsers, "directory.users.get": g.getUser, "directory.users.insert": g.insertUser,
		"directory.users.update": g.updateUser, "directory.users.patch": g.updateUser, "directory.users.createGuest": g.createGuest,
		"directory.customers.get": g.getCustomer, "directory.domains.list": g.listDomains,
		"directory.orgunits.list": g.listOrgUnits, "directory.orgunits.get": g.getOrgUnit, "directory.orgunits.insert": g.insertOrgUnit,
		"directory.groups.list": g.listGroups, "directory.members.list": g.listGroupMembers,
	}
}

// etag makes a resource's tag from its content.
func etag(v any) string {
	b, _ := json.Marshal(v) // only strings, numbers, lists and maps go in
	sum := sha256.Sum256(b)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:24]) + `"`
}

// ours reports whether a customer parameter means this tenant.
func (g *google) ours(customer string) bool {
	return customer == "my_customer" || customer == g.tenant.ID
}

// user is an account as Directory shows it; public is what everybody may see.
func (g *google) user(a world.Account, public bool) map[string]any {
	out := map[string]any{
		"kind": "admin#directory#user", "id": a.ID, "primaryEmail": a.Address,
		"name": map[string]any{
			"givenName": a.Given, "familyName": a.Family,
			"fullName": strings.TrimSpace(a.Given + " " + a.Family), "displayName": displayName(a),
		},
	}
	emails := []map[string]any{{"address": a.Address, "primary": true}}
	for _, alias := range a.Aliases {
		emails = append(emails, map[string]any{"address": alias})
	}
	out["emails"] = emails
	if public {
		out["etag"] = etag(out)
		return out
	}
	if len(a.Aliases) > 0 {
		out["aliases"] = a.Aliases
	}
	if a.EmployeeID != "" {
		out["externalIds"] = []map[string]any{{"value": a.EmployeeID, "type": "organization"}}
	}
	if a.Department != "" {
		out["organizations"] = []map[string]any{{"department": a.Department, "primary": true}}
	}
	for name, value := range map[string]any{
		"isAdmin": a.Admin, "isDelegatedAdmin": false, "suspended": a.Suspended, "archived": false,
		"agreedToTerms": true, "changePasswordAtNextLogin": false, "includeInGlobalAddressList": true,
		"ipWhitelisted": false, "isEnrolledIn2Sv": false, "isEnforcedIn2Sv": false, "isMailboxSetup": a.Licensed,
		"orgUnitPath": orgUnit(a), "customerId": g.tenant.ID,
		"creationTime": timestamp(a.Created), "lastLoginTime": "1970-01-01T00:00:00.000Z",
	} {
		out[name] = value
	}
	if a.Suspended {
		out["suspensionReason"] = "ADMIN"
	}
	if a.Guest {
		out["isGuestUser"] = true
		out["guestAccountInfo"] = map[string]any{"primaryGuestEmail": a.Address}
	}
	if !a.Deleted.IsZero() {
		out["deletionTime"] = timestamp(a.Deleted)
	}
	out["etag"] = etag(out)
	return out
}

func orgUnit(a world.Account) string {
	if a.OrgUnit == "" {
		return "/"
	}
	return a.OrgUnit
}

func notFound(what string) *apiError {
	return legacy(http.StatusNotFound, "notFound", "Resource Not Found: "+what)
}

// listUsers answers users.list.
func (g *google) listUsers(c *call) (map[string]any, *apiError) {
	keep, bad := g.userFilter(c)
	if bad != nil {
		return nil, bad
	}
	after, bad := c.after()
	if bad != nil {
		return nil, bad
	}
	size := 100
	if n, err := strconv.Atoi(c.params["maxResults"]); err == nil {
		size = n
	}
	deleted := c.params["showDeleted"] == "true"
	public := c.params["viewType"] == "domain_public"
	type keyed struct {
		key     string
		account world.Account
	}
	var list []keyed
	for _, a := range g.tenant.Accounts() {
		if a.Deleted.IsZero() != deleted && keep(a) {
			list = append(list, keyed{sortKey(c.params["orderBy"], a), a})
		}
	}
	down := c.params["sortOrder"] == "DESCENDING"
	order := func(a, b string) int {
		if down {
			return cmp.Compare(b, a)
		}
		return cmp.Compare(a, b)
	}
	slices.SortFunc(list, func(a, b keyed) int { return order(a.key, b.key) })
	if after != "" {
		i, found := slices.BinarySearchFunc(list, after, func(k keyed, key string) int { return order(k.key, key) })
		if found {
			i++
		}
		list = list[i:]
	}
	out := map[string]any{"kind": "admin#directory#users"}
	if len(list) > size {
		list = list[:size]
		out["nextPageToken"] = c.nextPage(list[size-1].key)
	}
	var users []map[string]any
	for _, k := range list {
		users = append(users, g.user(k.account, public))
	}
	if users != nil {
		out["users"] = users
	}
	out["etag"] = etag(users)
	return out, nil
}

// sortKey is what users are ordered by; the id makes it unique.
func sortKey(by string, a world.Account) string {
	switch by {
	case "familyName":
		return strings.ToLower(a.Family) + "\x00" + a.ID
	case "givenName":
		return strings.ToLower(a.Given) + "\x00" + a.ID
	default:
		return strings.ToLower(a.Address) + "\x00" + a.ID
	}
}

// userFilter checks whose users are asked for, and the query.
func (g *google) userFilter(c *call) (func(world.Account) bool, *apiError) {
	customer, domain := c.params["customer"], strings.ToLower(c.params["domain"])
	switch {
	case customer == "" && domain == "":
		return nil, legacy(http.StatusBadRequest, "badRequest", "Bad Request")
	case customer != "" && !g.ours(customer):
		return nil, legacy(http.StatusBadRequest, "badRequest", "Bad Request")
	case domain != "" && !slices.ContainsFunc(g.tenant.Domains, func(d string) bool { return strings.EqualFold(d, domain) }):
		return nil, legacy(http.StatusNotFound, "notFound", "Domain not found.")
	}
	match, ok := userQuery(c.params["query"])
	if !ok {
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: query")
	}
	if p := c.params["projection"]; p == "custom" && c.params["customFieldMask"] == "" {
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: customFieldMask")
	}
	return func(a world.Account) bool {
		if domain != "" && !strings.HasSuffix(strings.ToLower(a.Address), "@"+domain) {
			return false
		}
		return match(a)
	}, nil
}

// getUser answers users.get, by id, primary address or alias.
func (g *google) getUser(c *call) (map[string]any, *apiError) {
	a, ok := g.tenant.Account(c.path["userKey"])
	if !ok || !a.Deleted.IsZero() {
		return nil, notFound("userKey")
	}
	return g.user(a, c.params["viewType"] == "domain_public"), nil
}

// getCustomer answers customers.get.
func (g *google) getCustomer(c *call) (map[string]any, *apiError) {
	if !g.ours(c.path["customerKey"]) {
		return nil, notFound("customerKey")
	}
	admin, _ := g.tenant.Account(g.tenant.Admin)
	out := map[string]any{
		"kind": "admin#directory#customer", "id": g.tenant.ID, "customerDomain": g.domain(),
		"language": "en", "customerCreationTime": timestamp(admin.Created),
		"postalAddress": map[string]any{"organizationName": g.tenant.Org, "contactName": displayName(admin)},
	}
	out["etag"] = etag(out)
	return out, nil
}

// domain is the tenant's primary domain.
func (g *google) domain() string {
	if len(g.tenant.Domains) == 0 {
		return ""
	}
	return g.tenant.Domains[0]
}

// listOrgUnits answers orgunits.list: the units that accounts sit in, and
// everything above them.
func (g *google) listOrgUnits(c *call) (map[string]any, *apiError) {
	if !g.ours(c.path["customerId"]) {
		return nil, notFound("customerId")
	}
	g.writing.Lock()
	units := g.units()
	g.writing.Unlock()
	root := c.params["orgUnitPath"]
	if root == "" {
		root = "/"
	}
	root = path.Clean("/" + root)
	if !units[root] {
		return nil, legacy(http.StatusNotFound, "notFound", "Org unit not found")
	}
	kind := c.params["type"]
	var list []map[string]any
	var names []string
	for p := range units {
		names = append(names, p)
	}
	slices.Sort(names)
	for _, p := range names {
		below := p != root && (root == "/" || strings.HasPrefix(p, root+"/"))
		switch {
		case kind == "all" && below, kind == "allIncludingParent" && (below || p == root),
			(kind == "" || kind == "children") && below && path.Dir(p) == root:
			list = append(list, g.orgUnit(p))
		}
	}
	out := map[string]any{"kind": "admin#directory#orgUnits", "etag": etag(list)}
	if list != nil {
		out["organizationUnits"] = list
	}
	return out, nil
}

func (g *google) orgUnit(p string) map[string]any {
	id := func(p string) string { return "id:03ph8a2z" + digits(10, g.tenant.ID+p) }
	out := map[string]any{
		"kind": "admin#directory#orgUnit", "orgUnitPath": p, "orgUnitId": id(p), "name": path.Base(p),
	}
	if p == "/" {
		out["name"] = g.domain()
	} else {
		out["parentOrgUnitPath"], out["parentOrgUnitId"] = path.Dir(p), id(path.Dir(p))
	}
	out["etag"] = etag(out)
	return out
}
