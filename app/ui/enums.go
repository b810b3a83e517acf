package ui

// CardState is the state of a platform's card.
type CardState string

// The states of a card.
const (
	CardNew       CardState = "new"       // nothing set up yet
	CardSetup     CardState = "setup"     // the wizard was begun and left
	CardConnected CardState = "connected" // everything required works
	CardProblem   CardState = "problem"   // connected, but something must be mended
	CardSignIn    CardState = "signin"    // the grant is gone: authorize again
)

// StepState is the state of a wizard's step or of one of its parts.
type StepState string

// The states of a step.
const (
	StepTodo    StepState = "todo"
	StepDone    StepState = "done"
	StepTicked  StepState = "ticked"  // confirmed by a person, not verified yet
	StepWaiting StepState = "waiting" // right as far as can be seen; the vendor has not caught up
	StepFailed  StepState = "failed"
)

// FindingState is the result of a check.
type FindingState string

// The results of a check, as platforms.Status has them, and "" for not run yet.
const (
	FindingNone    FindingState = ""
	FindingPass    FindingState = "pass"
	FindingFail    FindingState = "fail"
	FindingWaiting FindingState = "waiting"
	FindingWarn    FindingState = "warn"
	FindingSkipped FindingState = "skipped"
)

// JobState is the state of something that takes a while.
type JobState string

// The states of a job.
const (
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

// MatchState is how far two accounts are the same person.
type MatchState string

// The states of a match.
const (
	MatchLinked    MatchState = "linked"    // matched and enabled: messages appear in their name
	MatchMatched   MatchState = "matched"   // matched by a rule, not enabled
	MatchSuggested MatchState = "suggested" // somebody must confirm
	MatchConflict  MatchState = "conflict"  // several candidates
	MatchUnmatched MatchState = "unmatched" // an account on one side only
	MatchSuspended MatchState = "suspended" // suspended, disabled or deleted at the source
)

// RoomState is the state of a row on Spaces & channels.
type RoomState string

// The states of a pair of rooms, or of a room alone.
const (
	RoomLinked     RoomState = "linked"
	RoomPaused     RoomState = "paused"
	RoomSuggested  RoomState = "suggested"
	RoomUnlinked   RoomState = "unlinked"
	RoomUnlinkable RoomState = "unlinkable"
)

// PlanState is the state of a plan.
type PlanState string

// The states of a plan.
const (
	PlanNone      PlanState = "none"      // no plan was made yet
	PlanEmpty     PlanState = "empty"     // nothing to change
	PlanReview    PlanState = "review"    // waits for somebody to approve
	PlanHeld      PlanState = "held"      // beyond a safety threshold
	PlanApplying  PlanState = "applying"  // being applied
	PlanApplied   PlanState = "applied"   // every approved row was tried
	PlanDiscarded PlanState = "discarded" // replaced by a later one
)

// RowState is the state of one action of a plan.
type RowState string

// The states of an action.
const (
	RowProposed RowState = "proposed"
	RowApproved RowState = "approved"
	RowDone     RowState = "done"
	RowFailed   RowState = "failed"
	RowStale    RowState = "stale" // what it would change has changed meanwhile; skipped
	RowUndone   RowState = "undone"
)

// Risk grades an action.
type Risk string

// The grades of risk.
const (
	RiskLow    Risk = "low"
	RiskMedium Risk = "medium"
	RiskHigh   Risk = "high"
)

// Level grades a log entry.
type Level string

// The levels of the log.
const (
	LevelInfo    Level = "info"    // it worked
	LevelSlow    Level = "slow"    // it worked after a wait or another try
	LevelWarning Level = "warning" // it worked in part, or will need somebody soon
	LevelProblem Level = "problem" // it did not work
)

// Enum is one row of a table from which the window's enumerations are generated.
type Enum[T ~string] struct {
	Value  T
	TSName string
}

// Enums lists the enumerations for the window's generated types.
func Enums() []any {
	return []any{
		[]Enum[CardState]{{CardNew, "New"}, {CardSetup, "Setup"}, {CardConnected, "Connected"}, {CardProblem, "Problem"}, {CardSignIn, "SignIn"}},
		[]Enum[StepState]{{StepTodo, "Todo"}, {StepDone, "Done"}, {StepTicked, "Ticked"}, {StepWaiting, "Waiting"}, {StepFailed, "Failed"}},
		[]Enum[FindingState]{{FindingNone, "None"}, {FindingPass, "Pass"}, {FindingFail, "Fail"}, {FindingWaiting, "Waiting"}, {FindingWarn, "Warn"}, {FindingSkipped, "Skipped"}},
		[]Enum[JobState]{{JobRunning, "Running"}, {JobDone, "Done"}, {JobFailed, "Failed"}, {JobCancelled, "Cancelled"}},
		[]Enum[MatchState]{{MatchLinked, "Linked"}, {MatchMatched, "Matched"}, {MatchSuggested, "Suggested"}, {MatchConflict, "Conflict"}, {MatchUnmatched, "Unmatched"}, {MatchSuspended, "Suspended"}},
		[]Enum[RoomState]{{RoomLinked, "Linked"}, {RoomPaused, "Paused"}, {RoomSuggested, "Suggested"}, {RoomUnlinked, "Unlinked"}, {RoomUnlinkable, "Unlinkable"}},
		[]Enum[PlanState]{{PlanNone, "None"}, {PlanEmpty, "Empty"}, {PlanReview, "Review"}, {PlanHeld, "Held"}, {PlanApplying, "Applying"}, {PlanApplied, "Applied"}, {PlanDiscarded, "Discarded"}},
		[]Enum[RowState]{{RowProposed, "Proposed"}, {RowApproved, "Approved"}, {RowDone, "Done"}, {RowFailed, "Failed"}, {RowStale, "Stale"}, {RowUndone, "Undone"}},
		[]Enum[Risk]{{RiskLow, "Low"}, {RiskMedium, "Medium"}, {RiskHigh, "High"}},
		[]Enum[Level]{{LevelInfo, "Info"}, {LevelSlow, "Slow"}, {LevelWarning, "Warning"}, {LevelProblem, "Problem"}},
		[]Enum[PartKind]{{PartText, "Text"}, {PartLink, "Link"}, {PartCopy, "Copy"}, {PartField, "Field"}, {PartFile, "File"}, {PartTick, "Tick"}, {PartAction, "Action"}, {PartVerify, "Verify"}, {PartScopes, "Scopes"}, {PartScript, "Script"}, {PartProbe, "Probe"}},
	}
}
