package transport

import "strings"

const (
	omitted = "…"
	// recognisable is how many bytes of a line must stand before a cut to be
	// taken for the line.
	recognisable = 6
)

// Unquoted removes the lines of a message from a vendor's words, should these
// quote it: whole ones, and one in whose middle the words were cut off, which
// "…" at their end shows.
func Unquoted(words, message string) string {
	for _, line := range strings.Split(message, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			words = cutOff(strings.ReplaceAll(words, line, omitted), line)
		}
	}
	return words
}

func cutOff(words, line string) string {
	head, short := strings.CutSuffix(words, omitted)
	if !short {
		return words
	}
	for n := min(len(line), len(head)); n >= recognisable; n-- {
		if rest, ok := strings.CutSuffix(head, line[:n]); ok {
			return rest + omitted
		}
	}
	return words
}
