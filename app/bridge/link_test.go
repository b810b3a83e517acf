package bridge

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"miohub/app/store"
	"miohub/platforms"
)

func (r *rig) roomLink(room string) store.RoomLink {
	r.t.Helper()
	links, err := r.st.RoomLinks(r.t.Context())
	r.must(err)
	for _, l := range links {
		if l.Left.ID == room {
			return l
		}
	}
	r.t.Fatalf("no link of %q", room)
	return store.RoomLink{}
}

func TestNothingIsSentIntoARoomThatWasUnlinkedMeanwhile(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	inCall, release := make(chan struct{}, 1), make(chan struct{})
	r.m.send = func(n int, _ platforms.Draft) (bool, error) {
		if n == 1 {
			inCall <- struct{}{}
			<-release
		}
		return true, nil
	}
	for _, s := range []string{"under way", "queued", "queued too"} {
		r.g.say("one", "google-ana", "", text(s))
	}
	e, _ := r.run()
	<-inCall
	r.until("the others are queued", func() bool {
		counts, err := r.st.OutboxCounts(ctx)
		r.must(err)
		return counts[store.Queued] == 2
	})
	// Another process unlinks: this engine is not told, and nothing is dropped yet.
	r.must(r.st.SetRoomLinkState(ctx, r.roomLink("one").ID, store.RoomUnlinked, "admin"))
	close(release)
	r.quiet()
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\nunder way")
	r.must(e.Refresh(ctx))
	r.g.say("one", "google-ana", "", text("after"))
	r.g.say("two", "google-ana", "", text("elsewhere"))
	r.until("the other room goes on", func() bool { return len(r.m.relayed("two")) == 1 })
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\nunder way")
}

func TestDroppingWhatIsUnderWayDoesNotStopTheEngine(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	inCall, release := make(chan struct{}, 1), make(chan struct{})
	r.m.send = func(n int, _ platforms.Draft) (bool, error) {
		if n == 1 {
			inCall <- struct{}{}
			<-release
		}
		return true, nil
	}
	r.g.say("one", "google-ana", "", text("dropped"))
	_, stop := r.run()
	<-inCall
	rows, err := r.st.Outbox(ctx, store.Sending, 1)
	r.must(err)
	r.must(r.st.Drop(ctx, rows[0].ID, "by the administrator"))
	close(release)
	r.g.say("one", "google-ana", "", text("next"))
	r.until("the room goes on", func() bool { return len(r.m.relayed("one")) == 2 })
	stop()
}

func TestWhatWasReadBeforeAPauseArrives(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	e := r.engine()
	r.must(e.Refresh(ctx))
	r.g.say("one", "google-ana", "", text("read before"))
	s := &sink{e: e, tenant: platforms.Tenant{Platform: google, ID: "Tgoogle"}, turns: e.turns[google]}
	r.must(s.Put(ctx, "one", r.g.events["one"], position(1, 0)))
	r.must(r.st.SetRoomLinkState(ctx, r.roomLink("one").ID, store.RoomPaused, "admin"))
	r.g.say("one", "google-ana", "", text("said during the pause"))
	running, _ := r.run()
	r.until("what was read arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\nread before")
	r.must(r.st.SetRoomLinkState(ctx, r.roomLink("one").ID, store.RoomActive, "admin"))
	r.must(running.Refresh(ctx))
	r.until("the rest arrives", func() bool { return len(r.m.relayed("one")) == 2 })
}

func TestAnEventThatCannotBeReadDoesNotStopThoseBehindIt(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	_, err := r.st.AddEvents(ctx, ref(google, "one"), position(0, 0), []store.InboxEvent{
		{Key: "broken", Kind: string(platforms.MessageCreated), Message: "x", Root: "x", Sealed: []byte("not sealed by this vault")}})
	r.must(err)
	r.g.say("one", "google-ana", "", text("fine"))
	r.run()
	r.until("the next one arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	r.until("the log tells of it", func() bool {
		found, err := r.st.SearchLog(ctx, store.LogQuery{Code: "bridge.unreadable"})
		r.must(err)
		return len(found) == 1
	})
}

// Texts are on the disk sealed only, and not at all once they were delivered,
// dropped or unlinked.
func TestNoTextIsLeftInTheDatabase(t *testing.T) {
	const marker = "Heringssalat-Kassiopeia"
	r := newRig(t)
	ctx := t.Context()
	dir := filepath.Dir(r.st.Path())
	search := func(when string) {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		r.must(err)
		if len(files) < 2 {
			t.Fatalf("files: %v", files) // the database and its write-ahead log
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			r.must(err)
			if bytes.Contains(b, []byte(marker)) {
				t.Errorf("%s: the text is in %s", when, filepath.Base(f))
			}
		}
	}
	sealed := func() (n int) {
		for _, s := range []store.OutboxState{store.Queued, store.Sending, store.Held, store.Sent, store.Failed} {
			rows, err := r.st.Outbox(ctx, s, 100)
			r.must(err)
			for _, o := range rows {
				if o.Sealed != nil {
					n++
				}
			}
		}
		return n
	}
	refuse := true
	r.m.send = func(int, platforms.Draft) (bool, error) {
		if refuse {
			return false, &platforms.Error{Kind: platforms.Invalid, Op: "fake", Text: "refused"}
		}
		return true, nil
	}
	r.g.say("one", "google-ana", "", text("held "+marker))
	_, stop := r.run()
	r.quiet()
	search("held")
	if n := sealed(); n != 1 {
		t.Errorf("%d bodies are kept for one held message", n)
	}
	stop()
	refuse = false
	id := r.g.say("two", "google-ana", "", text("delivered "+marker))
	r.run()
	r.quiet()
	r.g.correct(id, text("edited "+marker))
	r.quiet()
	if got := r.m.texts("two"); got != "ana of google (Google Chat)\nedited "+marker {
		t.Fatalf("got %q", got)
	}
	search("delivered")
	r.must(r.st.SetRoomLinkState(ctx, r.roomLink("one").ID, store.RoomUnlinked, "admin"))
	dropped, err := r.st.DropLink(ctx, r.roomLink("one").ID, "unlinked")
	r.must(err)
	if n := sealed(); dropped != 1 || n != 0 {
		t.Errorf("%d dropped, %d bodies are left", dropped, n)
	}
	search("unlinked")
}
