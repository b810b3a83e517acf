package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	world "miohub/platforms/sandbox"
)

// invites are the invitations that nobody accepted yet, by room and account.
type invites struct {
	mu    sync.Mutex
	rooms map[string]map[string]time.Time
}

// acceptsBySetting reports whether the account's org unit accepts invitations
// between users automatically ("auto-accept policy"); it does unless switched off.
func (g *google) acceptsBySetting(a world.Account) bool {
	return !g.wrong(faultAutoAccept) && !(g.wrong(faultAutoAcceptUnit) && within(orgUnit(a), orgUnit(g.person)))
}

// invite notes that an account was invited into a room.
func (g *google) invite(room, account string) seat {
	now := g.world.Clock.Now()
	g.invites.mu.Lock()
	defer g.invites.mu.Unlock()
	if g.invites.rooms[room] == nil {
		g.invites.rooms[room] = map[string]time.Time{}
	}
	g.invites.rooms[room][account] = now
	return seat{room: room, account: account, m: world.Membership{Joined: now}, invited: true}
}

// uninvite takes an invitation back.
func (g *google) uninvite(room, account string) {
	g.invites.mu.Lock()
	defer g.invites.mu.Unlock()
	delete(g.invites.rooms[room], account)
}

// invitations lists who is invited into a room and has not joined.
func (g *google) invitations(room string) []seat {
	g.invites.mu.Lock()
	defer g.invites.mu.Unlock()
	var list []seat
	for account, at := range g.invites.rooms[room] {
		if !g.tenant.InRoom(room, account) {
			list = append(list, seat{room: room, account: account, m: world.Membership{Joined: at}, invited: true})
		}
	}
	slices.SortFunc(list, func(a, b seat) int { return cmp.Compare(a.account, b.account) })
	return list
}

// mayMakeSpaces refuses guests, who may join spaces and make none ("Workspace
// guest accounts").
func (c *call) mayMakeSpaces() *apiError {
	if a, known := c.g.tenant.Account(c.tok.account); known && a.Guest {
		return denied()
	}
	return nil
}

// deleteSpace answers spaces.delete: a named space, by its manager or with an
// administrator's rights, and with everything in it.
func (g *google) deleteSpace(c *call) (map[string]any, *apiError) {
	r, bad := c.room()
	switch {
	case bad != nil:
		return nil, bad
	case spaceType(r) != "SPACE":
		return nil, invalid("Only spaces of type SPACE can be deleted.")
	case !c.admin && !r.Members[c.tok.key(g)].Owner:
		return nil, denied()
	}
	if err := g.tenant.RemoveRoom(r.ID); err != nil {
		return nil, missing()
	}
	g.invites.mu.Lock()
	delete(g.invites.rooms, r.ID)
	g.invites.mu.Unlock()
	return map[string]any{}, nil
}

// patchMember answers members.patch: the role is what can be changed.
func (g *google) patchMember(c *call) (map[string]any, *apiError) {
	s, bad := c.seat()
	if bad != nil {
		return nil, bad
	}
	paths := maskPaths(c.params["updateMask"])
	if len(paths) != 1 || paths[0] != "role" {
		return nil, invalid("update_mask must be role.")
	}
	role := text(c.body, "role")
	r, _ := g.tenant.Room(s.room)
	switch {
	case role != "ROLE_MANAGER" && role != "ROLE_MEMBER":
		return nil, invalid("role must be ROLE_MEMBER or ROLE_MANAGER.")
	case s.m.App || s.invited || spaceType(r) != "SPACE":
		return nil, invalid("The role of this membership cannot be changed.")
	case !c.admin && !r.Members[c.tok.account].Owner:
		return nil, denied()
	}
	if err := g.tenant.SetOwner(s.room, s.account, role == "ROLE_MANAGER"); err != nil {
		return nil, missing()
	}
	return g.getMember(c)
}

// accountIn finds the standing account that a directory path names.
func (g *google) accountIn(c *call, param string) (world.Account, *apiError) {
	a, ok := g.tenant.Account(c.path[param])
	if !ok || !a.Deleted.IsZero() {
		return a, notFound(param)
	}
	return a, nil
}

// duplicate is Directory's refusal of what is there already.
func duplicate() *apiError {
	return legacy(http.StatusConflict, "duplicate", "Entity already exists.")
}

// inDomain reports whether an address is in one of the tenant's own domains.
func (g *google) inDomain(address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return slices.ContainsFunc(g.tenant.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
}
