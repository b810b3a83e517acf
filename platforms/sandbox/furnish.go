package sandbox

import (
	"math/rand/v2"
	"slices"
	"time"
)

// furnishing is the rooms of a World in the making.
type furnishing struct {
	rooms [sides][]*Room
	pairs []Pair
}

// furnisher makes rooms and seats people in them.
type furnisher struct {
	furnishing
	rng   *rand.Rand
	names roomNames
	admin *person
	core  []*person        // on both sides without any doubt
	mixed []*person        // on both sides, but harder to match or unable to speak
	only  [sides][]*person // on one side
	guest []*person
	teams []*team
}

// team is a Microsoft team; its standard channels all have its members.
type team struct {
	id, name string
	people   []*person
	created  time.Time
}

// furnish makes n rooms a side. About 70 % of them are pairs of a space and a
// channel that belong together and can be linked, with somebody on each side who
// can speak; the others stand on one side
// only: each team's General, private and shared channels, rooms with a guest, a
// space with history off, an external one, and decoys with similar names.
func furnish(rng *rand.Rand, people []*person, admin *person, n int) furnishing {
	f := &furnisher{rng: rng, names: roomNames{rng: rng, used: map[string]bool{"general": true}}, admin: admin}
	f.sort(people)
	pairs := (n*7 + 5) / 10
	teams := max(1, (n+2)/5)
	f.found(teams, n)
	open := f.teams
	if f.partner() != nil {
		open = open[:len(open)-1]
	}
	for i := range pairs {
		f.pair(open[i%len(open)])
	}
	for i := range n - pairs {
		f.looseSpace(i)
	}
	for i := range n - pairs - teams {
		f.looseChannel(i)
	}
	return f.furnishing
}

func (f *furnisher) sort(people []*person) {
	for _, who := range people {
		m := who.accounts[onMicrosoft]
		switch {
		case m != nil && m.Guest:
			f.guest = append(f.guest, who)
		case who.clean:
			f.core = append(f.core, who)
		case who.both():
			f.mixed = append(f.mixed, who)
		case m != nil:
			f.only[onMicrosoft] = append(f.only[onMicrosoft], who)
		default:
			f.only[onGoogle] = append(f.only[onGoogle], who)
		}
	}
}

// partner is the team that works with guests, nil in a small World.
func (f *furnisher) partner() *team {
	if len(f.teams) < 3 || len(f.guest) == 0 {
		return nil
	}
	return f.teams[len(f.teams)-1]
}

// found makes the teams, each with its General channel.
func (f *furnisher) found(n, rooms int) {
	for i := range n {
		t := &team{id: guid(f.rng), name: numbered(teamNames[i%len(teamNames)], i/len(teamNames)+1), created: longAgo(f.rng)}
		f.teams = append(f.teams, t)
		t.people = f.recruit(f.teamSize(i))
		if t == f.partner() && i == n-1 {
			t.name = "Partner projects"
			t.people = append(t.people, f.sample(f.guest, 3)...)
			t.people = append(t.people, f.admin)
		}
		f.channel(t, "General", "channel", t.people)
	}
}

// teamSize is mostly between 4 and 40; a few teams are large.
func (f *furnisher) teamSize(i int) int {
	size := 4 + f.rng.IntN(9)
	switch {
	case i%20 == 7:
		size = 60 + f.rng.IntN(160)
	case f.rng.IntN(10) == 0:
		size = 25 + f.rng.IntN(16)
	case f.rng.IntN(3) == 0:
		size = 12 + f.rng.IntN(14)
	}
	return min(size, max(4, (len(f.core)+len(f.mixed))*2/3))
}

// recruit picks a team's people: at least three beyond doubt where there are
// as many, who come first, then some harder ones, and often someone who is not
// on Google at all.
func (f *furnisher) recruit(size int) []*person {
	people := f.sample(f.core, max(fewestPairFolk, size*4/5))
	people = append(people, f.sample(f.mixed, size-len(people))...)
	if len(people) == 0 || f.rng.IntN(10) < 7 {
		people = append(people, f.sample(f.only[onMicrosoft], 1+f.rng.IntN(2))...)
	}
	return f.voiced(people, onMicrosoft)
}

// voiced adds people who can speak on a side where none of these can: others of
// that side, or else the administrator.
func (f *furnisher) voiced(people []*person, side int) []*person {
	speaks := func(who *person) bool { return who.speaks(side) && !who.accounts[side].Guest }
	if slices.ContainsFunc(people, speaks) {
		return people
	}
	able := slices.DeleteFunc(slices.Concat(f.mixed, f.only[side]), func(who *person) bool { return !speaks(who) })
	if len(able) == 0 {
		able = []*person{f.admin}
	}
	return append(slices.Clip(people), f.sample(able, fewestPairFolk)...)
}

// sample picks up to n different people.
func (f *furnisher) sample(from []*person, n int) []*person {
	if n <= 0 {
		return nil
	}
	if n >= len(from) {
		return slices.Clone(from)
	}
	picked := make([]*person, 0, n)
	seen := make(map[int]bool, n)
	for len(picked) < n {
		if i := f.rng.IntN(len(from)); !seen[i] {
			seen[i] = true
			picked = append(picked, from[i])
		}
	}
	return picked
}

// pair makes a channel in the team and the space that belongs to it.
func (f *furnisher) pair(t *team) {
	spaceName, channelName := f.names.pair()
	channel := f.channel(t, channelName, "channel", t.people)
	var people []*person
	for i, who := range t.people {
		if i < fewestPairFolk || f.rng.IntN(10) > 0 {
			people = append(people, who)
		}
	}
	if f.rng.IntN(10) < 7 {
		people = append(people, f.sample(f.only[onGoogle], 1+f.rng.IntN(2))...)
	}
	space := f.space(spaceName, f.voiced(people, onGoogle))
	f.pairs = append(f.pairs, Pair{Name: channelName, Room: map[string]string{googleTenant: space.ID, microsoftTenant: channel.ID}})
}

// looseSpace makes a space that belongs to no channel.
func (f *furnisher) looseSpace(i int) {
	people := append(f.sample(f.core, 3+f.rng.IntN(10)), f.sample(f.only[onGoogle], 2)...)
	if i == 0 {
		people = append(people, f.admin)
	}
	name := f.names.single()
	if i >= 2 && i%2 == 0 {
		name = f.decoy(onGoogle)
	}
	space := f.space(name, people)
	space.HistoryOff = i%12 == 0
	space.External = i%12 == 1
}

// looseChannel makes a channel that belongs to no space.
func (f *furnisher) looseChannel(i int) {
	t := f.teams[i%len(f.teams)]
	switch i % 8 {
	case 0:
		people := append(f.sample(t.people, 4), f.admin)
		if f.partner() == nil {
			people = append(people, f.sample(f.guest, 1)...)
		}
		f.channel(t, f.names.single(), "private", people)
	case 1:
		f.channel(t, f.names.single(), "shared", slices.DeleteFunc(slices.Clone(t.people), isGuest))
	case 2, 5:
		f.channel(t, f.decoy(onMicrosoft), "channel", t.people)
	default:
		f.channel(t, f.names.single(), "channel", t.people)
	}
}

// isGuest: guests are not supported in shared channels.
func isGuest(who *person) bool {
	m := who.accounts[onMicrosoft]
	return m != nil && m.Guest
}

func (f *furnisher) decoy(side int) string {
	if len(f.pairs) == 0 {
		return f.names.single()
	}
	pair := f.pairs[f.rng.IntN(len(f.pairs))]
	id := pair.Room[[sides]string{googleTenant, microsoftTenant}[side]]
	for _, room := range f.rooms[side] {
		if room.ID == id {
			return f.names.decoy(room.Name)
		}
	}
	return f.names.single()
}

func (f *furnisher) space(name string, people []*person) *Room {
	r := &Room{ID: googleSpaceID(f.rng), Name: name, Kind: "space", Threaded: true, Created: longAgo(f.rng)}
	f.seat(r, onGoogle, people)
	return r
}

func (f *furnisher) channel(t *team, name, kind string, people []*person) *Room {
	created := t.created
	if name != "General" { // the first channel is as old as the team
		created = created.Add(time.Duration(f.rng.Int64N(int64(400 * 24 * time.Hour)))).Truncate(time.Millisecond)
	}
	r := &Room{ID: teamsChannelID(f.rng), Name: name, Kind: kind, Threaded: true, Group: t.id, GroupName: t.name, Created: created}
	f.seat(r, onMicrosoft, people)
	return r
}

// seat fills the room; its first person who can speak owns it.
func (f *furnisher) seat(r *Room, side int, people []*person) {
	r.Members = make(map[string]Membership, len(people))
	owned := false
	for _, who := range people {
		a := who.accounts[side]
		if a == nil {
			continue
		}
		joined := r.Created
		if a.Created.After(joined) {
			joined = a.Created
		}
		owner := !owned && who.speaks(side) && !a.Guest
		owned = owned || owner
		if _, in := r.Members[a.ID]; !in {
			r.Members[a.ID] = Membership{Owner: owner, Joined: joined}
		}
	}
	r.Active = r.Created.Add(time.Duration(f.rng.Int64N(int64(300 * 24 * time.Hour)))).Truncate(time.Millisecond)
	f.rooms[side] = append(f.rooms[side], r)
}
