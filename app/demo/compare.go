package demo

import (
	"context"
	"fmt"
	"time"

	"miohub/app/demo/audit"
	"miohub/app/store"
	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// patience is how long the comparison looks again while something is wrong: a
// tenant may show its readers a new message a moment late.
const patience = 10 * time.Second

// settle is for how long nothing must turn out wrong: what was carried twice
// shows a moment late too.
const settle = time.Second

// compare reads both tenants by plain GETs and counts what arrived.
func (r *run) compare(ctx context.Context) error {
	r.o.Say("Comparing what arrived with what was said")
	in, err := r.auditInput(ctx)
	if err != nil {
		return err
	}
	before := r.counted()
	found, err := audit.Audit(ctx, in)
	r.audited = r.counted().minus(before)
	if err != nil {
		return fmt.Errorf("compare: %w", err)
	}
	m := &r.report.Messages
	m.Said, m.Delivered, m.Lost, m.Duplicated, m.Reordered = found.Said, found.Delivered, found.Lost, found.Duplicated, found.Reordered
	m.Edits, m.Deletes, m.Replies = found.Edits, found.Deletes, found.Replies
	for i, f := range found.Findings {
		if i == 20 {
			r.report.problem("… and %d more findings", len(found.Findings)-i)
			break
		}
		r.report.problem("%s: %s in “%s”: %s", f.Kind, f.Message, f.Room, f.Detail)
	}
	if n := r.strays(in.Pairs); n > 0 {
		r.report.problem("leak: %d messages that nobody said stand in rooms that are not linked", n)
	}
	if m.Said*100 < r.o.Messages*95 {
		r.report.problem("%d messages were said in linked rooms, of %d that were asked for", m.Said, r.o.Messages)
	}
	if m.Edits == 0 || m.Deletes == 0 || m.Replies == 0 {
		r.report.problem("%d edits, %d deletes and %d replies stand; none of them may be zero", m.Edits, m.Deletes, m.Replies)
	}
	if r.o.Evidence == "" {
		return nil
	}
	if err := found.Evidence(r.o.Evidence); err != nil {
		return fmt.Errorf("write the evidence: %w", err)
	}
	r.o.Say("  evidence is in %s", r.o.Evidence)
	return nil
}

func (r *run) auditInput(ctx context.Context) (audit.In, error) {
	in := audit.In{World: r.world, Matched: map[string]string{}, Patience: patience, Settle: settle}
	if r.o.Sabotage != "" {
		in.Patience = time.Second
	}
	in.Google, in.GoogleFiles = r.trial.Emulators["google"].Describe()
	in.Microsoft, _ = r.trial.Emulators["microsoft"].Describe()
	people, err := r.app.Store.PersonLinks(ctx)
	if err != nil {
		return in, err
	}
	for _, l := range people {
		if l.State != store.PersonLinked {
			continue
		}
		in.Matched[l.Left.ID] = l.Right.ID
		if !r.oneHuman(l.Left, l.Right) {
			r.report.problem("people: %s is linked with %s, who is somebody else", l.Left.ID, l.Right.ID)
		}
	}
	rooms, err := r.app.Store.RoomLinks(ctx)
	if err != nil {
		return in, err
	}
	for _, pair := range r.world.Pairs() {
		if linked(pair, rooms) {
			in.Pairs = append(in.Pairs, pair)
		}
	}
	return in, nil
}

// strays counts the posts that nobody said in the rooms that are not linked.
func (r *run) strays(linked []sandbox.Pair) int {
	known := map[string]bool{}
	for _, pair := range linked {
		for tenant, room := range pair.Room {
			known[tenant+"\x00"+room] = true
		}
	}
	truth := map[string]bool{}
	for _, s := range r.world.Truth() {
		truth[s.Tenant+"\x00"+s.Room+"\x00"+s.ID] = true
	}
	n := 0
	for _, name := range r.world.Tenants() {
		t := r.world.Tenant(name)
		for _, room := range t.Rooms() {
			if known[name+"\x00"+room.ID] {
				continue
			}
			for _, m := range t.Messages(room.ID) {
				// What has no author is the tenant's own notice of a change.
				if m.Author != "" && !truth[name+"\x00"+room.ID+"\x00"+m.ID] {
					n++
				}
			}
		}
	}
	return n
}

// oneHuman reports whether two accounts belong to the same person in truth.
func (r *run) oneHuman(left, right platforms.Ref) bool {
	a, lok := r.world.Tenant(string(left.Platform)).Account(left.ID)
	b, rok := r.world.Tenant(string(right.Platform)).Account(right.ID)
	return lok && rok && a.Human == b.Human
}

func linked(pair sandbox.Pair, links []store.RoomLink) bool {
	for _, l := range links {
		both := func(a, b platforms.Ref) bool {
			return sameRoom(a, pair.Room[string(a.Platform)]) && sameRoom(b, pair.Room[string(b.Platform)])
		}
		if both(l.Left, l.Right) {
			return true
		}
	}
	return false
}
