package sandbox

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault makes requests of one API go wrong.
type Fault struct {
	ID      string
	Title   string
	API     string // API name; "" for all
	Method  string // HTTP method; "" for all
	Path    string // substring of the path; "" for all
	Times   int    // how often; 0 means until removed
	Latency time.Duration
	// Status answers this instead of the API; 0 lets the request through.
	Status int
	Header http.Header
	Body   string
	// After lets the request take effect first and then answers Status, or
	// drops the connection when Status is 0 and Drop is set.
	After bool
	Drop  bool
	// Hold, when set, is called after the effect, before the answer; it may block.
	Hold func(*http.Request)
}

// Faults are the faults switched on in a World.
type Faults struct {
	mu   sync.Mutex
	list []Fault
}

// Set switches a fault on, replacing the one with its ID.
func (f *Faults) Set(fault Fault) {
	f.Clear(fault.ID)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, fault)
}

// Clear switches a fault off.
func (f *Faults) Clear(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.list {
		if f.list[i].ID == id {
			f.list = append(f.list[:i], f.list[i+1:]...)
			return
		}
	}
}

// List returns the faults that are on.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Fault(nil), f.list...)
}

// take returns the faults that hit a request, in the order they were set, and
// uses them up.
func (f *Faults) take(api string, r *http.Request) []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	var hits []Fault
	kept := f.list[:0]
	for _, fault := range f.list {
		if !fault.hits(api, r) {
			kept = append(kept, fault)
			continue
		}
		hits = append(hits, fault)
		if fault.Times != 1 {
			if fault.Times > 1 {
				fault.Times--
			}
			kept = append(kept, fault)
		}
	}
	f.list = kept
	return hits
}

func (f Fault) hits(api string, r *http.Request) bool {
	return (f.API == "" || f.API == api) && (f.Method == "" || f.Method == r.Method) && strings.Contains(r.URL.Path, f.Path)
}
