package demo

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Sides counts something on both sides.
type Sides struct {
	Google    int `json:"google"`
	Microsoft int `json:"microsoft"`
}

// Report is what a demo found. Its JSON form is the command's answer.
type Report struct {
	Result string `json:"result"` // "ok" or "failed"
	Seed   uint64 `json:"seed"`
	People struct {
		Sides
		Matched int `json:"matched"`
	} `json:"people"`
	Rooms struct {
		Sides
		Linked int `json:"linked"`
	} `json:"rooms"`
	Messages struct {
		Said       int `json:"said"`
		Delivered  int `json:"delivered"`
		Lost       int `json:"lost"`
		Duplicated int `json:"duplicated"`
		Reordered  int `json:"reordered"`
		Edits      int `json:"edits"`
		Deletes    int `json:"deletes"`
		Replies    int `json:"replies"`
	} `json:"messages"`
	Files struct {
		Shared  int `json:"shared"`
		Arrived int `json:"arrived"` // once, byte for byte
	} `json:"files"`
	Reactions struct {
		Set     int `json:"set"`
		Arrived int `json:"arrived"` // once, and those taken back are gone
	} `json:"reactions"`
	SecondPlan int `json:"second_plan_actions"`
	Changes    struct {
		Made    int `json:"made"`
		Noticed int `json:"noticed"`
	} `json:"changes"`
	Checks struct {
		Passed int `json:"passed"`
		Failed int `json:"failed"`
	} `json:"checks"`
	Calls struct {
		Sides
		Throttled int `json:"throttled"`
	} `json:"calls"`
	Restarts int     `json:"restarts"`
	Seconds  float64 `json:"seconds"`
	// Findings are why the demo failed, one sentence each; absent when it did not.
	Findings []string `json:"findings,omitempty"`

	// What the text form adds.
	speed    float64
	left     []string // rows of the files that were left out
	notes    []string
	linkRisk int
	sure     int
	asked    int
	upsets   []string
}

// problem records why the demo failed.
func (r *Report) problem(format string, args ...any) {
	r.Findings = append(r.Findings, fmt.Sprintf(format, args...))
}

// finish decides the result.
func (r *Report) finish(started time.Time) {
	r.Seconds = float64(time.Since(started).Round(10*time.Millisecond)) / float64(time.Second)
	r.Result = "ok"
	if len(r.Findings) > 0 {
		r.Result = "failed"
	}
}

// Text writes the report for a person.
func (r *Report) Text(w io.Writer) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %-20s %s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(w, "\nMio Hub on two sandbox tenants, seed %d\n\n", r.Seed)
	line("Set-up checks", "%d passed, %d failed", r.Checks.Passed, r.Checks.Failed)
	line("People", "%d in Google Chat, %d in Microsoft Teams, %d matched (%d beyond doubt, %d on the administrator's word)",
		r.People.Google, r.People.Microsoft, r.People.Matched, r.sure, r.asked)
	line("Rooms", "%d spaces, %d channels, %d pairs linked (%d of them with readers to look at first)",
		r.Rooms.Google, r.Rooms.Microsoft, r.Rooms.Linked, r.linkRisk)
	line("Second plan", "%d actions", r.SecondPlan)
	line("Messages said", "%d, of them %d replies, %d edited, %d deleted", r.Messages.Said, r.Messages.Replies, r.Messages.Edits, r.Messages.Deletes)
	line("Messages arrived", "%d; %d lost, %d doubled, %d out of order", r.Messages.Delivered, r.Messages.Lost, r.Messages.Duplicated, r.Messages.Reordered)
	line("Files and reactions", "%d of %d files byte for byte, %d of %d reactions", r.Files.Arrived, r.Files.Shared, r.Reactions.Arrived, r.Reactions.Set)
	line("Engine killed", "%d times in the middle of a send, and started again", r.Restarts)
	line("Changes afterwards", "%d made, %d noticed", r.Changes.Made, r.Changes.Noticed)
	for _, u := range r.upsets {
		fmt.Fprintf(w, "  %-20s   %s\n", "", u)
	}
	line("API calls", "%d to Google, %d to Microsoft, %d answered “slow down” and repeated later", r.Calls.Google, r.Calls.Microsoft, r.Calls.Throttled)
	line("Time", "%.1f s; the tenants' quotas and token lives ran %g times fast", r.Seconds, r.speed)
	r.lists(w)
	if r.Result == "ok" {
		fmt.Fprintln(w, "\nOK: every message arrived once, in order, and as it was said.")
		return
	}
	fmt.Fprintf(w, "\nFAILED:\n  - %s\n", strings.Join(r.Findings, "\n  - "))
}

func (r *Report) lists(w io.Writer) {
	for _, n := range r.notes {
		fmt.Fprintf(w, "  %-20s %s\n", "", n)
	}
	if len(r.left) == 0 {
		return
	}
	fmt.Fprintf(w, "\n  Rows of the files that were left out: %d\n", len(r.left))
	for i, l := range r.left {
		if i == 20 {
			fmt.Fprintf(w, "    … and %d more\n", len(r.left)-i)
			break
		}
		fmt.Fprintln(w, "   ", l)
	}
}
