package microsoft

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"miohub/platforms"
)

// explain names the cause of a failed operation, judged from the error alone. It
// implements Platform.Explain and makes no call.
func explain(v platforms.Values, err error) platforms.Finding {
	e, ok := asError(err)
	if !ok {
		return platforms.Finding{Status: platforms.Fail, Cause: err.Error(), Unrecognised: true}
	}
	f := platforms.Finding{Status: platforms.Fail, Raw: raw(e)}
	if e.Kind == platforms.SlowDown || e.Kind == platforms.TryLater || e.Kind == platforms.Uncertain {
		f.Status = platforms.Waiting
	}
	h, ok := hintFor(e)
	if !ok {
		return byKind(v, e, f)
	}
	if h.passing {
		f.Status = platforms.Waiting
	}
	f.Cause, f.Fix, f.FixURL = h.cause, h.fix, link(v, h.page)
	for _, o := range h.others {
		f.Others = append(f.Others, platforms.Remedy{Cause: o.cause, Fix: o.fix, FixURL: link(v, o.page)})
	}
	return f
}

func (s *session) explain(err error) platforms.Finding { return explain(s.env.Values, err) }

// explainSignIn is explain for a call that a person's kept sign-in makes: it also
// tells whether that was lost.
func (s *session) explainSignIn(err error) platforms.Finding {
	f := s.explain(err)
	if e, ok := asError(err); ok && e.Kind == platforms.SignInAgain {
		h, _ := hintFor(e)
		f.SignIn = !h.lasting && !h.passing
	}
	return f
}

// hintFor finds what is known about an answer: first by Entra's numbers, then by
// the words of Graph.
func hintFor(e *platforms.Error) (hint, bool) {
	if n := entraNumber(e); n != 0 {
		hints := entraHints()
		i := slices.IndexFunc(hints, func(h hint) bool { return slices.Contains(h.codes, n) })
		if i < 0 {
			return hint{}, false
		}
		return hints[i], true
	}
	said := strings.ToLower(e.Code + " " + e.Text)
	hints := graphHints()
	i := slices.IndexFunc(hints, func(h hint) bool {
		return slices.ContainsFunc(h.words, func(w string) bool { return strings.Contains(said, w) })
	})
	if i < 0 {
		return hint{}, false
	}
	return hints[i], true
}

// entraNumber is the error's number at Entra, 0 when it has none.
func entraNumber(e *platforms.Error) int {
	code := regexp.MustCompile(`AADSTS(\d+)`).FindStringSubmatch(e.Code + " " + e.Text)
	if code == nil {
		return 0
	}
	n, err := strconv.Atoi(code[1])
	if err != nil {
		return 0
	}
	return n
}

// byKind explains by the kind of the error what no hint knows. What the vendor
// says there is new to everybody: its own words are all there is.
func byKind(v platforms.Values, e *platforms.Error, f platforms.Finding) platforms.Finding {
	if own(e) {
		f.Cause, f.Fix = e.Text, ownFix(e)
		switch e.Code {
		case codeNoRole:
			f.FixURL = link(v, linkConsent)
		case codeTimeout:
			f.Others = keptByEntra(v)
		}
		return f
	}
	switch e.Kind {
	case platforms.SlowDown:
		f.Cause, f.Fix = "Microsoft asks to slow down.", "Nothing: it is tried again."
		return f
	case platforms.TryLater:
		f.Cause, f.Fix = "Microsoft could not be reached, or had a passing fault.", "Nothing: it is tried again. If it lasts, look at this computer's network."
		return f
	case platforms.Uncertain:
		f.Cause, f.Fix = "The connection was lost before Microsoft's answer arrived.", "Nothing: what may have been done is looked for before it is tried again."
		return f
	case platforms.NotFound:
		f.Cause, f.Fix = "Microsoft does not know what was asked for, or hides it from this account.", "Look whether it still exists; the next import brings the lists up to date."
		return f
	case platforms.SignInAgain:
		f.Cause, f.Fix, f.FixURL = "The sign-in is no longer valid.", "Sign in again.", link(v, linkSignIns)
	case platforms.Forbidden:
		f.Cause, f.Fix, f.FixURL = "A permission, role or membership is missing.", fixConsent, link(v, linkConsent)
	default:
		f.Cause = "Microsoft refused the request."
	}
	f.Unrecognised = true
	if n := entraNumber(e); n != 0 {
		f.FixURL = fmt.Sprintf("https://login.microsoftonline.com/error?code=%d", n)
	}
	return f
}

// Codes of refusals that are the hub's own.
const (
	codeOtherTenant = "other-tenant"
	codeNoRole      = "role-missing"
	codeNobody      = "no_refresh_token" // of package oauth
	codeCancelled   = "cancelled"        // of package oauth
	codeTimeout     = "timeout"          // of package oauth
)

// own reports that the hub itself refused: its text says why.
func own(e *platforms.Error) bool {
	return e.Status == 0 && e.Text != "" && (e.Code == "" || slices.Contains([]string{codeOtherTenant, codeNoRole, codeNobody, codeCancelled, codeTimeout}, e.Code))
}

func ownFix(e *platforms.Error) string {
	switch e.Code {
	case codeOtherTenant:
		return "Sign in with an account of the connected organisation, or disconnect first."
	case codeNoRole:
		return "Send the link of Method 2 to somebody who holds one of these roles."
	case codeNobody:
		return fixSignIn
	case codeCancelled, codeTimeout:
		return "Begin the sign-in again."
	}
	return ""
}

// keptByEntra are the refusals that Entra shows on a page of its own, from which
// nobody comes back here.
func keptByEntra(v platforms.Values) []platforms.Remedy {
	var list []platforms.Remedy
	for _, code := range []int{50011, 700016, 900941, 90094, 50020} {
		h, _ := hintFor(&platforms.Error{Code: fmt.Sprintf("AADSTS%d", code)})
		list = append(list, platforms.Remedy{
			Cause: fmt.Sprintf("The page said AADSTS%d: %s", code, h.cause), Fix: h.fix, FixURL: link(v, h.page),
		})
	}
	return list
}

// raw is the vendor's own words with what its support asks for.
func raw(e *platforms.Error) string {
	var b strings.Builder
	b.WriteString(e.Error())
	if e.Status != 0 {
		fmt.Fprintf(&b, "; HTTP %d", e.Status)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, "; request %s", e.RequestID)
	}
	if !e.Time.IsZero() {
		fmt.Fprintf(&b, "; %s", e.Time.UTC().Format(time.RFC3339))
	}
	return b.String()
}
