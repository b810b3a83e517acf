package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"time"

	world "miohub/platforms/sandbox"
)

// deltaReach is how far back a channel's delta goes.
const deltaReach = 8 * 30 * 24 * time.Hour

// messagesDelta answers roots that changed. A changed reply alone brings its
// root back only where the first request filtered by lastModifiedDateTime.
func (k *call) messagesDelta() (*reply, error) {
	size, expand, err := k.messageQuery()
	if err != nil {
		return nil, err
	}
	if k.query.get("$deltatoken") != "" || k.query.get("$skiptoken") != "" {
		if k.query.has("$filter") || k.query.has("$expand") {
			return nil, k.deny("graph.delta.token.options")
		}
	}
	p, err := k.messagesIn()
	if err != nil {
		return nil, err
	}
	m, err := k.messagesMark(p, size, expand)
	if err != nil {
		return nil, err
	}
	since, err := k.since(m.Filter)
	if err != nil {
		return nil, err
	}
	if m.Full {
		l := k.visibleMessages(p.room.ID)
		return k.messagesRound(p, m, l, k.fullRound(l, since, m.Filter != ""))
	}
	touched := k.touchedRoots(p.room.ID, m)
	if len(touched) == 0 {
		return k.messagesRound(p, m, messageList{}, nil)
	}
	l := k.visibleMessages(p.room.ID)
	roots := slices.DeleteFunc(slices.Clone(l.roots), func(r world.Message) bool { return !touched[r.ID] })
	return k.messagesRound(p, m, l, roots)
}

// messagesMark reads the request's position, or makes the first one.
func (k *call) messagesMark(p place, size int, expand bool) (mark, error) {
	kind := "messages/delta " + p.room.ID
	m := mark{Kind: kind, Until: k.feed.seen(), Full: true, Filter: k.query.get("$filter"), Top: size, Made: k.world.Clock.Elapsed()}
	if expand {
		m.Expand = "replies"
	}
	for _, name := range []string{"$skiptoken", "$deltatoken"} {
		if !k.query.has(name) {
			continue
		}
		kept, good := k.unsealed(k.query.get(name), kind)
		if !good {
			return m, k.deny("graph.messages.delta.token")
		}
		if k.faults.older("microsoft.delta-expired", kept.Made) {
			e := k.deny("graph.messages.delta.expired")
			e.header.Set("Location", k.link(deltaPath(p), url.Values{"$deltatoken": {""}}))
			return m, e
		}
		if name == "$deltatoken" {
			kept.Until, kept.After, kept.Full = m.Until, "", false
		}
		return kept, nil
	}
	return m, nil
}

func deltaPath(p place) string {
	return fmt.Sprintf("teams/%s/channels/%s/messages/delta", p.team.id, url.PathEscape(p.room.ID))
}

// since reads the only filter that the delta takes.
func (k *call) since(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	f, err := k.parseFilter(text, "chatMessage")
	if err != nil {
		return time.Time{}, err
	}
	if f.op != "gt" || f.property != "lastModifiedDateTime" {
		return time.Time{}, k.deny("graph.messages.delta.filter")
	}
	at, isTime := f.values[0].(time.Time)
	if !isTime {
		return at, k.deny("graph.messages.delta.filter")
	}
	return at, nil
}

// fullRound lists every root, or those modified (or answered) since.
func (k *call) fullRound(l messageList, since time.Time, filtered bool) []world.Message {
	oldest := k.world.Clock.Now().Add(-deltaReach)
	return slices.DeleteFunc(slices.Clone(l.roots), func(m world.Message) bool {
		if m.Created.Before(oldest) {
			return true
		}
		if !filtered || k.feed.modified(m).After(since) {
			return false
		}
		return !slices.ContainsFunc(l.replies[m.ID], func(r world.Message) bool { return k.feed.modified(r).After(since) })
	})
}

// touchedRoots are the roots touched by the changes of the mark's round.
func (k *call) touchedRoots(room string, m mark) map[string]bool {
	changes, _ := k.tenant.Changes(m.Seq)
	touched := map[string]bool{}
	for _, ch := range changes {
		if ch.Seq > m.Until {
			break
		}
		if ch.Room != room || ch.Message == "" {
			continue
		}
		if msg, found := k.tenant.Message(room, ch.Message); found && (msg.Root == msg.ID || m.Filter != "") {
			touched[msg.Root] = true
		}
	}
	return touched
}

// messagesRound writes one page. Items are in no promised order.
func (k *call) messagesRound(p place, m mark, l messageList, roots []world.Message) (*reply, error) {
	if m.After != "" {
		if i := slices.IndexFunc(roots, func(r world.Message) bool { return r.ID == m.After }); i >= 0 {
			roots = roots[i+1:]
		}
	}
	set := fmt.Sprintf("teams('%s')/channels('%s')/messages", p.team.id, url.PathEscape(p.room.ID))
	body := map[string]any{"@odata.context": k.root + "$metadata#" + set}
	if len(roots) > m.Top {
		roots = roots[:m.Top]
		next := m
		next.After = roots[m.Top-1].ID
		body["@odata.nextLink"] = k.link(deltaPath(p), url.Values{"$skiptoken": {k.sealed(next)}})
	} else {
		done := mark{Kind: m.Kind, Seq: m.Until, Filter: m.Filter, Expand: m.Expand, Top: m.Top, Made: k.world.Clock.Elapsed()}
		body["@odata.deltaLink"] = k.link(deltaPath(p), url.Values{"$deltatoken": {k.sealed(done)}})
	}
	value := []any{}
	for _, r := range roots {
		o := k.messageObject(p, r)
		if m.Expand != "" {
			k.expandReplies(o, p, r.ID, l)
		}
		value = append(value, o)
	}
	body["value"] = value
	return ok(body)
}
