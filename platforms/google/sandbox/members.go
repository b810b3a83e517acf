package sandbox

import (
	"maps"
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

// seat is one membership of a room.
type seat struct {
	room, account string
	m             world.Membership
	invited       bool // and has not accepted yet
}

func (s seat) role() string {
	if s.m.Owner {
		return "ROLE_MANAGER"
	}
	return "ROLE_MEMBER"
}

func (s seat) kind() string {
	if s.m.App {
		return "BOT"
	}
	return "HUMAN"
}

// member is a membership as Chat shows it.
func (c *call) member(s seat) map[string]any {
	affiliation := "INTERNAL"
	if a, ok := c.g.tenant.Account(s.account); ok && a.Guest {
		affiliation = "MANAGED_EXTERNAL"
	}
	out := map[string]any{
		"name": "spaces/" + s.room + "/members/" + strings.TrimPrefix(s.account, "app:"), "state": "JOINED", "role": s.role(),
		"member": c.g.chatUser(s.account, c.tok.app), "affiliation": affiliation,
	}
	if s.invited {
		out["state"] = "INVITED"
	}
	if !s.m.Joined.IsZero() {
		out["createTime"] = timestamp(s.m.Joined)
	}
	return out
}

// listMembers answers members.list.
func (g *google) listMembers(c *call) (map[string]any, *apiError) {
	keep, bad := memberFilter(c.params["filter"], c.admin)
	if bad != nil {
		return nil, bad
	}
	if c.flag("showInvited") && c.tok.app {
		return nil, invalid("show_invited requires user authentication.")
	}
	r, bad := c.room()
	if bad != nil {
		return nil, bad
	}
	size, bad := c.pageSize(100, 1000)
	if bad != nil {
		return nil, bad
	}
	after, bad := c.after()
	if bad != nil {
		return nil, bad
	}
	var page []seat
	next := ""
	seats := g.seats(r, c.flag("showInvited"))
	for _, id := range slices.Sorted(maps.Keys(seats)) {
		s := seats[id]
		// The app is shown people only, itself not included.
		if id <= after && after != "" || !keep(s) || s.m.App && (c.tok.app || c.admin) {
			continue
		}
		if len(page) == size {
			next = c.nextPage(page[size-1].account)
			break
		}
		page = append(page, s)
	}
	return listing("memberships", page, c.member, next), nil
}

// seats are a room's memberships by account, those of invited people included
// when asked for.
func (g *google) seats(r world.Room, invited bool) map[string]seat {
	list := map[string]seat{}
	for id, m := range r.Members {
		list[id] = seat{room: r.ID, account: id, m: m}
	}
	if invited {
		for _, s := range g.invitations(r.ID) {
			list[s.account] = s
		}
	}
	return list
}

// memberFilter checks the filter on role and member.type; an administrator's
// must ask for people.
func memberFilter(s string, admin bool) (func(seat) bool, *apiError) {
	if s == "" {
		if admin {
			return nil, invalid(`A filter with member.type = "HUMAN" or member.type != "BOT" is required when use_admin_access is true.`)
		}
		return func(seat) bool { return true }, nil
	}
	wrong := invalid("Invalid filter: %s", s)
	e, ok := parseFilter(s)
	if !ok || e.mixed {
		return nil, wrong
	}
	people := false
	bad := e.each(func(t expr) *apiError {
		switch {
		case t.field == "role" && t.op == "=" && (t.value == "ROLE_MEMBER" || t.value == "ROLE_MANAGER"):
		case t.field == "member.type" && (t.op == "=" || t.op == "!=") && (t.value == "HUMAN" || t.value == "BOT"):
			isPeople := t.op == "=" && t.value == "HUMAN" || t.op == "!=" && t.value == "BOT"
			people = people || isPeople
			if admin && !isPeople {
				return wrong
			}
		default:
			return wrong
		}
		return nil
	})
	if bad != nil {
		return nil, bad
	}
	if contradicts(e) || admin && (!people || e.op == "OR" && !e.leaf()) {
		return nil, wrong
	}
	return func(s seat) bool {
		return e.eval(func(t expr) bool {
			if t.field == "role" {
				return s.role() == t.value
			}
			return (s.kind() == t.value) == (t.op == "=")
		})
	}, nil
}

// contradicts reports whether one field is asked for twice under AND, which
// Chat refuses.
func contradicts(e expr) bool {
	if e.leaf() {
		return false
	}
	seen := map[string]bool{}
	for _, part := range e.parts {
		if contradicts(part) {
			return true
		}
		if part.leaf() && e.op == "AND" {
			if seen[part.field] {
				return true
			}
			seen[part.field] = true
		}
	}
	return false
}

// getMember answers members.get.
func (g *google) getMember(c *call) (map[string]any, *apiError) {
	s, bad := c.seat()
	if bad != nil {
		return nil, bad
	}
	if c.admin && s.m.App {
		return nil, invalid("Getting app memberships is not supported with admin access.")
	}
	return c.member(s), nil
}

// seat returns the membership that a path names, by user id, address or "app".
func (c *call) seat() (seat, *apiError) {
	r, bad := c.room()
	if bad != nil {
		return seat{}, bad
	}
	_, rest, _ := cutSpace(c.path)
	id := strings.TrimPrefix(rest, "members/")
	account, _, ok := c.g.who(id)
	s, in := c.g.seats(r, true)[account]
	if !ok || !in {
		return seat{}, missing()
	}
	return s, nil
}

// invited finds the person that a membership request names.
func (g *google) invited(member map[string]any) (world.Account, *apiError) {
	id, ok := strings.CutPrefix(text(member, "name"), "users/")
	if !ok || id == "" {
		return world.Account{}, invalid("member.name must be of the form users/{user}.")
	}
	if kind := text(member, "type"); kind != "" && kind != "HUMAN" && kind != "TYPE_UNSPECIFIED" {
		return world.Account{}, invalid("member.type must be HUMAN.")
	}
	a, ok := g.tenant.Account(id)
	if !ok || !a.Deleted.IsZero() {
		return a, missing()
	}
	return a, nil
}

// createMember answers members.create: a person, or the calling app.
func (g *google) createMember(c *call) (map[string]any, *apiError) {
	r, bad := c.room()
	if bad != nil {
		return nil, bad
	}
	if _, group := c.body["groupMember"]; group {
		return nil, missing()
	}
	member := object(c.body, "member")
	name := text(member, "name")
	app := name == "users/app" || name == userName(g.appKey())
	s := seat{room: r.ID, account: g.appKey(), m: world.Membership{App: true}}
	switch {
	case app && c.admin:
		return nil, invalid("Creating app memberships is not supported with admin access.")
	case app && text(member, "type") == "HUMAN":
		return nil, invalid("member.type must be BOT for the calling app.")
	case text(member, "type") == "BOT" && !app:
		return nil, invalid("Creating memberships for other Chat apps is not supported.")
	case !app:
		a, bad := g.invited(member)
		if bad != nil {
			return nil, bad
		}
		if a.Guest && (c.admin || !r.External) {
			return nil, invalid("Users outside the organization cannot be added to this space.")
		}
		s.account, s.m = a.ID, world.Membership{}
	}
	if bad := c.memberScope(app); bad != nil {
		return nil, bad
	}
	if spaceType(r) == "DIRECT_MESSAGE" && !app {
		return nil, invalid("Members cannot be added to a direct message.")
	}
	g.writing.Lock()
	defer g.writing.Unlock()
	if _, there := g.seats(r, true)[s.account]; there || g.tenant.InRoom(r.ID, s.account) {
		return nil, refuse(409, "The user is already a member of the space.")
	}
	if a, person := g.tenant.Account(s.account); person && !app && s.account != c.tok.account && !g.acceptsBySetting(a) {
		return c.member(g.invite(r.ID, a.ID)), nil
	}
	if err := g.tenant.Join(r.ID, s.account, s.m); err != nil {
		return nil, missing()
	}
	r, _ = g.tenant.Room(r.ID)
	s.m = r.Members[s.account]
	return c.member(s), nil
}

// memberScope: people's memberships and the app's own take different scopes.
func (c *call) memberScope(app bool) *apiError {
	if c.admin {
		return nil
	}
	scope := scopePrefix + "chat.memberships"
	if app {
		scope += ".app"
	}
	if !c.tok.has(scope) {
		return c.insufficient([]string{scope})
	}
	return nil
}

// deleteMember answers members.delete.
func (g *google) deleteMember(c *call) (map[string]any, *apiError) {
	s, bad := c.seat()
	if bad != nil {
		return nil, bad
	}
	if s.m.App && c.admin {
		return nil, invalid("Deleting app memberships is not supported with admin access.")
	}
	if bad := c.memberScope(s.m.App); bad != nil {
		return nil, bad
	}
	r, _ := g.tenant.Room(s.room)
	if s.m.Owner && !c.admin && !r.Members[c.tok.account].Owner {
		return nil, denied()
	}
	out := c.member(s)
	if s.invited {
		g.uninvite(s.room, s.account)
		out["state"] = "NOT_A_MEMBER"
		return out, nil
	}
	if err := g.tenant.Leave(s.room, s.account); err != nil {
		return nil, missing()
	}
	out["state"] = "NOT_A_MEMBER"
	return out, nil
}
