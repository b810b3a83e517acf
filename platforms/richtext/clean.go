package richtext

import (
	"net/url"
	"strings"
	"unicode"
)

const nbsp = '\u00A0'

// clean brings text into the form every platform can carry: valid UTF-8, "\n"
// for each kind of line end, no control characters. Tabs survive in code only;
// elsewhere HTML would swallow them, so they become four spaces. In code,
// no-break spaces are an editor's doing and become spaces.
func clean(s string, code bool) string {
	if plainASCII(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '\n', r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			b.WriteByte('\n')
		case r == '\t' && code:
			b.WriteByte('\t')
		case r == '\t':
			b.WriteString("    ")
		case r == nbsp && code:
			b.WriteByte(' ')
		case r == '\uFEFF', unicode.IsControl(r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainASCII reports that s holds printable ASCII and "\n" only.
func plainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\n' && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}

// cleanCode is clean for preformatted text: lines of nothing but spaces become
// empty, and empty lines at the end go.
func cleanCode(s string) string {
	lines := strings.Split(clean(s, true), "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			lines[i] = ""
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// CleanLink returns the link in the form a Span keeps, or "" when it is not an
// absolute http, https or mailto URL: whatever else a message links to
// (javascript:, file:, a relative path) is not carried as a link. Characters
// that no URL holds are percent-encoded.
func CleanLink(link string) string {
	link = strings.TrimSpace(strings.ToValidUTF8(link, "\uFFFD"))
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host == "" {
			return ""
		}
	case "mailto":
		if u.Opaque == "" {
			return ""
		}
	default:
		return ""
	}
	var b strings.Builder
	for _, r := range link {
		switch {
		case unicode.IsControl(r):
			return ""
		case unicode.IsSpace(r), strings.ContainsRune("\"<>\\^`{|}", r):
			b.WriteString(url.PathEscape(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
