package sandbox

import (
	"fmt"
	"strings"

	world "miohub/platforms/sandbox"
)

// renderer writes what a person said as the Teams client stores it.
type renderer struct {
	b        strings.Builder
	mentions []any
}

// render makes the HTML and the mentions of a World's body.
func (c *cloud) render(body world.Body) (content string, mentions []any) {
	r := &renderer{mentions: []any{}}
	r.blocks(body)
	return r.b.String(), r.mentions
}

func (r *renderer) blocks(body world.Body) {
	for i, block := range body {
		if i > 0 {
			r.b.WriteString("\n")
		}
		switch block.Kind {
		case "code":
			r.b.WriteString(`<codeblock class=""><code>`)
			r.verbatim(block.Code)
			r.b.WriteString("</code></codeblock>")
		case "quote":
			r.b.WriteString("<blockquote>\n")
			r.blocks(block.Body)
			r.b.WriteString("\n</blockquote>")
		case "ul", "ol":
			fmt.Fprintf(&r.b, "<%s>\n", block.Kind)
			for _, item := range block.Items {
				r.b.WriteString("<li>")
				r.runs(item)
				r.b.WriteString("</li>\n")
			}
			fmt.Fprintf(&r.b, "</%s>", block.Kind)
		default:
			r.b.WriteString("<p>")
			r.runs(block.Runs)
			r.b.WriteString("</p>")
		}
	}
}

// runs writes one line's runs. Spaces that HTML would swallow become &nbsp;.
func (r *renderer) runs(runs []world.Run) {
	var all strings.Builder
	for _, run := range runs {
		all.WriteString(run.Text)
	}
	if all.Len() == 0 {
		r.b.WriteString("&nbsp;")
		return
	}
	hard := hardSpaces(all.String())
	at := 0
	for _, run := range runs {
		r.run(run, hard[at:at+len(run.Text)])
		at += len(run.Text)
	}
}

func (r *renderer) run(run world.Run, hard []bool) {
	if run.Text == "" {
		return
	}
	if run.Mention != "" {
		id := len(r.mentions)
		fmt.Fprintf(&r.b, `<at id="%d">%s</at>`, id, quoted(run.Text))
		r.mentions = append(r.mentions, mentionObject(id, run.Text, run.Mention))
		return
	}
	var closing string
	open := func(tag string) {
		r.b.WriteString("<" + tag + ">")
		closing = "</" + tag + ">" + closing
	}
	if run.Link != "" {
		r.b.WriteString(linkTag(run.Link))
		closing = "</a>"
	}
	for _, style := range []struct {
		on  bool
		tag string
	}{{run.Bold, "strong"}, {run.Italic, "em"}, {run.Strike, "s"}, {run.Mono, "code"}} {
		if style.on {
			open(style.tag)
		}
	}
	r.text(run.Text, hard)
	r.b.WriteString(closing)
}

// quoted escapes text for an attribute or an element.
func quoted(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\u00a0", "&nbsp;").Replace(s)
}

// linkTag opens a link with the attributes that Teams adds.
func linkTag(href string) string {
	q := quoted(href)
	return `<a href="` + q + `" rel="noreferrer noopener" target="_blank" title="` + q + `">`
}

func mentionObject(id int, text, account string) map[string]any {
	return map[string]any{"id": id, "mentionText": text, "mentioned": map[string]any{
		"application": nil, "device": nil, "conversation": nil, "user": userIdentity(account, text),
	}}
}

func userIdentity(account, name string) map[string]any {
	return map[string]any{
		"@odata.type": "#microsoft.graph.teamworkUserIdentity", "id": account, "displayName": orNull(name), "userIdentityType": "aadUser",
	}
}

// text escapes, breaks lines and puts emoji into Teams' own elements.
func (r *renderer) text(s string, hard []bool) {
	for i, ch := range s {
		switch {
		case ch == '\n':
			r.b.WriteString("<br>")
		case ch == ' ' && hard[i]:
			r.b.WriteString("&nbsp;")
		default:
			if e := emojiTag(s[i:], ch); e != "" {
				r.b.WriteString(e)
				continue
			}
			r.b.WriteString(escapeRune(ch))
		}
	}
}

// verbatim writes code: lines become <br>, runs of spaces &nbsp;.
func (r *renderer) verbatim(code string) {
	hard := hardSpaces(code)
	for i, ch := range code {
		switch {
		case ch == '\n':
			r.b.WriteString("<br>")
		case ch == ' ' && hard[i]:
			r.b.WriteString("&nbsp;")
		default:
			r.b.WriteString(escapeRune(ch))
		}
	}
}

func escapeRune(ch rune) string {
	switch ch {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&quot;"
	case '\u00a0':
		return "&nbsp;"
	}
	return string(ch)
}

// hardSpaces marks the spaces that must become &nbsp;: at the start and end of
// a line, and every second one of a run.
func hardSpaces(s string) []bool {
	hard := make([]bool, len(s))
	soft := false // the character before is a space that stays one
	for i := 0; i < len(s); i++ {
		if s[i] != ' ' {
			soft = false
			continue
		}
		atStart := i == 0 || s[i-1] == '\n'
		atEnd := i == len(s)-1 || s[i+1] == '\n'
		hard[i] = atStart || atEnd || soft
		soft = !hard[i]
	}
	return hard
}

// emojiTag is Teams' element for the emoji its picker offers; others, and those
// that go on with a joiner, a variation or a skin tone, stay characters.
func emojiTag(rest string, ch rune) string {
	id, title := "", ""
	switch ch {
	case '🙂':
		id, title = "smile", "Smile"
	case '😀':
		id, title = "laugh", "Laugh"
	case '👍':
		id, title = "yes", "Yes"
	case '🎉':
		id, title = "party", "Party popper"
	case '🙏':
		id, title = "praying", "Folded hands"
	}
	next := []rune(rest)
	if id == "" || len(next) > 1 && (next[1] == '\u200d' || next[1] == '\ufe0f' || next[1] >= '\U0001F3FB' && next[1] <= '\U0001F3FF') {
		return ""
	}
	return fmt.Sprintf(`<emoji id="%s" alt="%c" title="%s"></emoji>`, id, ch, title)
}
