package sandbox

import (
	"testing"
)

// pair makes a World with one room and two people in it.
func pair(t *testing.T) (*World, *Tenant) {
	t.Helper()
	w := Blank(Size{Seed: 1})
	ten := w.AddTenant("google", "C1", "Acme", "acme.example")
	for _, id := range []string{"ann", "bob", "cam"} {
		if err := ten.PutAccount(Account{ID: id, Address: id + "@acme.example"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := ten.PutRoom(Room{ID: "r", Members: map[string]Membership{"ann": {}, "bob": {}}}); err != nil {
		t.Fatal(err)
	}
	return w, ten
}

func TestReactionsAreLoggedWithWhoseTheyAre(t *testing.T) {
	w, ten := pair(t)
	if _, err := w.Say("google", "r", "ann", "", "m", Text("hello")); err != nil {
		t.Fatal(err)
	}
	_, from := ten.Changes(0)
	for _, on := range []bool{true, true, false, false} { // repeating changes nothing
		if err := w.React("google", "r", "m", "bob", "👍", on); err != nil {
			t.Fatal(err)
		}
	}
	log, _ := ten.Changes(from)
	if len(log) != 2 || log[0].Kind != ReactionSet || log[1].Kind != ReactionUnset {
		t.Fatalf("log %+v, want one reaction set and one taken back", log)
	}
	for _, c := range log {
		if c.Account != "bob" || c.Reaction.Account != "bob" || c.Reaction.Emoji != "👍" || c.Reaction.ID == "" {
			t.Errorf("change %+v does not name Bob's reaction", c)
		}
	}
	if err := w.React("google", "r", "m", "cam", "👍", true); err == nil {
		t.Error("somebody reacted in a room without being a member")
	}
}

func TestFilesStandWithTheirMessage(t *testing.T) {
	w, ten := pair(t)
	file := File{ID: "f", Name: "plan.txt", Type: "text/plain", Data: []byte("the plan")}
	if _, err := w.Share("google", "r", "ann", "", "m", Text("see"), []File{file}); err != nil {
		t.Fatal(err)
	}
	if m, _ := ten.Message("r", "m"); len(m.Files) != 1 || string(m.Files[0].Data) != "the plan" {
		t.Errorf("message %+v lacks the file", m)
	}
	if err := w.Retract("google", "r", "m"); err != nil {
		t.Fatal(err)
	}
	if m, _ := ten.Message("r", "m"); len(m.Files) != 0 {
		t.Error("a deleted message keeps its file")
	}
	if truth := w.Truth(); len(truth) != 1 || len(truth[0].Files) != 1 || !truth[0].Deleted {
		t.Errorf("truth %+v, want the file as it was", truth)
	}
}

func TestARemovedRoomIsGone(t *testing.T) {
	w, ten := pair(t)
	if _, err := w.Say("google", "r", "ann", "", "m", Text("hello")); err != nil {
		t.Fatal(err)
	}
	if err := ten.RemoveRoom("r"); err != nil {
		t.Fatal(err)
	}
	_, room := ten.Room("r")
	_, message := ten.Message("r", "m")
	if room || message || len(ten.Rooms()) != 0 || len(ten.Messages("r")) != 0 {
		t.Error("something of the room is left")
	}
	if err := ten.RemoveRoom("r"); err == nil {
		t.Error("a room was removed twice")
	}
}

func TestChangesOfAccountsNameTheirFields(t *testing.T) {
	_, ten := pair(t)
	_, from := ten.Changes(0)
	if err := ten.ChangeAccount("ann", func(a *Account) { a.Suspended, a.Family = true, "Lee" }); err != nil {
		t.Fatal(err)
	}
	if err := ten.SetOwner("r", "bob", true); err != nil {
		t.Fatal(err)
	}
	log, _ := ten.Changes(from)
	if len(log) != 2 || len(log[0].Fields) != 2 || log[0].Fields[0] != "family" || log[0].Fields[1] != "suspended" {
		t.Errorf("log %+v, want family and suspended", log)
	}
	if r, _ := ten.Room("r"); !r.Members["bob"].Owner || log[1].Kind != MemberChanged {
		t.Errorf("Bob is no owner: %+v", r)
	}
}
