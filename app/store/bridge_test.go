package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/platforms"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var (
	space   = ref("google", "spaces/A")
	channel = ref("microsoft", "19:x@thread.tacv2")
)

func event(key string) InboxEvent {
	return InboxEvent{Key: key, Kind: "message-created", Message: key, Root: key, Version: "1", Sealed: []byte("sealed " + key), Time: time.Unix(5, 0).UTC()}
}

// delivery is an outbox row for source message id in the channel.
func delivery(kind OutboxKind, id string) OutboxRow {
	return OutboxRow{LinkID: 1, Kind: kind, Key: id, Version: "1", Source: ref("google", id), SourceRoom: space, Target: channel, Sealed: []byte("sealed " + id)}
}

// queue puts rows in the outbox by way of an event, and answers with their ids.
func queue(t fataler, s *Store, rows ...OutboxRow) []int64 {
	t.Helper()
	ctx := t.Context()
	before, err := s.Outbox(ctx, Queued, 1<<30)
	check(t, err)
	n, err := s.AddEvents(ctx, space, "", []InboxEvent{event(fmt.Sprint("event ", time.Now().UnixNano()))})
	check(t, err)
	inbox, err := s.NextInbox(ctx, 1)
	check(t, err)
	if n != 1 || len(inbox) != 1 {
		t.Fatalf("%d added, %d waiting", n, len(inbox))
	}
	check(t, s.Convert(ctx, inbox[0].ID, rows))
	after, err := s.Outbox(ctx, Queued, 1<<30)
	check(t, err)
	var ids []int64
	for _, o := range after[len(before):] {
		ids = append(ids, o.ID)
	}
	return ids
}

func TestEventsAndCursorAreStoredTogetherAndOnce(t *testing.T) {
	s, c := newStore(t)
	ctx := t.Context()
	if n := ok[int](t)(s.AddEvents(ctx, space, "c1", []InboxEvent{event("a"), event("b")})); n != 2 {
		t.Errorf("added %d", n)
	}
	if n := ok[int](t)(s.AddEvents(ctx, space, "c2", []InboxEvent{event("b"), event("c")})); n != 1 {
		t.Errorf("added %d of an overlap", n)
	}
	if n := ok[int](t)(s.AddEvents(ctx, channel, "x", []InboxEvent{event("a")})); n != 1 {
		t.Errorf("another room's event with the same key: added %d", n)
	}
	if got := ok[platforms.Cursor](t)(s.Cursor(ctx, space)); got != "c2" {
		t.Errorf("cursor %q", got)
	}
	got := ok[[]InboxEvent](t)(s.PendingInbox(ctx, space, 2))
	want := event("a")
	want.ID, want.Room, want.Stored = 1, space, c.now()
	if len(got) != 2 || got[1].Key != "b" || cmp.Diff(want, got[0]) != "" {
		t.Errorf("pending %+v", got)
	}
	if all := ok[[]InboxEvent](t)(s.NextInbox(ctx, 10)); len(all) != 4 || all[2].Key != "c" {
		t.Errorf("inbox %+v", all)
	}
	must(t, s.SetCursor(ctx, channel, ""))
	if all := ok[map[platforms.Ref]platforms.Cursor](t)(s.Cursors(ctx)); len(all) != 1 || all[space] != "c2" {
		t.Errorf("cursors %v", all)
	}
}

func TestConvertIsDoneOnceAndErasesTheBody(t *testing.T) {
	s, c := newStore(t)
	ctx := t.Context()
	ok[int](t)(s.AddEvents(ctx, space, "c1", []InboxEvent{event("a"), event("b")}))
	held := delivery(Create, "a2")
	held.State, held.Error = Held, "the author is not matched"
	for range 2 {
		must(t, s.Convert(ctx, 1, []OutboxRow{delivery(Create, "a"), held}))
	}
	must(t, s.Convert(ctx, 2, []OutboxRow{delivery(Create, "a")})) // the same draft from another event
	if n := ok[int](t)(s.CountInbox(ctx)); n != 0 {
		t.Errorf("%d events wait", n)
	}
	counts := ok[map[OutboxState]int](t)(s.OutboxCounts(ctx))
	if counts[Queued] != 1 || counts[Held] != 1 {
		t.Errorf("counts %v", counts)
	}
	if n := ok[int](t)(s.count(ctx, "SELECT count(*) FROM inbox WHERE sealed IS NOT NULL")); n != 0 {
		t.Errorf("%d bodies are left", n)
	}
	if n := ok[int](t)(s.AddEvents(ctx, space, "c2", []InboxEvent{event("a")})); n != 0 {
		t.Error("a converted event came again")
	}
	c.add(time.Hour)
	if n := ok[int](t)(s.PruneInbox(ctx, c.now())); n != 2 {
		t.Errorf("pruned %d", n)
	}
}

func TestADeliverysLife(t *testing.T) {
	s, c := newStore(t)
	ctx := t.Context()
	id := queue(t, s, delivery(Create, "a"))[0]
	first := c.now()
	must(t, s.MarkSending(ctx, id, first))
	if got := ok[[]OutboxRow](t)(s.Due(ctx, c.now(), 10)); len(got) != 0 {
		t.Errorf("due while being sent: %+v", got)
	}
	if err := s.MarkSending(ctx, id, first); !errors.Is(err, ErrState) {
		t.Errorf("sent by two: %v", err)
	}
	if got, _, err := one(ctx, s.w, "synchronous", textRow, "PRAGMA synchronous"); err != nil || got != "1" {
		t.Errorf("synchronous %q afterwards, %v", got, err)
	}
	c.add(time.Minute)
	must(t, s.MarkRetry(ctx, id, c.now().Add(time.Minute), "try later"))
	if got := ok[[]OutboxRow](t)(s.Due(ctx, c.now(), 10)); len(got) != 0 {
		t.Errorf("due before its time: %+v", got)
	}
	if at, found, err := s.NextDue(ctx); err != nil || !found || !at.Equal(c.now().Add(time.Minute)) {
		t.Errorf("NextDue = %v, %v, %v", at, found, err)
	}
	c.add(time.Minute)
	due := ok[[]OutboxRow](t)(s.Due(ctx, c.now(), 10))
	if len(due) != 1 || due[0].Attempts != 1 || due[0].Error != "try later" || string(due[0].Sealed) != "sealed a" || !due[0].FirstTried.Equal(first) {
		t.Fatalf("due %+v", due)
	}
	must(t, s.MarkSending(ctx, id, c.now()))
	if got := ok[[]OutboxRow](t)(s.Sending(ctx)); len(got) != 1 || !got[0].FirstTried.Equal(first) || got[0].Attempts != 2 {
		t.Errorf("sending %+v", got)
	}
	link := MessageLink{Source: ref("google", "a"), Target: ref("microsoft", "m1"), SourceRoom: space, TargetRoom: channel, TargetRoot: "m1", Key: "a", Version: "1", Hash: "h", Sent: c.now()}
	must(t, s.MarkSent(ctx, id, link))
	if err := s.MarkSent(ctx, id, link); !errors.Is(err, ErrState) {
		t.Errorf("sent twice: %v", err)
	}
	if o, _, err := s.OutboxRow(ctx, id); err != nil || o.State != Sent || o.Sealed != nil || o.Error != "" {
		t.Errorf("row %+v, %v", o, err)
	}
	if got := ok[[]MessageLink](t)(s.MessageLinkBySource(ctx, ref("google", "a"))); cmp.Diff([]MessageLink{link}, got) != "" {
		t.Errorf("by source %+v", got)
	}

	gone := queue(t, s, delivery(Delete, "a"))[0]
	must(t, s.MarkSent(ctx, gone, link))
	link.Deleted = true
	got, found, err := s.MessageLinkByTarget(ctx, ref("microsoft", "m1"))
	if d := cmp.Diff(link, got); err != nil || !found || d != "" {
		t.Error(err, d)
	}
	if ours := ok[bool](t)(s.IsTarget(ctx, ref("microsoft", "m1"))); !ours {
		t.Error("IsTarget does not know our message")
	}
	if ours := ok[bool](t)(s.IsTarget(ctx, ref("google", "a"))); ours {
		t.Error("IsTarget takes a source for ours")
	}
	if _, found, err := s.NextDue(ctx); err != nil || found {
		t.Errorf("NextDue of an empty outbox: %v, %v", found, err)
	}
	c.add(time.Hour)
	if n := ok[int](t)(s.PruneOutbox(ctx, c.now())); n != 2 {
		t.Errorf("pruned %d", n)
	}
}

func TestAHeldDeliveryStopsOnlyWhatDependsOnIt(t *testing.T) {
	s, c := newStore(t)
	ctx := t.Context()
	reply := delivery(Create, "reply")
	reply.SourceRoot = ref("google", "a")
	late := delivery(Edit, "reply")
	other := delivery(Create, "other")
	edit := delivery(Edit, "a")
	ids := queue(t, s, delivery(Create, "a"), reply, late, edit, other)
	must(t, s.MarkHeld(ctx, ids[0], "uncertain, not found"))
	due := func() (keys []string) {
		for _, o := range ok[[]OutboxRow](t)(s.Due(ctx, c.now(), 10)) {
			keys = append(keys, string(o.Kind)+" "+o.Key)
			must(t, s.MarkSending(ctx, o.ID, c.now()))
			must(t, s.MarkSent(ctx, o.ID, MessageLink{}))
		}
		return keys
	}
	if got := fmt.Sprint(due(), due()); got != "[create other] []" {
		t.Fatalf("while the root is held: %s", got)
	}
	must(t, s.Resend(ctx, ids[0]))
	if got := fmt.Sprint(due(), due(), due(), due(), due()); got != "[create a] [create reply] [edit reply] [edit a] []" {
		t.Errorf("after resend: %s", got)
	}
	held := queue(t, s, delivery(Create, "b"), delivery(Delete, "b"))
	must(t, s.MarkHeld(ctx, held[0], ""))
	must(t, s.Drop(ctx, held[0], "dropped by dana"))
	if got := fmt.Sprint(due()); got != "[delete b]" {
		t.Errorf("after drop: %s", got)
	}
	if o, _, err := s.OutboxRow(ctx, held[0]); err != nil || o.State != Failed || o.Sealed != nil || o.Error != "dropped by dana" {
		t.Errorf("dropped %+v, %v", o, err)
	}
	if err := s.Resend(ctx, held[0]); !errors.Is(err, ErrState) {
		t.Errorf("a dropped delivery is sent again: %v", err)
	}
}

// fataler is what *testing.T and *rapid.T have in common here.
type fataler interface {
	Helper()
	Context() context.Context
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func check(t fataler, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDueKeepsTheOrderOfEveryRoom(t *testing.T) {
	s, c := newStore(t)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		ctx := t.Context()
		round++
		var rows []OutboxRow
		for i := range rapid.IntRange(1, 14).Draw(rt, "rows") {
			o := delivery(OutboxKind(rapid.SampledFrom([]string{"create", "edit", "delete"}).Draw(rt, "kind")), "")
			message := fmt.Sprint(round, "/", rapid.IntRange(0, 3).Draw(rt, "message"))
			o.Key, o.Version = message, fmt.Sprint(i)
			o.Source = ref("google", message)
			o.Target = ref("microsoft", fmt.Sprint("room ", round, rapid.IntRange(0, 2).Draw(rt, "room")))
			if rapid.Bool().Draw(rt, "reply") {
				o.SourceRoot = ref("google", fmt.Sprint(round, "/", rapid.IntRange(0, 3).Draw(rt, "root")))
			}
			rows = append(rows, o)
		}
		ids := queue(t, s, rows...)
		model := map[int64]*OutboxRow{}
		for i, id := range ids {
			o := rows[i]
			o.ID, o.State = id, Queued
			model[id] = &o
		}
		for range 25 {
			got, err := s.Due(ctx, c.now(), 100)
			check(rt, err)
			var heads []int64
			for _, o := range got {
				if model[o.ID] != nil {
					heads = append(heads, o.ID)
				}
			}
			if want := dueInModel(ids, model); !slices.Equal(heads, want) {
				rt.Fatalf("due %v, want %v", heads, want)
			}
			step(rt, s, c, ids, model)
		}
		for _, id := range ids { // leave nothing to the next round
			if o := model[id]; o.State != Sent && o.State != Failed {
				check(rt, s.Drop(ctx, id, ""))
			}
		}
	})
}

// dueInModel says in the plainest way what Due promises.
func dueInModel(ids []int64, model map[int64]*OutboxRow) []int64 {
	var due []int64
	taken := map[platforms.Ref]bool{}
	for i, id := range ids {
		o := model[id]
		if o.State != Queued && o.State != Sending {
			continue
		}
		waits := false
		for _, before := range ids[:i] {
			p := model[before]
			open := p.State == Queued || p.State == Sending || p.State == Held
			same := p.Source == o.Source || p.Kind == Create && p.Source == o.SourceRoot
			waits = waits || open && p.Target == o.Target && same
		}
		if waits || taken[o.Target] {
			continue
		}
		taken[o.Target] = true
		if o.State == Queued {
			due = append(due, id)
		}
	}
	return due
}

// step does something to a random delivery, if its state allows.
func step(t *rapid.T, s *Store, c *clock, ids []int64, model map[int64]*OutboxRow) {
	ctx := t.Context()
	o := model[rapid.SampledFrom(ids).Draw(t, "delivery")]
	switch does := rapid.SampledFrom([]string{"send", "sent", "retry", "hold", "resend", "drop"}).Draw(t, "does"); {
	case does == "send" && o.State == Queued:
		check(t, s.MarkSending(ctx, o.ID, c.now()))
		o.State = Sending
	case does == "sent" && o.State == Sending:
		check(t, s.MarkSent(ctx, o.ID, MessageLink{}))
		o.State = Sent
	case does == "retry" && o.State == Sending:
		check(t, s.MarkRetry(ctx, o.ID, c.now(), ""))
		o.State = Queued
	case does == "hold" && (o.State == Queued || o.State == Sending):
		check(t, s.MarkHeld(ctx, o.ID, ""))
		o.State = Held
	case does == "resend" && o.State == Held:
		check(t, s.Resend(ctx, o.ID))
		o.State = Queued
	case does == "drop" && o.State == Held:
		check(t, s.Drop(ctx, o.ID, ""))
		o.State = Failed
	}
}

// childEnv makes the test binary the process that is killed.
const childEnv = "MIOHUB_STORE_TEST_CHILD"

func TestWhatWasCommittedSurvivesAKill(t *testing.T) {
	if path := os.Getenv(childEnv); path != "" {
		child(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), childEnv+"="+path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if said = append(said, lines.Text()); len(said) == 200 {
			must(t, cmd.Process.Kill())
			break
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the process ended before it was killed")
	}
	s := openAt(t, path, newClock())
	for _, line := range said {
		what, key, _ := strings.Cut(line, " ")
		var n int
		switch what {
		case "added":
			n = ok[int](t)(s.count(t.Context(), "SELECT count(*) FROM inbox WHERE key = ?", key))
		case "converted":
			n = ok[int](t)(s.count(t.Context(), "SELECT count(*) FROM outbox WHERE key = ?", key))
		case "sending":
			n = ok[int](t)(s.count(t.Context(), "SELECT count(*) FROM outbox WHERE key = ? AND state IN ('sending', 'sent')", key))
		case "sent":
			n = ok[int](t)(s.count(t.Context(), "SELECT count(*) FROM outbox JOIN message_links ON outbox.source = message_links.source WHERE outbox.key = ? AND state = 'sent' AND sealed IS NULL", key))
		default:
			t.Fatalf("the process said %q", line)
		}
		if n != 1 {
			t.Errorf("%s was committed before the kill: %d rows", line, n)
		}
	}
	if torn := ok[int](t)(s.count(t.Context(), "SELECT count(*) FROM inbox WHERE done > 0 AND key NOT IN (SELECT key FROM outbox)")); torn != 0 {
		t.Errorf("%d events are done without a delivery", torn)
	}
	if len(said) != 200 {
		t.Fatalf("the process said only %d things", len(said))
	}
}

// child carries messages until it is killed and says what it has committed.
func child(t *testing.T, path string) {
	s, err := Open(t.Context(), path, nil)
	must(t, err)
	for i := range 100_000 {
		key := fmt.Sprint("k", i)
		ok[int](t)(s.AddEvents(t.Context(), space, platforms.Cursor(key), []InboxEvent{event(key)}))
		fmt.Println("added", key)
		inbox := ok[[]InboxEvent](t)(s.NextInbox(t.Context(), 1))
		must(t, s.Convert(t.Context(), inbox[0].ID, []OutboxRow{delivery(Create, key)}))
		fmt.Println("converted", key)
		due := ok[[]OutboxRow](t)(s.Due(t.Context(), time.Now(), 1))
		must(t, s.MarkSending(t.Context(), due[0].ID, time.Now()))
		fmt.Println("sending", key)
		must(t, s.MarkSent(t.Context(), due[0].ID, MessageLink{Source: due[0].Source, Target: ref("microsoft", key), Key: key}))
		fmt.Println("sent", key)
	}
}

func TestDisconnectAndErase(t *testing.T) {
	s, _ := newStore(t)
	ctx := t.Context()
	ok[Diff](t)(s.ImportUsers(ctx, "google", "T", []platforms.User{user("a", "Ana")}, nil, true, "c"))
	ok[Diff](t)(s.ImportUsers(ctx, "microsoft", "T", []platforms.User{user("m", "Mo")}, nil, true, "c"))
	ok[int64](t)(s.Link(ctx, PersonLink{Left: ref("google", "a"), Right: ref("microsoft", "m")}))
	ok[int64](t)(s.LinkRooms(ctx, RoomLink{Left: space, Right: channel}))
	queue(t, s, delivery(Create, "x"))
	ok[int](t)(s.AddEvents(ctx, space, "c", []InboxEvent{event("y")}))
	must(t, s.PutSecret(ctx, "platform:google", "token", []byte("t")))
	must(t, s.PutSecret(ctx, "platform:microsoft", "token", []byte("t")))
	must(t, s.SaveConnection(ctx, Connection{Platform: "google", State: Connected}))
	for _, platform := range []platforms.ID{"google", "microsoft"} {
		want := DisconnectCount{People: 1, Rooms: 1, Queued: 2}
		if platform == "microsoft" {
			want.Queued = 1
		}
		if got := ok[DisconnectCount](t)(s.DisconnectCounts(ctx, platform)); got != want {
			t.Errorf("%s: %+v, want %+v", platform, got, want)
		}
	}
	must(t, s.Disconnect(ctx, "google"))
	if got := ok[DisconnectCount](t)(s.DisconnectCounts(ctx, "google")); got != (DisconnectCount{People: 1, Rooms: 1}) {
		t.Errorf("after: %+v", got)
	}
	if ok[[]byte](t)(s.GetSecret(ctx, "platform:google", "token")) != nil || ok[[]byte](t)(s.GetSecret(ctx, "platform:microsoft", "token")) == nil {
		t.Error("the wrong tokens were erased")
	}
	if n := ok[int](t)(s.count(ctx, "SELECT (SELECT count(*) FROM inbox WHERE sealed IS NOT NULL) + (SELECT count(*) FROM outbox WHERE sealed IS NOT NULL)")); n != 0 {
		t.Errorf("%d bodies are left", n)
	}
	if c := ok[Connection](t)(s.Connection(ctx, "google")); c.State != Disconnected {
		t.Errorf("connection %+v", c)
	}
	if n := ok[int](t)(s.CountUsers(ctx, "google")); n != 1 {
		t.Error("the directory went without being asked")
	}
	must(t, s.Erase(ctx, "google"))
	if ok[int](t)(s.CountUsers(ctx, "google")) != 0 || ok[int](t)(s.CountUsers(ctx, "microsoft")) != 1 || len(ok[[]PersonLink](t)(s.PersonLinks(ctx))) != 1 {
		t.Error("Erase took the wrong things")
	}
}

func TestWhatIsSealedWithALostKeyIsForgotten(t *testing.T) {
	s, c := newStore(t)
	ctx := t.Context()
	id := queue(t, s, delivery(Create, "a"))[0]
	ok[int](t)(s.AddEvents(ctx, space, "c", []InboxEvent{event("b")}))
	must(t, s.PutSecret(ctx, "platform:google", "token", []byte("t")))
	must(t, s.ForgetSealed(ctx))
	if o, _, err := s.OutboxRow(ctx, id); err != nil || o.State != Failed || o.Sealed != nil || o.Error == "" {
		t.Errorf("delivery %+v, %v", o, err)
	}
	if ok[int](t)(s.CountInbox(ctx)) != 0 || ok[[]byte](t)(s.GetSecret(ctx, "platform:google", "token")) != nil {
		t.Error("something sealed is left")
	}
	if got := ok[[]OutboxRow](t)(s.Due(ctx, c.now(), 10)); len(got) != 0 {
		t.Errorf("due %+v", got)
	}
}

func TestUnlinkingDropsWhatWaits(t *testing.T) {
	s, c := newStore(t)
	ctx := t.Context()
	kept := delivery(Create, "other link")
	kept.LinkID = 2
	rows := queue(t, s, delivery(Create, "a"), delivery(Create, "b"), kept)
	must(t, s.MarkSending(ctx, rows[0], c.now()))
	if n := ok[int](t)(s.DropLink(ctx, 1, "unlinked by dana")); n != 1 {
		t.Errorf("dropped %d", n)
	}
	counts := ok[map[OutboxState]int](t)(s.OutboxCounts(ctx))
	if counts[Sending] != 1 || counts[Failed] != 1 || counts[Queued] != 1 || counts[Sent] != 0 || len(counts) != 5 {
		t.Errorf("counts %v; what is being sent must be looked for", counts)
	}
	failed := ok[[]OutboxRow](t)(s.Outbox(ctx, Failed, 10))
	if len(failed) != 1 || failed[0].Key != "b" || failed[0].Error != "unlinked by dana" || failed[0].Sealed != nil {
		t.Errorf("failed %+v", failed)
	}
}
