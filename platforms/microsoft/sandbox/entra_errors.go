package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// entraError is one of Entra's refusals on its way to the client.
type entraError struct {
	refusal
	text string
}

// refuse makes Entra's error of the listed refusal.
func (c *cloud) refuse(id string, args ...any) *entraError {
	r := findRefusal(id)
	return &entraError{refusal: r, text: fmt.Sprintf(r.Message, args...)}
}

// describe is the error_description: code, text and the ids to search logs with.
func (e *entraError) describe(trace, correlation, at string) string {
	return fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", e.Number, e.text, trace, correlation, at)
}

func (c *cloud) entraIDs(r *http.Request) (trace, correlation, at string) {
	correlation = r.Header.Get("client-request-id")
	if correlation == "" {
		correlation = r.FormValue("client-request-id")
	}
	if len(correlation) != 36 {
		correlation = randomGUID()
	}
	return randomGUID(), correlation, c.world.Clock.Now().Format("2006-01-02 15:04:05Z")
}

func errorURI(number int) string {
	return fmt.Sprintf("https://login.microsoftonline.com/error?code=%d", number)
}

// writeTokenError answers the token endpoint's error object.
func (c *cloud) writeTokenError(w http.ResponseWriter, r *http.Request, e *entraError) {
	c.note(e.ID)
	trace, correlation, at := c.entraIDs(r)
	body := map[string]any{
		"error":             e.Code,
		"error_description": e.describe(trace, correlation, at),
		"error_codes":       []int{e.Number},
		"timestamp":         at,
		"trace_id":          trace,
		"correlation_id":    correlation,
		"error_uri":         errorURI(e.Number),
	}
	if e.Sub != "" {
		body["suberror"] = e.Sub
	}
	if e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", c.retryAfter(transientWait))
	}
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.Header().Set("Pragma", "no-cache")
	w.Header().Set("x-ms-request-id", trace)
	writeJSON(w, e.Status, body)
}

// redirectError sends the browser back to the application with an error.
func (c *cloud) redirectError(w http.ResponseWriter, r *http.Request, target, mode, state string, e *entraError, more url.Values) {
	c.note(e.ID)
	trace, correlation, at := c.entraIDs(r)
	v := url.Values{}
	for k, list := range more {
		v[k] = list
	}
	v.Set("error", e.Code)
	if e.Number == 65004 && more == nil {
		v.Set("error_subcode", "cancel")
	}
	v.Set("error_description", e.describe(trace, correlation, at))
	v.Set("error_uri", errorURI(e.Number))
	if state != "" {
		v.Set("state", state)
	}
	sendBack(w, r, target, mode, v)
}

// sendBack delivers an answer to the redirect URI in the response mode asked for.
func sendBack(w http.ResponseWriter, r *http.Request, target, mode string, v url.Values) {
	switch mode {
	case "form_post":
		writePage(w, http.StatusOK, postPage, map[string]any{"Action": target, "Values": v})
		return
	case "fragment":
		http.Redirect(w, r, target+"#"+v.Encode(), http.StatusFound)
		return
	}
	sep := "?"
	if strings.Contains(target, "?") {
		sep = "&"
	}
	http.Redirect(w, r, target+sep+v.Encode(), http.StatusFound)
}

// errorPage shows an error that must not be sent to the redirect URI.
func (c *cloud) errorPage(w http.ResponseWriter, r *http.Request, e *entraError) {
	c.note(e.ID)
	trace, correlation, at := c.entraIDs(r)
	status := e.Status
	if status == 0 || status == http.StatusUnauthorized {
		status = http.StatusBadRequest
	}
	writePage(w, status, failurePage, map[string]any{
		"Text": e.describe(trace, correlation, at), "Trace": trace, "Correlation": correlation, "Time": at,
	})
}

// note counts a refusal as made.
func (c *cloud) note(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made[id]++
}

// refusalsMade tells how often each refusal was answered.
func (c *cloud) refusalsMade(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made[id]
}
