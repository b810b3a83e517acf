package ui

import (
	"context"
	"io"
	"sync"
)

// emptyHub answers every question with nothing, as a hub that was just made may.
// Act blocks until it is cancelled when block is set.
type emptyHub struct {
	block   chan struct{}
	actErr  error
	applied int
}

func (h *emptyHub) Status(context.Context) (State, error)                   { return State{}, nil }
func (h *emptyHub) Cards(context.Context) ([]Card, error)                   { return []Card{{}}, nil }
func (h *emptyHub) Overview(context.Context) (Overview, error)              { return Overview{}, nil }
func (h *emptyHub) Checks(context.Context, string) ([]CheckRow, error)      { return nil, nil }
func (h *emptyHub) PermissionsText(context.Context, string) (string, error) { return "everything", nil }
func (h *emptyHub) Leftovers(context.Context, string) ([]Leftover, error)   { return nil, nil }
func (h *emptyHub) CheckNow(context.Context, string, Progress) (string, error) {
	return "done", nil
}

func (h *emptyHub) Permissions(context.Context, string) ([]Permission, error) {
	return []Permission{{}}, nil
}

func (h *emptyHub) Features(context.Context, string) ([]Feature, error) { return nil, nil }
func (h *emptyHub) CheckHistory(context.Context, string, string) ([]CheckSpan, error) {
	return nil, nil
}
func (h *emptyHub) Noticing(context.Context, string) (Noticing, error) { return Noticing{}, nil }
func (h *emptyHub) SetNoticing(context.Context, string, string) error  { return nil }

func (h *emptyHub) Revoked(context.Context, string) error { return nil }

func (h *emptyHub) PreviewFeature(context.Context, string, string, bool) (FeaturePreview, error) {
	return FeaturePreview{}, nil
}

func (h *emptyHub) SetFeature(context.Context, string, string, bool) (string, error) {
	return "", nil
}

func (h *emptyHub) Revocable(context.Context, string) ([]Permission, error) {
	return []Permission{{}}, nil
}

func (h *emptyHub) Probe(context.Context, string, string, Progress) (string, error) {
	return "done", nil
}

func (h *emptyHub) EraseDirectory(context.Context, string) error { return nil }

func (h *emptyHub) DisconnectPreview(context.Context, string) (DisconnectPreview, error) {
	return DisconnectPreview{}, nil
}

func (h *emptyHub) Disconnect(context.Context, string, DisconnectChoice, Progress) (string, error) {
	return "done", nil
}

func (h *emptyHub) Wizard(context.Context, string) (Wizard, error) {
	return Wizard{Steps: []Step{{Parts: []Part{{}}}}}, nil
}
func (h *emptyHub) Tick(context.Context, string, string, bool) error       { return nil }
func (h *emptyHub) SetField(context.Context, string, string, string) error { return nil }
func (h *emptyHub) Open(context.Context, string, string) error             { return nil }
func (h *emptyHub) PutFile(context.Context, string, string, string, string) (string, error) {
	return "a client file", nil
}

func (h *emptyHub) Act(ctx context.Context, _, _ string, open func(string) error, progress Progress) (string, error) {
	progress(1, 2, "half way")
	if h.block != nil {
		close(h.block)
		<-ctx.Done()
		return "", ctx.Err()
	}
	return "signed in", h.actErr
}

func (h *emptyHub) Verify(context.Context, string, string, Progress) (string, error) {
	return "done", nil
}

func (h *emptyHub) PeopleSummary(context.Context) (PeopleSummary, error) {
	return PeopleSummary{}, nil
}

func (h *emptyHub) People(context.Context, PeopleQuery) ([]Person, error) {
	return []Person{{}}, nil
}
func (h *emptyHub) Import(context.Context, Progress) (string, error)          { return "done", nil }
func (h *emptyHub) EnablePeople(context.Context, []string, bool) error        { return nil }
func (h *emptyHub) DecidePeople(context.Context, []string, bool) error        { return nil }
func (h *emptyHub) RoomsSummary(context.Context) (RoomsSummary, error)        { return RoomsSummary{}, nil }
func (h *emptyHub) Rooms(context.Context, RoomQuery) ([]RoomRow, error)       { return nil, nil }
func (h *emptyHub) Room(context.Context, string) (RoomDetail, error)          { return RoomDetail{}, nil }
func (h *emptyHub) PauseRoom(context.Context, string, bool) error             { return nil }
func (h *emptyHub) UnlinkRoom(context.Context, string) error                  { return nil }
func (h *emptyHub) ProposeLink(context.Context, string, string) error         { return nil }
func (h *emptyHub) MakePlan(context.Context, Progress) (string, error)        { return "done", nil }
func (h *emptyHub) PlanByID(context.Context, string) (PlanView, error)        { return PlanView{}, nil }
func (h *emptyHub) Approve(context.Context, string, []string, bool) error     { return nil }
func (h *emptyHub) Readers(context.Context, string, string) ([]Reader, error) { return nil, nil }
func (h *emptyHub) PlanHistory(context.Context) ([]PlanSummary, error)        { return nil, nil }
func (h *emptyHub) SearchLog(context.Context, LogQuery) (LogPage, error)      { return LogPage{}, nil }
func (h *emptyHub) LogEntry(context.Context, string) (LogDetail, error)       { return LogDetail{}, nil }
func (h *emptyHub) LogSize(context.Context) (LogSize, error)                  { return LogSize{}, nil }
func (h *emptyHub) Preferences(context.Context) (Preferences, error)          { return Preferences{}, nil }
func (h *emptyHub) SetPreferences(context.Context, Preferences) error         { return nil }
func (h *emptyHub) Storage(context.Context) (Storage, error)                  { return Storage{}, nil }
func (h *emptyHub) SandboxState(context.Context) (SandboxState, error)        { return SandboxState{}, nil }
func (h *emptyHub) Pane(context.Context, string, string) (Pane, error)        { return Pane{}, nil }
func (h *emptyHub) SetFault(context.Context, string, bool) error              { return nil }
func (h *emptyHub) Sandbox() SandboxHub                                       { return h }

func (h *emptyHub) RoomChoices(context.Context, string, string) ([]RoomSide, error) {
	return nil, nil
}

func (h *emptyHub) CurrentPlan(context.Context) (PlanView, error) {
	return PlanView{Rows: []PlanRow{{}}}, nil
}

func (h *emptyHub) ApplyPlan(context.Context, string, Progress) (string, error) {
	h.applied++
	return "done", nil
}

func (h *emptyHub) LogHistogram(context.Context, LogQuery, int) ([]Bucket, error) { return nil, nil }

func (h *emptyHub) ExportLog(_ context.Context, _ LogQuery, _ string, to io.Writer, _ Progress) (string, error) {
	_, err := io.WriteString(to, "time,what\n")
	return "1 entry written", err
}

func (h *emptyHub) Say(context.Context, string, string, string, string, string) (string, error) {
	return "id", nil
}

func (h *emptyHub) UseExports(context.Context, Exports, Progress) (ExportReport, error) {
	return ExportReport{Used: 2, LeftOut: []LeftOut{{Line: 3, Reason: "no address"}}}, nil
}

// topics remembers what was emitted.
type topics struct {
	mu   sync.Mutex
	seen map[string]int
}

func (t *topics) Emit(topic string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil {
		t.seen = map[string]int{}
	}
	t.seen[topic]++
}

func (t *topics) count(topic Topic) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen[string(topic)]
}

// desk is a Shell whose choosers answer fixed paths.
type desk struct {
	open, save string
	pages      []string
}

func (d *desk) OpenFile(string, ...FileKind) (string, error)         { return d.open, nil }
func (d *desk) SaveFile(string, string, ...FileKind) (string, error) { return d.save, nil }

func (d *desk) OpenURL(page string) error {
	d.pages = append(d.pages, page)
	return nil
}

func (h *emptyHub) AccountOptions(context.Context, string) (AccountOptions, error) {
	return AccountOptions{}, nil
}

func (h *emptyHub) PreviewAccounts(context.Context, []string, AccountChoice) ([]AccountPreview, error) {
	return []AccountPreview{{}}, nil
}

func (h *emptyHub) ProposeAccounts(context.Context, []string, AccountChoice) error { return nil }

func (h *emptyHub) ScopeOptions(context.Context, string) (ScopeOptions, error) {
	return ScopeOptions{}, nil
}

func (h *emptyHub) PreviewScope(context.Context, string, ScopeChoice) (ScopePreview, error) {
	return ScopePreview{}, nil
}

func (h *emptyHub) SetScope(context.Context, string, ScopeChoice) error { return nil }
