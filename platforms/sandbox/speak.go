package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// utterance is what is about to be said in one turn.
type utterance struct {
	author, root string
	who          Run
	line         Line          // zero for what is not a line of a conversation
	talk         *Conversation // of which line is the first
	body         Body
	pick         uint64 // a random number
}

// say plays one turn. Every turn has random numbers of its own, so that what
// one depends on does not change the others.
func (c *conversing) say(i int, turn Turn) error {
	sides := c.places[turn.Pair]
	p := sides[turn.Side%len(sides)]
	u, err := c.compose(rand.New(rand.NewPCG(c.opt.Seed, uint64(i))), turn, p)
	if err != nil {
		return err
	}
	m, err := c.world.Say(p.tenant.Name, p.room, u.author, u.root, c.newID(p), u.body)
	if err != nil {
		return fmt.Errorf("say in %s room %q: %w", p.tenant.Name, p.room, err)
	}
	if u.talk != nil {
		p.threads[m.ID] = &thread{talk: *u.talk, next: 1}
	}
	for _, r := range turn.Changes {
		c.due[i+r.After] = append(c.due[i+r.After], change{Rethink: r, place: p, id: m.ID, line: u.line, who: u.who, pick: u.pick})
	}
	if c.opt.OnSaid != nil {
		c.opt.OnSaid(Said{Tenant: p.tenant.Name, Room: p.room, ID: m.ID, Root: m.Root, Author: u.author, Time: m.Created, Version: 1, Body: u.body})
	}
	return nil
}

func (c *conversing) compose(rng *rand.Rand, turn Turn, p *place) (utterance, error) {
	u := utterance{pick: rng.Uint64()}
	var err error
	if u.author, err = p.speaker(); err != nil {
		return u, err
	}
	u.who = p.colleague(rng, u.author)
	if turn.Reply {
		u.root = p.rootToAnswer(rng)
	}
	switch {
	case u.root == "" && turn.deleted():
		u.body = Text(fmt.Sprintf(misplaced[u.pick%uint64(len(misplaced))], 100000+rng.IntN(900000)))
	case rng.IntN(100) < hardPercent:
		u.body = c.nextHard(u.who)
	case u.root != "":
		u.line = p.answer(u.root, u.pick)
		u.body = u.line.body(u.line.Say, u.who)
	default:
		u.talk = &c.talks[c.perPair[turn.Pair]%len(c.talks)]
		c.perPair[turn.Pair]++
		u.line = u.talk.Lines[0]
		u.body = u.line.body(u.line.Say, u.who)
	}
	return u, nil
}

// hardPercent is how many of the messages are hard on converters.
const hardPercent = 35

func (c *conversing) nextHard(who Run) Body {
	hard := Hard(who)
	c.hard++
	return hard[c.hard%len(hard)]
}

// speaker is the next person who can speak in the room now.
func (p *place) speaker() (string, error) {
	for range p.speakers {
		id := p.speakers[p.next%len(p.speakers)]
		p.next++
		if a, ok := p.tenant.Account(id); ok && a.canSpeak() && p.tenant.InRoom(p.room, id) {
			return id, nil
		}
	}
	return "", fmt.Errorf("nobody in %s room %q can speak", p.tenant.Name, p.room)
}

// colleague is a mention of another member; of nobody where there is none.
func (p *place) colleague(rng *rand.Rand, author string) Run {
	others := slices.DeleteFunc(slices.Clone(p.members), func(id string) bool { return id == author })
	if len(others) > 0 {
		if a, ok := p.tenant.Account(others[rng.IntN(len(others))]); ok {
			return Run{Text: a.Name, Mention: a.ID}
		}
	}
	return Run{Text: "everybody"}
}

// rootToAnswer picks a thread of the room, a late one more often, whoever began
// it. Messages that will be taken back are left alone, their copies as well.
func (p *place) rootToAnswer(rng *rand.Rand) string {
	var roots []string
	for _, m := range p.tenant.Messages(p.room) {
		if m.ID == m.Root && m.Deleted.IsZero() && !isMisplaced(m.Wire) && !isMisplaced(m.Body.Plain()) {
			roots = append(roots, m.ID)
		}
	}
	if len(roots) == 0 {
		return ""
	}
	if late := 6; len(roots) > late && rng.IntN(10) < 7 {
		roots = roots[len(roots)-late:]
	}
	return roots[rng.IntN(len(roots))]
}

// isMisplaced recognises the text of a message that its author takes back, in
// whatever wire form a copy keeps it: a mark of six digits.
func isMisplaced(text string) bool {
	for {
		_, after, found := strings.Cut(text, "Ref ")
		if !found {
			return false
		}
		if len(after) >= 6 && strings.Trim(after[:6], "0123456789") == "" {
			return true
		}
		text = after
	}
}

// answer is the next line of the thread's conversation. When that is over, or
// the thread began on the other side, it is something that always fits.
func (p *place) answer(root string, pick uint64) Line {
	t := p.threads[root]
	if t == nil {
		return Line{Say: answers["en"][pick%uint64(len(answers["en"]))]}
	}
	if t.next < len(t.talk.Lines) {
		t.next++
		return t.talk.Lines[t.next-1]
	}
	list := answers[t.talk.Lang]
	if len(list) == 0 {
		list = answers["en"]
	}
	return Line{Say: list[pick%uint64(len(list))]}
}

// newID makes the id of a message, by the emulator's maker where there is one.
func (c *conversing) newID(p *place) string {
	if make := c.opt.NewID[p.tenant.Name]; make != nil {
		return make()
	}
	for n := len(p.tenant.Messages(p.room)) + 1; ; n++ {
		id := fmt.Sprintf("said-%d", n)
		if _, used := p.tenant.Message(p.room, id); !used {
			return id
		}
	}
}

// rethink makes the changes that are due after a turn. What somebody else has
// removed meanwhile is left alone.
func (c *conversing) rethink(turn int) error {
	due := c.due[turn]
	delete(c.due, turn)
	for _, ch := range due {
		m, ok := ch.place.tenant.Message(ch.place.room, ch.id)
		if !ok || !m.Deleted.IsZero() {
			continue
		}
		var err error
		if ch.Delete {
			err = c.world.Retract(ch.place.tenant.Name, ch.place.room, ch.id)
		} else {
			err = c.world.Correct(ch.place.tenant.Name, ch.place.room, ch.id, c.better(ch, m))
		}
		if err != nil && !errors.Is(err, ErrNotThere) {
			return err
		}
	}
	return nil
}

// better is what the author makes of a message.
func (c *conversing) better(ch change, m Message) Body {
	switch {
	case ch.line.Fix != "" && m.Version == 1:
		return ch.line.body(ch.line.Fix, ch.who)
	case ch.pick%3 == 0:
		return c.nextHard(ch.who)
	}
	note := Run{Text: afterthoughts[ch.pick/3%uint64(len(afterthoughts))]}
	body := slices.Clone(m.Body)
	if last := len(body) - 1; last >= 0 && body[last].Kind == "p" {
		body[last].Runs = appendPlain(body[last].Runs, note)
		return body
	}
	note.Text = strings.TrimSpace(note.Text)
	return append(body, Block{Kind: "p", Runs: []Run{note}})
}

// appendPlain adds a plain run, joined with the last one where that is plain.
func appendPlain(runs []Run, note Run) []Run {
	runs = slices.Clone(runs)
	if last := len(runs) - 1; last >= 0 && runs[last] == (Run{Text: runs[last].Text}) {
		runs[last].Text += note.Text
		return runs
	}
	return append(runs, note)
}
