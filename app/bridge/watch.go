package bridge

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"miohub/app/activity"
	"miohub/app/schedule"
	"miohub/app/store"
	"miohub/platforms"
)

// sink stores what a platform's source found: the events and the next cursor in
// one transaction, bodies sealed.
type sink struct {
	e      *Engine
	tenant platforms.Tenant
	turns  *schedule.Schedule
}

var _ platforms.Sink = (*sink)(nil)

func (s *sink) ref(id string) platforms.Ref {
	return platforms.Ref{Platform: s.tenant.Platform, Tenant: s.tenant.ID, ID: id}
}

// Put implements platforms.Sink.
func (s *sink) Put(ctx context.Context, room platforms.RoomID, events []platforms.Event, next platforms.Cursor) error {
	rows := make([]store.InboxEvent, 0, len(events))
	for _, ev := range events {
		row, err := s.row(room, ev)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	added, err := s.e.store.AddEvents(ctx, s.ref(string(room)), next, rows)
	if err != nil {
		return fmt.Errorf("bridge: store events: %w", err)
	}
	s.turns.Done(room, added, next)
	if added > 0 {
		s.e.wakeConverter()
	}
	s.e.succeeded(s.tenant.Platform)
	if n := s.e.streaks.ended(s.ref(string(room))); n > 0 {
		s.tell(ctx, room, activity.Entry{Level: store.LevelOK, Code: "bridge.look-recovered",
			Text: "A room can be looked at again.", Detail: map[string]int{"failed": n}})
	}
	return nil
}

// tell logs something about looking at a room.
func (s *sink) tell(ctx context.Context, room platforms.RoomID, entry activity.Entry) {
	entry.Platform, entry.Room, entry.Subject = s.tenant.Platform, s.e.roomName(s.ref(string(room))), string(room)
	s.e.write(ctx, entry)
}

func (s *sink) row(room platforms.RoomID, ev platforms.Event) (store.InboxEvent, error) {
	body, err := json.Marshal(stored{Author: ev.Author, Body: ev.Body, Lost: ev.Lost, Files: ev.Files, Emoji: ev.Emoji, Own: ev.Own, Key: ev.DraftKey, Ver: ev.Version})
	if err != nil {
		return store.InboxEvent{}, fmt.Errorf("bridge: store event: %w", err)
	}
	sealed, err := s.e.vault.Seal(sealInbox, body)
	if err != nil {
		return store.InboxEvent{}, fmt.Errorf("bridge: seal event: %w", err)
	}
	return store.InboxEvent{
		Key: ev.Key, Kind: string(ev.Kind), Room: s.ref(string(room)),
		Message: string(ev.Message), Root: string(ev.Root), Version: ev.Version,
		Time: ev.Time, Sealed: sealed,
	}, nil
}

// Failed implements platforms.Sink.
func (s *sink) Failed(ctx context.Context, room platforms.RoomID, err error) {
	if ctx.Err() != nil {
		return
	}
	s.turns.Failed(room, platforms.RetryAfter(err))
	s.e.failed(s.tenant.Platform, err)
	kind := platforms.KindOf(err)
	if kind == platforms.SlowDown || kind == platforms.TryLater {
		return // expected under load; the transport counts it
	}
	every := time.Duration(float64(tellEvery) / max(1, s.e.sides[s.tenant.Platform].Pace))
	if s.e.streaks.failed(s.ref(string(room)), s.e.now(), every) {
		s.tell(ctx, room, activity.Entry{Level: store.LevelProblem, Code: "bridge.look-failed",
			Text: "A room could not be looked at; it is tried again.", Err: err})
	}
}
