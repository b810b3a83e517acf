package google

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"miohub/platforms"
	"miohub/platforms/google/sandbox/discovery"
	"miohub/platforms/sandbox"
)

// vendorMethods are the methods of Google's discovery documents that the table
// of grants names.
func vendorMethods(t *testing.T) map[string]discovery.Method {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", discovery.Module).Output()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, g := range grants() {
		ids = append(ids, g.Methods...)
	}
	methods, err := discovery.Methods(strings.TrimSpace(string(out)), ids)
	if err != nil {
		t.Fatal(err)
	}
	return methods
}

func TestEachGrantSufficesForItsMethods(t *testing.T) {
	methods := vendorMethods(t)
	for _, g := range grants() {
		for _, id := range g.Methods {
			m, known := methods[id]
			if !known {
				t.Errorf("%s: Google has no method %s", shortScope(g.Scope), id)
				continue
			}
			enough := m.Scopes
			switch {
			case len(m.Auth) == 0:
			case g.Kind == platforms.AppConsent:
				enough = m.Auth["app"]
			default:
				enough = slices.Concat(m.Auth["user"], m.Auth["admin"])
			}
			// Whoever asks about a token, or who it stands for, may.
			if len(m.Scopes) > 0 && !slices.Contains(enough, g.Scope) {
				t.Errorf("%s (%s) does not suffice for %s", shortScope(g.Scope), g.Kind, id)
			}
		}
	}
}

// use is a method called with a scope.
type use struct {
	Kind   platforms.GrantKind
	Scope  string
	Method string
}

// recorder notes which method is called with whose token.
type recorder struct {
	next    http.RoundTripper
	methods map[string]discovery.Method

	mu     sync.Mutex
	tokens map[string]use // access token -> kind and scope
	uses   map[use]bool
	odd    []string
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
	data, err := io.ReadAll(res.Body)
	res.Body = io.NopCloser(bytes.NewReader(data))
	var answer struct {
		Token string `json:"access_token"`
	}
	if err != nil || json.Unmarshal(data, &answer) != nil || answer.Token == "" {
		return err
	}
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
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tokens[answer.Token] = u
	return nil
}

// note records a call of an API.
func (r *recorder) note(req *http.Request) {
	token, carried := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if !carried {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	u, known := r.tokens[token]
	for id, m := range r.methods {
		if m.HTTP == req.Method && pathOf(m).MatchString(strings.TrimPrefix(req.URL.Path, "/")) {
			u.Method = id
		}
	}
	if !known || u.Method == "" || strings.Contains(u.Scope, " ") {
		r.odd = append(r.odd, fmt.Sprintf("%s %s with %+v", req.Method, req.URL.Path, u))
		return
	}
	r.uses[u] = true
}

// pathOf matches the paths of a method.
func pathOf(m discovery.Method) *regexp.Regexp {
	return regexp.MustCompile("^" + regexp.MustCompile(`\{\+?(\w+)\}`).ReplaceAllStringFunc(m.Path, func(s string) string {
		name := strings.Trim(s, "{+}")
		if p := m.Params[name].Pattern; p != "" {
			return "(?:" + strings.Trim(p, "^$") + ")"
		}
		return "[^/]+"
	}) + "$")
}

// TestThePermissionsAskedForAreThoseUsed does everything the platform offers
// and compares what was called with the table of grants: nothing is asked for
// that is not used, and nothing is used that is not asked for.
func TestThePermissionsAskedForAreThoseUsed(t *testing.T) {
	o := open(t)
	r := &recorder{next: o.env.HTTP, methods: vendorMethods(t), tokens: map[string]use{}, uses: map[use]bool{}}
	o.env.HTTP = r
	if _, err := o.signIn(o.administrator().Address, ""); err != nil {
		t.Fatal(err)
	}
	o.delegate(scopesOf(asked(o.values), platforms.Delegation))
	o.connect()
	o.everything()
	for _, line := range r.odd {
		t.Errorf("unexpected call: %s", line)
	}
	allowed := map[use]bool{}
	w := newWorkspace(o.env)
	for _, g := range grants() {
		if !w.on(g.Feature) {
			continue
		}
		scope, err := w.scopeFor(g.Kind, g.Scope)
		if err != nil {
			t.Error(err)
		}
		for _, method := range g.Methods {
			if g.Kind == platforms.UserConsent {
				scope = "" // one token holds them all
			}
			allowed[use{g.Kind, scope, method}] = true
		}
	}
	for u := range r.uses {
		if !allowed[u] {
			t.Errorf("used and not in the table: %+v", u)
		}
	}
}

// everything uses each ability of the connection at least once, as a person
// and as the Chat app.
func (o *office) everything() {
	t := o.t
	t.Helper()
	for code, f := range o.findings() {
		if f.Status != platforms.Pass {
			t.Errorf("%s: %+v", code, f)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	truth, one, two := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	must(o.conn.RoomEdit.Seat(t.Context(), room, appUser, platforms.UserID(one.ID))) // reads one account
	_, err := o.conn.Users.Read(t.Context(), "", func(platforms.UserPage) error { return nil })
	must(err)
	o.rooms()
	o.members(room)
	must(o.conn.RoomEdit.Rename(t.Context(), room, "Renamed"))
	cursor, err := o.conn.Sources[0].Start(t.Context(), room)
	must(err)
	for _, as := range []platforms.UserID{platforms.UserID(two.ID), ""} {
		d := platforms.Draft{Key: "k" + string(as), Room: room, As: as, Body: say("x")}
		sent, err := o.conn.Messages.Send(t.Context(), d)
		must(err)
		_, err = o.conn.Messages.FindSent(t.Context(), d, nil)
		must(err)
		target := platforms.Target{Room: room, ID: sent.ID, Root: sent.Root, As: as, Key: d.Key}
		_, err = o.conn.Messages.Edit(t.Context(), target, d)
		must(err)
		must(o.conn.Messages.Delete(t.Context(), target))
	}
	_, err = o.world.Say("google", truth.ID, one.ID, "", "a.a", sandbox.Text("hello"))
	must(err)
	_, _, err = o.look(room, cursor)
	must(err)
}
