package bridge

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"miohub/app/activity"
	"miohub/app/store"
	"miohub/platforms"
	"miohub/platforms/richtext"
)

const inboxBatch = 200

// runConverter turns stored events into outbox rows, in the order they were
// stored, until ctx ends.
func (e *Engine) runConverter(ctx context.Context) error {
	for {
		n, err := e.convertBatch(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			e.wakeSender()
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-e.convert:
		case <-time.After(5 * time.Second): // another process may have stored events
		}
	}
}

func (e *Engine) convertBatch(ctx context.Context) (int, error) {
	events, err := e.store.NextInbox(ctx, inboxBatch)
	if err != nil {
		return 0, fmt.Errorf("bridge: read inbox: %w", err)
	}
	for _, ev := range events {
		rows, err := e.convertOne(ctx, ev)
		if err != nil {
			return 0, err
		}
		if err := e.store.Convert(ctx, ev.ID, rows); err != nil {
			return 0, fmt.Errorf("bridge: convert: %w", err)
		}
	}
	return len(events), nil
}

// convertOne decides what one event means for the other side. No rows: nothing
// is to be sent.
func (e *Engine) convertOne(ctx context.Context, ev store.InboxEvent) ([]store.OutboxRow, error) {
	b := e.shelf.get()
	route, linked := b.routes[ev.Room]
	if !linked {
		return nil, nil // unlinked meanwhile
	}
	in, err := e.open(ev)
	if err != nil {
		// One event that cannot be read must not stop all those behind it.
		e.write(ctx, activity.Entry{
			Level: store.LevelProblem, Code: "bridge.unreadable", Platform: ev.Room.Platform, Room: e.roomName(ev.Room),
			Subject: ev.Message, Text: "A stored message could not be read and was not carried.", Err: err,
		})
		return nil, nil
	}
	source := message(ev.Room, ev.Message)
	switch platforms.EventKind(ev.Kind) {
	case platforms.ReactionAdded, platforms.ReactionRemoved:
		return e.reacted(ctx, route, ev, in)
	}
	if echo, err := e.isEcho(ctx, source, in); err != nil || echo {
		return nil, err
	}
	switch platforms.EventKind(ev.Kind) {
	case platforms.MessageCreated:
		return e.created(ctx, route, ev, in)
	case platforms.MessageEdited:
		return e.edited(ctx, route, ev, in)
	case platforms.MessageDeleted:
		return e.deleted(ctx, route, ev)
	}
	return nil, nil
}

func (e *Engine) open(ev store.InboxEvent) (stored, error) {
	var in stored
	plain, err := e.vault.Unseal(sealInbox, ev.Sealed)
	if err != nil {
		return in, fmt.Errorf("bridge: open stored event: %w", err)
	}
	return in, unmarshal(plain, "event", &in)
}

// message is the reference of a message in the tenant of a room.
func message(room platforms.Ref, id string) platforms.Ref {
	return platforms.Ref{Platform: room.Platform, Tenant: room.Tenant, ID: id}
}

// isEcho: we posted it. Recognised by the ids we gave or were given, and by the
// seat that posts for us; never by a name or a text.
func (e *Engine) isEcho(ctx context.Context, source platforms.Ref, in stored) (bool, error) {
	if in.Own {
		return true, nil
	}
	is, err := e.store.IsTarget(ctx, source)
	if err != nil {
		return false, fmt.Errorf("bridge: look for echo: %w", err)
	}
	return is, nil
}

func (e *Engine) created(ctx context.Context, r route, ev store.InboxEvent, in stored) ([]store.OutboxRow, error) {
	source := message(ev.Room, ev.Message)
	known, err := e.known(ctx, source)
	if err != nil || known {
		return nil, err
	}
	return e.rows(r, ev, in, store.Create)
}

// known: the message was carried, or is about to be.
func (e *Engine) known(ctx context.Context, source platforms.Ref) (bool, error) {
	links, err := e.store.MessageLinkBySource(ctx, source)
	if err != nil {
		return false, fmt.Errorf("bridge: look for message: %w", err)
	}
	if len(links) > 0 {
		return true, nil
	}
	open, err := e.store.HasOutbox(ctx, source)
	if err != nil {
		return false, fmt.Errorf("bridge: look in outbox: %w", err)
	}
	return open, nil
}

// edited: an edit of something that was never carried (said before the link)
// is left alone; so is one that changed nothing we carry.
func (e *Engine) edited(ctx context.Context, r route, ev store.InboxEvent, in stored) ([]store.OutboxRow, error) {
	source := message(ev.Room, ev.Message)
	known, err := e.known(ctx, source)
	if err != nil || !known {
		return nil, err
	}
	rows, err := e.rows(r, ev, in, store.Edit)
	if err != nil {
		return nil, err
	}
	over, err := e.leftOver(ctx, r, source, len(rows))
	if err != nil {
		return nil, err
	}
	for _, key := range over {
		sealed, err := e.sealPayload(payload{Only: key})
		if err != nil {
			return nil, err
		}
		rows = append(rows, store.OutboxRow{
			LinkID: r.link, Kind: store.Delete, Key: key, Version: ev.Key, Source: source,
			SourceRoot: message(ev.Room, ev.Root), SourceRoom: r.here, Target: r.there, Sealed: sealed,
		})
	}
	return rows, nil
}

// leftOver are the parts, sent or waiting, of a message that now has only so many.
func (e *Engine) leftOver(ctx context.Context, r route, source platforms.Ref, parts int) ([]string, error) {
	keys, err := e.store.DraftKeys(ctx, source, r.there)
	if err != nil {
		return nil, fmt.Errorf("bridge: look for parts: %w", err)
	}
	stay := map[string]bool{}
	for i := range parts {
		stay[draftKey(source, i)] = true
	}
	var over []string
	for _, key := range keys {
		if part := partOf(key); !stay[part] {
			stay[part] = true // named once
			over = append(over, part)
		}
	}
	return over, nil
}

func (e *Engine) deleted(ctx context.Context, r route, ev store.InboxEvent) ([]store.OutboxRow, error) {
	source := message(ev.Room, ev.Message)
	known, err := e.known(ctx, source)
	if err != nil || !known {
		return nil, err
	}
	sealed, err := e.sealPayload(payload{})
	if err != nil {
		return nil, err
	}
	return []store.OutboxRow{{
		LinkID: r.link, Kind: store.Delete, Key: draftKey(source, 0), Version: ev.Key,
		Source: source, SourceRoot: message(ev.Room, ev.Root), SourceRoom: r.here, Target: r.there, Sealed: sealed,
	}}, nil
}

// rows makes one outbox row per part of a message.
func (e *Engine) rows(r route, ev store.InboxEvent, in stored, kind store.OutboxKind) ([]store.OutboxRow, error) {
	b := e.shelf.get()
	source := message(ev.Room, ev.Message)
	author := message(ev.Room, string(in.Author.User))
	side := e.sides[r.there.Platform]
	features := side.Connection.Messages.Features(platforms.RoomID(r.there.ID))
	as := platforms.UserID("")
	if features.PostAsPerson && !in.Author.App {
		as = b.speaksAs(author, r.there)
	}
	files := e.sortFiles(r, &in)
	body, users := e.complete(b, ev.Room, in)
	mentioned := b.mentioned(ev.Room, users)
	parts := []richtext.Doc{body}
	if features.MaxBytes > 0 {
		parts = richtext.Split(body, features.MaxBytes, renderedSize)
	}
	rows := make([]store.OutboxRow, 0, len(parts))
	for i, part := range parts {
		p := payload{
			Body: part, Mentioned: mentioned, Name: e.label(author, in.Author.Name),
			Origin: e.sides[r.here.Platform].Product,
		}
		if i == 0 {
			p.Files = files
		}
		sealed, err := e.sealPayload(p)
		if err != nil {
			return nil, err
		}
		version := "1"
		if kind == store.Edit {
			version = ev.Key
		}
		rows = append(rows, store.OutboxRow{
			LinkID: r.link, Kind: kind, Key: draftKey(source, i), Version: version, Source: source,
			SourceRoot: message(ev.Room, ev.Root), SourceRoom: r.here, Target: r.there, As: string(as),
			Sealed: sealed,
		})
	}
	return rows, nil
}

// complete fills in the names of mentions that the platform left out, adds the
// note about what could not be carried, and lists who is mentioned.
func (e *Engine) complete(b *book, room platforms.Ref, in stored) (richtext.Doc, []string) {
	doc := richtext.Named(in.Body, func(user string) string {
		if u, known := b.users[message(room, user)]; known && u.Name != "" {
			return u.Name
		}
		return "someone"
	})
	for _, f := range in.Files {
		doc = append(doc, fileLink(f)) // those that are not copied
	}
	if len(in.Lost) > 0 {
		doc = append(doc, lostNote(in.Lost))
	}
	if len(doc) == 0 && !in.carried {
		doc = richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: "[empty message]", Style: richtext.Italic}}}}
	}
	return doc, richtext.Mentions(doc)
}

func (e *Engine) sealPayload(p payload) ([]byte, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("bridge: store draft: %w", err)
	}
	sealed, err := e.vault.Seal(sealOutbox, b)
	if err != nil {
		return nil, fmt.Errorf("bridge: seal draft: %w", err)
	}
	return sealed, nil
}

// renderedSize bounds what a body takes on any platform: its text, and room for
// tags, escapes and mentions.
func renderedSize(doc richtext.Doc) int {
	b, err := json.Marshal(doc)
	if err != nil {
		return 0
	}
	return len(b)*5/4 + 512
}

func (e *Engine) note(ctx context.Context, level store.LogLevel, code, text string, row store.OutboxRow, err error) {
	e.write(ctx, activity.Entry{
		Level: level, Code: code, Text: text, Platform: row.Target.Platform,
		Room: e.roomName(row.SourceRoom) + " → " + e.roomName(row.Target), Subject: row.Source.ID, Err: err,
	})
}
