package sandbox

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// rewrite stores posted HTML the way Teams does: unknown elements are unwrapped
// and unknown attributes dropped, synonyms become one element, attributes are
// ordered and quoted, white space collapses, hard spaces become entities, and
// loose text gets a paragraph.
func rewrite(content string) string {
	w := &rewriter{}
	w.flow(parseHTML(content))
	return strings.TrimSpace(w.b.String())
}

// parseHTML reads a fragment as a browser would.
func parseHTML(content string) []*html.Node {
	nodes, err := html.ParseFragment(strings.NewReader(content), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		return []*html.Node{{Type: html.TextNode, Data: content}}
	}
	return nodes
}

type rewriter struct{ b strings.Builder }

// tagName maps an element to the one that Teams keeps; "" unwraps it and "-"
// drops it with its content.
func tagName(n *html.Node) string {
	switch n.Data {
	case "b":
		return "strong"
	case "i":
		return "em"
	case "strike", "del":
		return "s"
	case "ins":
		return "u"
	case "h4", "h5", "h6":
		return "h3"
	case "script", "style", "iframe", "object", "embed", "head", "title", "template", "noscript", "svg", "math":
		return "-"
	case "p", "div", "br", "hr", "a", "strong", "em", "s", "u", "code", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3",
		"sub", "sup", "table", "tbody", "thead", "tr", "td", "th", "img", "at", "attachment", "emoji", "codeblock":
		return n.Data
	}
	return ""
}

func isBlock(tag string) bool {
	return slices.Contains([]string{"p", "div", "hr", "pre", "blockquote", "ul", "ol", "h1", "h2", "h3", "table", "codeblock", "attachment"}, tag)
}

// children lists a node's children with unknown elements unwrapped.
func children(n *html.Node) []*html.Node {
	var out []*html.Node
	for kid := n.FirstChild; kid != nil; kid = kid.NextSibling {
		out = append(out, kid)
	}
	return unwrap(out)
}

func unwrap(nodes []*html.Node) []*html.Node {
	var out []*html.Node
	for _, n := range nodes {
		switch {
		case n.Type == html.TextNode:
			out = append(out, n)
		case n.Type != html.ElementNode || tagName(n) == "-":
		case tagName(n) == "":
			out = append(out, children(n)...)
		default:
			out = append(out, n)
		}
	}
	return out
}

// flow writes blocks on lines of their own and puts loose text into paragraphs.
func (w *rewriter) flow(nodes []*html.Node) {
	var loose []*html.Node
	flush := func() {
		if blank(loose) {
			loose = nil
			return
		}
		w.line()
		w.b.WriteString("<p>")
		w.inline(loose)
		w.b.WriteString("</p>")
		loose = nil
	}
	for _, n := range unwrap(nodes) {
		if n.Type == html.ElementNode && isBlock(tagName(n)) {
			flush()
			w.line()
			w.block(n)
			continue
		}
		loose = append(loose, n)
	}
	flush()
}

func (w *rewriter) line() {
	if s := w.b.String(); s != "" && !strings.HasSuffix(s, "\n") {
		w.b.WriteString("\n")
	}
}

func blank(nodes []*html.Node) bool {
	return !slices.ContainsFunc(nodes, func(n *html.Node) bool {
		return n.Type != html.TextNode || strings.Trim(n.Data, " \t\r\n\f") != ""
	})
}

func (w *rewriter) block(n *html.Node) {
	tag := tagName(n)
	switch tag {
	case "hr":
		w.b.WriteString("<hr>")
	case "pre":
		w.b.WriteString("<pre>")
		w.verbatim(n)
		w.b.WriteString("</pre>")
	case "codeblock":
		w.open(n, tag)
		w.b.WriteString("<code>")
		w.verbatim(n)
		w.b.WriteString("</code></codeblock>")
	case "blockquote":
		w.b.WriteString("<blockquote>")
		w.flow(children(n))
		w.b.WriteString("\n</blockquote>")
	case "ul", "ol", "table", "tbody", "thead", "tr":
		w.open(n, tag)
		w.items(n)
		w.b.WriteString("\n</" + tag + ">")
	case "div":
		w.container(n)
	default:
		w.open(n, tag)
		if kids := children(n); blank(kids) && tag == "p" {
			w.b.WriteString("&nbsp;")
		} else {
			w.inline(kids)
		}
		w.b.WriteString("</" + tag + ">")
	}
}

// container writes a div: with blocks inside as a flow, else as a line.
func (w *rewriter) container(n *html.Node) {
	kids := children(n)
	w.b.WriteString("<div>")
	if slices.ContainsFunc(kids, func(k *html.Node) bool { return k.Type == html.ElementNode && isBlock(tagName(k)) }) {
		w.flow(kids)
		w.b.WriteString("\n</div>")
		return
	}
	w.inline(kids)
	w.b.WriteString("</div>")
}

// items writes the parts of a list or table, one a line.
func (w *rewriter) items(n *html.Node) {
	for _, kid := range children(n) {
		if kid.Type != html.ElementNode {
			continue
		}
		w.b.WriteString("\n")
		switch tag := tagName(kid); tag {
		case "li", "td", "th":
			w.open(kid, tag)
			w.mixed(children(kid))
			w.b.WriteString("</" + tag + ">")
		default:
			w.block(kid)
		}
	}
}

// mixed writes text and nested blocks as they come.
func (w *rewriter) mixed(nodes []*html.Node) {
	var loose []*html.Node
	for _, n := range nodes {
		if n.Type == html.ElementNode && isBlock(tagName(n)) {
			w.inline(loose)
			loose = nil
			w.line()
			w.block(n)
			continue
		}
		loose = append(loose, n)
	}
	w.inline(loose)
}

// inline writes text and styles, white space collapsed at both ends.
func (w *rewriter) inline(nodes []*html.Node) {
	s := &spacer{fresh: true}
	w.spans(nodes, s)
}

// spacer collapses white space across elements.
type spacer struct{ fresh, pending bool }

func (w *rewriter) spans(nodes []*html.Node, s *spacer) {
	for _, n := range unwrap(nodes) {
		if n.Type == html.TextNode {
			w.words(n.Data, s)
			continue
		}
		tag := tagName(n)
		if tag == "br" {
			w.b.WriteString("<br>")
			s.fresh, s.pending = true, false
			continue
		}
		if isBlock(tag) {
			w.block(n)
			continue
		}
		w.space(s)
		w.open(n, tag)
		if tag == "emoji" { // stands for a character
			s.fresh = false
		}
		if tag == "img" {
			s.fresh = false
			continue
		}
		w.spans(children(n), s)
		w.b.WriteString("</" + tag + ">")
	}
}

// space writes a collapsed space that is still owed.
func (w *rewriter) space(s *spacer) {
	if s.pending && !s.fresh {
		w.b.WriteByte(' ')
		s.fresh = true
	}
	s.pending = false
}

func (w *rewriter) words(text string, s *spacer) {
	for _, ch := range text {
		if ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\f' {
			s.pending = true
			continue
		}
		w.space(s)
		w.b.WriteString(escapeRune(ch))
		s.fresh = false
	}
}

// verbatim writes preformatted text: every character counts.
func (w *rewriter) verbatim(n *html.Node) {
	for kid := n.FirstChild; kid != nil; kid = kid.NextSibling {
		switch {
		case kid.Type == html.TextNode:
			for _, ch := range kid.Data {
				w.b.WriteString(escapeRune(ch))
			}
		case kid.Type == html.ElementNode && kid.Data == "br":
			w.b.WriteString("<br>")
		case kid.Type == html.ElementNode && tagName(kid) != "-":
			w.verbatim(kid)
		}
	}
}

// open writes a start tag with the attributes that Teams keeps, in order.
func (w *rewriter) open(n *html.Node, tag string) {
	if tag == "a" {
		href := attribute(n, "href")
		if !safeLink(href) {
			w.b.WriteString("<a>")
			return
		}
		w.b.WriteString(linkTag(href))
		return
	}
	w.b.WriteString("<" + tag)
	for _, name := range keptAttributes(tag) {
		if v := attribute(n, name); v != "" || tag == "codeblock" {
			w.b.WriteString(" " + name + `="` + quoted(v) + `"`)
		}
	}
	w.b.WriteString(">")
}

func keptAttributes(tag string) []string {
	switch tag {
	case "at", "attachment":
		return []string{"id"}
	case "emoji":
		return []string{"id", "alt", "title"}
	case "img":
		return []string{"alt", "height", "itemid", "src", "width"}
	case "codeblock":
		return []string{"class"}
	case "ol":
		return []string{"start"}
	case "td", "th":
		return []string{"colspan", "rowspan"}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func safeLink(href string) bool {
	low := strings.ToLower(strings.TrimSpace(href))
	for _, scheme := range []string{"http://", "https://", "mailto:", "tel:", "ftp://", "msteams:"} {
		if strings.HasPrefix(low, scheme) {
			return true
		}
	}
	return false
}
