package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	world "miohub/platforms/sandbox"
)

func bodyNames(body world.Body) names {
	return func(id string) (string, string, bool) {
		name, ok := mentionedIn(body, id)
		return id, name, ok
	}
}

// run is text in the styles named by letters: b, i, s, m.
func run(letters, text string) world.Run {
	return world.Run{Text: text, Bold: strings.Contains(letters, "b"), Italic: strings.Contains(letters, "i"),
		Strike: strings.Contains(letters, "s"), Mono: strings.Contains(letters, "m")}
}

func para(runs ...world.Run) world.Block { return world.Block{Kind: "p", Runs: runs} }

// What a person typed reads back from the Markdown that the API answers.
func TestMarkdownReadsBack(t *testing.T) {
	for i, text := range []string{
		"plain", "2 * 3 * 4 = 24", "*not bold*", "_x_ snake_case __init__", "~~no~~ ~5", "`tick` ``two``", "a\\b \\* \\\\", "<b>tag</b> & &amp; &#35;",
		"# not a heading", "1. not a list", "10) nor this", "- nor this", "+ x", "> no quote", "===", "---", "a\n---", "a\n===", "  leading", "trailing  ", "    four spaces",
		"a  \nb", "a\n\nb", "a\n\n\nb", "\nstart", "[x](http://y)", "[ref]: http://x", "![i](u)", "<users/123>", "<http://x.example>", "http://x.example/a_b_c?d=*e*&f=1",
		"***", "* * *", "```\nfence\n```", "~~~", "|a|b|\n|-|-|", "🙂 日本語 **", "عربي *نص*", "a\tb\t", "\ttab", "x!", "![", "100%", "\\", "a\\\nb", "&", "<", "< x", "-5", "#tag", "1.5", "a*b*c", "**", "ends *",
	} {
		checkMarkdown(t, fmt.Sprint(i), world.Text(text))
	}
	for i, body := range []world.Body{
		{para(run("b", "bold"), run("", "tail"), run("i", "it"), run("s", "st"))},
		{para(run("", "foo"), run("b", "(bar)"), run("", "baz"))},
		{para(run("b", "a"), run("bi", "b"), run("i", "c"))},
		{para(run("i", "a"), run("b", "b"), run("i", "c"))},
		{para(run("b", " spaced "), run("", "x"))},
		{para(run("bis", "all"), run("m", "co`de"), run("bm", " x "))},
		{para(run("b", "two\nlines"), run("i", "*star*"))},
		{para(run("m", "a\nb"), run("m", "`"), run("", "z"))},
		{para(world.Run{Text: "li*nk*", Link: "https://x.example/a_(b)?c=d&e=f"}, world.Run{Text: "b", Bold: true, Link: "https://y.example"})},
		{para(run("", "hi "), world.Run{Mention: annID, Text: "Ann"}, run("", ": 1 < 2"), world.Run{Mention: annID, Text: "Ann"})},
		{{Kind: "ul", Items: [][]world.Run{{run("", "- x")}, {run("b", "1. y")}, {run("", "z\nmore")}}}, {Kind: "ul", Items: [][]world.Run{{run("", "other")}}}},
		{{Kind: "ol", Items: [][]world.Run{{run("", "a")}, {run("", "b")}}}, {Kind: "ol", Items: [][]world.Run{{run("", "c")}}}, para(run("", "after"))},
		{{Kind: "quote", Body: world.Body{para(run("", "> deep")), para(run("i", "two"))}}, {Kind: "quote", Body: world.Body{para(run("", "next"))}}},
		{{Kind: "code", Code: "```\nx\n```"}, {Kind: "code", Code: "  y\n\nz\n"}, {Kind: "code", Code: ""}, para(run("", "end"))},
		{para(run("", "a")), para(run("", "b")), {Kind: "ul", Items: [][]world.Run{{run("m", "`x`")}}}},
	} {
		checkMarkdown(t, fmt.Sprint("body ", i), body)
	}
}

func checkMarkdown(t interface {
	Helper()
	Errorf(string, ...any)
}, name string, body world.Body) {
	t.Helper()
	out := renderMarkdown(body)
	got := parseMarkdown(out, bodyNames(body))
	if !sameBody(got, body) {
		t.Errorf("%s: %q\nreads as %+v\nwant     %+v", name, out, canonical(got), canonical(body))
	}
}

func anyRuns(t *rapid.T, label string) []world.Run {
	n := rapid.IntRange(1, 5).Draw(t, label+" runs")
	var out []world.Run
	for range n {
		r := world.Run{Text: rapid.StringOf(rapid.RuneFrom([]rune("ab1 ()*_~`<>[]#-+.!&;\\|=:\né🙂"))).Draw(t, label)}
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			r.Mono = true
		case 1:
			r = world.Run{Mention: annID, Text: "Ann Lee"}
		case 2:
			r.Link = "https://x.example/" + rapid.StringOf(rapid.RuneFrom([]rune("a_*()&?"))).Draw(t, "url")
		}
		if r.Mention == "" && !r.Mono {
			r.Bold, r.Italic, r.Strike = rapid.Bool().Draw(t, "b"), rapid.Bool().Draw(t, "i"), rapid.Bool().Draw(t, "s")
		}
		out = append(out, r)
	}
	return out
}

func anyBody(t *rapid.T) world.Body {
	var out world.Body
	for range rapid.IntRange(1, 3).Draw(t, "blocks") {
		switch rapid.IntRange(0, 4).Draw(t, "block") {
		case 0:
			out = append(out, world.Block{Kind: "code", Code: rapid.StringOf(rapid.RuneFrom([]rune("a `\n*"))).Draw(t, "code")})
		case 1:
			out = append(out, world.Block{Kind: "quote", Body: world.Body{para(anyRuns(t, "q")...), para(anyRuns(t, "q")...)}})
		case 2, 3:
			kind := rapid.SampledFrom([]string{"ul", "ol"}).Draw(t, "list")
			out = append(out, world.Block{Kind: kind, Items: [][]world.Run{append([]world.Run{{Text: "x"}}, anyRuns(t, "i")...), append([]world.Run{{Text: "y"}}, anyRuns(t, "i")...)}})
		default:
			out = append(out, para(anyRuns(t, "p")...))
		}
	}
	return out
}

// Any body reads back from its Markdown.
func TestMarkdownReadsBackProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkMarkdown(t, "drawn", anyBody(t)) })
}
