package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// authority is Entra: discovery, keys, sign-in, consent and tokens.
func (c *cloud) authority() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.Trim(r.URL.Path, "/")
		tenant, rest, _ := strings.Cut(path, "/")
		w.Header().Set("Date", c.world.Clock.Now().Format(http.TimeFormat))
		w.Header().Set("x-ms-request-id", randomGUID())
		switch {
		case rest == "oauth2/nativeclient":
			c.nativeClient(w, r)
			return
		case rest == "discovery/instance":
			c.instanceDiscovery(w, r)
			return
		}
		id, e := c.tenantSegment(tenant)
		if e != nil {
			c.answerTenantError(w, r, rest, e)
			return
		}
		switch strings.ToLower(rest) {
		case "v2.0/.well-known/openid-configuration", ".well-known/openid-configuration":
			c.openIDConfiguration(w, r, tenant, id)
		case "discovery/v2.0/keys", "discovery/keys":
			writeJSON(w, http.StatusOK, c.keys.jwks(c.issuer(r, id)))
		case "oauth2/v2.0/authorize":
			c.authorize(w, r, tenant)
		case "oauth2/v2.0/devicecode":
			c.deviceCode(w, r)
		case "oauth2/deviceauth":
			c.deviceAuth(w, r, tenant)
		case "oauth2/v2.0/token":
			c.token(w, r, tenant)
		case "v2.0/adminconsent":
			c.adminConsent(w, r, tenant, true)
		case "adminconsent":
			c.adminConsent(w, r, tenant, false)
		case "oauth2/v2.0/logout":
			c.logout(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// answerTenantError puts an unknown tenant where the endpoint's errors go.
func (c *cloud) answerTenantError(w http.ResponseWriter, r *http.Request, rest string, e *entraError) {
	if strings.HasSuffix(rest, "authorize") || strings.HasSuffix(rest, "adminconsent") {
		c.errorPage(w, r, e)
		return
	}
	c.writeTokenError(w, r, e)
}

// tenantSegment resolves the first path segment: the tenant's id, one of its
// domains, or a name that stands for any tenant ("" is returned then).
func (c *cloud) tenantSegment(s string) (string, *entraError) {
	low := strings.ToLower(s)
	switch {
	case low == strings.ToLower(c.tenant.ID) || slices.Contains(c.domains(), low):
		return c.tenant.ID, nil
	case low == "common" || low == "organizations":
		return "", nil
	}
	return "", c.refuse("entra.tenant.unknown", s)
}

// domains are the tenant's verified domains, the initial one included.
func (c *cloud) domains() []string {
	var list []string
	for _, d := range c.tenant.Domains {
		list = append(list, strings.ToLower(d))
	}
	if initial := c.initialDomain(); !slices.Contains(list, initial) {
		list = append(list, initial)
	}
	return list
}

// initialDomain is the onmicrosoft.com name that every tenant is born with.
func (c *cloud) initialDomain() string {
	for _, d := range c.tenant.Domains {
		if strings.HasSuffix(strings.ToLower(d), ".onmicrosoft.com") {
			return strings.ToLower(d)
		}
	}
	name := "sandbox"
	if len(c.tenant.Domains) > 0 {
		name, _, _ = strings.Cut(strings.ToLower(c.tenant.Domains[0]), ".")
	}
	return name + ".onmicrosoft.com"
}

// base is the root URL that the request was made to, ending in "/": http and
// TLS answers are each consistent in themselves.
func base(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + "/"
}

// issuer is the iss of id tokens. For names that stand for any tenant the
// vendor's document holds a placeholder.
func (c *cloud) issuer(r *http.Request, id string) string {
	if id == "" {
		id = "{tenantid}"
	}
	return base(r) + id + "/v2.0"
}

func (c *cloud) openIDConfiguration(w http.ResponseWriter, r *http.Request, tenant, id string) {
	segment := id
	if id == "" {
		segment = tenant
	}
	root := base(r) + segment
	graph := c.url("graph")
	if r.TLS != nil && c.url("graph_tls") != "" {
		graph = c.url("graph_tls")
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"token_endpoint":                        root + "/oauth2/v2.0/token",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"jwks_uri":                              root + "/discovery/v2.0/keys",
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"issuer":                                c.issuer(r, id),
		"request_uri_parameter_supported":       false,
		"userinfo_endpoint":                     graph + "oidc/userinfo",
		"authorization_endpoint":                root + "/oauth2/v2.0/authorize",
		"device_authorization_endpoint":         root + "/oauth2/v2.0/devicecode",
		"http_logout_supported":                 true,
		"frontchannel_logout_supported":         true,
		"end_session_endpoint":                  root + "/oauth2/v2.0/logout",
		"claims_supported": []string{"sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver",
			"oid", "email"},
		"tenant_region_scope":   "EU",
		"cloud_instance_name":   r.Host,
		"cloud_graph_host_name": "graph.windows.net",
		"msgraph_host":          strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(graph, "https://"), "http://"), "/"),
	})
}

// instanceDiscovery answers the vendor's client libraries, which ask whether
// the authority is a cloud they know.
func (c *cloud) instanceDiscovery(w http.ResponseWriter, r *http.Request) {
	target, err := url.Parse(r.URL.Query().Get("authorization_endpoint"))
	tenant := "common"
	if err == nil && target.Path != "" {
		tenant, _, _ = strings.Cut(strings.Trim(target.Path, "/"), "/")
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"tenant_discovery_endpoint": base(r) + tenant + "/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata": []any{map[string]any{
			"preferred_network": r.Host, "preferred_cache": r.Host, "aliases": []string{r.Host},
		}},
	})
}

// nativeClient is the page that redirects without a receiver end on.
func (c *cloud) nativeClient(w http.ResponseWriter, r *http.Request) {
	writePage(w, http.StatusOK, nativePage, map[string]any{"Org": c.tenant.Org, "Title": "Done", "Error": r.URL.Query().Get("error_description")})
}

// redirectAllowed matches a redirect URI with the registered ones. For
// http://localhost the port is ignored and an empty path equals "/".
func (a *app) redirectAllowed(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Fragment != "" {
		return false
	}
	for _, reg := range a.redirects {
		if uri == reg {
			return true
		}
		known, err := url.Parse(reg)
		if err != nil || known.Hostname() != "localhost" {
			continue
		}
		if u.Scheme == "http" && u.Hostname() == "localhost" && u.User == nil && samePath(u.Path, known.Path) && u.RawQuery == "" {
			return true
		}
	}
	return false
}

// sameRedirect compares the redirect URIs of the two legs of a flow; an empty
// path equals "/".
func sameRedirect(a, b string) bool {
	u, errU := url.Parse(a)
	v, errV := url.Parse(b)
	return errU == nil && errV == nil && u.Scheme == v.Scheme && u.Host == v.Host && u.RawQuery == v.RawQuery && samePath(u.Path, v.Path)
}

func samePath(a, b string) bool { return a == b || a+b == "/" }

// target is where the browser is sent: a loopback redirect without a path comes
// back with "/" appended, and the native page is served by the emulator itself.
func (c *cloud) target(r *http.Request, uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	if u.Hostname() == "login.microsoftonline.com" {
		return base(r) + strings.TrimPrefix(u.Path, "/")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

func (c *cloud) logout(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		c.signIn.end(cookie.Value)
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true})
	writePage(w, http.StatusOK, nativePage, map[string]any{"Org": c.tenant.Org, "Title": "Signed out"})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the client went away; nobody is left to tell
}
