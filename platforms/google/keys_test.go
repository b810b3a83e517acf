package google

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
)

func TestAnOldKeyIsToldAsSuch(t *testing.T) {
	now := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		since    string
		status   platforms.Status
		evidence string
		cause    string
	}{
		"of yesterday":  {"2026-06-29T12:00:00Z", platforms.Pass, "one day ago, on 29 June 2026", ""},
		"29 days old":   {"2026-06-01T12:00:01Z", platforms.Pass, "28 days", ""},
		"30 days old":   {"2026-05-31T12:00:00Z", platforms.Warn, "30 days", "more than 30 days"},
		"90 days old":   {"2026-04-01T12:00:00Z", platforms.Warn, "90 days", "more than 90 days"},
		"of no age":     {"", platforms.Warn, "", "did not say"},
		"of tomorrow's": {"2026-07-01T12:00:00Z", platforms.Pass, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := keyAge(tc.since, now, "https://console.example/")
			if f.Status != tc.status || !strings.Contains(f.Evidence, tc.evidence) || !strings.Contains(f.Cause, tc.cause) {
				t.Errorf("%+v", f)
			}
			if f.Status == platforms.Warn && (f.Fix == "" || f.FixURL == "") {
				t.Errorf("nothing to do: %+v", f)
			}
		})
	}
}

func TestWithoutAKeyNoneIsUsed(t *testing.T) {
	o := furnished(t, append(keyed(), platforms.FeatureKeyless)...)
	for _, key := range []string{keyServiceAccount} {
		_ = o.secret.Delete(t.Context(), key)
		_ = o.values.Delete(t.Context(), key)
	}
	if f := o.find(codeKey); f.Status != platforms.Pass || !strings.Contains(f.Evidence, "no key was used") {
		t.Errorf("%+v", f)
	}
	if f := o.find(codeKeyAge); f.Status != platforms.Pass || !strings.Contains(f.Evidence, "no key that could grow old") {
		t.Errorf("%+v", f)
	}
	if err := o.readPeople(); err != nil {
		t.Error(err)
	}
	if err := newWorkspace(o.env).revoke(t.Context(), o.secretToken()); err != nil {
		t.Fatal(err)
	}
	o.world.Clock.Advance(2 * time.Hour)
	o.connect()
	if err := o.readPeople(); platforms.KindOf(err) != platforms.SignInAgain {
		t.Errorf("without the sign-in that has Google sign: %v", err)
	}
}

func TestASignInOfBeforeAFeatureAsksForAnother(t *testing.T) {
	o := furnished(t, keyed()...)
	choose(o.values, append(keyed(), platforms.FeatureKeyless))
	f := o.find(codeSignIn)
	if f.Status != platforms.Fail || !strings.Contains(f.Raw, "cloud-platform") || !strings.Contains(f.Fix, "Authorize Mio") {
		t.Errorf("%+v", f)
	}
}

func TestClockFindings(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for off, want := range map[time.Duration]platforms.Status{
		0: platforms.Pass, 20 * time.Second: platforms.Pass, -40 * time.Second: platforms.Warn, 10 * time.Minute: platforms.Fail, -10 * time.Minute: platforms.Fail,
	} {
		f := clockFinding(now.Add(-off).Format(http.TimeFormat), now, now)
		if f.Status != want || f.Evidence == "" {
			t.Errorf("%s off: %+v", off, f)
		}
	}
	if f := clockFinding("", now, now); f.Status != platforms.Skipped {
		t.Errorf("without a date: %+v", f)
	}
}
