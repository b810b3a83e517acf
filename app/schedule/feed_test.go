package schedule

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"miohub/platforms"
)

func follow(t *testing.T, rooms ...platforms.RoomID) *Schedule {
	t.Helper()
	s, err := New(Options{Budget: 100, Min: time.Second, Max: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	set(s, rooms...)
	return s
}

func set(s *Schedule, rooms ...platforms.RoomID) {
	var list []Room
	for _, id := range rooms {
		list = append(list, Room{ID: id})
	}
	s.Set(list)
}

func take(t *testing.T, s *Schedule) platforms.RoomID {
	t.Helper()
	turn, err := s.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return turn.Room
}

func TestALookIsAnsweredByATurnThatBeganAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := follow(t, "a")
		take(t, s) // under way already when the notification comes
		answered := make(chan error, 1)
		go func() { answered <- s.Look(t.Context(), "a") }()
		synctest.Wait()
		s.Done("a", 0, "1")
		synctest.Wait()
		if len(answered) > 0 {
			t.Fatal("a turn that began before answered it")
		}
		take(t, s)
		s.Failed("a", 0)
		synctest.Wait()
		if len(answered) > 0 {
			t.Fatal("a failed turn answered it")
		}
		take(t, s)
		s.Done("a", 1, "2")
		if err := <-answered; err != nil {
			t.Error(err)
		}
	})
}

func TestALookAtARoomThatGoesAwayEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := follow(t, "a", "b")
		list, changed := s.Rooms()
		if len(list) != 2 {
			t.Fatalf("rooms: %v", list)
		}
		answered := make(chan error, 1)
		go func() { answered <- s.Look(t.Context(), "a") }()
		synctest.Wait()
		set(s, "b")
		if err := <-answered; !errors.Is(err, ErrGone) {
			t.Error(err)
		}
		select {
		case <-changed:
		default:
			t.Error("nobody is told that a room went away")
		}
		_, changed = s.Rooms()
		set(s, "b")
		select {
		case <-changed:
			t.Error("the same rooms are told as a change")
		default:
		}
		if err := s.Look(t.Context(), "a"); !errors.Is(err, ErrGone) {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Look(ctx, "b"); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestWhileChangesAreToldQuietRoomsRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := follow(t, "a")
		looks := func(d time.Duration) (n int) {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			for {
				if _, err := s.Next(ctx); err != nil {
					return n
				}
				n++
				s.Done("a", 0, "")
			}
		}
		if n := looks(10 * time.Minute); n < 10 {
			t.Errorf("%d looks in ten minutes without a feed", n)
		}
		s.Rest(time.Hour)
		if n := looks(50 * time.Minute); n > 0 {
			t.Errorf("%d looks while resting", n)
		}
		if n := looks(3 * time.Hour); n < 2 || n > 3 {
			t.Errorf("%d looks in three hours with a feed", n)
		}
		s.Nudge("a")
		if n := looks(time.Minute); n != 1 {
			t.Errorf("%d looks after a nudge", n)
		}
		s.Rest(0)
		if n := looks(time.Second); n != 1 {
			t.Errorf("%d looks when the feed ended: what it did not tell is missing", n)
		}
		if n := looks(10 * time.Minute); n < 10 {
			t.Errorf("%d looks in ten minutes after the feed ended", n)
		}
	})
}
