package microsoft

import (
	"html"
	"strconv"
	"strings"

	"miohub/platforms"
	"miohub/platforms/richtext"
)

// atMention is one mention of a message: the body refers to it as
// <at id="ID">Name</at>.
type atMention struct {
	ID   int
	User string // Entra object id; "" when it is not a person
	All  bool   // the channel or the team
	Name string
}

// renderHTML writes a body as Teams HTML, with the mentions it refers to.
// mentioned says whom the body's mentions mean here; anybody else becomes a name
// in bold, and everybody is never mentioned.
//
// What parseHTML reads from the result is the body's normal form.
func renderHTML(doc richtext.Doc, mentioned map[string]platforms.Mentioned) (string, []atMention) {
	doc = richtext.Addressed(doc, func(user string) bool { return mentioned[user].User != "" })
	w := writer{mentioned: mentioned}
	w.blocks(doc)
	return w.b.String(), w.ats
}

type writer struct {
	b         strings.Builder
	mentioned map[string]platforms.Mentioned
	ats       []atMention
}

func (w *writer) blocks(blocks []richtext.Block) {
	for _, b := range blocks {
		switch b.Kind {
		case richtext.Code:
			// The first newline after <pre> belongs to the markup.
			w.b.WriteString("<pre>\n" + html.EscapeString(b.Text) + "</pre>")
		case richtext.Quote:
			w.b.WriteString("<blockquote>")
			w.blocks(b.Blocks)
			w.b.WriteString("</blockquote>")
		case richtext.List:
			w.list(b)
		default:
			w.b.WriteString("<p>")
			w.spans(b.Spans)
			w.b.WriteString("</p>")
		}
	}
}

func (w *writer) list(b richtext.Block) {
	tag := "ul"
	if b.Ordered {
		tag = "ol"
	}
	w.b.WriteString("<" + tag + ">")
	for _, item := range b.Items {
		w.b.WriteString("<li>")
		w.spans(item.Spans)
		w.blocks(item.Blocks)
		w.b.WriteString("</li>")
	}
	w.b.WriteString("</" + tag + ">")
}

func (w *writer) spans(spans []richtext.Span) {
	// Which spaces HTML would drop depends on their neighbours, whatever span
	// those are in, so this is settled for the paragraph as a whole.
	texts := make([]string, len(spans))
	for i, s := range spans {
		texts[i] = s.Text
		if s.Mention != nil {
			texts[i] = "@"
		}
	}
	keepSpaces(texts)
	for i, run := range richtext.Nest(spans) {
		for _, m := range run.Open {
			if m.Link != "" {
				w.b.WriteString(`<a href="` + html.EscapeString(m.Link) + `">`)
				continue
			}
			w.b.WriteString("<" + styleTag(m.Style) + ">")
		}
		w.span(run.Span, texts[i])
		for _, m := range run.Close {
			if m.Link != "" {
				w.b.WriteString("</a>")
				continue
			}
			w.b.WriteString("</" + styleTag(m.Style) + ">")
		}
	}
}

func styleTag(s richtext.Style) string {
	switch s {
	case richtext.Bold:
		return "strong"
	case richtext.Italic:
		return "em"
	}
	return "s"
}

func (w *writer) span(s richtext.Span, text string) {
	if s.Mention != nil {
		to := w.mentioned[s.Mention.User]
		name := strings.Join(strings.Fields(to.Name), " ")
		if name == "" {
			name = s.Text
		}
		if name == "" {
			name = richtext.Unknown
		}
		at := atMention{ID: len(w.ats), User: string(to.User), Name: name}
		w.ats = append(w.ats, at)
		w.b.WriteString(`<at id="` + strconv.Itoa(at.ID) + `">` + html.EscapeString(name) + "</at>")
		return
	}
	text = html.EscapeString(text)
	text = strings.ReplaceAll(text, "\u00A0", "&nbsp;")
	text = strings.ReplaceAll(text, "\n", "<br>")
	if s.Style&richtext.Mono != 0 {
		text = "<code>" + text + "</code>"
	}
	w.b.WriteString(text)
}

// keepSpaces writes the spaces that HTML would drop as no-break spaces: those at
// the edges of a line, and all but the last of a run.
func keepSpaces(texts []string) {
	atStart := true
	for i, text := range texts {
		runes := []rune(text)
		for j, r := range runes {
			if r == ' ' && (atStart || spaceAfter(runes, j, texts[i+1:])) {
				runes[j] = '\u00A0'
			}
			if r != ' ' || atStart {
				atStart = r == '\n' || r == ' '
			}
		}
		texts[i] = string(runes)
	}
}

// spaceAfter reports whether what follows runes[j] is a space or a line's end.
func spaceAfter(runes []rune, j int, rest []string) bool {
	if j+1 < len(runes) {
		return runes[j+1] == ' ' || runes[j+1] == '\n'
	}
	for _, next := range rest {
		if next != "" {
			return next[0] == ' ' || next[0] == '\n'
		}
	}
	return true
}

// normalText is a message's text for comparing what was posted with what
// stands, whatever Teams made of its markup and its spaces: the text of its
// normal form.
func normalText(content string) string {
	doc, _, err := parseHTML(content, nil)
	if err != nil {
		return content
	}
	return strings.ReplaceAll(richtext.Plain(doc), "\u00A0", " ")
}
