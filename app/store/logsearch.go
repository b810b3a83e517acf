package store

import (
	"context"
	"strings"
	"time"
	"unicode"

	"miohub/platforms"
)

// LogQuery says which rows of the log to find. Zero fields do not filter.
type LogQuery struct {
	// Text is what was typed: words (all must be there, the last may be a
	// beginning), "quoted phrases", beginnings written as prov*.
	Text         string       `json:"text"`
	From         time.Time    `json:"from"` // inclusive
	To           time.Time    `json:"to"`   // exclusive
	Level        LogLevel     `json:"level"`
	OnlyProblems bool         `json:"onlyProblems"` // the level problem, whatever Level says
	Platform     platforms.ID `json:"platform"`
	Code         string       `json:"code"`
	Before       int64        `json:"before"` // rows with a smaller id: the next page
	Limit        int          `json:"limit"`  // 0 means 100
}

// SearchLog finds rows, the newest first.
func (s *Store) SearchLog(ctx context.Context, q LogQuery) ([]LogRow, error) {
	query, args, possible := q.statement()
	if !possible {
		return []LogRow{}, nil
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	return list(ctx, s.r, "search the log", logRow, query+q.order(true)+" LIMIT ?", append(args, limit)...)
}

// logFields are the columns of a row, to be selected from log or a join with it.
const logFields = "log.id, time, level, actor, code, text, platform, room, person, subject, request_id, detail"

// statement is the query without its order and limit. It is not possible when
// text was typed that holds nothing the index knows, such as "---".
func (q LogQuery) statement() (query string, args []any, possible bool) {
	match, possible := q.match()
	if !possible {
		return "", nil, false
	}
	where, from := []string{"1"}, "log"
	add := func(condition string, arg any) {
		where, args = append(where, condition), append(args, arg)
	}
	if match != "" {
		// The index is read in the order of its rowids, so the newest come first without a sort.
		from = "log_fts CROSS JOIN log ON log.id = log_fts.rowid"
		add("log_fts MATCH ?", match)
	}
	if !q.From.IsZero() {
		add("time >= ?", nanos(q.From))
	}
	if !q.To.IsZero() {
		add("time < ?", nanos(q.To))
	}
	if q.Before > 0 {
		add(q.key()+" < ?", q.Before)
	}
	return "SELECT " + logFields + " FROM " + from + " WHERE " + strings.Join(where, " AND "), args, true
}

// key is the column that orders the rows.
func (q LogQuery) key() string {
	if match, _ := q.match(); match != "" {
		return "log_fts.rowid"
	}
	return "log.id"
}

// order sorts by time, which ids follow.
func (q LogQuery) order(newestFirst bool) string {
	if newestFirst {
		return " ORDER BY " + q.key() + " DESC"
	}
	return " ORDER BY " + q.key()
}

// match is the full-text expression, "" for none.
func (q LogQuery) match() (expr string, possible bool) {
	if q.OnlyProblems {
		q.Level = LevelProblem
	}
	words, possible := matchWords(q.Text)
	if !possible {
		return "", false
	}
	tag := func(prefix, value string) {
		if value != "" {
			words = append(words, `tags : "`+prefix+tagged(value)+`"`)
		}
	}
	tag("xl", string(q.Level))
	tag("xp", string(q.Platform))
	tag("xc", q.Code)
	return strings.Join(words, " AND "), true
}

// tagged is a filter value as one word of the index; the view log_index does the same.
func tagged(v string) string {
	return strings.NewReplacer(".", "", "-", "", "_", "", `"`, "", "\x00", "").Replace(v)
}

// matchWords turns what was typed into full-text terms. Nothing typed is an
// operator: every word is quoted.
func matchWords(text string) (terms []string, possible bool) {
	typed := split(text)
	for i, w := range typed {
		if !strings.ContainsFunc(w.text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			continue
		}
		term := `words : "` + strings.ReplaceAll(w.text, `"`, "") + `"`
		beginning := w.star || i == len(typed)-1 && !w.quoted
		if beginning && len([]rune(w.text)) >= 2 {
			term += " *"
		}
		terms = append(terms, term)
	}
	return terms, len(terms) > 0 || len(typed) == 0
}

// typedWord is a word or a quoted phrase of a search text.
type typedWord struct {
	text         string
	quoted, star bool
}

func split(text string) []typedWord {
	var out []typedWord
	text = strings.ReplaceAll(text, "\x00", " ") // would end the expression
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 1 {
			if strings.TrimSpace(part) != "" {
				out = append(out, typedWord{text: part, quoted: true})
			}
			continue
		}
		for _, w := range strings.Fields(part) {
			bare := strings.TrimRight(w, "*")
			out = append(out, typedWord{text: bare, star: bare != w})
		}
	}
	return out
}

// LogBucket counts the rows of one stretch of time.
type LogBucket struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	OK      int       `json:"ok"`
	Info    int       `json:"info"`
	Slow    int       `json:"slow"`
	Problem int       `json:"problem"`
}

// LogHistogram counts rows by level in equal stretches of time from from to to.
func (s *Store) LogHistogram(ctx context.Context, from, to time.Time, buckets int) ([]LogBucket, error) {
	width := to.Sub(from).Nanoseconds() / int64(max(buckets, 1))
	if width <= 0 {
		return []LogBucket{}, nil
	}
	out := make([]LogBucket, buckets)
	for i := range out {
		out[i].From = from.Add(time.Duration(int64(i) * width)).UTC()
		out[i].To = out[i].From.Add(time.Duration(width))
	}
	out[buckets-1].To = to.UTC()
	err := each(ctx, s.r, "count the log", func(sc scan) error {
		var i, n int
		var level LogLevel
		if err := sc(&i, &level, &n); err != nil {
			return err
		}
		b := &out[i]
		switch level {
		case LevelOK:
			b.OK = n
		case LevelSlow:
			b.Slow = n
		case LevelProblem:
			b.Problem = n
		default:
			b.Info += n
		}
		return nil
	}, "SELECT min((time - ?1) / ?3, ?4), level, count(*) FROM log WHERE time >= ?1 AND time < ?2 GROUP BY 1, 2",
		nanos(from), nanos(to), width, buckets-1)
	return out, err
}
