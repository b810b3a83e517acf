package microsoft

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

// React implements platforms.Reactions. Teams knows the bridge account's own
// reactions only, one of each emoji, whoever it reacts for.
func (m *messages) React(ctx context.Context, _ platforms.RoomID, message platforms.MessageID, _ platforms.UserID, emoji string, on bool) error {
	at, err := locate(message)
	if err != nil {
		return err
	}
	ctx = transport.Idempotent(ctx)
	if on {
		return fail("react", m.graph.SetReaction(ctx, at.Place, at.id, emoji), harmless)
	}
	err = fail("take a reaction back", m.graph.UnsetReaction(ctx, at.Place, at.id, emoji), harmless)
	if platforms.KindOf(err) == platforms.NotFound {
		return nil // neither the reaction nor, perhaps, the message stands
	}
	return err
}

// Undelete implements platforms.Undeleter.
func (m *messages) Undelete(ctx context.Context, t platforms.Target) error {
	at, err := locate(t.ID)
	if err != nil {
		return err
	}
	err = fail("undo a deletion", m.graph.UndoSoftDelete(transport.Idempotent(ctx), at.Place, at.id), harmless)
	switch platforms.KindOf(err) {
	case platforms.NotFound, platforms.Invalid, platforms.Conflict, platforms.Forbidden:
		// One that stands is refused.
		if now, look := m.graph.Message(ctx, at.Place, at.id); look == nil && now.Deleted == nil {
			return nil
		}
	}
	return err
}

// emojiOf is a reaction as Unicode, "" for a picture of the tenant's own. Six
// reactions are told by name (resource type chatMessageReaction).
func emojiOf(reactionType string) string {
	switch reactionType {
	case "like":
		return "👍"
	case "heart":
		return "❤️"
	case "laugh":
		return "😆"
	case "surprised":
		return "😮"
	case "sad":
		return "🙁"
	case "angry":
		return "😡"
	}
	if strings.ContainsFunc(reactionType, func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }) {
		return ""
	}
	return reactionType
}

// reaction is one that stands, as a cursor remembers it.
type reaction struct {
	User  string `json:"u"`
	Emoji string `json:"e"`
	Since int64  `json:"t"` // when it was set, in Unix milliseconds
}

// reacted is a message with reactions, as a cursor remembers it.
type reacted struct {
	Modified  time.Time  `json:"m"` // of the message
	Reactions []reaction `json:"r"`
}

const (
	// maxReacted is how many messages of a room a cursor remembers the reactions
	// of, the latest ones. A reaction taken back from an older one is not noticed.
	maxReacted = 100
	// maxReactions bounds what is remembered of one message.
	maxReactions = 50
)

// memory is which reactions stood at the last look. A channel's delta shows
// those that stand, not those that are gone: what was taken back is what the
// cursor remembers and the message lacks.
type memory map[platforms.MessageID]reacted

// forget keeps the memory within its bounds.
func (m memory) forget() {
	if len(m) <= maxReacted {
		return
	}
	oldest := slices.SortedFunc(maps.Keys(m), func(a, b platforms.MessageID) int { return m[a].Modified.Compare(m[b].Modified) })
	for _, id := range oldest[:len(m)-maxReacted] {
		delete(m, id)
	}
}

// reactions tells which reactions a message got and lost, and remembers those
// that stand. Those from before the room was linked are left out. An added one
// is told at each look that shows the message: its key makes that a no-op.
func (r reader) reactions(m graph.Message, id, root platforms.MessageID) []platforms.Event {
	base := platforms.Event{Room: r.room, Message: id, Root: root}
	before := r.memory[id]
	if m.Modified.Before(before.Modified) {
		return nil // an answer older than what is known: pages may come from a server that lags
	}
	delete(r.memory, id)
	if m.Deleted != nil {
		return nil // gone with the message
	}
	now := r.standing(m)
	var events []platforms.Event
	for _, one := range now {
		// Two servers' clocks may date a reaction before its message; it comes after it.
		at := time.UnixMilli(one.Since).UTC()
		if at.Before(m.Created) {
			at = m.Created
		}
		events = append(events, r.reaction(base, platforms.ReactionAdded, one, at))
	}
	for _, one := range before.Reactions {
		if !slices.Contains(now, one) {
			events = append(events, r.reaction(base, platforms.ReactionRemoved, one, m.Modified))
		}
	}
	if len(now) > 0 {
		r.memory[id] = reacted{Modified: m.Modified, Reactions: now[:min(len(now), maxReactions)]}
	}
	return events
}

// standing is a message's reactions by people that can be carried.
func (r reader) standing(m graph.Message) []reaction {
	var now []reaction
	for _, one := range m.Reactions {
		emoji := emojiOf(one.Type)
		if emoji == "" || one.User == nil || one.User.User == nil || one.User.User.ID == "" || !one.Created.After(r.after) {
			continue
		}
		now = append(now, reaction{User: one.User.User.ID, Emoji: emoji, Since: one.Created.UnixMilli()})
	}
	return now
}

// reaction makes the event; its key holds when the reaction was set, so that one
// that is set again after it was taken back is another.
func (r reader) reaction(e platforms.Event, kind platforms.EventKind, one reaction, at time.Time) platforms.Event {
	e.Kind, e.Emoji, e.Time = kind, one.Emoji, at
	e.Author = platforms.Author{User: platforms.UserID(one.User)}
	e.Own = e.Author.User == r.own
	e.Version = strconv.FormatInt(one.Since, 10)
	e.Key = string(kind) + " " + string(e.Message) + " " + one.User + " " + one.Emoji + " " + e.Version
	return e
}
