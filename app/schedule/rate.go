package schedule

import (
	"math"
	"time"
)

// How rates are learned. The values were chosen by simulation: two thousand
// rooms with steady and with conversational traffic.
const (
	longMemory  = 12 * time.Hour  // of a room's rate
	shortMemory = 2 * time.Minute // of a conversation
	priorEvents = 0.5             // how many events' worth the average of all rooms weighs
	quietShare  = 0.02            // of a silence that is left between two looks
	firstRate   = 1.0 / (60 * 60) // events a second, before anything was learned
)

// rate is what is known about how much happens in a room.
type rate struct {
	since  time.Duration // watched before this look and since the one before
	active time.Time     // the last look that found something
	events float64       // decaying
	time   float64       // seconds watched, decaying
	recent float64       // events of the last minutes, decaying
	weight float64       // √ of the expected rate
}

// average is the rate over all rooms, for rooms that little is known about.
type average struct{ events, time float64 }

func (a average) rate() float64 { return (a.events + 1) / (a.time + 1/firstRate) }

// learn takes in the outcome of a look.
func (r *rate) learn(now time.Time, events int, all *average) {
	n, t := float64(events), r.since.Seconds()
	if events > 0 {
		r.active = now
	}
	r.recent = r.recent*fade(t, shortMemory) + n
	if t > 0 {
		f := fade(t, longMemory)
		r.events, r.time = r.events*f+n, r.time*f+t
		all.events, all.time = all.events+n, all.time+t
	}
	steady := (r.events + priorEvents) / (r.time + priorEvents/all.rate())
	// Half of what happened just now is taken for the beginning of a
	// conversation: the whole would chase single messages.
	r.weight = math.Sqrt(steady + r.recent/shortMemory.Seconds()/2)
}

// quiet is the time to leave a silent room alone.
func (r *rate) quiet(now time.Time) time.Duration {
	return time.Duration(quietShare * float64(now.Sub(r.active)))
}

// fade is how much of something is left after so many seconds.
func fade(seconds float64, memory time.Duration) float64 {
	return math.Exp(-seconds / memory.Seconds())
}
