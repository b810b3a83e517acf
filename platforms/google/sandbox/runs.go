package sandbox

import (
	"reflect"
	"strings"
	"unicode"

	world "miohub/platforms/sandbox"
)

// style is one character style of a run, or "it is a link".
type style uint8

const (
	bold style = 1 << iota
	italic
	strike
	link
)

func styles() []style { return []style{bold, italic, strike, link} }

func has(r world.Run, s style) bool {
	switch s {
	case bold:
		return r.Bold
	case italic:
		return r.Italic
	case strike:
		return r.Strike
	default:
		return r.Link != ""
	}
}

func without(r world.Run, s style) world.Run {
	switch s {
	case bold:
		r.Bold = false
	case italic:
		r.Italic = false
	case strike:
		r.Strike = false
	default:
		r.Link = ""
	}
	return r
}

// sameStyle reports whether two runs differ in text only. Mentions stay apart.
func sameStyle(a, b world.Run) bool {
	a.Text, b.Text = "", ""
	return a == b && a.Mention == ""
}

// mergeRuns joins neighbours of one style and drops empty runs.
func mergeRuns(runs []world.Run) []world.Run {
	var out []world.Run
	for _, r := range runs {
		if r.Text == "" && r.Mention == "" {
			continue
		}
		if n := len(out); n > 0 && sameStyle(out[n-1], r) {
			out[n-1].Text += r.Text
			continue
		}
		out = append(out, r)
	}
	return out
}

// splitLines puts every line break in a run of its own, without style.
func splitLines(runs []world.Run) []world.Run {
	var out []world.Run
	for _, r := range runs {
		if r.Mention != "" {
			out = append(out, r)
			continue
		}
		for i, line := range strings.Split(r.Text, "\n") {
			if i > 0 {
				out = append(out, world.Run{Text: "\n"})
			}
			if line != "" {
				part := r
				part.Text = line
				out = append(out, part)
			}
		}
	}
	return out
}

// tighten takes styles off the white space at the edges of whatever they cover:
// no markup can express it, and nobody sees it.
func tighten(runs []world.Run) []world.Run {
	runs = mergeRuns(runs)
	for _, s := range styles() {
		var out []world.Run
		for i := 0; i < len(runs); {
			j := i
			for j < len(runs) && has(runs[j], s) && (s != link || runs[j].Link == runs[i].Link) {
				j++
			}
			if j == i {
				out = append(out, runs[i])
				i++
				continue
			}
			out = append(out, trimStyle(runs[i:j], s)...)
			i = j
		}
		runs = mergeRuns(out)
	}
	return runs
}

// trimStyle takes s off the white space that a group of runs begins and ends with.
func trimStyle(group []world.Run, s style) []world.Run {
	out := append([]world.Run(nil), group...)
	var before, after []world.Run
	for len(out) > 0 {
		r := out[0]
		rest := strings.TrimLeftFunc(r.Text, unicode.IsSpace)
		if r.Mention != "" || r.Mono || rest == r.Text {
			break
		}
		space := without(r, s)
		space.Text = r.Text[:len(r.Text)-len(rest)]
		before = append(before, space)
		if rest != "" {
			out[0].Text = rest
			break
		}
		out = out[1:]
	}
	for len(out) > 0 {
		r := out[len(out)-1]
		rest := strings.TrimRightFunc(r.Text, unicode.IsSpace)
		if r.Mention != "" || r.Mono || rest == r.Text {
			break
		}
		space := without(r, s)
		space.Text = r.Text[len(rest):]
		after = append([]world.Run{space}, after...)
		if rest != "" {
			out[len(out)-1].Text = rest
			break
		}
		out = out[:len(out)-1]
	}
	return append(append(before, out...), after...)
}

// node is a run, or a group that shares a style.
type node struct {
	run   world.Run
	style style // 0 for a run
	url   string
	nodes []node
}

// nest turns runs into nested groups: at each place the style that reaches
// farthest is the outer one.
func nest(runs []world.Run) []node {
	var out []node
	for i := 0; i < len(runs); {
		best, end := style(0), i
		for _, s := range styles() {
			if !has(runs[i], s) {
				continue
			}
			j := i
			for j < len(runs) && has(runs[j], s) && (s != link || runs[j].Link == runs[i].Link) {
				j++
			}
			if j > end {
				best, end = s, j
			}
		}
		if best == 0 {
			out = append(out, node{run: runs[i]})
			i++
			continue
		}
		out = append(out, grouped(runs[i:end], best)...)
		i = end
	}
	return out
}

// grouped makes one node of the runs that share a style; white space at its
// edges stays outside.
func grouped(runs []world.Run, s style) []node {
	var before, inside, after []world.Run
	for _, r := range trimStyle(runs, s) {
		switch {
		case has(r, s):
			inside = append(inside, without(r, s))
		case inside == nil:
			before = append(before, r)
		default:
			after = append(after, r)
		}
	}
	out := nest(before)
	if inside != nil {
		out = append(out, node{style: s, url: runs[0].Link, nodes: nest(inside)})
	}
	return append(out, nest(after)...)
}

// sameBody reports whether two bodies look the same: white space carries no style.
func sameBody(a, b world.Body) bool {
	a, b = canonical(a), canonical(b)
	return reflect.DeepEqual(a, b) || reflect.DeepEqual(bare(a), bare(b))
}

// bare takes the styles off white space.
func bare(body world.Body) world.Body {
	runs := func(list []world.Run) []world.Run {
		var out []world.Run
		for _, r := range list {
			if r.Mono || r.Mention != "" {
				out = append(out, r)
				continue
			}
			for _, c := range r.Text {
				one := world.Run{Text: string(c)}
				if !unicode.IsSpace(c) {
					one = r
					one.Text = string(c)
				}
				out = append(out, one)
			}
		}
		return mergeRuns(out)
	}
	var out world.Body
	for _, block := range body {
		c := world.Block{Kind: block.Kind, Code: block.Code, Runs: runs(block.Runs), Body: bare(block.Body)}
		for _, item := range block.Items {
			c.Items = append(c.Items, runs(item))
		}
		out = append(out, c)
	}
	return out
}

// canonical is a body as far as markup can tell it: merged, tightened, without
// empty paragraphs.
func canonical(body world.Body) world.Body {
	var out world.Body
	for _, b := range body {
		switch b.Kind {
		case "code":
			out = append(out, world.Block{Kind: "code", Code: b.Code})
		case "quote":
			if inner := canonical(b.Body); len(inner) > 0 {
				out = append(out, world.Block{Kind: "quote", Body: inner})
			}
		case "ul", "ol":
			c := world.Block{Kind: b.Kind}
			for _, item := range b.Items {
				c.Items = append(c.Items, canonicalRuns(item))
			}
			if len(c.Items) > 0 {
				out = append(out, c)
			}
		default:
			if runs := canonicalRuns(b.Runs); len(runs) > 0 {
				out = append(out, world.Block{Kind: "p", Runs: runs})
			}
		}
	}
	return out
}

func canonicalRuns(runs []world.Run) []world.Run {
	var out []world.Run
	for _, r := range runs {
		if r.Mono {
			// A code span holds one line.
			out = append(out, splitLines([]world.Run{r})...)
			continue
		}
		out = append(out, r)
	}
	out = tighten(out)
	for n := len(out); n > 0 && out[n-1].Mention == "" && !out[n-1].Mono; n = len(out) {
		out[n-1].Text = strings.TrimRight(out[n-1].Text, "\n")
		if out[n-1].Text != "" {
			break
		}
		out = out[:n-1]
	}
	return out
}
