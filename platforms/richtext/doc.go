// Package richtext holds a chat message's body as a small tree that every
// platform can parse into and render from. It is pure: no input or output.
package richtext

// Doc is a message body: blocks in order.
type Doc []Block

// Kind is what a block is.
type Kind string

// The kinds of block.
const (
	Paragraph Kind = "p"
	Code      Kind = "code"  // preformatted block, Text verbatim
	Quote     Kind = "quote" // Blocks
	List      Kind = "list"  // Items
)

// Block is one block of a body.
type Block struct {
	Kind    Kind    `json:"k"`
	Spans   []Span  `json:"s,omitempty"` // Paragraph
	Text    string  `json:"t,omitempty"` // Code: verbatim, "\n" between lines, none at the end
	Blocks  []Block `json:"b,omitempty"` // Quote
	Items   []Item  `json:"i,omitempty"` // List
	Ordered bool    `json:"o,omitempty"` // List
}

// Item is one item of a list: its line, then nested blocks (lists).
type Item struct {
	Spans  []Span  `json:"s,omitempty"`
	Blocks []Block `json:"b,omitempty"`
}

// Style is a set of character styles.
type Style uint8

// The character styles. Mono is inline code; it excludes the others.
const (
	Bold Style = 1 << iota
	Italic
	Strike
	Mono
)

// Span is a run of text in one style. "\n" in Text is a line break.
type Span struct {
	Text    string   `json:"t"`
	Style   Style    `json:"y,omitempty"`
	Link    string   `json:"l,omitempty"` // absolute http, https or mailto URL
	Mention *Mention `json:"m,omitempty"` // Text is then the name as shown, without "@"
}

// Mention names an account of the platform the text came from, or everybody.
type Mention struct {
	User     string `json:"u,omitempty"` // the platform's user id; "" for Everyone
	Everyone bool   `json:"e,omitempty"` // all members, the channel, the team
}
