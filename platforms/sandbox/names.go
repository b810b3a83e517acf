package sandbox

import (
	"math/rand/v2"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// culture is a stock of names of one language community. Names are written as
// "native:romanised", without the second half where dropping the diacritics
// does it; "+" marks a woman's given name, "/" the woman's form of a family name.
type culture struct {
	lang        string
	countries   string // ISO 3166 alpha-2, space separated
	weight      int    // share among all people
	given       string // space separated; "_" stands for a space within a name
	family      string
	familyFirst bool
	joined      bool // no space between the names
}

type nameForm struct {
	native, roman [2]string // 0 as given or the man's form, 1 the woman's
	woman         bool
}

// stock is a culture made ready for drawing: every combination of its names
// once, in an order of its own, before any comes again with a second given name.
type stock struct {
	culture
	givens, families []nameForm
	order            []int
	next             int
}

func newStock(c culture, rng *rand.Rand) *stock {
	s := &stock{culture: c, givens: parseNames(c.given), families: parseNames(c.family)}
	s.order = rng.Perm(len(s.givens) * len(s.families))
	return s
}

func parseNames(list string) []nameForm {
	var forms []nameForm
	for _, item := range strings.Fields(list) {
		var f nameForm
		item, f.woman = strings.CutPrefix(item, "+")
		item = strings.ReplaceAll(item, "_", " ")
		native, roman, ok := strings.Cut(item, ":")
		if !ok {
			roman = native
		}
		f.native = bothForms(native)
		f.roman = bothForms(roman)
		for i := range f.roman {
			f.roman[i] = romanise(f.roman[i])
		}
		forms = append(forms, f)
	}
	return forms
}

func bothForms(s string) [2]string {
	man, woman, ok := strings.Cut(s, "/")
	if !ok {
		woman = man
	}
	return [2]string{man, woman}
}

// personName is a name as its bearer writes it, and as an address spells it.
type personName struct {
	given, family, display string
	romanGiven, romanFam   string
	lang, country          string
	script                 bool // written in a script other than Latin
}

func (s *stock) draw(rng *rand.Rand) personName {
	round, at := s.next/len(s.order), s.order[s.next%len(s.order)]
	s.next++
	g, f := s.givens[at%len(s.givens)], s.families[at/len(s.givens)]
	form := 0
	if g.woman {
		form = 1
	}
	countries := strings.Fields(s.countries)
	n := personName{
		given: g.native[0], family: f.native[form], romanGiven: g.roman[0], romanFam: f.roman[form],
		lang: s.lang, country: countries[rng.IntN(len(countries))],
	}
	for ; round > 0; round-- {
		second := s.givens[rng.IntN(len(s.givens))]
		n.given += " " + second.native[0]
		n.romanGiven += second.roman[0]
	}
	gap := " "
	if s.joined {
		gap = ""
	}
	n.display = n.given + gap + n.family
	if s.familyFirst {
		n.display = n.family + gap + n.given
	}
	n.script = !strings.ContainsFunc(n.family, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
	return n
}

// latinFolds are the letters that do not decompose into a base and a mark.
var latinFolds = strings.NewReplacer(
	"ß", "ss", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe", "ı", "i", "ə", "a", "ʻ", "", "ħ", "h",
)

// romanise makes the lower-case ASCII that an address is spelt with.
func romanise(s string) string {
	s = latinFolds.Replace(strings.ToLower(s))
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}, norm.NFD.String(s))
}

// hostileNames are display names that real people could set and that break
// careless software: markup, a relay's label, bidirectional controls, formulas,
// mentions of everybody. "%s" is the person's own name.
var hostileNames = []string{
	"%s <b>Ops</b>",
	"%s (Google Chat)",
	"\u202e%s\u202c",
	"%s (Microsoft Teams):",
	"@all %s",
	"=HYPERLINK(\"https://evil.example\",\"%s\")",
	"*%s* _on-call_",
	"%s</at><script>alert(1)</script>",
	"Robert'); DROP TABLE users;-- %s",
	"%s\u200b\u200d",
	"<users/all> %s",
	"%s\tII",
}
