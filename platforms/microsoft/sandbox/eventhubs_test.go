package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	world "miohub/platforms/sandbox"
)

// listener is a Kafka client of the tenant's event hub.
type listener struct {
	t      *testing.T
	client *kgo.Client
	kept   []map[string]any
}

func (r *rig) listen(secret string) *listener {
	r.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(r.urls["eventhubs_url"]), kgo.ConsumeTopics(hubName), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.SASL(plain.Auth{User: kafkaUser, Pass: secret}.AsMechanism()))
	must(r.t, err)
	r.t.Cleanup(client.Close)
	return &listener{t: r.t, client: client}
}

// next waits for the notification that fits.
func (l *listener) next(what string, fits func(map[string]any) bool) map[string]any {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 20*time.Second)
	defer cancel()
	for {
		for i, n := range l.kept {
			if fits(n) {
				l.kept = append(l.kept[:i:i], l.kept[i+1:]...)
				return n
			}
		}
		fetches := l.client.PollFetches(ctx)
		if ctx.Err() != nil {
			l.t.Fatalf("no notification of %s; others: %v", what, l.kept)
		}
		fetches.EachRecord(func(rec *kgo.Record) {
			var body struct {
				Value []map[string]any `json:"value"`
			}
			must(l.t, json.Unmarshal(rec.Value, &body))
			l.kept = append(l.kept, body.Value...)
		})
	}
}

func is(key, value string) func(map[string]any) bool {
	return func(n map[string]any) bool { return n[key] == value }
}

// subscription asks to be told of a channel's messages.
func (r *rig) subscriptionTo(room string, more ...any) map[string]any {
	return with(map[string]any{
		"resource": messagesPath(room), "changeType": "created,updated,deleted", "clientState": "s3cret", "notificationUrl": r.c.events.address(),
		"lifecycleNotificationUrl": r.c.events.address(), "expirationDateTime": timestamp(time.Now().Add(50 * time.Minute)),
	}, more...)
}

func (r *rig) subscribe(room string, more ...any) answer {
	return r.graph("POST", "/subscriptions", r.as(bridgeID, bridgeScopes), r.subscriptionTo(room, more...))
}

func TestChangesAreToldThroughTheEventHub(t *testing.T) {
	r := newRig(t)
	made := r.want(r.subscribe(deals), 201)
	l := r.listen(r.c.events.connection())
	l.next("the validation", is("subscriptionId", "NA"))
	said, err := r.w.Say(TenantName, deals, annID, "", r.c.newMessageID(), world.Text("hello"))
	must(t, err)
	r.pass(3 * time.Second) // readers see it only then
	n := l.next("the post", is("changeType", "created"))
	at := fmt.Sprintf("teams('%s')/channels('%s')/messages('%s')", sales, deals, said.ID)
	if n["subscriptionId"] != made.text("id") || n["clientState"] != "s3cret" || n["resource"] != at || n["tenantId"] != r.tenant.ID {
		t.Errorf("told %v", n)
	}
	answered, err := r.w.Say(TenantName, deals, benID, said.ID, r.c.newMessageID(), world.Text("hi"))
	must(t, err)
	must(t, r.w.React(TenantName, deals, said.ID, benID, "👍", true))
	must(t, r.w.Retract(TenantName, deals, answered.ID))
	_, err = r.w.Say(TenantName, general, annID, "", r.c.newMessageID(), world.Text("elsewhere"))
	must(t, err)
	r.pass(3 * time.Second)
	if n := l.next("the reply", is("changeType", "created")); n["resource"] != at+"/replies('"+answered.ID+"')" {
		t.Errorf("told %v", n)
	}
	l.next("the reaction", is("changeType", "updated"))
	l.next("the deletion", is("changeType", "deleted"))
	if len(l.kept) != 0 {
		t.Errorf("told more: %v", l.kept)
	}
}

func TestSubscriptionsLiveAndEnd(t *testing.T) {
	r := newRig(t)
	token := r.as(bridgeID, bridgeScopes)
	made := r.want(r.subscribe(deals), 201)
	path := "/subscriptions/" + made.text("id")
	l := r.listen(r.c.events.connection())
	r.pass(40 * time.Minute)
	if n := l.next("the end to come", is("lifecycleEvent", "reauthorizationRequired")); n["subscriptionId"] != made.text("id") {
		t.Errorf("told %v", n)
	}
	until := timestamp(time.Now().Add(55 * time.Minute))
	r.want(r.graph("PATCH", path, token, map[string]any{"expirationDateTime": until}), 200)
	r.want(r.graph("POST", path+"/reauthorize", token, nil), 204)
	r.pass(15 * time.Minute)
	clear(r.tokens)
	token = r.as(bridgeID, bridgeScopes)
	if list := r.want(r.graph("GET", "/subscriptions", token, nil), 200).values(); len(list) != 1 || list[0]["clientState"] != nil {
		t.Errorf("listed %v", list)
	}
	r.want(r.graph("GET", path, token, nil), 200)
	r.pass(time.Hour)
	clear(r.tokens)
	token = r.as(bridgeID, bridgeScopes)
	r.want(r.graph("PATCH", path, token, map[string]any{"expirationDateTime": until}), 404)
	again := r.want(r.subscribe(deals), 201)
	r.want(r.graph("DELETE", "/subscriptions/"+again.text("id"), token, nil), 204)
	r.want(r.graph("GET", "/subscriptions/"+again.text("id"), token, nil), 404)
	// Another person's subscriptions are not there.
	r.want(r.subscribe(deals), 201)
	if list := r.want(r.graph("GET", "/subscriptions", r.as(annID, bridgeScopes), nil), 200).values(); len(list) != 0 {
		t.Errorf("Ann sees %v", list)
	}
}

func TestLostNotificationsAreOwnedUpTo(t *testing.T) {
	r := newRig(t)
	e := r.c.emulator()
	made := r.want(r.subscribe(deals), 201)
	l := r.listen(r.c.events.connection())
	must(t, world.SwitchFault("microsoft.notifications-missed", true, e))
	_, err := r.w.Say(TenantName, deals, annID, "", r.c.newMessageID(), world.Text("unheard"))
	must(t, err)
	r.pass(3 * time.Second)
	if n := l.next("what was missed", is("lifecycleEvent", "missed")); n["subscriptionId"] != made.text("id") || n["clientState"] != "s3cret" {
		t.Errorf("told %v", n)
	}
	must(t, world.SwitchFault("microsoft.notifications-missed", false, e))
	must(t, world.SwitchFault("microsoft.subscription-removed", true, e))
	l.next("the removal", is("lifecycleEvent", "subscriptionRemoved"))
	for _, n := range l.kept {
		if n["changeType"] == "created" {
			t.Errorf("told of what was lost: %v", n)
		}
	}
}

func TestTheEventHubWantsItsConnectionString(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := r.listen("Endpoint=sb://guessed").client.Ping(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("a wrong connection string: %v", err)
	}
	must(t, r.listen(r.c.events.connection()).client.Ping(ctx))
}

// afresh asks for a subscription once there is none.
func afresh(more ...any) func(*rig) answer {
	return func(r *rig) answer {
		r.c.events.drop(false)
		return r.subscribe(deals, more...)
	}
}

func subscriptionCases() provoke {
	return provoke{
		"graph.subscription.missing":      afresh("resource", ""),
		"graph.subscription.change-type":  afresh("changeType", "renamed"),
		"graph.subscription.client-state": afresh("clientState", fmt.Sprintf("%0200d", 1)),
		"graph.subscription.certificate":  afresh("includeResourceData", true),
		"graph.subscription.permission": func(r *rig) answer {
			return r.graph("POST", "/subscriptions", r.as(bridgeID, "User.Read"), r.subscriptionTo(deals))
		},
		"graph.subscription.expiry-past": afresh("expirationDateTime", "2020-01-01T00:00:00Z"),
		"graph.subscription.expiry-long": afresh("expirationDateTime", timestamp(time.Now().Add(80*time.Hour))),
		"graph.subscription.lifecycle": func(r *rig) answer {
			return afresh("lifecycleNotificationUrl", nil, "expirationDateTime", timestamp(time.Now().Add(2*time.Hour)))(r)
		},
		"graph.subscription.unreachable": afresh("notificationUrl", "EventHub:https://other.vault.azure.net/secrets/x?tenantId=contoso.example"),
		"graph.subscription.limit": func(r *rig) answer {
			r.want(afresh()(r), 201)
			return r.subscribe(deals)
		},
		"graph.subscription.unknown": func(r *rig) answer { return r.graph("GET", "/subscriptions/none", r.as(bridgeID, bridgeScopes), nil) },
	}
}

// subscriptionMeets meet the faults of change notifications.
func subscriptionMeets() meet {
	kept := func(r *rig) answer {
		if r.tokens["subscription"] == "" {
			r.tokens["subscription"] = r.want(r.subscribe(deals), 201).text("id")
		}
		token := r.as(bridgeID, bridgeScopes)
		a := r.graph("GET", "/subscriptions/"+r.tokens["subscription"], token, nil)
		if a.status == 404 {
			delete(r.tokens, "subscription") // it is made anew
		}
		return answer{status: a.status}
	}
	return meet{
		"microsoft.subscription-expired": kept,
		"microsoft.subscription-removed": kept,
		"microsoft.notifications-missed": func(r *rig) answer {
			r.c.events.drop(false)
			made := r.want(r.subscribe(deals), 201)
			l := r.listen(r.c.events.connection())
			_, err := r.w.Say(TenantName, deals, annID, "", r.c.newMessageID(), world.Text("x"))
			must(r.t, err)
			r.pass(3 * time.Second)
			n := l.next("the change, or that it was missed", func(n map[string]any) bool {
				return n["subscriptionId"] == made.text("id") && (n["changeType"] == "created" || n["lifecycleEvent"] == "missed")
			})
			l.client.Close()
			return answer{status: 200, raw: textOf([]any{n["changeType"], n["lifecycleEvent"]})}
		},
	}
}
