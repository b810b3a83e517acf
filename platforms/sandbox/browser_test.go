package sandbox

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// consentSite asks for an address, then for consent, and sends the answer on.
func consentSite(t *testing.T, next string) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("session"); err == nil {
			fmt.Fprintf(w, `<h1>Hello %s</h1><form method="post" action="consent"><input type="hidden" name="state" value="a&amp;b">
				<button name="answer" value="yes">Accept</button><button name="answer" value="no">Cancel</button></form>`, c.Value)
			return
		}
		fmt.Fprintf(w, `<form method="post" action="/signin?from=/authorize"><input name="address" value="%s" required><input type="checkbox" name="stay" checked>
			<select name="lang"><option>en<option selected value="de">Deutsch</select><input type="submit" value="Next"></form>`, r.FormValue("login_hint"))
	})
	mux.HandleFunc("POST /signin", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("stay") != "on" || r.FormValue("lang") != "de" {
			http.Error(w, "the form was not filled in as shown", http.StatusBadRequest)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: r.FormValue("address"), Path: "/"})
		http.Redirect(w, r, r.FormValue("from"), http.StatusSeeOther)
	})
	mux.HandleFunc("POST /consent", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, next+"?answer="+r.FormValue("answer")+"&state="+r.FormValue("state"), http.StatusFound)
	})
	mux.HandleFunc("GET /loop", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<form action="/loop"><button>Again</button></form>`)
	})
	mux.HandleFunc("GET /mute", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<form><input name="x"></form>`) })
	mux.HandleFunc("GET /leave", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<form method="post" action="https://elsewhere.example/"><button>Go</button></form>`)
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<p>no <b>such</b> app</p><script>x()</script>", http.StatusForbidden)
	})
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	return site
}

func TestBrowserSignsInAndConsents(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<p>Thank you, %s</p>", r.FormValue("answer"))
	}))
	defer receiver.Close()
	site := consentSite(t, receiver.URL+"/callback")
	for _, tc := range []struct{ press, want string }{{"", "yes"}, {"cancel", "no"}} {
		b := NewBrowser(map[string]string{"address": "ann@acme.example"})
		b.Press = tc.press
		at, body, err := b.Open(t.Context(), site.URL+"/authorize")
		if err != nil {
			t.Fatal(err)
		}
		if want := receiver.URL + "/callback?answer=" + tc.want + "&state=a&b"; at != want || !strings.Contains(body, "Thank you, "+tc.want) {
			t.Errorf("pressing %q ended at %s with %q, want %s", tc.press, at, body, want)
		}
	}
}

func TestBrowserKeepsTheSuggestedAddressAndItsSession(t *testing.T) {
	site := consentSite(t, "/done")
	b := NewBrowser(nil)
	if _, _, err := b.Open(t.Context(), site.URL+"/authorize?login_hint=hint@acme.example"); err == nil || !strings.Contains(err.Error(), "404") {
		t.Fatalf("the page that is not there was answered with %v", err)
	}
	b.Press = "Sign out"
	_, _, err := b.Open(t.Context(), site.URL+"/authorize")
	if err == nil {
		t.Fatal("a button that is not there was pressed")
	}
}

func TestBrowserSaysWhatStopsIt(t *testing.T) {
	site := consentSite(t, "https://login.elsewhere.example/done")
	for _, tc := range []struct{ path, press, want string }{
		{"/authorize", "", `asks for "address"`},
		{"/loop", "", "after 10 pages"},
		{"/mute", "", "no button"},
		{"/leave", "", "elsewhere.example, which is not on this machine"},
		{"/broken", "", "403 Forbidden: no such app"},
		{"/broken", "Accept", "403"},
	} {
		b := NewBrowser(nil)
		b.Press = tc.press
		if _, _, err := b.Open(t.Context(), site.URL+tc.path); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want it to contain %q", tc.path, err, tc.want)
		}
	}
	if _, _, err := NewBrowser(nil).Open(t.Context(), "https://login.elsewhere.example/"); err == nil {
		t.Error("it left this machine")
	}
	site.Close()
	if _, _, err := NewBrowser(nil).Open(t.Context(), site.URL+"/authorize?code=secret"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("an unreachable site: %v", err)
	}
}

func TestBrowserStopsWhereTheWayLeadsOffThisMachine(t *testing.T) {
	site := consentSite(t, "https://login.elsewhere.example/done")
	at, body, err := NewBrowser(map[string]string{"address": "a@acme.example"}).Open(t.Context(), site.URL+"/authorize")
	if err != nil || body != "" || at != "https://login.elsewhere.example/done?answer=yes&state=a&b" {
		t.Errorf("ended at %s with %q and error %v", at, body, err)
	}
}

func TestBrowserReportsAButtonThatIsNowhere(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<p>All done</p>") }))
	defer page.Close()
	b := NewBrowser(nil)
	b.Press = "Accept"
	if _, _, err := b.Open(t.Context(), page.URL); err == nil || !strings.Contains(err.Error(), `"Accept", the last said: All done`) {
		t.Errorf("error %v", err)
	}
}
