package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
)

func open(t *testing.T, hub Hub) (*Screens, *topics, *desk) {
	t.Helper()
	events, shell := &topics{}, &desk{}
	s := New(t.Context(), hub, events, shell, About{Version: "test"})
	t.Cleanup(s.Close)
	return s, events, shell
}

// ended waits until a job has ended and answers it.
func ended(t *testing.T, s *Screens, id string) Job {
	t.Helper()
	for range 500 {
		list, err := s.Jobs.List()
		if err != nil {
			t.Fatal(err)
		}
		for _, job := range list {
			if job.ID == id && job.State != JobRunning {
				return job
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatalf("%s has not ended", id)
	return Job{}
}

func TestNoAnswerHoldsNullWhereTheWindowExpectsAList(t *testing.T) {
	s, _, _ := open(t, &emptyHub{})
	calls := 0
	for _, screen := range s.Bind() {
		v := reflect.ValueOf(screen)
		for i := range v.NumMethod() {
			m := v.Method(i)
			if m.Type().NumOut() != 2 {
				continue
			}
			args := make([]reflect.Value, m.Type().NumIn())
			for k := range args {
				args[k] = reflect.Zero(m.Type().In(k))
			}
			out := m.Call(args)
			text, err := json.Marshal(out[0].Interface())
			if err != nil {
				t.Fatal(err)
			}
			calls++
			// A job that did not fail has no problem; that is no list.
			if strings.Contains(strings.ReplaceAll(string(text), `"problem":null`, ""), "null") {
				t.Errorf("%s.%s answers %s", v.Type(), v.Type().Method(i).Name, text)
			}
		}
	}
	if calls < 35 {
		t.Errorf("only %d methods were tried", calls)
	}
}

func TestAnActionEndsWithItsText(t *testing.T) {
	s, events, _ := open(t, &emptyHub{})
	id, err := s.Setup.Act("google", "authorize")
	if err != nil {
		t.Fatal(err)
	}
	job := ended(t, s, id)
	if job.State != JobDone || job.Note != "signed in" || job.Subject != "google/authorize" {
		t.Errorf("job = %+v", job)
	}
	s.Close()
	for _, topic := range []Topic{TopicSetup, TopicPlatforms, TopicJobs, TopicStatus} {
		if events.count(topic) == 0 {
			t.Errorf("nobody was told that %s changed", topic)
		}
	}
}

func TestAFailedJobKeepsWhatTheVendorSaid(t *testing.T) {
	vendor := &platforms.Error{Kind: platforms.SlowDown, Op: "google: list users", Code: "userRateLimitExceeded", Status: 429, RequestID: "r-1", RetryAfter: 90 * time.Second}
	s, _, _ := open(t, &emptyHub{actErr: fmt.Errorf("sign in: %w", vendor)})
	id, err := s.Setup.Act("google", "authorize")
	if err != nil {
		t.Fatal(err)
	}
	job := ended(t, s, id)
	if job.State != JobFailed || job.Problem == nil {
		t.Fatalf("job = %+v", job)
	}
	p := *job.Problem
	if p.Code != "userRateLimitExceeded" || p.Status != 429 || p.RequestID != "r-1" || p.RetryIn != 90 || p.Kind != "slow-down" || p.Advice == "" {
		t.Errorf("problem = %+v", p)
	}
}

func TestACancelledJobIsNoFailure(t *testing.T) {
	hub := &emptyHub{block: make(chan struct{})}
	s, _, _ := open(t, hub)
	id, err := s.Setup.Act("google", "authorize")
	if err != nil {
		t.Fatal(err)
	}
	<-hub.block
	if err := s.Jobs.Cancel(id); err != nil {
		t.Fatal(err)
	}
	if job := ended(t, s, id); job.State != JobCancelled || job.Problem != nil {
		t.Errorf("job = %+v", job)
	}
}

func TestPressingAButtonTwiceStartsOneJob(t *testing.T) {
	hub := &emptyHub{block: make(chan struct{})}
	s, _, _ := open(t, hub)
	first, err := s.Setup.Act("google", "authorize")
	if err != nil {
		t.Fatal(err)
	}
	<-hub.block
	second, err := s.Setup.Act("google", "authorize")
	if err != nil || first != second {
		t.Errorf("second = %q, %v; first = %q", second, err, first)
	}
}

func TestClosingWaitsForWhatRuns(t *testing.T) {
	hub := &emptyHub{block: make(chan struct{})}
	s := New(context.Background(), hub, &topics{}, &desk{}, About{})
	id, err := s.Setup.Act("google", "authorize")
	if err != nil {
		t.Fatal(err)
	}
	<-hub.block
	s.Close()
	list, _ := s.Jobs.List()
	if len(list) != 1 || list[0].ID != id || list[0].State != JobCancelled {
		t.Errorf("jobs = %+v", list)
	}
	if _, err := s.People.Import(); !errors.Is(err, context.Canceled) {
		t.Errorf("a job was started after closing: %v", err)
	}
}

func TestFinishedJobsAreForgottenInTime(t *testing.T) {
	s, _, _ := open(t, &emptyHub{})
	for i := range 3 * keptJobs {
		id, err := s.Plan.Apply(fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		ended(t, s, id)
	}
	if list, _ := s.Jobs.List(); len(list) > keptJobs {
		t.Errorf("%d jobs are kept", len(list))
	}
}

func TestAFileTooLargeIsNotRead(t *testing.T) {
	s, _, shell := open(t, &emptyHub{})
	shell.open = filepath.Join(t.TempDir(), "movie.json")
	if err := os.WriteFile(shell.open, make([]byte, largestFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Setup.ChooseFile("google", "client"); err == nil {
		t.Error("it was read")
	}
	if _, err := s.Setup.PutFile("google", "client", "movie.json", strings.Repeat("x", largestFile+1)); err == nil {
		t.Error("it was taken")
	}
	shell.open = ""
	if said, err := s.Setup.ChooseFile("google", "client"); said != "" || err != nil {
		t.Errorf("closing the chooser answers %q, %v", said, err)
	}
}

func TestAnExportIsWrittenForItsOwnerOnly(t *testing.T) {
	s, _, shell := open(t, &emptyHub{})
	shell.save = filepath.Join(t.TempDir(), "log.csv")
	id, err := s.Activity.Export(LogQuery{}, "csv")
	if err != nil {
		t.Fatal(err)
	}
	if job := ended(t, s, id); job.State != JobDone {
		t.Fatalf("job = %+v", job)
	}
	text, err := os.ReadFile(shell.save)
	if err != nil || string(text) != "time,what\n" {
		t.Errorf("wrote %q, %v", text, err)
	}
	info, err := os.Stat(shell.save)
	if err != nil {
		t.Fatal(err)
	}
	if os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v", info.Mode())
	}
}

func TestTheSandboxScreenSaysWhenThereIsNone(t *testing.T) {
	s := &Sandbox{}
	if _, err := s.State(); !errors.Is(err, ErrNoSandbox) {
		t.Errorf("state: %v", err)
	}
	if _, err := s.UseExports(Exports{}); !errors.Is(err, ErrNoSandbox) {
		t.Errorf("exports: %v", err)
	}
}

func TestEveryKindOfErrorHasAdvice(t *testing.T) {
	seen := map[string]platforms.Kind{}
	for _, kind := range []platforms.Kind{platforms.SignInAgain, platforms.Forbidden, platforms.NotFound, platforms.Conflict, platforms.Invalid, platforms.Unsupported, platforms.SlowDown, platforms.TryLater, platforms.Uncertain, platforms.Internal} {
		p := Explain(&platforms.Error{Kind: kind, Op: "test"})
		if other, ok := seen[p.Advice]; ok || p.Advice == "" {
			t.Errorf("%s has the advice of %s: %q", kind, other, p.Advice)
		}
		seen[p.Advice] = kind
	}
}

func TestTheWindowsEnumerationsFollowTheContract(t *testing.T) {
	for _, kind := range []platforms.PartKind{platforms.PartText, platforms.PartLink, platforms.PartCopy, platforms.PartField, platforms.PartFile, platforms.PartTick, platforms.PartAction, platforms.PartVerify, platforms.PartScopes, platforms.PartScript, platforms.PartProbe} {
		if !listed(PartKind(kind)) {
			t.Errorf("the window cannot draw a part of kind %q", kind)
		}
	}
	for _, status := range []platforms.Status{platforms.Pass, platforms.Fail, platforms.Waiting, platforms.Warn, platforms.Skipped} {
		if !listed(FindingState(status)) {
			t.Errorf("the window cannot show the finding %q", status)
		}
	}
}

func listed[T ~string](value T) bool {
	for _, table := range Enums() {
		rows, ok := table.([]Enum[T])
		for i := range rows {
			if ok && rows[i].Value == value {
				return true
			}
		}
	}
	return false
}

func TestAScriptIsSavedAsItIsShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "make.sh")
	hub := &scriptHub{text: "set -e\necho one\n"}
	s, _, d := open(t, hub)
	d.save = path
	if saved, err := s.Setup.SaveScript("google", "make"); err != nil || saved != path {
		t.Fatalf("saved at %q: %v", saved, err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != hub.text {
		t.Errorf("the file holds %q: %v", got, err)
	}
	if _, err := s.Setup.SaveScript("google", "none"); err == nil {
		t.Error("a script that is not there was saved")
	}
}

// scriptHub has a wizard with one script.
type scriptHub struct {
	emptyHub
	text string
}

func (h *scriptHub) Wizard(context.Context, string) (Wizard, error) {
	return Wizard{Steps: []Step{{Parts: []Part{{Kind: PartScript, ID: "make", Label: "Make it", File: "make.sh", Value: h.text}}}}}, nil
}

func TestOnlyPagesAndMailsAreOpened(t *testing.T) {
	s, _, d := open(t, &emptyHub{})
	for page, opens := range map[string]bool{
		"https://admin.google.com/": true, "http://127.0.0.1:1/": true, "mailto:?subject=Consent&body=Please": true,
		"mailto://host/": false, "file:///etc/passwd": false, "javascript:alert(1)": false, "https://": false, "ms-msdt:/id": false, "chat.google.com": false, "": false,
	} {
		if err := s.Status.OpenURL(page); (err == nil) != opens {
			t.Errorf("%q: %v", page, err)
		}
	}
	if len(d.pages) != 3 {
		t.Errorf("opened: %q", d.pages)
	}
}

func TestAnExplainedErrorKeepsItsKindAndSaysItsCause(t *testing.T) {
	err := fmt.Errorf("import: %w", &Explained{
		Err:     &platforms.Error{Kind: platforms.SlowDown, Op: "list users", Status: 429, Code: "quota"},
		Finding: platforms.Finding{Cause: "Too many calls.", Fix: "Wait.", FixURL: "https://a.example/", Raw: "429 quota", Others: []platforms.Remedy{{Cause: "Another app."}}},
	})
	p := Explain(err)
	if p.Kind != string(platforms.SlowDown) || p.Status != 429 || p.Cause != "Too many calls." || p.FixURL == "" || p.Raw == "" || len(p.Others) != 1 {
		t.Errorf("%+v", p)
	}
	if p := Explain(errors.New("disk full")); p.Cause != "" || p.Others == nil {
		t.Errorf("an error that nobody explained: %+v", p)
	}
}
