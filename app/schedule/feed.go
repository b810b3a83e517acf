package schedule

import (
	"context"
	"errors"
	"time"

	"miohub/platforms"
)

// ErrGone is what a wait for a look ends with when its room is no longer followed.
var ErrGone = errors.New("schedule: the room is not followed")

// waiter waits for a turn of a room that begins after it came.
type waiter struct {
	turn int          // the first one that will do
	done chan<- error // holds one
}

// stored answers those who waited for a turn that has just been stored.
func (r *room) stored(w waiter) (error, bool) { return nil, w.turn <= r.turns }

// gone answers everybody: there will be no turn any more.
func gone(waiter) (error, bool) { return ErrGone, true }

// answer lets those go who have got what they waited for.
func (r *room) answer(to func(waiter) (error, bool)) {
	kept := r.waiting[:0]
	for _, w := range r.waiting {
		if err, now := to(w); now {
			w.done <- err
		} else {
			kept = append(kept, w)
		}
	}
	r.waiting = kept
}

// Rooms lists the rooms there are, in no order; changed is closed when some come
// or go.
func (s *Schedule) Rooms() (list []platforms.RoomID, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list = make([]platforms.RoomID, 0, len(s.rooms))
	for id := range s.rooms {
		list = append(list, id)
	}
	return list, s.changes
}

// Look nudges a room and returns nil when a turn that began after the call has
// ended with Done. A turn that failed is followed by another. It returns ErrGone
// for a room that is not followed, or no longer.
func (s *Schedule) Look(ctx context.Context, id platforms.RoomID) error {
	done := make(chan error, 1)
	s.mu.Lock()
	e := s.rooms[id]
	if e == nil {
		s.mu.Unlock()
		return ErrGone
	}
	r := e.Value.(*room)
	r.nudged = true
	r.waiting = append(r.waiting, waiter{r.turns + 1, done})
	s.changed()
	s.mu.Unlock()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Rest says that somebody else tells which rooms have changed: a room that
// nobody nudges is then left alone for at least so long. 0 takes it back, and has
// every room looked at, for whatever was not told.
func (s *Schedule) Rest(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d == s.rest {
		return
	}
	ends := d == 0
	s.rest = d
	for e := s.order.Front(); e != nil; e = e.Next() {
		r := e.Value.(*room)
		if ends {
			r.gate, r.nudged = min(r.gate, s.opt.Min), true
		} else if r.looked {
			r.gate = max(r.gate, d)
		}
	}
	s.changed()
}
