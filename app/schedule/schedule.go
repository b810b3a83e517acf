// Package schedule decides which room to look at next under a call budget: busy
// rooms more often, every room within a longest wait, none too often.
//
// A message waits, on average, half the time between two looks at its room. For
// rooms with message rates l and looks f the mean wait over all messages is the
// sum of l/2f; under a fixed sum of f it is least where f is proportional to the
// square root of l. Looking next at the room with the greatest age × √rate gives
// just that, and follows the rates as they are learned. A room that was active a
// moment ago counts as busier than its long-term rate says, because people talk
// in conversations; a room that has been quiet is left alone for a small part of
// its silence, so that idle rooms cost next to nothing.
package schedule

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"

	"miohub/platforms"
)

// Options bound the looks.
type Options struct {
	// Budget is how many looks a second there may be, over all rooms and evenly
	// spaced: in any stretch of time there are at most Budget × seconds + 1. It
	// goes before Max.
	Budget float64
	// Min is the shortest time between two looks at a room; a nudge passes it.
	Min time.Duration
	// Max is the longest. Where the budget does not suffice for a look at every
	// room within Max, the longest is two rounds of the budget over all rooms.
	Max time.Duration
	// Now is the wall clock; nil means time.Now. Waiting is checked against it
	// every few seconds, because timers stand still while a computer sleeps.
	Now func() time.Time
}

// Room is a room to look at.
type Room struct {
	ID     platforms.RoomID
	Cursor platforms.Cursor
}

// Schedule hands out turns. Its methods may be called from several goroutines.
type Schedule struct {
	opt Options

	mu       sync.Mutex
	rooms    map[platforms.RoomID]*list.Element // of *room
	order    *list.List                         // by last look, the longest ago first
	flying   map[platforms.RoomID]*room         // in a turn
	nextLook time.Time                          // when the budget allows one
	average  average
	wake     chan struct{} // closed and replaced when a decision may have changed
	changes  chan struct{} // closed and replaced when rooms come or go
	rest     time.Duration // see Rest; 0 while nobody says what changed
}

var _ platforms.Turns = (*Schedule)(nil)

// room is what is known about a room.
type room struct {
	id     platforms.RoomID
	cursor platforms.Cursor
	rate   rate

	looked   bool          // since it was set
	last     time.Time     // the last look, or when it was set
	gate     time.Duration // not looked at for so long after last, unless it is pressing
	held     time.Duration // after a failure: not at all for so long after last
	failures int
	nudged   bool

	turns   int      // begun so far
	waiting []waiter // for a turn to be stored
}

// New makes a schedule without rooms. Budget, Min and Max must be positive and
// Min no longer than Max.
func New(opt Options) (*Schedule, error) {
	if opt.Budget <= 0 || opt.Min <= 0 || opt.Max < opt.Min {
		return nil, fmt.Errorf("schedule: a budget of %v looks a second, at least %v and at most %v apart, is not possible", opt.Budget, opt.Min, opt.Max)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &Schedule{
		opt: opt, rooms: map[platforms.RoomID]*list.Element{}, order: list.New(),
		flying: map[platforms.RoomID]*room{}, wake: make(chan struct{}), changes: make(chan struct{}),
	}, nil
}

// now is the wall clock's time alone: differences count the time asleep.
func (s *Schedule) now() time.Time { return s.opt.Now().Round(0) }

// Set says which rooms there are. A room that stays keeps what was learned about
// it and its cursor; a new one is due at once.
func (s *Schedule) Set(rooms []Room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	keep, others := make(map[platforms.RoomID]bool, len(rooms)), false
	for _, r := range rooms {
		if keep[r.ID] {
			continue
		}
		keep[r.ID] = true
		if _, there := s.rooms[r.ID]; !there {
			s.rooms[r.ID] = s.order.PushBack(&room{id: r.ID, cursor: r.Cursor, last: now, nudged: true, rate: rate{active: now}})
			others = true
		}
	}
	for id, e := range s.rooms {
		if !keep[id] {
			s.order.Remove(e)
			delete(s.rooms, id)
			e.Value.(*room).answer(gone)
			others = true
		}
	}
	if others {
		close(s.changes)
		s.changes = make(chan struct{})
	}
	s.changed()
}

// changed lets those who wait decide again.
func (s *Schedule) changed() {
	close(s.wake)
	s.wake = make(chan struct{})
}

// sleepCheck is how long a wait lasts at most before the wall clock is read again.
const sleepCheck = 5 * time.Second

// Next blocks until a room is due, or ctx ends. The turn ends with Done or
// Failed; until then the room is in no other turn.
func (s *Schedule) Next(ctx context.Context) (platforms.Turn, error) {
	timer := time.NewTimer(sleepCheck)
	defer timer.Stop()
	for {
		if err := ctx.Err(); err != nil {
			return platforms.Turn{}, err
		}
		turn, found, wait, wake := s.take()
		if found {
			return turn, nil
		}
		timer.Reset(min(wait, sleepCheck))
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
	}
}

// take starts a turn if one is due, or tells how long to wait for one.
func (s *Schedule) take() (turn platforms.Turn, found bool, wait time.Duration, wake <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	gap := s.gap()
	if s.nextLook.After(now.Add(gap)) {
		s.nextLook = now.Add(gap) // the clock was set back
	}
	if wait := s.nextLook.Sub(now); wait > 0 {
		return turn, false, wait, s.wake
	}
	e, wait := s.pick(now)
	if e == nil {
		return turn, false, wait, s.wake
	}
	r := e.Value.(*room)
	r.begin(now)
	s.order.MoveToBack(e)
	s.flying[r.id] = r
	s.nextLook = now.Add(gap)
	return platforms.Turn{Room: r.id, Cursor: r.cursor}, true, 0, nil
}

// gap is the time between two looks.
func (s *Schedule) gap() time.Duration { return time.Duration(float64(time.Second) / s.opt.Budget) }

// longest is the longest time between two looks at a room that can be kept.
func (s *Schedule) longest() time.Duration {
	round := time.Duration(s.order.Len()) * s.gap()
	longest := max(s.opt.Max, 2*s.rest)
	if round <= longest {
		return longest
	}
	return 2 * round
}

// pick chooses the room to look at now, or tells when to choose again. Rooms are
// in the order of their last look and so of their deadlines: the first one is
// due as soon as any of those behind it would otherwise miss its own. Else a
// nudged room is, or the one with the greatest age × √rate.
func (s *Schedule) pick(now time.Time) (best *list.Element, wait time.Duration) {
	const never = 1000 * time.Hour
	var first, nudged *list.Element
	gap, longest, ahead := s.gap(), s.longest(), 0
	pressing, urgency := never, 0.0
	wait = never
	for e := s.order.Front(); e != nil; e = e.Next() {
		r := e.Value.(*room)
		if s.flying[r.id] != nil {
			continue
		}
		age := r.age(now)
		if age < r.held {
			wait = min(wait, r.held-age)
			continue
		}
		if first == nil {
			first = e
		}
		if r.nudged && nudged == nil {
			nudged = e
		}
		ahead++
		pressing = min(pressing, longest-age-time.Duration(ahead+1)*gap)
		if age < r.gate {
			wait = min(wait, r.gate-age)
			continue
		}
		if u := age.Seconds() * r.rate.weight; best == nil || u > urgency {
			best, urgency = e, u
		}
	}
	if first != nil && pressing <= 0 {
		young := s.opt.Min - first.Value.(*room).age(now)
		if young <= 0 {
			return first, 0
		}
		pressing = young
	}
	if nudged != nil {
		return nudged, 0
	}
	return best, min(wait, pressing)
}

// age is the time since the last look. A clock that was set back starts it anew.
func (r *room) age(now time.Time) time.Duration {
	if r.last.After(now) {
		r.last = now
	}
	return now.Sub(r.last)
}

// begin starts a turn.
func (r *room) begin(now time.Time) {
	r.rate.since = now.Sub(r.last)
	if !r.looked {
		r.rate.since = 0 // it was not watched: what comes now says little about its rate
	}
	r.looked, r.last, r.nudged, r.held = true, now, false, 0
	r.turns++
}

// Done ends a turn that found so many events, with the cursor of the next one.
func (s *Schedule) Done(id platforms.RoomID, events int, next platforms.Cursor) {
	s.end(id, func(r *room, now time.Time) {
		r.cursor, r.failures = next, 0
		r.rate.learn(now, events, &s.average)
		r.gate = max(s.rest, min(max(r.rate.quiet(now), s.opt.Min), s.opt.Max))
		r.answer(r.stored)
	})
}

// Failed ends a turn that could not be finished. The room is looked at again
// after retryAfter, and after longer with each failure in a row.
func (s *Schedule) Failed(id platforms.RoomID, retryAfter time.Duration) {
	s.end(id, func(r *room, now time.Time) {
		backoff := s.opt.Max
		if r.failures < 20 {
			backoff = min(s.opt.Min<<r.failures, s.opt.Max)
		}
		r.failures++
		r.held = now.Sub(r.last) + max(backoff, retryAfter)
	})
}

// end gives a turn back. A room that was removed, and perhaps set anew, during
// its turn learns nothing from it.
func (s *Schedule) end(id platforms.RoomID, learn func(*room, time.Time)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.flying[id]
	if r == nil {
		return
	}
	delete(s.flying, id)
	if e := s.rooms[id]; e != nil && e.Value.(*room) == r {
		learn(r, s.now())
	}
	s.changed()
}

// Nudge has a room looked at as soon as the budget allows, for example because
// something was posted to it or it was just linked. In a turn, it gets another.
func (s *Schedule) Nudge(id platforms.RoomID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.rooms[id]; e != nil {
		e.Value.(*room).nudged = true
		s.changed()
	}
}

// NudgeAll has every room looked at as soon as the budget allows, for example
// when the network is back.
func (s *Schedule) NudgeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.order.Front(); e != nil; e = e.Next() {
		e.Value.(*room).nudged = true
	}
	s.changed()
}

// Reset takes back every turn that was never ended. Call it when nobody who
// might hold one is running any more.
func (s *Schedule) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.flying {
		if e := s.rooms[id]; e != nil {
			e.Value.(*room).nudged = true
		}
	}
	clear(s.flying)
	s.changed()
}
