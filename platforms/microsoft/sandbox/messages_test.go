package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	world "miohub/platforms/sandbox"
)

func TestPostReplyEditDeleteAndReact(t *testing.T) {
	r := newRig(t)
	ann, bridge := r.as(annID, bridgeScopes), r.as(bridgeID, bridgeScopes)
	root := r.want(r.graph("POST", messagesPath(deals), ann, say("hello")), 201)
	path := messagesPath(deals) + "/" + root.text("id")
	if root.json["from"].(map[string]any)["user"].(map[string]any)["id"] != annID || root.header.Get("Location") != r.urls["graph_url"]+"v1.0"+path {
		t.Errorf("posted %s, Location %s", root.raw, root.header.Get("Location"))
	}
	answered := r.want(r.graph("POST", path+"/replies", bridge, map[string]any{"body": map[string]any{"content": "1 < 2 & so on"}}), 201)
	if answered.text("replyToId") != root.text("id") || answered.json["body"].(map[string]any)["contentType"] != "text" {
		t.Errorf("reply %s", answered.raw)
	}
	reply := path + "/replies/" + answered.text("id")
	r.want(r.graph("PATCH", reply, bridge, say("<b>edited</b>")), 204)
	got := r.want(r.graph("GET", reply, ann, nil), 200)
	if got.json["body"].(map[string]any)["content"] != "<p><strong>edited</strong></p>" || got.json["lastEditedDateTime"] == nil {
		t.Errorf("edited %s", got.raw)
	}
	r.want(r.graph("POST", path+"/setReaction", bridge, map[string]any{"reactionType": "💘"}), 204)
	r.want(r.graph("POST", path+"/setReaction", bridge, map[string]any{"reactionType": "👍"}), 204)
	r.want(r.graph("POST", path+"/setReaction", bridge, map[string]any{"reactionType": "like"}), 204) // the same one
	r.want(r.graph("POST", path+"/unsetReaction", bridge, map[string]any{"reactionType": "💘"}), 204)
	if list := r.want(r.graph("GET", path, ann, nil), 200).json["reactions"].([]any); len(list) != 1 || list[0].(map[string]any)["reactionType"] != "like" {
		t.Errorf("reactions %v", list)
	}
	r.want(r.graph("POST", reply+"/softDelete", bridge, nil), 204)
	gone := r.want(r.graph("GET", reply, ann, nil), 200)
	if gone.json["deletedDateTime"] == nil || gone.json["body"].(map[string]any)["content"] != "" {
		t.Errorf("deleted %s", gone.raw)
	}
	r.want(r.graph("POST", reply+"/undoSoftDelete", bridge, nil), 204)
	back := r.want(r.graph("GET", reply, ann, nil), 200)
	if back.json["deletedDateTime"] != nil || back.json["body"].(map[string]any)["content"] != "<p><strong>edited</strong></p>" {
		t.Errorf("restored %s", back.raw)
	}
}

func TestANewPostIsSeenAfterAMoment(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, bridgeScopes)
	read := func() int {
		return len(r.want(r.do("GET", r.urls["graph_url"]+"v1.0"+messagesPath(deals), token, nil), 200).values())
	}
	r.pass(time.Minute)
	r.want(r.do("POST", r.urls["graph_url"]+"v1.0"+messagesPath(deals), token, say("at once?")), 201)
	if n := read(); n != 0 {
		t.Errorf("seen at once: %d", n)
	}
	r.pass(time.Minute)
	read = func() int {
		return len(r.want(r.do("GET", r.urls["graph_url"]+"v1.0"+messagesPath(deals), token, nil), 200).values()) - 1
	}
	for range 2 { // identical posts are two
		r.want(r.do("POST", r.urls["graph_url"]+"v1.0"+messagesPath(deals), token, say("same")), 201)
		r.pass(time.Second)
	}
	if n := read(); n > 1 {
		t.Errorf("two and one seconds after: %d", n)
	}
	r.pass(600 * time.Millisecond)
	if n := read(); n != 1 {
		t.Errorf("after two and a half seconds and one and a half: %d", n)
	}
	r.pass(2 * time.Second)
	if n := read(); n != 2 {
		t.Errorf("after both waited: %d", n)
	}
}

func TestMessagesPageNewestFirstWithReplies(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, bridgeScopes)
	var roots []string
	for i := range 5 {
		m, err := r.w.Say(TenantName, deals, annID, "", r.c.newMessageID(), world.Text(fmt.Sprint("root ", i)))
		must(t, err)
		roots = append([]string{m.ID}, roots...)
		_, err = r.w.Say(TenantName, deals, benID, m.ID, r.c.newMessageID(), world.Text("reply"))
		must(t, err)
	}
	var seen []string
	next := messagesPath(deals) + "?$top=2&$expand=replies"
	for next != "" && len(seen) < 10 {
		a := r.want(r.graph("GET", next, token, nil), 200)
		seen = append(seen, ids(a.values())...)
		for _, m := range a.values() {
			if len(m["replies"].([]any)) != 1 {
				t.Errorf("replies of %v", m["id"])
			}
		}
		next = a.text("@odata.nextLink")
	}
	if !slices.Equal(seen, roots) {
		t.Errorf("paged %v, want %v", seen, roots)
	}
	escaped := "/teams/" + sales + "/channels/19%3Adeals%40thread.tacv2/messages"
	if a := r.want(r.graph("GET", escaped, token, nil), 200); len(a.values()) != 5 {
		t.Errorf("with every character encoded: %s", a.raw)
	}
	if list := r.want(r.graph("GET", messagesPath(deals)+"/"+roots[0]+"/replies", token, nil), 200).values(); len(list) != 1 || list[0]["replyToId"] != roots[0] {
		t.Errorf("replies %v", list)
	}
}

func TestMoreRepliesThanExpandCarries(t *testing.T) {
	r := newRig(t)
	root, err := r.w.Say(TenantName, deals, annID, "", r.c.newMessageID(), world.Text("long"))
	must(t, err)
	for range maxReplies + 3 {
		_, err := r.w.Say(TenantName, deals, annID, root.ID, r.c.newMessageID(), world.Text("x"))
		must(t, err)
	}
	token := r.as(annID, bridgeScopes)
	m := r.want(r.graph("GET", messagesPath(deals)+"?$expand=replies", token, nil), 200).values()[0]
	rest := r.want(r.graph("GET", m["replies@odata.nextLink"].(string), token, nil), 200)
	if len(m["replies"].([]any)) != maxReplies || len(rest.values()) != 3 {
		t.Errorf("%d expanded, %d behind the link", len(m["replies"].([]any)), len(rest.values()))
	}
}

// deltaRound reads a delta to its end and returns the roots and the next link.
func deltaRound(r *rig, link, token string) (roots []string, next string) {
	for range 20 {
		a := r.want(r.graph("GET", link, token, nil), 200)
		roots = append(roots, ids(a.values())...)
		if next = a.text("@odata.deltaLink"); next != "" {
			return roots, next
		}
		link = a.text("@odata.nextLink")
	}
	r.t.Fatal("the delta does not end")
	return nil, ""
}

func TestMessagesDelta(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, bridgeScopes)
	say := func(root, text string) string {
		m, err := r.w.Say(TenantName, deals, annID, root, r.c.newMessageID(), world.Text(text))
		must(t, err)
		return m.ID
	}
	old := say("", "old")
	must(t, func() error {
		_, err := r.w.Say(TenantName, general, annID, "", r.c.newMessageID(), world.Text("elsewhere"))
		return err
	}())
	since := r.w.Clock.Now().Add(time.Second)
	time.Sleep(1100 * time.Millisecond) // message times are the calendar's, which no test moves
	plain, plainLink := deltaRound(r, messagesPath(deals)+"/delta()?$top=1", token)
	filter := "?$expand=replies&$filter=" + url.QueryEscape("lastModifiedDateTime gt "+timestamp(since))
	filtered, filteredLink := deltaRound(r, messagesPath(deals)+"/delta"+filter, token)
	if !slices.Equal(plain, []string{old}) || len(filtered) != 0 {
		t.Errorf("first rounds: %v, filtered %v", plain, filtered)
	}
	fresh := []string{say("", "one"), say("", "two"), say("", "three")}
	plain, plainLink = deltaRound(r, plainLink, token)
	filtered, filteredLink = deltaRound(r, filteredLink, token)
	slices.Reverse(fresh)
	if !slices.Equal(plain, fresh) || !slices.Equal(filtered, fresh) {
		t.Errorf("new roots %v: %v, filtered %v", fresh, plain, filtered)
	}
	say(old, "a late reply")
	plain, plainLink = deltaRound(r, plainLink, token)
	filtered, filteredLink = deltaRound(r, filteredLink, token)
	if len(plain) != 0 || !slices.Equal(filtered, []string{old}) {
		t.Errorf("a reply alone brings %v, filtered %v: only the filter brings the root back", plain, filtered)
	}
	must(t, r.w.Correct(TenantName, deals, fresh[0], world.Text("corrected")))
	must(t, r.w.Retract(TenantName, deals, fresh[1]))
	plain, _ = deltaRound(r, plainLink, token)
	filtered, _ = deltaRound(r, filteredLink, token)
	if !slices.Equal(plain, fresh[:2]) || !slices.Equal(filtered, fresh[:2]) {
		t.Errorf("changed roots %v, filtered %v, want %v", plain, filtered, fresh[:2])
	}
}

func TestDeltaLosesNothingThatIsSlowToAppear(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, bridgeScopes)
	get := func(link string) answer {
		r.pass(1100 * time.Millisecond) // enough for the quota, too little for replication
		if !strings.HasPrefix(link, "http") {
			link = r.urls["graph_url"] + "v1.0" + link
		}
		return r.want(r.do("GET", link, token, nil), 200)
	}
	link := get(messagesPath(deals) + "/delta").text("@odata.deltaLink")
	said, seen := map[string]bool{}, map[string]int{}
	for i := range 12 {
		if i < 8 {
			m, err := r.w.Say(TenantName, deals, annID, "", r.c.newMessageID(), world.Text("x"))
			must(t, err)
			said[m.ID] = true
		}
		a := get(link)
		for _, id := range ids(a.values()) {
			seen[id]++
		}
		link = a.text("@odata.deltaLink")
	}
	if len(seen) != len(said) {
		t.Errorf("said %d, the delta told %d", len(said), len(seen))
	}
}

func TestWhatIsNotEmulatedSaysSo(t *testing.T) {
	r := newRig(t)
	if a := r.do("GET", r.urls["graph_url"]+"beta/me", r.as(annID, bridgeScopes), nil); a.status != 501 {
		t.Errorf("beta: %d %s", a.status, a.raw)
	}
	shared := map[string]any{"displayName": "Shared", "membershipType": "shared"}
	if a := r.graph("POST", "/teams/"+sales+"/channels", r.as(annID, "Channel.Create"), shared); a.status != 501 || a.code() != "NotImplemented" {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

func TestMentionsComeBack(t *testing.T) {
	r := newRig(t)
	token := r.as(annID, bridgeScopes)
	body := with(say(`<div>hi <at id="0">Mio Bridge</at></div>`), "mentions", []any{map[string]any{
		"id": 0, "mentionText": "Mio Bridge", "mentioned": map[string]any{"user": map[string]any{"id": bridgeID, "displayName": "x", "userIdentityType": "aadUser"}},
	}})
	posted := r.want(r.graph("POST", messagesPath(deals), token, body), 201)
	m := posted.json["mentions"].([]any)[0].(map[string]any)
	if posted.json["body"].(map[string]any)["content"] != `<div>hi <at id="0">Mio Bridge</at></div>` || m["mentioned"].(map[string]any)["user"].(map[string]any)["id"] != bridgeID {
		t.Errorf("posted %s", posted.raw)
	}
	kept, _ := r.tenant.Message(deals, posted.text("id"))
	if run := kept.Body[0].Runs; len(run) != 2 || run[1].Mention != bridgeID {
		t.Errorf("the World keeps %+v", kept.Body)
	}
}
