package google

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/api/pubsub/v1"
	"google.golang.org/api/workspaceevents/v1"
)

// announcer is Workspace Events and Pub/Sub as far as a test can see them: what
// was announced is handed out until it is acknowledged.
type announcer struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced with every change
	count   int
	subs    map[string]*workspaceevents.Subscription
	queue   []*pubsub.ReceivedMessage // not handed out, or due again
	out     map[string]*pubsub.ReceivedMessage
	calls   []string // "create spaces/A", "acknowledge 1", …
	life    time.Duration
	refuse  int // the next so many pulls are refused
	project string
}

func announce(t *testing.T, o *office) *announcer {
	t.Helper()
	a := &announcer{changed: make(chan struct{}), subs: map[string]*workspaceevents.Subscription{}, out: map[string]*pubsub.ReceivedMessage{}, life: 7 * 24 * time.Hour, project: o.values.Get(keyProject)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/subscriptions", a.create)
	mux.HandleFunc("GET /v1/subscriptions", a.list)
	mux.HandleFunc("/v1/subscriptions/{name}", a.one)
	mux.HandleFunc("POST /v1/projects/{project}/subscriptions/{call}", a.pubsub)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	for key, value := range map[string]string{
		"endpoint.pubsub": server.URL + "/", "endpoint.workspaceevents": server.URL + "/",
		keyTopic: "mio", keySubscription: "mio", "feature.push": "on",
	} {
		_ = o.values.Put(t.Context(), key, value)
	}
	o.delegate(scopesOf(asked(o.values), "delegation"))
	o.connect()
	return a
}

// note records a call. Callers hold the lock.
func (a *announcer) note(format string, args ...any) {
	a.calls = append(a.calls, fmt.Sprintf(format, args...))
	a.stir()
}

func (a *announcer) stir() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// until waits for something to be so.
func (a *announcer) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	for {
		a.mu.Lock()
		ok, changed := is(), a.changed
		calls := slices.Clone(a.calls)
		a.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-limit.C:
			t.Fatalf("never: %s; calls were %q", what, calls)
		}
	}
}

func (a *announcer) called(call string) func() bool {
	return func() bool { return slices.Contains(a.calls, call) }
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuseWith(w http.ResponseWriter, code int, status string) {
	w.WriteHeader(code)
	answer(w, map[string]any{"error": map[string]any{"code": code, "status": status, "message": status}})
}

// operation is a subscription as an operation answers it.
func operation(w http.ResponseWriter, s any) {
	raw, _ := json.Marshal(s)
	answer(w, workspaceevents.Operation{Done: true, Response: raw})
}

func (a *announcer) create(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var s workspaceevents.Subscription
	_ = json.NewDecoder(r.Body).Decode(&s)
	a.note("create %s", strings.TrimPrefix(s.TargetResource, "//chat.googleapis.com/"))
	for _, other := range a.subs {
		if other.TargetResource == s.TargetResource {
			refuseWith(w, http.StatusConflict, "ALREADY_EXISTS")
			return
		}
	}
	operation(w, a.put(s))
}

// put adds a subscription. Callers hold the lock.
func (a *announcer) put(s workspaceevents.Subscription) *workspaceevents.Subscription {
	a.count++
	s.Name, s.State = fmt.Sprintf("subscriptions/s%d", a.count), "ACTIVE"
	s.ExpireTime = time.Now().Add(a.life).UTC().Format(time.RFC3339Nano)
	a.subs[s.Name] = &s
	return &s
}

func (a *announcer) list(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []*workspaceevents.Subscription
	for _, s := range a.subs {
		if strings.Contains(r.FormValue("filter"), `target_resource="`+s.TargetResource+`"`) {
			found = append(found, s)
		}
	}
	answer(w, workspaceevents.ListSubscriptionsResponse{Subscriptions: found})
}

func (a *announcer) one(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id, verb, _ := strings.Cut(r.PathValue("name"), ":")
	s := a.subs["subscriptions/"+id]
	if s == nil {
		refuseWith(w, http.StatusNotFound, "NOT_FOUND")
		return
	}
	var change workspaceevents.Subscription
	switch _ = json.NewDecoder(r.Body).Decode(&change); r.Method + verb {
	case "GET":
		answer(w, s)
		return
	case "PATCH":
		a.note("patch %s %s", id, r.FormValue("updateMask"))
		if r.FormValue("updateMask") == "event_types" {
			s.EventTypes = change.EventTypes
		}
		s.ExpireTime = time.Now().Add(a.life).UTC().Format(time.RFC3339Nano)
	case "POSTreactivate":
		a.note("reactivate %s", id)
		s.State = "ACTIVE"
	case "DELETE":
		a.note("delete %s", id)
		delete(a.subs, s.Name)
	}
	operation(w, s)
}

func (a *announcer) pubsub(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var asked struct {
		AckIDs   []string `json:"ackIds"`
		Deadline int64    `json:"ackDeadlineSeconds"`
	}
	_ = json.NewDecoder(r.Body).Decode(&asked)
	switch _, verb, _ := strings.Cut(r.PathValue("call"), ":"); verb {
	case "pull":
		if a.refuse > 0 {
			a.refuse--
			refuseWith(w, http.StatusForbidden, "PERMISSION_DENIED")
			return
		}
		list := a.queue
		a.queue = nil
		for _, m := range list {
			a.out[m.AckId] = m
		}
		answer(w, pubsub.PullResponse{ReceivedMessages: list})
	case "acknowledge":
		for _, id := range asked.AckIDs {
			delete(a.out, id)
			a.note("acknowledge %s", id)
		}
		answer(w, struct{}{})
	case "modifyAckDeadline":
		for _, id := range asked.AckIDs {
			a.note("hold %s %ds", id, asked.Deadline)
		}
		answer(w, struct{}{})
	}
}

// tell announces something.
func (a *announcer) tell(id, kind, subject string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.queue = append(a.queue, &pubsub.ReceivedMessage{
		AckId: id, Message: &pubsub.PubsubMessage{MessageId: id, Attributes: map[string]string{"ce-type": kind, "ce-subject": subject}},
	})
}

// again hands out what was not acknowledged once more.
func (a *announcer) again() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range a.out {
		a.queue = append(a.queue, m)
	}
	clear(a.out)
}

func (a *announcer) change(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
	a.stir()
}
