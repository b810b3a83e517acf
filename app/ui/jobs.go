package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Progress reports how far a job is; total 0 means unknown. note is a short
// sentence such as "Reading channels of 12 teams".
type Progress func(done, total int, note string)

// Job is something that takes a while, as the window shows it.
type Job struct {
	ID      string   `json:"id"`
	Kind    string   `json:"kind"`    // "import", "action", "verify", "check", "plan", "apply", "disconnect", "export", "sandbox"
	Subject string   `json:"subject"` // what it works on: "google/authorize"; "" where there is one only
	State   JobState `json:"state"`
	Done    int      `json:"done"`
	Total   int      `json:"total"`
	Note    string   `json:"note"`    // what it is doing, or what came out
	Started string   `json:"started"` // RFC 3339
	Problem *Problem `json:"problem"` // set when it failed
}

// keptJobs is how many finished jobs are remembered for the window.
const keptJobs = 20

// everySoOften bounds how many progress events a job sends.
const everySoOften = 150 * time.Millisecond

// Jobs runs what takes longer than a click. It owns its goroutines: close
// cancels and waits for them.
type Jobs struct {
	ctx    context.Context
	stop   context.CancelFunc
	events Events
	wait   sync.WaitGroup

	mu     sync.Mutex
	next   int
	list   []*Job
	cancel map[string]context.CancelFunc
}

// NewJobs makes an empty list whose jobs end with ctx.
func NewJobs(ctx context.Context, events Events) *Jobs {
	ctx, stop := context.WithCancel(ctx)
	return &Jobs{ctx: ctx, stop: stop, events: events, cancel: map[string]context.CancelFunc{}}
}

// close cancels all jobs and waits until they have ended.
func (j *Jobs) close() {
	j.mu.Lock() // so that none is started between the end and the wait
	j.stop()
	j.mu.Unlock()
	j.wait.Wait()
}

// List returns the jobs that run and the last ones that ended, oldest first.
func (j *Jobs) List() ([]Job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]Job, 0, len(j.list))
	for _, job := range j.list {
		out = append(out, *job)
	}
	return out, nil
}

// Cancel asks a job to stop. Unknown and finished ones are no error.
func (j *Jobs) Cancel(id string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if cancel := j.cancel[id]; cancel != nil {
		cancel()
	}
	return nil
}

// Forget drops a finished job from the list, for a message that was read.
func (j *Jobs) Forget(id string) error {
	j.mu.Lock()
	j.list = slices.DeleteFunc(j.list, func(job *Job) bool { return job.ID == id && job.State != JobRunning })
	j.mu.Unlock()
	j.events.Emit(string(TopicJobs))
	return nil
}

// start runs f, or joins the running job of the same kind and subject, and
// returns the job's id. f's text is what the window shows when it ends well;
// touches are the topics that have changed by then.
func (j *Jobs) start(kind, subject string, f func(context.Context, Progress) (string, error), touches ...Topic) (string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.ctx.Err(); err != nil {
		return "", fmt.Errorf("start %s: %w", kind, err)
	}
	for _, job := range j.list {
		if job.Kind == kind && job.Subject == subject && job.State == JobRunning {
			return job.ID, nil
		}
	}
	j.list = slices.DeleteFunc(j.list, func(job *Job) bool { return job.Kind == kind && job.Subject == subject })
	j.next++
	job := &Job{ID: fmt.Sprintf("job-%d", j.next), Kind: kind, Subject: subject, State: JobRunning, Started: time.Now().Format(time.RFC3339)}
	j.list = append(j.list, job)
	j.trim()
	ctx, cancel := context.WithCancel(j.ctx)
	j.cancel[job.ID] = cancel
	j.wait.Add(1)
	go j.run(ctx, job, f, touches)
	return job.ID, nil
}

// trim forgets the oldest finished jobs. Callers hold the lock.
func (j *Jobs) trim() {
	for i := 0; len(j.list) > keptJobs && i < len(j.list); {
		if j.list[i].State == JobRunning {
			i++
			continue
		}
		j.list = slices.Delete(j.list, i, i+1)
	}
}

func (j *Jobs) run(ctx context.Context, job *Job, f func(context.Context, Progress) (string, error), touches []Topic) {
	defer j.wait.Done()
	j.events.Emit(string(TopicJobs))
	var told time.Time
	text, err := f(ctx, func(done, total int, note string) {
		j.mu.Lock()
		job.Done, job.Total, job.Note = done, total, note
		due := time.Since(told) > everySoOften
		if due {
			told = time.Now()
		}
		j.mu.Unlock()
		if due {
			j.events.Emit(string(TopicJobs))
		}
	})
	j.mu.Lock()
	switch {
	case err == nil:
		job.State, job.Note = JobDone, text
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		job.State, job.Note = JobCancelled, text
	default:
		p := Explain(err)
		job.State, job.Problem = JobFailed, &p
	}
	j.cancel[job.ID]()
	delete(j.cancel, job.ID)
	j.mu.Unlock()
	for _, topic := range append(touches, TopicJobs, TopicStatus) {
		j.events.Emit(string(topic))
	}
}
