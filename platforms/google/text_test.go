package google

import (
	"encoding/json"
	"go/build"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"miohub/platforms"
	"miohub/platforms/richtext"
	"miohub/platforms/richtext/richtexttest"
)

func TestMarkdownRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := richtexttest.Doc().Draw(t, "doc")
		known := map[string]platforms.Mentioned{}
		for _, user := range richtext.Mentions(doc) {
			if rapid.Bool().Draw(t, "known") {
				known[user] = platforms.Mentioned{User: platforms.UserID(user)}
			}
		}
		rendered := renderMarkdown(doc, known)
		got, err := parseMarkdown(rendered)
		if err != nil {
			t.Fatal(err)
		}
		want := richtext.Addressed(doc, func(user string) bool { _, ok := known[user]; return ok })
		// formattedText names nobody.
		want = richtext.Map(want, func(s richtext.Span) richtext.Span {
			if s.Mention != nil {
				s.Text = ""
			}
			return s
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("read back differs (-want +got):\n%s\nrendered:\n%s", diff, rendered)
		}
	})
}

func paragraph(spans ...richtext.Span) richtext.Doc {
	return richtext.Doc{{Kind: richtext.Paragraph, Spans: spans}}
}

func TestRenderMarkdown(t *testing.T) {
	const bold, italic, strike, mono = richtext.Bold, richtext.Italic, richtext.Strike, richtext.Mono
	span := func(text string, style richtext.Style) richtext.Span { return richtext.Span{Text: text, Style: style} }
	text := func(s string) richtext.Doc { return paragraph(span(s, 0)) }
	item := func(s string, nested ...richtext.Block) richtext.Item {
		return richtext.Item{Spans: []richtext.Span{span(s, 0)}, Blocks: nested}
	}
	for name, tt := range map[string]struct {
		doc  richtext.Doc
		want string
	}{
		"plain":            {text("Hi, see you at 5 (or 6)!"), "Hi, see you at 5 (or 6)!"},
		"two lines":        {text("a\nb"), "a\nb"},
		"styles":           {paragraph(span("a", bold), span(" ", 0), span("b", italic), span(" ", 0), span("c", strike), span(" ", 0), span("d", mono)), "**a** *b* ~~c~~ `d`"},
		"all styles":       {paragraph(span("a", bold|italic|strike)), "**_~~a~~_**"},
		"inside a word":    {paragraph(span("un", 0), span("believ", bold), span("able", italic)), "un**believ**_able_"},
		"space at an edge": {paragraph(span(" a ", bold), span("b", 0)), "\u00a0**a** b"},
		"punctuation at an edge": {
			paragraph(span("注意：", bold), span("明日", 0)), "**注意：**&#26126;日",
		},
		"literal markup": {text("*a* _b_ ~c~ `d` [e](f) <g> \\"), "\\*a\\* \\_b\\_ \\~c\\~ \\`d\\` \\[e\\](f) \\<g\\> \\\\"},
		"names stay":     {text("snake_case AT&T &amp; a/b"), "snake_case AT&T \\&amp; a/b"},
		"line starts":    {text("# a\n1. b\n- c\n> d\n---\n==="), "\\# a\n1\\. b\n\\- c\n\\> d\n\\---\n\\==="},
		"edges of lines": {text("  a \n b"), "\u00a0\u00a0a\u00a0\n\u00a0b"},
		"nobody is everybody": {
			paragraph(span("<users/all> ", 0), richtext.Span{Text: "all", Mention: &richtext.Mention{Everyone: true}}),
			"\\<users\\/all\\> everyone",
		},
		"mentions": {
			paragraph(richtext.Span{Text: "Dana", Mention: &richtext.Mention{User: "t1"}}, span(" and ", 0),
				richtext.Span{Text: "Eve", Mention: &richtext.Mention{User: "t2"}}),
			"<users/101> and **Eve**",
		},
		"a link":       {paragraph(richtext.Span{Text: "a]b", Link: "https://x.example/(1)_2"}), "[a\\]b](https://x.example/\\(1\\)_2)"},
		"no image":     {paragraph(span("!", 0), richtext.Span{Text: "a", Link: "https://x.example/"}), "\\![a](https://x.example/)"},
		"code in code": {paragraph(span("a`b", mono), span(" ", 0), span("`", mono)), "``a`b`` `` ` ``"},
		"code block":   {richtext.Doc{{Kind: richtext.Code, Text: "a\n\n````b"}}, "`````\na\n\n````b\n`````"},
		"quote":        {richtext.Doc{{Kind: richtext.Quote, Blocks: append(text("a\nb"), text("c")...)}}, "> a\n> b\n>\n> c"},
		"lists": {
			richtext.Doc{{Kind: richtext.List, Items: []richtext.Item{
				item("a\nb", richtext.Block{Kind: richtext.List, Ordered: true, Items: []richtext.Item{item("c"), item("d")}}), item("e"),
			}}},
			"- a\n  b\n  1. c\n  2. d\n- e",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := renderMarkdown(tt.doc, map[string]platforms.Mentioned{"t1": {User: "users/101"}, "all": {User: "all"}})
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestParseMarkdown(t *testing.T) {
	span := func(text string, style richtext.Style, link string) richtext.Span {
		return richtext.Span{Text: text, Style: style, Link: link}
	}
	for name, tt := range map[string]struct {
		in   string
		want richtext.Doc
	}{
		"breaks":             {"a\nb  \nc\\\nd", paragraph(span("a\nb\nc\nd", 0, ""))},
		"html is text":       {"<b>a</b> <!-- x -->\n<div>", paragraph(span("<b>a</b> <!-- x -->\n<div>", 0, ""))},
		"an html block":      {"<div>\n*a*\n</div>", paragraph(span("<div>\n", 0, ""), span("a", richtext.Italic, ""), span("\n</div>", 0, ""))},
		"a heading":          {"## A `b`", paragraph(span("A", richtext.Bold, ""), span(" ", 0, ""), span("b", richtext.Mono, ""))},
		"an image":           {"![alt](https://x.example/i.png)", paragraph(span("alt", 0, "https://x.example/i.png"))},
		"an unnamed image":   {"![](https://x.example/i.png)", paragraph(span("https://x.example/i.png", 0, "https://x.example/i.png"))},
		"autolinks":          {"<https://x.example/> <a@x.example>", paragraph(span("https://x.example/", 0, "https://x.example/"), span(" ", 0, ""), span("a@x.example", 0, "mailto:a@x.example"))},
		"a link to nowhere":  {"[a](javascript:x)", paragraph(span("a (javascript:x)", 0, ""))},
		"link definitions":   {"[a]: https://x.example", paragraph(span("[a]: https://x.example", 0, ""))},
		"custom emoji":       {"a :party_parrot: b", paragraph(span("a :party_parrot: b", 0, ""))},
		"a rule":             {"a\n\n---", append(paragraph(span("a", 0, "")), paragraph(span("———", 0, ""))...)},
		"references":         {"&lt;&#98;&amp;&nope; \\&lt;", paragraph(span("<b&&nope; &lt;", 0, ""))},
		"a mention":          {"<users/117>, **<users/all>**", paragraph(richtext.Span{Mention: &richtext.Mention{User: "117"}}, span(", ", 0, ""), richtext.Span{Mention: &richtext.Mention{Everyone: true}})},
		"no mention in code": {"`<users/1>`", paragraph(span("<users/1>", richtext.Mono, ""))},
		"a loose list":       {"1. a\n\n2. b", richtext.Doc{{Kind: richtext.List, Ordered: true, Items: []richtext.Item{{Spans: []richtext.Span{span("a", 0, "")}}, {Spans: []richtext.Span{span("b", 0, "")}}}}}},
		"indented code":      {"    a\n     b", richtext.Doc{{Kind: richtext.Code, Text: "a\n b"}}},
		"nothing":            {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseMarkdown(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// readsBack holds for anything that was once read: it is in normal form, and
// rendered it reads the same again.
func readsBack(t interface {
	Helper()
	Fatalf(string, ...any)
}, source string) richtext.Doc {
	t.Helper()
	doc, err := parseMarkdown(source)
	if err != nil {
		t.Fatalf("parse %q: %v", source, err)
	}
	known := map[string]platforms.Mentioned{}
	for _, user := range richtext.Mentions(doc) {
		known[user] = platforms.Mentioned{User: platforms.UserID(user)}
	}
	want := richtext.Addressed(doc, func(user string) bool { return mentionID.MatchString(user) })
	rendered := renderMarkdown(doc, known)
	got, err := parseMarkdown(rendered)
	if err != nil {
		t.Fatalf("parse %q: %v", rendered, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%q, rendered %q, reads back differently (-want +got):\n%s", source, rendered, diff)
	}
	return doc
}

func TestParseMarkdownTakesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		readsBack(t, rapid.OneOf(richtexttest.Text(), rapid.String()).Draw(t, "source"))
	})
	for _, hostile := range []string{
		strings.Repeat(">", 2000) + "a", strings.Repeat("- ", 2000) + "a", strings.Repeat("*a_ ", 2000), strings.Repeat("[", 2000),
		strings.Repeat("`", 2000), strings.Repeat("![](", 1000), "a\x00b\xff\xfe", strings.Repeat("<users/", 1000),
	} {
		readsBack(t, hostile)
	}
}

// TestCommonMarkExamples reads the examples published with CommonMark: each
// word of an example must still be there.
func TestCommonMarkExamples(t *testing.T) {
	goldmark, err := build.Import("github.com/yuin/goldmark", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(goldmark.Dir, "_test", "spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct {
		Markdown string `json:"markdown"`
		Example  int    `json:"example"`
		Section  string `json:"section"`
	}
	if err := json.Unmarshal(data, &examples); err != nil {
		t.Fatal(err)
	}
	if len(examples) < 600 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, e := range examples {
		plain := richtext.Plain(readsBack(t, e.Markdown))
		if strings.ContainsAny(e.Markdown, "&\\%") || e.Section == "Links" || e.Section == "Images" || strings.Contains(e.Markdown, "```") || strings.Contains(e.Markdown, "~~~") {
			continue // what is written there is not what is shown
		}
		for _, word := range strings.FieldsFunc(e.Markdown, func(r rune) bool { return !unicode.IsLetter(r) }) {
			if !strings.Contains(plain, word) {
				t.Errorf("example %d (%s): %q of %q is gone: %q", e.Example, e.Section, word, e.Markdown, plain)
			}
		}
	}
}
