package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	world "miohub/platforms/sandbox"
)

const (
	// hubNamespace and hubName are those of the tenant's event hub.
	hubNamespace = "miohub-sandbox"
	hubName      = "graph-changes"
	// hubPartitions is how many partitions it has; notifications of one channel
	// stay in order.
	hubPartitions = 2
	// kafkaUser is the user name under which a connection string is the password.
	kafkaUser = "$ConnectionString"
	// tellEvery is how often changes are looked for.
	tellEvery = 50 * time.Millisecond
)

// eventHub is the tenant's Azure event hub with its Kafka endpoint, and Graph's
// change tracking that writes to it.
type eventHub struct {
	cloud *cloud

	mu   sync.Mutex
	subs []*subscription
	seq  int // changes up to here were told
	// waiting are notifications not sent yet, by the channel they belong to.
	waiting []outgoing
}

// outgoing is one notification on its way.
type outgoing struct {
	key  string
	body map[string]any
}

// connection is the connection string that listens to the hub.
func (h *eventHub) connection() string {
	return "Endpoint=sb://" + hubNamespace + ".servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=" +
		base64url([]byte(h.cloud.guid("event hub key"))) + ";EntityPath=" + hubName
}

// address is the notificationUrl that leads to the hub.
func (h *eventHub) address() string {
	return "EventHub:https://" + hubNamespace + ".servicebus.windows.net/eventhubname/" + hubName + "?tenantId=" + h.cloud.domains()[0]
}

// reaches reports whether a notificationUrl leads to the tenant's own hub: by its
// name, the tenant named by id or domain. Vaults, and hubs of others, are out of
// reach, and so is every other address.
func (h *eventHub) reaches(address string) bool {
	rest, found := strings.CutPrefix(address, "EventHub:")
	u, err := url.Parse(rest)
	if !found || err != nil || u.Scheme != "https" {
		return false
	}
	tenant := strings.ToLower(u.Query().Get("tenantId"))
	return u.Host == hubNamespace+".servicebus.windows.net" && u.Path == "/eventhubname/"+hubName &&
		(tenant == strings.ToLower(h.cloud.tenant.ID) || slices.Contains(h.cloud.domains(), tenant))
}

// add keeps a subscription and tells the hub that it can be reached. An
// application has one for a channel at most.
func (h *eventHub) add(s *subscription) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.expire()
	if slices.ContainsFunc(h.subs, func(o *subscription) bool { return o.app == s.app && o.room == s.room }) {
		return false
	}
	if len(h.subs) == 0 {
		h.seq = h.cloud.feed.seen()
	}
	h.subs = append(h.subs, s)
	h.waiting = append(h.waiting, outgoing{s.room, map[string]any{
		"subscriptionId": "NA", "subscriptionExpirationDateTime": "NA", "clientState": "NA", "resource": "NA", "resourceData": nil,
		"changeType": "Validation: Testing client application reachability for subscription Request-Id: " + randomGUID(),
	}})
	return true
}

// all lists the living subscriptions.
func (h *eventHub) all() []subscription {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.expire()
	out := make([]subscription, len(h.subs))
	for i, s := range h.subs {
		out[i] = *s
	}
	return out
}

func (h *eventHub) renew(s subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, kept := range h.subs {
		if kept.id == s.id {
			kept.until, kept.expires, kept.asked = s.until, s.expires, false
		}
	}
}

func (h *eventHub) remove(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subs = slices.DeleteFunc(h.subs, func(s *subscription) bool { return s.id == id })
}

// drop ends every subscription; told says so to their owners.
func (h *eventHub) drop(told bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.subs {
		if told {
			h.lifecycle(s, "subscriptionRemoved")
		}
	}
	h.subs = nil
}

// expire ends what has run out. Callers hold the lock.
func (h *eventHub) expire() {
	now := h.cloud.world.Clock.Elapsed()
	h.subs = slices.DeleteFunc(h.subs, func(s *subscription) bool { return now >= s.expires })
}

// lifecycle tells a subscription's owner about it. Callers hold the lock.
func (h *eventHub) lifecycle(s *subscription, event string) {
	if s.lifecycleURL == "" {
		return
	}
	h.waiting = append(h.waiting, outgoing{s.room, map[string]any{
		"subscriptionId": s.id, "subscriptionExpirationDateTime": s.object()["expirationDateTime"], "tenantId": h.cloud.tenant.ID,
		"clientState": orNull(s.state), "lifecycleEvent": event,
	}})
}

// look turns what readers may see by now into notifications and returns them.
func (h *eventHub) look() []outgoing {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.expire()
	if len(h.subs) > 0 {
		h.follow()
	}
	out := h.waiting
	h.waiting = nil
	return out
}

// follow reads the changes since the last look. Callers hold the lock.
func (h *eventHub) follow() {
	now := h.cloud.world.Clock.Elapsed()
	for _, s := range h.subs {
		if !s.asked && s.expires-now < reauthorizeBefore {
			s.asked = true
			h.lifecycle(s, "reauthorizationRequired")
		}
	}
	seen := h.cloud.feed.seen()
	changes, _ := h.cloud.tenant.Changes(h.seq)
	missed := map[string]bool{}
	for _, ch := range changes {
		if ch.Seq > seen {
			break
		}
		h.seq = ch.Seq
		for _, s := range h.subs {
			kind := changeType(ch.Kind)
			if s.room != ch.Room || !slices.Contains(s.changes, kind) {
				continue
			}
			if h.cloud.faults.On("microsoft.notifications-missed") {
				if !missed[s.id] {
					h.lifecycle(s, "missed")
				}
				missed[s.id] = true
				continue
			}
			h.waiting = append(h.waiting, outgoing{s.room, h.notification(s, ch, kind)})
		}
	}
}

// changeType is what Graph calls a change of a message, "" for other changes.
func changeType(kind world.ChangeKind) string {
	switch kind {
	case world.MessagePosted:
		return "created"
	case world.MessageEdited, world.ReactionSet, world.ReactionUnset:
		return "updated"
	case world.MessageDeleted:
		return "deleted"
	}
	return ""
}

func (h *eventHub) notification(s *subscription, ch world.Change, kind string) map[string]any {
	at := fmt.Sprintf("teams('%s')/channels('%s')/messages('%s')", s.team, s.room, ch.Message)
	if m, found := h.cloud.tenant.Message(ch.Room, ch.Message); found && m.Root != m.ID {
		at = fmt.Sprintf("teams('%s')/channels('%s')/messages('%s')/replies('%s')", s.team, s.room, m.Root, m.ID)
	}
	return map[string]any{
		"subscriptionId": s.id, "changeType": kind, "clientState": orNull(s.state), "tenantId": h.cloud.tenant.ID,
		"subscriptionExpirationDateTime": s.object()["expirationDateTime"], "resource": at,
		"resourceData": map[string]any{"id": ch.Message, "@odata.type": "#Microsoft.Graph.chatMessage", "@odata.id": at},
	}
}

// serve runs the hub on the listener until stop is called.
func (h *eventHub) serve(listener net.Listener) (stop func(), err error) {
	sender := randomText(24)
	cluster, err := kfake.NewCluster(
		kfake.NumBrokers(1), kfake.ListenFn(func(string, string) (net.Listener, error) { return listener, nil }), kfake.ClusterID(hubNamespace),
		kfake.EnableSASL(), kfake.Superuser("PLAIN", kafkaUser, h.connection()), kfake.Superuser("PLAIN", "graph", sender),
		kfake.SeedTopics(hubPartitions, hubName),
	)
	if err != nil {
		return nil, fmt.Errorf("microsoft sandbox: event hub: %w", err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(listener.Addr().String()), kgo.DefaultProduceTopic(hubName),
		kgo.SASL(plain.Auth{User: "graph", Pass: sender}.AsMechanism()))
	if err != nil {
		cluster.Close()
		return nil, fmt.Errorf("microsoft sandbox: event hub: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { h.run(ctx, client) })
	return func() {
		cancel()
		running.Wait()
		client.Close()
		cluster.Close()
	}, nil
}

// run sends notifications until ctx ends. What could not be sent is lost, as it
// is when a hub is out of reach for too long.
func (h *eventHub) run(ctx context.Context, client *kgo.Client) {
	ticker := time.NewTicker(tellEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		var records []*kgo.Record
		for _, o := range h.look() {
			raw, err := json.Marshal(map[string]any{"value": []any{o.body}})
			if err != nil {
				slog.Error("sandbox notification could not be written", "error", err)
				continue
			}
			records = append(records, &kgo.Record{Key: []byte(o.key), Value: raw})
		}
		if len(records) == 0 {
			continue
		}
		if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil && ctx.Err() == nil {
			slog.Error("sandbox notification could not be sent", "error", err)
		}
	}
}
