package sandbox

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	world "miohub/platforms/sandbox"
)

// renderMarkdown writes a body in Chat's Markdown so that a CommonMark parser
// reads the same body back. It writes plainly first and, where reading back
// shows that this was ambiguous, with more escapes.
func renderMarkdown(body world.Body) string {
	who := func(id string) (string, string, bool) {
		name, ok := mentionedIn(body, id)
		return id, name, ok
	}
	var out string
	for _, w := range []markdownWriter{{}, {careful: true}} {
		out = w.body(body)
		if sameBody(parseMarkdown(out, who), body) {
			return out
		}
	}
	return out
}

// mentionedIn finds the name under which a body mentions somebody.
func mentionedIn(body world.Body, id string) (string, bool) {
	find := func(runs []world.Run) (string, bool) {
		for _, r := range runs {
			if r.Mention != "" && strings.TrimPrefix(r.Mention, "app:") == id {
				return r.Text, true
			}
		}
		return "", false
	}
	for _, b := range body {
		if name, ok := find(b.Runs); ok {
			return name, true
		}
		for _, item := range b.Items {
			if name, ok := find(item); ok {
				return name, true
			}
		}
		if name, ok := mentionedIn(b.Body, id); ok {
			return name, true
		}
	}
	return "", false
}

// markdownWriter writes Markdown; careful marks italics with "_" and spells out
// as character references what stands beside markers or looks like one.
type markdownWriter struct{ careful bool }

func (w markdownWriter) body(body world.Body) string {
	var parts []string
	lists := 0 // lists that follow each other directly; they alternate markers
	for _, block := range canonical(body) {
		if block.Kind == "ul" || block.Kind == "ol" {
			lists++
		} else {
			lists = 0
		}
		switch block.Kind {
		case "code":
			f := longerFence(block.Code)
			parts = append(parts, f+"\n"+block.Code+"\n"+f)
		case "quote":
			parts = append(parts, prefixLines(w.body(block.Body), "> "))
		case "ul", "ol":
			parts = append(parts, w.list(block, lists%2 == 0))
		default:
			parts = append(parts, w.spans(block.Runs))
		}
	}
	return strings.Join(parts, "\n\n")
}

func (w markdownWriter) list(block world.Block, second bool) string {
	var lines []string
	for n, item := range block.Items {
		mark := "* "
		if second {
			mark = "- "
		}
		if block.Kind == "ol" {
			mark = fmt.Sprintf("%d. ", n+1)
			if second {
				mark = fmt.Sprintf("%d) ", n+1)
			}
		}
		text := strings.ReplaceAll(w.spans(item), "\n", "\n"+strings.Repeat(" ", len(mark)))
		lines = append(lines, strings.TrimRight(mark+text, " "))
	}
	return strings.Join(lines, "\n")
}

func prefixLines(s, prefix string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(prefix+line, " ")
		if line != "" {
			lines[i] = prefix + line
		}
	}
	return strings.Join(lines, "\n")
}

// longerFence is a fence that the code does not contain.
func longerFence(code string) string {
	f := fence
	for strings.Contains(code, f) {
		f += "`"
	}
	return f
}

// piece is a part of a line: text still to be escaped, or markup as it stands.
type piece struct {
	text   string
	markup bool
	opens  bool // emphasis that opens here
	closes bool
}

func (w markdownWriter) spans(runs []world.Run) string {
	var pieces []piece
	w.collect(nest(canonicalRuns(runs)), &pieces)
	var b strings.Builder
	for i, p := range pieces {
		if p.markup {
			b.WriteString(p.text)
			continue
		}
		first, last := w.spelled(pieces, i)
		w.escape(&b, p.text, first, last, i == len(pieces)-1)
	}
	return b.String()
}

func (w markdownWriter) collect(nodes []node, out *[]piece) {
	for _, n := range nodes {
		switch n.style {
		case 0:
			switch {
			case n.run.Mention != "":
				*out = append(*out, piece{text: "<" + userName(n.run.Mention) + ">", markup: true})
			case n.run.Mono:
				*out = append(*out, piece{text: codeSpan(n.run.Text), markup: true})
			default:
				*out = append(*out, piece{text: n.run.Text})
			}
		case link:
			*out = append(*out, piece{text: "[", markup: true})
			w.collect(n.nodes, out)
			*out = append(*out, piece{text: "](" + linkTarget(n.url) + ")", markup: true})
		default:
			mark := map[style]string{bold: "**", italic: "*", strike: "~~"}[n.style]
			if w.careful && n.style == italic {
				mark = "_"
			}
			*out = append(*out, piece{text: mark, markup: true, opens: true})
			w.collect(n.nodes, out)
			*out = append(*out, piece{text: mark, markup: true, closes: true})
		}
	}
}

// codeSpan fences inline code with backquotes that it does not contain.
func codeSpan(s string) string {
	f := "`"
	for strings.Contains(s, f) {
		f += "`"
	}
	edge := strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") ||
		strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") && strings.TrimSpace(s) != ""
	if edge {
		s = " " + s + " "
	}
	return f + s + f
}

func linkTarget(url string) string {
	url = strings.NewReplacer(`\`, `\\`, "<", `\<`, ">", `\>`, "\n", "%0A", "&", `\&`).Replace(url)
	if strings.ContainsAny(url, " ()") || url == "" {
		return "<" + url + ">"
	}
	return url
}

// spelled tells whether a text's first and last character must be written as a
// character reference, so that the emphasis beside it opens and closes: a
// marker between a word and punctuation does neither.
func (w markdownWriter) spelled(pieces []piece, i int) (first, last bool) {
	text := pieces[i].text
	head, _ := utf8.DecodeRuneInString(text)
	tail, _ := utf8.DecodeLastRuneInString(text)
	if i+1 < len(pieces) && pieces[i+1].opens && plainRune(tail) {
		next := innerRune(pieces[i+1:], false)
		last = w.careful || !plainRune(next)
	}
	if i > 0 && pieces[i-1].closes && plainRune(head) {
		before := innerRune(reversed(pieces[:i]), true)
		first = w.careful || !plainRune(before)
	}
	return first, last
}

// innerRune is the first character that emphasis markers enclose, seen from outside.
func innerRune(pieces []piece, fromEnd bool) rune {
	for _, p := range pieces {
		if p.opens || p.closes {
			continue
		}
		var r rune
		if fromEnd {
			r, _ = utf8.DecodeLastRuneInString(p.text)
		} else {
			r, _ = utf8.DecodeRuneInString(p.text)
		}
		return r
	}
	return 0
}

func reversed(pieces []piece) []piece {
	out := make([]piece, 0, len(pieces))
	for i := len(pieces) - 1; i >= 0; i-- {
		out = append(out, pieces[i])
	}
	return out
}

// plainRune is a character that is neither white space nor punctuation.
func plainRune(r rune) bool {
	return r != 0 && !unicode.IsSpace(r) && !unicode.IsPunct(r) && !unicode.IsSymbol(r)
}

// escape writes text so that it reads back as itself. first and last say that
// the outermost characters are spelled out; end that nothing follows.
func (w markdownWriter) escape(b *strings.Builder, text string, first, last, end bool) {
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		start := b.Len() == 0 || strings.HasSuffix(b.String(), "\n")
		final := n == len(lines)-1
		if line == "" && start && !final {
			// A line of nothing but a break keeps the paragraph together.
			b.WriteString("\\\n")
			continue
		}
		w.escapeLine(b, line, lineEdges{
			start: start, end: !final || end,
			first: first && n == 0, last: last && final,
		})
		if !final {
			b.WriteByte('\n')
		}
	}
}

// lineEdges says what is beside a piece of a line.
type lineEdges struct {
	start, end  bool // it begins the line, it ends the line
	first, last bool // its outermost characters are spelled out
}

func (w markdownWriter) escapeLine(b *strings.Builder, line string, at lineEdges) {
	if line == "" {
		return
	}
	cut := 0
	if at.start {
		cut = blockMarker(line)
	}
	trailing := len(line)
	if at.end {
		trailing = len(strings.TrimRight(line, " \t"))
	}
	size := len(line)
	for i, r := range line {
		width := utf8.RuneLen(r)
		if width < 0 {
			width = 1
		}
		next, _ := utf8.DecodeRuneInString(line[min(i+width, size):])
		prev, _ := utf8.DecodeLastRuneInString(line[:i])
		switch {
		case i == 0 && at.start && (r == ' ' || r == '\t'),
			i+width == size && trailing < size,
			i == 0 && at.first && plainRune(r), i+width == size && at.last && plainRune(r):
			fmt.Fprintf(b, "&#%d;", r)
		case w.careful && (r == '*' || r == '_' || r == '~'):
			fmt.Fprintf(b, "&#%d;", r)
		case cut > 0 && i == cut-1:
			b.WriteString("\\" + string(r))
		case w.special(r, prev, next):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
}

// special reports whether a character means something in the middle of a line.
func (w markdownWriter) special(r, prev, next rune) bool {
	switch r {
	case '\\', '`', '*', '[', ']', '~':
		return true
	case '_':
		return w.careful || !(plainRune(prev) && plainRune(next))
	case '<':
		return !unicode.IsSpace(next) && next != utf8.RuneError || w.careful
	case '&':
		return next == '#' || unicode.IsLetter(next) || w.careful
	case '!':
		return next == utf8.RuneError || w.careful
	}
	return false
}

// blockMarker returns the position after the character that would begin a
// block if the line started with it, 0 for none.
func blockMarker(line string) int {
	at := func(i int) byte {
		if i < len(line) {
			return line[i]
		}
		return ' '
	}
	blank := func(c byte) bool { return c == ' ' || c == '\t' }
	switch line[0] {
	case '>':
		return 1
	case '-':
		if c := at(1); blank(c) || c == '-' || c == '|' || c == ':' {
			return 1
		}
	case '+':
		if blank(at(1)) {
			return 1
		}
	case '=':
		if strings.Trim(line, "= \t") == "" {
			return 1
		}
	case '|', ':':
		if strings.Trim(line, "|:- \t") == "" {
			return 1
		}
	case '#':
		n := len(line) - len(strings.TrimLeft(line, "#"))
		if n <= 6 && blank(at(n)) {
			return 1
		}
	default:
		n := len(line) - len(strings.TrimLeft(line, "0123456789"))
		if n > 0 && n <= 9 && (at(n) == '.' || at(n) == ')') && blank(at(n+1)) {
			return n + 1
		}
	}
	return 0
}
