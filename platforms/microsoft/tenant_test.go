package microsoft

import (
	"context"
	"sync"
	"testing"
	"time"

	"miohub/platforms"
	world "miohub/platforms/sandbox"
)

// vault is values in memory, for several goroutines.
type vault struct {
	mu   sync.Mutex
	data map[string]string
}

func (v *vault) Get(key string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.data[key]
}

func (v *vault) Put(_ context.Context, key, value string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.data[key] = value
	return nil
}

func (v *vault) Delete(_ context.Context, key string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.data, key)
	return nil
}

// tenant is an emulated tenant with an environment to connect from.
type tenant struct {
	*world.Tenant
	t       *testing.T
	world   *world.World
	emu     *world.Emulator
	env     platforms.Env
	values  *vault
	secrets *vault
}

// speed is how fast the emulated tenant's time passes.
const speed = 100

func open(t *testing.T) *tenant { return openWith(t, Platform().Sandbox) }

func openWith(t *testing.T, emulate func(*world.World) (*world.Emulator, error)) *tenant {
	t.Helper()
	w := world.New(world.Size{Seed: 11, People: 60, Rooms: 16, Speed: speed})
	emu, err := emulate(w)
	if err != nil {
		t.Fatal(err)
	}
	run, err := world.Serve(t.Context(), w, emu)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Close)
	x := &tenant{
		Tenant: w.Tenant("microsoft"), t: t, world: w, emu: emu,
		values: &vault{data: emu.Deployment()}, secrets: &vault{data: map[string]string{}},
	}
	x.env = platforms.Env{Values: x.values, Secrets: x.secrets, Now: time.Now, Pace: speed}
	return x
}

func login(a world.Account) string {
	if a.Login != "" {
		return a.Login
	}
	return a.Address
}

// as runs an action with a browser that answers as the account and presses the
// button of that label, the first one where it is "".
func (x *tenant) as(account, press, action string) (platforms.Outcome, error) {
	x.t.Helper()
	a, ok := x.Account(account)
	if !ok {
		x.t.Fatalf("no account %s", account)
	}
	b := world.NewBrowser(map[string]string{"address": login(a)})
	b.Press = press
	env := x.env
	env.Open = func(url string) error {
		_, _, err := b.Open(x.t.Context(), url)
		return err
	}
	ctx, cancel := context.WithTimeout(x.t.Context(), 20*time.Second)
	defer cancel()
	return Platform().Actions[action](ctx, env)
}

// connect goes through both sign-ins and connects.
func (x *tenant) connect() *platforms.Connection {
	x.t.Helper()
	if _, err := x.as(x.Admin, "", actionAuthorize); err != nil {
		x.t.Fatal(err)
	}
	if _, err := x.as(x.Bridge, "", actionBridge); err != nil {
		x.t.Fatal(err)
	}
	return x.again()
}

// again connects with what is stored.
func (x *tenant) again() *platforms.Connection {
	x.t.Helper()
	c, err := Platform().Connect(x.t.Context(), x.env)
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

// channel is a standard channel with people who can speak in it, and two of them.
func (x *tenant) channel() (room platforms.RoomID, id, one, other string) {
	x.t.Helper()
	for _, pair := range x.world.Pairs() {
		r, _ := x.Room(pair.Room["microsoft"])
		var speakers []string
		for _, m := range x.MembersOf(r.ID) {
			if a, ok := x.Account(m); ok && a.Licensed && !a.Suspended && !a.Guest && m != x.Bridge && m != x.Admin {
				speakers = append(speakers, m)
			}
		}
		if r.Kind == "channel" && len(speakers) > 1 {
			return roomID(r.Group, r.ID), r.ID, speakers[0], speakers[1]
		}
	}
	x.t.Fatal("the World has no channel with two people who can speak")
	return "", "", "", ""
}

func (x *tenant) say(room, who, root, text string) world.Message {
	x.t.Helper()
	m, err := x.world.Say("microsoft", room, who, root, x.emu.NewMessageID(), world.Text(text))
	if err != nil {
		x.t.Fatal(err)
	}
	return m
}

// settle lets what was posted become visible to readers.
func (x *tenant) settle() { x.world.Clock.Advance(time.Minute) }

func findings(x *tenant, c *platforms.Connection) map[string]platforms.Finding {
	found := map[string]platforms.Finding{}
	for _, check := range c.Checks {
		found[check.Code] = check.Run(x.t.Context())
	}
	return found
}
