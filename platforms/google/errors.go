package google

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/googleapi"

	"miohub/platforms"
	"miohub/platforms/transport"
)

const maxText = 300

// quotaReasons are the reasons by which the Directory API refuses for quota
// with 403 instead of 429 (Directory API "Limits and quotas").
func quotaReasons() []string {
	return []string{"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "RATE_LIMIT_EXCEEDED"}
}

// throttled recognises a quota refusal by its body.
func throttled(status int, body []byte) bool {
	if status != 403 {
		return false
	}
	var answer struct {
		Error struct {
			Errors []struct {
				Reason string `json:"reason"`
			} `json:"errors"`
			Details []struct {
				Reason string `json:"reason"`
			} `json:"details"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return false
	}
	for _, e := range append(answer.Error.Errors, answer.Error.Details...) {
		if slices.Contains(quotaReasons(), e.Reason) {
			return true
		}
	}
	return false
}

// failed turns an error of a call into a *platforms.Error. Every call this
// package makes may be repeated: reads, and writes that carry a key or set a
// state. So a fault of the server leaves nothing uncertain.
func failed(op string, err error) error {
	if err == nil {
		return nil
	}
	op = "google: " + op
	var answered *googleapi.Error
	if errors.As(err, &answered) {
		return failedAnswer(op, answered)
	}
	var known *platforms.Error
	if errors.As(err, &known) {
		e := *known
		e.Op = op
		if e.Kind == platforms.Uncertain {
			e.Kind = platforms.TryLater
		}
		return &e
	}
	kind := platforms.Internal
	var half *json.SyntaxError
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &half) {
		kind = platforms.TryLater // not sent, or an answer that broke off
	}
	return &platforms.Error{Kind: kind, Op: op, Err: err, Time: time.Now()}
}

// refusal stands for the vendor's answer, whose body may hold what does not
// belong into a log.
type refusal struct {
	activation string // where a switched-off API can be switched on
}

func (*refusal) Error() string { return "the vendor refused" }

func failedAnswer(op string, answered *googleapi.Error) *platforms.Error {
	now := time.Now()
	e := &platforms.Error{
		Kind: transport.Kind(answered.Code, true), Op: op, Status: answered.Code, Time: now,
		Code: reasonOf(answered), Text: short(answered.Message), RequestID: transport.RequestID(answered.Header), Err: &refusal{activation: activationURL(answered)},
	}
	e.RetryAfter, _ = transport.RetryAfter(answered.Header, now)
	switch {
	case slices.Contains(quotaReasons(), e.Code):
		e.Kind = platforms.SlowDown
	case strings.Contains(answered.Message, "User creation is not complete"):
		e.Kind = platforms.TryLater
	case noChatApp(answered.Message):
		e.Kind, e.Code = platforms.Forbidden, codeNoChatApp
	}
	return e
}

const codeNoChatApp = "chat-app-not-configured"

// noChatApp recognises the answers given until the Chat API's Configuration
// page was saved once. They come as 404, but no space is missing.
func noChatApp(message string) bool {
	return strings.Contains(message, "Google Chat app not found") || strings.Contains(message, "No bot associated with this project")
}

// reasonOf is the most telling code of an answer: the error detail's reason,
// else the status ("ALREADY_EXISTS"), else the legacy reason.
func reasonOf(answered *googleapi.Error) string {
	for _, d := range answered.Details {
		if m, ok := d.(map[string]any); ok {
			if reason, ok := m["reason"].(string); ok && reason != "" {
				return reason
			}
		}
	}
	var body struct {
		Error struct {
			Status string `json:"status"`
		} `json:"error"`
	}
	for _, item := range answered.Errors {
		if slices.Contains(quotaReasons(), item.Reason) {
			return item.Reason
		}
	}
	if json.Unmarshal([]byte(answered.Body), &body) == nil && body.Error.Status != "" {
		return body.Error.Status
	}
	for _, item := range answered.Errors {
		if item.Reason != "" {
			return item.Reason
		}
	}
	return ""
}

// activationURL is where a switched-off API can be switched on, "" when the
// answer does not say.
func activationURL(answered *googleapi.Error) string {
	for _, d := range answered.Details {
		m, _ := d.(map[string]any)
		meta, _ := m["metadata"].(map[string]any)
		if u, ok := meta["activationUrl"].(string); ok && strings.HasPrefix(u, "https://console.") {
			return u
		}
	}
	return ""
}

func short(text string) string {
	if r := []rune(text); len(r) > maxText {
		return string(r[:maxText]) + "…"
	}
	return text
}

// asInvalid is the same failure, of a kind that repeating cannot help.
func asInvalid(err error) error {
	var e *platforms.Error
	if !errors.As(err, &e) {
		return err
	}
	c := *e
	c.Kind = platforms.Invalid
	return &c
}

// without removes the body of a message from an error's text, should the
// vendor have quoted it.
func without(body string, err error) error {
	var e *platforms.Error
	if !errors.As(err, &e) || e.Text == "" {
		return err
	}
	c := *e
	c.Text = transport.Unquoted(e.Text, body)
	return &c
}
