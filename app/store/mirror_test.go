package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"miohub/platforms"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func user(id, name string) platforms.User {
	return platforms.User{ID: platforms.UserID(id), Address: id + "@acme.example", Addresses: []string{id + "@acme.example", "alias." + id + "@acme.example"},
		Name: name, GivenName: name, Kind: platforms.Member, State: platforms.Active, Licence: platforms.Licensed}
}

func TestImportUsersTellsWhatChanged(t *testing.T) {
	s, c := newStore(t)
	ctx := t.Context()
	ana, bo, cy := user("a", "Ana"), user("b", "Bo"), user("c", "Çy \u200d")
	first := ok[Diff](t)(s.ImportUsers(ctx, "google", "T", []platforms.User{cy, ana, bo}, nil, true, "c1"))
	if len(first.Added) != 3 || first.Added[0].After.ID != "a" || len(first.Changed)+len(first.Removed) != 0 {
		t.Fatalf("first import: %+v", first)
	}
	if again := ok[Diff](t)(s.ImportUsers(ctx, "google", "T", []platforms.User{ana, bo, cy}, nil, true, "c2")); !again.Empty() {
		t.Errorf("unchanged import: %+v", again)
	}
	renamed := bo
	renamed.Name = "Bob"
	preview := ok[Diff](t)(s.PreviewUsers(ctx, "google", "T", []platforms.User{renamed}, nil, true))
	delta := ok[Diff](t)(s.ImportUsers(ctx, "google", "T", []platforms.User{renamed}, []platforms.UserID{"c", "never seen"}, false, "c3"))
	want := Diff{Changed: []UserChange{{Before: bo, After: renamed}}, Removed: []UserChange{{Before: cy}}}
	if d := cmp.Diff(want, delta); d != "" {
		t.Error("delta:", d)
	}
	if len(preview.Removed) != 2 || len(preview.Changed) != 1 {
		t.Errorf("preview of a full read: %+v", preview)
	}
	if d := cmp.Diff([]platforms.User{ana, renamed}, ok[[]platforms.User](t)(s.Users(ctx, "google"))); d != "" {
		t.Error("mirror:", d)
	}
	if got := ok[platforms.Cursor](t)(s.UserCursor(ctx, "google")); got != "c3" {
		t.Errorf("cursor %q", got)
	}
	if at := ok[time.Time](t)(s.LastRead(ctx, "google", "users")); !at.Equal(c.now()) {
		t.Errorf("read at %v", at)
	}
	if n := len(ok[[]platforms.User](t)(s.Users(ctx, "microsoft"))); n != 0 {
		t.Errorf("the other platform has %d users", n)
	}
	u, found, err := s.User(ctx, platforms.Ref{Platform: "google", Tenant: "T", ID: "a"})
	if err != nil || !found || u.Name != "Ana" {
		t.Errorf("User = %+v, %v, %v", u, found, err)
	}
}

// Any sequence of imports leaves what a plain map would, and its diffs say how
// to get there.
func TestImportUsersProperties(t *testing.T) {
	s, _ := newStore(t)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		platform := platforms.ID(fmt.Sprint("p", round))
		model := map[platforms.UserID]platforms.User{}
		for range rapid.IntRange(1, 5).Draw(rt, "imports") {
			users := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) platforms.User {
				return user(rapid.StringMatching(`[a-f]`).Draw(t, "id"), rapid.StringMatching(`[xy]`).Draw(t, "name"))
			}), 0, 6).Draw(rt, "users")
			removed := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) platforms.UserID {
				return platforms.UserID(rapid.StringMatching(`[a-f]`).Draw(t, "id"))
			}), 0, 2).Draw(rt, "removed")
			full := rapid.Bool().Draw(rt, "full")
			next := map[platforms.UserID]platforms.User{}
			if !full {
				for id, u := range model {
					next[id] = u
				}
				for _, id := range removed {
					delete(next, id)
				}
			}
			for _, u := range users {
				next[u.ID] = u
			}
			d, err := s.ImportUsers(t.Context(), platform, "T", users, removed, full, "")
			if err != nil {
				rt.Fatal(err)
			}
			replay := map[platforms.UserID]platforms.User{}
			for id, u := range model {
				replay[id] = u
			}
			for _, c := range append(d.Added, d.Changed...) {
				if c.Before.ID != "" && !cmp.Equal(model[c.Before.ID], c.Before) {
					rt.Fatalf("before: %+v", c.Before)
				}
				replay[c.After.ID] = c.After
			}
			for _, c := range d.Removed {
				delete(replay, c.Before.ID)
			}
			stored := map[platforms.UserID]platforms.User{}
			users, err = s.Users(t.Context(), platform)
			if err != nil {
				rt.Fatal(err)
			}
			for _, u := range users {
				stored[u.ID] = u
			}
			if diff := cmp.Diff(next, stored); diff != "" {
				rt.Fatal("stored:", diff)
			}
			if diff := cmp.Diff(next, replay); diff != "" {
				rt.Fatal("diff:", diff)
			}
			model = next
		}
	})
}

func TestManyUsers(t *testing.T) {
	s, _ := newStore(t)
	var users []platforms.User
	for i := range 2345 {
		users = append(users, user(fmt.Sprintf("u%05d", i), "Name"))
	}
	if d := ok[Diff](t)(s.ImportUsers(t.Context(), "google", "T", users, nil, true, "")); len(d.Added) != 2345 {
		t.Fatalf("added %d", len(d.Added))
	}
	if d := ok[Diff](t)(s.ImportUsers(t.Context(), "google", "T", users[:700], nil, true, "")); len(d.Removed) != 1645 || d.Removed[0].Before.Name != "Name" {
		t.Errorf("removed %d", len(d.Removed))
	}
	if n := ok[int](t)(s.CountUsers(t.Context(), "google")); n != 700 {
		t.Errorf("%d are left", n)
	}
	if d := ok[Diff](t)(s.ImportUsers(t.Context(), "google", "another tenant", nil, nil, true, "")); !d.Empty() || ok[int](t)(s.CountUsers(t.Context(), "google")) != 0 {
		t.Errorf("another tenant: %+v", d)
	}
}

func TestImportRoomsTellsWhatChanged(t *testing.T) {
	s, c := newStore(t)
	ctx := t.Context()
	room := func(id, name string, members ...platforms.UserID) RoomWithMembers {
		r := RoomWithMembers{Room: platforms.Room{ID: platforms.RoomID(id), Name: name, Kind: platforms.Space, LastActive: c.now()}}
		for _, m := range members {
			r.Members = append(r.Members, platforms.RoomMember{User: m, Kind: platforms.InsideMember})
		}
		return r
	}
	first := ok[RoomDiff](t)(s.ImportRooms(ctx, "google", "T", []RoomWithMembers{room("2", "Sales", "b", "a"), room("1", "General"), room("3", "Old")}))
	if len(first.Added) != 3 || first.Added[0].ID != "1" {
		t.Fatalf("first import: %+v", first)
	}
	c.add(time.Minute)
	if again := ok[RoomDiff](t)(s.ImportRooms(ctx, "google", "T", []RoomWithMembers{room("1", "General"), room("2", "Sales", "a", "b"), room("3", "Old")})); !again.Empty() {
		t.Errorf("only the time of the last activity changed: %+v", again)
	}
	got := ok[[]platforms.Room](t)(s.Rooms(ctx, "google"))
	if len(got) != 3 || !got[0].LastActive.Equal(c.now()) {
		t.Errorf("rooms %+v", got)
	}
	sales := room("2", "Sales EMEA", "c", "a")
	sales.External = true
	sales.Members[1].Owner = true
	d := ok[RoomDiff](t)(s.ImportRooms(ctx, "google", "T", []RoomWithMembers{sales, room("1", "General"), room("4", "New")}))
	member := func(u platforms.UserID, owner bool) []platforms.RoomMember {
		return []platforms.RoomMember{{User: u, Kind: platforms.InsideMember, Owner: owner}}
	}
	change := RoomChange{Before: room("2", "Sales").Room, After: sales.Room}
	want := RoomDiff{Added: []platforms.Room{room("4", "New").Room}, Removed: []platforms.Room{room("3", "Old").Room},
		Renamed: []RoomChange{change}, Changed: []RoomChange{change},
		Members: []MemberChange{{Room: sales.Room, Added: member("c", false), Removed: member("b", false), Changed: member("a", true)}}}
	if diff := cmp.Diff(want, d, cmpopts.EquateApproxTime(time.Second)); diff != "" {
		t.Error(diff)
	}
	if m := ok[[]platforms.RoomMember](t)(s.Members(ctx, "google", "2")); len(m) != 2 || m[0].User != "a" {
		t.Errorf("members %+v", m)
	}
	if m := ok[[]platforms.RoomMember](t)(s.Members(ctx, "google", "none")); m == nil || len(m) != 0 {
		t.Errorf("members of an unknown room: %#v", m)
	}
	all := ok[[]RoomWithMembers](t)(s.RoomsWithMembers(ctx, "google"))
	if len(all) != 3 || len(all[1].Members) != 2 || all[1].Name != "Sales EMEA" {
		t.Errorf("rooms with members %+v", all)
	}
	r, found, err := s.Room(ctx, platforms.Ref{Platform: "google", Tenant: "T", ID: "2"})
	if err != nil || !found || !r.External || len(r.Members) != 2 {
		t.Errorf("Room = %+v, %v, %v", r, found, err)
	}
}

func TestConnectionsTicksAndChecks(t *testing.T) {
	s, c := newStore(t)
	ctx := t.Context()
	if got := ok[Connection](t)(s.Connection(ctx, "google")); got.State != NotConnected {
		t.Errorf("before: %+v", got)
	}
	tenant := platforms.Tenant{Platform: "google", ID: "C1", Name: "Acme", Domains: []string{"acme.example"}}
	must(t, s.SaveConnection(ctx, Connection{Platform: "google", State: Connected, Tenant: tenant}))
	since := c.now()
	c.add(time.Hour)
	must(t, s.SaveConnection(ctx, Connection{Platform: "google", State: Connected, Tenant: tenant, LastSuccess: c.now(), Problem: "slow"}))
	want := Connection{Platform: "google", State: Connected, Tenant: tenant, Since: since, LastSuccess: c.now(), Problem: "slow"}
	if d := cmp.Diff([]Connection{want}, ok[[]Connection](t)(s.Connections(ctx))); d != "" {
		t.Error(d)
	}
	must(t, s.SaveConnection(ctx, Connection{Platform: "google", State: Disconnected, Tenant: tenant}))
	if got := ok[Connection](t)(s.Connection(ctx, "google")); !got.Since.Equal(c.now()) {
		t.Errorf("since %v, want the time of the new state", got.Since)
	}

	must(t, s.SaveTick(ctx, Tick{Platform: "google", ID: "invitations", By: "dana@acme.example"}))
	if got := ok[[]Tick](t)(s.Ticks(ctx, "google")); len(got) != 1 || got[0].By != "dana@acme.example" || !got[0].At.Equal(c.now()) {
		t.Errorf("ticks %+v", got)
	}
	must(t, s.DeleteTick(ctx, "google", "invitations"))
	if got := ok[[]Tick](t)(s.Ticks(ctx, "google")); len(got) != 0 {
		t.Errorf("ticks %+v", got)
	}

	result := func(code string, st platforms.Status) CheckResult {
		return CheckResult{Platform: "google", Code: code, Title: code, Finding: platforms.Finding{Status: st, Evidence: "seen"}, At: c.now()}
	}
	must(t, s.SaveChecks(ctx, []CheckResult{result("a", platforms.Fail), result("b", platforms.Pass)}))
	c.add(time.Minute)
	must(t, s.SaveChecks(ctx, []CheckResult{result("a", platforms.Pass)}))
	latest := ok[[]CheckResult](t)(s.LatestChecks(ctx, "google"))
	if len(latest) != 2 || latest[0].Finding.Status != platforms.Pass || latest[0].Finding.Evidence != "seen" {
		t.Errorf("latest %+v", latest)
	}
	if h := ok[[]CheckResult](t)(s.CheckHistory(ctx, "google", "a", 10)); len(h) != 2 || h[1].Finding.Status != platforms.Fail {
		t.Errorf("history %+v", h)
	}
}

func TestPersonLinks(t *testing.T) {
	s, _ := newStore(t)
	ctx := t.Context()
	g, m := ref("google", "g1"), ref("microsoft", "m1")
	id := ok[int64](t)(s.Link(ctx, PersonLink{Left: m, Right: g, Rule: "same address", By: "dana"}))
	if again := ok[int64](t)(s.Link(ctx, PersonLink{Left: g, Right: m, Rule: "by hand"})); again != id {
		t.Errorf("linked twice: %d and %d", id, again)
	}
	l, found, err := s.PersonByRef(ctx, m, "google")
	if err != nil || !found || l.Left != g || l.Other(m) != g || l.Rule != "by hand" {
		t.Errorf("%+v, %v, %v", l, found, err)
	}
	if _, err := s.Link(ctx, PersonLink{Left: g, Right: ref("microsoft", "m2")}); !errors.Is(err, ErrState) {
		t.Errorf("a second counterpart: %v", err)
	}
	third := ok[int64](t)(s.Link(ctx, PersonLink{Left: g, Right: ref("slack", "s1")}))
	must(t, s.SetPersonState(ctx, id, PersonWithdrawn, "dana"))
	if _, found, err := s.PersonByRef(ctx, g, "microsoft"); err != nil || found {
		t.Errorf("a withdrawn link is found: %v", err)
	}
	if l, found, err := s.PersonByRef(ctx, g, ""); err != nil || !found || l.ID != third {
		t.Errorf("the third platform: %+v, %v", l, err)
	}
	ok[int64](t)(s.Link(ctx, PersonLink{Left: g, Right: ref("microsoft", "m2")}))
	if n := len(ok[[]PersonLink](t)(s.PersonLinks(ctx))); n != 3 {
		t.Errorf("%d links", n)
	}
	if err := s.SetPersonState(ctx, 99, PersonLinked, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such link: %v", err)
	}
}

func TestRoomLinks(t *testing.T) {
	s, _ := newStore(t)
	ctx := t.Context()
	id := ok[int64](t)(s.LinkRooms(ctx, RoomLink{Left: ref("microsoft", "c"), Right: ref("google", "s"), By: "dana"}))
	must(t, s.SetRoomLinkState(ctx, id, RoomUnlinked, "bo"))
	if again := ok[int64](t)(s.LinkRooms(ctx, RoomLink{Left: ref("google", "s"), Right: ref("microsoft", "c"), By: "cy"})); again != id {
		t.Errorf("ids %d and %d", id, again)
	}
	got := ok[[]RoomLink](t)(s.RoomLinks(ctx))
	if len(got) != 1 || got[0].State != RoomActive || got[0].By != "cy" || got[0].Other(ref("google", "s")) != ref("microsoft", "c") {
		t.Errorf("links %+v", got)
	}
}

func TestPlans(t *testing.T) {
	s, _ := newStore(t)
	ctx := t.Context()
	if _, found, err := s.LatestPlan(ctx); err != nil || found {
		t.Errorf("a plan before any: %v", err)
	}
	old := ok[int64](t)(s.SavePlan(ctx, []StoredAction{{ID: "x", Verb: "link-rooms"}}))
	id := ok[int64](t)(s.SavePlan(ctx, []StoredAction{
		{ID: "a", Verb: "link-people", Title: "Link Ana", Body: []byte(`{"n":1}`)}, {ID: "b", Verb: "link-people"}, {ID: "c", Verb: "link-rooms", Risk: "high"}}))
	must(t, s.SetActionStates(ctx, id, []string{"a", "b"}, ActionApproved))
	must(t, s.SetActionState(ctx, id, "b", ActionFailed, "no licence"))
	if err := s.SetActionStates(ctx, id, []string{"c", "none"}, ActionApproved); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown action: %v", err)
	}
	must(t, s.SetPlanState(ctx, id, PlanApproved))
	p, found, err := s.LatestPlan(ctx)
	want := Plan{ID: id, Made: p.Made, State: PlanApproved, Actions: 3, Counts: map[string]int{"link-people": 2, "link-rooms": 1},
		States: map[ActionState]int{ActionApproved: 1, ActionFailed: 1, ActionProposed: 1}}
	if d := cmp.Diff(want, p); err != nil || !found || d != "" {
		t.Error(err, d)
	}
	if p, _, err := s.Plan(ctx, old); err != nil || p.State != PlanStale {
		t.Errorf("the plan before: %+v, %v", p, err)
	}
	actions := ok[[]StoredAction](t)(s.PlanActions(ctx, id))
	if len(actions) != 3 || string(actions[0].Body) != `{"n":1}` || actions[1].Error != "no licence" || actions[2].Seq != 2 {
		t.Errorf("actions %+v", actions)
	}
	if plans := ok[[]Plan](t)(s.Plans(ctx, 10)); len(plans) != 2 || plans[0].ID != id {
		t.Errorf("plans %+v", plans)
	}
	if empty := ok[int64](t)(s.SavePlan(ctx, nil)); empty <= id {
		t.Errorf("ids %d, %d", id, empty)
	}
	if p, _, err := s.LatestPlan(ctx); err != nil || p.Actions != 0 {
		t.Errorf("an empty plan: %+v, %v", p, err)
	}
}
