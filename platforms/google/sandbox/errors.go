package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// apiError is a refusal in Google's JSON error form. Legacy ones (Directory)
// carry errors[] and no details, newer ones (Chat) status and details.
type apiError struct {
	code    int
	status  string // canonical code, for example "PERMISSION_DENIED"
	message string
	errors  []map[string]any
	details []map[string]any
	header  http.Header
}

// Error implements error.
func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %s", e.code, e.status, e.message) }

// statusOf maps an HTTP status to the canonical code that Google names it with.
func statusOf(code int) string {
	switch code {
	case http.StatusBadRequest:
		return "INVALID_ARGUMENT"
	case http.StatusUnauthorized:
		return "UNAUTHENTICATED"
	case http.StatusForbidden:
		return "PERMISSION_DENIED"
	case http.StatusNotFound:
		return "NOT_FOUND"
	case http.StatusConflict:
		return "ALREADY_EXISTS"
	case http.StatusTooManyRequests:
		return "RESOURCE_EXHAUSTED"
	default:
		return "INTERNAL"
	}
}

// refuse makes a newer-style error.
func refuse(code int, format string, args ...any) *apiError {
	return &apiError{code: code, status: statusOf(code), message: fmt.Sprintf(format, args...)}
}

// legacy makes a Directory-style error with one entry in errors[].
func legacy(code int, reason, message string) *apiError {
	return &apiError{code: code, message: message, errors: []map[string]any{{"message": message, "domain": "global", "reason": reason}}}
}

// at adds where a legacy error's cause is.
func (e *apiError) at(param string) *apiError {
	e.errors[0]["locationType"], e.errors[0]["location"] = "parameter", param
	return e
}

// violation is one field that a request got wrong.
type violation struct{ field, description string }

// badRequest makes the error for requests that do not bind to the method's
// message; as Google does, the descriptions are joined into the message.
func badRequest(list ...violation) *apiError {
	var lines []string
	var fields []map[string]any
	for _, v := range list {
		lines = append(lines, v.description)
		entry := map[string]any{"description": v.description}
		if v.field != "" {
			entry["field"] = v.field
		}
		fields = append(fields, entry)
	}
	e := refuse(http.StatusBadRequest, "%s", strings.Join(lines, "\n"))
	e.errors = []map[string]any{{"message": e.message, "reason": "invalid"}}
	e.details = []map[string]any{{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": fields}}
	return e
}

// errorInfo is the machine-readable detail of an error.
func errorInfo(reason string, metadata map[string]any) map[string]any {
	return map[string]any{
		"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason,
		"domain": "googleapis.com", "metadata": metadata,
	}
}

// write sends the error.
func (e *apiError) write(w http.ResponseWriter) {
	body := map[string]any{"code": e.code, "message": e.message}
	if e.status != "" {
		body["status"] = e.status
	}
	if len(e.errors) > 0 {
		body["errors"] = e.errors
	}
	if len(e.details) > 0 {
		body["details"] = e.details
	}
	for name, values := range e.header {
		w.Header()[name] = values
	}
	writeJSON(w, e.code, map[string]any{"error": body}, true)
}

// writeJSON sends v; Google indents by two spaces unless prettyPrint=false.
func writeJSON(w http.ResponseWriter, code int, v any, pretty bool) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Vary", "Origin, X-Origin, Referer")
	h.Set("Cache-Control", "private")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if pretty {
		enc.SetIndent("", "  ")
	}
	// The client may be gone; there is nobody left to tell.
	_ = enc.Encode(v)
}

// notFoundPage answers a path or verb that no API has, as Google's front end
// does: in HTML.
func notFoundPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(http.StatusNotFound)
	_ = pages().ExecuteTemplate(w, "404", r.URL.Path)
}
