package google

import (
	"slices"
	"strings"
	"testing"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

func TestPeopleAreReadWhole(t *testing.T) {
	o := ready(t)
	got := map[platforms.UserID]platforms.User{}
	var removed []platforms.UserID
	read := func() {
		clear(got)
		removed = nil
		reading, err := o.conn.Users.Read(t.Context(), "", func(p platforms.UserPage) error {
			for _, u := range p.Users {
				got[u.ID] = u
			}
			removed = append(removed, p.Removed...)
			return nil
		})
		if err != nil || !reading.Full {
			t.Fatalf("reading %+v, %v", reading, err)
		}
	}
	read()
	want := 0
	for _, a := range o.tenant.Accounts() {
		if !a.Deleted.IsZero() {
			continue
		}
		want++
		u := got[platforms.UserID(a.ID)]
		if u.Address != strings.ToLower(a.Address) || u.OrgUnit == "" || u.EmployeeID != a.EmployeeID || u.Admin != a.Admin ||
			(u.Licence == platforms.Licensed) != (a.Licensed && !a.Guest) || (u.State == platforms.Suspended) != a.Suspended || (u.Kind == platforms.Guest) != a.Guest {
			t.Errorf("%+v is read as %+v", a, u)
		}
		for _, alias := range a.Aliases {
			if !slices.Contains(u.Addresses, strings.ToLower(alias)) {
				t.Errorf("%s lacks the alias %s: %v", a.Address, alias, u.Addresses)
			}
		}
	}
	if len(got) != want {
		t.Errorf("read %d accounts of %d", len(got), want)
	}
	for _, d := range o.tenant.Domains {
		if !slices.Contains(strings.Fields(o.values.Get(keyDomains)), d) {
			t.Errorf("the domain %s was not found: %q", d, o.values.Get(keyDomains))
		}
	}
	var goner sandbox.Account
	for _, a := range o.tenant.Accounts() {
		if !a.Admin && a.Deleted.IsZero() {
			goner = a
		}
	}
	if err := o.tenant.ChangeAccount(goner.ID, func(a *sandbox.Account) { a.Deleted = o.world.Clock.Now() }); err != nil {
		t.Fatal(err)
	}
	read()
	if _, there := got[platforms.UserID(goner.ID)]; there || !slices.Contains(removed, platforms.UserID(goner.ID)) {
		t.Errorf("a deleted account is not told: %v", removed)
	}
	o.world.Faults.Set(sandbox.Fault{ID: "f", API: "directory", Status: 200, Body: `{"users":[{"id":"1"},`})
	if reading, err := o.conn.Users.Read(t.Context(), "", func(platforms.UserPage) error { return nil }); platforms.KindOf(err) != platforms.TryLater || reading.Full {
		t.Errorf("a page that breaks off: %+v, %v", reading, err)
	}
	// A page that fails ends the read with an error and concludes nothing.
	o.world.Faults.Set(sandbox.Fault{ID: "f", API: "directory", Status: 500, Body: "oops"})
	reading, err := o.conn.Users.Read(t.Context(), "", func(platforms.UserPage) error { return nil })
	if platforms.KindOf(err) != platforms.TryLater || reading.Full {
		t.Errorf("reading %+v, %v", reading, err)
	}
}

func (o *office) rooms() []platforms.Room {
	o.t.Helper()
	var list []platforms.Room
	if err := o.conn.Rooms.List(o.t.Context(), func(p []platforms.Room) error { list = append(list, p...); return nil }); err != nil {
		o.t.Fatal(err)
	}
	return list
}

func (o *office) members(room platforms.RoomID) map[platforms.UserID]platforms.RoomMember {
	o.t.Helper()
	all := map[platforms.UserID]platforms.RoomMember{}
	if err := o.conn.Rooms.Members(o.t.Context(), room, func(p []platforms.RoomMember) error {
		for _, m := range p {
			all[m.User] = m
		}
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
	return all
}

func TestSpacesMembersSeatAndName(t *testing.T) {
	o := ready(t)
	list := o.rooms()
	want := 0
	for _, r := range o.tenant.Rooms() {
		if r.Kind == "space" {
			want++
		}
	}
	if len(list) != want || want == 0 {
		t.Errorf("listed %d spaces of %d", len(list), want)
	}
	truth, one, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	if i := slices.IndexFunc(list, func(r platforms.Room) bool { return r.ID == room }); i < 0 || list[i].Name != truth.Name || list[i].Unlinkable != "" || list[i].URL == "" {
		t.Errorf("space %+v is listed as %+v", truth, list)
	}
	before := o.members(room)
	if len(before) != len(o.tenant.MembersOf(truth.ID)) {
		t.Errorf("%d members of %d", len(before), len(o.tenant.MembersOf(truth.ID)))
	}
	seat := o.conn.Seats[0].User
	for range 2 { // a second time is a no-op
		if err := o.conn.RoomEdit.Seat(t.Context(), room, seat, platforms.UserID(one.ID)); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.members(room)[seat]; got.Kind != platforms.AppMember {
		t.Errorf("the seat is %+v", got)
	}
	// A connection made later sees it too, and nobody needs to be named.
	o.connect()
	if _, there := o.members(room)[seat]; !there {
		t.Error("the seat is not seen afterwards")
	}
	if err := o.conn.RoomEdit.Seat(t.Context(), room, seat, ""); err != nil {
		t.Error(err)
	}
	if err := o.conn.RoomEdit.Rename(t.Context(), room, "A new name"); err != nil {
		t.Fatal(err)
	}
	if r, _ := o.tenant.Room(truth.ID); r.Name != "A new name" {
		t.Errorf("the space is called %q", r.Name)
	}
	var other string
	for _, r := range list {
		if r.ID != room {
			other = r.Name
		}
	}
	if err := o.conn.RoomEdit.Rename(t.Context(), room, other); platforms.KindOf(err) != platforms.Conflict {
		t.Errorf("a taken name: %v", err)
	}
}
