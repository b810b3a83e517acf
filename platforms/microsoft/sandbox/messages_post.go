package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"

	"golang.org/x/net/html"

	world "miohub/platforms/sandbox"
)

// maxMessage is the size limit of a post: about 28 KB counted as UTF-16, body
// and mentions together.
const maxMessage = 28 * 1024

// draft is a checked chatMessage on its way into the World.
type draft struct {
	wire  string
	body  world.Body
	extra map[string]string
	files []world.File
}

// postMessage starts a thread.
func (k *call) postMessage() (*reply, error) { return k.post(false) }

// postReply answers in a thread.
func (k *call) postReply() (*reply, error) { return k.post(true) }

func (k *call) post(answering bool) (*reply, error) {
	p, err := k.messagesIn()
	if err != nil {
		return nil, err
	}
	root := ""
	if answering {
		m, err := k.messageInPath(p, false)
		if err != nil {
			return nil, err
		}
		root = m.ID
	}
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	id := k.newMessageID()
	if root == "" {
		root = id
	}
	d, err := k.readDraft(in, func(content string) string { return k.root + k.hostedPath(p, root, id, content) })
	if err != nil {
		return nil, err
	}
	m, err := k.tenant.Post(world.Message{
		ID: id, Room: p.room.ID, Root: root, Author: k.who.account, Body: d.body, Wire: d.wire, Extra: d.extra, Files: d.files,
	})
	if err != nil {
		return nil, err
	}
	o := k.messageObject(p, m)
	o["@odata.context"] = k.root + "$metadata#" + fmt.Sprintf("teams('%s')/channels('%s')/messages/$entity", p.team.id, url.PathEscape(p.room.ID))
	answer, err := created(o)
	answer.header = http.Header{"Location": {k.root + k.samePath() + "/" + m.ID}}
	return answer, err
}

// readDraft checks a posted or patched chatMessage; link tells where its own
// content will lie.
func (k *call) readDraft(in map[string]any, link func(content string) string) (draft, error) {
	d := draft{extra: map[string]string{}}
	if err := k.knownProperties(in, "chatMessage", "hostedContents"); err != nil {
		return d, err
	}
	for _, p := range []string{"from", "createdDateTime", "replyToId", "lastModifiedDateTime", "deletedDateTime"} {
		if v, set := in[p]; set && v != nil {
			return d, k.deny("graph.post.read-only", p)
		}
	}
	body, isObject := in["body"].(map[string]any)
	content, isText := body["content"].(string)
	if !isObject || !isText || strings.TrimSpace(content) == "" {
		return d, k.deny("graph.post.empty")
	}
	if err := k.onlyKeys(body, "itemBody", "content", "contentType"); err != nil {
		return d, err
	}
	kind, _ := body["contentType"].(string)
	switch kind = strings.ToLower(kind); kind {
	case "":
		kind = "text"
	case "text", "html":
	default:
		return d, k.deny("graph.post.content-type", kind)
	}
	if err := k.tooLarge(content, in["mentions"]); err != nil {
		return d, err
	}
	d.extra[extraType] = kind
	if s, _ := in["subject"].(string); s != "" {
		d.extra[extraSubject] = s
	}
	switch v, _ := in["importance"].(string); v {
	case "", "normal":
	case "high", "urgent":
		d.extra[extraImportance] = v
	default:
		return d, k.deny("graph.post.importance", v)
	}
	if err := k.readContent(&d, in, content, kind); err != nil {
		return d, err
	}
	return d, k.readHosted(&d, in["hostedContents"], link)
}

// readContent stores the body as Teams does, and checks what it refers to.
func (k *call) readContent(d *draft, in map[string]any, content, kind string) error {
	mentions, accounts, err := k.readMentions(in["mentions"], content, kind)
	if err != nil {
		return err
	}
	if err := k.readAttachments(d, in["attachments"], content); err != nil {
		return err
	}
	if len(mentions) > 0 {
		raw, err := json.Marshal(mentions)
		if err != nil {
			return err
		}
		d.extra[extraMentions] = string(raw)
	}
	if kind == "text" {
		d.wire, d.body = content, world.Text(content)
		return nil
	}
	d.wire = rewrite(content)
	if d.wire == "" {
		return k.deny("graph.post.empty")
	}
	d.body = parseBody(d.wire, accounts)
	return nil
}

func (k *call) onlyKeys(in map[string]any, kind string, known ...string) error {
	for p := range in {
		if !strings.Contains(p, "@") && !slices.Contains(known, p) {
			return k.deny("graph.body.property", p, kind)
		}
	}
	return nil
}

func (k *call) tooLarge(content string, mentions any) error {
	raw, err := json.Marshal(mentions)
	if err != nil || mentions == nil {
		raw = nil
	}
	if 2*(len(utf16.Encode([]rune(content)))+len(raw)) > maxMessage {
		return k.deny("graph.post.too-large")
	}
	return nil
}

// readMentions checks each mention against its marker: <at id="n"> must hold
// exactly the mention's text.
func (k *call) readMentions(in any, content, kind string) ([]any, map[string]string, error) {
	list, isList := in.([]any)
	if !isList {
		if in != nil {
			return nil, nil, k.deny("graph.body.malformed")
		}
	}
	marks := map[string]string{}
	if kind == "html" {
		marks = markers(parseHTML(content), "at")
	}
	accounts := map[string]string{}
	out := []any{}
	for _, item := range list {
		m, _ := item.(map[string]any)
		id := fmt.Sprint(m["id"])
		text, _ := m["mentionText"].(string)
		got, marked := marks[id]
		if !marked || got != text {
			return nil, nil, k.deny("graph.post.mention.no-marker", id, id, text)
		}
		who, err := k.mentioned(m, id)
		if err != nil {
			return nil, nil, err
		}
		if u, _ := who["user"].(map[string]any); u != nil {
			accounts[id], _ = u["id"].(string)
		}
		out = append(out, map[string]any{"id": m["id"], "mentionText": text, "mentioned": who})
		delete(marks, id)
	}
	for id := range marks {
		return nil, nil, k.deny("graph.post.mention.no-entry", id)
	}
	return out, accounts, nil
}

// mentioned reads whom a mention means: an account, the channel or the team.
func (k *call) mentioned(m map[string]any, id string) (map[string]any, error) {
	who, _ := m["mentioned"].(map[string]any)
	if conversation, found := who["conversation"].(map[string]any); found {
		return map[string]any{"application": nil, "device": nil, "user": nil, "conversation": map[string]any{
			"@odata.type": "#microsoft.graph.teamworkConversationIdentity", "id": conversation["id"], "displayName": conversation["displayName"],
			"conversationIdentityType": conversation["conversationIdentityType"],
		}}, nil
	}
	user, _ := who["user"].(map[string]any)
	account, _ := user["id"].(string)
	a, found := k.tenant.Account(account)
	if !found || a.ID != account {
		return nil, k.deny("graph.post.mention.unknown", id)
	}
	return map[string]any{"application": nil, "device": nil, "conversation": nil, "user": userIdentity(a.ID, a.Name)}, nil
}

// markers collects the elements of one kind by id, with their text.
func markers(nodes []*html.Node, tag string) map[string]string {
	out := map[string]string{}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == tag {
			out[attribute(n, "id")] = verbatimText(n)
		}
		for kid := n.FirstChild; kid != nil; kid = kid.NextSibling {
			walk(kid)
		}
	}
	for _, n := range nodes {
		walk(n)
	}
	return out
}

// readAttachments checks that each attachment has its marker in the body.
func (k *call) readAttachments(d *draft, in any, content string) error {
	list, _ := in.([]any)
	if len(list) == 0 {
		return nil
	}
	marks := markers(parseHTML(content), "attachment")
	out := []any{}
	for _, item := range list {
		a, _ := item.(map[string]any)
		id, _ := a["id"].(string)
		if _, marked := marks[id]; !marked {
			return k.deny("graph.post.attachment.no-marker", id, id)
		}
		full := map[string]any{"id": id, "contentType": nil, "contentUrl": nil, "content": nil, "name": nil, "thumbnailUrl": nil, "teamsAppId": nil}
		for p := range full {
			if v, set := a[p]; set {
				full[p] = v
			}
		}
		out = append(out, full)
		if address, _ := full["contentUrl"].(string); full["contentType"] == "reference" {
			if i, found := k.itemAt(address); found {
				d.files = append(d.files, world.File{ID: i.guid, Name: i.name, Type: i.kind, Data: i.data})
			}
		}
	}
	raw, err := json.Marshal(out)
	d.extra[extraAttachments] = string(raw)
	return err
}
