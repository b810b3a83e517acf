package microsoft

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
	world "miohub/platforms/sandbox"
)

func TestDirectoryIsReadInFullAndThenByChanges(t *testing.T) {
	x := open(t)
	c := x.connect()
	read := func(cursor platforms.Cursor) (map[platforms.UserID]platforms.User, []platforms.UserID, platforms.Reading) {
		t.Helper()
		users, removed := map[platforms.UserID]platforms.User{}, []platforms.UserID(nil)
		r, err := c.Users.Read(t.Context(), cursor, func(p platforms.UserPage) error {
			for _, u := range p.Users {
				users[u.ID] = u
			}
			removed = append(removed, p.Removed...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return users, removed, r
	}
	all, _, first := read("")
	if !first.Full || first.Cursor == "" {
		t.Errorf("the first read is %+v", first)
	}
	licensed := 0
	for _, a := range x.Accounts() {
		u, ok := all[platforms.UserID(a.ID)]
		if !a.Deleted.IsZero() {
			continue
		}
		suspended := u.State == platforms.Suspended
		if !ok || u.Address != strings.ToLower(a.Address) || suspended != a.Suspended || (u.Kind == platforms.Guest) != a.Guest || u.Name != a.Name {
			t.Errorf("account %+v reads as %+v", a, u)
		}
		for _, alias := range a.Aliases {
			if !slices.Contains(u.Addresses, strings.ToLower(alias)) {
				t.Errorf("alias %s is missing in %v", alias, u.Addresses)
			}
		}
		if !a.Guest && (u.Licence == platforms.Licensed) != a.Licensed {
			t.Errorf("%s: licence %q, in the World %v", a.Address, u.Licence, a.Licensed)
		}
		if u.Licence == platforms.Licensed {
			licensed++
		}
	}
	if licensed == 0 {
		t.Error("nobody has a licence")
	}
	_, _, somebody, other := x.channel()
	if err := x.ChangeAccount(somebody, func(a *world.Account) { a.Suspended = true; a.EmployeeID = "" }); err != nil {
		t.Fatal(err)
	}
	if err := x.ChangeAccount(other, func(a *world.Account) { a.Deleted = time.Now() }); err != nil {
		t.Fatal(err)
	}
	x.settle()
	changed, removed, second := read(first.Cursor)
	if second.Full || second.Cursor == first.Cursor || len(changed) != 1 || !slices.Equal(removed, []platforms.UserID{platforms.UserID(other)}) {
		t.Errorf("the second read is %+v: %v, removed %v", second, changed, removed)
	}
	if u := changed[platforms.UserID(somebody)]; u.State != platforms.Suspended || u.Name == "" || len(u.Addresses) == 0 {
		t.Errorf("the changed account is %+v", u)
	}
	x.world.Faults.Set(world.Fault{ID: "f", API: "graph", Path: "/users/delta", Status: 403, Times: 1, Header: http.Header{"Content-Type": {"application/json"}},
		Body: `{"error":{"code":"Authorization_RequestDenied","message":"no"}}`})
	_, err := c.Users.Read(t.Context(), second.Cursor, func(platforms.UserPage) error {
		t.Error("a refusal turned into a full read")
		return nil
	})
	if platforms.KindOf(err) != platforms.Forbidden {
		t.Errorf("a refused read: %v", err)
	}
	x.world.Clock.Advance(8 * 24 * time.Hour)
	again, _, third := read(second.Cursor)
	if !third.Full || len(again) != len(all)-1 {
		t.Errorf("after the token expired the read is %+v of %d accounts", third, len(again))
	}
}

func TestRoomsAndSeats(t *testing.T) {
	x := open(t)
	c := x.connect()
	rooms := map[platforms.RoomID]platforms.Room{}
	if err := c.Rooms.List(t.Context(), func(page []platforms.Room) error {
		for _, r := range page {
			rooms[r.ID] = r
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(rooms) != len(x.Rooms()) {
		t.Errorf("%d rooms of %d", len(rooms), len(x.Rooms()))
	}
	for _, r := range x.Rooms() {
		got := rooms[roomID(r.Group, r.ID)]
		if got.Name != r.Name || got.Group != r.GroupName || (got.Unlinkable == "") != (r.Kind == "channel") {
			t.Errorf("room %+v reads as %+v", r, got)
		}
	}
	room, id, one, _ := x.channel()
	bridge := c.Seats[0].User
	for range 2 { // the second time is a no-op
		if err := c.RoomEdit.Seat(t.Context(), room, bridge, ""); err != nil {
			t.Fatal(err)
		}
	}
	if !x.InRoom(id, x.Bridge) {
		t.Error("the bridge account has no seat")
	}
	members := map[platforms.UserID]platforms.RoomMember{}
	if err := c.Rooms.Members(t.Context(), room, func(page []platforms.RoomMember) error {
		for _, m := range page {
			members[m.User] = m
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if members[bridge].Kind != platforms.InsideMember || members[platforms.UserID(one)].Name == "" || len(members) != len(x.MembersOf(id)) {
		t.Errorf("members are %v", members)
	}
	if err := c.RoomEdit.Rename(t.Context(), room, "Brand new name"); err != nil {
		t.Fatal(err)
	}
	if r, _ := x.Room(id); r.Name != "Brand new name" {
		t.Errorf("the channel is called %q", r.Name)
	}
	if err := c.RoomEdit.Rename(t.Context(), room, "No / slash"); platforms.KindOf(err) != platforms.Invalid {
		t.Errorf("a name that Teams refuses: %v", err)
	}
	if err := c.RoomEdit.Rename(t.Context(), "x/19:y@thread.tacv2", "N"); platforms.KindOf(err) != platforms.NotFound {
		t.Errorf("a room that is not there: %v", err)
	}
}

func TestInviteMakesOneGuest(t *testing.T) {
	x := open(t)
	c := x.connect()
	first, err := c.Accounts.Invite(t.Context(), platforms.NewUser{Address: "New.Person@partner.example", Name: "New Person", Guest: true})
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.Accounts.Invite(t.Context(), platforms.NewUser{Address: "new.person@partner.example", Guest: true})
	if err != nil || first.ID == "" || second.ID != first.ID || first.Kind != platforms.Guest || first.Address != "new.person@partner.example" {
		t.Errorf("first %+v, second %+v, %v", first, second, err)
	}
}
