package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"miohub/platforms"
	"miohub/platforms/oauth"
	"miohub/platforms/transport"
)

// authorize lets the administrator sign in, proves who it is and of which
// organisation, and only then keeps the sign-in.
func authorize(ctx context.Context, env platforms.Env) (platforms.Outcome, error) {
	w := newWorkspace(env)
	if w.client == nil {
		return platforms.Outcome{}, &platforms.Error{Kind: platforms.Invalid, Op: "google: sign in", Code: codeNoClient, Text: "Choose the OAuth client file first."}
	}
	token, err := w.signInNow(ctx)
	if err != nil {
		return platforms.Outcome{}, err
	}
	tenant, err := w.examine(ctx, token)
	if err != nil {
		w.discard(ctx, token, err)
		return platforms.Outcome{}, err
	}
	saved := oauth.FromToken(token, w.env.Now(), tenant.Admin, scopesOf(w.asked, platforms.UserConsent))
	if err := oauth.Keep(ctx, env.Secrets, keyToken, saved); err != nil {
		return platforms.Outcome{}, fmt.Errorf("google: %w", err)
	}
	if err := w.keepTenant(ctx, tenant); err != nil {
		return platforms.Outcome{}, err
	}
	return platforms.Outcome{
		Tenant: tenant, Account: tenant.Admin,
		Text: fmt.Sprintf("Signed in as %s, super administrator of %s.", tenant.Admin, tenant.Name),
	}, nil
}

// signInNow opens the consent page and redeems what comes back.
func (w *workspace) signInNow(ctx context.Context) (*oauth2.Token, error) {
	params := map[string]string{"access_type": "offline", "prompt": "consent"}
	if w.admin != "" {
		params["login_hint"] = w.admin
	}
	return oauth.SignIn{
		Config: w.oauthConfig(), Params: params, Open: w.env.Open, HTTP: w.tokenClient(),
		Loopback: oauth.Loopback{Host: "127.0.0.1", Op: "google: sign in"},
	}.Run(ctx)
}

// static is one access token that is not renewed.
type static string

func (s static) Token(context.Context) (string, error) { return string(s), nil }
func (static) Drop(string)                             {}

// examine checks a fresh sign-in: everything asked for was granted, the person
// is a super administrator, and the organisation is the one known so far.
func (w *workspace) examine(ctx context.Context, token *oauth2.Token) (platforms.Tenant, error) {
	const op = "google: sign in"
	granted := oauth.FromToken(token, w.env.Now(), "", scopesOf(w.asked, platforms.UserConsent)).Scopes()
	for _, scope := range scopesOf(w.asked, platforms.UserConsent) {
		if !slices.Contains(granted, scope) {
			return platforms.Tenant{}, &platforms.Error{Kind: platforms.Forbidden, Op: op, Code: codeScopeNotGranted, Text: fmt.Sprintf("Google's page was confirmed without %q. Sign in again and leave every box ticked.", shortScope(scope))}
		}
	}
	if token.RefreshToken == "" {
		return platforms.Tenant{}, &platforms.Error{Kind: platforms.SignInAgain, Op: op, Code: "no_refresh_token", Text: "Google granted this sign-in for one hour only. Sign in again."}
	}
	credential := static(token.AccessToken)
	api, err := w.oauthAPI(ctx, credential)
	if err != nil {
		return platforms.Tenant{}, err
	}
	me, err := api.Userinfo.Get().Context(ctx).Do()
	if err != nil {
		return platforms.Tenant{}, failed("read who signed in", err)
	}
	if me.Hd == "" {
		return platforms.Tenant{}, &platforms.Error{
			Kind: platforms.Forbidden, Op: op, Code: codePersonal,
			Text: fmt.Sprintf("%s is a personal Google account. Sign in with the administrator's account of your organisation.", strings.ToLower(me.Email)),
		}
	}
	t, err := w.organisation(ctx, credential, strings.ToLower(me.Email))
	if err != nil {
		return platforms.Tenant{}, err
	}
	if known := w.env.Values.Get(keyTenant); known != "" && known != string(t.ID) {
		return platforms.Tenant{}, &platforms.Error{
			Kind: platforms.Conflict, Op: op, Code: codeOtherOrg,
			Text: fmt.Sprintf("%s belongs to %s, but this connection is for %s. Sign in as an administrator of that organisation, or disconnect first.", t.Admin, t.Name, w.tenant().Name),
		}
	}
	// Domains that an import found stay known.
	for _, d := range strings.Fields(w.env.Values.Get(keyDomains)) {
		if !slices.Contains(t.Domains, d) {
			t.Domains = append(t.Domains, d)
		}
	}
	return t, nil
}

// organisation reads which organisation a super administrator administers.
func (w *workspace) organisation(ctx context.Context, c transport.Credential, address string) (platforms.Tenant, error) {
	directory, err := w.directoryAs(ctx, c)
	if err != nil {
		return platforms.Tenant{}, err
	}
	user, err := directory.Users.Get(address).Fields("id,primaryEmail,isAdmin,isDelegatedAdmin,customerId").Context(ctx).Do()
	if err != nil {
		err = failed("read the administrator's role", err)
		if platforms.KindOf(err) == platforms.Forbidden && !isSwitchedOff(err) {
			return platforms.Tenant{}, notAdmin(codeNotSuper, address+" is not an administrator.")
		}
		return platforms.Tenant{}, err
	}
	switch {
	case user.IsAdmin:
	case user.IsDelegatedAdmin:
		return platforms.Tenant{}, notAdmin(codeDelegatedAdmin, address+" has a limited administrator role. With it, granting domain-wide delegation and reading the settings of Google Chat would fail.")
	default:
		return platforms.Tenant{}, notAdmin(codeNotSuper, address+" is not an administrator.")
	}
	customer, err := directory.Customers.Get("my_customer").Context(ctx).Do()
	if err != nil {
		return platforms.Tenant{}, failed("read the organisation", err)
	}
	t := platforms.Tenant{
		Platform: "google", ID: platforms.TenantID(user.CustomerId), Domain: strings.ToLower(customer.CustomerDomain),
		Admin: strings.ToLower(user.PrimaryEmail),
	}
	if t.ID == "" {
		t.ID = platforms.TenantID(customer.Id)
	}
	if customer.PostalAddress != nil {
		t.Name = customer.PostalAddress.OrganizationName
	}
	if t.Name == "" {
		t.Name = t.Domain
	}
	t.Domains = []string{t.Domain}
	return t, nil
}

func notAdmin(code, what string) error {
	return &platforms.Error{
		Kind: platforms.Forbidden, Op: "google: sign in", Code: code,
		Text: what + " Only a super administrator can grant domain-wide delegation; sign in as one.",
	}
}

func isSwitchedOff(err error) bool {
	var e *platforms.Error
	return errors.As(err, &e) && e.Code == "SERVICE_DISABLED"
}

// discard revokes a sign-in that is not kept. Where there was a good one before,
// it is left alone unless it is another organisation's: to Google, two sign-ins
// of one person are one grant, and both would end.
func (w *workspace) discard(ctx context.Context, token *oauth2.Token, why error) {
	var e *platforms.Error
	if w.admin != "" && !(errors.As(why, &e) && e.Code == codeOtherOrg) {
		return
	}
	if err := w.revoke(context.WithoutCancel(ctx), refreshOrAccess(token)); err != nil {
		w.env.Log.WarnContext(ctx, "sign-in could not be revoked", "error", err)
	}
}

func refreshOrAccess(t *oauth2.Token) string {
	if t.RefreshToken != "" {
		return t.RefreshToken
	}
	return t.AccessToken
}

// revoke makes a token and what was made from it useless. One that is useless
// already is no error.
func (w *workspace) revoke(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	client := w.transport.Client(nil, transport.HostOf(w.endpoints.revoke))
	form := strings.NewReader(url.Values{"token": {token}}.Encode())
	req, err := http.NewRequestWithContext(transport.Idempotent(ctx), http.MethodPost, w.endpoints.revoke, form)
	if err != nil {
		return failed("revoke", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(req)
	if err != nil {
		return failed("revoke", err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusOK || res.StatusCode == http.StatusBadRequest {
		return nil
	}
	return &platforms.Error{Kind: transport.Kind(res.StatusCode, true), Op: "google: revoke", Status: res.StatusCode, Text: "the sign-in could not be revoked"}
}

// disconnect revokes the administrator's sign-in and erases every secret. It
// lists what only an administrator can remove.
func (w *workspace) disconnect(ctx context.Context) ([]platforms.Leftover, error) {
	var left []platforms.Leftover
	if err := w.resume(ctx); err != nil {
		w.env.Log.WarnContext(ctx, "temporary space could not be removed before disconnecting", "error", err)
	}
	saved, _ := oauth.Load(w.env.Secrets, keyToken)
	token := saved.RefreshToken
	if token == "" {
		token = saved.AccessToken
	}
	if err := w.revoke(ctx, token); err != nil {
		// Erased here all the same: what cannot be revoked must not lie about.
		w.env.Log.WarnContext(ctx, "sign-in could not be revoked", "error", err)
		left = append(left, platforms.Leftover{What: "Access of Mio Hub to the account " + w.admin, URL: "https://myaccount.google.com/connections"})
	}
	left = append(left, w.leftovers()...)
	var errs []error
	for _, key := range []string{keyToken, keyServiceAccount, keyClient} {
		errs = append(errs, w.env.Secrets.Delete(ctx, key), w.env.Values.Delete(ctx, key))
	}
	for _, key := range []string{
		keyAdmin, keyTenant, keyOrganisation, keyDomain, keyDomains, keyDelegationTried, keyProbe, platforms.KeyTestPeople,
		keyClientID, keyAccountID, keyAccountEmail, keyProject,
	} {
		errs = append(errs, w.env.Values.Delete(ctx, key))
	}
	if err := errors.Join(errs...); err != nil {
		return left, fmt.Errorf("google: erase the connection: %w", err)
	}
	return left, nil
}

// leftovers is what only an administrator can remove.
func (w *workspace) leftovers() []platforms.Leftover {
	var list []platforms.Leftover
	if l, there := w.probeLeft(); there {
		list = append(list, l)
	}
	if w.account == nil {
		return list
	}
	list = append(list, []platforms.Leftover{
		{What: "Domain-wide delegation entry " + w.account.ID, URL: consoleURL(w.env.Values, "/ac/owl/domainwidedelegation")},
		{What: "Service account " + w.account.Email + " and its keys", URL: cloudURL("iam-admin/serviceaccounts", w.account.Project)},
		{What: "The Chat app, which stays a member of the spaces that were linked", URL: chatAppURL(w.account.Project)},
	}...)
	if w.client != nil {
		list = append(list, platforms.Leftover{What: "OAuth client " + w.client.ID, URL: cloudURL("auth/clients", w.account.Project)})
	}
	if topic := w.env.Values.Get(keyTopic); topic != "" {
		list = append(list, platforms.Leftover{What: "Pub/Sub topic " + topic + " and its subscription", URL: cloudURL("cloudpubsub/topic/list", w.account.Project)})
	}
	return list
}
