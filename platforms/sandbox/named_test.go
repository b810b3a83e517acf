package sandbox

import (
	"errors"
	"strings"
	"testing"
)

func TestNamedFaultsAreSwitchedById(t *testing.T) {
	var toggles Toggles
	moved, refuse := 0, false
	e := &Emulator{Faults: []NamedFault{
		toggles.Fault(NamedFault{ID: "a.plain"}, nil),
		toggles.Fault(NamedFault{ID: "a.moving"}, func(bool) error {
			if refuse {
				return errors.New("stuck")
			}
			moved++
			return nil
		}),
	}}
	for _, id := range []string{"a.plain", "a.moving", "a.moving"} { // a second time changes nothing
		if err := SwitchFault(id, true, &Emulator{}, e); err != nil {
			t.Fatal(err)
		}
	}
	if !e.Faults[0].On() || !e.Faults[1].On() || moved != 1 {
		t.Errorf("on: %v %v, moved %d times", e.Faults[0].On(), e.Faults[1].On(), moved)
	}
	refuse = true
	if err := SwitchFault("a.moving", false, e); err == nil || !e.Faults[1].On() {
		t.Errorf("a switch that could not move: %v, on %v", err, e.Faults[1].On())
	}
	if err := SwitchFault("a.other", true, e); err == nil || !strings.Contains(err.Error(), "a.moving, a.plain") {
		t.Errorf("an unknown fault: %v", err)
	}
}
