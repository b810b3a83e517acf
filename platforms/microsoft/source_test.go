package microsoft

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/richtext"
	world "miohub/platforms/sandbox"
)

// feed gives one turn after the other and keeps what was put.
type feed struct {
	turns  chan platforms.Turn
	events chan []platforms.Event
	cursor platforms.Cursor
	failed error
}

func (f *feed) Next(ctx context.Context) (platforms.Turn, error) {
	select {
	case t := <-f.turns:
		return t, nil
	case <-ctx.Done():
		return platforms.Turn{}, ctx.Err()
	}
}

func (f *feed) Put(_ context.Context, _ platforms.RoomID, events []platforms.Event, next platforms.Cursor) error {
	f.cursor = next
	f.events <- events
	return nil
}

func (f *feed) Failed(_ context.Context, _ platforms.RoomID, err error) {
	f.failed = err
	f.events <- nil
}

func TestSourceTellsWhatWasSaidSinceTheLink(t *testing.T) {
	x := open(t)
	c := x.connect()
	room, id, one, other := x.channel()
	if err := c.RoomEdit.Seat(t.Context(), room, c.Seats[0].User, ""); err != nil {
		t.Fatal(err)
	}
	old := x.say(id, one, "", "before the link")
	x.settle()
	src := c.Sources[0]
	cursor, err := src.Start(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	f := &feed{turns: make(chan platforms.Turn), events: make(chan []platforms.Event), cursor: cursor}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- src.Watch(ctx, f, f) }()
	stored := map[string]platforms.Event{}
	look := func() []platforms.Event {
		t.Helper()
		x.settle()
		f.turns <- platforms.Turn{Room: room, Cursor: f.cursor}
		var fresh []platforms.Event
		for _, e := range <-f.events {
			if _, ok := stored[e.Key]; !ok {
				stored[e.Key] = e
				fresh = append(fresh, e)
			}
		}
		return fresh
	}
	if got := look(); len(got) != 0 || f.failed != nil {
		t.Fatalf("a quiet room: %+v, %v", got, f.failed)
	}
	first := x.say(id, one, "", "first")
	reply := x.say(id, other, first.ID, "reply")
	late := x.say(id, other, old.ID, "reply to an old thread")
	sent, err := c.Messages.Send(t.Context(), draft(room, "", "ours"))
	if err != nil {
		t.Fatal(err)
	}
	got := look()
	want := []platforms.MessageID{messageID(room, first.ID, ""), messageID(room, first.ID, reply.ID), messageID(room, old.ID, late.ID), sent.ID}
	if len(got) != len(want) {
		t.Fatalf("events are %+v, %v", got, f.failed)
	}
	for i, e := range got {
		if e.Kind != platforms.MessageCreated || e.Message != want[i] || e.Own != (i == 3) || e.Author.Name == "" {
			t.Errorf("event %d is %+v", i, e)
		}
	}
	if got[1].Root != got[0].Message || got[2].Root != messageID(room, old.ID, "") || richtext.Plain(got[1].Body) != "reply" {
		t.Errorf("replies are %+v and %+v", got[1], got[2])
	}
	if err := x.world.Correct("microsoft", id, reply.ID, world.Text("better")); err != nil {
		t.Fatal(err)
	}
	if err := x.world.Retract("microsoft", id, first.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := x.React(id, late.ID, one, true, func(m *world.Message) {
		m.Reactions = append(m.Reactions, world.Reaction{ID: "1", Account: one, Emoji: "👍"})
	}); err != nil {
		t.Fatal(err)
	}
	got = look()
	if len(got) != 2 || got[0].Kind != platforms.MessageEdited || got[0].Message != want[1] || richtext.Plain(got[0].Body) != "better" ||
		got[1].Kind != platforms.MessageDeleted || got[1].Message != want[0] {
		t.Errorf("after an edit, a deletion and a reaction: %+v, %v", got, f.failed)
	}
	f.turns <- platforms.Turn{Room: "T/19:gone@thread.tacv2", Cursor: "{}"}
	if <-f.events; f.failed == nil {
		t.Error("a room that is not there did not fail")
	}
	stop()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("watch ended with %v", err)
	}
}

func TestWhatChangedLatelyIsReadByTimeNowAndThen(t *testing.T) {
	const root = "/v1.0/teams/T/channels/C/messages/delta()"
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("$filter")+r.URL.Query().Get("$deltatoken"))
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Get("$deltatoken") == "old" {
			w.WriteHeader(http.StatusGone)
			_, _ = io.WriteString(w, `{"error":{"code":"syncStateNotFound","message":"gone"}}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"value":[],"@odata.deltaLink":"http://%s%s?$deltatoken=%d"}`, r.Host, root, len(asked))
	}))
	defer server.Close()
	g, err := graph.New(server.URL+"/", http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	now := at(0)
	p := &poll{graph: g, own: "bridge", now: func() time.Time { return now }}
	cursor, err := p.Start(t.Context(), "T/C")
	if err != nil {
		t.Fatal(err)
	}
	look := func() {
		t.Helper()
		var err error
		if _, cursor, err = p.look(t.Context(), platforms.Turn{Room: "T/C", Cursor: cursor}); err != nil {
			t.Fatal(err)
		}
	}
	look()
	now = now.Add(wholeEvery)
	look()
	look()
	since := func(d time.Duration) string {
		return "lastModifiedDateTime gt " + at(0).Add(-reachBack-d).Format("2006-01-02T15:04:05.000Z")
	}
	if diff := cmp.Diff([]string{since(0), "1", since(overlap), "3"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	asked = nil
	cursor = platforms.Cursor(strings.Replace(string(cursor), "deltatoken=4", "deltatoken=old", 1))
	look()
	if diff := cmp.Diff([]string{"old", since(overlap)}, asked); diff != "" {
		t.Errorf("after the link was refused (-want +got):\n%s", diff)
	}
}
