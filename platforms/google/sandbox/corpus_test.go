package sandbox

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	world "miohub/platforms/sandbox"
)

// Everything the World's people may say reads back from Markdown, in one piece.
func TestHardTextsReadBack(t *testing.T) {
	for i, body := range world.Hard(world.Run{Mention: annID, Text: "Ann Lee"}) {
		checkMarkdown(t, fmt.Sprint("hard ", i), body)
		checkMarkdown(t, fmt.Sprint("quoted ", i), world.Body{{Kind: "quote", Body: flatten(body)}})
	}
	for _, talk := range world.Conversations() {
		for _, line := range talk.Lines {
			checkMarkdown(t, line.Say, world.Text(line.Say))
		}
	}
}

// What the client for Markdown's readers writes is understood.
func TestParseMarkdown(t *testing.T) {
	who := func(id string) (string, string, bool) { return annID, "Ann", id == annID || id == ann }
	for text, want := range map[string]world.Body{
		"a **b** *c* ~~d~~ `e`":                                 {para(run("", "a "), run("b", "b"), run("", " "), run("i", "c"), run("", " "), run("s", "d"), run("", " "), run("m", "e"))},
		"line\nbreak\n\npara":                                   {para(run("", "line\nbreak")), para(run("", "para"))},
		"<users/" + ann + "> hi <users/9>":                      {para(world.Run{Mention: annID, Text: "Ann"}, run("", " hi <users/9>"))},
		"`<users/" + annID + ">`":                               {para(run("m", "<users/"+annID+">"))},
		`\<users/` + annID + `>`:                                {para(run("", "<users/"+annID+">"))},
		"[x](https://a.example/?b=1&amp;c) <https://d.example>": {para(world.Run{Text: "x", Link: "https://a.example/?b=1&c"}, run("", " "), world.Run{Text: "https://d.example", Link: "https://d.example"})},
		"* a\n* b\n  * c\n\n1. d":                               {{Kind: "ul", Items: [][]world.Run{{run("", "a")}, {run("", "b")}, {run("", "c")}}}, {Kind: "ol", Items: [][]world.Run{{run("", "d")}}}},
		"> q\n> r\n>\n> s":                                      {{Kind: "quote", Body: world.Body{para(run("", "q\nr")), para(run("", "s"))}}},
		"```go\nx := 1\n\n```":                                  {{Kind: "code", Code: "x := 1\n"}},
		"<b>html</b> & <!-- x -->":                              {para(run("", "<b>html</b> & <!-- x -->"))},
		"<div>\n*x*\n</div>":                                    {para(run("", "<div>\n"), run("i", "x"), run("", "\n</div>"))},
		"# Title\ntext":                                         {para(run("b", "Title")), para(run("", "text"))},
		"a\\\nb  \nc":                                           {para(run("", "a\nb\nc"))},
		"https://a.example/x_y_z":                               {para(run("", "https://a.example/x_y_z"))},
	} {
		if got := parseMarkdown(text, who); !sameBody(got, want) {
			t.Errorf("%q\nreads as %+v\nwant     %+v", text, got, want)
		}
	}
}

// Chat's markup reads as its formatting page says, and is written back as it was.
func TestChatMarkup(t *testing.T) {
	who := func(id string) (string, string, bool) { return annID, "Ann", id == annID }
	for text, want := range map[string]world.Body{
		"*hello* _hello_ ~hello~ `he*l*lo`":                              {para(run("b", "hello"), run("", " "), run("i", "hello"), run("", " "), run("s", "hello"), run("", " "), run("m", "he*l*lo"))},
		"Your pizza *has arrived*!\nThank you for using _Cymbal Pizza!_": {para(run("", "Your pizza "), run("b", "has arrived"), run("", "!\nThank you for using "), run("i", "Cymbal Pizza!"))},
		"*_both_* 2*3*4 snake_case_x * y *":                              {para(run("bi", "both"), run("", " 2*3*4 snake_case_x * y *"))},
		"```\na *b*\n```\nafter":                                         {{Kind: "code", Code: "a *b*"}, para(run("", "after"))},
		"intro\n* one\n* *two*\nend":                                     {para(run("", "intro")), {Kind: "ul", Items: [][]world.Run{{run("", "one")}, {run("b", "two")}}}, para(run("", "end"))},
		"> q\n> r":                                                       {{Kind: "quote", Body: world.Body{para(run("", "q\nr"))}}},
		"<https://a.example|site> <users/" + annID + "> <users/9> <b>":   {para(world.Run{Text: "site", Link: "https://a.example"}, run("", " "), world.Run{Mention: annID, Text: "Ann"}, run("", " <users/9> <b>"))},
		"a\n\nb": {para(run("", "a")), para(run("", "b"))},
		"1. x":   {para(run("", "1. x"))},
	} {
		got := parseChat(text, who)
		if !sameBody(got, want) {
			t.Errorf("%q\nreads as %+v\nwant     %+v", text, got, want)
		}
		if back := renderChat(got); back != text {
			t.Errorf("%q is written back as %q", text, back)
		}
	}
}

// Plain text carries no markup, and mentions are found where annotations say.
func TestPlainText(t *testing.T) {
	body := world.Body{para(run("", "🙂 hi "), world.Run{Mention: annID, Text: "Ann Lee"}, run("b", " bold")), {Kind: "ul", Items: [][]world.Run{{run("i", "item")}}}}
	text, notes := plainText(body, false)
	if text != "🙂 hi @Ann Lee bold\n* item" || len(notes) != 1 || notes[0].start != 6 || notes[0].length != 8 {
		t.Errorf("%q %+v", text, notes)
	}
	if text, _ = plainText(body, true); !strings.Contains(text, "*bold*") || !strings.Contains(text, "_item_") {
		t.Errorf("with markup: %q", text)
	}
}

func BenchmarkRenderMarkdown(b *testing.B) {
	hard := world.Hard(world.Run{Mention: annID, Text: "Ann Lee"})
	for b.Loop() {
		for _, body := range hard {
			renderMarkdown(body)
		}
	}
	b.ReportMetric(float64(len(hard)), "bodies/op")
}

// Any CommonMark reader, GitHub's extensions included, reads plain texts back.
func TestOtherReaders(t *testing.T) {
	tags := regexp.MustCompile(`<[^>]*>`)
	for _, md := range []goldmark.Markdown{goldmark.New(), goldmark.New(goldmark.WithExtensions(extension.GFM))} {
		for _, body := range world.Hard(world.Run{Mention: annID, Text: "Ann Lee"}) {
			if len(body) != 1 || body[0].Kind != "p" || len(body[0].Runs) != 1 || body[0].Runs[0].Mention != "" || body[0].Runs[0].Mono {
				continue
			}
			want := body[0].Runs[0].Text
			var out bytes.Buffer
			if err := md.Convert([]byte(renderMarkdown(body)), &out); err != nil {
				t.Fatal(err)
			}
			breaks := strings.NewReplacer("<br>\n", "\n", "<br />\n", "\n").Replace(out.String())
			got := html.UnescapeString(tags.ReplaceAllString(breaks, ""))
			if strings.TrimSuffix(got, "\n") != want {
				t.Errorf("%q as %q\nreads as %q", want, renderMarkdown(body), got)
			}
		}
	}
}
