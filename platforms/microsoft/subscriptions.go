package microsoft

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

const (
	// subscriptionLife is what is asked for: a subscription to messages lives an
	// hour at most unless the tenant's Graph allows more (subscription: maximum
	// length). The rest is for clocks that differ.
	subscriptionLife = 55 * time.Minute
	// renewBefore is how long before its end a subscription is renewed.
	renewBefore = 20 * time.Minute
	// roundEvery is how often the subscriptions are gone through without a reason,
	// in the tenant's time.
	roundEvery = time.Minute
	// relistEvery is how often Graph is asked which subscriptions there are: one may
	// be gone although nobody was told.
	relistEvery = 10 * time.Minute
	// subscribedChanges are what is told.
	subscribedChanges = "created,updated,deleted"
)

// keeper keeps a subscription for each followed room. One goroutine runs it.
type keeper struct {
	graph *graph.Client
	url   string
	state string
	pace  float64
	log   *slog.Logger
	rooms platforms.Followed
	looks *looks

	// stale: subscriptions from before carry another client state.
	stale  bool
	events chan notification // lifecycle notifications
	known  map[platforms.RoomID]graph.Subscription
}

func newKeeper(g *graph.Client, url, state string, pace float64, log *slog.Logger, rooms platforms.Followed, l *looks) *keeper {
	return &keeper{
		graph: g, url: url, state: state, pace: pace, log: log, rooms: rooms, looks: l,
		events: make(chan notification, 64), known: map[platforms.RoomID]graph.Subscription{},
	}
}

// told hands on what Graph says of a subscription. When too much comes at once
// it is dropped: the next round finds what is missing.
func (k *keeper) told(n notification) {
	select {
	case k.events <- n:
	default:
	}
}

// run keeps the subscriptions until ctx ends or going on makes no sense: when
// the bridge account has to sign in again, or probe fails.
func (k *keeper) run(ctx context.Context, probe func(context.Context) error) error {
	if err := k.adopt(ctx); err != nil {
		return err
	}
	list, changed := k.rooms.Rooms()
	if err := k.round(ctx, list); err != nil {
		return err
	}
	// What was said before there were subscriptions.
	k.rooms.Missed()
	k.rooms.Alive(nil)
	rounds, lists, probes := time.NewTicker(k.here(roundEvery)), time.NewTicker(k.here(relistEvery)), time.NewTicker(pingEvery)
	defer rounds.Stop()
	defer lists.Stop()
	defer probes.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			list, changed = k.rooms.Rooms()
			err = k.round(ctx, list)
		case <-rounds.C:
			err = k.round(ctx, list)
		case <-lists.C:
			if err = k.adopt(ctx); err == nil {
				err = k.round(ctx, list)
			}
		case n := <-k.events:
			err = k.answer(ctx, n)
		case <-probes.C:
			err = probe(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// here is how long a time of the tenant's takes here.
func (k *keeper) here(d time.Duration) time.Duration { return time.Duration(float64(d) / k.pace) }

// now is what time it is for Graph, by what it said last: an end is judged by its
// clock, not by this computer's.
func (k *keeper) now() time.Time {
	c := k.graph.Clock()
	return c.Service.Add(time.Since(c.Here))
}

// adopt takes over the subscriptions that there are, also from an earlier run: a
// channel has one at most for an application and account.
func (k *keeper) adopt(ctx context.Context) error {
	there, err := k.graph.Subscriptions(ctx)
	if err != nil {
		return fail("list subscriptions", err, harmless)
	}
	clear(k.known)
	for _, s := range there {
		room, ok := roomOf(s.Resource)
		if !ok || s.NotificationURL != k.url {
			continue
		}
		if k.stale {
			// It tells with a client state that is forgotten: nothing of it would be believed.
			k.end(ctx, s)
			continue
		}
		k.known[room] = s
	}
	k.stale = false
	return nil
}

// end ends a subscription; one that cannot be ended runs out by itself.
func (k *keeper) end(ctx context.Context, s graph.Subscription) {
	err := fail("end subscription", k.graph.Unsubscribe(transport.Idempotent(ctx), s.ID), harmless)
	if err != nil && platforms.KindOf(err) != platforms.NotFound {
		k.log.Warn("a subscription could not be ended; it runs out by itself", "error", err)
	}
}

// round brings the subscriptions in line with the rooms: makes what is missing,
// renews what runs out, ends what is not followed any more. A room that has none
// is looked at in each round instead.
func (k *keeper) round(ctx context.Context, list []platforms.RoomID) error {
	followed := map[platforms.RoomID]bool{}
	for _, room := range list {
		followed[room] = true
		if err := k.keep(ctx, room); err != nil {
			return err
		}
	}
	for room, s := range k.known {
		if followed[room] {
			continue
		}
		k.end(ctx, s)
		delete(k.known, room)
	}
	return ctx.Err()
}

// keep makes or renews the subscription of a room.
func (k *keeper) keep(ctx context.Context, room platforms.RoomID) error {
	s, ok := k.known[room]
	if !ok {
		return k.make(ctx, room)
	}
	if s.Expires.Sub(k.now()) > renewBefore {
		return nil
	}
	return k.renew(ctx, room)
}

// renew lets a subscription live on; one that is gone is made anew.
func (k *keeper) renew(ctx context.Context, room platforms.RoomID) error {
	s, err := k.graph.Renew(transport.Idempotent(ctx), k.known[room].ID, k.now().Add(subscriptionLife))
	if err = fail("renew subscription", err, harmless); platforms.KindOf(err) == platforms.NotFound {
		delete(k.known, room)
		return k.make(ctx, room)
	}
	if err != nil {
		return k.fruitless(ctx, room, err)
	}
	k.known[room] = s
	return nil
}

// make subscribes to a room and has it looked at, for what was said while it had
// no subscription.
func (k *keeper) make(ctx context.Context, room platforms.RoomID) error {
	p, err := place(room)
	if err != nil {
		return k.fruitless(ctx, room, err)
	}
	// Making it twice is refused, because there is one already.
	s, err := k.graph.Subscribe(transport.Idempotent(ctx), graph.NewSubscription{
		Resource:   fmt.Sprintf("/teams/%s/channels/%s/messages", p.Team, p.Channel),
		ChangeType: subscribedChanges, NotificationURL: k.url, ClientState: k.state, Expires: k.now().Add(subscriptionLife),
	})
	if err = fail("subscribe", err, harmless); err != nil {
		return k.fruitless(ctx, room, err)
	}
	k.known[room] = s
	k.looks.look(ctx, room)
	return nil
}

// fruitless says what an attempt that failed means: without a sign-in nothing
// can go on, anything else concerns the one room and is tried again.
func (k *keeper) fruitless(ctx context.Context, room platforms.RoomID, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	if platforms.KindOf(err) == platforms.SignInAgain {
		return err
	}
	k.log.Warn("a channel has no subscription; it is looked at instead", "room", string(room), "error", err)
	k.looks.look(ctx, room)
	return nil
}

// answer does what Graph asks for.
func (k *keeper) answer(ctx context.Context, n notification) error {
	for room, s := range k.known {
		if s.ID != n.Subscription {
			continue
		}
		if n.Lifecycle == lifecycleRemoved {
			delete(k.known, room)
			return k.make(ctx, room)
		}
		return k.renew(ctx, room)
	}
	return nil // of a subscription that is not ours any more
}
