package app

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"miohub/app/plan"
	"miohub/app/store"
	"miohub/app/vault"
	"miohub/platforms"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// office is a fake tenant: a directory and rooms in memory.
type office struct {
	id platforms.ID

	mu      sync.Mutex
	users   []platforms.User
	rooms   []platforms.Room
	members map[platforms.RoomID][]platforms.RoomMember
	seats   []platforms.Seat
	fail    map[string]error // by "users", "rooms", "members", "seat", "rename", "start"
	did     []string
	// accounts makes accounts; nil where it cannot be done.
	accounts platforms.Accounts
	licences platforms.Licences
	groups   platforms.Groups
	hints    platforms.Hints
}

func (o *office) failing(what string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.fail[what]
}

// Read implements platforms.Users: always a full read, in two pages.
func (o *office) Read(_ context.Context, _ platforms.Cursor, page func(platforms.UserPage) error) (platforms.Reading, error) {
	o.mu.Lock()
	users := slices.Clone(o.users)
	o.mu.Unlock()
	half := len(users) / 2
	if err := page(platforms.UserPage{Users: users[:half]}); err != nil {
		return platforms.Reading{}, err
	}
	if err := o.failing("users"); err != nil {
		return platforms.Reading{}, err
	}
	return platforms.Reading{Full: true}, page(platforms.UserPage{Users: users[half:]})
}

// List implements platforms.Rooms.
func (o *office) List(_ context.Context, page func([]platforms.Room) error) error {
	if err := o.failing("rooms"); err != nil {
		return err
	}
	o.mu.Lock()
	rooms := slices.Clone(o.rooms)
	o.mu.Unlock()
	return page(rooms)
}

// Members implements platforms.Rooms.
func (o *office) Members(_ context.Context, room platforms.RoomID, page func([]platforms.RoomMember) error) error {
	if err := o.failing("members"); err != nil {
		return err
	}
	o.mu.Lock()
	members := slices.Clone(o.members[room])
	o.mu.Unlock()
	return page(members)
}

// Rename implements platforms.RoomEditor.
func (o *office) Rename(_ context.Context, room platforms.RoomID, name string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.rooms {
		if o.rooms[i].ID == room {
			o.rooms[i].Name = name
		}
	}
	return nil
}

// Seat implements platforms.RoomEditor.
func (o *office) Seat(_ context.Context, room platforms.RoomID, seat, by platforms.UserID) error {
	if err := o.failing("seat"); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.did = append(o.did, fmt.Sprintf("seat %s in %s by %s", seat, room, by))
	o.members[room] = append(o.members[room], platforms.RoomMember{User: seat})
	return nil
}

// ID implements platforms.Source.
func (o *office) ID() string { return "fake" }

// Start implements platforms.Source.
func (o *office) Start(context.Context, platforms.RoomID) (platforms.Cursor, error) {
	return "now", o.failing("start")
}

// Watch implements platforms.Source.
func (o *office) Watch(ctx context.Context, _ platforms.Turns, _ platforms.Sink) error {
	<-ctx.Done()
	return nil
}

func (o *office) tenant() platforms.Tenant {
	return platforms.Tenant{Platform: o.id, ID: platforms.TenantID("T" + o.id), Name: string(o.id), Domains: []string{"acme.example"}}
}

func (o *office) platform() platforms.Platform {
	word := map[platforms.ID]string{"google": "space", "microsoft": "channel"}[o.id]
	return platforms.Platform{
		ID: o.id, Name: string(o.id), RoomWord: word, RoomWords: word + "s",
		Steps:   func(platforms.Values) []platforms.Step { return nil },
		Actions: map[string]platforms.Action{"sign-in": func(context.Context, platforms.Env) (platforms.Outcome, error) { return platforms.Outcome{}, nil }},
		Connect: func(context.Context, platforms.Env) (*platforms.Connection, error) {
			return &platforms.Connection{Tenant: o.tenant(), Users: o, Rooms: o, RoomEdit: o, Seats: o.seats, Sources: []platforms.Source{o}, Accounts: o.accounts, Licences: o.licences, Groups: o.groups, Hints: o.hints}, nil
		},
	}
}

// hub is an open hub with two fake tenants: ten people each, all on both sides,
// and three pairs of rooms with the first three of them in it.
type hub struct {
	*App
	t    *testing.T
	g, m *office
}

func newOffice(id platforms.ID) *office {
	o := &office{id: id, members: map[platforms.RoomID][]platforms.RoomMember{}, fail: map[string]error{}}
	for i := range 10 {
		o.users = append(o.users, o.user(i))
	}
	for _, name := range []string{"Sales", "Support", "Travel"} {
		o.rooms = append(o.rooms, platforms.Room{ID: platforms.RoomID(name), Name: name, Kind: platforms.Space})
		for i := range 3 {
			o.members[platforms.RoomID(name)] = append(o.members[platforms.RoomID(name)], platforms.RoomMember{User: o.user(i).ID, Kind: platforms.InsideMember})
		}
	}
	return o
}

func (o *office) user(i int) platforms.User {
	return platforms.User{ID: platforms.UserID(fmt.Sprintf("%s-%d", o.id, i)), Address: fmt.Sprintf("p%d@acme.example", i),
		Name: fmt.Sprintf("Person %c", 'A'+i), Kind: platforms.Member, State: platforms.Active, Licence: platforms.Licensed}
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{t: t, g: newOffice("google"), m: newOffice("microsoft")}
	a, err := Open(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "data"), Who: "tester", Platforms: []platforms.Platform{h.g.platform(), h.m.platform()},
		Vault: vault.Options{Passphrase: "correct horse", Iterations: 1}})
	h.App = a
	h.must(err)
	t.Cleanup(func() { h.must(a.Close()) })
	for _, o := range []*office{h.g, h.m} {
		h.must(a.Store.SaveConnection(t.Context(), store.Connection{Platform: o.id, State: store.Connected, Tenant: o.tenant()}))
	}
	return h
}

func (h *hub) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hub) sync() store.Plan {
	h.t.Helper()
	p, err := h.Sync(h.t.Context(), nil)
	h.must(err)
	return p
}

// pick are the ids of a plan's actions of some verbs; none means all.
func (h *hub) pick(p store.Plan, verbs ...plan.Verb) []string {
	h.t.Helper()
	actions, _, err := h.PlanActions(h.t.Context(), p.ID)
	h.must(err)
	var ids []string
	for _, a := range actions {
		if len(verbs) == 0 || slices.Contains(verbs, a.Verb) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

func (h *hub) action(p store.Plan, id string) plan.Action {
	h.t.Helper()
	actions, _, err := h.PlanActions(h.t.Context(), p.ID)
	h.must(err)
	for _, a := range actions {
		if a.ID == id {
			return a
		}
	}
	h.t.Fatalf("plan %d has no action %s", p.ID, id)
	return plan.Action{}
}

func (h *hub) apply(p store.Plan, verbs ...plan.Verb) Applied {
	h.t.Helper()
	h.must(h.Approve(h.t.Context(), p.ID, h.pick(p, verbs...)))
	out, err := h.Apply(h.t.Context(), p.ID, nil)
	h.must(err)
	return out
}

// settled is a hub in which everything was linked and the next plan is empty.
func settled(t *testing.T) *hub {
	t.Helper()
	h := newHub(t)
	if out := h.apply(h.sync()); out.Failed+out.Stale > 0 {
		t.Fatalf("%+v", out)
	}
	if p := h.sync(); p.Actions != 0 {
		t.Fatalf("the second plan has %d actions: %v", p.Actions, p.Counts)
	}
	return h
}

func (o *office) change(f func(*office)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f(o)
}

func (h *hub) logged(code string) int {
	h.t.Helper()
	n := 0
	for end := time.Now().Add(2 * time.Second); n == 0 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		rows, err := h.Store.SearchLog(h.t.Context(), store.LogQuery{Code: code})
		h.must(err)
		n = len(rows)
	}
	return n
}
