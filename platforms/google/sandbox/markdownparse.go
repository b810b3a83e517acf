package sandbox

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	world "miohub/platforms/sandbox"
)

// Chat's Markdown is CommonMark with strikethrough and <users/id> mentions; a
// line break is a line break, and HTML is text like any other.

// markdownParser makes a parser for it.
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
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(mentionParser{}, 250),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
		),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
}

// mentionNode is a <users/id> in a text.
type mentionNode struct {
	ast.BaseInline
	id string
}

// Kind implements ast.Node. A node of an existing kind would be rendered as one,
// but nothing renders these.
func (n *mentionNode) Kind() ast.NodeKind { return ast.KindRawHTML }

// Dump implements ast.Node.
func (n *mentionNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"ID": n.id}, nil)
}

type mentionParser struct{}

// Trigger implements parser.InlineParser.
func (mentionParser) Trigger() []byte { return []byte{'<'} }

// Parse implements parser.InlineParser.
func (mentionParser) Parse(_ ast.Node, block gtext.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	rest, ok := strings.CutPrefix(string(line), "<users/")
	if !ok {
		return nil
	}
	end := strings.IndexByte(rest, '>')
	if end <= 0 || strings.ContainsAny(rest[:end], " \t\n<|") {
		return nil
	}
	block.Advance(len("<users/") + end + 1)
	return &mentionNode{id: rest[:end]}
}

// parseMarkdown reads a text in Chat's Markdown.
func parseMarkdown(text string, who names) world.Body {
	source := []byte(strings.ReplaceAll(text, "\r\n", "\n"))
	m := markdownReader{source: source, who: who}
	return canonicalEmpty(m.blocks(markdownParser().Parse(gtext.NewReader(source))))
}

// canonicalEmpty drops paragraphs that hold nothing.
func canonicalEmpty(body world.Body) world.Body {
	var out world.Body
	for _, b := range body {
		if b.Kind == "p" && len(b.Runs) == 0 {
			continue
		}
		out = append(out, b)
	}
	return out
}

type markdownReader struct {
	source []byte
	who    names
}

func (m markdownReader) blocks(parent ast.Node) world.Body {
	var out world.Body
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		out = append(out, m.block(n))
	}
	return out
}

func (m markdownReader) block(n ast.Node) world.Block {
	switch n := n.(type) {
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return world.Block{Kind: "code", Code: m.code(n)}
	case *ast.Blockquote:
		return world.Block{Kind: "quote", Body: flatten(m.blocks(n))}
	case *ast.List:
		kind := "ul"
		if n.IsOrdered() {
			kind = "ol"
		}
		return world.Block{Kind: kind, Items: m.items(n)}
	case *ast.Heading:
		return world.Block{Kind: "p", Runs: mergeRuns(m.inline(n, world.Run{Bold: true}))}
	case *ast.ThematicBreak:
		return world.Block{Kind: "p", Runs: []world.Run{{Text: "---"}}}
	default:
		return world.Block{Kind: "p", Runs: mergeRuns(m.inline(n, world.Run{}))}
	}
}

func (m markdownReader) code(n ast.Node) string {
	var b strings.Builder
	lines := n.Lines()
	for i := range lines.Len() {
		seg := lines.At(i)
		b.Write(seg.Value(m.source))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// items reads a list; what is nested in an item follows as items of the same list.
func (m markdownReader) items(list ast.Node) [][]world.Run {
	var out [][]world.Run
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		var line []world.Run
		var nested [][]world.Run
		for n := item.FirstChild(); n != nil; n = n.NextSibling() {
			if sub, ok := n.(*ast.List); ok {
				nested = append(nested, m.items(sub)...)
				continue
			}
			for _, p := range flatten(world.Body{m.block(n)}) {
				if len(line) > 0 {
					line = append(line, world.Run{Text: "\n"})
				}
				line = append(line, p.Runs...)
			}
		}
		out = append(append(out, mergeRuns(line)), nested...)
	}
	return out
}

// flatten turns any blocks into paragraphs.
func flatten(body world.Body) world.Body {
	var out world.Body
	for _, b := range body {
		switch b.Kind {
		case "code":
			out = append(out, world.Block{Kind: "p", Runs: splitLines([]world.Run{{Text: b.Code, Mono: true}})})
		case "quote":
			out = append(out, flatten(b.Body)...)
		case "ul", "ol":
			for i, item := range b.Items {
				out = append(out, world.Block{Kind: "p", Runs: mergeRuns(append([]world.Run{{Text: marker(b.Kind, i)}}, item...))})
			}
		default:
			if len(b.Runs) > 0 {
				out = append(out, b)
			}
		}
	}
	return out
}

func (m markdownReader) inline(parent ast.Node, base world.Run) []world.Run {
	var out []world.Run
	add := func(text string) {
		r := base
		r.Text = text
		out = append(out, r)
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		inner := base
		switch n := n.(type) {
		case *ast.Text:
			value := string(n.Segment.Value(m.source))
			if !n.IsRaw() {
				value = unescape(value)
			}
			add(value)
			if n.SoftLineBreak() || n.HardLineBreak() {
				add("\n")
			}
		case *ast.String:
			add(string(n.Value))
		case *ast.CodeSpan:
			inner.Mono = true
			for _, r := range m.inline(n, inner) {
				r.Mono, r.Text = true, strings.ReplaceAll(r.Text, "\n", " ")
				out = append(out, r)
			}
		case *ast.Emphasis:
			if n.Level == 1 {
				inner.Italic = true
			} else {
				inner.Bold = true
			}
			out = append(out, m.inline(n, inner)...)
		case *east.Strikethrough:
			inner.Strike = true
			out = append(out, m.inline(n, inner)...)
		case *ast.Link:
			inner.Link = unescape(string(n.Destination))
			out = append(out, m.inline(n, inner)...)
		case *ast.Image:
			inner.Link = unescape(string(n.Destination))
			out = append(out, m.inline(n, inner)...)
		case *ast.AutoLink:
			inner.Text, inner.Link = string(n.Label(m.source)), string(n.URL(m.source))
			if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(inner.Link, "mailto:") {
				inner.Link = "mailto:" + inner.Link
			}
			out = append(out, inner)
		case *mentionNode:
			if account, name, ok := m.who(n.id); ok {
				inner.Mention, inner.Text = account, name
				out = append(out, inner)
			} else {
				add("<users/" + n.id + ">")
			}
		default:
			out = append(out, m.inline(n, base)...)
		}
	}
	return out
}

// unescape resolves backslash escapes and character references, each once.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]) {
			b.WriteByte(s[i+1])
			i += 2
			continue
		}
		if s[i] == '&' {
			if text, size := reference(s[i:]); size > 0 {
				b.WriteString(text)
				i += size
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// reference resolves the character reference that s starts with; size 0 means
// there is none.
func reference(s string) (text string, size int) {
	end := strings.IndexByte(s[:min(len(s), 40)], ';')
	if end < 2 {
		return "", 0
	}
	digits, numeric := strings.CutPrefix(s[1:end], "#")
	if !numeric {
		text = html.UnescapeString(s[:end+1])
		if strings.HasSuffix(text, ";") && strings.HasPrefix(text, "&") || text == s[:end+1] {
			return "", 0
		}
		return text, end + 1
	}
	base, most := 10, 7
	if hex := strings.TrimLeft(digits, "xX"); len(digits)-len(hex) == 1 {
		digits, base, most = hex, 16, 6
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || len(digits) > most {
		return "", 0
	}
	if r := rune(n); n != 0 && utf8.ValidRune(r) {
		return string(r), end + 1
	}
	return string(utf8.RuneError), end + 1
}
