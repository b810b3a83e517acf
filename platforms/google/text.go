package google

import (
	"fmt"
	"strings"

	"miohub/platforms"
	"miohub/platforms/richtext"
)

// renderMarkdown writes a body in Chat's MARKUP_SYNTAX_MARKDOWN: CommonMark with
// ~~strikethrough~~, where a newline inside a paragraph is a line break and
// <users/ID> is a mention. mentioned says whom the body's mentions mean here;
// anybody else becomes a name in bold, and everybody is never mentioned.
//
// What parseMarkdown reads from the result is the body's normal form.
func renderMarkdown(doc richtext.Doc, mentioned map[string]platforms.Mentioned) string {
	id := func(user string) string {
		m, ok := mentioned[user]
		if id := bareUser(string(m.User)); ok && id != "all" && mentionID.MatchString(id) {
			return id
		}
		return ""
	}
	doc = richtext.Addressed(doc, func(user string) bool { return id(user) != "" })
	return markdownBlocks(doc, id)
}

// bareUser strips the resource prefix from an account's name.
func bareUser(user string) string { return strings.TrimPrefix(user, "users/") }

func markdownBlocks(blocks []richtext.Block, id func(string) string) string {
	parts := make([]string, len(blocks))
	for i, b := range blocks {
		parts[i] = markdownBlock(b, id)
	}
	return strings.Join(parts, "\n\n")
}

func markdownBlock(b richtext.Block, id func(string) string) string {
	switch b.Kind {
	case richtext.Code:
		fence := strings.Repeat("`", max(3, longestRun(b.Text, '`')+1))
		return fence + "\n" + b.Text + "\n" + fence
	case richtext.Quote:
		return prefixed("> ", "> ", markdownBlocks(b.Blocks, id))
	case richtext.List:
		items := make([]string, len(b.Items))
		for i, item := range b.Items {
			marker := "- "
			if b.Ordered {
				marker = fmt.Sprintf("%d. ", i+1)
			}
			items[i] = prefixed(marker, strings.Repeat(" ", len(marker)), markdownItem(item, id))
		}
		return strings.Join(items, "\n")
	default:
		return markdownSpans(b.Spans, id)
	}
}

func markdownItem(item richtext.Item, id func(string) string) string {
	var b strings.Builder
	b.WriteString(markdownSpans(item.Spans, id))
	for i, block := range item.Blocks {
		switch {
		case i > 0:
			b.WriteString("\n\n")
		case len(item.Spans) > 0 && block.Kind == richtext.List:
			b.WriteString("\n")
		case len(item.Spans) > 0:
			b.WriteString("\n\n")
		}
		b.WriteString(markdownBlock(block, id))
	}
	return b.String()
}

// prefixed puts first before the text's first line and rest before the others;
// an empty line keeps no trailing space.
func prefixed(first, rest, text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		prefix := rest
		if i == 0 {
			prefix = first
		}
		if line == "" {
			prefix = strings.TrimRight(prefix, " ")
		}
		lines[i] = prefix + line
	}
	return strings.Join(lines, "\n")
}

func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
