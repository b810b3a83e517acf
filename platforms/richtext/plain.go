package richtext

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// Plain is the body as unformatted text, for a search, a notification or a
// comparison: "• " and "1. " before items, "> " before quoted lines, "@" before
// mentions.
func Plain(d Doc) string { return plainBlocks(d) }

func plainBlocks(blocks []Block) string {
	var parts []string
	for _, b := range blocks {
		switch b.Kind {
		case Code:
			parts = append(parts, b.Text)
		case Quote:
			parts = append(parts, indent("> ", "> ", plainBlocks(b.Blocks)))
		case List:
			for i, item := range b.Items {
				marker := "• "
				if b.Ordered {
					marker = fmt.Sprintf("%d. ", i+1)
				}
				parts = append(parts, indent(marker, strings.Repeat(" ", len([]rune(marker))), plainItem(item)))
			}
		default:
			parts = append(parts, plainSpans(b.Spans))
		}
	}
	return strings.Join(parts, "\n")
}

func plainItem(item Item) string {
	nested := plainBlocks(item.Blocks)
	if len(item.Spans) == 0 {
		return nested
	}
	if nested == "" {
		return plainSpans(item.Spans)
	}
	return plainSpans(item.Spans) + "\n" + nested
}

func indent(first, rest, text string) string {
	return first + strings.ReplaceAll(text, "\n", "\n"+rest)
}

func plainSpans(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Mention != nil {
			b.WriteByte('@')
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

// Hash is the SHA-256 of the body's normal form, in hex: equal for bodies that a
// reader cannot tell apart.
func Hash(d Doc) string {
	text, err := json.Marshal(Normalize(d))
	if err != nil {
		// Strings, small integers and booleans only: Marshal has nothing to refuse.
		panic(fmt.Sprintf("richtext: hash: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
