package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"miohub/app/setup"
	"miohub/app/store"
	"miohub/platforms"
)

// checkLine is a check as --json prints it.
type checkLine struct {
	Code    string            `json:"code"`
	Title   string            `json:"title"`
	At      time.Time         `json:"at"`
	Since   time.Time         `json:"since"`
	Finding platforms.Finding `json:"finding"`
}

func checkLines(found []store.CheckResult) []checkLine {
	out := []checkLine{}
	for _, r := range found {
		out = append(out, checkLine{Code: r.Code, Title: r.Title, At: r.At, Since: r.Since, Finding: r.Finding})
	}
	return out
}

// stepLine is a step as --json prints it.
type stepLine struct {
	ID      string            `json:"id"`
	Title   string            `json:"title"`
	State   setup.StepState   `json:"state"`
	Missing []string          `json:"missing"`
	Shipped map[string]string `json:"shipped"`
	RetryAt *time.Time        `json:"retryAt,omitempty"`
	Checks  []checkLine       `json:"checks"`
}

// connectReport is how a platform stands after connect, as --json prints it.
type connectReport struct {
	Platform platforms.ID          `json:"platform"`
	State    store.ConnectionState `json:"state"`
	Tenant   platforms.Tenant      `json:"tenant"`
	Exit     int                   `json:"exit"`
	Steps    []stepLine            `json:"steps"`
}

// outcome says how the set-up stands and turns it into an exit status. to takes
// the JSON object; nil prints none.
func (c *connecting) outcome(ctx context.Context, failed error, to io.Writer) error {
	if failed != nil {
		if platforms.KindOf(failed) == platforms.SignInAgain {
			fmt.Fprintf(c.out, "\n%v\n", failed)
			return ended{ExitSignIn}
		}
		return failed
	}
	conn, err := c.app.Store.Connection(ctx, c.platform.ID)
	if err != nil {
		return err
	}
	steps, err := c.wizard.Steps(ctx)
	if err != nil {
		return err
	}
	report := connectReport{Platform: c.platform.ID, State: conn.State, Tenant: conn.Tenant, Exit: exitOf(conn, steps)}
	for _, s := range steps {
		line := stepLine{ID: s.ID, Title: s.Title, State: s.State, Missing: append([]string{}, s.Missing...), Shipped: s.Shipped, Checks: checkLines(s.Findings)}
		if !s.RetryAt.IsZero() {
			line.RetryAt = &s.RetryAt
		}
		report.Steps = append(report.Steps, line)
	}
	fmt.Fprintln(c.out)
	if report.Exit == ExitOK {
		fmt.Fprintf(c.out, "%s is connected with %s.\n", c.platform.Name, conn.Tenant.Domain)
	}
	for _, s := range steps {
		if s.State == setup.StepDone {
			continue
		}
		fmt.Fprintf(c.out, "%s: %s\n", s.Title, map[setup.StepState]string{setup.StepWaiting: "waits for the vendor", setup.StepProblem: "a check failed", setup.StepOpen: "something is left to do"}[s.State])
		for _, m := range s.Missing {
			fmt.Fprintf(c.out, "  %s\n", m)
		}
		printChecks(c.out, slices.DeleteFunc(slices.Clone(s.Findings), func(r store.CheckResult) bool { return r.Finding.Status == platforms.Pass }))
	}
	if to != nil {
		if err := printJSON(to, report); err != nil {
			return err
		}
	}
	if report.Exit != ExitOK {
		return ended{report.Exit}
	}
	return nil
}

// exitOf is the exit status for how a set-up stands: what a person can do about
// goes before what only time mends.
func exitOf(conn store.Connection, steps []setup.Step) int {
	has := map[setup.StepState]bool{}
	signIn, missing := setup.SignedOut(steps), false
	for _, s := range steps {
		has[s.State] = true
		for _, p := range s.Parts {
			signIn = signIn || p.Kind == platforms.PartAction && !p.Optional && s.Done[p.Action] == ""
		}
		missing = missing || len(s.Missing) > 0
	}
	switch {
	case signIn:
		return ExitSignIn
	case has[setup.StepProblem]:
		return ExitFailed
	case missing:
		return ExitOpen
	case has[setup.StepWaiting]:
		return ExitWaiting
	case conn.State != store.Connected:
		return ExitOpen
	}
	return ExitOK
}

// printChecks prints checks one by one. A cause that several share, as before a
// consent, is told once.
func printChecks(w io.Writer, found []store.CheckResult) {
	var last platforms.Finding
	for _, r := range found {
		f := r.Finding
		same := f.Status == last.Status && f.Cause == last.Cause && f.Fix == last.Fix
		if same && f.Cause != "" && !f.Unrecognised {
			printResult(w, r)
			fmt.Fprintln(w, "           as above")
			continue
		}
		printCheck(w, r)
		last = f
	}
}

// printCheck prints a check with what it found: evidence, cause, remedy.
func printCheck(w io.Writer, r store.CheckResult) {
	printResult(w, r)
	if r.Finding.Status != platforms.Pass {
		printCause(w, r.Finding)
	}
}

func printResult(w io.Writer, r store.CheckResult) {
	fmt.Fprintf(w, "  %-8s %s", r.Finding.Status, r.Title)
	if r.Finding.Evidence != "" {
		fmt.Fprintf(w, ": %s", r.Finding.Evidence)
	}
	fmt.Fprintln(w)
}

func printCause(w io.Writer, f platforms.Finding) {
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(w, "           %-8s %s\n", label, text)
		}
	}
	line("cause:", f.Cause)
	line("remedy:", f.Fix)
	line("where:", f.FixURL)
	for _, o := range f.Others {
		line("or:", o.Cause)
		line("remedy:", o.Fix)
		line("where:", o.FixURL)
	}
	if f.Unrecognised {
		line("unknown:", "nobody has met this answer before; the vendor's own words follow")
	}
	line("raw:", f.Raw)
}
