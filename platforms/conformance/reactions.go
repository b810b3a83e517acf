package conformance

import (
	"slices"
	"testing"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// testReactions: a reaction stands once however often it is set, is somebody's
// own where the platform can do that, is told of, and is taken back.
func (s *suite) testReactions(t *testing.T) {
	room, id := s.room(t)
	features := s.conn.Messages.Features(room)
	if !features.Reactions {
		t.Errorf("reactions can be set, yet features are %+v", features)
	}
	who := s.speakers(t)
	as, account := platforms.UserID(""), s.tenant.Bridge
	if features.ReactAsPerson {
		as, account = platforms.UserID(who[1].ID), who[1].ID
	}
	said, err := s.f.World.Say(s.f.Tenant, id, who[0].ID, "", s.emu.NewMessageID(), sandbox.Text("who likes this?"))
	if err != nil {
		t.Fatal(err)
	}
	r, _ := s.tenant.Room(id)
	message := s.f.Message(r, said)
	w := s.follow(t, room)
	react := func(emoji string, on bool) {
		t.Helper()
		for range 2 { // repeating it changes nothing
			s.until(t, func() error {
				return s.conn.Reacts.React(t.Context(), room, message, as, emoji, on)
			})
		}
	}
	for _, emoji := range []string{"👍", "❤️", "🙋🏽"} {
		react(emoji, true)
		if got := s.reactions(id, said.ID, account, emoji); got != 1 {
			t.Errorf("%s stands %d times", emoji, got)
		}
		e := w.await(t, platforms.ReactionAdded, message, func(e platforms.Event) bool { return e.Emoji == emoji })
		if e.Author.User != platforms.UserID(account) || e.Key == "" || e.Time.IsZero() || e.Room != room {
			t.Errorf("the reaction arrived as %+v", e)
		}
	}
	react("👍", false)
	if got := s.reactions(id, said.ID, account, "👍"); got != 0 {
		t.Errorf("a reaction taken back stands %d times", got)
	}
	if got := s.reactions(id, said.ID, account, "❤️"); got != 1 {
		t.Errorf("another reaction stands %d times", got)
	}
	gone := w.await(t, platforms.ReactionRemoved, message, nil)
	if gone.Emoji != "👍" || gone.Author.User != platforms.UserID(account) {
		t.Errorf("taking it back arrived as %+v", gone)
	}
}

// testOthersReact: what people of the World set and take back is told of.
func (s *suite) testOthersReact(t *testing.T) {
	room, id := s.room(t)
	r, _ := s.tenant.Room(id)
	who := s.speakers(t)
	said, err := s.f.World.Say(s.f.Tenant, id, who[0].ID, "", s.emu.NewMessageID(), sandbox.Text("and now?"))
	if err != nil {
		t.Fatal(err)
	}
	w := s.follow(t, room)
	for _, on := range []bool{true, false} {
		if err := s.f.World.React(s.f.Tenant, id, said.ID, who[1].ID, "🎉", on); err != nil {
			t.Fatal(err)
		}
		kind := platforms.ReactionRemoved
		if on {
			kind = platforms.ReactionAdded
		}
		e := w.await(t, kind, s.f.Message(r, said), nil)
		if e.Emoji != "🎉" || e.Author.User != platforms.UserID(who[1].ID) || e.Own {
			t.Errorf("somebody's reaction arrived as %+v", e)
		}
	}
}

// reactions counts an account's reactions of one kind on a message.
func (s *suite) reactions(room, message, account, emoji string) int {
	m, _ := s.tenant.Message(room, message)
	return len(slices.DeleteFunc(m.Reactions, func(r sandbox.Reaction) bool { return r.Account != account || r.Emoji != emoji }))
}
