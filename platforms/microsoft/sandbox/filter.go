package sandbox

import (
	"strings"
	"time"
)

// filterNode is a parsed $filter expression.
type filterNode struct {
	op       string // and, or, not, eq, ne, gt, ge, lt, le, in, startswith, endswith, any
	kids     []*filterNode
	property string
	values   []any // string, bool, nil or time.Time
}

// uses reports whether one of the operators occurs.
func (f *filterNode) uses(ops ...string) bool {
	for _, op := range ops {
		if f.op == op {
			return true
		}
	}
	for _, kid := range f.kids {
		if kid.uses(ops...) {
			return true
		}
	}
	return false
}

// filter parses $filter for an entity; check may refuse what it holds. The
// result is nil when nothing is filtered.
func (k *call) filter(kind string, check func(*filterNode) error) (func(map[string]any) bool, error) {
	if !k.query.has("$filter") {
		return nil, nil
	}
	f, err := k.parseFilter(k.query.get("$filter"), kind)
	if err != nil {
		return nil, err
	}
	if check != nil {
		if err := check(f); err != nil {
			return nil, err
		}
	}
	return f.matches, nil
}

func (k *call) parseFilter(text, kind string) (*filterNode, error) {
	p := &filterParser{tokens: filterTokens(text)}
	f := p.or()
	if f == nil || p.bad || p.pos != len(p.tokens) {
		return nil, k.deny("graph.filter.malformed", text)
	}
	if name := k.unknownProperty(f, kind); name != "" {
		return nil, k.deny("graph.filter.property", name, kind)
	}
	return f, nil
}

func (k *call) unknownProperty(f *filterNode, kind string) string {
	if f.property != "" && !k.data.has(kind, f.property) {
		return f.property
	}
	for _, kid := range f.kids {
		if name := k.unknownProperty(kid, kind); name != "" {
			return name
		}
	}
	return ""
}

// filterTokens cuts an expression: words, quoted strings (quotes kept, "” doubled
// inside), and the characters ( ) ,.
func filterTokens(s string) []string {
	var out []string
	for i := 0; i < len(s); {
		switch ch := s[i]; {
		case ch == ' ':
			i++
		case ch == '(' || ch == ')' || ch == ',':
			out = append(out, s[i:i+1])
			i++
		case ch == '\'':
			j := i + 1
			for j < len(s) && (s[j] != '\'' || j+1 < len(s) && s[j+1] == '\'') {
				if s[j] == '\'' {
					j++
				}
				j++
			}
			if j >= len(s) {
				return append(out, "\x00") // an open string: no grammar accepts it
			}
			out = append(out, s[i:j+1])
			i = j + 1
		default:
			j := i
			for j < len(s) && !strings.ContainsRune(" (),'", rune(s[j])) {
				j++
			}
			out = append(out, s[i:j])
			i = j
		}
	}
	return out
}

type filterParser struct {
	tokens []string
	pos    int
	bad    bool
	depth  int
}

func (p *filterParser) peek() string {
	if p.pos < len(p.tokens) {
		return p.tokens[p.pos]
	}
	return ""
}

func (p *filterParser) take() string {
	t := p.peek()
	p.pos++
	return t
}

func (p *filterParser) want(t string) {
	if p.take() != t {
		p.bad = true
	}
}

func (p *filterParser) or() *filterNode {
	left := p.and()
	for p.peek() == "or" && !p.bad {
		p.take()
		left = &filterNode{op: "or", kids: []*filterNode{left, p.and()}}
	}
	return left
}

func (p *filterParser) and() *filterNode {
	left := p.unary()
	for p.peek() == "and" && !p.bad {
		p.take()
		left = &filterNode{op: "and", kids: []*filterNode{left, p.unary()}}
	}
	return left
}

func (p *filterParser) unary() *filterNode {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > 50 {
		p.bad = true
	}
	t := p.take()
	if p.bad || t == "" {
		p.bad = true
		return &filterNode{}
	}
	low := strings.ToLower(t)
	switch {
	case t == "not":
		return &filterNode{op: "not", kids: []*filterNode{p.unary()}}
	case t == "(":
		f := p.or()
		p.want(")")
		return f
	case low == "startswith" || low == "endswith":
		p.want("(")
		f := &filterNode{op: low, property: p.take()}
		p.want(",")
		f.values = []any{p.value()}
		p.want(")")
		return f
	case strings.HasSuffix(low, "/any"):
		return p.lambda(t[:len(t)-len("/any")])
	}
	return p.comparison(t)
}

// lambda parses property/any(x:x eq 'value').
func (p *filterParser) lambda(property string) *filterNode {
	p.want("(")
	v, rest, found := strings.Cut(p.take(), ":")
	if !found || rest != "" && rest != v {
		p.bad = true
	}
	if rest == "" {
		p.want(v)
	}
	op := p.take()
	if op != "eq" {
		p.bad = true
	}
	f := &filterNode{op: "any", property: property, values: []any{p.value()}}
	p.want(")")
	return f
}

func (p *filterParser) comparison(property string) *filterNode {
	f := &filterNode{op: p.take(), property: property}
	switch f.op {
	case "eq", "ne", "gt", "ge", "lt", "le":
		f.values = []any{p.value()}
	case "in":
		p.want("(")
		for !p.bad {
			f.values = append(f.values, p.value())
			if p.peek() != "," {
				break
			}
			p.take()
		}
		p.want(")")
	default:
		p.bad = true
	}
	return f
}

func (p *filterParser) value() any {
	t := p.take()
	switch {
	case len(t) >= 2 && t[0] == '\'':
		return strings.ReplaceAll(t[1:len(t)-1], "''", "'")
	case t == "true" || t == "false":
		return t == "true"
	case t == "null":
		return nil
	}
	if at, err := time.Parse(time.RFC3339Nano, t); err == nil {
		return at
	}
	if len(t) == 36 { // a GUID may stand without quotes
		return t
	}
	p.bad = true
	return nil
}

// matches evaluates the expression; strings are compared without case.
func (f *filterNode) matches(o map[string]any) bool {
	switch f.op {
	case "and":
		return f.kids[0].matches(o) && f.kids[1].matches(o)
	case "or":
		return f.kids[0].matches(o) || f.kids[1].matches(o)
	case "not":
		return !f.kids[0].matches(o)
	case "any":
		list, _ := o[f.property].([]string)
		for _, item := range list {
			if equalValue(item, f.values[0]) {
				return true
			}
		}
		return false
	case "in":
		for _, v := range f.values {
			if equalValue(o[f.property], v) {
				return true
			}
		}
		return false
	case "eq":
		return equalValue(o[f.property], f.values[0])
	case "ne":
		return !equalValue(o[f.property], f.values[0])
	}
	return f.ordered(o[f.property])
}

// ordered evaluates prefixes, suffixes and comparisons of times.
func (f *filterNode) ordered(have any) bool {
	text, _ := have.(string)
	if want, isText := f.values[0].(string); isText {
		text, want = strings.ToLower(text), strings.ToLower(want)
		switch f.op {
		case "startswith":
			return text != "" && strings.HasPrefix(text, want)
		case "endswith":
			return text != "" && strings.HasSuffix(text, want)
		}
		return false
	}
	want, isTime := f.values[0].(time.Time)
	at, err := time.Parse(time.RFC3339Nano, text)
	if !isTime || err != nil {
		return false
	}
	n := at.Compare(want)
	switch f.op {
	case "gt":
		return n > 0
	case "ge":
		return n >= 0
	case "lt":
		return n < 0
	case "le":
		return n <= 0
	}
	return false
}

func equalValue(have, want any) bool {
	a, isText := have.(string)
	if b, also := want.(string); isText && also {
		return strings.EqualFold(a, b)
	}
	return have == want
}
