package google

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// turns hands out one turn and tells when another is asked for.
type turns struct {
	turn  platforms.Turn
	given bool
	over  chan struct{}
}

func (s *turns) Next(ctx context.Context) (platforms.Turn, error) {
	if !s.given {
		s.given = true
		return s.turn, nil
	}
	close(s.over)
	<-ctx.Done()
	return platforms.Turn{}, ctx.Err()
}

// sink collects what a source finds.
type sink struct {
	events []platforms.Event
	cursor platforms.Cursor
	failed error
	broken error
}

func (s *sink) Put(_ context.Context, _ platforms.RoomID, events []platforms.Event, next platforms.Cursor) error {
	if s.broken != nil {
		return s.broken
	}
	s.events = append(s.events, events...)
	s.cursor = next
	return nil
}

func (s *sink) Failed(_ context.Context, _ platforms.RoomID, err error) { s.failed = err }

// look makes one turn and returns what it found. What was said a moment ago is
// let become the past first: the World stamps a burst ahead of the clock.
func (o *office) look(room platforms.RoomID, from platforms.Cursor) ([]platforms.Event, platforms.Cursor, error) {
	o.t.Helper()
	if list := o.tenant.Messages(strings.TrimPrefix(string(room), "spaces/")); len(list) > 0 {
		time.Sleep(time.Until(list[len(list)-1].Changed.Add(10 * time.Millisecond)))
	}
	ctx, cancel := context.WithCancel(o.t.Context())
	defer cancel()
	s := &sink{cursor: from}
	order := &turns{turn: platforms.Turn{Room: room, Cursor: from}, over: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- o.conn.Sources[0].Watch(ctx, order, s) }()
	select {
	case <-order.over:
	case err := <-ended:
		o.t.Errorf("the watch ended early with %v", err)
		return nil, "", err
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		o.t.Errorf("the watch ended with %v", err)
	}
	return s.events, s.cursor, s.failed
}

func outline(events []platforms.Event) []string {
	var list []string
	for _, e := range events {
		text := ""
		for _, b := range e.Body {
			for _, s := range b.Spans {
				text += s.Text
			}
		}
		own := ""
		if e.Own {
			own = " own " + e.DraftKey
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s by %s%s", strings.TrimPrefix(string(e.Kind), "message-"), text, e.Author.User, own)))
	}
	return list
}

func TestTheFeedTellsWhatHappened(t *testing.T) {
	o := ready(t)
	truth, one, two := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	post := func(id, root, author, text string) sandbox.Message {
		t.Helper()
		m, err := o.world.Say("google", truth.ID, author, root, id, sandbox.Text(text))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	post("old.old", "", one.ID, "before")
	cursor, err := o.conn.Sources[0].Start(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	post("r1.r1", "", one.ID, "root")
	post("r1.a", "r1.r1", two.ID, "reply")
	post("t1.t1", "", two.ID, "typo")
	if err := o.world.Correct("google", truth.ID, "t1.t1", sandbox.Text("type")); err != nil {
		t.Fatal(err)
	}
	post("g1.g1", "", one.ID, "gone")
	if err := o.world.Retract("google", truth.ID, "g1.g1"); err != nil {
		t.Fatal(err)
	}
	sent, err := o.conn.Messages.Send(t.Context(), platforms.Draft{Key: "k-1", Room: room, As: platforms.UserID(one.ID), Body: say("ours")})
	if err != nil {
		t.Fatal(err)
	}
	events, cursor, err := o.look(room, cursor)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"created root by " + one.ID, "created reply by " + two.ID, "created type by " + two.ID,
		"deleted  by", "created by " + one.ID + " own k-1",
	}
	got := outline(events)
	for i := range got {
		got[i] = strings.Replace(got[i], "created ours by", "created by", 1)
		got[i] = strings.Replace(got[i], "created  by", "created by", 1)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if events[1].Root != events[0].Message || events[0].Root != events[0].Message || events[4].Message != sent.ID {
		t.Errorf("threads are %+v", events)
	}
	// Nothing twice, and nothing lost: an edit and a reply of later.
	if err := o.world.Correct("google", truth.ID, "r1.a", sandbox.Text("a better reply")); err != nil {
		t.Fatal(err)
	}
	post("r1.b", "r1.r1", one.ID, "one more")
	events, cursor, err = o.look(room, cursor)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"edited a better reply by " + two.ID, "created one more by " + one.ID}, outline(events)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if more, next, err := o.look(room, cursor); err != nil || len(more) != 0 || next == "" {
		t.Errorf("a third look found %v, %v", outline(more), err)
	}
	keys := map[string]bool{}
	for _, e := range events {
		if keys[e.Key] || e.Key == "" {
			t.Errorf("key %q", e.Key)
		}
		keys[e.Key] = true
	}
}

func TestALongGapIsClosedByListing(t *testing.T) {
	o := ready(t)
	truth, one, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	for i := range 3 {
		if _, err := o.world.Say("google", truth.ID, one.ID, "", fmt.Sprintf("m%d.m%d", i, i), sandbox.Text(fmt.Sprint("message ", i))); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-40 * 24 * time.Hour)
	events, cursor, err := o.look(room, position{After: long, Since: long}.cursor())
	if err != nil || len(events) != 3 {
		t.Fatalf("found %v, %v", outline(events), err)
	}
	if again, _, err := o.look(room, cursor); err != nil || len(again) != 0 {
		t.Errorf("then found %v, %v", outline(again), err)
	}
}

func TestAManyPagedFeedLosesNothing(t *testing.T) {
	o := ready(t)
	truth, one, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	cursor, err := o.conn.Sources[0].Start(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	const many = eventsPerPage + 50
	for i := range many {
		if _, err := o.world.Say("google", truth.ID, one.ID, "", fmt.Sprintf("m%d.m%d", i, i), sandbox.Text(fmt.Sprint("message ", i))); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for range 2 {
		events, next, err := o.look(room, cursor)
		if err != nil {
			t.Fatal(err)
		}
		cursor = next
		for _, e := range events {
			if seen[e.Key] {
				t.Errorf("%s came twice", e.Key)
			}
			seen[e.Key] = true
		}
	}
	if len(seen) != many {
		t.Errorf("%d of %d came", len(seen), many)
	}
}

func TestABrokenStoreEndsTheWatch(t *testing.T) {
	o := ready(t)
	truth, _, _ := o.talkative()
	s := &sink{broken: errors.New("disk full")}
	order := &turns{turn: platforms.Turn{Room: platforms.RoomID("spaces/" + truth.ID)}, over: make(chan struct{})}
	if err := o.conn.Sources[0].Watch(t.Context(), order, s); !errors.Is(err, s.broken) || s.failed != nil {
		t.Errorf("the watch ended with %v, failed %v", err, s.failed)
	}
}

func TestAFailedLookLeavesThePosition(t *testing.T) {
	o := ready(t)
	truth, _, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	cursor, err := o.conn.Sources[0].Start(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	o.world.Faults.Set(sandbox.Fault{ID: "f", API: "chat", Path: "spaceEvents", Status: 503, Body: "{}"})
	events, after, err := o.look(room, cursor)
	if platforms.KindOf(err) != platforms.TryLater || after != cursor || len(events) != 0 {
		t.Errorf("found %v at %s, %v", outline(events), after, err)
	}
}

// Google need not say whose reaction was taken back; one that was set before this
// run of the hub is found out from the feed.
func TestAReactionOfBeforeIsKnownWhenItIsTakenBack(t *testing.T) {
	o := ready(t)
	truth, one, two := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	if _, err := o.world.Say("google", truth.ID, one.ID, "", "m.m", sandbox.Text("like it?")); err != nil {
		t.Fatal(err)
	}
	cursor, err := o.conn.Sources[0].Start(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.world.React("google", truth.ID, "m.m", two.ID, "👍", true); err != nil {
		t.Fatal(err)
	}
	events, cursor, err := o.look(room, cursor)
	if err != nil || len(events) != 1 || events[0].Kind != platforms.ReactionAdded {
		t.Fatalf("found %+v, %v", events, err)
	}
	o.connect() // remembers nothing
	if err := o.world.React("google", truth.ID, "m.m", two.ID, "👍", false); err != nil {
		t.Fatal(err)
	}
	events, _, err = o.look(room, cursor)
	if err != nil || len(events) != 1 {
		t.Fatalf("found %+v, %v", events, err)
	}
	if e := events[0]; e.Kind != platforms.ReactionRemoved || e.Emoji != "👍" || e.Author.User != platforms.UserID(two.ID) || e.Message != platforms.MessageID("spaces/"+truth.ID+"/messages/m.m") {
		t.Errorf("taken back is %+v", e)
	}
}
