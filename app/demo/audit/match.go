package audit

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"miohub/platforms/sandbox"
)

// source is a message that was said in a linked room.
type source struct {
	sandbox.Said
	want   []shapes // the forms its copy may have
	copies []*copied

	name   string // of its author
	as     string // the author's account on the other side, "" when nobody is matched
	seated bool   // that account can be seen in the room there
}

// copied is a message of a linked room that nobody said there.
type copied struct {
	seen
	name, origin string // of its label
	rest         body   // without the label
	shapes       shapes // of rest
	position     int    // in the room, by time
	of           *source
}

// comparison is of one pair of rooms.
type comparison struct {
	in       In
	back     map[string]string // in.Matched the other way round
	pair     sandbox.Pair
	report   *Report
	sources  []*source
	copies   map[string][]*copied // by tenant they stand in
	copyOf   map[string]*copied   // by tenant/id
	sourceOf map[string]*source   // by tenant/id
	heads    map[string]bool      // the Google roots with standing replies, by id
}

func key(tenant, id string) string { return tenant + "/" + last(id) }

func other(tenant string) string {
	if tenant == google {
		return microsoft
	}
	return google
}

// compare finds the copy of each message, strictest first, and reports what is
// wrong.
func (c *comparison) compare(rooms map[string][]seen) {
	c.load(rooms)
	root := func(s *source) bool { return last(s.Root) == last(s.ID) }
	reply := func(s *source) bool { return !root(s) }
	any := func(*source) bool { return true }
	for _, which := range []func(*source) bool{root, reply} {
		c.match(which, func(s *source, p *copied) bool { return c.saysSame(s, p) && c.signed(s, p) && c.placed(s, p) })
		c.matchParts(which)
	}
	c.match(any, func(s *source, p *copied) bool { return c.saysSame(s, p) && c.placed(s, p) })
	c.match(any, func(s *source, p *copied) bool { return c.saysSame(s, p) && c.signed(s, p) })
	c.match(any, c.saysSame)
	c.leftovers()
	c.match(any, func(s *source, p *copied) bool { return c.signed(s, p) && c.placed(s, p) })
	for _, s := range c.sources {
		c.judge(s)
	}
	for _, tenant := range []string{google, microsoft} {
		for _, p := range c.copies[tenant] {
			if p.of == nil {
				c.report.Duplicated++
				c.find(Double, tenant, p.id, "stands in the room, but nobody said it: "+short(p.content))
			}
		}
		c.order(tenant)
	}
}

func (c *comparison) find(kind Kind, tenant, id, detail string) {
	c.report.Findings = append(c.report.Findings, Finding{Kind: kind, Room: c.pair.Name, Message: key(tenant, id), Detail: detail})
}

// load sorts what stands in the rooms into what was said there and copies.
func (c *comparison) load(rooms map[string][]seen) {
	for _, s := range c.sources {
		c.sourceOf[key(s.Tenant, s.ID)] = s
		s.want = c.wanted(s)
		s.as = c.counterpart(s.Tenant, s.Author)
		s.seated = s.as != "" && c.present(other(s.Tenant), s.as)
		if a, ok := c.in.World.Tenant(s.Tenant).Account(s.Author); ok {
			s.name = a.Name
		}
	}
	c.copies, c.heads = map[string][]*copied{}, map[string]bool{}
	for tenant, list := range rooms {
		for i, m := range list {
			if tenant == google && m.root != m.id && !m.deleted {
				c.heads[m.root] = true
			}
			if c.sourceOf[key(tenant, m.id)] != nil {
				continue
			}
			p := &copied{seen: m, position: i, rest: m.body}
			if tenant == microsoft || m.app {
				p.name, p.origin, p.rest, _ = m.body.labelled()
			}
			p.shapes = p.rest.shapes()
			c.copyOf[key(tenant, m.id)] = p
			if !m.deleted {
				c.copies[tenant] = append(c.copies[tenant], p)
			}
		}
	}
}

// wanted are the forms that a message's copy may have: with real mentions, and
// where a person mentioned has no seat there, with names in bold as well; with
// tabs as four spaces or, as HTML shows them, as one.
func (c *comparison) wanted(s *source) []shapes {
	var want []shapes
	for _, named := range []bool{false, true} {
		for _, tab := range []string{"    ", " "} {
			form := c.form(s, named, tab)
			if !slices.Contains(want, form) {
				want = append(want, form)
			}
		}
	}
	return want
}

// form is one form: named puts the names of people without a seat in bold.
func (c *comparison) form(s *source, named bool, tab string) shapes {
	to := other(s.Tenant)
	b := bodyOf(s.Body, func(r sandbox.Run) run {
		account := c.counterpart(s.Tenant, r.Mention)
		if account == "" || named && !c.present(to, account) {
			return run{text: r.Text, style: "b"}
		}
		return run{text: r.Text, mention: account}
	})
	for _, p := range b {
		for i := range p.runs {
			if p.frame != "code" {
				p.runs[i].text = strings.ReplaceAll(p.runs[i].text, "\t", tab)
			}
		}
	}
	return b.shapes()
}

// counterpart is the account on the other side of a matched person, or "".
func (c *comparison) counterpart(tenant, account string) string {
	if tenant == google {
		return c.in.Matched[account]
	}
	return c.back[account]
}

// present reports whether an account can be seen in the pair's room now.
func (c *comparison) present(tenant, account string) bool {
	t := c.in.World.Tenant(tenant)
	a, ok := t.Account(account)
	return ok && a.Deleted.IsZero() && !a.Suspended && a.Licensed && t.InRoom(c.pair.Room[tenant], account)
}

// match gives each message that has no copy yet the first free one that fits.
func (c *comparison) match(which func(*source) bool, fits func(*source, *copied) bool) {
	for _, s := range c.sources {
		if s.Deleted || len(s.copies) > 0 || !which(s) {
			continue
		}
		for _, p := range c.copies[other(s.Tenant)] {
			if p.of == nil && fits(s, p) {
				take(s, p)
				break
			}
		}
	}
}

func take(s *source, p *copied) {
	s.copies = append(s.copies, p)
	p.of = s
}

// matchParts finds long messages that were carried in several parts.
func (c *comparison) matchParts(which func(*source) bool) {
	for _, s := range c.sources {
		if s.Deleted || len(s.copies) > 0 || !which(s) {
			continue
		}
		list := c.copies[other(s.Tenant)]
		for i, first := range list {
			if first.of != nil || !c.signed(s, first) || !c.placed(s, first) {
				continue
			}
			if parts := partsOf(s, first, list[i+1:]); parts != nil {
				for _, p := range parts {
					take(s, p)
				}
				break
			}
		}
	}
}

// partsOf follows a first part until the message is whole; nil when it never is.
func partsOf(s *source, first *copied, rest []*copied) []*copied {
	for _, want := range s.want {
		said := first.shapes.words
		if said == "" || said == want.words || !strings.HasPrefix(want.words, said) {
			continue
		}
		parts := []*copied{first}
		for _, p := range rest {
			sameThread := p.root == p.id || p.root == first.root || p.root == first.id
			if p.of != nil || p.app != first.app || p.author != first.author || p.name != "" && p.name != first.name || !sameThread ||
				p.shapes.words == "" || !strings.HasPrefix(want.words, said+p.shapes.words) {
				continue
			}
			parts = append(parts, p)
			if said += p.shapes.words; said == want.words {
				return parts
			}
		}
	}
	return nil
}

// saysSame compares the words alone.
func (c *comparison) saysSame(s *source, p *copied) bool {
	return slices.ContainsFunc(s.want, func(want shapes) bool { return want.words == p.shapes.words })
}

// signed reports whether the copy names the right author: in Google the matched
// person, in Teams, and where nobody is matched, the bridge or app with a label.
func (c *comparison) signed(s *source, p *copied) bool {
	switch {
	case s.Tenant == google:
		return !p.app && p.author == c.in.Bridge && p.origin == googleLabel && sameName(s.name, p.name)
	case !p.app:
		return s.as != "" && p.author == s.as
	}
	return !s.seated && p.origin == microsoftLabel && sameName(s.name, p.name)
}

// sameName compares a person's name with a label's, which may have been cleaned
// and shortened.
func sameName(name, shown string) bool {
	letters := func(s string) string {
		return strings.ToLower(strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, s))
	}
	full, part := letters(withoutLabel(name)), letters(shown)
	if short, cut := strings.CutSuffix(shown, "…"); cut {
		return letters(short) != "" && strings.HasPrefix(full, letters(short))
	}
	return full == part && shown != ""
}

// withoutLabel drops a label that a name imitates: a relay must not repeat it.
func withoutLabel(name string) string {
	for _, product := range []string{googleLabel, microsoftLabel} {
		if at := strings.Index(strings.ToLower(name), strings.ToLower("("+product+")")); at >= 0 {
			name = name[:at] + name[min(len(name), at+len(product)+2):]
		}
	}
	return name
}

// placed reports whether the copy stands in the right thread.
func (c *comparison) placed(s *source, p *copied) bool {
	if last(s.Root) == last(s.ID) {
		return p.root == p.id
	}
	if began := c.sourceOf[key(s.Tenant, s.Root)]; began != nil && len(began.copies) > 0 {
		return p.root == began.copies[0].id
	}
	if began := c.copyOf[key(s.Tenant, s.Root)]; began != nil && began.of != nil {
		return p.root == last(began.of.ID)
	}
	return c.together(s, p)
}

// together reports whether a copy in a thread whose beginning is missing stands
// where no other thread is, and with the other answers of its own.
func (c *comparison) together(s *source, p *copied) bool {
	if c.sourceOf[key(p.tenant, p.root)] != nil {
		return false
	}
	if head := c.copyOf[key(p.tenant, p.root)]; head != nil && head != p && head.of != nil && last(head.of.Root) != last(s.Root) {
		return false
	}
	for _, t := range c.sources {
		if t != s && t.Tenant == s.Tenant && last(t.Root) == last(s.Root) && last(t.ID) != last(t.Root) && len(t.copies) > 0 && t.copies[0] != p {
			return t.copies[0].root == p.root
		}
	}
	return true
}

// emptied lets a message that was taken back leave an empty copy at the head of
// a thread: Google deletes such a message only with the replies of others.
func (c *comparison) emptied(s *source) {
	if s.Tenant == google {
		return // Teams keeps replies without that
	}
	for _, p := range c.copies[google] {
		if len(s.copies) == 0 && p.of == nil && p.root == p.id && p.shapes.words == goneWords && c.signed(s, p) && c.answered(p) {
			p.of = s
			return
		}
	}
}

// answered reports whether a root of the Google tenant has replies that stand.
func (c *comparison) answered(p *copied) bool { return c.heads[p.id] }

// goneWords are what is left of such a message.
const goneWords = "Thismessagewasdeleted."

// leftovers names the copies that nobody needs: of messages taken back, and of
// those that have one already.
func (c *comparison) leftovers() {
	for _, s := range c.sources {
		if !s.Deleted {
			continue
		}
		for _, p := range c.copies[other(s.Tenant)] {
			if p.of == nil && len(s.copies) == 0 && c.saysSame(s, p) && c.signed(s, p) {
				take(s, p)
			}
		}
		c.emptied(s)
	}
	for _, s := range c.sources {
		if s.Deleted || len(s.copies) == 0 {
			continue
		}
		for _, p := range c.copies[other(s.Tenant)] {
			if p.of == nil && c.saysSame(s, p) {
				p.of = s
				c.report.Duplicated++
				c.find(Double, s.Tenant, s.ID, fmt.Sprintf("stands a second time as %s", key(p.tenant, p.id)))
			}
		}
	}
}

// judge compares one message with its copy.
func (c *comparison) judge(s *source) {
	c.report.Said++
	switch {
	case s.Deleted && len(s.copies) > 0:
		c.find(Delete, s.Tenant, s.ID, fmt.Sprintf("was taken back, but %s still stands", key(s.copies[0].tenant, s.copies[0].id)))
		return
	case s.Deleted:
		c.report.Deletes++
		return
	case len(s.copies) == 0:
		c.report.Lost++
		c.find(Lose, s.Tenant, s.ID, "has no copy: "+short(s.Body.Plain()))
		return
	}
	p := s.copies[0]
	if !c.signed(s, p) {
		c.find(Author, s.Tenant, s.ID, fmt.Sprintf("is signed %q in %s", signature(p), key(p.tenant, p.id)))
	}
	switch placed := c.placed(s, p); {
	case !placed:
		c.find(Parent, s.Tenant, s.ID, fmt.Sprintf("its copy %s stands in thread %q", key(p.tenant, p.id), p.root))
	case last(s.Root) != last(s.ID):
		c.report.Replies++
	}
	if c.judgeBody(s) && s.Version > 1 {
		c.report.Edits++
	}
}

func signature(p *copied) string {
	if p.name != "" {
		return p.name + " (" + p.origin + ")"
	}
	return p.author
}

// judgeBody compares what the copy says, and how.
func (c *comparison) judgeBody(s *source) bool {
	p := s.copies[0]
	if len(s.copies) > 1 {
		var whole body
		for _, part := range s.copies {
			whole = append(whole, part.rest...)
		}
		style := whole.shapes().style
		if !slices.ContainsFunc(s.want, func(want shapes) bool { return want.style == style }) {
			c.find(Format, s.Tenant, s.ID, fmt.Sprintf("its %d parts from %s on differ in form", len(s.copies), key(p.tenant, p.id)))
			return false
		}
		return true
	}
	if !c.saysSame(s, p) {
		c.find(Edit, s.Tenant, s.ID, fmt.Sprintf("should say %q, but %s says %q", short(s.want[0].text), key(p.tenant, p.id), short(p.shapes.text)))
		return false
	}
	if !slices.ContainsFunc(s.want, func(want shapes) bool { return want.shape == p.shapes.shape }) {
		c.find(Format, s.Tenant, s.ID, fmt.Sprintf("should look like %q, but %s looks like %q", short(s.want[0].shape), key(p.tenant, p.id), short(p.shapes.shape)))
		return false
	}
	return true
}

func short(s string) string {
	if runes := []rune(s); len(runes) > 300 {
		return string(runes[:300]) + "…"
	}
	return s
}

// order checks that the copies in a room stand in the order in which their
// messages were said, roots and replies alike.
func (c *comparison) order(tenant string) {
	var list []*source
	for _, s := range c.sources {
		if s.Tenant == other(tenant) && len(s.copies) > 0 && !s.Deleted {
			list = append(list, s)
		}
	}
	positions := make([]int, len(list))
	for i, s := range list {
		positions[i] = s.copies[0].position
	}
	for _, i := range outOfOrder(positions) {
		c.report.Reordered++
		c.find(Swap, list[i].Tenant, list[i].ID, fmt.Sprintf("its copy %s stands out of order", key(tenant, list[i].copies[0].id)))
	}
}

// outOfOrder returns the fewest indexes whose removal makes the list ascend.
func outOfOrder(list []int) []int {
	var ends []int // ends[n]: index of the least end of an ascending run of n+1
	before := make([]int, len(list))
	for i, v := range list {
		n, _ := slices.BinarySearchFunc(ends, v, func(end, v int) int { return list[end] - v })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	kept := map[int]bool{}
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i >= 0; i = before[i] {
			kept[i] = true
		}
	}
	var out []int
	for i := range list {
		if !kept[i] {
			out = append(out, i)
		}
	}
	return out
}
