package screens

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
)

// logLevels are the store's levels that a level of the window stands for.
func logLevels(levels []ui.Level) []store.LogLevel {
	var out []store.LogLevel
	for _, l := range levels {
		switch l {
		case ui.LevelInfo:
			out = append(out, store.LevelOK, store.LevelInfo)
		case ui.LevelSlow:
			out = append(out, store.LevelSlow)
		case ui.LevelProblem:
			out = append(out, store.LevelProblem)
		}
	}
	return out
}

// logPage answers the newest entries that fit, below the id before (0 for the newest).
func (l *live) logPage(ctx context.Context, q ui.LogQuery, before int64, limit int) ([]store.LogRow, error) {
	from, err := parsed(q.From)
	if err != nil {
		return nil, fmt.Errorf("the beginning is no time: %w", err)
	}
	to, err := parsed(q.To)
	if err != nil {
		return nil, fmt.Errorf("the end is no time: %w", err)
	}
	query := store.LogQuery{Text: q.Text, From: from, To: to, Platform: platforms.ID(q.Platform), Before: before, Limit: limit}
	if len(q.Levels) == 0 {
		return l.app.Log.Search(ctx, query)
	}
	var all []store.LogRow
	for _, level := range logLevels(q.Levels) {
		query.Level = level
		rows, err := l.app.Log.Search(ctx, query)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b store.LogRow) int { return cmp.Compare(b.ID, a.ID) })
	return all[:min(limit, len(all))], nil
}

const largestPage = 500

// SearchLog implements ui.ActivityHub.
func (h *Hub) SearchLog(ctx context.Context, q ui.LogQuery) (ui.LogPage, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.LogPage, error) {
		limit := q.Limit
		if limit <= 0 || limit > largestPage {
			limit = largestPage
		}
		before := int64(number(q.After, 0))
		rows, err := l.logPage(ctx, q, before, limit)
		out := ui.LogPage{Total: -1}
		for _, r := range rows {
			out.Rows = append(out.Rows, l.logRow(r))
		}
		if len(rows) == limit {
			out.Next = strconv.FormatInt(rows[len(rows)-1].ID, 10)
		} else if before == 0 {
			out.Total = len(rows)
		}
		return out, err
	})
}

func (l *live) logRow(r store.LogRow) ui.LogRow {
	level := ui.LevelInfo
	switch r.Level {
	case store.LevelSlow:
		level = ui.LevelSlow
	case store.LevelProblem:
		level = ui.LevelProblem
	}
	where := r.Room
	if p, err := l.app.Platform(r.Platform); where == "" && err == nil {
		where = p.Name
	}
	out := ui.LogRow{ID: strconv.FormatInt(r.ID, 10), Time: stamp(r.Time), Level: level, What: r.Text, Where: where,
		Who: cmp.Or(r.Person, r.Actor), Platform: string(r.Platform), TookMS: -1}
	var measured struct {
		MS *int `json:"ms"`
	}
	if json.Unmarshal(r.Detail, &measured) == nil && measured.MS != nil {
		out.TookMS = *measured.MS
	}
	return out
}

// mostCounted bounds how many entries a narrowed histogram is counted from.
const mostCounted = 50_000

// LogHistogram implements ui.ActivityHub.
func (h *Hub) LogHistogram(ctx context.Context, q ui.LogQuery, buckets int) ([]ui.Bucket, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.Bucket, error) {
		if buckets < 1 || buckets > 1000 {
			return nil, fmt.Errorf("a histogram of %d bars cannot be drawn", buckets)
		}
		from, to, err := l.span(ctx, q)
		if err != nil || !from.Before(to) {
			return nil, err
		}
		if q.Text == "" && q.Platform == "" && len(q.Levels) == 0 {
			counted, err := l.app.Log.Histogram(ctx, from, to, buckets)
			var out []ui.Bucket
			for _, b := range counted {
				out = append(out, ui.Bucket{From: stamp(b.From), Count: b.OK + b.Info + b.Slow + b.Problem, Problems: b.Problem})
			}
			return out, err
		}
		rows, err := l.logPage(ctx, q, 0, mostCounted)
		if err != nil {
			return nil, err
		}
		return countRows(rows, from, to, buckets), nil
	})
}

func countRows(rows []store.LogRow, from, to time.Time, buckets int) []ui.Bucket {
	width := max(1, to.Sub(from)/time.Duration(buckets))
	out := make([]ui.Bucket, buckets)
	for i := range out {
		out[i].From = stamp(from.Add(time.Duration(i) * width))
	}
	for _, r := range rows {
		i := int(r.Time.Sub(from) / width)
		if i < 0 || r.Time.Before(from) {
			continue
		}
		b := &out[min(i, buckets-1)]
		b.Count++
		if r.Level == store.LevelProblem {
			b.Problems++
		}
	}
	return out
}

// span is the stretch of time a query is about: open ends are the oldest entry and now.
func (l *live) span(ctx context.Context, q ui.LogQuery) (from, to time.Time, err error) {
	if from, err = parsed(q.From); err != nil {
		return from, to, err
	}
	if to, err = parsed(q.To); err != nil {
		return from, to, err
	}
	if to.IsZero() {
		to = l.app.Now().Add(time.Second)
	}
	if from.IsZero() {
		_, from, err = l.app.Store.LogSize(ctx)
		if from.IsZero() {
			from = to
		}
	}
	return from, to, err
}

// LogEntry implements ui.ActivityHub.
func (h *Hub) LogEntry(ctx context.Context, id string) (ui.LogDetail, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.LogDetail, error) {
		r, found, err := l.app.Store.LogRow(ctx, int64(number(id, 0)))
		if err != nil {
			return ui.LogDetail{}, err
		}
		if !found {
			return ui.LogDetail{}, &platforms.Error{Kind: platforms.NotFound, Op: "open the entry", Text: "it is no longer kept"}
		}
		out := ui.LogDetail{Row: l.logRow(r), Text: r.Text, Actor: r.Actor, RequestID: r.RequestID}
		detail := map[string]any{}
		if len(r.Detail) > 0 && json.Unmarshal(r.Detail, &detail) != nil {
			detail["detail"] = string(r.Detail)
		}
		explainEntry(&out, detail)
		for _, f := range []ui.Pair{{Name: "code", Value: r.Code}, {Name: "room", Value: r.Room}, {Name: "person", Value: r.Person}, {Name: "subject", Value: r.Subject}} {
			if f.Value != "" {
				out.Fields = append(out.Fields, f)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(detail)) {
			out.Fields = append(out.Fields, ui.Pair{Name: key, Value: fmt.Sprint(detail[key])})
		}
		out.Support = support(r, out)
		return out, nil
	})
}

// explainEntry fills in what the vendor answered, and what to do about it.
func explainEntry(out *ui.LogDetail, detail map[string]any) {
	word := func(key string) string {
		s, _ := detail[key].(string)
		return s
	}
	if n, ok := detail["attempts"].(float64); ok {
		out.Attempts = int(n)
	}
	status := ""
	if n, ok := detail["status"].(float64); ok && n > 0 {
		status = strconv.Itoa(int(n))
	}
	out.Answer = sentence(status, word("code"), word("text"))
	if kind := platforms.Kind(word("kind")); kind != "" {
		out.Advice = ui.Explain(&platforms.Error{Kind: kind}).Advice
	}
}

func support(r store.LogRow, d ui.LogDetail) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Mio Hub, entry %d\n%s %s\n%s\n", r.ID, r.Time.Format(time.RFC3339Nano), r.Level, r.Text)
	for _, f := range d.Fields {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	if r.RequestID != "" {
		fmt.Fprintf(&b, "request id: %s\n", r.RequestID)
	}
	return b.String()
}

// LogSize implements ui.ActivityHub.
func (h *Hub) LogSize(ctx context.Context) (ui.LogSize, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.LogSize, error) {
		if err := l.app.Log.Flush(ctx); err != nil {
			return ui.LogSize{}, err
		}
		n, since, err := l.app.Store.LogSize(ctx)
		return ui.LogSize{Entries: n, Since: stamp(since)}, err
	})
}

// ExportLog implements ui.ActivityHub. The newest entries come first.
func (h *Hub) ExportLog(ctx context.Context, q ui.LogQuery, format string, to io.Writer, up ui.Progress) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		write, flush := jsonLines(to)
		if format == "csv" {
			write, flush = csvLines(to)
		} else if format != "json" {
			return "", fmt.Errorf("the log cannot be exported as %q", format)
		}
		n, before := 0, int64(0)
		for {
			rows, err := l.logPage(ctx, q, before, largestPage)
			if err != nil {
				return "", err
			}
			for _, r := range rows {
				if err := write(r); err != nil {
					return "", fmt.Errorf("export the log: %w", err)
				}
				before = r.ID
			}
			n += len(rows)
			progress(up)(n, 0, "Writing")
			if len(rows) < largestPage {
				break
			}
		}
		if err := flush(); err != nil {
			return "", fmt.Errorf("export the log: %w", err)
		}
		return plural(n, "entry", "entries") + " written.", nil
	})
}

func jsonLines(to io.Writer) (write func(store.LogRow) error, flush func() error) {
	enc := json.NewEncoder(to)
	return func(r store.LogRow) error { return enc.Encode(r) }, func() error { return nil }
}

func csvLines(to io.Writer) (write func(store.LogRow) error, flush func() error) {
	w := csv.NewWriter(to)
	header := false
	return func(r store.LogRow) error {
			if !header {
				header = true
				if err := w.Write([]string{"id", "time", "level", "actor", "code", "text", "platform", "room", "person", "subject", "request_id", "detail"}); err != nil {
					return err
				}
			}
			cells := []string{strconv.FormatInt(r.ID, 10), r.Time.Format(time.RFC3339Nano), string(r.Level), r.Actor, r.Code, r.Text,
				string(r.Platform), r.Room, r.Person, r.Subject, r.RequestID, string(r.Detail)}
			for i, c := range cells {
				// A spreadsheet must not take a name that somebody chose for a formula.
				if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
					cells[i] = "'" + c
				}
			}
			return w.Write(cells)
		}, func() error {
			w.Flush()
			return w.Error()
		}
}
