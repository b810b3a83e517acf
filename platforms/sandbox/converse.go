package sandbox

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Talk is how much the people of a World say, and how. Shares are of the
// messages said; 0 means the default, a negative number none at all.
type Talk struct {
	Messages int     // in all pairs and on both sides together
	Rate     float64 // messages a second of the machine's time; 0: as fast as possible
	Seed     uint64
	// EditShare, DeleteShare and ReplyShare default to 0.15, 0.06 and 0.5. From
	// five messages on there is always at least one of each, unless its share is
	// negative: an edited message and an answer that stand, one taken back.
	EditShare, DeleteShare, ReplyShare float64
	// NewID makes the ids of messages, by tenant name (see Emulator.NewMessageID).
	NewID map[string]func() string
	// OnSaid is told about every message said; later changes are not reported.
	OnSaid func(Said)
}

func (opt Talk) withDefaults() Talk {
	for _, d := range []struct {
		share *float64
		usual float64
	}{{&opt.EditShare, 0.15}, {&opt.DeleteShare, 0.06}, {&opt.ReplyShare, 0.5}} {
		if *d.share == 0 {
			*d.share = d.usual
		}
	}
	return opt
}

// ErrNoPairs is answered when a World has no pair of rooms to talk in.
var ErrNoPairs = errors.New("the world has no pair of rooms")

// Converse lets the members of the seeded pairs of rooms talk: they start
// threads, answer (also threads that began on the other side and were bridged),
// mention each other, edit and take back. Exactly opt.Messages are said. Each pair
// hears both sides when there are enough messages for it: two a pair, and two.
//
// Nobody answers a message that will be taken back, and the bridge account,
// guests, suspended and unlicensed people never speak. What is said where, and
// by whom, depends on nothing but the World and opt; which thread an answer goes
// to depends on what has been bridged by then.
func (w *World) Converse(ctx context.Context, opt Talk) error {
	opt = opt.withDefaults()
	pairs := w.Pairs()
	if len(pairs) == 0 {
		return fmt.Errorf("converse: %w", ErrNoPairs)
	}
	c := newConversing(w, pairs, opt)
	script := newScript(len(pairs), opt)
	start := time.Now()
	for i, turn := range script {
		if err := c.wait(ctx, start, i); err != nil {
			return fmt.Errorf("converse: %w", err)
		}
		if err := c.say(i, turn); err != nil {
			return fmt.Errorf("converse: message %d: %w", i+1, err)
		}
		if err := c.rethink(i); err != nil {
			return fmt.Errorf("converse: after message %d: %w", i+1, err)
		}
	}
	for i := len(script); len(c.due) > 0; i++ {
		if err := c.wait(ctx, start, i); err != nil {
			return fmt.Errorf("converse: afterwards: %w", err)
		}
		if err := c.rethink(i); err != nil {
			return fmt.Errorf("converse: afterwards: %w", err)
		}
	}
	return nil
}

// conversing is a conversation going on.
type conversing struct {
	world   *World
	opt     Talk
	places  [][]*place // by pair and side
	talks   []Conversation
	due     map[int][]change // by turn
	hard    int              // messages taken from the hard ones so far
	perPair []int            // where each pair is in talks
}

// place is one room of a pair.
type place struct {
	tenant   *Tenant
	room     string
	members  []string
	speakers []string // in order of speaking
	next     int
	threads  map[string]*thread // by root, those that began here
}

// thread is how far a conversation went.
type thread struct {
	talk Conversation
	next int
}

// change is a rethink of a message said.
type change struct {
	Rethink
	place *place
	id    string
	line  Line
	who   Run
	pick  uint64
}

func newConversing(w *World, pairs []Pair, opt Talk) *conversing {
	c := &conversing{world: w, opt: opt, talks: Conversations(), due: map[int][]change{}, perPair: make([]int, len(pairs))}
	rng := rand.New(rand.NewPCG(opt.Seed, 0x706c61636573))
	c.hard = rng.IntN(1000)
	humans := w.humans()
	for i, pair := range pairs {
		c.perPair[i] = rng.IntN(len(c.talks))
		var sides []*place
		for _, name := range w.Tenants() {
			if room, ok := pair.Room[name]; ok {
				sides = append(sides, newPlace(rng, w.Tenant(name), room, humans))
			}
		}
		c.places = append(c.places, sides)
	}
	return c
}

// newPlace finds out who can speak in a room. People whom the other side does
// not know come early, so that they are heard in a short conversation.
func newPlace(rng *rand.Rand, t *Tenant, room string, humans map[string]int) *place {
	p := &place{tenant: t, room: room, threads: map[string]*thread{}}
	alone := map[string]bool{}
	for _, id := range t.MembersOf(room) {
		if a, ok := t.Account(id); ok && id != t.Bridge && !a.Guest {
			p.members = append(p.members, id)
			if a.canSpeak() {
				p.speakers = append(p.speakers, id)
			}
			if humans[a.Human] == 1 {
				alone[id] = true
			}
		}
	}
	rng.Shuffle(len(p.speakers), func(i, j int) { p.speakers[i], p.speakers[j] = p.speakers[j], p.speakers[i] })
	if i := slices.IndexFunc(p.speakers, func(id string) bool { return alone[id] }); i > 1 {
		p.speakers[1], p.speakers[i] = p.speakers[i], p.speakers[1]
	}
	return p
}

// humans counts in how many tenants each human has an account.
func (w *World) humans() map[string]int {
	count := map[string]int{}
	for _, name := range w.Tenants() {
		here := map[string]bool{}
		for _, a := range w.Tenant(name).Accounts() {
			if !here[a.Human] {
				here[a.Human] = true
				count[a.Human]++
			}
		}
	}
	return count
}

func (c *conversing) wait(ctx context.Context, start time.Time, turn int) error {
	if c.opt.Rate <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(time.Until(start.Add(time.Duration(float64(turn) / c.opt.Rate * float64(time.Second)))))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
