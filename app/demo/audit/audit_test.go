package audit

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"miohub/platforms"
	googleplatform "miohub/platforms/google"
	microsoftplatform "miohub/platforms/microsoft"
	"miohub/platforms/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is a World served, with a bridge that never errs: it writes copies
// straight into the World.
type stage struct {
	t    *testing.T
	w    *sandbox.World
	in   In
	pair sandbox.Pair
	// newID makes message ids, by tenant.
	newID map[string]func() string
	// copies are the ids of copies by tenant/id of what was said.
	copies    map[string]string
	emulators map[string]*sandbox.Emulator
}

func newStage(t *testing.T) *stage {
	t.Helper()
	w := sandbox.New(sandbox.Size{Seed: 11, People: 60, Rooms: 6, Speed: 100})
	g, err := googleplatform.Platform().Sandbox(w)
	if err != nil {
		t.Fatal(err)
	}
	m, err := microsoftplatform.Platform().Sandbox(w)
	if err != nil {
		t.Fatal(err)
	}
	running, err := sandbox.Serve(context.Background(), w, g, m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(running.Close)
	var scopes []string
	for _, grant := range googleplatform.Platform().Grants {
		if grant.Kind == platforms.Delegation {
			scopes = append(scopes, grant.Scope)
		}
	}
	g.Delegate(scopes)
	s := &stage{
		t: t, w: w, copies: map[string]string{},
		newID:     map[string]func() string{google: g.NewMessageID, microsoft: m.NewMessageID},
		emulators: map[string]*sandbox.Emulator{google: g, microsoft: m},
		in:        In{World: w, Matched: map[string]string{}},
	}
	s.in.Google, s.in.GoogleFiles = g.Describe()
	s.in.Microsoft, _ = m.Describe()
	people := map[string]string{}
	for _, a := range w.Tenant(google).Accounts() {
		people[a.Human] = a.ID
	}
	for _, a := range w.Tenant(microsoft).Accounts() {
		if id := people[a.Human]; id != "" && a.Human != "" {
			s.in.Matched[id] = a.ID
		}
	}
	s.pair = w.Pairs()[0]
	for tenant, id := range map[string]string{google: "117000000000000000117", microsoft: "11711711-0000-4000-8000-000000000117"} {
		t := w.Tenant(tenant)
		s.must(t.PutAccount(sandbox.Account{ID: id, Address: "zoe.solo@" + t.Domains[0], Given: "Zoë", Family: "Solo", Name: "Zoë Solo", Licensed: true}))
		s.must(t.Join(s.pair.Room[tenant], id, sandbox.Membership{}))
	}
	s.in.Pairs = []sandbox.Pair{s.pair}
	// Teams is read as the bridge, which must sit in the room.
	bridge := w.Tenant(microsoft).Bridge
	s.must(w.Tenant(microsoft).Join(s.pair.Room[microsoft], bridge, sandbox.Membership{}))
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// comparison knows who is whom.
func (s *stage) comparison() *comparison {
	back := map[string]string{}
	for g, m := range s.in.Matched {
		back[m] = g
	}
	return &comparison{in: s.in, back: back, pair: s.pair}
}

// people are the members of the pair's room who can speak: with a counterpart
// who sits in the other room, or without one.
func (s *stage) people(tenant string, matched bool) []sandbox.Account {
	c := s.comparison()
	var out []sandbox.Account
	t := s.w.Tenant(tenant)
	for _, id := range t.MembersOf(s.pair.Room[tenant]) {
		a, ok := t.Account(id)
		if !ok || a.Suspended || !a.Licensed || a.Guest || id == t.Bridge {
			continue
		}
		as := c.counterpart(tenant, id)
		if matched && as != "" && c.present(other(tenant), as) || !matched && as == "" {
			out = append(out, a)
		}
	}
	return out
}

// say says something and has it copied. root is "tenant/id" of what is answered,
// "" for a new thread.
func (s *stage) say(tenant string, author sandbox.Account, root string, body sandbox.Body) string {
	s.t.Helper()
	here := root
	if root != "" {
		if here, _ = strings.CutPrefix(root, tenant+"/"); here == root {
			here = s.copies[root] // it was said on the other side
		}
	}
	m, err := s.w.Say(tenant, s.pair.Room[tenant], author.ID, here, s.newID[tenant](), body)
	s.must(err)
	s.copy(tenant, author, m, root)
	return tenant + "/" + m.ID
}

func (s *stage) copy(tenant string, author sandbox.Account, m sandbox.Message, root string) {
	s.t.Helper()
	to := other(tenant)
	c := sandbox.Message{ID: s.newID[to](), Room: s.pair.Room[to], Body: s.carried(tenant, author, m.Body)}
	c.Author = s.signer(tenant, author)
	if root != "" {
		id, own := strings.CutPrefix(root, to+"/")
		if c.Root = id; !own {
			c.Root = s.copies[root]
		}
	}
	p, err := s.w.Tenant(to).Post(c)
	s.must(err)
	s.copies[tenant+"/"+m.ID] = p.ID
}

// signer is who posts a copy.
func (s *stage) signer(tenant string, author sandbox.Account) string {
	if tenant == google {
		return s.w.Tenant(microsoft).Bridge
	}
	for g, m := range s.in.Matched {
		if m == author.ID {
			return g
		}
	}
	return "app:117"
}

// carried is a body as it stands on the other side.
func (s *stage) carried(tenant string, author sandbox.Account, body sandbox.Body) sandbox.Body {
	c := s.comparison()
	runs := func(list []sandbox.Run) []sandbox.Run {
		out := append([]sandbox.Run(nil), list...)
		for i, r := range out {
			if r.Mention == "" {
				continue
			}
			out[i] = sandbox.Run{Text: r.Text, Mention: c.counterpart(tenant, r.Mention)}
			if out[i].Mention == "" {
				out[i].Bold = true
			}
		}
		return out
	}
	var blocks func(sandbox.Body) sandbox.Body
	blocks = func(b sandbox.Body) sandbox.Body {
		var out sandbox.Body
		for _, block := range b {
			block.Runs, block.Body = runs(block.Runs), blocks(block.Body)
			items := block.Items
			block.Items = nil
			for _, item := range items {
				block.Items = append(block.Items, runs(item))
			}
			out = append(out, block)
		}
		return out
	}
	out := blocks(body)
	if tenant == google {
		return append(labelOf(author.Name, googleLabel), out...)
	}
	if !strings.HasPrefix(s.signer(tenant, author), "app:") {
		return out
	}
	return append(labelOf(author.Name, microsoftLabel), out...)
}

func labelOf(name, origin string) sandbox.Body {
	return sandbox.Body{{Kind: "p", Runs: []sandbox.Run{{Text: name, Bold: true}, {Text: " (" + origin + ")"}}}}
}

// conversation fills the rooms with everything an audit looks at.
func (s *stage) conversation() {
	s.t.Helper()
	for _, tenant := range []string{google, microsoft} {
		matched, alone := s.people(tenant, true), s.people(tenant, false)
		who := sandbox.Run{Text: matched[0].Name, Mention: matched[0].ID}
		nobody := sandbox.Run{Text: alone[0].Name, Mention: alone[0].ID}
		for i, body := range sandbox.Hard(who) {
			s.say(tenant, append(matched, alone...)[i%(len(matched)+len(alone))], "", body)
		}
		root := s.say(tenant, matched[0], "", sandbox.Body{{Kind: "p", Runs: []sandbox.Run{{Text: "Hello "}, nobody, {Text: ", ok?"}}}})
		s.say(tenant, alone[0], root, sandbox.Text("ok"))
		s.say(tenant, alone[0], root, sandbox.Text("ok"))
		s.say(other(tenant), s.people(other(tenant), true)[0], root, sandbox.Text("From the other side"))

		room := s.pair.Room[tenant]
		edited := strings.TrimPrefix(s.say(tenant, matched[0], "", sandbox.Text("first thought")), tenant+"/")
		s.must(s.w.Correct(tenant, room, edited, sandbox.Text("second thought")))
		s.tamper(tenant+"/"+edited, func(m *sandbox.Message) { m.Body = s.carried(tenant, matched[0], sandbox.Text("second thought")) })
		taken := strings.TrimPrefix(s.say(tenant, matched[0], "", sandbox.Text("wrong room")), tenant+"/")
		s.must(s.w.Retract(tenant, room, taken))
		s.must(s.w.Tenant(other(tenant)).DeleteMessage(s.pair.Room[other(tenant)], s.copies[tenant+"/"+taken]))
	}
}

// tamper changes the copy of what was said.
func (s *stage) tamper(said string, f func(*sandbox.Message)) {
	s.t.Helper()
	tenant, _, _ := strings.Cut(said, "/")
	to := other(tenant)
	_, err := s.w.Tenant(to).EditMessage(s.pair.Room[to], s.copies[said], f)
	s.must(err)
}

func (s *stage) audit() Report {
	s.t.Helper()
	s.w.Clock.Advance(time.Minute) // every post is shown by now
	report, err := Audit(context.Background(), s.in)
	s.must(err)
	if report.Delivered+report.Lost != report.Said {
		s.t.Errorf("delivered %d + lost %d is not said %d", report.Delivered, report.Lost, report.Said)
	}
	return report
}

func TestAuditOfATrueBridge(t *testing.T) {
	s := newStage(t)
	s.conversation()
	report := s.audit()
	for _, f := range report.Findings {
		t.Errorf("%+v", f)
	}
	if want := len(s.w.Truth()); report.Said != want || report.Delivered != want {
		t.Errorf("said %d, delivered %d, want both %d", report.Said, report.Delivered, want)
	}
	if report.Edits != 2 || report.Deletes != 2 || report.Replies != 6 {
		t.Errorf("edits %d, deletes %d, replies %d, want 2, 2, 6", report.Edits, report.Deletes, report.Replies)
	}
}

func TestAuditFindsTampering(t *testing.T) {
	for _, tenant := range []string{google, microsoft} {
		to := other(tenant)
		for _, tt := range []struct {
			kind   Kind
			tamper func(s *stage, said []string)
			check  func(Report) int // the report's own number for it
		}{
			{Lose, func(s *stage, said []string) {
				s.must(s.w.Tenant(to).DeleteMessage(s.pair.Room[to], s.copies[said[0]]))
			}, func(r Report) int { return r.Lost }},
			{Double, func(s *stage, said []string) {
				m, _ := s.w.Tenant(to).Message(s.pair.Room[to], s.copies[said[0]])
				m.ID, m.Root = s.newID[to](), ""
				_, err := s.w.Tenant(to).Post(m)
				s.must(err)
			}, func(r Report) int { return r.Duplicated }},
			{Swap, func(s *stage, said []string) {
				a, _ := s.w.Tenant(to).Message(s.pair.Room[to], s.copies[said[4]])
				b, _ := s.w.Tenant(to).Message(s.pair.Room[to], s.copies[said[1]])
				s.tamper(said[4], func(m *sandbox.Message) { m.Body = b.Body })
				s.tamper(said[1], func(m *sandbox.Message) { m.Body = a.Body })
			}, func(r Report) int { return r.Reordered }},
			{Edit, func(s *stage, said []string) {
				s.tamper(said[0], func(m *sandbox.Message) { m.Body[len(m.Body)-1].Runs[0].Text = "We ship on Tuesday." })
			}, nil},
			{Author, func(s *stage, said []string) {
				s.tamper(said[2], func(m *sandbox.Message) {
					m.Author = strings.Replace(m.Author, "app:", "app:2", 1)
					m.Body[0].Runs[0].Text = "Somebody Else"
				})
			}, nil},
			{Format, func(s *stage, said []string) {
				s.tamper(said[0], func(m *sandbox.Message) { m.Body[len(m.Body)-1].Runs[0].Bold = true })
			}, nil},
			{Delete, func(s *stage, said []string) {
				s.must(s.w.Retract(tenant, s.pair.Room[tenant], strings.TrimPrefix(said[0], tenant+"/")))
			}, nil},
			{Parent, func(s *stage, said []string) {
				m, _ := s.w.Tenant(to).Message(s.pair.Room[to], s.copies[said[3]])
				s.must(s.w.Tenant(to).DeleteMessage(s.pair.Room[to], m.ID))
				m.ID, m.Root = s.newID[to](), s.copies[said[1]]
				_, err := s.w.Tenant(to).Post(m)
				s.must(err)
			}, nil},
		} {
			t.Run(fmt.Sprintf("%s/%s", tenant, tt.kind), func(t *testing.T) {
				s := newStage(t)
				matched, alone := s.people(tenant, true), s.people(tenant, false)
				say := func(author sandbox.Account, root, text string) string {
					return s.say(tenant, author, root, sandbox.Text(text))
				}
				said := []string{say(matched[0], "", "We ship on Monday."), say(matched[0], "", "Which Monday?")}
				next := say(matched[0], "", "Good.")
				said = append(said, say(alone[0], "", "The next one."), say(alone[0], said[0], "Agreed."), next)
				if before := s.audit(); !before.OK() {
					t.Fatalf("before: %+v", before.Findings)
				}
				tt.tamper(s, said)
				report := s.audit()
				found := map[Kind]int{}
				for _, f := range report.Findings {
					found[f.Kind]++
				}
				if len(report.Findings) != 1 || found[tt.kind] != 1 {
					t.Errorf("findings %+v, want one %q", report.Findings, tt.kind)
				}
				if tt.check != nil && tt.check(report) != 1 {
					t.Errorf("the report counts %d, want 1: %+v", tt.check(report), report)
				}
			})
		}
	}
}

// Google empties a message that has replies instead of deleting it.
func TestAuditAcceptsAnEmptiedThread(t *testing.T) {
	s := newStage(t)
	who := s.people(microsoft, true)[0]
	root := s.say(microsoft, who, "", sandbox.Text("wrong room"))
	s.say(google, s.people(google, true)[0], root, sandbox.Text("indeed"))
	s.tamper(root, func(m *sandbox.Message) {
		m.Body = sandbox.Body{{Kind: "p", Runs: []sandbox.Run{{Text: "This message was deleted.", Italic: true}}}}
	})
	if report := s.audit(); report.OK() {
		t.Error("a message that was not taken back is gone, and nobody minds")
	}
	s.must(s.w.Retract(microsoft, s.pair.Room[microsoft], strings.TrimPrefix(root, microsoft+"/")))
	if report := s.audit(); !report.OK() || report.Deletes != 1 || report.Delivered != 2 {
		t.Errorf("%+v", report.Findings)
	}
}

func TestAuditJoinsParts(t *testing.T) {
	s := newStage(t)
	author := s.people(google, false)[0]
	text := strings.Repeat("All work and no play. ", 20)
	body := sandbox.Body{{Kind: "p", Runs: []sandbox.Run{{Text: text}, {Text: "The end", Bold: true}}}}
	_, err := s.w.Say(google, s.pair.Room[google], author.ID, "", s.newID[google](), body)
	s.must(err)
	for _, part := range []sandbox.Body{sandbox.Text(text[:100]), sandbox.Text(text[100:300]), {{Kind: "p", Runs: []sandbox.Run{{Text: text[300:]}, {Text: "The end", Bold: true}}}}} {
		_, err := s.w.Tenant(microsoft).Post(sandbox.Message{
			ID: s.newID[microsoft](), Room: s.pair.Room[microsoft], Author: s.w.Tenant(microsoft).Bridge,
			Body: append(labelOf(author.Name, googleLabel), part...),
		})
		s.must(err)
	}
	if report := s.audit(); !report.OK() || report.Delivered != 1 {
		t.Errorf("%+v", report)
	}
}

func TestEvidence(t *testing.T) {
	s := newStage(t)
	author := s.people(google, true)[0]
	s.say(google, author, "", sandbox.Text("one"))
	s.say(google, author, "", sandbox.Text("two <three>"))
	dir := filepath.Join(t.TempDir(), "evidence")
	s.must(s.audit().Evidence(dir))
	for name, want := range map[string]int{"said.jsonl": 2, "google.jsonl": 2, "microsoft.jsonl": 2} {
		file, err := os.Open(filepath.Join(dir, name))
		s.must(err)
		defer file.Close()
		n := 0
		for lines := bufio.NewScanner(file); lines.Scan(); n++ {
			var line struct{ ID, Pair, Room, Author, Time, Thread, Text, Content string }
			s.must(json.Unmarshal(lines.Bytes(), &line))
			if len(line.Time) != len("2026-01-02T15:04:05.678Z") {
				t.Errorf("%s: the time %q does not sort as text", name, line.Time)
			}
			if line.ID == "" || line.Pair != s.pair.Name || line.Room == "" || line.Author == "" || line.Thread == "" || line.Text+line.Content == "" {
				t.Errorf("%s: %s lacks something", name, lines.Text())
			}
		}
		if n != want {
			t.Errorf("%s has %d lines, want %d", name, n, want)
		}
	}
}

func TestEvidenceThatCannotBeWrittenIsToldAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Writable(filepath.Join(file, "evidence")); err == nil {
		t.Error("a folder below a file is writable")
	}
	dir := filepath.Join(t.TempDir(), "new")
	if err := Writable(dir); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestOutOfOrder(t *testing.T) {
	for _, tt := range []struct {
		list []int
		want string
	}{
		{nil, "[]"}, {[]int{1, 2, 3}, "[]"}, {[]int{2, 1, 3}, "[0]"}, {[]int{1, 9, 2, 3}, "[1]"}, {[]int{5, 1, 2, 3, 4}, "[0]"}, {[]int{3, 2, 1}, "[0 1]"},
	} {
		if got := fmt.Sprint(outOfOrder(tt.list)); got != tt.want {
			t.Errorf("outOfOrder(%v) = %s, want %s", tt.list, got, tt.want)
		}
	}
}
