// Package plan holds proposed changes as data: what would change, why, who
// would newly be able to read what, and how it is undone. The preview is the
// stored plan, and Apply walks the same rows.
//
// An action carries no code: it can be stored, shown, approved a week later and
// checked again against the present before it is applied.
package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"miohub/platforms"
)

// Verb is what an action does.
type Verb string

// The verbs, in the order in which a plan applies them.
const (
	Withdraw       Verb = "withdraw"        // stop carrying a person's messages under their own name
	Restore        Verb = "restore"         // take a withdrawn person up again
	CreateAccount  Verb = "create-account"  // make a guest or interop account for a person without one
	SuspendAccount Verb = "suspend-account" // keep an account that Mio Hub made from being used
	ResumeAccount  Verb = "resume-account"  // let it be used again
	LinkPeople     Verb = "link-people"     // two accounts are one person
	Seat           Verb = "seat"            // make an account of ours a member of a room
	LinkRooms      Verb = "link-rooms"      // carry messages between two rooms
	RenameRoom     Verb = "rename-room"     // follow a new name on the other side
	Acknowledge    Verb = "acknowledge"     // take note of a change that asks for no other action
)

// Verbs lists all verbs in the order in which they are applied.
func Verbs() []Verb {
	return []Verb{Withdraw, Restore, CreateAccount, SuspendAccount, ResumeAccount, LinkPeople, Seat, LinkRooms, RenameRoom, Acknowledge}
}

// Risk is how carefully an action should be read before it is approved.
type Risk string

// The risks. Only RiskNone may ever be approved automatically.
const (
	RiskNone Risk = ""     // reversible, seen by nobody new
	RiskLow  Risk = "low"  // people of the organisation will newly read something
	RiskHigh Risk = "high" // outsiders, guests or people without a match will; or an identity is uncertain
)

// Action is one proposed change.
type Action struct {
	// ID is stable: the same proposal has the same id in every plan.
	ID    string `json:"id"`
	Verb  Verb   `json:"verb"`
	Title string `json:"title"` // "Link Ana Ortiz with ana.ortiz@acme.example"
	// Left and Right are what it is about: two accounts, two rooms, or a room
	// and the account that joins it.
	Left  platforms.Ref `json:"left"`
	Right platforms.Ref `json:"right"`
	// Before is what stands now, in the words Apply compares the present with.
	Before string `json:"before"`
	After  string `json:"after"`
	Reason string `json:"reason"`
	Rule   string `json:"rule,omitempty"` // which rule of matching found it
	// Needs are ids of actions that must be applied first.
	Needs []string `json:"needs,omitempty"`
	Risk  Risk     `json:"risk"`
	// Readers are those who will newly be able to read something.
	Readers []Reader `json:"readers,omitempty"`
	Undo    string   `json:"undo"` // in words: how it is taken back
	// Account is what a CreateAccount makes.
	Account *NewAccount `json:"account,omitempty"`
}

// NewAccount is an account to be made.
type NewAccount struct {
	Guest   bool                `json:"guest"`   // a guest account; otherwise a member
	OrgUnit string              `json:"orgUnit"` // path; "" for the platform's default
	Country string              `json:"country"` // two letters; "" for the tenant's own
	Licence platforms.LicenceID `json:"licence"` // given afterwards; "" for none
	// Notes say what making it brings with it, as the platform foretold.
	Notes []string `json:"notes"`
	Costs bool     `json:"costs"` // a paid licence is used up
}

// Reader is an account that will newly be able to read a room's messages.
type Reader struct {
	Account platforms.Ref `json:"account"`
	Name    string        `json:"name"`
	Address string        `json:"address"`
	Kind    ReaderKind    `json:"kind"`
	Reads   string        `json:"reads"` // the room whose messages they will read, by name
}

// ReaderKind says what is special about a reader.
type ReaderKind string

// The kinds of reader. All but Colleague raise an action's risk.
const (
	Colleague ReaderKind = "colleague" // a member of the organisation, matched on both sides
	Unmatched ReaderKind = "unmatched" // has no linked account on the other side
	GuestHere ReaderKind = "guest"
	Outsider  ReaderKind = "external"
)

// ID makes an action's stable id from what it would do.
func ID(verb Verb, parts ...string) string {
	sum := sha256.Sum256([]byte(string(verb) + "\x00" + strings.Join(parts, "\x00")))
	return string(verb) + "-" + hex.EncodeToString(sum[:8])
}

// RefKey is a reference as one string, for ids and maps.
func RefKey(r platforms.Ref) string {
	return fmt.Sprintf("%s|%s|%s", r.Platform, r.Tenant, r.ID)
}

// RiskOf is the risk that readers put on an action.
func RiskOf(readers []Reader) Risk {
	risk := RiskNone
	for _, r := range readers {
		if r.Kind != Colleague {
			return RiskHigh
		}
		risk = RiskLow
	}
	return risk
}

// Sort puts actions into the order in which they are applied, keeping the given
// order within a verb. Verbs that this version does not know come last.
func Sort(actions []Action) []Action {
	place := map[Verb]int{}
	for i, verb := range Verbs() {
		place[verb] = i - len(Verbs())
	}
	out := slices.Clone(actions)
	slices.SortStableFunc(out, func(a, b Action) int { return cmp.Compare(place[a.Verb], place[b.Verb]) })
	return out
}
