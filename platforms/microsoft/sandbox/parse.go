package sandbox

import (
	"strings"

	"golang.org/x/net/html"

	world "miohub/platforms/sandbox"
)

// parseBody reads stored HTML into the World's neutral form, for panes and
// searches. mentioned maps the ids of <at> to accounts.
func parseBody(content string, mentioned map[string]string) world.Body {
	p := &bodyParser{mentioned: mentioned}
	p.flow(parseHTML(content))
	p.flush()
	return p.out
}

type bodyParser struct {
	mentioned map[string]string
	out       world.Body
	line      []world.Run
}

func (p *bodyParser) flush() {
	if len(p.line) > 0 {
		p.out = append(p.out, world.Block{Kind: "p", Runs: trimRuns(p.line)})
		p.line = nil
	}
}

func (p *bodyParser) flow(nodes []*html.Node) {
	for _, n := range unwrap(nodes) {
		if n.Type == html.TextNode {
			if strings.TrimSpace(strings.ReplaceAll(n.Data, "\u00a0", "x")) != "" || len(p.line) > 0 {
				p.line = append(p.line, world.Run{Text: collapse(n.Data)})
			}
			continue
		}
		switch tag := tagName(n); tag {
		case "p", "h1", "h2", "h3":
			p.flush()
			p.line = p.runs(children(n), world.Run{Bold: tag[0] == 'h'})
			if len(p.line) == 0 {
				p.line = []world.Run{{}}
			}
			p.flush()
		case "div":
			p.flush()
			p.flow(children(n))
			p.flush()
		case "pre", "codeblock":
			p.flush()
			p.out = append(p.out, world.Block{Kind: "code", Code: strings.ReplaceAll(verbatimText(n), "\u00a0", " ")})
		case "blockquote":
			p.flush()
			inner := parseNodes(children(n), p.mentioned)
			p.out = append(p.out, world.Block{Kind: "quote", Body: inner})
		case "ul", "ol":
			p.flush()
			p.out = append(p.out, world.Block{Kind: tag, Items: p.items(n)})
		case "hr", "attachment":
			p.flush()
		default:
			p.line = append(p.line, p.runs([]*html.Node{n}, world.Run{})...)
		}
	}
}

func parseNodes(nodes []*html.Node, mentioned map[string]string) world.Body {
	p := &bodyParser{mentioned: mentioned}
	p.flow(nodes)
	p.flush()
	return p.out
}

// items lists a list's lines; nested ones follow their parent.
func (p *bodyParser) items(n *html.Node) [][]world.Run {
	var out [][]world.Run
	for _, li := range children(n) {
		if li.Type != html.ElementNode || tagName(li) != "li" {
			continue
		}
		var line, nested []*html.Node
		for _, kid := range children(li) {
			if kid.Type == html.ElementNode && (kid.Data == "ul" || kid.Data == "ol") {
				nested = append(nested, kid)
				continue
			}
			line = append(line, kid)
		}
		out = append(out, trimRuns(p.runs(line, world.Run{})))
		for _, list := range nested {
			out = append(out, p.items(list)...)
		}
	}
	return out
}

// runs reads inline content in the given style.
func (p *bodyParser) runs(nodes []*html.Node, style world.Run) []world.Run {
	var out []world.Run
	for _, n := range unwrap(nodes) {
		if n.Type == html.TextNode {
			r := style
			r.Text = collapse(n.Data)
			out = append(out, r)
			continue
		}
		s := style
		switch tagName(n) {
		case "br":
			s.Text = "\n"
			out = append(out, s)
			continue
		case "emoji":
			s.Text = attribute(n, "alt")
			out = append(out, s)
			continue
		case "at":
			s.Text, s.Mention = strings.ReplaceAll(verbatimText(n), "\u00a0", " "), p.mentioned[attribute(n, "id")]
			out = append(out, s)
			continue
		case "strong":
			s.Bold = true
		case "em":
			s.Italic = true
		case "s":
			s.Strike = true
		case "code":
			s.Mono = true
		case "a":
			s.Link = attribute(n, "href")
		}
		out = append(out, p.runs(children(n), s)...)
	}
	return out
}

// collapse folds HTML's white space into single spaces and makes hard spaces soft.
func collapse(s string) string {
	var b strings.Builder
	space := false
	for _, ch := range s {
		if strings.ContainsRune(" \t\n\r\f", ch) {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		if ch == '\u00a0' {
			ch = ' '
		}
		b.WriteRune(ch)
	}
	return b.String()
}

// trimRuns drops a newline that the markup, not the person, wrote at the end.
func trimRuns(runs []world.Run) []world.Run {
	for len(runs) > 0 && runs[len(runs)-1].Text == "" && len(runs) > 1 {
		runs = runs[:len(runs)-1]
	}
	return runs
}

// verbatimText is the text below a node, <br> as a newline.
func verbatimText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for kid := n.FirstChild; kid != nil; kid = kid.NextSibling {
			switch {
			case kid.Type == html.TextNode:
				b.WriteString(kid.Data)
			case kid.Data == "br":
				b.WriteByte('\n')
			case kid.Type == html.ElementNode:
				walk(kid)
			}
		}
	}
	walk(n)
	return b.String()
}
