package google

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
	admin "google.golang.org/api/admin/directory/v1"
	"google.golang.org/api/chat/v1"
	oauthapi "google.golang.org/api/oauth2/v2"
	"google.golang.org/api/option"

	"miohub/platforms"
	"miohub/platforms/oauth"
	"miohub/platforms/transport"
)

const defaultRevokeURL = "https://oauth2.googleapis.com/revoke"

// endpoints are the API roots, each ending in "/", and the revocation page.
type endpoints struct {
	directory, chat, oauth2, reports, licensing string
	cloudidentity, iam, iamcredentials          string
	pubsub, workspaceevents                     string
	revoke                                      string
}

func endpointsOf(values platforms.Values) endpoints {
	get := func(key, def string) string {
		if v := values.Get("endpoint." + key); v != "" {
			return v
		}
		return def
	}
	root := func(key, host string) string {
		return strings.TrimSuffix(get(key, "https://"+host), "/") + "/"
	}
	return endpoints{
		directory: root("directory", "admin.googleapis.com"), reports: root("reports", "admin.googleapis.com"),
		chat: root("chat", "chat.googleapis.com"), oauth2: root("oauth2", "www.googleapis.com"),
		licensing: root("licensing", "licensing.googleapis.com"), cloudidentity: root("cloudidentity", "cloudidentity.googleapis.com"),
		iam: root("iam", "iam.googleapis.com"), iamcredentials: root("iamcredentials", "iamcredentials.googleapis.com"),
		pubsub: root("pubsub", "pubsub.googleapis.com"), workspaceevents: root("workspaceevents", "workspaceevents.googleapis.com"),
		revoke: get("revoke", defaultRevokeURL),
	}
}

// workspace is what one connection's parts share.
type workspace struct {
	env       platforms.Env
	endpoints endpoints
	transport *transport.Transport
	client    *clientFile
	account   *accountFile
	tokens    *tokens
	signIn    *oauth.TokenSource // the administrator's own; nil without a client file
	admin     string             // the administrator's address
	asked     []platforms.Grant  // what is asked for with the features that are on
	people    *people
	policies  *policies

	mu          sync.Mutex
	chats       map[actor]*chat.Service
	directories map[actor]*admin.Service

	// delegated is set once any delegated scope was seen to work.
	delegated atomic.Bool
}

func newWorkspace(env platforms.Env) *workspace {
	if env.Now == nil {
		env.Now = time.Now
	}
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	w := &workspace{
		env: env, endpoints: endpointsOf(env.Values), admin: env.Values.Get(keyAdmin), asked: asked(env.Values),
		chats: map[actor]*chat.Service{}, directories: map[actor]*admin.Service{},
		transport: transport.New(transport.Config{
			Name: "google", Base: env.HTTP, Log: env.Log, Now: env.Now, Pace: env.Pace,
			Classify: classify, Throttled: throttled,
		}),
	}
	w.client, w.account = loadFiles(env)
	if w.on(platforms.FeatureKeyless) {
		w.account = keylessAccount(env.Values, w.client) // a key that lies about is not used
	}
	if w.account != nil {
		w.tokens = newTokens(env, w.account, w.transport.Client(nil, transport.HostOf(w.account.TokenURL)))
		w.tokens.sign = w.signRemotely
	} else {
		w.tokens = newTokens(env, nil, nil)
	}
	if w.client != nil {
		w.signIn = oauth.NewTokenSource(oauth.Store{
			Secrets: env.Secrets, Key: keyToken, Config: w.oauthConfig(), HTTP: w.tokenClient(),
			Now: env.Now, Op: "google: administrator's sign-in",
		})
	}
	w.people = newPeople(w)
	w.policies = &policies{w: w}
	w.tokens.moved = w.people.forgetAddress
	return w
}

func (w *workspace) oauthConfig() oauth2.Config {
	return oauth2.Config{
		ClientID: w.client.ID, ClientSecret: w.client.Secret, Scopes: scopesOf(w.asked, platforms.UserConsent),
		Endpoint: oauth2.Endpoint{AuthURL: w.client.AuthURL, TokenURL: w.client.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
}

// tokenClient reaches the token endpoint of the OAuth client, and nothing else.
func (w *workspace) tokenClient() *http.Client {
	return w.transport.Client(nil, transport.HostOf(w.client.TokenURL))
}

// clientAs reaches one API in an actor's name, with the scope that was asked for
// in place of the actor's. It is Unsupported where its feature is off.
func (w *workspace) clientAs(a actor, endpoint string) (*http.Client, error) {
	g, err := w.granted(a)
	if err != nil {
		return nil, err
	}
	return w.transport.Client(credential{w.tokens, g, purposeOf(a.scope)}, transport.HostOf(endpoint)), nil
}

// chat is the Chat API in an actor's name.
func (w *workspace) chat(ctx context.Context, a actor) (*chat.Service, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.chats[a]; s != nil {
		return s, nil
	}
	client, err := w.clientAs(a, w.endpoints.chat)
	if err != nil {
		return nil, err
	}
	s, err := chat.NewService(ctx, option.WithEndpoint(w.endpoints.chat), option.WithHTTPClient(client))
	if err != nil {
		return nil, failed("chat client", err)
	}
	w.chats[a] = s
	return s, nil
}

// directory is the Directory API in an actor's name.
func (w *workspace) directory(ctx context.Context, a actor) (*admin.Service, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.directories[a]; s != nil {
		return s, nil
	}
	client, err := w.clientAs(a, w.endpoints.directory)
	if err != nil {
		return nil, err
	}
	s, err := admin.NewService(ctx, option.WithEndpoint(w.endpoints.directory), option.WithHTTPClient(client))
	if err != nil {
		return nil, failed("directory client", err)
	}
	w.directories[a] = s
	return s, nil
}

// directoryAs is the Directory API with any credential.
func (w *workspace) directoryAs(ctx context.Context, c transport.Credential) (*admin.Service, error) {
	s, err := admin.NewService(ctx, option.WithEndpoint(w.endpoints.directory),
		option.WithHTTPClient(w.transport.Client(c, transport.HostOf(w.endpoints.directory))))
	if err != nil {
		return nil, failed("directory client", err)
	}
	return s, nil
}

// oauthAPI is Google's own view on tokens: tokeninfo and, with a credential, userinfo.
func (w *workspace) oauthAPI(ctx context.Context, c transport.Credential) (*oauthapi.Service, error) {
	s, err := oauthapi.NewService(ctx, option.WithEndpoint(w.endpoints.oauth2),
		option.WithHTTPClient(w.transport.Client(c, transport.HostOf(w.endpoints.oauth2))))
	if err != nil {
		return nil, failed("token info client", err)
	}
	return s, nil
}

// asAdmin is the administrator with one delegated scope.
func (w *workspace) asAdmin(scope string) actor { return actor{w.admin, scope} }

// connect builds the connection from what is stored. It makes no call: files
// that are missing leave fields nil, and what they say is noted for the wizard.
func connect(ctx context.Context, env platforms.Env) (*platforms.Connection, error) {
	w := newWorkspace(env)
	for _, f := range []credentialFile{{client: w.client}, {account: w.account}} {
		if err := noteFile(ctx, env.Values, f); err != nil {
			return nil, err
		}
	}
	c := &platforms.Connection{
		Tenant: w.tenant(), Checks: w.checks(), Resume: w.resume,
		Disconnect: w.disconnect, Leftovers: w.leftovers, Calls: w.transport.Calls,
	}
	if w.account == nil || w.admin == "" {
		return c, nil
	}
	rooms := newRooms(w)
	readers := newReaders(w, rooms)
	threads := newThreads()
	c.Users = &users{w}
	c.Rooms = rooms
	c.Messages = &messages{w: w, threads: threads}
	c.Reacts = &reactions{w}
	c.Sources = []platforms.Source{&poll{w: w, readers: readers, threads: threads, reactions: newReactionNames()}}
	w.offer(c, rooms, readers)
	c.Seats = []platforms.Seat{{
		User: appUser, Name: "Mio (Chat app)",
		Why: "It posts what people say who have no account in Google Workspace, labelled with their name and origin.",
	}}
	return c, nil
}

// offer fills in what the optional features that are on bring.
func (w *workspace) offer(c *platforms.Connection, rooms *rooms, readers *readers) {
	// Seats are the bridge's, so this is there without the feature; renaming says
	// that it is off.
	c.RoomEdit = &roomEditor{w: w, rooms: rooms, readers: readers}
	if w.on(platforms.FeatureFiles) {
		c.Files = &attachments{w: w, readers: readers}
	}
	if w.on(platforms.FeatureRoomEdit) {
		c.RoomMake, c.Members = &roomMaker{w}, &memberEditor{w}
	}
	if w.on(platforms.FeatureScope) {
		c.Groups, c.OrgUnits = &groups{w}, &orgUnits{w}
	}
	if w.on(platforms.FeatureHints) {
		c.Hints = newHints(w)
	}
	if w.on(platforms.FeaturePush) {
		if p := newPush(w, readers); p != nil {
			c.Pushes = []platforms.Push{p}
		}
	}
	if w.on(platforms.FeatureProvision) {
		c.Accounts, c.Licences = &accounts{w: w}, &licences{w}
	}
}

func (w *workspace) tenant() platforms.Tenant {
	v := w.env.Values
	t := platforms.Tenant{
		Platform: "google", ID: platforms.TenantID(v.Get(keyTenant)), Name: v.Get(keyOrganisation),
		Domain: v.Get(keyDomain), Domains: strings.Fields(v.Get(keyDomains)), Admin: w.admin,
	}
	if t.Name == "" {
		t.Name = t.Domain
	}
	return t
}

// keepTenant stores which organisation this is.
func (w *workspace) keepTenant(ctx context.Context, t platforms.Tenant) error {
	for key, value := range map[string]string{
		keyTenant: string(t.ID), keyOrganisation: t.Name, keyDomain: t.Domain,
		keyDomains: strings.Join(t.Domains, " "), keyAdmin: t.Admin,
	} {
		if err := w.env.Values.Put(ctx, key, value); err != nil {
			return fmt.Errorf("google: store %s: %w", key, err)
		}
	}
	return nil
}
