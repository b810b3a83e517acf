package demo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"miohub/platforms/sandbox"
)

// delivery is a copy that the hub put into a tenant.
type delivery struct {
	tenant  *sandbox.Tenant
	message sandbox.Message
}

// deliveries lists the standing copies, that is what no person of the tenant
// said, room by room; with alone only roots that nobody answered.
func (r *run) deliveries(alone bool) [][]delivery {
	truth := map[string]bool{}
	for _, s := range r.world.Truth() {
		truth[s.Tenant+"\x00"+s.Room+"\x00"+s.ID] = true
	}
	var out [][]delivery
	for _, pair := range r.world.Pairs() {
		for _, name := range r.world.Tenants() {
			t := r.world.Tenant(name)
			var room []delivery
			all := t.Messages(pair.Room[name])
			answered := map[string]bool{}
			for _, m := range all {
				answered[m.Root] = answered[m.Root] || m.Root != m.ID
			}
			for _, m := range all {
				if alone && (m.Root != m.ID || answered[m.ID]) {
					continue
				}
				if m.Deleted.IsZero() && len(m.Body) > 0 && m.Author != "" && !truth[name+"\x00"+m.Room+"\x00"+m.ID] {
					room = append(room, delivery{t, m})
				}
			}
			if len(room) > 0 {
				out = append(out, room)
			}
		}
	}
	return out
}

// sabotage tampers with one delivery, in the tenant, as a faulty hub would: with
// one that stands alone where there is any, so that nothing else is touched.
func (r *run) sabotage() error {
	for _, alone := range []bool{r.o.Sabotage != "format", false} {
		if !alone && r.o.Sabotage == "swap" {
			break // answers would follow their text
		}
		for _, room := range r.deliveries(alone) {
			done, err := r.tamper(room)
			if err != nil || done {
				return err
			}
		}
	}
	rooms := r.deliveries(false)
	switch {
	case len(rooms) == 0:
	case r.o.Sabotage == "format":
		// Nothing styled was delivered: a style that nobody gave is as wrong.
		for _, room := range rooms {
			done, err := changeOne(room, func(run *sandbox.Run) bool { run.Bold = true; return true })
			if err != nil || done {
				return err
			}
		}
	case r.o.Sabotage == "swap":
		return exchangeIn(rooms)
	}
	return fmt.Errorf("there is no delivery to %s", r.o.Sabotage)
}

// exchangeIn lets two neighbours of a room change places, rather not a root and
// its own answer.
func exchangeIn(rooms [][]delivery) error {
	for _, answers := range []bool{false, true} {
		for _, room := range rooms {
			for i := 1; i < len(room); i++ {
				if answers || room[i].message.Root != room[i-1].message.ID {
					return exchange(room[i-1], room[i])
				}
			}
		}
	}
	return errors.New("no room has two deliveries to swap")
}

// exchange lets two deliveries of a room stand in the opposite order.
func exchange(a, b delivery) error {
	for _, move := range []struct {
		d  delivery
		to time.Time
	}{{a, b.message.Created}, {b, a.message.Created}} {
		_, err := move.d.tenant.EditMessage(move.d.message.Room, move.d.message.ID, func(m *sandbox.Message) { m.Created = move.to })
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) tamper(room []delivery) (bool, error) {
	d := room[0]
	t, m := d.tenant, d.message
	switch r.o.Sabotage {
	case "lose":
		return true, t.DeleteMessage(m.Room, m.ID)
	case "double":
		copied := m
		copied.ID, copied.Root, copied.Extra = r.newID(t.Name), "", nil
		_, err := t.Post(copied)
		return true, err
	case "swap":
		return swap(room)
	case "edit":
		return changeOne(room, func(run *sandbox.Run) bool { run.Text += " (changed)"; return true })
	case "author":
		return r.misattribute(room)
	case "format":
		for _, d := range room {
			if found, err := change(d, unformat); err != nil || found {
				return found, err
			}
		}
		return false, nil
	}
	return false, fmt.Errorf("%q is no way to tamper; there are %v", r.o.Sabotage, Sabotages())
}

func (r *run) newID(tenant string) string {
	for _, e := range r.trial.Emulators {
		if e.Tenant == tenant {
			return e.NewMessageID()
		}
	}
	return ""
}

// swap exchanges what two unanswered roots of one room say.
func swap(room []delivery) (bool, error) {
	for i := range room {
		for j := i + 1; j < len(room); j++ {
			a, b := room[i].message, room[j].message
			if a.Root != a.ID || b.Root != b.ID || a.Author != b.Author || a.Body.Plain() == b.Body.Plain() {
				continue
			}
			put := func(id string, from sandbox.Message) error {
				_, err := room[i].tenant.EditMessage(a.Room, id, func(m *sandbox.Message) { m.Body, m.Wire = from.Body, from.Wire })
				return err
			}
			if err := put(a.ID, b); err != nil {
				return false, err
			}
			return true, put(b.ID, a)
		}
	}
	return false, nil
}

// changeOne changes one run of the first delivery that has one to change.
func changeOne(room []delivery, f func(*sandbox.Run) bool) (bool, error) {
	for _, d := range room {
		if done, err := change(d, func(b sandbox.Body) bool { return eachRun(b, f) }); err != nil || done {
			return done, err
		}
	}
	return false, nil
}

// change edits the last block of a delivery, so that a label on top stays as it
// is, and reports whether f found something to change.
func change(d delivery, f func(sandbox.Body) bool) (bool, error) {
	body := clone(d.message.Body)
	if !f(body) {
		return false, nil
	}
	_, err := d.tenant.EditMessage(d.message.Room, d.message.ID, func(m *sandbox.Message) { m.Body, m.Wire = body, "" })
	return true, err
}

// misattribute puts a delivery into somebody else's mouth.
func (r *run) misattribute(room []delivery) (bool, error) {
	for _, d := range room {
		t, m := d.tenant, d.message
		for _, other := range t.MembersOf(m.Room) {
			a, ok := t.Account(other)
			if !ok || other == m.Author || other == t.Bridge || m.Author == t.Bridge || a.Suspended {
				continue
			}
			_, err := t.EditMessage(m.Room, m.ID, func(m *sandbox.Message) { m.Author = other })
			return true, err
		}
	}
	return false, nil
}

func clone(b sandbox.Body) sandbox.Body {
	out := slices.Clone(b)
	for i := range out {
		out[i].Runs = slices.Clone(out[i].Runs)
		out[i].Body = clone(out[i].Body)
		items := make([][]sandbox.Run, len(out[i].Items))
		for j := range out[i].Items {
			items[j] = slices.Clone(out[i].Items[j])
		}
		if out[i].Items != nil {
			out[i].Items = items
		}
	}
	return out
}

// eachRun applies f to the runs of the last block, last first, until it answers true.
func eachRun(b sandbox.Body, f func(*sandbox.Run) bool) bool {
	for i := len(b) - 1; i >= 0; i-- {
		block := &b[i]
		if block.Code != "" {
			block.Code += " (changed)"
			return true
		}
		for j := len(block.Items) - 1; j >= 0; j-- {
			for k := range block.Items[j] {
				if said(block.Items[j][k]) && f(&block.Items[j][k]) {
					return true
				}
			}
		}
		if eachRun(block.Body, f) {
			return true
		}
		for j := len(block.Runs) - 1; j >= 0; j-- {
			label := len(b) > 1 && i == 0
			if !label && said(block.Runs[j]) && f(&block.Runs[j]) {
				return true
			}
		}
	}
	return false
}

// said reports whether a run shows words, so that a change of it is seen.
func said(run sandbox.Run) bool { return run.Mention == "" && strings.TrimSpace(run.Text) != "" }

// unformat takes one style away; the label's, in the first block, stays.
func unformat(b sandbox.Body) bool {
	if len(b) < 1 {
		return false
	}
	return eachStyled(b, func(run *sandbox.Run) bool {
		if !said(*run) || !run.Bold && !run.Italic && !run.Strike && !run.Mono {
			return false
		}
		run.Bold, run.Italic, run.Strike, run.Mono = false, false, false, false
		return true
	})
}

func eachStyled(b sandbox.Body, f func(*sandbox.Run) bool) bool {
	for i := len(b) - 1; i >= 0; i-- {
		block := &b[i]
		for j := range block.Items {
			for k := range block.Items[j] {
				if f(&block.Items[j][k]) {
					return true
				}
			}
		}
		if eachStyled(block.Body, f) {
			return true
		}
		for j := len(block.Runs) - 1; j >= 0; j-- {
			label := i == 0 && j == 0
			if !label && f(&block.Runs[j]) {
				return true
			}
		}
	}
	return false
}
