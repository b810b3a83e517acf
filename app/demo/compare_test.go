package demo

import (
	"testing"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// loose is a room of no pair.
func loose(t *testing.T, w *sandbox.World) (*sandbox.Tenant, sandbox.Room) {
	t.Helper()
	paired := map[string]bool{}
	for _, pair := range w.Pairs() {
		paired[pair.Room["google"]] = true
	}
	tenant := w.Tenant("google")
	for _, room := range tenant.Rooms() {
		if !paired[room.ID] {
			return tenant, room
		}
	}
	t.Fatal("every space is paired")
	return nil, sandbox.Room{}
}

func TestMessagesInRoomsThatAreNotLinkedAreFound(t *testing.T) {
	r := &run{world: sandbox.New(sandbox.Size{Seed: 3, People: 20, Rooms: 6})}
	if err := r.world.Converse(t.Context(), sandbox.Talk{Messages: 20}); err != nil {
		t.Fatal(err)
	}
	tenant, room := loose(t, r.world)
	author := tenant.MembersOf(room.ID)[0]
	post := func(id, author string) {
		if _, err := tenant.Post(sandbox.Message{ID: id, Room: room.ID, Author: author, Body: sandbox.Text("not for here")}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.world.Say("google", room.ID, author, "", "said", sandbox.Text("said here by a person")); err != nil {
		t.Fatal(err)
	}
	post("notice", "")
	if n := r.strays(r.world.Pairs()); n != 0 {
		t.Errorf("%d strays where there are none", n)
	}
	post("leak", author)
	if n := r.strays(r.world.Pairs()); n != 1 {
		t.Errorf("%d strays, want 1", n)
	}
}

func TestOneHumanOwnsBothAccounts(t *testing.T) {
	r := &run{world: sandbox.New(sandbox.Size{Seed: 3, People: 20, Rooms: 6})}
	google, microsoft := r.world.Tenant("google"), r.world.Tenant("microsoft")
	g, m := platforms.Ref{Platform: "google", ID: google.Admin}, platforms.Ref{Platform: "microsoft", ID: microsoft.Admin}
	if !r.oneHuman(g, m) {
		t.Error("the administrator is two people")
	}
	if r.oneHuman(g, platforms.Ref{Platform: "microsoft", ID: microsoft.Bridge}) || r.oneHuman(g, platforms.Ref{Platform: "microsoft", ID: "nobody"}) {
		t.Error("two people are one")
	}
}

func TestNeighboursOfARoomChangePlaces(t *testing.T) {
	w := sandbox.New(sandbox.Size{Seed: 3, People: 20, Rooms: 6})
	tenant, room := loose(t, w)
	var list []delivery
	for _, m := range []sandbox.Message{{ID: "root"}, {ID: "answer", Root: "root"}, {ID: "last"}} {
		m.Room, m.Author, m.Body = room.ID, "app:hub", sandbox.Text(m.ID)
		posted, err := tenant.Post(m)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, delivery{tenant, posted})
	}
	if err := exchangeIn([][]delivery{list}); err != nil {
		t.Fatal(err)
	}
	created := func(id string) sandbox.Message { m, _ := tenant.Message(room.ID, id); return m }
	if !created("last").Created.Before(created("answer").Created) || !created("root").Created.Before(created("last").Created) {
		t.Error("the answer and the message after it did not change places")
	}
	if err := exchangeIn([][]delivery{list[:1]}); err == nil {
		t.Error("one delivery changed places with none")
	}
}
