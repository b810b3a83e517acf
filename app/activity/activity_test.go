package activity_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"miohub/app/activity"
	"miohub/app/store"
	"miohub/platforms"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newLog(t *testing.T) (*activity.Log, *store.Store) {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hub.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	l := activity.New(st, nil)
	t.Cleanup(func() {
		if err := errors.Join(l.Close(), st.Close()); err != nil {
			t.Error(err)
		}
	})
	return l, st
}

func write(t *testing.T, l *activity.Log, entries ...activity.Entry) {
	t.Helper()
	for _, e := range entries {
		if err := l.Write(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func search(t *testing.T, l *activity.Log, q store.LogQuery) []store.LogRow {
	t.Helper()
	rows, err := l.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestSearchFindsWhatWasJustWritten(t *testing.T) {
	l, _ := newLog(t)
	write(t, l, activity.Entry{Actor: "dana@acme.example", Code: "people.link", Text: "Linked Zoë with Zoé", Platform: "google", Detail: map[string]int{"n": 2}})
	rows := search(t, l, store.LogQuery{Text: "zoe"})
	if len(rows) != 1 || rows[0].Level != store.LevelInfo || rows[0].Time.IsZero() || string(rows[0].Detail) != `{"n":2}` {
		t.Fatalf("rows = %+v", rows)
	}
}

func TestEveryEntryOfSeveralWritersIsStoredInItsOrder(t *testing.T) {
	l, st := newLog(t)
	const writers, each = 4, 500
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := l.Write(t.Context(), activity.Entry{Actor: fmt.Sprint(w), Code: "count", Text: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := st.SearchLog(t.Context(), store.LogQuery{Limit: 10 * writers * each})
	if err != nil || len(rows) != writers*each {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	next := map[string]int{}
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		if r.Text != fmt.Sprint(next[r.Actor]) {
			t.Fatalf("writer %s: entry %s follows %d", r.Actor, r.Text, next[r.Actor]-1)
		}
		next[r.Actor]++
	}
}

func TestWriteAfterCloseIsAnError(t *testing.T) {
	l, _ := newLog(t)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Write(t.Context(), activity.Entry{Text: "late"}); !errors.Is(err, activity.ErrClosed) {
		t.Errorf("Write = %v", err)
	}
	if err := l.Flush(t.Context()); err != nil {
		t.Errorf("Flush = %v", err)
	}
}

func TestAnEntryIsStoredEvenIfItsContextHasEnded(t *testing.T) {
	l, _ := newLog(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 {
		if err := l.Write(ended, activity.Entry{Text: "stopping"}); err != nil {
			t.Fatal(err)
		}
	}
	if rows := search(t, l, store.LogQuery{}); len(rows) != 50 {
		t.Errorf("%d of 50 entries", len(rows))
	}
}

func TestEntriesAreKeptWhileTheStoreFails(t *testing.T) {
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hub.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	l := activity.New(st, nil)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, l, activity.Entry{Text: "nowhere to go"})
	if err := l.Flush(t.Context()); err == nil {
		t.Error("Flush hides that nothing was stored")
	}
	if err := l.Close(); err == nil {
		t.Error("Close hides that an entry was lost")
	}
}

func TestSubscribersSeeRowsAfterTheyAreStored(t *testing.T) {
	l, st := newLog(t)
	var got []int64
	cancel := l.Subscribe(func(rows []store.LogRow) {
		for _, r := range rows {
			if _, found, err := st.LogRow(t.Context(), r.ID); err != nil || !found {
				t.Errorf("row %d was announced before it was stored: %v", r.ID, err)
			}
			got = append(got, r.ID)
		}
	})
	write(t, l, activity.Entry{Text: "one"}, activity.Entry{Text: "two"})
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != "[1 2]" {
		t.Errorf("announced %v", got)
	}
	cancel()
	write(t, l, activity.Entry{Text: "three"})
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 {
		t.Errorf("announced after cancel: %v", got)
	}
}

func TestTheLogStoresASlowTrickleByItself(t *testing.T) {
	l, st := newLog(t)
	arrived := make(chan struct{}, 1)
	defer l.Subscribe(func([]store.LogRow) { arrived <- struct{}{} })()
	write(t, l, activity.Entry{Text: "alone"})
	select {
	case <-arrived:
	case <-time.After(5 * time.Second):
		t.Fatal("a single entry was not stored without a flush")
	}
	if rows, err := st.SearchLog(t.Context(), store.LogQuery{}); err != nil || len(rows) != 1 {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestRedact(t *testing.T) {
	for name, secret := range map[string]string{
		"Google access token":  "ya29.a0AfB_byC1234567890",
		"Google refresh token": "1//04abcdefGHIJ-klmno",
		"JWT":                  "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJtaW8ifQ.c2lnbmF0dXJl",
		"client secret":        "GOCSPX-abcdefghijklmnop",
		"Entra refresh token":  "1.AXoAdGVzdHRlc3R0ZXN0dGVzdHRlc3Q.AgABAwEAAAD",
		"private key":          "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----",
	} {
		text := "refused " + secret + " twice"
		if got := activity.Redact(text); strings.Contains(got, secret) || !strings.HasPrefix(got, "refused ") || !strings.HasSuffix(got, " twice") {
			t.Errorf("%s: %q", name, got)
		}
	}
	for in, want := range map[string]string{
		`POST /token refresh_token=abc123&grant_type=refresh_token`: `POST /token refresh_token=[redacted]&grant_type=refresh_token`,
		`{"client_secret":"s3cret","error":"invalid_grant"}`:        `{"client_secret":"[redacted]","error":"invalid_grant"}`,
		`Authorization: Bearer abcdefghijkl`:                        `Authorization: Bearer [redacted]`,
		`GET /callback?code=4711&state=xyz`:                         `GET /callback?code=[redacted]&state=xyz`,
		`AADSTS65001: no consent for dana@acme.example`:             `AADSTS65001: no consent for dana@acme.example`,
		`Linked #general with General, request 6f1e-22`:             `Linked #general with General, request 6f1e-22`,
	} {
		if got := activity.Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDetailIsRedactedByNameAndShape(t *testing.T) {
	l, _ := newLog(t)
	write(t, l, activity.Entry{Text: "signed in", Detail: map[string]any{
		"Password": "hunter2", "nested": []any{map[string]string{"refresh_token": "abc", "url": "x?access_token=def"}}, "account": "dana@acme.example"}})
	detail := string(search(t, l, store.LogQuery{})[0].Detail)
	for _, secret := range []string{"hunter2", "abc", "def"} {
		if strings.Contains(detail, secret) {
			t.Errorf("%q is in %s", secret, detail)
		}
	}
	if !strings.Contains(detail, "dana@acme.example") {
		t.Errorf("the account is gone: %s", detail)
	}
}

func TestProblemKeepsTheVendorsRequestID(t *testing.T) {
	l, _ := newLog(t)
	err := fmt.Errorf("sync: %w", &platforms.Error{Kind: platforms.SlowDown, Op: "google: list users", Code: "userRateLimitExceeded", RequestID: "req-7"})
	write(t, l, activity.Problem("sync", "sync.people", "Reading people failed", err))
	r := search(t, l, store.LogQuery{OnlyProblems: true})[0]
	if r.RequestID != "req-7" || !strings.Contains(string(r.Detail), "slow-down") {
		t.Errorf("row = %+v", r)
	}
}

func TestLoggerFillsTheEntrysFields(t *testing.T) {
	l, _ := newLog(t)
	log := l.Logger("transport", slog.LevelInfo).With("platform", "google").WithGroup("http")
	log.Debug("not this one")
	log.Warn("refused", slog.Int("status", 429), slog.Any("err", errors.New("slow down")))
	l.Logger("bridge", slog.LevelInfo).Info("sent", "code", "bridge.sent", "requestID", "r1", "room", "spaces/A")
	rows := search(t, l, store.LogQuery{})
	if len(rows) != 2 {
		t.Fatalf("%d rows", len(rows))
	}
	if r := rows[1]; r.Level != store.LevelProblem || r.Actor != "transport" || r.Platform != "google" || string(r.Detail) != `{"http.err":"slow down","http.status":429}` {
		t.Errorf("row = %+v %s", r, r.Detail)
	}
	if r := rows[0]; r.Code != "bridge.sent" || r.RequestID != "r1" || r.Room != "spaces/A" || r.Detail != nil {
		t.Errorf("row = %+v", r)
	}
}

func TestExportAndHistogramPassThrough(t *testing.T) {
	l, _ := newLog(t)
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	write(t, l, activity.Entry{Time: at, Text: "a", Level: store.LevelOK}, activity.Entry{Time: at.Add(time.Hour), Text: "b", Level: store.LevelProblem})
	var out bytes.Buffer
	if n, err := l.Export(t.Context(), &out, store.JSON, store.LogQuery{}); err != nil || n != 2 || !json.Valid(out.Bytes()) {
		t.Errorf("Export = %d, %v: %s", n, err, out.String())
	}
	b, err := l.Histogram(t.Context(), at, at.Add(2*time.Hour), 2)
	if err != nil || len(b) != 2 || b[0].OK != 1 || b[1].Problem != 1 {
		t.Errorf("Histogram = %+v, %v", b, err)
	}
}
