package google

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/workspaceevents/v1"

	"miohub/platforms"
)

// followed are the rooms of a feed; a look lasts until the test lets it end.
type followed struct {
	a       *announcer
	rooms   []platforms.RoomID
	changed chan struct{}
	looks   []platforms.RoomID
	end     chan error // one for each look
	alive   []error
}

func (f *followed) Rooms() ([]platforms.RoomID, <-chan struct{}) {
	f.a.mu.Lock()
	defer f.a.mu.Unlock()
	return slices.Clone(f.rooms), f.changed
}

func (f *followed) Look(ctx context.Context, room platforms.RoomID) error {
	f.a.change(func() { f.looks = append(f.looks, room) })
	select {
	case err := <-f.end:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *followed) Missed() {}

func (f *followed) Alive(err error) { f.a.change(func() { f.alive = append(f.alive, err) }) }

func (f *followed) isAlive() bool { return len(f.alive) > 0 && f.alive[len(f.alive)-1] == nil }

func (f *followed) looked(n int) func() bool { return func() bool { return len(f.looks) == n } }

// listening is a feed for one space, with its first look done.
func listening(t *testing.T, before func(*announcer, platforms.RoomID)) (*announcer, *followed, platforms.RoomID) {
	t.Helper()
	o := ready(t)
	truth, _, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	a := announce(t, o)
	if before != nil {
		before(a, room)
	}
	if len(o.conn.Pushes) != 1 || o.conn.Pushes[0].ID() != "pubsub" {
		t.Fatalf("pushes are %v", o.conn.Pushes)
	}
	f := &followed{a: a, rooms: []platforms.RoomID{room}, changed: make(chan struct{}), end: make(chan error)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.conn.Pushes[0].Listen(ctx, f) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the feed ended with %v", err)
		}
	})
	a.until(t, "the space has a subscription and is looked at", f.looked(1))
	f.end <- nil
	a.until(t, "the feed is up", f.isAlive)
	return a, f, room
}

const said = "google.workspace.chat.message.v1.created"

func TestAnnouncementsAreAcknowledgedOnceTheSpaceWasLookedAt(t *testing.T) {
	a, f, room := listening(t, nil)
	subject := "//chat.googleapis.com/" + string(room)
	a.tell("1", said, subject)
	a.until(t, "a look", f.looked(2))
	a.tell("2", said, subject+"/messages/m")
	a.tell("3", "google.workspace.chat.reaction.v1.batchCreated", subject)
	a.until(t, "what lasts is held", a.called("hold 1 60s"))
	a.until(t, "what came meanwhile is held", func() bool { return a.called("hold 2 60s")() && a.called("hold 3 60s")() })
	a.change(func() {
		if i := slices.IndexFunc(a.calls, func(c string) bool { return strings.HasPrefix(c, "acknowledge") }); i >= 0 {
			t.Errorf("%s before the look was stored", a.calls[i])
		}
	})
	f.end <- nil
	a.until(t, "the first is acknowledged", a.called("acknowledge 1"))
	a.until(t, "one look for what came meanwhile", f.looked(3))
	f.end <- nil
	a.until(t, "the others are acknowledged", func() bool { return a.called("acknowledge 2")() && a.called("acknowledge 3")() })
	// A look that failed: the announcement comes again, and again it is looked.
	a.tell("4", said, subject)
	a.until(t, "a look", f.looked(4))
	f.end <- errors.New("disk full")
	a.again()
	a.until(t, "another look", f.looked(5))
	f.end <- nil
	a.until(t, "it is acknowledged then", a.called("acknowledge 4"))
}

func TestWhatIsNoneOfOursIsAcknowledged(t *testing.T) {
	a, f, _ := listening(t, nil)
	a.tell("1", said, "//chat.googleapis.com/spaces/elsewhere")
	a.tell("2", "google.workspace.drive.file.v3.created", "//drive.googleapis.com/files/x")
	a.tell("3", said, "rubbish")
	a.until(t, "all are acknowledged", func() bool {
		return a.called("acknowledge 1")() && a.called("acknowledge 2")() && a.called("acknowledge 3")()
	})
	if !f.looked(1)() {
		t.Errorf("looked at %v", f.looks)
	}
}

func TestSubscriptionsAreKept(t *testing.T) {
	a, f, _ := listening(t, nil)
	state := func(state string) {
		a.change(func() { a.subs["subscriptions/s1"].State = state })
	}
	state("SUSPENDED")
	a.tell("1", "google.workspace.events.subscription.v1.suspended", "//workspaceevents.googleapis.com/subscriptions/s1")
	a.until(t, "it is woken", a.called("reactivate s1"))
	a.until(t, "and the space looked at for what was not announced", f.looked(2))
	f.end <- nil
	a.change(func() { delete(a.subs, "subscriptions/s1") })
	a.tell("2", "google.workspace.events.subscription.v1.expired", "//workspaceevents.googleapis.com/subscriptions/s1")
	a.until(t, "another is made", func() bool { return a.subs["subscriptions/s2"] != nil })
	a.until(t, "and the space looked at", f.looked(3))
	f.end <- nil
	a.change(func() {
		old := f.changed
		f.rooms, f.changed = nil, make(chan struct{})
		close(old)
	})
	a.until(t, "it is removed with the link", a.called("delete s2"))
}

func TestASubscriptionIsRenewedInTime(t *testing.T) {
	a, _, _ := listening(t, func(a *announcer, _ platforms.RoomID) { a.life = 200 * time.Millisecond })
	a.until(t, "it is renewed", a.called("patch s1 ttl"))
}

func TestASubscriptionThatIsThereIsTakenOver(t *testing.T) {
	a, _, _ := listening(t, func(a *announcer, room platforms.RoomID) {
		a.put(workspaceevents.Subscription{
			TargetResource: targetOf(room), EventTypes: []string{said},
			NotificationEndpoint: &workspaceevents.NotificationEndpoint{PubsubTopic: "projects/" + a.project + "/topics/mio"},
		})
		a.subs["subscriptions/s1"].State = suspended
	})
	a.change(func() {
		for _, want := range []string{"reactivate s1", "patch s1 event_types"} {
			if !slices.Contains(a.calls, want) {
				t.Errorf("no %s among %q", want, a.calls)
			}
		}
		if len(a.subs) != 1 {
			t.Errorf("there are %d subscriptions", len(a.subs))
		}
	})
}

func TestASubscriptionThatLeadsElsewhereIsMadeAnew(t *testing.T) {
	a, _, _ := listening(t, func(a *announcer, room platforms.RoomID) {
		a.put(workspaceevents.Subscription{
			TargetResource: targetOf(room), EventTypes: eventTypes(),
			NotificationEndpoint: &workspaceevents.NotificationEndpoint{PubsubTopic: "projects/other/topics/mio"},
		})
	})
	a.change(func() {
		s := a.subs["subscriptions/s2"]
		if s == nil || len(a.subs) != 1 || !strings.HasSuffix(s.NotificationEndpoint.PubsubTopic, a.project+"/topics/mio") || s.PayloadOptions != nil && s.PayloadOptions.IncludeResource {
			t.Errorf("the subscriptions are %+v", a.subs)
		}
	})
}

func TestAFeedThatCannotBePulledEnds(t *testing.T) {
	o := ready(t)
	truth, _, _ := o.talkative()
	a := announce(t, o)
	a.refuse = 100
	f := &followed{a: a, rooms: []platforms.RoomID{platforms.RoomID("spaces/" + truth.ID)}, changed: make(chan struct{}), end: make(chan error)}
	err := o.conn.Pushes[0].Listen(t.Context(), f)
	if platforms.KindOf(err) != platforms.Forbidden || len(f.alive) == 0 || f.alive[len(f.alive)-1] == nil {
		t.Errorf("the feed ended with %v; it said %v", err, f.alive)
	}
}
