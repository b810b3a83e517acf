package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"miohub/app/activity"
	"miohub/app/people"
	"miohub/app/plan"
	"miohub/app/rooms"
	"miohub/app/store"
	"miohub/platforms"
)

// number reads a whole-number setting, or its default.
func (a *App) number(ctx context.Context, key string, otherwise int) int {
	text, err := a.Store.Setting(ctx, key)
	if err != nil {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return otherwise
	}
	return n
}

// Pair is the two platforms that are planned for: left and right, connected.
func (a *App) pair(ctx context.Context) (left, right platforms.Platform, err error) {
	var ready []platforms.Platform
	for _, p := range a.platforms {
		c, err := a.Store.Connection(ctx, p.ID)
		if err != nil {
			return left, right, err
		}
		if c.State == store.Connected {
			ready = append(ready, p)
		}
	}
	if len(ready) < 2 {
		return left, right, ErrNotReady
	}
	return ready[0], ready[1], nil
}

// ErrNotReady is answered while fewer than two platforms are connected.
var ErrNotReady = fmt.Errorf("connect both platforms first")

// Present is everything a plan is made from.
type present struct {
	left, right         platforms.Platform
	leftDir, rightDir   people.Directory
	leftSide, rightSide rooms.Side
	people              []store.PersonLink
	rooms               []store.RoomLink
	names               map[platforms.Ref]string
}

func (a *App) present(ctx context.Context) (*present, error) {
	left, right, err := a.pair(ctx)
	if err != nil {
		return nil, err
	}
	p := &present{left: left, right: right}
	if p.leftDir, p.leftSide, err = a.side(ctx, left); err != nil {
		return nil, err
	}
	if p.rightDir, p.rightSide, err = a.side(ctx, right); err != nil {
		return nil, err
	}
	if p.people, err = a.Store.PersonLinks(ctx); err != nil {
		return nil, err
	}
	if p.rooms, err = a.Store.RoomLinks(ctx); err != nil {
		return nil, err
	}
	p.names, err = a.Store.RoomNames(ctx)
	return p, err
}

func (a *App) side(ctx context.Context, p platforms.Platform) (people.Directory, rooms.Side, error) {
	var d people.Directory
	var s rooms.Side
	conn, err := a.Connection(ctx, p.ID)
	if err != nil {
		return d, s, err
	}
	c, err := a.Store.Connection(ctx, p.ID)
	if err != nil {
		return d, s, err
	}
	users, err := a.Store.Users(ctx, p.ID)
	if err != nil {
		return d, s, err
	}
	mirrored, err := a.Store.RoomsWithMembers(ctx, p.ID)
	if err != nil {
		return d, s, err
	}
	seats := map[platforms.UserID]bool{}
	for _, seat := range conn.Seats {
		seats[seat.User] = true
	}
	if d.Outside, err = a.outside(ctx, p.ID, users); err != nil {
		return d, s, err
	}
	s = rooms.Side{Tenant: c.Tenant, Word: p.RoomWord, Seats: conn.Seats, Users: map[platforms.UserID]platforms.User{}}
	d.Tenant = c.Tenant
	for _, u := range users {
		s.Users[u.ID] = u
		if !seats[u.ID] { // our own accounts are nobody's counterpart
			d.Users = append(d.Users, u)
		}
	}
	for _, r := range mirrored {
		s.Rooms = append(s.Rooms, rooms.Room{Room: r.Room, Members: r.Members})
	}
	return d, s, nil
}

// Actions computes what should change now. It stores nothing.
func (a *App) actions(ctx context.Context, now *present) ([]plan.Action, error) {
	links := make([]people.Link, 0, len(now.people))
	linked := map[platforms.Ref]platforms.Ref{}
	for _, l := range now.people {
		links = append(links, people.Link{Left: l.Left, Right: l.Right, Withdrawn: l.State == store.PersonWithdrawn})
		if l.State == store.PersonLinked {
			linked[l.Left], linked[l.Right] = l.Right, l.Left
		}
	}
	actions := people.Plan(now.leftDir, now.rightDir, links)
	for _, act := range actions {
		// Readers are worked out as if the sure matches of this plan were
		// linked already; they are applied first.
		if act.Verb == plan.LinkPeople && act.Risk == plan.RiskNone && act.After == string(store.PersonLinked) {
			linked[act.Left], linked[act.Right] = act.Right, act.Left
		}
	}
	var roomLinks []rooms.Link
	for _, l := range now.rooms {
		if l.State != store.RoomUnlinked {
			roomLinks = append(roomLinks, rooms.Link{Left: l.Left, Right: l.Right, LeftName: now.names[l.Left], RightName: now.names[l.Right]})
		}
	}
	more, err := a.roomActions(ctx, now, roomLinks, func(r platforms.Ref) (platforms.Ref, bool) {
		other, ok := linked[r]
		return other, ok
	})
	if err != nil {
		return nil, err
	}
	accounts, err := a.accountActions(ctx)
	if err != nil {
		return nil, err
	}
	if actions, err = a.unwanted(ctx, append(append(accounts, actions...), more...)); err != nil {
		return nil, err
	}
	notices, err := a.notices(ctx, actions)
	return plan.Sort(append(actions, notices...)), err
}

// notices are the changes nobody has taken note of, unless another action of
// the plan is about the same thing and says it.
func (a *App) notices(ctx context.Context, actions []plan.Action) ([]plan.Action, error) {
	open, err := a.Store.OpenNotices(ctx)
	if err != nil {
		return nil, err
	}
	said := map[plan.Verb]map[platforms.Ref]bool{}
	for _, act := range actions {
		if said[act.Verb] == nil {
			said[act.Verb] = map[platforms.Ref]bool{}
		}
		said[act.Verb][act.Left], said[act.Verb][act.Right] = true, true
	}
	var out []plan.Action
	for _, n := range open {
		if slices.ContainsFunc(saidBy(n.Kind), func(v plan.Verb) bool { return said[v][n.Subject] }) {
			continue
		}
		out = append(out, plan.Action{
			ID: n.ID, Verb: plan.Acknowledge, Title: n.Title, Left: n.Subject, Before: "new", After: "noted",
			Reason: n.Reason, Undo: "Nothing is changed by taking note.",
		})
	}
	return out, nil
}

// saidBy are the verbs whose actions say what a notice of this kind says.
func saidBy(kind string) []plan.Verb {
	switch {
	case strings.HasPrefix(kind, "person-"):
		return []plan.Verb{plan.LinkPeople, plan.Withdraw, plan.Restore}
	case kind == "room-renamed":
		return []plan.Verb{plan.RenameRoom}
	case kind == "room-added":
		return []plan.Verb{plan.LinkRooms}
	}
	return nil // members come and go beside anything else
}

// MakePlan compares what was read with what is set up and stores what should
// change. What a person declined before is not proposed again. When nothing
// differs from the latest open plan, that plan stays, approvals included.
func (a *App) MakePlan(ctx context.Context) (store.Plan, error) {
	now, err := a.present(ctx)
	if err != nil {
		return store.Plan{}, err
	}
	if err := a.agree(ctx, now); err != nil {
		return store.Plan{}, err
	}
	actions, err := a.actions(ctx, now)
	if err != nil {
		return store.Plan{}, err
	}
	declined, err := a.Store.DeclinedActions(ctx)
	if err != nil {
		return store.Plan{}, err
	}
	wishes, err := a.Store.Wishes(ctx)
	if err != nil {
		return store.Plan{}, err
	}
	rows := make([]store.StoredAction, 0, len(actions))
	for _, act := range actions {
		if declined[act.ID] && !wishes[act.ID].Wanted {
			continue
		}
		body, err := json.Marshal(act)
		if err != nil {
			return store.Plan{}, fmt.Errorf("store action: %w", err)
		}
		rows = append(rows, store.StoredAction{
			ID: act.ID, Verb: string(act.Verb), Subject: plan.RefKey(act.Left), Title: act.Title, Risk: string(act.Risk),
			State: store.ActionProposed, Body: body,
		})
	}
	if latest, same, err := a.unchanged(ctx, rows); err != nil || same {
		return latest, err
	}
	id, err := a.Store.SavePlan(ctx, rows)
	if err != nil {
		return store.Plan{}, err
	}
	text := "Nothing to change."
	if len(rows) > 0 {
		text = fmt.Sprintf("A plan with %s was made.", count(len(rows), "action", "actions"))
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "plan.made", Subject: strconv.FormatInt(id, 10), Text: text})
	p, _, err := a.Store.Plan(ctx, id)
	return p, err
}

// agree takes note of new names that two linked rooms have in common already: the
// next new name on either side is then followed again.
func (a *App) agree(ctx context.Context, now *present) error {
	for _, l := range now.rooms {
		left, lok := roomOf(now.leftSide, l.Left)
		right, rok := roomOf(now.rightSide, l.Right)
		if l.State == store.RoomUnlinked || !lok || !rok || rooms.Key(left.Name) != rooms.Key(right.Name) {
			continue
		}
		for ref, name := range map[platforms.Ref]string{l.Left: left.Name, l.Right: right.Name} {
			if now.names[ref] == name {
				continue
			}
			if err := a.Store.SetRoomName(ctx, ref, name); err != nil {
				return err
			}
			now.names[ref] = name
		}
	}
	return nil
}

func (a *App) unchanged(ctx context.Context, rows []store.StoredAction) (store.Plan, bool, error) {
	latest, found, err := a.Store.LatestPlan(ctx)
	if err != nil || !found || latest.State != store.PlanOpen {
		return latest, false, err
	}
	all, err := a.Store.PlanActions(ctx, latest.ID)
	if err != nil {
		return latest, false, err
	}
	var old []store.StoredAction
	for _, act := range all {
		if act.State != store.ActionDeclined {
			old = append(old, act)
		}
	}
	if len(old) != len(rows) {
		return latest, false, nil
	}
	for i := range old {
		if old[i].ID != rows[i].ID || string(old[i].Body) != string(rows[i].Body) {
			return latest, false, nil
		}
	}
	return latest, true, nil
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
