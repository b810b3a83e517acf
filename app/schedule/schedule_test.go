package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"miohub/app/schedule"
	"miohub/platforms"

	"pgregory.net/rapid"
)

// look is one turn, with the time since the start of the test.
type look struct {
	room platforms.RoomID
	at   time.Duration
}

// watch runs workers in a synctest bubble for a time; each look takes a while
// and finds what events says.
func watch(t *testing.T, s *schedule.Schedule, workers int, span, takes time.Duration, events func(platforms.RoomID, time.Duration) int) []look {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	start := time.Now()
	var mu sync.Mutex
	var looks []look
	busy := map[platforms.RoomID]bool{}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				turn, err := s.Next(ctx)
				if err != nil {
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("Next = %v", err)
					}
					return
				}
				at := time.Since(start)
				mu.Lock()
				if busy[turn.Room] {
					t.Errorf("%s is in two turns", turn.Room)
				}
				busy[turn.Room] = true
				looks = append(looks, look{turn.Room, at})
				mu.Unlock()
				time.Sleep(takes)
				n := 0
				if events != nil {
					n = events(turn.Room, at)
				}
				mu.Lock()
				busy[turn.Room] = false
				mu.Unlock()
				s.Done(turn.Room, n, turn.Cursor+"+")
			}
		})
	}
	wg.Wait()
	return looks
}

func newSchedule(t interface{ Fatal(...any) }, opt schedule.Options, rooms int) *schedule.Schedule {
	s, err := schedule.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	s.Set(named(rooms))
	return s
}

func named(n int) []schedule.Room {
	var rooms []schedule.Room
	for i := range n {
		rooms = append(rooms, schedule.Room{ID: platforms.RoomID(fmt.Sprint("room", i)), Cursor: "c"})
	}
	return rooms
}

// The three promises, for any number of rooms and workers and any traffic: the
// budget is kept in every stretch of time, no room is looked at twice within
// Min, and none waits longer than Max as long as the budget suffices.
func TestBudgetMinAndMaxHold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rooms := rapid.IntRange(1, 60).Draw(rt, "rooms")
		budget := rapid.Float64Range(0.5, 20).Draw(rt, "budget")
		round := time.Duration(float64(rooms) / budget * float64(time.Second))
		minimum := time.Duration(rapid.IntRange(1, 10).Draw(rt, "min")) * time.Second
		maximum := max(minimum, time.Duration(float64(round)*rapid.Float64Range(1.3, 5).Draw(rt, "slack"))) + 3*time.Second
		workers := rapid.IntRange(1, 4).Draw(rt, "workers")
		seed := rapid.Uint64().Draw(rt, "seed")
		synctest.Test(t, func(t *testing.T) {
			s := newSchedule(t, schedule.Options{Budget: budget, Min: minimum, Max: maximum}, rooms)
			rng := rand.New(rand.NewPCG(seed, 1))
			var mu sync.Mutex
			span := 4*maximum + 2*round
			looks := watch(t, s, workers, span, time.Millisecond, func(platforms.RoomID, time.Duration) int {
				mu.Lock()
				defer mu.Unlock()
				return int(rng.ExpFloat64())
			})
			checkBudget(t, looks, budget)
			last := map[platforms.RoomID]time.Duration{}
			for _, l := range looks {
				if before, again := last[l.room]; again {
					if gap := l.at - before; gap < minimum || gap > maximum {
						t.Errorf("%s: %v between two looks, want %v to %v", l.room, gap, minimum, maximum)
					}
				} else if l.at > round+time.Second {
					t.Errorf("%s: first look after %v, one round is %v", l.room, l.at, round)
				}
				last[l.room] = l.at
			}
			for _, r := range named(rooms) {
				if idle := span - last[r.ID]; idle > maximum+time.Second {
					t.Errorf("%s was not looked at for %v at the end", r.ID, idle)
				}
			}
		})
	})
}

// checkBudget: between any two looks there was time for those in between.
func checkBudget(t *testing.T, looks []look, budget float64) {
	t.Helper()
	gap := time.Duration(float64(time.Second) / budget)
	for i := 1; i < len(looks); i++ {
		if d := looks[i].at - looks[i-1].at; d < gap {
			t.Fatalf("looks %d and %d are %v apart, the budget asks for %v", i-1, i, d, gap)
		}
	}
}

func TestBusyRoomsAreLookedAtMoreOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(t, schedule.Options{Budget: 2, Min: time.Second, Max: 5 * time.Minute}, 100)
		last := map[platforms.RoomID]time.Duration{}
		rng := rand.New(rand.NewPCG(7, 7))
		looks := watch(t, s, 1, 4*time.Hour, 0, func(id platforms.RoomID, at time.Duration) int {
			perHour := 1.0
			if id == "room0" {
				perHour = 100
			}
			n := poisson(rng, perHour/3600*(at-last[id]).Seconds())
			last[id] = at
			return n
		})
		count := map[platforms.RoomID]int{}
		for _, l := range looks {
			if l.at > time.Hour {
				count[l.room]++
			}
		}
		others := 0
		for id, n := range count {
			if id != "room0" {
				others += n
			}
		}
		// A hundred times the rate deserves ten times the looks.
		if ratio := float64(count["room0"]) / (float64(others) / 99); ratio < 4 || ratio > 20 {
			t.Errorf("the busy room got %.1f times the looks of another, want about 10", ratio)
		}
	})
}

func poisson(rng *rand.Rand, mean float64) int {
	n := 0
	for p := rng.Float64(); p > math.Exp(-mean); p *= rng.Float64() {
		n++
	}
	return n
}

// The mean wait of a message, against the best that fixed intervals could do if
// the rates were known: (Σ√rate)² / (2 × budget × Σrate).
func TestMessagesWaitLittleLongerThanUnderTheBestFixedIntervals(t *testing.T) {
	const rooms, budget, perSecond, span = 150, 1.5, 0.15, 8 * time.Hour
	for _, tc := range []struct {
		traffic string
		talk    int // messages in a conversation, on average
		limit   float64
	}{
		{"steady", 1, 1.25},
		{"conversations", 10, 0.8},
	} {
		t.Run(tc.traffic, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(3, 11))
			said := map[platforms.RoomID][]float64{}
			harmonic, roots := 0.0, 0.0
			for i := range rooms {
				harmonic += 1 / float64(i+1)
			}
			for i := range rooms {
				rate := perSecond / float64(i+1) / harmonic // Zipf's law
				roots += math.Sqrt(rate)
				id := platforms.RoomID(fmt.Sprint("room", i))
				for begins := 0.0; begins < span.Seconds(); begins += rng.ExpFloat64() * float64(tc.talk) / rate {
					for at := begins; ; at += rng.ExpFloat64() * 20 {
						said[id] = append(said[id], at)
						if rng.Float64()*float64(tc.talk) < 1 {
							break
						}
					}
				}
				slices.Sort(said[id])
			}
			best := roots * roots / (2 * budget * perSecond)
			waited, messages := 0.0, 0
			synctest.Test(t, func(t *testing.T) {
				s := newSchedule(t, schedule.Options{Budget: budget, Min: time.Second, Max: 5 * time.Minute}, rooms)
				watch(t, s, 1, span, 0, func(id platforms.RoomID, at time.Duration) (n int) {
					for ; len(said[id]) > 0 && said[id][0] <= at.Seconds(); n++ {
						if at > time.Hour { // the first hour is for learning
							waited, messages = waited+at.Seconds()-said[id][0], messages+1
						}
						said[id] = said[id][1:]
					}
					return n
				})
			})
			mean := waited / float64(messages)
			t.Logf("%d messages waited %.1f s, %.2f of the best fixed intervals", messages, mean, mean/best)
			if mean > tc.limit*best {
				t.Errorf("messages waited %.1f s, more than %.2f × %.1f s", mean, tc.limit, best)
			}
		})
	}
}

func TestAConversationIsFollowedClosely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(t, schedule.Options{Budget: 2, Min: 2 * time.Second, Max: 5 * time.Minute}, 400)
		talking := func(at time.Duration) bool { return at > 50*time.Minute && at < time.Hour }
		looks := watch(t, s, 2, time.Hour, 0, func(id platforms.RoomID, at time.Duration) int {
			if id == "room7" && talking(at) {
				return 1
			}
			return 0
		})
		n := 0
		for _, l := range looks {
			if l.room == "room7" && l.at > 55*time.Minute {
				n++
			}
		}
		// Uniformly it would be one or two in five minutes.
		if n < 15 {
			t.Errorf("%d looks in five minutes of conversation", n)
		}
	})
}

func TestQuietRoomsCostLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(t, schedule.Options{Budget: 2, Min: 5 * time.Second, Max: 5 * time.Minute}, 3)
		looks := watch(t, s, 1, 10*time.Hour, 0, nil)
		late := 0
		for _, l := range looks {
			if l.at >= 9*time.Hour {
				late++
			}
		}
		if late < 3*12 || late > 3*13 {
			t.Errorf("%d looks in the tenth hour of silence in three rooms, want one in five minutes each", late)
		}
	})
}

func TestANudgeLooksAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(t, schedule.Options{Budget: 1, Min: time.Minute, Max: time.Hour}, 2)
		for range 2 {
			turn := next(t, s)
			s.Done(turn.Room, 0, "next of "+platforms.Cursor(turn.Room))
		}
		time.Sleep(10 * time.Second)
		start := time.Now()
		s.Nudge("room1")
		turn := next(t, s)
		if turn.Room != "room1" || turn.Cursor != "next of room1" || time.Since(start) > 0 {
			t.Errorf("turn %+v after %v", turn, time.Since(start))
		}
		s.Nudge("room1") // during its turn
		s.Done("room1", 0, "c3")
		if turn = next(t, s); turn.Room != "room1" || turn.Cursor != "c3" || time.Since(start) != time.Second {
			t.Errorf("turn %+v after %v; a nudge during a turn asks for another, within the budget", turn, time.Since(start))
		}
	})
}

func next(t *testing.T, s *schedule.Schedule) platforms.Turn {
	t.Helper()
	turn, err := s.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

func TestAFailureWaitsAsAskedAndKeepsTheCursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(t, schedule.Options{Budget: 10, Min: time.Second, Max: time.Minute}, 1)
		start := time.Now()
		next(t, s)
		time.Sleep(3 * time.Second) // the call took so long
		s.Failed("room0", 90*time.Second)
		if turn := next(t, s); turn.Cursor != "c" || time.Since(start) != 93*time.Second {
			t.Fatalf("%+v after %v", turn, time.Since(start))
		}
		var waits []time.Duration
		for range 8 {
			before := time.Now()
			s.Failed("room0", 0)
			next(t, s)
			waits = append(waits, time.Since(before))
		}
		if got := fmt.Sprint(waits); got != "[2s 4s 8s 16s 32s 1m0s 1m0s 1m0s]" {
			t.Errorf("waits between failures: %s", got)
		}
	})
}

func TestAfterSleepThereIsNoBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asleep time.Duration
		s := newSchedule(t, schedule.Options{Budget: 1, Min: time.Second, Max: 10 * time.Minute, Now: func() time.Time { return time.Now().Add(asleep) }}, 5)
		watch(t, s, 1, 10*time.Hour, 0, nil)
		asleep = 8 * time.Hour // timers stood still
		looks := watch(t, s, 3, 30*time.Second, 0, nil)
		checkBudget(t, looks, 1)
		seen := map[platforms.RoomID]bool{}
		for _, l := range looks {
			seen[l.room] = true
		}
		if len(seen) != 5 || looks[len(looks)-1].at > time.Minute {
			t.Errorf("after eight hours asleep: %v", looks)
		}
	})
}

func TestTheClockMayBeSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var skew time.Duration
		s := newSchedule(t, schedule.Options{Budget: 1, Min: time.Second, Max: time.Minute, Now: func() time.Time { return time.Now().Add(skew) }}, 2)
		watch(t, s, 1, time.Hour, 0, nil)
		skew = -24 * time.Hour
		if looks := watch(t, s, 1, 5*time.Minute, 0, nil); len(looks) < 8 {
			t.Errorf("%d looks in five minutes after the clock was set back", len(looks))
		}
	})
}

func TestSetAddsAndRemovesRooms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(t, schedule.Options{Budget: 10, Min: time.Second, Max: time.Minute}, 0)
		found := make(chan platforms.Turn)
		go func() {
			turn, err := s.Next(t.Context())
			if err != nil {
				t.Error(err)
			}
			found <- turn
		}()
		synctest.Wait()
		s.Set(named(1)) // wakes who waits
		if turn := <-found; turn.Room != "room0" {
			t.Fatalf("%+v", turn)
		}
		s.Set(nil)
		s.Set([]schedule.Room{{ID: "room0", Cursor: "new"}})
		s.Done("room0", 3, "of the turn before") // ends the old turn, teaches nothing
		if turn := next(t, s); turn.Cursor != "new" {
			t.Errorf("a room that was set anew starts at %q", turn.Cursor)
		}
		s.Done("room0", 0, "c1")
		s.Set([]schedule.Room{{ID: "room0", Cursor: "older"}})
		if turn := next(t, s); turn.Cursor != "c1" {
			t.Errorf("a room that stays continues at %q", turn.Cursor)
		}
		s.Reset()
		if turn := next(t, s); turn.Cursor != "c1" {
			t.Errorf("after a reset the turn that was lost is given again, got %q", turn.Cursor)
		}
	})
}

func TestNextEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSchedule(t, schedule.Options{Budget: 1, Min: time.Second, Max: time.Second}, 0)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Hour, cancel)
		if _, err := s.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Next = %v", err)
		}
	})
}

func TestImpossibleOptionsAreRefused(t *testing.T) {
	for _, opt := range []schedule.Options{{}, {Budget: 1, Min: 2, Max: 1}, {Budget: -1, Min: 1, Max: 2}} {
		if _, err := schedule.New(opt); err == nil {
			t.Errorf("New(%+v) succeeded", opt)
		}
	}
}
