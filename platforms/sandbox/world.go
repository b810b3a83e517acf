// Package sandbox is a World: two or more emulated tenants with people, rooms,
// messages, a clock, quotas and faults. It knows no vendor's API; the emulators
// in the platforms' folders put wire formats on it.
//
// The World keeps the truth: every message a person said, with its author,
// thread, time and final text, so that what arrived elsewhere can be compared
// with what was said instead of with what the hub believes.
package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"
	"time"
)

// Size is what a World is made from; equal sizes make equal Worlds.
type Size struct {
	Seed   uint64
	People int // accounts per tenant, administrator and bridge included
	Rooms  int // rooms per tenant
	// Speed is how many seconds of tenant time (quotas, token lives, expiry)
	// pass in one second; 0 means 1.
	Speed float64
}

// World holds the tenants. All methods of World and Tenant are safe for
// concurrent use; values returned are copies.
type World struct {
	Size   Size
	Clock  *Clock
	Faults *Faults

	mu      sync.Mutex
	tenants map[string]*Tenant
	order   []string
	quotas  map[string]*bucket
	pairs   []Pair
	said    []Said
	watch   map[int]func(Change)
	nextID  int
}

// Pair is a seeded pair of rooms that belong together, by tenant name.
type Pair struct {
	Name string            `json:"name"`
	Room map[string]string `json:"room"` // tenant name -> room id
}

// Blank makes a World with a clock and faults but no tenants.
func Blank(size Size) *World {
	if size.Speed <= 0 {
		size.Speed = 1
	}
	return &World{
		Size: size, Clock: NewClock(size.Speed), Faults: &Faults{},
		tenants: map[string]*Tenant{}, quotas: map[string]*bucket{}, watch: map[int]func(Change){},
	}
}

// AddTenant adds an empty tenant. Name is the platform's id, for example "google".
func (w *World) AddTenant(name, id, org string, domains ...string) *Tenant {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := &Tenant{
		World: w, Name: name, ID: id, Org: org, Domains: domains,
		accounts: map[string]*Account{}, byAddress: map[string]string{},
		rooms: map[string]*Room{}, messages: map[string][]*Message{}, byMessage: map[string]*Message{},
	}
	w.tenants[name] = t
	w.order = append(w.order, name)
	return t
}

// Tenant returns the tenant of that name, nil when there is none.
func (w *World) Tenant(name string) *Tenant {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tenants[name]
}

// Tenants lists the tenants' names in the order they were added.
func (w *World) Tenants() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.order)
}

// AddPair records that rooms belong together.
func (w *World) AddPair(p Pair) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pairs = append(w.pairs, p)
}

// Pairs lists the seeded pairs of rooms.
func (w *World) Pairs() []Pair {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.pairs)
}

// Watch calls f after every change until the returned function is called. f
// runs under no lock and may call the World.
func (w *World) Watch(f func(Change)) (stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.nextID++
	id := w.nextID
	w.watch[id] = f
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.watch, id)
	}
}

// Tenant is one organisation on one platform.
type Tenant struct {
	World   *World
	Name    string
	ID      string // the vendor's id of the organisation
	Org     string
	Domains []string // verified domains, the primary first
	Admin   string   // account id of the administrator
	Bridge  string   // account id of the bridge account, "" where there is none

	accounts  map[string]*Account
	sorted    []string // account ids, ascending
	byAddress map[string]string
	rooms     map[string]*Room
	roomOrder []string
	messages  map[string][]*Message // by room, in order of posting
	byMessage map[string]*Message
	changes   []Change
	lastStamp time.Time
}

// Account is a person's (or app's) account in one tenant.
type Account struct {
	ID         string // the vendor's stable id
	Address    string // primary e-mail address
	Login      string // sign-in name where it differs (UPN)
	Aliases    []string
	Given      string
	Family     string
	Name       string
	OrgUnit    string // "/Sales/EMEA"
	Department string
	EmployeeID string
	Country    string // ISO 3166 alpha-2
	Licensed   bool
	Suspended  bool
	Guest      bool
	Admin      bool // super administrator, Global Administrator
	Deleted    time.Time
	Created    time.Time
	Changed    time.Time
	// Human is the ground truth: the same value on both sides is the same person.
	Human string
}

// Room is a space or channel.
type Room struct {
	ID          string
	Name        string
	Description string
	Group       string // team id; "" where rooms stand alone
	GroupName   string
	Kind        string // "space", "channel", "private", "shared", "group-chat"
	Threaded    bool
	HistoryOff  bool
	External    bool
	Members     map[string]Membership // by account id; apps as "app:<id>"
	Created     time.Time
	Changed     time.Time
	Active      time.Time
}

// Membership is one seat in a room.
type Membership struct {
	Owner  bool
	App    bool
	Joined time.Time
}

// ErrNotThere is answered for an unknown account, room or message.
var ErrNotThere = errors.New("not there")

// locked runs f under the World's lock and then tells the watchers.
func (t *Tenant) locked(f func() ([]Change, error)) error {
	w := t.World
	w.mu.Lock()
	changes, err := f()
	watchers := make([]func(Change), 0, len(w.watch))
	for _, id := range sortedKeys(w.watch) {
		watchers = append(watchers, w.watch[id])
	}
	w.mu.Unlock()
	for _, c := range changes {
		for _, f := range watchers {
			f(c)
		}
	}
	return err
}

func sortedKeys[V any](m map[int]V) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Ints(keys)
	return keys
}

// stamp returns the present time, made unique to the millisecond within the
// tenant, as both vendors order by it. Callers hold the lock.
func (t *Tenant) stamp() time.Time {
	now := t.World.Clock.Now().Truncate(time.Millisecond)
	if !now.After(t.lastStamp) {
		now = t.lastStamp.Add(time.Millisecond)
	}
	t.lastStamp = now
	return now
}

// note appends to the change log. Callers hold the lock.
func (t *Tenant) note(c Change) Change {
	c.Seq = len(t.changes) + 1
	c.Tenant = t.Name
	if c.Time.IsZero() {
		c.Time = t.stamp()
	}
	t.changes = append(t.changes, c)
	return c
}

// Change is one entry of a tenant's change log, from which deltas and event
// feeds are made.
type Change struct {
	Seq     int
	Tenant  string
	Time    time.Time
	Kind    ChangeKind
	Account string
	Room    string
	Message string
	// Reaction is the one that a ReactionSet or ReactionUnset is about.
	Reaction Reaction
	// Fields names what an AccountChanged changed: "given", "family", "name", "address",
	// "aliases", "unit", "licensed", "suspended", "admin", "restored".
	Fields []string
}

// ChangeKind is what changed.
type ChangeKind string

// The kinds of change.
const (
	AccountAdded   ChangeKind = "account-added"
	AccountChanged ChangeKind = "account-changed"
	AccountDeleted ChangeKind = "account-deleted"
	RoomAdded      ChangeKind = "room-added"
	RoomChanged    ChangeKind = "room-changed"
	RoomRemoved    ChangeKind = "room-removed"
	MemberAdded    ChangeKind = "member-added"
	MemberChanged  ChangeKind = "member-changed"
	MemberRemoved  ChangeKind = "member-removed"
	MessagePosted  ChangeKind = "message-posted"
	MessageEdited  ChangeKind = "message-edited"
	MessageDeleted ChangeKind = "message-deleted"
	ReactionSet    ChangeKind = "reaction-set"
	ReactionUnset  ChangeKind = "reaction-unset"
)

// Changes returns the change log after seq, and the last sequence number there is.
func (t *Tenant) Changes(after int) ([]Change, int) {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	if after < 0 || after > len(t.changes) {
		after = len(t.changes)
	}
	return slices.Clone(t.changes[after:]), len(t.changes)
}

// notThere wraps ErrNotThere with what was looked for.
func notThere(what, id string) error { return fmt.Errorf("%s %q: %w", what, id, ErrNotThere) }
