package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Toggles are the switches of named faults that are merely on or off. The zero
// value has none on. It is safe for concurrent use.
type Toggles struct {
	mu sync.Mutex
	on map[string]bool
}

// On reports whether the fault is on.
func (t *Toggles) On(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.on[id]
}

// set switches a fault and reports whether that changed anything.
func (t *Toggles) set(id string, on bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.on == nil {
		t.on = map[string]bool{}
	}
	changed := t.on[id] != on
	t.on[id] = on
	return changed
}

// Fault completes f with a switch of its own. changed, unless nil, is called
// when the switch moves; its error leaves the switch where it was.
func (t *Toggles) Fault(f NamedFault, changed func(on bool) error) NamedFault {
	id := f.ID
	f.On = func() bool { return t.On(id) }
	f.Switch = func(on bool) error {
		if !t.set(id, on) || changed == nil {
			return nil
		}
		if err := changed(on); err != nil {
			t.set(id, !on)
			return fmt.Errorf("switch the fault %s: %w", id, err)
		}
		return nil
	}
	return f
}

// SwitchFault switches one of the emulators' named faults. An unknown id is an
// error that lists those there are.
func SwitchFault(id string, on bool, emulators ...*Emulator) error {
	known := map[string]bool{}
	for _, e := range emulators {
		for _, f := range e.Faults {
			if f.ID == id {
				return f.Switch(on)
			}
			known[f.ID] = true
		}
	}
	return fmt.Errorf("there is no fault %q; there are %s", id, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
}
