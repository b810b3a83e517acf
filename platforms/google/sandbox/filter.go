package sandbox

import (
	"strings"
	"time"
)

// expr is a parsed filter: a comparison, or several joined by AND or OR.
type expr struct {
	op    string // "AND", "OR", or a comparison: = != > < >= <= :
	field string
	value string
	parts []expr
	// mixed says that AND and OR stand side by side without parentheses.
	mixed bool
}

// parseFilter parses Google's filter grammar as Chat uses it.
func parseFilter(s string) (expr, bool) {
	tokens, ok := lexFilter(s)
	if !ok || len(tokens) == 0 {
		return expr{}, false
	}
	p := &filterParser{tokens: tokens}
	e, ok := p.any()
	return e, ok && len(p.tokens) == 0
}

type filterToken struct {
	text   string
	quoted bool
}

func lexFilter(s string) ([]filterToken, bool) {
	var out []filterToken
	for s = strings.TrimLeft(s, " \t\n"); s != ""; s = strings.TrimLeft(s, " \t\n") {
		switch {
		case s[0] == '"':
			var b strings.Builder
			i := 1
			for ; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' && i+1 < len(s) {
					i++
				}
				b.WriteByte(s[i])
			}
			if i == len(s) {
				return nil, false
			}
			out = append(out, filterToken{b.String(), true})
			s = s[i+1:]
		case strings.ContainsRune("()", rune(s[0])):
			out = append(out, filterToken{text: s[:1]})
			s = s[1:]
		case strings.HasPrefix(s, "!=") || strings.HasPrefix(s, ">=") || strings.HasPrefix(s, "<="):
			out = append(out, filterToken{text: s[:2]})
			s = s[2:]
		case strings.ContainsRune("=<>:", rune(s[0])):
			out = append(out, filterToken{text: s[:1]})
			s = s[1:]
		default:
			end := strings.IndexAny(s, " \t\n()=<>!:\"")
			if end == 0 {
				return nil, false
			}
			if end < 0 {
				end = len(s)
			}
			out = append(out, filterToken{text: s[:end]})
			s = s[end:]
		}
	}
	return out, true
}

type filterParser struct{ tokens []filterToken }

func (p *filterParser) peek() filterToken {
	if len(p.tokens) == 0 {
		return filterToken{}
	}
	return p.tokens[0]
}

func (p *filterParser) next() filterToken {
	t := p.peek()
	if len(p.tokens) > 0 {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *filterParser) word(w string) bool {
	if t := p.peek(); !t.quoted && t.text == w {
		p.next()
		return true
	}
	return false
}

// any parses terms joined by OR, the weaker of the two.
func (p *filterParser) any() (expr, bool) {
	first, ok := p.all()
	if !ok {
		return expr{}, false
	}
	parts := []expr{first}
	for p.word("OR") {
		e, ok := p.all()
		if !ok {
			return expr{}, false
		}
		parts = append(parts, e)
	}
	if len(parts) == 1 {
		return first, true
	}
	out := expr{op: "OR", parts: parts}
	for _, e := range parts {
		out.mixed = out.mixed || e.op == "AND"
	}
	return out, true
}

func (p *filterParser) all() (expr, bool) {
	first, ok := p.one()
	if !ok {
		return expr{}, false
	}
	parts := []expr{first}
	for p.word("AND") {
		e, ok := p.one()
		if !ok {
			return expr{}, false
		}
		parts = append(parts, e)
	}
	if len(parts) == 1 {
		return first, true
	}
	return expr{op: "AND", parts: parts}, true
}

func (p *filterParser) one() (expr, bool) {
	if p.word("(") {
		e, ok := p.any()
		if !ok || !p.word(")") {
			return expr{}, false
		}
		// Parentheses settle what belongs together.
		if e.op == "AND" {
			return expr{op: "AND", parts: []expr{e}}, true
		}
		return e, true
	}
	field, op, value := p.next(), p.next(), p.next()
	if field.text == "" || field.quoted || op.quoted || (value.text == "" && !value.quoted) {
		return expr{}, false
	}
	switch op.text {
	case "=", "!=", ">", "<", ">=", "<=", ":":
	default:
		return expr{}, false
	}
	if !value.quoted && strings.ContainsAny(value.text, "()=<>:") {
		return expr{}, false
	}
	return expr{op: op.text, field: snake(field.text), value: value.text}, true
}

// leaf reports whether the expression is one comparison.
func (e expr) leaf() bool { return e.parts == nil }

// terms flattens nested expressions of one operator; ok is false when another
// operator is inside.
func (e expr) terms(op string) (list []expr, ok bool) {
	if e.leaf() {
		return []expr{e}, true
	}
	if e.op != op && len(e.parts) > 1 {
		return nil, false
	}
	for _, part := range e.parts {
		sub, ok := part.terms(op)
		if !ok {
			return nil, false
		}
		list = append(list, sub...)
	}
	return list, true
}

// groups splits a filter into the parts that AND joins.
func (e expr) groups() []expr {
	if e.op != "AND" || e.leaf() {
		return []expr{e}
	}
	var out []expr
	for _, part := range e.parts {
		out = append(out, part.groups()...)
	}
	return out
}

// fields names what a filter compares, each once.
func (e expr) fields(into map[string]bool) {
	if e.leaf() {
		into[e.field] = true
		return
	}
	for _, part := range e.parts {
		part.fields(into)
	}
}

// eval computes a filter with leaf as the meaning of one comparison.
func (e expr) eval(leaf func(expr) bool) bool {
	if e.leaf() {
		return leaf(e)
	}
	for _, part := range e.parts {
		if part.eval(leaf) != (e.op == "AND") {
			return e.op != "AND"
		}
	}
	return e.op == "AND"
}

// each calls f for every comparison and stops at the first refusal.
func (e expr) each(f func(expr) *apiError) *apiError {
	if e.leaf() {
		return f(e)
	}
	for _, part := range e.parts {
		if bad := part.each(f); bad != nil {
			return bad
		}
	}
	return nil
}

// compareTime computes "at op value"; ok is false when value is no RFC 3339 time.
func compareTime(at time.Time, op, value string) (result, ok bool) {
	t, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return false, false
	}
	switch c := at.Compare(t); op {
	case "=":
		return c == 0, true
	case ">":
		return c > 0, true
	case "<":
		return c < 0, true
	case ">=":
		return c >= 0, true
	case "<=":
		return c <= 0, true
	}
	return false, false
}
