package google

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"miohub/platforms"
	"miohub/platforms/google/sandbox/discovery"
)

// use is a method called with a scope, by a kind of grant.
type use struct {
	Kind   platforms.GrantKind
	Scope  string
	Method string
}

// recorder stands between a connection and an emulated tenant and notes which
// method is called with whose token. It fails its test for a call that the table
// of grants does not allow with the features that are on.
type recorder struct {
	t       *testing.T
	next    http.RoundTripper
	values  platforms.Values
	methods []vendorMethod

	mu       sync.Mutex
	tokens   map[string]use // access token -> kind and scope
	uses     map[use]bool
	subjects map[string]bool // in whose names tokens were asked for
}

// vendorMethod is a method with what its calls look like.
type vendorMethod struct {
	id, http string
	paths    []*regexp.Regexp
}

func newRecorder(t *testing.T, next http.RoundTripper, v platforms.Values) *recorder {
	t.Helper()
	data, err := os.ReadFile("sandbox/discovery.json")
	if err != nil {
		t.Fatal(err)
	}
	var d discovery.Document
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	r := &recorder{t: t, next: next, values: v, tokens: map[string]use{}, uses: map[use]bool{}, subjects: map[string]bool{}}
	for id, m := range d.Methods {
		one := vendorMethod{id: id, http: m.HTTP, paths: []*regexp.Regexp{pathOf(m, m.Path)}}
		if id == "chat.media.upload" {
			// Its document gives the paths of both kinds of upload apart.
			one.paths = append(one.paths, pathOf(m, "upload/"+m.Path), pathOf(m, "resumable/upload/"+m.Path))
		}
		r.methods = append(r.methods, one)
	}
	return r
}

// pathOf matches the paths of a method.
func pathOf(m discovery.Method, path string) *regexp.Regexp {
	return regexp.MustCompile("^" + regexp.MustCompile(`\{\+?(\w+)\}`).ReplaceAllStringFunc(path, func(s string) string {
		name := strings.Trim(s, "{+}")
		if p := m.Params[name].Pattern; p != "" {
			return "(?:" + strings.Trim(p, "^$") + ")"
		}
		return "[^/]+"
	}) + "$")
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	var form url.Values
	if strings.HasSuffix(req.URL.Path, "/token") {
		data, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(data))
		form, _ = url.ParseQuery(string(data))
	}
	res, err := r.next.RoundTrip(req)
	if err != nil {
		return res, err
	}
	if form != nil {
		return res, r.learn(form, res)
	}
	r.note(req)
	return res, nil
}

// learn notes what a token that was issued is good for.
func (r *recorder) learn(form url.Values, res *http.Response) error {
	u := use{Kind: platforms.UserConsent}
	if parts := strings.Split(form.Get("assertion"), "."); len(parts) == 3 {
		var claims struct{ Sub, Scope string }
		payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
		if err := json.Unmarshal(payload, &claims); err != nil {
			return err
		}
		u = use{Kind: platforms.AppConsent, Scope: claims.Scope}
		if claims.Sub != "" {
			u.Kind = platforms.Delegation
		}
		r.mu.Lock()
		r.subjects[claims.Sub] = true
		r.mu.Unlock()
	}
	data, err := io.ReadAll(res.Body)
	res.Body = io.NopCloser(bytes.NewReader(data))
	var answer struct {
		Token string `json:"access_token"`
	}
	if err != nil || json.Unmarshal(data, &answer) != nil || answer.Token == "" {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tokens[answer.Token] = u
	return nil
}

// note records a call of an API and holds it against the table.
func (r *recorder) note(req *http.Request) {
	token, carried := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if !carried {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	u, known := r.tokens[token]
	if !known {
		return // a token of a test's own
	}
	path := strings.TrimPrefix(req.URL.Path, "/")
	for _, m := range r.methods {
		// The parts of an upload that is told in pieces are sent with PUT.
		fits := m.http == req.Method || m.id == "chat.media.upload"
		if fits && slices.ContainsFunc(m.paths, func(p *regexp.Regexp) bool { return p.MatchString(path) }) {
			u.Method = m.id
		}
	}
	if !allowed(r.values)[u] {
		r.t.Errorf("%s %s is called with what the table does not allow: %+v", req.Method, req.URL.Path, u)
	}
	r.uses[u] = true
}

// called tells whether a method was called with a scope.
func (r *recorder) called(u use) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.uses[u]
}

// allowed is what the table of grants allows with the features that are on.
func allowed(v platforms.Values) map[use]bool {
	w := &workspace{asked: asked(v)}
	out := map[use]bool{}
	for _, g := range grants() {
		if !isOn(v, g.Feature) {
			continue
		}
		scope, err := w.scopeFor(g.Kind, g.Scope)
		if err != nil {
			continue
		}
		if g.Kind == platforms.UserConsent {
			scope = "" // one token holds them all
		}
		for _, method := range g.Methods {
			out[use{g.Kind, scope, method}] = true
		}
	}
	return out
}

// String is a use in words.
func (u use) String() string {
	return fmt.Sprintf("%s with %q (%s)", u.Method, shortScope(u.Scope), u.Kind)
}
