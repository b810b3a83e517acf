package audit

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"miohub/platforms/sandbox"
)

// body is a message body as paragraphs in order, whatever form it came in.
type body []paragraph

// paragraph is a paragraph, an item's paragraph or a code block.
type paragraph struct {
	// frame is what it stands in, outermost first: ">" a quote, "•" and "#" an
	// item's first paragraph, "◦" one after it, "code" a code block.
	frame string
	runs  []run
}

// run is text in one style.
type run struct {
	text    string // "\n" is a line break
	style   string // letters of "bis" in this order, or "m"
	link    string
	mention string // account id; text is then the name as shown
}

// shapes are a body brought into forms that can be compared.
type shapes struct {
	text  string // the words alone, lines and paragraphs kept
	shape string // with styles, links, mentions and frames
	words string // text without white space and mentions
	style string // shape without white space and frames
}

// bodyOf is the body that a person said, with mentions as name shows them.
func bodyOf(b sandbox.Body, mention func(sandbox.Run) run) body {
	var out body
	for _, block := range b {
		switch block.Kind {
		case "code":
			out = append(out, paragraph{frame: "code", runs: []run{{text: block.Code}}})
		case "quote":
			for _, p := range bodyOf(block.Body, mention) {
				p.frame = ">" + p.frame
				out = append(out, p)
			}
		case "ul", "ol":
			frame := "•"
			if block.Kind == "ol" {
				frame = "#"
			}
			for _, item := range block.Items {
				out = append(out, paragraph{frame: frame, runs: runsOf(item, mention)})
			}
		default:
			out = append(out, paragraph{runs: runsOf(block.Runs, mention)})
		}
	}
	return out
}

func runsOf(list []sandbox.Run, mention func(sandbox.Run) run) []run {
	out := make([]run, 0, len(list))
	for _, r := range list {
		if r.Mention != "" {
			out = append(out, mention(r))
			continue
		}
		out = append(out, run{text: r.Text, style: styleOf(r.Bold, r.Italic, r.Strike, r.Mono), link: r.Link})
	}
	return out
}

func styleOf(bold, italic, strike, mono bool) string {
	if mono {
		return "m"
	}
	s := ""
	for _, letter := range []struct {
		on bool
		as string
	}{{bold, "b"}, {italic, "i"}, {strike, "s"}} {
		if letter.on {
			s += letter.as
		}
	}
	return s
}

// label is the first line of a relayed message.
var label = regexp.MustCompile(`^\{b\}(.+?) ?\{\} ?\((` + googleLabel + `|` + microsoftLabel + `)\)$`)

// labelled parts a relayed body from its label; ok is false when it has none.
func (b body) labelled() (name, origin string, rest body, ok bool) {
	if len(b) == 0 || b[0].frame != "" {
		return "", "", b, false
	}
	m := label.FindStringSubmatch(strings.ReplaceAll(b[0].shape(), " {}(", "{} ("))
	if m == nil {
		return "", "", b, false
	}
	return m[1], m[2], b[1:], true
}

func (b body) shapes() shapes {
	var texts, all []string
	for _, p := range b {
		for _, part := range p.parts() {
			texts = append(texts, part.text())
			all = append(all, part.frame+"¶ "+part.shape())
		}
	}
	s := shapes{text: strings.Join(texts, "\n\n"), shape: strings.Join(all, "\n\n")}
	flat := b.flat()
	s.words, s.style = squeeze(flat.words()), squeeze(flat.shape())
	return s
}

// flat is the whole body as one paragraph; code is a style then.
func (b body) flat() paragraph {
	var all paragraph
	for _, p := range b {
		for _, r := range p.runs {
			if strings.HasSuffix(p.frame, "code") {
				r.style = "c"
			}
			all.runs = append(all.runs, r)
		}
		all.runs = append(all.runs, run{text: "\n"})
	}
	return all
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// parts parts a paragraph at its blank lines.
func (p paragraph) parts() []paragraph {
	if strings.HasSuffix(p.frame, "code") {
		if strings.TrimSpace(p.text()) == "" {
			return nil
		}
		return []paragraph{p}
	}
	lines := p.lines()
	var out []paragraph
	var open []run
	flush := func() {
		if open != nil {
			frame := p.frame
			if len(out) > 0 && (strings.HasSuffix(frame, "•") || strings.HasSuffix(frame, "#")) {
				frame += "◦"
			}
			out = append(out, paragraph{frame: frame, runs: open})
			open = nil
		}
	}
	for _, line := range lines {
		if line.blank() {
			flush()
			continue
		}
		if open != nil {
			open = append(open, run{text: "\n"})
		}
		open = append(open, line.runs...)
	}
	flush()
	return out
}

func (p paragraph) blank() bool {
	for _, r := range p.runs {
		if r.mention != "" || strings.TrimSpace(plainText(r.text)) != "" {
			return false
		}
	}
	return true
}

func (p paragraph) lines() []paragraph {
	out := []paragraph{{frame: p.frame}}
	for _, r := range p.runs {
		if r.mention != "" {
			out[len(out)-1].runs = append(out[len(out)-1].runs, r)
			continue
		}
		for i, piece := range strings.Split(plainText(r.text), "\n") {
			if i > 0 {
				out = append(out, paragraph{frame: p.frame})
			}
			r.text = piece
			out[len(out)-1].runs = append(out[len(out)-1].runs, r)
		}
	}
	return out
}

// text is the paragraph's words, with a line's edges trimmed.
func (p paragraph) text() string { return p.render(false, true) }

// words are its words without the mentions.
func (p paragraph) words() string { return p.render(false, false) }

// shape is its words with a mark before each change of style. White space has no
// style of its own: nobody sees one.
func (p paragraph) shape() string { return p.render(true, true) }

func (p paragraph) render(marks, mentions bool) string {
	code := strings.HasSuffix(p.frame, "code")
	var b strings.Builder
	now := "{}"
	for i, line := range p.lines() {
		if i > 0 {
			b.WriteByte('\n')
		}
		var out strings.Builder
		for _, r := range line.runs {
			if r.mention != "" {
				if mentions {
					out.WriteString("{@" + r.mention + "}")
				}
				continue
			}
			mark := markOf(r)
			for _, c := range r.text {
				if marks && !unicode.IsSpace(c) && mark != now {
					out.WriteString(mark)
					now = mark
				}
				if c == '\t' && !code {
					out.WriteString("    ")
					continue
				}
				out.WriteRune(c)
			}
		}
		if code {
			b.WriteString(strings.TrimRight(out.String(), " \t"))
			continue
		}
		b.WriteString(strings.Trim(out.String(), " "))
	}
	if code {
		return strings.TrimRight(b.String(), "\n")
	}
	return b.String()
}

func markOf(r run) string {
	if r.link == "" {
		return "{" + r.style + "}"
	}
	link := r.link
	if u, err := url.Parse(link); err == nil {
		link = u.String()
	}
	return "{" + r.style + "|" + link + "}"
}

// plainText has one kind of line end, plain spaces and nothing that is not seen.
func plainText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r', r == '\u2028', r == '\u2029', r == '\v', r == '\f', r == '\u0085':
			return '\n'
		case r == '\u00A0':
			return ' '
		case r == '\uFEFF', unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}
