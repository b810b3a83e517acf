package google

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/richtext"
	"miohub/platforms/sandbox"
)

func say(text string) richtext.Doc {
	return richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: text}}}}
}

func TestMessagesAreSentOnceEditedAndDeleted(t *testing.T) {
	o := ready(t)
	truth, one, two := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	if err := o.conn.RoomEdit.Seat(t.Context(), room, appUser, platforms.UserID(one.ID)); err != nil {
		t.Fatal(err)
	}
	m := o.conn.Messages
	draft := platforms.Draft{Key: "root-1", Room: room, As: platforms.UserID(two.ID), Body: say("hello *there*")}
	// The first answer is lost after the effect, and the send repeated.
	o.world.Faults.Set(sandbox.Fault{ID: "lost", API: "chat", Method: "POST", Path: "/messages", Times: 1, After: true, Drop: true})
	root, err := m.Send(t.Context(), draft)
	if err != nil || root.Root != root.ID || root.Version == "" || root.Time.IsZero() {
		t.Fatalf("sent %+v, %v", root, err)
	}
	again, err := m.Send(t.Context(), draft)
	if err != nil || again.ID != root.ID {
		t.Errorf("sent again %+v, %v", again, err)
	}
	// As somebody else it is still the same message.
	draft.As = platforms.UserID(one.ID)
	if other, err := m.Send(t.Context(), draft); err != nil || other.ID != root.ID {
		t.Errorf("sent as another %+v, %v", other, err)
	}
	standing := o.tenant.Messages(truth.ID)
	if len(standing) != 1 || standing[0].Author != two.ID || standing[0].Body.Plain() != "hello *there*" {
		t.Fatalf("there stands %+v", standing)
	}
	draft.As = platforms.UserID(two.ID)
	found, err := m.FindSent(t.Context(), draft, nil)
	if err != nil || len(found) != 1 || found[0].ID != root.ID {
		t.Errorf("found %+v, %v", found, err)
	}
	if none, err := m.FindSent(t.Context(), platforms.Draft{Key: "never", Room: room}, nil); err != nil || len(none) != 0 {
		t.Errorf("found %+v, %v", none, err)
	}
	reply, err := m.Send(t.Context(), platforms.Draft{Key: "reply-1", Room: room, Root: root.ID, Body: say("Zoë (Teams): hi")})
	if err != nil || reply.Root != root.ID || reply.ID == root.ID {
		t.Fatalf("reply %+v, %v", reply, err)
	}
	target := platforms.Target{Room: room, ID: root.ID, Root: root.ID, As: draft.As, Key: draft.Key}
	draft.Body = say("changed")
	edited, err := m.Edit(t.Context(), target, draft)
	if err != nil || edited.ID != root.ID || edited.Version == root.Version {
		t.Errorf("edited %+v, %v", edited, err)
	}
	// What others replied stays when the root is deleted.
	if err := m.Delete(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	standing = o.tenant.Messages(truth.ID)
	if len(standing) != 2 || strings.Contains(standing[0].Body.Plain(), "changed") || standing[1].Body.Plain() != "Zoë (Teams): hi" || !strings.HasPrefix(standing[1].Author, "app:") {
		t.Errorf("there stands %+v", standing)
	}
	for range 2 { // a message that is gone is no error
		if err := m.Delete(t.Context(), platforms.Target{Room: room, ID: reply.ID, Root: root.ID}); err != nil {
			t.Error(err)
		}
	}
	if err := m.Delete(t.Context(), target); err != nil || o.tenant.Messages(truth.ID)[0].Deleted.IsZero() {
		t.Errorf("a root without replies stays: %v", err)
	}
}

func TestFaultsNeitherLoseNorDouble(t *testing.T) {
	o := ready(t)
	truth, one, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	for i, fault := range []sandbox.Fault{
		{Status: 503, Body: "{}", Times: 2},
		{Status: 500, Body: "<html>", Times: 2, After: true},
		{Status: 429, Body: "{}", Times: 3},
		{Status: 403, Body: `{"error":{"code":403,"errors":[{"reason":"rateLimitExceeded"}]}}`, Times: 1},
		{Drop: true, Times: 1},
		{Drop: true, Times: 2, After: true},
		{Status: 200, Body: `{"name":"spa`, Times: 1, After: true},
	} {
		fault.ID, fault.API, fault.Method, fault.Path = "f", "chat", "POST", "/messages"
		o.world.Faults.Set(fault)
		d := platforms.Draft{Key: fmt.Sprint("fault-", i), Room: room, As: platforms.UserID(one.ID), Body: say("once")}
		sent, err := o.conn.Messages.Send(t.Context(), d)
		for try := 0; try < 3 && err != nil; try++ {
			if kind := platforms.KindOf(err); kind != platforms.TryLater && kind != platforms.SlowDown {
				t.Errorf("%+v: %v", fault, err)
			}
			sent, err = o.conn.Messages.Send(t.Context(), d)
		}
		if err != nil || sent.ID == "" {
			t.Errorf("%+v: sent %+v, %v", fault, sent, err)
		}
		if standing := o.tenant.Messages(truth.ID); len(standing) != i+1 {
			t.Fatalf("%+v: %d messages stand, want %d", fault, len(standing), i+1)
		}
	}
	if calls := o.conn.Calls(); calls.Throttled < 4 || calls.Made <= calls.Throttled {
		t.Errorf("counted %+v", calls)
	}
}

func TestARenamedPersonIsFoundAgain(t *testing.T) {
	o := ready(t)
	truth, one, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	send := func(key string) error {
		_, err := o.conn.Messages.Send(t.Context(), platforms.Draft{Key: key, Room: room, As: platforms.UserID(one.ID), Body: say(key)})
		return err
	}
	if err := send("before"); err != nil {
		t.Fatal(err)
	}
	if err := o.tenant.ChangeAccount(one.ID, func(a *sandbox.Account) { a.Address = "renamed@" + o.tenant.Domains[0] }); err != nil {
		t.Fatal(err)
	}
	o.world.Clock.Advance(2 * time.Hour) // the token dies long before we think
	err := send("after")
	if platforms.KindOf(err) != platforms.TryLater {
		t.Errorf("with the old address: %v", err)
	}
	if err := send("after"); err != nil {
		t.Errorf("with the new address: %v", err)
	}
	if err := o.tenant.ChangeAccount(one.ID, func(a *sandbox.Account) { a.Suspended = true }); err != nil {
		t.Fatal(err)
	}
	if err := send("late"); platforms.KindOf(err) != platforms.Forbidden {
		t.Errorf("as somebody suspended: %v", err)
	}
}

func TestNobodyIsActedForPastTheFence(t *testing.T) {
	o := ready(t)
	truth, one, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	if _, err := o.conn.Messages.Send(t.Context(), platforms.Draft{Key: "before", Room: room, As: platforms.UserID(one.ID), Body: say("x")}); err != nil {
		t.Fatal(err)
	}
	o.mu.Lock()
	o.refuse[strings.ToLower(one.Address)] = true // with a token in hand that is still good
	o.admitted = nil
	o.mu.Unlock()
	_, err := o.conn.Messages.Send(t.Context(), platforms.Draft{Key: "k", Room: room, As: platforms.UserID(one.ID), Body: say("x")})
	var e *platforms.Error
	if !errors.As(err, &e) || e.Kind != platforms.Forbidden || e.Code != codeNotAdmitted {
		t.Errorf("a refused person: %v", err)
	}
	if len(o.tenant.Messages(truth.ID)) != 1 {
		t.Error("a refused person spoke")
	}
	if _, err := o.conn.Sources[0].Start(t.Context(), room); err != nil {
		t.Errorf("the space cannot be read by another: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := o.conn.Messages.Send(ended, platforms.Draft{Key: "k", Room: room, As: platforms.UserID(one.ID), Body: say("x")}); platforms.KindOf(err) != platforms.TryLater {
		t.Errorf("a fence that could not look: %v", err)
	}
	for _, id := range o.tenant.MembersOf(truth.ID) {
		if a, ok := o.tenant.Account(id); ok {
			o.refuse[strings.ToLower(a.Address)] = true
		}
	}
	o.connect()
	if _, err := o.conn.Sources[0].Start(t.Context(), room); !errors.As(err, &e) || e.Code != codeNotAdmitted {
		t.Errorf("read in nobody's name: %v", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, entry := range o.admitted {
		address, purpose, _ := strings.Cut(entry, ": ")
		if purpose == "" || address == "" || address == strings.ToLower(one.Address) {
			t.Errorf("admitted %q", entry)
		}
	}
}
