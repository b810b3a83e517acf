package google

import (
	"context"
	"errors"
	"sync"

	"miohub/platforms"
)

// readers chooses in whose name a space is read: Chat shows messages to members
// alone, so it is the first member whom the fence admits.
type readers struct {
	w     *workspace
	rooms *rooms

	mu     sync.Mutex
	chosen map[platforms.RoomID]roomReader
}

// roomReader is the member in whose name a space is read.
type roomReader struct {
	id      platforms.UserID
	address string
}

func newReaders(w *workspace, r *rooms) *readers {
	return &readers{w: w, rooms: r, chosen: map[platforms.RoomID]roomReader{}}
}

// of returns the reader of a space, choosing one where there is none yet.
func (r *readers) of(ctx context.Context, room platforms.RoomID) (roomReader, error) {
	r.mu.Lock()
	chosen, ok := r.chosen[room]
	r.mu.Unlock()
	if ok {
		return chosen, nil
	}
	chosen, err := r.choose(ctx, room, "")
	if err != nil {
		return roomReader{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.chosen[room] = chosen
	return chosen, nil
}

// drop forgets a reader who could not read, so that another is chosen.
func (r *readers) drop(room platforms.RoomID, bad roomReader) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.chosen[room] == bad {
		delete(r.chosen, room)
	}
	r.w.people.forget(bad.id)
}

var errFound = errors.New("found")

// choose finds the first usable, admitted member other than except; one whose
// account shows no licence only if there is nobody else.
func (r *readers) choose(ctx context.Context, room platforms.RoomID, except platforms.UserID) (roomReader, error) {
	var found, second roomReader
	var refused error
	err := r.rooms.people(ctx, room, func(members []platforms.RoomMember) error {
		for _, m := range members {
			if m.Kind != platforms.InsideMember || m.User == except {
				continue
			}
			who, err := r.w.people.who(ctx, m.User)
			if err != nil {
				return err
			}
			if !who.usable {
				continue
			}
			if !who.licensed && second.address != "" {
				continue
			}
			if err := r.admit(ctx, who.address); err != nil {
				refused = err
				continue
			}
			if who.licensed {
				found = roomReader{m.User, who.address}
				return errFound
			}
			second = roomReader{m.User, who.address}
		}
		return nil
	})
	switch {
	case found.address != "":
		return found, nil
	case err != nil:
		return roomReader{}, err
	case second.address != "":
		return second, nil
	}
	return roomReader{}, &platforms.Error{
		Kind: platforms.Forbidden, Op: "google: read " + string(room), Code: codeNotAdmitted,
		Text: "no member of the space is enabled, so there is nobody in whose name it could be read", Err: refused,
	}
}

func (r *readers) admit(ctx context.Context, address string) error {
	if r.w.env.Admit == nil {
		return nil
	}
	return r.w.env.Admit(ctx, address, purposeOf(scopeMessages))
}

// withReader runs f in the name of the space's reader. When that person may no
// longer read it, another is tried once.
func (r *readers) withReader(ctx context.Context, room platforms.RoomID, f func(actor) error) error {
	for second := false; ; second = true {
		who, err := r.of(ctx, room)
		if err != nil {
			return err
		}
		err = f(actor{who.address, scopeMessages})
		if err == nil || second || ctx.Err() != nil {
			return err
		}
		switch platforms.KindOf(err) {
		case platforms.SignInAgain, platforms.Forbidden, platforms.NotFound:
			r.drop(room, who)
		default:
			return err
		}
		if next, err := r.choose(ctx, room, who.id); err == nil {
			r.mu.Lock()
			r.chosen[room] = next
			r.mu.Unlock()
		}
	}
}
