// Package rooms finds which rooms of two tenants belong together, works out who
// would newly be able to read what if they were linked, and turns that into
// plan actions. It is pure.
package rooms

import (
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
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

// Pairs suggests rooms that belong together by their names: case, accents,
// punctuation and filler words aside. A name that several open rooms share on
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

// Key folds a room's name for comparison: compatibility forms, case and accents
// folded, everything but letters and digits dropped.
func Key(name string) string {
	strip := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	folded, _, err := transform.String(strip, cases.Fold().String(name))
	if err != nil {
		folded = strings.ToLower(name)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, folded)
}
