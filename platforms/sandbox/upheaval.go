package sandbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// UpsetKind is what changed in an organisation.
type UpsetKind string

// The kinds of upset, in the order in which Upheaval makes them.
const (
	PersonJoined    UpsetKind = "person-joined"    // a new account on both sides, one address
	RoomRenamed     UpsetKind = "room-renamed"     // a room of a pair, on one side
	PersonSuspended UpsetKind = "person-suspended" // someone matched beyond doubt, on one side
	MemberLeft      UpsetKind = "member-left"      // someone matched left a room of a pair, on one side
	RoomOpened      UpsetKind = "room-opened"      // a new pair of rooms under one name
)

// Upset is one change made to the World, in a tenant whose watcher should see it.
type Upset struct {
	Tenant  string    `json:"tenant"`
	Kind    UpsetKind `json:"kind"`
	Subject string    `json:"subject"` // id of the account or room
	Room    string    `json:"room,omitempty"`
	Name    string    `json:"name"` // of the subject, as it is now
	Text    string    `json:"text"` // what happened, in a sentence
}

// Upheaval makes the changes that happen in organisations all the time, one of
// each kind asked for, or of every kind when none is named, and tells them. A
// kind that the World has nothing for (no pair of rooms) is left out. What is
// changed depends on the seed and the World only.
func (w *World) Upheaval(seed uint64, kinds ...UpsetKind) []Upset {
	u := &upheaval{world: w, rng: rand.New(rand.NewPCG(seed, 0x7570736574)), touched: map[string]bool{}}
	steps := []struct {
		kind UpsetKind
		make func() (Upset, error)
	}{
		{PersonJoined, u.join}, {RoomRenamed, u.rename}, {PersonSuspended, u.suspend}, {MemberLeft, u.leave}, {RoomOpened, u.open},
	}
	var done []Upset
	for _, s := range steps {
		if len(kinds) > 0 && !slices.Contains(kinds, s.kind) {
			continue
		}
		if upset, err := s.make(); err == nil {
			upset.Kind = s.kind
			done = append(done, upset)
		}
	}
	return done
}

type upheaval struct {
	world   *World
	rng     *rand.Rand
	touched map[string]bool // humans and rooms changed already
}

func (u *upheaval) tenants() (google, microsoft *Tenant, err error) {
	google, microsoft = u.world.Tenant(googleTenant), u.world.Tenant(microsoftTenant)
	if google == nil || microsoft == nil {
		return nil, nil, notThere("tenant", googleTenant+" or "+microsoftTenant)
	}
	return google, microsoft, nil
}

func (u *upheaval) join() (Upset, error) {
	google, microsoft, err := u.tenants()
	if err != nil {
		return Upset{}, err
	}
	list := slices.Concat(latinCultures, scriptCultures)
	name := newStock(list[u.rng.IntN(len(list))], u.rng).draw(u.rng)
	domain := commonDomain(google, microsoft)
	local := name.romanGiven + "." + name.romanFam
	address := ""
	for n := 1; ; n++ {
		address = numbered(local, n) + "@" + domain
		_, onGoogle := google.Account(address)
		_, onMicrosoft := microsoft.Account(address)
		if !onGoogle && !onMicrosoft {
			break
		}
	}
	account := Account{
		Address: address, Given: name.given, Family: name.family, Name: name.display, OrgUnit: "/People", Department: "People",
		Country: name.country, Licensed: true, Human: "h-" + address,
	}
	account.ID = googleUserID(u.rng)
	upset := Upset{Tenant: google.Name, Subject: account.ID, Name: account.Name, Text: fmt.Sprintf("%s (%s) joined, with an account on both sides", account.Name, address)}
	if err := google.PutAccount(account); err != nil {
		return Upset{}, err
	}
	account.ID = guid(u.rng)
	u.touched[account.Human] = true
	return upset, microsoft.PutAccount(account)
}

// commonDomain is the first domain verified on both sides.
func commonDomain(google, microsoft *Tenant) string {
	for _, domain := range google.Domains {
		if slices.Contains(microsoft.Domains, domain) {
			return domain
		}
	}
	return google.Domains[0]
}

// pairedRoom picks a room of a pair that was not changed yet.
func (u *upheaval) pairedRoom() (*Tenant, Room, error) {
	pairs := u.world.Pairs()
	u.rng.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	names := u.world.Tenants()
	for _, pair := range pairs {
		name := names[u.rng.IntN(len(names))]
		t := u.world.Tenant(name)
		if room, ok := t.Room(pair.Room[name]); ok && (!u.touched[room.ID] || len(pairs) == 1) {
			u.touched[room.ID] = true
			return t, room, nil
		}
	}
	return nil, Room{}, ErrNoPairs
}

func (u *upheaval) rename() (Upset, error) {
	t, room, err := u.pairedRoom()
	if err != nil {
		return Upset{}, err
	}
	name := strings.TrimPrefix(room.Name, "#") + " and more"
	err = t.ChangeRoom(room.ID, func(r *Room) { r.Name = name })
	return Upset{Tenant: t.Name, Subject: room.ID, Name: name, Text: fmt.Sprintf("%q is now called %q", room.Name, name)}, err
}

// matched lists the members of a room who are on the other side beyond doubt
// and can speak there, without its owners.
func (u *upheaval) matched(t *Tenant, room Room) []Account {
	var list []Account
	for _, id := range t.MembersOf(room.ID) {
		a, ok := t.Account(id)
		if !ok || !a.canSpeak() || a.Guest || a.Admin || room.Members[id].Owner || u.touched[a.Human] {
			continue
		}
		for _, name := range u.world.Tenants() {
			other := u.world.Tenant(name)
			if b, ok := other.Account(a.Address); ok && other != t && b.Human == a.Human && b.canSpeak() && b.Address == a.Address {
				list = append(list, a)
			}
		}
	}
	return list
}

// someone picks a matched member of a paired room.
func (u *upheaval) someone() (*Tenant, Room, Account, error) {
	for range u.world.Pairs() {
		t, room, err := u.pairedRoom()
		if err != nil {
			return nil, Room{}, Account{}, err
		}
		if list := u.matched(t, room); len(list) > 0 {
			a := list[u.rng.IntN(len(list))]
			u.touched[a.Human] = true
			return t, room, a, nil
		}
	}
	return nil, Room{}, Account{}, ErrNoPairs
}

func (u *upheaval) suspend() (Upset, error) {
	t, _, a, err := u.someone()
	if err != nil {
		return Upset{}, err
	}
	err = t.ChangeAccount(a.ID, func(a *Account) { a.Suspended = true })
	return Upset{Tenant: t.Name, Subject: a.ID, Name: a.Name, Text: fmt.Sprintf("%s (%s) was suspended", a.Name, a.Address)}, err
}

// leave takes somebody out of a room; out of the whole team where the room is a
// standard channel, as that has the team's members.
func (u *upheaval) leave() (Upset, error) {
	t, room, a, err := u.someone()
	if err != nil {
		return Upset{}, err
	}
	left := []string{room.ID}
	if room.Group != "" && room.Kind == "channel" {
		left = nil
		for _, other := range t.Rooms() {
			if other.Group == room.Group {
				left = append(left, other.ID)
			}
		}
	}
	for _, id := range left {
		if err := t.Leave(id, a.ID); err != nil {
			return Upset{}, err
		}
	}
	return Upset{Tenant: t.Name, Subject: a.ID, Room: room.ID, Name: a.Name, Text: fmt.Sprintf("%s left %q", a.Name, room.Name)}, nil
}

// open makes a new pair of rooms with the members of one that is there. It is
// not added to the seeded pairs.
func (u *upheaval) open() (Upset, error) {
	pairs := u.world.Pairs()
	if len(pairs) == 0 {
		return Upset{}, ErrNoPairs
	}
	model := pairs[u.rng.IntN(len(pairs))]
	name := fmt.Sprintf("Task force %d", 100+u.rng.IntN(900))
	var upset Upset
	for _, tenant := range u.world.Tenants() {
		t := u.world.Tenant(tenant)
		room, ok := t.Room(model.Room[tenant])
		if !ok {
			return Upset{}, notThere("room", model.Room[tenant])
		}
		room.ID, room.Name, room.Description = googleSpaceID(u.rng), name, ""
		if room.Group != "" {
			room.ID = teamsChannelID(u.rng)
		}
		room.Created, room.Active = time.Time{}, t.World.Clock.Now()
		if err := t.PutRoom(room); err != nil {
			return Upset{}, err
		}
		if upset.Subject == "" {
			upset = Upset{Tenant: tenant, Subject: room.ID, Name: name, Text: fmt.Sprintf("%q was opened on both sides", name)}
		}
	}
	return upset, nil
}
