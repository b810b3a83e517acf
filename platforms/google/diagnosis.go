package google

import (
	"errors"
	"fmt"
	"strings"

	"miohub/platforms"
)

// diagnosis is one entry of the catalogue of failures: it applies when the code
// is equal (if given), the text contains the words (if given), and the failure
// came with an answer or without one (if that matters).
type diagnosis struct {
	code, words string
	from        origin
	status      platforms.Status // Fail unless given
	causes      []cause          // the likelier first
}

// origin is where a failure was seen.
type origin int

const (
	anywhere  origin = iota
	browser          // brought back by the browser: there is no HTTP answer
	answering        // in an HTTP answer
)

// cause is one explanation with what mends it; url is nil where nothing is to be
// opened.
type cause struct {
	cause, fix string
	url        func(place) string
}

// place is what links lead to.
type place struct {
	values  platforms.Values
	project string
	id      string // the service account's numeric client id
}

func placeOf(v platforms.Values) place {
	v = withFiles(v)
	return place{values: v, project: v.Get(keyProject), id: v.Get(keyAccountID)}
}

func (p place) delegation() string   { return delegationURL(p.values, p.id) }
func (p place) users() string        { return consoleURL(p.values, "/ac/users") }
func (p place) apps() string         { return consoleURL(p.values, "/ac/appslist/core") }
func (p place) apiControls() string  { return consoleURL(p.values, "/ac/owl") }
func (p place) session() string      { return consoleURL(p.values, "/ac/security") }
func (p place) accounts() string     { return cloudURL("iam-admin/serviceaccounts", p.project) }
func (p place) clients() string      { return cloudURL("auth/clients", p.project) }
func (p place) audience() string     { return cloudURL("auth/audience", p.project) }
func (p place) orgPolicies() string  { return cloudURL("iam-admin/orgpolicies", p.project) }
func (p place) chatApp() string      { return chatAppURL(p.project) }
func (p place) apis() string         { return cloudURL("apis/dashboard", p.project) }
func (p place) quotas() string       { return cloudURL("apis/api/chat.googleapis.com/quotas", p.project) }
func (p place) subscription() string { return cloudURL("cloudpubsub/subscription/list", p.project) }

// explain names the cause of a failed operation from the error alone.
func explain(values platforms.Values, err error) platforms.Finding {
	if err == nil {
		return platforms.Finding{Status: platforms.Pass}
	}
	var e *platforms.Error
	if !errors.As(err, &e) {
		return platforms.Finding{
			Status: platforms.Fail, Cause: "Mio Hub could not do this.",
			Fix: "Try again. If it stays, send the diagnostics to the help desk.", Raw: err.Error(),
		}
	}
	f := diagnose(placeOf(values), e)
	f.Raw = raw(e)
	return f
}

// diagnose finds the explanation of a failure, or makes one from its kind.
func diagnose(p place, e *platforms.Error) platforms.Finding {
	for _, d := range catalogue() {
		if d.applies(e) {
			return d.finding(p, e)
		}
	}
	return byKind(e)
}

func (d diagnosis) applies(e *platforms.Error) bool {
	if d.code != "" && d.code != e.Code || !strings.Contains(strings.ToLower(e.Text), strings.ToLower(d.words)) {
		return false
	}
	switch d.from {
	case browser:
		return e.Status == 0
	case answering:
		return e.Status != 0
	}
	return true
}

func (d diagnosis) finding(p place, e *platforms.Error) platforms.Finding {
	f := platforms.Finding{Status: d.status}
	if f.Status == "" {
		f.Status = platforms.Fail
	}
	for i, c := range d.causes {
		r := platforms.Remedy{Cause: c.cause, Fix: c.fix}
		if c.url != nil {
			r.FixURL = c.url(p)
		}
		if i == 0 {
			f.Cause, f.Fix, f.FixURL = r.Cause, r.Fix, r.FixURL
			continue
		}
		f.Others = append(f.Others, r)
	}
	// Google names the page that switches an API on: it knows the project.
	var r *refusal
	if errors.As(e, &r) && r.activation != "" {
		f.FixURL = r.activation
	}
	return f
}

// byKind explains what no entry of the catalogue does. An answer that nobody has
// met before is told as such.
func byKind(e *platforms.Error) platforms.Finding {
	f := platforms.Finding{Status: platforms.Fail}
	switch e.Kind {
	case platforms.SlowDown:
		f.Status, f.Cause, f.Fix = platforms.Waiting, "Google asks for fewer requests for a moment.", "Nothing: it is tried again by itself."
	case platforms.TryLater, platforms.Uncertain:
		f.Status, f.Cause, f.Fix = platforms.Waiting, "Google could not be reached, or had a passing fault.", "Check the network connection. It is tried again by itself."
	case platforms.SignInAgain:
		f.Cause, f.Fix = "The sign-in is no longer good.", "Press Authorize Mio and sign in again."
		f.Unrecognised = e.Status != 0
	default:
		f.Cause, f.Fix = "Mio Hub could not do this, or did not understand the answer.", "Try again. If it stays, choose the files of the first step again."
		if e.Status != 0 {
			f.Unrecognised = true
			f.Cause = fmt.Sprintf("Google refused with an answer that Mio Hub does not know: %s", e.Text)
			f.Fix = "Read Google's own words below, and give them with the request id to whoever supports you."
		}
	}
	return f
}

// finding explains a failure of this connection.
func (w *workspace) finding(err error) platforms.Finding { return explain(w.env.Values, err) }

// signInFinding explains a failure of a call that the administrator's sign-in
// makes: it also tells whether that was lost.
func (w *workspace) signInFinding(err error) platforms.Finding {
	f := w.finding(err)
	f.SignIn = platforms.KindOf(err) == platforms.SignInAgain
	return f
}

func raw(e *platforms.Error) string {
	s := e.Error()
	if e.Status != 0 {
		s = fmt.Sprintf("%d %s", e.Status, s)
	}
	if e.RequestID != "" {
		s += " [request " + e.RequestID + "]"
	}
	return s
}
