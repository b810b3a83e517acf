package sandbox

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxBody is the size above which no request body is read.
const maxBody = 8 << 20

// caller is who a bearer token stands for.
type caller struct {
	app     *app
	account string // "" for the application itself
	granted []string
}

func (p *caller) delegated() bool { return p.account != "" }

// call is one request to Graph on its way through.
type call struct {
	*cloud
	r     *http.Request
	who   *caller
	route *route
	ids   map[string]string // the path's parameters, decoded
	query query
	root  string // base URL of this Graph, "…/v1.0/"
}

// reply is what a handler answers.
type reply struct {
	status int
	body   any // nil: no content
	header http.Header
	text   string // text/plain instead of JSON
	raw    []byte // content instead of JSON, of the media type kind
	kind   string
}

func ok(body any) (*reply, error)      { return &reply{status: http.StatusOK, body: body}, nil }
func created(body any) (*reply, error) { return &reply{status: http.StatusCreated, body: body}, nil }
func noContent() (*reply, error)       { return &reply{status: http.StatusNoContent}, nil }

// route is one call of Graph.
type route struct {
	method  string
	path    string   // "/teams/{team}/channels/{channel}"
	options []string // the $-options it knows
	class   string   // of the throttling table
	teams   bool     // served by Teams, whose error texts differ
	licence bool     // needs a Teams licence of the signed-in user
	ruled   bool     // the call itself checks permissions, which depend on what it is about
	entity  string   // the type whose properties $select may name
	run     func(*call) (*reply, error)
}

// graph is Microsoft Graph.
func (c *cloud) graph() http.Handler {
	routes := c.routes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, routes) })
}

func (c *cloud) serve(w http.ResponseWriter, r *http.Request, routes []route) {
	requestID := randomGUID()
	clientID := r.Header.Get("client-request-id")
	if clientID == "" {
		clientID = requestID
	}
	h := w.Header()
	h.Set("Date", c.world.Clock.Now().Format(http.TimeFormat))
	h.Set("request-id", requestID)
	h.Set("client-request-id", clientID)
	h.Set("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"1","ScaleUnit":"000","RoleInstance":"SANDBOX"}}`)
	if r.URL.Path == "/oidc/userinfo" {
		r.URL.Path = "/v1.0/oidc/userinfo"
	}
	answer, err := c.dispatch(r, routes)
	if err != nil {
		c.writeGraphError(w, requestID, clientID, err)
		return
	}
	for k, v := range answer.header {
		h[k] = v
	}
	switch {
	case answer.raw != nil:
		h.Set("Content-Type", answer.kind)
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.raw) // the client went away; nobody is left to tell
	case answer.text != "":
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(answer.status)
		_, _ = io.WriteString(w, answer.text) // the client went away; nobody is left to tell
	case answer.body == nil:
		w.WriteHeader(answer.status)
	default:
		h.Set("OData-Version", "4.0")
		h.Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
		writeJSON(w, answer.status, answer.body)
	}
}

// dispatch checks the token, finds the route, checks permission, options and
// quotas, and runs the call.
func (c *cloud) dispatch(r *http.Request, routes []route) (*reply, error) {
	who, err := c.authenticate(r)
	if err != nil {
		return nil, err
	}
	segments, err := pathSegments(r)
	if err != nil {
		return nil, c.deny("graph.path.unknown", r.URL.Path)
	}
	if len(segments) == 0 || segments[0] != "v1.0" {
		version := ""
		if len(segments) > 0 {
			version = segments[0]
		}
		if version == "beta" {
			return nil, notEmulated("Graph's beta version")
		}
		return nil, c.deny("graph.version.unknown", version)
	}
	found, ids, known := match(routes, r.Method, segments[1:])
	if found == nil {
		if known {
			return nil, c.deny("graph.method.not-allowed")
		}
		return nil, c.deny("graph.path.unknown", last(segments))
	}
	k := &call{cloud: c, r: r, who: who, route: found, ids: ids, root: base(r) + "v1.0/"}
	if err := k.permitted(); err != nil {
		return nil, err
	}
	if k.query, err = c.parseQuery(r, found); err != nil {
		return nil, err
	}
	if err := k.throttle(); err != nil {
		return nil, err
	}
	if err := k.licensed(); err != nil {
		return nil, err
	}
	answer, err := found.run(k)
	if err == nil && found.class == "identity" {
		if answer.header == nil {
			answer.header = http.Header{}
		}
		answer.header.Set("x-ms-resource-unit", strconv.Itoa(k.cost()))
	}
	return answer, err
}

func last(list []string) string { return list[len(list)-1] }

// pathSegments splits the path before decoding it, so that an id may hold any
// character.
func pathSegments(r *http.Request) ([]string, error) {
	var out []string
	for _, s := range strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/") {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return nil, err
		}
		out = append(out, plain)
	}
	return out, nil
}

// match finds the route of the path; known tells that the path exists with
// another method.
func match(routes []route, method string, segments []string) (found *route, ids map[string]string, known bool) {
	best := -1
	for i := range routes {
		got, literal := matchPath(routes[i].path, segments)
		if got == nil {
			continue
		}
		known = true
		if routes[i].method == method && literal > best {
			found, ids, best = &routes[i], got, literal
		}
	}
	return found, ids, known
}

func matchPath(pattern string, segments []string) (map[string]string, int) {
	parts := strings.Split(strings.Trim(pattern, "/"), "/")
	if len(parts) != len(segments) {
		return nil, 0
	}
	ids, literal := map[string]string{}, 0
	for i, p := range parts {
		s := segments[i]
		switch {
		case strings.HasPrefix(p, "{"):
			name, colon := strings.CutSuffix(p, ":") // "{item}:" is followed by a path
			s, marked := strings.CutSuffix(s, ":")
			if s == "" || colon != marked {
				return nil, 0
			}
			ids[strings.Trim(name, "{}")] = s
		case strings.EqualFold(strings.TrimSuffix(s, "()"), p):
			literal++
		default:
			return nil, 0
		}
	}
	return ids, literal
}

// authenticate reads the bearer token.
func (c *cloud) authenticate(r *http.Request) (*caller, error) {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(kind, "Bearer") || token == "" {
		return nil, c.deny("graph.token.missing")
	}
	claims, err := c.keys.verify(token)
	switch {
	case errors.Is(err, errNotJWT):
		return nil, c.deny("graph.token.malformed")
	case err != nil:
		return nil, c.deny("graph.token.signature")
	}
	if aud, _ := claims["aud"].(string); aud != graphResource && aud != graphAppID {
		return nil, c.deny("graph.token.audience")
	}
	uti, _ := claims["uti"].(string)
	made, alive := c.tokens.alive(uti, c.world.Clock.Elapsed())
	if !alive {
		return nil, c.deny("graph.token.expired")
	}
	id, _ := claims["appid"].(string)
	p := &caller{app: c.app(id)}
	if p.app == nil {
		return nil, c.deny("graph.token.signature")
	}
	if p.app == c.hub && claims["xms_cc"] != nil && c.faults.older("microsoft.claims-challenge", made) {
		return nil, c.challenge()
	}
	if claims["idtyp"] == "user" {
		p.account, _ = claims["oid"].(string)
		scp, _ := claims["scp"].(string)
		p.granted = strings.Fields(scp)
		return p, nil
	}
	roles, _ := claims["roles"].([]any)
	for _, role := range roles {
		p.granted = append(p.granted, role.(string))
	}
	return p, nil
}

// permitted checks the token's permissions against the vendor's table.
func (k *call) permitted() error {
	key := permissionKey(k.route.method, k.route.path)
	if k.route.ruled {
		return nil
	}
	if k.route.class == "POST message" && !k.who.delegated() {
		return k.deny("graph.post.app-only") // whatever its roles: only an import may post
	}
	perms := k.data.Paths[key]
	set := perms.Application
	if k.who.delegated() {
		set = perms.Delegated
	}
	if set != nil && slices.ContainsFunc(k.who.granted, func(n string) bool { return slices.Contains(set.All, n) }) {
		return nil
	}
	have := strings.Join(k.who.granted, ", ")
	switch {
	case !k.route.teams && len(k.who.granted) == 0:
		return k.deny("graph.permission.no-roles")
	case !k.route.teams:
		return k.deny("graph.permission.missing")
	case k.who.delegated():
		return k.deny("graph.teams.scope.missing", listAll(set), have)
	case set == nil:
		return k.deny("graph.teams.app-only.unsupported")
	}
	return k.deny("graph.teams.role.missing", listAll(set), have)
}

func listAll(set *permissionSet) string {
	if set == nil {
		return ""
	}
	return strings.Join(set.All, ", ")
}

// holds reports whether the token has one of the permissions.
func (k *call) holds(names ...string) bool {
	return slices.ContainsFunc(k.who.granted, func(n string) bool { return slices.Contains(names, n) })
}

// readBody decodes a JSON body, compressed or not, into a generic object.
func (k *call) readBody() (map[string]any, error) {
	if kind := k.r.Header.Get("Content-Type"); !strings.Contains(strings.ToLower(kind), "json") {
		return nil, k.deny("graph.body.media-type", kind)
	}
	var in io.Reader = io.LimitReader(k.r.Body, maxBody)
	if strings.EqualFold(k.r.Header.Get("Content-Encoding"), "gzip") {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, k.deny("graph.body.gzip")
		}
		in = io.LimitReader(z, maxBody)
	}
	raw, err := io.ReadAll(in)
	if err != nil {
		return nil, k.deny("graph.body.gzip")
	}
	out := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&out); err != nil || d.More() {
		return nil, k.deny("graph.body.malformed")
	}
	return out, nil
}
