// Package richtexttest draws message bodies for property tests: ordinary ones
// and ones that are hard on converters.
package richtexttest

import (
	"pgregory.net/rapid"

	"miohub/platforms/richtext"
)

// Text draws a run of text: words in several scripts, markup of every syntax a
// platform knows, odd white space, and plain noise.
func Text() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"hello", "a", "B", "7", "1", "世界", "強調", "注意：", "。", "שלום", "مرحبا", "नमस्ते", "ขอบคุณ", "Ünïcödé",
			"👩‍👩‍👧", "🎉", "e\u0301", "€", "—", "…", "«", "\u200b", "\u202e", "\u2003",
		}),
		rapid.SampledFrom([]string{
			"*", "**", "***", "_", "__", "~", "~~", "~~~", "`", "``", "```", "\\", "\\\\", "[", "]", "(", ")", "[a](b)", "![", "!",
			"<", ">", "&", "&amp;", "&#32;", "&lt;b&gt;", "#", "##", "# ", "-", "- ", "---", "+ ", "=", "===", "1. ", "2) ", "> ",
			"|", "|-|", ":", ":smile:", "<br>", "</p>", "<b>", "<at id=\"0\">x</at>", "<users/all>", "<users/1>", "<!--", "]]>",
			"http://x.example/a_b*c", "www.example.com", "snake_case_name", "2*3*4", "a~b~c", "\"", "'", "$", "^", "{", "}", ";", "/", ".",
		}),
		rapid.SampledFrom([]string{" ", "  ", "\n", "\n\n", "\t", "\u00a0", " \n ", "\r\n"}),
		rapid.StringN(0, 3, -1),
	)
	return rapid.Custom(func(t *rapid.T) string {
		var s string
		for _, p := range rapid.SliceOfN(piece, 0, 6).Draw(t, "pieces") {
			s += p
		}
		return s
	})
}

// Span draws one span.
func Span() *rapid.Generator[richtext.Span] {
	return rapid.Custom(func(t *rapid.T) richtext.Span {
		if rapid.IntRange(0, 11).Draw(t, "mention?") == 0 {
			if rapid.IntRange(0, 3).Draw(t, "everyone?") == 0 {
				return richtext.Span{Text: "all", Mention: &richtext.Mention{Everyone: true}}
			}
			user := rapid.SampledFrom([]string{"101", "102", "a-b.c_d"}).Draw(t, "user")
			return richtext.Span{Text: Text().Draw(t, "name"), Mention: &richtext.Mention{User: user}}
		}
		s := richtext.Span{Text: Text().Draw(t, "text")}
		if rapid.Bool().Draw(t, "styled") {
			s.Style = richtext.Style(rapid.IntRange(0, 15).Draw(t, "style"))
		}
		if rapid.IntRange(0, 4).Draw(t, "link?") == 0 {
			s.Link = rapid.SampledFrom([]string{
				"https://example.com/", "http://x.example/a(b)c_d*e?q=1&copy;=2&lt=3#f", "mailto:a@example.com",
				"https://x.example/a b\"c<d>e\\f`g", "javascript:alert(1)", "/relative", "https://例え.example/パス", "https://x.example/[1]&amp;)(",
			}).Draw(t, "link")
		}
		return s
	})
}

// Doc draws a body, mostly not in normal form.
func Doc() *rapid.Generator[richtext.Doc] {
	return rapid.Custom(func(t *rapid.T) richtext.Doc { return richtext.Doc(blocks(t, 0)) })
}

func blocks(t *rapid.T, depth int) []richtext.Block {
	n := rapid.IntRange(0, 3).Draw(t, "blocks")
	out := make([]richtext.Block, 0, n)
	for range n {
		kinds := []richtext.Kind{richtext.Paragraph, richtext.Paragraph, richtext.Code, richtext.Quote, richtext.List}
		if depth > 3 {
			kinds = kinds[:3]
		}
		b := richtext.Block{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		switch b.Kind {
		case richtext.Code:
			b.Text = Text().Draw(t, "code")
		case richtext.Quote:
			b.Blocks = blocks(t, depth+1)
		case richtext.List:
			b.Ordered = rapid.Bool().Draw(t, "ordered")
			for range rapid.IntRange(0, 3).Draw(t, "items") {
				item := richtext.Item{Spans: spans(t)}
				if rapid.IntRange(0, 2).Draw(t, "nested?") == 0 {
					item.Blocks = blocks(t, depth+1)
				}
				b.Items = append(b.Items, item)
			}
		default:
			b.Spans = spans(t)
		}
		out = append(out, b)
	}
	return out
}

func spans(t *rapid.T) []richtext.Span { return rapid.SliceOfN(Span(), 0, 5).Draw(t, "spans") }
