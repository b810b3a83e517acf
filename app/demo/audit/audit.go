// Package audit compares what people said in a World with what stands in the
// tenants, as plain GETs on the emulated APIs show it. It shares nothing with
// the bridge: no converter, no client, no store.
package audit

import (
	"context"
	"fmt"
	"time"

	"miohub/platforms/sandbox"
)

// The tenants' names in a World, and what their products are called in labels.
const (
	google    = "google"
	microsoft = "microsoft"

	googleLabel    = "Google Chat"
	microsoftLabel = "Microsoft Teams"
)

// In is what an audit looks at.
type In struct {
	World *sandbox.World
	// Google and Microsoft are what the emulators' Describe answered: the object
	// and the files, as they are once scopes have been delegated.
	Google      map[string]any
	GoogleFiles map[string][]byte
	Microsoft   map[string]any
	// Pairs are the linked rooms.
	Pairs []sandbox.Pair
	// Matched are the linked people: Google account id -> Microsoft account id.
	Matched map[string]string
	// Patience is how long to look again while something is wrong: Teams shows a
	// new post to its readers a moment late. The last look counts.
	Patience time.Duration
	// Settle is for how long nothing must turn out wrong, as what was posted
	// twice shows late as well; 0 is one look.
	Settle time.Duration
	// Bridge is the Microsoft account that posts there; "" means the tenant's own.
	Bridge string
}

// Kind is what is wrong with a message.
type Kind string

// The kinds of finding.
const (
	Lose   Kind = "lose"   // said, but no copy stands on the other side
	Double Kind = "double" // a copy more than was said
	Swap   Kind = "swap"   // out of order
	Edit   Kind = "edit"   // the copy says something else than the final text
	Author Kind = "author" // the copy is signed by somebody else
	Format Kind = "format" // the right words in the wrong form
	Delete Kind = "delete" // taken back, but its copy still stands
	Parent Kind = "parent" // in another thread
)

// Finding is one thing that is wrong.
type Finding struct {
	Kind    Kind   `json:"kind"`
	Room    string `json:"room"`    // the pair's name
	Message string `json:"message"` // "tenant/id" of what was said, or of the copy nobody said
	Detail  string `json:"detail"`
}

// Report is what an audit found. Delivered + Lost = Said always holds.
type Report struct {
	Said       int `json:"said"`
	Delivered  int `json:"delivered"` // a copy stands, or it was taken back
	Lost       int `json:"lost"`
	Duplicated int `json:"duplicated"`
	Reordered  int `json:"reordered"`
	Edits      int `json:"edits"`   // edited messages whose final text stands
	Deletes    int `json:"deletes"` // messages taken back whose copy is gone
	Replies    int `json:"replies"` // replies that stand in the right thread

	Findings []Finding `json:"findings"`

	said  []sandbox.Said
	seen  map[string][]seen // by tenant
	pairs map[string]string // name of the pair, by tenant/room
	names map[string]string // of authors, by tenant/account
}

// OK reports that nothing is wrong.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// again is the time between two looks.
const again = 250 * time.Millisecond

// Audit reads both tenants and compares them with the World's truth.
func Audit(ctx context.Context, in In) (Report, error) {
	if in.Bridge == "" {
		in.Bridge = in.World.Tenant(microsoft).Bridge
	}
	reader, err := newReader(ctx, in)
	if err != nil {
		return Report{}, err
	}
	defer reader.close()
	since, right := time.Now(), time.Time{}
	for {
		report, err := look(ctx, in, reader)
		switch now := time.Now(); {
		case err != nil:
			return report, err
		case report.OK() && right.IsZero():
			right = now
		case !report.OK():
			right = time.Time{}
		}
		settled := !right.IsZero() && time.Since(right) >= in.Settle
		if settled || right.IsZero() && time.Since(since) >= in.Patience {
			return report, nil
		}
		if err := sleep(ctx, again); err != nil {
			return report, err
		}
	}
}

// look reads and compares once.
func look(ctx context.Context, in In, reader *reader) (Report, error) {
	back := map[string]string{}
	for g, m := range in.Matched {
		back[m] = g
	}
	said := map[string][]sandbox.Said{}
	for _, s := range in.World.Truth() {
		said[key(s.Tenant, s.Room)] = append(said[key(s.Tenant, s.Room)], s)
	}
	report := Report{seen: map[string][]seen{}, pairs: map[string]string{}, names: map[string]string{}}
	for _, pair := range in.Pairs {
		rooms := map[string][]seen{}
		for _, tenant := range []string{google, microsoft} {
			room := pair.Room[tenant]
			report.pairs[key(tenant, room)] = pair.Name
			list, err := reader.room(ctx, tenant, room)
			if err != nil {
				return Report{}, fmt.Errorf("audit %s room %q: %w", tenant, room, err)
			}
			rooms[tenant] = list
			report.seen[tenant] = append(report.seen[tenant], list...)
		}
		c := &comparison{in: in, back: back, pair: pair, report: &report, copyOf: map[string]*copied{}, sourceOf: map[string]*source{}}
		for _, tenant := range []string{google, microsoft} {
			for _, s := range said[key(tenant, pair.Room[tenant])] {
				report.said = append(report.said, s)
				if a, ok := in.World.Tenant(tenant).Account(s.Author); ok {
					report.names[key(tenant, s.Author)] = a.Name
				}
				c.sources = append(c.sources, &source{Said: s})
			}
		}
		c.compare(rooms)
	}
	report.Delivered = report.Said - report.Lost
	return report, nil
}

// seen is one message as a tenant shows it.
type seen struct {
	tenant  string
	room    string
	id      string
	root    string // equals id for a root
	author  string // account id; "" for an app
	app     bool
	time    time.Time
	deleted bool
	version string
	content string // in the vendor's form
	body    body
}
