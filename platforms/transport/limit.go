package transport

import (
	"fmt"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// Bucket is a quota that a request draws one from.
type Bucket struct {
	Key       string  // names the quota: "chat.write spaces/AAA"
	PerSecond float64 // at the vendor; Pace scales it
	Burst     int     // 0 means 1
}

type limit struct{ *rate.Limiter }

// pace waits until every quota the request draws on has one left.
func (t *Transport) pace(req *http.Request) error {
	if t.cfg.Classify == nil {
		return nil
	}
	for _, b := range t.cfg.Classify(req) {
		if err := t.limit(b).Wait(req.Context()); err != nil {
			return fmt.Errorf("waiting for the quota %s: %w", b.Key, err)
		}
	}
	return nil
}

func (t *Transport) limit(b Bucket) *limit {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.limits[b.Key]
	if l == nil {
		l = &limit{rate.NewLimiter(rate.Limit(b.PerSecond*t.cfg.Pace), max(1, b.Burst))}
		t.limits[b.Key] = l
	}
	return l
}

// scaled is a wait of ours, shortened as the vendor's clock runs faster.
func (t *Transport) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / t.cfg.Pace)
}
