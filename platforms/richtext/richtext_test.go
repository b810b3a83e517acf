package richtext_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"miohub/platforms/richtext"
	"miohub/platforms/richtext/richtexttest"
)

func p(spans ...richtext.Span) richtext.Block {
	return richtext.Block{Kind: richtext.Paragraph, Spans: spans}
}

func text(s string) richtext.Span { return richtext.Span{Text: s} }

func TestNormalize(t *testing.T) {
	const bold, italic, mono = richtext.Bold, richtext.Italic, richtext.Mono
	everyone := &richtext.Mention{Everyone: true}
	for name, tt := range map[string]struct{ in, want richtext.Doc }{
		"equal neighbours merge": {
			richtext.Doc{p(text("a"), text(""), text("b"))}, richtext.Doc{p(text("ab"))},
		},
		"space at a style's edge is plain": {
			richtext.Doc{p(text("a"), richtext.Span{Text: " b ", Style: bold}, text("c"))},
			richtext.Doc{p(text("a "), richtext.Span{Text: "b", Style: bold}, text(" c"))},
		},
		"space between styles has what both have": {
			richtext.Doc{p(richtext.Span{Text: "a ", Style: bold | italic}, richtext.Span{Text: "b", Style: italic})},
			richtext.Doc{p(richtext.Span{Text: "a", Style: bold | italic}, richtext.Span{Text: " b", Style: italic})},
		},
		"a line break is plain": {
			richtext.Doc{p(richtext.Span{Text: "a\nb", Style: bold})},
			richtext.Doc{p(richtext.Span{Text: "a", Style: bold}, text("\n"), richtext.Span{Text: "b", Style: bold})},
		},
		"a blank line parts paragraphs": {
			richtext.Doc{p(text("a\n \n\nb"))}, richtext.Doc{p(text("a")), p(text("b"))},
		},
		"mono excludes styles and keeps its spaces": {
			richtext.Doc{p(richtext.Span{Text: " a ", Style: mono | bold})},
			richtext.Doc{p(richtext.Span{Text: " a ", Style: mono})},
		},
		"tabs and controls": {
			richtext.Doc{p(text("a\tb\x00\x1b\r\nc"))}, richtext.Doc{p(text("a    b\nc"))},
		},
		"no-break spaces are real inside text of one style only": {
			richtext.Doc{p(text("\u00a0a\u00a0b\u00a0 c\u00a0"), richtext.Span{Text: "d", Style: bold}, text("\u00a0"), richtext.Span{Text: "x\u00a0y", Style: mono})},
			richtext.Doc{p(text(" a\u00a0b  c "), richtext.Span{Text: "d", Style: bold}, text(" "), richtext.Span{Text: "x y", Style: mono})},
		},
		"bad links go, good ones are encoded": {
			richtext.Doc{p(richtext.Span{Text: "a", Link: "javascript:alert(1)"}, richtext.Span{Text: "b", Link: "HTTPS://x.example/a b"})},
			richtext.Doc{p(text("a"), richtext.Span{Text: "b", Link: "HTTPS://x.example/a%20b"})},
		},
		"a mention is never styled or a link": {
			richtext.Doc{p(richtext.Span{Text: "all\nx", Style: bold, Link: "https://x.example", Mention: &richtext.Mention{User: "1", Everyone: true}})},
			richtext.Doc{p(richtext.Span{Text: "all x", Mention: everyone})},
		},
		"empty things go": {
			richtext.Doc{p(text(" \n ")), {Kind: richtext.Code, Text: "\n \n"}, {Kind: richtext.Quote, Blocks: []richtext.Block{p()}},
				{Kind: richtext.List, Items: []richtext.Item{{}}}},
			nil,
		},
		"code keeps its inside": {
			richtext.Doc{{Kind: richtext.Code, Text: "\n\tif x {\n  \n}  \n\n"}},
			richtext.Doc{{Kind: richtext.Code, Text: "\n\tif x {\n\n}  "}},
		},
		"neighbouring lists merge, an item's paragraph is its line": {
			richtext.Doc{
				{Kind: richtext.List, Items: []richtext.Item{{Blocks: []richtext.Block{p(text("a"))}}}},
				{Kind: richtext.List, Items: []richtext.Item{{Spans: []richtext.Span{text("b\n\nc")}}}},
				{Kind: richtext.List, Ordered: true, Items: []richtext.Item{{Spans: []richtext.Span{text("d")}}}},
			},
			richtext.Doc{
				{Kind: richtext.List, Items: []richtext.Item{
					{Spans: []richtext.Span{text("a")}}, {Spans: []richtext.Span{text("b")}, Blocks: []richtext.Block{p(text("c"))}},
				}},
				{Kind: richtext.List, Ordered: true, Items: []richtext.Item{{Spans: []richtext.Span{text("d")}}}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, richtext.Normalize(tt.in)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestNormalizeIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := richtexttest.Doc().Draw(t, "doc")
		before, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		once := richtext.Normalize(doc)
		if diff := cmp.Diff(once, richtext.Normalize(once)); diff != "" {
			t.Fatalf("normal form changes when normalized (-once +twice):\n%s", diff)
		}
		if after, _ := json.Marshal(doc); string(after) != string(before) {
			t.Fatal("the argument was changed")
		}
		var back richtext.Doc
		data, err := json.Marshal(once)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(once, back); diff != "" && len(once)+len(back) > 0 {
			t.Fatalf("JSON round trip (-want +got):\n%s", diff)
		}
		if richtext.Hash(doc) != richtext.Hash(back) {
			t.Fatal("a body and its normal form hash differently")
		}
	})
}

func TestNormalizeLimitsDepth(t *testing.T) {
	doc := richtext.Doc{p(text("deep"))}
	for range 5000 {
		doc = richtext.Doc{{Kind: richtext.Quote, Blocks: doc}}
		doc = richtext.Doc{{Kind: richtext.List, Items: []richtext.Item{{Blocks: doc}}}}
	}
	depth := 0
	for blocks := []richtext.Block(richtext.Normalize(doc)); len(blocks) > 0; depth++ {
		switch b := blocks[0]; b.Kind {
		case richtext.Quote:
			blocks = b.Blocks
		case richtext.List:
			blocks = b.Items[0].Blocks
			if len(b.Items[0].Spans) > 0 {
				blocks = nil
			}
		default:
			blocks = nil
		}
	}
	if depth > richtext.MaxDepth+1 {
		t.Errorf("nested %d deep, want at most %d", depth, richtext.MaxDepth)
	}
	if got := richtext.Plain(richtext.Normalize(doc)); !strings.HasSuffix(got, "deep") {
		t.Errorf("text lost: %q", got)
	}
}

func TestHashTellsBodiesApart(t *testing.T) {
	a := richtext.Hash(richtext.Doc{p(text("a"))})
	if b := richtext.Hash(richtext.Doc{p(richtext.Span{Text: "a", Style: richtext.Bold})}); a == b {
		t.Error("bold and plain hash alike")
	}
	if len(a) != 64 {
		t.Errorf("hash %q is not 64 hex digits", a)
	}
}

func TestLabel(t *testing.T) {
	body := richtext.Doc{p(text("hi"))}
	want := richtext.Doc{p(richtext.Span{Text: "Dana Roe", Style: richtext.Bold}, text(" (Google Chat)")), p(text("hi"))}
	if diff := cmp.Diff(want, richtext.Label(body, "Dana Roe", "Google Chat")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(body) != 1 {
		t.Error("the body was changed")
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"Dana Roe":                     "Dana Roe",
		"Zoë Müller-Lüdenscheidt (HR)": "Zoë Müller-Lüdenscheidt (HR)",
		"山田 太郎（営業）":                    "山田 太郎（営業）",
		"می‌خواهم":                     "می‌خواهم",
		"Ann 👩‍💻":                      "Ann 👩‍💻",
		"O'Brien, Conan_42":            "O'Brien, Conan_42",
		"john_doe":                     "john_doe",
		"":                             richtext.Unknown,
		" \n\t":                        richtext.Unknown,
		"\u202e\u200b":                 richtext.Unknown,
		"ㅤ":                            richtext.Unknown,
		"...":                          richtext.Unknown,
		"Eve\n**Boss** (Google Chat)":  "Eve Boss",
		"Eve (Google Chat)":            "Eve",
		"Eve （Ｇｏｏｇｌｅ Ｃｈａｔ）":                 "Eve",
		"Eve (Gооgle Chаt)":                 "Eve",
		"Eve [GoogIe Chat]":                 "Eve",
		"Eve ((Microsoft Teams))":           "Eve",
		"Eve (Google Chat":                  "Eve",
		"(Google Chat)":                     richtext.Unknown,
		"Eve (Goo\u200bgle\u00a0Chat) (HR)": "Eve (HR)",
		"@everyone":                         "everyone",
		"<users/all>":                       "users/all",
		"*Eve* ~x~ `y` [z](http://x)":       "Eve x y z(http://x)",
		"\u202eevE\u202c":                   "evE",
		"a\x00b\x1b[31mc":                   "ab31mc",
	} {
		if got := richtext.CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", in, got, want)
		}
	}
	if got := uniseg.GraphemeClusterCount(richtext.CleanName(strings.Repeat("👩‍💻", 500))); got != 65 {
		t.Errorf("a long name has %d characters, want 64 and an ellipsis", got)
	}
	if got := richtext.CleanName("e" + strings.Repeat("\u0335", 50)); len([]rune(got)) > 6 {
		t.Errorf("stacked marks survive: %q", got)
	}
}

func TestCleanNameProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(richtexttest.Text(), rapid.String()).Draw(t, "name")
		got := richtext.CleanName(name)
		if got == "" || strings.ContainsAny(got, "\n\r*`<>[]~") || strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("CleanName(%q) = %q", name, got)
		}
		if again := richtext.CleanName(got); again != got && !strings.HasSuffix(got, "…") {
			t.Fatalf("CleanName is not stable: %q, %q, %q", name, got, again)
		}
	})
}

func TestAddressed(t *testing.T) {
	doc := richtext.Doc{p(
		richtext.Span{Text: "Dana", Mention: &richtext.Mention{User: "1"}}, text(" "),
		richtext.Span{Text: "Eve", Mention: &richtext.Mention{User: "2"}}, text(" "),
		richtext.Span{Mention: &richtext.Mention{User: "3"}}, text(" "),
		richtext.Span{Text: "all", Mention: &richtext.Mention{Everyone: true}},
	)}
	want := richtext.Doc{p(
		richtext.Span{Text: "Dana", Mention: &richtext.Mention{User: "1"}}, text(" "),
		richtext.Span{Text: "Eve", Style: richtext.Bold}, text(" "),
		richtext.Span{Text: richtext.Unknown, Style: richtext.Bold}, text(" everyone"),
	)}
	got := richtext.Addressed(doc, func(user string) bool { return user == "1" })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1", "2", "3"}, richtext.Mentions(doc)); diff != "" {
		t.Errorf("mentions -want +got:\n%s", diff)
	}
	named := richtext.Named(doc, func(user string) string { return "N" + user })
	if got := richtext.Plain(named); got != "@Dana @Eve @N3 @all" {
		t.Errorf("named: %q", got)
	}
}

func TestPlain(t *testing.T) {
	doc := richtext.Doc{
		p(text("one\ntwo")),
		{Kind: richtext.Quote, Blocks: []richtext.Block{p(text("q\nr"))}},
		{Kind: richtext.List, Ordered: true, Items: []richtext.Item{
			{Spans: []richtext.Span{text("a\nb")}, Blocks: []richtext.Block{{Kind: richtext.List, Items: []richtext.Item{{Spans: []richtext.Span{text("c")}}}}}},
			{Spans: []richtext.Span{text("d")}},
		}},
		{Kind: richtext.Code, Text: "x\n  y"},
	}
	want := "one\ntwo\n> q\n> r\n1. a\n   b\n   • c\n2. d\nx\n  y"
	if got := richtext.Plain(doc); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// letters is the body's text without white space: what must survive a cut.
func letters(d richtext.Doc) string {
	var b strings.Builder
	var walk func([]richtext.Block)
	spans := func(list []richtext.Span) {
		for _, s := range list {
			b.WriteString(s.Text)
		}
	}
	walk = func(blocks []richtext.Block) {
		for _, block := range blocks {
			spans(block.Spans)
			b.WriteString(block.Text)
			walk(block.Blocks)
			for _, item := range block.Items {
				spans(item.Spans)
				walk(item.Blocks)
			}
		}
	}
	walk(d)
	return strings.Join(strings.Fields(b.String()), "")
}

// longMention reports whether the part holds a mention, which cannot be cut,
// that takes most of the limit.
func longMention(d richtext.Doc, limit int) bool {
	long := false
	richtext.Map(d, func(s richtext.Span) richtext.Span {
		long = long || s.Mention != nil && len(s.Text) > limit-20
		return s
	})
	return long
}

func TestSplit(t *testing.T) {
	size := func(d richtext.Doc) int { return len(richtext.Plain(d)) }
	rapid.Check(t, func(t *rapid.T) {
		doc := richtexttest.Doc().Draw(t, "doc")
		limit := rapid.IntRange(30, 80).Draw(t, "limit")
		parts := richtext.Split(doc, limit, size)
		if len(parts) == 0 {
			t.Fatal("no part")
		}
		var whole strings.Builder
		for _, part := range parts {
			whole.WriteString(letters(part))
			if diff := cmp.Diff(richtext.Normalize(part), part); diff != "" {
				t.Fatalf("a part is not in normal form:\n%s", diff)
			}
			if n := size(part); n > limit && !longMention(part, limit) && uniseg.GraphemeClusterCount(letters(part)) > 1 {
				t.Fatalf("a part of %d is over %d: %q", n, limit, richtext.Plain(part))
			}
		}
		if got, want := whole.String(), letters(richtext.Normalize(doc)); got != want {
			t.Fatalf("text changed:\n got %q\nwant %q", got, want)
		}
	})
}

func TestSplitPrefersGoodPlaces(t *testing.T) {
	size := func(d richtext.Doc) int { return len(richtext.Plain(d)) }
	words := strings.TrimSpace(strings.Repeat("lorem ", 10))
	for name, tt := range map[string]struct {
		doc  richtext.Doc
		want []string
	}{
		"between blocks": {richtext.Doc{p(text("first one")), p(text("second")), p(text("third one"))}, []string{"first one\nsecond", "third one"}},
		"between lines":  {richtext.Doc{p(text("first line\nsecond line\n3"))}, []string{"first line", "second line\n3"}},
		"between words":  {richtext.Doc{p(text(words))}, []string{"lorem lorem lorem ", "lorem lorem lorem ", "lorem lorem lorem ", "lorem"}},
		"inside a word":  {richtext.Doc{p(text("abcdefghijklmnopqrstuvwxyz"))}, []string{"abcdefghijklmnopqrst", "uvwxyz"}},
		"never inside a character": {
			richtext.Doc{p(text("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧"))}, []string{"👩‍👩‍👧", "👩‍👩‍👧", "👩‍👩‍👧"},
		},
		"fits": {richtext.Doc{p(text("short"))}, []string{"short"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, part := range richtext.Split(tt.doc, 20, size) {
				got = append(got, richtext.Plain(part))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSplitIsFastEnough(t *testing.T) {
	calls := 0
	size := func(d richtext.Doc) int { calls++; return len(richtext.Plain(d)) }
	doc := richtext.Doc{p(text(strings.Repeat("word ", 8_000)))}
	parts := richtext.Split(doc, 4_000, size)
	if len(parts) < 10 || calls > 40*len(parts) {
		t.Errorf("%d parts took %d measurements", len(parts), calls)
	}
}

func TestNest(t *testing.T) {
	spans := []richtext.Span{
		{Text: "a", Style: richtext.Bold},
		{Text: "b", Style: richtext.Bold | richtext.Italic},
		{Text: "c", Style: richtext.Italic, Link: "https://x.example/"},
	}
	var b strings.Builder
	name := func(m richtext.Mark) string {
		return map[richtext.Mark]string{{Style: richtext.Bold}: "b", {Style: richtext.Italic}: "i", {Link: "https://x.example/"}: "a"}[m]
	}
	for _, run := range richtext.Nest(spans) {
		for _, m := range run.Open {
			b.WriteString("<" + name(m) + ">")
		}
		b.WriteString(run.Span.Text)
		for _, m := range run.Close {
			b.WriteString("</" + name(m) + ">")
		}
	}
	if got, want := b.String(), "<b>a<i>b</i></b><a><i>c</i></a>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
