package microsoft

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

// followed are rooms whose looks the test answers.
type followed struct {
	mu      sync.Mutex
	rooms   []platforms.RoomID
	changed chan struct{}
	missed  int
	alive   []error

	asked  chan platforms.RoomID
	lost   chan struct{}                   // one for each Missed
	answer map[platforms.RoomID]chan error // nil answers at once
}

func follow(rooms ...platforms.RoomID) *followed {
	return &followed{rooms: rooms, changed: make(chan struct{}), asked: make(chan platforms.RoomID, 100), lost: make(chan struct{}, 100), answer: map[platforms.RoomID]chan error{}}
}

func (f *followed) Rooms() ([]platforms.RoomID, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.rooms), f.changed
}

func (f *followed) set(rooms ...platforms.RoomID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rooms = rooms
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *followed) Look(ctx context.Context, room platforms.RoomID) error {
	f.asked <- room
	f.mu.Lock()
	wait := f.answer[room]
	f.mu.Unlock()
	if wait == nil {
		return nil
	}
	select {
	case err := <-wait:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *followed) Missed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.missed++
	f.lost <- struct{}{}
}

func (f *followed) Alive(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.alive = append(f.alive, err)
}

// event is an event of the hub that holds the notifications.
func event(t *testing.T, offset int64, list ...notification) *kgo.Record {
	t.Helper()
	data, err := json.Marshal(map[string]any{"value": list})
	if err != nil {
		t.Fatal(err)
	}
	return &kgo.Record{Value: data, Offset: offset}
}

func changeIn(channel string) notification {
	return notification{Subscription: "s", State: "ours", Resource: "teams('T')/channels('" + channel + "')/messages('1')/replies('2')"}
}

func TestAPlaceInTheHubIsKeptInOrder(t *testing.T) {
	f := follow()
	slow := make(chan error)
	f.answer["T/slow"] = slow
	f.answer["T/gone"] = make(chan error, 1)
	f.answer["T/gone"] <- fmt.Errorf("not followed")
	done := make(chan int64, 10)
	var running sync.WaitGroup
	l := &looks{rooms: f, done: func(r *kgo.Record) { done <- r.Offset }, wait: &running}
	ctx, stop := context.WithCancel(t.Context())
	in := &inbox{state: "ours", log: slog.New(slog.DiscardHandler), looks: l, rooms: f}

	in.take(ctx, event(t, 1, changeIn("gone")))
	if got := <-done; got != 1 {
		t.Errorf("done up to %d", got)
	}
	in.take(ctx, event(t, 2, changeIn("slow"), changeIn("quick"), changeIn("slow")))
	in.take(ctx, event(t, 3, changeIn("quick")))
	in.take(ctx, event(t, 4))
	in.take(ctx, &kgo.Record{Offset: 5, Value: []byte("{broken")})
	for room := range f.asked {
		if room == "T/slow" {
			break // its look is under way
		}
	}
	in.take(ctx, event(t, 6, changeIn("slow"))) // wants another
	select {
	case got := <-done:
		t.Errorf("the place moved to %d before what came earlier was dealt with", got)
	default:
	}
	slow <- nil
	// 3, 4 and 5 may have to wait for a look of the quick room.
	for got := int64(0); got != 5; {
		if got = <-done; got > 5 {
			t.Fatalf("done up to %d although the second look is not stored", got)
		}
	}
	slow <- nil
	if got := <-done; got != 6 {
		t.Errorf("done up to %d", got)
	}
	in.take(ctx, event(t, 7, changeIn("slow")))
	stop()
	running.Wait()
	select {
	case got := <-done:
		t.Errorf("the place moved to %d although nothing was stored", got)
	default:
	}
}

func TestOnlyOurNotificationsAreBelieved(t *testing.T) {
	f := follow()
	k := newKeeper(nil, "", "", 1, nil, f, nil)
	in := &inbox{state: "ours", log: slog.New(slog.DiscardHandler), keeper: k, rooms: f}
	for name, c := range map[string]struct {
		n    notification
		room platforms.RoomID
	}{
		"a change":               {changeIn("19:c@thread.tacv2"), "T/19:c@thread.tacv2"},
		"a change as a path":     {notification{State: "ours", Resource: "/teams/T/channels/19:c@thread.tacv2/messages/1"}, "T/19:c@thread.tacv2"},
		"another client state":   {notification{State: "theirs", Resource: "teams('T')/channels('C')/messages('1')"}, ""},
		"no client state":        {notification{Resource: "teams('T')/channels('C')/messages('1')"}, ""},
		"a trial of the hub":     {notification{Subscription: "NA", State: "NA", Resource: "NA"}, ""},
		"a chat":                 {notification{State: "ours", Resource: "chats('19:x')/messages('1')"}, ""},
		"a path out of the team": {notification{State: "ours", Resource: "teams('../users')/channels('C')/messages('1')"}, ""},
		"missed":                 {notification{State: "ours", Lifecycle: "missed"}, ""},
		"somebody else's missed": {notification{State: "theirs", Lifecycle: "missed"}, ""},
		"reauthorize":            {notification{State: "ours", Lifecycle: "reauthorizationRequired", Subscription: "s1"}, ""},
		"removed":                {notification{State: "ours", Lifecycle: "subscriptionRemoved", Subscription: "s1"}, ""},
		"something new":          {notification{State: "ours", Lifecycle: "renamed"}, ""},
	} {
		if room, ok := in.one(&kgo.Record{}, c.n); room != c.room || ok != (c.room != "") {
			t.Errorf("%s: room %q, %v", name, room, ok)
		}
	}
	if f.missed != 1 || len(k.events) != 2 {
		t.Errorf("missed %d times, %d lifecycle events", f.missed, len(k.events))
	}
}

// subscribed is a Graph that keeps subscriptions.
type subscribed struct {
	mu     sync.Mutex
	subs   map[string]map[string]any // by id
	made   int
	calls  chan string
	refuse string // a channel nobody may subscribe to
}

func (s *subscribed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body) // GET and DELETE have none
	id := strings.TrimPrefix(r.URL.Path, "/v1.0/subscriptions/")
	w.Header().Set("Content-Type", "application/json")
	answer := func(status int, v any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	known := s.subs[id]
	switch {
	case r.Method == http.MethodGet:
		list := []any{}
		for _, one := range s.subs {
			list = append(list, one)
		}
		answer(200, map[string]any{"value": list})
		return
	case r.Method == http.MethodPost && s.refuse != "" && strings.Contains(body["resource"].(string), s.refuse):
		answer(403, map[string]any{"error": map[string]any{"code": "ExtensionError", "message": "not a member"}})
		s.calls <- "refuse " + body["resource"].(string)
		return
	case r.Method == http.MethodPost:
		s.made++
		body["id"] = fmt.Sprint("s", s.made)
		s.subs[fmt.Sprint("s", s.made)] = body
		answer(201, body)
		s.calls <- "make " + body["resource"].(string)
		return
	case known == nil:
		answer(404, map[string]any{"error": map[string]any{"code": "ResourceNotFound", "message": "The object was not found."}})
	case r.Method == http.MethodPatch:
		known["expirationDateTime"] = body["expirationDateTime"]
		answer(200, known)
	default:
		delete(s.subs, id)
		w.WriteHeader(http.StatusNoContent)
	}
	s.calls <- strings.ToLower(r.Method) + " " + id
}

func (s *subscribed) next(t *testing.T) string {
	t.Helper()
	select {
	case c := <-s.calls:
		return c
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was asked of Graph")
		return ""
	}
}

func TestEachFollowedRoomHasASubscription(t *testing.T) {
	s := &subscribed{subs: map[string]map[string]any{}, calls: make(chan string, 100)}
	old := func(id, channel, url string) {
		s.subs[id] = map[string]any{"id": id, "resource": "teams/T/channels/" + channel + "/messages", "notificationUrl": url, "expirationDateTime": time.Now().Add(50 * time.Minute)}
	}
	old("left", "A", "EventHub:ours")
	old("unfollowed", "B", "EventHub:ours")
	old("elsewhere", "C", "https://other.example")
	server := httptest.NewServer(s)
	defer server.Close()
	g, err := graph.New(server.URL+"/", http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	f := follow("T/A", "T/C")
	var running sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	k := newKeeper(g, "EventHub:ours", "ours", 1, slog.New(slog.DiscardHandler), f, &looks{rooms: f, wait: &running})
	ended := make(chan error, 1)
	running.Go(func() { ended <- k.run(ctx, func(context.Context) error { return nil }) })

	// A's is adopted, C's leads elsewhere, B is not followed.
	if got := []string{s.next(t), s.next(t)}; !slices.Contains(got, "make /teams/T/channels/C/messages") || !slices.Contains(got, "delete unfollowed") {
		t.Errorf("at first: %v", got)
	}
	if room := <-f.asked; room != "T/C" {
		t.Errorf("looked at %s", room)
	}
	s.mu.Lock()
	made := s.subs["s1"]
	s.mu.Unlock()
	if made["clientState"] != "ours" || made["notificationUrl"] != "EventHub:ours" || made["lifecycleNotificationUrl"] != "EventHub:ours" || made["includeResourceData"] != false {
		t.Errorf("made %v", made)
	}
	// Another room comes, one that nobody may subscribe to, and one goes.
	s.refuse = "closed"
	f.set("T/C", "T/D", "T/closed")
	got := []string{s.next(t), s.next(t), s.next(t)}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"delete left", "make /teams/T/channels/D/messages", "refuse /teams/T/channels/closed/messages"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	looked := []platforms.RoomID{<-f.asked, <-f.asked}
	slices.Sort(looked)
	if !slices.Equal(looked, []platforms.RoomID{"T/D", "T/closed"}) {
		t.Errorf("looked at %v", looked)
	}
	// Graph asks for a new proof, removes one, and forgets one.
	k.told(notification{Lifecycle: lifecycleReauthorize, Subscription: "s1"})
	if got := s.next(t); got != "patch s1" {
		t.Errorf("reauthorized by %q", got)
	}
	k.told(notification{Lifecycle: lifecycleRemoved, Subscription: "s1"})
	if got := s.next(t); got != "make /teams/T/channels/C/messages" {
		t.Errorf("removed, answered by %q", got)
	}
	if room := <-f.asked; room != "T/C" {
		t.Errorf("looked at %s", room)
	}
	s.mu.Lock()
	delete(s.subs, "s3")
	s.mu.Unlock()
	k.told(notification{Lifecycle: lifecycleReauthorize, Subscription: "s3"})
	if got := []string{s.next(t), s.next(t)}; !slices.Equal(got, []string{"patch s3", "make /teams/T/channels/C/messages"}) {
		t.Errorf("gone, answered by %v", got)
	}
	if room := <-f.asked; room != "T/C" {
		t.Errorf("looked at %s", room)
	}
	k.told(notification{Lifecycle: lifecycleRemoved, Subscription: "unknown"})
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	running.Wait()
	if f.missed != 1 || !slices.Equal(f.alive, []error{nil}) {
		t.Errorf("missed %d times, alive %v", f.missed, f.alive)
	}
}

func TestSubscriptionsAreRenewedInTime(t *testing.T) {
	s := &subscribed{subs: map[string]map[string]any{}, calls: make(chan string, 100)}
	server := httptest.NewServer(s)
	defer server.Close()
	g, err := graph.New(server.URL+"/", http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	f := follow("T/A")
	var running sync.WaitGroup
	defer running.Wait()
	k := newKeeper(g, "EventHub:ours", "ours", 1, slog.New(slog.DiscardHandler), f, &looks{rooms: f, wait: &running})
	if err := k.adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	round := func() {
		t.Helper()
		if err := k.round(t.Context(), []platforms.RoomID{"T/A"}); err != nil {
			t.Fatal(err)
		}
	}
	round()
	if got := s.next(t); got != "make /teams/T/channels/A/messages" {
		t.Fatalf("at first %q", got)
	}
	if life := k.known["T/A"].Expires.Sub(k.now()); life < subscriptionLife-time.Minute || life > subscriptionLife+time.Minute {
		t.Errorf("lives %v", life)
	}
	round()
	if len(s.calls) != 0 {
		t.Errorf("renewed too soon: %q", <-s.calls)
	}
	sub := k.known["T/A"]
	sub.Expires = k.now().Add(renewBefore - time.Second)
	k.known["T/A"] = sub
	round()
	if got := s.next(t); got != "patch s1" {
		t.Errorf("renewed by %q", got)
	}
	if life := k.known["T/A"].Expires.Sub(k.now()); life < subscriptionLife-time.Minute {
		t.Errorf("lives %v after it was renewed", life)
	}
}

func TestAConnectionStringNamesItsHub(t *testing.T) {
	const whole = "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=abc=;EntityPath=graph"
	got, err := parseHub(whole)
	if want := (hubAddress{"ns.servicebus.windows.net:9093", "graph"}); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{"", "x", strings.Replace(whole, ";EntityPath=graph", "", 1), strings.Replace(whole, "SharedAccessKey=abc=", "", 1),
		strings.Replace(whole, "sb://", "https://", 1), strings.Replace(whole, "ns.servicebus.windows.net", "ns/x", 1)} {
		if _, err := parseHub(bad); err == nil || strings.Contains(err.Error(), "abc") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
