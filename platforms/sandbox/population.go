package sandbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// population is the people of a World in the making.
type population struct {
	rng    *rand.Rand
	stocks []*stock
	wheel  []int // indexes of stocks, each as often as its weight
	taken  [sides]map[string]bool
	people []*person
	all    [sides][]*Account
	serial int
}

func newPopulation(rng *rand.Rand) *population {
	p := &population{rng: rng}
	for _, list := range [][]culture{latinCultures, scriptCultures} {
		for _, c := range list {
			for range c.weight {
				p.wheel = append(p.wheel, len(p.stocks))
			}
			p.stocks = append(p.stocks, newStock(c, rng))
		}
	}
	for side := range p.taken {
		p.taken[side] = map[string]bool{}
	}
	return p
}

// staff is the accounts that the hub itself needs.
type staff struct{ admin, bridge *person }

// staff adds the administrator, one human on both sides, and the bridge account.
func (p *population) staff(googleDomain, microsoftDomain string) staff {
	admin := &person{name: p.stocks[0].draw(p.rng)}
	local := p.vacant("admin", googleDomain, microsoftDomain)
	g := p.account(admin, onGoogle, claim(p.taken[onGoogle], local, googleDomain))
	m := p.account(admin, onMicrosoft, claim(p.taken[onMicrosoft], local, microsoftDomain))
	for _, a := range []*Account{g, m} {
		a.Human, a.Admin, a.OrgUnit, a.Department = "h-admin", true, "/IT", "IT"
	}
	bridge := &person{name: personName{given: "Mio", family: "Bridge", display: "Mio Bridge", country: "GB"}}
	local = p.vacant("mio-bridge", googleDomain, microsoftDomain)
	b := p.account(bridge, onMicrosoft, claim(p.taken[onMicrosoft], local, microsoftDomain))
	b.Human, b.OrgUnit, b.Department = "h-bridge", "/IT", "IT"
	return staff{admin: admin, bridge: bridge}
}

// account gives the person an account on a side, active and licensed.
func (p *population) account(who *person, side int, address string) *Account {
	a := &Account{
		Address: address, Given: who.name.given, Family: who.name.family, Name: who.name.display,
		Country: who.name.country, Licensed: true, Created: longAgo(p.rng),
	}
	if side == onGoogle {
		a.ID = googleUserID(p.rng)
	} else {
		a.ID = guid(p.rng)
	}
	who.accounts[side] = a
	p.all[side] = append(p.all[side], a)
	return a
}

// kind is how a person's accounts relate to each other, and how many there are.
type kind struct {
	make  func(*population) *person
	uses  [sides]int
	share float64 // per cent of the people of a side
	from  int     // at least one from this many people on
}

// kinds lists every kind of person but the plain one, which fills the rest.
func kinds() []kind {
	return []kind{
		{(*population).onlyGoogle, [sides]int{1, 0}, 6, 0},
		{(*population).onlyMicrosoft, [sides]int{0, 1}, 5, 0},
		{(*population).byAlias, [sides]int{1, 1}, 8, 0},
		{(*population).byEmployeeID, [sides]int{1, 1}, 4, 12},
		{(*population).sameNameTwice, [sides]int{1, 2}, 2, 16},
		{(*population).outsideGuest, [sides]int{0, 1}, 1.5, 16},
		{(*population).ownGuest, [sides]int{1, 1}, 1, 24},
		{(*population).twoAliases, [sides]int{1, 2}, 1, 30},
		{(*population).namesakes, [sides]int{2, 2}, 1, 40},
	}
}

// fill adds people until each side has n accounts.
func (p *population) fill(n int) {
	free := [sides]int{n - len(p.all[onGoogle]), n - len(p.all[onMicrosoft])}
	var recipe []func(*population) *person
	for _, k := range kinds() {
		for range share(n, k.share, k.from) {
			recipe = append(recipe, k.make)
			for side, used := range k.uses {
				free[side] -= used
			}
		}
	}
	plain := min(free[onGoogle], free[onMicrosoft])
	for range plain {
		recipe = append(recipe, (*population).plain)
	}
	for range free[onGoogle] - plain {
		recipe = append(recipe, (*population).onlyGoogle)
	}
	for range free[onMicrosoft] - plain {
		recipe = append(recipe, (*population).onlyMicrosoft)
	}
	p.rng.Shuffle(len(recipe), func(i, j int) { recipe[i], recipe[j] = recipe[j], recipe[i] })
	for _, person := range recipe {
		p.people = append(p.people, person(p))
	}
	p.mar(n)
}

// mar takes licences away, suspends, and gives some people a hostile name,
// among those who would otherwise be the easy case.
func (p *population) mar(n int) {
	var plain []*person
	for _, who := range p.people {
		if who.clean {
			plain = append(plain, who)
		}
	}
	next := func() *person {
		who := plain[len(plain)-1]
		plain = plain[:len(plain)-1]
		return who
	}
	for i := range share(n, 3, 12) {
		who := next()
		who.clean = false
		who.each(i, func(a *Account) { a.Licensed = false })
	}
	for i := range share(n, 3, 12) {
		who := next()
		who.clean = false
		who.each(i, func(a *Account) { a.Suspended = true })
	}
	for i := range min(share(n, 3, 12), len(hostileNames)) {
		who := next()
		for _, a := range who.accounts {
			a.Name = fmt.Sprintf(hostileNames[i], a.Name)
		}
	}
}

// each applies f to one side's account, the other's, or both, by turns.
func (p *person) each(turn int, f func(*Account)) {
	for side, a := range p.accounts {
		if turn%3 == side || turn%3 == sides {
			f(a)
		}
	}
}

// departments are the organisational units that people sit in.
var departments = []string{
	"/Sales/EMEA", "/Sales/Americas", "/Sales/APAC", "/Engineering/Platform", "/Engineering/Apps", "/Engineering/QA",
	"/Finance", "/Finance/Payroll", "/People", "/Legal", "/Operations/Logistics", "/Operations/Facilities",
	"/Marketing", "/Support/Tier 1", "/Support/Tier 2", "/Research", "/IT",
}

// someone draws a person with a name and a place in the organisation.
func (p *population) someone() (who *person, local string, dress func(...*Account)) {
	return p.named(p.stocks[p.wheel[p.rng.IntN(len(p.wheel))]].draw(p.rng))
}

// named makes a person of that name. The local part is the usual one for an
// address; dress puts person and place into the accounts made.
func (p *population) named(name personName) (who *person, local string, dress func(...*Account)) {
	who = &person{name: name}
	p.serial++
	human, employee := fmt.Sprintf("h%06d", p.serial), fmt.Sprintf("E%06d", 100000+p.serial*7)
	unit := departments[p.rng.IntN(len(departments))]
	known := p.rng.IntN(10) < 6
	return who, who.name.romanGiven + "." + who.name.romanFam, func(accounts ...*Account) {
		for _, a := range accounts {
			a.Human, a.OrgUnit = human, unit
			a.Department = unit[strings.LastIndex(unit, "/")+1:]
			if known {
				a.EmployeeID = employee
			}
		}
	}
}

// free makes a local part that no domain of a generated organisation uses yet,
// on neither side.
func (p *population) free(local string) string {
	return p.vacant(local, primaryDomain, labsDomain, emeaDomain)
}

// vacant adds a number to a local part that one of the domains knows already.
func (p *population) vacant(local string, domains ...string) string {
	known := func(candidate string) bool {
		return slices.ContainsFunc(domains, func(domain string) bool {
			return p.taken[onGoogle][candidate+"@"+domain] || p.taken[onMicrosoft][candidate+"@"+domain]
		})
	}
	for n := 1; ; n++ {
		if candidate := numbered(local, n); !known(candidate) {
			return candidate
		}
	}
}

// plain is the easy case: one primary address on both sides. Some sign in to
// Microsoft 365 under the initial domain, and some are listed differently there.
func (p *population) plain() *person { return p.easy(p.someone()) }

// namesakes are two people of one name, told apart by their addresses.
func (p *population) namesakes() *person {
	first := p.plain()
	p.people = append(p.people, first)
	return p.easy(p.named(first.name))
}

func (p *population) easy(who *person, local string, dress func(...*Account)) *person {
	local = p.free(local)
	g := p.account(who, onGoogle, claim(p.taken[onGoogle], local, primaryDomain))
	m := p.account(who, onMicrosoft, claim(p.taken[onMicrosoft], local, primaryDomain))
	dress(g, m)
	who.clean = true
	switch p.rng.IntN(20) {
	case 0:
		m.Login = claim(p.taken[onMicrosoft], local, initialDomain)
	case 1:
		m.Name = m.Family + ", " + m.Given
	case 2, 3:
		if who.name.script {
			m.Name = title(who.name.romanGiven) + " " + title(who.name.romanFam)
		}
	}
	return who
}

func title(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func (p *population) onlyGoogle() *person    { return p.oneSided(onGoogle, labsDomain) }
func (p *population) onlyMicrosoft() *person { return p.oneSided(onMicrosoft, emeaDomain) }

func (p *population) oneSided(side int, other string) *person {
	who, local, dress := p.someone()
	domain := primaryDomain
	if p.rng.IntN(3) == 0 {
		domain = other
	}
	dress(p.account(who, side, claim(p.taken[side], p.free(local), domain)))
	return who
}

// short is the other spelling of an address: initial and family name.
func (n personName) short() string { return n.romanGiven[:1] + n.romanFam }

// byAlias has different primary addresses; an alias joins them.
func (p *population) byAlias() *person {
	who, local, dress := p.someone()
	long, short := p.free(local), p.free(who.name.short())
	locals := [sides]string{long, short}
	turn := p.rng.IntN(3)
	if turn == 1 {
		locals = [sides]string{short, long}
	}
	for side, local := range locals {
		dress(p.account(who, side, claim(p.taken[side], local, primaryDomain)))
	}
	g, m := who.accounts[onGoogle], who.accounts[onMicrosoft]
	switch turn {
	case 0:
		m.Aliases = []string{claim(p.taken[onMicrosoft], long, primaryDomain)}
	case 1:
		g.Aliases = []string{claim(p.taken[onGoogle], long, primaryDomain)}
	default:
		shared := p.free(who.name.romanFam + "." + who.name.romanGiven)
		g.Aliases = []string{claim(p.taken[onGoogle], shared, primaryDomain)}
		m.Aliases = []string{claim(p.taken[onMicrosoft], shared, primaryDomain)}
	}
	return who
}

// byEmployeeID shares no address at all, only the employee id.
func (p *population) byEmployeeID() *person {
	who, local, dress := p.someone()
	g := p.account(who, onGoogle, claim(p.taken[onGoogle], p.free(local), labsDomain))
	m := p.account(who, onMicrosoft, claim(p.taken[onMicrosoft], p.free(who.name.short()), emeaDomain))
	dress(g, m)
	id := fmt.Sprintf("E%06d", 100000+p.serial*7)
	g.EmployeeID, m.EmployeeID = id, id
	return who
}

// sameNameTwice has one account on Google, and on Microsoft a namesake beside
// the own one; no address or id tells which is which.
func (p *population) sameNameTwice() *person {
	who, local, dress := p.someone()
	g := p.account(who, onGoogle, claim(p.taken[onGoogle], p.free(local), primaryDomain))
	m := p.account(who, onMicrosoft, claim(p.taken[onMicrosoft], p.free(who.name.short()), primaryDomain))
	dress(g, m)
	p.namesake(who, p.free(who.name.romanFam+"."+who.name.romanGiven))
	g.EmployeeID, m.EmployeeID = "", ""
	return who
}

// namesake adds another human of the same name on Microsoft.
func (p *population) namesake(of *person, local string) {
	other := &person{name: of.name}
	p.serial++
	a := p.account(other, onMicrosoft, claim(p.taken[onMicrosoft], local, primaryDomain))
	a.Human = fmt.Sprintf("h%06d", p.serial)
	a.OrgUnit, a.Department = of.accounts[onMicrosoft].OrgUnit, of.accounts[onMicrosoft].Department
	p.people = append(p.people, other)
}

// twoAliases has aliases on Google that are primary addresses of two accounts
// on Microsoft, of which one is the own.
func (p *population) twoAliases() *person {
	who, local, dress := p.someone()
	g := p.account(who, onGoogle, claim(p.taken[onGoogle], p.free(local), labsDomain))
	own, other := p.free(who.name.short()), p.free(who.name.romanFam+"."+who.name.romanGiven)
	m := p.account(who, onMicrosoft, claim(p.taken[onMicrosoft], own, primaryDomain))
	dress(g, m)
	p.namesake(who, other)
	g.EmployeeID, m.EmployeeID = "", ""
	g.Aliases = []string{claim(p.taken[onGoogle], own, primaryDomain), claim(p.taken[onGoogle], other, primaryDomain)}
	return who
}

// outsideGuest is a partner's employee invited to Microsoft 365.
func (p *population) outsideGuest() *person {
	who, local, dress := p.someone()
	p.guest(who, claim(p.taken[onMicrosoft], local, partnerDomain), dress)
	return who
}

// ownGuest is a member on Google, under a domain that Microsoft 365 has not
// verified, and was invited there as a guest.
func (p *population) ownGuest() *person {
	who, local, dress := p.someone()
	local = p.free(local)
	dress(p.account(who, onGoogle, claim(p.taken[onGoogle], local, labsDomain)))
	p.guest(who, claim(p.taken[onMicrosoft], local, labsDomain), dress)
	return who
}

func (p *population) guest(who *person, mail string, dress func(...*Account)) {
	a := p.account(who, onMicrosoft, mail)
	dress(a)
	a.Guest, a.Licensed, a.OrgUnit, a.Department, a.EmployeeID = true, false, "", "", ""
	a.Login = guestLogin(mail, initialDomain)
	p.taken[onMicrosoft][strings.ToLower(a.Login)] = true
}

// guestLogin is the sign-in name that Entra makes for an invited address.
func guestLogin(mail, initial string) string {
	return strings.Replace(mail, "@", "_", 1) + "#EXT#@" + initial
}
