package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	world "miohub/platforms/sandbox"
)

// Markup syntaxes. The tenant's app is a new one, for which Google's default is
// Markdown.
const (
	syntaxUnset    = "MARKUP_SYNTAX_UNSPECIFIED"
	syntaxChat     = "MARKUP_SYNTAX_CHAT"
	syntaxMarkdown = "MARKUP_SYNTAX_MARKDOWN"
)

// Keys in World messages' Extra.
const (
	extraClient = "google.client" // client-assigned id
	extraSyntax = "google.syntax" // markup it was posted in
	extraKey    = "google.threadKey"
	extraCards  = "google.cards"
)

func syntaxOf(s string) string {
	if s == "" || s == syntaxUnset {
		return syntaxMarkdown
	}
	return s
}

// who resolves the id in <users/id>, which may be an address as well.
func (g *google) who(id string) (account, name string, ok bool) {
	if id == "all" {
		return "all", "all", true
	}
	if id == g.sa.clientID || id == "app" {
		return g.appKey(), appName, true
	}
	a, ok := g.tenant.Account(id)
	return a.ID, displayName(a), ok
}

// threadID names the thread of a root message. Google's ids are "T.T" for a
// root in thread T; other ids are encoded, so that no index is needed.
func threadID(root string) string {
	if a, b, ok := strings.Cut(root, "."); ok && a == b {
		return a
	}
	return "r-" + base64.RawURLEncoding.EncodeToString([]byte(root))
}

// rootOf finds the root message of a thread in a room.
func (g *google) rootOf(room, thread string) (world.Message, bool) {
	candidates := []string{thread + "." + thread}
	if enc, ok := strings.CutPrefix(thread, "r-"); ok {
		if b, err := base64.RawURLEncoding.DecodeString(enc); err == nil {
			candidates = append(candidates, string(b))
		}
	}
	for _, id := range candidates {
		if m, ok := g.tenant.Message(room, id); ok && m.Root == m.ID {
			return m, true
		}
	}
	return world.Message{}, false
}

// chatUser is an account as Chat shows it: with user authentication only name
// and type are certain, the app is told names as well.
func (g *google) chatUser(account string, app bool) map[string]any {
	out := map[string]any{"name": userName(account), "type": "HUMAN"}
	if strings.HasPrefix(account, "app:") {
		out["type"] = "BOT"
		out["displayName"] = appName
		return out
	}
	if app {
		if a, ok := g.tenant.Account(account); ok {
			out["displayName"] = displayName(a)
		}
	}
	return out
}

// message is a World message as Chat shows it to the caller.
func (c *call) message(m world.Message, syntax string) map[string]any {
	g := c.g
	name := "spaces/" + m.Room + "/messages/" + m.ID
	out := map[string]any{
		"name": name, "createTime": timestamp(m.Created),
		"space":  map[string]any{"name": "spaces/" + m.Room},
		"thread": map[string]any{"name": "spaces/" + m.Room + "/threads/" + threadID(m.Root)},
	}
	if id := m.Extra[extraClient]; id != "" {
		out["clientAssignedMessageId"] = id
	}
	if !m.Deleted.IsZero() {
		out["deleteTime"] = timestamp(m.Deleted)
		out["deletionMetadata"] = map[string]any{"deletionType": g.deletionType(m)}
		return out
	}
	if key := m.Extra[extraKey]; key != "" {
		out["thread"].(map[string]any)["threadKey"] = key
	}
	out["sender"] = g.chatUser(m.Author, c.tok.app)
	if !m.Edited.IsZero() {
		out["lastUpdateTime"] = timestamp(m.Edited)
	}
	if m.Root != m.ID {
		out["threadReply"] = true
	}
	plain, notes := plainText(m.Body, m.Extra[extraSyntax] == syntaxChat)
	if plain != "" {
		out["text"], out["argumentText"] = plain, plain
		out["formattedText"] = formatted(m.Body, syntax)
	}
	if cards := m.Extra[extraCards]; cards != "" {
		out["cardsV2"] = json.RawMessage(cards)
	}
	if len(m.Files) > 0 {
		list := make([]map[string]any, 0, len(m.Files))
		for _, f := range m.Files {
			list = append(list, attachment(m, f))
		}
		out["attachment"] = list
	}
	c.annotate(out, notes)
	if sums := reactionSummaries(m.Reactions); sums != nil {
		out["emojiReactionSummaries"] = sums
	}
	return out
}

func formatted(body world.Body, syntax string) string {
	if syntaxOf(syntax) == syntaxChat {
		return renderChat(body)
	}
	return renderMarkdown(body)
}

func (c *call) annotate(out map[string]any, notes []annotation) {
	var list []map[string]any
	for _, n := range notes {
		user := map[string]any{"name": "users/all", "type": "HUMAN"}
		if n.account != "all" {
			user = c.g.chatUser(n.account, c.tok.app)
		}
		note := map[string]any{"type": "USER_MENTION", "length": n.length, "userMention": map[string]any{"user": user, "type": "MENTION"}}
		if n.start > 0 {
			note["startIndex"] = n.start
		}
		list = append(list, note)
	}
	if list != nil {
		out["annotations"] = list
	}
}

// deletionType tells who deleted a message: through the API, or its author by hand.
func (g *google) deletionType(m world.Message) string {
	g.writing.Lock()
	defer g.writing.Unlock()
	if t := g.deleted[m.Room+"\x00"+m.ID]; t != "" {
		return t
	}
	return "CREATOR"
}

// listMessages answers messages.list.
func (g *google) listMessages(c *call) (map[string]any, *apiError) {
	r, bad := c.room()
	if bad != nil {
		return nil, bad
	}
	keep, bad := messageFilter(c.params["filter"], r.ID)
	if bad != nil {
		return nil, bad
	}
	down, bad := messageOrder(c.params["orderBy"])
	if bad != nil {
		return nil, bad
	}
	size, bad := c.pageSize(25, 1000)
	if bad != nil {
		return nil, bad
	}
	after, bad := c.after()
	if bad != nil {
		return nil, bad
	}
	// The World keeps messages in order of posting, with stamps of their own, so
	// that a stamp marks a place.
	list := g.tenant.Messages(r.ID)
	if down {
		slices.Reverse(list)
	}
	from, _ := strconv.ParseInt(after, 10, 64) // our own token
	var page []world.Message
	next := ""
	for _, m := range list {
		at := m.Created.UnixNano()
		past := after == "" || !down && at > from || down && at < from
		if !past || !m.Deleted.IsZero() && !c.flag("showDeleted") || !keep(m) {
			continue
		}
		if len(page) == size {
			next = c.nextPage(strconv.FormatInt(page[size-1].Created.UnixNano(), 10))
			break
		}
		page = append(page, m)
	}
	return listing("messages", page, func(m world.Message) map[string]any { return c.message(m, c.params["markupSyntax"]) }, next), nil
}

// messageFilter checks the filter: times and at most one thread, joined by AND.
func messageFilter(s, room string) (func(world.Message) bool, *apiError) {
	if s == "" {
		return func(world.Message) bool { return true }, nil
	}
	wrong := invalid("Invalid filter: %s", s)
	e, ok := parseFilter(s)
	if !ok {
		return nil, wrong
	}
	terms, ok := e.terms("AND")
	if !ok {
		return nil, wrong
	}
	threads := 0
	for _, t := range terms {
		switch t.field {
		case "create_time":
			if _, ok := compareTime(time.Time{}, t.op, t.value); !ok || t.op != ">" && t.op != "<" {
				return nil, wrong
			}
		case "thread.name":
			if threads++; threads > 1 || t.op != "=" || !strings.HasPrefix(t.value, "spaces/"+room+"/threads/") {
				return nil, wrong
			}
		default:
			return nil, wrong
		}
	}
	return func(m world.Message) bool {
		return e.eval(func(t expr) bool {
			if t.field == "thread.name" {
				return t.value == "spaces/"+room+"/threads/"+threadID(m.Root)
			}
			is, _ := compareTime(m.Created, t.op, t.value)
			return is
		})
	}, nil
}

// messageOrder reads orderBy, "ASC" or "DESC", optionally after "create_time".
func messageOrder(s string) (down bool, bad *apiError) {
	words := strings.Fields(s)
	if len(words) == 2 && snake(words[0]) == "create_time" {
		words = words[1:]
	}
	switch {
	case len(words) == 0:
		return false, nil
	case len(words) == 1 && strings.EqualFold(words[0], "ASC"):
		return false, nil
	case len(words) == 1 && strings.EqualFold(words[0], "DESC"):
		return true, nil
	}
	return false, invalid("Invalid order_by: %s", s)
}

// named returns the standing message that a call's path names, by its id or its
// client-assigned one.
func (c *call) named() (world.Message, *apiError) {
	r, bad := c.room()
	if bad != nil {
		return world.Message{}, bad
	}
	_, rest, _ := cutSpace(c.path)
	id := strings.Split(strings.TrimPrefix(rest, "messages/"), "/")[0]
	m, ok := c.g.find(r.ID, id)
	if !ok || !m.Deleted.IsZero() {
		return m, missing()
	}
	return m, nil
}

// find looks a message up by either id.
func (g *google) find(room, id string) (world.Message, bool) {
	if strings.HasPrefix(id, "client-") {
		g.writing.Lock()
		id = g.clients[room+"\x00"+id]
		g.writing.Unlock()
	}
	return g.tenant.Message(room, id)
}

// getMessage answers messages.get.
func (g *google) getMessage(c *call) (map[string]any, *apiError) {
	m, bad := c.named()
	if bad != nil {
		return nil, bad
	}
	return c.message(m, c.params["markupSyntax"]), nil
}

// messageBody reads the text of a request in the markup it says. A text that
// this markup makes nothing of stands as it is.
func (c *call) messageBody() (world.Body, string, *apiError) {
	s := text(c.body, "text")
	if len(s) > 32000 {
		return nil, "", invalid("Message is too long: the maximum is 32,000 bytes.")
	}
	if !utf8.ValidString(s) {
		return nil, "", invalid("Message text is not valid UTF-8.")
	}
	syntax := syntaxOf(text(c.body, "markupSyntax"))
	parse := parseMarkdown
	if syntax == syntaxChat {
		parse = parseChat
	}
	body := parse(s, c.g.who)
	if len(body) == 0 && s != "" {
		body = world.Text(s)
	}
	return body, syntax, nil
}
