package audit

import (
	"strings"
	"testing"
	"time"

	"miohub/platforms/sandbox"
)

// kinds are what an audit found, by kind.
func kinds(r Report) map[Kind]int {
	found := map[Kind]int{}
	for _, f := range r.Findings {
		found[f.Kind]++
	}
	return found
}

// Whom a copy mentions and where its link leads is part of its form.
func TestAuditFindsWrongMentionsAndLinks(t *testing.T) {
	for _, tenant := range []string{google, microsoft} {
		s := newStage(t)
		to := other(tenant)
		here, there := s.people(tenant, true), s.people(to, true)
		body := sandbox.Body{{Kind: "p", Runs: []sandbox.Run{
			{Text: here[1].Name, Mention: here[1].ID}, {Text: " knows "}, {Text: "where", Link: "https://acme.example/a"},
		}}}
		mention, link := s.say(tenant, here[0], "", body), s.say(tenant, here[0], "", body)
		if before := s.audit(); !before.OK() {
			t.Fatalf("before: %+v", before.Findings)
		}
		right := s.comparison().counterpart(tenant, here[1].ID)
		wrong := there[0]
		if wrong.ID == right {
			wrong = there[1]
		}
		s.tamper(mention, func(m *sandbox.Message) {
			runs := m.Body[len(m.Body)-1].Runs
			runs[0].Mention, runs[0].Text = wrong.ID, wrong.Name
		})
		s.tamper(link, func(m *sandbox.Message) { m.Body[len(m.Body)-1].Runs[2].Link = "https://acme.example/b" })
		if report := s.audit(); kinds(report)[Format] != 2 || len(report.Findings) != 2 {
			t.Errorf("%s: findings %+v, want two of form", tenant, report.Findings)
		}
	}
}

// Replies to a message taken back stay in one thread, and in no other's.
func TestAuditFindsRepliesAstrayFromAThreadThatLostItsBeginning(t *testing.T) {
	s := newStage(t)
	who := s.people(google, true)[0]
	gone, stays := s.say(google, who, "", sandbox.Text("Ref to be taken back")), s.say(google, who, "", sandbox.Text("this stays"))
	s.say(google, who, gone, sandbox.Text("first answer"))
	second := s.say(google, who, gone, sandbox.Text("second answer"))
	s.must(s.w.Retract(google, s.pair.Room[google], strings.TrimPrefix(gone, google+"/")))
	s.must(s.w.Tenant(microsoft).DeleteMessage(s.pair.Room[microsoft], s.copies[gone]))
	if before := s.audit(); !before.OK() || before.Deletes != 1 {
		t.Fatalf("before: %+v", before)
	}
	m, _ := s.w.Tenant(microsoft).Message(s.pair.Room[microsoft], s.copies[second])
	s.must(s.w.Tenant(microsoft).DeleteMessage(m.Room, m.ID))
	m.ID, m.Root = s.newID[microsoft](), s.copies[stays]
	_, err := s.w.Tenant(microsoft).Post(m)
	s.must(err)
	if report := s.audit(); kinds(report)[Parent] == 0 {
		t.Errorf("findings %+v, want one of place", report.Findings)
	}
}

// The order of a room is that of all its messages, whatever their threads.
func TestAuditFindsReplyCarriedBeforeAnEarlierRoot(t *testing.T) {
	s := newStage(t)
	who := s.people(google, true)[0]
	root := s.say(google, who, "", sandbox.Text("one"))
	earlier, err := s.w.Say(google, s.pair.Room[google], who.ID, "", s.newID[google](), sandbox.Text("two"))
	s.must(err)
	s.say(google, who, root, sandbox.Text("an answer to one"))
	s.copy(google, who, earlier, "")
	if report := s.audit(); report.Reordered != 1 || kinds(report)[Swap] != 1 {
		t.Errorf("%d reordered, findings %+v", report.Reordered, report.Findings)
	}
}

// A post that readers see only later is found as well.
func TestAuditWaitsForWhatShowsLate(t *testing.T) {
	s := newStage(t)
	who := s.people(google, true)[0]
	said := s.say(google, who, "", sandbox.Text("only once, please"))
	if before := s.audit(); !before.OK() {
		t.Fatalf("before: %+v", before.Findings)
	}
	m, _ := s.w.Tenant(microsoft).Message(s.pair.Room[microsoft], s.copies[said])
	m.ID, m.Root = s.newID[microsoft](), ""
	_, err := s.w.Tenant(microsoft).Post(m)
	s.must(err)
	s.in.Settle = 500 * time.Millisecond
	report, err := Audit(t.Context(), s.in)
	s.must(err)
	if report.Duplicated != 1 {
		t.Errorf("findings %+v, want one double", report.Findings)
	}
}

// "This message was deleted." stands for a message only where Google must keep
// the head of a thread: nowhere in Teams, and not without replies.
func TestAuditFindsAnEmptiedCopyThatCouldHaveGone(t *testing.T) {
	for _, tenant := range []string{google, microsoft} {
		s := newStage(t)
		root := s.say(tenant, s.people(tenant, true)[0], "", sandbox.Text("wrong room"))
		s.tamper(root, func(m *sandbox.Message) {
			m.Body[len(m.Body)-1] = sandbox.Block{Kind: "p", Runs: []sandbox.Run{{Text: "This message was deleted.", Italic: true}}}
		})
		s.must(s.w.Retract(tenant, s.pair.Room[tenant], strings.TrimPrefix(root, tenant+"/")))
		if report := s.audit(); report.OK() {
			t.Errorf("said in %s: an emptied copy stands, and nobody minds", tenant)
		}
	}
}
