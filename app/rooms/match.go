// Package rooms finds which rooms of two tenants belong together, works out who
// would newly be able to read what if they were linked, and turns that into
// plan actions. It is pure.
package rooms

import (
	"slices"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"miohub/platforms"
)

// Room is a room with everyone in it.
type Room struct {
	platforms.Room
	Members []platforms.RoomMember
}

// Side is one tenant's rooms.
type Side struct {
	Tenant platforms.Tenant
	Word   string // what a room is called there: "space"
	Rooms  []Room
	Seats  []platforms.Seat
	// Users are the directory's accounts by id, for names and kinds.
	Users map[platforms.UserID]platforms.User
}

// Ref names a room of the side.
func (s Side) Ref(id platforms.RoomID) platforms.Ref {
	return platforms.Ref{Platform: s.Tenant.Platform, Tenant: s.Tenant.ID, ID: string(id)}
}

// UserRef names an account of the side.
func (s Side) UserRef(id platforms.UserID) platforms.Ref {
	return platforms.Ref{Platform: s.Tenant.Platform, Tenant: s.Tenant.ID, ID: string(id)}
}

// Pair is two rooms whose names agree.
type Pair struct {
	Left, Right Room
	Exact       bool // the names are equal to the letter
}

// Pairs suggests rooms that belong together by their names: case, accents and
// punctuation aside. A name that several open rooms share on
// either side suggests nothing. Rooms that cannot be linked are left out, and
// so are those for which taken answers true.
func Pairs(left, right Side, taken func(platforms.Ref) bool) []Pair {
	l, r := byName(left, taken), byName(right, taken)
	var pairs []Pair
	for key, ls := range l {
		rs := r[key]
		if len(ls) != 1 || len(rs) != 1 {
			continue
		}
		pairs = append(pairs, Pair{Left: ls[0], Right: rs[0], Exact: ls[0].Name == rs[0].Name})
	}
	sort.Slice(pairs, func(i, j int) bool {
		if pairs[i].Left.Name != pairs[j].Left.Name {
			return pairs[i].Left.Name < pairs[j].Left.Name
		}
		return pairs[i].Left.ID < pairs[j].Left.ID
	})
	return pairs
}

func byName(s Side, taken func(platforms.Ref) bool) map[string][]Room {
	m := map[string][]Room{}
	for _, room := range s.Rooms {
		if room.Unlinkable != "" || taken != nil && taken(s.Ref(room.ID)) {
			continue
		}
		if key := Key(room.Name); key != "" {
			m[key] = append(m[key], room)
		}
	}
	return m
}

// Key folds a room's name for comparison: compatibility forms, case and the
// accents of alphabets in which they are left out in a hurry are folded, and
// punctuation is dropped. What tells names apart stays: the vowel signs of
// scripts that write them as marks, a separator between two numbers ("1.2" is
// not "12") and a plus or number sign after a letter ("C++" is not "C").
func Key(name string) string {
	folded := []rune(norm.NFKD.String(cases.Fold().String(norm.NFKD.String(name))))
	var b strings.Builder
	var base rune // the letter that marks belong to
	digit, gap := false, false
	for i, r := range folded {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && digit && unicode.IsDigit(r) {
				b.WriteByte('.')
			}
			b.WriteRune(r)
			base, digit, gap = r, unicode.IsDigit(r), false
		case unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Me):
			// How it is drawn, not what it is.
		case unicode.Is(unicode.M, r):
			if base != 0 && !accent(base, r) {
				b.WriteRune(r)
			}
		case !gap && base != 0 && endsWord(folded[i:]):
			b.WriteRune(r)
		default:
			base, gap = 0, true
		}
	}
	return norm.NFC.String(b.String())
}

// endsWord reports whether plus and number signs are all that is left of a word.
func endsWord(rest []rune) bool {
	i := slices.IndexFunc(rest, func(r rune) bool { return r != '+' && r != '#' })
	return i < 0 || i > 0 && !unicode.IsLetter(rest[i]) && !unicode.IsDigit(rest[i])
}

// accent reports whether a mark on a letter is one that people leave out: any on
// Latin and Greek letters, and in Cyrillic the stress and the dots of "ё".
func accent(base, mark rune) bool {
	switch {
	case !unicode.Is(unicode.Mn, mark):
		return false
	case unicode.In(base, unicode.Latin, unicode.Greek):
		return true
	case unicode.Is(unicode.Cyrillic, base):
		return mark == '\u0301' || mark == '\u0300' || mark == '\u0308' && base == 'е'
	}
	return false
}
