package conformance

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/richtext"
	"miohub/platforms/sandbox"
)

// patience is how long an event may take to be seen.
const patience = 20 * time.Second

// watch follows one room through the platform's first source from now on.
type watch struct {
	room platforms.RoomID

	mu     sync.Mutex
	cursor platforms.Cursor
	keys   map[string]bool
	events []platforms.Event
	failed error
	news   chan struct{}
}

// follow starts to watch and stops when the test ends.
func (s *suite) follow(t *testing.T, room platforms.RoomID) *watch {
	t.Helper()
	source := s.conn.Sources[0]
	if source.ID() == "" {
		t.Error("the source has no id")
	}
	cursor, err := source.Start(t.Context(), room)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	w := &watch{room: room, cursor: cursor, keys: map[string]bool{}, news: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- source.Watch(ctx, w, w) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("watch ended with %v", err)
		}
	})
	return w
}

// Next implements platforms.Turns: the room is always due again soon.
func (w *watch) Next(ctx context.Context) (platforms.Turn, error) {
	timer := time.NewTimer(20 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return platforms.Turn{}, ctx.Err()
	case <-timer.C:
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return platforms.Turn{Room: w.room, Cursor: w.cursor}, nil
}

// Put implements platforms.Sink: storing an event twice is a no-op.
func (w *watch) Put(_ context.Context, _ platforms.RoomID, events []platforms.Event, next platforms.Cursor) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cursor = next
	for _, e := range events {
		if !w.keys[e.Key] {
			w.keys[e.Key] = true
			w.events = append(w.events, e)
		}
	}
	select {
	case w.news <- struct{}{}:
	default:
	}
	return nil
}

// Failed implements platforms.Sink.
func (w *watch) Failed(_ context.Context, _ platforms.RoomID, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = err
}

// await waits for an event of that kind about that message.
func (w *watch) await(t *testing.T, kind platforms.EventKind, message platforms.MessageID, fits func(platforms.Event) bool) platforms.Event {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		w.mu.Lock()
		for _, e := range w.events {
			if e.Kind == kind && e.Message == message && (fits == nil || fits(e)) {
				w.mu.Unlock()
				return e
			}
		}
		failed, seen := w.failed, len(w.events)
		w.mu.Unlock()
		select {
		case <-w.news:
		case <-limit.C:
			t.Fatalf("no event %s of %s after %v; %d others, last failure: %v", kind, message, patience, seen, failed)
		}
	}
}

// created counts the creations seen by message.
func (w *watch) created() map[platforms.MessageID]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := map[platforms.MessageID]int{}
	for _, e := range w.events {
		if e.Kind == platforms.MessageCreated {
			count[e.Message]++
		}
	}
	return count
}

// docOf is what a person of the World said, as a body. Tabs outside code are
// tab, as platforms differ in what they make of them.
func docOf(b sandbox.Body, tab string) richtext.Doc {
	var out richtext.Doc
	for _, block := range b {
		switch block.Kind {
		case "code":
			out = append(out, richtext.Block{Kind: richtext.Code, Text: block.Code})
		case "quote":
			out = append(out, richtext.Block{Kind: richtext.Quote, Blocks: docOf(block.Body, tab)})
		case "ul", "ol":
			list := richtext.Block{Kind: richtext.List, Ordered: block.Kind == "ol"}
			for _, item := range block.Items {
				list.Items = append(list.Items, richtext.Item{Spans: spansOf(item, tab)})
			}
			out = append(out, list)
		default:
			out = append(out, richtext.Block{Kind: richtext.Paragraph, Spans: spansOf(block.Runs, tab)})
		}
	}
	return richtext.Normalize(out)
}

func spansOf(runs []sandbox.Run, tab string) []richtext.Span {
	var out []richtext.Span
	for _, r := range runs {
		if r.Mention != "" {
			// Names are compared nowhere: not every platform tells them.
			out = append(out, richtext.Span{Mention: &richtext.Mention{User: r.Mention}})
			continue
		}
		s := richtext.Span{Text: strings.ReplaceAll(r.Text, "\t", tab), Link: r.Link}
		for _, style := range []struct {
			on bool
			is richtext.Style
		}{{r.Bold, richtext.Bold}, {r.Italic, richtext.Italic}, {r.Strike, richtext.Strike}, {r.Mono, richtext.Mono}} {
			if style.on {
				s.Style |= style.is
			}
		}
		out = append(out, s)
	}
	return out
}

// nameless takes the names from mentions.
func nameless(d richtext.Doc) richtext.Doc {
	return richtext.Map(d, func(s richtext.Span) richtext.Span {
		if s.Mention != nil {
			s.Text = ""
		}
		return s
	})
}
