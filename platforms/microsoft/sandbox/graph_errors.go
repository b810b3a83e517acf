package sandbox

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// graphError is one of Graph's refusals on its way to the client.
type graphError struct {
	refusal
	text   string
	header http.Header
	inner  map[string]any
}

func (e *graphError) Error() string { return e.text }

// deny makes Graph's error of the listed refusal.
func (c *cloud) deny(id string, args ...any) *graphError {
	r := findRefusal(id)
	return &graphError{refusal: r, text: fmt.Sprintf(r.Message, args...), header: http.Header{}}
}

// notEmulated says so, rather than pretending, where the vendor would do
// something that this emulator does not.
func notEmulated(what string) *graphError {
	return &graphError{
		refusal: refusal{Status: http.StatusNotImplemented, Code: "NotImplemented"}, header: http.Header{},
		text: "This emulator does not know " + what + ".",
	}
}

// denyFor adds how long to wait: fractional seconds of the client's clock,
// rounded up to the millisecond.
func (c *cloud) denyFor(id string, wait time.Duration, args ...any) *graphError {
	e := c.deny(id, args...)
	e.header.Set("Retry-After", retryAfter(wait))
	return e
}

func retryAfter(wait time.Duration) string {
	ms := math.Ceil(float64(wait) / float64(time.Millisecond))
	return strconv.FormatFloat(ms/1000, 'f', -1, 64)
}

// transientWait is how long a fault asks to wait, in tenant time.
const transientWait = 5 * time.Second

// retryAfter is a wait of tenant time as the client's clock sees it.
func (c *cloud) retryAfter(tenant time.Duration) string {
	return retryAfter(c.world.Clock.Wall(tenant))
}

// bearerRealm is where Graph tells clients to fetch tokens.
const bearerRealm = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="` + graphAppID + `"`

// challenge asks for a token newer than now: continuous access evaluation, for
// clients that have said that they understand it.
func (c *cloud) challenge() *graphError {
	e := c.deny("graph.token.claims")
	claims := fmt.Sprintf(`{"access_token":{"nbf":{"essential":true, "value":"%d"}}}`, c.world.Clock.Now().Unix())
	e.header.Set("WWW-Authenticate", bearerRealm+`, error="insufficient_claims", claims="`+base64.StdEncoding.EncodeToString([]byte(claims))+`"`)
	return e
}

// writeGraphError answers the error object. It is JSON in every case: the
// vendor's client library breaks on anything else.
func (c *cloud) writeGraphError(w http.ResponseWriter, requestID, clientID string, err error) {
	status, header, body := c.errorAnswer(requestID, clientID, err)
	for k, v := range header {
		w.Header()[k] = v
	}
	writeJSON(w, status, body)
}

// errorAnswer is a refusal as status, headers and body, counted as made.
func (c *cloud) errorAnswer(requestID, clientID string, err error) (int, http.Header, map[string]any) {
	e, listed := err.(*graphError)
	if !listed {
		e = &graphError{refusal: refusal{Status: http.StatusInternalServerError, Code: "InternalServerError"}, text: err.Error(), header: http.Header{}}
	}
	c.note(e.ID)
	inner := map[string]any{
		"date":              c.world.Clock.Now().Format("2006-01-02T15:04:05"),
		"request-id":        requestID,
		"client-request-id": clientID,
	}
	for k, v := range e.inner {
		inner[k] = v
	}
	if e.Status == http.StatusUnauthorized && e.header.Get("WWW-Authenticate") == "" {
		e.header.Set("WWW-Authenticate", bearerRealm)
	}
	return e.Status, e.header, map[string]any{"error": map[string]any{"code": e.Code, "message": e.text, "innerError": inner}}
}
