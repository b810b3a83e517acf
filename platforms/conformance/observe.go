package conformance

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// testDirectory: a full read delivers every account of the World, as it is.
func (s *suite) testDirectory(t *testing.T) {
	got := map[platforms.UserID]platforms.User{}
	reading, err := s.conn.Users.Read(t.Context(), "", func(page platforms.UserPage) error {
		for _, u := range page.Users {
			got[u.ID] = u
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !reading.Full {
		t.Error("a read from the beginning does not call itself full")
	}
	present := 0
	for _, a := range s.tenant.Accounts() {
		if !a.Deleted.IsZero() {
			continue
		}
		present++
		u, ok := got[platforms.UserID(a.ID)]
		if !ok {
			t.Errorf("%s is missing", a.Address)
			continue
		}
		if u.Address != strings.ToLower(a.Address) || u.Name != a.Name || (u.State == platforms.Suspended) != a.Suspended || (u.Kind == platforms.Guest) != a.Guest {
			t.Errorf("account %+v is read as %+v", a, u)
		}
		for _, want := range append([]string{a.Address}, a.Aliases...) {
			if !slices.Contains(u.Addresses, strings.ToLower(want)) {
				t.Errorf("%s lacks the address %s: %v", a.Address, want, u.Addresses)
			}
		}
	}
	if len(got) != present {
		t.Errorf("read %d accounts, the World has %d", len(got), present)
	}
}

// testRooms: the list of rooms and each room's members are complete.
func (s *suite) testRooms(t *testing.T) {
	got := map[platforms.RoomID]platforms.Room{}
	err := s.conn.Rooms.List(t.Context(), func(page []platforms.Room) error {
		for _, r := range page {
			got[r.ID] = r
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rooms := s.tenant.Rooms()
	if len(got) != len(rooms) {
		t.Errorf("listed %d rooms, the World has %d", len(got), len(rooms))
	}
	for _, r := range rooms {
		room, ok := got[s.f.Room(r)]
		if !ok || room.Name != r.Name || room.Group != r.GroupName {
			t.Errorf("room %q (%s) is listed as %+v", r.Name, r.GroupName, room)
		}
	}
	for _, pair := range s.f.World.Pairs() {
		r, _ := s.tenant.Room(pair.Room[s.f.Tenant])
		members := s.members(t, s.f.Room(r))
		want := people(s.tenant.MembersOf(r.ID))
		for _, id := range want {
			if _, in := members[platforms.UserID(id)]; !in {
				t.Errorf("room %q: member %s is missing", r.Name, id)
			}
		}
		inside := 0
		for _, m := range members {
			if m.Kind != platforms.AppMember {
				inside++
			}
		}
		if inside != len(want) {
			t.Errorf("room %q has %d people, want %d", r.Name, inside, len(want))
		}
	}
}

func people(ids []string) []string {
	return slices.DeleteFunc(ids, func(id string) bool { return strings.HasPrefix(id, "app:") })
}

func (s *suite) members(t *testing.T, room platforms.RoomID) map[platforms.UserID]platforms.RoomMember {
	t.Helper()
	got := map[platforms.UserID]platforms.RoomMember{}
	err := s.conn.Rooms.Members(t.Context(), room, func(page []platforms.RoomMember) error {
		for _, m := range page {
			got[m.User] = m
		}
		return nil
	})
	if err != nil {
		t.Fatalf("members of %s: %v", room, err)
	}
	return got
}

// testSeats: our own seats become members, and a second time changes nothing.
func (s *suite) testSeats(t *testing.T) {
	room, id := s.room(t)
	before := len(s.tenant.MembersOf(id))
	for _, seat := range s.conn.Seats {
		if seat.Name == "" || seat.Why == "" {
			t.Errorf("seat %+v is not explained", seat)
		}
		for range 2 {
			if err := s.conn.RoomEdit.Seat(t.Context(), room, seat.User, platforms.UserID(s.speakers(t)[0].ID)); err != nil {
				t.Fatalf("seat %s: %v", seat.Name, err)
			}
		}
	}
	if after := len(s.tenant.MembersOf(id)); after > before+len(s.conn.Seats) {
		t.Errorf("%d members became %d for %d seats", before, after, len(s.conn.Seats))
	}
	if len(s.conn.Seats) == 0 {
		return
	}
	// The list need not name apps; whoever it names by our seat's id is in.
	if members := s.members(t, room); len(people(s.tenant.MembersOf(id))) > before {
		for _, seat := range s.conn.Seats {
			if _, in := members[seat.User]; !in {
				t.Errorf("seat %s is not listed", seat.Name)
			}
		}
	}
}

// room is the linked room that the suite talks in.
func (s *suite) room(t *testing.T) (platforms.RoomID, string) {
	t.Helper()
	for _, pair := range s.f.World.Pairs() {
		r, ok := s.tenant.Room(pair.Room[s.f.Tenant])
		if ok && len(s.speakersIn(r.ID)) > 1 {
			return s.f.Room(r), r.ID
		}
	}
	t.Fatal("no room has two people who can speak")
	return "", ""
}

// speakers are people of the suite's room who can speak.
func (s *suite) speakers(t *testing.T) []sandbox.Account {
	t.Helper()
	_, id := s.room(t)
	return s.speakersIn(id)
}

func (s *suite) speakersIn(room string) []sandbox.Account {
	var out []sandbox.Account
	for _, id := range s.tenant.MembersOf(room) {
		a, ok := s.tenant.Account(id)
		if ok && !a.Suspended && a.Licensed && !a.Guest && a.Deleted.IsZero() && id != s.tenant.Bridge && id != s.tenant.Admin {
			out = append(out, a)
		}
	}
	return out
}

// testOrgUnits: the org units of all accounts are listed, in order, the one that
// holds them all first.
func (s *suite) testOrgUnits(t *testing.T) {
	list, err := s.conn.OrgUnits.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for i, u := range list {
		if known[u.Path] || i > 0 && (u.Name == "" || u.ID == "" || u.Path <= list[i-1].Path) {
			t.Errorf("org unit %d is %+v", i, u)
		}
		known[u.Path] = true
	}
	if len(list) == 0 || list[0].Path != "/" {
		t.Errorf("the first org unit is not the root: %+v", list)
	}
	for _, a := range s.tenant.Accounts() {
		if a.Deleted.IsZero() && a.OrgUnit != "" && !known[a.OrgUnit] {
			t.Errorf("the org unit %s of %s is missing", a.OrgUnit, a.Address)
		}
	}
}

// testGroups: groups are listed and everybody in them is told once, whoever is
// in a group within a group too.
func (s *suite) testGroups(t *testing.T) {
	listed := map[string]platforms.GroupID{}
	err := s.conn.Groups.List(t.Context(), func(page []platforms.Group) error {
		for _, g := range page {
			if g.ID == "" || g.Name == "" || g.Kind == "" {
				t.Errorf("group %+v is not described", g)
			}
			listed[g.Name] = g.ID
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	truth := s.f.Groups(s.tenant)
	if len(truth) == 0 {
		t.Error("the World has no groups")
	}
	for name, want := range truth {
		var got []string
		err := s.conn.Groups.Members(t.Context(), listed[name], func(page []platforms.UserID) error {
			for _, id := range page {
				got = append(got, string(id))
			}
			return nil
		})
		if err != nil {
			t.Errorf("members of %s: %v", name, err)
			continue
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("members of %s (-want +got):\n%s", name, diff)
		}
	}
	if err := s.conn.Groups.Members(t.Context(), "no-such-group", func([]platforms.UserID) error { return nil }); err == nil {
		t.Error("a group that is not there has members")
	}
}
