package sandbox

import world "miohub/platforms/sandbox"

// Refusals lists everything the emulated tenant refuses, with its source.
func Refusals() []world.Refusal { return nil }
