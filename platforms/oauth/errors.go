package oauth

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"miohub/platforms"
)

// answerError is the body of a token endpoint's refusal: RFC 6749 section 5.2
// with Entra's additions.
type answerError struct {
	Error         string `json:"error"`
	Description   string `json:"error_description"`
	Subtype       string `json:"error_subtype"`
	Codes         []int  `json:"error_codes"`
	TraceID       string `json:"trace_id"`
	CorrelationID string `json:"correlation_id"`
}

// Failure turns an error of a token request into a *platforms.Error. Code is
// RFC 6749's "error", with Entra's first numeric code ("invalid_grant
// AADSTS70043") where it gives one; Text is the vendor's description.
func Failure(op string, err error) error {
	if err == nil {
		return nil
	}
	var answered *oauth2.RetrieveError
	if errors.As(err, &answered) {
		return failedAnswer(op, answered)
	}
	var known *platforms.Error
	if errors.As(err, &known) {
		e := *known
		e.Op = op
		if e.Kind == platforms.Uncertain {
			// A token request changes nothing that the caller asked for.
			e.Kind = platforms.TryLater
		}
		return &e
	}
	return &platforms.Error{Kind: platforms.Internal, Op: op, Err: err, Time: time.Now()}
}

func failedAnswer(op string, answered *oauth2.RetrieveError) *platforms.Error {
	var body answerError
	// The JWT flow leaves the code empty, so the body is read here.
	_ = json.Unmarshal(answered.Body, &body)
	if body.Error == "" {
		body.Error, body.Description = answered.ErrorCode, answered.ErrorDescription
	}
	status := 0
	if answered.Response != nil {
		status = answered.Response.StatusCode
	}
	e := refused(op, body.Error, body.Description)
	e.Status, e.Err, e.RequestID = status, errAnswered, body.CorrelationID
	if body.TraceID != "" {
		e.RequestID = strings.TrimSpace(body.TraceID + " " + body.CorrelationID)
	}
	if len(body.Codes) > 0 {
		e.Code = fmt.Sprintf("%s AADSTS%d", body.Error, body.Codes[0])
	}
	switch {
	case status == http.StatusTooManyRequests:
		e.Kind = platforms.SlowDown
	case status >= 500:
		e.Kind = platforms.TryLater
	case body.Error == "":
		e.Kind, e.Text = platforms.Internal, fmt.Sprintf("the token endpoint answered %d without a reason", status)
	}
	return e
}

// errAnswered stands for the vendor's refusal; the answer itself may hold what
// does not belong into a log.
var errAnswered = errors.New("the token endpoint refused")

// refused maps an OAuth error code to what the caller should do. The codes are
// RFC 6749's, OpenID Connect's and Google's own (service account page "JWT
// error codes").
func refused(op, code, text string) *platforms.Error {
	e := &platforms.Error{Op: op, Code: code, Text: text, Time: time.Now()}
	if e.Text == "" {
		e.Text = code
	}
	switch code {
	case "invalid_grant", "interaction_required", "login_required", "consent_required", "expired_token", "invalid_token":
		e.Kind = platforms.SignInAgain
	case "access_denied", "unauthorized_client", "admin_policy_enforced", "invalid_client", "deleted_client",
		"disabled_client", "org_internal", "invalid_account", "account_restricted":
		e.Kind = platforms.Forbidden
	case "temporarily_unavailable", "server_error":
		e.Kind = platforms.TryLater
	case "slow_down":
		e.Kind = platforms.SlowDown
	case "unsupported_grant_type", "unsupported_response_type":
		e.Kind = platforms.Unsupported
	case "invalid_request", "invalid_scope", "invalid_target", "redirect_uri_mismatch":
		e.Kind = platforms.Invalid
	default:
		e.Kind = platforms.Forbidden
	}
	return e
}

// Cancelled reports whether a person said no, or closed the sign-in.
func Cancelled(err error) bool {
	var e *platforms.Error
	return errors.As(err, &e) && (e.Code == "access_denied" || e.Code == "cancelled")
}
