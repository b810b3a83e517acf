package sandbox

import (
	"regexp"
	"strings"
)

// policyParser reads the part of CEL that policies.list documents:
//
//	customer == "customers/C1" && (setting.type.matches('^a$') || setting.type.matches('b'))
type policyParser struct {
	rest string
	ours func(customer string) bool
}

// policyFilter parses a filter; ours tells which customer may be asked for.
func policyFilter(s string, ours func(string) bool) (func(setting string) bool, bool) {
	if strings.TrimSpace(s) == "" {
		return func(string) bool { return true }, true
	}
	p := &policyParser{rest: s, ours: ours}
	match, ok := p.either()
	return match, ok && strings.TrimSpace(p.rest) == ""
}

// take consumes a token, when it comes next.
func (p *policyParser) take(token string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(p.rest, " \t\n"), token)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *policyParser) either() (func(string) bool, bool) {
	return p.joined("||", p.both, func(a, b bool) bool { return a || b })
}

func (p *policyParser) both() (func(string) bool, bool) {
	return p.joined("&&", p.term, func(a, b bool) bool { return a && b })
}

func (p *policyParser) joined(op string, part func() (func(string) bool, bool), join func(a, b bool) bool) (func(string) bool, bool) {
	match, ok := part()
	for ok && p.take(op) {
		left := match
		var right func(string) bool
		if right, ok = part(); ok {
			match = func(s string) bool { return join(left(s), right(s)) }
		}
	}
	return match, ok
}

func (p *policyParser) term() (func(string) bool, bool) {
	switch {
	case p.take("("):
		match, ok := p.either()
		return match, ok && p.take(")")
	case p.take("setting.type.matches("):
		pattern, ok := p.literal()
		if !ok || !p.take(")") {
			return nil, false
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, false
		}
		return re.MatchString, true
	case p.take("customer"):
		if !p.take("==") {
			return nil, false
		}
		name, ok := p.literal()
		id, named := strings.CutPrefix(name, "customers/")
		return func(string) bool { return true }, ok && named && p.ours(id)
	}
	return nil, false
}

// literal reads a quoted string with backslash escapes.
func (p *policyParser) literal() (string, bool) {
	rest := strings.TrimLeft(p.rest, " \t\n")
	if rest == "" || rest[0] != '\'' && rest[0] != '"' {
		return "", false
	}
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == rest[0]:
			p.rest = rest[i+1:]
			return b.String(), true
		case rest[i] == '\\' && i+1 < len(rest):
			i++
			// An escape that CEL does not know is a mistake, as in '^settings/chat\..*$'.
			if !strings.ContainsRune(`\'"`+"`", rune(rest[i])) {
				return "", false
			}
		}
		b.WriteByte(rest[i])
	}
	return "", false
}
