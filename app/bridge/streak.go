package bridge

import (
	"sync"
	"time"

	"miohub/platforms"
)

// tellEvery is how often a room that cannot be looked at is told again, in the
// tenant's time: a dead sign-in fails every look and would bury the log.
const tellEvery = 10 * time.Minute

// streak is a row of looks at one room that failed.
type streak struct {
	looks int
	told  time.Time
}

// streaks are the rooms whose last look failed. Its methods may be called from
// several goroutines; the zero value is ready.
type streaks struct {
	mu    sync.Mutex
	rooms map[platforms.Ref]streak
}

// failed adds a look that failed and says whether to tell it: the first, and then
// one in every stretch of that length.
func (s *streaks) failed(room platforms.Ref, now time.Time, every time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.rooms[room]
	tell := k.looks == 0 || now.Sub(k.told) >= every
	k.looks++
	if tell {
		k.told = now
	}
	if s.rooms == nil {
		s.rooms = map[platforms.Ref]streak{}
	}
	s.rooms[room] = k
	return tell
}

// ended forgets a streak and answers how many looks had failed; 0 means that
// there was none.
func (s *streaks) ended(room platforms.Ref) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.rooms[room].looks
	delete(s.rooms, room)
	return n
}

// keep forgets the rooms that are not looked at any more.
func (s *streaks) keep(looked func(platforms.Ref) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for room := range s.rooms {
		if !looked(room) {
			delete(s.rooms, room)
		}
	}
}
