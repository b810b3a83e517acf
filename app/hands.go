package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"miohub/app/plan"
	"miohub/app/rooms"
	"miohub/app/store"
	"miohub/platforms"
)

// hands carry out plan actions. One is made for each application of a plan.
type hands struct {
	a *App
	// listed caches the rooms of a platform as they are now, for renames.
	listed map[platforms.ID]map[platforms.RoomID]platforms.Room
}

var _ plan.Hands = (*hands)(nil)

// Before implements plan.Hands: the present, in the words of the action.
func (h *hands) Before(ctx context.Context, act plan.Action) (string, error) {
	switch act.Verb {
	case plan.LinkPeople, plan.Withdraw, plan.Restore:
		return h.personState(ctx, act)
	case plan.CreateAccount:
		return h.accountState(ctx, act)
	case plan.SuspendAccount, plan.ResumeAccount:
		return h.changeState(ctx, act)
	case plan.Seat:
		return h.seatState(ctx, act)
	case plan.LinkRooms:
		return h.linkState(ctx, act)
	case plan.RenameRoom:
		return h.roomName(ctx, act.Left)
	case plan.Acknowledge:
		return "new", nil
	}
	return "", fmt.Errorf("%s: %w", act.Verb, errUnknownVerb)
}

// Do implements plan.Hands.
func (h *hands) Do(ctx context.Context, act plan.Action) error {
	switch act.Verb {
	case plan.LinkPeople:
		_, err := h.a.Store.Link(ctx, store.PersonLink{Left: act.Left, Right: act.Right, Rule: act.Rule, State: store.PersonState(act.After), By: h.a.who})
		return err
	case plan.Withdraw:
		return h.setPerson(ctx, act, store.PersonWithdrawn)
	case plan.Restore:
		return h.setPerson(ctx, act, store.PersonLinked)
	case plan.CreateAccount:
		return h.createAccount(ctx, act)
	case plan.SuspendAccount, plan.ResumeAccount:
		return h.changeAccount(ctx, act)
	case plan.Seat:
		return h.seat(ctx, act)
	case plan.LinkRooms:
		return h.link(ctx, act)
	case plan.RenameRoom:
		return h.rename(ctx, act)
	case plan.Acknowledge:
		return h.a.Store.AcknowledgeNotice(ctx, act.ID)
	}
	return fmt.Errorf("%s: %w", act.Verb, errUnknownVerb)
}

func (h *hands) personLink(ctx context.Context, act plan.Action) (store.PersonLink, bool, error) {
	links, err := h.a.Store.PersonLinksOf(ctx, act.Left)
	if err != nil {
		return store.PersonLink{}, false, err
	}
	for _, l := range links {
		if l.Left == act.Right || l.Right == act.Right {
			return l, true, nil
		}
	}
	return store.PersonLink{}, false, nil
}

func (h *hands) personState(ctx context.Context, act plan.Action) (string, error) {
	l, found, err := h.personLink(ctx, act)
	if err != nil {
		return "", err
	}
	// Nobody is enabled who has been suspended or deleted since the plan was made.
	if act.After == string(store.PersonLinked) && !(found && l.State == store.PersonLinked) {
		for _, ref := range []platforms.Ref{act.Left, act.Right} {
			u, known, err := h.a.Store.User(ctx, ref)
			if err != nil {
				return "", err
			}
			if !known || u.State != platforms.Active {
				return "an account that is no longer active", nil
			}
		}
	}
	switch {
	case !found:
		return "not linked", nil
	case l.State == store.PersonWithdrawn:
		return "withdrawn", nil
	}
	return "linked", nil
}

func (h *hands) setPerson(ctx context.Context, act plan.Action, state store.PersonState) error {
	l, found, err := h.personLink(ctx, act)
	if err != nil {
		return err
	}
	if !found {
		return store.ErrNotFound
	}
	return h.a.Store.SetPersonState(ctx, l.ID, state, h.a.who)
}

func (h *hands) members(ctx context.Context, room platforms.Ref) ([]platforms.RoomMember, error) {
	conn, err := h.a.Connection(ctx, room.Platform)
	if err != nil {
		return nil, err
	}
	if conn.Rooms == nil {
		return nil, unable("read members")
	}
	var all []platforms.RoomMember
	err = conn.Rooms.Members(ctx, platforms.RoomID(room.ID), func(page []platforms.RoomMember) error {
		all = append(all, page...)
		return nil
	})
	return all, err
}

func (h *hands) seatState(ctx context.Context, act plan.Action) (string, error) {
	members, err := h.members(ctx, act.Left)
	if err != nil {
		return "", err
	}
	for _, m := range members {
		if string(m.User) == act.Right.ID {
			return "member", nil
		}
	}
	return "not a member", nil
}

// seat makes our account a member of the room, through an enabled member where
// the platform wants one.
func (h *hands) seat(ctx context.Context, act plan.Action) error {
	conn, err := h.a.Connection(ctx, act.Left.Platform)
	if err != nil {
		return err
	}
	if conn.RoomEdit == nil {
		return unable("add an account to a room")
	}
	members, err := h.members(ctx, act.Left)
	if err != nil {
		return err
	}
	by := platforms.UserID("")
	for _, m := range members {
		linked, err := h.enabled(ctx, platforms.Ref{Platform: act.Left.Platform, Tenant: act.Left.Tenant, ID: string(m.User)})
		if err != nil {
			return err
		}
		if linked && (by == "" || m.Owner) {
			by = m.User
			if m.Owner {
				break
			}
		}
	}
	return conn.RoomEdit.Seat(ctx, platforms.RoomID(act.Left.ID), platforms.UserID(act.Right.ID), by)
}

// enabled: the person is linked and the account is active.
func (h *hands) enabled(ctx context.Context, ref platforms.Ref) (bool, error) {
	links, err := h.a.Store.PersonLinksOf(ctx, ref)
	if err != nil {
		return false, err
	}
	for _, l := range links {
		if l.State == store.PersonLinked {
			u, found, err := h.a.Store.User(ctx, ref)
			return found && u.State == platforms.Active, err
		}
	}
	return false, nil
}

// unable is answered where the platform, or what was granted, cannot do something.
func unable(op string) error {
	return &platforms.Error{Kind: platforms.Unsupported, Op: op, Text: "the platform cannot do that with what was granted"}
}

func (h *hands) roomLink(ctx context.Context, act plan.Action) (store.RoomLink, bool, error) {
	links, err := h.a.Store.RoomLinks(ctx)
	if err != nil {
		return store.RoomLink{}, false, err
	}
	for _, l := range links {
		if l.State != store.RoomUnlinked && (l.Left == act.Left && l.Right == act.Right || l.Left == act.Right && l.Right == act.Left) {
			return l, true, nil
		}
	}
	return store.RoomLink{}, false, nil
}

// linkState reads the members of both rooms again: when somebody could read
// more than the approved action said, it is not the same action any more.
func (h *hands) linkState(ctx context.Context, act plan.Action) (string, error) {
	if _, linked, err := h.roomLink(ctx, act); err != nil || linked {
		return "linked", err
	}
	if elsewhere, err := h.linkedElsewhere(ctx, act); err != nil || elsewhere {
		return "one of the rooms is linked with another room", err
	}
	left, err := h.side(ctx, act.Left)
	if err != nil {
		return "", err
	}
	right, err := h.side(ctx, act.Right)
	if err != nil {
		return "", err
	}
	pair := rooms.Pair{Left: left.Rooms[0], Right: right.Rooms[0]}
	readers := rooms.NewReaders(left, right, pair, h.counterpart(ctx))
	for _, room := range []rooms.Room{pair.Left, pair.Right} {
		if room.Unlinkable != "" {
			return "a room that cannot be linked: " + room.Unlinkable, nil
		}
	}
	approved := map[platforms.Ref]plan.ReaderKind{}
	for _, r := range act.Readers {
		approved[r.Account] = r.Kind
	}
	var extra []string
	for _, r := range readers {
		// A colleague who has become a guest, or lost the match, is news too.
		if kind, was := approved[r.Account]; !was || kind != r.Kind && r.Kind != plan.Colleague {
			extra = append(extra, r.Name)
		}
	}
	if len(extra) > 0 {
		return "not linked, and these people joined who would newly read it: " + strings.Join(extra, ", "), nil
	}
	return "not linked", nil
}

// linkedElsewhere: a room is in one link at most, or its messages would go astray.
func (h *hands) linkedElsewhere(ctx context.Context, act plan.Action) (bool, error) {
	links, err := h.a.Store.RoomLinks(ctx)
	return slices.ContainsFunc(links, func(l store.RoomLink) bool {
		if l.State == store.RoomUnlinked {
			return false
		}
		return l.Left == act.Left || l.Right == act.Left || l.Left == act.Right || l.Right == act.Right
	}), err
}

// side is one room with its present members, as the planner wants it.
func (h *hands) side(ctx context.Context, ref platforms.Ref) (rooms.Side, error) {
	p, err := h.a.Platform(ref.Platform)
	if err != nil {
		return rooms.Side{}, err
	}
	conn, err := h.a.Connection(ctx, ref.Platform)
	if err != nil {
		return rooms.Side{}, err
	}
	stored, _, err := h.a.Store.Room(ctx, ref)
	if err != nil {
		return rooms.Side{}, err
	}
	members, err := h.members(ctx, ref)
	if err != nil {
		return rooms.Side{}, err
	}
	s := rooms.Side{Tenant: platforms.Tenant{Platform: ref.Platform, ID: ref.Tenant}, Word: p.RoomWord, Seats: conn.Seats,
		Users: map[platforms.UserID]platforms.User{}, Rooms: []rooms.Room{{Room: stored.Room, Members: members}}}
	for _, m := range members {
		u, found, err := h.a.Store.User(ctx, platforms.Ref{Platform: ref.Platform, Tenant: ref.Tenant, ID: string(m.User)})
		if err != nil {
			return rooms.Side{}, err
		}
		if found {
			s.Users[m.User] = u
		}
	}
	return s, nil
}

func (h *hands) counterpart(ctx context.Context) rooms.People {
	return func(r platforms.Ref) (platforms.Ref, bool) {
		links, err := h.a.Store.PersonLinksOf(ctx, r)
		if err != nil {
			return platforms.Ref{}, false
		}
		for _, l := range links {
			if l.State == store.PersonLinked {
				return l.Other(r), true
			}
		}
		return platforms.Ref{}, false
	}
}

// link records where each side's stream starts before the link becomes active,
// so that nothing said before is carried and nothing said after is missed.
func (h *hands) link(ctx context.Context, act plan.Action) error {
	for _, ref := range []platforms.Ref{act.Left, act.Right} {
		if err := h.startCursor(ctx, ref); err != nil {
			return err
		}
	}
	if _, err := h.a.Store.LinkRooms(ctx, store.RoomLink{Left: act.Left, Right: act.Right, State: store.RoomActive, By: h.a.who}); err != nil {
		return err
	}
	for _, ref := range []platforms.Ref{act.Left, act.Right} {
		room, _, err := h.a.Store.Room(ctx, ref)
		if err != nil {
			return err
		}
		if err := h.a.Store.SetRoomName(ctx, ref, room.Name); err != nil {
			return err
		}
	}
	return nil
}

// startCursor is tried for a while: a seat that was just taken is not known
// everywhere at once.
func (h *hands) startCursor(ctx context.Context, ref platforms.Ref) error {
	conn, err := h.a.Connection(ctx, ref.Platform)
	if err != nil {
		return err
	}
	if len(conn.Sources) == 0 {
		return unable("follow a room")
	}
	for attempt := 1; ; attempt++ {
		cursor, err := conn.Sources[0].Start(ctx, platforms.RoomID(ref.ID))
		if err == nil {
			return h.a.Store.SetCursor(ctx, ref, cursor)
		}
		kind := platforms.KindOf(err)
		if attempt == 5 || kind != platforms.SlowDown && kind != platforms.TryLater {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(max(platforms.RetryAfter(err), time.Duration(attempt)*500*time.Millisecond)):
		}
	}
}

func (h *hands) roomName(ctx context.Context, ref platforms.Ref) (string, error) {
	if h.listed == nil {
		h.listed = map[platforms.ID]map[platforms.RoomID]platforms.Room{}
	}
	if h.listed[ref.Platform] == nil {
		conn, err := h.a.Connection(ctx, ref.Platform)
		if err != nil {
			return "", err
		}
		all := map[platforms.RoomID]platforms.Room{}
		if conn.Rooms == nil {
			return "", unable("read rooms")
		}
		if err := conn.Rooms.List(ctx, func(page []platforms.Room) error {
			for _, r := range page {
				all[r.ID] = r
			}
			return nil
		}); err != nil {
			return "", err
		}
		h.listed[ref.Platform] = all
	}
	r, found := h.listed[ref.Platform][platforms.RoomID(ref.ID)]
	if !found {
		return "", &platforms.Error{Kind: platforms.NotFound, Op: "read room", Text: "the room is gone"}
	}
	return r.Name, nil
}

func (h *hands) rename(ctx context.Context, act plan.Action) error {
	conn, err := h.a.Connection(ctx, act.Left.Platform)
	if err != nil {
		return err
	}
	if conn.RoomEdit == nil {
		return unable("rename a room")
	}
	if err := conn.RoomEdit.Rename(ctx, platforms.RoomID(act.Left.ID), act.After); err != nil {
		return err
	}
	if err := h.a.Store.SetRoomName(ctx, act.Left, act.After); err != nil {
		return err
	}
	return h.a.Store.SetRoomName(ctx, act.Right, act.After)
}
