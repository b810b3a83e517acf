package graph

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

// Error is a refused or failed call.
type Error struct {
	Op     string      // "graph: list teams"
	Status int         // HTTP status; 0 when no answer arrived
	Header http.Header // of the answer; nil when none arrived
	// Code is Graph's own: "Forbidden", "TooManyRequests", "syncStateNotFound".
	Code string
	// Inner is a more exact code, "" when there is none.
	Inner     string
	Text      string // Graph's own words
	RequestID string
	// Decode: the service answered success in a form that could not be read.
	Decode bool
	// Err is the cause where no answer arrived or none could be read; nil
	// when Graph's refusal says it all.
	Err error
}

// Error implements error.
func (e *Error) Error() string {
	switch {
	case e.Text != "":
		return fmt.Sprintf("%s: %d %s: %s", e.Op, e.Status, e.Code, e.Text)
	case e.Status != 0 && !e.Decode:
		return fmt.Sprintf("%s: HTTP status %d", e.Op, e.Status)
	}
	return fmt.Sprintf("%s: %v", e.Op, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

type decodeError struct{ error }

// answer is what was seen of a call's answer, whatever the SDK makes of it: an
// HTML page from a proxy, for example, ends as a parse error without a status.
type answer struct {
	status int
	header http.Header
}

type answerKey struct{}

// failure turns what the SDK returned into an Error.
func failure(op string, seen *answer, err error) error {
	e := &Error{Op: "graph: " + op, Status: seen.status, Header: seen.header, Err: err}
	var de *decodeError
	e.Decode = errors.As(err, &de)
	if seen.header != nil {
		e.RequestID = seen.header.Get("request-id")
	}
	var oe *odataerrors.ODataError
	if errors.As(err, &oe) {
		e.describe(oe)
		// Dropped: its Error method assumes a message that not every refusal has.
		e.Err = nil
	}
	return e
}

func (e *Error) describe(oe *odataerrors.ODataError) {
	main := oe.GetErrorEscaped()
	if main == nil {
		return
	}
	e.Code, e.Text = text(main.GetCode()), text(main.GetMessage())
	inner := main.GetInnerError()
	if inner == nil {
		return
	}
	if id := text(inner.GetRequestId()); id != "" {
		e.RequestID = id
	}
	if v, ok := inner.GetAdditionalData()["code"].(*string); ok {
		e.Inner = text(v)
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
