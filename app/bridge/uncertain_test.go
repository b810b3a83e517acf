package bridge

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"miohub/app/store"
	"miohub/platforms"
)

func TestAnUncertainSendThatArrivedIsNotRepeated(t *testing.T) {
	r := newRig(t)
	r.m.send = func(int, platforms.Draft) (bool, error) { return true, fail(platforms.Uncertain, "connection lost") }
	id := r.g.say("one", "google-ana", "", text("once"))
	r.run()
	r.quiet()
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\nonce")
	r.g.correct(id, text("bound to what was found"))
	r.until("its edit arrives", func() bool { return r.m.texts("one") == "ana of google (Google Chat)\nbound to what was found" })
	if n := r.m.called("send"); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

func TestAnUncertainSendThatDidNotArriveIsRepeatedOnce(t *testing.T) {
	r := newRig(t)
	r.m.send = func(n int, _ platforms.Draft) (bool, error) {
		if n == 1 {
			return false, fail(platforms.Uncertain, "connection lost")
		}
		return true, nil
	}
	r.g.say("one", "google-ana", "", text("once"))
	r.run()
	r.quiet()
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\nonce")
	if n := r.m.called("send"); n != 2 {
		t.Errorf("sent %d times", n)
	}
}

func TestAnIdenticalEarlierMessageIsNotTakenForTheUncertainOne(t *testing.T) {
	r := newRig(t)
	r.m.send = func(n int, _ platforms.Draft) (bool, error) {
		if n == 2 {
			return false, fail(platforms.Uncertain, "connection lost")
		}
		return true, nil
	}
	r.g.say("one", "google-ana", "", text("ok"))
	r.g.say("one", "google-ana", "", text("ok"))
	r.run()
	r.quiet()
	if got := r.m.relayed("one"); len(got) != 2 {
		t.Errorf("%d messages stand there\n%s", len(got), r.state())
	}
}

func TestSeveralCandidatesAreHeld(t *testing.T) {
	r := newRig(t)
	r.m.send = func(n int, d platforms.Draft) (bool, error) {
		if n > 1 {
			return true, nil
		}
		r.m.deliver(d)
		return true, fail(platforms.Uncertain, "connection lost")
	}
	r.g.say("one", "google-ana", "", text("which?"))
	r.g.say("one", "google-ana", "", text("next"))
	r.run()
	r.quiet()
	if held := r.held(); len(held) != 1 || held[0].Error == "" {
		t.Errorf("held %+v", held)
	}
	if n := r.m.called("send"); n != 2 {
		t.Errorf("%d sends; the room should have gone on", n)
	}
}

func TestAFailingSearchKeepsASendUncertain(t *testing.T) {
	r := newRig(t)
	r.m.send = func(n int, _ platforms.Draft) (bool, error) {
		return true, fail(platforms.Uncertain, "connection lost")
	}
	r.m.lookup = func(n int) error {
		if n < 4 {
			return fail(platforms.TryLater, "busy")
		}
		return nil
	}
	r.g.say("one", "google-ana", "", text("once"))
	r.run()
	r.until("it was looked for in vain", func() bool { return r.m.called("find") >= 2 })
	r.quiet()
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\nonce")
	if s, f := r.m.called("send"), r.m.called("find"); s != 1 || f != 4 {
		t.Errorf("%d sends, %d looks", s, f)
	}
}

func TestAnUncertainSendIsRepeatedWhereThatIsSafe(t *testing.T) {
	r := newRig(t)
	r.g.send = func(n int, _ platforms.Draft) (bool, error) {
		if n == 1 {
			return true, fail(platforms.Uncertain, "connection lost")
		}
		return true, nil
	}
	r.m.say("one", "microsoft-ana", "", text("once"))
	r.run()
	r.quiet()
	r.equal(r.g.texts("one"), "once")
	if s, f := r.g.called("send"), r.g.called("find"); s != 2 || f != 0 {
		t.Errorf("%d sends, %d looks", s, f)
	}
}

func TestAnUncertainEditOrDeleteIsRepeated(t *testing.T) {
	r := newRig(t)
	r.m.edited = func(n int) error {
		if n == 1 {
			return fail(platforms.Uncertain, "connection lost")
		}
		return nil
	}
	r.m.removed = r.m.edited
	r.run()
	keep := r.g.say("one", "google-ana", "", text("keep"))
	drop := r.g.say("one", "google-ana", "", text("drop"))
	r.quiet()
	r.g.correct(keep, text("kept"))
	r.g.retract(drop)
	r.quiet()
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\nkept")
}

// The process is killed at a point of a send: what the database holds at that
// moment is what the next process starts from.
func TestKilledAtAnyPointOfASendExactlyOneMessageArrives(t *testing.T) {
	for _, from := range []platforms.ID{google, microsoft} {
		for _, at := range []string{"before it is marked", "after it is marked", "after the call", "after the call was answered as uncertain"} {
			t.Run(string(from)+" "+at, func(t *testing.T) {
				r := newRig(t)
				snapshot := filepath.Join(t.TempDir(), "killed.db")
				release := make(chan struct{})
				if at == "before it is marked" {
					r.killedBeforeMarking(from, snapshot)
				} else {
					r.killedWhileSending(from, at, snapshot, release)
				}
				r.open(snapshot)
				_, stop := r.run()
				r.until("one message arrives", func() bool { return len(r.to(from).relayed("one")) == 1 })
				r.quiet()
				stop()
				close(release)
				if got := r.to(from).relayed("one"); len(got) != 1 {
					t.Errorf("%d messages\n%s", len(got), r.state())
				}
			})
		}
	}
}

func (r *rig) to(from platforms.ID) *tenant {
	if from == google {
		return r.m
	}
	return r.g
}

func (r *rig) sayFrom(from platforms.ID) {
	if from == google {
		r.g.say("one", "google-ana", "", text("exactly once"))
		return
	}
	r.m.say("one", "microsoft-ana", "", text("exactly once"))
}

func (r *rig) killedBeforeMarking(from platforms.ID, snapshot string) {
	r.t.Helper()
	ctx := r.t.Context()
	e := r.engine()
	r.must(e.Refresh(ctx))
	r.sayFrom(from)
	f := r.g
	if from == microsoft {
		f = r.m
	}
	s := &sink{e: e, tenant: platforms.Tenant{Platform: from, ID: "T" + platforms.TenantID(from)}, turns: e.turns[from]}
	r.must(s.Put(ctx, "one", f.events["one"], position(1, 0)))
	n, err := e.convertBatch(ctx)
	r.must(err)
	if n != 1 {
		r.t.Fatalf("%d events were converted", n)
	}
	r.must(r.st.BackupTo(ctx, snapshot))
}

func (r *rig) killedWhileSending(from platforms.ID, at, snapshot string, release chan struct{}) {
	r.t.Helper()
	st, target := r.st, r.to(from)
	killed := make(chan struct{})
	target.send = func(n int, d platforms.Draft) (bool, error) {
		if n > 1 {
			return true, nil
		}
		if at != "after it is marked" {
			target.deliver(d)
		}
		if err := st.BackupTo(context.Background(), snapshot); err != nil {
			r.t.Error(err)
		}
		close(killed)
		<-release // the killed process never hears the answer
		return false, fail(platforms.TryLater, "too late to matter")
	}
	if at == "after the call was answered as uncertain" {
		target.lookup = func(n int) error {
			if n == 1 {
				return fail(platforms.TryLater, "busy")
			}
			return nil
		}
	}
	r.sayFrom(from)
	_, stop := r.run()
	select {
	case <-killed:
	case <-time.After(5 * time.Second):
		r.t.Fatal("nothing was sent")
	}
	go stop() // ends once the hook is released; registered for clean-up as well
}

func TestAPartThatAnEditAddsIsNotDoubledByAKill(t *testing.T) {
	r := newRig(t)
	r.m.max = 1200
	id := r.g.say("one", "google-ana", "", text("short"))
	_, stop := r.run()
	r.quiet()
	stop()
	snapshot := filepath.Join(t.TempDir(), "killed.db")
	release, killed, st := make(chan struct{}), make(chan struct{}), r.st
	r.m.send = func(n int, d platforms.Draft) (bool, error) {
		if n > 2 {
			return true, nil
		}
		r.m.deliver(d)
		if err := st.BackupTo(context.Background(), snapshot); err != nil {
			t.Error(err)
		}
		close(killed)
		<-release
		return false, fail(platforms.TryLater, "too late to matter")
	}
	r.g.correct(id, text(long("w", 120)))
	_, stop = r.run()
	<-killed
	go stop()
	r.open(snapshot)
	_, last := r.run()
	r.until("every part is there", func() bool { return words(r.m.relayed("one")) == 120 })
	r.quiet()
	last()
	close(release)
	if n := words(r.m.relayed("one")); n != 120 {
		t.Errorf("%d words\n%s", n, r.state())
	}
}

func TestSendersStopWhileTheyRest(t *testing.T) {
	r := newRig(t)
	r.m.send = func(int, platforms.Draft) (bool, error) { return true, fail(platforms.Uncertain, "connection lost") }
	r.m.lookup = func(int) error {
		return &platforms.Error{Kind: platforms.SlowDown, Op: "fake", RetryAfter: time.Minute}
	}
	r.g.say("one", "google-ana", "", text("once"))
	_, stop := r.run()
	r.until("it was looked for", func() bool { return r.m.called("find") == 1 })
	before := time.Now()
	stop()
	if d := time.Since(before); d > 3*time.Second {
		t.Errorf("stopping took %v", d)
	}
	rows, err := r.st.Outbox(t.Context(), store.Sending, 10)
	if err != nil || len(rows) != 1 {
		t.Errorf("%d sends are uncertain, %v", len(rows), err)
	}
}

// Somebody answers a message of ours before it was found again: the answer waits
// for the thread instead of starting another one.
func TestAnAnswerToAMessageThatIsBeingLookedForWaits(t *testing.T) {
	r := newRig(t)
	looked, answered := make(chan struct{}, 1), make(chan struct{})
	r.m.send = func(int, platforms.Draft) (bool, error) { return true, fail(platforms.Uncertain, "connection lost") }
	r.m.lookup = func(int) error {
		looked <- struct{}{}
		<-answered
		return nil
	}
	root := r.g.say("one", "google-ana", "", text("question"))
	r.run()
	<-looked
	r.m.say("one", "microsoft-ben", r.m.relayed("one")[0].id, text("answer"))
	r.until("the answer waits", func() bool {
		rows, err := r.st.Outbox(t.Context(), store.Queued, 10)
		r.must(err)
		return len(rows) == 1 && rows[0].Attempts > 0
	})
	close(answered)
	r.until("the answer arrives", func() bool { return len(r.g.relayed("one")) == 1 })
	if got := r.g.relayed("one")[0]; got.root != root {
		t.Errorf("the answer stands in thread %q, want %q", got.root, root)
	}
}
