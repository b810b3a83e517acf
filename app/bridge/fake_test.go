package bridge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"miohub/platforms"
	"miohub/platforms/richtext"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	google    platforms.ID = "google"
	microsoft platforms.ID = "microsoft"
)

// post is a message that stands, or stood, in a fake room.
type post struct {
	id, room, root, as, key, text string
	deleted                       bool
	edits                         int
	mentioned                     map[string]platforms.Mentioned
	files                         string   // refs of uploads
	reactions                     []string // "user emoji", in the order they were set
}

// tenant is one fake platform: rooms in memory, a stream of events, and hooks
// that make calls fail.
type tenant struct {
	platform platforms.ID
	person   bool // can post as a person
	idem     bool
	max      int
	files    *drive
	maxFile  int64

	mu     sync.Mutex
	posts  []*post
	events map[string][]platforms.Event // by room
	calls  []string                     // "send", "edit", "delete", "find", in order
	// send decides about the nth send (from 1): post says whether it happens,
	// err is what is answered.
	send func(n int, d platforms.Draft) (post bool, err error)
	// lookup, edited and removed, when set, answer instead of the tenant.
	lookup  func(n int) error
	edited  func(n int) error
	removed func(n int) error
	reacted func(n int) error
	counts  map[string]int
}

func newTenant(id platforms.ID, person, idem bool) *tenant {
	return &tenant{platform: id, person: person, idem: idem, max: 1 << 20, events: map[string][]platforms.Event{}, counts: map[string]int{}}
}

func (f *tenant) count(call string) int {
	f.calls = append(f.calls, call)
	f.counts[call]++
	return f.counts[call]
}

func (f *tenant) called(call string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counts[call]
}

func text(s string) richtext.Doc {
	return richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: s}}}}
}

func plain(d richtext.Doc) string {
	var lines []string
	for _, b := range d {
		var line strings.Builder
		for _, s := range b.Spans {
			line.WriteString(s.Text)
		}
		lines = append(lines, line.String())
	}
	return strings.Join(lines, "\n")
}

// put adds a message; the caller holds the lock.
func (f *tenant) put(p post, author platforms.Author, own bool, body richtext.Doc) *post {
	p.id = fmt.Sprintf("%s/%d", p.room, len(f.posts)+1)
	if p.root == "" {
		p.root = p.id
	}
	f.posts = append(f.posts, &p)
	f.event(&p, platforms.MessageCreated, author, own, body)
	return &p
}

func (f *tenant) event(p *post, kind platforms.EventKind, author platforms.Author, own bool, body richtext.Doc) {
	f.events[p.room] = append(f.events[p.room], platforms.Event{
		Key: fmt.Sprint(kind, " ", p.id, " ", p.edits), Kind: kind, Room: platforms.RoomID(p.room), Message: platforms.MessageID(p.id),
		Root: platforms.MessageID(p.root), Author: author, Version: strconv.Itoa(p.edits), Body: body, Own: own, Time: time.Unix(int64(len(f.posts)), 0),
	})
}

// say lets a person say something; root "" starts a thread.
func (f *tenant) say(room, who, root string, body richtext.Doc) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.put(post{room: room, root: root, as: who, text: plain(body)}, platforms.Author{User: platforms.UserID(who), Name: who}, false, body).id
}

func refs(list []platforms.Upload) string {
	var out []string
	for _, u := range list {
		out = append(out, u.Ref)
	}
	return strings.Join(out, " ")
}

// attach lets a person say something with files.
func (f *tenant) attach(room, who string, body richtext.Doc, files ...platforms.File) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.put(post{room: room, as: who, text: plain(body)}, platforms.Author{User: platforms.UserID(who), Name: who}, false, body)
	f.events[room][len(f.events[room])-1].Files = files
	return p.id
}

// react lets a person set or take back a reaction.
func (f *tenant) react(id, who, emoji string, on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.setReaction(f.find(id), who, emoji, on)
}

// setReaction changes a post's reactions and tells of it; the caller holds the lock.
func (f *tenant) setReaction(p *post, who, emoji string, on bool) {
	one := who + " " + emoji
	there := slices.Contains(p.reactions, one)
	kind := platforms.ReactionAdded
	switch {
	case on == there:
		return
	case on:
		p.reactions = append(p.reactions, one)
	default:
		kind = platforms.ReactionRemoved
		p.reactions = slices.DeleteFunc(p.reactions, func(s string) bool { return s == one })
	}
	f.events[p.room] = append(f.events[p.room], platforms.Event{
		Key: fmt.Sprint(kind, " ", p.id, " ", one, " ", len(f.events[p.room])), Kind: kind, Room: platforms.RoomID(p.room), Message: platforms.MessageID(p.id),
		Root: platforms.MessageID(p.root), Author: platforms.Author{User: platforms.UserID(who), Name: who}, Emoji: emoji, Time: time.Now(),
	})
}

func (f *tenant) reactions(id string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.find(id).reactions, ", ")
}

// React implements platforms.Reactions.
func (f *tenant) React(_ context.Context, _ platforms.RoomID, id platforms.MessageID, as platforms.UserID, emoji string, on bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.count("react")
	if f.reacted != nil {
		if err := f.reacted(n); err != nil {
			return err
		}
	}
	p := f.find(string(id))
	if p == nil {
		return fail(platforms.NotFound, "gone")
	}
	f.setReaction(p, string(cmp.Or(as, "seat")), emoji, on)
	return nil
}

func (f *tenant) find(id string) *post {
	for _, p := range f.posts {
		if p.id == id {
			return p
		}
	}
	return nil
}

func (f *tenant) correct(id string, body richtext.Doc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.find(id)
	p.edits++
	p.text = plain(body)
	f.event(p, platforms.MessageEdited, platforms.Author{User: platforms.UserID(p.as), Name: p.as}, false, body)
}

func (f *tenant) retract(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.find(id)
	p.deleted = true
	f.event(p, platforms.MessageDeleted, platforms.Author{User: platforms.UserID(p.as)}, false, nil)
}

// relayed are the messages of ours that stand in a room, in order.
func (f *tenant) relayed(room string) []post {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []post
	for _, p := range f.posts {
		if p.key != "" && p.room == room && !p.deleted {
			out = append(out, *p)
		}
	}
	return out
}

func (f *tenant) texts(room string) string {
	var out []string
	for _, p := range f.relayed(room) {
		out = append(out, p.text)
	}
	return strings.Join(out, " | ")
}

// Features implements platforms.Messages.
func (f *tenant) Features(platforms.RoomID) platforms.Features {
	return platforms.Features{PostAsPerson: f.person, Edits: true, Deletes: true, Threads: true, MaxBytes: f.max, Idempotent: f.idem, ReactAsPerson: f.person, MaxFile: f.maxFile}
}

// Send implements platforms.Messages.
func (f *tenant) Send(_ context.Context, d platforms.Draft) (platforms.Sent, error) {
	f.mu.Lock()
	n, hook := f.count("send"), f.send
	f.mu.Unlock()
	if d.Root != "" {
		f.mu.Lock()
		root := f.find(string(d.Root))
		f.mu.Unlock()
		if root == nil || root.root != root.id {
			return platforms.Sent{}, fail(platforms.Invalid, "no such thread")
		}
	}
	happens, err := true, error(nil)
	if hook != nil {
		happens, err = hook(n, d)
	}
	if !happens {
		return platforms.Sent{}, err
	}
	return f.deliver(d), err
}

func (f *tenant) deliver(d platforms.Draft) platforms.Sent {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.idem {
		for _, p := range f.posts {
			if p.key == d.Key {
				return sentOf(p)
			}
		}
	}
	author := platforms.Author{User: "seat", App: f.person}
	if d.As != "" {
		author = platforms.Author{User: d.As}
	}
	return sentOf(f.put(post{room: string(d.Room), root: string(d.Root), as: string(d.As), key: d.Key, text: plain(d.Body), mentioned: d.Mentioned, files: refs(d.Files)}, author, true, d.Body))
}

func sentOf(p *post) platforms.Sent {
	return platforms.Sent{ID: platforms.MessageID(p.id), Root: platforms.MessageID(p.root), Version: "1"}
}

// FindSent implements platforms.Messages: by text, as Teams must be searched.
func (f *tenant) FindSent(_ context.Context, d platforms.Draft, known func(platforms.MessageID) bool) ([]platforms.Sent, error) {
	f.mu.Lock()
	n, hook := f.count("find"), f.lookup
	f.mu.Unlock()
	if hook != nil {
		if err := hook(n); err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	var all []*post
	for _, p := range f.posts {
		if p.room == string(d.Room) && p.key != "" && p.text == plain(d.Body) {
			all = append(all, p)
		}
	}
	f.mu.Unlock()
	var out []platforms.Sent
	for _, p := range all {
		if !known(platforms.MessageID(p.id)) {
			out = append(out, sentOf(p))
		}
	}
	return out, nil
}

// Edit implements platforms.Messages.
func (f *tenant) Edit(_ context.Context, t platforms.Target, d platforms.Draft) (platforms.Sent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.count("edit")
	if f.edited != nil {
		if err := f.edited(n); err != nil {
			return platforms.Sent{}, err
		}
	}
	p := f.find(string(t.ID))
	if p == nil || p.deleted {
		return platforms.Sent{}, fail(platforms.NotFound, "gone")
	}
	p.edits++
	p.text = plain(d.Body)
	f.event(p, platforms.MessageEdited, platforms.Author{User: d.As}, false, d.Body) // not marked as ours
	return sentOf(p), nil
}

// Delete implements platforms.Messages.
func (f *tenant) Delete(_ context.Context, t platforms.Target) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.count("delete")
	if f.removed != nil {
		if err := f.removed(n); err != nil {
			return err
		}
	}
	if p := f.find(string(t.ID)); p != nil {
		p.deleted = true
		f.event(p, platforms.MessageDeleted, platforms.Author{}, false, nil)
	}
	return nil
}

// ID implements platforms.Source.
func (f *tenant) ID() string { return "fake" }

// Start implements platforms.Source.
func (f *tenant) Start(_ context.Context, room platforms.RoomID) (platforms.Cursor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.events[string(room)])
	return position(n, n), nil
}

// position is a cursor: where the stream was read to, and where it started.
func position(at, start int) platforms.Cursor {
	return platforms.Cursor(fmt.Sprintf("%d from %d", at, start))
}

func parsePosition(c platforms.Cursor) (at, start int, err error) {
	_, err = fmt.Sscanf(string(c), "%d from %d", &at, &start)
	return at, start, err
}

// Watch implements platforms.Source. Every look hands the last event out again.
func (f *tenant) Watch(ctx context.Context, turns platforms.Turns, sink platforms.Sink) error {
	for {
		turn, err := turns.Next(ctx)
		if err != nil {
			return nil
		}
		at, start, err := parsePosition(turn.Cursor)
		if err != nil {
			return err
		}
		f.mu.Lock()
		all := f.events[string(turn.Room)]
		events := append([]platforms.Event(nil), all[max(start, at-1):]...)
		next := position(len(all), start)
		f.mu.Unlock()
		if err := sink.Put(ctx, turn.Room, events, next); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

func fail(kind platforms.Kind, text string) error {
	return &platforms.Error{Kind: kind, Op: "fake", Text: text}
}
