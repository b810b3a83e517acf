package google

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"miohub/platforms"
	"miohub/platforms/oauth"
	"miohub/platforms/sandbox"
)

// altered answers one path with other fields: accounts that no emulated tenant
// has, in the form that the vendor documents. A nil value drops the field.
type altered struct {
	next   http.RoundTripper
	path   string
	fields map[string]any
}

// RoundTrip implements http.RoundTripper.
func (a altered) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := a.next.RoundTrip(req)
	if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(req.URL.Path, a.path) {
		return res, err
	}
	defer res.Body.Close()
	body := map[string]any{}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		return nil, err
	}
	maps.Copy(body, a.fields)
	maps.DeleteFunc(body, func(_ string, v any) bool { return v == nil })
	text, err := json.Marshal(body)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	res.Header.Del("Content-Length")
	return res, err
}

func TestAccountsThatCannotConnectAreToldWhy(t *testing.T) {
	for name, tc := range map[string]struct {
		path   string
		fields map[string]any
		code   string
		says   string
	}{
		"a personal account":        {"/oauth2/v2/userinfo", map[string]any{"hd": nil}, codePersonal, "belongs to no organisation"},
		"a delegated administrator": {"/admin/directory/v1/users/", map[string]any{"isAdmin": false, "isDelegatedAdmin": true}, codeDelegatedAdmin, "Domain-wide delegation, which only a super administrator can grant"},
		"an ordinary user":          {"/admin/directory/v1/users/", map[string]any{"isAdmin": false, "isDelegatedAdmin": false}, codeNotSuper, "not an administrator"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.env.HTTP = altered{o.env.HTTP, tc.path, tc.fields}
			_, err := o.signIn(o.administrator().Address, "")
			var e *platforms.Error
			if !errors.As(err, &e) || e.Kind != platforms.Forbidden || e.Code != tc.code || !strings.Contains(e.Text, strings.ToLower(o.administrator().Address)) {
				t.Fatalf("%v", err)
			}
			f := Platform().Explain(o.values, err)
			if f.Status != platforms.Fail || !strings.Contains(f.Cause, tc.says) || f.Fix == "" || f.Unrecognised {
				t.Errorf("%+v", f)
			}
			if o.secret.Get(keyToken) != "" || o.values.Get(keyAdmin) != "" {
				t.Error("the sign-in was kept")
			}
		})
	}
}

func TestASignInThatEndsEarlyIsToldInWords(t *testing.T) {
	o := open(t)
	_, cancelled := o.signIn(o.administrator().Address, "Cancel")
	ctx, stop := context.WithCancel(t.Context())
	env := o.env
	env.Open = func(string) error { stop(); return nil } // the person turns away from the wizard
	_, left := Platform().Actions["authorize"](ctx, env)
	late := &platforms.Error{Kind: platforms.TryLater, Op: "google: sign in", Code: "timeout", Text: "the browser did not come back in time"}
	for says, err := range map[string]error{"cancelled on Google's page": cancelled, "cancelled here": left, "did not come back within": late} {
		f := Platform().Explain(o.values, err)
		if !strings.Contains(f.Cause, says) || !strings.Contains(f.Fix, "Authorize Mio") || f.Unrecognised {
			t.Errorf("%q: %+v", says, f)
		}
	}
	if !oauth.Cancelled(cancelled) || !oauth.Cancelled(left) {
		t.Errorf("%v, %v", cancelled, left)
	}
}

func TestASecondTabIsToldThatItCameTooLate(t *testing.T) {
	o := open(t)
	env := o.env
	var wg sync.WaitGroup
	var second string
	env.Open = func(page string) error {
		wg.Go(func() {
			b := sandbox.NewBrowser(map[string]string{"address": o.administrator().Address})
			if _, _, err := b.Open(t.Context(), page); err != nil {
				t.Errorf("browser: %v", err)
			}
			u, err := url.Parse(page)
			if err != nil {
				t.Error(err)
				return
			}
			// The same answer again, as from a tab that was opened twice.
			q := url.Values{"state": {u.Query().Get("state")}, "code": {"another"}}
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, u.Query().Get("redirect_uri")+"?"+q.Encode(), nil)
			if res, err := o.base().RoundTrip(req); err == nil {
				text, _ := io.ReadAll(res.Body)
				res.Body.Close()
				second = string(text)
			}
		})
		return nil
	}
	_, err := Platform().Actions["authorize"](t.Context(), env)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	// Nobody listens any more, or the page says so.
	if second != "" && !strings.Contains(second, "Already answered") {
		t.Errorf("the second tab says %s", second)
	}
}

// base is the network without what tests put on it.
func (o *office) base() http.RoundTripper { return o.recorder.next }

// TestNoTokenIsHadForAnybodyPastTheFence looks at the wire: in the name of a
// person whom the fence refuses, nothing is even asked for; with a key or without.
func TestNoTokenIsHadForAnybodyPastTheFence(t *testing.T) {
	for name, on := range map[string][]platforms.Feature{"with a key": keyed(), "without a key": append(keyed(), platforms.FeatureKeyless)} {
		t.Run(name, func(t *testing.T) {
			o := furnished(t, on...)
			admin, test := strings.ToLower(o.administrator().Address), strings.ToLower(o.ordinary().Address)
			_, one, two := o.talkative()
			o.mu.Lock()
			for _, a := range o.tenant.Accounts() {
				address := strings.ToLower(a.Address)
				o.refuse[address] = address != admin && address != test
			}
			o.mu.Unlock()
			o.connect()
			for code, f := range o.findings() {
				if f.Status != platforms.Pass && code != codeChatApp {
					t.Errorf("%s: %+v", code, f)
				}
			}
			for _, who := range []sandbox.Account{one, two} {
				if strings.ToLower(who.Address) == test {
					continue
				}
				if err := o.carry(platforms.UserID(who.ID)); platforms.KindOf(err) != platforms.Forbidden {
					t.Errorf("as %s: %v", who.Address, err)
				}
			}
			o.recorder.mu.Lock()
			defer o.recorder.mu.Unlock()
			for subject := range o.recorder.subjects {
				if subject != "" && subject != admin && subject != test {
					t.Errorf("a token was asked for in the name of %s", subject)
				}
			}
			o.mu.Lock()
			defer o.mu.Unlock()
			for _, entry := range o.admitted {
				if _, purpose, ok := strings.Cut(entry, ": "); !ok || purpose == "" {
					t.Errorf("admitted without a purpose: %q", entry)
				}
			}
		})
	}
}
