package richtext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// maxName is how many characters of a display name a label shows.
const maxName = 64

// maxMarks is how many combining marks may follow each other in a name; no
// living script stacks more.
const maxMarks = 4

// Label puts a line before a relayed message that tells who said it and where:
// the name in bold, then the origin in parentheses, for example
// "Dana Roe (Google Chat)". The name is cleaned, so that nobody can be named to
// look like somebody else's label.
func Label(d Doc, name, origin string) Doc {
	label := Block{Kind: Paragraph, Spans: []Span{
		{Text: CleanName(name), Style: Bold},
		{Text: " (" + origin + ")"},
	}}
	return append(Doc{label}, d...)
}

// CleanName makes a display name safe to show beside a label: one line without
// control or direction characters, without what could be read as markup, as a
// mention or as the label itself, no longer than 64 characters, never empty.
func CleanName(name string) string {
	name = visible(norm.NFC.String(strings.ToValidUTF8(name, "\uFFFD")))
	name = visible(withoutMarkup(withoutLabel(name)))
	// What is gone now may have kept two halves of a label, or of a letter, apart.
	name = norm.NFC.String(withoutLabel(name))
	name = shortened(strings.TrimRight(strings.TrimLeft(strings.Join(strings.Fields(name), " "), "@ "), " :"))
	if !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSymbol(r) }) {
		return Unknown
	}
	return name
}

// visible drops the characters of a name that are not meant to be seen.
func visible(name string) string {
	runes := []rune(name)
	var b strings.Builder
	marks := 0
	for i, r := range runes {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r == '\u200C' || r == '\u200D':
			// Joiners are spelling in some scripts and glue in emoji, but only
			// between two characters that are seen.
			if i > 0 && i+1 < len(runes) && seen(runes[i-1]) && seen(runes[i+1]) {
				b.WriteRune(r)
			}
		case seen(r) && marks <= maxMarks:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// withoutMarkup drops what some platform reads as markup; "_" may stay inside
// a word.
func withoutMarkup(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case strings.ContainsRune("*~`<>[]|\\", r):
		case r == '_' && (i == 0 || i == len(runes)-1 || !wordly(runes[i-1]) || !wordly(runes[i+1])):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// seen reports whether a character shows: no control, format, private-use or
// unassigned one, and none of the letters that are drawn blank.
func seen(r rune) bool {
	switch r {
	case '\u115F', '\u1160', '\u3164', '\uFFA0', '\u2800', '\u17B4', '\u17B5':
		return false
	}
	return unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Variation_Selector, r) || r == '\uFE0F'
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// withoutLabel removes everything in brackets that names a chat product, and the
// brackets' imitations with it.
func withoutLabel(name string) string {
	for {
		from, to, ok := labelIn(name)
		if !ok {
			return name
		}
		name = name[:from] + " " + name[to:]
	}
}

// labelIn finds a bracketed part of the name (left open counts) that imitates a
// label.
func labelIn(name string) (from, to int, ok bool) {
	from = -1
	for i, r := range name {
		size := utf8.RuneLen(r)
		switch {
		case opens(r):
			if from >= 0 && strings.ContainsFunc(name[from:i], wordly) && imitates(name[from:i]) {
				return from, i, true
			}
			from = i
		case closes(r) && from >= 0:
			if imitates(name[from : i+size]) {
				return from, i + size, true
			}
			from = -1
		}
	}
	if from >= 0 && imitates(name[from:]) {
		return from, len(name), true
	}
	return 0, 0, false
}

func opens(r rune) bool  { return unicode.Is(unicode.Ps, r) || unicode.Is(unicode.Pi, r) || r == '❨' }
func closes(r rune) bool { return unicode.Is(unicode.Pe, r) || unicode.Is(unicode.Pf, r) || r == '❩' }

// imitates reports whether bracketed text is empty or names a product, seen as
// a hurried reader sees it: without case, accents, spacing and look-alike
// letters.
func imitates(s string) bool {
	if !strings.ContainsFunc(s, wordly) {
		return true
	}
	folded := folding(s)
	for _, product := range []string{"googlechat", "microsoftteams", "msteams", "teams", "chatapp", "miohub"} {
		if strings.Contains(folded, folding(product)) {
			return true
		}
	}
	return false
}

// folding keeps the letters of s, as the plain lower-case Latin ones that they
// look like; "i" and "l" count as one.
func folding(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if r = latin(unicode.ToLower(r)); unicode.IsLetter(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// latin is the Latin letter that a letter or digit passes for.
func latin(r rune) rune {
	switch r {
	case 'а', 'ɑ', 'α':
		return 'a'
	case 'с', 'ϲ':
		return 'c'
	case 'е', '3':
		return 'e'
	case 'ɡ', 'ԍ', 'ց':
		return 'g'
	case 'һ', 'н':
		return 'h'
	case 'і', 'ι', 'ı', '1', 'ӏ', 'i':
		return 'l'
	case 'м':
		return 'm'
	case 'о', 'ο', 'σ', '0':
		return 'o'
	case 'р', 'ρ':
		return 'p'
	case 'ѕ', '5':
		return 's'
	case 'т', 'τ':
		return 't'
	case 'υ':
		return 'u'
	case 'ν':
		return 'v'
	case 'х', 'χ':
		return 'x'
	case 'у', 'γ':
		return 'y'
	}
	return r
}

// shortened cuts a name after maxName characters as a reader counts them.
func shortened(name string) string {
	graphemes := uniseg.NewGraphemes(name)
	for n := 0; graphemes.Next(); n++ {
		if n == maxName {
			from, _ := graphemes.Positions()
			return strings.TrimRight(name[:from], " ") + "…"
		}
	}
	return name
}
