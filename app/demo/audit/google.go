package audit

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
	oauthgoogle "golang.org/x/oauth2/google"

	"miohub/platforms/sandbox"
)

// The scopes that allow reading messages, the lesser one first.
const (
	readMessages = "https://www.googleapis.com/auth/chat.messages.readonly"
	allMessages  = "https://www.googleapis.com/auth/chat.messages"
)

// chatReader reads Chat as a member of each space, by domain-wide delegation.
type chatReader struct {
	tenant *sandbox.Tenant
	client *http.Client
	url    string
	key    []byte
	scope  string
	held   map[string]string // access tokens by address
}

func newChatReader(in In, client *http.Client) (*chatReader, error) {
	r := &chatReader{tenant: in.World.Tenant(google), client: client, key: in.GoogleFiles["service_account_file"], held: map[string]string{}}
	r.url, _ = in.Google["chat_url"].(string)
	delegated := texts(in.Google["delegated_scopes"])
	for _, scope := range []string{readMessages, allMessages} {
		if r.scope == "" && slices.Contains(delegated, scope) {
			r.scope = scope
		}
	}
	if r.scope == "" {
		return nil, fmt.Errorf("audit google: no scope to read messages is delegated, only %v", delegated)
	}
	return r, nil
}

// texts reads a list of strings, as it is or as JSON made it.
func texts(v any) []string {
	switch list := v.(type) {
	case []string:
		return list
	case []any:
		var out []string
		for _, one := range list {
			if s, ok := one.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// token is one for an account, as the service account gets it.
func (r *chatReader) token(address string) tokens {
	return func(ctx context.Context, renew bool) (string, error) {
		if held := r.held[address]; held != "" && !renew {
			return held, nil
		}
		config, err := oauthgoogle.JWTConfigFromJSON(r.key, r.scope)
		if err != nil {
			return "", fmt.Errorf("read the service account's key: %w", err)
		}
		config.Subject = address
		token, err := config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, r.client)).Token()
		if err != nil {
			return "", fmt.Errorf("token for %s: %w", address, err)
		}
		r.held[address] = token.AccessToken
		return token.AccessToken, nil
	}
}

type chatMessage struct {
	Name   string `json:"name"`
	Sender struct {
		Name string `json:"name"`
		Type string `json:"type"`
	} `json:"sender"`
	CreateTime     time.Time  `json:"createTime"`
	LastUpdateTime string     `json:"lastUpdateTime"`
	DeleteTime     *time.Time `json:"deleteTime"`
	FormattedText  string     `json:"formattedText"`
	Text           string     `json:"text"`
	Thread         struct {
		Name string `json:"name"`
	} `json:"thread"`
}

// room lists a space's messages, oldest first.
func (r *chatReader) room(ctx context.Context, room string) ([]seen, error) {
	member, err := memberOf(r.tenant, room, "")
	if err != nil {
		return nil, err
	}
	var list []chatMessage
	next := ""
	for {
		query := url.Values{"markupSyntax": {"MARKUP_SYNTAX_MARKDOWN"}, "pageSize": {"1000"}, "showDeleted": {"true"}}
		if next != "" {
			query.Set("pageToken", next)
		}
		var page struct {
			Messages      []chatMessage `json:"messages"`
			NextPageToken string        `json:"nextPageToken"`
		}
		address := r.url + "v1/spaces/" + url.PathEscape(last(room)) + "/messages?" + query.Encode()
		if err := get(ctx, r.client, address, r.token(member.Address), &page); err != nil {
			return nil, err
		}
		list = append(list, page.Messages...)
		if next = page.NextPageToken; next == "" {
			break
		}
	}
	slices.SortStableFunc(list, func(a, b chatMessage) int { return a.CreateTime.Compare(b.CreateTime) })
	return chatSeen(room, list)
}

func chatSeen(room string, list []chatMessage) ([]seen, error) {
	roots := map[string]string{} // by thread
	out := make([]seen, 0, len(list))
	for _, m := range list {
		id := last(m.Name)
		if roots[m.Thread.Name] == "" {
			roots[m.Thread.Name] = id
		}
		s := seen{
			tenant: google, room: room, id: id, root: roots[m.Thread.Name], time: m.CreateTime, deleted: m.DeleteTime != nil,
			version: m.LastUpdateTime, content: m.FormattedText, app: m.Sender.Type == "BOT",
		}
		if s.content == "" {
			s.content = m.Text
		}
		if !s.app {
			s.author = last(m.Sender.Name)
		}
		var err error
		if s.body, err = markdownBody(s.content); err != nil {
			return nil, fmt.Errorf("message %s: %w", m.Name, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// last is the last segment of a resource name.
func last(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// memberOf is a person of the room who can sign in, the preferred one if that is
// a member.
func memberOf(t *sandbox.Tenant, room, preferred string) (sandbox.Account, error) {
	for _, id := range append([]string{preferred}, t.MembersOf(room)...) {
		a, ok := t.Account(id)
		if ok && t.InRoom(room, id) && !a.Suspended && a.Licensed && a.Deleted.IsZero() {
			return a, nil
		}
	}
	return sandbox.Account{}, fmt.Errorf("nobody in room %q can sign in", room)
}
