package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"reflect"
	"slices"
	"time"

	"miohub/platforms"
)

// RoomWithMembers is a room and everybody in it.
type RoomWithMembers struct {
	platforms.Room
	Members []platforms.RoomMember `json:"members"` // sorted by account when read from the store
}

// RoomChange is a room before and after an import.
type RoomChange struct {
	Before platforms.Room `json:"before"`
	After  platforms.Room `json:"after"`
}

// MemberChange is what happened to the members of one room.
type MemberChange struct {
	Room    platforms.Room         `json:"room"`
	Added   []platforms.RoomMember `json:"added"`
	Removed []platforms.RoomMember `json:"removed"`
	Changed []platforms.RoomMember `json:"changed"` // as they are now
}

// RoomDiff is what an import changed, each list sorted by room.
type RoomDiff struct {
	Added   []platforms.Room `json:"added"`
	Removed []platforms.Room `json:"removed"`
	Renamed []RoomChange     `json:"renamed"` // its name, or its team's
	Changed []RoomChange     `json:"changed"` // anything else but the time of the last activity; a room can be in both
	Members []MemberChange   `json:"members"` // of rooms that were there before and still are
}

// Empty reports whether nothing changed.
func (d RoomDiff) Empty() bool {
	return len(d.Added)+len(d.Removed)+len(d.Renamed)+len(d.Changed)+len(d.Members) == 0
}

// ImportRooms replaces the mirror of a platform's rooms by a complete read, in
// one transaction, and tells what changed. Rooms of another tenant go.
func (s *Store) ImportRooms(ctx context.Context, platform platforms.ID, tenant platforms.TenantID, rooms []RoomWithMembers) (RoomDiff, error) {
	var d RoomDiff
	err := s.write(ctx, "import rooms of "+string(platform), func(tx *sql.Tx) (err error) {
		m := roomMirror{tx: tx, platform: platform, tenant: tenant}
		if d, err = m.replace(ctx, rooms); err != nil {
			return err
		}
		return saveRead(ctx, tx, platform, "rooms", tenant, "", s.now())
	})
	if err != nil {
		return RoomDiff{}, err
	}
	return d, nil
}

// roomMirror is one platform's part of the rooms table.
type roomMirror struct {
	tx       *sql.Tx
	platform platforms.ID
	tenant   platforms.TenantID
}

// storedRoom is a room as the mirror has it.
type storedRoom struct {
	room platforms.Room
	hash int64 // of its members
}

func (m roomMirror) replace(ctx context.Context, rooms []RoomWithMembers) (RoomDiff, error) {
	var d RoomDiff
	if _, err := m.tx.ExecContext(ctx, "DELETE FROM rooms WHERE platform = ? AND tenant <> ?", m.platform, m.tenant); err != nil {
		return d, err
	}
	have := map[platforms.RoomID]storedRoom{}
	err := each(ctx, m.tx, "compare rooms", func(sc scan) error {
		var r storedRoom
		err := sc(jsonColumn{&r.room}, &r.hash)
		have[r.room.ID] = r
		return err
	}, "SELECT body, members_hash FROM rooms WHERE platform = ? AND tenant = ?", m.platform, m.tenant)
	if err != nil {
		return d, err
	}
	rooms = slices.Clone(rooms)
	slices.SortFunc(rooms, func(a, b RoomWithMembers) int { return cmp.Compare(a.ID, b.ID) })
	for _, r := range rooms {
		old, there := have[r.ID]
		delete(have, r.ID)
		if err := m.put(ctx, &d, r, old, there); err != nil {
			return d, err
		}
	}
	for id, old := range have {
		d.Removed = append(d.Removed, old.room)
		if _, err := m.tx.ExecContext(ctx, "DELETE FROM rooms WHERE platform = ? AND tenant = ? AND id = ?", m.platform, m.tenant, id); err != nil {
			return d, err
		}
	}
	slices.SortFunc(d.Removed, func(a, b platforms.Room) int { return cmp.Compare(a.ID, b.ID) })
	return d, nil
}

// put writes one room if it differs, and notes how.
func (m roomMirror) put(ctx context.Context, d *RoomDiff, r RoomWithMembers, old storedRoom, there bool) error {
	r.LastActive = r.LastActive.UTC()
	members := slices.Clone(r.Members)
	slices.SortFunc(members, func(a, b platforms.RoomMember) int { return cmp.Compare(a.User, b.User) })
	text := toJSON(members)
	sum := sha256.Sum256([]byte(text))
	hash := int64(binary.LittleEndian.Uint64(sum[:]))
	if there && old.hash == hash && sameRoom(old.room, r.Room) && old.room.LastActive.Equal(r.LastActive) {
		return nil
	}
	if !there {
		d.Added = append(d.Added, r.Room)
	} else if err := m.note(ctx, d, r.Room, members, old, old.hash != hash); err != nil {
		return err
	}
	_, err := m.tx.ExecContext(ctx, `INSERT INTO rooms (platform, tenant, id, name, body, members, members_hash) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET name = excluded.name, body = excluded.body, members = excluded.members, members_hash = excluded.members_hash`,
		m.platform, m.tenant, r.ID, r.Name, toJSON(r.Room), text, hash)
	return err
}

// note compares a room that was there before.
func (m roomMirror) note(ctx context.Context, d *RoomDiff, r platforms.Room, members []platforms.RoomMember, old storedRoom, moved bool) error {
	if old.room.Name != r.Name || old.room.Group != r.Group {
		d.Renamed = append(d.Renamed, RoomChange{old.room, r})
	}
	renamed := old.room
	renamed.Name, renamed.Group = r.Name, r.Group
	if !sameRoom(renamed, r) {
		d.Changed = append(d.Changed, RoomChange{old.room, r})
	}
	if !moved {
		return nil
	}
	before, _, err := one(ctx, m.tx, "members before", membersRow,
		"SELECT members FROM rooms WHERE platform = ? AND tenant = ? AND id = ?", m.platform, m.tenant, r.ID)
	if err != nil {
		return err
	}
	d.Members = append(d.Members, compareMembers(r, before, members))
	return nil
}

// sameRoom compares all but the time of the last activity.
func sameRoom(a, b platforms.Room) bool {
	a.LastActive, b.LastActive = time.Time{}, time.Time{}
	return reflect.DeepEqual(a, b)
}

func compareMembers(r platforms.Room, before, after []platforms.RoomMember) MemberChange {
	c := MemberChange{Room: r}
	was := make(map[platforms.UserID]platforms.RoomMember, len(before))
	for _, m := range before {
		was[m.User] = m
	}
	for _, m := range after {
		switch old, there := was[m.User]; {
		case !there:
			c.Added = append(c.Added, m)
		case old != m:
			c.Changed = append(c.Changed, m)
		}
		delete(was, m.User)
	}
	for _, m := range before {
		if _, gone := was[m.User]; gone {
			c.Removed = append(c.Removed, m)
		}
	}
	return c
}

func membersRow(sc scan) ([]platforms.RoomMember, error) {
	var m []platforms.RoomMember
	err := sc(jsonColumn{&m})
	return m, err
}

// Rooms are a platform's rooms as the last read saw them, sorted by id.
func (s *Store) Rooms(ctx context.Context, platform platforms.ID) ([]platforms.Room, error) {
	return list(ctx, s.r, "rooms", func(sc scan) (platforms.Room, error) {
		var r platforms.Room
		err := sc(jsonColumn{&r})
		return r, err
	}, "SELECT body FROM rooms WHERE platform = ? ORDER BY tenant, id", platform)
}

// RoomsWithMembers are a platform's rooms and who is in them, sorted by id.
func (s *Store) RoomsWithMembers(ctx context.Context, platform platforms.ID) ([]RoomWithMembers, error) {
	return list(ctx, s.r, "rooms with members", func(sc scan) (RoomWithMembers, error) {
		var r RoomWithMembers
		err := sc(jsonColumn{&r.Room}, jsonColumn{&r.Members})
		return r, err
	}, "SELECT body, members FROM rooms WHERE platform = ? ORDER BY tenant, id", platform)
}

// Room is one room with its members, and whether the mirror has it.
func (s *Store) Room(ctx context.Context, ref platforms.Ref) (RoomWithMembers, bool, error) {
	return one(ctx, s.r, "room", func(sc scan) (RoomWithMembers, error) {
		var r RoomWithMembers
		err := sc(jsonColumn{&r.Room}, jsonColumn{&r.Members})
		return r, err
	}, "SELECT body, members FROM rooms WHERE platform = ? AND tenant = ? AND id = ?", ref.Platform, ref.Tenant, ref.ID)
}

// Members are the members of a room, sorted by account; none when the room is unknown.
func (s *Store) Members(ctx context.Context, platform platforms.ID, room platforms.RoomID) ([]platforms.RoomMember, error) {
	m, _, err := one(ctx, s.r, "members", membersRow, "SELECT members FROM rooms WHERE platform = ? AND id = ?", platform, room)
	if m == nil {
		m = []platforms.RoomMember{}
	}
	return m, err
}
