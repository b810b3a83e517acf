package sandbox

import (
	"path"
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

// userQuery parses Directory's search syntax as far as it is used: clauses
// "field=value", "field:value" and "field:prefix*", separated by spaces and all
// to be met; values may be quoted with ' or ".
func userQuery(q string) (match func(world.Account) bool, ok bool) {
	var tests []func(world.Account) bool
	rest := strings.TrimSpace(q)
	for rest != "" {
		end := strings.IndexAny(rest, "=:")
		if end <= 0 {
			return nil, false
		}
		field, op := rest[:end], rest[end]
		value, tail, ok := queryValue(rest[end+1:])
		if !ok {
			return nil, false
		}
		test := userTest(field, op, value)
		if test == nil {
			return nil, false
		}
		tests = append(tests, test)
		rest = strings.TrimSpace(tail)
	}
	return func(a world.Account) bool {
		for _, test := range tests {
			if !test(a) {
				return false
			}
		}
		return true
	}, true
}

func queryValue(s string) (value, rest string, ok bool) {
	if s == "" {
		return "", "", false
	}
	if quote := s[0]; quote == '\'' || quote == '"' {
		end := strings.IndexByte(s[1:], quote)
		if end < 0 {
			return "", "", false
		}
		return s[1 : end+1], s[end+2:], true
	}
	value, rest, _ = strings.Cut(s, " ")
	return value, rest, value != ""
}

// userTest makes one clause's test, nil for a field or value nobody knows.
func userTest(field string, op byte, value string) func(world.Account) bool {
	prefix := strings.TrimSuffix(value, "*")
	text := func(get func(world.Account) []string) func(world.Account) bool {
		return func(a world.Account) bool {
			return slices.ContainsFunc(get(a), func(have string) bool {
				have, want := strings.ToLower(have), strings.ToLower(prefix)
				switch {
				case prefix != value:
					return strings.HasPrefix(have, want)
				case op == ':' && field == "name":
					return strings.Contains(have, want)
				}
				return have == want
			})
		}
	}
	switch field {
	case "email":
		return text(func(a world.Account) []string { return append([]string{a.Address}, a.Aliases...) })
	case "givenName":
		return text(func(a world.Account) []string { return []string{a.Given} })
	case "familyName":
		return text(func(a world.Account) []string { return []string{a.Family} })
	case "name":
		return text(func(a world.Account) []string { return []string{a.Given + " " + a.Family} })
	case "externalId":
		return text(func(a world.Account) []string { return []string{a.EmployeeID} })
	case "orgUnitPath":
		want := path.Clean("/" + value)
		return func(a world.Account) bool {
			return want == "/" || orgUnit(a) == want || strings.HasPrefix(orgUnit(a), want+"/")
		}
	case "isSuspended", "isAdmin":
		if value != "true" && value != "false" {
			return nil
		}
		return func(a world.Account) bool {
			if field == "isAdmin" {
				return a.Admin == (value == "true")
			}
			return a.Suspended == (value == "true")
		}
	}
	return nil
}
