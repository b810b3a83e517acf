package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// SetupHub is what the Connect wizard needs of the hub.
type SetupHub interface {
	Wizard(ctx context.Context, platform string) (Wizard, error)
	Tick(ctx context.Context, platform, part string, on bool) error
	SetField(ctx context.Context, platform, part, value string) error
	// PutFile hands a file's text to the part's action and answers what it was
	// recognised as.
	PutFile(ctx context.Context, platform, part, name, text string) (string, error)
	// Act runs a step's action. It may block until ctx ends; open shows a page
	// in the person's browser.
	Act(ctx context.Context, platform, action string, open func(url string) error, progress Progress) (string, error)
	// Verify runs the step's checks that write nothing.
	Verify(ctx context.Context, platform, step string, progress Progress) (string, error)
	// Probe runs the check of a probe part, which writes in the tenant, since a
	// person has seen what it makes and asked for it.
	Probe(ctx context.Context, platform, part string, progress Progress) (string, error)
	// Open remembers which step is shown, so that the wizard can be resumed.
	Open(ctx context.Context, platform, step string) error
}

// PartKind is what a part of a step is drawn as.
type PartKind string

// The kinds of part, as platforms.PartKind has them.
const (
	PartText   PartKind = "text"
	PartLink   PartKind = "link"
	PartCopy   PartKind = "copy"
	PartField  PartKind = "field"
	PartFile   PartKind = "file"
	PartTick   PartKind = "tick"
	PartAction PartKind = "action"
	PartVerify PartKind = "verify"
	PartScopes PartKind = "scopes"
	PartScript PartKind = "script"
	PartProbe  PartKind = "probe"
)

// Wizard is the Connect wizard of one platform.
type Wizard struct {
	Platform  string `json:"platform"`
	Name      string `json:"name"`
	Tenant    string `json:"tenant"`  // "" before it is known
	Current   string `json:"current"` // the step to show when it is resumed
	Connected bool   `json:"connected"`
	Steps     []Step `json:"steps"`
}

// Step is one page of the wizard with its state.
type Step struct {
	ID      string     `json:"id"`
	Title   string     `json:"title"`
	Summary string     `json:"summary"` // one line for the rail, what is known so far included
	State   StepState  `json:"state"`
	Parts   []Part     `json:"parts"`
	Checks  []CheckRow `json:"checks"`
	Why     []Question `json:"why"`
	// RetryAt is when waiting checks run again by themselves; "" when none wait.
	RetryAt string `json:"retryAt"`
	// Shipped says who shipped what this step would ask for; "" when nobody did.
	Shipped string `json:"shipped"`
}

// Question is a "why?" with its answer; blank lines part its paragraphs.
type Question struct {
	Ask    string `json:"ask"`
	Answer string `json:"answer"`
}

// Part is one element of a step with its state.
type Part struct {
	Kind     PartKind  `json:"kind"`
	ID       string    `json:"id"`
	Label    string    `json:"label"`
	Text     string    `json:"text"`
	Value    string    `json:"value"`
	URL      string    `json:"url"`
	Action   string    `json:"action"`
	Optional bool      `json:"optional"`
	State    StepState `json:"state"`
	// Note is what is known about it: "Ticked by dana@acme.example, today 14:02",
	// "Signed in as …", "Client file of project mio-1048".
	Note   string     `json:"note"`
	Scopes []ScopeRow `json:"scopes"` // of a scopes part
	// Proof is what the check that proves a tick, or that a probe runs, has found
	// last; state "" before it was run and where there is none.
	Proof CheckRow `json:"proof"`
	File  string   `json:"file"` // the name that a script is saved under
	// Secret fields are sealed and never shown again; Value is "" though they may be filled.
	Secret  bool     `json:"secret"`
	Choices []Choice `json:"choices"` // what a field may be set to; empty for free text
}

// Choice is one value of a field that offers several.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// ScopeRow is one permission with its last finding.
type ScopeRow struct {
	Scope    string       `json:"scope"`
	Reason   string       `json:"reason"`
	State    FindingState `json:"state"`
	Evidence string       `json:"evidence"`
	Cause    string       `json:"cause"`
	Fix      string       `json:"fix"`
	FixURL   string       `json:"fixUrl"`
	Raw      string       `json:"raw"`
	// Others and Unrecognised are as in CheckRow.
	Others       []Remedy `json:"others"`
	Unrecognised bool     `json:"unrecognised"`
}

// Setup is the Connect wizard.
type Setup struct {
	screen
	hub SetupHub
}

// largestFile bounds what is read of a chosen file; client files have a few kilobytes.
const largestFile = 1 << 20

// Wizard answers the steps of a platform with their states.
func (s *Setup) Wizard(platform string) (Wizard, error) {
	w, err := s.hub.Wizard(s.ctx, platform)
	w.Steps = full(w.Steps)
	for i := range w.Steps {
		step := &w.Steps[i]
		step.Parts, step.Checks, step.Why = full(step.Parts), full(step.Checks), full(step.Why)
		for k := range step.Checks {
			step.Checks[k].Others = full(step.Checks[k].Others)
		}
		for k := range step.Parts {
			fillPart(&step.Parts[k])
		}
	}
	return w, err
}

func fillPart(p *Part) {
	p.Scopes, p.Choices, p.Proof.Others = full(p.Scopes), full(p.Choices), full(p.Proof.Others)
	for i := range p.Scopes {
		p.Scopes[i].Others = full(p.Scopes[i].Others)
	}
}

// Open remembers which step is shown.
func (s *Setup) Open(platform, step string) error {
	defer s.events.Emit(string(TopicPlatforms)) // its card says that the set-up has begun
	return s.hub.Open(s.ctx, platform, step)
}

// Tick stores that a person confirmed something, or took it back.
func (s *Setup) Tick(platform, part string, on bool) error {
	return s.changed(s.hub.Tick(s.ctx, platform, part, on))
}

// SetField stores what was typed.
func (s *Setup) SetField(platform, part, value string) error {
	return s.changed(s.hub.SetField(s.ctx, platform, part, value))
}

// PutFile hands over a file that was dropped on the window.
func (s *Setup) PutFile(platform, part, name, text string) (string, error) {
	if len(text) > largestFile {
		return "", fmt.Errorf("%s is larger than a client file can be", name)
	}
	said, err := s.hub.PutFile(s.ctx, platform, part, name, text)
	return said, s.changed(err)
}

// ChooseFile lets the person choose the file and answers what it was recognised
// as, "" when they chose none.
func (s *Setup) ChooseFile(platform, part string) (string, error) {
	path, err := s.shell.OpenFile("Choose the file", FileKind{"JSON files", "*.json"})
	if err != nil || path == "" {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read the chosen file: %w", err)
	}
	if info.Size() > largestFile {
		return "", errors.New(filepath.Base(path) + " is larger than a client file can be")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the chosen file: %w", err)
	}
	return s.PutFile(platform, part, filepath.Base(path), string(text))
}

// Act runs a step's action as a job, for example the sign-in in the browser.
func (s *Setup) Act(platform, action string) (string, error) {
	return s.jobs.start("action", platform+"/"+action, func(ctx context.Context, progress Progress) (string, error) {
		return s.hub.Act(ctx, platform, action, s.shell.OpenURL, progress)
	}, TopicSetup, TopicPlatforms)
}

// Verify runs a step's checks now, as a job.
func (s *Setup) Verify(platform, step string) (string, error) {
	return s.jobs.start("verify", platform+"/"+step, func(ctx context.Context, progress Progress) (string, error) {
		return s.hub.Verify(ctx, platform, step, progress)
	}, TopicSetup, TopicPlatforms)
}

// Probe runs a check that writes in the tenant, as a job.
func (s *Setup) Probe(platform, part string) (string, error) {
	return s.jobs.start("probe", platform+"/"+part, func(ctx context.Context, progress Progress) (string, error) {
		return s.hub.Probe(ctx, platform, part, progress)
	}, TopicSetup, TopicPlatforms)
}

// SaveScript writes a script part's text to a file that the person chooses and
// answers its path, "" when they chose none.
func (s *Setup) SaveScript(platform, part string) (string, error) {
	w, err := s.hub.Wizard(s.ctx, platform)
	if err != nil {
		return "", err
	}
	for _, step := range w.Steps {
		for _, p := range step.Parts {
			if p.Kind == PartScript && p.ID == part {
				return s.saveScript(p)
			}
		}
	}
	return "", fmt.Errorf("there is no script %q", part)
}

func (s *Setup) saveScript(p Part) (string, error) {
	path, err := s.shell.SaveFile("Save "+p.Label, p.File)
	if err != nil || path == "" {
		return "", err
	}
	if err := os.WriteFile(path, []byte(p.Value), 0o600); err != nil {
		return "", fmt.Errorf("save the script: %w", err)
	}
	return path, nil
}

// changed tells the wizard, and the card that counts its steps.
func (s *Setup) changed(err error) error {
	s.events.Emit(string(TopicSetup))
	s.events.Emit(string(TopicPlatforms))
	return err
}
