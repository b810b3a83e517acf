package store

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/platforms"

	"pgregory.net/rapid"
)

// fill writes a small log, one row a minute, and answers with its first time.
func fill(t *testing.T, s *Store, c *clock) time.Time {
	t.Helper()
	at := c.now()
	must(t, s.AppendLog(t.Context(), []LogRow{
		{Time: at, Level: LevelOK, Actor: "dana@acme.example", Code: "people.link", Text: "Linked Zoë Müller with zoe@contoso.example", Platform: "google", Person: "g1"},
		{Time: at.Add(time.Minute), Level: LevelProblem, Actor: "bridge", Code: "bridge.send", Text: "The message was rate limited by Microsoft", Platform: "microsoft", RequestID: "6f1e22aa"},
		{Time: at.Add(2 * time.Minute), Level: LevelInfo, Actor: "sync", Code: "sync.rooms", Text: "Renamed #general to General", Platform: "google", Detail: json.RawMessage(`{"n":1}`)},
		{Time: at.Add(3 * time.Minute), Level: LevelSlow, Actor: "sync", Code: "sync.rooms", Text: "Reading rooms took 3 minutes, limited by quota", Platform: "microsoft"},
	}))
	return at
}

func ids(rows []LogRow) string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprint(r.ID))
	}
	return strings.Join(out, " ")
}

func TestSearchLog(t *testing.T) {
	s, c := newStore(t)
	at := fill(t, s, c)
	for _, tc := range []struct {
		name string
		q    LogQuery
		want string
	}{
		{"everything, newest first", LogQuery{}, "4 3 2 1"},
		{"a word, whatever its accents and case", LogQuery{Text: "ZOE muller"}, "1"},
		{"the beginning of the last word", LogQuery{Text: "limited micro"}, "2"},
		{"one letter is no beginning", LogQuery{Text: "limited m"}, ""},
		{"a beginning that is marked", LogQuery{Text: "mic* rate"}, "2"},
		{"all words, in any order", LogQuery{Text: "by limited"}, "4 2"},
		{"a phrase", LogQuery{Text: `"rate limited by"`}, "2"},
		{"a phrase is not a beginning", LogQuery{Text: `"rate limited b"`}, ""},
		{"an address", LogQuery{Text: "dana@acme.example"}, "1"},
		{"a request id", LogQuery{Text: "6f1e22aa"}, "2"},
		{"operators are words", LogQuery{Text: "limited OR renamed"}, ""},
		{"syntax does not break it", LogQuery{Text: `renamed AND "( * ^ : -`}, ""},
		{"only signs find nothing", LogQuery{Text: "--- ***"}, ""},
		{"tags are not searched by text", LogQuery{Text: "xlok"}, ""},
		{"level", LogQuery{Level: LevelSlow}, "4"},
		{"only problems", LogQuery{OnlyProblems: true, Level: LevelOK}, "2"},
		{"platform", LogQuery{Platform: "microsoft"}, "4 2"},
		{"code", LogQuery{Code: "sync.rooms"}, "4 3"},
		{"a word and filters", LogQuery{Text: "limited", Platform: "microsoft", Level: LevelProblem}, "2"},
		{"from, inclusive", LogQuery{From: at.Add(2 * time.Minute)}, "4 3"},
		{"to, exclusive", LogQuery{To: at.Add(2 * time.Minute)}, "2 1"},
		{"a time and a word", LogQuery{Text: "limited", From: at.Add(2 * time.Minute)}, "4"},
		{"the next page", LogQuery{Before: 3, Limit: 1}, "2"},
		{"the next page of a word", LogQuery{Text: "limited", Before: 4}, "2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := ids(ok[[]LogRow](t)(s.SearchLog(t.Context(), tc.q))); got != tc.want {
				t.Errorf("found %q, want %q", got, tc.want)
			}
		})
	}
	if n := ok[int](t)(s.TrimLog(t.Context(), at.Add(2*time.Minute))); n != 2 {
		t.Errorf("trimmed %d", n)
	}
	if got := ids(ok[[]LogRow](t)(s.SearchLog(t.Context(), LogQuery{Text: "limited"}))); got != "4" {
		t.Errorf("after trimming: %q", got)
	}
	if _, err := s.w.ExecContext(t.Context(), "INSERT INTO log_fts (log_fts) VALUES ('integrity-check')"); err != nil {
		t.Errorf("the index does not fit the log: %v", err)
	}
}

// Nothing that can be typed is an error, and what was written is found by its words.
func TestSearchLogProperties(t *testing.T) {
	s, _ := newStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		if _, err := s.SearchLog(t.Context(), LogQuery{Text: rapid.String().Draw(rt, "typed"), Code: rapid.String().Draw(rt, "code")}); err != nil {
			rt.Fatal(err)
		}
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zåéß]{2,8}`), 1, 4).Draw(rt, "words")
		row := []LogRow{{Text: strings.Join(words, ", "), Level: LevelInfo}}
		if err := s.AppendLog(t.Context(), row); err != nil {
			rt.Fatal(err)
		}
		got, err := s.SearchLog(t.Context(), LogQuery{Text: rapid.SampledFrom(words).Draw(rt, "word")})
		if err != nil || len(got) == 0 || got[0].ID != row[0].ID {
			rt.Fatalf("found %v, %v; want row %d first", ids(got), err, row[0].ID)
		}
	})
}

func TestSearchLogNeedsNoSort(t *testing.T) {
	s, _ := newStore(t)
	for _, q := range []LogQuery{{}, {Text: "word"}, {Text: "word", Level: LevelProblem, Before: 7}} {
		query, args, _ := q.statement()
		plan := ok[[]string](t)(list(t.Context(), s.r, "plan", func(sc scan) (string, error) {
			var id, parent, unused int
			var detail string
			err := sc(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+query+q.order(true)+" LIMIT 10", args...))
		if slices.ContainsFunc(plan, func(step string) bool { return strings.Contains(step, "TEMP B-TREE") }) {
			t.Errorf("%+v sorts: %v", q, plan)
		}
	}
}

func TestLogHistogram(t *testing.T) {
	s, c := newStore(t)
	at := fill(t, s, c)
	got := ok[[]LogBucket](t)(s.LogHistogram(t.Context(), at, at.Add(4*time.Minute), 2))
	if len(got) != 2 || got[0].OK != 1 || got[0].Problem != 1 || got[1].Info != 1 || got[1].Slow != 1 || !got[1].To.Equal(at.Add(4*time.Minute)) {
		t.Errorf("buckets %+v", got)
	}
	if got := ok[[]LogBucket](t)(s.LogHistogram(t.Context(), at, at, 5)); len(got) != 0 {
		t.Errorf("no time at all: %+v", got)
	}
}

func TestExportLog(t *testing.T) {
	s, c := newStore(t)
	fill(t, s, c)
	must(t, s.AppendLog(t.Context(), []LogRow{{Level: LevelInfo, Text: `=HYPERLINK("http://evil.example")`, Platform: platforms.ID("google")}}))
	var out bytes.Buffer
	if n := ok[int](t)(s.ExportLog(t.Context(), &out, CSV, LogQuery{})); n != 5 {
		t.Errorf("%d rows", n)
	}
	cells := ok[[][]string](t)(csv.NewReader(&out).ReadAll())
	if len(cells) != 6 || cells[0][0] != "id" || cells[1][5] != "Linked Zoë Müller with zoe@contoso.example" || cells[3][11] != `{"n":1}` || !strings.HasPrefix(cells[5][5], "'=") {
		t.Errorf("CSV %q", cells)
	}
	for text, want := range map[string]int{"limited": 2, "nothing like it": 0, "---": 0} {
		out.Reset()
		var rows []LogRow
		ok[int](t)(s.ExportLog(t.Context(), &out, JSON, LogQuery{Text: text}))
		must(t, json.Unmarshal(out.Bytes(), &rows))
		if len(rows) != want || want == 2 && (rows[0].ID != 2 || rows[0].RequestID != "6f1e22aa") {
			t.Errorf("%s: JSON %+v", text, rows)
		}
	}
}
