// Package activity is the log an administrator reads: every entry has an actor,
// a stable code and a plain sentence. Entries are written in batches, in the
// order they were given, by one goroutine that Close waits for; what looks like
// a secret is taken out first.
package activity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"miohub/app/store"
	"miohub/platforms"
)

// Entry is one thing that happened.
type Entry struct {
	Time      time.Time      `json:"time"`  // zero means now
	Level     store.LogLevel `json:"level"` // "" means info
	Actor     string         `json:"actor"` // an address, or the part of the hub: "sync"
	Code      string         `json:"code"`  // stable: "people.link"
	Text      string         `json:"text"`  // a plain sentence without message text
	Platform  platforms.ID   `json:"platform"`
	Room      string         `json:"room"`
	Person    string         `json:"person"`
	Subject   string         `json:"subject"`   // what it was done to
	RequestID string         `json:"requestId"` // the vendor's
	Detail    any            `json:"detail"`    // stored as JSON; nil for none
	// Err is what went wrong; it fills RequestID and Detail where they are empty.
	Err error `json:"-"`
}

// Problem makes an entry of an error: the vendor's request id is kept, and the
// kind and code become its detail.
func Problem(actor, code, text string, err error) Entry {
	return Entry{Level: store.LevelProblem, Actor: actor, Code: code, Text: text, Err: err}.explained()
}

// explained fills in what an entry's error tells.
func (e Entry) explained() Entry {
	if e.Err == nil || e.Detail != nil {
		return e
	}
	var p *platforms.Error
	if errors.As(e.Err, &p) {
		if e.RequestID == "" {
			e.RequestID = p.RequestID
		}
		e.Detail = map[string]any{"op": p.Op, "kind": p.Kind, "code": p.Code, "status": p.Status, "text": p.Text}
		return e
	}
	e.Detail = map[string]any{"error": e.Err.Error()}
	return e
}

// Log writes, reads and exports the activity log. Its methods may be called from
// several goroutines.
type Log struct {
	st  *store.Store
	now func() time.Time

	entries chan store.LogRow
	flush   chan chan error
	closing chan struct{}
	done    chan struct{}

	gate   sync.RWMutex // held for reading while an entry is queued, so that none is after Close
	closed bool

	mu      sync.Mutex
	next    int
	readers map[int]func([]store.LogRow)
	lost    error // the last batch that could not be written
}

// batchSize rows are written in one transaction; interval is how long an entry
// waits at most for others. A transaction a row costs six times as much.
const (
	batchSize = 200
	interval  = 100 * time.Millisecond
	retry     = 5 * time.Second // after a batch could not be written
	keep      = 5000            // rows kept while none can be written, the newest
)

// New starts a log on a store. Close it before the store.
func New(st *store.Store, now func() time.Time) *Log {
	if now == nil {
		now = time.Now
	}
	l := &Log{
		st: st, now: now, readers: map[int]func([]store.LogRow){},
		entries: make(chan store.LogRow, 4*batchSize), flush: make(chan chan error),
		closing: make(chan struct{}), done: make(chan struct{}),
	}
	go l.run()
	return l
}

// ErrClosed: the log was closed.
var ErrClosed = errors.New("the activity log is closed")

// Write queues an entry. It waits only while many entries are queued, until ctx
// ends.
func (l *Log) Write(ctx context.Context, e Entry) error {
	row := l.row(e)
	l.gate.RLock()
	defer l.gate.RUnlock()
	if l.closed {
		return fmt.Errorf("activity: write: %w", ErrClosed)
	}
	select {
	case l.entries <- row: // also when ctx has ended: what happened, happened
		return nil
	default:
	}
	select {
	case l.entries <- row:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("activity: write: %w", ctx.Err())
	}
}

// row redacts an entry and fills in what it leaves out.
func (l *Log) row(e Entry) store.LogRow {
	e = e.explained()
	if e.Time.IsZero() {
		e.Time = l.now()
	}
	if e.Level == "" {
		e.Level = store.LevelInfo
	}
	r := store.LogRow{
		Time: e.Time, Level: e.Level, Actor: Redact(e.Actor), Code: e.Code, Text: Redact(e.Text), Platform: e.Platform,
		Room: e.Room, Person: e.Person, Subject: Redact(e.Subject), RequestID: e.RequestID,
	}
	if e.Detail != nil {
		b, err := json.Marshal(redactDetail(e.Detail))
		if err != nil {
			b = []byte(`{"error":"the detail could not be encoded"}`)
		}
		r.Detail = b
	}
	return r
}

// Flush returns when everything written before it is stored, with the error if
// entries could not be.
func (l *Log) Flush(ctx context.Context) error {
	answer := make(chan error, 1)
	select {
	case l.flush <- answer:
	case <-l.done:
		return l.failure()
	case <-ctx.Done():
		return fmt.Errorf("activity: flush: %w", ctx.Err())
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return fmt.Errorf("activity: flush: %w", ctx.Err())
	}
}

// Close stores what is queued and ends the log.
func (l *Log) Close() error {
	l.gate.Lock()
	if !l.closed {
		l.closed = true
		close(l.closing)
	}
	l.gate.Unlock()
	<-l.done
	return l.failure()
}

func (l *Log) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// run owns the batch until the log is closed.
func (l *Log) run() {
	defer close(l.done)
	tick := time.NewTimer(interval)
	defer tick.Stop()
	var batch []store.LogRow
	failing := false
	write := func() {
		if batch = l.store(batch); len(batch) > 0 {
			tick.Reset(retry)
		}
		failing = len(batch) > 0
	}
	for {
		var timer <-chan time.Time
		if len(batch) > 0 {
			timer = tick.C
		}
		select {
		case r := <-l.entries:
			if len(batch) == 0 {
				tick.Reset(interval)
			}
			batch = append(batch, r)
			if failing {
				batch = batch[max(0, len(batch)-keep):]
			} else if len(batch) >= batchSize {
				write()
			}
		case <-timer:
			write()
		case answer := <-l.flush:
			batch = l.drain(batch)
			write()
			answer <- l.failure()
		case <-l.closing:
			batch = l.drain(batch)
			write()
			return
		}
	}
}

// drain takes what is queued at this moment.
func (l *Log) drain(batch []store.LogRow) []store.LogRow {
	for {
		select {
		case r := <-l.entries:
			batch = append(batch, r)
		default:
			return batch
		}
	}
}

// store writes a batch and tells the subscribers. A batch that cannot be written
// is kept for the next attempt, because a full disk may be freed.
func (l *Log) store(batch []store.LogRow) []store.LogRow {
	if len(batch) == 0 {
		return nil
	}
	err := l.st.AppendLog(context.Background(), batch)
	l.mu.Lock()
	l.lost = nil
	if err != nil {
		l.lost = fmt.Errorf("activity: %w", err)
	}
	readers := make([]func([]store.LogRow), 0, len(l.readers))
	for _, r := range l.readers {
		readers = append(readers, r)
	}
	l.mu.Unlock()
	if err != nil {
		return batch
	}
	for _, r := range readers {
		r(batch)
	}
	return nil
}

// Subscribe calls fn with every batch of rows after it was stored, in order,
// from one goroutine; fn must return quickly. cancel ends it.
func (l *Log) Subscribe(fn func([]store.LogRow)) (cancel func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := l.next
	l.next++
	l.readers[id] = fn
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.readers, id)
	}
}

// Search finds rows, the newest first. What was just written is among them.
func (l *Log) Search(ctx context.Context, q store.LogQuery) ([]store.LogRow, error) {
	if err := l.Flush(ctx); err != nil {
		return nil, err
	}
	return l.st.SearchLog(ctx, q)
}

// Histogram counts rows by level in equal stretches of time.
func (l *Log) Histogram(ctx context.Context, from, to time.Time, buckets int) ([]store.LogBucket, error) {
	if err := l.Flush(ctx); err != nil {
		return nil, err
	}
	return l.st.LogHistogram(ctx, from, to, buckets)
}

// Export writes the rows that q finds, the oldest first.
func (l *Log) Export(ctx context.Context, w io.Writer, format store.LogFormat, q store.LogQuery) (int, error) {
	if err := l.Flush(ctx); err != nil {
		return 0, err
	}
	return l.st.ExportLog(ctx, w, format, q)
}
