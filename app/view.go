package app

import (
	"context"
	"fmt"

	"miohub/app/people"
	"miohub/app/rooms"
	"miohub/app/store"
	"miohub/platforms"
)

// View is both sides as they were last read, with what links them. Unlike a plan
// it can be had before both platforms are connected.
type View struct {
	Left, Right             platforms.Platform
	LeftPeople, RightPeople people.Directory
	LeftRooms, RightRooms   rooms.Side
	People                  []store.PersonLink // the withdrawn ones included
	Rooms                   []store.RoomLink   // without the unlinked ones
	Wishes                  map[string]store.Wish
}

// View reads both sides from the store. It makes no call.
func (a *App) View(ctx context.Context) (*View, error) {
	if len(a.platforms) < 2 {
		return nil, fmt.Errorf("there are fewer than two platforms")
	}
	v := &View{Left: a.platforms[0], Right: a.platforms[1]}
	var err error
	if v.LeftPeople, v.LeftRooms, err = a.side(ctx, v.Left); err != nil {
		return nil, err
	}
	if v.RightPeople, v.RightRooms, err = a.side(ctx, v.Right); err != nil {
		return nil, err
	}
	if v.People, err = a.Store.PersonLinks(ctx); err != nil {
		return nil, err
	}
	links, err := a.Store.RoomLinks(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		if l.State != store.RoomUnlinked {
			v.Rooms = append(v.Rooms, l)
		}
	}
	v.Wishes, err = a.Store.Wishes(ctx)
	return v, err
}

// Counterpart answers who on the other side is linked with an account now.
func (v *View) Counterpart() rooms.People {
	linked := map[platforms.Ref]platforms.Ref{}
	for _, l := range v.People {
		if l.State == store.PersonLinked {
			linked[l.Left], linked[l.Right] = l.Right, l.Left
		}
	}
	return func(r platforms.Ref) (platforms.Ref, bool) {
		other, ok := linked[r]
		return other, ok
	}
}
