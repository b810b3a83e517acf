package cli

import (
	"strings"
	"testing"

	"miohub/app/store"
	"miohub/platforms"
)

func TestACauseThatChecksShareIsToldOnce(t *testing.T) {
	fail := func(code, raw string, unrecognised bool) store.CheckResult {
		return store.CheckResult{Title: code, Finding: platforms.Finding{Status: platforms.Fail, Cause: "Nobody consented.", Fix: "Consent.", Raw: raw, Unrecognised: unrecognised}}
	}
	var b strings.Builder
	printChecks(&b, []store.CheckResult{fail("a", "r1", false), fail("b", "r1", false), fail("c", "r2", true), {Title: "d", Finding: platforms.Finding{Status: platforms.Pass}}})
	got := b.String()
	for text, want := range map[string]int{"Nobody consented.": 2, "as above": 1, "r1": 1, "r2": 1, "fail": 3, "pass": 1} {
		if n := strings.Count(got, text); n != want {
			t.Errorf("%q is told %d times, want %d:\n%s", text, n, want, got)
		}
	}
}
