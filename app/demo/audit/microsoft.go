package audit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"golang.org/x/oauth2"

	"miohub/platforms/sandbox"
)

// channelScope is what reading a channel's messages needs.
const channelScope = "https://graph.microsoft.com/ChannelMessage.Read.All"

// teamsReader reads channels as one of their members, signed in to the explorer.
type teamsReader struct {
	tenant    *sandbox.Tenant
	client    *http.Client
	authority string
	graph     string
	explorer  string
	admin     string
	bridge    string
	back      *landing
	held      map[string]string // access tokens by address
}

func newTeamsReader(ctx context.Context, in In, client *http.Client) (*teamsReader, error) {
	r := &teamsReader{tenant: in.World.Tenant(microsoft), client: client, bridge: in.Bridge, held: map[string]string{}}
	tenantID := ""
	for _, field := range []struct {
		key string
		to  *string
	}{{"authority_url", &r.authority}, {"graph_url", &r.graph}, {"explorer_client_id", &r.explorer}, {"admin_upn", &r.admin}, {"tenant_id", &tenantID}} {
		if *field.to, _ = in.Microsoft[field.key].(string); *field.to == "" {
			return nil, fmt.Errorf("audit microsoft: %q is not described", field.key)
		}
	}
	r.authority += tenantID
	var err error
	if r.back, err = land(); err != nil {
		return nil, err
	}
	if err := r.consent(ctx); err != nil {
		r.back.close()
		return nil, err
	}
	return r, nil
}

// consent lets the administrator allow the explorer to read messages.
func (r *teamsReader) consent(ctx context.Context) error {
	query := url.Values{"client_id": {r.explorer}, "scope": {channelScope}, "redirect_uri": {r.back.url}, "state": {"consent"}, "login_hint": {r.admin}}
	got, err := r.visit(ctx, r.authority+"/v2.0/adminconsent?"+query.Encode(), r.admin)
	if err != nil {
		return fmt.Errorf("audit microsoft: admin consent: %w", err)
	}
	if got.Get("error") != "" {
		return fmt.Errorf("audit microsoft: admin consent: %s", got.Get("error_description"))
	}
	return nil
}

// visit opens a page of the sign-in and returns what it sent back.
func (r *teamsReader) visit(ctx context.Context, page, address string) (url.Values, error) {
	browser := sandbox.NewBrowser(map[string]string{"address": address, "login": address, "username": address})
	end, _, err := browser.Open(ctx, page)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(end)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", end, err)
	}
	return u.Query(), nil
}

// token signs a person in.
func (r *teamsReader) token(address string) tokens {
	return func(ctx context.Context, renew bool) (string, error) {
		if held := r.held[address]; held != "" && !renew {
			return held, nil
		}
		config := oauth2.Config{
			ClientID: r.explorer, RedirectURL: r.back.url, Scopes: []string{channelScope},
			Endpoint: oauth2.Endpoint{
				AuthURL: r.authority + "/oauth2/v2.0/authorize", TokenURL: r.authority + "/oauth2/v2.0/token",
				AuthStyle: oauth2.AuthStyleInParams,
			},
		}
		verifier := oauth2.GenerateVerifier()
		page := config.AuthCodeURL("audit", oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("login_hint", address))
		got, err := r.visit(ctx, page, address)
		if err != nil {
			return "", fmt.Errorf("sign in %s: %w", address, err)
		}
		if got.Get("code") == "" {
			return "", fmt.Errorf("sign in %s: %s", address, got.Get("error_description"))
		}
		token, err := config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, r.client), got.Get("code"), oauth2.VerifierOption(verifier))
		if err != nil {
			return "", fmt.Errorf("sign in %s: %w", address, err)
		}
		r.held[address] = token.AccessToken
		return token.AccessToken, nil
	}
}

type teamsMessage struct {
	ID      string     `json:"id"`
	Type    string     `json:"messageType"`
	Created time.Time  `json:"createdDateTime"`
	Edited  *time.Time `json:"lastEditedDateTime"`
	Deleted *time.Time `json:"deletedDateTime"`
	From    struct {
		User *struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"from"`
	Body struct {
		Type    string `json:"contentType"`
		Content string `json:"content"`
	} `json:"body"`
	Mentions []struct {
		ID        int `json:"id"`
		Mentioned struct {
			User *struct {
				ID string `json:"id"`
			} `json:"user"`
		} `json:"mentioned"`
	} `json:"mentions"`
	Replies     []teamsMessage `json:"replies"`
	RepliesNext string         `json:"replies@odata.nextLink"`
}

// teamsPage is one page of messages.
type teamsPage struct {
	Value []teamsMessage `json:"value"`
	Next  string         `json:"@odata.nextLink"`
}

// room lists a channel's messages with their replies, oldest first.
func (r *teamsReader) room(ctx context.Context, room string) ([]seen, error) {
	place, ok := r.tenant.Room(room)
	if !ok {
		return nil, errors.New("no such channel")
	}
	member, err := memberOf(r.tenant, room, r.bridge)
	if err != nil {
		return nil, err
	}
	address := member.Address
	if member.Login != "" {
		address = member.Login
	}
	roots, err := r.pages(ctx, address, r.graph+"v1.0/teams/"+place.Group+"/channels/"+url.PathEscape(last(room))+"/messages?%24top=50&%24expand=replies")
	if err != nil {
		return nil, err
	}
	var out []seen
	for _, root := range roots {
		replies := root.Replies
		if root.RepliesNext != "" {
			more, err := r.pages(ctx, address, root.RepliesNext)
			if err != nil {
				return nil, err
			}
			replies = append(replies, more...)
		}
		for _, m := range append([]teamsMessage{root}, replies...) {
			if m.Type != "message" && m.Type != "" {
				continue
			}
			s, err := teamsSeen(room, root.ID, m)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b seen) int { return a.time.Compare(b.time) })
	return out, nil
}

// pages follows nextLinks to the end.
func (r *teamsReader) pages(ctx context.Context, address, next string) ([]teamsMessage, error) {
	var out []teamsMessage
	for next != "" {
		var page teamsPage
		if err := get(ctx, r.client, next, r.token(address), &page); err != nil {
			return nil, err
		}
		out = append(out, page.Value...)
		next = page.Next
	}
	return out, nil
}

func teamsSeen(room, root string, m teamsMessage) (seen, error) {
	s := seen{
		tenant: microsoft, room: room, id: m.ID, root: root, time: m.Created, deleted: m.Deleted != nil,
		content: m.Body.Content, app: m.From.User == nil,
	}
	if m.From.User != nil {
		s.author = m.From.User.ID
	}
	if m.Edited != nil {
		s.version = m.Edited.Format(time.RFC3339Nano)
	}
	if m.Body.Type == "text" {
		s.body = body{{runs: []run{{text: m.Body.Content}}}}
		return s, nil
	}
	mentioned := map[string]string{}
	for _, one := range m.Mentions {
		if one.Mentioned.User != nil {
			mentioned[strconv.Itoa(one.ID)] = one.Mentioned.User.ID
		}
	}
	var err error
	if s.body, err = htmlBody(m.Body.Content, false, func(id string) string { return mentioned[id] }); err != nil {
		return seen{}, fmt.Errorf("message %s: %w", m.ID, err)
	}
	return s, nil
}

// landing is a page on this machine that a sign-in can end on.
type landing struct {
	url    string
	server *http.Server
	done   chan error
}

func land() (*landing, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for sign-ins: %w", err)
	}
	l := &landing{
		url: fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port),
		server: &http.Server{
			ReadHeaderTimeout: 10 * time.Second,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte("You may close this page.")) // nobody reads it
			}),
		},
		done: make(chan error, 1),
	}
	go func() { l.done <- l.server.Serve(listener) }()
	return l, nil
}

func (l *landing) close() {
	_ = l.server.Close() // its listener was ours alone
	<-l.done
}

// reader reads rooms of both tenants.
type reader struct {
	chat   *chatReader
	teams  *teamsReader
	client *http.Client
}

func newReader(ctx context.Context, in In) (*reader, error) {
	client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	chat, err := newChatReader(in, client)
	if err != nil {
		return nil, err
	}
	teams, err := newTeamsReader(ctx, in, client)
	if err != nil {
		client.CloseIdleConnections()
		return nil, err
	}
	return &reader{chat: chat, teams: teams, client: client}, nil
}

func (r *reader) close() {
	r.teams.back.close()
	r.client.CloseIdleConnections()
}

func (r *reader) room(ctx context.Context, tenant, room string) ([]seen, error) {
	if tenant == google {
		return r.chat.room(ctx, room)
	}
	return r.teams.room(ctx, room)
}
