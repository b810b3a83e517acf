package bridge

import (
	"context"
	"fmt"
	"slices"

	"miohub/app/store"
	"miohub/platforms"
	"miohub/platforms/richtext"
)

// edit changes our copy of a message. Editing is safe to repeat on every
// platform: the same text twice is the same text.
func (e *Engine) edit(ctx context.Context, side Side, row store.OutboxRow, p payload) error {
	links, err := e.copies(ctx, row)
	if err != nil {
		return err
	}
	if !stands(links, row.Source) {
		return e.done(ctx, row) // never carried, abandoned, or deleted meanwhile
	}
	link, found := standing(links, row.Key)
	if !found {
		return e.create(ctx, side, row, p) // a part that a longer text needs
	}
	hash := richtext.Hash(p.Body)
	if link.Hash == hash {
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
	links, err := e.copies(ctx, row)
	if err != nil {
		return err
	}
	if err := e.store.MarkSending(ctx, row.ID, e.now()); err != nil {
		return fmt.Errorf("bridge: mark sending: %w", err)
	}
	var gone []store.MessageLink
	for _, link := range links {
		if link.Deleted || p.Only != "" && partOf(link.Key) != p.Only {
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

// copies are our messages that stand, or stood, for a row's message in its target.
func (e *Engine) copies(ctx context.Context, row store.OutboxRow) ([]store.MessageLink, error) {
	links, err := e.store.MessageLinkBySource(ctx, row.Source)
	if err != nil {
		return nil, fmt.Errorf("bridge: look for message: %w", err)
	}
	return slices.DeleteFunc(links, func(l store.MessageLink) bool { return l.TargetRoom != row.Target }), nil
}

// stands: the message was carried and is not deleted. Its first part is there as
// long as the message is.
func stands(links []store.MessageLink, source platforms.Ref) bool {
	_, found := standing(links, draftKey(source, 0))
	return found
}

// standing finds the post of a part that is not deleted.
func standing(links []store.MessageLink, part string) (store.MessageLink, bool) {
	for _, l := range links {
		if partOf(l.Key) == part && !l.Deleted {
			return l, true
		}
	}
	return store.MessageLink{}, false
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
