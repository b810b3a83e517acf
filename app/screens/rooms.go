package screens

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"miohub/app"
	"miohub/app/plan"
	"miohub/app/rooms"
	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

// roomRow is a row of the Spaces & channels screen with what it is about.
type roomRow struct {
	ui.RoomRow
	left, right       rooms.Room
	leftRef, rightRef platforms.Ref // zero for none
	link              store.RoomLink
}

// roomTable makes the rows of the screen.
type roomTable struct {
	v       *app.View
	traffic map[platforms.Ref]map[platforms.Ref]store.Traffic
	waiting map[platforms.Ref]int
	inPlan  map[platforms.Ref]bool
	used    map[platforms.Ref]bool
	rows    []roomRow
}

// roomRows are all rows: linked first, names ascending.
func (l *live) roomRows(ctx context.Context) ([]roomRow, *app.View, error) {
	v, err := l.app.View(ctx)
	if err != nil {
		return nil, nil, err
	}
	t := roomTable{v: v, traffic: map[platforms.Ref]map[platforms.Ref]store.Traffic{}, used: map[platforms.Ref]bool{}}
	traffic, err := l.app.Store.Traffic(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, one := range traffic {
		if t.traffic[one.From] == nil {
			t.traffic[one.From] = map[platforms.Ref]store.Traffic{}
		}
		t.traffic[one.From][one.To] = one
	}
	if t.waiting, err = l.app.Store.Waiting(ctx); err != nil {
		return nil, nil, err
	}
	if t.inPlan, err = l.planned(ctx); err != nil {
		return nil, nil, err
	}
	t.links()
	t.suggestions()
	t.rest(v.LeftRooms, true)
	t.rest(v.RightRooms, false)
	order := map[ui.RoomState]int{ui.RoomLinked: 0, ui.RoomPaused: 1, ui.RoomSuggested: 2, ui.RoomUnlinked: 3, ui.RoomUnlinkable: 4}
	slices.SortStableFunc(t.rows, func(a, b roomRow) int {
		return cmp.Or(cmp.Compare(order[a.State], order[b.State]), cmp.Compare(strings.ToLower(a.shown()), strings.ToLower(b.shown())), cmp.Compare(a.ID, b.ID))
	})
	return t.rows, v, nil
}

func (r roomRow) shown() string { return cmp.Or(r.Left.Name, r.Right.Name) }

// planned are the rooms that an undecided action of the open plan is about.
func (l *live) planned(ctx context.Context) (map[platforms.Ref]bool, error) {
	out := map[platforms.Ref]bool{}
	p, found, err := l.app.Store.LatestPlan(ctx)
	if err != nil || !found || p.State != store.PlanOpen {
		return out, err
	}
	actions, rows, err := l.app.PlanActions(ctx, p.ID)
	for i, a := range actions {
		open := rows[i].State == store.ActionProposed || rows[i].State == store.ActionApproved
		if open && (a.Verb == plan.LinkRooms || a.Verb == plan.RenameRoom || a.Verb == plan.Seat) {
			out[a.Left] = true
			if a.Verb != plan.Seat {
				out[a.Right] = true
			}
		}
	}
	return out, err
}

func find(s rooms.Side, ref platforms.Ref) (rooms.Room, bool) {
	for _, r := range s.Rooms {
		if s.Ref(r.ID) == ref {
			return r, true
		}
	}
	return rooms.Room{}, false
}

func index(s rooms.Side) map[platforms.Ref]rooms.Room {
	out := make(map[platforms.Ref]rooms.Room, len(s.Rooms))
	for _, r := range s.Rooms {
		out[s.Ref(r.ID)] = r
	}
	return out
}

func (t *roomTable) add(left, right rooms.Room, l, r platforms.Ref) *roomRow {
	row := roomRow{left: left, right: right, leftRef: l, rightRef: r, RoomRow: ui.RoomRow{
		ID: pairID(l, r), Left: sideOf(l, left), Right: sideOf(r, right), InPlan: t.inPlan[l] || t.inPlan[r],
		Waiting: t.waiting[l] + t.waiting[r],
	}}
	var last time.Time
	for _, one := range []store.Traffic{t.traffic[l][r], t.traffic[r][l]} {
		row.Carried += one.Messages
		if one.Last.After(last) {
			last = one.Last
		}
	}
	row.LastMessage = stamp(last)
	for _, ref := range []platforms.Ref{l, r} {
		if !ref.IsZero() {
			t.used[ref] = true
		}
	}
	t.rows = append(t.rows, row)
	return &t.rows[len(t.rows)-1]
}

func sideOf(ref platforms.Ref, r rooms.Room) ui.RoomSide {
	if ref.IsZero() {
		return ui.RoomSide{}
	}
	return ui.RoomSide{ID: refID(ref), Platform: string(ref.Platform), Name: cmp.Or(r.Name, ref.ID), Group: r.Group,
		Kind: strings.ReplaceAll(string(r.Kind), "-", " "), Members: len(r.Members), URL: r.URL}
}

func (t *roomTable) links() {
	left, right := index(t.v.LeftRooms), index(t.v.RightRooms)
	for _, link := range t.v.Rooms {
		l, lok := left[link.Left]
		r, rok := right[link.Right]
		row := t.add(l, r, link.Left, link.Right)
		row.link, row.State = link, ui.RoomLinked
		if link.State == store.RoomPaused {
			row.State, row.Reason = ui.RoomPaused, "Paused by "+link.By+", "+said(link.At)
		}
		if !lok || !rok {
			row.Reason = "A room is gone, or hidden from Mio Hub"
		}
	}
}

func (t *roomTable) suggestions() {
	for _, w := range t.v.Wishes {
		l, lok := find(t.v.LeftRooms, w.Left)
		r, rok := find(t.v.RightRooms, w.Right)
		if w.Wanted && lok && rok && !t.used[w.Left] && !t.used[w.Right] {
			row := t.add(l, r, w.Left, w.Right)
			row.State, row.Reason = ui.RoomSuggested, "Asked for by "+w.By
		}
	}
	for _, pair := range rooms.Pairs(t.v.LeftRooms, t.v.RightRooms, func(r platforms.Ref) bool { return t.used[r] }) {
		l, r := t.v.LeftRooms.Ref(pair.Left.ID), t.v.RightRooms.Ref(pair.Right.ID)
		if t.v.LinkRejected(l, r) {
			continue
		}
		row := t.add(pair.Left, pair.Right, l, r)
		row.State, row.Reason = ui.RoomSuggested, "The names agree"
		if pair.Exact {
			row.Reason = "The names are equal"
		}
	}
}

func (t *roomTable) rest(s rooms.Side, left bool) {
	for _, r := range s.Rooms {
		ref := s.Ref(r.ID)
		if t.used[ref] {
			continue
		}
		var row *roomRow
		if left {
			row = t.add(r, rooms.Room{}, ref, platforms.Ref{})
		} else {
			row = t.add(rooms.Room{}, r, platforms.Ref{}, ref)
		}
		row.State = ui.RoomUnlinked
		if r.Unlinkable != "" {
			row.State, row.Reason = ui.RoomUnlinkable, r.Unlinkable
		}
	}
}

// RoomsSummary implements ui.RoomsHub.
func (h *Hub) RoomsSummary(ctx context.Context) (ui.RoomsSummary, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.RoomsSummary, error) {
		rows, _, err := l.roomRows(ctx)
		out := ui.RoomsSummary{All: len(rows)}
		counts := map[ui.RoomState]*int{
			ui.RoomLinked: &out.Linked, ui.RoomPaused: &out.Paused, ui.RoomSuggested: &out.Suggested,
			ui.RoomUnlinked: &out.Unlinked, ui.RoomUnlinkable: &out.Unlinkable,
		}
		for _, r := range rows {
			*counts[r.State]++
		}
		return out, err
	})
}

// Rooms implements ui.RoomsHub.
func (h *Hub) Rooms(ctx context.Context, q ui.RoomQuery) ([]ui.RoomRow, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.RoomRow, error) {
		rows, _, err := l.roomRows(ctx)
		var out []ui.RoomRow
		for _, r := range rows {
			if (q.State == "" || r.State == q.State) && fits(q.Search, r.Left.Name, r.Left.Group, r.Right.Name, r.Right.Group) {
				out = append(out, r.RoomRow)
			}
		}
		return out, err
	})
}

var errNoRow = &platforms.Error{Kind: platforms.Conflict, Op: "open rooms", Text: "the list has changed meanwhile; look again"}

func (l *live) roomRow(ctx context.Context, id string) (roomRow, *app.View, error) {
	rows, v, err := l.roomRows(ctx)
	if err != nil {
		return roomRow{}, nil, err
	}
	i := slices.IndexFunc(rows, func(r roomRow) bool { return r.ID == id })
	if i < 0 {
		return roomRow{}, nil, errNoRow
	}
	return rows[i], v, nil
}

// Room implements ui.RoomsHub.
func (h *Hub) Room(ctx context.Context, id string) (ui.RoomDetail, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.RoomDetail, error) {
		r, v, err := l.roomRow(ctx, id)
		if err != nil {
			return ui.RoomDetail{}, err
		}
		out := ui.RoomDetail{Row: r.RoomRow}
		who := v.Counterpart()
		out.Members = append(members(v.LeftRooms, r.left, who, v.RightRooms), members(v.RightRooms, r.right, who, v.LeftRooms)...)
		if !r.leftRef.IsZero() && !r.rightRef.IsZero() {
			out.Readers = readers(rooms.NewReaders(v.LeftRooms, v.RightRooms, rooms.Pair{Left: r.left, Right: r.right}, who))
		}
		out.Notes = append(notesOf(v.LeftRooms, r.leftRef, r.left), notesOf(v.RightRooms, r.rightRef, r.right)...)
		return out, nil
	})
}

func members(s rooms.Side, room rooms.Room, who rooms.People, other rooms.Side) []ui.RoomPerson {
	var out []ui.RoomPerson
	for _, m := range room.Members {
		u := s.Users[m.User]
		p := ui.RoomPerson{Name: cmp.Or(m.Name, u.Name, string(m.User)), Address: cmp.Or(m.Address, u.Address), Platform: string(s.Tenant.Platform), Kind: string(m.Kind)}
		if u.Kind == platforms.Guest {
			p.Kind = string(platforms.GuestMember)
		}
		if seat := slices.IndexFunc(s.Seats, func(x platforms.Seat) bool { return x.User == m.User }); seat >= 0 {
			p.Name, p.Kind = s.Seats[seat].Name, string(platforms.AppMember)
		}
		if ref, ok := who(s.UserRef(m.User)); ok {
			p.Counterpart = other.Users[platforms.UserID(ref.ID)].Address
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b ui.RoomPerson) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out
}

func notesOf(s rooms.Side, ref platforms.Ref, r rooms.Room) []ui.Note {
	if ref.IsZero() {
		return nil
	}
	var out []ui.Note
	add := func(level ui.Level, text string) {
		out = append(out, ui.Note{Text: text, Severity: level, Platform: string(ref.Platform), Link: r.URL, LinkText: "Open"})
	}
	if r.Unlinkable != "" {
		add(ui.LevelWarning, r.Unlinkable)
	}
	if r.HistoryOff {
		add(ui.LevelWarning, "History is off: messages vanish here while their copies stay on the other side.")
	}
	if r.External {
		add(ui.LevelWarning, "People from outside the organisation may be members.")
	}
	if r.Archived {
		add(ui.LevelWarning, "It is archived: nobody can post.")
	}
	for _, seat := range s.Seats {
		if !slices.ContainsFunc(r.Members, func(m platforms.RoomMember) bool { return m.User == seat.User }) {
			add(ui.LevelInfo, seat.Name+" is not a member yet; linking adds it. "+seat.Why)
		}
	}
	return out
}

// RoomChoices implements ui.RoomsHub.
func (h *Hub) RoomChoices(ctx context.Context, id, search string) ([]ui.RoomSide, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.RoomSide, error) {
		r, v, err := l.roomRow(ctx, id)
		if err != nil {
			return nil, err
		}
		side, name := v.RightRooms, r.Left.Name
		if r.leftRef.IsZero() {
			side, name = v.LeftRooms, r.Right.Name
		}
		linked := map[platforms.Ref]bool{}
		for _, link := range v.Rooms {
			linked[link.Left], linked[link.Right] = true, true
		}
		var out []ui.RoomSide
		for _, room := range side.Rooms {
			ref := side.Ref(room.ID)
			if room.Unlinkable == "" && !linked[ref] && fits(search, room.Name, room.Group) {
				out = append(out, sideOf(ref, room))
			}
		}
		slices.SortStableFunc(out, func(a, b ui.RoomSide) int {
			return cmp.Or(cmp.Compare(likeness(b.Name, name), likeness(a.Name, name)), cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)))
		})
		return out, nil
	})
}

// likeness grows with what two names have in common: 1000 for the same name,
// else how many words, and how many first letters.
func likeness(a, b string) int {
	x, y := rooms.Key(a), rooms.Key(b)
	if x == y {
		return 1000
	}
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	for _, w := range strings.Fields(strings.ToLower(a)) {
		if len(w) > 2 && strings.Contains(strings.ToLower(b), w) {
			n += 20
		}
	}
	return n
}

// PauseRoom implements ui.RoomsHub.
func (h *Hub) PauseRoom(ctx context.Context, id string, on bool) error {
	return h.linked(ctx, id, func(ctx context.Context, l *live, link store.RoomLink) error { return l.app.PauseRooms(ctx, link, on) })
}

// UnlinkRoom implements ui.RoomsHub.
func (h *Hub) UnlinkRoom(ctx context.Context, id string) error {
	return h.linked(ctx, id, func(ctx context.Context, l *live, link store.RoomLink) error { return l.app.UnlinkRooms(ctx, link) })
}

func (h *Hub) linked(ctx context.Context, id string, f func(context.Context, *live, store.RoomLink) error) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		r, _, err := l.roomRow(ctx, id)
		if err != nil {
			return err
		}
		if r.link.ID == 0 {
			return errors.New("these rooms are not linked")
		}
		return f(ctx, l, r.link)
	})
}

// ProposeLink implements ui.RoomsHub.
func (h *Hub) ProposeLink(ctx context.Context, left, right string) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		l.work.Lock()
		defer l.work.Unlock()
		a, b := refOf(left), refOf(right)
		if right == "" {
			rows, _, err := l.roomRows(ctx)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if r.State == ui.RoomSuggested && (r.leftRef == a || r.rightRef == a) {
					a, b = r.leftRef, r.rightRef
				}
			}
		}
		if a.IsZero() || b.IsZero() {
			return errors.New("choose a room on each side")
		}
		if a.Platform == b.Platform {
			return errors.New("both rooms are on the same side")
		}
		if a.Platform != l.app.Platforms()[0].ID {
			a, b = b, a
		}
		return l.app.ProposeLink(ctx, a, b)
	})
}
