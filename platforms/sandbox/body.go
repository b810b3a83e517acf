package sandbox

import "strings"

// Body is what a message says, in the World's own neutral form: blocks in
// order. It deliberately shares nothing with the hub's converter.
type Body []Block

// Block is a paragraph, a code block, a quote or a list.
type Block struct {
	Kind  string  `json:"kind"`            // "p", "code", "quote", "ul", "ol"
	Runs  []Run   `json:"runs,omitempty"`  // p
	Code  string  `json:"code,omitempty"`  // code, verbatim
	Body  Body    `json:"body,omitempty"`  // quote: paragraphs only
	Items [][]Run `json:"items,omitempty"` // ul, ol: one line each
}

// Run is text in one style; "\n" is a line break.
type Run struct {
	Text   string `json:"text"`
	Bold   bool   `json:"bold,omitempty"`
	Italic bool   `json:"italic,omitempty"`
	Strike bool   `json:"strike,omitempty"`
	Mono   bool   `json:"mono,omitempty"`
	Link   string `json:"link,omitempty"`
	// Mention is an account id of the tenant; Text is the person's name.
	Mention string `json:"mention,omitempty"`
}

// Plain is the body as unformatted text, for a pane or a search.
func (b Body) Plain() string {
	var parts []string
	for _, block := range b {
		switch block.Kind {
		case "code":
			parts = append(parts, block.Code)
		case "quote":
			parts = append(parts, "> "+strings.ReplaceAll(block.Body.Plain(), "\n", "\n> "))
		case "ul", "ol":
			for _, item := range block.Items {
				parts = append(parts, "• "+plainRuns(item))
			}
		default:
			parts = append(parts, plainRuns(block.Runs))
		}
	}
	return strings.Join(parts, "\n")
}

func plainRuns(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		if r.Mention != "" {
			b.WriteByte('@')
		}
		b.WriteString(r.Text)
	}
	return b.String()
}

// Text makes a body of one plain paragraph.
func Text(s string) Body { return Body{{Kind: "p", Runs: []Run{{Text: s}}}} }
