package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"miohub/app"
	"miohub/app/setup"
	"miohub/app/store"
	"miohub/platforms"
)

// runCheck runs every check of a platform that makes nothing, after removing what
// a probe that was cut off left behind.
func runCheck(ctx context.Context, args []string, s Streams) error {
	f := flags("check", s)
	asJSON := f.Bool("json", false, "print what was found as one JSON object")
	return onPlatform(ctx, f, args, s, func(ctx context.Context, a *app.App, p platforms.Platform) error {
		// A probe that was cut off left something: here nothing else would remove it.
		if err := a.Resume(ctx, p.ID); err != nil {
			fmt.Fprintf(s.Err, "%v; the next check tries again\n", err)
		}
		found, err := a.Check(ctx, p.ID, nil, nil)
		if err != nil {
			return err
		}
		code, err := checkExit(ctx, a, p, found)
		if err != nil {
			return err
		}
		if *asJSON {
			err = printJSON(s.Out, map[string]any{"platform": p.ID, "exit": code, "checks": checkLines(found)})
		} else {
			printChecks(s.Out, found)
		}
		if err == nil && code != ExitOK {
			err = ended{code}
		}
		return err
	})
}

// checkExit is the exit status for what checks found.
func checkExit(ctx context.Context, a *app.App, p platforms.Platform, found []store.CheckResult) (int, error) {
	w, err := a.Wizard(ctx, p.ID)
	if err != nil {
		return ExitFailed, err
	}
	steps, err := w.Steps(ctx)
	if err != nil {
		return ExitFailed, err
	}
	has := map[platforms.Status]bool{}
	for _, r := range found {
		has[r.Finding.Status] = true
	}
	switch {
	case setup.SignedOut(steps):
		return ExitSignIn, nil
	case has[platforms.Fail]:
		return ExitFailed, nil
	case has[platforms.Waiting]:
		return ExitWaiting, nil
	case has[platforms.Skipped]:
		return ExitOpen, nil
	}
	return ExitOK, nil
}

// permissionLine is a permission as --json prints it.
type permissionLine struct {
	Scope   string              `json:"scope"`
	Kind    platforms.GrantKind `json:"kind"`
	Feature platforms.Feature   `json:"feature"`
	Asked   bool                `json:"asked"`
	Methods []string            `json:"methods"`
	Reason  string              `json:"reason"`
	Source  string              `json:"source"`
	Status  platforms.Status    `json:"status"` // "" where nothing was found yet
}

// runPermissions prints what is asked for and why.
func runPermissions(ctx context.Context, args []string, s Streams) error {
	f := flags("permissions", s)
	asJSON := f.Bool("json", false, "print the table as one JSON object")
	return onPlatform(ctx, f, args, s, func(ctx context.Context, a *app.App, p platforms.Platform) error {
		if !*asJSON {
			text, err := a.PermissionsText(ctx, p.ID)
			fmt.Fprint(s.Out, text)
			return err
		}
		list, err := a.Permissions(ctx, p.ID)
		if err != nil {
			return err
		}
		lines := []permissionLine{}
		for _, g := range list {
			lines = append(lines, permissionLine{Scope: g.Scope, Kind: g.Kind, Feature: g.Feature, Asked: g.Asked,
				Methods: append([]string{}, g.Methods...), Reason: g.Reason, Source: g.Source, Status: g.Result.Finding.Status})
		}
		return printJSON(s.Out, map[string]any{"platform": p.ID, "permissions": lines})
	})
}

// deliverWithin is how long delivering what is queued may take before the rest
// is dropped.
const deliverWithin = 2 * time.Minute

// runDisconnect disconnects a platform, after saying what stops.
func runDisconnect(ctx context.Context, args []string, s Streams) error {
	f := flags("disconnect", s)
	yes := f.Bool("yes", false, "do it; without, only what would stop is said")
	keep := f.Int("keep-links", 30, "how many `days` the links are kept for a later connect; 0 forgets them now")
	erase := f.Bool("erase", false, "erase the imported people and rooms as well")
	queued := f.String("queued", "drop", "what becomes of queued messages: `drop` them, or deliver them first, for two minutes at most")
	sessions := f.Bool("end-sessions", false, "end every session of the account that signed in, everywhere, where the platform can")
	asJSON := f.Bool("json", false, "print what was done as one JSON object")
	return onPlatform(ctx, f, args, s, func(ctx context.Context, a *app.App, p platforms.Platform) error {
		if *queued != "drop" && *queued != "deliver" || *keep < 0 {
			return fmt.Errorf("%w: --queued takes drop or deliver, --keep-links a number of days", errUsage)
		}
		before, err := a.DisconnectPreview(ctx, p.ID)
		if err != nil {
			return err
		}
		if !*yes {
			fmt.Fprintf(s.Err, "Disconnecting %s stops %d people and %d %s; %d messages are queued.\n", p.Name, before.People, before.Rooms, p.RoomWords, before.Queued)
			for _, l := range before.Leftovers {
				fmt.Fprintf(s.Err, "  stays there: %s  %s\n", l.What, l.URL)
			}
			return fmt.Errorf("%w: nothing was done; add --yes", errUsage)
		}
		d := app.Departure{KeepLinks: time.Duration(*keep) * 24 * time.Hour, Erase: *erase, EndSessions: *sessions}
		if *queued == "deliver" {
			d.Deliver = deliverWithin
		}
		done, err := a.Disconnect(ctx, p.ID, d)
		if err != nil {
			return err
		}
		if *asJSON {
			err = printJSON(s.Out, map[string]any{"platform": p.ID, "people": before.People, "rooms": before.Rooms,
				"delivered": done.Delivered, "dropped": done.Dropped, "sessionsEnded": done.SessionsEnded, "leftovers": done.Leftovers})
		} else {
			fmt.Fprintf(s.Out, "%s is disconnected: %d people and %d %s are no longer enabled, %d messages were delivered before and %d dropped.\n",
				p.Name, before.People, before.Rooms, p.RoomWords, done.Delivered, done.Dropped)
			for _, l := range done.Leftovers {
				fmt.Fprintf(s.Out, "  stays there: %s  %s\n", l.What, l.URL)
			}
		}
		if *sessions && !done.SessionsEnded {
			return errors.Join(err, errors.New("the sessions could not be ended; the log says why"))
		}
		return err
	})
}
