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

// propagation is how long Google says a change of delegation can take.
const propagation = 24 * time.Hour

// checkScope proves one delegated scope: a token for it alone, together with
// the e-mail scope where that is granted, and then what Google says the token is
// good for and whose it is. Several scopes in one request would fail as a whole
// and hide which one is missing.
func (w *workspace) checkScope(ctx context.Context, scope string) platforms.Finding {
	if f, missing := w.notReady(); missing {
		return f
	}
	const purpose = "check the delegation"
	ask := []string{scope}
	if scope != scopeEmail {
		ask = append(ask, scopeEmail)
	}
	token, err := w.tokens.fetch(ctx, w.admin, purpose, ask...)
	if err != nil && len(ask) > 1 && refusedScope(err) {
		token, err = w.tokens.fetch(ctx, w.admin, purpose, scope)
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
	if info.email != "" && !strings.EqualFold(info.email, w.admin) {
		return platforms.Finding{
			Status: platforms.Fail, Cause: fmt.Sprintf("The token is %s's, not %s's.", info.email, w.admin),
			Fix: "Sign in again with the primary address of the administrator.",
		}
	}
	w.delegated.Store(true)
	whose := "in the name of " + w.admin
	if info.email != "" {
		whose = "for " + info.email
	}
	return platforms.Finding{Status: platforms.Pass, Evidence: fmt.Sprintf("Google's tokeninfo lists %s %s.", shortScope(scope), whose)}
}

func refusedScope(err error) bool {
	var e *platforms.Error
	return errors.As(err, &e) && e.Kind == platforms.Forbidden && e.Code != codeNotAdmitted
}

// delegationFinding tells "not yet" from "not at all": while no scope works and
// the first try is less than a day old, Google may simply not have caught up.
func (w *workspace) delegationFinding(ctx context.Context, scope string, err error) platforms.Finding {
	f := w.finding(err)
	var e *platforms.Error
	if !errors.As(err, &e) || e.Code != "unauthorized_client" && e.Code != "access_denied" {
		return f
	}
	f.FixURL = delegationURL(w.env.Values, w.account.ID)
	if w.delegated.Load() {
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
