package google

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"miohub/platforms/richtext"
)

// parseMarkdown reads a message's formattedText, asked for as
// MARKUP_SYNTAX_MARKDOWN, into normal form. Raw HTML, link definitions and
// custom emoji (:name:) are text; headings become bold paragraphs, images links
// and rules a line of dashes. A mention carries the user's id without "users/"
// and no name: formattedText has none, see richtext.Named.
func parseMarkdown(formatted string) (richtext.Doc, error) {
	// A no-break space is an ordinary character to Markdown, and stays until
	// normal form makes it a space.
	source := []byte(strings.ReplaceAll(formatted, "\x00", "\uFFFD"))
	root := markdownParser().Parse(text.NewReader(source))
	r := reader{source: source}
	return richtext.Normalize(r.blocks(root)), nil
}

// markdownParser is CommonMark with strikethrough and mentions, without HTML
// and link definitions.
func markdownParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(mentionParser{}, 50),
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
		),
	)
}

// mentionNode is a <users/ID> in a paragraph.
type mentionNode struct {
	ast.BaseInline
	user string
}

var kindMention = ast.NewNodeKind("Mention")

// Kind implements ast.Node.
func (n *mentionNode) Kind() ast.NodeKind { return kindMention }

// Dump implements ast.Node.
func (n *mentionNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"user": n.user}, nil)
}

// mentionParser recognises mentions.
type mentionParser struct{}

var mention = regexp.MustCompile(`^<users/([A-Za-z0-9._@+-]+)>`)

// Trigger implements parser.InlineParser.
func (mentionParser) Trigger() []byte { return []byte{'<'} }

// Parse implements parser.InlineParser.
func (mentionParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	m := mention.FindSubmatch(line)
	if m == nil {
		return nil
	}
	block.Advance(len(m[0]))
	return &mentionNode{user: string(m[1])}
}

// reader turns goldmark's tree into ours.
type reader struct{ source []byte }

func (r reader) blocks(parent ast.Node) []richtext.Block {
	var out []richtext.Block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			out = append(out, richtext.Block{Kind: richtext.Paragraph, Spans: r.spans(n, richtext.Span{Style: richtext.Bold})})
		case *ast.ThematicBreak:
			out = append(out, richtext.Block{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: "———"}}})
		case *ast.Blockquote:
			out = append(out, richtext.Block{Kind: richtext.Quote, Blocks: r.blocks(n)})
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			out = append(out, richtext.Block{Kind: richtext.Code, Text: r.lines(n)})
		case *ast.List:
			list := richtext.Block{Kind: richtext.List, Ordered: n.IsOrdered()}
			for item := n.FirstChild(); item != nil; item = item.NextSibling() {
				list.Items = append(list.Items, richtext.Item{Blocks: r.blocks(item)})
			}
			out = append(out, list)
		default:
			out = append(out, richtext.Block{Kind: richtext.Paragraph, Spans: r.spans(n, richtext.Span{})})
		}
	}
	return out
}

func (r reader) lines(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		b.Write(segment.Value(r.source))
	}
	return b.String()
}

// spans reads the inline content of parent; around is what it inherits.
func (r reader) spans(parent ast.Node, around richtext.Span) []richtext.Span {
	var out []richtext.Span
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		span := around
		switch n := n.(type) {
		case *ast.Text:
			span.Text = unescape(string(n.Segment.Value(r.source)))
			if n.SoftLineBreak() || n.HardLineBreak() {
				span.Text += "\n"
			}
			out = append(out, span)
		case *ast.String:
			span.Text = string(n.Value)
			out = append(out, span)
		case *ast.CodeSpan:
			span.Style = richtext.Mono
			span.Text = r.code(n)
			out = append(out, span)
		case *ast.Emphasis:
			span.Style |= richtext.Italic
			if n.Level == 2 {
				span.Style = around.Style | richtext.Bold
			}
			out = append(out, r.spans(n, span)...)
		case *extast.Strikethrough:
			span.Style |= richtext.Strike
			out = append(out, r.spans(n, span)...)
		case *ast.Link:
			span.Link = unescape(string(n.Destination))
			out = append(out, r.linked(n, span)...)
		case *ast.Image:
			span.Link = unescape(string(n.Destination))
			out = append(out, r.linked(n, span)...)
		case *ast.AutoLink:
			span.Text = string(n.Label(r.source))
			span.Link = span.Text
			if n.AutoLinkType == ast.AutoLinkEmail {
				span.Link = "mailto:" + span.Text
			}
			out = append(out, span)
		case *mentionNode:
			m := richtext.Mention{User: n.user}
			if n.user == "all" {
				m = richtext.Mention{Everyone: true}
			}
			out = append(out, richtext.Span{Mention: &m})
		default:
			out = append(out, r.spans(n, span)...)
		}
	}
	return out
}

// linked reads a link's text; where the link cannot be carried its address
// stays as text, so that nothing said is lost, and a link around nothing shows
// its address.
func (r reader) linked(n ast.Node, span richtext.Span) []richtext.Span {
	out := r.spans(n, span)
	address := richtext.Span{Text: span.Link, Style: span.Style, Link: span.Link}
	shown := richtext.Plain(richtext.Doc{{Kind: richtext.Paragraph, Spans: out}})
	switch {
	case strings.TrimSpace(shown) == "":
		return []richtext.Span{address}
	case richtext.CleanLink(span.Link) == "" && span.Link != "":
		address.Text = " (" + span.Link + ")"
		return append(out, address)
	}
	return out
}

// code is the content of a code span; a line end in it is a line break in Chat.
func (r reader) code(n ast.Node) string {
	var b bytes.Buffer
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(c.Segment.Value(r.source))
		case *ast.String:
			b.Write(c.Value)
		}
	}
	return b.String()
}

// unescape resolves backslash escapes and character references in one pass, so
// that an escaped "&" begins none.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]) {
			i++
			b.WriteByte(s[i])
			continue
		}
		if s[i] == '&' {
			if m := reference.FindString(s[i:]); m != "" {
				b.WriteString(html.UnescapeString(m))
				i += len(m) - 1
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
