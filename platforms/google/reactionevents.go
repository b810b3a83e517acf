package google

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
)

// maxReactions bounds what is remembered; past it the feed is asked again.
const maxReactions = 20_000

// reactionNames remembers whose reaction a name is: Google need not tell more
// than the name when one was taken back.
type reactionNames struct {
	mu    sync.Mutex
	known map[string]reactionName
}

// reactionName is who reacted with what.
type reactionName struct {
	author platforms.Author
	emoji  string
}

func newReactionNames() *reactionNames {
	return &reactionNames{known: map[string]reactionName{}}
}

// learn notes a reaction; ok is false for one that does not say whose it is.
func (n *reactionNames) learn(r *chat.Reaction) (who reactionName, ok bool) {
	if r.User == nil || r.Emoji == nil {
		return who, false
	}
	who = reactionName{platforms.Author{User: userID(r.User.Name), Name: r.User.DisplayName}, r.Emoji.Unicode}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.known) > maxReactions {
		clear(n.known)
	}
	n.known[r.Name] = who
	return who, true
}

func (n *reactionNames) of(name string) (reactionName, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	who, ok := n.known[name]
	return who, ok
}

// reacted is the event of a reaction; ok is false for one of before since, and
// for one of which nobody knows any more whose it was.
func (v *view) reacted(ctx context.Context, h happening, since time.Time) (e platforms.Event, ok bool, err error) {
	message, _, named := strings.Cut(h.reaction.Name, "/reactions/")
	if !named || !h.at.After(since) {
		return e, false, nil
	}
	who, ok, err := v.whose(ctx, h.reaction)
	if err != nil || !ok {
		return e, false, err
	}
	e = platforms.Event{
		Kind: h.kind, Room: v.room, Message: platforms.MessageID(message), Root: platforms.MessageID(message), Time: h.at,
		Author: who.author, Emoji: who.emoji, Version: h.reaction.Name,
		Key: eventKey(v.room, h.reaction.Name, "", h.kind),
	}
	if e.Emoji == "" {
		e.Lost = []string{"1 custom emoji"}
	}
	return e, true, nil
}

// whose tells who reacted with what: as the event says, as was seen before, or
// as the feed told when the reaction was set.
func (v *view) whose(ctx context.Context, r *chat.Reaction) (who reactionName, ok bool, err error) {
	if who, ok = v.reactions.learn(r); ok {
		return who, true, nil
	}
	if who, ok = v.reactions.of(r.Name); ok || v.lookedBack {
		return who, ok, nil
	}
	v.lookedBack = true
	if err := v.lookBack(ctx); err != nil {
		return who, false, err
	}
	who, ok = v.reactions.of(r.Name)
	return who, ok, nil
}

// lookBack learns the reactions set as far back as the feed reaches.
func (v *view) lookBack(ctx context.Context) error {
	filter := fmt.Sprintf(`start_time="%s" AND event_types:"%s"`, v.now.Add(-reach).UTC().Format(time.RFC3339Nano), eventReacted)
	err := v.api.Spaces.SpaceEvents.List(string(v.room)).Filter(filter).PageSize(eventsPerPage).
		Pages(ctx, func(answer *chat.ListSpaceEventsResponse) error {
			for _, h := range happenings(answer.SpaceEvents) {
				if h.reaction != nil {
					v.reactions.learn(h.reaction)
				}
			}
			return nil
		})
	return failed("read the space's reactions", err)
}
