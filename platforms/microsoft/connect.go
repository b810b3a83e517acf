package microsoft

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/oauth"
)

// Keys of Platform.Actions.
const (
	actionAuthorize   = "authorize"
	actionBridge      = "bridge"
	actionCertificate = "certificate"
)

// Template ids of the directory roles that may consent to application
// permissions of Graph for a whole tenant; the same in every tenant.
const (
	globalAdministrator         = "62e90394-69f5-4237-9190-012177145e10"
	privilegedRoleAdministrator = "e8611ab8-c189-46e8-94e1-60213ab1f814"
)

// connect builds a connection from what is stored. It makes no call.
func connect(_ context.Context, env platforms.Env) (*platforms.Connection, error) {
	s, err := newSession(env)
	if err != nil {
		return nil, fmt.Errorf("microsoft: connect: %w", err)
	}
	c := &platforms.Connection{
		Tenant: s.known(), Checks: checks(s), Disconnect: s.disconnect, Leftovers: s.leftovers, Calls: s.http.Calls,
	}
	if s.bridge != nil && s.on(featureSessions) {
		c.EndSessions = s.endSessions
	}
	s.offer(c)
	return c, nil
}

// authorize proves that the person is an administrator who may consent, asks
// for the tenant's consent and verifies what arrived.
func authorize(ctx context.Context, env platforms.Env) (platforms.Outcome, error) {
	s, err := ready(ctx, env)
	if err != nil {
		return platforms.Outcome{}, err
	}
	who, err := s.signIn(ctx, []string{userMe}, env.Values.Get(keyAdmin), "sign-in of the administrator")
	if err != nil {
		return platforms.Outcome{}, err
	}
	role, err := who.consentingRole(ctx)
	if err != nil {
		return platforms.Outcome{}, err
	}
	if err := s.askConsent(ctx, who.org.ID); err != nil {
		return platforms.Outcome{}, err
	}
	if err := s.remember(ctx, who, keyAdmin); err != nil {
		return platforms.Outcome{}, err
	}
	text := fmt.Sprintf("Signed in as %s, %s. ", who.login(), role)
	granted, err := s.awaitConsent(ctx)
	return platforms.Outcome{Tenant: s.known(), Account: who.login(), Text: text + granted}, err
}

// signInBridge signs the bridge account in and keeps it signed in.
func signInBridge(ctx context.Context, env platforms.Env) (platforms.Outcome, error) {
	s, err := ready(ctx, env)
	if err != nil {
		return platforms.Outcome{}, err
	}
	who, err := s.signIn(ctx, s.bridgeScopes(), env.Values.Get(keyBridge), "sign-in of the bridge account")
	if err != nil {
		return platforms.Outcome{}, err
	}
	op := "microsoft: sign-in of the bridge account"
	if isGuest(who.me) {
		return platforms.Outcome{}, &platforms.Error{Kind: platforms.Forbidden, Op: op, Text: who.login() + " is a guest. The bridge account must be a member of your own organisation."}
	}
	saved := oauth.FromToken(who.token, s.env.Now(), who.login(), s.bridgeScopes())
	if saved.RefreshToken == "" {
		return platforms.Outcome{}, &platforms.Error{Kind: platforms.Forbidden, Op: op, Text: "Entra gave no lasting sign-in (refresh token) for " + who.login()}
	}
	if err := oauth.Keep(ctx, env.Secrets, keyBridgeToken, saved); err != nil {
		return platforms.Outcome{}, fmt.Errorf("%s: %w", op, err)
	}
	if err := env.Values.Put(ctx, keyBridgeID, who.me.ID); err != nil {
		return platforms.Outcome{}, fmt.Errorf("%s: %w", op, err)
	}
	if err := s.remember(ctx, who, keyBridge); err != nil {
		return platforms.Outcome{}, err
	}
	text := "Signed in as " + who.login() + ", who will post in the linked channels."
	if strings.EqualFold(who.login(), env.Values.Get(keyAdmin)) {
		text += " This is also the administrator: an account used for nothing else is safer, because whatever it says in a linked channel is not carried."
	}
	return platforms.Outcome{Tenant: s.known(), Account: who.login(), Text: text}, nil
}

// ready makes a session for an action. Secrets that a deployment file or a form
// left in plain values move to the sealed ones first.
func ready(ctx context.Context, env platforms.Env) (*session, error) {
	for _, key := range []string{keySecret, keyHubConnection} {
		if err := seal(ctx, env, key); err != nil {
			return nil, err
		}
	}
	s, err := newSession(env)
	if err != nil {
		return nil, err
	}
	if s.clientID == "" {
		return nil, &platforms.Error{Kind: platforms.Invalid, Op: "microsoft: sign in", Text: "the application (client) id is missing: finish the step “App registration” first"}
	}
	return s, nil
}

// seal moves a secret from plain values to the sealed ones.
func seal(ctx context.Context, env platforms.Env, key string) error {
	v := env.Values.Get(key)
	if v == "" {
		return nil
	}
	if err := env.Secrets.Put(ctx, key, v); err != nil {
		return fmt.Errorf("microsoft: seal %s: %w", key, err)
	}
	if err := env.Values.Delete(ctx, key); err != nil {
		return fmt.Errorf("microsoft: remove %s from plain settings: %w", key, err)
	}
	return nil
}

// person is somebody who has just signed in.
type person struct {
	token *oauth2.Token
	graph *graph.Client
	me    graph.User
	org   graph.Organization
}

func (p *person) login() string { return strings.ToLower(p.me.UserPrincipalName) }

// justSignedIn carries the access token of a fresh sign-in.
type justSignedIn string

// Token implements transport.Credential.
func (t justSignedIn) Token(context.Context) (string, error) { return string(t), nil }

// Drop implements transport.Credential; there is no other token to be had.
func (t justSignedIn) Drop(string) {}

// signIn runs the browser sign-in and asks Graph who that was. Claims inside
// the token would only be a hint.
func (s *session) signIn(ctx context.Context, scopes []string, hint, op string) (*person, error) {
	params := map[string]string{"prompt": "select_account"}
	if hint != "" {
		params["login_hint"] = hint
	}
	token, err := oauth.SignIn{
		Config:   s.codeFlow(or(s.tenant, everyTenant), scopes),
		Loopback: oauth.Loopback{Host: "localhost", Op: "microsoft: " + op},
		Params:   params, Claims: capabilities, Open: s.env.Open, HTTP: s.authorityClient(),
	}.Run(ctx)
	if err != nil {
		return nil, err
	}
	p := &person{token: token}
	if p.graph, err = s.graphClient(justSignedIn(token.AccessToken)); err != nil {
		return nil, err
	}
	if p.me, err = p.graph.Me(ctx); err != nil {
		return nil, fail("read the signed-in account", err, harmless)
	}
	if p.org, err = p.graph.Organization(ctx); err != nil {
		return nil, fail("read the organisation", err, harmless)
	}
	return p, s.sameTenant(p)
}

// sameTenant refuses somebody of another organisation than the connected one.
// Before the first sign-in the tenant may be known by a domain only.
func (s *session) sameTenant(p *person) error {
	if s.tenant == "" || strings.EqualFold(s.tenant, p.org.ID) || slices.ContainsFunc(p.org.Domains, func(d graph.Domain) bool {
		return strings.EqualFold(d.Name, s.tenant)
	}) {
		return nil
	}
	return &platforms.Error{
		Kind: platforms.Forbidden, Op: "microsoft: sign in", Code: codeOtherTenant,
		Text: fmt.Sprintf("%s belongs to %s (%s), but this hub is connected with another organisation (%s)", p.login(), p.org.DisplayName, p.org.ID, s.tenant),
	}
}

// consentingRole names the role by which the person may consent for everybody.
func (p *person) consentingRole(ctx context.Context) (string, error) {
	roles, err := p.graph.MyRoles(ctx)
	if err != nil {
		return "", fail("read the administrator's roles", err, harmless)
	}
	var held []string
	for _, r := range roles {
		switch r.TemplateID {
		case globalAdministrator:
			return "Global Administrator", nil
		case privilegedRoleAdministrator:
			return "Privileged Role Administrator", nil
		}
		held = append(held, r.DisplayName)
	}
	holds := "holds no directory role"
	if len(held) > 0 {
		holds = "holds " + strings.Join(held, ", ")
	}
	return "", &platforms.Error{
		Kind: platforms.Forbidden, Op: "microsoft: authorize", Code: codeNoRole,
		Text: p.login() + " " + holds + ", and is neither a Global Administrator nor a Privileged Role Administrator, who alone may consent to this. Copy the link of Method 2 and send it to somebody who is.",
	}
}

// consentURL is the page where an administrator consents for the tenant. The
// full static list is always asked for: asking for less may take away what was
// granted before.
func consentURL(authority, tenant, client, redirect, state string) string {
	q := url.Values{
		"client_id": {client}, "scope": {resource + ".default"}, "redirect_uri": {redirect}, "state": {state},
	}
	return authority + url.PathEscape(tenant) + "/v2.0/adminconsent?" + q.Encode()
}

// askConsent opens the consent page. The answer says admin_consent=True also
// when it carries an error, which Receive has looked at first.
func (s *session) askConsent(ctx context.Context, tenant string) error {
	const op = "microsoft: ask for admin consent"
	answer, err := oauth.Receive(ctx, oauth.Loopback{Host: "localhost", Op: op}, func(redirect, state string) string {
		return consentURL(authorityOf(s.env.Values), tenant, s.clientID, redirect, state)
	}, s.env.Open)
	if err != nil {
		return err
	}
	if !strings.EqualFold(answer.Get("admin_consent"), "True") {
		return &platforms.Error{Kind: platforms.Internal, Op: op, Text: "the answer says neither that consent was given nor that it was refused"}
	}
	if t := answer.Get("tenant"); t != "" && !strings.EqualFold(t, tenant) {
		return &platforms.Error{Kind: platforms.Forbidden, Op: op, Code: codeOtherTenant, Text: "consent was given in another organisation (" + t + ")"}
	}
	return nil
}

// remember stores what a sign-in proved. who says under which key.
func (s *session) remember(ctx context.Context, p *person, key string) error {
	values := map[string]string{key: p.login(), keyTenant: p.org.ID, keyName: p.org.DisplayName}
	var domains []string
	for _, d := range p.org.Domains {
		name := strings.ToLower(d.Name)
		domains = append(domains, name)
		if d.Default {
			values[keyDomain] = name
		}
	}
	values[keyDomains] = strings.Join(domains, " ")
	for k, v := range values {
		if err := s.env.Values.Put(ctx, k, v); err != nil {
			return fmt.Errorf("microsoft: store %s: %w", k, err)
		}
	}
	s.tenant = p.org.ID
	return nil
}

// consentPauses is how long a consent is waited for: it takes Entra a moment
// until tokens show it.
func consentPauses() []time.Duration {
	return []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second}
}

// awaitConsent proves the consent by the application's own token and says what
// was seen. The redirect alone proves nothing.
func (s *session) awaitConsent(ctx context.Context) (string, error) {
	fresh, err := newSession(s.env)
	if err != nil {
		return "", err
	}
	if fresh.appToken == nil {
		return "Consent was given; it is verified when the bridge account signs in, and for the application once a certificate or client secret proves it.", nil
	}
	wanted := scopes(s.env.Values, platforms.AppConsent)
	var missing []string
	for _, wait := range consentPauses() {
		if err := s.pause(ctx, wait); err != nil {
			return "", fmt.Errorf("microsoft: wait for the consent: %w", err)
		}
		var there granted
		if there, _, err = fresh.tokenRoles(ctx); err != nil {
			continue
		}
		missing = slices.DeleteFunc(slices.Clone(wanted), func(p string) bool { return there[p] })
		if len(missing) == 0 {
			return fmt.Sprintf("All %d application permissions are granted.", len(wanted)), nil
		}
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Consent was given; Entra does not show it yet for %s. The checks keep looking.", strings.Join(missing, ", ")), nil
}

// disconnect erases the tokens and what proves the application. Microsoft has no endpoint that revokes a
// refresh token for an application, so what stays is listed.
func (s *session) disconnect(ctx context.Context) ([]platforms.Leftover, error) {
	left := s.leftovers()
	for _, key := range []string{keyBridgeToken, keyAdminToken, keyCertificate, keyFormer, keySecret} {
		if err := s.env.Secrets.Delete(ctx, key); err != nil {
			return nil, fmt.Errorf("microsoft: erase %s: %w", key, err)
		}
	}
	// The account's name stays, as a hint for the next sign-in. A certificate whose
	// key is gone must not be offered for upload again.
	for _, key := range []string{keyBridgeID, keyCertificate} {
		if err := s.env.Values.Delete(ctx, key); err != nil {
			return nil, fmt.Errorf("microsoft: forget %s: %w", key, err)
		}
	}
	return left, nil
}

// endSessions ends the bridge account's sessions everywhere. The permission for it
// is asked for at this moment alone and forgotten with the token.
func (s *session) endSessions(ctx context.Context) error {
	token, err := s.bridgeToken.Redeem(ctx, []string{resource + userSessions})
	if err != nil {
		return err
	}
	bridge, err := s.graphClient(justSignedIn(token.AccessToken))
	if err != nil {
		return fmt.Errorf("microsoft: end sessions: %w", err)
	}
	return fail("end sessions", bridge.RevokeSessions(ctx), harmless)
}

// leftovers is what only an administrator can remove, and how long it stays valid.
func (s *session) leftovers() []platforms.Leftover {
	var left []platforms.Leftover
	if s.tenant != "" && s.clientID != "" {
		left = append(left, platforms.Leftover{
			What: "The consent: enterprise application " + s.clientID + " with its permissions, until somebody removes it", URL: s.link(linkPermissions),
		})
	}
	if list := certificates(s.env.Secrets); len(list) > 0 {
		left = append(left, platforms.Leftover{
			What: fmt.Sprintf("The certificate %s at the registration, valid until %s. Its private key is erased here; the next Connect makes another", list[0].thumbprint(), list[0].x509.NotAfter.Format(time.DateOnly)),
			URL:  s.link(linkRegistration),
		})
	} else if s.secret() != "" {
		left = append(left, platforms.Leftover{
			What: "The client secret at the registration, valid until it expires" + until(s.env.Values.Get(keyExpires)) + ". It is erased here; the next Connect asks for it again", URL: s.link(linkRegistration),
		})
	}
	if bridge := s.env.Values.Get(keyBridge); bridge != "" {
		left = append(left, platforms.Leftover{What: "The bridge account " + bridge + ", its licence and its seats in teams", URL: s.link(linkUser)})
	}
	if s.bridge != nil {
		left = append(left, platforms.Leftover{
			What: "The bridge account's sessions: the hub's own sign-in is erased here, and Entra would still take it for up to 90 days, and its last token for up to a day, from whoever had a copy. Revoke the sessions to end that at once",
			URL:  s.link(linkUser),
		})
	}
	return left
}

func until(day string) string {
	if day == "" {
		return ""
	}
	return " on " + day
}
