package richtext

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Split cuts a body into parts that size measures at no more than limit each, in
// order and with styles kept: between blocks where that wastes little, else
// between lines, between words, or between characters as a reader counts them.
// size must not shrink when a body grows. A single character that is too large
// is a part of its own. Parts are in normal form; an empty body is one empty part.
func Split(d Doc, limit int, size func(Doc) int) []Doc {
	d = Normalize(d)
	var parts []Doc
	for size(d) > limit {
		at := cutPoint(d, limit, size)
		if at == 0 {
			break
		}
		head, tail := cut(d, at)
		head, tail = Normalize(head), Normalize(tail)
		if len(head) > 0 {
			parts = append(parts, head)
		}
		d = tail
	}
	if len(d) > 0 || len(parts) == 0 {
		parts = append(parts, d)
	}
	return parts
}

// cutPoint chooses after how many units to cut; 0 when there is one unit only.
func cutPoint(d Doc, limit int, size func(Doc) int) int {
	edges := unitEdges(d)
	// The largest head that fits: low fits (or is the least there can be).
	low, high := 1, len(edges)
	for high-low > 1 {
		middle := (low + high) / 2
		head, _ := cut(d, middle)
		if size(Normalize(head)) <= limit {
			low = middle
		} else {
			high = middle
		}
	}
	if low >= len(edges) {
		return 0
	}
	for _, want := range []edge{blockEdge, lineEdge, wordEdge} {
		for at := low; at > low/2; at-- {
			if edges[at-1] >= want {
				return at
			}
		}
	}
	return low
}

// edge is how good a place the end of a unit is to cut at.
type edge uint8

const (
	innerEdge edge = iota
	wordEdge
	lineEdge
	blockEdge
)

// unitEdges lists the body's units (characters as a reader counts them, and
// whole mentions), in order, by what follows each.
func unitEdges(d Doc) []edge {
	var edges []edge
	var blocks func([]Block, edge)
	raise := func(to edge) {
		if n := len(edges); n > 0 {
			edges[n-1] = max(edges[n-1], to)
		}
	}
	spans := func(list []Span) {
		for _, s := range list {
			if s.Mention != nil {
				edges = append(edges, innerEdge)
				continue
			}
			edges = append(edges, textEdges(s.Text)...)
		}
	}
	blocks = func(list []Block, after edge) {
		for _, b := range list {
			spans(b.Spans)
			edges = append(edges, textEdges(b.Text)...)
			blocks(b.Blocks, lineEdge)
			for _, item := range b.Items {
				spans(item.Spans)
				blocks(item.Blocks, lineEdge)
				raise(lineEdge)
			}
			raise(after)
		}
	}
	blocks(d, blockEdge)
	return edges
}

func textEdges(text string) []edge {
	var edges []edge
	for graphemes := uniseg.NewGraphemes(text); graphemes.Next(); {
		switch graphemes.Str() {
		case "\n":
			edges = append(edges, lineEdge)
		case " ":
			edges = append(edges, wordEdge)
		default:
			edges = append(edges, innerEdge)
		}
	}
	return edges
}

// cut parts the body after n units.
func cut(d Doc, n int) (head, tail Doc) {
	h, t := cutBlocks(d, &n)
	return Doc(h), Doc(t)
}

func cutBlocks(list []Block, n *int) (head, tail []Block) {
	for _, b := range list {
		h, t := b, b
		h.Spans, t.Spans = cutSpans(b.Spans, n)
		h.Text, t.Text = cutText(b.Text, n)
		h.Blocks, t.Blocks = cutBlocks(b.Blocks, n)
		h.Items, t.Items = nil, nil
		for _, item := range b.Items {
			var hi, ti Item
			hi.Spans, ti.Spans = cutSpans(item.Spans, n)
			hi.Blocks, ti.Blocks = cutBlocks(item.Blocks, n)
			h.Items, t.Items = append(h.Items, hi), append(t.Items, ti)
		}
		head, tail = append(head, h), append(tail, t)
	}
	return head, tail
}

func cutSpans(list []Span, n *int) (head, tail []Span) {
	for _, s := range list {
		switch {
		case *n == 0:
			tail = append(tail, s)
		case s.Mention != nil:
			*n--
			head = append(head, s)
		default:
			h, t := s, s
			h.Text, t.Text = cutText(s.Text, n)
			head, tail = append(head, h), append(tail, t)
		}
	}
	return head, tail
}

func cutText(text string, n *int) (head, tail string) {
	if *n == 0 {
		return "", text
	}
	var b strings.Builder
	graphemes := uniseg.NewGraphemes(text)
	for *n > 0 && graphemes.Next() {
		b.WriteString(graphemes.Str())
		*n--
	}
	return b.String(), text[b.Len():]
}
