package sandbox

import (
	"slices"
	"sort"
	"strings"
)

// initialSuffix ends the domain that every Entra tenant is born with.
const initialSuffix = ".onmicrosoft.com"

// domains lists each side's domains, the most frequent first. On Microsoft a
// sign-in name's domain is verified for sure; that of a mail address need not
// be, so it counts only where Google has it too or one in ten uses it. The
// tenant's initial domain is always there and last.
func (in *intake) domains() [sides][]string {
	var count [sides]map[string]int
	for side := range count {
		count[side] = map[string]int{}
		for _, a := range in.all[side] {
			if a.Guest {
				continue
			}
			if a.Login != "" {
				count[side][domainOf(a.Login)]++
			}
			count[side][domainOf(a.Address)]++
		}
	}
	signIn := map[string]bool{}
	for _, a := range in.all[onMicrosoft] {
		login := a.Login
		if login == "" {
			login = a.Address
		}
		if domain := domainOf(login); strings.HasSuffix(domain, initialSuffix) && in.initial == "" {
			in.initial = domain
		}
		signIn[domainOf(login)] = signIn[domainOf(login)] || !a.Guest
	}
	for domain, n := range count[onMicrosoft] {
		if !signIn[domain] && count[onGoogle][domain] == 0 && n*10 < len(in.all[onMicrosoft]) || strings.HasSuffix(domain, initialSuffix) {
			delete(count[onMicrosoft], domain)
		}
	}
	return in.fallBack([sides][]string{byFrequency(count[onGoogle]), byFrequency(count[onMicrosoft])})
}

// fallBack gives a side without addresses the other's domain.
func (in *intake) fallBack(domains [sides][]string) [sides][]string {
	for side := range domains {
		if len(domains[side]) > 0 {
			continue
		}
		domains[side] = []string{primaryDomain}
		if other := domains[1-side]; len(other) > 0 {
			domains[side] = slices.Clone(other[:1])
		}
	}
	if in.initial == "" {
		label, _, _ := strings.Cut(domains[onMicrosoft][0], ".")
		in.initial = label + initialSuffix
	}
	domains[onMicrosoft] = append(domains[onMicrosoft], in.initial)
	return domains
}

func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

func byFrequency(count map[string]int) []string {
	domains := make([]string, 0, len(count))
	for domain := range count {
		domains = append(domains, domain)
	}
	sort.Slice(domains, func(i, j int) bool {
		a, b := domains[i], domains[j]
		if count[a] != count[b] {
			return count[a] > count[b]
		}
		return a < b
	})
	return domains
}

// staffDomains is where the added accounts live: a domain of both sides where
// there is one.
func staffDomains(domains [sides][]string) (google, microsoft string) {
	for _, domain := range domains[onGoogle] {
		if slices.Contains(domains[onMicrosoft], domain) {
			return domain, domain
		}
	}
	return domains[onGoogle][0], domains[onMicrosoft][0]
}
