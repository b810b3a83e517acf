package people

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"miohub/app/plan"
	"miohub/platforms"
	"miohub/platforms/sandbox"
)

func left(users ...platforms.User) Directory {
	return Directory{Tenant: platforms.Tenant{Platform: "google", ID: "G", Name: "Acme", Domains: []string{"acme.example", "both.example", "only-google.example", "Bücher.example"}}, Users: users}
}

func right(users ...platforms.User) Directory {
	return Directory{Tenant: platforms.Tenant{Platform: "microsoft", ID: "M", Name: "Acme", Domains: []string{"ACME.example", "both.example", "xn--bcher-kva.example"}}, Users: users}
}

func user(id, address string, more ...func(*platforms.User)) platforms.User {
	u := platforms.User{ID: platforms.UserID(id), Address: address, Kind: platforms.Member, State: platforms.Active, Licence: platforms.Licensed}
	for _, f := range more {
		f(&u)
	}
	return u
}

func login(a string) func(*platforms.User) { return func(u *platforms.User) { u.Login = a } }
func named(n string) func(*platforms.User) { return func(u *platforms.User) { u.Name = n } }
func staff(n string) func(*platforms.User) { return func(u *platforms.User) { u.EmployeeID = n } }
func guest(u *platforms.User)              { u.Kind = platforms.Guest }
func suspended(u *platforms.User)          { u.State = platforms.Suspended }
func deleted(u *platforms.User)            { u.State = platforms.Deleted }
func unlicensed(u *platforms.User)         { u.Licence = platforms.Unlicensed }
func also(a ...string) func(*platforms.User) {
	return func(u *platforms.User) { u.Addresses = append([]string{u.Address}, a...) }
}

// pairs writes matches down as "left=right rule", with "?" where a person has to look.
func pairs(m Matching) []string {
	var out []string
	for _, x := range m.Matches {
		s := fmt.Sprintf("%s=%s %s", x.Left.ID, x.Right.ID, x.Rule)
		if !x.Sure {
			s += "?"
		}
		if x.Sure != (x.Doubt == "") {
			s += " without a reason"
		}
		out = append(out, s)
	}
	return out
}

func ids(users []platforms.User) string {
	s := ""
	for _, u := range users {
		s += string(u.ID)
	}
	return s
}

func TestWhoIsWho(t *testing.T) {
	for _, c := range []struct {
		sentence    string
		left, right []platforms.User
		want        []string
		ambiguous   string // ids on the left, then on the right
	}{
		{"the same address is the same person", []platforms.User{user("l", "ana@acme.example")}, []platforms.User{user("r", "ana@acme.example")}, []string{"l=r primary"}, ""},
		{"case and international spelling do not matter", []platforms.User{user("l", " Ana@BÜCHER.example")}, []platforms.User{user("r", "ana@xn--bcher-kva.example")}, []string{"l=r primary"}, ""},
		{"a sign-in name counts as an address", []platforms.User{user("l", "ana@acme.example")}, []platforms.User{user("r", "ana.ortiz@acme.example", login("ana@acme.example"))}, []string{"l=r primary"}, ""},
		{"an alias of one is the address of the other", []platforms.User{user("l", "ana.roe@acme.example", also("ana@acme.example"))}, []platforms.User{user("r", "ana@acme.example")}, []string{"l=r alias"}, ""},
		{"an alias that both have", []platforms.User{user("l", "ana@acme.example", also("a@both.example"))}, []platforms.User{user("r", "ana.o@acme.example", also("a@both.example"))}, []string{"l=r alias"}, ""},
		{"an alias outside the common domains proves nothing", []platforms.User{user("l", "ana@acme.example", also("a@mail.example"))}, []platforms.User{user("r", "mallory@acme.example", also("a@mail.example"))}, []string{"l=r alias?"}, ""},
		{"a domain that only one has verified is never sure", []platforms.User{user("l", "ana@only-google.example")}, []platforms.User{user("r", "ana@only-google.example")}, []string{"l=r primary?"}, ""},
		{"an address is stronger than an alias", []platforms.User{user("l", "ana@acme.example")}, []platforms.User{user("r", "ana@acme.example"), user("s", "bo@acme.example", also("ana@acme.example"))}, []string{"l=r primary"}, ""},
		{"the same employee number is a suggestion", []platforms.User{user("l", "ana@acme.example", staff(" E7 "))}, []platforms.User{user("r", "ortiz@acme.example", staff("e7"))}, []string{"l=r employee?"}, ""},
		{"the same name is a suggestion", []platforms.User{user("l", "ana@acme.example", named("Ana  ORTIZ"))}, []platforms.User{user("r", "ortiz@acme.example", named("Ana Ortiz"))}, []string{"l=r name?"}, ""},
		{"a single word is no name to go by", []platforms.User{user("l", "a@acme.example", named("Reception"))}, []platforms.User{user("r", "r@acme.example", named("Reception"))}, nil, ""},
		{"a guest is never sure", []platforms.User{user("l", "ana@acme.example")}, []platforms.User{user("r", "ana@acme.example", guest)}, []string{"l=r primary?"}, ""},
		{"two of one name on the left", []platforms.User{user("k", "k@acme.example", named("Ana Ortiz")), user("l", "l@acme.example", named("Ana Ortiz"))}, []platforms.User{user("r", "r@acme.example", named("Ana Ortiz"))}, nil, "klr"},
		{"two of one name on the right", []platforms.User{user("l", "l@acme.example", named("Ana Ortiz"))}, []platforms.User{user("r", "r@acme.example", named("Ana Ortiz")), user("s", "s@acme.example", named("Ana Ortiz"))}, nil, "lrs"},
		{"mail and sign-in name point at two people", []platforms.User{user("k", "ana@acme.example"), user("l", "bo@acme.example")}, []platforms.User{user("r", "ana@acme.example", login("bo@acme.example"))}, nil, "klr"},
		{"a weaker rule never decides what a stronger left open", []platforms.User{user("k", "k@acme.example", also("x@acme.example"), named("Ana Ortiz")), user("l", "l@acme.example", also("x@acme.example"))}, []platforms.User{user("r", "x@acme.example", named("Ana Ortiz"))}, nil, "klr"},
		{"deleted accounts match nobody", []platforms.User{user("l", "ana@acme.example", deleted)}, []platforms.User{user("r", "ana@acme.example")}, nil, ""},
		{"suspended and unlicensed ones are known", []platforms.User{user("l", "ana@acme.example", suspended)}, []platforms.User{user("r", "ana@acme.example", unlicensed)}, []string{"l=r primary"}, ""},
		{"what is no address is nobody's", []platforms.User{user("l", "", named("")), user("m", "@acme.example")}, []platforms.User{user("r", ""), user("s", "@acme.example")}, nil, ""},
		{"a plus sign makes another address", []platforms.User{user("l", "ana+x@acme.example")}, []platforms.User{user("r", "ana@acme.example")}, nil, ""},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			m := Find(left(c.left...), right(c.right...), nil)
			if d := gocmp.Diff(c.want, pairs(m)); d != "" {
				t.Error(d)
			}
			if got := ids(m.AmbiguousL) + ids(m.AmbigR); got != c.ambiguous {
				t.Errorf("ambiguous %q, want %q", got, c.ambiguous)
			}
		})
	}
}

// crowd draws a directory in which addresses, aliases, numbers and names clash.
func crowd(side string) *rapid.Generator[[]platforms.User] {
	address := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "local") + "@" + rapid.SampledFrom([]string{"acme.example", "both.example", "mail.example"}).Draw(t, "domain")
	})
	return rapid.Custom(func(t *rapid.T) []platforms.User {
		var out []platforms.User
		for i := range rapid.IntRange(0, 7).Draw(t, "size") {
			u := user(fmt.Sprint(side, i), address.Draw(t, "address"))
			u.Login = rapid.OneOf(rapid.Just(""), address).Draw(t, "login")
			u.Addresses = rapid.SliceOfN(address, 0, 2).Draw(t, "aliases")
			u.EmployeeID = rapid.SampledFrom([]string{"", "", "1", "2"}).Draw(t, "number")
			u.Name = rapid.SampledFrom([]string{"", "Ana Ortiz", "Bo Lund"}).Draw(t, "name")
			u.Kind = rapid.SampledFrom([]platforms.UserKind{platforms.Member, platforms.Member, platforms.Guest}).Draw(t, "kind")
			u.State = rapid.SampledFrom([]platforms.UserState{platforms.Active, platforms.Active, platforms.Suspended, platforms.Deleted}).Draw(t, "state")
			out = append(out, u)
		}
		return out
	})
}

func TestFindIsSymmetricAndOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, r := left(crowd("l").Draw(t, "left")...), right(crowd("r").Draw(t, "right")...)
		taken := map[platforms.Ref]bool{}
		for _, u := range l.Users {
			taken[l.Ref(u.ID)] = rapid.Bool().Draw(t, "taken") && rapid.Bool().Draw(t, "really")
		}
		is := func(x platforms.Ref) bool { return taken[x] }
		there, back := Find(l, r, is), Find(r, l, is)
		turned := slices.Clone(back.Matches)
		for i := range turned {
			turned[i].Left, turned[i].Right = turned[i].Right, turned[i].Left
		}
		slices.SortFunc(turned, func(a, b Match) int {
			return cmp.Or(cmp.Compare(a.Left.Address, b.Left.Address), cmp.Compare(a.Left.ID, b.Left.ID))
		})
		if d := gocmp.Diff(there.Matches, turned); d != "" && len(there.Matches)+len(turned) > 0 {
			t.Fatalf("not symmetric:\n%s", d)
		}
		seen := map[platforms.UserID]int{}
		for _, m := range there.Matches {
			seen[m.Left.ID]++
			seen[m.Right.ID]++
			if m.Left.State == platforms.Deleted || m.Right.State == platforms.Deleted {
				t.Fatalf("a deleted account matches: %+v", m)
			}
		}
		for _, rest := range [][]platforms.User{there.Left, there.Right, there.AmbiguousL, there.AmbigR} {
			for _, u := range rest {
				seen[u.ID]++
			}
		}
		for _, d := range []Directory{l, r} {
			for _, u := range d.Users {
				want := 1
				if u.State == platforms.Deleted || taken[d.Ref(u.ID)] {
					want = 0
				}
				if seen[u.ID] != want {
					t.Fatalf("%s is in the outcome %d times, want %d", u.ID, seen[u.ID], want)
				}
			}
		}
	})
}

// apply does to stored links what the actions say.
func apply(links []Link, actions []plan.Action) []Link {
	out := slices.Clone(links)
	for _, a := range actions {
		i := slices.IndexFunc(out, func(l Link) bool { return l.Left == a.Left && l.Right == a.Right })
		if i < 0 {
			out = append(out, Link{Left: a.Left, Right: a.Right})
			i = len(out) - 1
		}
		out[i].Withdrawn = a.After == "withdrawn"
	}
	return out
}

func TestAPlanThatWasAppliedLeavesNothingToDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, r := left(crowd("l").Draw(t, "left")...), right(crowd("r").Draw(t, "right")...)
		var links []Link
		for round := range 3 {
			actions := Plan(l, r, links)
			links = apply(links, actions)
			if again := Plan(l, r, links); len(again) > 0 {
				t.Fatalf("round %d: %+v", round, again)
			}
			linked := map[platforms.Ref]bool{}
			for _, link := range links {
				if !link.Withdrawn && (linked[link.Left] || linked[link.Right]) {
					t.Fatalf("an account is linked twice: %+v", links)
				}
				linked[link.Left] = linked[link.Left] || !link.Withdrawn
				linked[link.Right] = linked[link.Right] || !link.Withdrawn
			}
			for i := range l.Users { // the next round: others are suspended, deleted, back
				l.Users[i].State = rapid.SampledFrom([]platforms.UserState{platforms.Active, platforms.Suspended, platforms.Deleted}).Draw(t, "later")
			}
		}
	})
}

func TestThePlanFollowsWhatBecomesOfPeople(t *testing.T) {
	link := Link{Left: left().Ref("l"), Right: right().Ref("r")}
	withdrawn := link
	withdrawn.Withdrawn = true
	a, b := user("l", "ana@acme.example"), user("r", "ana@acme.example")
	for _, c := range []struct {
		sentence    string
		left, right []platforms.User
		links       []Link
		want        []plan.Verb
	}{
		{"nothing changed", []platforms.User{a}, []platforms.User{b}, []Link{link}, nil},
		{"suspended on one side", []platforms.User{user("l", "ana@acme.example", suspended)}, []platforms.User{b}, []Link{link}, []plan.Verb{plan.Withdraw}},
		{"deleted on the other", []platforms.User{a}, []platforms.User{user("r", "ana@acme.example", deleted)}, []Link{link}, []plan.Verb{plan.Withdraw}},
		{"gone from the directory", []platforms.User{a}, nil, []Link{link}, []plan.Verb{plan.Withdraw}},
		{"still suspended", []platforms.User{user("l", "ana@acme.example", suspended)}, []platforms.User{b}, []Link{withdrawn}, nil},
		{"active again", []platforms.User{a}, []platforms.User{b}, []Link{withdrawn}, []plan.Verb{plan.Restore}},
		{"deleted and made anew between two looks", []platforms.User{a}, []platforms.User{user("new", "ana@acme.example")}, []Link{link}, []plan.Verb{plan.Withdraw, plan.LinkPeople}},
		{"made anew under another id", []platforms.User{a}, []platforms.User{user("new", "ana@acme.example")}, []Link{withdrawn}, []plan.Verb{plan.LinkPeople}},
		{"the old account comes back beside the new one", []platforms.User{a}, []platforms.User{b, user("new", "ana@acme.example")}, []Link{withdrawn, {Left: link.Left, Right: right().Ref("new")}}, nil},
		{"the stored link is the other way round", []platforms.User{a}, []platforms.User{b}, []Link{{Left: link.Right, Right: link.Left}}, nil},
		{"the link is another tenant's", []platforms.User{user("x", "x@acme.example")}, nil, []Link{{Left: platforms.Ref{Platform: "google", Tenant: "other", ID: "x"}, Right: link.Right}}, nil},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			var got []plan.Verb
			for _, act := range Plan(left(c.left...), right(c.right...), c.links) {
				got = append(got, act.Verb)
				if act.Reason == "" || act.Undo == "" || act.Title == "" || act.Before == act.After {
					t.Errorf("an action that says too little: %+v", act)
				}
			}
			if d := gocmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhoMayNotSpeakIsLinkedWithdrawn(t *testing.T) {
	got := Plan(left(user("l", "ana@acme.example")), right(user("r", "ana@acme.example", suspended)), nil)
	if len(got) != 1 || got[0].After != "withdrawn" {
		t.Errorf("%+v", got)
	}
	guests := Plan(left(user("l", "ana@acme.example")), right(user("r", "ana@acme.example", guest)), nil)
	if len(guests) != 1 || guests[0].Risk != plan.RiskHigh {
		t.Errorf("%+v", guests)
	}
}

func TestNoSureMatchIsEverWrong(t *testing.T) {
	for seed := uint64(1); seed <= 12; seed++ {
		w := sandbox.New(sandbox.Size{Seed: seed, People: 240, Rooms: 5})
		human := map[platforms.Ref]string{}
		directory := func(name string) Directory {
			tenant := w.Tenant(name)
			d := Directory{Tenant: platforms.Tenant{Platform: platforms.ID(name), ID: platforms.TenantID(tenant.ID), Domains: tenant.Domains}}
			for _, a := range tenant.Accounts() {
				u := user(a.ID, a.Address, login(a.Login), named(a.Name), staff(a.EmployeeID), also(a.Aliases...))
				if a.Guest {
					guest(&u)
				}
				if a.Suspended {
					suspended(&u)
				}
				if !a.Deleted.IsZero() {
					deleted(&u)
				}
				d.Users = append(d.Users, u)
				human[d.Ref(u.ID)] = a.Human
			}
			return d
		}
		g, m := directory("google"), directory("microsoft")
		found := Find(g, m, nil)
		sure := 0
		for _, match := range found.Matches {
			if !match.Sure {
				continue
			}
			sure++
			if h := human[g.Ref(match.Left.ID)]; h == "" || h != human[m.Ref(match.Right.ID)] {
				t.Errorf("seed %d: %s and %s are not one person (%s)", seed, match.Left.Address, match.Right.Address, match.Rule)
			}
		}
		if sure < 100 {
			t.Errorf("seed %d: %d sure matches only", seed, sure)
		}
	}
}
