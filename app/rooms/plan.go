package rooms

import (
	"fmt"
	"sort"

	"miohub/app/plan"
	"miohub/platforms"
)

// Link is a stored pair of rooms with the names they had when last agreed on.
type Link struct {
	Left, Right         platforms.Ref
	LeftName, RightName string
}

// People answers which account on the other side is linked with this one.
type People func(platforms.Ref) (other platforms.Ref, linked bool)

// Plan proposes what should change about rooms: links for those whose names
// agree, seats for our accounts in linked rooms, and new names followed.
// Links of other tenants are left alone.
func Plan(left, right Side, links []Link, people People) []plan.Action {
	links = between(left, right, links)
	taken := map[platforms.Ref]bool{}
	for _, l := range links {
		taken[l.Left], taken[l.Right] = true, true
	}
	var actions []plan.Action
	for _, pair := range Pairs(left, right, func(r platforms.Ref) bool { return taken[r] }) {
		actions = append(actions, LinkActions(left, right, pair, people)...)
	}
	li, ri := index(left), index(right)
	for _, link := range links {
		l, lok := li[platforms.RoomID(link.Left.ID)]
		r, rok := ri[platforms.RoomID(link.Right.ID)]
		if !lok || !rok {
			continue // told as a notice: the room is gone, or hidden from us
		}
		actions = append(actions, seats(left, l)...)
		actions = append(actions, seats(right, r)...)
		actions = append(actions, follow(left, right, link, l, r)...)
	}
	return unique(actions)
}

// between are the links between the two sides, each turned so that Left is on
// the left.
func between(left, right Side, links []Link) []Link {
	var out []Link
	for _, l := range links {
		if l.Left.Platform != left.Tenant.Platform {
			l = Link{Left: l.Right, Right: l.Left, LeftName: l.RightName, RightName: l.LeftName}
		}
		if l.Left == left.Ref(platforms.RoomID(l.Left.ID)) && l.Right == right.Ref(platforms.RoomID(l.Right.ID)) {
			out = append(out, l)
		}
	}
	return out
}

// LinkActions are the actions that link one pair: the seats it needs, then the link.
func LinkActions(left, right Side, pair Pair, people People) []plan.Action {
	actions := append(seats(left, pair.Left), seats(right, pair.Right)...)
	l, r := left.Ref(pair.Left.ID), right.Ref(pair.Right.ID)
	readers := NewReaders(left, right, pair, people)
	link := plan.Action{
		ID:    plan.ID(plan.LinkRooms, plan.RefKey(l), plan.RefKey(r)),
		Verb:  plan.LinkRooms,
		Title: fmt.Sprintf("Link %s “%s” with %s “%s”", left.Word, pair.Left.Name, right.Word, full(pair.Right.Room)),
		Left:  l, Right: r,
		Before: "not linked", After: "linked",
		Reason: "The names agree.", Rule: "name",
		Readers: readers,
		Risk:    plan.RiskOf(readers),
		Undo:    "Unlink: nothing more is carried; what was carried stays.",
	}
	if pair.Exact {
		link.Reason = "The names are equal."
	}
	if bridgeable(left, right, pair, people) == 0 {
		link.Risk = plan.RiskHigh
		link.Reason += " Nobody who is linked sits in both rooms, so every message would carry a label."
	}
	for _, seat := range actions {
		link.Needs = append(link.Needs, seat.ID)
	}
	return append(actions, link)
}

// NewReaders lists who could newly read what if the pair were linked: each
// member who has no linked account among the members of the other room.
// Our own seats and apps are left out.
func NewReaders(left, right Side, pair Pair, people People) []plan.Reader {
	readers := oneWay(left, right, pair.Left, pair.Right, people)
	return append(readers, oneWay(right, left, pair.Right, pair.Left, people)...)
}

// oneWay lists members of here who will newly read there's messages.
func oneWay(hereSide, thereSide Side, here, there Room, people People) []plan.Reader {
	inThere := map[platforms.UserID]bool{}
	for _, m := range there.Members {
		inThere[m.User] = true
	}
	ours := seatIDs(hereSide)
	var out []plan.Reader
	for _, m := range here.Members {
		if m.Kind == platforms.AppMember || ours[m.User] {
			continue
		}
		ref := hereSide.UserRef(m.User)
		other, linked := people(ref)
		if linked && inThere[platforms.UserID(other.ID)] {
			continue
		}
		out = append(out, reader(hereSide, ref, m, linked, full(there.Room)))
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

func reader(s Side, ref platforms.Ref, m platforms.RoomMember, linked bool, reads string) plan.Reader {
	u := s.Users[m.User]
	r := plan.Reader{Account: ref, Name: m.Name, Address: m.Address, Kind: plan.Colleague, Reads: reads}
	if r.Name == "" {
		r.Name = u.Name
	}
	if r.Address == "" {
		r.Address = u.Address
	}
	if r.Name == "" {
		r.Name = string(m.User)
	}
	switch {
	case m.Kind == platforms.OutsideMember:
		r.Kind = plan.Outsider
	case m.Kind == platforms.GuestMember || u.Kind == platforms.Guest:
		r.Kind = plan.GuestHere
	case !linked:
		r.Kind = plan.Unmatched
	}
	return r
}

// bridgeable counts the linked people who sit in both rooms.
func bridgeable(left, right Side, pair Pair, people People) int {
	in := map[platforms.UserID]bool{}
	for _, m := range pair.Right.Members {
		in[m.User] = true
	}
	n := 0
	for _, m := range pair.Left.Members {
		if other, ok := people(left.UserRef(m.User)); ok && in[platforms.UserID(other.ID)] {
			n++
		}
	}
	return n
}

func seats(s Side, room Room) []plan.Action {
	in := map[platforms.UserID]bool{}
	for _, m := range room.Members {
		in[m.User] = true
	}
	var out []plan.Action
	for _, seat := range s.Seats {
		if in[seat.User] {
			continue
		}
		// In a room that belongs to a team, the seat is the team's: one action
		// serves all its rooms.
		where, reads := "“"+room.Name+"”", full(room.Room)
		if room.GroupID != "" && room.Kind == platforms.Channel {
			where = "the team “" + room.Group + "”"
			reads = room.Group + " › every channel that is open to the team"
		}
		out = append(out, plan.Action{
			ID:    plan.ID(plan.Seat, plan.RefKey(s.Ref(groupOr(room))), string(seat.User)),
			Verb:  plan.Seat,
			Title: fmt.Sprintf("Add %s to %s", seat.Name, where),
			Left:  s.Ref(room.ID), Right: s.UserRef(seat.User),
			Before: "not a member", After: "member",
			Reason: seat.Why,
			Readers: []plan.Reader{{Account: s.UserRef(seat.User), Name: seat.Name,
				Kind: plan.Colleague, Reads: reads}},
			Risk: plan.RiskLow,
			Undo: "Remove the account from the room.",
		})
	}
	return out
}

func groupOr(room Room) platforms.RoomID {
	if room.GroupID != "" && room.Kind == platforms.Channel {
		return platforms.RoomID(room.GroupID)
	}
	return room.ID
}

// follow proposes a new name for the counterpart of a renamed room. When both
// were renamed, nothing is proposed: a person has to decide.
func follow(left, right Side, link Link, l, r Room) []plan.Action {
	newL := link.LeftName != "" && l.Name != link.LeftName
	newR := link.RightName != "" && r.Name != link.RightName
	switch {
	case newL && !newR:
		return rename(right, r, l, left, link.LeftName)
	case newR && !newL:
		return rename(left, l, r, right, link.RightName)
	}
	return nil
}

func rename(side Side, room, source Room, from Side, old string) []plan.Action {
	if Key(room.Name) == Key(source.Name) {
		return nil
	}
	return []plan.Action{{
		ID:    plan.ID(plan.RenameRoom, plan.RefKey(side.Ref(room.ID)), source.Name),
		Verb:  plan.RenameRoom,
		Title: fmt.Sprintf("Rename %s “%s” to “%s”", side.Word, room.Name, source.Name),
		Left:  side.Ref(room.ID), Right: from.Ref(source.ID),
		Before: room.Name, After: source.Name,
		Reason: fmt.Sprintf("The linked %s was renamed from “%s” to “%s”.", from.Word, old, source.Name),
		Risk:   plan.RiskLow,
		Undo:   fmt.Sprintf("Rename it back to “%s”.", room.Name),
	}}
}

func seatIDs(s Side) map[platforms.UserID]bool {
	m := map[platforms.UserID]bool{}
	for _, seat := range s.Seats {
		m[seat.User] = true
	}
	return m
}

func index(s Side) map[platforms.RoomID]Room {
	m := make(map[platforms.RoomID]Room, len(s.Rooms))
	for _, r := range s.Rooms {
		m[r.ID] = r
	}
	return m
}

func full(r platforms.Room) string {
	if r.Group != "" {
		return r.Group + " › " + r.Name
	}
	return r.Name
}

// unique drops repeated actions, keeping the first: channels of one team ask
// for the same seat.
func unique(actions []plan.Action) []plan.Action {
	seen := map[string]bool{}
	out := actions[:0]
	for _, a := range actions {
		if !seen[a.ID] {
			seen[a.ID] = true
			out = append(out, a)
		}
	}
	return out
}
