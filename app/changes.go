package app

import (
	"context"
	"fmt"

	"miohub/app/plan"
	"miohub/app/store"
	"miohub/platforms"
)

// change is a notice about one change at a source; keep says that it waits in
// the plan until somebody has taken note.
type change struct {
	store.Notice
	person string
	keep   bool
}

// changes puts what a look found into words.
func (a *App) changes(ctx context.Context, p platforms.Platform, seen Seen) ([]change, error) {
	c, err := a.Store.Connection(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	links, err := a.Store.RoomLinks(ctx)
	if err != nil {
		return nil, err
	}
	linked := map[platforms.Ref]bool{}
	for _, l := range links {
		if l.State != store.RoomUnlinked {
			linked[l.Left], linked[l.Right] = true, true
		}
	}
	n := noter{a: a, p: p, tenant: c.Tenant.ID, linked: linked, at: stamp(a.now())}
	for _, u := range seen.Users.Added {
		n.person(u.After, "person-joined", fmt.Sprintf("%s (%s) is new in %s.", name(u.After), u.After.Address, p.Name), true)
	}
	for _, u := range seen.Users.Changed {
		n.changed(u)
	}
	for _, u := range seen.Users.Removed {
		n.person(u.Before, "person-gone", fmt.Sprintf("%s (%s) was deleted in %s.", name(u.Before), u.Before.Address, p.Name), true)
	}
	n.rooms(seen.RoomDiff)
	users, err := a.Store.Users(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	names := map[platforms.UserID]platforms.User{}
	for _, u := range users {
		names[u.ID] = u
	}
	for _, m := range seen.RoomDiff.Members {
		n.members(m, names)
	}
	return n.out, nil
}

type noter struct {
	a      *App
	p      platforms.Platform
	tenant platforms.TenantID
	linked map[platforms.Ref]bool
	at     string
	out    []change
}

func (n *noter) ref(id string) platforms.Ref {
	return platforms.Ref{Platform: n.p.ID, Tenant: n.tenant, ID: id}
}

func (n *noter) add(kind, id, title, person string, keep bool) {
	n.out = append(n.out, change{person: person, keep: keep, Notice: store.Notice{
		ID: plan.ID(plan.Acknowledge, kind, string(n.p.ID), id, title, n.at), Kind: kind, Subject: n.ref(id),
		Title: title, Reason: "Noticed when " + n.p.Name + " was read.", At: n.a.now(),
	}})
}

func (n *noter) person(u platforms.User, kind, title string, keep bool) {
	n.add(kind, string(u.ID), title, u.Address, keep)
}

func (n *noter) changed(u store.UserChange) {
	was, is := u.Before, u.After
	switch {
	case was.State != is.State && is.State == platforms.Suspended:
		n.person(is, "person-suspended", fmt.Sprintf("%s (%s) was suspended in %s.", name(is), is.Address, n.p.Name), true)
	case was.State != is.State && is.State == platforms.Deleted:
		n.person(is, "person-gone", fmt.Sprintf("%s (%s) was deleted in %s.", name(is), is.Address, n.p.Name), true)
	case was.State != is.State:
		n.person(is, "person-returned", fmt.Sprintf("%s (%s) is active again in %s.", name(is), is.Address, n.p.Name), true)
	case was.Address != is.Address:
		n.person(is, "person-address", fmt.Sprintf("%s has a new address in %s: %s, before %s.", name(is), n.p.Name, is.Address, was.Address), true)
	case was.Name != is.Name:
		n.person(is, "person-renamed", fmt.Sprintf("%s (%s) was renamed in %s, before %s.", name(is), is.Address, n.p.Name, name(was)), false)
	case was.Licence != is.Licence:
		n.person(is, "person-licence", fmt.Sprintf("The licence of %s (%s) changed in %s: %s, before %s.", name(is), is.Address, n.p.Name, is.Licence, was.Licence), true)
	default:
		n.person(is, "person-changed", fmt.Sprintf("Details of %s (%s) changed in %s.", name(is), is.Address, n.p.Name), false)
	}
}

func (n *noter) rooms(d store.RoomDiff) {
	word := n.p.RoomWord
	for _, r := range d.Added {
		n.add("room-added", string(r.ID), fmt.Sprintf("The %s “%s” is new in %s.", word, r.Name, n.p.Name), "", true)
	}
	for _, r := range d.Removed {
		n.add("room-gone", string(r.ID), fmt.Sprintf("The %s “%s” is gone from %s, or hidden from Mio Hub.", word, r.Name, n.p.Name), "", true)
	}
	for _, r := range d.Renamed {
		n.add("room-renamed", string(r.After.ID), fmt.Sprintf("The %s “%s” of %s is now called “%s”.", word, r.Before.Name, n.p.Name, r.After.Name), "", true)
	}
}

func (n *noter) members(m store.MemberChange, users map[platforms.UserID]platforms.User) {
	keep := n.linked[n.ref(string(m.Room.ID))]
	for _, added := range m.Added {
		u := users[added.User]
		n.add("member-joined", string(m.Room.ID), fmt.Sprintf("%s joined the %s “%s” in %s.", who(added, u), n.p.RoomWord, m.Room.Name, n.p.Name), u.Address, keep && added.Kind != platforms.AppMember && !n.ours(added.User))
	}
	for _, gone := range m.Removed {
		u := users[gone.User]
		n.add("member-left", string(m.Room.ID), fmt.Sprintf("%s left the %s “%s” in %s.", who(gone, u), n.p.RoomWord, m.Room.Name, n.p.Name), u.Address, keep && gone.Kind != platforms.AppMember && !n.ours(gone.User))
	}
}

// ours: a seat that we put there, or propose to put there, needs no notice.
func (n *noter) ours(id platforms.UserID) bool {
	c, err := n.a.Connection(context.Background(), n.p.ID)
	if err != nil {
		return false
	}
	for _, s := range c.Seats {
		if s.User == id {
			return true
		}
	}
	return false
}

func name(u platforms.User) string {
	if u.Name != "" {
		return u.Name
	}
	return u.Address
}

func who(m platforms.RoomMember, u platforms.User) string {
	switch {
	case u.Name != "":
		return u.Name
	case m.Name != "":
		return m.Name
	}
	return string(m.User)
}
