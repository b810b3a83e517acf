package microsoft

import (
	"context"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"

	"miohub/platforms"
)

// looks has rooms looked at and tells when a notification is dealt with: when a
// look that began after it came was stored. A partition's notifications are done
// in their order, because one place is kept for all of them.
type looks struct {
	rooms platforms.Followed
	done  func(*kgo.Record) // everything up to it is dealt with
	wait  *sync.WaitGroup   // owns the goroutines, one for each room that is waited for

	mu         sync.Mutex
	partitions map[int32][]*notified
	waiting    map[platforms.RoomID][]*notified // came since the room's present look was asked for
}

// notified is a notification on its way.
type notified struct {
	record *kgo.Record // nil for a look that nobody waits for
	open   int         // rooms that it still waits for
}

// begin takes a notification that names the rooms.
func (l *looks) begin(ctx context.Context, r *kgo.Record, rooms []platforms.RoomID) {
	n := &notified{record: r, open: len(rooms)}
	l.mu.Lock()
	defer l.mu.Unlock()
	if r != nil {
		if l.partitions == nil {
			l.partitions = map[int32][]*notified{}
		}
		l.partitions[r.Partition] = append(l.partitions[r.Partition], n)
	}
	for _, room := range rooms {
		l.ask(ctx, room, n)
	}
	l.advance(r)
}

// look has a room looked at for a reason other than a notification.
func (l *looks) look(ctx context.Context, room platforms.RoomID) {
	l.begin(ctx, nil, []platforms.RoomID{room})
}

// ask adds the notification to those that wait for the room, and begins to wait
// where nobody does yet. l.mu is held.
func (l *looks) ask(ctx context.Context, room platforms.RoomID, n *notified) {
	if l.waiting == nil {
		l.waiting = map[platforms.RoomID][]*notified{}
	}
	_, busy := l.waiting[room]
	l.waiting[room] = append(l.waiting[room], n)
	if !busy {
		l.wait.Go(func() { l.follow(ctx, room) })
	}
}

// follow has the room looked at as long as something waits for it.
func (l *looks) follow(ctx context.Context, room platforms.RoomID) {
	for {
		l.mu.Lock()
		batch := l.waiting[room]
		if len(batch) == 0 || ctx.Err() != nil {
			delete(l.waiting, room)
			l.mu.Unlock()
			return
		}
		l.waiting[room] = nil
		l.mu.Unlock()
		// An error other than the end means that the room is not followed: there is
		// nothing to be looked at, and the notification is dealt with.
		if err := l.rooms.Look(ctx, room); err != nil && ctx.Err() != nil {
			continue
		}
		l.mu.Lock()
		for _, n := range batch {
			n.open--
			l.advance(n.record)
		}
		l.mu.Unlock()
	}
}

// advance tells of the notifications at the front of a partition that are dealt
// with. l.mu is held.
func (l *looks) advance(r *kgo.Record) {
	if r == nil {
		return
	}
	queue := l.partitions[r.Partition]
	var last *kgo.Record
	for len(queue) > 0 && queue[0].open == 0 {
		last, queue = queue[0].record, queue[1:]
	}
	l.partitions[r.Partition] = queue
	if last != nil {
		l.done(last)
	}
}
