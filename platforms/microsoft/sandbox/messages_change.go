package sandbox

import (
	"strings"
	"unicode"

	world "miohub/platforms/sandbox"
)

// own finds the path's message and checks that the signed-in person said it.
func (k *call) own() (place, world.Message, error) {
	p, err := k.messagesIn()
	if err != nil {
		return p, world.Message{}, err
	}
	m, err := k.messageInPath(p, false)
	if err != nil {
		return p, m, err
	}
	if m.Author != k.who.account {
		return p, m, k.deny("graph.message.not-own")
	}
	return p, m, nil
}

// updateMessage replaces the body of an own message.
func (k *call) updateMessage() (*reply, error) {
	p, m, err := k.own()
	if err != nil {
		return nil, err
	}
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	if _, set := in["policyViolation"]; set {
		return nil, k.deny("graph.message.policy-violation")
	}
	d, err := k.readDraft(in, func(content string) string { return k.root + k.hostedPath(p, m.Root, m.ID, content) })
	if err != nil {
		return nil, err
	}
	if !m.Deleted.IsZero() {
		return nil, k.deny("graph.message.unknown")
	}
	_, err = k.tenant.EditMessage(p.room.ID, m.ID, func(m *world.Message) {
		m.Wire, m.Body, m.Extra, m.Files = d.wire, d.body, d.extra, d.files
	})
	if err != nil {
		return nil, err
	}
	return noContent()
}

// softDelete empties an own message; deleting it again changes nothing.
func (k *call) softDelete() (*reply, error) {
	p, m, err := k.own()
	if err != nil {
		return nil, err
	}
	if !m.Deleted.IsZero() {
		return noContent()
	}
	k.mu.Lock()
	k.deleted[p.room.ID+"\x00"+m.ID] = m
	k.mu.Unlock()
	if err := k.tenant.DeleteMessage(p.room.ID, m.ID); err != nil {
		return nil, err
	}
	return noContent()
}

func (k *call) undoSoftDelete() (*reply, error) {
	p, m, err := k.own()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	was, kept := k.deleted[p.room.ID+"\x00"+m.ID]
	k.mu.Unlock()
	if m.Deleted.IsZero() || !kept {
		return nil, k.deny("graph.message.not-deleted")
	}
	_, err = k.tenant.RestoreMessage(p.room.ID, m.ID, func(m *world.Message) { m.Wire, m.Body, m.Files = was.Wire, was.Body, was.Files })
	if err != nil {
		return nil, err
	}
	return noContent()
}

// legacyReaction names the six reactions that are read by name.
func legacyReaction(emoji string) string {
	switch emoji {
	case "👍":
		return "like"
	case "❤", "❤️":
		return "heart"
	case "😆":
		return "laugh"
	case "😮":
		return "surprised"
	case "🙁", "😢":
		return "sad"
	case "😡", "😠":
		return "angry"
	}
	return emoji
}

// namedReaction is the emoji of one of the six names; the World keeps emoji.
func namedReaction(name string) string {
	switch name {
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
	return name
}

// readReaction takes any Unicode emoji or one of the six names, and answers the emoji.
func (k *call) readReaction() (string, error) {
	in, err := k.readBody()
	if err != nil {
		return "", err
	}
	if err := k.onlyKeys(in, "chatMessageReaction", "reactionType"); err != nil {
		return "", err
	}
	text, _ := in["reactionType"].(string)
	switch text {
	case "like", "heart", "laugh", "surprised", "sad", "angry":
		return namedReaction(text), nil
	}
	plain := strings.ContainsFunc(text, func(r rune) bool { return r < 0x80 && !unicode.IsDigit(r) && r != '#' && r != '*' })
	if text == "" || plain || len([]rune(text)) > 12 {
		return "", k.deny("graph.reaction.type")
	}
	return text, nil
}

func (k *call) setReaction() (*reply, error)   { return k.react(true) }
func (k *call) unsetReaction() (*reply, error) { return k.react(false) }

// react sets or removes the caller's own reaction.
func (k *call) react(set bool) (*reply, error) {
	p, err := k.messagesIn()
	if err != nil {
		return nil, err
	}
	m, err := k.messageInPath(p, false)
	if err != nil {
		return nil, err
	}
	emoji, err := k.readReaction()
	if err != nil {
		return nil, err
	}
	if !m.Deleted.IsZero() {
		return nil, k.deny("graph.message.unknown")
	}
	now := k.world.Clock.Now()
	_, err = k.tenant.React(p.room.ID, m.ID, k.who.account, set, func(m *world.Message) {
		var kept []world.Reaction
		for _, r := range m.Reactions {
			if r.Account != k.who.account || legacyReaction(r.Emoji) != legacyReaction(emoji) {
				kept = append(kept, r)
			}
		}
		if set {
			kept = append(kept, world.Reaction{ID: randomGUID(), Account: k.who.account, Emoji: emoji, Time: now})
		}
		m.Reactions, m.Changed = kept, now
	})
	if err != nil {
		return nil, err
	}
	return noContent()
}

func (k *call) reactions(m world.Message) []any {
	out := []any{}
	for _, r := range m.Reactions {
		kind := legacyReaction(r.Emoji)
		name := strings.ToUpper(kind[:1]) + kind[1:]
		if kind[0] >= 0x80 {
			name = ""
		}
		out = append(out, map[string]any{
			"reactionType": kind, "displayName": orNull(name), "reactionContentUrl": nil, "createdDateTime": timestamp(r.Time),
			"user": map[string]any{"application": nil, "device": nil, "user": userIdentity(r.Account, "")},
		})
	}
	return out
}
