// Package demo runs the whole job on two sandbox tenants and checks the outcome
// against what was said there: connect, import, plan, apply, bridge through two
// kills, and notice what changed afterwards.
package demo

import (
	"io"
	"os/exec"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// Options size a demo.
type Options struct {
	Platforms []platforms.Platform
	Size      sandbox.Size
	Messages  int
	// Google and Microsoft are an organisation's own exports (CSV); both or neither.
	Google, Microsoft io.Reader
	// Evidence is a folder to write said.jsonl, google.jsonl and microsoft.jsonl
	// to; "" for none.
	Evidence string
	// Sabotage tampers with one delivery: lose, double, swap, edit, author or
	// format. The demo must then fail.
	Sabotage string
	// Engine makes the command that runs the engine on a data folder, in a
	// process of its own that can be killed.
	Engine func(dataDir string) *exec.Cmd
	// Say is told what is going on, a line at a time.
	Say func(format string, args ...any)
}

// Defaults of a demo.
const (
	DefaultPeople   = 120
	DefaultRooms    = 12
	DefaultMessages = 240
	// Speed is how many seconds of the tenants' time pass in one of ours.
	Speed = 60
)

// Sabotages lists the ways to tamper.
func Sabotages() []string { return []string{"lose", "double", "swap", "edit", "author", "format"} }
