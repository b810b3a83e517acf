package conformance

import (
	"slices"
	"testing"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// testRoomMade: a room is made once for its key, and not beside one of its name.
func (s *suite) testRoomMade(t *testing.T) {
	linked, id := s.room(t)
	r, _ := s.tenant.Room(id)
	wanted := platforms.NewRoom{Key: "conformance-room", Name: "Made for Mio", Description: "A counterpart.", GroupID: r.Group}
	before := len(s.tenant.Rooms())
	var made platforms.Room
	s.until(t, func() (err error) {
		made, err = s.conn.RoomMake.Make(t.Context(), wanted)
		return err
	})
	if made.ID == "" || made.ID == linked || made.Name != wanted.Name || made.Description != wanted.Description || made.GroupID != wanted.GroupID || made.Unlinkable != "" {
		t.Errorf("made %+v", made)
	}
	if again, err := s.conn.RoomMake.Make(t.Context(), wanted); platforms.KindOf(err) != platforms.Conflict && (err != nil || again.ID != made.ID) {
		t.Errorf("the same key made %+v, %v", again, err)
	}
	wanted.Key = "conformance-another"
	if again, err := s.conn.RoomMake.Make(t.Context(), wanted); platforms.KindOf(err) != platforms.Conflict {
		t.Errorf("the same name made %+v, %v", again, err)
	}
	rooms := s.tenant.Rooms()
	i := slices.IndexFunc(rooms, func(r sandbox.Room) bool { return s.f.Room(r) == made.ID })
	if len(rooms) != before+1 || i < 0 || rooms[i].Name != wanted.Name || rooms[i].Group != r.Group {
		t.Errorf("%d rooms became %d; the one made is number %d", before, len(rooms), i)
	}
}

// testMembersChanged: somebody comes and goes, each once.
func (s *suite) testMembersChanged(t *testing.T) {
	room, id := s.room(t)
	by := platforms.UserID(s.speakers(t)[0].ID)
	accounts := s.tenant.Accounts()
	i := slices.IndexFunc(accounts, func(a sandbox.Account) bool {
		return a.Licensed && !a.Guest && !a.Suspended && !a.Admin && a.Deleted.IsZero() && !s.tenant.InRoom(id, a.ID)
	})
	if i < 0 {
		t.Fatal("everybody is in the room")
	}
	who := platforms.UserID(accounts[i].ID)
	for _, in := range []bool{true, true, false, false} {
		s.until(t, func() error {
			if in {
				return s.conn.Members.Add(t.Context(), room, who, by)
			}
			return s.conn.Members.Remove(t.Context(), room, who, by)
		})
		if got := s.tenant.InRoom(id, accounts[i].ID); got != in {
			t.Errorf("%s in the room: %t, want %t", accounts[i].Address, got, in)
		}
	}
	if _, in := s.members(t, room)[who]; in {
		t.Errorf("%s is still listed", accounts[i].Address)
	}
}

// testUndelete: a deleted message comes back as it was.
func (s *suite) testUndelete(t *testing.T) {
	room, id := s.room(t)
	d := s.draft(room, "", "", plain("comes back"))
	sent := s.send(t, d)
	target := platforms.Target{Room: room, ID: sent.ID, Root: sent.Root, Key: d.Key}
	s.until(t, func() error { return s.conn.Messages.Delete(t.Context(), target) })
	if n := s.standing(id, "comes back"); n != 0 {
		t.Errorf("the deleted message stands %d times", n)
	}
	for range 2 {
		s.until(t, func() error { return s.conn.Undelete.Undelete(t.Context(), target) })
		if n := s.standing(id, "comes back"); n != 1 {
			t.Errorf("the message stands %d times", n)
		}
	}
}
