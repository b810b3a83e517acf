package store

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// LogFormat is a form the log is exported in.
type LogFormat string

// The forms of an export.
const (
	CSV  LogFormat = "csv"  // with a header line
	JSON LogFormat = "json" // one array of objects
)

// ExportLog writes the rows that q finds, the oldest first, without a limit
// unless q has one, and tells how many there were.
func (s *Store) ExportLog(ctx context.Context, w io.Writer, format LogFormat, q LogQuery) (int, error) {
	query, args, possible := q.statement()
	if !possible {
		query, args, q = logColumns+" WHERE 0", nil, LogQuery{}
	}
	limit := q.Limit
	if limit <= 0 {
		limit = -1
	}
	var out logWriter = &jsonLog{w: w}
	if format == CSV {
		out = &csvLog{w: csv.NewWriter(w)}
	}
	if err := out.begin(); err != nil {
		return 0, fmt.Errorf("store: export the log: %w", err)
	}
	n := 0
	err := each(ctx, s.r, "export the log", func(sc scan) error {
		r, err := logRow(sc)
		if err != nil {
			return err
		}
		n++
		return out.row(r)
	}, query+q.order(false)+" LIMIT ?", append(args, limit)...)
	if err != nil {
		return n, err
	}
	if err := out.end(); err != nil {
		return n, fmt.Errorf("store: export the log: %w", err)
	}
	return n, nil
}

// logWriter writes rows in one form.
type logWriter interface {
	begin() error
	row(LogRow) error
	end() error
}

type csvLog struct{ w *csv.Writer }

func (c *csvLog) begin() error {
	return c.w.Write([]string{"id", "time", "level", "actor", "code", "text", "platform", "room", "person", "subject", "request_id", "detail"})
}

func (c *csvLog) row(r LogRow) error {
	cells := []string{fmt.Sprint(r.ID), r.Time.Format(time.RFC3339Nano), string(r.Level), r.Actor, r.Code, r.Text,
		string(r.Platform), r.Room, r.Person, r.Subject, r.RequestID, string(r.Detail)}
	for i := range cells {
		cells[i] = inert(cells[i])
	}
	return c.w.Write(cells)
}

func (c *csvLog) end() error {
	c.w.Flush()
	return c.w.Error()
}

// inert keeps a spreadsheet from taking a name that somebody chose for a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

type jsonLog struct {
	w     io.Writer
	wrote bool
}

func (j *jsonLog) begin() error {
	_, err := io.WriteString(j.w, "[")
	return err
}

func (j *jsonLog) row(r LogRow) error {
	sep := "\n"
	if j.wrote {
		sep = ",\n"
	}
	j.wrote = true
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = io.WriteString(j.w, sep+string(b))
	return err
}

func (j *jsonLog) end() error {
	_, err := io.WriteString(j.w, "\n]\n")
	return err
}
