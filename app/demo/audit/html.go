package audit

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	mdhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// markdownBody reads Chat's formattedText: Markdown to HTML, HTML to a body.
func markdownBody(source string) (body, error) {
	var page bytes.Buffer
	if err := newMarkdown().Convert([]byte(source), &page); err != nil {
		return nil, fmt.Errorf("render Markdown: %w", err)
	}
	return htmlBody(page.String(), true, func(id string) string { return id })
}

// newMarkdown is CommonMark as Chat speaks it: raw HTML is text, ~~ strikes, a
// newline breaks the line, <users/ID> is a mention.
func newMarkdown() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(withoutHTML(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser())...),
			parser.WithInlineParsers(append(withoutHTML(parser.DefaultInlineParsers(), parser.NewRawHTMLParser()),
				util.Prioritized(personParser{}, 10))...),
		)),
		goldmark.WithExtensions(extension.Strikethrough),
		goldmark.WithRendererOptions(mdhtml.WithHardWraps(), mdhtml.WithUnsafe()),
	)
}

func withoutHTML(list []util.PrioritizedValue, unwanted any) []util.PrioritizedValue {
	var out []util.PrioritizedValue
	for _, v := range list {
		if fmt.Sprintf("%T", v.Value) != fmt.Sprintf("%T", unwanted) {
			out = append(out, v)
		}
	}
	return out
}

// personParser turns a mention into the element that Teams uses for one.
type personParser struct{}

var person = regexp.MustCompile(`^<users/([^\s<>/]+)>`)

// Trigger implements parser.InlineParser.
func (personParser) Trigger() []byte { return []byte("<") }

// Parse implements parser.InlineParser.
func (personParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	m := person.FindSubmatch(line)
	if m == nil {
		return nil
	}
	block.Advance(len(m[0]))
	node := ast.NewString([]byte(`<at id="` + html.EscapeString(string(m[1])) + `"></at>`))
	node.SetCode(true)
	return node
}

// htmlBody reads HTML into a body. verbatim says that spaces are as they were
// typed, as in HTML made of Markdown; otherwise they collapse as a browser does
// it. mention answers the account behind an <at>'s id, "" when there is none.
func htmlBody(content string, verbatim bool, mention func(id string) string) (body, error) {
	root := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(content), root)
	if err != nil {
		return nil, fmt.Errorf("parse HTML: %w", err)
	}
	w := &walker{verbatim: verbatim, mention: mention}
	for _, n := range nodes {
		w.node(n, run{})
	}
	w.flush()
	return w.out, nil
}

// walker goes through HTML and collects paragraphs.
type walker struct {
	verbatim bool
	mention  func(string) string
	out      body
	open     []run
	frame    string // of what surrounds the open paragraph
	fresh    bool   // the next paragraph is the first of the innermost item
	item     string // "•" or "#" inside an item, else ""
}

func (w *walker) flush() {
	open := collapse(w.open)
	w.open = nil
	if (paragraph{runs: open}).blank() {
		return
	}
	w.out = append(w.out, paragraph{frame: w.place(), runs: open})
}

func (w *walker) place() string {
	switch {
	case w.item == "":
		return w.frame
	case w.fresh:
		w.fresh = false
		return w.frame + w.item
	}
	return w.frame + w.item + "◦"
}

// soft stands for white space of the source, of which any amount is one space.
const soft = '\uE000'

// collapse makes one space of each stretch of soft ones.
func collapse(list []run) []run {
	last := soft
	out := make([]run, 0, len(list))
	for _, r := range list {
		if r.mention != "" {
			last = '@'
			out = append(out, r)
			continue
		}
		var b strings.Builder
		for _, c := range r.text {
			if c != soft {
				b.WriteRune(c)
			} else if last != soft && last != '\n' {
				b.WriteByte(' ')
			}
			last = c
		}
		r.text = b.String()
		out = append(out, r)
	}
	return out
}

func (w *walker) text(s string, style run) {
	style.text = strings.Map(func(r rune) rune {
		switch {
		case w.verbatim && r == '\n':
			return -1
		case !w.verbatim && strings.ContainsRune(" \t\n\r\f", r):
			return soft
		}
		return r
	}, s)
	w.open = append(w.open, style)
}

func (w *walker) children(n *html.Node, style run) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c, style)
	}
}

func (w *walker) node(n *html.Node, style run) {
	if n.Type == html.TextNode {
		w.text(n.Data, style)
		return
	}
	if n.Type != html.ElementNode {
		return
	}
	if letter, ok := map[string]string{"strong": "b", "b": "b", "em": "i", "i": "i", "s": "s", "strike": "s", "del": "s", "code": "m"}[n.Data]; ok {
		style.style = withStyle(style.style, letter)
		w.children(n, style)
		return
	}
	switch n.Data {
	case "a":
		style.link = attr(n, "href")
		w.children(n, style)
	case "at":
		w.at(n, style)
	case "br":
		w.open = append(w.open, run{text: "\n"})
	case "emoji", "img":
		w.text(attr(n, "alt"), style)
		w.children(n, style)
	case "pre", "codeblock":
		w.flush()
		w.out = append(w.out, paragraph{frame: w.place() + "code", runs: []run{{text: preText(n)}}})
	case "blockquote":
		w.within(w.frame+w.item+">", "", func() { w.children(n, run{}) })
	case "ul", "ol":
		w.list(n)
	case "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "li", "hr":
		w.flush()
		if strings.HasPrefix(n.Data, "h") && n.Data != "hr" {
			style.style = withStyle(style.style, "b")
		}
		w.children(n, style)
		w.flush()
	default:
		w.children(n, style)
	}
}

func withStyle(now, letter string) string {
	if letter == "m" || now == "m" {
		return "m"
	}
	return styleOf(strings.Contains(now+letter, "b"), strings.Contains(now+letter, "i"), strings.Contains(now+letter, "s"), false)
}

func (w *walker) at(n *html.Node, style run) {
	account := w.mention(attr(n, "id"))
	if account == "" {
		w.children(n, style)
		return
	}
	w.open = append(w.open, run{mention: account})
}

// within reads something with a frame of its own.
func (w *walker) within(frame, item string, read func()) {
	w.flush()
	before := *w
	w.frame, w.item, w.fresh = frame, item, true
	read()
	w.flush()
	w.frame, w.item, w.fresh = before.frame, before.item, before.fresh
}

func (w *walker) list(n *html.Node) {
	w.flush()
	marker := "•"
	if n.Data == "ol" {
		marker = "#"
	}
	frame := w.frame + w.item
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			w.within(frame, marker, func() { w.children(c, run{}) })
		}
	}
}

func preText(n *html.Node) string {
	switch {
	case n.Type == html.TextNode:
		return n.Data
	case n.Data == "br":
		return "\n"
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(preText(c))
	}
	return b.String()
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
