package sandbox

import (
	"cmp"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	world "miohub/platforms/sandbox"
)

// group is a Google Group. Groups follow from the people: one for each part of
// the organisation at the top, one that holds those groups, and one whose only
// member is the whole organisation.
type group struct {
	id, name, email, description string
	members                      []groupMember
}

// groupMember is a person, a group or everybody ("CUSTOMER").
type groupMember struct{ kind, role, id, email string }

// groups lists the groups by address.
func (g *google) groups() []group {
	parts := map[string][]groupMember{}
	for _, a := range g.tenant.Accounts() {
		if a.Deleted.IsZero() && !a.Guest && orgUnit(a) != "/" {
			top := strings.Split(orgUnit(a), "/")[1]
			parts[top] = append(parts[top], groupMember{"USER", "MEMBER", a.ID, a.Address})
		}
	}
	admin, _ := g.tenant.Account(g.tenant.Admin)
	all := g.group("Departments", "departments", "Every department", []groupMember{{"USER", "OWNER", admin.ID, admin.Address}})
	list := []group{g.group("Everybody", "everybody", "The whole organisation", []groupMember{{"CUSTOMER", "MEMBER", g.tenant.ID, ""}})}
	for top, members := range parts {
		local := strings.Map(func(r rune) rune {
			if r == ' ' {
				return '-'
			}
			return r
		}, strings.ToLower(top))
		one := g.group(top, local, "People in "+top, members)
		list = append(list, one)
		all.members = append(all.members, groupMember{"GROUP", "MEMBER", one.id, one.email})
	}
	slices.SortFunc(all.members, func(a, b groupMember) int { return cmp.Compare(a.email, b.email) })
	list = append(list, all)
	slices.SortFunc(list, func(a, b group) int { return cmp.Compare(a.email, b.email) })
	return list
}

func (g *google) group(name, local, description string, members []groupMember) group {
	email := "group-" + local + "@" + g.domain()
	return group{"0" + digits(14, "group "+email), name, email, description, members}
}

// groupAt reports whether an address is a group's.
func (g *google) groupAt(address string) bool {
	return slices.ContainsFunc(g.groups(), func(o group) bool { return strings.EqualFold(o.email, address) })
}

// listGroups answers groups.list.
func (g *google) listGroups(c *call) (map[string]any, *apiError) {
	customer, domain, user := c.params["customer"], c.params["domain"], c.params["userKey"]
	keep := func(group) bool { return true }
	switch {
	case customer == "" && domain == "" && user == "", customer != "" && (user != "" || !g.ours(customer)):
		return nil, legacy(http.StatusBadRequest, "badRequest", "Bad Request")
	case domain != "" && !strings.EqualFold(domain, g.domain()):
		return nil, legacy(http.StatusNotFound, "notFound", "Domain not found.")
	case user != "":
		a, ok := g.tenant.Account(user)
		if !ok || !a.Deleted.IsZero() {
			return nil, notFound("userKey")
		}
		keep = func(o group) bool {
			return slices.ContainsFunc(o.members, func(m groupMember) bool { return m.id == a.ID })
		}
	}
	if q := c.params["query"]; q != "" {
		field, value, ok := strings.Cut(q, "=")
		if !ok || field != "email" && field != "name" {
			return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: query")
		}
		before := keep
		keep = func(o group) bool {
			return before(o) && strings.EqualFold(strings.Trim(value, "'\""), map[string]string{"email": o.email, "name": o.name}[field])
		}
	}
	list := slices.DeleteFunc(g.groups(), func(o group) bool { return !keep(o) })
	if c.params["sortOrder"] == "DESCENDING" && c.params["orderBy"] != "" {
		slices.Reverse(list)
	}
	page, next, bad := legacyPage(c, list, func(o group) string { return o.id })
	if bad != nil {
		return nil, bad
	}
	out := listing("groups", page, g.showGroup, next)
	out["kind"], out["etag"] = "admin#directory#groups", etag(out["groups"])
	return out, nil
}

func (g *google) showGroup(o group) map[string]any {
	direct := 0
	for _, m := range o.members {
		if m.kind == "USER" {
			direct++
		}
	}
	out := map[string]any{
		"kind": "admin#directory#group", "id": o.id, "email": o.email, "name": o.name, "description": o.description,
		"directMembersCount": strconv.Itoa(direct), "adminCreated": true,
	}
	out["etag"] = etag(out)
	return out
}

// legacyPage cuts a page of at most 200 out of a Directory list.
func legacyPage[T any](c *call, list []T, key func(T) string) (page []T, next string, bad *apiError) {
	size := 200
	if n, err := strconv.Atoi(c.params["maxResults"]); err == nil {
		size = min(n, size)
	}
	after, bad := c.after()
	if bad != nil {
		return nil, "", bad
	}
	if after != "" {
		list = list[slices.IndexFunc(list, func(item T) bool { return key(item) == after })+1:]
	}
	if len(list) > size {
		list = list[:size]
		next = c.nextPage(key(list[size-1]))
	}
	return list, next, nil
}

// listGroupMembers answers members.list; with includeDerivedMembership those of
// the groups within it too, each once.
func (g *google) listGroupMembers(c *call) (map[string]any, *apiError) {
	all := g.groups()
	find := func(key string) (group, bool) {
		i := slices.IndexFunc(all, func(o group) bool { return o.id == key || strings.EqualFold(o.email, key) })
		if i < 0 {
			return group{}, false
		}
		return all[i], true
	}
	o, ok := find(c.path["groupKey"])
	if !ok {
		return nil, notFound("groupKey")
	}
	list := o.members
	if c.flag("includeDerivedMembership") {
		seen := map[string]bool{}
		for _, m := range o.members {
			seen[m.id] = true
		}
		for _, m := range o.members {
			inner, _ := find(m.id)
			for _, derived := range inner.members {
				if !seen[derived.id] {
					seen[derived.id] = true
					list = append(list[:len(list):len(list)], derived)
				}
			}
		}
	}
	if roles := c.params["roles"]; roles != "" {
		wanted := strings.Split(roles, ",")
		for _, r := range wanted {
			if !slices.Contains([]string{"OWNER", "MANAGER", "MEMBER"}, r) {
				return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Input: roles")
			}
		}
		list = slices.DeleteFunc(slices.Clone(list), func(m groupMember) bool { return !slices.Contains(wanted, m.role) })
	}
	page, next, bad := legacyPage(c, list, func(m groupMember) string { return m.id })
	if bad != nil {
		return nil, bad
	}
	out := listing("members", page, g.showMember, next)
	out["kind"], out["etag"] = "admin#directory#members", etag(out["members"])
	return out, nil
}

func (g *google) showMember(m groupMember) map[string]any {
	out := map[string]any{"kind": "admin#directory#member", "id": m.id, "role": m.role, "type": m.kind, "status": "ACTIVE"}
	if m.email != "" {
		out["email"] = m.email
	}
	if a, ok := g.tenant.Account(m.id); ok && a.Suspended {
		out["status"] = "SUSPENDED"
	}
	out["etag"] = etag(out)
	return out
}

// units are the paths of every org unit: those that accounts sit in, those made
// through the API, and everything above them. Callers hold g.writing.
func (g *google) units() map[string]bool {
	units := map[string]bool{"/": true}
	add := func(unit string) {
		for p := path.Clean("/" + unit); p != "/"; p = path.Dir(p) {
			units[p] = true
		}
	}
	for _, a := range g.tenant.Accounts() {
		add(orgUnit(a))
	}
	for p := range g.made {
		add(p)
	}
	return units
}

// getOrgUnit answers orgunits.get, by path or id.
func (g *google) getOrgUnit(c *call) (map[string]any, *apiError) {
	if !g.ours(c.path["customerId"]) {
		return nil, notFound("customerId")
	}
	key := c.path["orgUnitPath"]
	g.writing.Lock()
	defer g.writing.Unlock()
	for p := range g.units() {
		if p == path.Clean("/"+key) || g.orgUnit(p)["orgUnitId"] == key {
			return g.orgUnit(p), nil
		}
	}
	return nil, legacy(http.StatusNotFound, "notFound", "Org unit not found")
}

// insertOrgUnit answers orgunits.insert.
func (g *google) insertOrgUnit(c *call) (map[string]any, *apiError) {
	if !g.ours(c.path["customerId"]) {
		return nil, notFound("customerId")
	}
	name, parent := strings.TrimSpace(text(c.body, "name")), text(c.body, "parentOrgUnitPath")
	g.writing.Lock()
	defer g.writing.Unlock()
	units := g.units()
	if id := text(c.body, "parentOrgUnitId"); parent == "" && id != "" {
		for p := range units {
			if g.orgUnit(p)["orgUnitId"] == id {
				parent = p
			}
		}
	}
	switch {
	case name == "" || strings.Contains(name, "/"):
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Ou Name")
	case parent == "" || !units[path.Clean("/"+parent)]:
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid Parent Orgunit Id")
	}
	p := path.Join("/", parent, name)
	if units[p] {
		return nil, legacy(http.StatusConflict, "duplicate", "Invalid Ou Id")
	}
	g.made[p] = true
	return g.orgUnit(p), nil
}

// epochMillis writes a time as the older Directory resources do.
func epochMillis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// accountsOf are the tenant's standing accounts.
func accountsOf(t *world.Tenant) []world.Account {
	return slices.DeleteFunc(t.Accounts(), func(a world.Account) bool { return !a.Deleted.IsZero() })
}
