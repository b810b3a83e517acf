package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"miohub/app/activity"
	"miohub/app/schedule"
	"miohub/app/store"
	"miohub/platforms"
)

// How a feed of changes is lived with, in a real tenant's time.
const (
	restWithFeed = time.Hour       // between two looks at a room that nobody rings for
	feedRetry    = 5 * time.Second // after a feed ended, doubled each time
	feedAtMost   = 5 * time.Minute
)

// feed is one platform's feed of changes, seen from the platform.
type feed struct {
	e        *Engine
	platform platforms.ID
	push     platforms.Push
	turns    *schedule.Schedule
	up       bool // told as up
	down     bool // told as down
}

var _ platforms.Followed = (*feed)(nil)

// Rooms implements platforms.Followed.
func (f *feed) Rooms() ([]platforms.RoomID, <-chan struct{}) { return f.turns.Rooms() }

// Look implements platforms.Followed. A room that is no longer followed has
// nothing to be looked at for.
func (f *feed) Look(ctx context.Context, room platforms.RoomID) error {
	if err := f.turns.Look(ctx, room); !errors.Is(err, schedule.ErrGone) {
		return err
	}
	return nil
}

// Missed implements platforms.Followed.
func (f *feed) Missed() { f.turns.NudgeAll() }

// Alive implements platforms.Followed. It is called from Listen, by one goroutine
// at a time.
func (f *feed) Alive(err error) {
	side := f.e.sides[f.platform]
	switch {
	case err == nil && !f.up:
		f.turns.Rest(max(time.Second, time.Duration(float64(restWithFeed)/max(1, side.Pace))))
		f.up, f.down = true, false
		f.tell(store.LevelOK, "bridge.feed-up", "Changes in "+side.Product+" are told by the platform; quiet rooms are looked at rarely.", nil)
	case err != nil:
		f.turns.Rest(0)
		if !f.down {
			f.tell(store.LevelProblem, "bridge.feed-down", "Changes in "+side.Product+" are not told at the moment; rooms are looked at instead.", err)
		}
		f.up, f.down = false, true
	}
}

func (f *feed) tell(level store.LogLevel, code, text string, err error) {
	f.e.write(context.Background(), activity.Entry{Level: level, Code: code, Platform: f.platform, Text: text, Err: err})
}

// run listens until ctx ends. A feed that ends is begun again after a pause.
func (f *feed) run(ctx context.Context) error {
	pace := max(1, f.e.sides[f.platform].Pace)
	pause := feedRetry
	for {
		began := f.e.now()
		err := f.push.Listen(ctx, f)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			err = fmt.Errorf("the feed %q ended", f.push.ID())
		}
		f.Alive(err)
		if f.e.now().Sub(began) > time.Duration(float64(feedAtMost)/pace) {
			pause = feedRetry
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(max(platforms.RetryAfter(err), time.Duration(float64(pause)/pace))):
		}
		pause = min(2*pause, feedAtMost)
	}
}
