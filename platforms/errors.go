package platforms

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what the caller of a failed operation should do about it.
type Kind string

// The kinds of failure, from the caller's point of view.
const (
	SignInAgain Kind = "sign-in-again" // the grant is gone: a person must authorize again
	Forbidden   Kind = "forbidden"     // signed in, but not allowed: a scope, role or membership is missing
	NotFound    Kind = "not-found"     // the thing does not exist, or is hidden from us
	Conflict    Kind = "conflict"      // it exists already, or changed meanwhile
	Invalid     Kind = "invalid"       // the request itself is wrong; repeating it cannot help
	Unsupported Kind = "unsupported"   // this platform, or this room, cannot do it
	SlowDown    Kind = "slow-down"     // a quota is used up; wait RetryAfter
	TryLater    Kind = "try-later"     // a passing fault, nothing was changed; repeat
	Uncertain   Kind = "uncertain"     // it may have happened: look before trying again
	Internal    Kind = "internal"      // our own fault, or an answer nobody expected
)

// Error is a failed operation on a platform. Vendors' codes are kept as data to
// show and to diagnose with; control flow follows Kind alone.
type Error struct {
	Kind       Kind
	Op         string        // what was attempted, for example "google: list users"
	Code       string        // the vendor's code or reason, for example "userRateLimitExceeded", "AADSTS65001"
	Status     int           // HTTP status, 0 when no answer arrived
	RetryAfter time.Duration // how long the vendor asked us to wait; 0 when it did not say
	RequestID  string        // the vendor's request, trace or correlation id
	Time       time.Time     // when the answer arrived
	Text       string        // the vendor's own words, message content removed
	Err        error
}

// Error implements error: operation, kind and the vendor's words.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	b.WriteString(": ")
	switch {
	case e.Text != "":
		b.WriteString(e.Text)
	case e.Err != nil:
		b.WriteString(e.Err.Error())
	default:
		b.WriteString(string(e.Kind))
	}
	if e.Code != "" && !strings.Contains(e.Text, e.Code) {
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf tells what to do about err: the Kind of the *Error in its chain,
// Internal for any other error, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// RetryAfter is how long the platform asked to wait, 0 when it did not say.
func RetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}
