package richtext

import (
	"slices"
	"strings"
	"unicode"
)

// MaxDepth is how deep quotes and lists nest in normal form; what lies deeper
// is lifted to this depth. No chat client shows more.
const MaxDepth = 6

// Normalize brings a body into normal form: two bodies that a reader cannot
// tell apart have the same one, and every renderer's output parses back to it.
//
//   - Text is clean: see CleanLink for links; control characters are gone, line
//     ends are "\n", tabs outside code blocks are four spaces. A no-break space
//     is one only inside text of one style; next to other white space, to a
//     change of style or to a line's edge it is how chat editors write a space.
//   - A line break carries no style and no link, and white space carries only
//     what the text on both sides of it has. Mono excludes the other styles, and
//     a mention has neither style nor link.
//   - Neighbouring spans differ; none is empty.
//   - A paragraph has no blank line: it is two paragraphs there. Empty
//     paragraphs, code blocks, quotes, items and lists are gone, lines of spaces
//     in code are empty, and code has no empty line at its end.
//   - An item's first paragraph is its line. Neighbouring lists of one kind are
//     one list.
//   - Quotes and lists nest at most MaxDepth deep.
//
// The argument is not changed.
func Normalize(d Doc) Doc {
	blocks := normalBlocks(d, 0)
	if len(blocks) == 0 {
		return nil
	}
	return Doc(blocks)
}

func normalBlocks(blocks []Block, depth int) []Block {
	var out []Block
	for _, b := range blocks {
		for _, n := range normalBlock(b, depth) {
			if last := len(out) - 1; last >= 0 && n.Kind == List && out[last].Kind == List && out[last].Ordered == n.Ordered {
				out[last].Items = append(out[last].Items, n.Items...)
				continue
			}
			out = append(out, n)
		}
	}
	return out
}

func normalBlock(b Block, depth int) []Block {
	switch b.Kind {
	case Code:
		if text := cleanCode(b.Text); text != "" {
			return []Block{{Kind: Code, Text: text}}
		}
	case Quote:
		if depth >= MaxDepth {
			return normalBlocks(b.Blocks, depth)
		}
		if inner := normalBlocks(b.Blocks, depth+1); len(inner) > 0 {
			return []Block{{Kind: Quote, Blocks: inner}}
		}
	case List:
		return normalList(b, depth)
	default:
		return paragraphs(b.Spans)
	}
	return nil
}

func normalList(b Block, depth int) []Block {
	list := Block{Kind: List, Ordered: b.Ordered}
	var lifted []Block
	for _, item := range b.Items {
		content := append([]Block{{Kind: Paragraph, Spans: item.Spans}}, item.Blocks...)
		if depth >= MaxDepth {
			lifted = append(lifted, content...)
			continue
		}
		content = normalBlocks(content, depth+1)
		switch {
		case len(content) == 0:
		case content[0].Kind == Paragraph:
			list.Items = append(list.Items, Item{Spans: content[0].Spans, Blocks: trimNil(content[1:])})
		default:
			list.Items = append(list.Items, Item{Blocks: content})
		}
	}
	if depth >= MaxDepth {
		return normalBlocks(lifted, depth)
	}
	if len(list.Items) == 0 {
		return nil
	}
	return []Block{list}
}

func trimNil(blocks []Block) []Block {
	if len(blocks) == 0 {
		return nil
	}
	return blocks
}

// glyph is one character with what it carries, or one whole mention.
type glyph struct {
	r       rune
	style   Style
	link    string
	mention *Mention
	name    string // of the mention
}

func (g glyph) space() bool { return g.mention == nil && unicode.IsSpace(g.r) }

// paragraphs makes the normal paragraphs of a run of spans.
func paragraphs(spans []Span) []Block {
	var out []Block
	var lines [][]glyph
	flush := func() {
		if len(lines) > 0 {
			out = append(out, Block{Kind: Paragraph, Spans: join(lines)})
			lines = nil
		}
	}
	for _, line := range glyphLines(spans) {
		if !slices.ContainsFunc(line, func(g glyph) bool { return !g.space() }) {
			flush()
			continue
		}
		breakSpace(line)
		unmarkSpace(line)
		lines = append(lines, line)
	}
	flush()
	return out
}

// glyphLines splits spans into lines of glyphs.
func glyphLines(spans []Span) [][]glyph {
	lines := [][]glyph{nil}
	add := func(g glyph) { lines[len(lines)-1] = append(lines[len(lines)-1], g) }
	for _, s := range spans {
		if m := s.Mention; m != nil && (m.Everyone || m.User != "") {
			mention := *m
			if m.Everyone {
				mention.User = ""
			}
			add(glyph{mention: &mention, name: strings.Join(strings.Fields(clean(s.Text, false)), " ")})
			continue
		}
		style := s.Style & (Bold | Italic | Strike | Mono)
		if style&Mono != 0 {
			style = Mono
		}
		link := ""
		if s.Link != "" {
			link = CleanLink(s.Link)
		}
		for _, r := range clean(s.Text, false) {
			if r == nbsp && style == Mono {
				r = ' '
			}
			if r == '\n' {
				lines = append(lines, nil)
				continue
			}
			add(glyph{r: r, style: style, link: link})
		}
	}
	return lines
}

// breakSpace makes the line's no-break spaces plain ones where they stand for
// such.
func breakSpace(line []glyph) {
	real := make([]bool, len(line))
	for i := 1; i+1 < len(line); i++ {
		l, g, r := line[i-1], line[i], line[i+1]
		real[i] = g.r == nbsp && !l.space() && !r.space() && alike(l, g) && alike(g, r)
	}
	for i := range line {
		if line[i].r == nbsp && !real[i] {
			line[i].r = ' '
		}
	}
}

// alike reports whether two characters would be in one span.
func alike(a, b glyph) bool {
	return a.style == b.style && a.link == b.link && a.mention == nil && b.mention == nil
}

// unmarkSpace takes from the line's white space what the text beside it lacks.
// Space inside inline code is content and stays, unless it is all there is.
func unmarkSpace(line []glyph) {
	eachRun(line, func(run []glyph, _, _ glyph) {
		if run[0].style == Mono && !slices.ContainsFunc(run, func(g glyph) bool { return !g.space() }) {
			for i := range run {
				run[i].style = 0
			}
		}
	}, func(a, b glyph) bool {
		return a.style == b.style && a.link == b.link && a.mention == nil && b.mention == nil
	})
	eachRun(line, func(run []glyph, left, right glyph) {
		if !run[0].space() || run[0].style == Mono {
			return
		}
		for i := range run {
			run[i].style &= left.style & right.style
			if left.link != run[i].link || right.link != run[i].link {
				run[i].link = ""
			}
		}
	}, func(a, b glyph) bool {
		return a.space() && b.space() && a.style != Mono && b.style != Mono
	})
}

// eachRun calls f for each maximal run of glyphs that belong together, with the
// glyphs beside it (zero at the edges).
func eachRun(line []glyph, f func(run []glyph, left, right glyph), together func(a, b glyph) bool) {
	for i := 0; i < len(line); {
		j := i + 1
		for j < len(line) && together(line[j-1], line[j]) {
			j++
		}
		var left, right glyph
		if i > 0 {
			left = line[i-1]
		}
		if j < len(line) {
			right = line[j]
		}
		f(line[i:j], left, right)
		i = j
	}
}

// join makes spans of lines again.
func join(lines [][]glyph) []Span {
	var out []Span
	var text strings.Builder
	var last glyph
	flush := func() {
		if text.Len() > 0 {
			out = append(out, Span{Text: text.String(), Style: last.style, Link: last.link})
			text.Reset()
		}
	}
	put := func(g glyph) {
		if g.mention != nil {
			flush()
			out = append(out, Span{Text: g.name, Mention: g.mention})
			return
		}
		if g.style != last.style || g.link != last.link {
			flush()
		}
		last = g
		text.WriteRune(g.r)
	}
	for i, line := range lines {
		if i > 0 {
			put(glyph{r: '\n'})
		}
		for _, g := range line {
			put(g)
		}
	}
	flush()
	return out
}
