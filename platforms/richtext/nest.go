package richtext

import "slices"

// Mark is one thing that a renderer opens before and closes after text: a
// single style bit (Bold, Italic or Strike), or a link.
type Mark struct {
	Style Style
	Link  string
}

// Run is a span with the marks to open before it, outermost first, and to close
// after it, innermost first.
type Run struct {
	Open  []Mark
	Span  Span
	Close []Mark
}

// Nest turns the flat styles of spans into marks that nest properly: a mark
// that lasts longer is opened further out, and one that must outlive a mark
// around it is closed with that and opened again.
func Nest(spans []Span) []Run {
	runs := make([]Run, len(spans))
	lasting := lastings(spans)
	var stack []Mark
	for i, s := range spans {
		runs[i].Span = s
		keep := 0
		for keep < len(stack) && carries(s, stack[keep]) {
			keep++
		}
		if i > 0 {
			runs[i-1].Close = closing(stack[keep:])
		}
		stack = stack[:keep]
		var open []Mark
		for _, m := range marksOf(s) {
			if !slices.Contains(stack, m) {
				open = append(open, m)
			}
		}
		slices.SortStableFunc(open, func(a, b Mark) int { return lasting[i][kindOf(b)] - lasting[i][kindOf(a)] })
		runs[i].Open = open
		stack = append(slices.Clone(stack), open...)
	}
	if n := len(runs); n > 0 {
		runs[n-1].Close = closing(stack)
	}
	return runs
}

func closing(marks []Mark) []Mark {
	if len(marks) == 0 {
		return nil
	}
	out := slices.Clone(marks)
	slices.Reverse(out)
	return out
}

func marksOf(s Span) []Mark {
	var marks []Mark
	if s.Link != "" {
		marks = append(marks, Mark{Link: s.Link})
	}
	for _, style := range []Style{Bold, Italic, Strike} {
		if s.Style&style != 0 {
			marks = append(marks, Mark{Style: style})
		}
	}
	return marks
}

func carries(s Span, m Mark) bool {
	if m.Link != "" {
		return s.Link == m.Link
	}
	return s.Style&m.Style != 0
}

func kindOf(m Mark) int {
	switch m.Style {
	case Bold:
		return 1
	case Italic:
		return 2
	case Strike:
		return 3
	}
	return 0
}

// lastings counts, for each span and kind of mark, how many spans from there on
// carry it.
func lastings(spans []Span) [][4]int {
	out := make([][4]int, len(spans)+1)
	for i := len(spans) - 1; i >= 0; i-- {
		for _, m := range marksOf(spans[i]) {
			k := kindOf(m)
			out[i][k] = 1
			if i+1 < len(spans) && carries(spans[i+1], m) {
				out[i][k] += out[i+1][k]
			}
		}
	}
	return out
}
