package microsoft

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"miohub/platforms"
	"miohub/platforms/richtext"
	"miohub/platforms/richtext/richtexttest"
)

func TestHTMLRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := richtexttest.Doc().Draw(t, "doc")
		known := map[string]platforms.Mentioned{}
		for _, user := range richtext.Mentions(doc) {
			if rapid.Bool().Draw(t, "known") {
				known[user] = platforms.Mentioned{User: platforms.UserID(user), Name: "Name " + user}
			}
		}
		content, ats := renderHTML(doc, known)
		got, lost, err := parseHTML(content, ats)
		if err != nil {
			t.Fatal(err)
		}
		if len(lost) > 0 {
			t.Fatalf("lost %v of\n%s", lost, content)
		}
		want := richtext.Addressed(doc, func(user string) bool { _, ok := known[user]; return ok })
		want = richtext.Map(want, func(s richtext.Span) richtext.Span {
			if s.Mention != nil {
				s.Text = known[s.Mention.User].Name
			}
			return s
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("read back differs (-want +got):\n%s\nrendered:\n%s", diff, content)
		}
	})
}

func paragraph(spans ...richtext.Span) richtext.Doc {
	return richtext.Doc{{Kind: richtext.Paragraph, Spans: spans}}
}

func plain(s string) richtext.Doc { return paragraph(richtext.Span{Text: s}) }

func TestRenderHTML(t *testing.T) {
	const bold, italic, strike, mono = richtext.Bold, richtext.Italic, richtext.Strike, richtext.Mono
	span := func(text string, style richtext.Style) richtext.Span { return richtext.Span{Text: text, Style: style} }
	for name, tt := range map[string]struct {
		doc  richtext.Doc
		want string
	}{
		"escapes":  {plain(`<b> & "quotes" 'too'`), "<p>&lt;b&gt; &amp; &#34;quotes&#34; &#39;too&#39;</p>"},
		"lines":    {plain("a\nb"), "<p>a<br>b</p>"},
		"spaces":   {plain(" a  b   c "), "<p>&nbsp;a&nbsp; b&nbsp;&nbsp; c&nbsp;</p>"},
		"styles":   {paragraph(span("a", bold), span("b", bold|italic), span("c", strike), span("d", mono)), "<p><strong>a<em>b</em></strong><s>c</s><code>d</code></p>"},
		"a link":   {paragraph(richtext.Span{Text: "a", Link: "https://x.example/?a=1&b"}), `<p><a href="https://x.example/?a=1&amp;b">a</a></p>`},
		"code":     {richtext.Doc{{Kind: richtext.Code, Text: "\na\n\t<b>"}}, "<pre>\n\na\n\t&lt;b&gt;</pre>"},
		"a quote":  {richtext.Doc{{Kind: richtext.Quote, Blocks: plain("a")}}, "<blockquote><p>a</p></blockquote>"},
		"a list":   {richtext.Doc{{Kind: richtext.List, Ordered: true, Items: []richtext.Item{{Spans: plain("a")[0].Spans}}}}, "<ol><li>a</li></ol>"},
		"everyone": {paragraph(richtext.Span{Text: "all", Mention: &richtext.Mention{Everyone: true}}), "<p>everyone</p>"},
		"no such person": {
			paragraph(richtext.Span{Text: "Eve", Mention: &richtext.Mention{User: "unknown"}}), "<p><strong>Eve</strong></p>",
		},
		"tags are text": {plain(`<at id="0">x</at>`), "<p>&lt;at id=&#34;0&#34;&gt;x&lt;/at&gt;</p>"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ats := renderHTML(tt.doc, nil); got != tt.want || len(ats) > 0 {
				t.Errorf("got\n%s %v\nwant\n%s", got, ats, tt.want)
			}
		})
	}
}

func TestRenderMentions(t *testing.T) {
	dana := richtext.Span{Text: "D", Mention: &richtext.Mention{User: "117"}}
	doc := paragraph(dana, richtext.Span{Text: " & "}, dana)
	got, ats := renderHTML(doc, map[string]platforms.Mentioned{"117": {User: "u-1", Name: "Dana <Roe>"}})
	if want := `<p><at id="0">Dana &lt;Roe&gt;</at> &amp; <at id="1">Dana &lt;Roe&gt;</at></p>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := []atMention{{ID: 0, User: "u-1", Name: "Dana <Roe>"}, {ID: 1, User: "u-1", Name: "Dana <Roe>"}}
	if diff := cmp.Diff(want, ats); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParseHTML(t *testing.T) {
	const bold = richtext.Bold
	text := func(s string) []richtext.Span { return []richtext.Span{{Text: s}} }
	p := func(s string) richtext.Block { return richtext.Block{Kind: richtext.Paragraph, Spans: text(s)} }
	dana := richtext.Span{Text: "Dana Roe", Mention: &richtext.Mention{User: "u-1"}}
	for name, tt := range map[string]struct {
		in   string
		want richtext.Doc
		lost []string
	}{
		"plain text":       {in: "a &amp; b", want: plain("a & b")},
		"divs":             {in: "<div><div>a</div>\n<div>b</div></div>", want: richtext.Doc{p("a"), p("b")}},
		"an empty line":    {in: "<p>a</p>\n<p>&nbsp;</p>\n<p>b</p>", want: richtext.Doc{p("a"), p("b")}},
		"white space":      {in: "<p>\n  a\n  b&nbsp; c&nbsp;&nbsp;d  </p>", want: plain("a b  c  d")},
		"a last break":     {in: "<p>a<br></p>", want: plain("a")},
		"a no-break space": {in: "<p>Attention&nbsp;: oui</p>", want: plain("Attention\u00a0: oui")},
		"old styles": {
			in:   `<p><b>a</b> <i>b</i> <strike>c</strike> <del>d</del> <span style="color:red"><u>e</u></span></p>`,
			want: paragraph(richtext.Span{Text: "a", Style: bold}, richtext.Span{Text: " "}, richtext.Span{Text: "b", Style: richtext.Italic}, richtext.Span{Text: " "}, richtext.Span{Text: "c", Style: richtext.Strike}, richtext.Span{Text: " "}, richtext.Span{Text: "d", Style: richtext.Strike}, richtext.Span{Text: " e"}),
		},
		"crossed styles": {
			in:   "<b>a<i>b</b>c</i>",
			want: paragraph(richtext.Span{Text: "a", Style: bold}, richtext.Span{Text: "b", Style: bold | richtext.Italic}, richtext.Span{Text: "c", Style: richtext.Italic}),
		},
		"a heading":    {in: "<h2>a</h2>b", want: append(paragraph(richtext.Span{Text: "a", Style: bold}), p("b"))},
		"a code block": {in: `<codeblock class="Python"><code>if x:<br>&nbsp;&nbsp;y<br></code></codeblock>`, want: richtext.Doc{{Kind: richtext.Code, Text: "if x:\n  y"}}},
		"pre":          {in: "<pre>\n\ta\n <b>b</b>\n</pre>", want: richtext.Doc{{Kind: richtext.Code, Text: "\ta\n b"}}},
		"a nested list": {
			in: "<ul><li>a<ol><li>b</li></ol></li><li><p>c</p></li><ul><li>d</li></ul></ul>",
			want: richtext.Doc{{Kind: richtext.List, Items: []richtext.Item{
				{Spans: text("a"), Blocks: []richtext.Block{{Kind: richtext.List, Ordered: true, Items: []richtext.Item{{Spans: text("b")}}}}},
				{Spans: text("c"), Blocks: []richtext.Block{{Kind: richtext.List, Items: []richtext.Item{{Spans: text("d")}}}}},
			}}},
		},
		"emoji":          {in: `<p>a <emoji id="smile" alt="🙂" title="Smile"></emoji> <img itemtype="http://schema.skype.com/Emoji" alt="👍"></p>`, want: plain("a 🙂 👍")},
		"an image":       {in: `<p>a <img alt="image" src="https://graph.example/x/$value"></p><p><img src="y"></p>`, want: plain("a"), lost: []string{"2 images"}},
		"an attachment":  {in: `<p>a</p><attachment id="1"></attachment>`, want: plain("a"), lost: []string{"1 attachment"}},
		"a table":        {in: "<table><tbody><tr><td>a</td><td><b>b</b></td></tr><tr><td>c</td></tr></tbody></table>", want: plain("a | b\nc"), lost: []string{"1 table"}},
		"a rule":         {in: "a<hr>b", want: richtext.Doc{p("a"), p("———"), p("b")}},
		"a system event": {in: "<systemEventMessage/>", want: nil},
		"mentions":       {in: `<p><at id="0">Dana Roe</at>&nbsp;hi <at id="7">Nobody</at></p>`, want: paragraph(dana, richtext.Span{Text: " hi Nobody"})},
		"the channel":    {in: `<at id="1">General</at>`, want: paragraph(richtext.Span{Text: "General", Mention: &richtext.Mention{Everyone: true}})},
		"an app":         {in: `<at id="2">Build bot</at>`, want: plain("Build bot")},
		"a bad link":     {in: `<a href="javascript:x">a</a> <a href="https://x.example/"></a>`, want: paragraph(richtext.Span{Text: "a (javascript:x) "}, richtext.Span{Text: "https://x.example/", Link: "https://x.example/"})},
		"scripts":        {in: "a<script>alert(1)</script><style>p{}</style><!-- c -->b", want: plain("ab")},
	} {
		t.Run(name, func(t *testing.T) {
			got, lost, err := parseHTML(tt.in, []atMention{{ID: 0, User: "u-1", Name: "Dana Roe"}, {ID: 1, All: true, Name: "General"}, {ID: 2, Name: "Build bot"}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(tt.lost, lost); diff != "" {
				t.Errorf("lost -want +got:\n%s", diff)
			}
		})
	}
}

func TestParseHTMLTakesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := rapid.OneOf(richtexttest.Text(), rapid.String()).Draw(t, "source")
		doc, _, err := parseHTML(source, nil)
		if err != nil {
			t.Fatal(err)
		}
		content, _ := renderHTML(doc, nil)
		again, _, err := parseHTML(content, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(doc, again); diff != "" {
			t.Fatalf("%q reads back differently (-want +got):\n%s", source, diff)
		}
	})
	for _, hostile := range []string{
		strings.Repeat("<div>", 5000) + "word", strings.Repeat("<b><i>", 300) + "word", strings.Repeat("<ul><li>", 400) + "word",
		strings.Repeat("<blockquote>", 100) + "word", "word<table><td><table>", "<p", "<at id=>word", "word</p></div></ul>",
	} {
		doc, _, err := parseHTML(hostile, nil)
		if err != nil {
			t.Fatal(err)
		}
		if hostile != "<p" && !strings.Contains(richtext.Plain(doc), "word") {
			t.Errorf("the words of %.40q are gone: %v", hostile, doc)
		}
	}
	if _, _, err := parseHTML(strings.Repeat("a", maxContent+1), nil); err == nil {
		t.Error("a body beyond the limit is read")
	}
}

// TestHTMLSurvivesRewriting does to our HTML what Teams may do to a post.
func TestHTMLSurvivesRewriting(t *testing.T) {
	rewrite := strings.NewReplacer(
		"<p>", `<p dir="auto" style="margin:0">`, "</p>", "</p>\n", "<strong>", "<b>", "</strong>", "</b>", "<em>", "<i>", "</em>", "</i>",
		"&nbsp;", "\u00a0", "&#34;", `"`, "&#39;", "&apos;", "<br>", "<br />\n", "<ul>", "<ul>\n", "<li>", "<li data-x='1'>", "</li>", "</li>\n",
		"<a href=", `<a rel="noreferrer noopener" target="_blank" title="x" href=`, "<blockquote>", "<blockquote itemscope>\n", "<pre>", `<pre class="x">`,
	)
	rapid.Check(t, func(t *rapid.T) {
		doc := richtexttest.Doc().Draw(t, "doc")
		content, ats := renderHTML(doc, nil)
		want, _, err := parseHTML(content, ats)
		if err != nil {
			t.Fatal(err)
		}
		rewritten := "<div>\n<div>" + rewrite.Replace(content) + "</div>\n</div>"
		got, _, err := parseHTML(rewritten, ats)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("-want +got:\n%s\n%s", diff, rewritten)
		}
		if a, b := normalText(content), normalText(rewritten); a != b {
			t.Fatalf("normal text changed from %q to %q", a, b)
		}
	})
}
