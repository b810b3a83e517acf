package sandbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// spoken is a Said without what the machine's clock puts in.
func spoken(w *World) []Said {
	said := w.Truth()
	for i := range said {
		said[i].Time = time.Time{}
	}
	return said
}

func TestEqualTalksSayTheSame(t *testing.T) {
	talk := func(seed uint64) []Said {
		w := New(Size{Seed: 3, People: 40, Rooms: 8})
		if err := w.Converse(t.Context(), Talk{Messages: 120, Seed: seed}); err != nil {
			t.Fatal(err)
		}
		return spoken(w)
	}
	one := talk(1)
	if diff := cmp.Diff(one, talk(1)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(one, talk(2)) {
		t.Error("another seed says the same")
	}
}

// TestEveryTalkKeepsItsPromises draws Worlds and talks.
func TestEveryTalkKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := New(Size{Seed: rapid.Uint64().Draw(t, "world"), People: rapid.IntRange(8, 80).Draw(t, "people"), Rooms: rapid.IntRange(3, 30).Draw(t, "rooms")})
		n := rapid.IntRange(0, 150).Draw(t, "messages")
		heard := 0
		if err := w.Converse(context.Background(), Talk{Messages: n, Seed: rapid.Uint64().Draw(t, "talk"), OnSaid: func(Said) { heard++ }}); err != nil {
			t.Fatal(err)
		}
		said := w.Truth()
		if len(said) != n || heard != n {
			t.Fatalf("%d messages said and %d heard, want %d", len(said), heard, n)
		}
		promises(t, w, said, n)
	})
}

func promises(t *rapid.T, w *World, said []Said, n int) {
	edits, deletes, replies, heard := 0, 0, 0, map[string]bool{}
	answered, gone := map[string]bool{}, map[string]bool{}
	for _, s := range said {
		tenant := w.Tenant(s.Tenant)
		a, ok := tenant.Account(s.Author)
		if !ok || !a.canSpeak() || a.Guest || a.ID == tenant.Bridge || !tenant.InRoom(s.Room, a.ID) {
			t.Errorf("%+v spoke in %s", a, s.Room)
		}
		m, ok := tenant.Message(s.Room, s.ID)
		if !ok || m.Version != s.Version || s.Deleted == m.Deleted.IsZero() || m.Root != s.Root {
			t.Errorf("the truth %+v and the room %+v differ", s, m)
		}
		if !s.Deleted && !cmp.Equal(m.Body, s.Body) {
			t.Errorf("the truth %v and the room %v differ", s.Body, m.Body)
		}
		heard[s.Room] = true
		key := s.Room + "\x00"
		if s.Version > 1 && !s.Deleted {
			edits++
		}
		if s.Deleted {
			deletes++
			gone[key+s.ID] = true
		}
		if s.Root != s.ID {
			if !s.Deleted {
				replies++
			}
			answered[key+s.Root] = true
		}
		soundMentions(t, tenant, s)
	}
	for key := range answered {
		if gone[key] {
			t.Errorf("the answered message %q was taken back", key)
		}
	}
	if n >= 5 && (edits == 0 || deletes == 0 || replies == 0) {
		t.Errorf("%d messages: %d edits, %d deletes, %d replies", n, edits, deletes, replies)
	}
	if pairs := w.Pairs(); n >= 2*len(pairs)+2 {
		for _, pair := range pairs {
			if !heard[pair.Room["google"]] || !heard[pair.Room["microsoft"]] {
				t.Errorf("pair %q did not hear both sides", pair.Name)
			}
		}
	}
}

func soundMentions(t *rapid.T, tenant *Tenant, s Said) {
	eachRun(s.Body, func(r Run) {
		if r.Mention == "" {
			return
		}
		if a, ok := tenant.Account(r.Mention); !ok || a.Name != r.Text || !tenant.InRoom(s.Room, a.ID) || a.ID == s.Author {
			t.Errorf("%s mentions %q in %s", s.Author, r.Mention, s.Room)
		}
	})
}

func eachRun(b Body, f func(Run)) {
	for _, block := range b {
		for _, runs := range append([][]Run{block.Runs}, block.Items...) {
			for _, r := range runs {
				f(r)
			}
		}
		eachRun(block.Body, f)
	}
}

// TestAnswersGoToBridgedThreadsToo plays a bridge that copies every root to the
// other side at once, and takes copies back with their originals.
func TestAnswersGoToBridgedThreadsToo(t *testing.T) {
	w := New(Size{Seed: 4, People: 40, Rooms: 5})
	other := map[string][2]string{}
	for _, pair := range w.Pairs() {
		other[pair.Room["google"]] = [2]string{"microsoft", pair.Room["microsoft"]}
		other[pair.Room["microsoft"]] = [2]string{"google", pair.Room["google"]}
	}
	stop := w.Watch(func(c Change) {
		to, ok := other[c.Room]
		m, there := w.Tenant(c.Tenant).Message(c.Room, c.Message)
		if !ok || !there || m.Extra["copy"] != "" || m.Root != m.ID {
			return
		}
		switch c.Kind {
		case MessagePosted:
			_, err := w.Tenant(to[0]).Post(Message{ID: "copy-" + c.Room + m.ID, Room: to[1], Author: "app:hub", Wire: "<p>" + m.Body.Plain() + "</p>", Extra: map[string]string{"copy": "yes"}})
			if err != nil {
				t.Error(err)
			}
		case MessageDeleted:
			if err := w.Tenant(to[0]).DeleteMessage(to[1], "copy-"+c.Room+m.ID); err != nil {
				t.Error(err)
			}
		}
	})
	defer stop()
	for seed := range uint64(2) {
		if err := w.Converse(t.Context(), Talk{Messages: 300, Seed: seed, DeleteShare: 0.3}); err != nil {
			t.Fatal(err)
		}
	}
	across, gone := 0, 0
	for _, s := range w.Truth() {
		if strings.HasPrefix(s.Root, "copy-") {
			across++
			if m, _ := w.Tenant(s.Tenant).Message(s.Room, s.Root); !m.Deleted.IsZero() {
				t.Errorf("%q answers a message that was taken back", s.Body.Plain())
			}
		}
		if s.Deleted && s.Root == s.ID {
			gone++
		}
	}
	if across < 20 || gone < 10 {
		t.Errorf("%d answers to copies, %d roots taken back", across, gone)
	}
}

func TestPeopleWithoutCounterpartAreHeard(t *testing.T) {
	w := New(Size{Seed: 6, People: 60, Rooms: 10})
	if err := w.Converse(t.Context(), Talk{Messages: 100}); err != nil {
		t.Fatal(err)
	}
	humans, alone := w.humans(), map[string]int{}
	for _, s := range w.Truth() {
		if a, _ := w.Tenant(s.Tenant).Account(s.Author); humans[a.Human] == 1 {
			alone[s.Tenant]++
		}
	}
	if alone["google"] == 0 || alone["microsoft"] == 0 {
		t.Errorf("heard from people on one side only: %v", alone)
	}
}

func TestConverseKeepsItsPaceAndStops(t *testing.T) {
	w := New(Size{People: 20, Rooms: 3})
	start := time.Now()
	if err := w.Converse(t.Context(), Talk{Messages: 11, Rate: 200}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 45*time.Millisecond {
		t.Errorf("11 messages at 200 a second took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Converse(ctx, Talk{Messages: 5}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled talk ended with %v", err)
	}
	if err := Blank(Size{}).Converse(t.Context(), Talk{Messages: 5}); !errors.Is(err, ErrNoPairs) {
		t.Errorf("a talk without rooms ended with %v", err)
	}
}

func TestConverseTakesTheEmulatorsIDs(t *testing.T) {
	w := New(Size{People: 20, Rooms: 3})
	n := 0
	ids := map[string]func() string{"google": func() string { n++; return fmt.Sprintf("g%d", n) }}
	if err := w.Converse(t.Context(), Talk{Messages: 12, NewID: ids}); err != nil {
		t.Fatal(err)
	}
	for _, s := range w.Truth() {
		if s.Tenant == "google" != strings.HasPrefix(s.ID, "g") {
			t.Errorf("%s has a message %q", s.Tenant, s.ID)
		}
	}
}

func TestSuspendedPeopleFallSilentAtOnce(t *testing.T) {
	w := New(Size{Seed: 8, People: 30, Rooms: 3})
	var once sync.Once
	silenced := ""
	err := w.Converse(t.Context(), Talk{Messages: 80, OnSaid: func(s Said) {
		if s.Author == silenced {
			t.Errorf("%s spoke after being suspended", s.Author)
		}
		once.Do(func() {
			silenced = s.Author
			if err := w.Tenant(s.Tenant).ChangeAccount(s.Author, func(a *Account) { a.Suspended = true }); err != nil {
				t.Error(err)
			}
		})
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheCorpusIsHardAndVaried(t *testing.T) {
	who := Run{Text: "Zoë", Mention: "1"}
	scripts, largest := map[string]bool{}, 0
	note := func(s string) {
		if isMisplaced(s) || !utf8.ValidString(s) || strings.Contains(strings.ToLower(s), "lorem ipsum") {
			t.Errorf("unfit text %q", s)
		}
		for script, table := range unicode.Scripts {
			if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(table, r) }) {
				scripts[script] = true
			}
		}
	}
	for i := range misplaced {
		if text := fmt.Sprintf(misplaced[i], 123456); !isMisplaced("<p>Ann: " + text + "</p>") {
			t.Errorf("%q is not recognised as misplaced", text)
		}
	}
	for _, c := range Conversations() {
		if len(c.Lines) < 2 {
			t.Errorf("a conversation without an answer: %+v", c)
		}
		for _, l := range c.Lines {
			note(l.body(l.Say, who).Plain())
			if l.Fix == l.Say {
				t.Errorf("%q is mended into itself", l.Say)
			}
		}
	}
	seen := map[string]bool{}
	for _, b := range Hard(who) {
		plain := b.Plain()
		largest = max(largest, len(plain))
		note(plain)
		soundBody(t, b)
		key := fmt.Sprintf("%+v", b)
		if seen[key] {
			t.Errorf("twice: %q", plain)
		}
		seen[key] = true
	}
	if len(scripts) < 14 || largest < 8<<10 || largest > 16<<10 {
		t.Errorf("%d scripts, largest message %d bytes", len(scripts), largest)
	}
}

// soundBody holds what Hard's comment says about bodies.
func soundBody(t *testing.T, b Body) {
	t.Helper()
	for i, block := range b {
		if i > 0 && block.Kind == b[i-1].Kind && block.Kind != "p" {
			t.Errorf("two neighbouring %q blocks in %v", block.Kind, b)
		}
		if block.Kind == "p" && len(block.Runs) == 0 {
			t.Errorf("an empty paragraph in %v", b)
		}
	}
	eachRun(b, func(r Run) {
		if r.Text == "" || r.Mono && (r.Bold || r.Italic || r.Strike || r.Link != "") {
			t.Errorf("run %+v", r)
		}
	})
}

func TestUpheavalChangesOneThingOfEachKind(t *testing.T) {
	for _, size := range []Size{{Seed: 1, People: 8, Rooms: 3}, {Seed: 2, People: 60, Rooms: 12}} {
		w, again := New(size), New(size)
		done := w.Upheaval(5)
		if diff := cmp.Diff(done, again.Upheaval(5)); diff != "" {
			t.Error(diff)
		}
		kinds := map[UpsetKind]Upset{}
		for _, u := range done {
			kinds[u.Kind] = u
			if u.Name == "" || u.Text == "" || u.Subject == "" {
				t.Errorf("%+v tells too little", u)
			}
		}
		joined := kinds[PersonJoined]
		a, _ := w.Tenant(joined.Tenant).Account(joined.Subject)
		if b, ok := w.Tenant("microsoft").Account(a.Address); !ok || b.Human != a.Human || b.ID == a.ID {
			t.Errorf("joined as %+v and %+v", a, b)
		}
		renamed := kinds[RoomRenamed]
		if r, _ := w.Tenant(renamed.Tenant).Room(renamed.Subject); r.Name != renamed.Name {
			t.Errorf("renamed %+v, but it is %q", renamed, r.Name)
		}
		suspended := kinds[PersonSuspended]
		if a, _ := w.Tenant(suspended.Tenant).Account(suspended.Subject); !a.Suspended {
			t.Errorf("suspended %+v, but %+v", suspended, a)
		}
		opened := kinds[RoomOpened]
		if r, ok := w.Tenant(opened.Tenant).Room(opened.Subject); !ok || len(r.Members) < 3 {
			t.Errorf("opened %+v, but %+v", opened, r)
		}
		if left := kinds[MemberLeft]; w.Tenant(left.Tenant).InRoom(left.Room, left.Subject) {
			t.Errorf("%+v is still there", left)
		}
		if err := w.Converse(t.Context(), Talk{Messages: 40}); err != nil {
			t.Error("nobody can talk afterwards:", err)
		}
	}
	w := New(Size{People: 20, Rooms: 4})
	if done := w.Upheaval(1, RoomRenamed, PersonJoined); len(done) != 2 || done[0].Kind != PersonJoined || done[1].Kind != RoomRenamed {
		t.Errorf("asked for two kinds, got %+v", done)
	}
}
