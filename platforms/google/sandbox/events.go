package sandbox

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	world "miohub/platforms/sandbox"
)

// eventPrefix begins every Chat event type.
const eventPrefix = "google.workspace.chat."

// eventLife is how far back events can be listed.
const eventLife = 28 * 24 * time.Hour

// event is one entry of a space's feed.
type event struct {
	room     string
	seq      int
	kind     string // without the prefix: "message.v1.created"
	at       time.Time
	message  string
	account  string
	reaction world.Reaction
}

// feed keeps every space's events, read from the tenant's change log.
type feed struct {
	mu    sync.Mutex
	seen  int
	seq   int
	rooms map[string][]event
	log   []event // of every room, as they came
}

func changeEvents() map[world.ChangeKind]string {
	return map[world.ChangeKind]string{
		world.MessagePosted: "message.v1.created", world.MessageEdited: "message.v1.updated", world.MessageDeleted: "message.v1.deleted",
		world.MemberAdded: "membership.v1.created", world.MemberRemoved: "membership.v1.deleted",
		world.MemberChanged: "membership.v1.updated", world.RoomChanged: "space.v1.updated",
		world.ReactionSet: "reaction.v1.created", world.ReactionUnset: "reaction.v1.deleted",
	}
}

// read returns a room's events, oldest first.
func (f *feed) read(t *world.Tenant, room string) []event {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.follow(t)
	return slices.Clone(f.rooms[room])
}

// since returns what came after a position in the log of all rooms, and moves it.
func (f *feed) since(t *world.Tenant, pos *int) []event {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.follow(t)
	fresh := slices.Clone(f.log[*pos:])
	*pos = len(f.log)
	return fresh
}

// follow takes what is new in the change log. Callers hold the lock.
func (f *feed) follow(t *world.Tenant) {
	kinds := changeEvents()
	changes, last := t.Changes(f.seen)
	f.seen = last
	for _, c := range changes {
		kind := kinds[c.Kind]
		if strings.HasPrefix(kind, "reaction.") && c.Reaction == (world.Reaction{}) {
			continue // set and taken back in one go
		}
		if kind != "" && c.Room != "" {
			f.put(c.Room, event{kind: kind, at: c.Time, message: c.Message, account: c.Account, reaction: c.Reaction})
		}
	}
}

// put keeps a room's events in order of time. Callers hold the lock.
func (f *feed) put(room string, e event) {
	f.seq++
	e.seq, e.room = f.seq, room
	f.log = append(f.log, e)
	list := append(f.rooms[room], e)
	for i := len(list) - 1; i > 0 && list[i].at.Before(list[i-1].at); i-- {
		list[i], list[i-1] = list[i-1], list[i]
	}
	f.rooms[room] = list
}

// eventQuery is a checked spaceEvents filter.
type eventQuery struct {
	kinds      []string
	start, end time.Time // end is zero when there is none
}

// eventTypes maps each event type to the resource whose scope it takes.
func eventTypes() map[string]string {
	return map[string]string{
		"message.v1.created": "messages", "message.v1.updated": "messages", "message.v1.deleted": "messages",
		"membership.v1.created": "memberships", "membership.v1.updated": "memberships", "membership.v1.deleted": "memberships",
		"reaction.v1.created": "messages.reactions", "reaction.v1.deleted": "messages.reactions",
		"space.v1.updated": "spaces",
	}
}

// eventFilter checks a filter: event types are required, joined by OR and in
// parentheses where times stand beside them.
func eventFilter(s string, now time.Time) (eventQuery, *apiError) {
	q := eventQuery{start: now.Add(-eventLife)}
	wrong := invalid("Invalid filter: %s", s)
	e, ok := parseFilter(s)
	if !ok || e.mixed {
		return q, wrong
	}
	times := map[string]bool{}
	for _, group := range e.groups() {
		terms, ok := group.terms("OR")
		if !ok {
			return q, wrong
		}
		for _, t := range terms {
			switch t.field {
			case "event_types", "event_type":
				kind, ok := strings.CutPrefix(t.value, eventPrefix)
				if _, known := eventTypes()[kind]; !ok || !known || t.op != ":" {
					return q, invalid("Invalid event type in filter: %s", t.value)
				}
				q.kinds = append(q.kinds, kind)
			case "start_time", "end_time":
				at, err := time.Parse(time.RFC3339Nano, t.value)
				if err != nil || t.op != "=" || len(terms) > 1 || times[t.field] {
					return q, wrong
				}
				times[t.field] = true
				if t.field == "start_time" {
					if at.Before(q.start) {
						return q, invalid("start_time must be within the last 28 days.")
					}
					q.start = at
				} else {
					q.end = at
				}
			default:
				return q, wrong
			}
		}
	}
	if len(q.kinds) == 0 {
		return q, invalid("At least one event type is required in the filter.")
	}
	if typeGroups(e) > 1 {
		return q, wrong
	}
	return q, nil
}

// typeGroups counts the AND-joined parts that name event types: one is allowed.
func typeGroups(e expr) int {
	n := 0
	for _, group := range e.groups() {
		fields := map[string]bool{}
		group.fields(fields)
		if fields["event_types"] || fields["event_type"] {
			n++
		}
	}
	return n
}

// eventScope refuses a token that may not read what the event type is about.
func (c *call) eventScope(kind string) *apiError {
	scope := scopePrefix + "chat." + eventTypes()[kind]
	wanted := []string{scope, scope + ".readonly"}
	if strings.HasPrefix(kind, "reaction.") {
		wanted = append(wanted, scopePrefix+"chat.messages", scopePrefix+"chat.messages.readonly")
	}
	if slices.ContainsFunc(wanted, c.tok.has) {
		return nil
	}
	return c.insufficient(wanted)
}

// listEvents answers spaceEvents.list.
func (g *google) listEvents(c *call) (map[string]any, *apiError) {
	r, bad := c.room()
	if bad != nil {
		return nil, bad
	}
	if c.params["filter"] == "" {
		return nil, invalid("filter is required.")
	}
	q, bad := eventFilter(c.params["filter"], g.world.Clock.Now())
	if bad != nil {
		return nil, bad
	}
	for _, kind := range q.kinds {
		if bad := c.eventScope(kind); bad != nil {
			return nil, bad
		}
	}
	size, bad := c.pageSize(100, 1000)
	if bad != nil {
		return nil, bad
	}
	after, bad := c.after()
	if bad != nil {
		return nil, bad
	}
	past := after == ""
	var page []event
	next := ""
	for _, e := range g.feed.read(g.tenant, r.ID) {
		if !past {
			past = strconv.Itoa(e.seq) == after
			continue
		}
		if !e.at.After(q.start) || !q.end.IsZero() && e.at.After(q.end) || !slices.Contains(q.kinds, e.kind) {
			continue
		}
		if len(page) == size {
			next = c.nextPage(strconv.Itoa(page[size-1].seq))
			break
		}
		page = append(page, e)
	}
	return listing("spaceEvents", page, func(e event) map[string]any { return c.event(r, e) }, next), nil
}

// event is a feed entry as Chat shows it; the payload is what the resource is now.
func (c *call) event(r world.Room, e event) map[string]any {
	resource, _, _ := strings.Cut(e.kind, ".")
	verb := e.kind[strings.LastIndexByte(e.kind, '.')+1:]
	out := map[string]any{
		"name":      "spaces/" + r.ID + "/spaceEvents/" + eventID(e.seq),
		"eventType": eventPrefix + e.kind, "eventTime": timestamp(e.at),
	}
	var payload map[string]any
	switch resource {
	case "message":
		m, _ := c.g.tenant.Message(r.ID, e.message)
		payload = c.message(m, "")
		if !m.Deleted.IsZero() {
			payload = map[string]any{"name": payload["name"], "createTime": payload["createTime"], "deletionMetadata": payload["deletionMetadata"]}
		}
	case "membership":
		s := seat{room: r.ID, account: e.account}
		m, in := r.Members[e.account]
		switch s.m = m; {
		case verb == "deleted":
			payload = map[string]any{"name": c.member(s)["name"], "state": "NOT_A_MEMBER"}
		case in:
			payload = c.member(s)
		default:
			payload = map[string]any{}
		}
	case "reaction":
		payload = c.reaction(world.Message{Room: r.ID, ID: e.message}, e.reaction)
		if verb == "deleted" {
			payload = map[string]any{"name": payload["name"]}
		}
	case "space":
		payload = c.g.space(r)
	}
	out[resource+strings.ToUpper(verb[:1])+verb[1:]+"EventData"] = map[string]any{resource: payload}
	return out
}

func eventID(seq int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("event " + strconv.Itoa(seq)))
}

// getEvent answers spaceEvents.get.
func (g *google) getEvent(c *call) (map[string]any, *apiError) {
	r, bad := c.room()
	if bad != nil {
		return nil, bad
	}
	_, rest, _ := cutSpace(c.path)
	id := strings.TrimPrefix(rest, "spaceEvents/")
	for _, e := range g.feed.read(g.tenant, r.ID) {
		if eventID(e.seq) == id && e.at.After(g.world.Clock.Now().Add(-eventLife)) {
			if bad := c.eventScope(e.kind); bad != nil {
				return nil, bad
			}
			return c.event(r, e), nil
		}
	}
	return nil, missing()
}
