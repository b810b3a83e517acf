package sandbox

import (
	"sync"
	"time"
)

// Clock is a World's time. Now is the calendar that tenants stamp things with
// and check assertions against; it is the machine's own, shifted by Skew.
// Elapsed is tenant time, which quotas, token lives and expiry run on: it
// passes Speed times as fast.
type Clock struct {
	Speed float64
	start time.Time

	mu   sync.Mutex
	skew time.Duration
	jump time.Duration
}

// NewClock starts a clock at zero tenant time.
func NewClock(speed float64) *Clock { return &Clock{Speed: speed, start: time.Now()} }

// Now is the tenants' calendar time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.skew).UTC()
}

// Elapsed is the tenant time since the World was made.
func (c *Clock) Elapsed() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Duration(float64(time.Since(c.start))*c.Speed) + c.jump
}

// Advance lets d of tenant time pass at once, for example to age a token.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.jump += d
}

// SetSkew makes the tenants' calendar wrong by d.
func (c *Clock) SetSkew(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew = d
}

// Wall converts tenant time to what a client's clock will see pass: an hour's
// token lives Wall(time.Hour) of a client's time.
func (c *Clock) Wall(tenant time.Duration) time.Duration {
	return time.Duration(float64(tenant) / c.Speed)
}

type bucket struct {
	tokens float64
	last   time.Duration
}

// Allow takes one from the quota named key, which holds burst and refills at
// rate a second of tenant time. When it is empty it answers false and how long,
// in a client's time, until one is there.
func (w *World) Allow(key string, rate, burst float64) (bool, time.Duration) {
	now := w.Clock.Elapsed()
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.quotas[key]
	if b == nil {
		b = &bucket{tokens: burst, last: now}
		w.quotas[key] = b
	}
	b.tokens = min(burst, b.tokens+rate*(now-b.last).Seconds())
	b.last = now
	if b.tokens >= 1 {
		b.tokens--
		return true, 0
	}
	return false, w.Clock.Wall(time.Duration((1 - b.tokens) / rate * float64(time.Second)))
}
