package bridge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"miohub/app/activity"
	"miohub/app/store"
	"miohub/platforms"
)

// echoWindow is how much later than our own call a platform may date what it
// tells of it: its clock may be ahead of ours.
const echoWindow = time.Minute

// reacted makes an outbox row of a reaction to a message that stands on both
// sides, whoever said it. A reaction of ours that the platform tells of is none.
func (e *Engine) reacted(ctx context.Context, r route, ev store.InboxEvent, in stored) ([]store.OutboxRow, error) {
	on := platforms.EventKind(ev.Kind) == platforms.ReactionAdded
	if in.Own || in.Author.App || e.isSeat(r.here.Platform, in.Author.User) {
		return nil, nil
	}
	source := message(ev.Room, ev.Message)
	if in.Emoji == "" {
		return nil, e.uncarried(ctx, r, source, in, on)
	}
	echo, err := e.isOurReaction(ctx, source, in, on, ev.Time)
	if err != nil || echo {
		return nil, err
	}
	carried, err := e.carriedOrOnItsWay(ctx, source, ev.Room)
	if err != nil || !carried || e.sides[r.there.Platform].Connection.Reacts == nil {
		return nil, err
	}
	author := message(ev.Room, string(in.Author.User))
	as := platforms.UserID("")
	if e.sides[r.there.Platform].Connection.Messages.Features(platforms.RoomID(r.there.ID)).ReactAsPerson {
		as = e.shelf.get().speaksAs(author, r.there)
	}
	sealed, err := e.sealPayload(payload{Emoji: in.Emoji, On: on, Author: string(in.Author.User)})
	if err != nil {
		return nil, err
	}
	return []store.OutboxRow{{
		LinkID: r.link, Kind: store.React, Key: reactionKey(source, in), Version: ev.Key, Source: source,
		SourceRoot: message(ev.Room, ev.Root), SourceRoom: r.here, Target: r.there, As: string(as), Sealed: sealed,
	}}, nil
}

// uncarried tells of a reaction that has no Unicode form, such as a picture of the
// tenant's own, to a message that was carried.
func (e *Engine) uncarried(ctx context.Context, r route, source platforms.Ref, in stored, on bool) error {
	known, err := e.known(ctx, source)
	if err != nil || !known || !on {
		return err
	}
	text := "A reaction was not carried."
	if len(in.Lost) > 0 {
		text = "A reaction was not carried: " + strings.Join(in.Lost, ", ") + "."
	}
	e.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "bridge.reaction-lost", Platform: r.there.Platform,
		Room: e.roomName(r.here) + " → " + e.roomName(r.there), Subject: source.ID, Text: text})
	return nil
}

// carriedOrOnItsWay: the message stands on both sides, or it may be one that is
// being posted right now. People react faster than a send is recorded.
func (e *Engine) carriedOrOnItsWay(ctx context.Context, source, room platforms.Ref) (bool, error) {
	for range 2 { // what was being posted at the first look stands at the second
		known, err := e.known(ctx, source)
		if err != nil || known {
			return known, err
		}
		ours, err := e.store.IsTarget(ctx, source)
		if err != nil {
			return false, fmt.Errorf("bridge: look for message: %w", err)
		}
		if ours {
			return true, nil
		}
		if posting, err := e.posting(ctx, room); err != nil || posting {
			return posting, err
		}
	}
	return false, nil
}

// posting: something of ours is being posted to a room.
func (e *Engine) posting(ctx context.Context, room platforms.Ref) (bool, error) {
	sending, err := e.store.Sending(ctx)
	if err != nil {
		return false, fmt.Errorf("bridge: read interrupted sends: %w", err)
	}
	return slices.ContainsFunc(sending, func(o store.OutboxRow) bool { return o.Target == room }), nil
}

// reactionKey names one person's reaction to one message.
func reactionKey(source platforms.Ref, in stored) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		string(source.Platform), string(source.Tenant), source.ID, string(in.Author.User), in.Emoji}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func (e *Engine) isSeat(p platforms.ID, user platforms.UserID) bool {
	return slices.ContainsFunc(e.sides[p].Connection.Seats, func(s platforms.Seat) bool { return s.User == user })
}

// isOurReaction: the platform tells of a reaction that was carried there. One that
// stands is ours when it is told as set; when it is told as taken back, whoever
// it was set for took it back there, and on their own side it still stands. One
// that no longer stands is ours up to the moment we took it back.
func (e *Engine) isOurReaction(ctx context.Context, here platforms.Ref, in stored, on bool, at time.Time) (bool, error) {
	list, err := e.store.ReactionsAs(ctx, here, string(in.Author.User), in.Emoji)
	if err != nil {
		return false, fmt.Errorf("bridge: look for reaction: %w", err)
	}
	return slices.ContainsFunc(list, func(r store.Reaction) bool {
		return r.Stands || !on || !at.After(r.Changed.Add(echoWindow))
	}), nil
}

// react sets or takes back a reaction. It is safe to repeat on every platform.
func (e *Engine) react(ctx context.Context, side Side, row store.OutboxRow, p payload) error {
	if side.Connection.Reacts == nil {
		return e.done(ctx, row)
	}
	there, found, err := e.counterpart(ctx, row)
	if err != nil {
		return err
	}
	if !found {
		posting, err := e.posting(ctx, row.SourceRoom)
		if err != nil {
			return err
		}
		if posting && e.now().Sub(row.Made) < sendTimeout {
			next := e.now().Add(time.Duration(float64(time.Second) / max(1, side.Pace)))
			return e.store.Postpone(ctx, row.ID, next, "waits for the message it belongs to")
		}
		return e.done(ctx, row) // never carried, or deleted meanwhile
	}
	before, was, err := e.store.ReactionOf(ctx, row.Source, p.Author, p.Emoji)
	if err != nil {
		return fmt.Errorf("bridge: look for reaction: %w", err)
	}
	if !p.On && !was {
		return e.done(ctx, row) // it was never carried
	}
	r := store.Reaction{Source: row.Source, Author: p.Author, Emoji: p.Emoji, Target: there, As: row.As, Stands: p.On}
	if was && before.Target == there {
		r.As = before.As // taken back by whom it was set for
		if p.On && !before.Stands {
			r.As = row.As
		}
	}
	shared, err := e.sharedReaction(ctx, r)
	if err != nil {
		return err
	}
	if err := e.store.SaveReaction(ctx, r); err != nil {
		return fmt.Errorf("bridge: record reaction: %w", err)
	}
	if err := e.store.MarkSending(ctx, row.ID, e.now()); err != nil {
		return fmt.Errorf("bridge: mark sending: %w", err)
	}
	if !shared {
		err = side.Connection.Reacts.React(ctx, platforms.RoomID(row.Target.ID), platforms.MessageID(there.ID), platforms.UserID(r.As), p.Emoji, p.On)
	}
	switch kind := platforms.KindOf(err); {
	case err == nil:
	case kind == platforms.NotFound && !p.On:
	case kind == platforms.SlowDown || kind == platforms.TryLater || kind == platforms.Uncertain || kind == platforms.SignInAgain:
		return e.later(ctx, row, err)
	default:
		if waits, err := e.doubt(ctx, row, err); waits || err != nil {
			return err
		}
		// A reaction is not worth a person's time: it is told, and dropped.
		e.note(ctx, store.LevelInfo, "bridge.reaction-lost", "A reaction could not be carried.", row, err)
		r.Stands = was && before.Stands
	}
	if err := e.store.FinishReaction(ctx, row.ID, r); err != nil {
		return fmt.Errorf("bridge: record reaction: %w", err)
	}
	e.succeeded(row.Target.Platform)
	return nil
}

// counterpart is the message on the other side that a reaction belongs to: our
// copy's first part, or the original that a copy here stands for.
func (e *Engine) counterpart(ctx context.Context, row store.OutboxRow) (platforms.Ref, bool, error) {
	links, err := e.copies(ctx, row)
	if err != nil {
		return platforms.Ref{}, false, err
	}
	if link, found := standing(links, draftKey(row.Source, 0)); found {
		return link.Target, true, nil
	}
	link, found, err := e.store.MessageLinkByTarget(ctx, row.Source)
	if err != nil {
		return platforms.Ref{}, false, fmt.Errorf("bridge: look for message: %w", err)
	}
	return link.Source, found && !link.Deleted && link.SourceRoom == row.Target, nil
}

// sharedReaction: what the account shows on the message does not change, because
// it stands there for somebody else with the same emoji as well. One account
// shows an emoji once.
func (e *Engine) sharedReaction(ctx context.Context, r store.Reaction) (bool, error) {
	list, err := e.store.ReactionsAs(ctx, r.Target, r.As, r.Emoji)
	if err != nil {
		return false, fmt.Errorf("bridge: look for reaction: %w", err)
	}
	return slices.ContainsFunc(list, func(o store.Reaction) bool {
		return o.Stands && (o.Source != r.Source || o.Author != r.Author)
	}), nil
}
