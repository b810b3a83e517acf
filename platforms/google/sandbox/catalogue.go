package sandbox

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"miohub/platforms/google/sandbox/discovery"
)

//go:generate go run -C ../../.. ./platforms/google/sandbox/extract

//go:embed discovery.json
var discoveryJSON []byte

// catalogue is the embedded extract of Google's discovery documents, ready to
// check requests against.
type catalogue struct {
	doc    discovery.Document
	scopes map[string]bool
	std    map[string]bool
	routes map[string][]route // by API
}

// route is one method's verb and path.
type route struct {
	id     string
	verb   string
	path   *regexp.Regexp
	params []string // names of the path's parameters, in order
	m      discovery.Method
}

func loadCatalogue() (*catalogue, error) {
	c := &catalogue{scopes: map[string]bool{}, std: map[string]bool{}, routes: map[string][]route{}}
	if err := json.Unmarshal(discoveryJSON, &c.doc); err != nil {
		return nil, fmt.Errorf("read the embedded discovery extract: %w", err)
	}
	for _, s := range c.doc.Scopes {
		c.scopes[s] = true
	}
	for _, p := range c.doc.Standard {
		c.std[p] = true
	}
	for id, m := range c.doc.Methods {
		r, err := newRoute(id, m)
		if err != nil {
			return nil, err
		}
		c.routes[m.API] = append(c.routes[m.API], r)
	}
	return c, nil
}

// newRoute compiles a path template: {name} is one segment, {+name} follows the
// parameter's own pattern.
func newRoute(id string, m discovery.Method) (route, error) {
	r := route{id: id, verb: m.HTTP, m: m}
	var b strings.Builder
	b.WriteString("^/")
	rest := m.Path
	for {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			b.WriteString(regexp.QuoteMeta(rest))
			break
		}
		end := strings.IndexByte(rest, '}')
		name := strings.TrimPrefix(rest[open+1:end], "+")
		b.WriteString(regexp.QuoteMeta(rest[:open]))
		pattern := strings.TrimSuffix(strings.TrimPrefix(m.Params[name].Pattern, "^"), "$")
		if pattern == "" {
			pattern = "[^/]+"
		}
		// A custom verb (":search") is no part of a resource's name.
		b.WriteString("(" + strings.ReplaceAll(pattern, "[^/]+", "[^/:]+") + ")")
		r.params = append(r.params, name)
		rest = rest[end+1:]
	}
	b.WriteString("$")
	var err error
	if r.path, err = regexp.Compile(b.String()); err != nil {
		return r, fmt.Errorf("path of %s: %w", id, err)
	}
	return r, nil
}

// find returns the route for a request and the values of its path.
func (c *catalogue) find(api, verb, path string) (route, map[string]string, bool) {
	for _, r := range c.routes[api] {
		if r.verb != verb {
			continue
		}
		hit := r.path.FindStringSubmatch(path)
		if hit == nil {
			continue
		}
		values := map[string]string{}
		for i, name := range r.params {
			values[name] = hit[i+1]
		}
		return r, values, true
	}
	return route{}, nil, false
}

// schema resolves a reference within an API.
func (c *catalogue) schema(api string, s discovery.Schema) discovery.Schema {
	for s.Ref != "" {
		s = c.doc.Schemas[api][s.Ref]
	}
	return s
}
