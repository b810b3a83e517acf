package screens

import (
	"context"

	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

// checkRows are all checks of a platform in the order in which they run, each
// with what it last found.
func (l *live) checkRows(ctx context.Context, p platforms.Platform) ([]ui.CheckRow, error) {
	results, err := l.app.Store.LatestChecks(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	conn, err := l.app.Connection(ctx, p.ID)
	if err != nil {
		// What was typed or chosen makes no connection. The screens must still
		// open, or nobody could mend it.
		return []ui.CheckRow{{Code: string(p.ID) + ".connection", Title: "What was entered makes a connection", State: ui.FindingFail,
			Cause: err.Error(), Fix: "Open the set-up and look at the first step."}}, nil
	}
	last := map[string]store.CheckResult{}
	for _, r := range results {
		last[r.Code] = r
	}
	rows := make([]ui.CheckRow, 0, len(conn.Checks))
	for _, c := range conn.Checks {
		row := ui.CheckRow{Code: c.Code, Title: c.Title, Writes: c.Writes}
		if r, ok := last[c.Code]; ok {
			row = checkRow(r)
			row.Title, row.Writes = c.Title, c.Writes
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// checkRow is what a check found last.
func checkRow(r store.CheckResult) ui.CheckRow {
	f := r.Finding
	return ui.CheckRow{Code: r.Code, Title: r.Title, State: ui.FindingState(f.Status), Evidence: f.Evidence, Cause: f.Cause, Fix: f.Fix,
		FixURL: f.FixURL, Raw: f.Raw, At: stamp(r.At), Others: ui.Remedies(f.Others), Unrecognised: f.Unrecognised}
}

// Checks implements ui.PlatformsHub.
func (h *Hub) Checks(ctx context.Context, platform string) ([]ui.CheckRow, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.CheckRow, error) {
		p, err := l.platform(platform)
		if err != nil {
			return nil, err
		}
		return l.checkRows(ctx, p)
	})
}

// CheckNow implements ui.PlatformsHub.
func (h *Hub) CheckNow(ctx context.Context, platform string, up ui.Progress) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		p, err := l.platform(platform)
		if err != nil {
			return "", err
		}
		l.app.Forget() // nothing that an earlier check remembers counts now
		found, err := l.check(ctx, p, nil, up)
		if err != nil {
			return "", err
		}
		return tally(found), nil
	})
}
