package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"miohub/platforms"
)

// LogLevel is how a row of the activity log is shown.
type LogLevel string

// The levels of the log.
const (
	LevelOK      LogLevel = "ok"
	LevelInfo    LogLevel = "info"
	LevelSlow    LogLevel = "slow"    // it took long, or has to wait
	LevelProblem LogLevel = "problem" // somebody should look
)

// LogRow is one row of the activity log. It never holds a secret or message text.
type LogRow struct {
	ID        int64           `json:"id"` // in the order of writing; set by the store
	Time      time.Time       `json:"time"`
	Level     LogLevel        `json:"level"`
	Actor     string          `json:"actor"` // who did it: an address, or the part of the hub
	Code      string          `json:"code"`  // stable, for filters: "people.link"
	Text      string          `json:"text"`  // a plain sentence
	Platform  platforms.ID    `json:"platform"`
	Room      string          `json:"room"`
	Person    string          `json:"person"`
	Subject   string          `json:"subject"`
	RequestID string          `json:"requestId"` // the vendor's
	Detail    json.RawMessage `json:"detail,omitempty"`
}

// AppendLog adds rows in one transaction and sets their ids. A zero time becomes now.
func (s *Store) AppendLog(ctx context.Context, rows []LogRow) error {
	if len(rows) == 0 {
		return nil
	}
	return s.write(ctx, "write the log", func(tx *sql.Tx) (err error) {
		insert, err := tx.PrepareContext(ctx, `INSERT INTO log (time, level, actor, code, text, platform, room, person, subject, request_id, detail)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		defer func() {
			if e := insert.Close(); err == nil {
				err = e
			}
		}()
		for i := range rows {
			r := &rows[i]
			r.Time = s.or(r.Time).UTC()
			res, err := insert.ExecContext(ctx, nanos(r.Time), r.Level, r.Actor, r.Code, r.Text, r.Platform, r.Room, r.Person, r.Subject, r.RequestID, string(r.Detail))
			if err != nil {
				return err
			}
			if r.ID, err = res.LastInsertId(); err != nil {
				return err
			}
		}
		return nil
	})
}

const logColumns = "SELECT " + logFields + " FROM log"

func logRow(sc scan) (LogRow, error) {
	var r LogRow
	var detail string
	err := sc(&r.ID, timeColumn{&r.Time}, &r.Level, &r.Actor, &r.Code, &r.Text, &r.Platform, &r.Room, &r.Person, &r.Subject, &r.RequestID, &detail)
	if detail != "" {
		r.Detail = json.RawMessage(detail)
	}
	return r, err
}

// LogRow is one row of the log, and whether there is one.
func (s *Store) LogRow(ctx context.Context, id int64) (LogRow, bool, error) {
	return one(ctx, s.r, "log row", logRow, logColumns+" WHERE id = ?", id)
}

// TrimLog removes rows older than a time.
func (s *Store) TrimLog(ctx context.Context, before time.Time) (int, error) {
	return s.deleted(ctx, "trim the log", "DELETE FROM log WHERE time < ?", nanos(before))
}
