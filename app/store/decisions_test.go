package store

import (
	"errors"
	"testing"
	"time"

	"miohub/platforms"
)

func TestANoStandsUntilALaterYes(t *testing.T) {
	s, _ := newStore(t)
	ctx := t.Context()
	save := func(states ...ActionState) int64 {
		t.Helper()
		var rows []StoredAction
		for i, state := range states {
			rows = append(rows, StoredAction{ID: string(rune('a' + i)), State: state, Body: []byte("{}")})
		}
		return ok[int64](t)(s.SavePlan(ctx, rows))
	}
	declined := func(want string) {
		t.Helper()
		got := ok[map[string]bool](t)(s.DeclinedActions(ctx))
		text := ""
		for _, id := range []string{"a", "b", "c"} {
			if got[id] {
				text += id
			}
		}
		if text != want {
			t.Errorf("declined %q, want %q", text, want)
		}
	}
	declined("")
	first := save(ActionDeclined, ActionDeclined, ActionApplied)
	declined("ab")
	save(ActionProposed, ActionApproved, ActionDeclined)
	declined("ac")
	must(t, s.SetActionStates(ctx, first, []string{"a"}, ActionProposed))
	declined("c")
}

func TestANoticeStaysUntilItIsAcknowledged(t *testing.T) {
	s, _ := newStore(t)
	ctx := t.Context()
	n := Notice{ID: "1", Kind: "room-gone", Subject: ref("google", "r"), Title: "gone", Reason: "read", At: time.Unix(9, 0).UTC()}
	must(t, s.AddNotices(ctx, nil))
	must(t, s.AddNotices(ctx, []Notice{n, {ID: "0", At: time.Unix(10, 0)}}))
	if got := ok[[]Notice](t)(s.OpenNotices(ctx)); len(got) != 2 || got[0] != n {
		t.Errorf("%+v", got)
	}
	must(t, s.AcknowledgeNotice(ctx, "1"))
	must(t, s.AcknowledgeNotice(ctx, "1"))
	must(t, s.AddNotices(ctx, []Notice{n})) // the same change is no news
	if got := ok[[]Notice](t)(s.OpenNotices(ctx)); len(got) != 1 || got[0].ID != "0" {
		t.Errorf("%+v", got)
	}
	must(t, s.SetRoomName(ctx, space, "Old"))
	must(t, s.SetRoomName(ctx, space, "New"))
	if got := ok[map[platforms.Ref]string](t)(s.RoomNames(ctx)); len(got) != 1 || got[space] != "New" {
		t.Errorf("%v", got)
	}
}

func TestFinishingAndRelabellingAreDoneOnce(t *testing.T) {
	s, c := newStore(t)
	ctx := t.Context()
	id := queue(t, s, delivery(Create, "a"))[0]
	if err := s.Relabel(ctx, id); !errors.Is(err, ErrState) {
		t.Errorf("what was not tried was relabelled: %v", err)
	}
	if !ok[bool](t)(s.HasOutbox(ctx, ref("google", "a"))) {
		t.Error("what is queued is not known")
	}
	must(t, s.MarkSending(ctx, id, c.now()))
	must(t, s.Relabel(ctx, id))
	if o, _, err := s.OutboxRow(ctx, id); err != nil || o.State != Queued || o.As != "" {
		t.Errorf("%+v, %v", o, err)
	}
	link := MessageLink{Source: ref("google", "a"), Target: ref("microsoft", "m1"), SourceRoom: space, TargetRoom: channel, SourceRoot: "old", TargetRoot: "m1", Key: "a"}
	must(t, s.Finish(ctx, id, link))
	if err := s.Finish(ctx, id, link); !errors.Is(err, ErrState) {
		t.Errorf("finished twice: %v", err)
	}
	if ok[bool](t)(s.HasOutbox(ctx, ref("google", "a"))) || ok[int](t)(s.CountMessageLinks(ctx)) != 1 {
		t.Error("what is finished still waits, or has no link")
	}
	if got := ok[string](t)(s.ThreadThere(ctx, space, channel, "old")); got != "m1" {
		t.Errorf("thread %q", got)
	}
	if got := ok[string](t)(s.ThreadThere(ctx, space, channel, "")); got != "" {
		t.Errorf("roots share the thread %q", got)
	}
	if got := ok[[]string](t)(s.DraftKeys(ctx, ref("google", "a"), channel)); len(got) != 1 || got[0] != "a" {
		t.Errorf("parts %v", got)
	}
}
