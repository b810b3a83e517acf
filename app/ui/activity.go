package ui

import (
	"context"
	"fmt"
	"io"
	"os"
)

// ActivityHub is what the Activity screen needs of the hub.
type ActivityHub interface {
	// SearchLog answers a page, newest first.
	SearchLog(ctx context.Context, query LogQuery) (LogPage, error)
	// LogHistogram counts entries in equal spans between query.From and query.To.
	LogHistogram(ctx context.Context, query LogQuery, buckets int) ([]Bucket, error)
	LogEntry(ctx context.Context, id string) (LogDetail, error)
	LogSize(ctx context.Context) (LogSize, error)
	// ExportLog writes what fits as "csv" or "json" (one object a line).
	ExportLog(ctx context.Context, query LogQuery, format string, to io.Writer, progress Progress) (string, error)
}

// LogQuery narrows the log.
type LogQuery struct {
	Text     string  `json:"text"`     // full text; words are joined by and
	From     string  `json:"from"`     // RFC 3339; "" for the beginning
	To       string  `json:"to"`       // RFC 3339; "" for now
	Levels   []Level `json:"levels"`   // none for all
	Platform string  `json:"platform"` // "" for all
	After    string  `json:"after"`    // LogPage.Next of the page before; "" for the first
	Limit    int     `json:"limit"`    // at most 500
}

// LogRow is one entry of the log.
type LogRow struct {
	ID       string `json:"id"`
	Time     string `json:"time"`
	Level    Level  `json:"level"`
	What     string `json:"what"`
	Where    string `json:"where"`
	Who      string `json:"who"`
	Platform string `json:"platform"`
	TookMS   int    `json:"tookMs"` // -1 where nothing was measured
}

// LogPage is a page of entries.
type LogPage struct {
	Rows  []LogRow `json:"rows"`
	Next  string   `json:"next"`  // "" on the last page
	Total int      `json:"total"` // of all that fits; -1 when it was not counted
}

// Bucket is one bar of the histogram.
type Bucket struct {
	From     string `json:"from"`
	Count    int    `json:"count"`
	Problems int    `json:"problems"` // of these, problems and warnings
}

// LogSize is what stands below the screen's title.
type LogSize struct {
	Entries int    `json:"entries"`
	Since   string `json:"since"` // "" when there is none
}

// LogDetail is an entry in full.
type LogDetail struct {
	Row       LogRow `json:"row"`
	Text      string `json:"text"`
	Advice    string `json:"advice"`
	Run       string `json:"run"`
	Actor     string `json:"actor"` // who caused it: a person's address, "automatic"
	Answer    string `json:"answer"`
	RequestID string `json:"requestId"`
	Attempts  int    `json:"attempts"`
	URL       string `json:"url"` // where it happened, for a person's browser
	Fields    []Pair `json:"fields"`
	// Support is the whole entry as text without anybody's messages, to copy.
	Support string `json:"support"`
}

// Pair is a name and a value.
type Pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Activity is the Activity screen.
type Activity struct {
	screen
	hub ActivityHub
}

// Search answers a page of the log, newest first.
func (a *Activity) Search(query LogQuery) (LogPage, error) {
	page, err := a.hub.SearchLog(a.ctx, query)
	page.Rows = full(page.Rows)
	return page, err
}

// Histogram counts entries in equal spans.
func (a *Activity) Histogram(query LogQuery, buckets int) ([]Bucket, error) {
	list, err := a.hub.LogHistogram(a.ctx, query, buckets)
	return full(list), err
}

// Entry answers one entry in full.
func (a *Activity) Entry(id string) (LogDetail, error) {
	d, err := a.hub.LogEntry(a.ctx, id)
	d.Fields = full(d.Fields)
	return d, err
}

// Size counts the log.
func (a *Activity) Size() (LogSize, error) { return a.hub.LogSize(a.ctx) }

// Export writes what fits to a file that the person chooses, as a job; "" when
// they chose none. format is "csv" or "json".
func (a *Activity) Export(query LogQuery, format string) (string, error) {
	kind := FileKind{"Comma-separated values", "*.csv"}
	if format == "json" {
		kind = FileKind{"JSON lines", "*.jsonl"}
	}
	path, err := a.shell.SaveFile("Export the log", "mio-activity"+kind.Pattern[1:], kind)
	if err != nil || path == "" {
		return "", err
	}
	return a.jobs.start("export", path, func(ctx context.Context, progress Progress) (text string, err error) {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return "", fmt.Errorf("export the log: %w", err)
		}
		defer func() {
			if e := file.Close(); err == nil && e != nil {
				err = fmt.Errorf("export the log: %w", e)
			}
		}()
		return a.hub.ExportLog(ctx, query, format, file, progress)
	})
}
