package sandbox

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

func clientIDPattern() *regexp.Regexp { return regexp.MustCompile(`^client-[a-z0-9-]+$`) }

// createMessage answers messages.create.
func (g *google) createMessage(c *call) (map[string]any, *apiError) {
	r, bad := c.room()
	if bad != nil {
		return nil, bad
	}
	if bad := c.checkContent(); bad != nil {
		return nil, bad
	}
	id := c.params["messageId"]
	if id != "" && (len(id) > 63 || !clientIDPattern().MatchString(id)) {
		return nil, invalid("Invalid message ID: it must begin with client- and contain up to 63 lowercase letters, numbers and hyphens.")
	}
	m, bad := c.postOnce(r, id)
	if bad != nil {
		return nil, bad
	}
	return c.message(m, text(c.body, "markupSyntax")), nil
}

// postOnce posts unless the request id was seen before.
func (c *call) postOnce(r world.Room, clientID string) (world.Message, *apiError) {
	g := c.g
	g.writing.Lock()
	defer g.writing.Unlock()
	old, bad := c.repeated(c.params["requestId"])
	if bad != nil {
		return world.Message{}, bad
	}
	if old.id != "" {
		m, _ := g.tenant.Message(r.ID, old.id)
		return m, nil
	}
	if clientID != "" && g.clients[r.ID+"\x00"+clientID] != "" {
		return world.Message{}, refuse(409, "Message with ID %s already exists.", clientID)
	}
	return c.post(r, clientID)
}

// post adds the message. Callers hold g.writing.
func (c *call) post(r world.Room, clientID string) (world.Message, *apiError) {
	g := c.g
	root, key, bad := c.thread(r)
	if bad != nil {
		return world.Message{}, bad
	}
	body, syntax, bad := c.messageBody()
	if bad != nil {
		return world.Message{}, bad
	}
	files, bad := c.attached(r.ID)
	if bad != nil {
		return world.Message{}, bad
	}
	own := g.shortID(11)
	m := world.Message{
		ID: own + "." + own, Room: r.ID, Author: c.tok.key(g), Body: body, Wire: text(c.body, "text"),
		Extra: map[string]string{extraSyntax: syntax}, Files: files,
	}
	if root != "" {
		m.ID, m.Root = threadID(root)+"."+own, root
	}
	if key != "" {
		m.Extra[extraKey] = key
	}
	if clientID != "" {
		m.Extra[extraClient] = clientID
	}
	if cards, ok := c.body["cardsV2"]; ok {
		b, _ := json.Marshal(cards) // decoded from JSON
		m.Extra[extraCards] = string(b)
	}
	posted, err := g.tenant.Post(m)
	if err != nil {
		return posted, missing()
	}
	if clientID != "" {
		g.clients[r.ID+"\x00"+clientID] = posted.ID
	}
	if key != "" && root == "" {
		g.clients[threadKey(r.ID, key)] = posted.ID
	}
	c.remember(c.params["requestId"], made{who: c.tok.key(g), id: posted.ID})
	return posted, nil
}

// threadKey names a thread key among the client-assigned ids of a room.
func threadKey(room, key string) string { return room + "\x00thread\x00" + key }

// checkContent refuses what a message cannot carry.
func (c *call) checkContent() *apiError {
	for _, field := range []string{"cards", "cardsV2", "accessoryWidgets", "actionResponse", "privateMessageViewer", "fallbackText"} {
		if _, given := c.body[field]; given && !c.tok.app {
			return invalid("%s requires app authentication.", snake(field))
		}
	}
	for _, field := range []string{"quotedMessageMetadata", "privateMessageViewer", "cards", "accessoryWidgets", "elements"} {
		if _, given := c.body[field]; given {
			return invalid("Request contains an invalid argument: %s.", snake(field))
		}
	}
	if kind := c.params["createMessageNotificationOptions.notificationType"]; kind != "" && kind != "NOTIFICATION_TYPE_NONE" && !c.tok.app {
		return invalid("%s requires app authentication.", kind)
	}
	files, _ := c.body["attachment"].([]any)
	if len(files) > 0 && c.tok.app {
		return invalid("attachment requires user authentication.")
	}
	if strings.TrimSpace(text(c.body, "text")) == "" && c.body["cardsV2"] == nil && len(files) == 0 {
		return invalid("Message cannot be empty.")
	}
	return nil
}

// thread decides where a new message goes: root is the message it replies to,
// "" for a new thread; key the thread key to remember. Without a reply option
// whatever thread is named is ignored, as documented.
func (c *call) thread(r world.Room) (root, key string, bad *apiError) {
	option := c.params["messageReplyOption"]
	t := object(c.body, "thread")
	name := text(t, "name")
	if key = text(t, "threadKey"); key == "" {
		key = c.params["threadKey"]
	}
	if len([]rune(key)) > 4000 {
		return "", "", invalid("thread_key exceeds the maximum length of 4000 characters.")
	}
	if option == "" || option == "MESSAGE_REPLY_OPTION_UNSPECIFIED" || !r.Threaded {
		return "", "", nil
	}
	fail := option == "REPLY_MESSAGE_OR_FAIL"
	if name != "" {
		id, ok := strings.CutPrefix(name, "spaces/"+r.ID+"/threads/")
		if !ok || id == "" || strings.Contains(id, "/") {
			return "", "", invalid("The request contains an invalid thread resource name.")
		}
		m, ok := c.g.rootOf(r.ID, id)
		switch {
		case ok:
			return m.ID, "", nil
		case fail:
			return "", "", missing()
		}
		return "", "", nil
	}
	if key == "" {
		if fail {
			return "", "", missing()
		}
		return "", "", nil
	}
	return c.g.clients[threadKey(r.ID, key)], key, nil
}

// patchMessage answers messages.patch and messages.update.
func (g *google) patchMessage(c *call) (map[string]any, *apiError) {
	r, bad := c.room()
	if bad != nil {
		return nil, bad
	}
	_, rest, _ := cutSpace(c.path)
	id := strings.TrimPrefix(rest, "messages/")
	m, there := g.find(r.ID, id)
	there = there && m.Deleted.IsZero()
	if !there && c.flag("allowMissing") {
		return g.upsertMessage(c, r, id)
	}
	if !there {
		return nil, missing()
	}
	if m.Author != c.tok.key(g) {
		return nil, denied()
	}
	if bad := c.checkUpdate(); bad != nil {
		return nil, bad
	}
	body, syntax, bad := c.messageBody()
	if bad != nil {
		return nil, bad
	}
	m, err := g.tenant.EditMessage(r.ID, m.ID, func(m *world.Message) {
		m.Body, m.Wire = body, text(c.body, "text")
		if m.Extra == nil {
			m.Extra = map[string]string{}
		}
		m.Extra[extraSyntax] = syntax
	})
	if err != nil {
		return nil, missing()
	}
	return c.message(m, text(c.body, "markupSyntax")), nil
}

// checkUpdate checks the update mask: the text is what can be changed here.
func (c *call) checkUpdate() *apiError {
	paths := maskPaths(c.params["updateMask"])
	if len(paths) == 0 {
		return invalid("update_mask is required.")
	}
	for _, p := range paths {
		switch p {
		case "text", "*":
		case "cards", "cards_v2", "accessory_widgets":
			if !c.tok.app {
				return invalid("Updating %s requires app authentication.", p)
			}
		case "attachment", "quoted_message_metadata":
		default:
			return invalid("Invalid or unsupported field path in update_mask: %s", p)
		}
	}
	if !slices.Contains(paths, "text") && !slices.Contains(paths, "*") {
		return invalid("Only text can be updated.")
	}
	return c.checkContent()
}

// upsertMessage makes the message that a patch with allowMissing did not find.
func (g *google) upsertMessage(c *call, r world.Room, id string) (map[string]any, *apiError) {
	if !strings.HasPrefix(id, "client-") || len(id) > 63 || !clientIDPattern().MatchString(id) {
		return nil, invalid("allow_missing requires a client-assigned message ID.")
	}
	if bad := c.checkContent(); bad != nil {
		return nil, bad
	}
	g.writing.Lock()
	if m, ok := g.tenant.Message(r.ID, g.clients[r.ID+"\x00"+id]); ok && m.Deleted.IsZero() {
		// Somebody made it meanwhile, so there is something to patch.
		g.writing.Unlock()
		return g.patchMessage(c)
	}
	m, bad := c.post(r, id)
	g.writing.Unlock()
	if bad != nil {
		return nil, bad
	}
	return c.message(m, text(c.body, "markupSyntax")), nil
}

// deleteMessage answers messages.delete.
func (g *google) deleteMessage(c *call) (map[string]any, *apiError) {
	m, bad := c.named()
	if bad != nil {
		return nil, bad
	}
	r, _ := g.tenant.Room(m.Room)
	kind := "CREATOR_VIA_APP"
	switch {
	case m.Author == c.tok.key(g):
		if c.tok.app {
			kind = "CREATOR"
		}
	case !c.tok.app && r.Members[c.tok.account].Owner:
		kind = "SPACE_OWNER_VIA_APP"
	default:
		return nil, denied()
	}
	replies := g.replies(m)
	if len(replies) > 0 && !c.tok.app && !c.flag("force") {
		e := invalid("Message has threaded replies; set force to delete them as well.")
		e.status = "FAILED_PRECONDITION"
		return nil, e
	}
	if c.tok.app {
		replies = nil
	}
	g.writing.Lock()
	for _, gone := range append([]world.Message{m}, replies...) {
		g.deleted[gone.Room+"\x00"+gone.ID] = kind
	}
	g.writing.Unlock()
	for _, gone := range append([]world.Message{m}, replies...) {
		if err := g.tenant.DeleteMessage(gone.Room, gone.ID); err != nil && gone.ID == m.ID {
			return nil, missing()
		}
	}
	return map[string]any{}, nil
}

// replies lists the standing replies to a root message.
func (g *google) replies(root world.Message) []world.Message {
	if root.Root != root.ID {
		return nil
	}
	var out []world.Message
	for _, m := range g.tenant.Messages(root.Room) {
		if m.Root == root.ID && m.ID != root.ID && m.Deleted.IsZero() {
			out = append(out, m)
		}
	}
	return out
}
