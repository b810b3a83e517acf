package sandbox

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	world "miohub/platforms/sandbox"
)

// Keys of world.Message.Extra: what Graph's answers need beyond the World's fields.
const (
	extraEvent       = "event"       // JSON of a system message's eventDetail
	extraType        = "contentType" // "text", or "html" where missing
	extraMentions    = "mentions"    // JSON
	extraAttachments = "attachments" // JSON
	extraSubject     = "subject"
	extraImportance  = "importance"
)

// maxReplies is how many replies $expand=replies carries.
const maxReplies = 1000

// place is a channel that the caller was admitted to, for messages.
type place struct {
	team team
	room world.Room
}

// messagesIn checks that the caller may read or write messages in the path's channel.
func (k *call) messagesIn() (place, error) {
	if !k.who.delegated() || k.who.app == k.hub && k.faults.On("microsoft.protected-api") {
		return place{}, k.deny("graph.messages.protected")
	}
	if !isGUID(k.ids["team"]) {
		return place{}, k.deny("graph.team.malformed")
	}
	t, found := k.feed.team(strings.ToLower(k.ids["team"]))
	if !found {
		return place{}, k.deny("graph.team.unknown", k.ids["team"])
	}
	r, found := k.feed.room(k.ids["channel"])
	if !found || r.Group != t.id {
		return place{}, k.deny("graph.channel.unknown")
	}
	if !k.admitted(t, r, k.who.account) {
		return place{}, k.deny("graph.messages.not-member")
	}
	return place{t, r}, nil
}

// licensed refuses people without Teams where Teams itself answers.
func (k *call) licensed() error {
	if !k.route.licence || !k.who.delegated() {
		return nil
	}
	if a, found := k.tenant.Account(k.who.account); found && !a.Licensed {
		return k.deny("graph.teams.licence")
	}
	return nil
}

// messageObject is one chatMessage.
func (k *call) messageObject(p place, m world.Message) map[string]any {
	o := map[string]any{
		"id": m.ID, "replyToId": nil, "etag": strconv.FormatInt(k.feed.modified(m).UnixMilli(), 10), "messageType": "message",
		"createdDateTime": timestamp(m.Created), "lastModifiedDateTime": timestamp(k.feed.modified(m)), "lastEditedDateTime": nil, "deletedDateTime": nil,
		"subject": orNull(m.Extra[extraSubject]), "summary": nil, "chatId": nil, "importance": "normal", "locale": "en-us",
		"webUrl": fmt.Sprintf("https://teams.microsoft.com/l/message/%s/%s?groupId=%s&tenantId=%s&createdTime=%s&parentMessageId=%s",
			url.PathEscape(p.room.ID), m.ID, p.team.id, k.tenant.ID, m.ID, m.Root),
		"channelIdentity": map[string]any{"teamId": p.team.id, "channelId": p.room.ID},
		"policyViolation": nil, "eventDetail": nil, "from": nil, "attachments": []any{}, "mentions": []any{}, "reactions": k.reactions(m),
		"messageHistory": []any{},
	}
	if m.Root != m.ID {
		o["replyToId"] = m.Root
	}
	if v := m.Extra[extraImportance]; v != "" {
		o["importance"] = v
	}
	if !m.Edited.IsZero() {
		o["lastEditedDateTime"] = timestamp(m.Edited)
	}
	if event := m.Extra[extraEvent]; event != "" {
		o["messageType"], o["eventDetail"] = "systemEventMessage", json.RawMessage(event)
		o["body"] = map[string]any{"contentType": "html", "content": "<systemEventMessage/>"}
		return o
	}
	o["from"] = map[string]any{"application": nil, "device": nil, "user": userIdentity(m.Author, k.nameOf(m.Author))}
	if !m.Deleted.IsZero() {
		o["deletedDateTime"] = timestamp(m.Deleted)
		o["body"] = map[string]any{"contentType": "html", "content": ""}
		return o
	}
	k.putBody(o, p, m)
	return o
}

// putBody writes body, mentions and attachments: as posted, or as the Teams
// client writes what a person said.
func (k *call) putBody(o map[string]any, p place, m world.Message) {
	if m.Wire == "" {
		content, mentions := k.render(m.Body)
		more, attachments := k.showFiles(p, m)
		o["body"], o["mentions"] = map[string]any{"contentType": "html", "content": content + more}, mentions
		o["attachments"] = attachments
		return
	}
	kind := m.Extra[extraType]
	if kind == "" {
		kind = "html"
	}
	o["body"] = map[string]any{"contentType": kind, "content": m.Wire}
	if v := m.Extra[extraMentions]; v != "" {
		o["mentions"] = json.RawMessage(v)
	}
	if v := m.Extra[extraAttachments]; v != "" {
		o["attachments"] = json.RawMessage(v)
	}
}

// showFiles writes what a person of the World attached: references to files in
// the channel's folder, and images within the message.
func (k *call) showFiles(p place, m world.Message) (content string, attachments []any) {
	attachments = []any{}
	for _, f := range m.Files {
		if f.Name == "" {
			content += `<p><img alt="image" itemid="` + quoted(f.ID) + `" src="` + k.root + k.hostedPath(p, m.Root, m.ID, f.ID) + `"></p>`
			continue
		}
		i := k.shared(p.room, m, f)
		content += `<attachment id="` + i.guid + `"></attachment>`
		attachments = append(attachments, map[string]any{
			"id": i.guid, "contentType": "reference", "contentUrl": k.itemURL(i), "content": nil, "name": i.name, "thumbnailUrl": nil, "teamsAppId": nil,
		})
	}
	return content, attachments
}

func (c *cloud) nameOf(account string) string {
	a, _ := c.tenant.Account(account)
	return a.Name
}

// messageList is what readers may see of a room: roots and, by root, replies,
// newest first.
type messageList struct {
	roots   []world.Message
	replies map[string][]world.Message
}

func (k *call) visibleMessages(room string) messageList {
	k.feed.sync()
	l := messageList{replies: map[string][]world.Message{}}
	for _, m := range k.tenant.Messages(room) {
		if !k.feed.visible(room, m.ID) {
			continue
		}
		if m.Root == m.ID {
			l.roots = append(l.roots, m)
		} else {
			l.replies[m.Root] = append(l.replies[m.Root], m)
		}
	}
	slices.Reverse(l.roots)
	for _, list := range l.replies {
		slices.Reverse(list)
	}
	return l
}

// expandReplies adds a root's replies; the link leads to what is left out.
func (k *call) expandReplies(o map[string]any, p place, root string, l messageList) {
	replies := l.replies[root]
	set := fmt.Sprintf("teams('%s')/channels('%s')/messages('%s')/replies", p.team.id, url.PathEscape(p.room.ID), root)
	o["replies@odata.context"] = k.root + "$metadata#" + set
	value := []any{}
	for _, m := range replies[:min(len(replies), maxReplies)] {
		value = append(value, k.messageObject(p, m))
	}
	o["replies"] = value
	if len(replies) > maxReplies {
		path := fmt.Sprintf("teams/%s/channels/%s/messages/%s/replies", p.team.id, url.PathEscape(p.room.ID), root)
		mark := k.sealed(mark{Kind: "replies " + root, After: replies[maxReplies-1].ID, Seq: maxReplies})
		o["replies@odata.nextLink"] = k.link(path, url.Values{"$skiptoken": {mark}})
	}
}

// wantsReplies reads $expand: Teams knows "replies" and nothing else.
func (k *call) wantsReplies() (bool, error) {
	switch k.query.get("$expand") {
	case "":
		return false, nil
	case "replies":
		return true, nil
	}
	return false, k.deny("graph.messages.expand", k.query.get("$expand"))
}

func (k *call) listMessages() (*reply, error) {
	size, expand, err := k.messageQuery()
	if err != nil {
		return nil, err
	}
	p, err := k.messagesIn()
	if err != nil {
		return nil, err
	}
	l := k.visibleMessages(p.room.ID)
	return k.messagePage("messages "+p.room.ID, p, l.roots, size, func(o map[string]any, m world.Message) {
		if expand {
			k.expandReplies(o, p, m.ID, l)
		}
	})
}

func (k *call) messageQuery() (size int, expand bool, err error) {
	if size, err = k.pageSize(20, 50); err != nil {
		return 0, false, k.deny("graph.messages.top")
	}
	expand, err = k.wantsReplies()
	return size, expand, err
}

// messagePage writes one page of messages, newest first.
func (k *call) messagePage(kind string, p place, list []world.Message, size int, finish func(map[string]any, world.Message)) (*reply, error) {
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	from, to, next, err := k.page(kind, ids, size)
	if err != nil {
		return nil, err
	}
	value := []any{}
	for _, m := range list[from:to] {
		o := k.messageObject(p, m)
		finish(o, m)
		value = append(value, o)
	}
	set := fmt.Sprintf("teams('%s')/channels('%s')/messages", p.team.id, url.PathEscape(p.room.ID))
	body := map[string]any{"@odata.context": k.root + "$metadata#" + set, "@odata.count": len(value), "value": value}
	if next != "" {
		body["@odata.nextLink"] = next
	}
	return ok(body)
}

// messageInPath finds the path's message, a reply under its root; reading waits
// for replication, writing does not.
func (k *call) messageInPath(p place, reading bool) (world.Message, error) {
	id, root := k.ids["reply"], k.ids["message"]
	if id == "" {
		id = root
	}
	m, found := k.tenant.Message(p.room.ID, id)
	if reading {
		k.feed.sync()
		found = found && k.feed.visible(p.room.ID, id)
	}
	if !found || m.Root != root {
		return m, k.deny("graph.message.unknown")
	}
	return m, nil
}

func (k *call) getMessage() (*reply, error) {
	expand, err := k.wantsReplies()
	if err != nil {
		return nil, err
	}
	p, err := k.messagesIn()
	if err != nil {
		return nil, err
	}
	m, err := k.messageInPath(p, true)
	if err != nil {
		return nil, err
	}
	o := k.messageObject(p, m)
	o["@odata.context"] = k.root + "$metadata#" + fmt.Sprintf("teams('%s')/channels('%s')/messages/$entity", p.team.id, url.PathEscape(p.room.ID))
	if expand {
		k.expandReplies(o, p, m.ID, k.visibleMessages(p.room.ID))
	}
	return ok(o)
}

func (k *call) listReplies() (*reply, error) {
	size, _, err := k.messageQuery()
	if err != nil {
		return nil, err
	}
	p, err := k.messagesIn()
	if err != nil {
		return nil, err
	}
	root, err := k.messageInPath(p, true)
	if err != nil {
		return nil, err
	}
	l := k.visibleMessages(p.room.ID)
	return k.messagePage("replies "+root.ID, p, l.replies[root.ID], size, func(map[string]any, world.Message) {})
}
