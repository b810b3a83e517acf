package sandbox

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
)

// RowProblem is a row of an export that could not be used.
type RowProblem struct {
	File   string `json:"file"` // "google" or "microsoft"
	Line   int    `json:"line"` // where the row starts in the file, 1 is the first line
	Reason string `json:"reason"`
}

// String tells the problem in one line.
func (p RowProblem) String() string {
	return fmt.Sprintf("%s file, line %d: %s", p.File, p.Line, p.Reason)
}

// exportForm is what a vendor's export of users looks like.
type exportForm struct {
	file, title string
	needs       []string
}

var (
	googleForm = exportForm{
		file: googleTenant, title: `Google Admin Console's "Download users" file`,
		needs: []string{"Email Address [Required]", "First Name [Required]", "Last Name [Required]"},
	}
	microsoftForm = exportForm{
		file: microsoftTenant, title: `Microsoft Entra's "Download users" file`,
		needs: []string{"userPrincipalName", "displayName"},
	}
)

func (f exportForm) missing(columns map[string]int) []string {
	var missing []string
	for _, name := range f.needs {
		if _, ok := columns[columnKey(name)]; !ok {
			missing = append(missing, fmt.Sprintf("%q", name))
		}
	}
	return missing
}

// accepts answers what is wrong with a file's header.
func (f exportForm) accepts(columns map[string]int) error {
	missing := f.missing(columns)
	if len(missing) == 0 {
		return nil
	}
	hint := ""
	for _, other := range []exportForm{googleForm, microsoftForm} {
		if other.file != f.file && len(other.missing(columns)) == 0 {
			hint = "; it looks like " + other.title
		}
	}
	return fmt.Errorf("the %s file is not %s: it has no column %s%s", f.file, f.title, strings.Join(missing, ", "), hint)
}

// FromCSV makes a World from an organisation's own exports: the Admin Console's
// "Download users" file and Entra's. They may be UTF-8 or UTF-16, with or without
// a byte order mark, separated by comma, semicolon or tab; the
// columns may stand in any order. Rows that cannot be used (no or a malformed
// address, one that an earlier row has, a wrong number of columns) are told by
// line and reason, and the rest is used, suspended and disabled people included.
// A file without the columns needed is an error.
//
// The files hold neither aliases nor licences nor roles: everybody active is
// taken as licensed, one address is one human, and the administrator (both
// sides) and the bridge account ("microsoft") are added under addresses that
// the files do not have. The domains are those of the addresses, the most
// frequent first. size.Rooms rooms a side are made up among the people who are
// on both sides, or else on either; where nobody of a side can speak, the
// administrator does. With one reader nil
// that side has the added accounts only. size.People is ignored and set to the
// larger side's accounts.
func FromCSV(size Size, google, microsoft io.Reader) (*World, []RowProblem, error) {
	if google == nil && microsoft == nil {
		return nil, nil, errors.New("make a world from exports: no file was given")
	}
	size.Rooms = max(size.Rooms, fewestRooms)
	in := &intake{population: newPopulation(rand.New(rand.NewPCG(size.Seed, 0x637376))), humans: map[string]*person{}}
	problems, err := in.read(google, microsoft)
	if err != nil {
		return nil, nil, fmt.Errorf("make a world from exports: %w", err)
	}
	domains := in.domains()
	staff := in.staff(staffDomains(domains))
	size.People = max(len(in.all[onGoogle]), len(in.all[onMicrosoft]))
	w := Blank(size)
	w.furnish(in.population, staff, domains)
	return w, problems, nil
}

// intake collects the people of two exports.
type intake struct {
	*population
	humans  map[string]*person // by lower-case address
	lines   [sides]map[string]int
	initial string // the tenant's onmicrosoft.com domain
}

func (in *intake) read(google, microsoft io.Reader) ([]RowProblem, error) {
	var problems []RowProblem
	for side, source := range [sides]io.Reader{google, microsoft} {
		if source == nil {
			continue
		}
		form, take := googleForm, in.google
		if side == onMicrosoft {
			form, take = microsoftForm, in.microsoft
		}
		t, bad, err := readTable(form, source)
		if err != nil {
			return nil, err
		}
		in.lines[side] = map[string]int{}
		for _, row := range t.rows {
			if reason := take(t, row); reason != "" {
				bad = append(bad, RowProblem{File: form.file, Line: row.line, Reason: reason})
			}
		}
		sort.SliceStable(bad, func(i, j int) bool { return bad[i].Line < bad[j].Line })
		problems = append(problems, bad...)
	}
	for _, who := range in.people {
		g, m := who.accounts[onGoogle], who.accounts[onMicrosoft]
		who.clean = g != nil && m != nil && (strings.EqualFold(g.Address, m.Address) || strings.EqualFold(g.Address, m.Login)) &&
			who.speaks(onGoogle) && who.speaks(onMicrosoft) && !m.Guest
	}
	return problems, nil
}

// enter reserves the addresses (and the id) of a row, or tells which line has one already.
func (in *intake) enter(side, line int, addresses ...string) string {
	for _, address := range addresses {
		if first, taken := in.lines[side][strings.ToLower(address)]; taken {
			return fmt.Sprintf("%q is on line %d already", address, first)
		}
	}
	for _, address := range addresses {
		in.lines[side][strings.ToLower(address)] = line
		in.taken[side][strings.ToLower(address)] = true
	}
	return ""
}

// human is the person with one of the addresses, a new one where nobody has
// it or the person has an account on that side already.
func (in *intake) human(side int, addresses ...string) *person {
	for _, address := range addresses {
		if who := in.humans[strings.ToLower(address)]; who != nil && who.accounts[side] == nil {
			return who
		}
	}
	who := &person{}
	in.people = append(in.people, who)
	in.humans[strings.ToLower(addresses[0])] = who
	return who
}

func (in *intake) add(who *person, side int, a Account) *Account {
	made := in.account(who, side, a.Address)
	id, created := made.ID, made.Created
	*made = a
	if made.ID == "" {
		made.ID = id
	}
	if made.Created.IsZero() {
		made.Created = created
	}
	made.Human = "h-" + strings.ToLower(a.Address)
	if other := who.accounts[1-side]; other != nil {
		made.Human = other.Human
	}
	return made
}

func (in *intake) google(t *table, r tableRow) string {
	address := t.get(r, "Email Address")
	if reason := badAddress(address); reason != "" {
		return reason
	}
	if reason := in.enter(onGoogle, r.line, address); reason != "" {
		return reason
	}
	status := strings.ToLower(t.get(r, "Status"))
	in.add(in.human(onGoogle, address), onGoogle, Account{
		Address: address, Given: t.get(r, "First Name"), Family: t.get(r, "Last Name"),
		Name:    strings.TrimSpace(t.get(r, "First Name") + " " + t.get(r, "Last Name")),
		OrgUnit: t.get(r, "Org Unit Path"), Department: t.get(r, "Department"), EmployeeID: t.get(r, "Employee ID"),
		Licensed: true, Suspended: strings.HasPrefix(status, "suspend") || strings.HasPrefix(status, "archiv"),
	})
	return ""
}

func (in *intake) microsoft(t *table, r tableRow) string {
	login, mail := t.get(r, "userPrincipalName"), t.get(r, "mail")
	a := Account{
		Login: login, Address: mail, Given: t.get(r, "givenName"), Family: t.get(r, "surname"), Name: t.get(r, "displayName"),
		Department: t.get(r, "department"), EmployeeID: t.get(r, "employeeId"), Country: t.get(r, "usageLocation"),
		Suspended: strings.EqualFold(t.get(r, "accountEnabled"), "false"), Guest: strings.EqualFold(t.get(r, "userType"), "guest"),
	}
	a.Licensed = !a.Guest
	if mail == "" {
		a.Address = invited(login)
	}
	for _, address := range []string{a.Address, login} {
		if reason := badAddress(address); reason != "" && (address != "" || a.Address == "") {
			return reason
		}
	}
	if strings.EqualFold(a.Login, a.Address) {
		a.Login = ""
	}
	addresses := []string{a.Address}
	if a.Login != "" {
		addresses = append(addresses, a.Login)
	}
	keys := addresses
	if id := strings.ToLower(t.get(r, "objectId")); isGUID(id) {
		a.ID = id
		keys = append(slices.Clone(addresses), id)
	}
	if reason := in.enter(onMicrosoft, r.line, keys...); reason != "" {
		return reason
	}
	if created, err := time.Parse(time.RFC3339, t.get(r, "createdDateTime")); err == nil && created.Before(time.Now()) {
		a.Created = created.UTC()
	}
	in.add(in.human(onMicrosoft, addresses...), onMicrosoft, a)
	return ""
}

// invited is the address that a guest's sign-in name was made from; any other
// sign-in name is itself.
func invited(login string) string {
	local, _, guest := strings.Cut(login, "#EXT#@")
	if at := strings.LastIndexByte(local, '_'); guest && at > 0 {
		return local[:at] + "@" + local[at+1:]
	}
	return login
}

// badAddress tells what is wrong with an address, "" when nothing is.
func badAddress(address string) string {
	if address == "" {
		return "no address"
	}
	local, domain, _ := strings.Cut(address, "@")
	bad := local == "" || strings.Contains(domain, "@") || len(address) > 320 ||
		strings.ContainsFunc(address, func(r rune) bool {
			return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune(`,;:"<>()[]\`, r)
		})
	labels := strings.Split(domain, ".")
	if bad || len(labels) < 2 || slices.Contains(labels, "") || strings.ContainsAny(domain, "_/#") {
		return fmt.Sprintf("malformed address %q", address)
	}
	return ""
}

func isGUID(s string) bool {
	for i, r := range s {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (r == '-') || !dash && !strings.ContainsRune("0123456789abcdef", r) {
			return false
		}
	}
	return len(s) == 36
}
