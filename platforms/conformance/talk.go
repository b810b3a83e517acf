package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
	"miohub/platforms/richtext"
	"miohub/platforms/sandbox"
)

func plain(text string) richtext.Doc {
	return richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: text}}}}
}

// draft is a new message of ours; as "" is the seat's.
func (s *suite) draft(room platforms.RoomID, as platforms.UserID, root platforms.MessageID, body richtext.Doc) platforms.Draft {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counter++
	d := platforms.Draft{
		Key: fmt.Sprintf("conformance-%d", s.counter), Room: room, As: as, Root: root, Body: body,
		Mentioned: map[string]platforms.Mentioned{}, FirstTried: time.Now(),
	}
	for _, user := range richtext.Mentions(body) {
		a, _ := s.tenant.Account(user)
		d.Mentioned[user] = platforms.Mentioned{User: platforms.UserID(user), Name: a.Name}
	}
	return d
}

// send posts a draft.
func (s *suite) send(t *testing.T, d platforms.Draft) platforms.Sent {
	t.Helper()
	var sent platforms.Sent
	s.until(t, func() (err error) {
		sent, err = s.conn.Messages.Send(t.Context(), d)
		return err
	})
	return sent
}

// until does something once it succeeds, waiting where the platform asks for it.
func (s *suite) until(t *testing.T, try func() error) {
	t.Helper()
	for {
		err := try()
		if kind := platforms.KindOf(err); kind == platforms.SlowDown || kind == platforms.TryLater {
			time.Sleep(max(platforms.RetryAfter(err), 10*time.Millisecond))
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
}

// testSaid: what people say, edit and delete arrives as they meant it.
func (s *suite) testSaid(t *testing.T) {
	room, id := s.room(t)
	w := s.follow(t, room)
	r, _ := s.tenant.Room(id)
	who := s.speakers(t)
	say := func(author sandbox.Account, root string, body sandbox.Body) sandbox.Message {
		t.Helper()
		m, err := s.f.World.Say(s.f.Tenant, id, author.ID, root, s.emu.NewMessageID(), body)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	var said []sandbox.Message
	for _, body := range sandbox.Hard(sandbox.Run{Text: who[1].Name, Mention: who[1].ID}) {
		said = append(said, say(who[0], "", body))
	}
	for _, m := range said {
		e := w.await(t, platforms.MessageCreated, s.f.Message(r, m), nil)
		if e.Root != e.Message || e.Own || e.Author.User != platforms.UserID(who[0].ID) || e.Author.App || e.Version == "" || e.Time.IsZero() || e.Room != room {
			t.Errorf("%s arrived as %+v", m.ID, e)
		}
		got := nameless(e.Body)
		if cmp.Equal(docOf(m.Body, "    "), got) || cmp.Equal(docOf(m.Body, " "), got) {
			continue
		}
		t.Errorf("body differs (-said +arrived):\n%s", cmp.Diff(docOf(m.Body, "    "), got))
	}
	first := said[0]
	reply := say(who[1], first.ID, sandbox.Text("a reply"))
	if e := w.await(t, platforms.MessageCreated, s.f.Message(r, reply), nil); e.Root != s.f.Message(r, first) {
		t.Errorf("the reply's root is %s, want %s", e.Root, s.f.Message(r, first))
	}
	if err := s.f.World.Correct(s.f.Tenant, id, first.ID, sandbox.Text("corrected")); err != nil {
		t.Fatal(err)
	}
	before := w.await(t, platforms.MessageCreated, s.f.Message(r, first), nil)
	edited := w.await(t, platforms.MessageEdited, s.f.Message(r, first), func(e platforms.Event) bool { return richtext.Plain(e.Body) == "corrected" })
	if edited.Version == before.Version || edited.Key == before.Key || edited.Root != edited.Message {
		t.Errorf("the edit is %+v, after %+v", edited, before)
	}
	if err := s.f.World.Retract(s.f.Tenant, id, said[1].ID); err != nil {
		t.Fatal(err)
	}
	if e := w.await(t, platforms.MessageDeleted, s.f.Message(r, said[1]), nil); len(e.Body) > 0 || e.Root != e.Message {
		t.Errorf("the deletion is %+v", e)
	}
	for message, n := range w.created() {
		if n != 1 {
			t.Errorf("%s was created %d times", message, n)
		}
	}
}

// testCarried: what we send arrives as it was meant.
func (s *suite) testCarried(t *testing.T) {
	room, _ := s.room(t)
	w := s.follow(t, room)
	who := s.speakers(t)
	as := platforms.UserID("")
	if s.conn.Messages.Features(room).PostAsPerson {
		as = platforms.UserID(who[0].ID)
	}
	for _, body := range sandbox.Hard(sandbox.Run{Text: who[1].Name, Mention: who[1].ID}) {
		doc := docOf(body, "    ")
		sent := s.send(t, s.draft(room, as, "", doc))
		e := w.await(t, platforms.MessageCreated, sent.ID, nil)
		if diff := cmp.Diff(doc, nameless(e.Body)); diff != "" {
			t.Errorf("body differs (-sent +arrived):\n%s", diff)
		}
		if !e.Own {
			t.Errorf("%s is not known as our own", sent.ID)
		}
	}
}

// testRoundTrip: our own post, reply, edit and deletion are seen as ours.
func (s *suite) testRoundTrip(t *testing.T) {
	room, id := s.room(t)
	features := s.conn.Messages.Features(room)
	if !features.Edits || !features.Deletes || !features.Threads || features.MaxBytes < 1000 {
		t.Errorf("features are %+v", features)
	}
	voices := []platforms.UserID{""}
	if features.PostAsPerson {
		voices = append(voices, platforms.UserID(s.speakers(t)[0].ID))
	}
	w := s.follow(t, room)
	for _, as := range voices {
		root := s.draft(room, as, "", plain("a root"))
		sent := s.send(t, root)
		if sent.ID == "" || sent.Root != sent.ID || sent.Version == "" || sent.Time.IsZero() {
			t.Errorf("sent %+v", sent)
		}
		seen := w.await(t, platforms.MessageCreated, sent.ID, nil)
		if !seen.Own || seen.Root != sent.ID || features.Idempotent && seen.DraftKey != root.Key {
			t.Errorf("our own post is seen as %+v", seen)
		}
		if as != "" && seen.Author.User != as {
			t.Errorf("posted as %s, seen as %+v", as, seen.Author)
		}
		answer := s.draft(room, as, sent.ID, plain("an answer"))
		reply := s.send(t, answer)
		if e := w.await(t, platforms.MessageCreated, reply.ID, nil); e.Root != sent.ID || reply.Root != sent.ID || !e.Own {
			t.Errorf("our reply is %+v, seen as %+v", reply, e)
		}
		target := platforms.Target{Room: room, ID: reply.ID, Root: sent.ID, As: as, Key: answer.Key}
		answer.Body = plain("a better answer")
		edited, err := s.conn.Messages.Edit(t.Context(), target, answer)
		if err != nil || edited.ID != reply.ID {
			t.Fatalf("edit: %+v, %v", edited, err)
		}
		w.await(t, platforms.MessageEdited, reply.ID, func(e platforms.Event) bool {
			return e.Own && e.Version != reply.Version && richtext.Plain(e.Body) == "a better answer"
		})
		if _, err := s.conn.Messages.Edit(t.Context(), target, answer); err != nil {
			t.Errorf("the same edit again: %v", err)
		}
		for range 2 { // what is gone is no error
			if err := s.conn.Messages.Delete(t.Context(), target); err != nil {
				t.Fatalf("delete: %v", err)
			}
		}
		w.await(t, platforms.MessageDeleted, reply.ID, nil)
	}
	if standing := s.standing(id, "a root"); standing != len(voices) {
		t.Errorf("%d roots stand, want %d", standing, len(voices))
	}
}

// standing counts the room's messages with that text.
func (s *suite) standing(room, text string) int {
	n := 0
	for _, m := range s.tenant.Messages(room) {
		if m.Deleted.IsZero() && (m.Body.Plain() == text || m.Wire != "" && containsText(m, text)) {
			n++
		}
	}
	return n
}

// containsText looks into what a client posted in the vendor's form.
func containsText(m sandbox.Message, text string) bool { return strings.Contains(m.Wire, ">"+text+"<") }

// testOnce: a second attempt at one draft leaves one message, by its key or by
// looking for it first.
func (s *suite) testOnce(t *testing.T) {
	room, id := s.room(t)
	none := func(platforms.MessageID) bool { return false }
	d := s.draft(room, "", "", plain("exactly once"))
	sent := s.send(t, d)
	if s.conn.Messages.Features(room).Idempotent {
		if again := s.send(t, d); again.ID != sent.ID {
			t.Errorf("the same key posted %s and %s", sent.ID, again.ID)
		}
	}
	found, err := s.conn.Messages.FindSent(t.Context(), d, none)
	if err != nil || len(found) != 1 || found[0].ID != sent.ID {
		t.Errorf("looking for it found %+v, %v; want %s", found, err, sent.ID)
	}
	known, err := s.conn.Messages.FindSent(t.Context(), d, func(id platforms.MessageID) bool { return id == sent.ID })
	if err != nil || len(known) != 0 {
		t.Errorf("leaving out what is known found %+v, %v", known, err)
	}
	never := s.draft(room, "", sent.ID, plain("never sent"))
	if found, err := s.conn.Messages.FindSent(t.Context(), never, none); err != nil || len(found) != 0 {
		t.Errorf("what was never sent is found: %+v, %v", found, err)
	}
	if n := s.standing(id, "exactly once"); n != 1 {
		t.Errorf("%d copies stand", n)
	}
}

// testErrors: failures say what to do about them.
func (s *suite) testErrors(t *testing.T) {
	room, id := s.room(t)
	hidden := func(err error) bool {
		kind := platforms.KindOf(err)
		return kind == platforms.NotFound || kind == platforms.Forbidden
	}
	r, _ := s.tenant.Room(id)
	r.ID, r.Group = r.ID+"0", r.Group+"0"
	nowhere := s.f.Room(r)
	_, err := s.conn.Messages.Send(t.Context(), s.draft(nowhere, "", "", plain("hello?")))
	if !hidden(err) {
		t.Errorf("posting in a room that is not there: %v (%s)", err, platforms.KindOf(err))
	}
	var failure *platforms.Error
	if !errors.As(err, &failure) || failure.Op == "" || failure.Status == 0 || failure.Error() == "" {
		t.Errorf("the failure tells too little: %+v", failure)
	}
	if err := s.conn.Rooms.Members(t.Context(), nowhere, func([]platforms.RoomMember) error { return nil }); !hidden(err) {
		t.Errorf("members of a room that is not there: %v", err)
	}
	sent := s.send(t, s.draft(room, "", "", plain("goes soon")))
	target := platforms.Target{Room: room, ID: sent.ID, Root: sent.Root}
	if err := s.conn.Messages.Delete(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	if _, err := s.conn.Messages.Edit(t.Context(), target, s.draft(room, "", "", plain("too late"))); !hidden(err) {
		t.Errorf("editing what is gone: %v (%s)", err, platforms.KindOf(err))
	}
	stop := errors.New("stop here")
	if err := s.conn.Rooms.List(t.Context(), func([]platforms.Room) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a reader that stops gets %v", err)
	}
}

// testThrottled: over quota, everything arrives all the same, once.
func (s *suite) testThrottled(t *testing.T) {
	room, id := s.room(t)
	before := s.conn.Calls()
	s.f.World.Faults.Set(sandbox.Fault{
		ID: "conformance", Method: http.MethodPost, Path: "messages", Times: 3, Status: http.StatusTooManyRequests,
		Header: http.Header{"Content-Type": {"application/json"}, "Retry-After": {"0.05"}},
		Body:   `{"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED"}}`,
	})
	defer s.f.World.Faults.Clear("conformance")
	const many = 8
	var sending sync.WaitGroup
	for i := range many {
		d := s.draft(room, "", "", plain(fmt.Sprintf("burst %d", i)))
		sending.Go(func() {
			for {
				_, err := s.conn.Messages.Send(t.Context(), d)
				if kind := platforms.KindOf(err); kind != platforms.SlowDown && kind != platforms.TryLater {
					if err != nil {
						t.Errorf("%s: %v", d.Key, err)
					}
					return
				}
				time.Sleep(max(platforms.RetryAfter(err), 10*time.Millisecond))
			}
		})
	}
	sending.Wait()
	for i := range many {
		if n := s.standing(id, fmt.Sprintf("burst %d", i)); n != 1 {
			t.Errorf("burst %d stands %d times", i, n)
		}
	}
	if after := s.conn.Calls(); after.Throttled <= before.Throttled || after.Made <= before.Made {
		t.Errorf("calls were %+v, are %+v", before, after)
	}
}
