package screens

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"miohub/app"
	"miohub/app/people"
	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

// person is a row of the People screen with what it is about.
type person struct {
	ui.Person
	left, right       platforms.User
	leftRef, rightRef platforms.Ref
	rule              people.Rule
	link              store.PersonLink // zero for none
}

// PeopleSummary implements ui.PeopleHub.
func (h *Hub) PeopleSummary(ctx context.Context) (ui.PeopleSummary, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.PeopleSummary, error) {
		var out ui.PeopleSummary
		for _, p := range l.app.Platforms() {
			c, err := l.card(ctx, p)
			if err != nil {
				return out, err
			}
			at, err := l.app.Store.LastRead(ctx, p.ID, "rooms")
			if err != nil {
				return out, err
			}
			scope, err := l.app.Scope(ctx, p.ID)
			if err != nil {
				return out, err
			}
			out.Sides = append(out.Sides, ui.Side{Platform: c.ID, Name: p.Name, Tenant: c.Tenant, People: c.People, Rooms: c.Rooms, Imported: stamp(at), Scope: scope.Words()})
		}
		rows, err := l.persons(ctx)
		if err != nil {
			return out, err
		}
		out.All = len(rows)
		counts := map[ui.MatchState]*int{
			ui.MatchLinked: &out.Linked, ui.MatchMatched: &out.Matched, ui.MatchSuggested: &out.Suggested,
			ui.MatchConflict: &out.Conflict, ui.MatchUnmatched: &out.Unmatched, ui.MatchSuspended: &out.Suspended,
		}
		for _, r := range rows {
			*counts[r.State]++
		}
		return out, nil
	})
}

// People implements ui.PeopleHub.
func (h *Hub) People(ctx context.Context, q ui.PeopleQuery) ([]ui.Person, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.Person, error) {
		rows, err := l.persons(ctx)
		if err != nil {
			return nil, err
		}
		out := make([]ui.Person, 0, len(rows))
		for _, r := range rows {
			if (q.State == "" || r.State == q.State) && fits(q.Search, r.Left.Name, r.Left.Address, r.Left.OrgUnit, r.Right.Name, r.Right.Address, r.Right.OrgUnit) {
				out = append(out, r.Person)
			}
		}
		return out, nil
	})
}

// persons are all rows, names ascending.
func (l *live) persons(ctx context.Context) ([]person, error) {
	v, err := l.app.View(ctx)
	if err != nil {
		return nil, err
	}
	m := matchTable{v: v, left: byUser(v.LeftPeople), right: byUser(v.RightPeople)}
	m.linked()
	m.found()
	slices.SortStableFunc(m.rows, func(a, b person) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.shown()), strings.ToLower(b.shown())), cmp.Compare(a.ID, b.ID))
	})
	return m.rows, nil
}

func (p person) shown() string {
	return cmp.Or(p.Left.Name, p.Right.Name, p.Left.Address, p.Right.Address)
}

func byUser(d people.Directory) map[platforms.Ref]platforms.User {
	out := make(map[platforms.Ref]platforms.User, len(d.Users))
	for _, u := range d.Users {
		out[d.Ref(u.ID)] = u
	}
	return out
}

// matchTable puts links and matches together.
type matchTable struct {
	v           *app.View
	left, right map[platforms.Ref]platforms.User
	taken       map[platforms.Ref]bool
	rows        []person
}

// linked adds the stored links, the withdrawn ones included.
func (m *matchTable) linked() {
	m.taken = map[platforms.Ref]bool{}
	for _, l := range m.v.People {
		left, lok := m.left[l.Left]
		right, rok := m.right[l.Right]
		if !lok && !rok {
			continue // of a directory that was erased, or of another organisation
		}
		m.taken[l.Left], m.taken[l.Right] = true, true
		p := m.add(left, right, l.Left, l.Right)
		p.link, p.rule = l, people.Rule(l.Rule)
		p.Rule, p.Why = capital(p.rule.Words()), "Confirmed by "+l.By+", "+said(l.At)+"."
		p.Enabled = l.State == store.PersonLinked
		switch {
		case !lok || !rok || left.State != platforms.Active || right.State != platforms.Active:
			p.State = ui.MatchSuspended
		case p.Enabled:
			p.State = ui.MatchLinked
		default:
			p.State, p.Why = ui.MatchMatched, "Disabled by "+l.By+", "+said(l.At)+"."
		}
	}
}

// found adds what the rules say about everybody else.
func (m *matchTable) found() {
	found := people.Find(m.v.LeftPeople, m.v.RightPeople, func(r platforms.Ref) bool { return m.taken[r] })
	for _, match := range found.Matches {
		l, r := m.v.LeftPeople.Ref(match.Left.ID), m.v.RightPeople.Ref(match.Right.ID)
		if m.v.MatchRejected(l, r) {
			found.Left, found.Right = append(found.Left, match.Left), append(found.Right, match.Right)
			continue
		}
		p := m.add(match.Left, match.Right, l, r)
		p.rule, p.Rule, p.Why = match.Rule, capital(match.Rule.Words()), match.Doubt
		switch {
		case match.Left.State != platforms.Active || match.Right.State != platforms.Active:
			p.State = ui.MatchSuspended
		case match.Sure:
			p.State, p.Why = ui.MatchMatched, "Both addresses lie in domains that both organisations have verified."
		default:
			p.State = ui.MatchSuggested
		}
	}
	for _, u := range found.AmbiguousL {
		m.alone(u, platforms.User{}).conflict(people.Candidates(u, found.AmbigR))
	}
	for _, u := range found.AmbigR {
		m.alone(platforms.User{}, u).conflict(people.Candidates(u, found.AmbiguousL))
	}
	for _, u := range found.Left {
		m.alone(u, platforms.User{})
	}
	for _, u := range found.Right {
		m.alone(platforms.User{}, u)
	}
}

func (m *matchTable) add(left, right platforms.User, l, r platforms.Ref) *person {
	m.rows = append(m.rows, person{left: left, right: right, leftRef: l, rightRef: r,
		Person: ui.Person{ID: pairID(l, r), Left: account(left), Right: account(right)}})
	return &m.rows[len(m.rows)-1]
}

// alone adds a row with one account; the other is zero.
func (m *matchTable) alone(left, right platforms.User) *person {
	var l, r platforms.Ref
	one := left
	if left.ID != "" {
		l = m.v.LeftPeople.Ref(left.ID)
	} else {
		r, one = m.v.RightPeople.Ref(right.ID), right
	}
	p := m.add(left, right, l, r)
	p.State = ui.MatchUnmatched
	if one.State != platforms.Active {
		p.State = ui.MatchSuspended
	}
	return p
}

func (p *person) conflict(candidates []platforms.User) {
	if p.State == ui.MatchSuspended {
		return
	}
	p.State, p.Why = ui.MatchConflict, "Several accounts could be this person; nothing is proposed."
	for _, c := range candidates {
		p.Candidates = append(p.Candidates, account(c))
	}
}

func account(u platforms.User) ui.Account {
	if u.ID == "" {
		return ui.Account{}
	}
	return ui.Account{ID: string(u.ID), Name: u.Name, Address: u.Address, OrgUnit: u.OrgUnit, Guest: u.Kind == platforms.Guest, State: string(u.State)}
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Import implements ui.PeopleHub.
func (h *Hub) Import(ctx context.Context, up ui.Progress) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		l.work.Lock()
		defer l.work.Unlock()
		var said []string
		for _, p := range l.app.Platforms() {
			c, err := l.app.Store.Connection(ctx, p.ID)
			if err != nil {
				return "", err
			}
			if c.State != store.Connected {
				continue
			}
			seen, err := l.app.Observe(ctx, p.ID, progress(up))
			if err != nil {
				return "", l.explained(ctx, p, err)
			}
			said = append(said, fmt.Sprintf("%s: %s, %s.", p.Name, plural(seen.People, "person", "people"), plural(seen.Rooms, p.RoomWord, p.RoomWords)))
		}
		if len(said) == 0 {
			return "", app.ErrNotReady
		}
		return strings.Join(said, " "), nil
	})
}

// EnablePeople implements ui.PeopleHub.
func (h *Hub) EnablePeople(ctx context.Context, ids []string, on bool) error {
	return h.people(ctx, ids, func(ctx context.Context, l *live, p person) error {
		switch {
		case on && p.Enabled || !on && !p.Enabled:
			return nil
		case on && p.State == ui.MatchMatched:
			return l.app.EnablePerson(ctx, p.left, p.right, p.leftRef, p.rightRef, p.rule)
		case on:
			return fmt.Errorf("%s cannot be enabled: confirm the match first", p.shown())
		}
		return l.app.DisablePerson(ctx, p.link, p.left)
	})
}

// DecidePeople implements ui.PeopleHub.
func (h *Hub) DecidePeople(ctx context.Context, ids []string, accept bool) error {
	return h.people(ctx, ids, func(ctx context.Context, l *live, p person) error {
		switch {
		case p.State != ui.MatchSuggested && p.State != ui.MatchMatched || p.link.ID != 0:
			return fmt.Errorf("nothing is suggested for %s", p.shown())
		case accept:
			return l.app.EnablePerson(ctx, p.left, p.right, p.leftRef, p.rightRef, p.rule)
		}
		return l.app.RejectMatch(ctx, p.left, p.right, p.leftRef, p.rightRef)
	})
}

// people does something to rows; one row's failure does not stop the others.
func (h *Hub) people(ctx context.Context, ids []string, f func(context.Context, *live, person) error) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		l.work.Lock()
		defer l.work.Unlock()
		rows, err := l.persons(ctx)
		if err != nil {
			return err
		}
		byID := make(map[string]person, len(rows))
		for _, r := range rows {
			byID[r.ID] = r
		}
		var errs []error
		for _, id := range ids {
			p, ok := byID[id]
			if !ok {
				errs = append(errs, &platforms.Error{Kind: platforms.Conflict, Op: "change people", Text: "the list has changed meanwhile; look again"})
				continue
			}
			errs = append(errs, f(ctx, l, p))
		}
		return errors.Join(append(errs, l.app.PersonChanged(ctx))...)
	})
}
