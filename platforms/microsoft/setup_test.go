package microsoft

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

// settings are values in memory.
type settings map[string]string

func (s settings) Get(key string) string                          { return s[key] }
func (s settings) Put(_ context.Context, key, value string) error { s[key] = value; return nil }
func (s settings) Delete(_ context.Context, key string) error     { delete(s, key); return nil }

func TestWizardFitsTheChecksAndActions(t *testing.T) {
	known := map[string]bool{}
	for _, c := range checks(&session{env: platforms.Env{Values: settings{}}}) {
		if known[c.Code] || c.Title == "" || c.Run == nil || c.Writes {
			t.Errorf("check %q is not in order", c.Code)
		}
		known[c.Code] = true
	}
	for _, c := range checks(&session{env: platforms.Env{Values: settings{}}}) {
		for _, need := range c.Needs {
			if !known[need] {
				t.Errorf("check %s needs %s, which does not exist", c.Code, need)
			}
		}
	}
	p, proved, ids := Platform(), map[string]bool{}, map[string]bool{}
	for _, s := range p.Steps(settings{}) {
		for _, c := range s.Checks {
			if !known[c] {
				t.Errorf("step %s wants the check %s, which does not exist", s.ID, c)
			}
			proved[c] = true
		}
		for _, part := range s.Parts {
			if part.ID != "" && ids[part.ID] {
				t.Errorf("two parts are called %s", part.ID)
			}
			ids[part.ID] = true
			if part.Check != "" {
				if !known[part.Check] {
					t.Errorf("part %s wants the check %s, which does not exist", part.ID, part.Check)
				}
				proved[part.Check] = true
			}
			if part.Action != "" && p.Actions[part.Action] == nil {
				t.Errorf("part %s wants the action %s, which does not exist", part.ID, part.Action)
			}
		}
	}
	for code := range known {
		if !proved[code] {
			t.Errorf("no step shows the check %s", code)
		}
	}
}

func TestMethodTwoLinkNeedsNoReceiver(t *testing.T) {
	if got := methodTwoLink(settings{}); got != "" {
		t.Errorf("a link without a client: %s", got)
	}
	for _, p := range []page{linkRegistration, linkPermissions, linkConsent} {
		if at := link(settings{keyClient: "s3cret~in-the-wrong-field", keyTenant: "contoso.example"}, p); strings.Contains(at, "s3cret") {
			t.Errorf("what is no client id travels in %s", at)
		}
	}
	const app = "11111111-1111-1111-1111-111111111111"
	u, err := url.Parse(methodTwoLink(settings{keyClient: app, keyTenant: "contoso.example"}))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Host != "login.microsoftonline.com" || u.Path != "/contoso.example/v2.0/adminconsent" || q.Get("client_id") != app ||
		q.Get("scope") != "https://graph.microsoft.com/.default" || q.Get("redirect_uri") != "https://login.microsoftonline.com/common/oauth2/nativeclient" || q.Get("state") == "" {
		t.Errorf("link is %s", u)
	}
	if u, _ := url.Parse(methodTwoLink(settings{keyClient: app})); !strings.HasPrefix(u.Path, "/organizations/") {
		t.Errorf("without a tenant the link is %s", u)
	}
}

// permission tells which permissions open a call, by the vendor's own table.
type permission struct {
	Delegated, Application *struct{ All, Least []string }
}

func TestGrantsAreTheLeastThatTheCallsNeed(t *testing.T) {
	raw, err := os.ReadFile("sandbox/graph.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Paths map[string]permission }
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, g := range grants() {
		if id := fmt.Sprintf("%s %s for %s", g.Kind, g.Scope, g.Feature); seen[id] || g.Reason == "" {
			t.Errorf("%s is there twice, or without a reason", id)
		} else {
			seen[id] = true
		}
		if g.Source != permissionTable {
			// Where the table has no path, or does not say what a permission reaches.
			if !strings.HasPrefix(g.Source, "https://learn.microsoft.com/") {
				t.Errorf("%s has no source", g.Scope)
			}
			continue
		}
		least := false
		for _, method := range g.Methods {
			verb, path, _ := strings.Cut(method, " ")
			call := table.Paths[verb+" "+strings.ToLower(path)]
			set := call.Application
			if g.Kind == platforms.UserConsent {
				set = call.Delegated
			}
			if set == nil || !slices.Contains(set.All, g.Scope) {
				t.Errorf("%s does not open %s", g.Scope, method)
				continue
			}
			least = least || slices.Contains(set.Least, g.Scope) || !slices.ContainsFunc(set.Least, func(p string) bool { return couldBeAsked(verb, p) })
		}
		if !least {
			t.Errorf("%s is more than any of its calls needs", g.Scope)
		}
	}
}

// couldBeAsked leaves out what the vendor's table marks as least and is not:
// permissions to write for calls that read, and those that only an app
// installed in the team can hold.
func couldBeAsked(verb, p string) bool {
	return !strings.HasSuffix(p, ".Group") && !(verb == http.MethodGet && strings.Contains(p, "ReadWrite"))
}

func TestFailuresTellWhatToDo(t *testing.T) {
	tests := []struct {
		name   string
		err    graph.Error
		effect effect
		want   platforms.Kind
	}{
		{"a server's fault while reading", graph.Error{Status: 503}, harmless, platforms.TryLater},
		{"a server's fault while posting", graph.Error{Status: 503}, once, platforms.Uncertain},
		{"a post over the quota was not made", graph.Error{Status: 429}, once, platforms.SlowDown},
		{"a lost token", graph.Error{Status: 401}, once, platforms.SignInAgain},
		{"a missing permission", graph.Error{Status: 403, Code: "Forbidden"}, harmless, platforms.Forbidden},
		{"an unknown room", graph.Error{Status: 404}, once, platforms.NotFound},
		{"a name that is taken, by its code", graph.Error{Status: 400, Inner: "NameAlreadyExists"}, harmless, platforms.Conflict},
		{"a name that is taken, by its text", graph.Error{Status: 400, Text: "Channel name already existed, please use other name."}, harmless, platforms.Conflict},
		{"an id that nothing can have", graph.Error{Status: 400, Code: "BadRequest", Text: "teamId needs to be a valid GUID."}, once, platforms.NotFound},
		{"a message that is too long", graph.Error{Status: 413}, once, platforms.Invalid},
		{"an old delta link", graph.Error{Status: 410}, harmless, platforms.NotFound},
		{"an old delta link by its code", graph.Error{Status: 400, Code: "syncStateNotFound"}, harmless, platforms.NotFound},
		{"an answer that broke off while reading", graph.Error{Status: 200, Decode: true, Err: io.ErrUnexpectedEOF}, harmless, platforms.TryLater},
		{"an answer that broke off after posting", graph.Error{Status: 201, Decode: true, Err: io.ErrUnexpectedEOF}, once, platforms.Uncertain},
		{"an answer of another form", graph.Error{Status: 200, Decode: true, Err: &json.UnmarshalTypeError{}}, harmless, platforms.Internal},
		{"no answer to a read", graph.Error{Err: &platforms.Error{Kind: platforms.Uncertain}}, harmless, platforms.TryLater},
		{"no answer to a post", graph.Error{Err: &platforms.Error{Kind: platforms.Uncertain}}, once, platforms.Uncertain},
		{"a post that never left", graph.Error{Err: &platforms.Error{Kind: platforms.TryLater}}, once, platforms.TryLater},
		{"no token to be had", graph.Error{Err: &platforms.Error{Kind: platforms.SignInAgain}}, once, platforms.SignInAgain},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.err.Header = http.Header{"Retry-After": {"1.5"}}
			err := fail("do it", fmt.Errorf("wrapped: %w", &test.err), test.effect)
			if got := platforms.KindOf(err); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if test.want == platforms.SlowDown && platforms.RetryAfter(err).Seconds() != 1.5 {
				t.Errorf("waits %v", platforms.RetryAfter(err))
			}
		})
	}
	if fail("do it", nil, once) != nil {
		t.Error("no failure became one")
	}
}

func TestRequestsDrawOnTheRightQuotas(t *testing.T) {
	tests := map[string]string{
		"GET /v1.0/users/delta()":                              "",
		"GET /v1.0/teams":                                      "get team 30",
		"GET /v1.0/teams/T/channels":                           "list channels 60, team T 4",
		"GET /v1.0/teams/T/members":                            "list members 60, team T 4",
		"POST /v1.0/teams/T/members":                           "new members T 0.06666666666666667, post member 30, team T 4",
		"PATCH /v1.0/teams/T/channels/C":                       "channel 30, team T 4, channel T C 1",
		"GET /v1.0/teams/T/channels/C/messages/delta()":        "get message 20, team T 4, channel T C 1",
		"POST /v1.0/teams/T/channels/C/messages/1/replies":     "post message 50, team T 4, channel T C 1",
		"DELETE /v1.0/teams/T/members/M":                       "new members T 0.06666666666666667, post member 30, team T 4",
		"POST /v1.0/teams/T/channels":                          "channel 30, team T 4",
		"POST /v1.0/teams/T/channels/C/messages/1/setReaction": "change message 30, team T 4, channel T C 1",
		"GET /v1.0/teams/T/channels/C/filesFolder":             "channel 30, team T 4, channel T C 1",
		"POST /v1.0/invitations":                               "invitations 30",
		"PATCH /v1.0/users/u1":                                 "change the directory 20",
		"GET /v1.0/groups/G/transitiveMembers":                 "",
		"POST /v1.0/drives/D/items/F:/a:/createUploadSession":  "files 10",
		"PATCH /v1.0/subscriptions/s1":                         "subscriptions 10",
		"POST /contoso/oauth2/v2.0/token":                      "",
	}
	for line, want := range tests {
		method, path, _ := strings.Cut(line, " ")
		req, err := http.NewRequest(method, "https://graph.microsoft.com"+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range quotas(req) {
			got = append(got, fmt.Sprintf("%s %v", b.Key, b.PerSecond))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s draws on %v, want %s", line, got, want)
		}
	}
}
