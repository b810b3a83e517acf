package sandbox

import (
	"math/rand/v2"
	"slices"
)

// Script is a conversation planned ahead: who speaks where is drawn when it is
// played, how much is said, answered, edited and deleted is fixed here. Equal
// options make equal scripts.
type Script []Turn

// Turn is one message to be said.
type Turn struct {
	Pair  int  // index into the World's pairs
	Side  int  // index into the pair's tenants, in the World's order
	Reply bool // answers a thread that is there; otherwise starts one
	// Changes are what the author does to the message later, in order.
	Changes []Rethink
}

// Rethink is an edit, or a delete, some turns after the message was said.
type Rethink struct {
	After  int
	Delete bool
}

// deleted reports whether the message will be taken back.
func (t Turn) deleted() bool {
	return slices.ContainsFunc(t.Changes, func(r Rethink) bool { return r.Delete })
}

// fewestForAll is from how many messages on a script holds an edit that stands,
// a delete and a reply that stands for sure.
const fewestForAll = 5

// newScript plans opt.Messages turns over so many pairs of rooms.
func newScript(pairs int, opt Talk) Script {
	rng := rand.New(rand.NewPCG(opt.Seed, 0x736372697074))
	var s Script
	for _, pair := range rng.Perm(pairs) {
		first := rng.IntN(2)
		for i := range 2 {
			s = append(s, Turn{Pair: pair, Side: (first + i) % 2})
		}
	}
	covered := min(len(s), opt.Messages)
	if opt.Messages >= fewestForAll {
		// Two turns are left over: one to answer, one to be taken back.
		covered = min(covered, opt.Messages-2)
		covered -= covered % 2
	}
	s = s[:covered]
	s.extend(rng, opt.Messages, opt.ReplyShare)
	s.rethink(rng, covered, opt)
	return s
}

// extend lets the pairs that have begun go on, each by turns from both sides.
func (s *Script) extend(rng *rand.Rand, target int, replies float64) {
	covered, last := len(*s), map[int]int{}
	for _, turn := range *s {
		last[turn.Pair] = turn.Side
	}
	for len(*s) < target && covered > 0 {
		pair := (*s)[rng.IntN(covered)].Pair
		side := last[pair]
		if rng.IntN(10) < 8 {
			side = 1 - side
		}
		last[pair] = side
		first := len(*s) == covered // the first message beyond the opening ones is a reply
		begun := slices.ContainsFunc((*s)[:covered], func(t Turn) bool { return t.Pair == pair && t.Side == side })
		*s = append(*s, Turn{Pair: pair, Side: side, Reply: begun && (first || rng.Float64() < replies)})
	}
}

// rethink decides which messages are edited and deleted, and when. The opening
// message of each side stays, so that there is always something to answer, and
// so does the first answer.
func (s Script) rethink(rng *rand.Rand, covered int, opt Talk) {
	deletes := 0
	soon := func() int { return rng.IntN(3) * rng.IntN(8) }
	for i := range s {
		turn := &s[i]
		if rng.Float64() < opt.EditShare {
			turn.Changes = append(turn.Changes, Rethink{After: soon()})
			if rng.IntN(5) == 0 {
				turn.Changes = append(turn.Changes, Rethink{After: turn.Changes[0].After + 1 + soon()})
			}
		}
		if i > covered && rng.Float64() < opt.DeleteShare {
			if !turn.Reply {
				turn.Changes = nil // a misplaced message is taken back as it is
			}
			after := soon()
			if n := len(turn.Changes); n > 0 {
				after += turn.Changes[n-1].After
			}
			turn.Changes = append(turn.Changes, Rethink{After: after, Delete: true})
			deletes++
		}
	}
	if len(s) < fewestForAll {
		return
	}
	if deletes == 0 && opt.DeleteShare > 0 {
		last := &s[len(s)-1]
		last.Changes = []Rethink{{After: 12, Delete: true}}
	}
	if !s.edits() && opt.EditShare > 0 {
		s[0].Changes = append(s[0].Changes, Rethink{After: 1})
	}
}

// edits reports whether a message is edited that stands.
func (s Script) edits() bool {
	return slices.ContainsFunc(s, func(t Turn) bool { return len(t.Changes) > 0 && !t.deleted() })
}
