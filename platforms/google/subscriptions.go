package google

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/api/workspaceevents/v1"

	"miohub/platforms"
	"miohub/platforms/transport"
)

const (
	// checkEach is how often a subscription is looked at: announcements of its
	// suspension can be lost like all others.
	checkEach = time.Hour
	// tryAgain is the pause after a round in which a space got no subscription.
	tryAgain = time.Minute

	suspended = "SUSPENDED"
)

// keeper keeps a Workspace Events subscription for each followed space, in the
// name of the space's reader, who alone may change it.
type keeper struct {
	push     *push
	followed platforms.Followed
	listener *listener
	state    *liveness
	kept     map[platforms.RoomID]*kept // of the goroutine in keep

	mu      sync.Mutex
	stirred map[string]bool // subscriptions that something was announced of
	news    chan struct{}
}

// kept is one space's subscription.
type kept struct {
	name  string
	as    actor
	check time.Time // when it is looked at next
	renew time.Time // from when on its time is set anew
}

func newKeeper(p *push, followed platforms.Followed, l *listener, state *liveness) *keeper {
	return &keeper{
		push: p, followed: followed, listener: l, state: state,
		kept: map[platforms.RoomID]*kept{}, stirred: map[string]bool{}, news: make(chan struct{}, 1),
	}
}

// stir has a subscription looked at now.
func (k *keeper) stir(subscription string) {
	k.mu.Lock()
	k.stirred[subscription] = true
	k.mu.Unlock()
	select {
	case k.news <- struct{}{}:
	default:
	}
}

func (k *keeper) takeStirred() map[string]bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	taken := k.stirred
	k.stirred = map[string]bool{}
	return taken
}

// keep works until ctx ends.
func (k *keeper) keep(ctx context.Context) {
	for {
		list, changed := k.followed.Rooms()
		err := k.round(ctx, list)
		if ctx.Err() != nil {
			return
		}
		k.state.set(&k.state.kept, err)
		timer := time.NewTimer(k.untilNext(err))
		select {
		case <-ctx.Done():
		case <-changed:
		case <-k.news:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (k *keeper) untilNext(err error) time.Duration {
	now := k.push.w.env.Now()
	wait := k.push.scaled(checkEach)
	if err != nil {
		wait = k.push.scaled(tryAgain)
	}
	for _, s := range k.kept {
		wait = min(wait, s.check.Sub(now))
	}
	return max(wait, k.push.scaled(idle))
}

// round looks after every space. The first failure is returned, but for spaces
// that nobody could read without the feed either.
func (k *keeper) round(ctx context.Context, list []platforms.RoomID) error {
	stirred := k.takeStirred()
	var failure error
	for _, room := range list {
		err := k.ensure(ctx, room, stirred)
		if err == nil || failure != nil || unreadable(err) {
			continue
		}
		failure = err
	}
	for room, s := range k.kept {
		if !slices.Contains(list, room) {
			k.drop(ctx, s)
			delete(k.kept, room)
		}
	}
	return failure
}

func unreadable(err error) bool {
	var e *platforms.Error
	return errors.As(err, &e) && (e.Code == codeNotAdmitted || e.Kind == platforms.NotFound)
}

// ensure sees to it that a space has a subscription that works.
func (k *keeper) ensure(ctx context.Context, room platforms.RoomID, stirred map[string]bool) error {
	s := k.kept[room]
	if s != nil && !stirred[s.name] && k.push.w.env.Now().Before(s.check) {
		return nil
	}
	if s != nil {
		switch err := k.mend(ctx, room, s); platforms.KindOf(err) {
		case "", platforms.SlowDown, platforms.TryLater:
			return err
		}
		delete(k.kept, room) // gone, or no longer this person's to keep
	}
	return k.subscribe(ctx, room)
}

// mend looks at a subscription, wakes it when it was suspended and prolongs it
// in good time.
func (k *keeper) mend(ctx context.Context, room platforms.RoomID, s *kept) error {
	api, err := k.push.events(ctx, s.as)
	if err != nil {
		return err
	}
	now, err := api.Subscriptions.Get(s.name).Context(ctx).Do()
	if err != nil {
		return failed("look at a subscription", err)
	}
	if now.State == suspended {
		if err := k.wake(ctx, api, room, s.name); err != nil {
			return err
		}
	}
	if !k.push.w.env.Now().Before(s.renew) {
		now, err = finished(api.Subscriptions.Patch(s.name, &workspaceevents.Subscription{Ttl: "0s"}).UpdateMask("ttl").
			Context(transport.Idempotent(ctx)).Do())
		if err != nil {
			return failed("renew a subscription", err)
		}
	}
	k.note(room, s.as, now)
	return nil
}

// wake makes a suspended subscription work again. What happened meanwhile was
// not announced, so the space is looked at.
func (k *keeper) wake(ctx context.Context, api *workspaceevents.Service, room platforms.RoomID, name string) error {
	_, err := finished(api.Subscriptions.Reactivate(name, &workspaceevents.ReactivateSubscriptionRequest{}).Context(transport.Idempotent(ctx)).Do())
	if err != nil {
		return failed("reactivate a subscription", err)
	}
	k.listener.look(ctx, room, "")
	return nil
}

// subscribe makes a subscription, or takes over the one that is there. What
// happened before it was there was not announced, so the space is looked at.
func (k *keeper) subscribe(ctx context.Context, room platforms.RoomID) error {
	who, err := k.push.readers.of(ctx, room)
	if err != nil {
		return err
	}
	as := actor{who.address, scopeMessages}
	api, err := k.push.events(ctx, as)
	if err != nil {
		return err
	}
	made, err := k.create(ctx, api, room)
	if platforms.KindOf(err) == platforms.Conflict {
		made, err = k.adopt(ctx, api, room)
	}
	if err != nil {
		return err
	}
	k.note(room, as, made)
	k.listener.look(ctx, room, "")
	return nil
}

func (k *keeper) create(ctx context.Context, api *workspaceevents.Service, room platforms.RoomID) (*workspaceevents.Subscription, error) {
	made, err := finished(api.Subscriptions.Create(&workspaceevents.Subscription{
		TargetResource: targetOf(room), EventTypes: eventTypes(),
		NotificationEndpoint: &workspaceevents.NotificationEndpoint{PubsubTopic: k.push.topic},
		// Content never travels through the topic.
		PayloadOptions: &workspaceevents.PayloadOptions{IncludeResource: false},
	}).Context(transport.Idempotent(ctx)).Do())
	return made, failed("subscribe to a space", err)
}

// adopt takes over the subscription that this person has for the space, which
// an earlier run of the hub made. One that leads elsewhere is made anew: where it
// leads to cannot be changed.
func (k *keeper) adopt(ctx context.Context, api *workspaceevents.Service, room platforms.RoomID) (*workspaceevents.Subscription, error) {
	filter := `(event_types:"` + strings.Join(eventTypes(), `" OR event_types:"`) + `") AND target_resource="` + targetOf(room) + `"`
	answer, err := api.Subscriptions.List().Filter(filter).Context(ctx).Do()
	if err != nil {
		return nil, failed("look for a subscription", err)
	}
	if len(answer.Subscriptions) == 0 {
		return nil, &platforms.Error{Kind: platforms.TryLater, Op: "google: look for a subscription", Text: "there is one for the space, but it is not listed yet"}
	}
	found := answer.Subscriptions[0]
	if found.NotificationEndpoint == nil || found.NotificationEndpoint.PubsubTopic != k.push.topic {
		if _, err := finished(api.Subscriptions.Delete(found.Name).AllowMissing(true).Context(transport.Idempotent(ctx)).Do()); err != nil {
			return nil, failed("remove a subscription that leads elsewhere", err)
		}
		return k.create(ctx, api, room)
	}
	if found.State == suspended {
		if err := k.wake(ctx, api, room, found.Name); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(eventTypes(), func(t string) bool { return !slices.Contains(found.EventTypes, t) }) {
		found, err = finished(api.Subscriptions.Patch(found.Name, &workspaceevents.Subscription{EventTypes: eventTypes()}).UpdateMask("event_types").
			Context(transport.Idempotent(ctx)).Do())
		if err != nil {
			return nil, failed("widen a subscription", err)
		}
	}
	return found, nil
}

// drop ends the subscription of a space that is no longer followed. One that
// stays expires by itself.
func (k *keeper) drop(ctx context.Context, s *kept) {
	api, err := k.push.events(ctx, s.as)
	if err == nil {
		_, err = finished(api.Subscriptions.Delete(s.name).AllowMissing(true).Context(transport.Idempotent(ctx)).Do())
	}
	if err != nil && ctx.Err() == nil {
		k.push.w.env.Log.InfoContext(ctx, "a subscription could not be removed and will expire", "error", failed("unsubscribe", err))
	}
}

// note remembers a subscription: half its life is a good time to renew it.
func (k *keeper) note(room platforms.RoomID, as actor, s *workspaceevents.Subscription) {
	now := k.push.w.env.Now()
	n := &kept{name: s.Name, as: as, check: now.Add(k.push.scaled(checkEach)), renew: now}
	if expires := when(s.ExpireTime); expires.After(now) {
		n.renew = now.Add(expires.Sub(now) / 2)
	}
	if n.renew.Before(n.check) && n.renew.After(now) {
		n.check = n.renew
	}
	if old := k.kept[room]; old != nil && old.name == s.Name && old.renew.After(now) {
		n.renew = old.renew // it was merely looked at
	}
	k.kept[room] = n
}

func targetOf(room platforms.RoomID) string { return "//chat.googleapis.com/" + string(room) }

// The codes of a failed operation that are told apart (google.rpc.Code).
const (
	rpcNotFound      = 5
	rpcAlreadyExists = 6
)

// finished is the subscription that an operation answers with. Google finishes
// these within the call as a rule; one that takes longer is looked for later.
func finished(op *workspaceevents.Operation, err error) (*workspaceevents.Subscription, error) {
	if err != nil {
		return nil, err
	}
	if op.Error != nil {
		kind := platforms.TryLater
		switch op.Error.Code {
		case rpcNotFound:
			kind = platforms.NotFound
		case rpcAlreadyExists:
			kind = platforms.Conflict
		}
		return nil, &platforms.Error{Kind: kind, Text: short(op.Error.Message)}
	}
	if !op.Done {
		return nil, &platforms.Error{Kind: platforms.TryLater, Text: "Google has not finished yet"}
	}
	var s workspaceevents.Subscription
	if err := json.Unmarshal(op.Response, &s); err != nil {
		return nil, &platforms.Error{Kind: platforms.Internal, Text: "the answer is no subscription", Err: err}
	}
	return &s, nil
}
