package screens

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/app"
	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

func TestAnAdministratorsWayThroughTheWindow(t *testing.T) {
	ctx := t.Context()
	h, events := openSandbox(t, Sandbox{})
	world := h.live.trial.World

	if c := card(t, h, "google"); c.State != ui.CardNew || c.StepsTotal == 0 {
		t.Errorf("before anything: %+v", c)
	}
	if _, err := h.Import(ctx, nil); err == nil {
		t.Error("importing without a connection answered no error")
	}
	connect(t, h, "google")
	if o := must[ui.Overview](t)(h.Overview(ctx)); o.WaitingBadge != "Waiting for Microsoft Teams" {
		t.Errorf("badge: %q", o.WaitingBadge)
	}
	connect(t, h, "microsoft")
	for _, id := range []string{"google", "microsoft"} {
		c := card(t, h, id)
		if c.State != ui.CardConnected || c.Tenant != world.Tenant(id).Domains[0] || c.ChecksPassed != c.ChecksTotal || c.StepsDone != c.StepsTotal {
			t.Errorf("card after connecting: %+v", c)
		}
		for _, p := range must[[]ui.Permission](t)(h.Permissions(ctx, id)) {
			if p.Asked != (p.State == ui.FindingPass) {
				t.Errorf("%s: asked for %v, found %q", p.Scope, p.Asked, p.State)
			}
		}
	}
	importAndPlan(t, h)
	lookAtPeopleAndRooms(t, h)
	talk(t, h)
	searchLog(t, h)
	pauseAndUnlink(t, h)
	disconnect(t, h)
	for _, topic := range []ui.Topic{ui.TopicPlan, ui.TopicPeople, ui.TopicRooms, ui.TopicActivity, ui.TopicSandbox, ui.TopicStatus} {
		if events.count(topic) == 0 {
			t.Errorf("nobody was told that %s changed", topic)
		}
	}
}

func importAndPlan(t *testing.T, h *Hub) {
	t.Helper()
	ctx := t.Context()
	must[string](t)(h.Import(ctx, nil))
	if v := must[ui.PlanView](t)(h.CurrentPlan(ctx)); v.State != ui.PlanNone {
		t.Errorf("importing made a plan: %s", v.State)
	}
	must[string](t)(h.MakePlan(ctx, nil))
	v := must[ui.PlanView](t)(h.CurrentPlan(ctx))
	if v.State != ui.PlanReview || len(v.Rows) == 0 {
		t.Fatalf("first plan: %s with %d rows", v.State, len(v.Rows))
	}
	if _, err := h.ApplyPlan(ctx, v.ID, nil); err == nil {
		t.Error("a plan was applied that nobody had approved")
	}
	var ids []string
	for _, r := range v.Rows {
		ids = append(ids, r.ID)
		if r.Verb != "link-rooms" {
			continue
		}
		if list := must[[]ui.Reader](t)(h.Readers(ctx, v.ID, r.ID)); len(list) != r.Readers {
			t.Errorf("%s: %d readers, listed %d", r.Subject, r.Readers, len(list))
		}
	}
	fine(t, h.Approve(ctx, v.ID, ids, true))
	must[string](t)(h.ApplyPlan(ctx, v.ID, nil))
	v = must[ui.PlanView](t)(h.CurrentPlan(ctx))
	for _, r := range v.Rows {
		if r.State != ui.RowDone {
			t.Errorf("%s: %s: %s", r.Subject, r.State, r.Result)
		}
	}
	history := must[[]ui.PlanSummary](t)(h.PlanHistory(ctx))
	if len(history) == 0 || history[0].State != ui.PlanApplied || history[0].Actor != "dana (window)" || history[0].Done != len(ids) {
		t.Errorf("history: %+v", history)
	}
}

func lookAtPeopleAndRooms(t *testing.T, h *Hub) {
	t.Helper()
	ctx := t.Context()
	sum := must[ui.PeopleSummary](t)(h.PeopleSummary(ctx))
	if sum.Linked == 0 || len(sum.Sides) != 2 || sum.Sides[0].Imported == "" {
		t.Errorf("people: %+v", sum)
	}
	linked := must[[]ui.Person](t)(h.People(ctx, ui.PeopleQuery{State: ui.MatchLinked}))
	if len(linked) != sum.Linked {
		t.Fatalf("%d rows of %d linked people", len(linked), sum.Linked)
	}
	one := linked[0]
	if got := must[[]ui.Person](t)(h.People(ctx, ui.PeopleQuery{Search: one.Left.Address})); len(got) != 1 || got[0].ID != one.ID {
		t.Errorf("searching %s found %d rows", one.Left.Address, len(got))
	}
	fine(t, h.EnablePeople(ctx, []string{one.ID}, false))
	if got := must[[]ui.Person](t)(h.People(ctx, ui.PeopleQuery{Search: one.Left.Address})); got[0].Enabled || got[0].State != ui.MatchMatched {
		t.Errorf("disabled: %+v", got[0])
	}
	must[string](t)(h.MakePlan(ctx, nil))
	for _, r := range must[ui.PlanView](t)(h.CurrentPlan(ctx)).Rows {
		if r.Verb == "restore" {
			t.Errorf("somebody disabled by hand is proposed again: %s", r.Subject)
		}
	}
	fine(t, h.EnablePeople(ctx, []string{one.ID}, true))
	rooms := must[ui.RoomsSummary](t)(h.RoomsSummary(ctx))
	if rooms.Linked != len(h.live.trial.World.Pairs()) {
		t.Errorf("rooms: %+v of %d pairs", rooms, len(h.live.trial.World.Pairs()))
	}
	row := must[[]ui.RoomRow](t)(h.Rooms(ctx, ui.RoomQuery{State: ui.RoomLinked}))[0]
	if d := must[ui.RoomDetail](t)(h.Room(ctx, row.ID)); len(d.Members) != row.Left.Members+row.Right.Members {
		t.Errorf("%d members of %d and %d", len(d.Members), row.Left.Members, row.Right.Members)
	}
}

// talk says something in each pane and sees it in the other.
func talk(t *testing.T, h *Hub) {
	t.Helper()
	ctx := t.Context()
	eventually(t, 10*time.Second, "the engine runs", func() bool { return h.live.app.Engine() != nil && must[ui.State](t)(h.Status(ctx)).Watching })
	pair := must[ui.SandboxState](t)(h.SandboxState(ctx)).Pairs[0]
	if !pair.Linked {
		t.Fatal("no pair is linked")
	}
	sides := []string{"google", "microsoft"}
	for i, from := range sides {
		text := "The meeting moved to " + from
		pane := must[ui.Pane](t)(h.Pane(ctx, pair.ID, from))
		if len(pane.Speakers) == 0 {
			t.Fatalf("nobody can speak in %s", pane.Room)
		}
		must[string](t)(h.Say(ctx, pair.ID, from, pane.Speakers[0].ID, "", text))
		eventually(t, 10*time.Second, "“"+text+"” arrived", func() bool {
			for _, m := range must[ui.Pane](t)(h.Pane(ctx, pair.ID, sides[1-i])).Messages {
				if m.Carried && strings.Contains(m.Text, text) && !strings.Contains(m.Text, "<") {
					return true
				}
			}
			return false
		})
	}
	eventually(t, 5*time.Second, "nothing waits", func() bool { return must[ui.State](t)(h.Status(ctx)).Waiting == 0 })
	carried := 0
	for _, r := range must[[]ui.RoomRow](t)(h.Rooms(ctx, ui.RoomQuery{})) {
		carried += r.Carried
	}
	if carried != 2 {
		t.Errorf("%d messages carried, said 2", carried)
	}
}

func searchLog(t *testing.T, h *Hub) {
	t.Helper()
	ctx := t.Context()
	size := must[ui.LogSize](t)(h.LogSize(ctx))
	seen := 0
	for q := (ui.LogQuery{Limit: 7}); ; {
		page := must[ui.LogPage](t)(h.SearchLog(ctx, q))
		seen += len(page.Rows)
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if seen < size.Entries || size.Since == "" {
		t.Errorf("%d entries on pages, the log has %+v", seen, size)
	}
	page := must[ui.LogPage](t)(h.SearchLog(ctx, ui.LogQuery{Text: "connected", Platform: "google", Levels: []ui.Level{ui.LevelInfo}, Limit: 10}))
	if len(page.Rows) == 0 {
		t.Fatal("that Google was connected is not in the log")
	}
	if d := must[ui.LogDetail](t)(h.LogEntry(ctx, page.Rows[0].ID)); d.Actor != "dana (window)" || d.Support == "" {
		t.Errorf("entry: %+v", d)
	}
	bars := must[[]ui.Bucket](t)(h.LogHistogram(ctx, ui.LogQuery{Platform: "google"}, 10))
	sum := 0
	for _, b := range bars {
		sum += b.Count
	}
	if sum == 0 || len(bars) != 10 {
		t.Errorf("histogram of %d entries in %d bars", sum, len(bars))
	}
	var out bytes.Buffer
	must[string](t)(h.ExportLog(ctx, ui.LogQuery{}, "json", &out, nil))
	if lines := strings.Count(out.String(), "\n"); lines < size.Entries {
		t.Errorf("%d lines of %d entries exported", lines, size.Entries)
	}
}

func pauseAndUnlink(t *testing.T, h *Hub) {
	t.Helper()
	ctx := t.Context()
	row := must[[]ui.RoomRow](t)(h.Rooms(ctx, ui.RoomQuery{State: ui.RoomLinked}))[0]
	fine(t, h.PauseRoom(ctx, row.ID, true))
	if got := must[ui.RoomDetail](t)(h.Room(ctx, row.ID)); got.Row.State != ui.RoomPaused {
		t.Errorf("paused: %+v", got.Row)
	}
	fine(t, h.PauseRoom(ctx, row.ID, false))
	fine(t, h.UnlinkRoom(ctx, row.ID))
	must[string](t)(h.MakePlan(ctx, nil))
	if proposed(t, h, row) {
		t.Error("what was unlinked is proposed again by itself")
	}
	fine(t, h.ProposeLink(ctx, row.Left.ID, row.Right.ID))
	if !proposed(t, h, row) {
		t.Error("a proposed link is not in the plan")
	}
	if got := must[ui.RoomDetail](t)(h.Room(ctx, row.ID)); !got.Row.InPlan || got.Row.State != ui.RoomSuggested {
		t.Errorf("proposed: %+v", got.Row)
	}
}

func TestNothingIsLostOrDoubledWhileFaultsAreOn(t *testing.T) {
	ctx := t.Context()
	h, _ := openSandbox(t, Sandbox{})
	connect(t, h, "google")
	connect(t, h, "microsoft")
	importAndPlan(t, h)
	eventually(t, 10*time.Second, "the engine runs", func() bool { return h.live.app.Engine() != nil })
	pair := must[ui.SandboxState](t)(h.SandboxState(ctx)).Pairs[0]
	speaker := must[ui.Pane](t)(h.Pane(ctx, pair.ID, "google")).Speakers[0].ID
	for _, fault := range []string{"graph-429", "graph-503", "graph-dropped"} {
		fine(t, h.SetFault(ctx, fault, true))
		must[string](t)(h.Say(ctx, pair.ID, "google", speaker, "", "During "+fault))
		eventually(t, 5*time.Second, "it is on its way", func() bool { return must[ui.State](t)(h.Status(ctx)).Waiting > 0 })
		fine(t, h.SetFault(ctx, fault, false))
		eventually(t, 20*time.Second, "it arrived after "+fault, func() bool { return arrived(t, h, pair.ID, fault) > 0 && must[ui.State](t)(h.Status(ctx)).Waiting == 0 })
		if n := arrived(t, h, pair.ID, fault); n != 1 {
			t.Errorf("said once during %s, stands %d times", fault, n)
		}
	}
}

func arrived(t *testing.T, h *Hub, pair, text string) int {
	t.Helper()
	n := 0
	for _, m := range must[ui.Pane](t)(h.Pane(t.Context(), pair, "microsoft")).Messages {
		if strings.Contains(m.Text, "During "+text) {
			n++
		}
	}
	return n
}

func proposed(t *testing.T, h *Hub, row ui.RoomRow) bool {
	t.Helper()
	for _, r := range must[ui.PlanView](t)(h.CurrentPlan(t.Context())).Rows {
		if r.Verb == "link-rooms" && strings.Contains(r.Subject, row.Left.Name) {
			return true
		}
	}
	return false
}

func disconnect(t *testing.T, h *Hub) {
	t.Helper()
	ctx := t.Context()
	preview := must[ui.DisconnectPreview](t)(h.DisconnectPreview(ctx, "google"))
	linked := must[ui.PeopleSummary](t)(h.PeopleSummary(ctx)).Linked
	if preview.People != linked || preview.Rooms != must[ui.RoomsSummary](t)(h.RoomsSummary(ctx)).Linked || len(preview.Stays) == 0 {
		t.Errorf("preview: %+v, %d people are linked", preview, linked)
	}
	for _, o := range preview.Stays {
		if o.What == "" || !strings.HasPrefix(o.URL, "http") {
			t.Errorf("what stays is announced without the page that removes it: %+v", o)
		}
	}
	must[string](t)(h.Disconnect(ctx, "google", ui.DisconnectChoice{KeepLinksDays: 30}, nil))
	if c := card(t, h, "google"); c.State != ui.CardNew {
		t.Errorf("card after disconnecting: %s %s", c.State, c.StateText)
	}
	if left := must[[]ui.Leftover](t)(h.Leftovers(ctx, "google")); !slices.Equal(left, preview.Stays) {
		t.Errorf("what stays is %+v, announced was %+v", left, preview.Stays)
	}
	if s := must[ui.PeopleSummary](t)(h.PeopleSummary(ctx)); s.Linked != 0 {
		t.Errorf("%d people are still enabled", s.Linked)
	}
	if must[ui.State](t)(h.Status(ctx)).Watching {
		t.Error("the engine still runs")
	}
	eraseLater(t, h)
	connect(t, h, "google")
	must[string](t)(h.Import(ctx, nil))
	if s := must[ui.PeopleSummary](t)(h.PeopleSummary(ctx)); s.Linked != 0 {
		t.Errorf("a later Connect enabled %d people by itself", s.Linked)
	}
	must[string](t)(h.MakePlan(ctx, nil))
	counts := map[string]int{}
	for _, r := range must[ui.PlanView](t)(h.CurrentPlan(ctx)).Rows {
		counts[r.Verb]++
	}
	if counts["restore"] != linked || counts["link-rooms"] == 0 {
		t.Errorf("a later Connect offers %v for %d people", counts, linked)
	}
	forget(t, h)
}

// eraseLater erases what was imported from a platform that was disconnected
// without that, and from no other.
func eraseLater(t *testing.T, h *Hub) {
	t.Helper()
	ctx := t.Context()
	before := card(t, h, "google")
	if before.People == 0 || before.Rooms == 0 {
		t.Fatalf("card after disconnecting: %+v", before)
	}
	if err := h.EraseDirectory(ctx, "microsoft"); !errors.Is(err, app.ErrConnected) {
		t.Errorf("a directory in use was erased: %v", err)
	}
	if err := h.EraseDirectory(ctx, "google"); err != nil {
		t.Fatal(err)
	}
	if c := card(t, h, "google"); c.People != 0 || c.Rooms != 0 {
		t.Errorf("card after erasing: %+v", c)
	}
	if card(t, h, "microsoft").People == 0 {
		t.Error("the other platform's directory is gone too")
	}
	want := fmt.Sprintf("%d people and %d spaces.", before.People, before.Rooms)
	rows := must[[]store.LogRow](t)(h.live.app.Log.Search(ctx, store.LogQuery{Code: "platform.directory-erased"}))
	if len(rows) != 1 || !strings.HasSuffix(rows[0].Text, want) {
		t.Errorf("logged %+v, want one row that says %q", rows, want)
	}
}

// forget disconnects the other platform and keeps nothing of it.
func forget(t *testing.T, h *Hub) {
	t.Helper()
	ctx := t.Context()
	must[string](t)(h.Disconnect(ctx, "microsoft", ui.DisconnectChoice{EraseDirectory: true}, nil))
	if c := card(t, h, "microsoft"); c.State != ui.CardNew || c.Tenant != "" || c.People != 0 || c.Imported {
		t.Errorf("card after forgetting: %+v", c)
	}
	if links := must[[]store.PersonLink](t)(h.live.app.Store.PersonLinks(ctx)); len(links) != 0 {
		t.Errorf("%d links are kept", len(links))
	}
	if size := must[ui.LogSize](t)(h.LogSize(ctx)); size.Entries == 0 {
		t.Error("the log is gone")
	}
	connect(t, h, "microsoft")
}

func TestPreferencesAreKeptAndBounded(t *testing.T) {
	ctx := t.Context()
	h, _ := openSandbox(t, Sandbox{})
	p := must[ui.Preferences](t)(h.Preferences(ctx))
	if len(p.Looks) != 2 || p.Looks[0].RoomMinSeconds < 1 || p.Looks[0].Rule == "" {
		t.Errorf("looks: %+v", p.Looks)
	}
	p.Theme, p.LogDays, p.Looks[0].DirectoryMinutes, p.Looks[1].RoomMaxSeconds, p.Safety.MaxDisable = "dark", 30, 60, 240, 3
	p.Auto[0].On = false
	fine(t, h.SetPreferences(ctx, p))
	got := must[ui.Preferences](t)(h.Preferences(ctx))
	if got.Theme != "dark" || got.LogDays != 30 || got.Looks[0].DirectoryMinutes != 60 || got.Looks[1].RoomMaxSeconds != 240 || got.Safety.MaxDisable != 3 || got.Auto[0].On {
		t.Errorf("kept: %+v", got)
	}
	p.Looks[1].RoomMaxSeconds = 0
	if err := h.SetPreferences(ctx, p); err == nil || !strings.Contains(err.Error(), "Quiet room") {
		t.Errorf("an impossible interval: %v", err)
	}
	if s := must[ui.Storage](t)(h.Storage(ctx)); s.Protector != "memory" || s.Bytes == 0 || !strings.HasPrefix(s.Database, s.DataDir) {
		t.Errorf("storage: %+v", s)
	}
}

func TestExportsMakeANewWorldAndTouchNothingElse(t *testing.T) {
	ctx := t.Context()
	h, _ := openSandbox(t, Sandbox{})
	dir := t.TempDir()
	google, microsoft := filepath.Join(dir, "google.csv"), filepath.Join(dir, "entra.csv")
	fine(t, os.WriteFile(google, []byte("First Name [Required],Last Name [Required],Email Address [Required]\nAna,Ortiz,ana@acme.example\nBad,Row,\n"), 0o600))
	fine(t, os.WriteFile(microsoft, []byte("userPrincipalName,displayName,mail\nana@acme.example,Ana Ortiz,ana@acme.example\n"), 0o600))
	before := h.live
	report := must[ui.ExportReport](t)(h.UseExports(ctx, ui.Exports{GoogleCSV: google, MicrosoftCSV: microsoft}, nil))
	if report.Used != 2 || len(report.LeftOut) != 1 || report.LeftOut[0].File != "google.csv" || report.LeftOut[0].Line != 3 {
		t.Errorf("report: %+v", report)
	}
	if h.live == before {
		t.Fatal("the World is still the same")
	}
	if _, err := os.Stat(before.trial.dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("the former World's database is still there")
	}
	if _, ok := h.live.trial.World.Tenant("google").Account("ana@acme.example"); !ok {
		t.Error("the new World has nobody of the file")
	}
	if _, err := h.UseExports(ctx, ui.Exports{GoogleCSV: microsoft, MicrosoftCSV: google}, nil); err == nil {
		t.Error("swapped files were taken")
	}
	must[ui.SandboxState](t)(h.SandboxState(ctx))
}

func TestFaultsAreSwitched(t *testing.T) {
	ctx := t.Context()
	h, _ := openSandbox(t, Sandbox{})
	for _, f := range must[ui.SandboxState](t)(h.SandboxState(ctx)).Faults {
		fine(t, h.SetFault(ctx, f.ID, true))
	}
	for _, f := range must[ui.SandboxState](t)(h.SandboxState(ctx)).Faults {
		if !f.On {
			t.Errorf("%s is not on", f.Title)
		}
		fine(t, h.SetFault(ctx, f.ID, false))
	}
	if left := h.live.trial.World.Faults.List(); len(left) != 0 {
		t.Errorf("%d faults are left on", len(left))
	}
	if err := h.SetFault(ctx, "none", true); err == nil {
		t.Error("an unknown fault was switched on")
	}
}

func TestPagesAreWrittenDownForATestsBrowserOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pages")
	t.Setenv(openLogVariable, path)
	h, _ := openSandbox(t, Sandbox{})
	fine(t, h.Shell(nil).OpenURL("http://127.0.0.1/a"))
	fine(t, h.Shell(nil).OpenURL("http://127.0.0.1/b"))
	if b := must[[]byte](t)(os.ReadFile(path)); string(b) != "http://127.0.0.1/a\nhttp://127.0.0.1/b\n" {
		t.Errorf("written: %q", b)
	}
	real := &Hub{}
	if real.Shell(nil) != nil {
		t.Error("the window of a real hub writes pages down")
	}
}

func TestIdsOfRowsComeBack(t *testing.T) {
	l := platforms.Ref{Platform: "google", Tenant: "C0~1", ID: "spaces/A%~|B"}
	r := platforms.Ref{Platform: "microsoft", Tenant: "t", ID: "team/19:x@thread.tacv2"}
	if gl, gr := pairOf(pairID(l, r)); gl != l || gr != r {
		t.Errorf("came back as %v and %v", gl, gr)
	}
	if gl, gr := pairOf(pairID(l, platforms.Ref{})); gl != l || !gr.IsZero() {
		t.Errorf("came back as %v and %v", gl, gr)
	}
}
