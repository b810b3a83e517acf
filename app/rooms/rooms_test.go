package rooms

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"miohub/app/plan"
	"miohub/platforms"
	"miohub/platforms/sandbox"
)

func TestNamesThatAreTheSame(t *testing.T) {
	for _, pair := range [][2]string{
		{"Launch planning", "launch-planning"}, {"Launch planning", "#launch_planning"}, {"Öffentlichkeitsarbeit", "Offentlichkeitsarbeit"},
		{"Straße", "STRASSE"}, {"Réunion hebdo", "Re\u0301union  hebdo"}, {"İzmir", "izmir"}, {"Πωλήσεις", "ΠΩΛΗΣΕΙΣ"}, {"Учёт", "УЧЕТ"},
		{"ﬁnance", "Finance"}, {"営業部", "営業部\u200d"}, {"ガス", "ｶﾞｽ"}, {"고객지원", "고객지원"}, {"Coffee ☕️ corner", "coffee corner"},
		{"Release 1.2", "release-1-2"}, {"C++ guild", "c++-guild"}, {"Budget (2026)", "budget 2026"}, {"Congés d’été", "conges d'ete"},
	} {
		if a, b := Key(pair[0]), Key(pair[1]); a != b || a == "" {
			t.Errorf("%q is %q, %q is %q", pair[0], a, pair[1], b)
		}
	}
}

func TestNamesThatAreNot(t *testing.T) {
	for _, pair := range [][2]string{
		{"बिक्री", "बकरी"}, {"काम", "कम"}, {"मिल", "मूल"}, // Hindi: vowel signs
		{"ฝ่ายขาย", "ฝายขาย"}, {"มา", "มี"}, {"ที่", "ทุ"}, // Thai: vowels and tones
		{"مُدَرِّسة", "مَدْرَسة"}, {"سأل", "سال"}, // Arabic: harakat, hamza
		{"שֶׁמֶן", "שֻׁמָּן"},      // Hebrew: niqqud
		{"ガス", "カス"}, {"ばら", "はら"}, // kana: voicing
		{"বিক্রয়", "বক্রয়"}, {"விற்பனை", "வறபன"}, // Bengali, Tamil
		{"Край", "Краи"}, {"її", "іі"}, // Cyrillic: other letters
		{"Release 1.2", "Release 12"}, {"Phase 1 1", "Phase 11"}, {"C++", "C#"}, {"C++", "C"}, {"Sales", "Sales 2"},
	} {
		if a, b := Key(pair[0]), Key(pair[1]); a == b {
			t.Errorf("%q and %q are both %q", pair[0], pair[1], a)
		}
	}
	for _, empty := range []string{"", "  ", "☕️", "---", "\u0301", "1️⃣"[1:]} {
		if k := Key(empty); k != "" {
			t.Errorf("%q is %q", empty, k)
		}
	}
}

func TestWhatStandsAroundANameDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		if spaced := Key(" – " + name + "!"); spaced != Key(name) {
			t.Fatalf("%q, not %q", spaced, Key(name))
		}
	})
}

func googleSide(rooms ...Room) Side {
	return Side{Tenant: platforms.Tenant{Platform: "google", ID: "G"}, Word: "space", Rooms: rooms, Users: map[platforms.UserID]platforms.User{},
		Seats: []platforms.Seat{{User: "app", Name: "Mio", Why: "It posts."}}}
}

func teams(rooms ...Room) Side {
	return Side{Tenant: platforms.Tenant{Platform: "microsoft", ID: "M"}, Word: "channel", Rooms: rooms,
		Users: map[platforms.UserID]platforms.User{"visitor": {ID: "visitor", Kind: platforms.Guest}},
		Seats: []platforms.Seat{{User: "bridge", Name: "Bridge", Why: "It posts."}}}
}

func space(id, name string, members ...platforms.RoomMember) Room {
	return Room{Room: platforms.Room{ID: platforms.RoomID(id), Name: name, Kind: platforms.Space}, Members: members}
}

func channel(id, team, name string, members ...platforms.RoomMember) Room {
	return Room{Room: platforms.Room{ID: platforms.RoomID(id), Name: name, Group: team, GroupID: "team " + team, Kind: platforms.Channel}, Members: members}
}

func member(id string, kind ...platforms.MemberKind) platforms.RoomMember {
	m := platforms.RoomMember{User: platforms.UserID(id), Name: strings.ToUpper(id), Kind: platforms.InsideMember}
	if len(kind) > 0 {
		m.Kind = kind[0]
	}
	return m
}

// nobody is linked.
func nobody(platforms.Ref) (platforms.Ref, bool) { return platforms.Ref{}, false }

// linked links g<name> with m<name>.
func linked(names ...string) People {
	return func(r platforms.Ref) (platforms.Ref, bool) {
		name := r.ID[1:]
		if !slices.Contains(names, name) {
			return platforms.Ref{}, false
		}
		if r.Platform == "google" {
			return platforms.Ref{Platform: "microsoft", Tenant: "M", ID: "m" + name}, true
		}
		return platforms.Ref{Platform: "google", Tenant: "G", ID: "g" + name}, true
	}
}

func suggested(l, r Side) []string {
	var out []string
	for _, p := range Pairs(l, r, nil) {
		out = append(out, fmt.Sprintf("%s=%s", p.Left.ID, p.Right.ID))
	}
	return out
}

func TestAmbiguousNamesSuggestNothing(t *testing.T) {
	closed := space("c", "Sales")
	closed.Unlinkable = "a direct message"
	for _, c := range []struct {
		sentence string
		l, r     Side
		want     []string
	}{
		{"one and one", googleSide(space("a", "Sales")), teams(channel("x", "T", "sales")), []string{"a=x"}},
		{"two here", googleSide(space("a", "Sales"), space("b", "sales!")), teams(channel("x", "T", "sales")), nil},
		{"two there", googleSide(space("a", "General")), teams(channel("x", "T", "General"), channel("y", "U", "General")), nil},
		{"what cannot be linked does not count", googleSide(space("a", "Sales"), closed), teams(channel("x", "T", "sales")), []string{"a=x"}},
		{"no name, no suggestion", googleSide(space("a", "☕")), teams(channel("x", "T", "🎉")), nil},
	} {
		if d := cmp.Diff(c.want, suggested(c.l, c.r)); d != "" {
			t.Errorf("%s:\n%s", c.sentence, d)
		}
	}
}

func TestReadersAreNamedBothWays(t *testing.T) {
	l := googleSide(space("a", "Sales", member("gana"), member("gbo"), member("gout", platforms.OutsideMember), member("gcy"), member("app", platforms.AppMember)))
	r := teams(channel("x", "T", "Sales", member("mana"), member("visitor"), member("mdee"), member("bridge")))
	who := linked("ana", "bo", "dee") // bo and dee are linked, but not in the other room
	acts := Plan(l, r, nil, who)
	link := acts[len(acts)-1]
	if len(acts) != 1 || link.Verb != plan.LinkRooms {
		t.Fatalf("%+v", acts)
	}
	var got []string
	for _, x := range link.Readers {
		got = append(got, fmt.Sprintf("%s (%s) reads %s", x.Name, x.Kind, x.Reads))
	}
	want := []string{"GBO (colleague) reads T › Sales", "GCY (unmatched) reads T › Sales", "GOUT (external) reads T › Sales",
		"MDEE (colleague) reads Sales", "VISITOR (guest) reads Sales"}
	if d := cmp.Diff(want, got); d != "" || link.Risk != plan.RiskHigh {
		t.Errorf("risk %q\n%s", link.Risk, d)
	}
	harmless := Plan(googleSide(space("a", "Sales", member("gana"), member("app"))), teams(channel("x", "T", "Sales", member("mana"), member("bridge"))), nil, who)
	if len(harmless) != 1 || harmless[0].Risk != plan.RiskNone || len(harmless[0].Readers) != 0 {
		t.Errorf("%+v", harmless)
	}
	low := Plan(googleSide(space("a", "Sales", member("gana"), member("gbo"), member("app"))), teams(channel("x", "T", "Sales", member("mana"), member("bridge"))), nil, who)
	if low[0].Risk != plan.RiskLow {
		t.Errorf("a colleague more is risk %q", low[0].Risk)
	}
	strangers := Plan(googleSide(space("a", "Sales", member("app"))), teams(channel("x", "T", "Sales", member("bridge"))), nil, nobody)
	if strangers[0].Risk != plan.RiskHigh {
		t.Errorf("a link without anybody linked is risk %q", strangers[0].Risk)
	}
}

func TestATeamIsAskedForItsSeatOnce(t *testing.T) {
	l := googleSide(space("a", "One", member("app")), space("b", "Two", member("app")))
	private := channel("y", "T", "Three")
	private.Kind = platforms.PrivateChannel
	r := teams(channel("x", "T", "One"), channel("z", "T", "Two"), private)
	acts := Plan(l, r, []Link{{Left: l.Ref("c"), Right: r.Ref("y")}}, nobody)
	var seats, links []plan.Action
	for _, a := range acts {
		switch a.Verb {
		case plan.Seat:
			seats = append(seats, a)
		case plan.LinkRooms:
			links = append(links, a)
		}
	}
	if len(seats) != 1 || len(links) != 2 {
		t.Fatalf("%d seats, %d links", len(seats), len(links))
	}
	for _, link := range links {
		if len(link.Needs) != 1 || link.Needs[0] != seats[0].ID {
			t.Errorf("%s needs %v, the seat is %s", link.Title, link.Needs, seats[0].ID)
		}
	}
	if reads := seats[0].Readers[0].Reads; !strings.Contains(reads, "every channel") {
		t.Errorf("a seat in the team reads %q", reads)
	}
}

func TestNewNamesAreFollowed(t *testing.T) {
	link := func(l, r Side) []Link {
		return []Link{{Left: l.Ref("a"), Right: r.Ref("x"), LeftName: "Old", RightName: "Old"}}
	}
	for _, c := range []struct{ sentence, left, right, want string }{
		{"nothing renamed", "Old", "Old", ""},
		{"left renamed", "New", "Old", "x to New"},
		{"right renamed", "Old", "New", "a to New"},
		{"both renamed", "This", "That", ""},
		{"both renamed alike", "New", "New", ""},
		{"only the spelling", "OLD!", "Old", ""},
	} {
		l, r := googleSide(space("a", c.left, member("app"))), teams(channel("x", "T", c.right, member("bridge")))
		got := ""
		for _, a := range Plan(l, r, link(l, r), nobody) {
			got += a.Left.ID + " to " + a.After
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.sentence, got, c.want)
		}
		turned := link(l, r)
		turned[0].Left, turned[0].Right = turned[0].Right, turned[0].Left
		if again := Plan(l, r, turned, nobody); (len(again) > 0) != (c.want != "") {
			t.Errorf("%s, stored the other way round: %+v", c.sentence, again)
		}
	}
}

// world is random rooms on both sides with random members.
func world(t *rapid.T) (Side, Side, []Link) {
	name := rapid.SampledFrom([]string{"Sales", "sales", "Ops", "R&D", "Q1.2", "Q12", "営業部", ""})
	who := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"ana", "bo", "cy"}), 0, 3, func(s string) string { return s })
	var l, r []Room
	for i := range rapid.IntRange(0, 5).Draw(t, "spaces") {
		room := space(fmt.Sprint("s", i), name.Draw(t, "name"))
		for _, w := range who.Draw(t, "members") {
			room.Members = append(room.Members, member("g"+w))
		}
		l = append(l, room)
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "channels") {
		room := channel(fmt.Sprint("c", i), rapid.SampledFrom([]string{"T", "U"}).Draw(t, "team"), name.Draw(t, "name"))
		for _, w := range who.Draw(t, "members") {
			room.Members = append(room.Members, member("m"+w))
		}
		r = append(r, room)
	}
	left, right := googleSide(l...), teams(r...)
	var links []Link
	if len(l) > 0 && len(r) > 0 && rapid.Bool().Draw(t, "linked") {
		old := rapid.SampledFrom([]string{"Sales", "Before", ""})
		links = []Link{{Left: left.Ref(l[0].ID), Right: right.Ref(r[0].ID), LeftName: old.Draw(t, "old"), RightName: old.Draw(t, "old")}}
	}
	return left, right, links
}

func TestAPlanThatWasAppliedLeavesNothingToDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, r, links := world(t)
		for _, a := range plan.Sort(Plan(l, r, links, linked("ana", "bo"))) {
			links = applied(l, r, links, a)
		}
		if again := Plan(l, r, links, linked("ana", "bo")); len(again) > 0 {
			t.Fatalf("%+v", again)
		}
	})
}

func applied(l, r Side, links []Link, a plan.Action) []Link {
	change := func(f func(*Room)) {
		for _, s := range []Side{l, r} {
			for i := range s.Rooms {
				if s.Ref(s.Rooms[i].ID) == a.Left {
					f(&s.Rooms[i])
				}
			}
		}
	}
	switch a.Verb {
	case plan.Seat:
		group := ""
		change(func(room *Room) {
			room.Members, group = append(room.Members, member(a.Right.ID)), room.GroupID
		})
		for i := range r.Rooms { // a team's seat is every channel's
			if room := &r.Rooms[i]; group != "" && room.GroupID == group && r.Ref(room.ID) != a.Left {
				room.Members = append(room.Members, member(a.Right.ID))
			}
		}
	case plan.RenameRoom:
		change(func(room *Room) { room.Name = a.After })
		for i := range links {
			if links[i].Left == a.Left || links[i].Right == a.Left {
				links[i].LeftName, links[i].RightName = a.After, a.After
			}
		}
	case plan.LinkRooms:
		links = append(links, Link{Left: a.Left, Right: a.Right})
	}
	return links
}

func TestTheSandboxsPairsAreFoundAndNothingElse(t *testing.T) {
	for seed := uint64(1); seed <= 10; seed++ {
		w := sandbox.New(sandbox.Size{Seed: seed, People: 40, Rooms: 60})
		side := func(name string) Side {
			s := Side{Tenant: platforms.Tenant{Platform: platforms.ID(name)}}
			for _, room := range w.Tenant(name).Rooms() {
				s.Rooms = append(s.Rooms, Room{Room: platforms.Room{ID: platforms.RoomID(room.ID), Name: room.Name}})
			}
			return s
		}
		found := map[string]string{}
		for _, p := range Pairs(side("google"), side("microsoft"), nil) {
			found[string(p.Left.ID)] = string(p.Right.ID)
		}
		for _, p := range w.Pairs() {
			if found[p.Room["google"]] != p.Room["microsoft"] {
				t.Errorf("seed %d: the pair %q was not found", seed, p.Name)
			}
			delete(found, p.Room["google"])
		}
		if len(found) > 0 {
			t.Errorf("seed %d: pairs that are none: %v", seed, found)
		}
	}
}
