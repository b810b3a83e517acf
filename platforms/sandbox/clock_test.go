package sandbox

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestQuotasHoldTheirBurstAndRefill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		burst := rapid.IntRange(1, 20).Draw(t, "burst")
		rate := float64(rapid.IntRange(1, 10).Draw(t, "rate")) / 1000 // slow, so that the test's own time adds nothing
		w := Blank(Size{})
		for i := range burst {
			if ok, _ := w.Allow("q", rate, float64(burst)); !ok {
				t.Fatalf("refused number %d of %d", i+1, burst)
			}
		}
		ok, wait := w.Allow("q", rate, float64(burst))
		full := time.Duration(float64(time.Second) / rate)
		if ok || wait <= 0 || wait > full {
			t.Fatalf("the empty quota answered %v and %v", ok, wait)
		}
		if ok, _ := w.Allow("another", rate, float64(burst)); !ok {
			t.Fatal("quotas are not kept apart")
		}
		w.Clock.Advance(wait)
		if ok, again := w.Allow("q", rate, float64(burst)); !ok {
			t.Fatalf("refused after the wait that was told, for %v more", again)
		}
		w.Clock.Advance(time.Duration(2*burst) * full)
		for range burst {
			if ok, _ := w.Allow("q", rate, float64(burst)); !ok {
				t.Fatal("it did not refill")
			}
		}
		if ok, _ := w.Allow("q", rate, float64(burst)); ok {
			t.Fatal("it refilled beyond its burst")
		}
	})
}

func TestAFastClockShortensWhatAClientWaits(t *testing.T) {
	w := Blank(Size{Speed: 100})
	w.Allow("q", 1, 1)
	if ok, wait := w.Allow("q", 1, 1); ok || wait > 10*time.Millisecond {
		t.Errorf("a second of tenant time at speed 100 is %v for a client", wait)
	}
	if got := w.Clock.Wall(time.Hour); got != 36*time.Second {
		t.Errorf("an hour's token lives %v of a client's time", got)
	}
}

func TestSkewMovesTheCalendarOnly(t *testing.T) {
	c := NewClock(1)
	before := c.Elapsed()
	c.SetSkew(-time.Hour)
	if now := c.Now(); time.Since(now) < 59*time.Minute || now.Location() != time.UTC {
		t.Errorf("the calendar says %v", now)
	}
	if passed := c.Elapsed() - before; passed < 0 || passed > time.Minute {
		t.Errorf("tenant time moved by %v", passed)
	}
}

func TestStampsAreUniqueToTheMillisecond(t *testing.T) {
	tenant := Blank(Size{}).AddTenant("t", "1", "T", "t.example")
	last := time.Time{}
	for range 50 {
		now := tenant.stamp()
		if !now.After(last) || now.Nanosecond()%1e6 != 0 {
			t.Fatalf("%v follows %v", now, last)
		}
		last = now
	}
}
