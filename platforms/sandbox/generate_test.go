package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// shape is everything that equal sizes promise to make equal.
type shape struct {
	IDs, Admins, Bridges []string
	Domains              [][]string
	Accounts             [][]Account
	Rooms                [][]Room
	Pairs                []Pair
}

func shapeOf(w *World) shape {
	s := shape{Pairs: w.Pairs()}
	for _, name := range w.Tenants() {
		t := w.Tenant(name)
		s.IDs, s.Admins, s.Bridges = append(s.IDs, t.ID), append(s.Admins, t.Admin), append(s.Bridges, t.Bridge)
		s.Domains, s.Accounts, s.Rooms = append(s.Domains, t.Domains), append(s.Accounts, t.Accounts()), append(s.Rooms, t.Rooms())
	}
	return s
}

func TestEqualSizesMakeEqualWorlds(t *testing.T) {
	size := Size{Seed: 7, People: 120, Rooms: 30}
	one := shapeOf(New(size))
	time.Sleep(5 * time.Millisecond) // time must not matter
	if diff := cmp.Diff(one, shapeOf(New(size))); diff != "" {
		t.Error(diff)
	}
	size.Seed++
	if cmp.Equal(one, shapeOf(New(size))) {
		t.Error("another seed makes the same World")
	}
}

func TestWorldsHaveTheSizeAskedFor(t *testing.T) {
	for _, size := range []Size{{People: 0, Rooms: 0}, {People: 8, Rooms: 3}, {People: 9, Rooms: 4}, {People: 13, Rooms: 5}, {People: 50, Rooms: 12}, {People: 333, Rooms: 47}, {People: 5000, Rooms: 200}} {
		start := time.Now()
		w := New(size)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%+v took %v", size, took)
		}
		people, rooms := max(size.People, 8), max(size.Rooms, 3)
		for _, name := range w.Tenants() {
			tenant := w.Tenant(name)
			if n := len(tenant.Accounts()); n != people {
				t.Errorf("%+v: %d accounts on %s", size, n, name)
			}
			if n := len(tenant.Rooms()); n != rooms {
				t.Errorf("%+v: %d rooms on %s", size, n, name)
			}
		}
		if n := len(w.Pairs()); n < rooms/2 {
			t.Errorf("%+v: only %d pairs", size, n)
		}
	}
}

// TestEveryWorldIsSound draws sizes and holds what everything else relies on.
func TestEveryWorldIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := Size{Seed: rapid.Uint64().Draw(t, "seed"), People: rapid.IntRange(1, 300).Draw(t, "people"), Rooms: rapid.IntRange(1, 60).Draw(t, "rooms")}
		w := New(size)
		for _, name := range w.Tenants() {
			soundAccounts(t, w.Tenant(name))
			soundRooms(t, w.Tenant(name))
		}
		soundPairs(t, w)
	})
}

func soundAccounts(t *rapid.T, tenant *Tenant) {
	taken := map[string]string{}
	for _, a := range tenant.Accounts() {
		for _, address := range a.addresses() {
			if other, twice := taken[address]; twice && other != a.ID {
				t.Errorf("%s: %q belongs to %s and %s", tenant.Name, address, other, a.ID)
			}
			taken[address] = a.ID
			if reason := badAddress(address); reason != "" {
				t.Errorf("%s: %s", tenant.Name, reason)
			}
		}
		if !a.Guest && !slices.Contains(tenant.Domains, domainOf(a.Address)) {
			t.Errorf("%s: member %s is under no domain of the tenant", tenant.Name, a.Address)
		}
		if a.Human == "" || a.Name == "" || !utf8.ValidString(a.Name) || a.Created.IsZero() || a.Created.After(time.Now()) {
			t.Errorf("%s: unsound account %+v", tenant.Name, a)
		}
		if strings.ToLower(a.Address) != a.Address || strings.ContainsFunc(a.Address, func(r rune) bool { return r > unicode.MaxASCII }) {
			t.Errorf("%s: address %q is not plain", tenant.Name, a.Address)
		}
		if key, ok := tenant.Account(strings.ToUpper(a.Address)); !ok || key.ID != a.ID {
			t.Errorf("%s: %s is not found by its address", tenant.Name, a.Address)
		}
	}
	admin, ok := tenant.Account(tenant.Admin)
	if !ok || !admin.Admin || !admin.canSpeak() {
		t.Errorf("%s: administrator %+v", tenant.Name, admin)
	}
	if bridge, ok := tenant.Account(tenant.Bridge); ok != (tenant.Name == "microsoft") || bridge.Admin || ok && !bridge.Licensed {
		t.Errorf("%s: bridge account %+v", tenant.Name, bridge)
	}
}

func soundRooms(t *rapid.T, tenant *Tenant) {
	teams, names := map[string][]string{}, map[string]bool{}
	for _, r := range tenant.Rooms() {
		if key := r.Group + "\x00" + bare(r.Name); names[key] {
			t.Errorf("%s: two rooms called %q", tenant.Name, r.Name)
		} else {
			names[key] = true
		}
		for id := range r.Members {
			if _, ok := tenant.Account(id); !ok || id == tenant.Bridge {
				t.Errorf("%s: %s sits in %q", tenant.Name, id, r.Name)
			}
		}
		if r.Created.After(time.Now()) || r.Active.Before(r.Created) {
			t.Errorf("%s: %q was made at %v and active at %v", tenant.Name, r.Name, r.Created, r.Active)
		}
		if r.Kind == "channel" {
			members := slices.Sorted(maps.Keys(r.Members))
			if first, seen := teams[r.Group]; seen && !slices.Equal(first, members) {
				t.Errorf("team %s has standard channels with different members", r.GroupName)
			}
			teams[r.Group] = members
		}
	}
	for id := range teams {
		if !names[id+"\x00general"] {
			t.Errorf("team %s has no General channel", id)
		}
	}
}

func soundPairs(t *rapid.T, w *World) {
	google, microsoft := w.Tenant("google"), w.Tenant("microsoft")
	for _, pair := range w.Pairs() {
		space, ok1 := google.Room(pair.Room["google"])
		channel, ok2 := microsoft.Room(pair.Room["microsoft"])
		if !ok1 || !ok2 || space.Kind != "space" || channel.Kind != "channel" || space.HistoryOff || space.External || !space.Threaded {
			t.Fatalf("pair %q cannot be linked: %+v, %+v", pair.Name, space, channel)
		}
		if bare(space.Name) != bare(channel.Name) {
			t.Errorf("%q and %q do not look alike", space.Name, channel.Name)
		}
		clean := 0
		for id := range space.Members {
			a, _ := google.Account(id)
			b, ok := microsoft.Account(a.Address)
			if _, in := channel.Members[b.ID]; ok && in && a.Address == b.Address && a.Human == b.Human && a.canSpeak() && b.canSpeak() {
				clean++
			}
		}
		if clean < 3 {
			t.Errorf("pair %q has %d people who are beyond doubt", pair.Name, clean)
		}
		for id := range channel.Members {
			if a, _ := microsoft.Account(id); a.Guest {
				t.Errorf("pair %q has a guest", pair.Name)
			}
		}
	}
}

// relation sorts people by how their accounts relate, from the truth alone.
func relations(w *World) map[string]int {
	google, microsoft := w.Tenant("google"), w.Tenant("microsoft")
	count, seen := map[string]int{}, map[string]Account{}
	for _, a := range google.Accounts() {
		seen[a.Human] = a
	}
	for _, b := range microsoft.Accounts() {
		a, both := seen[b.Human]
		delete(seen, b.Human)
		shared := slices.ContainsFunc(a.addresses(), func(x string) bool { return slices.Contains(b.addresses(), x) })
		switch {
		case b.Guest && both:
			count["own guest"]++
		case b.Guest:
			count["guest"]++
		case !both:
			count["only microsoft"]++
		case a.Address == b.Address:
			count["same address"]++
		case shared:
			count["alias"]++
		case a.EmployeeID != "" && a.EmployeeID == b.EmployeeID:
			count["employee id"]++
		default:
			count["ambiguous"]++
		}
		for side, x := range map[string]Account{"google": a, "microsoft": b} {
			if both && x.Suspended {
				count["suspended on "+side]++
			}
			if both && !x.Licensed && !x.Guest {
				count["unlicensed on "+side]++
			}
		}
	}
	count["only google"] = len(seen)
	return count
}

func TestPeopleRelateInEveryWay(t *testing.T) {
	count := relations(New(Size{Seed: 5, People: 400, Rooms: 10}))
	t.Log(count)
	for _, way := range []string{
		"same address", "alias", "employee id", "ambiguous", "guest", "own guest", "only google", "only microsoft",
		"suspended on google", "suspended on microsoft", "unlicensed on google", "unlicensed on microsoft",
	} {
		if count[way] == 0 {
			t.Errorf("nobody is %q", way)
		}
	}
	if count["same address"] < 240 {
		t.Errorf("only %d of 400 are the easy case", count["same address"])
	}
}

func TestNamesComeInADozenScriptsAndMostlyOnce(t *testing.T) {
	w := New(Size{Seed: 2, People: 5000, Rooms: 3})
	scripts, names, hostile := map[string]int{}, map[string]int{}, 0
	for _, a := range w.Tenant("google").Accounts() {
		names[a.Name]++
		for script, table := range unicode.Scripts {
			if script != "Common" && script != "Inherited" && strings.ContainsFunc(a.Name, func(r rune) bool { return unicode.Is(table, r) }) {
				scripts[script]++
			}
		}
		if strings.ContainsAny(a.Name, "<>=@*\u202e\u200b") || strings.Contains(a.Name, "(Google Chat)") {
			hostile++
		}
	}
	if len(scripts) < 12 {
		t.Errorf("names in %d scripts: %v", len(scripts), scripts)
	}
	if len(names) < 4500 || len(names) == 5000 {
		t.Errorf("%d different names among 5000 people", len(names))
	}
	if hostile < 5 {
		t.Errorf("%d hostile names", hostile)
	}
}

func TestRoomsComeInEveryKind(t *testing.T) {
	w := New(Size{Seed: 5, People: 200, Rooms: 40})
	got := map[string]bool{}
	for _, name := range w.Tenants() {
		tenant := w.Tenant(name)
		for _, r := range tenant.Rooms() {
			got[r.Kind] = true
			got["history off"] = got["history off"] || r.HistoryOff
			got["external"] = got["external"] || r.External
			for id := range r.Members {
				a, _ := tenant.Account(id)
				got["guest"] = got["guest"] || a.Guest
				got["administrator"] = got["administrator"] || a.Admin
			}
		}
	}
	for _, kind := range []string{"space", "channel", "private", "shared", "history off", "external", "guest", "administrator"} {
		if !got[kind] {
			t.Errorf("no room is or has %q", kind)
		}
	}
}

func TestNamesSpellAddresses(t *testing.T) {
	for _, list := range [][]culture{latinCultures, scriptCultures} {
		for _, c := range list {
			for _, f := range append(parseNames(c.given), parseNames(c.family)...) {
				for i, roman := range f.roman {
					if len(roman) < 2 && c.lang != "vi" || roman == "" || f.native[i] == "" {
						t.Errorf("%s: %q is spelt %q", c.lang, f.native[i], roman)
					}
				}
			}
		}
	}
	for native, want := range map[string]string{"Weiß": "weiss", "Øystein": "oystein", "Łukasz": "lukasz", "Þórdís": "thordis", "İpek": "ipek", "Işık": "isik", "O'Brien": "obrien"} {
		if got := romanise(native); got != want {
			t.Errorf("%q is spelt %q, want %q", native, got, want)
		}
	}
}

func ExampleNew() {
	w := New(Size{Seed: 1, People: 20, Rooms: 5})
	for _, name := range w.Tenants() {
		t := w.Tenant(name)
		fmt.Println(name, t.Domains[0], len(t.Accounts()), len(t.Rooms()))
	}
	// Output:
	// google acme.example 20 5
	// microsoft acme.example 20 5
}
