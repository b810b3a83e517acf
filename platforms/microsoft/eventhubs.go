package microsoft

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	saslplain "github.com/twmb/franz-go/pkg/sasl/plain"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

// pushEventHubs is the id of the push.
const pushEventHubs = "eventhubs"

// Keys of Env.Values and Env.Secrets that the push needs.
const (
	// keyHubURL is where Graph sends notifications, as a subscription wants it:
	// "EventHub:https://VAULT.vault.azure.net/secrets/NAME?tenantId=DOMAIN" or
	// "EventHub:https://NAMESPACE.servicebus.windows.net/eventhubname/HUB?tenantId=DOMAIN".
	keyHubURL = "eventhubs.url"
	// keyHubConnection, in Secrets, is a connection string with the right to listen:
	// "Endpoint=sb://NAMESPACE.servicebus.windows.net/;SharedAccessKeyName=…;SharedAccessKey=…;EntityPath=HUB".
	keyHubConnection = "secret.eventhubs"
	// keyHubState, in Secrets, is what notifications of ours are known by.
	keyHubState = "eventhubs.state"
	// keyHubBroker, of sandbox deployments alone, is the Kafka endpoint as host:port,
	// spoken to in plain text.
	keyHubBroker = "endpoint.eventhubs"
)

const (
	// kafkaPort is where a namespace speaks Kafka (Azure Event Hubs for Apache Kafka).
	kafkaPort = "9093"
	// kafkaUser stands for a connection string as the password.
	kafkaUser = "$ConnectionString"
	// consumerGroup keeps the place in the hub while this hub is not running.
	consumerGroup = "miohub"
	// pingEvery is how often it is made sure that the hub can be reached, and
	// pingWithin how long that may take.
	pingEvery  = time.Minute
	pingWithin = 30 * time.Second
)

// eventHubs is Graph's change notifications, delivered through Azure Event Hubs,
// which needs no public address: they are pulled from its Kafka endpoint (a
// namespace of the Standard tier or above). A subscription for each followed
// channel is kept by the bridge account, with the permission by which it reads
// messages anyway, and without content: a notification names the channel that
// changed, and the look does the rest. So nothing has to be decrypted, and
// nothing that a notification claims is believed.
type eventHubs struct {
	graph  *graph.Client
	url    string
	secret string // connection string
	broker string // "" for the one that the connection string names
	state  func(context.Context) (state string, fresh bool, err error)
	log    *slog.Logger
	pace   float64
}

// eventHubs is the push, nil while it is not set up.
func (s *session) eventHubs() *eventHubs {
	secret := or(s.env.Secrets.Get(keyHubConnection), s.env.Values.Get(keyHubConnection))
	address := s.env.Values.Get(keyHubURL)
	if secret == "" || address == "" {
		return nil
	}
	log := s.env.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &eventHubs{
		graph: s.bridge, url: address, secret: secret, broker: s.env.Values.Get(keyHubBroker),
		state: s.hubState, log: log.With("platform", string(ID), "push", pushEventHubs), pace: s.env.Pace,
	}
}

// hubState is the client state of our subscriptions, kept once it is made.
func (s *session) hubState(ctx context.Context) (state string, fresh bool, err error) {
	if known := s.env.Secrets.Get(keyHubState); known != "" {
		return known, false, nil
	}
	state = rand.Text()
	if err := s.env.Secrets.Put(ctx, keyHubState, state); err != nil {
		return "", false, fmt.Errorf("microsoft: keep the client state of subscriptions: %w", err)
	}
	return state, true, nil
}

// ID implements platforms.Push.
func (*eventHubs) ID() string { return pushEventHubs }

// Listen implements platforms.Push. Subscriptions that are left when it ends run
// out within the hour.
func (h *eventHubs) Listen(ctx context.Context, rooms platforms.Followed) error {
	err := h.listen(ctx, rooms)
	if ctx.Err() != nil {
		return nil
	}
	if err == nil {
		err = &platforms.Error{Kind: platforms.Internal, Op: "microsoft: listen to Event Hubs", Text: "the feed ended"}
	}
	rooms.Alive(err)
	return err
}

func (h *eventHubs) listen(ctx context.Context, rooms platforms.Followed) error {
	state, fresh, err := h.state(ctx)
	if err != nil {
		return err
	}
	client, err := h.connect()
	if err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer end(nil)
	defer client.CloseAllowingRebalance()
	if err := h.ping(ctx, client); err != nil {
		return err
	}
	looks := &looks{rooms: rooms, done: func(r *kgo.Record) { client.MarkCommitRecords(r) }, wait: &running}
	keeper := newKeeper(h.graph, h.url, state, h.pace, h.log, rooms, looks)
	keeper.stale = fresh
	running.Go(func() { end(keeper.run(ctx, func(ctx context.Context) error { return h.ping(ctx, client) })) })
	inbox := &inbox{state: state, log: h.log, looks: looks, keeper: keeper, rooms: rooms}
	if err := h.receive(ctx, client, inbox); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// receive takes what comes until ctx ends or the hub refuses to hand out more,
// and then keeps the place of what was dealt with.
func (h *eventHubs) receive(ctx context.Context, client *kgo.Client, in *inbox) error {
	var refused error
	for ctx.Err() == nil && refused == nil {
		fetches := client.PollFetches(ctx)
		fetches.EachError(func(_ string, partition int32, err error) {
			if ctx.Err() != nil {
				return
			}
			h.log.Warn("reading the event hub failed", "partition", partition, "error", err)
			if known := new(kerr.Error); errors.As(err, &known) && !known.Retriable {
				refused = &platforms.Error{Kind: platforms.Forbidden, Op: "microsoft: read Event Hubs", Code: known.Message, Err: err}
			}
		})
		fetches.EachRecord(func(r *kgo.Record) { in.take(ctx, r) })
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingWithin)
	defer cancel()
	if err := client.CommitMarkedOffsets(last); err != nil {
		h.log.Debug("the place in the event hub was not kept; what comes again is harmless", "error", err)
	}
	return refused
}

// ping proves that the hub can be reached, lets us in and is there.
func (h *eventHubs) ping(ctx context.Context, client *kgo.Client) error {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	err := client.Ping(ctx)
	switch {
	case err == nil:
		return h.there(ctx, client)
	case errors.Is(err, io.EOF), strings.Contains(strings.ToUpper(err.Error()), "SASL"):
		return &platforms.Error{
			Kind: platforms.Forbidden, Op: opReach, Err: err,
			Text: "the event hub does not let the hub in: the key of the connection string is wrong or was made anew, or its policy lacks the right to listen",
		}
	}
	return &platforms.Error{Kind: platforms.TryLater, Op: opReach, Err: err}
}

// there proves that the namespace has the event hub: the client would wait for
// one that it has not, and nobody would notice.
func (h *eventHubs) there(ctx context.Context, client *kgo.Client) error {
	hub, err := parseHub(h.secret)
	if err != nil {
		return &platforms.Error{Kind: platforms.Invalid, Op: opReach, Err: err}
	}
	ask, topic := kmsg.NewPtrMetadataRequest(), kmsg.NewMetadataRequestTopic()
	topic.Topic = &hub.name
	ask.Topics = append(ask.Topics, topic)
	answer, err := ask.RequestWith(ctx, client)
	if err != nil {
		return &platforms.Error{Kind: platforms.TryLater, Op: opReach, Err: err}
	}
	for _, t := range answer.Topics {
		if err := kerr.ErrorForCode(t.ErrorCode); err != nil {
			return &platforms.Error{Kind: platforms.NotFound, Op: opReach, Text: "the namespace has no event hub " + hub.name + " that may be listened to", Err: err}
		}
	}
	return nil
}

const opReach = "microsoft: reach Event Hubs"

// connect makes the client; it connects when it is used.
func (h *eventHubs) connect() (*kgo.Client, error) {
	const op = "microsoft: connect to Event Hubs"
	hub, err := parseHub(h.secret)
	if err != nil {
		return nil, &platforms.Error{Kind: platforms.Invalid, Op: op, Err: err}
	}
	options := []kgo.Opt{
		kgo.SeedBrokers(or(h.broker, hub.broker)), kgo.ClientID("miohub"),
		kgo.SASL(saslplain.Auth{User: kafkaUser, Pass: h.secret}.AsMechanism()),
		kgo.ConsumerGroup(consumerGroup), kgo.ConsumeTopics(hub.name),
		// What was said before the feed began is found by looking.
		kgo.ConsumeResetOffset(kgo.NewOffset().AtEnd()),
		// Only what led to a look that was stored is committed.
		kgo.AutoCommitMarks(),
	}
	if h.broker == "" {
		options = append(options, kgo.DialTLSConfig(&tls.Config{MinVersion: tls.VersionTLS12}))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, &platforms.Error{Kind: platforms.Invalid, Op: op, Err: err}
	}
	return client, nil
}

// hubAddress is what a connection string leads to.
type hubAddress struct {
	broker string // host:port of the Kafka endpoint
	name   string // of the event hub
}

// parseHub reads a connection string. Its errors do not quote it.
func parseHub(connection string) (hubAddress, error) {
	parts := map[string]string{}
	for _, part := range strings.Split(connection, ";") {
		if key, value, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
			parts[strings.ToLower(key)] = value
		}
	}
	host, ok := strings.CutPrefix(parts["endpoint"], "sb://")
	host = strings.TrimSuffix(host, "/")
	switch {
	case !ok || host == "" || strings.ContainsAny(host, "/:@"):
		return hubAddress{}, errors.New("the connection string has no Endpoint=sb://NAMESPACE.servicebus.windows.net/")
	case parts["sharedaccesskeyname"] == "" || parts["sharedaccesskey"] == "":
		return hubAddress{}, errors.New("the connection string has no shared access key")
	case parts["entitypath"] == "":
		return hubAddress{}, errors.New("the connection string names no event hub (EntityPath): take it from the event hub's own shared access policies, not from the namespace's")
	}
	return hubAddress{broker: host + ":" + kafkaPort, name: parts["entitypath"]}, nil
}
