package sandbox

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	world "miohub/platforms/sandbox"
)

// Chat's own markup: *bold*, _italic_, ~strike~, `code`, fences of three
// backquotes, "* " or "- " lists, "> " quotes, <url|text> and <users/id>. It has
// no escapes and works line by line.

// names resolves a user's resource id to the account and its shown name.
type names func(id string) (account, name string, ok bool)

const fence = "```"

// parseChat reads a text in Chat markup.
func parseChat(text string, who names) world.Body {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var body world.Body
	for {
		open := strings.Index(text, fence)
		if open < 0 {
			break
		}
		size := strings.Index(text[open+3:], fence)
		if size < 0 {
			break
		}
		body = append(body, chatLines(strings.TrimSuffix(text[:open], "\n"), who)...)
		code := strings.TrimSuffix(strings.TrimPrefix(text[open+3:open+3+size], "\n"), "\n")
		body = append(body, world.Block{Kind: "code", Code: code})
		text = strings.TrimPrefix(text[open+3+size+3:], "\n")
	}
	return append(body, chatLines(text, who)...)
}

// chatLines reads text without code blocks.
func chatLines(text string, who names) world.Body {
	if text == "" {
		return nil
	}
	var body world.Body
	var plain []string
	flush := func() {
		joined := strings.Trim(strings.Join(plain, "\n"), "\n")
		plain = nil
		for joined != "" {
			var first string
			first, joined, _ = strings.Cut(joined, "\n\n")
			body = append(body, world.Block{Kind: "p", Runs: chatRuns(first, who)})
		}
	}
	kind := ""
	for _, line := range strings.Split(text, "\n") {
		was := kind
		rest, isQuote := strings.CutPrefix(line, ">")
		item, isItem := cutItem(line)
		switch {
		case isQuote:
			flush()
			rest = strings.TrimPrefix(rest, " ")
			if was != "quote" {
				body = append(body, world.Block{Kind: "quote"})
			}
			quote := &body[len(body)-1]
			quote.Body = quoteLine(quote.Body, rest, who)
			kind = "quote"
		case isItem:
			flush()
			if was != "ul" {
				body = append(body, world.Block{Kind: "ul"})
			}
			list := &body[len(body)-1]
			list.Items = append(list.Items, chatRuns(item, who))
			kind = "ul"
		default:
			plain = append(plain, line)
			kind = "p"
		}
	}
	flush()
	return body
}

func cutItem(line string) (string, bool) {
	for _, marker := range []string{"* ", "- "} {
		if item, ok := strings.CutPrefix(line, marker); ok {
			return item, true
		}
	}
	return "", false
}

// quoteLine adds a line to a quote's paragraphs; an empty line starts a new one.
func quoteLine(body world.Body, line string, who names) world.Body {
	if line == "" {
		return append(body, world.Block{Kind: "p"})
	}
	if n := len(body); n > 0 {
		p := &body[n-1]
		if len(p.Runs) > 0 {
			p.Runs = append(p.Runs, world.Run{Text: "\n"})
		}
		p.Runs = mergeRuns(append(p.Runs, chatRuns(line, who)...))
		return body
	}
	return append(body, world.Block{Kind: "p", Runs: chatRuns(line, who)})
}

func anglePattern() *regexp.Regexp {
	return regexp.MustCompile(`^<(?:users/([^\s<>|]+)|((?:https?|mailto):[^\s<>|]+)(?:\|([^<>\n]+))?)>`)
}

// chatRuns reads the inline markup of one or more lines.
func chatRuns(text string, who names) []world.Run {
	var out []world.Run
	angle := anglePattern()
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			out = append(out, world.Run{Text: "\n"})
		}
		p := chatInline{who: who, angle: angle}
		out = append(out, p.line(line, world.Run{})...)
	}
	return mergeRuns(out)
}

type chatInline struct {
	who   names
	angle *regexp.Regexp
}

// line reads one line under the styles of base.
func (p chatInline) line(s string, base world.Run) []world.Run {
	var out []world.Run
	from := 0
	emit := func(to int) {
		r := base
		r.Text = s[from:to]
		out = append(out, r)
	}
	for i := 0; i < len(s); {
		runs, size := p.markup(s, i, base)
		if size == 0 {
			_, n := utf8.DecodeRuneInString(s[i:])
			i += n
			continue
		}
		emit(i)
		out = append(out, runs...)
		i += size
		from = i
	}
	emit(len(s))
	return mergeRuns(out)
}

// markup reads the construct that starts at s[i]; size 0 means there is none.
func (p chatInline) markup(s string, i int, base world.Run) ([]world.Run, int) {
	switch s[i] {
	case '`':
		if end := strings.IndexByte(s[i+1:], '`'); end > 0 {
			r := base
			r.Text, r.Mono = s[i+1:i+1+end], true
			return []world.Run{r}, end + 2
		}
	case '<':
		return p.anglePart(s[i:], base)
	case '*', '_', '~':
		inner := base
		switch s[i] {
		case '*':
			inner.Bold = true
		case '_':
			inner.Italic = true
		default:
			inner.Strike = true
		}
		if inner == base {
			return nil, 0
		}
		if end := closing(s, i); end > 0 {
			return p.line(s[i+1:end], inner), end + 1 - i
		}
	}
	return nil, 0
}

func (p chatInline) anglePart(s string, base world.Run) ([]world.Run, int) {
	hit := p.angle.FindStringSubmatch(s)
	if hit == nil {
		return nil, 0
	}
	r := base
	if hit[1] != "" {
		account, name, ok := p.who(hit[1])
		if !ok {
			return nil, 0
		}
		r.Mention, r.Text = account, name
		return []world.Run{r}, len(hit[0])
	}
	r.Link, r.Text = hit[2], hit[2]
	if hit[3] != "" {
		r.Text = hit[3]
	}
	return []world.Run{r}, len(hit[0])
}

// closing finds the delimiter that closes the one at s[i]: both stand at word
// edges and hug what they enclose; code in between is skipped.
func closing(s string, i int) int {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	if i > 0 && wordRune(before) || i+1 >= len(s) || unicode.IsSpace(after) || after == rune(s[i]) {
		return 0
	}
	for j := i + 1; j < len(s); j++ {
		if s[j] == '`' {
			if end := strings.IndexByte(s[j+1:], '`'); end > 0 {
				j += end + 1
				continue
			}
		}
		if s[j] != s[i] || j == i+1 {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(s[:j])
		next, _ := utf8.DecodeRuneInString(s[j+1:])
		if !unicode.IsSpace(last) && (j+1 == len(s) || !wordRune(next)) {
			return j
		}
	}
	return 0
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// renderChat writes a body in Chat markup. What the markup cannot escape stands
// as it is.
func renderChat(body world.Body) string {
	var b strings.Builder
	for i, block := range body {
		if i > 0 {
			b.WriteString("\n")
			if block.Kind == "p" && body[i-1].Kind == "p" || block.Kind == body[i-1].Kind {
				b.WriteString("\n")
			}
		}
		switch block.Kind {
		case "code":
			b.WriteString(fence + "\n" + block.Code + "\n" + fence)
		case "quote":
			b.WriteString("> " + strings.ReplaceAll(renderChat(block.Body), "\n", "\n> "))
		case "ul", "ol":
			for n, item := range block.Items {
				if n > 0 {
					b.WriteString("\n")
				}
				b.WriteString(marker(block.Kind, n))
				b.WriteString(strings.ReplaceAll(chatSpans(item), "\n", "\n  "))
			}
		default:
			b.WriteString(chatSpans(block.Runs))
		}
	}
	return b.String()
}

func chatSpans(runs []world.Run) string {
	var b strings.Builder
	writeChat(&b, nest(tighten(splitLines(runs))))
	return b.String()
}

func writeChat(b *strings.Builder, nodes []node) {
	for _, n := range nodes {
		switch n.style {
		case 0:
			switch {
			case n.run.Mention != "":
				b.WriteString("<" + userName(n.run.Mention) + ">")
			case n.run.Mono:
				b.WriteString("`" + n.run.Text + "`")
			default:
				b.WriteString(n.run.Text)
			}
		case link:
			b.WriteString("<" + n.url + "|")
			for _, inner := range n.nodes {
				b.WriteString(nodeText(inner))
			}
			b.WriteString(">")
		default:
			mark := map[style]string{bold: "*", italic: "_", strike: "~"}[n.style]
			b.WriteString(mark)
			writeChat(b, n.nodes)
			b.WriteString(mark)
		}
	}
}

// nodeText is what a node says, without markup.
func nodeText(n node) string {
	if n.style == 0 {
		if n.run.Mention != "" {
			return "@" + n.run.Text
		}
		return n.run.Text
	}
	var b strings.Builder
	for _, inner := range n.nodes {
		b.WriteString(nodeText(inner))
	}
	return b.String()
}
