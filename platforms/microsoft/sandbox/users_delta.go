package sandbox

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	world "miohub/platforms/sandbox"
)

// deltaLife is how long a directory delta token is good for, in tenant time.
const deltaLife = 7 * 24 * time.Hour

// deltaPage is how many users one page of a delta holds; the vendor decides it
// itself and takes a wish through Prefer: odata.maxpagesize.
const deltaPage = 200

// usersDelta answers the first round, later rounds and "sync from now".
func (k *call) usersDelta() (*reply, error) {
	if err := k.mayRead(false); err != nil {
		return nil, err
	}
	m, err := k.usersMark()
	if err != nil {
		return nil, err
	}
	k.query.sel = nil
	if m.Select != "" {
		k.query.sel = strings.Split(m.Select, ",")
	}
	if m.Full {
		return k.usersRound(m, k.present(m))
	}
	return k.usersRound(m, k.changedUsers(m))
}

// usersMark reads the request's position, or makes the first one.
func (k *call) usersMark() (mark, error) {
	kind, text := "", ""
	for _, name := range []string{"$skiptoken", "$deltatoken"} {
		if k.query.has(name) {
			kind, text = name, k.query.get(name)
		}
	}
	now := k.world.Clock.Elapsed()
	_, end := k.tenant.Changes(-1)
	first := mark{Kind: "users/delta", Until: end, Full: true, Select: strings.Join(k.query.sel, ","), Filter: k.query.get("$filter"), Made: now}
	if _, err := k.deltaFilter(first.Filter); err != nil {
		return first, err
	}
	switch {
	case text == "" && kind == "":
		return first, nil
	case kind == "$deltatoken" && text == "latest":
		first.Full, first.Seq = false, end
		return first, nil
	}
	m, good := k.unsealed(text, "users/delta")
	if !good {
		return m, k.deny("graph.delta.token.unknown")
	}
	if now-m.Made > deltaLife || k.faults.older("microsoft.delta-expired", m.Made) {
		e := k.deny("graph.delta.token.expired")
		v := url.Values{"$deltatoken": {""}}
		if m.Select != "" {
			v.Set("$select", m.Select)
		}
		e.header.Set("Location", k.link("users/delta", v))
		return m, e
	}
	if kind == "$deltatoken" { // a new round
		m.Until, m.After, m.Full = end, "", false
	}
	return m, nil
}

// deltaFilter reads the only filter that delta takes: up to 50 ids.
func (k *call) deltaFilter(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	f, err := k.parseFilter(text, "user")
	if err != nil {
		return nil, err
	}
	ids, good := f.onlyIDs()
	if !good || len(ids) > 50 {
		return nil, k.deny("graph.delta.filter")
	}
	return ids, nil
}

// onlyIDs collects the ids of "id eq 'a' or id eq 'b'".
func (f *filterNode) onlyIDs() ([]string, bool) {
	switch {
	case f.op == "eq" && f.property == "id":
		id, isText := f.values[0].(string)
		return []string{id}, isText
	case f.op == "or":
		a, okA := f.kids[0].onlyIDs()
		b, okB := f.kids[1].onlyIDs()
		return append(a, b...), okA && okB
	}
	return nil, false
}

// present lists the accounts of a full round, from the mark on.
func (k *call) present(m mark) []string {
	var ids []string
	for _, a := range k.tenant.Accounts() {
		if a.Deleted.IsZero() && a.ID > m.After {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// changedUsers lists the accounts that changed in the mark's round.
func (k *call) changedUsers(m mark) []string {
	changes, _ := k.tenant.Changes(m.Seq)
	var ids []string
	for _, ch := range changes {
		if ch.Seq > m.Until {
			break
		}
		switch ch.Kind {
		case world.AccountAdded, world.AccountChanged, world.AccountDeleted:
			if !slices.Contains(ids, ch.Account) && ch.Account > m.After {
				ids = append(ids, ch.Account)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// usersRound writes one page of a round, with the link to the next one or to
// the next round.
func (k *call) usersRound(m mark, ids []string) (*reply, error) {
	wanted, err := k.deltaFilter(m.Filter)
	if err != nil {
		return nil, err
	}
	if wanted != nil {
		ids = slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(wanted, id) })
	}
	size := k.preferredPage()
	body := map[string]any{"@odata.context": k.context("users")}
	if len(ids) > size {
		ids = ids[:size]
		next := m
		next.After = ids[size-1]
		body["@odata.nextLink"] = k.link("users/delta", url.Values{"$skiptoken": {k.sealed(next)}})
	} else {
		done := mark{Kind: m.Kind, Seq: m.Until, Select: m.Select, Filter: m.Filter, Made: k.world.Clock.Elapsed()}
		body["@odata.deltaLink"] = k.link("users/delta", url.Values{"$deltatoken": {k.sealed(done)}})
	}
	value := make([]any, 0, len(ids))
	for _, id := range ids {
		a, found := k.tenant.Account(id)
		if !found || !a.Deleted.IsZero() {
			value = append(value, map[string]any{"id": id, "@removed": map[string]any{"reason": "changed"}})
			continue
		}
		value = append(value, k.deltaUser(a))
	}
	body["value"] = value
	return ok(body)
}

// deltaUser leaves out what has no value, as delta does.
func (k *call) deltaUser(a world.Account) map[string]any {
	u := k.shown(a)
	for p, v := range u {
		if v == nil {
			delete(u, p)
		}
	}
	u["id"] = a.ID
	return u
}

func (k *call) preferredPage() int {
	for _, p := range strings.Split(k.r.Header.Get("Prefer"), ",") {
		if text, found := strings.CutPrefix(strings.TrimSpace(p), "odata.maxpagesize="); found {
			if n, err := strconv.Atoi(text); err == nil && n > 0 {
				return min(n, deltaPage)
			}
		}
	}
	return deltaPage
}
