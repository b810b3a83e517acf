package sandbox

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// The names of the two tenants that New and FromCSV make.
const (
	googleTenant    = "google"
	microsoftTenant = "microsoft"
)

// The domains of a generated organisation. It runs both suites under one
// primary domain and has one more on each side.
const (
	primaryDomain  = "acme.example"
	labsDomain     = "acme-labs.example"
	emeaDomain     = "acme-emea.example"
	initialDomain  = "acme.onmicrosoft.com"
	partnerDomain  = "partner-works.example"
	fewestPeople   = 8
	fewestRooms    = 3
	fewestPairFolk = 3 // people on both sides whom every pair of rooms has
)

// seat is the index of a tenant in a person's accounts.
const (
	onGoogle = iota
	onMicrosoft
	sides
)

// person is one human of a World in the making: the account on each side, nil
// where there is none.
type person struct {
	name     personName
	accounts [sides]*Account
	// clean says that the two accounts have the same primary address, are
	// active and licensed members, and that nobody else could be meant.
	clean bool
}

func (p *person) both() bool { return p.accounts[onGoogle] != nil && p.accounts[onMicrosoft] != nil }

// speaks reports whether the person can use the account on that side.
func (p *person) speaks(side int) bool {
	a := p.accounts[side]
	return a != nil && a.canSpeak()
}

// canSpeak reports whether the account can write messages.
func (a *Account) canSpeak() bool { return !a.Suspended && a.Licensed && a.Deleted.IsZero() }

// New makes a World of two tenants, "google" and "microsoft", of one
// organisation that runs both suites. Equal sizes make equal tenants, people
// and rooms; the World's clock and what is said afterwards are not part of that.
//
// Most people have an account on both sides under one primary address. The
// others are there to be got wrong: matched by an alias or an employee id only,
// on one side only, unlicensed, suspended, guests, people who share a name, and
// names that carry markup or imitate a relay. Account.Human is the truth.
//
// Size.People counts the accounts of each side, the administrator and (on
// "microsoft") the bridge account included, and is at least 8; Size.Rooms is at
// least 3. What New makes has dates in the past and is not in the change logs,
// which begin with what happens next.
func New(size Size) *World {
	size.People = max(size.People, fewestPeople)
	size.Rooms = max(size.Rooms, fewestRooms)
	rng := rand.New(rand.NewPCG(size.Seed, 0x6d696f687562))
	p := newPopulation(rng)
	staff := p.staff(primaryDomain, primaryDomain)
	p.fill(size.People)
	w := Blank(size)
	w.furnish(p, staff, [sides][]string{{primaryDomain, labsDomain}, {primaryDomain, emeaDomain, initialDomain}})
	return w
}

// furnish adds the two tenants with the people, and rooms for them.
func (w *World) furnish(p *population, staff staff, domains [sides][]string) {
	label, _, _ := strings.Cut(domains[onGoogle][0], ".")
	google := w.AddTenant(googleTenant, googleCustomerID(p.rng), title(label), domains[onGoogle]...)
	microsoft := w.AddTenant(microsoftTenant, guid(p.rng), title(label), domains[onMicrosoft]...)
	google.Admin, microsoft.Admin = staff.admin.accounts[onGoogle].ID, staff.admin.accounts[onMicrosoft].ID
	microsoft.Bridge = staff.bridge.accounts[onMicrosoft].ID
	f := furnish(p.rng, p.people, staff.admin, w.Size.Rooms)
	google.seed(p.all[onGoogle], f.rooms[onGoogle])
	microsoft.seed(p.all[onMicrosoft], f.rooms[onMicrosoft])
	for _, pair := range f.pairs {
		w.AddPair(pair)
	}
}

// longAgo is a moment between 2015 and 2024.
func longAgo(rng *rand.Rand) time.Time {
	const span = int64(9 * 365 * 24 * time.Hour / time.Millisecond)
	return time.Date(2015, 3, 2, 7, 0, 0, 0, time.UTC).Add(time.Duration(rng.Int64N(span)) * time.Millisecond)
}

func numbered(s string, n int) string {
	if n == 1 {
		return s
	}
	return s + strconv.Itoa(n)
}

// share is a percentage of n, and at least one from atLeastFrom on.
func share(n int, percent float64, atLeastFrom int) int {
	k := int(float64(n)*percent/100 + 0.5)
	if k == 0 && n >= atLeastFrom {
		return 1
	}
	return k
}
