package microsoft

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"miohub/platforms/richtext"
)

// maxContent is the largest message body that is read, in bytes; Teams itself
// takes about 28 KB (Limits and specifications for Microsoft Teams).
const maxContent = 4 << 20

// parseHTML reads a message's HTML body into normal form. lost names what could
// not be carried, in words. Nothing in the HTML itself makes it fail.
func parseHTML(content string, mentions []atMention) (doc richtext.Doc, lost []string, err error) {
	return parseMessage(content, mentions, func(string, *html.Node) bool { return false })
}

// parseMessage reads a message's HTML body; carried tells of an image or an
// attachment (what) whether it is carried beside the text.
func parseMessage(content string, mentions []atMention, carried func(what string, n *html.Node) bool) (doc richtext.Doc, lost []string, err error) {
	if len(content) > maxContent {
		return nil, nil, fmt.Errorf("microsoft: message body of %d bytes is larger than %d", len(content), maxContent)
	}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(content), body)
	if err != nil {
		// Only elements nested beyond reason end here: the words are still said.
		return richtext.Normalize(textOnly(content)), []string{"formatting"}, nil
	}
	r := &htmlReader{mentions: map[string]atMention{}, lost: map[string]int{}, carried: carried}
	for _, m := range mentions {
		r.mentions[strconv.Itoa(m.ID)] = m
	}
	out := &sink{atStart: true}
	for _, n := range nodes {
		r.node(n, out, richtext.Span{})
	}
	out.flush()
	return richtext.Normalize(out.blocks), r.losses(), nil
}

// textOnly is what a tokenizer alone makes of the HTML.
func textOnly(content string) richtext.Doc {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(content))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: b.String()}}}}
		case html.TextToken:
			b.Write(z.Text())
		}
	}
}

// sink collects blocks, and the open paragraph's spans with HTML's white space
// collapsed.
type sink struct {
	blocks  []richtext.Block
	spans   []richtext.Span
	atStart bool           // of a line: white space is dropped
	pending *richtext.Span // white space seen, not yet known to be inside a line
}

func (s *sink) text(text string, style richtext.Span) {
	for text != "" {
		cut := strings.IndexAny(text, " \t\n\r\f")
		if cut != 0 {
			word := text
			if cut > 0 {
				word = text[:cut]
			}
			style.Text = word
			s.put(style)
			text = text[len(word):]
			continue
		}
		text = strings.TrimLeft(text, " \t\n\r\f")
		if !s.atStart && s.pending == nil {
			space := style
			space.Text = " "
			s.pending = &space
		}
	}
}

func (s *sink) put(span richtext.Span) {
	if s.pending != nil {
		s.spans = append(s.spans, *s.pending)
		s.pending = nil
	}
	s.atStart = false
	if last := len(s.spans) - 1; last >= 0 && span.Mention == nil && s.spans[last].Mention == nil &&
		s.spans[last].Style == span.Style && s.spans[last].Link == span.Link && len(s.spans[last].Text) < 256 {
		s.spans[last].Text += span.Text
		return
	}
	s.spans = append(s.spans, span)
}

func (s *sink) lineBreak() {
	s.pending = nil
	s.spans = append(s.spans, richtext.Span{Text: "\n"})
	s.atStart = true
}

// flush ends the open paragraph.
func (s *sink) flush() {
	if len(s.spans) > 0 {
		s.blocks = append(s.blocks, richtext.Block{Kind: richtext.Paragraph, Spans: s.spans})
	}
	s.spans, s.pending, s.atStart = nil, nil, true
}

func (s *sink) block(b richtext.Block) {
	s.flush()
	s.blocks = append(s.blocks, b)
}

// htmlReader walks one message.
type htmlReader struct {
	mentions map[string]atMention
	lost     map[string]int
	carried  func(what string, n *html.Node) bool
}

// losses lists what was lost, in words.
func (r *htmlReader) losses() []string {
	var out []string
	for _, what := range []string{"image", "attachment", "table"} {
		switch n := r.lost[what]; {
		case n == 1:
			out = append(out, "1 "+what)
		case n > 1:
			out = append(out, fmt.Sprintf("%d %ss", n, what))
		}
	}
	return out
}

// lose counts what is not carried.
func (r *htmlReader) lose(what string, n *html.Node) {
	if !r.carried(what, n) {
		r.lost[what]++
	}
}

func (r *htmlReader) node(n *html.Node, out *sink, style richtext.Span) {
	switch n.Type {
	case html.TextNode:
		out.text(n.Data, style)
	case html.ElementNode:
		r.element(n, out, style)
	}
}

func (r *htmlReader) children(n *html.Node, out *sink, style richtext.Span) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.node(c, out, style)
	}
}

// inside reads the element's children into blocks of their own.
func (r *htmlReader) inside(n *html.Node) []richtext.Block {
	inner := &sink{atStart: true}
	r.children(n, inner, richtext.Span{})
	inner.flush()
	return inner.blocks
}

func (r *htmlReader) element(n *html.Node, out *sink, style richtext.Span) {
	switch n.Data {
	case "strong", "b":
		style.Style |= richtext.Bold
	case "em", "i":
		style.Style |= richtext.Italic
	case "s", "strike", "del":
		style.Style |= richtext.Strike
	case "code":
		style.Style |= richtext.Mono
	case "a":
		r.link(n, out, style)
		return
	case "br":
		out.lineBreak()
		return
	case "at":
		r.at(n, out, style)
		return
	case "emoji", "img":
		r.picture(n, out, style)
	case "attachment":
		r.lose("attachment", n)
	case "script", "style", "template", "noscript", "title":
		return
	case "hr":
		out.block(richtext.Block{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: "———"}}})
		return
	case "pre", "codeblock":
		out.block(richtext.Block{Kind: richtext.Code, Text: preformatted(n)})
		return
	case "blockquote":
		out.block(richtext.Block{Kind: richtext.Quote, Blocks: r.inside(n)})
		return
	case "ul", "ol":
		out.block(r.list(n))
		return
	case "table":
		r.table(n, out)
		return
	case "h1", "h2", "h3", "h4", "h5", "h6":
		style.Style |= richtext.Bold
		r.paragraph(n, out, style)
		return
	case "p", "div", "li", "section", "article", "header", "footer", "figure", "figcaption", "address", "dl", "dt", "dd", "center",
		"details", "summary", "main", "nav", "aside", "form", "fieldset":
		r.paragraph(n, out, style)
		return
	}
	r.children(n, out, style)
}

func (r *htmlReader) paragraph(n *html.Node, out *sink, style richtext.Span) {
	out.flush()
	r.children(n, out, style)
	out.flush()
}

// link reads an <a>. Where the link cannot be carried its address stays as text.
func (r *htmlReader) link(n *html.Node, out *sink, style richtext.Span) {
	href := strings.TrimSpace(attribute(n, "href"))
	link := richtext.CleanLink(href)
	before := style.Link
	if link != "" {
		style.Link = link
	}
	switch {
	case link != "" && strings.TrimSpace(textOf(n)) == "" && n.FirstChild == nil:
		out.text(href, style)
	case link == "" && href != "" && !strings.HasPrefix(href, "#"):
		r.children(n, out, style)
		style.Link = before
		out.text(" ("+href+")", style)
	default:
		r.children(n, out, style)
	}
}

// at reads a mention. One that the message does not list, and one of an app or a
// tag, stays a name.
func (r *htmlReader) at(n *html.Node, out *sink, style richtext.Span) {
	m, ok := r.mentions[attribute(n, "id")]
	if !ok || m.User == "" && !m.All {
		r.children(n, out, style)
		return
	}
	name := textOf(n)
	if strings.TrimSpace(name) == "" {
		name = m.Name
	}
	out.put(richtext.Span{Text: name, Mention: &richtext.Mention{User: m.User, Everyone: m.All}})
}

// picture reads an <img> or <emoji>: an emoji is its text, anything else is lost.
func (r *htmlReader) picture(n *html.Node, out *sink, style richtext.Span) {
	emoji := n.Data == "emoji" || strings.Contains(strings.ToLower(attribute(n, "itemtype")), "emoji")
	if !emoji {
		r.lose("image", n)
		return
	}
	if n.FirstChild == nil || strings.TrimSpace(textOf(n)) == "" {
		out.text(attribute(n, "alt"), style)
	}
}

func (r *htmlReader) list(n *html.Node) richtext.Block {
	list := richtext.Block{Kind: richtext.List, Ordered: n.Data == "ol"}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		last := len(list.Items) - 1
		switch {
		case c.Type == html.ElementNode && c.Data == "li":
			list.Items = append(list.Items, richtext.Item{Blocks: r.inside(c)})
		case c.Type == html.ElementNode && (c.Data == "ul" || c.Data == "ol") && last >= 0:
			// Teams nests a list beside the item that it belongs to.
			list.Items[last].Blocks = append(list.Items[last].Blocks, r.list(c))
		default:
			inner := &sink{atStart: true}
			r.node(c, inner, richtext.Span{})
			inner.flush()
			list.Items = append(list.Items, richtext.Item{Blocks: inner.blocks})
		}
	}
	return list
}

// table flattens a table: a line for each row.
func (r *htmlReader) table(n *html.Node, out *sink) {
	r.lost["table"]++
	out.flush()
	r.rows(n, out)
	out.flush()
}

func (r *htmlReader) rows(n *html.Node, out *sink) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if c.Data != "tr" {
			r.rows(c, out)
			continue
		}
		first := true
		for cell := c.FirstChild; cell != nil; cell = cell.NextSibling {
			if cell.Type != html.ElementNode {
				continue
			}
			if !first {
				out.put(richtext.Span{Text: " | "})
			}
			first = false
			r.cell(cell, out)
		}
		out.lineBreak()
	}
}

// cell reads a table cell onto one line.
func (r *htmlReader) cell(n *html.Node, out *sink) {
	inner := richtext.Plain(richtext.Normalize(r.inside(n)))
	out.text(inner, richtext.Span{})
}

// preformatted is the text of a code block, line breaks kept.
func preformatted(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			block := c.Type == html.ElementNode && (c.Data == "p" || c.Data == "div")
			if block && b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
				b.WriteByte('\n')
			}
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data)
			case c.Data == "br":
				b.WriteByte('\n')
			default:
				walk(c)
			}
			if block {
				b.WriteByte('\n')
			}
		}
	}
	walk(n)
	return b.String()
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
