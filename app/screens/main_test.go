package screens

import (
	"testing"

	"go.uber.org/goleak"
)

// Whatever Open starts ends with Close.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
