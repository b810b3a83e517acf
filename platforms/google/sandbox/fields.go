package sandbox

import (
	"fmt"
	"net/http"
	"strings"

	"miohub/platforms/google/sandbox/discovery"
)

// mask is a partial-response mask: the fields to keep, each with its own mask;
// nil keeps everything.
type mask map[string]mask

// mask parses the fields parameter, "a,b(c,d),e/f,*", against the response's schema.
func (c *call) mask(expr string) (mask, *apiError) {
	if expr == "" {
		return nil, nil
	}
	p := &maskParser{rest: expr}
	m, ok := p.list()
	if !ok || p.rest != "" {
		return nil, c.badMask(expr, expr)
	}
	if wrong := c.unknownField(m, discovery.Schema{Ref: c.m.Response}, ""); wrong != "" {
		return nil, c.badMask(expr, wrong)
	}
	return m, nil
}

func (c *call) badMask(expr, path string) *apiError {
	if c.oldStyle() {
		return legacy(http.StatusBadRequest, "invalidParameter", "Invalid field selection "+path).at("fields")
	}
	e := badRequest(violation{expr, fmt.Sprintf("Error expanding 'fields' parameter. Cannot find matching fields for path '%s'.", path)})
	e.message = "Request contains an invalid argument."
	e.errors[0]["message"] = e.message
	return e
}

// unknownField finds the first path of a mask that the schema lacks.
func (c *call) unknownField(m mask, s discovery.Schema, at string) string {
	s = c.g.cat.schema(c.m.API, s)
	if s.Type == "array" && s.Items != nil {
		return c.unknownField(m, *s.Items, at)
	}
	for name, sub := range m {
		if name == "*" {
			continue
		}
		path := strings.TrimPrefix(at+"."+name, ".")
		p, ok := s.Properties[name]
		if !ok {
			if s.Type == "any" || s.Additional != nil {
				continue
			}
			return path
		}
		if wrong := c.unknownField(sub, p, path); wrong != "" {
			return wrong
		}
	}
	return ""
}

type maskParser struct{ rest string }

// list parses "item,item,…".
func (p *maskParser) list() (mask, bool) {
	m := mask{}
	for {
		name, sub, ok := p.item()
		if !ok {
			return nil, false
		}
		old, known := m[name]
		switch {
		case !known:
			m[name] = sub
		case old == nil || sub == nil:
			m[name] = nil
		default:
			for k, v := range sub {
				old[k] = v
			}
		}
		if !strings.HasPrefix(p.rest, ",") {
			return m, true
		}
		p.rest = p.rest[1:]
	}
}

// item parses "name", "name/item" and "name(list)".
func (p *maskParser) item() (string, mask, bool) {
	end := strings.IndexAny(p.rest, ",/().")
	if end < 0 {
		end = len(p.rest)
	}
	name := strings.TrimSpace(p.rest[:end])
	p.rest = p.rest[end:]
	if name == "" {
		return "", nil, false
	}
	if p.rest == "" {
		return name, nil, true
	}
	switch p.rest[0] {
	case '/', '.':
		p.rest = p.rest[1:]
		sub, m, ok := p.item()
		return name, mask{sub: m}, ok
	case '(':
		p.rest = p.rest[1:]
		m, ok := p.list()
		if !ok || !strings.HasPrefix(p.rest, ")") {
			return "", nil, false
		}
		p.rest = p.rest[1:]
		return name, m, true
	}
	return name, nil, true
}

// apply keeps what the mask selects.
func (m mask) apply(v map[string]any) map[string]any {
	if m == nil {
		return v
	}
	out := map[string]any{}
	for name, value := range v {
		sub, ok := m[name]
		if !ok {
			if sub, ok = m["*"]; !ok {
				continue
			}
		}
		out[name] = sub.value(value)
	}
	return out
}

func (m mask) value(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return m.apply(v)
	case []map[string]any:
		out := make([]map[string]any, 0, len(v))
		for _, item := range v {
			out = append(out, m.apply(item))
		}
		return out
	}
	return v
}
