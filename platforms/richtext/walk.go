package richtext

// Map returns a copy of the body with f applied to each span.
func Map(d Doc, f func(Span) Span) Doc { return Doc(mapBlocks(d, f)) }

func mapBlocks(blocks []Block, f func(Span) Span) []Block {
	if blocks == nil {
		return nil
	}
	out := make([]Block, len(blocks))
	for i, b := range blocks {
		b.Spans = mapSpans(b.Spans, f)
		b.Blocks = mapBlocks(b.Blocks, f)
		if b.Items != nil {
			items := make([]Item, len(b.Items))
			for j, item := range b.Items {
				items[j] = Item{Spans: mapSpans(item.Spans, f), Blocks: mapBlocks(item.Blocks, f)}
			}
			b.Items = items
		}
		out[i] = b
	}
	return out
}

func mapSpans(spans []Span, f func(Span) Span) []Span {
	if spans == nil {
		return nil
	}
	out := make([]Span, len(spans))
	for i, s := range spans {
		out[i] = f(s)
	}
	return out
}

// Mentions lists the user ids mentioned in the body, in order, each once.
func Mentions(d Doc) []string {
	var ids []string
	seen := map[string]bool{}
	Map(d, func(s Span) Span {
		if m := s.Mention; m != nil && m.User != "" && !seen[m.User] {
			seen[m.User] = true
			ids = append(ids, m.User)
		}
		return s
	})
	return ids
}

// Named fills in the names of mentions that came without one: name answers ""
// for an account it does not know, which stays empty.
func Named(d Doc, name func(user string) string) Doc {
	return Map(d, func(s Span) Span {
		if s.Mention != nil && s.Text == "" && s.Mention.User != "" {
			s.Text = name(s.Mention.User)
		}
		return s
	})
}

// Unknown stands for a person whose name is not known or holds nothing to show.
const Unknown = "Unknown person"

// Addressed makes the body's mentions fit to be sent: known answers whether the
// platform it goes to can mention that user. Everybody is never mentioned, and
// a person it does not know becomes a name in bold.
func Addressed(d Doc, known func(user string) bool) Doc {
	return Normalize(Map(d, func(s Span) Span {
		switch {
		case s.Mention == nil:
			return s
		case s.Mention.Everyone:
			return Span{Text: "everyone"}
		case known(s.Mention.User):
			return s
		case s.Text == "":
			return Span{Text: Unknown, Style: Bold}
		}
		return Span{Text: s.Text, Style: Bold}
	}))
}
