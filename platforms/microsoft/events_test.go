package microsoft

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/richtext"
)

func TestMessageIdsHoldTheirPlace(t *testing.T) {
	const room = "team/19:abc@thread.tacv2"
	for _, reply := range []string{"", "101"} {
		got, err := locate(messageID(room, "100", reply))
		want := position{graph.Place{Team: "team", Channel: "19:abc@thread.tacv2"}, "100"}
		if reply != "" {
			want.Root, want.id = "100", reply
		}
		if err != nil || got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	}
	for _, bad := range []platforms.MessageID{"", "a", "a/b", "a//c", "/b/c", "a/b/c/", "a/b/c/d/e", "spaces/x/messages/y/z"} {
		if _, err := locate(bad); platforms.KindOf(err) != platforms.NotFound {
			t.Errorf("locate(%q) = %v", bad, err)
		}
	}
	for _, bad := range []platforms.RoomID{"", "a", "/b", "a/"} {
		if _, err := place(bad); platforms.KindOf(err) != platforms.NotFound {
			t.Errorf("place(%q) = %v", bad, err)
		}
	}
}

// at is a time so many seconds after the room was linked.
func at(seconds int) time.Time {
	return time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
}

func stamp(seconds int) string { return at(seconds).Format("2006-01-02T15:04:05.000Z") }

// message is one as Graph writes it, with more fields put in.
func message(t *testing.T, id string, created, modified int, more string) graph.Message {
	t.Helper()
	text := `{"id":"` + id + `","messageType":"message","createdDateTime":"` + stamp(created) + `","lastModifiedDateTime":"` + stamp(modified) + `",
		"from":{"application":null,"user":{"id":"u1","displayName":"Jo"}},"body":{"contentType":"html","content":"<p>hi</p>"}` + more + `}`
	var m graph.Message
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// told is an event in short.
type told struct {
	Kind    platforms.EventKind
	Message platforms.MessageID
	Root    platforms.MessageID
	Time    time.Time
	Own     bool
}

func TestWhatChangedBecomesEvents(t *testing.T) {
	hi := richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: "hi"}}}}
	edited := `,"lastEditedDateTime":"` + stamp(20) + `"`
	tests := []struct {
		name string
		root graph.Message
		want []told
	}{
		{"a new message", message(t, "1", 10, 10, ""), []told{{platforms.MessageCreated, "t/c/1", "t/c/1", at(10), false}}},
		{"a message from before the link is not carried, whoever reacts to it", message(t, "1", -10, 15, `,"reactions":[{}]`), nil},
		{"a reaction is no edit", message(t, "1", 10, 30, `,"etag":"9"`), []told{{platforms.MessageCreated, "t/c/1", "t/c/1", at(10), false}}},
		{"an edited message may be new", message(t, "1", 10, 20, edited), []told{
			{platforms.MessageCreated, "t/c/1", "t/c/1", at(10), false}, {platforms.MessageEdited, "t/c/1", "t/c/1", at(20), false},
		}},
		{"an old message edited now", message(t, "1", -10, 20, edited), []told{{platforms.MessageEdited, "t/c/1", "t/c/1", at(20), false}}},
		{"a deleted message has nothing else to tell", message(t, "1", 10, 30, edited+`,"deletedDateTime":"`+stamp(30)+`"`), []told{
			{platforms.MessageDeleted, "t/c/1", "t/c/1", at(30), false},
		}},
		{"a message deleted before the link", message(t, "1", -30, -20, `,"deletedDateTime":"`+stamp(-20)+`"`), nil},
		{"a system message", message(t, "1", 10, 10, `,"messageType":"systemEventMessage","from":null`), nil},
		{"a post of our own", message(t, "1", 10, 10, `,"from":{"user":{"id":"bridge","displayName":"B"}}`), []told{{platforms.MessageCreated, "t/c/1", "t/c/1", at(10), true}}},
		{"an app that has the bridge's id is not the bridge", message(t, "1", 10, 10, `,"from":{"application":{"id":"bridge"},"user":null}`), []told{{platforms.MessageCreated, "t/c/1", "t/c/1", at(10), false}}},
		{"nobody is said to have written it", message(t, "1", 10, 10, `,"from":null`), []told{{platforms.MessageCreated, "t/c/1", "t/c/1", at(10), false}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := reader{room: "t/c", own: "bridge", after: at(0), repliesAfter: at(-60), memory: memory{}}
			var got []told
			for _, e := range r.thread(test.root) {
				got = append(got, told{e.Kind, e.Message, e.Root, e.Time, e.Own})
				if e.Kind != platforms.MessageDeleted && cmp.Diff(hi, e.Body) != "" {
					t.Errorf("body %v", e.Body)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRepliesBelongToTheirRoot(t *testing.T) {
	root := message(t, "1", -100, 50, "")
	root.Replies = []graph.Message{message(t, "2", 10, 10, `,"replyToId":"1"`), message(t, "3", 40, 40, `,"replyToId":"1"`)}
	r := reader{room: "t/c", own: "bridge", after: at(0), repliesAfter: at(30), memory: memory{}}
	got := r.thread(root)
	if len(got) != 1 || got[0].Message != "t/c/1/3" || got[0].Root != r.thread(message(t, "1", 10, 10, ""))[0].Message {
		t.Errorf("got %+v", got)
	}
}

func TestKeysAreStable(t *testing.T) {
	r := reader{room: "t/c", own: "bridge", after: at(0), memory: memory{}}
	first := r.thread(message(t, "1", 10, 10, ""))
	reacted := r.thread(message(t, "1", 10, 60, `,"etag":"2"`))
	if first[0].Key != reacted[0].Key || first[0].Version != reacted[0].Version {
		t.Error("a reaction looks like another version")
	}
	once := r.thread(message(t, "1", 10, 20, `,"lastEditedDateTime":"`+stamp(20)+`"`))
	twice := r.thread(message(t, "1", 10, 30, `,"lastEditedDateTime":"`+stamp(30)+`"`))
	if once[0].Key != first[0].Key || twice[0].Key != first[0].Key {
		t.Error("a message is created more than once")
	}
	if once[1].Key == twice[1].Key || once[1].Version == twice[1].Version || once[1].Version == first[0].Version {
		t.Error("two edits look like one")
	}
}

func TestBodiesSayWhatTheyLack(t *testing.T) {
	tests := []struct {
		name, more, text string
		lost             []string
	}{
		{"plain text", `,"body":{"contentType":"text","content":"a <b> & c"}`, "a <b> & c", nil},
		{"a subject", `,"subject":"News"`, "News\nhi", nil},
		{"a card that the text does not mention", `,"attachments":[{"id":"1","contentType":"application/vnd.microsoft.card.adaptive"}]`, "hi", []string{"1 attachment"}},
		{"a file that the text mentions", `,"body":{"contentType":"html","content":"<p>hi<attachment id=\"1\"></attachment></p>"},"attachments":[{"id":"1","contentType":"reference"}]`, "hi", []string{"1 attachment"}},
		{"a mention", `,"body":{"contentType":"html","content":"<p><at id=\"0\">Jo</at></p>"},"mentions":[{"id":0,"mentionText":"Jo","mentioned":{"application":null,"user":{"id":"u9","displayName":"Jo"}}}]`, "@Jo", nil},
		{"null in every place", `,"attachments":null,"mentions":null,"replies":null,"subject":null,"importance":null`, "hi", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, _, lost := said(message(t, "1", 10, 10, test.more), "t/c/1")
			if got := richtext.Plain(doc); got != test.text {
				t.Errorf("text %q, want %q", got, test.text)
			}
			if diff := cmp.Diff(test.lost, lost); diff != "" {
				t.Errorf("lost (-want +got):\n%s", diff)
			}
		})
	}
}
