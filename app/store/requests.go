package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// Request is something a process without the engine asks of the one with it.
type Request struct {
	ID     int64           `json:"id"`
	Kind   string          `json:"kind"` // for example "sync", "apply"
	Body   json.RawMessage `json:"body"`
	Filed  time.Time       `json:"filed"`
	Taken  time.Time       `json:"taken"`
	Done   time.Time       `json:"done"`
	Answer json.RawMessage `json:"answer"`
	Error  string          `json:"error"`
}

// FileRequest asks the process that runs the engine to do something. body is
// stored as JSON and must hold no secret.
func (s *Store) FileRequest(ctx context.Context, kind string, body any) (int64, error) {
	var id int64
	err := s.write(ctx, "file a request", func(tx *sql.Tx) error {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		id, err = returned(ctx, tx, "INSERT INTO requests (kind, body, filed) VALUES (?, ?, ?) RETURNING id", kind, string(b), nanos(s.now()))
		return err
	})
	return id, err
}

// TakeRequests are the requests nobody has taken, oldest first; they are taken now.
func (s *Store) TakeRequests(ctx context.Context) ([]Request, error) {
	out := []Request{}
	open, err := s.count(ctx, "SELECT count(*) FROM requests WHERE taken = 0")
	if err != nil || open == 0 {
		return out, err // asked often: the write lock is left alone
	}
	err = s.write(ctx, "take requests", func(tx *sql.Tx) (err error) {
		if out, err = list(ctx, tx, "requests", requestRow, requestColumns+" WHERE taken = 0 ORDER BY id"); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE requests SET taken = ? WHERE taken = 0", nanos(s.now()))
		return err
	})
	return out, err
}

// AnswerRequest ends a request: with an answer stored as JSON, or with the
// reason in words why it failed.
func (s *Store) AnswerRequest(ctx context.Context, id int64, answer any, errText string) error {
	return s.update(ctx, "answer a request", "UPDATE requests SET done = ?, answer = ?, error = ? WHERE id = ?", nanos(s.now()), toJSON(answer), errText, id)
}

// Request is one request, and whether there is one; whoever filed it looks here
// for the answer.
func (s *Store) Request(ctx context.Context, id int64) (Request, bool, error) {
	return one(ctx, s.r, "request", requestRow, requestColumns+" WHERE id = ?", id)
}

const requestColumns = "SELECT id, kind, body, filed, taken, done, answer, error FROM requests"

func requestRow(sc scan) (Request, error) {
	var r Request
	var body, answer string
	err := sc(&r.ID, &r.Kind, &body, timeColumn{&r.Filed}, timeColumn{&r.Taken}, timeColumn{&r.Done}, &answer, &r.Error)
	r.Body, r.Answer = json.RawMessage(body), json.RawMessage(answer)
	return r, err
}
