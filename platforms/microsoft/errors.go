package microsoft

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

// maxText bounds a vendor's words as they are kept and shown.
const maxText = 600

// effect is what may have become of a request whose answer is missing.
type effect bool

const (
	// harmless: a read, or a change that can be made twice.
	harmless effect = true
	// once: a change that a second request would make a second time.
	once effect = false
)

// fail turns an error of a Graph call into a *platforms.Error.
func fail(op string, err error, e effect) error {
	if err == nil {
		return nil
	}
	op = string(ID) + ": " + op
	var refused *graph.Error
	if !errors.As(err, &refused) {
		return &platforms.Error{Kind: platforms.Internal, Op: op, Err: err, Time: time.Now()}
	}
	if refused.Status == 0 {
		return unanswered(op, err, e)
	}
	out := &platforms.Error{
		Kind: kindOf(refused, e), Op: op, Code: refused.Code, Status: refused.Status,
		RequestID: refused.RequestID, Time: time.Now(), Text: shorten(refused.Text), Err: refused.Err,
	}
	if refused.Inner != "" && !strings.EqualFold(refused.Inner, refused.Code) {
		out.Code += " " + refused.Inner
	}
	out.RetryAfter, _ = transport.RetryAfter(refused.Header, time.Now())
	return out
}

// unanswered is a call that ended without an answer: no token could be had, or
// the connection failed. The transport has judged already.
func unanswered(op string, err error, e effect) error {
	var judged *platforms.Error
	if !errors.As(err, &judged) {
		kind := platforms.Internal
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			kind = platforms.TryLater
		}
		if kind == platforms.TryLater && e == once {
			kind = platforms.Uncertain
		}
		return &platforms.Error{Kind: kind, Op: op, Err: err, Time: time.Now()}
	}
	out := *judged
	out.Op = op
	if out.Kind == platforms.Uncertain && e == harmless {
		out.Kind = platforms.TryLater
	}
	return &out
}

// kindOf maps an answer to what the caller should do. Codes refine it only
// where the status alone would mislead.
func kindOf(e *graph.Error, effect effect) platforms.Kind {
	if e.Status < http.StatusBadRequest {
		return unreadable(e, effect)
	}
	switch {
	case goneCursor(e), impossible(e):
		return platforms.NotFound
	case e.Status == http.StatusBadRequest && taken(e):
		return platforms.Conflict
	}
	return transport.Kind(e.Status, effect == harmless)
}

// unreadable is an answer of success that broke off or made no sense.
func unreadable(e *graph.Error, effect effect) platforms.Kind {
	if effect == once {
		return platforms.Uncertain
	}
	var syntax *json.SyntaxError
	if errors.Is(e.Err, io.ErrUnexpectedEOF) || errors.As(e.Err, &syntax) || !e.Decode {
		return platforms.TryLater
	}
	return platforms.Internal
}

// taken recognises a name or seat that exists already, which Teams also answers
// as 400.
func taken(e *graph.Error) bool {
	for _, code := range []string{e.Code, e.Inner} {
		switch strings.ToLower(code) {
		case "namealreadyexists", "conflict", "resourcealreadyexists", "alreadyexists":
			return true
		}
	}
	return strings.Contains(strings.ToLower(e.Text), "already exist")
}

// impossible recognises an id of a form that nothing can have: Teams looks at
// the form before it looks for the team or channel.
func impossible(e *graph.Error) bool {
	text := strings.ToLower(e.Text)
	return e.Status == http.StatusBadRequest && (strings.Contains(text, "valid guid") || strings.Contains(text, "invalid channelid"))
}

// goneCursor recognises a delta token that Graph no longer accepts: 410, or
// another refusal with one of these codes (delta query overview).
func goneCursor(e *graph.Error) bool {
	if e.Status == http.StatusGone {
		return true
	}
	for _, code := range []string{e.Code, e.Inner} {
		switch strings.ToLower(code) {
		case "syncstatenotfound", "resyncrequired", "syncstateinvalid":
			return true
		}
	}
	return false
}

// cursorGone reports whether err refuses a cursor rather than the read.
func cursorGone(err error) bool {
	var e *graph.Error
	return errors.As(err, &e) && goneCursor(e)
}

// unquoted removes the body of a message from an error's words, should the
// vendor have quoted it: as it was sent or as plain text.
func unquoted(html string, err error) error {
	e, ok := asError(err)
	if !ok || e.Text == "" {
		return err
	}
	c := *e
	c.Text = transport.Unquoted(transport.Unquoted(e.Text, html), normalText(html))
	return &c
}

func shorten(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}

// asError finds the *platforms.Error in err's chain.
func asError(err error) (*platforms.Error, bool) {
	var e *platforms.Error
	ok := errors.As(err, &e)
	return e, ok
}
