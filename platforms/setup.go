package platforms

import "context"

// Step is one page of the Connect wizard, drawn generically.
type Step struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Summary string `json:"summary"` // one line for the list of steps
	Parts   []Part `json:"parts"`
	// Checks are the codes of the checks that prove this step; it is done when
	// its ticks, fields and actions are done and these pass.
	Checks []string   `json:"checks"`
	Why    []Question `json:"why"`
}

// Question is a "why?" with its answer.
type Question struct {
	Ask    string `json:"ask"`
	Answer string `json:"answer"`
}

// PartKind is what a part of a step is drawn as.
type PartKind string

// The kinds of part.
const (
	PartText   PartKind = "text"   // a paragraph
	PartLink   PartKind = "link"   // a button that opens URL
	PartCopy   PartKind = "copy"   // a read-only value with a copy button
	PartField  PartKind = "field"  // something to type or paste, stored in Values[ID]
	PartFile   PartKind = "file"   // a file to choose or drop; its text goes to Actions[Action] through Values["file"]
	PartTick   PartKind = "tick"   // a checkbox, stored with who ticked it and when
	PartAction PartKind = "action" // a button that runs Actions[Action]
	PartVerify PartKind = "verify" // a button that runs the step's checks now ("Confirm")
	PartScopes PartKind = "scopes" // the table of grants with the last finding per scope
	PartScript PartKind = "script" // a read-only text of several lines, to copy or to save as Part.File
	PartProbe  PartKind = "probe"  // a button that runs Part.Check, which writes, after Part.Text has said what it makes
)

// Part is one element of a step.
type Part struct {
	Kind   PartKind `json:"kind"`
	ID     string   `json:"id"` // of a tick, field or action; unique in the platform
	Label  string   `json:"label"`
	Text   string   `json:"text"`   // explanation below the label
	Value  string   `json:"value"`  // what is copied, or the field's present value
	URL    string   `json:"url"`    // where a link leads
	Action string   `json:"action"` // key in Platform.Actions
	// Optional parts do not keep a step from being done.
	Optional bool `json:"optional"`
	// Check is the code of the check that proves a tick, or that a probe runs. A
	// tick counts until its check has come to a result; then the result does.
	Check string `json:"check"`
	// File is the name a script is saved under.
	File string `json:"file"`
	// Secret fields are sealed and never shown again.
	Secret bool `json:"secret"`
	// Choices are what a field may be set to; empty for free text.
	Choices []Choice `json:"choices"`
}

// Choice is one value of a field that offers several.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// Check is one set-up test that proves something to the administrator.
type Check struct {
	Code   string // stable: "google.delegation.chat.messages"
	Title  string // "Delegation: read and send messages"
	Needs  []string
	Writes bool // makes something in the tenant; never run unasked
	Run    func(context.Context) Finding
}

// Status is the result of a check.
type Status string

// The results of a check.
const (
	Pass    Status = "pass"
	Fail    Status = "fail"
	Waiting Status = "waiting" // right as far as we can see; the vendor has not caught up yet
	Warn    Status = "warn"    // works, but the administrator should know
	Skipped Status = "skipped" // could not be tried; Cause says why
)

// Finding is what a check found, in words for the administrator.
type Finding struct {
	Status   Status `json:"status"`
	Evidence string `json:"evidence"` // what was seen: "tokeninfo lists the scope for dana@acme.example"
	Cause    string `json:"cause"`    // why it failed
	Fix      string `json:"fix"`      // what to do
	FixURL   string `json:"fixUrl"`   // where to do it
	Raw      string `json:"raw"`      // the vendor's own words, with request id
	// Others are further causes that look the same from here, the likelier first.
	Others []Remedy `json:"others"`
	// Unrecognised: nobody has met this answer before; Raw is all that is known.
	Unrecognised bool `json:"unrecognised"`
	// SignIn: a person's sign-in was lost, and only signing in again mends it.
	SignIn bool `json:"signIn"`
}

// Remedy is a cause with what mends it.
type Remedy struct {
	Cause  string `json:"cause"`
	Fix    string `json:"fix"`
	FixURL string `json:"fixUrl"`
}
