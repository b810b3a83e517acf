package google

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"google.golang.org/api/option"
	"google.golang.org/api/pubsub/v1"
	"google.golang.org/api/workspaceevents/v1"

	"miohub/platforms"
	"miohub/platforms/transport"
)

const (
	keyTopic        = "pubsub.topic"        // "mio" or "projects/P/topics/mio"
	keySubscription = "pubsub.subscription" // "mio" or "projects/P/subscriptions/mio"

	pullMost = 100 // messages in one pull
	// idle is the pause after a pull that brought nothing. Pub/Sub itself holds
	// such a pull for a while.
	idle = time.Second
	// holdFor is how long a message is held whose room is being looked at, holdEach
	// how often that is renewed. A message is held no later than holdSoon after it
	// came: 10 seconds is the least that a subscription waits for an answer.
	holdFor, holdEach, holdSoon = time.Minute, 25 * time.Second, 3 * time.Second
)

// push has Google announce changes in spaces: a Workspace Events subscription
// for each space publishes into a topic of the organisation's own Cloud project,
// from whose subscription the announcements are pulled.
type push struct {
	w                   *workspace
	readers             *readers
	topic, subscription string // full names
}

// newPush is nil where no topic and subscription are named.
func newPush(w *workspace, readers *readers) *push {
	full := func(kind, name string) string {
		if name == "" || strings.Contains(name, "/") {
			return name
		}
		return "projects/" + w.env.Values.Get(keyProject) + "/" + kind + "/" + name
	}
	v := w.env.Values
	p := &push{w: w, readers: readers, topic: full("topics", v.Get(keyTopic)), subscription: full("subscriptions", v.Get(keySubscription))}
	if p.topic == "" || p.subscription == "" {
		return nil
	}
	return p
}

// ID names the push.
func (p *push) ID() string { return "pubsub" }

// Listen keeps a subscription for each followed space and pulls what they
// announce, until ctx ends or nothing can be pulled.
func (p *push) Listen(ctx context.Context, rooms platforms.Followed) error {
	api, err := p.pubsub(ctx)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	state := &liveness{rooms: rooms, pulled: errNotYet, kept: errNotYet}
	l := &listener{push: p, api: api, followed: rooms, state: state, run: &running, rooms: map[platforms.RoomID]*awaited{}, freed: make(chan struct{}, 1)}
	k := newKeeper(p, rooms, l, state)
	l.lifecycle = k.stir
	running.Go(func() { k.keep(ctx) })
	running.Go(func() { l.hold(ctx) })
	err = l.pull(ctx)
	if ctx.Err() == nil {
		rooms.Alive(err)
	}
	return err
}

func (p *push) pubsub(ctx context.Context) (*pubsub.Service, error) {
	client, err := p.w.clientAs(actor{"", scopePubSub}, p.w.endpoints.pubsub)
	if err != nil {
		return nil, err
	}
	api, err := pubsub.NewService(ctx, option.WithEndpoint(p.w.endpoints.pubsub), option.WithHTTPClient(client))
	return api, failed("Pub/Sub client", err)
}

// events is the Workspace Events API in the name of a space's reader.
func (p *push) events(ctx context.Context, a actor) (*workspaceevents.Service, error) {
	client, err := p.w.clientAs(a, p.w.endpoints.workspaceevents)
	if err != nil {
		return nil, err
	}
	api, err := workspaceevents.NewService(ctx, option.WithEndpoint(p.w.endpoints.workspaceevents), option.WithHTTPClient(client))
	return api, failed("Workspace Events client", err)
}

// scaled is a wait of ours, shortened as the tenant's clock runs faster.
func (p *push) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / max(p.w.env.Pace, 1))
}

var errNotYet = errors.New("the feed has not started yet")

// liveness tells the hub whether the feed can be relied on: announcements are
// pulled, and every space that can be read has a subscription.
type liveness struct {
	rooms platforms.Followed

	mu           sync.Mutex
	pulled, kept error
}

func (s *liveness) set(which *error, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*which = err
	if s.pulled != nil {
		s.rooms.Alive(s.pulled)
		return
	}
	s.rooms.Alive(s.kept)
}

// awaited are the announcements of one room whose look is under way.
type awaited struct {
	looking []string // acknowledged when the present look is stored
	next    []string // came after it began: another look is due
	again   bool
}

// listener pulls announcements and acknowledges each once its room was looked at.
type listener struct {
	push      *push
	api       *pubsub.Service
	followed  platforms.Followed
	state     *liveness
	run       *sync.WaitGroup
	lifecycle func(subscription string)

	mu    sync.Mutex
	rooms map[platforms.RoomID]*awaited
	held  map[string]time.Time // announcements being held, and until when
	freed chan struct{}        // signals that some were let go
}

// pull fetches announcements until ctx ends or it fails.
func (l *listener) pull(ctx context.Context) error {
	for {
		if err := l.wait(ctx); err != nil {
			return err
		}
		answer, err := l.api.Projects.Subscriptions.Pull(l.push.subscription, &pubsub.PullRequest{MaxMessages: pullMost}).
			Context(transport.Idempotent(ctx)).Do()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return failed("fetch announcements", err)
		}
		l.state.set(&l.state.pulled, nil)
		l.take(ctx, answer.ReceivedMessages)
		if len(answer.ReceivedMessages) == 0 {
			if err := pause(ctx, l.push.scaled(idle)); err != nil {
				return err
			}
		}
	}
}

// wait blocks while so many announcements are being looked after that more would
// only grow old here.
func (l *listener) wait(ctx context.Context) error {
	for {
		l.mu.Lock()
		full := len(l.held) >= 10*pullMost
		l.mu.Unlock()
		if !full {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.freed:
		}
	}
}

// take sorts announcements by what they are about. What is none of ours, or of a
// kind yet unknown, is acknowledged: it would only come again.
func (l *listener) take(ctx context.Context, list []*pubsub.ReceivedMessage) {
	var done []string
	for _, m := range list {
		if m.Message == nil {
			done = append(done, m.AckId)
			continue
		}
		kind, subject := m.Message.Attributes["ce-type"], m.Message.Attributes["ce-subject"]
		switch {
		case strings.HasPrefix(kind, "google.workspace.chat."):
			if room := spaceOf(subject); room != "" && l.follows(room) {
				l.look(ctx, room, m.AckId)
				continue
			}
		case strings.HasPrefix(kind, "google.workspace.events.subscription."):
			l.lifecycle(strings.TrimPrefix(subject, "//workspaceevents.googleapis.com/"))
		default:
			l.push.w.env.Log.WarnContext(ctx, "an announcement of an unknown kind was passed over", "kind", kind, "id", m.Message.MessageId)
		}
		done = append(done, m.AckId)
	}
	l.acknowledge(ctx, done)
}

// spaceOf is the space that an announcement is about, "" when it names none.
func spaceOf(subject string) platforms.RoomID {
	rest, ok := strings.CutPrefix(subject, "//chat.googleapis.com/spaces/")
	id, _, _ := strings.Cut(rest, "/")
	if !ok || id == "" {
		return ""
	}
	return platforms.RoomID("spaces/" + id)
}

func (l *listener) follows(room platforms.RoomID) bool {
	list, _ := l.followed.Rooms()
	for _, r := range list {
		if r == room {
			return true
		}
	}
	return false
}

// look has a room looked at and acknowledges the announcement ("" for none) when
// that was stored. Announcements that come meanwhile share the next look.
func (l *listener) look(ctx context.Context, room platforms.RoomID, ackID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ackID != "" {
		if l.held == nil {
			l.held = map[string]time.Time{}
		}
		l.held[ackID] = l.push.w.env.Now().Add(l.push.scaled(holdSoon))
	}
	a := l.rooms[room]
	if a == nil {
		a = &awaited{}
		l.rooms[room] = a
		l.run.Go(func() { l.attend(ctx, room) })
	}
	a.again = true
	if ackID != "" {
		a.next = append(a.next, ackID)
	}
}

// attend looks at one room for as long as it is announced.
func (l *listener) attend(ctx context.Context, room platforms.RoomID) {
	for {
		l.mu.Lock()
		a := l.rooms[room]
		if !a.again || ctx.Err() != nil {
			delete(l.rooms, room)
			l.mu.Unlock()
			return
		}
		a.looking, a.next, a.again = a.next, nil, false
		acks := a.looking
		l.mu.Unlock()
		err := l.followed.Look(ctx, room)
		l.letGo(acks)
		if err == nil || ctx.Err() == nil && !l.follows(room) {
			l.acknowledge(ctx, acks)
		}
		// What is not acknowledged comes again.
	}
}

// letGo ends the holding of announcements.
func (l *listener) letGo(acks []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range acks {
		delete(l.held, id)
	}
	select {
	case l.freed <- struct{}{}:
	default:
	}
}

// acknowledge tells Pub/Sub to forget announcements. One that it does not forget
// comes again and does no harm.
func (l *listener) acknowledge(ctx context.Context, acks []string) {
	if len(acks) == 0 {
		return
	}
	_, err := l.api.Projects.Subscriptions.Acknowledge(l.push.subscription, &pubsub.AcknowledgeRequest{AckIds: acks}).
		Context(transport.Idempotent(ctx)).Do()
	if err != nil && ctx.Err() == nil {
		l.push.w.env.Log.WarnContext(ctx, "announcements could not be acknowledged and will come again", "error", failed("acknowledge announcements", err))
	}
}

// hold keeps Pub/Sub from sending again what is being looked after.
func (l *listener) hold(ctx context.Context) {
	for pause(ctx, l.push.scaled(holdSoon)) == nil {
		due := l.dueToHold()
		if len(due) == 0 {
			continue
		}
		_, err := l.api.Projects.Subscriptions.ModifyAckDeadline(l.push.subscription, &pubsub.ModifyAckDeadlineRequest{
			AckIds: due, AckDeadlineSeconds: int64(holdFor / time.Second),
		}).Context(transport.Idempotent(ctx)).Do()
		if err != nil && ctx.Err() == nil {
			l.push.w.env.Log.WarnContext(ctx, "announcements could not be held and may come again", "error", failed("hold announcements", err))
		}
	}
}

// dueToHold are the announcements whose time is up, noted as held anew.
func (l *listener) dueToHold() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.push.w.env.Now()
	var due []string
	for id, until := range l.held {
		if !until.After(now) {
			due = append(due, id)
			l.held[id] = now.Add(l.push.scaled(holdEach))
		}
	}
	return due
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
