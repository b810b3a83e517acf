package ui

import (
	"context"
	"errors"
)

// ErrNoSandbox is answered when no sandbox tenants are in use.
var ErrNoSandbox = errors.New("no sandbox tenants are in use")

// SandboxHub is what the Sandbox screen needs of the emulated tenants.
type SandboxHub interface {
	SandboxState(ctx context.Context) (SandboxState, error)
	// Pane answers the latest messages of one side of a pair, oldest first, as
	// they stand in the tenant itself.
	Pane(ctx context.Context, pair, tenant string) (Pane, error)
	// Say lets a person of the World post, as if typed in the vendor's own
	// client; root "" starts a thread. It answers the message's id.
	Say(ctx context.Context, pair, tenant, author, root, text string) (string, error)
	SetFault(ctx context.Context, id string, on bool) error
	// UseExports makes the World from an organisation's own exports; a path may be "".
	UseExports(ctx context.Context, files Exports, progress Progress) (ExportReport, error)
}

// SandboxState is what the screen offers.
type SandboxState struct {
	Tenants []SandboxTenant `json:"tenants"`
	Pairs   []SandboxPair   `json:"pairs"` // linked ones first
	Faults  []SandboxFault  `json:"faults"`
	Exports ExportReport    `json:"exports"` // of the files in use; empty paths for none
}

// SandboxTenant is one emulated tenant.
type SandboxTenant struct {
	Name     string `json:"name"`     // in the World: "google"
	Platform string `json:"platform"` // "Google Chat"
	Org      string `json:"org"`
	Domain   string `json:"domain"`
	People   int    `json:"people"`
	Rooms    int    `json:"rooms"`
	Calls    int    `json:"calls"`
	Refused  int    `json:"refused"` // for quota
}

// SandboxPair is a pair of rooms.
type SandboxPair struct {
	ID     string `json:"id"`
	Left   string `json:"left"`  // room's name
	Right  string `json:"right"` // room's name
	Linked bool   `json:"linked"`
}

// Pane is one side of a pair.
type Pane struct {
	Tenant   string        `json:"tenant"`
	Room     string        `json:"room"`
	Speakers []Speaker     `json:"speakers"`
	Messages []PaneMessage `json:"messages"`
}

// Speaker is a member who can be made to speak.
type Speaker struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Address     string `json:"address"`
	Counterpart bool   `json:"counterpart"` // is linked with somebody on the other side
}

// PaneMessage is a message as it stands in the tenant.
type PaneMessage struct {
	ID      string `json:"id"`
	Root    string `json:"root"` // equals ID for a root
	Author  string `json:"author"`
	Text    string `json:"text"` // plain text
	Time    string `json:"time"`
	Edited  bool   `json:"edited"`
	Deleted bool   `json:"deleted"`
	Carried bool   `json:"carried"` // posted by the hub
}

// SandboxFault is something that can be made to go wrong.
type SandboxFault struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Tenant string `json:"tenant"` // "" for both
	Group  string `json:"group"`  // what it is about: "Delegation"
	Shows  string `json:"shows"`  // what should be seen in the hub while it is on
	On     bool   `json:"on"`
}

// Exports are the two files that a World can be made from.
type Exports struct {
	GoogleCSV    string `json:"googleCsv"`
	MicrosoftCSV string `json:"microsoftCsv"`
}

// ExportReport says what was taken from the files.
type ExportReport struct {
	Files   Exports   `json:"files"`
	Used    int       `json:"used"`    // rows that became accounts
	LeftOut []LeftOut `json:"leftOut"` // rows that did not
}

// LeftOut is one row of a file that was not used.
type LeftOut struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Sandbox is the Sandbox screen.
type Sandbox struct {
	screen
	hub SandboxHub
}

// State answers what the screen offers.
func (s *Sandbox) State() (SandboxState, error) {
	if s.hub == nil {
		return SandboxState{}, ErrNoSandbox
	}
	v, err := s.hub.SandboxState(s.ctx)
	v.Tenants, v.Pairs, v.Faults = full(v.Tenants), full(v.Pairs), full(v.Faults)
	v.Exports.LeftOut = full(v.Exports.LeftOut)
	return v, err
}

// Pane answers one side of a pair.
func (s *Sandbox) Pane(pair, tenant string) (Pane, error) {
	if s.hub == nil {
		return Pane{}, ErrNoSandbox
	}
	p, err := s.hub.Pane(s.ctx, pair, tenant)
	p.Speakers, p.Messages = full(p.Speakers), full(p.Messages)
	return p, err
}

// Say lets a person of the World post.
func (s *Sandbox) Say(pair, tenant, author, root, text string) (string, error) {
	if s.hub == nil {
		return "", ErrNoSandbox
	}
	defer s.events.Emit(string(TopicSandbox))
	return s.hub.Say(s.ctx, pair, tenant, author, root, text)
}

// SetFault switches a fault on or off.
func (s *Sandbox) SetFault(id string, on bool) error {
	if s.hub == nil {
		return ErrNoSandbox
	}
	defer s.events.Emit(string(TopicSandbox))
	return s.hub.SetFault(s.ctx, id, on)
}

// ChooseExport lets the person choose one of the two files and answers its
// path, "" when they chose none.
func (s *Sandbox) ChooseExport(title string) (string, error) {
	return s.shell.OpenFile(title, FileKind{"Comma-separated values", "*.csv"})
}

// UseExports makes the World from the chosen files, as a job. The report is in
// State afterwards.
func (s *Sandbox) UseExports(files Exports) (string, error) {
	if s.hub == nil {
		return "", ErrNoSandbox
	}
	return s.jobs.start("sandbox", "exports", func(ctx context.Context, progress Progress) (string, error) {
		report, err := s.hub.UseExports(ctx, files, progress)
		return counted(report), err
	}, TopicSandbox, TopicPlatforms, TopicSetup, TopicPeople, TopicRooms, TopicPlan)
}
