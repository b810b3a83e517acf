package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// adminConsent is the tenant-wide consent endpoint: v2 takes scopes, v1 grants
// the registration's static list.
func (c *cloud) adminConsent(w http.ResponseWriter, r *http.Request, tenant string, v2 bool) {
	if r.Method == http.MethodPost && r.PostFormValue("ctx") != "" {
		c.continueSignIn(w, r)
		return
	}
	p, e := c.readClient(r)
	if e != nil {
		c.errorPage(w, r, e)
		return
	}
	p.admin, p.mode, p.static = true, "query", true
	p.path = "/" + tenant + "/adminconsent"
	if v2 {
		p.path = "/" + tenant + "/v2.0/adminconsent"
		scope := r.FormValue("scope")
		if scope == "" {
			c.errorPage(w, r, c.refuse("entra.parameter.missing", "scope"))
			return
		}
		p.asked = c.parseScopes(scope)
		p.static = p.asked.static
		if e := c.badScopes(p.app, p.asked); e != nil {
			more := url.Values{"admin_consent": {"True"}, "tenant": {c.tenant.ID}}
			c.redirectError(w, r, c.target(r, p.redirect), p.mode, p.state, e, more)
			return
		}
	}
	if a, ok := c.tenant.Account(c.session(r)); ok && c.mayGrant(a) {
		p.account = a.ID
	}
	c.showNext(w, r, c.signIn.put(p), p, r.FormValue("login_hint"))
}

// showAdminConsent lists what would be granted for the whole organisation.
func (c *cloud) showAdminConsent(w http.ResponseWriter, r *http.Request, p *pending, data map[string]any) {
	if p.app == c.hub && c.faults.On("microsoft.consent-declined") {
		c.signIn.drop(data["Ctx"].(string))
		c.cancel(w, r, p, c.target(r, p.redirect))
		return
	}
	data["ForAll"] = true
	data["Scopes"] = slices.Concat(p.asked.graph, p.asked.openID)
	if p.static {
		data["Scopes"], data["Roles"] = p.app.registration().Delegated, p.app.registration().Application
	}
	writePage(w, http.StatusOK, consentPage, data)
}

// takeAdminConsent grants and goes back with the list of what was granted.
func (c *cloud) takeAdminConsent(w http.ResponseWriter, r *http.Request, ctx string, p *pending, target string) {
	c.signIn.drop(ctx)
	who, ok := c.tenant.Account(p.account)
	if !ok || !c.mayGrant(who) || who.Suspended {
		c.errorPage(w, r, c.refuse("entra.adminconsent.not-admin", p.app.name))
		return
	}
	granted := p.asked.graph
	if p.static {
		c.grants.consentStatic(p.app)
		granted = slices.Concat(p.app.registration().Delegated, p.app.registration().Application)
	} else {
		c.grants.consentAll(p.app, granted)
	}
	v := url.Values{"admin_consent": {"True"}, "tenant": {c.tenant.ID}}
	if p.state != "" {
		v.Set("state", p.state)
	}
	if strings.Contains(p.path, "/v2.0/") {
		v.Set("scope", strings.Join(fullScopes(granted), " "))
	}
	sendBack(w, r, target, p.mode, v)
}

// fullScopes prefixes Graph's permissions with its identifier URI, each once.
func fullScopes(names []string) []string {
	var out []string
	for _, n := range names {
		if !isOpenID(n) {
			n = graphResource + "/" + n
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
