package sandbox

import (
	"bytes"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/platforms/google/sandbox/discovery"
)

// The embedded extract is what the pinned module's discovery documents say.
func TestExtractIsFresh(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", discovery.Module).Output()
	if err != nil {
		t.Fatalf("find %s: %v", discovery.Module, err)
	}
	want, err := discovery.Extract(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, discoveryJSON) {
		t.Error("discovery.json is stale: run go run ./platforms/google/sandbox/extract from the module's root")
	}
}

// Every method in the extract is served, and nothing else is.
func TestExtractIsServed(t *testing.T) {
	cat, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	g := &google{}
	served := map[string]bool{}
	for _, methods := range []map[string]methodFunc{
		g.oauth2Methods(), g.directoryMethods(), g.chatMethods(), g.reportMethods(), g.policyMethods(), g.licenceMethods(), g.iamMethods(), g.credentialMethods(),
		g.pubsubMethods(), g.eventMethods(),
	} {
		for id := range methods {
			served[id] = true
			if _, ok := cat.doc.Methods[id]; !ok {
				t.Errorf("%s is served and not in the extract", id)
			}
		}
	}
	for id := range cat.doc.Methods {
		if !served[id] {
			t.Errorf("%s is in the extract and not served", id)
		}
	}
}

// checkAnswer holds a success against the method's response schema, and a
// refusal of an API against Google's error form.
func (l *lab) checkAnswer(req *http.Request, a answer) {
	l.t.Helper()
	api := ""
	for name, u := range l.urls {
		if strings.HasPrefix(u, "http://"+req.URL.Host+"/") {
			api = name
			switch {
			case name == "directory" && strings.HasPrefix(req.URL.Path, "/admin/reports/"):
				api = "reports"
			case name == "directory":
				api = "admin"
			}
		}
	}
	if l.cat.routes[api] == nil || a.body == nil {
		return
	}
	if a.code != http.StatusOK {
		if a.at("error.code") != float64(a.code) || a.str("error.message") == "" {
			l.t.Errorf("%s %s: not Google's error form: %s", req.Method, req.URL, a.raw)
		}
		return
	}
	r, _, ok := l.cat.find(api, req.Method, req.URL.Path)
	if !ok {
		return
	}
	for _, p := range l.mistakes(api, "", a.body, discovery.Schema{Ref: r.m.Response}) {
		l.t.Errorf("%s: %s", r.id, p)
	}
}

// mistakes lists where a value departs from a schema.
func (l *lab) mistakes(api, at string, v any, s discovery.Schema) []string {
	s = l.cat.schema(api, s)
	wrong := func(what string) []string { return []string{fmt.Sprintf("%s is %v, want %s", at, v, what)} }
	var out []string
	switch s.Type {
	case "object":
		o, ok := v.(map[string]any)
		if !ok {
			return wrong("an object")
		}
		for name, value := range o {
			p, known := s.Properties[name]
			if !known && s.Additional != nil {
				p, known = *s.Additional, true
			}
			if !known {
				out = append(out, at+"."+name+" is not in the schema")
				continue
			}
			out = append(out, l.mistakes(api, at+"."+name, value, p)...)
		}
	case "array":
		list, ok := v.([]any)
		if !ok || len(list) == 0 {
			return wrong("a list that is not empty")
		}
		for i, item := range list {
			out = append(out, l.mistakes(api, fmt.Sprintf("%s[%d]", at, i), item, *s.Items)...)
		}
	case "string":
		text, ok := v.(string)
		if !ok || len(s.Enum) > 0 && !slices.Contains(s.Enum, text) {
			return wrong("a string " + strings.Join(s.Enum, "|"))
		}
		if s.Format == "google-datetime" || s.Format == "date-time" {
			if _, err := time.Parse(time.RFC3339Nano, text); err != nil || !strings.HasSuffix(text, "Z") {
				return wrong("a time in UTC")
			}
		}
	case "integer":
		if n, ok := v.(float64); !ok || n != float64(int(n)) {
			return wrong("an integer")
		}
	case "number":
		if _, ok := v.(float64); !ok {
			return wrong("a number")
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return wrong("a boolean")
		}
	case "any":
	default:
		return wrong("a known type, not " + s.Type)
	}
	return out
}
