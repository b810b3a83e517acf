// Package conformance is the one suite that every platform passes: it connects
// to an emulated tenant through the platform's own wizard, and then does what
// the hub does, comparing the outcome with the World's truth.
package conformance

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// Fixture is a World to connect to, and what the suite cannot know of a platform.
type Fixture struct {
	World *sandbox.World
	// Tenant is the World's name of the platform's tenant.
	Tenant string
	// SignsIn is the address of the account that signs in for an action of the
	// wizard; "" for one that needs no sign-in.
	SignsIn func(action string) string
	// Pressed, where set, does what an administrator does in the vendor's console
	// once an action is done, for example to upload what it made.
	Pressed func(t *testing.T, action string, v platforms.Values)
	// Consent names the steps whose first link leads to a page where consent is
	// given; the others are for reading.
	Consent []string
	// Features are switched on besides those that are on without a choice.
	Features []platforms.Feature
	// Lacks names what the platform cannot do at all: "files", "reactions",
	// "undelete", "pushes", "groups", "org units", "hints", "accounts", "licences",
	// "members", "rooms made". Everything else must be there with these features.
	Lacks []string
	// Groups tells who is in groups of the tenant, groups within them included, by
	// the group's name; nil where the platform reads none.
	Groups func(*sandbox.Tenant) map[string][]string
	// Room and Message are the platform's ids of a room and of a message that a
	// person said in it.
	Room    func(sandbox.Room) platforms.RoomID
	Message func(room sandbox.Room, m sandbox.Message) platforms.MessageID
}

// Run holds the platform to the contract. setup makes a fresh World; its clock
// may run fast.
func Run(t *testing.T, p platforms.Platform, setup func(*testing.T) Fixture) {
	t.Helper()
	t.Run("unconnected", func(t *testing.T) { unconnected(t, p) })
	s := begin(t, p, setup(t))
	t.Run("wizard", s.testChecks)
	if t.Failed() {
		return
	}
	c := s.conn
	for _, part := range []struct {
		name, needs string // what it needs, "" for what every platform can
		there       bool
		test        func(*testing.T)
	}{
		{"directory", "", true, s.testDirectory},
		{"org units", "org units", c.OrgUnits != nil, s.testOrgUnits},
		{"groups", "groups", c.Groups != nil, s.testGroups},
		{"hints", "hints", c.Hints != nil, s.testHints},
		{"rooms", "", true, s.testRooms},
		{"seats", "", true, s.testSeats},
		{"said", "", true, s.testSaid},
		{"carried", "", true, s.testCarried},
		{"round trip", "", true, s.testRoundTrip},
		{"once", "", true, s.testOnce},
		{"reactions", "reactions", c.Reacts != nil, s.testReactions},
		{"reactions of others", "reactions", c.Reacts != nil, s.testOthersReact},
		{"files", "files", c.Files != nil, s.testFiles},
		{"undeleted", "undelete", c.Undelete != nil, s.testUndelete},
		{"pushes", "pushes", len(c.Pushes) > 0, s.testPushes},
		{"errors", "", true, s.testErrors},
		{"throttled", "", true, s.testThrottled},
		{"members", "members", c.Members != nil, s.testMembersChanged},
		{"room made", "rooms made", c.RoomMake != nil, s.testRoomMade},
		{"accounts", "accounts", c.Accounts != nil, s.testAccounts},
		{"licences", "licences", c.Licences != nil, s.testLicences},
	} {
		if lacks := slices.Contains(s.f.Lacks, part.needs); lacks == part.there {
			t.Errorf("%s: the platform can: %v, it is said to lack it: %v", part.needs, part.there, lacks)
		} else if part.there {
			t.Run(part.name, part.test)
		}
	}
}

// unconnected: before anything is set up, Connect makes a connection that can
// do nothing, and its checks say why instead of failing.
func unconnected(t *testing.T, p platforms.Platform) {
	if p.ID == "" || p.Name == "" || p.Product == "" || p.RoomWord == "" || p.RoomWords == "" || p.Steps == nil || p.Sandbox == nil {
		t.Errorf("the platform is not described: %+v", p)
	}
	env := platforms.Env{Values: newValues(nil), Secrets: newValues(nil), Now: time.Now, Pace: 1, Log: slog.New(slog.DiscardHandler), HTTP: noNetwork{t}}
	conn, err := p.Connect(t.Context(), env)
	if err != nil {
		t.Fatalf("connect without any value: %v", err)
	}
	if conn.Users != nil || conn.Accounts != nil || conn.Rooms != nil || conn.RoomEdit != nil || conn.Messages != nil || len(conn.Sources) > 0 {
		t.Errorf("a connection without rights promises something: %+v", conn)
	}
	for _, g := range p.Grants {
		if g.Scope == "" || g.Reason == "" || g.Kind == "" || g.Feature == "" {
			t.Errorf("grant %+v is not explained", g)
		}
	}
}

// noNetwork fails requests that nobody may make yet.
type noNetwork struct{ t *testing.T }

func (n noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	n.t.Errorf("asked %s %s while connecting", r.Method, r.URL.Redacted())
	return nil, http.ErrServerClosed
}

// suite is a platform connected to a World.
type suite struct {
	p      platforms.Platform
	f      Fixture
	tenant *sandbox.Tenant
	emu    *sandbox.Emulator
	env    platforms.Env
	conn   *platforms.Connection

	mu      sync.Mutex
	admits  int
	counter int
}

func begin(t *testing.T, p platforms.Platform, f Fixture) *suite {
	t.Helper()
	emu, err := p.Sandbox(f.World)
	if err != nil {
		t.Fatal(err)
	}
	// Closed after the test's own context has ended.
	running, err := sandbox.Serve(context.WithoutCancel(t.Context()), f.World, emu)
	if err != nil {
		t.Fatal(err)
	}
	base := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(func() { base.CloseIdleConnections(); running.Close() })
	s := &suite{p: p, f: f, tenant: f.World.Tenant(f.Tenant), emu: emu}
	s.env = platforms.Env{
		Values: newValues(emu.Deployment()), Secrets: newValues(nil), HTTP: base, Log: slog.New(slog.DiscardHandler),
		Now: time.Now, Pace: f.World.Clock.Speed,
		Admit: func(context.Context, string, string) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.admits++
			return nil
		},
	}
	for _, f := range f.Features {
		if err := s.env.Values.Put(t.Context(), platforms.FeatureKey(f), "on"); err != nil {
			t.Fatal(err)
		}
	}
	s.walk(t)
	if s.conn, err = p.Connect(t.Context(), s.env); err != nil {
		t.Fatal(err)
	}
	return s
}

// walk goes through the wizard as an administrator does: follows the links to
// where consent is given, and presses every action's button.
func (s *suite) walk(t *testing.T) {
	t.Helper()
	for i := range s.p.Steps(s.env.Values) {
		// What an earlier step found out fills in this one.
		step := s.p.Steps(s.env.Values)[i]
		consent := slices.Contains(s.f.Consent, step.ID)
		for _, part := range step.Parts {
			switch part.Kind {
			case platforms.PartLink:
				if !consent {
					continue
				}
				consent = false
				if _, _, err := sandbox.NewBrowser(map[string]string{"address": s.admin()}).Open(t.Context(), part.URL); err != nil {
					t.Fatalf("step %s, link %q: %v", step.ID, part.Label, err)
				}
			case platforms.PartAction:
				s.press(t, step, part)
				if s.f.Pressed != nil {
					s.f.Pressed(t, part.Action, s.env.Values)
				}
			}
		}
	}
}

func (s *suite) admin() string { return address(s.tenant, s.tenant.Admin) }

func address(t *sandbox.Tenant, id string) string {
	a, _ := t.Account(id)
	if a.Login != "" {
		return a.Login
	}
	return a.Address
}

// press runs an action while a browser answers the pages it opens.
func (s *suite) press(t *testing.T, step platforms.Step, part platforms.Part) {
	t.Helper()
	action := s.p.Actions[part.Action]
	if action == nil {
		t.Fatalf("step %s: there is no action %q", step.ID, part.Action)
	}
	who := s.f.SignsIn(part.Action)
	var pages sync.WaitGroup
	defer pages.Wait()
	env := s.env
	env.Open = func(page string) error {
		pages.Go(func() {
			if _, _, err := sandbox.NewBrowser(map[string]string{"address": who}).Open(t.Context(), page); err != nil {
				t.Errorf("step %s, page of %q: %v", step.ID, part.Action, err)
			}
		})
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	outcome, err := action(ctx, env)
	if err != nil {
		t.Fatalf("step %s, action %q: %v", step.ID, part.Action, err)
	}
	if outcome.Text == "" {
		t.Errorf("action %q says nothing about its outcome", part.Action)
	}
}

// testChecks: after the wizard every check passes and shows what it saw, and no
// step names a check that does not exist.
func (s *suite) testChecks(t *testing.T) {
	known := map[string]bool{}
	for _, check := range s.conn.Checks {
		known[check.Code] = true
		if check.Writes {
			continue
		}
		if f := check.Run(t.Context()); f.Status != platforms.Pass || f.Evidence == "" {
			t.Errorf("check %s (%s): %+v", check.Code, check.Title, f)
		}
	}
	if len(known) == 0 {
		t.Error("nothing is checked")
	}
	for _, step := range s.p.Steps(s.env.Values) {
		for _, code := range step.Checks {
			if !known[code] {
				t.Errorf("step %s waits for a check %q that does not exist", step.ID, code)
			}
		}
	}
	if got, want := string(s.conn.Tenant.ID), s.tenant.ID; got != want {
		t.Errorf("connected to tenant %q, want %q", got, want)
	}
	if s.conn.Users == nil || s.conn.Rooms == nil || s.conn.RoomEdit == nil || s.conn.Messages == nil || len(s.conn.Sources) == 0 || s.conn.Calls == nil {
		t.Errorf("a full set-up leaves something out: %+v", s.conn)
	}
}

// values are settings in memory.
type values struct {
	mu   sync.Mutex
	data map[string]string
}

func newValues(data map[string]string) *values {
	if data == nil {
		data = map[string]string{}
	}
	return &values{data: data}
}

// Get implements platforms.Values.
func (v *values) Get(key string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.data[key]
}

// Put implements platforms.Values.
func (v *values) Put(_ context.Context, key, value string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.data[key] = value
	return nil
}

// Delete implements platforms.Values.
func (v *values) Delete(_ context.Context, key string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.data, key)
	return nil
}
