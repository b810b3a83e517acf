package people

import (
	"slices"

	"miohub/platforms"
)

// Candidates are those among others who could be the same person as u by any
// rule. It answers for accounts that Find left ambiguous.
func Candidates(u platforms.User, others []platforms.User) []platforms.User {
	var out []platforms.User
	for _, keys := range []func(platforms.User) []string{allKeys, employeeKeys, nameKeys} {
		mine := keys(u)
		for _, o := range others {
			if slices.ContainsFunc(keys(o), func(k string) bool { return slices.Contains(mine, k) }) &&
				!slices.ContainsFunc(out, func(have platforms.User) bool { return have.ID == o.ID }) {
				out = append(out, o)
			}
		}
	}
	return out
}
