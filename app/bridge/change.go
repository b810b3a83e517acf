package bridge

import (
	"context"
	"fmt"
	"miohub/platforms/richtext"

	"miohub/app/store"
	"miohub/platforms"
)

// edit changes our copy of a message. Editing is safe to repeat on every
// platform: the same text twice is the same text.
func (e *Engine) edit(ctx context.Context, side Side, row store.OutboxRow, p payload) error {
	link, found, err := e.linkOf(ctx, row)
	if err != nil {
		return err
	}
	if !found {
		// A new part of a message that has grown: it is sent as a reply of its own.
		row.Kind = store.Create
		return e.create(ctx, side, row, p)
	}
	hash := richtext.Hash(p.Body)
	if link.Deleted || link.Hash == hash {
		return e.done(ctx, row)
	}
	row.As = link.As // the copy keeps the author it was posted with
	d, err := e.draft(ctx, row, p)
	if err != nil {
		return err
	}
	if err := e.store.MarkSending(ctx, row.ID, e.now()); err != nil {
		return fmt.Errorf("bridge: mark sending: %w", err)
	}
	s, err := side.Connection.Messages.Edit(ctx, target(link), d)
	switch {
	case platforms.KindOf(err) == platforms.NotFound:
		e.note(ctx, store.LevelInfo, "bridge.copy-gone", "The copy of an edited message is gone; the edit was dropped.", row, err)
		return e.done(ctx, row)
	case err != nil:
		return e.later(ctx, row, err)
	}
	link.Version, link.Hash = s.Version, hash
	if err := e.store.MarkSent(ctx, row.ID, link); err != nil {
		return fmt.Errorf("bridge: record edit: %w", err)
	}
	e.note(ctx, store.LevelOK, "bridge.edited", "Message edited", row, nil)
	return nil
}

// remove deletes our copy: every part, or the one that is left over.
func (e *Engine) remove(ctx context.Context, side Side, row store.OutboxRow, p payload) error {
	links, err := e.store.MessageLinkBySource(ctx, row.Source)
	if err != nil {
		return fmt.Errorf("bridge: look for message: %w", err)
	}
	if err := e.store.MarkSending(ctx, row.ID, e.now()); err != nil {
		return fmt.Errorf("bridge: mark sending: %w", err)
	}
	var gone []store.MessageLink
	for _, link := range links {
		if link.Deleted || link.TargetRoom != row.Target || p.Only != "" && link.Key != p.Only {
			continue
		}
		err := side.Connection.Messages.Delete(ctx, target(link))
		if err != nil && platforms.KindOf(err) != platforms.NotFound {
			return e.later(ctx, row, err)
		}
		link.Deleted = true
		gone = append(gone, link)
	}
	if err := e.store.Finish(ctx, row.ID, gone...); err != nil {
		return fmt.Errorf("bridge: record deletion: %w", err)
	}
	e.note(ctx, store.LevelOK, "bridge.deleted", "Message deleted", row, nil)
	return nil
}

func (e *Engine) linkOf(ctx context.Context, row store.OutboxRow) (store.MessageLink, bool, error) {
	links, err := e.store.MessageLinkBySource(ctx, row.Source)
	if err != nil {
		return store.MessageLink{}, false, fmt.Errorf("bridge: look for message: %w", err)
	}
	for _, l := range links {
		if l.Key == row.Key && l.TargetRoom == row.Target {
			return l, true, nil
		}
	}
	return store.MessageLink{}, false, nil
}

func (e *Engine) done(ctx context.Context, row store.OutboxRow) error {
	if err := e.store.Finish(ctx, row.ID); err != nil {
		return fmt.Errorf("bridge: finish: %w", err)
	}
	return nil
}

func target(l store.MessageLink) platforms.Target {
	return platforms.Target{
		Room: platforms.RoomID(l.TargetRoom.ID), ID: platforms.MessageID(l.Target.ID), Root: platforms.MessageID(l.TargetRoot),
		As: platforms.UserID(l.As), Key: l.Key,
	}
}

// recover logs what was under way when the engine last stopped. The sender
// resolves it first.
func (e *Engine) recover(ctx context.Context) error {
	rows, err := e.store.Sending(ctx)
	if err != nil {
		return fmt.Errorf("bridge: read interrupted sends: %w", err)
	}
	for _, row := range rows {
		e.note(ctx, store.LevelInfo, "bridge.interrupted", "Sending was interrupted; it is looked for before it is repeated.", row, nil)
	}
	return nil
}
