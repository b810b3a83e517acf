package main

import "testing"

func TestOldNodesAreRefused(t *testing.T) {
	for version, want := range map[string]bool{
		"v18.20.4": false, "v20.18.1": false, "v20.19.0": true, "v21.7.0": false, "v22.11.0": false,
		"v22.12.0": true, "v24.0.0": true, "": false, "nonsense": false,
	} {
		if got := runsOn(version); got != want {
			t.Errorf("node %q: %v, want %v", version, got, want)
		}
	}
}
