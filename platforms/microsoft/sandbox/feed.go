package sandbox

import (
	"slices"
	"sync"
	"time"

	world "miohub/platforms/sandbox"
)

// replication is how long, in tenant time, a new post stays unseen by readers.
const replication = 2 * time.Second

// feed follows the World's change log: it knows which changes readers may see
// already, and which team owns which channel.
type feed struct {
	c *cloud

	mu       sync.Mutex
	seq      int // read up to here
	waiting  []arrival
	horizon  int                   // changes up to here are seen by readers
	hidden   map[string]int        // posts not seen yet: room and id -> sequence number
	rooms    map[string]world.Room // without members
	teams    map[string]*team
	order    []string // teams in the order they were made
	accounts int
	reacted  map[string]time.Time // when a message's reactions changed last, by room and id
}

type arrival struct {
	seq  int
	at   time.Duration
	post string // room and id, "" for other changes
}

// team is a group of channels that share their members.
type team struct {
	id, name string
	rooms    []string
	created  time.Time
}

func newFeed(c *cloud) *feed {
	f := &feed{c: c, hidden: map[string]int{}, rooms: map[string]world.Room{}, teams: map[string]*team{}, reacted: map[string]time.Time{}}
	_, f.seq = c.tenant.Changes(-1)
	f.horizon = f.seq
	for _, r := range c.tenant.Rooms() {
		f.learn(r)
	}
	f.accounts = len(c.tenant.Accounts())
	// The watcher is the World's to call for as long as it lives.
	c.world.Watch(func(ch world.Change) {
		if ch.Tenant == c.tenant.Name {
			f.sync()
		}
	})
	return f
}

// learn files a room under its team. Callers hold the lock, or are alone.
func (f *feed) learn(r world.Room) {
	r.Members = nil
	_, known := f.rooms[r.ID]
	f.rooms[r.ID] = r
	if r.Group == "" {
		return
	}
	t := f.teams[r.Group]
	if t == nil {
		t = &team{id: r.Group, created: r.Created}
		f.teams[r.Group] = t
		f.order = append(f.order, r.Group)
	}
	if r.GroupName != "" {
		t.name = r.GroupName
	}
	if !known {
		t.rooms = append(t.rooms, r.ID)
	}
}

// sync reads the change log and moves the horizon on.
func (f *feed) sync() {
	now := f.c.world.Clock.Elapsed()
	f.mu.Lock()
	defer f.mu.Unlock()
	changes, end := f.c.tenant.Changes(f.seq)
	f.seq = end
	for _, ch := range changes {
		a := arrival{seq: ch.Seq, at: now}
		switch ch.Kind {
		case world.MessagePosted:
			a.post = ch.Room + "\x00" + ch.Message
			f.hidden[a.post] = ch.Seq
		case world.RoomAdded, world.RoomChanged:
			if r, ok := f.c.tenant.Room(ch.Room); ok {
				f.learn(r)
			}
		case world.ReactionSet, world.ReactionUnset:
			f.reacted[ch.Room+"\x00"+ch.Message] = ch.Time
		case world.AccountAdded:
			f.accounts++
		}
		f.waiting = append(f.waiting, a)
	}
	n := 0
	for n < len(f.waiting) && now-f.waiting[n].at >= replication {
		f.horizon = f.waiting[n].seq
		delete(f.hidden, f.waiting[n].post)
		n++
	}
	f.waiting = slices.Delete(f.waiting, 0, n)
}

// modified is a message's lastModifiedDateTime: reactions, set or taken back,
// move it too.
func (f *feed) modified(m world.Message) time.Time {
	f.mu.Lock()
	at := f.reacted[m.Room+"\x00"+m.ID]
	f.mu.Unlock()
	for _, r := range m.Reactions {
		if r.Time.After(at) {
			at = r.Time
		}
	}
	if m.Changed.After(at) {
		return m.Changed
	}
	return at
}

// seen tells up to which change readers may see.
func (f *feed) seen() int {
	f.sync()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.horizon
}

// visible reports whether readers may see a message already.
func (f *feed) visible(room, id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, hidden := f.hidden[room+"\x00"+id]
	return !hidden
}

func (f *feed) people() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.accounts
}

// team returns a copy of the team.
func (f *feed) team(id string) (team, bool) {
	f.sync()
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.teams[id]
	if t == nil {
		return team{}, false
	}
	c := *t
	c.rooms = slices.Clone(t.rooms)
	return c, true
}

// allTeams lists the teams in the order they were made.
func (f *feed) allTeams() []team {
	f.sync()
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []team
	for _, id := range f.order {
		c := *f.teams[id]
		c.rooms = slices.Clone(c.rooms)
		out = append(out, c)
	}
	return out
}

// room returns a channel's own fields, members left out.
func (f *feed) room(id string) (world.Room, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.rooms[id]
	return r, ok
}
