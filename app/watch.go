package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"miohub/app/activity"
	"miohub/app/setup"
	"miohub/app/store"
	"miohub/platforms"
)

// How often connections are looked after, in the tenants' time.
const (
	checkEvery   = 15 * time.Minute // every check of a connected platform
	retryEvery   = time.Minute      // looking for checks whose next try has come
	leastTick    = 10 * time.Second // of our time
	renewalEvery = 2 * time.Second  // looking for what another process has changed, in our time
)

// healthLock is held by the process that looks after the connections.
const healthLock = "health"

// Paced is how long a stretch of the tenants' time takes here, but no less than
// ten seconds.
func (a *App) Paced(ctx context.Context, d time.Duration) time.Duration {
	_, pace := a.Sandbox(ctx)
	return max(leastTick, time.Duration(float64(d)/pace))
}

// WatchHealth looks after the connections until ctx ends: at its start it lets
// each finish what a probe began and did not end, then it repeats every check of
// a connected platform each quarter of an hour, at once when a call found that
// somebody must sign in again, and sooner what did not pass. Of the processes
// that work on a data folder one does it. changed, where set, is told which
// platform's checks have run.
func (a *App) WatchHealth(ctx context.Context, changed func(platforms.ID)) {
	release, held := a.holdHealth(ctx)
	if !held {
		return
	}
	defer release()
	a.resumeAll(ctx)
	began := a.now()
	full := map[platforms.ID]time.Time{} // the last time that every check ran
	for ctx.Err() == nil {
		wait := a.Paced(ctx, retryEvery)
		a.setNextCheck(a.now().Add(wait))
		alarm := platforms.ID("")
		select {
		case <-ctx.Done():
			return
		case alarm = <-a.alarms:
		case <-time.After(wait):
		}
		for _, p := range a.platforms {
			last, ran := full[p.ID]
			if !ran {
				last = began
			}
			since := a.now().Sub(last)
			// One failure is followed by many: what was just checked is not checked again.
			due := since >= a.Paced(ctx, checkEvery) || alarm == p.ID && (!ran || since >= a.Paced(ctx, retryEvery))
			if due {
				full[p.ID] = a.now()
			}
			if a.look(ctx, p, due) && changed != nil {
				changed(p.ID)
			}
		}
	}
}

// holdHealth waits until this process is the one that looks after the connections.
func (a *App) holdHealth(ctx context.Context) (release func(), held bool) {
	for {
		release, _, err := a.Store.TryLock(ctx, healthLock)
		if err == nil {
			return release, true
		}
		if !errors.Is(err, store.ErrLocked) {
			a.slog.Error("look after the connections", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil, false
		case <-time.After(leastTick):
		}
	}
}

// look runs what is to be checked of a platform now, and answers whether it did.
func (a *App) look(ctx context.Context, p platforms.Platform, full bool) bool {
	ran, err := a.recheck(ctx, p, full)
	if err != nil && ctx.Err() == nil {
		a.write(ctx, activity.Problem("automatic", "setup.check-failed", "The checks of "+p.Name+" could not be run.", err))
	}
	return ran
}

func (a *App) recheck(ctx context.Context, p platforms.Platform, full bool) (ran bool, err error) {
	c, err := a.Store.Connection(ctx, p.ID)
	if err != nil || c.State == store.Disconnected {
		return false, err
	}
	if full && c.State == store.Connected {
		_, err := a.Check(ctx, p.ID, nil, nil)
		return true, err
	}
	w, err := a.Wizard(ctx, p.ID)
	if err != nil {
		return false, err
	}
	codes, err := w.Due(ctx)
	if err != nil {
		return false, err
	}
	if len(codes) > 0 {
		ran = true
		if _, err = a.Check(ctx, p.ID, codes, nil); err != nil {
			return ran, err
		}
	}
	begun, err := a.begin(ctx, w)
	return ran || begun, err
}

// begin runs checks that nobody has run yet and that could come to a result now,
// then those that became possible by it, and answers whether there were any.
func (a *App) begin(ctx context.Context, w *setup.Wizard) (ran bool, err error) {
	for range w.Platform.Steps(w.Values) { // at the most, one step opens the next
		conn, err := a.Connection(ctx, w.Platform.ID)
		if err != nil {
			return ran, err
		}
		codes, err := w.Ready(ctx, conn)
		if err != nil || len(codes) == 0 {
			return ran, err
		}
		ran = true
		if _, err := a.Check(ctx, w.Platform.ID, codes, nil); err != nil {
			return ran, err
		}
	}
	return ran, nil
}

// alarm has a platform checked at once, because a call found that somebody must
// sign in again, or was refused in a way that the whole connection may be. Alarms
// that nobody can take up now are the next check's.
func (a *App) alarm(id platforms.ID, err error) {
	if kind := platforms.KindOf(err); kind != platforms.SignInAgain && kind != platforms.Forbidden {
		return
	}
	select {
	case a.alarms <- id:
	default:
	}
}

func (a *App) nextCheck() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.next
}

func (a *App) setNextCheck(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next = at
}

// resumeAll lets every platform finish what a probe began and did not end.
func (a *App) resumeAll(ctx context.Context) {
	for _, p := range a.platforms {
		a.resume(ctx, p)
	}
}

// resume does so and tells what failed; nothing else waits for it.
func (a *App) resume(ctx context.Context, p platforms.Platform) {
	if err := a.Resume(ctx, p.ID); err != nil && ctx.Err() == nil {
		a.write(ctx, activity.Problem("automatic", "setup.resume-failed", "Something that was tried out in "+p.Name+" could not be removed yet; the next start tries again.", err))
	}
}

// Resume lets a platform finish or take back what a check that writes began and
// did not end.
func (a *App) Resume(ctx context.Context, id platforms.ID) error {
	c, err := a.Store.Connection(ctx, id)
	if err != nil || c.State == store.NotConnected || c.State == store.Disconnected {
		return err
	}
	conn, err := a.Connection(ctx, id)
	if err != nil || conn.Resume == nil {
		return err
	}
	if err := conn.Resume(ctx); err != nil {
		return fmt.Errorf("finish what was tried out: %w", err)
	}
	return nil
}

// renewalKey is the setting that changes whenever connections have to be built anew.
const renewalKey = "setup.renewal"

// Renew drops built connections here and in every other process that works on
// the data folder: credentials or settings have changed.
func (a *App) Renew(ctx context.Context) error {
	a.Forget()
	mark := stamp(time.Now())
	a.mu.Lock()
	a.renewal = mark
	a.mu.Unlock()
	return a.Store.SetSetting(context.WithoutCancel(ctx), renewalKey, mark)
}

// AwaitRenewal returns once another process has called Renew, with built
// connections dropped, or ctx has ended.
func (a *App) AwaitRenewal(ctx context.Context) {
	for {
		mark, err := a.Store.Setting(ctx, renewalKey)
		a.mu.Lock()
		other := err == nil && mark != a.renewal
		if other {
			a.renewal = mark
		}
		a.mu.Unlock()
		if other {
			a.Forget()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(renewalEvery):
		}
	}
}
