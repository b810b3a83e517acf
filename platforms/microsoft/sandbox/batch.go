package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxBatch is how many requests one batch carries.
const maxBatch = 20

// part is one request of a batch.
type part struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
}

// batch runs up to twenty requests; each is checked, counted and refused like
// one sent by itself. The answer is 200 even when parts of it failed.
func (k *call) batch(routes func() []route) (*reply, error) {
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(in["requests"])
	if err != nil {
		return nil, err
	}
	var parts []part
	if err := json.Unmarshal(raw, &parts); err != nil || len(parts) == 0 {
		return nil, k.deny("graph.batch.malformed")
	}
	if err := k.checkBatch(parts); err != nil {
		return nil, err
	}
	status := map[string]int{}
	responses := []any{}
	for _, p := range parts {
		code, header, body := k.runPart(p, status, routes)
		status[strings.ToLower(p.ID)] = code
		r := map[string]any{"id": p.ID, "status": code, "headers": header}
		if body != nil {
			r["body"] = body
		}
		responses = append(responses, r)
	}
	return ok(map[string]any{"responses": responses})
}

func (k *call) checkBatch(parts []part) error {
	if len(parts) > maxBatch {
		return k.deny("graph.batch.too-many", maxBatch)
	}
	seen := map[string]bool{}
	for _, p := range parts {
		id := strings.ToLower(p.ID)
		switch {
		case id == "" || p.Method == "" || p.URL == "" || strings.Contains(p.URL, "://"):
			return k.deny("graph.batch.malformed")
		case seen[id]:
			return k.deny("graph.batch.duplicate-id", p.ID)
		case len(p.Body) > 0 && header(p.Headers, "Content-Type") == "":
			return k.deny("graph.batch.content-type", p.ID)
		}
		for _, d := range p.DependsOn {
			if !seen[strings.ToLower(d)] {
				return k.deny("graph.batch.depends-on", d)
			}
		}
		seen[id] = true
	}
	return nil
}

func header(h map[string]string, name string) string {
	for k, v := range h {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}

// runPart answers one request of the batch.
func (k *call) runPart(p part, status map[string]int, routes func() []route) (int, map[string]string, any) {
	failed := slices.ContainsFunc(p.DependsOn, func(d string) bool { return status[strings.ToLower(d)] >= 400 })
	requestID := randomGUID()
	if failed {
		return k.failedPart(requestID, k.deny("graph.batch.dependency-failed"))
	}
	target, err := url.Parse("/v1.0/" + strings.TrimPrefix(p.URL, "/"))
	if err != nil || strings.HasPrefix(strings.TrimPrefix(p.URL, "/"), "$batch") {
		return k.failedPart(requestID, k.deny("graph.path.unknown", p.URL))
	}
	body := []byte(p.Body)
	r := (&http.Request{
		Method: strings.ToUpper(p.Method), URL: target, Host: k.r.Host, TLS: k.r.TLS, Header: http.Header{},
		Body: http.NoBody, Proto: "HTTP/1.1",
	}).WithContext(k.r.Context())
	if len(body) > 0 {
		r.Body = readCloser{bytes.NewReader(body)}
	}
	r.Header.Set("Authorization", k.r.Header.Get("Authorization"))
	for name, v := range p.Headers {
		r.Header.Set(name, v)
	}
	answer, err := k.dispatch(r, routes())
	if err != nil {
		return k.failedPart(requestID, err)
	}
	head := map[string]string{"request-id": requestID}
	for name, v := range answer.header {
		head[name] = v[0]
	}
	if answer.raw != nil {
		head["Content-Type"] = answer.kind
		return answer.status, head, base64.StdEncoding.EncodeToString(answer.raw)
	}
	if answer.text != "" {
		head["Content-Type"] = "text/plain"
		return answer.status, head, answer.text
	}
	if answer.body != nil {
		head["Content-Type"], head["OData-Version"] = "application/json", "4.0"
	}
	return answer.status, head, answer.body
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func (k *call) failedPart(requestID string, err error) (int, map[string]string, any) {
	status, h, body := k.errorAnswer(requestID, requestID, err)
	head := map[string]string{"Content-Type": "application/json", "request-id": requestID}
	for name, v := range h {
		head[name] = v[0]
	}
	return status, head, body
}
