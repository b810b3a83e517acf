package sandbox

import (
	"strconv"
	"strings"
	"unicode/utf16"

	world "miohub/platforms/sandbox"
)

// annotation marks a mention in a message's plain text, in UTF-16 code units.
type annotation struct {
	start, length int
	account       string
}

// plainText is a message's text field: what it says without the formatting,
// mentions as "@name". markup keeps inline markers, as Chat does for texts that
// were posted in Chat markup.
func plainText(body world.Body, markup bool) (string, []annotation) {
	p := plainWriter{markup: markup}
	p.blocks(body, "")
	return p.b.String(), p.notes
}

type plainWriter struct {
	b      strings.Builder
	units  int
	notes  []annotation
	markup bool
}

func (p *plainWriter) write(s string) {
	p.b.WriteString(s)
	p.units += len(utf16.Encode([]rune(s)))
}

func (p *plainWriter) blocks(body world.Body, prefix string) {
	for i, block := range body {
		if i > 0 {
			p.write("\n" + prefix)
			if block.Kind == "p" && body[i-1].Kind == "p" {
				p.write("\n" + prefix)
			}
		}
		switch block.Kind {
		case "code":
			if p.markup {
				p.write(fence + "\n" + block.Code + "\n" + fence)
			} else {
				p.write(block.Code)
			}
		case "quote":
			p.write("> ")
			p.blocks(block.Body, "> ")
		case "ul", "ol":
			for n, item := range block.Items {
				if n > 0 {
					p.write("\n" + prefix)
				}
				p.write(marker(block.Kind, n))
				p.runs(item, prefix+"  ")
			}
		default:
			p.runs(block.Runs, prefix)
		}
	}
}

// runs writes a line's text; prefix goes after each line break.
func (p *plainWriter) runs(runs []world.Run, prefix string) {
	p.nodes(nest(tighten(splitLines(runs))), prefix)
}

func (p *plainWriter) nodes(nodes []node, prefix string) {
	for _, n := range nodes {
		mark := ""
		if p.markup {
			mark = map[style]string{bold: "*", italic: "_", strike: "~"}[n.style]
		}
		switch {
		case n.style != 0:
			p.write(mark)
			p.nodes(n.nodes, prefix)
			p.write(mark)
		case n.run.Mention != "":
			start := p.units
			p.write("@" + n.run.Text)
			p.notes = append(p.notes, annotation{start: start, length: p.units - start, account: n.run.Mention})
		case n.run.Mono && p.markup:
			p.write("`" + n.run.Text + "`")
		default:
			p.write(strings.ReplaceAll(n.run.Text, "\n", "\n"+prefix))
		}
	}
}

func marker(kind string, n int) string {
	if kind == "ol" {
		return strconv.Itoa(n+1) + ". "
	}
	return "* "
}
