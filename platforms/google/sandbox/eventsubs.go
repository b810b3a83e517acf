package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// How long a Workspace Events subscription lives at most, in tenant time: less
// where the events carry content.
const (
	bareLife = 7 * 24 * time.Hour
	fullLife = 4 * time.Hour
)

const subscriptionKind = "type.googleapis.com/google.apps.events.subscriptions.v1.Subscription"

// announcements are the Workspace Events subscriptions, and how far the tenant's
// events were announced to them.
type announcements struct {
	mu     sync.Mutex
	list   []*subscription
	pos    int // of the feed's log
	serial int
}

// subscription has the events of one space published to a topic, in the name of
// a person who can see the space.
type subscription struct {
	id, room, account, topic string
	kinds                    []string // without the prefix
	full                     bool     // events carry the resource
	created, updated         time.Time
	expires                  time.Duration // tenant time
	suspended                string        // why, "" while it is active
}

func (s *subscription) life() time.Duration {
	if s.full {
		return fullLife
	}
	return bareLife
}

func (s *subscription) target() string { return "//chat.googleapis.com/spaces/" + s.room }

// eventMethods serves the Workspace Events API.
func (g *google) eventMethods() map[string]methodFunc {
	return map[string]methodFunc{
		"workspaceevents.subscriptions.create": g.subscribe, "workspaceevents.subscriptions.get": g.getSubscription,
		"workspaceevents.subscriptions.list": g.listSubscriptions, "workspaceevents.subscriptions.patch": g.patchSubscription,
		"workspaceevents.subscriptions.delete": g.unsubscribe, "workspaceevents.subscriptions.reactivate": g.reactivate,
	}
}

// showSubscription is a subscription as the API shows it.
func (g *google) showSubscription(s *subscription) map[string]any {
	kinds := make([]string, 0, len(s.kinds))
	for _, k := range s.kinds {
		kinds = append(kinds, eventPrefix+k)
	}
	left := g.world.Clock.Wall(s.expires - g.world.Clock.Elapsed())
	out := map[string]any{
		"name": "subscriptions/" + s.id, "uid": s.id, "targetResource": s.target(), "eventTypes": kinds,
		"payloadOptions":       map[string]any{"includeResource": s.full},
		"notificationEndpoint": map[string]any{"pubsubTopic": s.topic},
		"state":                "ACTIVE", "authority": userName(s.account), "userAuthority": userName(s.account),
		"createTime": timestamp(s.created), "updateTime": timestamp(s.updated),
		"expireTime": timestamp(g.world.Clock.Now().Add(left).Truncate(time.Microsecond)), "reconciling": false,
	}
	if s.suspended != "" {
		out["state"], out["suspensionReason"] = "SUSPENDED", s.suspended
	}
	out["etag"] = etag([]any{s.id, s.updated.String(), s.suspended})
	return out
}

// operation is the answer to what changes a subscription; all are done at once.
// Callers hold the subscriptions' lock.
func (g *google) operation(response map[string]any) map[string]any {
	g.announced.serial++
	return map[string]any{"name": "operations/" + digits(12, g.tenant.ID+string(rune(g.announced.serial))), "done": true, "response": response}
}

func (g *google) changed(s *subscription) map[string]any {
	response := g.showSubscription(s)
	response["@type"] = subscriptionKind
	return g.operation(response)
}

// eventKinds checks the event types that a subscription asks for, and the
// token's scope for each.
func (c *call) eventKinds() ([]string, *apiError) {
	list, _ := c.body["eventTypes"].([]any)
	var kinds []string
	for _, item := range list {
		name, _ := item.(string)
		kind, ours := strings.CutPrefix(name, eventPrefix)
		if _, known := eventTypes()[kind]; !ours || !known {
			return nil, invalid("Invalid event type: %s", name)
		}
		if bad := c.eventScope(kind); bad != nil {
			return nil, bad
		}
		kinds = append(kinds, kind)
	}
	if len(kinds) == 0 {
		return nil, invalid("event_types is required.")
	}
	return kinds, nil
}

// lifeAsked reads the ttl of a request: "" and 0 are the longest.
func (c *call) lifeAsked(most time.Duration) (time.Duration, *apiError) {
	asked := text(c.body, "ttl")
	if asked == "" {
		return most, nil
	}
	d, err := time.ParseDuration(asked)
	if err != nil || !strings.HasSuffix(asked, "s") || d < 0 || d > most {
		return 0, invalid("Invalid ttl: it must be between 0 and %d seconds.", int(most.Seconds()))
	}
	if d == 0 {
		return most, nil
	}
	return d, nil
}

// subscribe answers subscriptions.create.
func (g *google) subscribe(c *call) (map[string]any, *apiError) {
	room, ok := strings.CutPrefix(text(c.body, "targetResource"), "//chat.googleapis.com/spaces/")
	if !ok || room == "" || strings.Contains(room, "/") {
		return nil, invalid("Invalid target_resource.")
	}
	kinds, bad := c.eventKinds()
	if bad != nil {
		return nil, bad
	}
	c.path["name"] = "spaces/" + room
	if _, bad := c.room(); bad != nil {
		return nil, bad
	}
	s := &subscription{room: room, account: c.tok.account, kinds: kinds, topic: text(object(c.body, "notificationEndpoint"), "pubsubTopic")}
	s.full, _ = object(c.body, "payloadOptions")["includeResource"].(bool)
	life, bad := c.lifeAsked(s.life())
	if bad != nil {
		return nil, bad
	}
	if bad := g.endpointTrouble(s.topic); bad != nil {
		return nil, bad
	}
	g.announce() // what happened before is not announced
	g.announced.mu.Lock()
	defer g.announced.mu.Unlock()
	for _, old := range g.announced.list {
		if old.room == room && old.account == s.account {
			e := refuse(http.StatusConflict, "A subscription for this target resource already exists.")
			e.details = []map[string]any{errorInfo("SUBSCRIPTION_ALREADY_EXISTS", map[string]any{"current_subscription": "subscriptions/" + old.id})}
			return nil, e
		}
	}
	now := g.world.Clock.Now()
	s.id, s.created, s.updated, s.expires = "chat-spaces-"+strings.ToLower(g.shortID(16)), now, now, g.world.Clock.Elapsed()+life
	if !c.flag("validateOnly") {
		g.announced.list = append(g.announced.list, s)
	}
	return g.changed(s), nil
}

// endpointTrouble refuses a topic that Chat cannot publish to.
func (g *google) endpointTrouble(topic string) *apiError {
	may, there := g.broker.publishes(topic)
	switch {
	case !strings.HasPrefix(topic, "projects/"+g.client.project+"/topics/"):
		return invalid("The Pub/Sub topic must be in the Google Cloud project of the app.")
	case !there:
		return refuse(http.StatusNotFound, "The Pub/Sub topic was not found.")
	case !may:
		return refuse(http.StatusForbidden, "Cannot publish to the Pub/Sub topic: permission denied.")
	}
	return nil
}

// subscriptionOf finds the caller's subscription that a path names. Callers hold
// the lock.
func (c *call) subscriptionOf() (*subscription, *apiError) {
	for _, s := range c.g.announced.list {
		if "subscriptions/"+s.id != c.path["name"] {
			continue
		}
		if s.account != c.tok.account {
			return nil, denied()
		}
		return s, nil
	}
	return nil, missing()
}

// onSubscription runs f on the caller's subscription once events and expiry are
// up to date.
func (g *google) onSubscription(c *call, f func(*subscription) (map[string]any, *apiError)) (map[string]any, *apiError) {
	g.announce()
	g.announced.mu.Lock()
	defer g.announced.mu.Unlock()
	s, bad := c.subscriptionOf()
	if bad != nil {
		return nil, bad
	}
	return f(s)
}

// getSubscription answers subscriptions.get.
func (g *google) getSubscription(c *call) (map[string]any, *apiError) {
	return g.onSubscription(c, func(s *subscription) (map[string]any, *apiError) { return g.showSubscription(s), nil })
}

// listSubscriptions answers subscriptions.list: the caller's own, by event type
// and target.
func (g *google) listSubscriptions(c *call) (map[string]any, *apiError) {
	e, ok := parseFilter(c.params["filter"])
	if !ok || e.mixed {
		return nil, invalid("Invalid filter.")
	}
	typed := false
	if bad := e.each(func(t expr) *apiError {
		switch {
		case (t.field == "event_types" || t.field == "event_type") && t.op == ":":
			typed = true
		case t.field == "target_resource" && t.op == "=":
		default:
			return invalid("Invalid filter.")
		}
		return nil
	}); bad != nil {
		return nil, bad
	}
	if !typed {
		return nil, invalid("At least one event type is required in the filter.")
	}
	g.announce()
	g.announced.mu.Lock()
	defer g.announced.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(g.announced.list), func(s *subscription) bool {
		return s.account != c.tok.account || !e.eval(func(t expr) bool {
			if t.field == "target_resource" {
				return t.value == s.target()
			}
			return slices.Contains(s.kinds, strings.TrimPrefix(t.value, eventPrefix))
		})
	})
	page, next, bad := pageOf(c, list, func(s *subscription) string { return s.id }, 50, 100)
	if bad != nil {
		return nil, bad
	}
	return listing("subscriptions", page, g.showSubscription, next), nil
}

// patchSubscription answers subscriptions.patch: its time and its event types.
func (g *google) patchSubscription(c *call) (map[string]any, *apiError) {
	paths := maskPaths(c.params["updateMask"])
	if len(paths) == 0 {
		for field := range c.body {
			paths = append(paths, snake(field))
		}
	}
	return g.onSubscription(c, func(s *subscription) (map[string]any, *apiError) {
		c2 := *s
		for _, p := range paths {
			switch p {
			case "ttl":
				life, bad := c.lifeAsked(s.life())
				if bad != nil {
					return nil, bad
				}
				c2.expires = g.world.Clock.Elapsed() + life
			case "event_types":
				kinds, bad := c.eventKinds()
				if bad != nil {
					return nil, bad
				}
				c2.kinds = kinds
			default:
				return nil, invalid("Invalid or unsupported field path in update_mask: %s", p)
			}
		}
		c2.updated = g.world.Clock.Now()
		if !c.flag("validateOnly") {
			*s = c2
		}
		return g.changed(&c2), nil
	})
}

// unsubscribe answers subscriptions.delete.
func (g *google) unsubscribe(c *call) (map[string]any, *apiError) {
	empty := map[string]any{"@type": "type.googleapis.com/google.protobuf.Empty"}
	out, bad := g.onSubscription(c, func(s *subscription) (map[string]any, *apiError) {
		if !c.flag("validateOnly") {
			g.announced.list = slices.DeleteFunc(g.announced.list, func(o *subscription) bool { return o == s })
		}
		return g.operation(empty), nil
	})
	if bad != nil && bad.code == http.StatusNotFound && c.flag("allowMissing") {
		g.announced.mu.Lock()
		defer g.announced.mu.Unlock()
		return g.operation(empty), nil
	}
	return out, bad
}

// reactivate answers subscriptions.reactivate, once what suspended it is mended.
func (g *google) reactivate(c *call) (map[string]any, *apiError) {
	return g.onSubscription(c, func(s *subscription) (map[string]any, *apiError) {
		if s.suspended == "" || g.wrong(faultSuspended) {
			e := refuse(http.StatusBadRequest, "The subscription cannot be reactivated: it is not suspended, or the error that suspended it persists.")
			e.status = "FAILED_PRECONDITION"
			return nil, e
		}
		s.suspended, s.updated = "", g.world.Clock.Now()
		return g.changed(s), nil
	})
}

// suspendAll suspends every subscription there is.
func (g *google) suspendAll(on bool) error {
	if !on {
		return nil // each is reactivated by whoever has it
	}
	g.announce()
	g.announced.mu.Lock()
	defer g.announced.mu.Unlock()
	for _, s := range g.announced.list {
		g.suspend(s, "OTHER")
	}
	return nil
}

// suspend stops a subscription and says so in its topic. Callers hold the lock.
func (g *google) suspend(s *subscription, why string) {
	if s.suspended == "" {
		s.suspended, s.updated = why, g.world.Clock.Now()
		g.lifecycle(s, "suspended")
	}
}

// lifecycle publishes what became of a subscription.
func (g *google) lifecycle(s *subscription, what string) {
	data, _ := json.Marshal(map[string]any{"subscription": map[string]any{"name": "subscriptions/" + s.id}}) // only strings
	source := "//workspaceevents.googleapis.com/subscriptions/" + s.id
	g.post(s, "google.workspace.events.subscription.v1."+what, source, data, g.world.Clock.Now())
}

// post publishes one CloudEvent in Pub/Sub's binding.
func (g *google) post(s *subscription, kind, subject string, data []byte, at time.Time) {
	g.broker.publish(s.topic, notice{
		data: string(data), key: subject, published: g.world.Clock.Now(), at: g.world.Clock.Elapsed(),
		attributes: map[string]string{
			"ce-id": randomText(16), "ce-type": kind, "ce-subject": subject, "ce-specversion": "1.0", "ce-time": timestamp(at),
			"ce-source": "//workspaceevents.googleapis.com/subscriptions/" + s.id, "ce-datacontenttype": "application/json",
		},
	})
}

// announce publishes what happened since the last time, and ends or suspends the
// subscriptions whose time or right is over.
func (g *google) announce() {
	g.announced.mu.Lock()
	defer g.announced.mu.Unlock()
	fresh := g.feed.since(g.tenant, &g.announced.pos)
	now := g.world.Clock.Elapsed()
	g.announced.list = slices.DeleteFunc(g.announced.list, func(s *subscription) bool {
		if s.expires > now {
			return false
		}
		g.lifecycle(s, "expired")
		return true
	})
	for _, s := range g.announced.list {
		a, known := g.tenant.Account(s.account)
		switch _, there := g.tenant.Room(s.room); {
		case !there:
			g.suspend(s, "RESOURCE_DELETED")
		case !known || g.usable(a) != "" || !g.tenant.InRoom(s.room, s.account):
			g.suspend(s, "USER_AUTHORIZATION_FAILURE")
		}
		for _, e := range fresh {
			if e.room == s.room && s.suspended == "" && slices.Contains(s.kinds, e.kind) && !g.wrong(faultLost) {
				g.post(s, eventPrefix+e.kind, s.target(), g.payload(s, e), e.at)
			}
		}
	}
}

// payload is an event's data: the resource as it is now, or merely its name.
func (g *google) payload(s *subscription, e event) []byte {
	r, _ := g.tenant.Room(e.room)
	c := &call{g: g, tok: token{principal: principal{account: s.account}}}
	var data map[string]any
	for field, value := range c.event(r, e) {
		if strings.HasSuffix(field, "EventData") {
			data, _ = value.(map[string]any)
		}
	}
	if !s.full {
		for resource, value := range data {
			full, _ := value.(map[string]any)
			data = map[string]any{resource: map[string]any{"name": full["name"]}}
		}
	}
	b, _ := json.Marshal(data) // what the API answers anyway
	return b
}
