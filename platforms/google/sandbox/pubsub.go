package sandbox

import (
	"context"
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Limits of Pub/Sub, in tenant time where they are times.
const (
	ackDeadline    = 10 * time.Second // unless a subscription says otherwise; the least
	ackDeadlineMax = 600 * time.Second
	retention      = 7 * 24 * time.Hour
	maxPull        = 1000
	// pullHold is how long, in the client's time, a pull waits for a message.
	pullHold = 2 * time.Second
	pullLook = 100 * time.Millisecond // how often it looks meanwhile
)

// Roles and the account that Chat publishes as.
const (
	rolePublisher  = "roles/pubsub.publisher"
	chatPublisher  = "serviceAccount:chat-api-push@system.gserviceaccount.com"
	deliveredTopic = "mio-hub" // what the IT department has made already
)

// broker holds the project's topics and their subscriptions.
type broker struct {
	mu      sync.Mutex
	topics  map[string]map[string][]string // name -> role -> members
	queues  map[string]*queue
	counter int
}

// queue is a pull subscription.
type queue struct {
	topic    string
	deadline time.Duration
	messages []*notice
}

// notice is a message in a subscription. It is handed out, waits for its
// acknowledgment, and is handed out again when none comes in time.
type notice struct {
	id, data, key string
	attributes    map[string]string
	published     time.Time
	at            time.Duration // of publishing, tenant time
	until         time.Duration // not handed out again before
	acks          []string
}

// newBroker makes the topic and the subscription that an IT department makes
// beforehand, with the roles that they take.
func newBroker(project string) *broker {
	b := &broker{topics: map[string]map[string][]string{}, queues: map[string]*queue{}}
	topic := "projects/" + project + "/topics/" + deliveredTopic
	b.topics[topic] = map[string][]string{rolePublisher: {chatPublisher}}
	b.queues["projects/"+project+"/subscriptions/"+deliveredTopic] = &queue{topic: topic, deadline: ackDeadline}
	return b
}

// publishes reports whether Chat may publish to a topic, and whether it is there.
func (b *broker) publishes(topic string) (may, there bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	roles, there := b.topics[topic]
	return slices.Contains(roles[rolePublisher], chatPublisher), there
}

// publish puts a message into every subscription of a topic.
func (b *broker) publish(topic string, n notice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counter++
	n.id = strconv.Itoa(9_000_000_000_000 + b.counter)
	for _, q := range b.queues {
		if q.topic == topic {
			c := n
			q.messages = append(q.messages, &c)
		}
	}
}

// pull hands out what is due in a subscription.
func (b *broker) pull(name string, most int, now time.Duration) []map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	q := b.queues[name]
	if q == nil {
		return nil
	}
	q.messages = slices.DeleteFunc(q.messages, func(n *notice) bool { return now-n.at > retention })
	var list []map[string]any
	for _, n := range q.messages {
		if len(list) == most {
			break
		}
		if n.until > now {
			continue
		}
		ack := randomText(30)
		n.until, n.acks = now+q.deadline, append(n.acks, ack)
		message := map[string]any{"messageId": n.id, "publishTime": timestamp(n.published), "attributes": n.attributes, "orderingKey": n.key}
		if n.data != "" {
			message["data"] = base64.StdEncoding.EncodeToString([]byte(n.data))
		}
		list = append(list, map[string]any{"ackId": ack, "message": message})
	}
	return list
}

// settle acknowledges messages, or moves the time until they come again.
func (b *broker) settle(name string, acks []any, move func(*notice)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	q := b.queues[name]
	if q == nil {
		return
	}
	q.messages = slices.DeleteFunc(q.messages, func(n *notice) bool {
		hit := slices.ContainsFunc(acks, func(a any) bool { id, _ := a.(string); return slices.Contains(n.acks, id) })
		if hit && move != nil {
			move(n)
			return false
		}
		return hit
	})
}

// pubsubMethods serves Pub/Sub as far as pulling takes.
func (g *google) pubsubMethods() map[string]methodFunc {
	return map[string]methodFunc{
		"pubsub.projects.topics.create": g.createTopic, "pubsub.projects.topics.get": g.getTopic,
		"pubsub.projects.topics.getIamPolicy": g.getTopicPolicy, "pubsub.projects.topics.setIamPolicy": g.setTopicPolicy,
		"pubsub.projects.subscriptions.create": g.createQueue, "pubsub.projects.subscriptions.get": g.getQueue,
		"pubsub.projects.subscriptions.delete": g.deleteQueue, "pubsub.projects.subscriptions.pull": g.pullQueue,
		"pubsub.projects.subscriptions.acknowledge": g.acknowledge, "pubsub.projects.subscriptions.modifyAckDeadline": g.modifyDeadline,
	}
}

// pubsubName returns the resource a Pub/Sub call is about, provided its name and the
// caller's role are good: the project's owner may do all, the app pull.
func (c *call) pubsubName(param string, pulls bool) (string, *apiError) {
	name := c.path[param]
	parts := strings.Split(name, "/")
	switch {
	case !c.owner() && !(c.tok.app && pulls), parts[1] != c.g.client.project:
		e := refuse(http.StatusForbidden, "User not authorized to perform this action.")
		e.details = []map[string]any{errorInfo("IAM_PERMISSION_DENIED", c.about())}
		return "", e
	case !regexp.MustCompile(`^[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}$`).MatchString(parts[3]) || strings.HasPrefix(parts[3], "goog"):
		return "", invalid("Invalid resource name given (name=%s).", name)
	}
	return name, nil
}

func unknownResource(name string) *apiError {
	kind := "topic"
	if strings.Contains(name, "/subscriptions/") {
		kind = "subscription"
	}
	return refuse(http.StatusNotFound, "Resource not found (resource=%s).", strings.TrimPrefix(name[strings.LastIndex(name, "/")+1:], kind+"/"))
}

// createTopic answers topics.create.
func (g *google) createTopic(c *call) (map[string]any, *apiError) {
	name, bad := c.pubsubName("name", false)
	if bad != nil {
		return nil, bad
	}
	g.broker.mu.Lock()
	defer g.broker.mu.Unlock()
	if g.broker.topics[name] != nil {
		return nil, refuse(http.StatusConflict, "Resource already exists in the project (resource=%s).", name[strings.LastIndex(name, "/")+1:])
	}
	g.broker.topics[name] = map[string][]string{}
	return map[string]any{"name": name}, nil
}

// getTopic answers topics.get.
func (g *google) getTopic(c *call) (map[string]any, *apiError) {
	name, bad := c.pubsubName("topic", false)
	if bad != nil {
		return nil, bad
	}
	if _, there := g.broker.publishes(name); !there {
		return nil, unknownResource(name)
	}
	return map[string]any{"name": name}, nil
}

// getTopicPolicy answers topics.getIamPolicy.
func (g *google) getTopicPolicy(c *call) (map[string]any, *apiError) {
	name, bad := c.pubsubName("resource", false)
	if bad != nil {
		return nil, bad
	}
	g.broker.mu.Lock()
	defer g.broker.mu.Unlock()
	roles, there := g.broker.topics[name]
	if !there {
		return nil, unknownResource(name)
	}
	var bindings []map[string]any
	for role, members := range roles {
		bindings = append(bindings, map[string]any{"role": role, "members": members})
	}
	out := map[string]any{"version": 1, "etag": base64.StdEncoding.EncodeToString([]byte(etag(bindings)))}
	if bindings != nil {
		out["bindings"] = bindings
	}
	return out, nil
}

// setTopicPolicy answers topics.setIamPolicy, which replaces the whole policy.
func (g *google) setTopicPolicy(c *call) (map[string]any, *apiError) {
	name, bad := c.pubsubName("resource", false)
	if bad != nil {
		return nil, bad
	}
	roles := map[string][]string{}
	list, _ := object(c.body, "policy")["bindings"].([]any)
	for _, item := range list {
		b, _ := item.(map[string]any)
		members, _ := b["members"].([]any)
		for _, m := range members {
			who, _ := m.(string)
			if !strings.Contains(who, ":") && who != "allUsers" && who != "allAuthenticatedUsers" {
				return nil, invalid("Invalid policy member: %s", who)
			}
			roles[text(b, "role")] = append(roles[text(b, "role")], who)
		}
	}
	g.broker.mu.Lock()
	_, there := g.broker.topics[name]
	if there {
		g.broker.topics[name] = roles
	}
	g.broker.mu.Unlock()
	if !there {
		return nil, unknownResource(name)
	}
	return g.getTopicPolicy(c)
}

// createQueue answers subscriptions.create for pull subscriptions.
func (g *google) createQueue(c *call) (map[string]any, *apiError) {
	name, bad := c.pubsubName("name", false)
	if bad != nil {
		return nil, bad
	}
	topic, seconds := text(c.body, "topic"), number(c.body, "ackDeadlineSeconds")
	if seconds != 0 && (seconds < 10 || seconds > 600) {
		return nil, invalid("Invalid ack deadline given (%d); it must be between 10 and 600 seconds.", seconds)
	}
	if _, push := c.body["pushConfig"]; push {
		return nil, invalid("Only pull subscriptions can be made here.")
	}
	g.broker.mu.Lock()
	defer g.broker.mu.Unlock()
	if g.broker.topics[topic] == nil {
		return nil, unknownResource(topic)
	}
	if g.broker.queues[name] != nil {
		return nil, refuse(http.StatusConflict, "Resource already exists in the project (resource=%s).", name[strings.LastIndex(name, "/")+1:])
	}
	q := &queue{topic: topic, deadline: max(ackDeadline, time.Duration(seconds)*time.Second)}
	g.broker.queues[name] = q
	return showQueue(name, q), nil
}

func showQueue(name string, q *queue) map[string]any {
	return map[string]any{
		"name": name, "topic": q.topic, "pushConfig": map[string]any{}, "ackDeadlineSeconds": int(q.deadline / time.Second),
		"messageRetentionDuration": "604800s", "expirationPolicy": map[string]any{"ttl": "2678400s"}, "state": "ACTIVE",
	}
}

// queueOf finds the subscription that a call is about.
func (c *call) queueOf(pulls bool) (string, *queue, *apiError) {
	name, bad := c.pubsubName("subscription", pulls)
	if bad != nil {
		return "", nil, bad
	}
	c.g.broker.mu.Lock()
	defer c.g.broker.mu.Unlock()
	q := c.g.broker.queues[name]
	if q == nil {
		return name, nil, unknownResource(name)
	}
	return name, q, nil
}

// getQueue answers subscriptions.get. The subscriber's role, which the app has,
// lets nobody look at the subscription itself (Pub/Sub "Access control").
func (g *google) getQueue(c *call) (map[string]any, *apiError) {
	name, q, bad := c.queueOf(false)
	if bad != nil {
		return nil, bad
	}
	return showQueue(name, q), nil
}

// deleteQueue answers subscriptions.delete; what waits in it is dropped.
func (g *google) deleteQueue(c *call) (map[string]any, *apiError) {
	name, _, bad := c.queueOf(false)
	if bad != nil {
		return nil, bad
	}
	g.broker.mu.Lock()
	defer g.broker.mu.Unlock()
	delete(g.broker.queues, name)
	return map[string]any{}, nil
}

// pullQueue answers subscriptions.pull. It waits a while for a first message.
func (g *google) pullQueue(c *call) (map[string]any, *apiError) {
	name, _, bad := c.queueOf(true)
	if bad != nil {
		return nil, bad
	}
	most := number(c.body, "maxMessages")
	if most < 1 {
		return nil, invalid("You have passed an invalid argument to the service (argument=max_messages).")
	}
	at, _ := c.body["returnImmediately"].(bool)
	ctx, cancel := context.WithTimeout(c.ctx, pullHold)
	defer cancel()
	look := time.NewTicker(pullLook)
	defer look.Stop()
	for {
		g.announce()
		list := g.broker.pull(name, min(most, maxPull), g.world.Clock.Elapsed())
		if list != nil || at {
			return listing("receivedMessages", list, func(m map[string]any) map[string]any { return m }, ""), nil
		}
		select {
		case <-ctx.Done():
			return map[string]any{}, nil
		case <-look.C:
		}
	}
}

// ackIDs reads the acknowledgment ids of a request.
func (c *call) ackIDs() ([]any, *apiError) {
	ids, _ := c.body["ackIds"].([]any)
	if len(ids) == 0 {
		return nil, invalid("You have passed an invalid argument to the service (argument=ack_ids).")
	}
	return ids, nil
}

// acknowledge answers subscriptions.acknowledge. An id that nobody knows is no error.
func (g *google) acknowledge(c *call) (map[string]any, *apiError) {
	name, _, bad := c.queueOf(true)
	if bad != nil {
		return nil, bad
	}
	ids, bad := c.ackIDs()
	if bad != nil {
		return nil, bad
	}
	g.broker.settle(name, ids, nil)
	return map[string]any{}, nil
}

// modifyDeadline answers subscriptions.modifyAckDeadline; 0 seconds give the
// message back at once.
func (g *google) modifyDeadline(c *call) (map[string]any, *apiError) {
	name, _, bad := c.queueOf(true)
	if bad != nil {
		return nil, bad
	}
	ids, bad := c.ackIDs()
	if bad != nil {
		return nil, bad
	}
	wait := time.Duration(number(c.body, "ackDeadlineSeconds")) * time.Second
	if wait < 0 || wait > ackDeadlineMax {
		return nil, invalid("Invalid ack deadline given; it must be between 0 and 600 seconds.")
	}
	until := g.world.Clock.Elapsed() + wait
	g.broker.settle(name, ids, func(n *notice) { n.until = until })
	return map[string]any{}, nil
}
