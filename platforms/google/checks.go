package google

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"miohub/platforms"
	"miohub/platforms/oauth"
	"miohub/platforms/transport"
)

const (
	codeClock     = "google.clock"
	codeClient    = "google.client"
	codeKey       = "google.key"
	codeKeyAge    = "google.key-age"
	codeSignIn    = "google.sign-in"
	codeRole      = "google.admin-role"
	codeDelegated = "google.delegation."
	codeDirectory = "google.api.directory"
	codeChat      = "google.api.chat"
	codeChatApp   = "google.chat-app"
	codePerson    = "google.chat-person"
	codeGroups    = "google.api.groups"
	codeReports   = "google.api.reports"
	codeLicensing = "google.api.licensing"
	codeEvents    = "google.api.events"
	codePush      = "google.push"

	clockWarns = 30 * time.Second // a token lives an hour; this is merely careless
	clockFails = 4 * time.Minute  // Google refuses assertions about five minutes off
)

// checks are the set-up tests, in the order in which one failure explains the next.
func (w *workspace) checks() []platforms.Check {
	key := []string{codeClock}
	if w.on(platforms.FeatureKeyless) {
		key = append(key, codeSignIn) // the administrator has Google sign
	}
	list := []platforms.Check{
		{Code: codeClock, Title: "This computer's clock agrees with Google's", Run: w.checkClock},
		{Code: codeClient, Title: "The OAuth client's id and secret are accepted", Run: w.checkClient},
		{Code: codeSignIn, Title: "The administrator's sign-in is still good", Needs: []string{codeClient}, Run: w.checkSignIn},
		{Code: codeRole, Title: "The administrator is a super administrator", Needs: []string{codeSignIn}, Run: w.checkRole},
		{Code: codeKey, Title: "The service account's key is accepted", Needs: key, Run: w.checkKey},
		{Code: codeKeyAge, Title: "The service account's key is not old", Needs: []string{codeKey}, Run: w.checkKeyAge},
	}
	for _, scope := range scopesOf(w.asked, platforms.Delegation) {
		list = append(list, platforms.Check{
			Code: codeDelegated + shortScope(scope), Title: "Delegation: " + shortScope(scope), Needs: []string{codeKey},
			Run: func(ctx context.Context) platforms.Finding { return w.checkScope(ctx, scope) },
		})
	}
	list = append(list, platforms.Check{Code: codeExcess, Title: "Delegation: nothing more is granted than needed", Needs: []string{codeKey}, Run: w.checkExcess})
	for _, c := range apiChecks(w.on) {
		list = append(list, c.check(w))
	}
	list = append(list, platforms.Check{Code: codeChatApp, Title: "The Chat app is configured", Needs: []string{codeKey}, Run: w.checkChatApp})
	if w.testPerson() != "" {
		list = append(list, platforms.Check{Code: codePerson, Title: "Google Chat is on for the test person", Needs: w.needs(scopeMessages), Run: w.checkPerson})
	}
	if w.on(platforms.FeatureSettings) {
		for _, s := range settingsList() {
			list = append(list, s.check(w))
		}
	}
	if w.on(platforms.FeatureProbe) {
		list = append(list, platforms.Check{
			Code: codeInvitations, Title: "Invitations are accepted automatically", Needs: w.needs(scopeMembersAs), Writes: true, Run: w.checkInvitations,
		})
	}
	return list
}

// delegationChecks are the codes of the checks of single scopes.
func delegationChecks(v platforms.Values) []string {
	var codes []string
	for _, scope := range scopesOf(asked(v), platforms.Delegation) {
		codes = append(codes, codeDelegated+shortScope(scope))
	}
	return codes
}

// needs is the check of the scope that is asked for in place of one.
func (w *workspace) needs(scope string) []string {
	have, err := w.scopeFor(platforms.Delegation, scope)
	if err != nil {
		return nil
	}
	return []string{codeDelegated + shortScope(have)}
}

func skipped(cause, fix string) platforms.Finding {
	return platforms.Finding{Status: platforms.Skipped, Cause: cause, Fix: fix}
}

func (w *workspace) noAccount() (platforms.Finding, bool) {
	switch {
	case w.account != nil:
		return platforms.Finding{}, false
	case w.on(platforms.FeatureKeyless):
		return skipped("Which service account it is has not been entered yet.", "Enter its e-mail address and client id in the first step."), true
	}
	return skipped("The service account's key file has not been chosen yet.", "Choose it in the first step."), true
}

// checkClock compares this computer's clock with the date of an answer.
func (w *workspace) checkClock(ctx context.Context) platforms.Finding {
	client := w.transport.Client(nil, transport.HostOf(w.endpoints.oauth2))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.endpoints.oauth2+"oauth2/v2/userinfo", nil)
	if err != nil {
		return w.finding(failed("read Google's clock", err))
	}
	before := w.env.Now()
	res, err := client.Do(req)
	if err != nil {
		return w.finding(failed("read Google's clock", err))
	}
	res.Body.Close()
	return clockFinding(res.Header.Get("Date"), before, w.env.Now())
}

func clockFinding(date string, before, after time.Time) platforms.Finding {
	theirs, err := http.ParseTime(date)
	if err != nil {
		return skipped("Google's answer carried no date.", "Check again later.")
	}
	ours := before.Add(after.Sub(before) / 2)
	// The header counts whole seconds, so half of one is its middle.
	off := ours.Sub(theirs.Add(500 * time.Millisecond))
	f := platforms.Finding{Status: platforms.Pass, Evidence: fmt.Sprintf("The clocks differ by %s.", off.Abs().Round(time.Second))}
	if off.Abs() <= clockWarns {
		return f
	}
	way := "fast"
	if off < 0 {
		way = "slow"
	}
	f.Status = platforms.Warn
	f.Cause = fmt.Sprintf("This computer's clock is %s %s.", off.Abs().Round(time.Second), way)
	f.Fix = "Switch on automatic time in the system settings, then check again."
	if off.Abs() > clockFails {
		f.Status = platforms.Fail
		f.Cause += " Google refuses keys that are signed with a wrong time."
	}
	return f
}

// checkKey asks for a token in nobody's name, which needs no delegation.
func (w *workspace) checkKey(ctx context.Context) platforms.Finding {
	if f, missing := w.noAccount(); missing {
		return f
	}
	token, err := w.tokens.fetch(ctx, "", "check the key", scopeEmail)
	if err != nil {
		return w.finding(err)
	}
	info, err := w.tokenInfo(ctx, token.AccessToken)
	if err != nil {
		return w.finding(err)
	}
	evidence := fmt.Sprintf("Google issued a token to %s (client id %s).", w.account.Email, info.issuedTo(w.account.ID))
	if w.account.Key == "" {
		evidence += fmt.Sprintf(" It was signed by Google itself, for %s; no key was used.", w.admin)
	}
	return platforms.Finding{Status: platforms.Pass, Evidence: evidence}
}

// checkSignIn renews the administrator's access.
func (w *workspace) checkSignIn(ctx context.Context) platforms.Finding {
	if w.signIn == nil {
		return skipped("The OAuth client file has not been chosen yet.", "Choose it in the first step.")
	}
	if w.admin == "" {
		return skipped("Nobody has signed in yet.", "Press Authorize Mio.")
	}
	info, err := w.signInInfo(ctx)
	if err != nil {
		return w.signInFinding(err)
	}
	if info.email != "" && !strings.EqualFold(info.email, w.admin) {
		return platforms.Finding{Status: platforms.Fail, Cause: fmt.Sprintf("The stored sign-in is %s, not %s.", info.email, w.admin), Fix: "Press Authorize Mio and sign in again.", SignIn: true}
	}
	saved, _ := oauth.Load(w.env.Secrets, keyToken)
	for _, scope := range scopesOf(w.asked, platforms.UserConsent) {
		if !slices.Contains(saved.Scopes(), scope) {
			return w.signInFinding(&platforms.Error{
				Kind: platforms.SignInAgain, Op: "google: administrator's sign-in", Code: codeScopeNotGranted,
				Text: fmt.Sprintf("the sign-in was made without %s", shortScope(scope)),
			})
		}
	}
	return platforms.Finding{Status: platforms.Pass, Evidence: "Google renewed the access of " + w.admin + "."}
}

// signInInfo asks about the sign-in's access token. One that Google no longer
// knows is renewed first: it may have died early, or the whole grant with it.
func (w *workspace) signInInfo(ctx context.Context) (tokenFacts, error) {
	for renewed := false; ; renewed = true {
		token, err := w.signIn.Token(ctx)
		if err != nil {
			return tokenFacts{}, err
		}
		info, err := w.tokenInfo(ctx, token)
		if renewed || platforms.KindOf(err) != platforms.Invalid {
			return info, err
		}
		w.signIn.Drop(token)
	}
}

// checkRole reads the administrator's role with the administrator's own sign-in.
func (w *workspace) checkRole(ctx context.Context) platforms.Finding {
	if w.signIn == nil || w.admin == "" {
		return skipped("Nobody has signed in yet.", "Press Authorize Mio.")
	}
	t, err := w.organisation(ctx, w.signIn, w.admin)
	if err != nil {
		f := w.signInFinding(err)
		if f.FixURL == "" {
			f.FixURL = consoleURL(w.env.Values, "/ac/users")
		}
		return f
	}
	return platforms.Finding{Status: platforms.Pass, Evidence: fmt.Sprintf("%s is a super administrator of %s (%s).", t.Admin, t.Name, t.ID)}
}

// checkChatApp lets the app list its spaces, which it can once it is configured.
func (w *workspace) checkChatApp(ctx context.Context) platforms.Finding {
	if f, missing := w.noAccount(); missing {
		return f
	}
	api, err := w.chat(ctx, actor{"", scopeBot})
	if err == nil {
		_, err = api.Spaces.List().PageSize(1).Context(ctx).Do()
		err = failed("list one space of the Chat app", err)
	}
	if err != nil {
		return w.finding(err)
	}
	return platforms.Finding{Status: platforms.Pass, Evidence: "The Chat app can list the spaces it is in."}
}

func (w *workspace) notReady() (platforms.Finding, bool) {
	if f, missing := w.noAccount(); missing {
		return f, true
	}
	if w.admin == "" {
		return skipped("Nobody has signed in yet.", "Press Authorize Mio."), true
	}
	return platforms.Finding{}, false
}

// tokenFacts is what Google says about a token.
type tokenFacts struct {
	scopes, audience, email string
}

func (f tokenFacts) issuedTo(other string) string {
	if f.audience != "" {
		return f.audience
	}
	return other
}

func (w *workspace) tokenInfo(ctx context.Context, token string) (tokenFacts, error) {
	api, err := w.oauthAPI(ctx, nil)
	if err != nil {
		return tokenFacts{}, err
	}
	// Google defines it as POST, but it changes nothing.
	info, err := api.Tokeninfo().AccessToken(token).Context(transport.Idempotent(ctx)).Do()
	if err != nil {
		return tokenFacts{}, failed("ask about a token", err)
	}
	return tokenFacts{scopes: info.Scope, audience: info.Audience, email: strings.ToLower(info.Email)}, nil
}
