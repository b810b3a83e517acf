package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"miohub/app/activity"
	"miohub/app/store"
	"miohub/platforms"
)

// Departure is what an administrator decided about a disconnect.
type Departure struct {
	// KeepLinks is how long links are kept for a later Connect; 0 forgets them now.
	KeepLinks time.Duration
	// Erase erases the imported people and rooms as well.
	Erase bool
	// Deliver is how long what is queued may take to be delivered before the rest
	// is dropped; 0 drops it at once. Nothing new is read meanwhile.
	Deliver time.Duration
	// EndSessions ends every session of the account that signed in, everywhere,
	// where the platform can.
	EndSessions bool
}

// Departed is what a disconnect did.
type Departed struct {
	// Leftovers is what only a person can remove on the vendor's side.
	Leftovers []platforms.Leftover
	// Delivered and Dropped count what was queued.
	Delivered, Dropped int
	// SessionsEnded: every session of the account that signed in was ended.
	SessionsEnded bool
}

// Settings of a disconnected platform.
const (
	leftoversKey = "disconnect.leftovers."
	keepUntilKey = "disconnect.keep_until."
)

// DisconnectPreview is what a disconnect would do, before it is decided.
type DisconnectPreview struct {
	store.DisconnectCount
	// CanEndSessions: ending the account's sessions can be offered.
	CanEndSessions bool
	// Leftovers is what would stay on the vendor's side.
	Leftovers []platforms.Leftover
	// Unlisted is why the leftovers cannot be listed; nil when they can.
	Unlisted error
}

// DisconnectPreview tells what disconnecting a platform would stop and leave
// behind. It makes no call and changes nothing.
func (a *App) DisconnectPreview(ctx context.Context, id platforms.ID) (DisconnectPreview, error) {
	n, err := a.Store.DisconnectCounts(ctx, id)
	out := DisconnectPreview{DisconnectCount: n}
	if err != nil {
		return out, err
	}
	conn, err := a.Connection(ctx, id)
	if err != nil {
		// What is stored makes no connection. That must not keep anybody from disconnecting.
		out.Unlisted = err
		return out, nil
	}
	out.CanEndSessions = conn.EndSessions != nil
	if conn.Leftovers != nil {
		out.Leftovers = conn.Leftovers()
	}
	made, err := a.madeAccounts(ctx, id)
	out.Leftovers = append(out.Leftovers, made...)
	return out, err
}

// madeAccounts are the accounts that Mio Hub made on a platform, which stay when it
// is disconnected.
func (a *App) madeAccounts(ctx context.Context, id platforms.ID) ([]platforms.Leftover, error) {
	requests, err := a.Store.AccountRequests(ctx)
	if err != nil {
		return nil, err
	}
	var out []platforms.Leftover
	for _, r := range requests {
		if r.Made.IsZero() || r.Made.Platform != id {
			continue
		}
		what := "An account that Mio Hub made: " + r.Made.ID
		if u, found, err := a.Store.User(ctx, r.Made); err != nil {
			return nil, err
		} else if found {
			what = fmt.Sprintf("An account that Mio Hub made: %s (%s)", name(u), u.Address)
		}
		out = append(out, platforms.Leftover{What: what})
	}
	return out, nil
}

// Disconnect stops a platform, revokes and erases its credentials, and answers
// what only a person can remove on the vendor's side. The log stays, and links as
// long as was decided: withdrawn, so that a later Connect enables nobody by itself
// but finds them in its plan. The engine must not run in this process meanwhile;
// that of another process ends by itself.
func (a *App) Disconnect(ctx context.Context, id platforms.ID, d Departure) (Departed, error) {
	var out Departed
	p, err := a.Platform(id)
	if err != nil {
		return out, err
	}
	if d.Deliver > 0 {
		if out.Delivered, err = a.drain(ctx, id, d.Deliver); err != nil {
			return out, err
		}
	}
	counts, err := a.Store.DisconnectCounts(ctx, id)
	if err != nil {
		return out, err
	}
	out.Dropped = counts.Queued
	// Once begun it is carried to its end: half a disconnect helps nobody.
	ctx = context.WithoutCancel(ctx)
	if err := a.withdrawLinks(ctx, id); err != nil {
		return out, err
	}
	if d.EndSessions {
		out.SessionsEnded = a.endSessions(ctx, p)
	}
	made, err := a.madeAccounts(ctx, id) // asked before the directory is erased
	if err != nil {
		return out, err
	}
	var revokeErr error
	out.Leftovers, revokeErr = a.revoke(ctx, id)
	out.Leftovers = append(out.Leftovers, made...)
	if err := a.eraseConnection(ctx, id, d); err != nil {
		return out, err
	}
	text, err := json.Marshal(out.Leftovers)
	if err != nil {
		return out, fmt.Errorf("remember what stays: %w", err)
	}
	if err := errors.Join(a.Store.SetSetting(ctx, leftoversKey+string(id), string(text)), a.redeploy(ctx, id), a.Renew(ctx)); err != nil {
		return out, err
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "platform.disconnected", Platform: id,
		Text: fmt.Sprintf("%s was disconnected: %s and %s are no longer enabled, %s were delivered before and %d dropped.", p.Name,
			count(counts.People, "person", "people"), count(counts.Rooms, p.RoomWord, p.RoomWords), count(out.Delivered, "message", "messages"), out.Dropped)})
	if revokeErr != nil {
		a.write(ctx, activity.Entry{Level: store.LevelProblem, Code: "platform.revoke-failed", Platform: id, Err: revokeErr,
			Text: fmt.Sprintf("The sign-in of %s was erased here, but could not be revoked there.", p.Name)})
	}
	return out, nil
}

// drainEvery is how often it is looked whether everything has been delivered.
const drainEvery = 100 * time.Millisecond

// drain delivers what is queued to and from a platform, as far as that succeeds
// in time, and answers how much. Nothing new is read. Where another process runs
// the engine, that one delivers. What waits for a person waits in vain.
func (a *App) drain(ctx context.Context, id platforms.ID, within time.Duration) (int, error) {
	before, err := a.Store.DisconnectCounts(ctx, id)
	if err != nil {
		return 0, err
	}
	running, stop := context.WithTimeout(ctx, within)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- a.runEngine(running, false) }()
	after, counted := before, error(nil)
	for after.Queued > after.Held && running.Err() == nil && counted == nil {
		select {
		case <-running.Done():
		case <-time.After(drainEvery):
		}
		after, counted = a.Store.DisconnectCounts(context.WithoutCancel(ctx), id)
	}
	stop()
	if err := <-ended; err != nil && !errors.Is(err, store.ErrLocked) {
		a.write(ctx, activity.Entry{Level: store.LevelProblem, Code: "engine.stopped", Platform: id, Err: err, Text: "What was queued could not all be delivered before the disconnect."})
	}
	return max(0, before.Queued-after.Queued), errors.Join(counted, ctx.Err())
}

// endSessions ends every session of the account that signed in, as asked for.
func (a *App) endSessions(ctx context.Context, p platforms.Platform) bool {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	conn, err := a.Connection(ctx, p.ID)
	if err == nil && conn.EndSessions == nil {
		err = fmt.Errorf("%s does not let an application do it", p.Name)
	}
	if err == nil {
		err = conn.EndSessions(ctx)
	}
	if err != nil {
		a.write(ctx, activity.Entry{Level: store.LevelProblem, Code: "platform.sessions-stay", Platform: p.ID, Err: err, Text: "The sessions of the account that had signed in could not be ended."})
		return false
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "platform.sessions-ended", Platform: p.ID, Text: "Every session of the account that had signed in was ended, as asked for."})
	return true
}

// revoke tells the vendor. What fails here is told and does not keep anything from being erased.
func (a *App) revoke(ctx context.Context, id platforms.ID) ([]platforms.Leftover, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	conn, err := a.Connection(ctx, id)
	if err != nil || conn.Disconnect == nil {
		return nil, err
	}
	return conn.Disconnect(ctx)
}

func (a *App) withdrawLinks(ctx context.Context, id platforms.ID) error {
	persons, err := a.Store.PersonLinks(ctx)
	if err != nil {
		return err
	}
	for _, l := range persons {
		if l.State == store.PersonLinked && (l.Left.Platform == id || l.Right.Platform == id) {
			if err := a.Store.SetPersonState(ctx, l.ID, store.PersonWithdrawn, a.who); err != nil {
				return err
			}
		}
	}
	pairs, err := a.Store.RoomLinks(ctx)
	if err != nil {
		return err
	}
	for _, l := range pairs {
		if l.State == store.RoomUnlinked || l.Left.Platform != id && l.Right.Platform != id {
			continue
		}
		// Unlinked and asked for: a later plan shows anew who would read what.
		wish := store.Wish{ID: linkID(l.Left, l.Right), Wanted: true, Left: l.Left, Right: l.Right, By: a.who}
		if err := errors.Join(a.Store.SetRoomLinkState(ctx, l.ID, store.RoomUnlinked, a.who), a.Store.SaveWish(ctx, wish)); err != nil {
			return err
		}
	}
	return a.refreshEngine(ctx)
}

func (a *App) eraseConnection(ctx context.Context, id platforms.ID, d Departure) error {
	if err := a.Store.Disconnect(ctx, id); err != nil {
		return err
	}
	w, err := a.Wizard(ctx, id)
	if err != nil {
		return err
	}
	if err := w.Forget(ctx); err != nil {
		return err
	}
	until := ""
	if d.KeepLinks > 0 {
		until = a.now().Add(d.KeepLinks).Format(time.RFC3339)
	} else if err := a.forgetLinks(ctx, id); err != nil {
		return err
	}
	if err := a.Store.SetSetting(ctx, keepUntilKey+string(id), until); err != nil {
		return err
	}
	if d.Erase {
		return a.EraseDirectory(ctx, id)
	}
	return nil
}

// ErrConnected is answered when a directory that is in use is to be erased.
var ErrConnected = errors.New("the imported directory is in use; disconnect the platform first")

// EraseDirectory erases the people and rooms that were imported from a platform
// that is not connected. The links stay as long as was decided then.
func (a *App) EraseDirectory(ctx context.Context, id platforms.ID) error {
	p, err := a.Platform(id)
	if err != nil {
		return err
	}
	c, err := a.Store.Connection(ctx, id)
	if err != nil {
		return err
	}
	if c.State == store.Connected || c.State == store.Connecting {
		return fmt.Errorf("erase the directory of %s: %w", p.Name, ErrConnected)
	}
	users, err := a.Store.CountUsers(ctx, id)
	if err != nil {
		return err
	}
	rooms, err := a.Store.Rooms(ctx, id)
	if err != nil {
		return err
	}
	if err := a.Store.Erase(ctx, id); err != nil {
		return err
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "platform.directory-erased", Platform: id,
		Text: fmt.Sprintf("The directory imported from %s was erased: %s and %s.", p.Name,
			count(users, "person", "people"), count(len(rooms), p.RoomWord, p.RoomWords))})
	return nil
}

// forgetLinks also lets another organisation be connected: nothing belongs to
// the present one any more.
func (a *App) forgetLinks(ctx context.Context, id platforms.ID) error {
	if err := a.Store.ForgetLinks(ctx, id); err != nil {
		return err
	}
	c, err := a.Store.Connection(ctx, id)
	if err != nil || c.State != store.Disconnected {
		return err
	}
	c.Tenant = platforms.Tenant{}
	return a.Store.SaveConnection(ctx, c)
}

// Leftovers is what the last disconnect of a platform could not remove.
func (a *App) Leftovers(ctx context.Context, id platforms.ID) ([]platforms.Leftover, error) {
	text, err := a.Store.Setting(ctx, leftoversKey+string(id))
	if err != nil || text == "" {
		return nil, err
	}
	var left []platforms.Leftover
	if err := json.Unmarshal([]byte(text), &left); err != nil {
		return nil, fmt.Errorf("read what stays: %w", err)
	}
	return left, nil
}

// Arrived clears what a former disconnect left behind, once a platform is
// connected again.
func (a *App) Arrived(ctx context.Context, id platforms.ID) error {
	return errors.Join(a.Store.SetSetting(ctx, leftoversKey+string(id), ""), a.Store.SetSetting(ctx, keepUntilKey+string(id), ""))
}

// ForgetExpired forgets the links of platforms that were disconnected longer ago
// than they are to be kept.
func (a *App) ForgetExpired(ctx context.Context) error {
	for _, p := range a.platforms {
		text, err := a.Store.Setting(ctx, keepUntilKey+string(p.ID))
		if err != nil {
			return err
		}
		until, err := time.Parse(time.RFC3339, text)
		if err != nil || a.now().Before(until) {
			continue
		}
		if err := errors.Join(a.forgetLinks(ctx, p.ID), a.Store.SetSetting(ctx, keepUntilKey+string(p.ID), "")); err != nil {
			return err
		}
		a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "platform.links-forgotten", Platform: p.ID, Actor: "automatic",
			Text: fmt.Sprintf("The links of %s were forgotten, as decided when it was disconnected.", p.Name)})
	}
	return nil
}
