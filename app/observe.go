package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"miohub/app/activity"
	"miohub/app/store"
	"miohub/platforms"
)

// Progress is told how far a piece of long work has come: done of all (0 when
// the end is not known), and what it is at.
type Progress func(done, all int, text string)

// Seen is what one look at a platform brought.
type Seen struct {
	Platform platforms.ID
	First    bool // the first complete look: everything is new, nothing is a change
	People   int
	Rooms    int
	Users    store.Diff
	RoomDiff store.RoomDiff
}

// ErrHeld is wrapped when a platform suddenly reports far fewer accounts or
// rooms than before: nothing was stored, a person has to look.
var ErrHeld = errors.New("held")

// memberReads is how many rooms' members are read at once.
const memberReads = 8

// Observe brings the mirror of one platform up to date. A failed or partial
// page stores nothing.
func (a *App) Observe(ctx context.Context, id platforms.ID, progress Progress) (Seen, error) {
	conn, err := a.Connection(ctx, id)
	if err != nil {
		return Seen{}, err
	}
	p, err := a.Platform(id)
	if err != nil {
		return Seen{}, err
	}
	seen := Seen{Platform: id}
	last, err := a.Store.LastRead(ctx, id, "rooms")
	if err != nil {
		return seen, err
	}
	seen.First = last.IsZero()
	// Everything is read before anything is stored: what one part of a look found
	// would be news no more when the other part succeeds at the next.
	var people *peopleRead
	var rooms []store.RoomWithMembers
	if conn.Users != nil {
		if people, err = a.readPeople(ctx, p, conn, progress); err != nil {
			return seen, a.observeFailed(ctx, p, "people", err)
		}
	}
	if conn.Rooms != nil {
		if rooms, err = a.readRooms(ctx, p, conn, progress); err != nil {
			return seen, a.observeFailed(ctx, p, p.RoomWords, err)
		}
	}
	members, err := a.readScopeAgain(ctx, p)
	if err != nil {
		return seen, a.observeFailed(ctx, p, "who takes part", err)
	}
	// What was read is kept whole, even when the person who asked turns away.
	ctx = context.WithoutCancel(ctx)
	if members != nil {
		if err := a.Store.SetScopeMembers(ctx, p.ID, members); err != nil {
			return seen, a.observeFailed(ctx, p, "who takes part", err)
		}
	}
	if people != nil {
		if seen.Users, err = a.Store.ImportUsers(ctx, p.ID, conn.Tenant.ID, people.users, people.removed, people.reading.Full, people.reading.Cursor); err != nil {
			return seen, a.observeFailed(ctx, p, "people", err)
		}
		if seen.People, err = a.Store.CountUsers(ctx, p.ID); err != nil {
			return seen, err
		}
	}
	if conn.Rooms != nil {
		if seen.RoomDiff, err = a.Store.ImportRooms(ctx, p.ID, conn.Tenant.ID, rooms); err != nil {
			return seen, a.observeFailed(ctx, p, p.RoomWords, err)
		}
		seen.Rooms = len(rooms)
	}
	return seen, a.observed(ctx, p, seen)
}

func (a *App) observeFailed(ctx context.Context, p platforms.Platform, what string, err error) error {
	err = fmt.Errorf("read %s of %s: %w", what, p.Name, err)
	if ctx.Err() == nil {
		a.write(ctx, activity.Entry{Level: store.LevelProblem, Code: "sync.failed", Platform: p.ID, Err: err,
			Text: fmt.Sprintf("Reading %s of %s failed; nothing was changed.", what, p.Name)})
	}
	return err
}

// peopleRead is a directory read that reached its end and is believed.
type peopleRead struct {
	users   []platforms.User
	removed []platforms.UserID
	reading platforms.Reading
}

func (a *App) readPeople(ctx context.Context, p platforms.Platform, conn *platforms.Connection, progress Progress) (*peopleRead, error) {
	cursor, err := a.Store.UserCursor(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	var users []platforms.User
	var removed []platforms.UserID
	reading, err := conn.Users.Read(ctx, cursor, func(page platforms.UserPage) error {
		users = append(users, page.Users...)
		removed = append(removed, page.Removed...)
		report(progress, len(users), 0, "People of "+p.Name)
		return nil
	})
	if err != nil {
		return nil, err
	}
	before, err := a.Store.CountUsers(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	if reading.Full && a.drops(ctx, before, len(users)) || !reading.Full && a.drops(ctx, before, before-len(removed)) {
		return nil, fmt.Errorf("%w: %s reports %d accounts where there were %d; nothing was changed, confirm in Settings that this is right", ErrHeld, p.Name, len(users), before)
	}
	return &peopleRead{users, removed, reading}, nil
}

// Threshold settings: a drop beyond both is held.
const (
	dropPercentKey = "safety.drop_percent"
	dropCountKey   = "safety.drop_count"
	dropPercent    = 20
	dropCount      = 5
)

// drops reports whether a count fell further than is believed without asking: by
// more than the percentage and by more than the number, or to nothing.
func (a *App) drops(ctx context.Context, before, after int) bool {
	percent, count := a.number(ctx, dropPercentKey, dropPercent), a.number(ctx, dropCountKey, dropCount)
	lost := before - after
	// Several of something do not vanish altogether, however few there were.
	return lost > count && lost*100 > before*percent || after <= 0 && before > 1
}

func (a *App) readRooms(ctx context.Context, p platforms.Platform, conn *platforms.Connection, progress Progress) ([]store.RoomWithMembers, error) {
	var list []platforms.Room
	if err := conn.Rooms.List(ctx, func(page []platforms.Room) error {
		list = append(list, page...)
		report(progress, len(list), 0, "Reading "+p.RoomWords+" of "+p.Name)
		return nil
	}); err != nil {
		return nil, err
	}
	rooms := make([]store.RoomWithMembers, len(list))
	if err := each(ctx, len(list), memberReads, func(ctx context.Context, i int) error {
		rooms[i].Room = list[i]
		return conn.Rooms.Members(ctx, list[i].ID, func(page []platforms.RoomMember) error {
			rooms[i].Members = append(rooms[i].Members, page...)
			return nil
		})
	}, func(done int) { report(progress, done, len(list), "Members of "+p.RoomWords+" of "+p.Name) }); err != nil {
		return nil, err
	}
	old, err := a.Store.Rooms(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	if a.drops(ctx, len(old), len(rooms)) {
		return nil, fmt.Errorf("%w: %s reports %d %s where there were %d; nothing was changed, confirm in Settings that this is right", ErrHeld, p.Name, len(rooms), p.RoomWords, len(old))
	}
	return rooms, nil
}

// each runs f for 0..n-1, several at once, and stops at the first error.
func each(ctx context.Context, n, at int, f func(context.Context, int) error, done func(int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	count := 0
	for range min(at, max(1, n)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				if err := f(ctx, i); err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				count++
				done(count)
				mu.Unlock()
			}
		}()
	}
feed:
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// observed logs what changed since the last look and keeps notices of it.
func (a *App) observed(ctx context.Context, p platforms.Platform, seen Seen) error {
	a.touch(ctx, p.ID)
	if seen.First {
		a.write(ctx, activity.Entry{Level: store.LevelOK, Code: "sync.imported", Platform: p.ID,
			Text: fmt.Sprintf("Imported %d people and %d %s of %s.", seen.People, seen.Rooms, p.RoomWords, p.Name)})
		return nil
	}
	notices, err := a.changes(ctx, p, seen)
	if err != nil {
		return err
	}
	for _, n := range notices {
		a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "sync." + n.Kind, Platform: p.ID, Subject: n.Subject.ID, Text: n.Title, Person: n.person})
	}
	kept := make([]store.Notice, 0, len(notices))
	for _, n := range notices {
		if n.keep {
			kept = append(kept, n.Notice)
		}
	}
	return a.Store.AddNotices(ctx, kept)
}

// touch records that a platform answered.
func (a *App) touch(ctx context.Context, id platforms.ID) {
	c, err := a.Store.Connection(ctx, id)
	if err != nil || c.State == store.NotConnected {
		return
	}
	c.LastSuccess = a.now() // a problem is the checks' to find and to call over
	if err := a.Store.SaveConnection(ctx, c); err != nil {
		a.slog.Error("record success", "platform", id, "error", err)
	}
}

func report(p Progress, done, all int, text string) {
	if p != nil {
		p(done, all, text)
	}
}

// stamp is a time as part of a stable id.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
