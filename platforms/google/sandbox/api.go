package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"miohub/platforms/google/sandbox/discovery"
	world "miohub/platforms/sandbox"
)

// appName is what the Chat app is called in the tenant.
const appName = "Mio Hub"

// call is one checked request to an API method.
type call struct {
	g      *google
	id     string // method id
	m      discovery.Method
	path   map[string]string
	params map[string]string // query parameters by their documented name, checked
	body   map[string]any    // decoded request message, checked
	tok    token
	text   string // the access token itself
	admin  bool   // useAdminAccess
	ctx    context.Context
	file   *world.File // what is answered instead of a message
}

// flag reads a boolean parameter.
func (c *call) flag(name string) bool { return c.params[name] == "true" }

// methodFunc answers a checked request with a response message.
type methodFunc func(*call) (map[string]any, *apiError)

// api serves one of Google's APIs: whatever is in the embedded extract and
// implemented here; everything else is not found.
func (g *google) api(name string, methods map[string]methodFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name == "chat" && isUpload(r.URL.Path) {
			g.upload(w, r)
			return
		}
		if extra := g.extra(name, r); extra != nil {
			extra(w, r)
			return
		}
		verb := r.Method
		if name == "oauth2" && verb == http.MethodGet && r.URL.Path == "/oauth2/v2/tokeninfo" {
			// Documented as POST only; GET has always worked as well.
			verb = http.MethodPost
		}
		route, path, ok := g.cat.find(name, verb, r.URL.Path)
		f := methods[route.id]
		if !ok || f == nil {
			notFoundPage(w, r)
			return
		}
		c := &call{g: g, id: route.id, m: route.m, path: path, ctx: r.Context()}
		answer, bad := g.serve(c, f, w, r)
		if bad != nil {
			bad.write(w)
			return
		}
		if c.file != nil && r.URL.Query().Get("alt") == "media" {
			serveFile(w, r, c.file)
			return
		}
		writeJSON(w, http.StatusOK, answer, r.URL.Query().Get("prettyPrint") != "false")
	})
}

// extra are the endpoints beside an API's methods.
func (g *google) extra(api string, r *http.Request) http.HandlerFunc {
	if api != "oauth2" || r.Method != http.MethodGet {
		return nil
	}
	switch r.URL.Path {
	case "/oauth2/v3/certs", "/oauth2/v1/certs":
		return g.certs
	}
	return nil
}

// serve checks a request in the order Google's front end does: who asks, what
// is asked, whether the token suffices, whether the quota lasts.
func (g *google) serve(c *call, f methodFunc, w http.ResponseWriter, r *http.Request) (map[string]any, *apiError) {
	if len(c.m.Scopes) > 0 {
		if bad := g.authenticate(c, r); bad != nil {
			return nil, bad
		}
	}
	if bad := c.serviceTrouble(); bad != nil {
		return nil, bad
	}
	if bad := c.bind(w, r); bad != nil {
		return nil, bad
	}
	mask, bad := c.mask(r.URL.Query().Get("fields"))
	if bad != nil {
		return nil, bad
	}
	if len(c.m.Scopes) > 0 {
		if bad := c.authorize(); bad != nil {
			return nil, bad
		}
	}
	if bad := c.quota(); bad != nil {
		return nil, bad
	}
	answer, bad := f(c)
	if bad != nil {
		return nil, bad
	}
	return mask.apply(answer), nil
}

// service is the host that an API's errors name.
func (c *call) service() string {
	switch c.m.API {
	case "chat":
		return "chat.googleapis.com"
	case "admin", "reports":
		return "admin.googleapis.com"
	case "cloudidentity", "licensing", "iam", "iamcredentials", "pubsub", "workspaceevents":
		return c.m.API + ".googleapis.com"
	default:
		return "oauth2.googleapis.com"
	}
}

// oldStyle reports whether the API answers errors in the older form, without
// status and details.
func (c *call) oldStyle() bool {
	return c.m.API == "admin" || c.m.API == "reports" || c.m.API == "licensing"
}

// about is the metadata of errors that name the method.
func (c *call) about() map[string]any {
	return map[string]any{"service": c.service(), "method": c.id}
}

// authenticate finds the token. Tokens of accounts that were suspended or
// deleted are no longer valid.
func (g *google) authenticate(c *call, r *http.Request) *apiError {
	text := bearer(r)
	const see = " See https://developers.google.com/identity/sign-in/web/devconsole-project."
	if text == "" {
		e := refuse(http.StatusUnauthorized, "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential.%s", see)
		e.errors = []map[string]any{{"message": "Login Required.", "domain": "global", "reason": "required", "location": "Authorization", "locationType": "header"}}
		e.details = []map[string]any{errorInfo("CREDENTIALS_MISSING", c.about())}
		e.header = http.Header{"Www-Authenticate": {`Bearer realm="https://accounts.google.com/"`}}
		return e
	}
	t, _, ok := g.auth.lookup(text)
	if ok && !t.app {
		a, known := g.tenant.Account(t.account)
		ok = known && g.usable(a) == ""
	}
	if !ok {
		e := refuse(http.StatusUnauthorized, "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.%s", see)
		e.errors = []map[string]any{{"message": "Invalid Credentials", "domain": "global", "reason": "authError", "location": "Authorization", "locationType": "header"}}
		e.details = []map[string]any{errorInfo("ACCESS_TOKEN_EXPIRED", c.about())}
		e.header = http.Header{"Www-Authenticate": {`Bearer realm="https://accounts.google.com/", error="invalid_token"`}}
		return e
	}
	c.tok, c.text = t, text
	return nil
}

// authorize holds the token's scopes against those that suffice for the way
// the method is called: as the app, as a person, or with an administrator's rights.
func (c *call) authorize() *apiError {
	c.admin = c.flag("useAdminAccess")
	kind := "user"
	switch {
	case c.tok.app && (c.m.API == "chat" || c.m.Auth["app"] != nil):
		kind = "app"
	case c.admin:
		kind = "admin"
	}
	if c.m.API == "chat" && !c.tok.app && !c.admin && c.m.Auth["user"] == nil {
		return refuse(http.StatusForbidden, "This method doesn't support user authentication. Authenticate with app credentials.")
	}
	if c.tok.app && c.m.API == "chat" {
		if c.admin || c.m.Auth["app"] == nil {
			return refuse(http.StatusForbidden, "This method doesn't support app authentication with a service account. Authenticate with a user account.")
		}
	}
	for _, scope := range c.m.Auth[kind] {
		if !c.tok.has(scope) {
			continue
		}
		if kind == "app" && strings.HasPrefix(scope, scopePrefix+"chat.app.") {
			return refuse(http.StatusForbidden, "The administrator must grant the app the required OAuth authorization scope for this action.")
		}
		return c.admitted()
	}
	return c.insufficient(c.m.Auth[kind])
}

// insufficient is the refusal of a token that lacks every one of the scopes.
func (c *call) insufficient(wanted []string) *apiError {
	e := refuse(http.StatusForbidden, "Request had insufficient authentication scopes.")
	e.errors = []map[string]any{{"message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions"}}
	e.details = []map[string]any{errorInfo("ACCESS_TOKEN_SCOPE_INSUFFICIENT", c.about())}
	e.header = http.Header{"Www-Authenticate": {fmt.Sprintf(`Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="%s"`, strings.Join(wanted, " "))}}
	return e
}

// admitted checks the person behind the token.
func (c *call) admitted() *apiError {
	a, _ := c.g.tenant.Account(c.tok.account)
	switch c.m.API {
	case "oauth2", "iam", "iamcredentials", "pubsub":
		return nil // whoever asks; what a role is needed for looks for it
	case "workspaceevents":
		if !c.tok.app && !a.Licensed {
			return denied()
		}
		return nil
	case "cloudidentity":
		if c.tok.app || !a.Admin {
			return denied()
		}
		return nil
	case "reports", "licensing":
		if c.tok.app || !a.Admin {
			return legacy(http.StatusForbidden, "forbidden", "Not Authorized to access this resource/api")
		}
		return nil
	}
	if c.m.API == "admin" {
		if c.tok.app || !a.Admin && c.params["viewType"] != "domain_public" {
			return legacy(http.StatusForbidden, "forbidden", "Not Authorized to access this resource/api")
		}
		return nil
	}
	if c.admin && !a.Admin || !c.tok.app && !a.Licensed {
		return denied()
	}
	return nil
}

// denied is Chat's answer to whoever has no seat, no licence or no right; the
// text does not tell which.
func denied() *apiError { return refuse(http.StatusForbidden, "The caller does not have permission") }

// missing is Chat's answer to a name that stands for nothing.
func missing() *apiError { return refuse(http.StatusNotFound, "Requested entity was not found.") }

// invalid is Chat's answer to a value that it cannot use.
func invalid(format string, args ...any) *apiError {
	return refuse(http.StatusBadRequest, format, args...)
}
