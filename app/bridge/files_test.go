package bridge

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"miohub/app/store"
	"miohub/platforms"
)

// drive is the files of one fake platform.
type drive struct {
	mu     sync.Mutex
	open   map[string]string // content by id
	put    []string          // "as name: content", in order
	fails  func(n int) error // of the nth Put, from 1
	hangs  chan struct{}     // Open waits for it, or for its context
	opened int
}

// Open implements platforms.Files.
func (d *drive) Open(ctx context.Context, _ platforms.RoomID, f platforms.File) (io.ReadCloser, platforms.File, error) {
	d.mu.Lock()
	d.opened++
	text, there := d.open[f.ID]
	d.mu.Unlock()
	if d.hangs != nil {
		select {
		case <-d.hangs:
		case <-ctx.Done():
			return nil, f, ctx.Err()
		}
	}
	if !there {
		return nil, f, fail(platforms.NotFound, "no such file")
	}
	f.Size, f.Type = int64(len(text)), "text/plain"
	return io.NopCloser(strings.NewReader(text)), f, nil
}

// Put implements platforms.Files.
func (d *drive) Put(_ context.Context, _ platforms.RoomID, as platforms.UserID, f platforms.File, r io.Reader) (platforms.Upload, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return platforms.Upload{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.put = append(d.put, string(as)+" "+f.Name+": "+string(b))
	if d.fails != nil {
		if err := d.fails(len(d.put)); err != nil {
			return platforms.Upload{}, err
		}
	}
	return platforms.Upload{Ref: "up-" + f.Name, Name: f.Name}, nil
}

func (d *drive) puts() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.put, " | ")
}

func withFiles(t *testing.T) *rig {
	r := newRig(t)
	for _, f := range []*tenant{r.g, r.m} {
		f.files, f.maxFile = &drive{open: map[string]string{"a": "aaa", "b": "bbb"}}, 200<<20
	}
	return r
}

func file(id, name string) platforms.File { return platforms.File{ID: id, Name: name, Size: -1} }

func TestFilesAreCopiedWithTheirMessage(t *testing.T) {
	r := withFiles(t)
	r.run()
	r.g.attach("one", "google-ana", text("two files"), file("a", "a.txt"), file("b", "b.txt"))
	r.until("it arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	r.equal(r.m.texts("one")+" + "+r.m.relayed("one")[0].files, "ana of google (Google Chat)\ntwo files + up-a.txt up-b.txt")
	r.equal(r.m.files.puts(), " a.txt: aaa |  b.txt: bbb")
	r.m.attach("one", "microsoft-ben", nil, file("a", "a.txt"))
	r.until("it arrives", func() bool { return len(r.g.relayed("one")) == 1 })
	r.equal(r.g.texts("one")+" + "+r.g.relayed("one")[0].files, " + up-a.txt")
	r.equal(r.g.files.puts(), "google-ben a.txt: aaa")
}

func TestFilesThatAreNotCopiedLeaveALinkOrANote(t *testing.T) {
	r := withFiles(t)
	r.m.maxFile = 2 << 20
	r.run()
	large := platforms.File{ID: "a", Name: "large", Size: 3 << 20}
	drive := platforms.File{Name: "plan <b>", URL: "https://drive.example/1", Size: -1}
	r.g.attach("one", "google-ana", text("see"), large, drive, file("gone", "gone.txt"),
		platforms.File{ID: "gone too", Name: "elsewhere", URL: "https://drive.example/2", Size: -1})
	r.until("it arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\nsee\nFile: plan b\n[Not carried: the file “large”: it is larger than 2 MB]\n"+
		"File: elsewhere\n[Not carried: the file “gone.txt”: it could not be copied]")
	r.m.files = nil
}

func TestWithoutFilesOnOneSideTheyAreNamed(t *testing.T) {
	r := withFiles(t)
	r.m.files = nil
	r.run()
	r.g.attach("one", "google-ana", nil, file("a", "a.txt"))
	r.until("it arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\n[Not carried: the file “a.txt”: files are not carried]")
}

// Teams would keep both copies of a file that was put twice.
func TestWhatWasPutIsNotPutAgain(t *testing.T) {
	r := withFiles(t)
	r.m.files.fails = func(n int) error {
		if n == 2 {
			return fail(platforms.TryLater, "busy")
		}
		return nil
	}
	r.run()
	r.g.attach("one", "google-ana", text("x"), file("a", "a.txt"), file("b", "b.txt"))
	r.until("it arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	r.equal(r.m.files.puts(), " a.txt: aaa |  b.txt: bbb |  b.txt: bbb")
	r.equal(r.m.relayed("one")[0].files, "up-a.txt up-b.txt")
}

// A key that is disabled refuses every call; no file is given up for it.
func TestNoFileIsGivenUpWhileTheConnectionIsBroken(t *testing.T) {
	r := withFiles(t)
	c := store.Connection{Platform: microsoft, State: store.Connected, Problem: "the key is disabled"}
	r.must(r.st.SaveConnection(t.Context(), c))
	r.m.files.fails = func(int) error { return fail(platforms.Forbidden, "the client was disabled") }
	r.run()
	r.g.attach("one", "google-ana", text("x"), file("a", "a.txt"))
	r.until("it was tried often", func() bool { r.m.files.mu.Lock(); defer r.m.files.mu.Unlock(); return len(r.m.files.put) > doubts+2 })
	r.m.files.mu.Lock()
	r.m.files.fails = nil
	r.m.files.mu.Unlock()
	r.until("it arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	r.equal(r.m.texts("one")+" + "+r.m.relayed("one")[0].files, "ana of google (Google Chat)\nx + up-a.txt")
}

func TestACalmStopDoesNotWaitForAFile(t *testing.T) {
	r := withFiles(t)
	r.g.files.hangs = make(chan struct{})
	_, stop := r.run()
	r.g.attach("one", "google-ana", text("slow file"), file("a", "a.txt"))
	r.until("the copying begins", func() bool { r.g.files.mu.Lock(); defer r.g.files.mu.Unlock(); return r.g.files.opened == 1 })
	stop()
	if held := r.held(); len(held) > 0 || r.m.called("send") > 0 {
		t.Errorf("%s", r.state())
	}
	close(r.g.files.hangs)
	r.run()
	r.until("it arrives after the next start", func() bool { return len(r.m.relayed("one")) == 1 })
	r.equal(r.m.relayed("one")[0].files, "up-a.txt")
}

func TestAnEditLeavesTheFilesAlone(t *testing.T) {
	r := withFiles(t)
	r.run()
	id := r.g.attach("one", "google-ana", text("one"), file("a", "a.txt"))
	r.until("it arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	r.g.correct(id, text("two"))
	r.until("the edit arrives", func() bool { return strings.HasSuffix(r.m.texts("one"), "two") })
	r.equal(r.m.files.puts(), " a.txt: aaa")
}

func TestReactionsGoBothWaysAndDoNotEcho(t *testing.T) {
	r := newRig(t)
	r.run()
	fromG := r.g.say("one", "google-ana", "", text("hello"))
	r.until("it arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	copied := r.m.relayed("one")[0].id
	r.m.react(copied, "microsoft-ben", "👍", true)
	r.until("the reaction to the copy reaches the original", func() bool { return r.g.reactions(fromG) == "google-ben 👍" })
	r.g.react(fromG, "google-ana", "🎉", true)
	r.g.react(fromG, "google-solo", "🎉", true)
	r.until("the seat shows what two people set", func() bool { return r.m.reactions(copied) == "microsoft-ben 👍, seat 🎉" })
	r.g.react(fromG, "google-ana", "🎉", false)
	r.quiet()
	r.equal(r.m.reactions(copied), "microsoft-ben 👍, seat 🎉") // solo's still stands
	r.g.react(fromG, "google-solo", "🎉", false)
	r.m.react(copied, "microsoft-ben", "👍", false)
	r.until("all are taken back", func() bool { return r.m.reactions(copied)+r.g.reactions(fromG) == "" })
	r.quiet()
	if n := r.m.called("react"); n != 2 {
		t.Errorf("%d calls for the seat's one reaction", n)
	}
	if n := r.g.called("react"); n != 2 {
		t.Errorf("%d calls for ben's one reaction", n)
	}
}

func TestReactionsThatCannotBeCarriedAreToldAndDropped(t *testing.T) {
	r := newRig(t)
	r.g.reacted = func(int) error { return fail(platforms.Unsupported, "the app cannot react") }
	old := r.m.say("two", "microsoft-ana", "", text("before the link"))
	r.link("two")
	r.run()
	fromG := r.g.say("one", "google-ana", "", text("hello"))
	r.until("it arrives", func() bool { return len(r.m.relayed("one")) == 1 })
	r.m.react(r.m.relayed("one")[0].id, "microsoft-solo", "👍", true)
	r.g.react(fromG, "google-ana", "", true) // a picture of the tenant's own
	r.quiet()
	r.equal(r.g.reactions(fromG), "google-ana ")
	if held := r.held(); len(held) > 0 {
		t.Errorf("held: %+v", held)
	}
	r.until("it is told", func() bool {
		found, err := r.st.SearchLog(t.Context(), store.LogQuery{Code: "bridge.reaction-lost"})
		r.must(err)
		return len(found) == 2
	})
	r.m.react(old, "microsoft-ana", "👍", true)
	r.quiet()
	if n := r.g.called("react"); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// bell is a feed of changes that a test rings.
type bell struct {
	mu     sync.Mutex
	rooms  platforms.Followed
	ends   chan error
	begun  chan struct{}
	listen int
}

func (b *bell) ID() string { return "bell" }

// Listen implements platforms.Push.
func (b *bell) Listen(ctx context.Context, rooms platforms.Followed) error {
	b.mu.Lock()
	b.rooms = rooms
	b.listen++
	b.mu.Unlock()
	rooms.Alive(nil)
	b.begun <- struct{}{}
	select {
	case err := <-b.ends:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestAFeedHasItsRoomsLookedAtAndItsLossIsCaughtUp(t *testing.T) {
	r := newRig(t)
	r.pace = 1 // an hour between looks at rooms that nobody rings for
	b := &bell{ends: make(chan error), begun: make(chan struct{}, 9)}
	r.push = b
	r.run()
	<-b.begun
	list, _ := b.rooms.Rooms()
	if len(list) != 2 {
		t.Fatalf("followed: %v", list)
	}
	r.quiet() // the first look at each
	r.g.say("one", "google-ana", "", text("rung for"))
	if err := b.rooms.Look(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	at, err := r.st.Cursor(t.Context(), ref(google, "one"))
	r.must(err)
	if read, _, _ := parsePosition(at); read != 1 {
		t.Errorf("the look was answered before it was stored: %s", at)
	}
	if err := b.rooms.Look(t.Context(), "elsewhere"); err != nil {
		t.Errorf("a room that is not followed: %v", err)
	}
	r.g.say("two", "google-ana", "", text("not rung for"))
	b.ends <- errors.New("the network is gone")
	r.until("it is looked at as soon as the feed is gone", func() bool { return len(r.m.relayed("two")) == 1 })

}
