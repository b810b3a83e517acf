package google

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"miohub/platforms/richtext"
)

// token is a piece of a paragraph on its way to Markdown: a span's text, or one
// delimiter that opens or closes a mark.
type token struct {
	span  *richtext.Span
	mark  richtext.Mark
	pair  int // links the opening delimiter with its closing one
	open  bool
	delim string

	// encodeFirst and encodeLast write a text's edge character as a numeric
	// character reference, see settle.
	encodeFirst, encodeLast bool
}

// markdownSpans renders one paragraph of a normal body.
func markdownSpans(spans []richtext.Span, id func(string) string) string {
	tokens := tokenize(spans)
	chooseDelimiters(tokens)
	// A single character between two groups of delimiters is an edge of both, so
	// settling one may unsettle the other; references only ever get more.
	for settleAll(tokens) {
	}
	var b strings.Builder
	for i, t := range tokens {
		if t.span == nil {
			b.WriteString(t.delim)
			continue
		}
		writeSpan(&b, t, i+1 < len(tokens), id)
	}
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		lines[i] = escapeLineStart(line)
	}
	return strings.Join(lines, "\n")
}

func tokenize(spans []richtext.Span) []token {
	var tokens []token
	var open []int // pair numbers, innermost last
	pairs := 0
	for _, run := range richtext.Nest(spans) {
		for _, m := range run.Open {
			pairs++
			open = append(open, pairs)
			tokens = append(tokens, token{mark: m, pair: pairs, open: true})
		}
		span := run.Span
		tokens = append(tokens, token{span: &span})
		for _, m := range run.Close {
			tokens = append(tokens, token{mark: m, pair: open[len(open)-1]})
			open = open[:len(open)-1]
		}
	}
	return tokens
}

// chooseDelimiters sets each delimiter's text. Italic is "*", which works inside
// a word, but "_" where it would touch the "**" of bold.
func chooseDelimiters(tokens []token) {
	touching := map[int]bool{}
	for i := 0; i < len(tokens); i++ {
		j := i
		bold := false
		for j < len(tokens) && tokens[j].span == nil {
			bold = bold || tokens[j].mark.Style == richtext.Bold
			j++
		}
		for ; i < j; i++ {
			if bold && tokens[i].mark.Style == richtext.Italic {
				touching[tokens[i].pair] = true
			}
		}
	}
	for i := range tokens {
		t := &tokens[i]
		switch {
		case t.span != nil:
		case t.mark.Link != "" && t.open:
			t.delim = "["
		case t.mark.Link != "":
			t.delim = "](" + escapeDestination(t.mark.Link) + ")"
		case t.mark.Style == richtext.Bold:
			t.delim = "**"
		case t.mark.Style == richtext.Strike:
			t.delim = "~~"
		case touching[t.pair]:
			t.delim = "_"
		default:
			t.delim = "*"
		}
	}
}

// settleAll settles each group of delimiters and reports whether that changed
// anything.
func settleAll(tokens []token) bool {
	changed := false
	for i := 0; i < len(tokens); i++ {
		j := i
		for j < len(tokens) && tokens[j].span == nil {
			j++
		}
		if j > i {
			changed = settle(tokens, i, j) || changed
		}
		i = j
	}
	return changed
}

// settle makes the delimiters tokens[from:to], which stand between two texts,
// flank as CommonMark asks. Where the characters beside them do not allow that
// (a word ends in bold punctuation and goes on plain, for example), the
// character outside is written as a numeric reference: it reads the same, and
// the delimiter stands beside the punctuation "&" or ";" instead. It reports
// whether it had to.
func settle(tokens []token, from, to int) bool {
	var left, right *token
	if from > 0 {
		left = &tokens[from-1]
	}
	if to < len(tokens) {
		right = &tokens[to]
	}
	before, leftFree := edge(left, true)
	after, rightFree := edge(right, false)
	for _, try := range [][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
		if try[0] && !leftFree || try[1] && !rightFree {
			continue
		}
		l, r := before, after
		if try[0] {
			l = ';'
		}
		if try[1] {
			r = '&'
		}
		if !flanks(tokens[from:to], l, r) {
			continue
		}
		if try[0] {
			left.encodeLast = true
		}
		if try[1] {
			right.encodeFirst = true
		}
		return try[0] || try[1]
	}
	return false
}

// edge is the source character that a text shows at its end (or start) to a
// delimiter there, and whether that may yet be written as a reference. No text
// is the edge of a line.
func edge(t *token, end bool) (rune, bool) {
	switch {
	case t == nil:
		return '\n', false
	case t.span.Mention != nil, t.span.Style&richtext.Mono != 0:
		return '`', false
	}
	pick, encoded, shown := utf8.DecodeRuneInString, t.encodeFirst, '&'
	if end {
		pick, encoded, shown = utf8.DecodeLastRuneInString, t.encodeLast, ';'
	}
	r, size := pick(t.span.Text)
	if encoded || size == len(t.span.Text) && (t.encodeFirst || t.encodeLast) {
		return shown, false
	}
	return r, r != '\n'
}

// flanks reports whether every delimiter of the group opens or closes as meant,
// with before and after on either side of the group, both by the present rule
// (symbols count as punctuation) and by the one before CommonMark 0.31.
func flanks(group []token, before, after rune) bool {
	for _, punct := range []func(rune) bool{
		func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) },
		func(r rune) bool { return unicode.IsPunct(r) || r < utf8.RuneSelf && unicode.IsSymbol(r) },
	} {
		for i, t := range group {
			l, r := '*', '*'
			if i == 0 {
				l = before
			}
			if i == len(group)-1 {
				r = after
			}
			if t.mark.Link == "" && !flanksOne(t, l, r, punct) {
				return false
			}
		}
	}
	return true
}

func flanksOne(t token, l, r rune, punct func(rune) bool) bool {
	left := !unicode.IsSpace(r) && (!punct(r) || unicode.IsSpace(l) || punct(l))
	right := !unicode.IsSpace(l) && (!punct(l) || unicode.IsSpace(r) || punct(r))
	if t.delim != "_" {
		return t.open && left || !t.open && right
	}
	if t.open {
		return left && (!right || punct(l))
	}
	return right && (!left || punct(r))
}

func writeSpan(b *strings.Builder, t token, more bool, id func(string) string) {
	s := t.span
	switch {
	case s.Mention != nil:
		b.WriteString("<users/" + id(s.Mention.User) + ">")
	case s.Style&richtext.Mono != 0:
		b.WriteString(codeSpan(s.Text))
	default:
		writeText(b, t, more)
	}
}

// codeSpan writes inline code with a fence longer than any inside it, padded
// where CommonMark would strip or merge an edge.
func codeSpan(text string) string {
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	pad := ""
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") ||
		strings.HasPrefix(text, " ") && strings.HasSuffix(text, " ") {
		pad = " "
	}
	return fence + pad + text + pad + fence
}

// reference matches what CommonMark would read as a character reference.
var reference = regexp.MustCompile(`^&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{0,31});`)

// writeText writes literal text so that nothing in it is markup.
func writeText(b *strings.Builder, t token, more bool) {
	runes := []rune(t.span.Text)
	last := len(runes) - 1
	atEdge := edgeSpaces(runes, b.Len() == 0, !more)
	for i, r := range runes {
		switch {
		case i == 0 && t.encodeFirst, i == last && t.encodeLast,
			// A tilde or backtick would join the delimiter that follows it.
			i == last && more && (r == '~' || r == '`'):
			fmt.Fprintf(b, "&#%d;", r)
		case atEdge[i]:
			b.WriteRune('\u00A0')
		case r == '_' && i > 1 && i < last-1 && wordly(runes[i-1]) && wordly(runes[i+1]):
			b.WriteByte('_')
		case r == '&' && !reference.MatchString(string(runes[i:min(len(runes), i+40)])):
			b.WriteByte('&')
		case r == '/' && strings.HasSuffix(string(runes[max(0, i-6):i]), "<users"):
			// Escaped twice over: no reader that looks for <users/all> before it
			// looks at backslashes finds one here.
			b.WriteString(`\/`)
		case strings.ContainsRune("\\`*_[]<>~&", r), r == '!' && i == last && more:
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// edgeSpaces marks the spaces at the start and end of lines, which CommonMark
// drops; no-break spaces stay. starts and ends tell whether the text begins and
// ends a line.
func edgeSpaces(runes []rune, starts, ends bool) []bool {
	marked := make([]bool, len(runes))
	edge := starts
	for i, r := range runes {
		marked[i] = edge && r == ' '
		edge = r == '\n' || marked[i]
	}
	edge = ends
	for i := len(runes) - 1; i >= 0; i-- {
		at := edge && runes[i] == ' '
		marked[i] = marked[i] || at
		edge = runes[i] == '\n' || at
	}
	return marked
}

var (
	lineMarker  = regexp.MustCompile(`^(#{1,6}|[-+])([ \t]|$)`)
	lineNumber  = regexp.MustCompile(`^[0-9]{1,9}[.)]([ \t]|$)`)
	lineOfRules = regexp.MustCompile(`^((-[ \t]*)+|=+[ \t]*)$`)
)

// escapeLineStart keeps a rendered line from being read as a heading, an item, a
// rule or an underline. No delimiter of ours begins with these characters, so
// whatever stands there is text.
func escapeLineStart(line string) string {
	switch {
	case lineMarker.MatchString(line), lineOfRules.MatchString(line):
		return `\` + line
	case lineNumber.MatchString(line):
		i := strings.IndexAny(line, ".)")
		return line[:i] + `\` + line[i:]
	}
	return line
}

// escapeDestination writes a clean link (see richtext.CleanLink: no space, angle
// bracket, backslash or backtick is left in it) as a link destination.
func escapeDestination(link string) string {
	var b strings.Builder
	for i := range len(link) {
		switch c := link[i]; {
		case c == '(', c == ')', c == '&' && reference.MatchString(link[i:]):
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// mentionID matches the ids that may stand in a mention.
var mentionID = regexp.MustCompile(`^[A-Za-z0-9._@+-]+$`)
