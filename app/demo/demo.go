package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"time"

	"miohub/app"
	"miohub/app/demo/audit"
	"miohub/app/plan"
	"miohub/app/store"
	"miohub/app/vault"
	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// PassphraseVariable hands the vault's passphrase to the engine's process.
const PassphraseVariable = "MIOHUB_PASSPHRASE"

// run is one demo under way.
type run struct {
	o          Options
	world      *sandbox.World
	trial      *app.Trial
	app        *app.App
	passphrase string
	report     *Report
	neighbour  neighbour
	audited    asked // by the comparison
}

// Run runs a demo. The report is complete even when it failed; an error means
// that the demo could not be run to its end.
func Run(ctx context.Context, o Options) (*Report, error) {
	started := time.Now()
	r := &run{o: o, report: &Report{Seed: o.Size.Seed, speed: o.Size.Speed}}
	err := r.all(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		r.report.problem("it was interrupted before it was done")
	case err != nil:
		r.report.problem("%v", err)
	}
	r.report.finish(started)
	return r.report, err
}

func (r *run) all(ctx context.Context) error {
	if r.o.Evidence != "" {
		// Better told now than after all the work.
		if err := audit.Writable(r.o.Evidence); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp("", "miohub-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := r.open(ctx, dir); err != nil {
		return err
	}
	defer r.trial.Close()
	defer r.app.Close()
	for _, step := range []func(context.Context) error{r.connect, r.imports, r.firstPlan, r.secondPlan, r.undone, r.talk, r.changes, r.calls} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) open(ctx context.Context, dir string) error {
	r.o.Say("Making two sandbox tenants")
	if err := r.makeWorld(); err != nil {
		return err
	}
	trial, err := app.StartTrial(ctx, r.o.Platforms, r.world)
	if err != nil {
		return err
	}
	r.trial = trial
	key := make([]byte, 24)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	r.passphrase = hex.EncodeToString(key)
	r.app, err = app.Open(ctx, app.Options{
		Dir: dir, Platforms: r.o.Platforms, Who: "demo", Vault: vault.Options{Passphrase: r.passphrase},
	})
	if err != nil {
		trial.Close()
		return err
	}
	return trial.Deploy(ctx, r.app)
}

func (r *run) makeWorld() error {
	if r.o.Google == nil && r.o.Microsoft == nil {
		r.world = sandbox.New(r.o.Size)
		return nil
	}
	w, problems, err := sandbox.FromCSV(r.o.Size, r.o.Google, r.o.Microsoft)
	if err != nil {
		return err
	}
	for _, p := range problems {
		r.report.left = append(r.report.left, fmt.Sprintf("%s file, line %d: %s", p.File, p.Line, p.Reason))
	}
	r.world = w
	return nil
}

func (r *run) connect(ctx context.Context) error {
	c := &Connector{App: r.app, Trial: r.trial, Say: r.o.Say}
	for _, p := range r.o.Platforms {
		r.o.Say("Connecting %s", p.Name)
		err := c.Connect(ctx, p.ID)
		results, rerr := r.app.Store.LatestChecks(ctx, p.ID)
		if err := errors.Join(err, rerr); err != nil {
			return err
		}
		for _, res := range results {
			switch res.Finding.Status {
			case platforms.Pass, platforms.Warn:
				r.report.Checks.Passed++
			case platforms.Fail, platforms.Waiting, platforms.Skipped:
				r.report.Checks.Failed++
				r.report.problem("check %q: %s %s", res.Title, res.Finding.Cause, res.Finding.Raw)
			}
		}
	}
	return nil
}

func (r *run) imports(ctx context.Context) error {
	for _, p := range r.o.Platforms {
		r.o.Say("Importing people and %s of %s", p.RoomWords, p.Name)
		seen, err := r.app.Observe(ctx, p.ID, nil)
		if err != nil {
			return err
		}
		r.o.Say("  %d people, %d %s", seen.People, seen.Rooms, p.RoomWords)
		if p.ID == "google" {
			r.report.People.Google, r.report.Rooms.Google = seen.People, seen.Rooms
		} else {
			r.report.People.Microsoft, r.report.Rooms.Microsoft = seen.People, seen.Rooms
		}
	}
	return nil
}

// firstPlan makes the plan, decides each row as an administrator who knows the
// people would, and applies it.
func (r *run) firstPlan(ctx context.Context) error {
	p, err := r.app.MakePlan(ctx)
	if err != nil {
		return err
	}
	r.o.Say("The plan has %d actions", p.Actions)
	approve, decline, err := r.decide(ctx, p.ID)
	if err != nil {
		return err
	}
	if err := errors.Join(r.app.Approve(ctx, p.ID, approve), r.app.Decline(ctx, p.ID, decline)); err != nil {
		return err
	}
	r.o.Say("Applying %d of them; %d are declined", len(approve), len(decline))
	if err := r.apply(ctx, p.ID); err != nil {
		return err
	}
	links, err := r.app.Store.PersonLinks(ctx)
	if err != nil {
		return err
	}
	r.report.People.Matched = len(links)
	rooms, err := r.app.Store.RoomLinks(ctx)
	if err != nil {
		return err
	}
	r.report.Rooms.Linked = len(rooms)
	if pairs := len(r.world.Pairs()); len(rooms) < pairs {
		r.report.problem("%d of %d pairs of rooms are linked", len(rooms), pairs)
	}
	return nil
}

func (r *run) apply(ctx context.Context, id int64) error {
	done, err := r.app.Apply(ctx, id, nil)
	if err != nil {
		return err
	}
	for _, e := range done.Errors {
		r.report.problem("applying the plan: %v", e)
	}
	return nil
}

// decide approves what is true in the World and declines what is not. What no
// person has to look at is approved with the rest.
func (r *run) decide(ctx context.Context, planID int64) (approve, decline []string, err error) {
	actions, _, err := r.app.PlanActions(ctx, planID)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range actions {
		if !r.right(a) {
			decline = append(decline, a.ID)
			continue
		}
		approve = append(approve, a.ID)
		switch {
		case a.Verb == plan.LinkPeople && a.Risk == plan.RiskNone:
			r.report.sure++
		case a.Verb == plan.LinkPeople:
			r.report.asked++
		case a.Verb == plan.LinkRooms && a.Risk == plan.RiskHigh:
			r.report.linkRisk++
		}
	}
	return approve, decline, nil
}

// right answers as a person would who knows everybody and every room.
func (r *run) right(a plan.Action) bool {
	switch a.Verb {
	case plan.LinkPeople:
		return r.oneHuman(a.Left, a.Right)
	case plan.LinkRooms:
		return r.pair(a.Left, a.Right) != nil
	}
	return true
}

// pair is the seeded pair that two rooms are, nil when they are none.
func (r *run) pair(left, right platforms.Ref) *sandbox.Pair {
	for _, p := range r.world.Pairs() {
		if sameRoom(left, p.Room[string(left.Platform)]) && sameRoom(right, p.Room[string(right.Platform)]) {
			return &p
		}
	}
	return nil
}

// secondPlan observes again: with nothing changed, nothing may be proposed.
func (r *run) secondPlan(ctx context.Context) error {
	r.o.Say("Looking again: a second plan must be empty")
	p, err := r.app.Sync(ctx, nil)
	if err != nil {
		return err
	}
	r.report.SecondPlan = p.Actions
	if p.Actions > 0 {
		actions, _, err := r.app.PlanActions(ctx, p.ID)
		if err != nil {
			return err
		}
		for i, a := range actions {
			if i == 5 {
				break
			}
			r.report.problem("the second plan still wants: %s", a.Title)
		}
	}
	return nil
}

// undone takes back, in the tenant itself, something the plan did; the next
// plan must propose it again.
func (r *run) undone(ctx context.Context) error {
	t := r.world.Tenant("microsoft")
	pairs := r.world.Pairs()
	if len(pairs) == 0 || t == nil || t.Bridge == "" {
		return nil
	}
	room := pairs[0].Room["microsoft"]
	rooms := []string{room}
	if here, ok := t.Room(room); ok && here.Group != "" {
		rooms = rooms[:0]
		for _, other := range t.Rooms() {
			if other.Group == here.Group && other.Kind == "channel" {
				rooms = append(rooms, other.ID)
			}
		}
	}
	r.o.Say("Removing the bridge account from a team behind the hub's back")
	for _, id := range rooms {
		if err := t.Leave(id, t.Bridge); err != nil {
			return err
		}
	}
	p, err := r.app.Sync(ctx, nil)
	if err != nil {
		return err
	}
	actions, _, err := r.app.PlanActions(ctx, p.ID)
	if err != nil {
		return err
	}
	var ids []string
	for _, a := range actions {
		if a.Verb == plan.Seat {
			ids = append(ids, a.ID)
		}
	}
	if len(ids) == 0 {
		r.report.problem("the bridge account was removed from a team, and the next plan did not propose to add it again")
	}
	if err := r.app.Approve(ctx, p.ID, ids); err != nil {
		return err
	}
	if err := r.apply(ctx, p.ID); err != nil {
		return err
	}
	_, err = r.app.Sync(ctx, nil)
	return err
}

// asked counts requests of the tenants: by vendor, and those refused for quota.
type asked struct{ google, microsoft, throttled int }

func (a asked) minus(b asked) asked {
	return asked{a.google - b.google, a.microsoft - b.microsoft, a.throttled - b.throttled}
}

// counted is what the tenants were asked so far, by anybody.
func (r *run) counted() asked {
	var a asked
	counts := r.trial.Running.Counts()
	for id, e := range r.trial.Emulators {
		for _, api := range e.APIs {
			c := counts[api.Name]
			a.throttled += c.Throttled
			if id == "google" {
				a.google += c.Requests
			} else {
				a.microsoft += c.Requests
			}
		}
	}
	return a
}

// calls reports what the hub asked of the tenants; what the comparison and the
// busy neighbour asked is left out.
func (r *run) calls(context.Context) error {
	a := r.counted().minus(r.audited).minus(r.neighbour.asked())
	r.report.Calls.Google, r.report.Calls.Microsoft, r.report.Calls.Throttled = a.google, a.microsoft, a.throttled
	return nil
}

// waiting is a short form of what the engine has before it.
func (r *run) waiting(ctx context.Context) (int, error) {
	w, err := r.app.Waiting(ctx)
	return w.Inbox + w.Outbox, err
}

var errHeld = errors.New("messages are held")

func (r *run) held(ctx context.Context) error {
	rows, err := r.app.Store.Outbox(ctx, store.Held, 5)
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.report.problem("%v: %s", errHeld, row.Error)
	}
	return nil
}
