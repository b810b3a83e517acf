package sandbox

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	world "miohub/platforms/sandbox"
)

func TestRewriteIsWhatTeamsStores(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                     "<p>plain</p>",
		"<p>a</p><p>b</p>":          "<p>a</p>\n<p>b</p>",
		"<p>a  b\n c&nbsp;d</p>":    "<p>a b c&nbsp;d</p>",
		"<p> <b>x</b> <i>y</i></p>": "<p><strong>x</strong> <em>y</em></p>",
		"x<script>alert(1)</script><font color=red>y</font>":                          "<p>xy</p>",
		`<a target=_self onclick="x()" href='https://a.example/?a=1&amp;b="2"'>l</a>`: `<p><a href="https://a.example/?a=1&amp;b=&quot;2&quot;" rel="noreferrer noopener" target="_blank" title="https://a.example/?a=1&amp;b=&quot;2&quot;">l</a></p>`,
		`<a href="javascript:alert(1)">l</a>`:                                         "<p><a>l</a></p>",
		"<ul><li>a<ul><li>b</li></ul></li></ul>":                                      "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul></li>\n</ul>",
		"<blockquote>q<br>r</blockquote>":                                             "<blockquote>\n<p>q<br>r</p>\n</blockquote>",
		"<pre>a\n  b</pre>":                                                           "<pre>a\n  b</pre>",
		"<codeblock><code>a  b<br>c</code></codeblock>":                               `<codeblock class=""><code>a  b<br>c</code></codeblock>`,
		"<p></p>":                                "<p>&nbsp;</p>",
		`"q" & <b>1 &lt; 2</b>`:                  "<p>&quot;q&quot; &amp; <strong>1 &lt; 2</strong></p>",
		"<div>a</div><div><p>b</p></div>":        "<div>a</div>\n<div>\n<p>b</p>\n</div>",
		"<!-- note -->x":                         "<p>x</p>",
		"<del>a</del><strike>b</strike><u>c</u>": "<p><s>a</s><s>b</s><u>c</u></p>",
	} {
		got := rewrite(in)
		if got != want {
			t.Errorf("rewrite(%q)\n got %q\nwant %q", in, got, want)
		}
		if again := rewrite(got); again != got {
			t.Errorf("rewriting %q again gives %q", got, again)
		}
	}
}

func TestRenderIsWhatTheTeamsClientWrites(t *testing.T) {
	c := &cloud{}
	body := world.Body{
		{Kind: "p", Runs: []world.Run{{Text: " two  spaces "}, {Text: "b", Bold: true, Italic: true}, {Text: "\nline & <tag> 👍🏽👍"}}},
		{Kind: "code", Code: "if x {\n    y()\n}"},
		{Kind: "quote", Body: world.Text("q")},
		{Kind: "ol", Items: [][]world.Run{{{Text: "one", Mono: true}}, {{Text: "two", Strike: true}}}},
		{Kind: "p", Runs: []world.Run{{Text: "Ann", Mention: annID}, {Text: " see "}, {Text: "here", Link: "https://x.example/?a&b"}}},
	}
	want := "<p>&nbsp;two &nbsp;spaces <strong><em>b</em></strong><br>line &amp; &lt;tag&gt; 👍🏽<emoji id=\"yes\" alt=\"👍\" title=\"Yes\"></emoji></p>\n" +
		"<codeblock class=\"\"><code>if x {<br>&nbsp; &nbsp; y()<br>}</code></codeblock>\n" +
		"<blockquote>\n<p>q</p>\n</blockquote>\n" +
		"<ol>\n<li><code>one</code></li>\n<li><s>two</s></li>\n</ol>\n" +
		`<p><at id="0">Ann</at> see <a href="https://x.example/?a&amp;b" rel="noreferrer noopener" target="_blank" title="https://x.example/?a&amp;b">here</a></p>`
	got, mentions := c.render(body)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(mentions) != 1 {
		t.Errorf("mentions %v", mentions)
	}
	// Reading it back gives what was said.
	back := parseBody(got, map[string]string{"0": annID})
	if again, _ := c.render(back); again != want {
		t.Errorf("read back and written again:\n%s", again)
	}
}

// TestWhatIsSaidSurvivesHTML: what a person said is written and read back
// without loss, and posting that HTML again keeps its words.
func TestWhatIsSaidSurvivesHTML(t *testing.T) {
	text := rapid.StringMatching(`[a-z <>&"'*_~\n\x{00e9}\x{4e2d}\x{1f44d}\x{1f642}]{1,12}`)
	run := rapid.Custom(func(t *rapid.T) world.Run {
		r := world.Run{Text: text.Draw(t, "text")}
		switch rapid.IntRange(0, 6).Draw(t, "style") {
		case 0:
			r.Bold = true
		case 1:
			r.Italic, r.Strike = true, true
		case 2:
			r.Mono = true
		case 3:
			r.Link = "https://x.example/?a=\"b\"&c"
		}
		return r
	})
	block := rapid.Custom(func(t *rapid.T) world.Block {
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			return world.Block{Kind: "code", Code: text.Draw(t, "code")}
		case 1:
			return world.Block{Kind: "quote", Body: world.Body{{Kind: "p", Runs: rapid.SliceOfN(run, 1, 3).Draw(t, "quote")}}}
		case 2:
			return world.Block{Kind: "ul", Items: [][]world.Run{rapid.SliceOfN(run, 1, 2).Draw(t, "one"), rapid.SliceOfN(run, 1, 2).Draw(t, "two")}}
		}
		return world.Block{Kind: "p", Runs: rapid.SliceOfN(run, 1, 4).Draw(t, "runs")}
	})
	c := &cloud{}
	rapid.Check(t, func(t *rapid.T) {
		body := world.Body(rapid.SliceOfN(block, 1, 4).Draw(t, "body"))
		written, _ := c.render(body)
		back := parseBody(written, nil)
		if got, want := back.Plain(), body.Plain(); got != want {
			t.Fatalf("said %q, read back %q from %s", want, got, written)
		}
		stored := rewrite(written)
		if again := rewrite(stored); again != stored {
			t.Fatalf("storing is not stable:\n%s\n%s", stored, again)
		}
		if got, want := strings.Fields(parseBody(stored, nil).Plain()), strings.Fields(body.Plain()); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("said %q, stored %s", want, stored)
		}
	})
}
