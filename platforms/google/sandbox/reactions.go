package sandbox

import (
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

// reaction is a World reaction as Chat shows it.
func (c *call) reaction(m world.Message, r world.Reaction) map[string]any {
	return map[string]any{
		"name":  "spaces/" + m.Room + "/messages/" + m.ID + "/reactions/" + r.ID,
		"user":  c.g.chatUser(r.Account, c.tok.app),
		"emoji": map[string]any{"unicode": r.Emoji},
	}
}

// reactionSummaries counts a message's reactions by emoji, in order of appearance.
func reactionSummaries(list []world.Reaction) []map[string]any {
	var order []string
	count := map[string]int{}
	for _, r := range list {
		if count[r.Emoji] == 0 {
			order = append(order, r.Emoji)
		}
		count[r.Emoji]++
	}
	var out []map[string]any
	for _, emoji := range order {
		out = append(out, map[string]any{"emoji": map[string]any{"unicode": emoji}, "reactionCount": count[emoji]})
	}
	return out
}

// createReaction answers reactions.create.
func (g *google) createReaction(c *call) (map[string]any, *apiError) {
	m, bad := c.named()
	if bad != nil {
		return nil, bad
	}
	emoji := text(object(c.body, "emoji"), "unicode")
	if emoji == "" || len(emoji) > 64 || strings.ContainsAny(emoji, " \n<>&abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		return nil, invalid("emoji.unicode must be an emoji.")
	}
	r := world.Reaction{ID: g.shortID(22), Account: c.tok.account, Emoji: emoji, Time: g.world.Clock.Now()}
	twice := false
	_, err := g.tenant.React(m.Room, m.ID, r.Account, true, func(m *world.Message) {
		twice = slices.ContainsFunc(m.Reactions, func(o world.Reaction) bool { return o.Account == r.Account && o.Emoji == r.Emoji })
		if !twice {
			m.Reactions = append(m.Reactions, r)
		}
	})
	switch {
	case err != nil:
		return nil, missing()
	case twice:
		return nil, refuse(409, "The reaction already exists.")
	}
	return c.reaction(m, r), nil
}

// listReactions answers reactions.list.
func (g *google) listReactions(c *call) (map[string]any, *apiError) {
	m, bad := c.named()
	if bad != nil {
		return nil, bad
	}
	keep, bad := reactionFilter(c.params["filter"])
	if bad != nil {
		return nil, bad
	}
	size, bad := c.pageSize(25, 200)
	if bad != nil {
		return nil, bad
	}
	after, bad := c.after()
	if bad != nil {
		return nil, bad
	}
	list := slices.DeleteFunc(m.Reactions, func(r world.Reaction) bool { return !keep(r) })
	slices.SortFunc(list, func(a, b world.Reaction) int { return strings.Compare(a.ID, b.ID) })
	list = slices.DeleteFunc(list, func(r world.Reaction) bool { return after != "" && r.ID <= after })
	next := ""
	if len(list) > size {
		list = list[:size]
		next = c.nextPage(list[size-1].ID)
	}
	return listing("reactions", list, func(r world.Reaction) map[string]any { return c.reaction(m, r) }, next), nil
}

// reactionFilter checks the filter: emoji and users each joined by OR, the two
// by AND.
func reactionFilter(s string) (func(world.Reaction) bool, *apiError) {
	if s == "" {
		return func(world.Reaction) bool { return true }, nil
	}
	wrong := invalid("Invalid filter: %s", s)
	e, ok := parseFilter(s)
	if !ok || e.mixed {
		return nil, wrong
	}
	seen := map[string]bool{}
	for _, group := range e.groups() {
		fields := map[string]bool{}
		group.fields(fields)
		kind := ""
		for f := range fields {
			k, _, _ := strings.Cut(f, ".")
			if kind != "" && kind != k {
				return nil, wrong
			}
			kind = k
		}
		if seen[kind] {
			return nil, wrong
		}
		seen[kind] = true
	}
	if bad := e.each(func(t expr) *apiError {
		if t.op != "=" || t.field != "emoji.unicode" && t.field != "emoji.custom_emoji.uid" && t.field != "user.name" {
			return wrong
		}
		return nil
	}); bad != nil {
		return nil, bad
	}
	return func(r world.Reaction) bool {
		return e.eval(func(t expr) bool {
			switch t.field {
			case "emoji.unicode":
				return r.Emoji == t.value
			case "user.name":
				return userName(r.Account) == t.value
			}
			return false
		})
	}, nil
}

// deleteReaction answers reactions.delete: one's own only.
func (g *google) deleteReaction(c *call) (map[string]any, *apiError) {
	m, bad := c.named()
	if bad != nil {
		return nil, bad
	}
	_, rest, _ := cutSpace(c.path)
	id := rest[strings.LastIndexByte(rest, '/')+1:]
	i := slices.IndexFunc(m.Reactions, func(r world.Reaction) bool { return r.ID == id })
	if i < 0 {
		return nil, missing()
	}
	r := m.Reactions[i]
	if r.Account != c.tok.account {
		return nil, denied()
	}
	if _, err := g.tenant.React(m.Room, m.ID, r.Account, false, func(m *world.Message) {
		m.Reactions = slices.DeleteFunc(slices.Clone(m.Reactions), func(o world.Reaction) bool { return o.ID == id })
	}); err != nil {
		return nil, missing()
	}
	return map[string]any{}, nil
}
