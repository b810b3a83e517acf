package bridge

import (
	"fmt"
	"strings"
	"testing"

	"miohub/app/store"
	"miohub/platforms"
	"miohub/platforms/richtext"
)

func TestMessagesGoBothWaysWithRepliesEditsAndDeletes(t *testing.T) {
	r := newRig(t)
	r.run()
	fromG := r.g.say("one", "google-ana", "", text("from Google"))
	r.until("the message arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	there := r.m.relayed("one")[0]
	r.equal(there.text, "ana of google (Google Chat)\nfrom Google")
	answer := r.m.say("one", "microsoft-ben", there.id, text("an answer"))
	r.until("the answer arrives", func() bool { return len(r.g.relayed("one")) == 1 })
	back := r.g.relayed("one")[0]
	if back.root != fromG || back.as != "google-ben" || back.text != "an answer" {
		t.Errorf("the answer is %+v", back)
	}
	r.g.say("one", "google-ana", fromG, text("one more"))
	r.until("the second reply arrives", func() bool { return len(r.m.relayed("one")) == 2 })
	if second := r.m.relayed("one")[1]; second.root != there.id {
		t.Errorf("the reply is %+v", second)
	}
	r.g.correct(fromG, text("from Google, corrected"))
	r.m.correct(answer, text("a better answer"))
	r.until("the edits arrive", func() bool {
		return strings.Contains(r.m.texts("one"), "corrected") && r.g.texts("one") == "a better answer"
	})
	r.m.retract(answer)
	r.g.retract(fromG)
	r.until("the deletes arrive", func() bool { return len(r.g.relayed("one")) == 0 && len(r.m.relayed("one")) == 1 })
	r.quiet()
	if n := r.g.called("send") + r.m.called("send"); n != 3 {
		t.Errorf("%d messages were sent", n)
	}
	if len(r.g.relayed("two"))+len(r.m.relayed("two")) > 0 {
		t.Error("something went into another room")
	}
}

func TestAPersonsOwnCopyIsNotCarriedBack(t *testing.T) {
	r := newRig(t)
	r.run()
	r.m.say("one", "microsoft-ana", "", text("hello"))
	r.until("it arrives", func() bool { return len(r.g.relayed("one")) == 1 })
	copied := r.g.relayed("one")[0]
	if copied.as != "google-ana" {
		t.Fatalf("posted as %q", copied.as)
	}
	r.g.correct(copied.id, text("hello, changed by its person in the copy"))
	r.quiet()
	if len(r.m.relayed("one")) != 0 || r.m.called("edit")+r.m.called("send") != 0 {
		t.Errorf("it echoed\n%s", r.state())
	}
}

func TestAuthorsWithoutACounterpartAreLabelled(t *testing.T) {
	r := newRig(t)
	r.run()
	r.m.say("one", "microsoft-solo", "", text("nobody's counterpart"))
	r.until("it arrives", func() bool { return len(r.g.relayed("one")) == 1 })
	got := r.g.relayed("one")[0]
	r.equal(got.as+": "+got.text, ": solo of microsoft (Microsoft Teams)\nnobody's counterpart")
}

func TestTheSeatSpeaksForThoseWhoMayNot(t *testing.T) {
	r := newRig(t)
	r.g.send = func(_ int, d platforms.Draft) (bool, error) {
		if d.As != "" {
			return false, fail(platforms.Forbidden, "not a member any more")
		}
		return true, nil
	}
	r.run()
	id := r.m.say("one", "microsoft-ana", "", text("hello"))
	r.until("it arrives", func() bool { return len(r.g.relayed("one")) == 1 })
	r.equal(r.g.texts("one"), "ana of microsoft (Microsoft Teams)\nhello")
	r.m.correct(id, text("hello again"))
	r.until("the edit arrives", func() bool {
		return r.g.texts("one") == "ana of microsoft (Microsoft Teams)\nhello again"
	})
}

func TestAnEditThatChangesNothingMakesNoCall(t *testing.T) {
	r := newRig(t)
	r.run()
	id := r.g.say("one", "google-ana", "", text("same"))
	r.quiet()
	r.g.correct(id, text("same"))
	r.quiet()
	if n := r.m.called("edit"); n != 0 {
		t.Errorf("%d edits", n)
	}
}

func TestWhatHappensBeforeTheMessageWasSentIsKept(t *testing.T) {
	r := newRig(t)
	first := r.g.say("one", "google-ana", "", text("draft"))
	r.g.correct(first, text("final"))
	gone := r.g.say("one", "google-ana", "", text("never mind"))
	r.g.retract(gone)
	r.run()
	r.quiet()
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\nfinal")
}

func TestMessagesFromBeforeTheLinkAreLeftAlone(t *testing.T) {
	r := newRig(t)
	old := r.m.say("one", "microsoft-ana", "", text("old"))
	r.link("one")
	r.run()
	r.m.correct(old, text("old, edited"))
	r.m.retract(old)
	r.quiet()
	if n := len(r.g.calls); n > 0 {
		t.Errorf("calls: %v", r.g.calls)
	}
}

// A thread whose root was never carried becomes one thread there, not one for
// each reply, and answers in it find their way back into the old thread.
func TestAThreadWithAnUnknownRootStaysOneThread(t *testing.T) {
	r := newRig(t)
	old := r.m.say("one", "microsoft-ana", "", text("before the link"))
	r.link("one")
	r.run()
	r.m.say("one", "microsoft-ben", old, text("first reply"))
	r.m.say("one", "microsoft-ana", old, text("second reply"))
	r.until("the replies arrive", func() bool { return len(r.g.relayed("one")) == 2 })
	got := r.g.relayed("one")
	if got[0].root != got[0].id || got[1].root != got[0].id {
		t.Errorf("they stand in the threads %q and %q", got[0].root, got[1].root)
	}
	r.g.say("one", "google-ana", got[0].id, text("an answer from there"))
	r.until("the answer arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	if back := r.m.relayed("one")[0]; back.root != old {
		t.Errorf("it is in thread %q, want %q", back.root, old)
	}
	if held := r.held(); len(held) > 0 {
		t.Errorf("held: %+v", held)
	}
}

func TestMentionsOfLinkedPeopleAreResolved(t *testing.T) {
	r := newRig(t)
	r.run()
	mention := func(user string) richtext.Span { return richtext.Span{Mention: &richtext.Mention{User: user}} }
	r.m.say("one", "microsoft-ana", "", richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{
		mention("microsoft-ben"), {Text: " and "}, mention("microsoft-solo"), {Text: " and "}, mention("microsoft-ghost")}}})
	r.until("it arrives", func() bool { return len(r.g.relayed("one")) == 1 })
	got := r.g.relayed("one")[0]
	r.equal(got.text, "ben of microsoft and solo of microsoft and someone")
	if want := (platforms.Mentioned{User: "google-ben", Name: "ben of google"}); len(got.mentioned) != 1 || got.mentioned["microsoft-ben"] != want {
		t.Errorf("mentioned %+v", got.mentioned)
	}
}

func TestWhatCouldNotBeCarriedLeavesANote(t *testing.T) {
	r := newRig(t)
	r.g.mu.Lock()
	r.g.put(post{room: "one", as: "google-ana"}, platforms.Author{User: "google-ana"}, false, nil)
	last := &r.g.events["one"][0]
	last.Lost = []string{"1 attachment", "a card"}
	r.g.put(post{room: "one", as: "google-ana"}, platforms.Author{User: "google-ana"}, false, nil)
	r.g.mu.Unlock()
	r.run()
	r.quiet()
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\n[Not carried: 1 attachment, a card] | ana of google (Google Chat)\n[empty message]")
}

func TestAHeldMessageStopsItsOwnAffairsOnly(t *testing.T) {
	r := newRig(t)
	r.m.send = func(n int, _ platforms.Draft) (bool, error) {
		if n == 1 {
			return false, fail(platforms.Invalid, "refused")
		}
		return true, nil
	}
	bad := r.g.say("one", "google-ana", "", text("bad"))
	r.g.correct(bad, text("bad, edited"))
	r.g.say("one", "google-ana", "", text("good"))
	r.run()
	r.quiet()
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\ngood")
	held := r.held()
	if len(held) != 1 {
		t.Fatalf("held %+v", held)
	}
	// Dropped: neither the message nor its edit may come back.
	r.must(r.st.Drop(t.Context(), held[0].ID, "by the administrator"))
	r.quiet()
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\ngood")

	r.m.mu.Lock()
	r.m.send = func(int, platforms.Draft) (bool, error) { return false, fail(platforms.Invalid, "refused") }
	r.m.mu.Unlock()
	next := r.g.say("one", "google-ana", "", text("held"))
	r.quiet()
	r.g.correct(next, text("held, then edited"))
	r.quiet()
	r.m.mu.Lock()
	r.m.send = nil
	r.m.mu.Unlock()
	r.must(r.st.Resend(t.Context(), r.held()[0].ID))
	r.until("it is resent with its edit", func() bool { return strings.HasSuffix(r.m.texts("one"), "held, then edited") })
	r.g.retract(next)
	r.until("and deleted", func() bool { return strings.HasSuffix(r.m.texts("one"), "good") })
}

func TestADeletedMessageThatIsHeldNeverArrivesAfterItsDrop(t *testing.T) {
	r := newRig(t)
	r.m.send = func(int, platforms.Draft) (bool, error) { return false, fail(platforms.Invalid, "refused") }
	id := r.g.say("one", "google-ana", "", text("secret"))
	r.run()
	r.quiet()
	r.g.retract(id)
	r.quiet()
	r.must(r.st.Drop(t.Context(), r.held()[0].ID, "by the administrator"))
	r.quiet()
	if r.m.called("delete") != 0 || len(r.m.relayed("one")) != 0 {
		t.Error(r.state())
	}
	if counts, err := r.st.OutboxCounts(t.Context()); err != nil || counts[store.Queued]+counts[store.Held] != 0 {
		t.Errorf("%v, %v", counts, err)
	}
}

func TestRoomOrderIsKeptWhileAnotherRoomIsSlow(t *testing.T) {
	r := newRig(t)
	release := make(chan struct{})
	r.m.send = func(n int, d platforms.Draft) (bool, error) {
		if d.Room == "two" {
			<-release
			return true, nil
		}
		switch n % 5 {
		case 1:
			return false, fail(platforms.SlowDown, "quota")
		case 3:
			return false, fail(platforms.TryLater, "busy")
		}
		return true, nil
	}
	r.g.say("two", "google-ana", "", text("slow"))
	var want []string
	for i := range 12 {
		r.g.say("one", "google-ana", "", text(fmt.Sprint("n", i)))
		want = append(want, fmt.Sprint("ana of google (Google Chat)\nn", i))
	}
	r.run()
	r.until("room one is done", func() bool { return len(r.m.relayed("one")) == 12 })
	r.equal(r.m.texts("one"), strings.Join(want, " | "))
	if len(r.m.relayed("two")) != 0 {
		t.Error("the slow room was not slow")
	}
	close(release)
	r.until("room two is done", func() bool { return len(r.m.relayed("two")) == 1 })
}
