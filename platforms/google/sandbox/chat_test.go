package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	world "miohub/platforms/sandbox"
)

// get asks for a path and wants success.
func (l *lab) get(token, path string) answer {
	l.t.Helper()
	return l.want(l.call(token, "chat", "GET", path, ""), 200)
}

// view reads an object inside an answer.
func view(v any) answer {
	o, _ := v.(map[string]any)
	return answer{body: o}
}

func column(list []any, field string) []string {
	var out []string
	for _, item := range list {
		out = append(out, view(item).str(field))
	}
	return out
}

func TestThreads(t *testing.T) {
	l := newLab(t, 1)
	annT, bobT := l.as(ann, "chat.messages"), l.as(bob, "chat.messages")
	root := l.post(annT, "", `{"text":"root"}`)
	if root.at("threadReply") != nil {
		t.Errorf("a root is a reply: %s", root.raw)
	}
	thread := root.str("thread.name")
	const fallback, orFail = "?messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD", "?messageReplyOption=REPLY_MESSAGE_OR_FAIL"
	reply := l.post(bobT, fallback, `{"text":"reply","thread":{"name":"`+thread+`"}}`)
	if reply.str("thread.name") != thread || reply.at("threadReply") != true {
		t.Errorf("reply went elsewhere: %s", reply.raw)
	}
	for name, a := range map[string]answer{
		"no option":                      l.post(bobT, "", `{"text":"x","thread":{"name":"`+thread+`"}}`),
		"a thread that is not there":     l.post(bobT, fallback, `{"text":"x","thread":{"name":"spaces/`+salesRoom+`/threads/none"}}`),
		"an unknown key":                 l.post(bobT, fallback, `{"text":"x","thread":{"threadKey":"k1"}}`),
		"an unknown key that must exist": l.post(bobT, orFail, `{"text":"x","thread":{"threadKey":"k2"}}`),
	} {
		if a.str("thread.name") == thread || a.at("threadReply") != nil {
			t.Errorf("%s: want a new thread: %s", name, a.raw)
		}
	}
	first := l.post(annT, fallback, `{"text":"x","thread":{"threadKey":"k3"}}`)
	second := l.post(annT, orFail+"&threadKey=k3", `{"text":"y"}`)
	if first.str("thread.name") != second.str("thread.name") || second.str("thread.threadKey") != "k3" {
		t.Errorf("one key, two threads: %s %s", first.raw, second.raw)
	}

	// A message said by a person of the World has an id and thread of any form.
	said, err := l.w.Say(TenantName, salesRoom, annID, "", l.em.NewMessageID(), world.Text("said"))
	if err != nil {
		t.Fatal(err)
	}
	m := l.get(annT, sales+"/messages/"+said.ID)
	reply = l.post(bobT, orFail, `{"text":"answer","thread":{"name":"`+m.str("thread.name")+`"}}`)
	if got, ok := l.ten.Message(salesRoom, reply.str("name")[strings.LastIndexByte(reply.str("name"), '/')+1:]); !ok || got.Root != said.ID {
		t.Errorf("the World has root %q, want %q", got.Root, said.ID)
	}
	l.calm()
	list := l.get(annT, sales+"/messages?filter="+query("thread.name = "+m.str("thread.name"))).list("messages")
	if got := column(list, "text"); !slices.Equal(got, []string{"said", "answer"}) {
		t.Errorf("thread holds %v", got)
	}
}

func TestMessageLife(t *testing.T) {
	l := newLab(t, 1)
	annT := l.as(ann, "chat.messages")
	m := l.post(annT, "?messageId=client-a-1&requestId=q", `{"text":"one"}`)
	if m.str("lastUpdateTime") != "" || m.str("createTime") == "" {
		t.Errorf("new message: %s", m.raw)
	}
	alias := sales + "/messages/client-a-1"
	edited := l.want(l.call(annT, "chat", "PATCH", alias+"?updateMask=text", `{"text":"**two**","markupSyntax":"MARKUP_SYNTAX_MARKDOWN"}`), 200)
	if edited.str("name") != m.str("name") || edited.str("formattedText") != "**two**" || edited.str("text") != "two" || edited.str("lastUpdateTime") == "" {
		t.Errorf("edited: %s", edited.raw)
	}
	// Repeating the request shows what became of it.
	if again := l.post(annT, "?messageId=client-a-1&requestId=q", `{"text":"one"}`); again.str("name") != m.str("name") || again.str("text") != "two" {
		t.Errorf("repeated: %s", again.raw)
	}
	made := l.want(l.call(annT, "chat", "PATCH", sales+"/messages/client-new?allowMissing=true&updateMask=text", `{"text":"upserted"}`), 200)
	if made.str("clientAssignedMessageId") != "client-new" {
		t.Errorf("upserted: %s", made.raw)
	}
	if same := l.want(l.call(annT, "chat", "PATCH", sales+"/messages/client-new?allowMissing=true&updateMask=text", `{"text":"patched"}`), 200); same.str("name") != made.str("name") {
		t.Errorf("upserted twice: %s", same.raw)
	}
	l.post(l.as(bob, "chat.messages"), "?messageReplyOption=REPLY_MESSAGE_OR_FAIL", `{"text":"re","thread":{"name":"`+m.str("thread.name")+`"}}`)
	l.want(l.call(annT, "chat", "DELETE", alias+"?force=true", ""), 200)
	l.want(l.call(annT, "chat", "GET", alias, ""), 404)
	if got := column(l.get(annT, sales+"/messages").list("messages"), "text"); !slices.Equal(got, []string{"patched"}) {
		t.Errorf("left: %v", got)
	}
	all := l.get(annT, sales+"/messages?showDeleted=true").list("messages")
	if len(all) != 3 || view(all[0]).str("deletionMetadata.deletionType") != "CREATOR_VIA_APP" || all[0].(map[string]any)["text"] != nil {
		t.Errorf("with deleted: %v", all)
	}
}

// However many clients repeat one request at once, one message is made.
func TestRequestIDsHold(t *testing.T) {
	l := newLab(t, 1000)
	token := l.as(ann, "chat.messages")
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			path := sales + "/messages?requestId=same"
			if i%2 == 1 {
				path = sales + "/messages?messageId=client-same"
			}
			for l.call(token, "chat", "POST", path, `{"text":"once"}`).code == 429 {
			}
			for l.call(token, "chat", "PATCH", sales+"/messages/client-up?allowMissing=true&updateMask=text", `{"text":"up"}`).code == 429 {
			}
		}()
	}
	wait.Wait()
	if n := len(l.ten.Messages(salesRoom)); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

func TestApp(t *testing.T) {
	l := newLab(t, 1)
	l.seatApp()
	app, annT := l.as("", "chat.bot"), l.as(ann, "chat.messages", "chat.memberships", "chat.spaces")
	m := l.post(app, "?messageId=client-app", `{"text":"from *Bob*","markupSyntax":"MARKUP_SYNTAX_CHAT"}`)
	if m.str("sender.type") != "BOT" || m.str("text") != "from *Bob*" || m.str("formattedText") != "from *Bob*" {
		t.Errorf("app's message: %s", m.raw)
	}
	read := l.get(annT, sales+"/messages/client-app?markupSyntax=MARKUP_SYNTAX_MARKDOWN")
	if read.str("formattedText") != "from **Bob**" {
		t.Errorf("read as Markdown: %s", read.raw)
	}
	l.want(l.call(app, "chat", "PATCH", sales+"/messages/client-app?updateMask=text", `{"text":"new"}`), 200)
	if got := column(l.get(app, "v1/spaces").list("spaces"), "name"); !slices.Equal(got, []string{"spaces/" + salesRoom}) {
		t.Errorf("the app is in %v", got)
	}
	people := l.get(app, sales+"/members").list("memberships")
	if len(people) != 3 || view(people[0]).str("member.displayName") == "" {
		t.Errorf("the app sees %v", people)
	}
	all := l.get(annT, sales+"/members").list("memberships")
	bots := l.get(annT, sales+"/members?filter="+query(`member.type = "BOT"`)).list("memberships")
	if len(all) != 4 || len(bots) != 1 || view(all[0]).at("member.displayName") != nil {
		t.Errorf("a person sees %v and %v", all, bots)
	}
	l.calm()
	l.want(l.call(app, "chat", "DELETE", sales+"/messages/client-app", ""), 200)
	l.want(l.call(l.as(ann, "chat.memberships.app"), "chat", "DELETE", sales+"/members/app", ""), 200)
	l.want(l.call(app, "chat", "POST", sales+"/messages", `{"text":"x"}`), 403)
}

func TestSpacesAndMembers(t *testing.T) {
	l := newLab(t, 1)
	admin := l.as(dana, "chat.admin.spaces", "chat.admin.memberships")
	const both = `customer = "customers/my_customer" AND space_type = "SPACE"`
	search := func(more string) []string {
		return column(l.get(admin, "v1/spaces:search?useAdminAccess=true&query="+query(both+more)).list("results"), "space.displayName")
	}
	for q, want := range map[string][]string{
		"":                        {"Sales", "Ops café"},
		` AND display_name:"CAF"`: {"Ops café"},
		` AND display_name:"fé"`:  nil,
		` AND (display_name:"sal" OR display_name:"ops")`:                                          {"Sales", "Ops café"},
		` AND space_history_state = "HISTORY_OFF"`:                                                 {"Ops café"},
		` AND (create_time > "2020-01-01T00:00:00Z" AND create_time < "2021-01-01T00:00:00Z")`:     nil,
		` AND (create_time < "2020-01-01T00:00:00Z" OR create_time > "2021-01-01T00:00:00+01:00")`: {"Sales", "Ops café"},
		` AND external_user_allowed = "true"`:                                                      nil,
	} {
		if got := search(q); !slices.Equal(got, want) {
			t.Errorf("search %s: %v, want %v", q, got, want)
		}
	}
	page := l.get(admin, "v1/spaces:search?useAdminAccess=true&pageSize=1&orderBy="+query("create_time DESC")+"&query="+query(both))
	if got := column(page.list("results"), "space.displayName"); !slices.Equal(got, []string{"Ops café"}) || page.str("nextPageToken") == "" || page.at("totalSize") != 2.0 {
		t.Errorf("first page %s", page.raw)
	}
	mine := l.get(l.as(ann, "chat.spaces"), "v1/spaces:search?query="+query(`display_name:"sal" AND space_type = "SPACE"`))
	if len(mine.list("results")) != 1 || mine.at("totalSize") != nil {
		t.Errorf("own search %s", mine.raw)
	}

	annT := l.as(ann, "chat.spaces", "chat.memberships")
	made := l.want(l.call(annT, "chat", "POST", "v1/spaces:setup", `{"requestId":"s1","space":{"spaceType":"SPACE","displayName":"New"},"memberships":[{"member":{"name":"users/bob@acme.example","type":"HUMAN"}}]}`), 200)
	same := l.want(l.call(annT, "chat", "POST", "v1/spaces:setup", `{"requestId":"s1","space":{"spaceType":"SPACE","displayName":"New"}}`), 200)
	if made.str("name") != same.str("name") || made.at("membershipCount.joinedDirectHumanUserCount") != 2.0 {
		t.Errorf("set up %s then %s", made.raw, same.raw)
	}
	space := "v1/" + made.str("name")
	renamed := l.want(l.call(annT, "chat", "PATCH", space+"?updateMask=display_name,spaceDetails", `{"displayName":"Newer","spaceDetails":{"description":"d"}}`), 200)
	if renamed.str("displayName") != "Newer" || renamed.str("spaceDetails.description") != "d" {
		t.Errorf("renamed %s", renamed.raw)
	}
	joined := l.want(l.call(annT, "chat", "POST", space+"/members", `{"member":{"name":"users/`+camID+`","type":"HUMAN"}}`), 200)
	if joined.str("state") != "JOINED" || joined.str("role") != "ROLE_MEMBER" || joined.str("name") != made.str("name")+"/members/"+camID {
		t.Errorf("joined %s", joined.raw)
	}
	owners := l.get(annT, space+"/members?filter="+query(`role = "ROLE_MANAGER"`)).list("memberships")
	if got := column(owners, "member.name"); !slices.Equal(got, []string{"users/" + annID}) {
		t.Errorf("managers %v", got)
	}
	var ids []string
	for token := "x"; token != ""; {
		path := space + "/members?useAdminAccess=true&pageSize=2&filter=" + query(`member.type != "BOT"`)
		if token != "x" {
			path += "&pageToken=" + url.QueryEscape(token)
		}
		p := l.get(admin, path)
		ids = append(ids, column(p.list("memberships"), "member.name")...)
		token = p.str("nextPageToken")
	}
	if len(ids) != 3 {
		t.Errorf("paged members %v", ids)
	}
	l.calm()
	if gone := l.want(l.call(annT, "chat", "DELETE", space+"/members/bob@acme.example", ""), 200); gone.str("state") != "NOT_A_MEMBER" {
		t.Errorf("removed %s", gone.raw)
	}
	dm := `{"space":{"spaceType":"DIRECT_MESSAGE"},"memberships":[{"member":{"name":"users/bob@acme.example","type":"HUMAN"}}]}`
	one, two := l.want(l.call(annT, "chat", "POST", "v1/spaces:setup", dm), 200), l.want(l.call(annT, "chat", "POST", "v1/spaces:setup", dm), 200)
	if one.str("name") != two.str("name") || one.str("spaceType") != "DIRECT_MESSAGE" {
		t.Errorf("two direct messages: %s %s", one.raw, two.raw)
	}
}

func TestSpaceEvents(t *testing.T) {
	l := newLab(t, 1)
	annT := l.as(ann, "chat.messages", "chat.memberships", "chat.spaces", "chat.messages.reactions")
	start := l.w.Clock.Now().Add(-time.Second)
	m := l.post(annT, "", `{"text":"first"}`)
	l.want(l.call(annT, "chat", "PATCH", "v1/"+m.str("name")+"?updateMask=text", `{"text":"second"}`), 200)
	gone := l.post(annT, "", `{"text":"third"}`)
	r := l.want(l.call(annT, "chat", "POST", "v1/"+m.str("name")+"/reactions", `{"emoji":{"unicode":"👍"}}`), 200)
	if got := l.get(annT, "v1/"+m.str("name")); got.at("emojiReactionSummaries.0.reactionCount") != 1.0 {
		t.Errorf("summary: %s", got.raw)
	}
	l.want(l.call(annT, "chat", "DELETE", "v1/"+r.str("name"), ""), 200)
	l.want(l.call(annT, "chat", "DELETE", "v1/"+gone.str("name"), ""), 200)
	l.calm()
	l.want(l.call(annT, "chat", "POST", sales+"/members", `{"member":{"name":"users/`+camID+`","type":"HUMAN"}}`), 200)
	l.want(l.call(annT, "chat", "PATCH", sales+"?updateMask=displayName", `{"displayName":"Sold"}`), 200)

	const p = "google.workspace.chat."
	list := func(size int, kinds ...string) []any {
		var parts []string
		for _, k := range kinds {
			parts = append(parts, fmt.Sprintf("event_types:%q", p+k))
		}
		path := sales + "/spaceEvents?filter=" + query(fmt.Sprintf("start_time=%q AND (%s)", start.Format(time.RFC3339Nano), strings.Join(parts, " OR ")))
		var out []any
		for next := ""; ; {
			a := l.get(annT, path+fmt.Sprintf("&pageSize=%d", size)+next)
			out = append(out, a.list("spaceEvents")...)
			if a.str("nextPageToken") == "" {
				return out
			}
			next = "&pageToken=" + a.str("nextPageToken")
		}
	}
	events := list(2, "message.v1.created", "message.v1.updated", "message.v1.deleted", "membership.v1.created", "space.v1.updated", "reaction.v1.created", "reaction.v1.deleted")
	want := []string{"message.v1.created", "message.v1.updated", "message.v1.created", "reaction.v1.created", "reaction.v1.deleted", "message.v1.deleted", "membership.v1.created", "space.v1.updated"}
	var got []string
	for _, e := range column(events, "eventType") {
		got = append(got, strings.TrimPrefix(e, p))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("events %v\nwant   %v", got, want)
	}
	at := func(i int) answer { return view(events[i]) }
	if at(0).str("messageCreatedEventData.message.text") != "second" {
		t.Errorf("the payload is not the newest state: %v", events[0])
	}
	deleted, _ := at(5).at("messageDeletedEventData.message").(map[string]any)
	if len(deleted) != 3 || deleted["deletionMetadata"] == nil {
		t.Errorf("deleted payload %v", deleted)
	}
	if at(6).str("membershipCreatedEventData.membership.state") != "JOINED" || at(7).str("spaceUpdatedEventData.space.displayName") != "Sold" {
		t.Errorf("payloads %v %v", events[6], events[7])
	}
	if one := l.get(annT, "v1/"+at(3).str("name")); one.str("reactionCreatedEventData.reaction.emoji.unicode") != "👍" {
		t.Errorf("one event: %s", one.raw)
	}
	start = l.ten.Messages(salesRoom)[1].Created
	if later := list(10, "message.v1.created"); len(later) != 0 {
		t.Errorf("start_time is not exclusive: %v", later)
	}
}

// Pages of messages fit together in both directions while new ones arrive.
func TestMessagePages(t *testing.T) {
	l := newLab(t, 1)
	annT := l.as(ann, "chat.messages.readonly")
	say := func(i int) {
		if _, err := l.w.Say(TenantName, salesRoom, annID, "", l.em.NewMessageID(), world.Text(fmt.Sprint("m", i))); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 30 {
		say(i)
	}
	if n := len(l.get(annT, sales+"/messages").list("messages")); n != 25 {
		t.Errorf("%d on a page of no stated size, want 25", n)
	}
	if n := len(l.get(annT, sales+"/messages?pageSize=5000").list("messages")); n != 30 {
		t.Errorf("%d on a page of 5000, want 30", n)
	}
	for _, order := range []string{"ASC", "createTime desc"} {
		var seen []string
		for next := ""; ; {
			a := l.get(annT, sales+"/messages?pageSize=7&orderBy="+url.QueryEscape(order)+next)
			seen = append(seen, column(a.list("messages"), "text")...)
			say(100)
			l.calm()
			if a.str("nextPageToken") == "" || len(seen) > 60 {
				break
			}
			next = "&pageToken=" + a.str("nextPageToken")
		}
		distinct := slices.Compact(slices.Clone(seen))
		if i := slices.Index(distinct, "m29"); order == "ASC" && (i != 29 || distinct[0] != "m0") {
			t.Errorf("%s: %v", order, seen)
		}
		if order != "ASC" && (seen[len(seen)-1] != "m0" || !slices.Contains(seen, "m29")) {
			t.Errorf("%s: %v", order, seen)
		}
	}
	mid := l.ten.Messages(salesRoom)[9].Created
	a := l.get(annT, sales+"/messages?filter="+query(fmt.Sprintf("createTime > %q", mid.Format(time.RFC3339Nano)))+"&fields="+query("messages(text,sender/name),nextPageToken"))
	first := a.list("messages")[0].(map[string]any)
	if first["text"] != "m10" || len(first) != 2 {
		t.Errorf("after m9: %v", first)
	}
}
