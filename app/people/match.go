// Package people finds which accounts of two directories are the same person
// and turns that into plan actions. It is pure.
//
// Addresses decide. An account may be linked without a question only when both
// are members, both addresses lie in domains verified in both tenants, and the
// match is one to one; everything weaker is a suggestion that a person approves
// before anything is said in somebody's name.
package people

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"miohub/platforms"
)

// Directory is one side: a tenant and its accounts.
type Directory struct {
	Tenant platforms.Tenant
	Users  []platforms.User
	// Outside are accounts that do not take part: they are matched, so that they
	// are nobody else's counterpart, but not linked.
	Outside map[platforms.UserID]bool
}

// Ref names an account of the directory.
func (d Directory) Ref(id platforms.UserID) platforms.Ref {
	return platforms.Ref{Platform: d.Tenant.Platform, Tenant: d.Tenant.ID, ID: string(id)}
}

// Rule is how a match was found, strongest first.
type Rule string

// The rules, in the order they are tried.
const (
	RulePrimary  Rule = "primary"  // primary address equals mail or sign-in name
	RuleAlias    Rule = "alias"    // an address of one is an alias of the other
	RuleEmployee Rule = "employee" // same employee number
	RuleName     Rule = "name"     // same name, both unmatched otherwise; a suggestion only
	RuleMade     Rule = "made"     // the one was made for the other; never found by matching
)

// Words says what a rule means, for the plan and the match table.
func (r Rule) Words() string {
	switch r {
	case RulePrimary:
		return "same address"
	case RuleAlias:
		return "an alias of one is the address of the other"
	case RuleEmployee:
		return "same employee number"
	case RuleName:
		return "same name only"
	case RuleMade:
		return "the account was made for this person"
	}
	return string(r)
}

// Match is two accounts that look like one person.
type Match struct {
	Left, Right platforms.User
	Rule        Rule
	// Sure: may be linked on approval of the whole group. Otherwise Doubt says
	// why a person should look at it.
	Sure  bool
	Doubt string
}

// Matching is the outcome: matches, and who is left over.
type Matching struct {
	Matches            []Match
	Left, Right        []platforms.User // no counterpart found
	AmbiguousL, AmbigR []platforms.User // several candidates; nothing proposed
}

// Find matches two directories. Accounts for which taken answers true are left
// out: they are linked already. Deleted accounts never match.
func Find(left, right Directory, taken func(platforms.Ref) bool) Matching {
	f := finder{left: left, right: right, common: commonDomains(left.Tenant, right.Tenant)}
	f.open(taken)
	f.pass(RulePrimary, primaryKeys, primaryKeys)
	f.pass(RuleAlias, allKeys, allKeys)
	f.pass(RuleEmployee, employeeKeys, employeeKeys)
	f.pass(RuleName, nameKeys, nameKeys)
	return f.result()
}

type finder struct {
	left, right Directory
	common      map[string]bool
	l, r        map[platforms.UserID]platforms.User // still open
	ambL, ambR  map[platforms.UserID]bool
	matches     []Match
}

func (f *finder) open(taken func(platforms.Ref) bool) {
	side := func(d Directory) map[platforms.UserID]platforms.User {
		m := make(map[platforms.UserID]platforms.User, len(d.Users))
		for _, u := range d.Users {
			if u.State != platforms.Deleted && (taken == nil || !taken(d.Ref(u.ID))) {
				m[u.ID] = u
			}
		}
		return m
	}
	f.l, f.r = side(f.left), side(f.right)
	f.ambL, f.ambR = map[platforms.UserID]bool{}, map[platforms.UserID]bool{}
}

// pass pairs open accounts that share a key. A pair counts only when each is
// the other's single candidate; otherwise all of them are ambiguous, and no
// weaker rule may decide between them.
func (f *finder) pass(rule Rule, lk, rk func(platforms.User) []string) {
	byKey := map[string][]platforms.UserID{}
	for id, u := range f.r {
		for _, k := range rk(u) {
			byKey[k] = append(byKey[k], id)
		}
	}
	candL := map[platforms.UserID]map[platforms.UserID]bool{}
	candR := map[platforms.UserID]map[platforms.UserID]bool{}
	for id, u := range f.l {
		for _, k := range lk(u) {
			for _, other := range byKey[k] {
				add(candL, id, other)
				add(candR, other, id)
			}
		}
	}
	for l, rs := range candL {
		if len(rs) != 1 {
			continue
		}
		for r := range rs {
			if len(candR[r]) == 1 && !f.ambL[l] && !f.ambR[r] {
				f.take(rule, l, r)
			}
		}
	}
	for l, rs := range candL {
		if _, open := f.l[l]; open && len(rs) > 0 {
			f.ambL[l] = true
		}
	}
	for r := range candR {
		if _, open := f.r[r]; open {
			f.ambR[r] = true
		}
	}
}

func add(m map[platforms.UserID]map[platforms.UserID]bool, k, v platforms.UserID) {
	if m[k] == nil {
		m[k] = map[platforms.UserID]bool{}
	}
	m[k][v] = true
}

func (f *finder) take(rule Rule, l, r platforms.UserID) {
	m := Match{Left: f.l[l], Right: f.r[r], Rule: rule}
	m.Sure, m.Doubt = f.sure(m)
	f.matches = append(f.matches, m)
	delete(f.l, l)
	delete(f.r, r)
}

func (f *finder) sure(m Match) (bool, string) {
	switch {
	case m.Rule == RuleName:
		return false, "The names are equal, no address is. Two people can share a name."
	case m.Rule == RuleEmployee:
		return false, "The employee numbers are equal, no address is."
	case m.Left.Kind == platforms.Guest || m.Right.Kind == platforms.Guest:
		return false, "One of them is a guest account."
	case !f.inCommon(Address(m.Left.Address)) || !f.inCommon(Address(m.Right.Address)):
		return false, "An address lies outside the domains that both tenants have verified."
	case !slices.ContainsFunc(allKeys(m.Left), func(k string) bool { return f.inCommon(k) && slices.Contains(allKeys(m.Right), k) }):
		// Anybody may own an address elsewhere, and some directories let people add one.
		return false, "The address that both have lies outside the domains that both tenants have verified."
	}
	return true, ""
}

// inCommon reports whether a normalised address lies in a domain of both tenants.
func (f *finder) inCommon(address string) bool {
	_, domain, ok := strings.Cut(address, "@")
	return ok && f.common[domain]
}

func (f *finder) result() Matching {
	slices.SortFunc(f.matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Left.Address, b.Left.Address), cmp.Compare(a.Left.ID, b.Left.ID))
	})
	out := Matching{Matches: f.matches}
	out.Left, out.AmbiguousL = rest(f.l, f.ambL)
	out.Right, out.AmbigR = rest(f.r, f.ambR)
	return out
}

func rest(open map[platforms.UserID]platforms.User, ambiguous map[platforms.UserID]bool) (none, several []platforms.User) {
	for id, u := range open {
		if ambiguous[id] {
			several = append(several, u)
		} else {
			none = append(none, u)
		}
	}
	byAddress := func(a, b platforms.User) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.ID, b.ID))
	}
	slices.SortFunc(none, byAddress)
	slices.SortFunc(several, byAddress)
	return none, several
}

func commonDomains(a, b platforms.Tenant) map[string]bool {
	inA := map[string]bool{}
	for _, d := range a.Domains {
		inA[ascii(d)] = true
	}
	both := map[string]bool{}
	for _, d := range b.Domains {
		if d = ascii(d); inA[d] {
			both[d] = true
		}
	}
	return both
}

func primaryKeys(u platforms.User) []string {
	keys := make([]string, 0, 2)
	for _, a := range []string{u.Address, u.Login} {
		if k := Address(a); k != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

func allKeys(u platforms.User) []string {
	keys := primaryKeys(u)
	for _, a := range u.Addresses {
		if k := Address(a); k != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

func employeeKeys(u platforms.User) []string {
	if id := strings.TrimSpace(u.EmployeeID); id != "" {
		return []string{strings.ToLower(id)}
	}
	return nil
}

func nameKeys(u platforms.User) []string {
	if n := foldName(u.Name); n != "" && strings.Contains(n, " ") {
		return []string{n}
	}
	return nil
}

// Address normalises an e-mail address for comparison: lower case, the domain
// in its ASCII form. Dots and plus signs count, as they do on Workspace domains.
// It answers "" for what is no address.
func Address(a string) string {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(a)), "@")
	if !ok || local == "" || domain == "" {
		return ""
	}
	return norm.NFC.String(local) + "@" + ascii(domain)
}

// ascii is a domain's name as the DNS has it.
func ascii(domain string) string {
	domain = strings.ToLower(strings.TrimSpace(domain))
	if a, err := idna.Lookup.ToASCII(domain); err == nil {
		return a
	}
	return domain
}

func foldName(s string) string {
	return strings.Join(strings.Fields(norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))), " ")
}
