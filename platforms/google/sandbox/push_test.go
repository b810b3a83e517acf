package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	world "miohub/platforms/sandbox"
)

// names of the topic and subscription that are there from the beginning.
func (l *lab) topic() string {
	return "projects/" + l.sa["project_id"] + "/topics/" + deliveredTopic
}

func (l *lab) queue() string {
	return "projects/" + l.sa["project_id"] + "/subscriptions/" + deliveredTopic
}

// subscribeAs asks for a room's messages; more is added to the body.
func (l *lab) subscribeAs(who, room, more string) answer {
	l.t.Helper()
	body := fmt.Sprintf(`{"targetResource":"//chat.googleapis.com/spaces/%s","eventTypes":["google.workspace.chat.message.v1.created"],"notificationEndpoint":{"pubsubTopic":%q}%s}`, room, l.topic(), more)
	return l.call(l.as(who, "chat.messages.readonly"), "workspaceevents", "POST", "v1/subscriptions", body)
}

// pull takes what is in the queue now.
func (l *lab) pull() []any {
	l.t.Helper()
	a := l.want(l.call(l.as("", "pubsub"), "pubsub", "POST", "v1/"+l.queue()+":pull", `{"maxMessages":100,"returnImmediately":true}`), 200)
	return a.list("receivedMessages")
}

func (l *lab) settle(verb, body string) answer {
	l.t.Helper()
	return l.call(l.as("", "pubsub"), "pubsub", "POST", "v1/"+l.queue()+":"+verb, body)
}

func (l *lab) says(id, text string) {
	l.t.Helper()
	if _, err := l.w.Say(TenantName, salesRoom, annID, "", id, world.Text(text)); err != nil {
		l.t.Fatal(err)
	}
}

func pushRefusals() map[string]refused {
	events := func(body string) func(*lab) answer {
		return func(l *lab) answer {
			return l.call(l.as(ann, "chat.messages.readonly"), "workspaceevents", "POST", "v1/subscriptions", strings.ReplaceAll(body, "TOPIC", l.topic()))
		}
	}
	const good = `{"targetResource":"//chat.googleapis.com/spaces/` + salesRoom + `","eventTypes":["google.workspace.chat.message.v1.created"],"notificationEndpoint":{"pubsubTopic":"TOPIC"}}`
	changed := func(old, new string) func(*lab) answer { return events(strings.Replace(good, old, new, 1)) }
	broker := func(who, method, path, body string) func(*lab) answer {
		return func(l *lab) answer {
			path := strings.NewReplacer("PROJECT", l.sa["project_id"], "QUEUE", l.queue(), "TOPIC", l.topic()).Replace(path)
			return l.call(l.as(who, "pubsub"), "pubsub", method, "v1/"+path, strings.ReplaceAll(body, "TOPIC", l.topic()))
		}
	}
	return map[string]refused{
		"events.subscribe-target": no(400, "target_resource", changed("//chat.googleapis.com/spaces/"+salesRoom, "spaces/x")),
		"events.subscribe-type":   no(400, "Invalid event type", changed("created", "read")),
		"events.subscribe-scope":  no(403, "insufficient authentication scopes", changed("message.v1.created", "membership.v1.created")),
		"events.subscribe-other":  no(403, "The caller does not have permission", changed(salesRoom, opsRoom)),
		"events.subscribe-app": no(403, "administrator must grant", func(l *lab) answer {
			return l.call(l.as("", "chat.app.messages.readonly"), "workspaceevents", "POST", "v1/subscriptions", strings.ReplaceAll(good, "TOPIC", l.topic()))
		}),
		"events.subscribe-ttl":     no(400, "ttl", changed(`{"target`, `{"ttl":"604801s","target`)),
		"events.subscribe-project": no(400, "project", changed("TOPIC", "projects/other/topics/x")),
		"events.subscribe-topic":   no(404, "topic was not found", changed("TOPIC", "TOPICx")),
		"events.subscribe-publisher": no(403, "Cannot publish", func(l *lab) answer {
			a := broker(dana, "PUT", "projects/PROJECT/topics/silent", `{}`)(l)
			if a.code != 200 && a.code != 409 {
				return a
			}
			return events(strings.Replace(good, "TOPIC", "projects/"+l.sa["project_id"]+"/topics/silent", 1))(l)
		}),
		"events.subscribe-twice": no(409, "SUBSCRIPTION_ALREADY_EXISTS|current_subscription", func(l *lab) answer {
			if a := l.subscribeAs(bob, salesRoom, ""); a.code != 200 && a.code != 409 {
				return a
			}
			return l.subscribeAs(bob, salesRoom, "")
		}),
		"events.subscription-unknown": no(404, "NOT_FOUND", asks(ann, "chat.messages.readonly", "workspaceevents", "GET", "v1/subscriptions/x", "")),
		"events.subscription-other": no(403, "The caller does not have permission", func(l *lab) answer {
			made := l.subscribeAs(dana, salesRoom, "")
			name := made.str("response.name")
			if name == "" {
				name = made.str("error.details.0.metadata.current_subscription")
			}
			return l.call(l.as(bob, "chat.messages.readonly"), "workspaceevents", "GET", "v1/"+name, "")
		}),
		"events.subscriptions-filter": no(400, "event type", asks(ann, "chat.messages.readonly", "workspaceevents", "GET", "v1/subscriptions?filter="+query(`target_resource="//chat.googleapis.com/spaces/x"`), "")),
		"events.reactivate-active": no(400, "FAILED_PRECONDITION", func(l *lab) answer {
			made := l.want(l.subscribeAs(ann, salesRoom, ""), 200)
			token := l.as(ann, "chat.messages.readonly")
			defer l.call(token, "workspaceevents", "DELETE", "v1/"+made.str("response.name"), "")
			return l.call(token, "workspaceevents", "POST", "v1/"+made.str("response.name")+":reactivate", `{}`)
		}),
		"pubsub.not-allowed":     no(403, "User not authorized to perform this action.", broker(ann, "POST", "QUEUE:pull", `{"maxMessages":1}`)),
		"pubsub.app-manages":     no(403, "User not authorized to perform this action.", broker("", "PUT", "projects/PROJECT/topics/new", `{}`)),
		"pubsub.app-looks":       no(403, "User not authorized to perform this action.", broker("", "GET", "QUEUE", ``)),
		"pubsub.other-project":   no(403, "User not authorized to perform this action.", broker(dana, "GET", "projects/other/topics/new", ``)),
		"pubsub.name":            no(400, "Invalid resource name", broker(dana, "PUT", "projects/PROJECT/topics/goog-x", `{}`)),
		"pubsub.topic-twice":     no(409, "Resource already exists", broker(dana, "PUT", "TOPIC", `{}`)),
		"pubsub.no-topic":        no(404, "Resource not found", broker(dana, "GET", "projects/PROJECT/topics/none", ``)),
		"pubsub.member":          no(400, "policy member", broker(dana, "POST", "TOPIC:setIamPolicy", `{"policy":{"bindings":[{"role":"r","members":["x"]}]}}`)),
		"pubsub.no-subscription": no(404, "Resource not found", broker("", "POST", "projects/PROJECT/subscriptions/none:pull", `{"maxMessages":1}`)),
		"pubsub.queue-twice":     no(409, "Resource already exists", broker(dana, "PUT", "QUEUE", `{"topic":"TOPIC"}`)),
		"pubsub.queue-no-topic":  no(404, "Resource not found", broker(dana, "PUT", "projects/PROJECT/subscriptions/new", `{"topic":"none"}`)),
		"pubsub.queue-deadline":  no(400, "ack deadline", broker(dana, "PUT", "projects/PROJECT/subscriptions/new", `{"topic":"TOPIC","ackDeadlineSeconds":5}`)),
		"pubsub.max-messages":    no(400, "max_messages", broker("", "POST", "QUEUE:pull", `{}`)),
		"pubsub.no-ack-ids":      no(400, "ack_ids", broker("", "POST", "QUEUE:acknowledge", `{}`)),
		"pubsub.deadline":        no(400, "ack deadline", broker("", "POST", "QUEUE:modifyAckDeadline", `{"ackIds":["x"],"ackDeadlineSeconds":601}`)),
		"pubsub.scope": no(403, "insufficient authentication scopes", func(l *lab) answer {
			return l.call(l.as("", "chat.bot"), "pubsub", "POST", "v1/"+l.queue()+":pull", `{"maxMessages":1}`)
		}),
	}
}

func TestAnnouncements(t *testing.T) {
	l := newLab(t, 1)
	l.says("before00000.before00000", "said before")
	made := l.want(l.subscribeAs(bob, salesRoom, ""), 200)
	if made.at("done") != true || made.str("response.state") != "ACTIVE" || made.str("response.userAuthority") != "users/"+bobID {
		t.Errorf("made %s", made.raw)
	}
	if at, err := time.Parse(time.RFC3339Nano, made.str("response.expireTime")); err != nil || time.Until(at) < bareLife-time.Hour || time.Until(at) > bareLife {
		t.Errorf("expires %q", made.str("response.expireTime"))
	}
	l.says("after000000.after000000", "said after")
	first := l.pull()
	if len(first) != 1 {
		t.Fatalf("%d announcements, want one", len(first))
	}
	m := view(first[0])
	data, err := base64.StdEncoding.DecodeString(m.str("message.data"))
	if err != nil {
		t.Fatal(err)
	}
	if string(data) != `{"message":{"name":"spaces/`+salesRoom+`/messages/after000000.after000000"}}` {
		t.Errorf("data %s", data)
	}
	attributes, _ := m.at("message.attributes").(map[string]any)
	for name, want := range map[string]string{
		"ce-type": "google.workspace.chat.message.v1.created", "ce-subject": "//chat.googleapis.com/spaces/" + salesRoom, "ce-specversion": "1.0",
		"ce-source": "//workspaceevents.googleapis.com/" + made.str("response.name"),
	} {
		if attributes[name] != want {
			t.Errorf("%s is %v, want %s", name, attributes[name], want)
		}
	}
	// Handed out and not acknowledged, it comes again when its time is up.
	if again := l.pull(); len(again) != 0 {
		t.Errorf("handed out twice at once: %v", again)
	}
	l.w.Clock.Advance(ackDeadline)
	again := l.pull()
	if len(again) != 1 || view(again[0]).str("message.messageId") != m.str("message.messageId") || view(again[0]).str("ackId") == m.str("ackId") {
		t.Fatalf("after the deadline: %v", again)
	}
	ids := fmt.Sprintf(`{"ackIds":[%q]`, view(again[0]).str("ackId"))
	l.want(l.settle("modifyAckDeadline", ids+`,"ackDeadlineSeconds":60}`), 200)
	l.w.Clock.Advance(30 * time.Second)
	if held := l.pull(); len(held) != 0 {
		t.Errorf("held, and handed out: %v", held)
	}
	l.want(l.settle("modifyAckDeadline", ids+`,"ackDeadlineSeconds":0}`), 200)
	if given := l.pull(); len(given) != 1 {
		t.Errorf("given back, and not handed out")
	}
	l.want(l.settle("acknowledge", ids+`}`), 200)
	l.w.Clock.Advance(time.Hour)
	if left := l.pull(); len(left) != 0 {
		t.Errorf("acknowledged, and still there: %v", left)
	}
}

func TestAnnouncementsCarryTheNewestState(t *testing.T) {
	l := newLab(t, 1)
	l.want(l.subscribeAs(bob, salesRoom, `,"payloadOptions":{"includeResource":true}`), 200)
	l.says("aaaaaaaaaaa.aaaaaaaaaaa", "first")
	if err := l.w.Correct(TenantName, salesRoom, "aaaaaaaaaaa.aaaaaaaaaaa", world.Text("corrected")); err != nil {
		t.Fatal(err)
	}
	list := l.pull()
	if len(list) != 1 {
		t.Fatalf("%d announcements", len(list))
	}
	data, _ := base64.StdEncoding.DecodeString(view(list[0]).str("message.data"))
	var event struct{ Message struct{ Text string } }
	if err := json.Unmarshal(data, &event); err != nil || event.Message.Text != "corrected" {
		t.Errorf("data %s, %v", data, err)
	}
}

// lifecycles are the kinds of lifecycle events in a pull.
func lifecycles(list []any) []string {
	var out []string
	for _, m := range list {
		attributes, _ := view(m).at("message.attributes").(map[string]any)
		kind, _ := attributes["ce-type"].(string)
		if rest, ok := strings.CutPrefix(kind, "google.workspace.events.subscription.v1."); ok {
			out = append(out, rest)
		}
	}
	return out
}

func TestSubscriptionsEnd(t *testing.T) {
	l := newLab(t, 1)
	token := func() string { return l.as(bob, "chat.messages.readonly") }
	name := l.want(l.subscribeAs(bob, salesRoom, `,"ttl":"3600s"`), 200).str("response.name")
	l.w.Clock.Advance(30 * time.Minute)
	l.want(l.call(token(), "workspaceevents", "PATCH", "v1/"+name+"?updateMask=ttl", `{"ttl":"3600s"}`), 200)
	l.w.Clock.Advance(45 * time.Minute)
	l.want(l.call(token(), "workspaceevents", "GET", "v1/"+name, ""), 200)
	filter := query(`event_types:"google.workspace.chat.message.v1.created" AND target_resource="//chat.googleapis.com/spaces/` + salesRoom + `"`)
	if list := l.want(l.call(token(), "workspaceevents", "GET", "v1/subscriptions?filter="+filter, ""), 200).list("subscriptions"); len(list) != 1 {
		t.Errorf("%d subscriptions listed", len(list))
	}
	l.w.Clock.Advance(time.Hour)
	l.want(l.call(token(), "workspaceevents", "GET", "v1/"+name, ""), 404)
	if got := lifecycles(l.pull()); len(got) != 1 || got[0] != "expired" {
		t.Errorf("announced %v, want its expiry", got)
	}
	l.want(l.call(token(), "workspaceevents", "DELETE", "v1/"+name, ""), 404)
	l.want(l.call(token(), "workspaceevents", "DELETE", "v1/"+name+"?allowMissing=true", ""), 200)
	// Whoever leaves the space loses what it announced in his name.
	name = l.want(l.subscribeAs(bob, salesRoom, ""), 200).str("response.name")
	if err := l.ten.Leave(salesRoom, bobID); err != nil {
		t.Fatal(err)
	}
	a := l.want(l.call(token(), "workspaceevents", "GET", "v1/"+name, ""), 200)
	if a.str("state") != "SUSPENDED" || a.str("suspensionReason") != "USER_AUTHORIZATION_FAILURE" {
		t.Errorf("after leaving: %s", a.raw)
	}
}

func TestSubscriptionsAreSuspendedByFault(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(bob, "chat.messages.readonly")
	name := l.want(l.subscribeAs(bob, salesRoom, ""), 200).str("response.name")
	l.turn(faultSuspended, true)
	if a := l.want(l.call(token, "workspaceevents", "GET", "v1/"+name, ""), 200); a.str("state") != "SUSPENDED" {
		t.Errorf("with the fault: %s", a.raw)
	}
	l.says("aaaaaaaaaaa.aaaaaaaaaaa", "unannounced")
	if list := l.pull(); len(list) != 1 || len(lifecycles(list)) != 1 {
		t.Errorf("announced %v, want the suspension alone", list)
	}
	l.want(l.call(token, "workspaceevents", "POST", "v1/"+name+":reactivate", `{}`), 400)
	l.turn(faultSuspended, false)
	l.want(l.call(token, "workspaceevents", "POST", "v1/"+name+":reactivate", `{}`), 200)
	l.says("bbbbbbbbbbb.bbbbbbbbbbb", "announced")
	if list := l.pull(); len(list) != 1 {
		t.Errorf("%d announcements after reactivation", len(list))
	}
}

func TestNotificationsAreLostByFault(t *testing.T) {
	l := newLab(t, 1)
	l.want(l.subscribeAs(bob, salesRoom, ""), 200)
	l.turn(faultLost, true)
	l.says("aaaaaaaaaaa.aaaaaaaaaaa", "lost")
	if list := l.pull(); len(list) != 0 {
		t.Errorf("announced %v", list)
	}
	l.turn(faultLost, false)
	l.says("bbbbbbbbbbb.bbbbbbbbbbb", "found")
	if list := l.pull(); len(list) != 1 {
		t.Errorf("%d announcements, want one", len(list))
	}
}

func TestATopicIsPreparedByHand(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(dana, "pubsub")
	topic, queue := "projects/"+l.sa["project_id"]+"/topics/own", "projects/"+l.sa["project_id"]+"/subscriptions/own"
	l.want(l.call(token, "pubsub", "PUT", "v1/"+topic, `{}`), 200)
	l.want(l.call(token, "pubsub", "POST", "v1/"+topic+":setIamPolicy", `{"policy":{"bindings":[{"role":"`+rolePublisher+`","members":["`+chatPublisher+`"]}]}}`), 200)
	if a := l.want(l.call(token, "pubsub", "GET", "v1/"+topic+":getIamPolicy", ""), 200); a.str("bindings.0.members.0") != chatPublisher {
		t.Errorf("policy %s", a.raw)
	}
	q := l.want(l.call(token, "pubsub", "PUT", "v1/"+queue, `{"topic":"`+topic+`","ackDeadlineSeconds":20}`), 200)
	if q.at("ackDeadlineSeconds") != float64(20) || q.str("topic") != topic {
		t.Errorf("subscription %s", q.raw)
	}
	l.want(l.call(token, "pubsub", "GET", "v1/"+queue, ""), 200)
	l.want(l.call(token, "pubsub", "DELETE", "v1/"+queue, ""), 200)
	l.want(l.call(token, "pubsub", "GET", "v1/"+queue, ""), 404)
	if d := l.em.Deployment(); d["pubsub.topic"] != l.topic() || d["pubsub.subscription"] != l.queue() || d["endpoint.pubsub"] == "" || d["endpoint.workspaceevents"] == "" {
		t.Errorf("deployment lacks the topic: %v %v", d["pubsub.topic"], d["pubsub.subscription"])
	}
}
