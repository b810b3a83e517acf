package google

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
	"miohub/platforms/richtext"
)

// fewReads is up to how many messages of one page are read one by one; more are
// listed together.
const fewReads = 3

// view is one space through the eyes of its reader.
type view struct {
	api       *chat.Service
	room      platforms.RoomID
	threads   *threads
	reactions *reactionNames
	now       time.Time
	// lookedBack: the feed was asked for all that it knows of reactions.
	lookedBack bool
}

// happening is one entry of the feed. Its message is the vendor's latest
// version, not the one at the time, and in a syntax that is not ours to choose.
type happening struct {
	kind     platforms.EventKind
	message  *chat.Message
	reaction *chat.Reaction // of a reaction, which has no message
	at       time.Time
}

// happenings unpacks single and batched events, in the feed's order.
func happenings(list []*chat.SpaceEvent) []happening {
	var out []happening
	message := func(e *chat.SpaceEvent, kind platforms.EventKind, m *chat.Message) {
		if m != nil && m.Name != "" {
			out = append(out, happening{kind: kind, message: m, at: when(e.EventTime)})
		}
	}
	reaction := func(e *chat.SpaceEvent, kind platforms.EventKind, r *chat.Reaction) {
		if r != nil && r.Name != "" {
			out = append(out, happening{kind: kind, reaction: r, at: when(e.EventTime)})
		}
	}
	for _, e := range list {
		if d := e.MessageCreatedEventData; d != nil {
			message(e, platforms.MessageCreated, d.Message)
		}
		if d := e.MessageUpdatedEventData; d != nil {
			message(e, platforms.MessageEdited, d.Message)
		}
		if d := e.MessageDeletedEventData; d != nil {
			message(e, platforms.MessageDeleted, d.Message)
		}
		if d := e.ReactionCreatedEventData; d != nil {
			reaction(e, platforms.ReactionAdded, d.Reaction)
		}
		if d := e.ReactionDeletedEventData; d != nil {
			reaction(e, platforms.ReactionRemoved, d.Reaction)
		}
		if batch := e.MessageBatchCreatedEventData; batch != nil {
			for _, d := range batch.Messages {
				message(e, platforms.MessageCreated, d.Message)
			}
		}
		if batch := e.MessageBatchUpdatedEventData; batch != nil {
			for _, d := range batch.Messages {
				message(e, platforms.MessageEdited, d.Message)
			}
		}
		if batch := e.MessageBatchDeletedEventData; batch != nil {
			for _, d := range batch.Messages {
				message(e, platforms.MessageDeleted, d.Message)
			}
		}
		if batch := e.ReactionBatchCreatedEventData; batch != nil {
			for _, d := range batch.Reactions {
				reaction(e, platforms.ReactionAdded, d.Reaction)
			}
		}
		if batch := e.ReactionBatchDeletedEventData; batch != nil {
			for _, d := range batch.Reactions {
				reaction(e, platforms.ReactionRemoved, d.Reaction)
			}
		}
	}
	return out
}

// events makes events of a page of happenings. A message that was posted and
// edited within the page is delivered once, as it stands now; one that was
// deleted meanwhile is not posted at all.
func (v *view) events(ctx context.Context, list []happening, since time.Time) ([]platforms.Event, error) {
	now, err := v.current(ctx, list)
	if err != nil {
		return nil, err
	}
	var out []platforms.Event
	posted, edited := map[string]bool{}, map[string]bool{}
	for _, h := range list {
		if h.reaction != nil {
			e, ok, err := v.reacted(ctx, h, since)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, e)
			}
			continue
		}
		name := h.message.Name
		if h.kind == platforms.MessageDeleted {
			e, err := v.deleted(ctx, h)
			if err != nil {
				return nil, err
			}
			out = append(out, e)
			continue
		}
		m, stands := now[name]
		if !stands || h.kind == platforms.MessageEdited && (posted[name] || edited[name] || m.LastUpdateTime == "") {
			continue
		}
		if h.kind == platforms.MessageCreated && !when(m.CreateTime).After(since) {
			continue
		}
		var e platforms.Event
		var ok bool
		if h.kind == platforms.MessageCreated {
			posted[name] = true
			e, ok, err = v.created(ctx, m)
		} else {
			edited[name] = true
			e, ok, err = v.edited(ctx, m)
		}
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, e)
		}
	}
	return out, nil
}

// current reads the messages that stand, as Markdown, by their names.
func (v *view) current(ctx context.Context, list []happening) (map[string]*chat.Message, error) {
	wanted, now := map[string]*chat.Message{}, map[string]*chat.Message{}
	var first, last time.Time
	for _, h := range list {
		if h.reaction != nil || h.kind == platforms.MessageDeleted || h.message.DeleteTime != "" || h.message.DeletionMetadata != nil {
			continue
		}
		if _, own := draftKey(h.message.ClientAssignedMessageId); own {
			now[h.message.Name] = h.message // never carried back, so its syntax does not matter
			continue
		}
		wanted[h.message.Name] = h.message
		if h.kind != platforms.MessageCreated {
			continue
		}
		at := when(h.message.CreateTime)
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	if len(wanted) > fewReads && !first.IsZero() {
		if err := v.between(ctx, first, last, now); err != nil {
			return nil, err
		}
	}
	for name := range wanted {
		if now[name] != nil {
			continue
		}
		m, err := v.api.Spaces.Messages.Get(name).MarkupSyntax(markdown).Context(ctx).Do()
		if err != nil {
			err = failed("read message", err)
			if platforms.KindOf(err) == platforms.NotFound {
				continue // deleted meanwhile; the feed will say so
			}
			return nil, err
		}
		if m.DeleteTime == "" {
			now[name] = m
		}
	}
	return now, nil
}

// between lists what was posted in a span of time, both ends included.
func (v *view) between(ctx context.Context, first, last time.Time, into map[string]*chat.Message) error {
	filter := fmt.Sprintf(`create_time > "%s" AND create_time < "%s"`,
		first.Add(-time.Millisecond).Format(time.RFC3339Nano), last.Add(time.Millisecond).Format(time.RFC3339Nano))
	err := v.api.Spaces.Messages.List(string(v.room)).Filter(filter).OrderBy("ASC").MarkupSyntax(markdown).PageSize(messagesPerPage).
		Pages(ctx, func(answer *chat.ListMessagesResponse) error {
			for _, m := range answer.Messages {
				if m.DeleteTime == "" {
					into[m.Name] = m
				}
			}
			return nil
		})
	return failed("list messages", err)
}

// created is the event of a message's posting; ok is false for what is never
// carried.
func (v *view) created(ctx context.Context, m *chat.Message) (platforms.Event, bool, error) {
	if m.DeleteTime != "" {
		return platforms.Event{}, false, nil
	}
	e, ok, err := v.event(ctx, m)
	e.Kind, e.Time = platforms.MessageCreated, when(m.CreateTime)
	// By the posting alone: a later edit must not make a second posting of it.
	e.Key = eventKey(v.room, m.Name, m.CreateTime, e.Kind)
	return e, ok, err
}

func (v *view) edited(ctx context.Context, m *chat.Message) (platforms.Event, bool, error) {
	e, ok, err := v.event(ctx, m)
	e.Kind, e.Time = platforms.MessageEdited, when(m.LastUpdateTime)
	e.Key = eventKey(v.room, m.Name, m.LastUpdateTime, e.Kind)
	return e, ok, err
}

// deleted is the event of a deletion. Google tells little more than the name.
func (v *view) deleted(ctx context.Context, h happening) (platforms.Event, error) {
	root, err := v.threads.root(ctx, v.api, v.room, h.message)
	if err != nil {
		return platforms.Event{}, err
	}
	e := platforms.Event{
		Kind: platforms.MessageDeleted, Room: v.room, Message: platforms.MessageID(h.message.Name),
		Root: root, Time: h.at, Version: "deleted",
	}
	e.DraftKey, e.Own = draftKey(h.message.ClientAssignedMessageId)
	e.Key = eventKey(v.room, h.message.Name, e.Version, e.Kind)
	return e, nil
}

// event maps what both kinds have in common. A private message, which one
// person alone can see, is never carried.
func (v *view) event(ctx context.Context, m *chat.Message) (platforms.Event, bool, error) {
	if m.PrivateMessageViewer != nil {
		return platforms.Event{}, false, nil
	}
	e := platforms.Event{
		Room: v.room, Message: platforms.MessageID(m.Name), Version: version(m), Files: filesOf(m), Lost: lost(m),
	}
	e.DraftKey, e.Own = draftKey(m.ClientAssignedMessageId)
	if m.Sender != nil {
		e.Author = platforms.Author{User: userID(m.Sender.Name), Name: m.Sender.DisplayName, App: m.Sender.Type == "BOT"}
	}
	var err error
	if e.Root, err = v.threads.root(ctx, v.api, v.room, m); err != nil {
		return e, false, err
	}
	if e.Body, err = body(m); err != nil {
		// Better unformatted than not at all.
		e.Body = richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: m.Text}}}}
		e.Lost = append(e.Lost, "formatting")
	}
	return e, true, nil
}

func body(m *chat.Message) (richtext.Doc, error) {
	text := m.FormattedText
	if text == "" {
		text = m.FallbackText
	}
	if text == "" {
		return nil, nil
	}
	return parseMarkdown(text)
}

// lost names what a message holds beside its text and its files.
func lost(m *chat.Message) []string {
	var list []string
	count := func(n int, one, many string) {
		switch {
		case n == 1:
			list = append(list, "1 "+one)
		case n > 1:
			list = append(list, fmt.Sprintf("%d %s", n, many))
		}
	}
	count(len(m.AttachedGifs), "GIF", "GIFs")
	count(len(m.CardsV2)+len(m.Cards), "card", "cards")
	if m.QuotedMessageMetadata != nil {
		list = append(list, "1 quoted message")
	}
	return list
}

func eventKey(room platforms.RoomID, message, version string, kind platforms.EventKind) string {
	return string(room) + "|" + message + "|" + version + "|" + string(kind)
}
