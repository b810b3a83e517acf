package sandbox

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	world "miohub/platforms/sandbox"
)

// maxHosted is how much content may lie within one message.
const maxHosted = 4 << 20

// hostedPath is the path of a message's own content.
func (c *cloud) hostedPath(p place, root, message, id string) string {
	at := fmt.Sprintf("teams/%s/channels/%s/messages/%s", p.team.id, url.PathEscape(p.room.ID), root)
	if message != root {
		at += "/replies/" + message
	}
	return at + "/hostedContents/" + url.PathEscape(id) + "/$value"
}

// readHosted reads a draft's content and leads the body's references to where it
// will lie. Files without a name lie within their message.
func (k *call) readHosted(d *draft, in any, link func(id string) string) error {
	list, isList := in.([]any)
	if in != nil && !isList {
		return k.deny("graph.body.malformed")
	}
	size := 0
	for _, item := range list {
		o, _ := item.(map[string]any)
		temporary, _ := o["@microsoft.graph.temporaryId"].(string)
		if err := k.onlyKeys(o, "chatMessageHostedContent", "contentBytes", "contentType"); err != nil {
			return err
		}
		text, _ := o["contentBytes"].(string)
		kind, _ := o["contentType"].(string)
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(data) == 0 || temporary == "" || !strings.Contains(kind, "/") {
			return k.deny("graph.hosted.malformed")
		}
		if size += len(data); size > maxHosted {
			return k.deny("graph.hosted.too-large")
		}
		mark := "../hostedContents/" + temporary + "/$value"
		if !strings.Contains(d.wire, mark) {
			return k.deny("graph.hosted.no-marker", temporary)
		}
		f := world.File{ID: base64url([]byte("id=,type=1,url=" + randomGUID())), Type: kind, Data: data}
		d.wire = strings.ReplaceAll(d.wire, mark, link(f.ID))
		d.files = append(d.files, f)
	}
	if i := strings.Index(d.wire, `src="../hostedContents/`); i >= 0 {
		return k.deny("graph.hosted.no-entry")
	}
	return nil
}

// hostedIn finds the path's message.
func (k *call) hostedIn() (world.Message, error) {
	p, err := k.messagesIn()
	if err != nil {
		return world.Message{}, err
	}
	return k.messageInPath(p, true)
}

func hostedObject(f world.File) map[string]any {
	return map[string]any{"id": f.ID, "contentBytes": nil, "contentType": nil}
}

func (k *call) listHosted() (*reply, error) {
	m, err := k.hostedIn()
	if err != nil {
		return nil, err
	}
	value := []any{}
	for _, f := range m.Files {
		if f.Name == "" {
			value = append(value, hostedObject(f))
		}
	}
	return ok(map[string]any{"@odata.context": k.root + "$metadata#" + k.samePath(), "@odata.count": len(value), "value": value})
}

func (k *call) hosted() (world.File, error) {
	m, err := k.hostedIn()
	if err != nil {
		return world.File{}, err
	}
	for _, f := range m.Files {
		if f.Name == "" && f.ID == k.ids["content"] {
			return f, nil
		}
	}
	return world.File{}, k.deny("graph.hosted.unknown")
}

func (k *call) getHosted() (*reply, error) {
	f, err := k.hosted()
	if err != nil {
		return nil, err
	}
	body := hostedObject(f)
	body["@odata.context"] = k.root + "$metadata#" + strings.TrimSuffix(k.samePath(), "/"+url.PathEscape(f.ID)) + "/$entity"
	return ok(body)
}

func (k *call) getHostedValue() (*reply, error) {
	f, err := k.hosted()
	if err != nil {
		return nil, err
	}
	return &reply{status: 200, raw: f.Data, kind: f.Type}, nil
}
