package sandbox

import (
	"maps"
	"slices"
)

// PutRoom adds a room, or replaces the one with its id, members included.
func (t *Tenant) PutRoom(r Room) error {
	return t.locked(func() ([]Change, error) {
		now := t.stamp()
		_, known := t.rooms[r.ID]
		if r.Created.IsZero() {
			r.Created = now
		}
		r.Changed = now
		c := r
		c.Members = maps.Clone(r.Members)
		if c.Members == nil {
			c.Members = map[string]Membership{}
		}
		t.rooms[r.ID] = &c
		kind := RoomChanged
		if !known {
			kind = RoomAdded
			t.roomOrder = append(t.roomOrder, r.ID)
		}
		return []Change{t.note(Change{Kind: kind, Room: r.ID, Time: now})}, nil
	})
}

// ChangeRoom applies f to the room's own fields, for example its name. Members
// are changed with Join and Leave.
func (t *Tenant) ChangeRoom(id string, f func(*Room)) error {
	r, ok := t.Room(id)
	if !ok {
		return notThere("room", id)
	}
	f(&r)
	return t.PutRoom(r)
}

// Room returns one room.
func (t *Tenant) Room(id string) (Room, bool) {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	r := t.rooms[id]
	if r == nil {
		return Room{}, false
	}
	return r.copy(), true
}

func (r *Room) copy() Room {
	c := *r
	c.Members = maps.Clone(r.Members)
	return c
}

// Rooms lists the rooms in the order they were made.
func (t *Tenant) Rooms() []Room {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	list := make([]Room, 0, len(t.roomOrder))
	for _, id := range t.roomOrder {
		list = append(list, t.rooms[id].copy())
	}
	return list
}

// InRoom reports whether the account sits in the room, without copying it.
func (t *Tenant) InRoom(room, account string) bool {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	r := t.rooms[room]
	if r == nil {
		return false
	}
	_, in := r.Members[account]
	return in
}

// Join makes an account a member; a no-op when it is one already.
func (t *Tenant) Join(room, account string, m Membership) error {
	return t.locked(func() ([]Change, error) {
		r := t.rooms[room]
		if r == nil {
			return nil, notThere("room", room)
		}
		if _, in := r.Members[account]; in {
			return nil, nil
		}
		now := t.stamp()
		m.Joined = now
		r.Members[account] = m
		r.Changed = now
		return []Change{t.note(Change{Kind: MemberAdded, Room: room, Account: account, Time: now})}, nil
	})
}

// SetOwner makes a member an owner, or an owner a member.
func (t *Tenant) SetOwner(room, account string, owner bool) error {
	return t.locked(func() ([]Change, error) {
		r := t.rooms[room]
		if r == nil {
			return nil, notThere("room", room)
		}
		m, in := r.Members[account]
		if !in {
			return nil, notThere("member", account)
		}
		if m.Owner == owner {
			return nil, nil
		}
		now := t.stamp()
		m.Owner = owner
		r.Members[account], r.Changed = m, now
		return []Change{t.note(Change{Kind: MemberChanged, Room: room, Account: account, Time: now})}, nil
	})
}

// RemoveRoom deletes a room with everything in it.
func (t *Tenant) RemoveRoom(id string) error {
	return t.locked(func() ([]Change, error) {
		if t.rooms[id] == nil {
			return nil, notThere("room", id)
		}
		for _, m := range t.messages[id] {
			delete(t.byMessage, id+"\x00"+m.ID)
		}
		delete(t.messages, id)
		delete(t.rooms, id)
		t.roomOrder = slices.DeleteFunc(t.roomOrder, func(other string) bool { return other == id })
		return []Change{t.note(Change{Kind: RoomRemoved, Room: id})}, nil
	})
}

// Leave removes a member; a no-op when it is none.
func (t *Tenant) Leave(room, account string) error {
	return t.locked(func() ([]Change, error) {
		r := t.rooms[room]
		if r == nil {
			return nil, notThere("room", room)
		}
		if _, in := r.Members[account]; !in {
			return nil, nil
		}
		now := t.stamp()
		delete(r.Members, account)
		r.Changed = now
		return []Change{t.note(Change{Kind: MemberRemoved, Room: room, Account: account, Time: now})}, nil
	})
}

// MembersOf lists a room's members by account id, ascending.
func (t *Tenant) MembersOf(room string) []string {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	r := t.rooms[room]
	if r == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(r.Members))
}
