package sandbox

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"miohub/platforms/google/sandbox/discovery"
)

func TestFieldMasks(t *testing.T) {
	l := newLab(t, 1)
	c := &call{g: &google{cat: l.cat}, m: discovery.Method{API: "chat", Response: "ListMessagesResponse"}}
	value := map[string]any{
		"nextPageToken": "n",
		"messages":      []map[string]any{{"text": "t", "sender": map[string]any{"name": "u", "type": "HUMAN"}, "thread": map[string]any{"name": "x"}}},
	}
	message := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return map[string]any{"messages": []map[string]any{m}}
	}
	for expr, want := range map[string]map[string]any{
		"":                                   value,
		"*":                                  value,
		"nextPageToken":                      {"nextPageToken": "n"},
		"messages/text":                      message("text", "t"),
		"messages.text":                      message("text", "t"),
		"messages(text,sender/name)":         message("text", "t", "sender", map[string]any{"name": "u"}),
		"messages(sender(name),thread)":      message("sender", map[string]any{"name": "u"}, "thread", map[string]any{"name": "x"}),
		"messages/sender/name,messages/text": message("text", "t", "sender", map[string]any{"name": "u"}),
		"messages(*)":                        message("text", "t", "sender", map[string]any{"name": "u", "type": "HUMAN"}, "thread", map[string]any{"name": "x"}),
		"messages/*/name":                    message("sender", map[string]any{"name": "u"}, "thread", map[string]any{"name": "x"}, "text", "t"),
	} {
		m, bad := c.mask(expr)
		if bad != nil {
			t.Errorf("%s: %v", expr, bad)
		} else if got := m.apply(value); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", expr, got, want)
		}
	}
	for _, expr := range []string{"messages(", "messages)", ",", "messages(text", "messages/", "x", "messages/x", "messages(text)x", "nextPageToken/x"} {
		if _, bad := c.mask(expr); bad == nil || bad.code != http.StatusBadRequest {
			t.Errorf("%q is accepted", expr)
		}
	}
}

// Names in the wire format's other spelling, gzip and null are understood.
func TestRequestForms(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(ann, "chat.messages", "chat.spaces")
	a := l.post(token, "?message_id=client-snake", `{"text":"**x**","markup_syntax":"MARKUP_SYNTAX_CHAT","thread":null,"sender":{"name":"users/1"}}`)
	if a.str("clientAssignedMessageId") != "client-snake" || a.str("formattedText") != "**x**" || a.str("sender.name") != "users/"+annID {
		t.Errorf("snake case: %s", a.raw)
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write([]byte(`{"text":"zipped"}`)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, l.urls["chat"]+sales+"/messages?prettyPrint=false&$.xgafv=2&quotaUser=x", &z)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Content-Encoding": {"gzip"}, "Content-Type": {"application/json; charset=UTF-8"}, "Authorization": {"bearer " + token}}
	if a := l.want(l.do(req), 200); a.str("text") != "zipped" || strings.Contains(strings.TrimSpace(a.raw), "\n") {
		t.Errorf("zipped: %s", a.raw)
	}
	if a := l.want(l.call("", "chat", "GET", "v1/spaces?access_token="+token, ""), 200); len(a.list("spaces")) != 1 {
		t.Errorf("token in the query: %s", a.raw)
	}
	if a := l.call(token, "chat", "POST", sales+"/messages", `{"text":5,"nope":1,"thread":{"x":{}}}`); len(a.list("error.details.0.fieldViolations")) != 3 {
		t.Errorf("several mistakes: %s", a.raw)
	}
}

// No text and no filter brings the parsers down.
func TestParsersStand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("a1 *_~`<>|/:users[]()#-.!&;\\\n\"=é"))).Draw(t, "text")
		who := func(id string) (string, string, bool) { return id, id, true }
		renderChat(parseMarkdown(s, who))
		checkMarkdown(t, "posted in Chat markup: "+s, parseChat(s, who))
		parseFilter(s)
		userQuery(s)
	})
}
