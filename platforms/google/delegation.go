package google

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"miohub/platforms"
)

const (
	// propagation is how long Google says a change of delegation can take.
	propagation = 24 * time.Hour

	purposeDelegation = "check the delegation"
)

// checkScope proves one delegated scope for the administrator and for an ordinary
// user, the test person: a scope that works for one of them alone is in the entry,
// and the cause is the other's account.
func (w *workspace) checkScope(ctx context.Context, scope string) platforms.Finding {
	if f, missing := w.notReady(); missing {
		return f
	}
	other := w.testPerson()
	f := w.proveScope(ctx, w.admin, scope)
	if other == "" || strings.EqualFold(other, w.admin) {
		if f.Status == platforms.Pass {
			f.Evidence += " Only the administrator was tried: no test person is chosen."
		}
		return f
	}
	g := w.proveScope(ctx, other, scope)
	switch {
	case f.Status == platforms.Pass && g.Status == platforms.Pass:
		f.Evidence += " " + g.Evidence
		return f
	case g.Status == platforms.Pass:
		return w.oneAlone(f, scope, w.admin, other)
	case f.Status == platforms.Pass:
		return w.oneAlone(g, scope, other, w.admin)
	}
	return f
}

// oneAlone explains a scope that works for good and not for bad.
func (w *workspace) oneAlone(f platforms.Finding, scope, bad, good string) platforms.Finding {
	if f.Status == platforms.Waiting && !w.delegated.Load() {
		return f
	}
	p := placeOf(w.env.Values)
	first := platforms.Remedy{
		Cause:  fmt.Sprintf("%s is in the entry, for it works for %s. The Google service behind it is switched off for the organisational unit of %s.", shortScope(scope), good, bad),
		Fix:    "Switch Google Chat on for that organisational unit; a change can take a day.",
		FixURL: p.apps(),
	}
	second := platforms.Remedy{
		Cause: fmt.Sprintf("The account %s is suspended, restricted, or not of this organisation.", bad),
		Fix:   "Restore the account, or choose another one.", FixURL: p.users(),
	}
	f.Status, f.Others = platforms.Fail, []platforms.Remedy{second}
	if strings.Contains(f.Raw, "invalid_grant") {
		first, second = second, first
		f.Others = nil
	}
	f.Cause, f.Fix, f.FixURL = first.Cause, first.Fix, first.FixURL
	return f
}

// proveScope proves one scope for one person: a token for it alone, together with
// the e-mail scope where that is granted, and then what Google says the token is
// good for and whose it is. Several scopes in one request would fail as a whole
// and hide which one is missing.
func (w *workspace) proveScope(ctx context.Context, person, scope string) platforms.Finding {
	ask := []string{scope}
	if scope != scopeEmail {
		ask = append(ask, scopeEmail)
	}
	token, err := w.tokens.fetch(ctx, person, purposeDelegation, ask...)
	if err != nil && len(ask) > 1 && refusedScope(err) {
		token, err = w.tokens.fetch(ctx, person, purposeDelegation, scope)
	}
	if err != nil {
		return w.delegationFinding(ctx, scope, err)
	}
	info, err := w.tokenInfo(ctx, token.AccessToken)
	if err != nil {
		return w.finding(err)
	}
	if !slices.Contains(strings.Fields(info.scopes), scope) {
		return platforms.Finding{
			Status: platforms.Fail, Cause: fmt.Sprintf("Google issued a token without %s.", shortScope(scope)),
			Fix: "Open the entry in the Admin Console and add the missing scope.", FixURL: delegationURL(w.env.Values, w.account.ID),
			Raw: "tokeninfo lists: " + info.scopes,
		}
	}
	if info.email != "" && !strings.EqualFold(info.email, person) {
		return platforms.Finding{
			Status: platforms.Fail, Cause: fmt.Sprintf("The token is %s's, not %s's.", info.email, person),
			Fix: "Use the primary address of the account: sign in again, or choose the test person again.",
		}
	}
	w.delegated.Store(true)
	whose := "in the name of " + person
	if info.email != "" {
		whose = "for " + info.email
	}
	return platforms.Finding{Status: platforms.Pass, Evidence: fmt.Sprintf("Google's tokeninfo lists %s %s.", shortScope(scope), whose)}
}

func refusedScope(err error) bool {
	var e *platforms.Error
	return errors.As(err, &e) && e.Kind == platforms.Forbidden && e.Code != codeNotAdmitted
}

// ungranted reports whether a token was refused because the delegation does not
// allow it, as far as the answer tells.
func ungranted(err error) bool {
	var e *platforms.Error
	return errors.As(err, &e) && (e.Code == "unauthorized_client" || e.Code == "access_denied")
}

// delegationFinding tells "not yet" from "not at all": while no scope works and
// the first try is less than a day old, Google may simply not have caught up.
func (w *workspace) delegationFinding(ctx context.Context, scope string, err error) platforms.Finding {
	f := w.finding(err)
	if !ungranted(err) {
		return f
	}
	f.FixURL = delegationURL(w.env.Values, w.account.ID)
	if w.anyDelegated(ctx) {
		f.Status = platforms.Fail
		f.Cause = fmt.Sprintf("The entry in the Admin Console does not list %s, or Google has not caught up with it yet.", shortScope(scope))
		f.Fix = "Add the scope to the entry with the pre-filled link. If it is there already, wait a few minutes and check again."
		return f
	}
	if w.firstTried(ctx).Add(propagation).After(w.env.Now()) {
		f.Status = platforms.Waiting
	}
	return f
}

// anyDelegated tells whether some delegated scope works: the one of e-mail
// addresses is asked for whatever the features are.
func (w *workspace) anyDelegated(ctx context.Context) bool {
	if !w.delegated.Load() {
		if _, err := w.tokens.fetch(ctx, w.admin, purposeDelegation, scopeEmail); err == nil {
			w.delegated.Store(true)
		}
	}
	return w.delegated.Load()
}

// firstTried is when delegation was first tried, noted here.
func (w *workspace) firstTried(ctx context.Context) time.Time {
	if at, err := time.Parse(time.RFC3339, w.env.Values.Get(keyDelegationTried)); err == nil {
		return at
	}
	now := w.env.Now()
	if err := w.env.Values.Put(ctx, keyDelegationTried, now.UTC().Format(time.RFC3339)); err != nil {
		w.env.Log.WarnContext(ctx, "first try of delegation could not be noted", "error", err)
	}
	return now
}
