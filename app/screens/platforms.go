package screens

import (
	"context"
	"fmt"
	"strings"
	"time"

	"miohub/app"
	"miohub/app/setup"
	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

// Cards implements ui.PlatformsHub.
func (h *Hub) Cards(ctx context.Context) ([]ui.Card, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.Card, error) {
		var out []ui.Card
		for _, p := range l.app.Platforms() {
			c, err := l.card(ctx, p)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		return out, nil
	})
}

func (l *live) card(ctx context.Context, p platforms.Platform) (ui.Card, error) {
	out := ui.Card{ID: string(p.ID), Name: p.Name, Intro: p.Introduction.Brings, Need: p.Introduction.Needs, Takes: p.Introduction.Takes, RoomWords: p.RoomWords}
	c, err := l.app.Store.Connection(ctx, p.ID)
	if err != nil {
		return out, err
	}
	out.Tenant, out.Admin, out.LastSuccess = c.Tenant.Domain, c.Tenant.Admin, stamp(c.LastSuccess)
	if e := l.app.Engine(); e != nil {
		if at, _ := e.Looked(p.ID); at.After(c.LastSuccess) {
			out.LastSuccess = stamp(at)
		}
	}
	steps, err := l.steps(ctx, p)
	if err != nil {
		return out, err
	}
	if out.Problems, err = l.problems(ctx, p); err != nil {
		return out, err
	}
	if err := l.count(ctx, p, &out); err != nil {
		return out, err
	}
	out.StepsTotal = len(steps)
	for _, s := range steps {
		if s.State == setup.StepDone {
			out.StepsDone++
		}
	}
	rows, err := l.checkRows(ctx, p)
	if err != nil {
		return out, err
	}
	failed := countChecks(rows, &out)
	out.State, out.StateText = cardState(c, steps, failed, l.app.Store.Values(p.ID).Get(openStepKey) != "")
	if out.State == ui.CardSignIn {
		h, err := l.app.Health(ctx, p.ID)
		if err != nil {
			return out, err
		}
		out.Reason = h.Finding.Cause
	}
	if conn, err := l.app.Connection(ctx, p.ID); err == nil && conn.Messages != nil && !conn.Messages.Features("").PostAsPerson && len(conn.Seats) > 0 {
		out.BridgeAccount = conn.Seats[0].Name
	}
	return out, nil
}

func (l *live) count(ctx context.Context, p platforms.Platform, out *ui.Card) error {
	var err error
	if out.People, err = l.app.Store.CountUsers(ctx, p.ID); err != nil {
		return err
	}
	list, err := l.app.Store.Rooms(ctx, p.ID)
	if err != nil {
		return err
	}
	out.Rooms = len(list)
	at, err := l.app.Store.LastRead(ctx, p.ID, "rooms")
	out.Imported = !at.IsZero()
	return err
}

// countChecks counts on the card and answers how many failed.
func countChecks(rows []ui.CheckRow, out *ui.Card) (failed int) {
	for _, r := range rows {
		if r.Writes {
			continue
		}
		out.ChecksTotal++
		switch r.State {
		case ui.FindingPass, ui.FindingWarn:
			out.ChecksPassed++
		case ui.FindingFail:
			failed++
		}
		out.ChecksAt = max(out.ChecksAt, r.At)
	}
	return failed
}

func cardState(c store.Connection, steps []setup.Step, failed int, shown bool) (ui.CardState, string) {
	switch c.State {
	case store.Connected:
		switch {
		case setup.SignedOut(steps):
			return ui.CardSignIn, ""
		case failed > 0:
			return ui.CardProblem, plural(failed, "check failed", "checks failed")
		case c.Problem != "":
			return ui.CardProblem, ""
		}
		return ui.CardConnected, ""
	}
	shown = shown || begun(c)
	for _, s := range steps {
		shown = shown || len(s.Ticks) > 0
	}
	if shown && c.State != store.Disconnected {
		return ui.CardSetup, ""
	}
	return ui.CardNew, ""
}

// Overview implements ui.PlatformsHub.
func (h *Hub) Overview(ctx context.Context) (ui.Overview, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.Overview, error) {
		var out ui.Overview
		var missing []string
		for _, p := range l.app.Platforms() {
			c, err := l.card(ctx, p)
			if err != nil {
				return out, err
			}
			connected := c.State != ui.CardNew && c.State != ui.CardSetup
			note := c.Takes
			if connected {
				note = plural(c.ChecksPassed, "check passed", "checks passed")
			} else {
				missing = append(missing, p.Name)
			}
			out.Started = append(out.Started, ui.Started{Text: "Connect " + p.Name, Note: note, Done: connected, Link: "/connect/" + c.ID})
		}
		rest, linked, err := l.started(ctx)
		if err != nil {
			return out, err
		}
		out.Started = append(out.Started, rest...)
		switch {
		case len(missing) > 0:
			out.Waiting = "Messages start to flow when both platforms are connected and at least one pair of rooms is linked."
			out.WaitingBadge = "Waiting for " + strings.Join(missing, " and ")
		case !linked:
			out.Waiting = "Messages start to flow when at least one pair of rooms is linked."
			out.WaitingBadge = "Nothing is linked yet"
		}
		out.Attention, err = l.attention(ctx)
		return out, err
	})
}

// started are the lines of the list below the connections.
func (l *live) started(ctx context.Context) (out []ui.Started, linked bool, err error) {
	people, rooms := 0, 0
	for _, p := range l.app.Platforms() {
		var c ui.Card
		if err := l.count(ctx, p, &c); err != nil {
			return nil, false, err
		}
		people, rooms = people+c.People, rooms+c.Rooms
	}
	note := "nothing is changed by it"
	if people > 0 {
		note = fmt.Sprintf("%s, %s", plural(people, "account", "accounts"), plural(rooms, "room", "rooms"))
	}
	out = append(out, ui.Started{Text: "Import people and rooms", Note: note, Done: l.imported(ctx), Link: "/people"})
	plans, err := l.app.Store.Plans(ctx, keptPlans)
	if err != nil {
		return nil, false, err
	}
	applied := false
	for _, p := range plans {
		applied = applied || p.State == store.PlanApplied
	}
	out = append(out, ui.Started{Text: "Review the first plan", Note: "nothing changes before you approve it", Done: applied, Link: "/plan"})
	links, err := l.app.Store.RoomLinks(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, r := range links {
		linked = linked || r.State == store.RoomActive
	}
	carried, err := l.app.Store.CountMessageLinks(ctx)
	note = "see it arrive on the other side"
	if carried > 0 {
		note = plural(carried, "message carried", "messages carried")
	}
	return append(out, ui.Started{Text: "Link two rooms and send a message", Note: note, Done: linked && carried > 0, Link: "/rooms"}), linked, err
}

// Permissions implements ui.PlatformsHub.
func (h *Hub) Permissions(ctx context.Context, platform string) ([]ui.Permission, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.Permission, error) {
		list, err := l.app.Permissions(ctx, platforms.ID(platform))
		var out []ui.Permission
		for _, line := range list {
			row := permission(line.Grant, line.FeatureTitle)
			row.Asked, row.State = line.Asked, ui.FindingState(line.Result.Finding.Status)
			row.Covered = covered(line, list)
			out = append(out, row)
		}
		return out, err
	})
}

// PermissionsText implements ui.PlatformsHub.
func (h *Hub) PermissionsText(ctx context.Context, platform string) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		return l.app.PermissionsText(ctx, platforms.ID(platform))
	})
}

// DisconnectPreview implements ui.PlatformsHub.
func (h *Hub) DisconnectPreview(ctx context.Context, platform string) (ui.DisconnectPreview, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.DisconnectPreview, error) {
		p, err := l.platform(platform)
		if err != nil {
			return ui.DisconnectPreview{}, err
		}
		n, err := l.app.DisconnectPreview(ctx, p.ID)
		if err != nil {
			return ui.DisconnectPreview{}, err
		}
		c, err := l.app.Store.Connection(ctx, p.ID)
		out := ui.DisconnectPreview{
			Platform: platform, Name: p.Name, Tenant: c.Tenant.Domain, People: n.People, Rooms: n.Rooms, RoomWords: p.RoomWords, Waiting: n.Queued,
			Stops: []string{
				fmt.Sprintf("%s and %s stop at once to carry messages, in both directions.", plural(n.People, "person", "people"), plural(n.Rooms, p.RoomWord, p.RoomWords)),
				"The sign-in is revoked where the platform allows it, and every token and key of it is erased from this computer.",
			},
			Keeps: []string{
				"The activity log, in full.",
				"What was already carried: it belongs to the rooms it stands in.",
				"The links, for as long as you decide below. A later Connect enables nobody by itself: it puts them into a plan.",
			},
			Stays: leftovers(n.Leftovers),
		}
		if n.Unlisted != nil {
			out.Stays = []ui.Leftover{{What: "What was set up there for Mio Hub. It cannot be listed: " + n.Unlisted.Error()}}
		}
		if n.CanEndSessions {
			out.EndSessions = "Whoever uses " + l.signedIn(ctx, p, c) + " has to sign in again everywhere. Otherwise tokens that were given out stay valid until they run out, mostly within an hour."
		}
		return out, err
	})
}

// signedIn is the account that a platform's connection signs in as.
func (l *live) signedIn(ctx context.Context, p platforms.Platform, c store.Connection) string {
	conn, err := l.app.Connection(ctx, p.ID)
	if err == nil && len(conn.Seats) > 0 {
		return conn.Seats[0].Name
	}
	return c.Tenant.Admin
}

func leftovers(list []platforms.Leftover) []ui.Leftover {
	var out []ui.Leftover
	for _, o := range list {
		out = append(out, ui.Leftover{What: o.What, URL: o.URL})
	}
	return out
}

// Disconnect implements ui.PlatformsHub.
func (h *Hub) Disconnect(ctx context.Context, platform string, choice ui.DisconnectChoice, up ui.Progress) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		p, err := l.platform(platform)
		if err != nil {
			return "", err
		}
		if choice.KeepLinksDays < 0 {
			return "", fmt.Errorf("links cannot be kept for %d days", choice.KeepLinksDays)
		}
		progress(up)(0, 0, "Stopping")
		release := l.conduct.hold()
		defer release()
		l.work.Lock()
		defer l.work.Unlock()
		wish := app.Departure{KeepLinks: time.Duration(choice.KeepLinksDays) * 24 * time.Hour, Erase: choice.EraseDirectory, EndSessions: choice.EndSessions}
		if choice.Deliver {
			wish.Deliver = deliverWithin
			progress(up)(0, 0, "Delivering what is on its way")
		}
		done, err := l.app.Disconnect(ctx, p.ID, wish)
		if err != nil {
			return "", err
		}
		if err := l.app.Store.Values(p.ID).Delete(ctx, openStepKey); err != nil {
			return "", err
		}
		if l.trial != nil {
			// As an IT department's deployment would, the sandbox ships its files again.
			if err := l.trial.redeploy(ctx, l.app, p.ID); err != nil {
				return "", err
			}
		}
		return departed(p, choice, done), nil
	})
}

// deliverWithin is how long what is on its way may take before a disconnect.
const deliverWithin = time.Minute

// departed says how a disconnect went.
func departed(p platforms.Platform, choice ui.DisconnectChoice, done app.Departed) string {
	text := p.Name + " is disconnected."
	if done.Delivered+done.Dropped > 0 {
		text += fmt.Sprintf(" %s delivered before, %d dropped.", plural(done.Delivered, "message was", "messages were"), done.Dropped)
	}
	switch {
	case done.SessionsEnded:
		text += " The sessions of its account were ended."
	case choice.EndSessions:
		text += " The sessions of its account could not be ended; Activity says why."
	}
	if left := len(done.Leftovers); left > 0 {
		text += " " + plural(left, "thing stays", "things stay") + " on its side; they are listed on its card."
	}
	return text
}

// EraseDirectory implements ui.PlatformsHub.
func (h *Hub) EraseDirectory(ctx context.Context, platform string) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		l.work.Lock()
		defer l.work.Unlock()
		return l.app.EraseDirectory(ctx, platforms.ID(platform))
	})
}

// Leftovers implements ui.PlatformsHub.
func (h *Hub) Leftovers(ctx context.Context, platform string) ([]ui.Leftover, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.Leftover, error) {
		left, err := l.app.Leftovers(ctx, platforms.ID(platform))
		return leftovers(left), err
	})
}
