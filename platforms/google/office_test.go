package google

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// office is an emulated tenant and a connection to it.
type office struct {
	t      *testing.T
	world  *sandbox.World
	tenant *sandbox.Tenant
	env    platforms.Env
	values *memory
	secret *memory
	conn   *platforms.Connection

	mu       sync.Mutex
	refuse   map[string]bool // addresses the fence keeps out
	admitted []string        // "address: purpose"
	delegate func([]string)
	shipped  map[string]string
	recorder *recorder
	emulator *sandbox.Emulator
}

// open serves a tenant; nothing is connected yet.
func open(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, values: values(), secret: values(), refuse: map[string]bool{}}
	o.world = sandbox.New(sandbox.Size{Seed: 7, People: 40, Rooms: 6, Speed: 60})
	o.tenant = o.world.Tenant("google")
	emulator, err := Platform().Sandbox(o.world)
	if err != nil {
		t.Fatal(err)
	}
	run, err := sandbox.Serve(context.WithoutCancel(t.Context()), o.world, emulator)
	if err != nil {
		t.Fatal(err)
	}
	base := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(func() { base.CloseIdleConnections(); run.Close() })
	o.shipped = emulator.Deployment()
	for key, value := range o.shipped {
		_ = o.values.Put(t.Context(), key, value)
	}
	o.delegate, o.emulator = emulator.Delegate, emulator
	o.recorder = newRecorder(t, base, o.values)
	o.env = platforms.Env{
		Values: o.values, Secrets: o.secret, HTTP: o.recorder, Pace: 60, Now: time.Now,
		Admit: func(_ context.Context, address, purpose string) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			if o.refuse[address] {
				return errors.New("not enabled")
			}
			o.admitted = append(o.admitted, address+": "+purpose)
			return nil
		},
	}
	o.connect()
	return o
}

func (o *office) connect() {
	o.t.Helper()
	c, err := Platform().Connect(o.t.Context(), o.env)
	if err != nil {
		o.t.Fatal(err)
	}
	o.conn = c
}

// visit is a browser that presses a button.
func (o *office) visit(answers map[string]string, press string) (func(string) error, *sync.WaitGroup) {
	wg := &sync.WaitGroup{}
	return func(page string) error {
		b := sandbox.NewBrowser(answers)
		b.Press = press
		wg.Go(func() {
			if _, _, err := b.Open(o.t.Context(), page); err != nil {
				o.t.Errorf("browser: %v", err)
			}
		})
		return nil
	}, wg
}

func (o *office) signIn(address, press string) (platforms.Outcome, error) {
	o.t.Helper()
	env := o.env
	var wg *sync.WaitGroup
	env.Open, wg = o.visit(map[string]string{"address": address}, press)
	defer wg.Wait()
	return Platform().Actions["authorize"](o.t.Context(), env)
}

func (o *office) administrator() sandbox.Account {
	a, _ := o.tenant.Account(o.tenant.Admin)
	return a
}

// ready signs in, delegates through the console's form, and connects.
func ready(t *testing.T) *office {
	t.Helper()
	o := open(t)
	if _, err := o.signIn(o.administrator().Address, ""); err != nil {
		t.Fatal(err)
	}
	press, wg := o.visit(nil, "")
	if err := press(delegationURL(o.values, o.values.Get(keyAccountID))); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	o.connect()
	return o
}

func (o *office) findings() map[string]platforms.Finding {
	all := map[string]platforms.Finding{}
	for _, c := range o.conn.Checks {
		all[c.Code] = c.Run(o.t.Context())
	}
	return all
}

// talkative picks a threaded space and two licensed members of it.
func (o *office) talkative() (room sandbox.Room, one, two sandbox.Account) {
	o.t.Helper()
	for _, r := range o.tenant.Rooms() {
		if r.Kind != "space" || !r.Threaded {
			continue
		}
		var able []sandbox.Account
		for id := range r.Members {
			if a, ok := o.tenant.Account(id); ok && a.Licensed && !a.Suspended && !a.Guest && a.Deleted.IsZero() {
				able = append(able, a)
			}
		}
		if len(able) >= 2 {
			slices.SortFunc(able, func(a, b sandbox.Account) int { return strings.Compare(a.ID, b.ID) })
			return r, able[0], able[1]
		}
	}
	o.t.Fatal("nobody talks in this World")
	return
}
