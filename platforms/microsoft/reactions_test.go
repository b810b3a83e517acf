package microsoft

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
)

// liked is a reaction as Graph writes it.
func liked(user, kind string, at int) string {
	return fmt.Sprintf(`{"reactionType":%q,"createdDateTime":%q,"user":{"application":null,"user":{"id":%q,"displayName":null}}}`, kind, stamp(at), user)
}

// happened is what a look tells of reactions, in short.
func happened(events []platforms.Event) []string {
	var list []string
	for _, e := range events {
		if e.Kind == platforms.ReactionAdded || e.Kind == platforms.ReactionRemoved {
			list = append(list, fmt.Sprint(e.Kind, " ", e.Author.User, " ", e.Emoji, " ", e.Own))
		}
	}
	return list
}

func TestReactionsAreToldWhenSetAndWhenTakenBack(t *testing.T) {
	r := reader{room: "t/c", own: "bridge", after: at(0), memory: memory{}}
	look := func(modified int, more string) []platforms.Event {
		t.Helper()
		return r.thread(message(t, "1", -10, modified, `,"reactions":[`+more+`]`))
	}
	one, two := liked("u1", "like", 10), liked("u2", "💘", 12)
	first := look(12, one+","+two+","+liked("bridge", "heart", 11))
	if diff := cmp.Diff([]string{"reaction-added u1 👍 false", "reaction-added u2 💘 false", "reaction-added bridge ❤️ true"}, happened(first)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if e := first[0]; e.Message != "t/c/1" || e.Root != "t/c/1" || !e.Time.Equal(at(10)) || e.Room != "t/c" {
		t.Errorf("the event is %+v", e)
	}
	same := look(12, one+","+two+","+liked("bridge", "heart", 11))
	for i := range same {
		if same[i].Key != first[i].Key {
			t.Errorf("what stands is told again by another key: %q, %q", same[i].Key, first[i].Key)
		}
	}
	gone := look(20, two+","+liked("bridge", "heart", 11))
	if diff := cmp.Diff([]string{"reaction-added u2 💘 false", "reaction-added bridge ❤️ true", "reaction-removed u1 👍 false"}, happened(gone)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if late := look(12, one+","+two); len(late) != 0 {
		t.Errorf("an answer older than what is known tells %v", happened(late))
	}
	again := look(30, liked("u1", "like", 30)+","+two+","+liked("bridge", "heart", 11))
	if got := happened(again); len(got) != 3 || again[0].Key == first[0].Key {
		t.Errorf("set again after it was taken back: %v, key %q", got, again[0].Key)
	}
	deleted := r.thread(message(t, "1", -10, 40, `,"deletedDateTime":"`+stamp(40)+`","reactions":[]`))
	if got := happened(deleted); len(got) != 0 || len(r.memory) != 0 {
		t.Errorf("with the message gone: %v, remembered %v", got, r.memory)
	}
}

func TestReactionsThatCannotBeCarriedAreLeftOut(t *testing.T) {
	r := reader{room: "t/c", own: "bridge", after: at(0), memory: memory{}}
	events := r.thread(message(t, "1", 10, 20, `,"reactions":[`+liked("u1", "like", -5)+`,`+liked("u1", "custom", 15)+`,`+liked("", "like", 15)+
		`,{"reactionType":"like","createdDateTime":"`+stamp(15)+`","user":{"user":null}},{}]`))
	if got := happened(events); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	if len(events) != 1 || events[0].Kind != platforms.MessageCreated {
		t.Errorf("the message itself is %+v", events)
	}
}

func TestTheSixNamedReactionsAreEmoji(t *testing.T) {
	for name, want := range map[string]string{"like": "👍", "heart": "❤️", "laugh": "😆", "surprised": "😮", "sad": "🙁", "angry": "😡", "🙋🏽": "🙋🏽", "custom": "", "1️⃣": "1️⃣"} {
		if got := emojiOf(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestACursorRemembersTheLatestReactionsOnly(t *testing.T) {
	m := memory{}
	for i := range maxReacted + 5 {
		m[platforms.MessageID(fmt.Sprint(i))] = reacted{Modified: at(i), Reactions: []reaction{{User: "u", Emoji: "👍"}}}
	}
	m.forget()
	if _, oldest := m["4"]; len(m) != maxReacted || oldest {
		t.Errorf("%d are remembered, the oldest: %v", len(m), oldest)
	}
	if _, latest := m[platforms.MessageID(fmt.Sprint(maxReacted+4))]; !latest {
		t.Error("the latest is forgotten")
	}
	r := reader{room: "t/c", after: at(0), memory: memory{}}
	many := ""
	for i := range maxReactions + 10 {
		many += "," + liked(fmt.Sprint("u", i), "like", 10)
	}
	if got := happened(r.thread(message(t, "1", -10, 20, `,"reactions":[`+many[1:]+`]`))); len(got) != maxReactions+10 || len(r.memory["t/c/1"].Reactions) != maxReactions {
		t.Errorf("%d were told, %d are remembered", len(got), len(r.memory["t/c/1"].Reactions))
	}
}

func TestADeletionIsUndoneOnce(t *testing.T) {
	x := open(t)
	c := x.connect()
	room, id, _, _ := x.channel()
	if err := c.RoomEdit.Seat(t.Context(), room, c.Seats[0].User, ""); err != nil {
		t.Fatal(err)
	}
	sent, err := c.Messages.Send(t.Context(), draft(room, "", "undone"))
	if err != nil {
		t.Fatal(err)
	}
	target := platforms.Target{Room: room, ID: sent.ID, Root: sent.Root}
	if err := c.Messages.Delete(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	x.settle()
	for range 2 { // the second time is a no-op
		if err := c.Undelete.Undelete(t.Context(), target); err != nil {
			t.Fatal(err)
		}
	}
	if got := x.standing(id); len(got) != 1 || got[0] != "undone <b>" {
		t.Errorf("messages are %q", got)
	}
	target.ID = messageID(room, "1", "")
	if err := c.Undelete.Undelete(t.Context(), target); platforms.KindOf(err) != platforms.NotFound {
		t.Errorf("a message that never was: %v", err)
	}
}

func TestAReactionNeverComesBeforeItsMessage(t *testing.T) {
	r := reader{room: "t/c", own: "bridge", after: at(0), memory: memory{}}
	// Dated by a server whose clock is two seconds behind the one that dated the message.
	events := r.thread(message(t, "1", 12, 12, `,"reactions":[`+liked("u1", "like", 10)+`]`))
	if len(events) != 2 || events[0].Kind != platforms.MessageCreated || events[1].Kind != platforms.ReactionAdded {
		t.Fatalf("told: %+v", events)
	}
	if events[1].Time.Before(events[0].Time) {
		t.Errorf("the reaction is dated %v, its message %v: in the room's order it would come first", events[1].Time, events[0].Time)
	}
}
