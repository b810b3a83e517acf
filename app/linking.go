package app

import (
	"context"
	"fmt"

	"miohub/app/activity"
	"miohub/app/people"
	"miohub/app/plan"
	"miohub/app/rooms"
	"miohub/app/store"
	"miohub/platforms"
)

// ProposeLink puts the link of two rooms into the plan, where it stays until
// somebody decides. It links nothing.
func (a *App) ProposeLink(ctx context.Context, left, right platforms.Ref) error {
	links, err := a.Store.RoomLinks(ctx)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.State != store.RoomUnlinked && (l.Left == left || l.Right == right) {
			return &platforms.Error{Kind: platforms.Conflict, Op: "propose a link", Text: "one of the rooms is linked already; unlink it first"}
		}
	}
	for _, ref := range []platforms.Ref{left, right} {
		room, found, err := a.Store.Room(ctx, ref)
		switch {
		case err != nil:
			return err
		case !found:
			return &platforms.Error{Kind: platforms.NotFound, Op: "propose a link", Text: "the room was not there when the platform was last read"}
		case room.Unlinkable != "":
			return &platforms.Error{Kind: platforms.Unsupported, Op: "propose a link", Text: room.Unlinkable}
		}
	}
	if err := a.Store.SaveWish(ctx, store.Wish{ID: linkID(left, right), Wanted: true, Left: left, Right: right, By: a.who}); err != nil {
		return err
	}
	p, err := a.Replan(ctx)
	if err != nil {
		return err
	}
	rows, err := a.Store.PlanActions(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.ID == linkID(left, right) && r.State == store.ActionDeclined {
			return a.Undecide(ctx, p.ID, []string{r.ID})
		}
	}
	return nil
}

func linkID(left, right platforms.Ref) string {
	return plan.ID(plan.LinkRooms, plan.RefKey(left), plan.RefKey(right))
}

// PauseRooms stops carrying messages of a link, or goes on where it stopped.
func (a *App) PauseRooms(ctx context.Context, link store.RoomLink, on bool) error {
	state, code, text := store.RoomPaused, "rooms.paused", "Carrying messages of “%s” was paused."
	if !on {
		state, code, text = store.RoomActive, "rooms.resumed", "Messages of “%s” are carried again."
		for _, ref := range []platforms.Ref{link.Left, link.Right} {
			cursor, err := a.Store.Cursor(ctx, ref)
			if err != nil {
				return err
			}
			if cursor == "" {
				if err := (&hands{a: a}).startCursor(ctx, ref); err != nil {
					return err
				}
			}
		}
	}
	if err := a.Store.SetRoomLinkState(ctx, link.ID, state, a.who); err != nil {
		return err
	}
	a.writeRoom(ctx, link, code, text)
	return a.refreshEngine(ctx)
}

// UnlinkRooms stops carrying messages of a link. What was carried stays, what
// was on its way is dropped, and the link is not proposed again by itself.
func (a *App) UnlinkRooms(ctx context.Context, link store.RoomLink) error {
	if err := a.Store.SetRoomLinkState(ctx, link.ID, store.RoomUnlinked, a.who); err != nil {
		return err
	}
	if err := a.refreshEngine(ctx); err != nil {
		return err
	}
	if _, err := a.Store.DropLink(ctx, link.ID, "the rooms were unlinked"); err != nil {
		return err
	}
	wish := store.Wish{ID: linkID(link.Left, link.Right), Left: link.Left, Right: link.Right, By: a.who}
	if err := a.Store.SaveWish(ctx, wish); err != nil {
		return err
	}
	a.writeRoom(ctx, link, "rooms.unlinked", "“%s” was unlinked. What was carried stays in both rooms.")
	return nil
}

func (a *App) writeRoom(ctx context.Context, link store.RoomLink, code, text string) {
	name := link.Left.ID
	if room, found, err := a.Store.Room(ctx, link.Left); err == nil && found {
		name = room.Name
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: code, Platform: link.Left.Platform, Room: name, Subject: link.Left.ID, Text: fmt.Sprintf(text, name)})
}

// roomActions are the planner's actions about rooms, except what a person
// decided against, and what a person asked for.
func (a *App) roomActions(ctx context.Context, now *present, links []rooms.Link, who rooms.People) ([]plan.Action, error) {
	wishes, err := a.Store.Wishes(ctx)
	if err != nil {
		return nil, err
	}
	linked := map[platforms.Ref]bool{}
	for _, l := range links {
		linked[l.Left], linked[l.Right] = true, true
	}
	left, right := now.leftSide, now.rightSide
	var asked []plan.Action
	for _, w := range wishes {
		if w.ID != linkID(w.Left, w.Right) || linked[w.Left] || linked[w.Right] {
			continue
		}
		l, lok := roomOf(now.leftSide, w.Left)
		r, rok := roomOf(now.rightSide, w.Right)
		if !lok || !rok {
			continue
		}
		// The pair is not suggested by its names: it is asked for, or not wanted.
		left, right = without(left, l.ID), without(right, r.ID)
		if w.Wanted {
			pair := rooms.Pair{Left: l, Right: r}
			actions := rooms.LinkActions(now.leftSide, now.rightSide, pair, who)
			actions[len(actions)-1].Reason = "Asked for by " + w.By + "."
			asked = append(asked, actions...)
		}
	}
	return distinct(append(rooms.Plan(left, right, links, who), inOrder(asked)...)), nil
}

func roomOf(s rooms.Side, ref platforms.Ref) (rooms.Room, bool) {
	for _, r := range s.Rooms {
		if s.Ref(r.ID) == ref {
			return r, true
		}
	}
	return rooms.Room{}, false
}

func without(s rooms.Side, id platforms.RoomID) rooms.Side {
	kept := make([]rooms.Room, 0, len(s.Rooms))
	for _, r := range s.Rooms {
		if r.ID != id {
			kept = append(kept, r)
		}
	}
	s.Rooms = kept
	return s
}

// unwanted drops the actions that a person decided against outside a plan.
func (a *App) unwanted(ctx context.Context, actions []plan.Action) ([]plan.Action, error) {
	wishes, err := a.Store.Wishes(ctx)
	if err != nil {
		return nil, err
	}
	kept := actions[:0]
	for _, act := range actions {
		if w, ok := wishes[act.ID]; !ok || w.Wanted {
			kept = append(kept, act)
		}
	}
	return kept, nil
}

// EnablePerson lets messages appear in a person's name: two accounts are linked.
func (a *App) EnablePerson(ctx context.Context, left, right platforms.User, leftRef, rightRef platforms.Ref, rule people.Rule) error {
	for _, u := range []platforms.User{left, right} {
		if u.State != platforms.Active {
			return &platforms.Error{Kind: platforms.Conflict, Op: "enable " + name(u), Text: u.Address + " is not active"}
		}
	}
	if _, err := a.Store.Link(ctx, store.PersonLink{Left: leftRef, Right: rightRef, Rule: string(rule), State: store.PersonLinked, By: a.who}); err != nil {
		return err
	}
	for _, verb := range []plan.Verb{plan.Restore, plan.LinkPeople} {
		if err := a.Store.DeleteWish(ctx, personID(verb, leftRef, rightRef)); err != nil {
			return err
		}
	}
	a.write(ctx, activity.Entry{Level: store.LevelOK, Code: "people.enabled", Platform: leftRef.Platform, Subject: leftRef.ID, Person: left.Address,
		Text: fmt.Sprintf("%s (%s) and %s are one person; messages may appear in their name.", name(left), left.Address, right.Address)})
	return nil
}

// DisablePerson stops that; no plan proposes it again by itself.
func (a *App) DisablePerson(ctx context.Context, link store.PersonLink, u platforms.User) error {
	if err := a.Store.SetPersonState(ctx, link.ID, store.PersonWithdrawn, a.who); err != nil {
		return err
	}
	if err := a.refuse(ctx, plan.Restore, link.Left, link.Right); err != nil {
		return err
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "people.disabled", Platform: link.Left.Platform, Subject: link.Left.ID, Person: u.Address,
		Text: fmt.Sprintf("%s (%s) was disabled: nothing appears in their name any more.", name(u), u.Address)})
	return nil
}

// RejectMatch records that two accounts are not one person.
func (a *App) RejectMatch(ctx context.Context, left, right platforms.User, leftRef, rightRef platforms.Ref) error {
	if err := a.refuse(ctx, plan.LinkPeople, leftRef, rightRef); err != nil {
		return err
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "people.rejected", Platform: leftRef.Platform, Subject: leftRef.ID, Person: left.Address,
		Text: fmt.Sprintf("%s (%s) and %s are not one person.", name(left), left.Address, right.Address)})
	return nil
}

// PersonChanged makes the engine and the plan follow what was decided about people.
func (a *App) PersonChanged(ctx context.Context) error {
	if err := a.refreshEngine(ctx); err != nil {
		return err
	}
	_, found, err := a.Store.LatestPlan(ctx)
	if err != nil || !found {
		return err
	}
	_, err = a.Replan(ctx)
	return err
}

func (a *App) refuse(ctx context.Context, verb plan.Verb, left, right platforms.Ref) error {
	return a.Store.SaveWish(ctx, store.Wish{ID: personID(verb, left, right), Left: left, Right: right, By: a.who})
}

func personID(verb plan.Verb, left, right platforms.Ref) string {
	return plan.ID(verb, plan.RefKey(left), plan.RefKey(right))
}

// MatchRejected reports whether a person said that two accounts are not one.
func (v *View) MatchRejected(left, right platforms.Ref) bool {
	w, ok := v.Wishes[personID(plan.LinkPeople, left, right)]
	return ok && !w.Wanted
}

// LinkRejected reports whether a person unlinked two rooms and has not asked for
// the link since.
func (v *View) LinkRejected(left, right platforms.Ref) bool {
	w, ok := v.Wishes[linkID(left, right)]
	return ok && !w.Wanted
}
