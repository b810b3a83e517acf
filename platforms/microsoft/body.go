package microsoft

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/richtext"
)

// said reads what a message says, its subject first in bold, and which files are
// with it. lost names what is carried in neither, in words.
func said(m graph.Message, id platforms.MessageID) (doc richtext.Doc, files []platforms.File, lost []string) {
	f := filesOf(m, id)
	if m.Body.ContentType == "text" {
		doc = richtext.Normalize(richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: m.Body.Content}}}})
	} else {
		var err error
		if doc, lost, err = parseMessage(m.Body.Content, mentionsOf(m), f.carried); err != nil {
			lost = append(lost, "the text, which is too long")
		}
	}
	if f.others > 0 && len(lost) == 0 {
		lost = append(lost, plural(f.others, "attachment"))
	}
	if m.Subject != "" {
		title := richtext.Block{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: m.Subject, Style: richtext.Bold}}}
		doc = richtext.Normalize(append(richtext.Doc{title}, doc...))
	}
	return doc, f.files, lost
}

func mentionsOf(m graph.Message) []atMention {
	ats := make([]atMention, 0, len(m.Mentions))
	for _, mention := range m.Mentions {
		at := atMention{ID: mention.ID, Name: mention.Text, All: mention.Mentioned.Conversation != nil}
		if mention.Mentioned.User != nil {
			at.User = mention.Mentioned.User.ID
		}
		ats = append(ats, at)
	}
	return ats
}

// found is which files a message has.
type found struct {
	message platforms.MessageID
	files   []platforms.File
	ids     map[string]bool // of attachments that are files
	others  int             // attachments that are not
}

// filesOf are the files that a message lists; images come as its body is read.
func filesOf(m graph.Message, id platforms.MessageID) *found {
	f := &found{message: id, ids: map[string]bool{}}
	for _, a := range m.Attachments {
		link := richtext.CleanLink(a.ContentURL)
		if a.ContentType != graph.Reference || link == "" {
			f.others++
			continue
		}
		f.ids[a.ID] = true
		f.files = append(f.files, platforms.File{ID: sharedFile + a.ContentURL, Name: orElse(a.Name, "file"), Size: -1, URL: link})
	}
	return f
}

// carried tells whether an image or attachment in the body is a file that is
// carried, and notes images.
func (f *found) carried(what string, n *html.Node) bool {
	if what == "attachment" {
		return f.ids[attribute(n, "id")]
	}
	id := hostedID(attribute(n, "src"))
	if id == "" {
		return false // lies somewhere on the web
	}
	f.files = append(f.files, platforms.File{ID: hostedFile + string(f.message) + " " + id, Name: orElse(attribute(n, "alt"), "image"), Size: -1})
	return true
}

// hostedID is the id of an image within the message, from the address that Graph
// writes: ".../messages/{id}/hostedContents/{id}/$value". Nothing else of the
// address, which an author may have chosen, is used.
func hostedID(src string) string {
	_, rest, ok := strings.Cut(src, "/hostedContents/")
	id, end, _ := strings.Cut(rest, "/")
	if !ok || id == "" || end != "$value" {
		return ""
	}
	plain, err := url.PathUnescape(id)
	if err != nil || strings.ContainsAny(plain, " /") {
		return ""
	}
	return plain
}
