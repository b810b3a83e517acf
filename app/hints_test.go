package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"miohub/platforms"
)

// journal is the audit log of a fake tenant.
type journal struct {
	since []time.Time
	hint  platforms.Hint
	err   error
}

// Changed implements platforms.Hints.
func (j *journal) Changed(_ context.Context, since time.Time) (platforms.Hint, error) {
	j.since = append(j.since, since)
	if j.hint.Until.IsZero() {
		return platforms.Hint{Until: since}, j.err
	}
	return j.hint, j.err
}

func TestTheAuditLogHasTheDirectoryReadSooner(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	j := &journal{}
	h.g.hints = j
	if h.Hinted(ctx) {
		t.Error("nothing happened, and something was hinted")
	}
	until := time.Date(2026, 11, 20, 10, 0, 0, 5, time.UTC)
	j.hint = platforms.Hint{Addresses: []string{"p1@acme.example"}, Until: until}
	if !h.Hinted(ctx) || h.logged("sync.hinted") != 1 {
		t.Error("a change was not hinted")
	}
	j.hint, j.err = platforms.Hint{}, errors.New("no answer")
	if h.Hinted(ctx) {
		t.Error("a log that cannot be read hints at something")
	}
	if got := j.since[2]; !got.Equal(until) || !j.since[1].Equal(j.since[0]) {
		t.Errorf("asked from %v", j.since)
	}
	j.err = nil
	h.Hinted(ctx)
	if got := j.since[3]; !got.Equal(until) {
		t.Errorf("after a failure it goes on from %v", got)
	}
}
