package app

import (
	"context"
	"fmt"
	"time"

	"miohub/app/activity"
	"miohub/app/store"
	"miohub/platforms"
)

// HintEvery is how often the platforms' audit logs are asked between two looks at
// the directories, in the tenants' time.
const HintEvery = time.Minute

// hintKey is the platform setting that says up to when its audit log was read.
const hintKey = "hints.until"

// Hinted asks the connected platforms' audit logs whether a look at the directories
// would find something. They lag and may lack something, so that a "no" saves
// no look, and a log that cannot be read is only told: the checks name the cause.
func (a *App) Hinted(ctx context.Context) bool {
	found := false
	for _, p := range a.platforms {
		c, err := a.Store.Connection(ctx, p.ID)
		if err != nil || c.State != store.Connected {
			continue
		}
		n, err := a.hinted(ctx, p)
		if err != nil && ctx.Err() == nil {
			a.slog.DebugContext(ctx, "audit log could not be read", "platform", p.ID, "error", err)
		}
		if n > 0 {
			found = true
			a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "sync.hinted", Platform: p.ID, Actor: "automatic",
				Text: fmt.Sprintf("The audit log of %s tells of %s; the directory is read now.", p.Name, count(n, "changed account", "changed accounts"))})
		}
	}
	return found
}

func (a *App) hinted(ctx context.Context, p platforms.Platform) (int, error) {
	conn, err := a.Connection(ctx, p.ID)
	if err != nil || conn.Hints == nil {
		return 0, err
	}
	values := a.Store.Values(p.ID)
	since, err := time.Parse(time.RFC3339Nano, values.Get(hintKey))
	if err != nil { // the first time: what was before, the first import has read
		since = a.now()
	}
	h, err := conn.Hints.Changed(ctx, since)
	if err != nil {
		return 0, err
	}
	return len(h.Addresses), values.Put(ctx, hintKey, h.Until.UTC().Format(time.RFC3339Nano))
}
