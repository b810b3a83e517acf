package google

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	admin "google.golang.org/api/admin/directory/v1"
	"google.golang.org/api/chat/v1"
	"google.golang.org/api/googleapi"

	"miohub/platforms"
	"miohub/platforms/richtext"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a set of values.
type memory struct {
	mu sync.Mutex
	m  map[string]string
}

func values(pairs ...string) *memory {
	v := &memory{m: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		v.m[pairs[i]] = pairs[i+1]
	}
	return v
}

func (v *memory) Get(key string) string { v.mu.Lock(); defer v.mu.Unlock(); return v.m[key] }
func (v *memory) Put(_ context.Context, key, value string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.m[key] = value
	return nil
}
func (v *memory) Delete(_ context.Context, key string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.m, key)
	return nil
}
func (v *memory) all() map[string]string { v.mu.Lock(); defer v.mu.Unlock(); return maps.Clone(v.m) }

const (
	goodClient  = `{"installed":{"client_id":"42.apps.googleusercontent.com","project_id":"acme-mio","client_secret":"s","redirect_uris":["http://localhost"]}}`
	goodAccount = `{"type":"service_account","project_id":"acme-mio","private_key_id":"k1","private_key":"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n","client_email":"mio@acme-mio.iam.gserviceaccount.com","client_id":"104812345678901234567"}`
)

func TestFilesAreRecognisedByTheirContent(t *testing.T) {
	for _, tc := range []struct {
		name, text, said string
		client, account  bool
	}{
		{name: "client", text: goodClient, client: true},
		{name: "client with a byte order mark", text: "\ufeff" + goodClient, client: true},
		{name: "service account", text: goodAccount, account: true},
		{name: "nothing", text: " \n", said: "empty"},
		{name: "web client", text: `{"web":{"client_id":"x","client_secret":"s"}}`, said: "type Web application"},
		{name: "gcloud credentials", text: `{"type":"authorized_user","client_id":"x","refresh_token":"r"}`, said: "gcloud"},
		{name: "federation", text: `{"type":"external_account","audience":"x"}`, said: `"external_account"`},
		{name: "bare key", text: "-----BEGIN PRIVATE KEY-----", said: "bare private key"},
		{name: "p12", text: "\x30\x82\x01", said: ".p12"},
		{name: "API key", text: "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY", said: "API key"},
		{name: "list of people", text: "First Name,Last Name,Email Address\nDana,Ng,dana@acme.example", said: "CSV"},
		{name: "certificate", text: "-----BEGIN CERTIFICATE-----", said: "certificate"},
		{name: "the script itself", text: "#!/usr/bin/env bash\necho a, b", said: "script"},
		{name: "Microsoft's registration", text: `{"appId":"1b2c","displayName":"Mio Hub"}`, said: "Microsoft"},
		{name: "other JSON", text: `{"a":1}`, said: "neither"},
		{name: "list", text: `[1]`, said: "not a JSON file"},
		{name: "client without secret", text: `{"installed":{"client_id":"x"}}`, said: "incomplete"},
		{name: "account without key", text: `{"type":"service_account","client_email":"a@b","client_id":"1"}`, said: "incomplete"},
		{name: "account whose id is no number", text: strings.Replace(goodAccount, "104812345678901234567", "mio@acme", 1), said: "not a number"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file, err := recognise(tc.text)
			if (file.client != nil) != tc.client || (file.account != nil) != tc.account {
				t.Errorf("recognised %+v", file)
			}
			if tc.said == "" && err != nil || tc.said != "" && (err == nil || !strings.Contains(err.Error(), tc.said)) {
				t.Errorf("error is %v", err)
			}
			if err != nil && platforms.KindOf(err) != platforms.Invalid {
				t.Errorf("kind is %q", platforms.KindOf(err))
			}
		})
	}
}

func TestAFileSendsNoSignInElsewhere(t *testing.T) {
	const elsewhere = "https://elsewhere.example/token"
	named := func(file string) string {
		return strings.Replace(file, `"client_id"`, `"auth_uri":"`+elsewhere+`","token_uri":"`+elsewhere+`","client_id"`, 1)
	}
	secret := values(keyClient, named(goodClient), keyServiceAccount, named(goodAccount))
	client, account := loadFiles(platforms.Env{Values: values(), Secrets: secret})
	if client.AuthURL != defaultAuthURL || client.TokenURL != defaultTokenURL || account.TokenURL != defaultTokenURL {
		t.Errorf("sign-in goes to %q, %q and %q", client.AuthURL, client.TokenURL, account.TokenURL)
	}
	client, account = loadFiles(platforms.Env{Values: values("endpoint.oauth2", "http://127.0.0.1:1/"), Secrets: secret})
	if client.AuthURL != elsewhere || client.TokenURL != elsewhere || account.TokenURL != elsewhere {
		t.Errorf("an emulated tenant is looked for at %q, %q and %q", client.AuthURL, client.TokenURL, account.TokenURL)
	}
}

func TestFilesMayBeChosenInAnyOrderOnAnyField(t *testing.T) {
	plain, secret := values(), values()
	env := platforms.Env{Values: plain, Secrets: secret}
	for _, step := range []struct{ action, text string }{{"file:client", goodAccount}, {"file:service_account", goodClient}} {
		if err := plain.Put(t.Context(), keyFile, step.text); err != nil {
			t.Fatal(err)
		}
		out, err := Platform().Actions[step.action](t.Context(), env)
		if err != nil || out.Text == "" {
			t.Fatalf("%s: %+v, %v", step.action, out, err)
		}
	}
	want := map[string]string{keyClient: goodClient, keyServiceAccount: goodAccount}
	if diff := cmp.Diff(want, secret.all()); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	got := plain.all()
	delete(got, keyFile)
	want = map[string]string{
		keyClientID: "42.apps.googleusercontent.com", keyProject: "acme-mio",
		keyAccountID: "104812345678901234567", keyAccountEmail: "mio@acme-mio.iam.gserviceaccount.com",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestNothingIsOfferedBeforeItIsSetUp(t *testing.T) {
	c, err := Platform().Connect(t.Context(), platforms.Env{Values: values(), Secrets: values()})
	if err != nil {
		t.Fatal(err)
	}
	if c.Users != nil || c.Rooms != nil || c.RoomEdit != nil || c.Messages != nil || c.Sources != nil {
		t.Errorf("offers %+v", c)
	}
	if len(c.Checks) == 0 {
		t.Fatal("no checks")
	}
	for _, check := range c.Checks {
		if check.Code == codeClock {
			continue // needs nothing but Google
		}
		if f := check.Run(t.Context()); f.Status != platforms.Skipped || f.Cause == "" || f.Fix == "" {
			t.Errorf("%s: %+v", check.Code, f)
		}
	}
	if made := c.Calls().Made; made != 0 {
		t.Errorf("%d calls were made", made)
	}
}

func TestGrantsHoldReasonsAndAreWhatTheStepsAskFor(t *testing.T) {
	for _, g := range grants() {
		if g.Reason == "" || len(g.Methods) == 0 || !strings.HasPrefix(g.Scope, "https://") || g.Feature == "" {
			t.Errorf("incomplete grant %+v", g)
		}
	}
	console := delegationList(values())
	list := strings.Split(console, ",")
	if !slices.IsSorted(list) || len(list) != len(scopesOf(asked(values()), platforms.Delegation)) || strings.ContainsAny(console, " \n\"") {
		t.Errorf("the console's list is %q", console)
	}
	for _, wide := range []string{"admin.directory.user", "apps.licensing", "chat.import", "chat.delete", "chat.memberships", "cloud-platform"} {
		if slices.Contains(list, scopeRoot+wide) {
			t.Errorf("asks for %s", wide)
		}
	}
}

func TestStepsAreFilledIn(t *testing.T) {
	v := values(platforms.FeatureKey(platforms.FeatureProbe), "on", platforms.KeyTestPeople, "sam@acme.example", keyAccountID, "1048", keyAdmin, "dana@acme.example", keyDomain, "acme.example", "endpoint.console", "http://127.0.0.1:1/")
	list := Platform().Steps(v)
	var ids []string
	codes := map[string]bool{}
	for _, c := range newWorkspace(platforms.Env{Values: v, Secrets: values()}).checks() {
		codes[c.Code] = true
	}
	unproved := maps.Clone(codes)
	seen := map[string]bool{}
	for _, s := range list {
		ids = append(ids, s.ID)
		if s.Title == "" || s.Summary == "" || len(s.Why) == 0 {
			t.Errorf("step %s lacks words", s.ID)
		}
		for _, code := range s.Checks {
			if !codes[code] {
				t.Errorf("step %s names an unknown check %s", s.ID, code)
			}
			delete(unproved, code)
		}
		for _, p := range s.Parts {
			if p.ID != "" && seen[p.ID] {
				t.Errorf("part %s is there twice", p.ID)
			}
			seen[p.ID] = true
			if p.Check != "" && !codes[p.Check] {
				t.Errorf("part %s names an unknown check %s", p.ID, p.Check)
			}
			delete(unproved, p.Check)
			if p.Action != "" && Platform().Actions[p.Action] == nil {
				t.Errorf("part %s runs an unknown action %q", p.ID, p.Action)
			}
		}
	}
	if len(unproved) != 0 {
		t.Errorf("no step is proved by %v", unproved)
	}
	if diff := cmp.Diff([]string{"registration", "invitations", "settings", "authorize", "delegation"}, ids); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	link, err := url.Parse(delegationURL(v, "1048"))
	if err != nil {
		t.Fatal(err)
	}
	q := link.Query()
	if link.Host != "127.0.0.1:1" || link.Path != "/ac/owl/domainwidedelegation" || q.Get("clientIdToAdd") != "1048" ||
		q.Get("clientScopeToAdd") != delegationList(v) || q.Get("authuser") != "dana@acme.example" || q.Get("dn") != "acme.example" || q.Get("overwriteClientId") != "true" {
		t.Errorf("link is %s", link)
	}
	why := list[4].Why
	for _, scope := range scopesOf(asked(v), platforms.Delegation) {
		if !slices.ContainsFunc(why, func(q platforms.Question) bool { return strings.Contains(q.Answer, shortScope(scope)+":") }) {
			t.Errorf("no answer explains %s", scope)
		}
	}
}

func TestStepsReadFilesThatWereShipped(t *testing.T) {
	list := Platform().Steps(values(keyClient, goodClient, keyServiceAccount, goodAccount))
	var found int
	for _, p := range slices.Concat(list[0].Parts, list[4].Parts) {
		switch p.ID {
		case keyClient, keyServiceAccount, "delegation.client":
			if p.Value == "" || strings.Contains(p.Value, "PRIVATE") {
				t.Errorf("%s shows %q", p.ID, p.Value)
			}
			found++
		}
	}
	if found != 3 {
		t.Errorf("found %d parts", found)
	}
}

func TestVendorErrors(t *testing.T) {
	answer := func(code int, body string) error {
		e := &googleapi.Error{Code: code, Header: http.Header{"Retry-After": {"2"}}, Body: body}
		var parsed struct {
			Error struct {
				Message string                `json:"message"`
				Details []any                 `json:"details"`
				Errors  []googleapi.ErrorItem `json:"errors"`
			} `json:"error"`
		}
		if err := json.Unmarshal([]byte(body), &parsed); err != nil {
			t.Fatal(err)
		}
		e.Message, e.Details, e.Errors = parsed.Error.Message, parsed.Error.Details, parsed.Error.Errors
		return e
	}
	for _, tc := range []struct {
		name string
		err  error
		kind platforms.Kind
		code string
	}{
		{"quota as 403", answer(403, `{"error":{"code":403,"message":"Quota exceeded","errors":[{"reason":"userRateLimitExceeded"}]}}`), platforms.SlowDown, "userRateLimitExceeded"},
		{"quota as 429", answer(429, `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"reason":"RATE_LIMIT_EXCEEDED"}]}}`), platforms.SlowDown, "RATE_LIMIT_EXCEEDED"},
		{"no such space", answer(404, `{"error":{"code":404,"message":"Space not found.","status":"NOT_FOUND"}}`), platforms.NotFound, "NOT_FOUND"},
		{"no Chat app", answer(404, `{"error":{"code":404,"message":"Google Chat app not found. To create a Chat app, …","status":"NOT_FOUND"}}`), platforms.Forbidden, codeNoChatApp},
		{"clash", answer(409, `{"error":{"code":409,"status":"ALREADY_EXISTS"}}`), platforms.Conflict, "ALREADY_EXISTS"},
		{"fault", answer(503, `{"error":{"code":503,"status":"UNAVAILABLE"}}`), platforms.TryLater, "UNAVAILABLE"},
		{"API off", answer(403, `{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED","metadata":{"activationUrl":"https://console.developers.google.com/x"}}]}}`), platforms.Forbidden, "SERVICE_DISABLED"},
		{"token lost", &platforms.Error{Kind: platforms.Uncertain, Code: "c"}, platforms.TryLater, "c"},
		{"ended", context.Canceled, platforms.TryLater, ""},
		{"ours", errors.New("odd"), platforms.Internal, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var e *platforms.Error
			if !errors.As(failed("try", tc.err), &e) || e.Kind != tc.kind || e.Code != tc.code || e.Op != "google: try" {
				t.Errorf("%#v", e)
			}
			if tc.kind == platforms.SlowDown && e.RetryAfter != 2*time.Second {
				t.Errorf("waits %s", e.RetryAfter)
			}
		})
	}
	w := newWorkspace(platforms.Env{Values: values(), Secrets: values(keyServiceAccount, goodAccount)})
	f := w.finding(failed("try", answer(403, `{"error":{"code":403,"details":[{"reason":"SERVICE_DISABLED","metadata":{"activationUrl":"https://console.developers.google.com/x"}}]}}`)))
	if f.FixURL != "https://console.developers.google.com/x" || f.Cause == "" || f.Raw == "" {
		t.Errorf("finding %+v", f)
	}
}

func TestMessageContentStaysOutOfErrors(t *testing.T) {
	err := without("first secret line\nsecond one", &platforms.Error{Kind: platforms.Invalid, Text: "Invalid text: first secret line"})
	if strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

func TestAccountsAreMapped(t *testing.T) {
	got := userOf(&admin.User{
		Id: "1", PrimaryEmail: "Zoë@Acme.example", Aliases: []string{"z@acme.example", "zoë@acme.example"},
		NonEditableAliases: []string{"zoë@acme.example.test-google-a.com"},
		Name:               &admin.UserName{GivenName: "Zoë", FamilyName: "Ng"}, OrgUnitPath: "/Sales", IsMailboxSetup: true, IsAdmin: true,
		ExternalIds: []any{map[string]any{"type": "login_id", "value": "no"}, map[string]any{"type": "organization", "value": "E7"}},
	})
	want := platforms.User{
		ID: "1", Address: "zoë@acme.example", Addresses: []string{"zoë@acme.example", "z@acme.example", "zoë@acme.example.test-google-a.com"},
		Name: "Zoë Ng", GivenName: "Zoë", FamilyName: "Ng", EmployeeID: "E7", OrgUnit: "/Sales",
		Kind: platforms.Member, State: platforms.Active, Licence: platforms.Licensed, Admin: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if d := withDomains(nil, got); len(d) != 1 || d[0] != "acme.example" {
		t.Errorf("domains %q", d)
	}
	for _, tc := range []struct {
		user admin.User
		want platforms.UserState
	}{
		{admin.User{Suspended: true}, platforms.Suspended}, {admin.User{Archived: true}, platforms.Suspended},
		{admin.User{DeletionTime: "2026-01-01T00:00:00Z"}, platforms.Deleted}, {admin.User{}, platforms.Active},
	} {
		if got := userOf(&tc.user).State; got != tc.want {
			t.Errorf("%+v is %q", tc.user, got)
		}
	}
	if got := userOf(&admin.User{IsGuestUser: true}); got.Kind != platforms.Guest || got.Licence != platforms.LicenceNotAsked {
		t.Errorf("guest %+v", got)
	}
}

func TestSpacesAndMembersAreMapped(t *testing.T) {
	room := roomOf(&chat.Space{
		Name: "spaces/A", DisplayName: "Launch", SpaceType: "SPACE", SpaceThreadingState: "THREADED_MESSAGES", SpaceHistoryState: "HISTORY_OFF",
		ExternalUserAllowed: true, LastActiveTime: "2026-02-03T04:05:06.789Z", SpaceDetails: &chat.SpaceDetails{Description: "d"},
	})
	want := platforms.Room{
		ID: "spaces/A", Name: "Launch", Description: "d", Kind: platforms.Space, Threaded: true, HistoryOff: true, External: true,
		LastActive: time.Date(2026, 2, 3, 4, 5, 6, 789e6, time.UTC), URL: "https://mail.google.com/chat/u/0/#chat/space/A",
	}
	if diff := cmp.Diff(want, room); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, s := range []chat.Space{{SpaceType: "DIRECT_MESSAGE"}, {SpaceType: "GROUP_CHAT"}, {SpaceType: "SPACE"}, {SpaceType: "SPACE", DisplayName: "x", ImportMode: true}} {
		if roomOf(&s).Unlinkable == "" {
			t.Errorf("%+v can be linked", s)
		}
	}
	for _, tc := range []struct {
		m    chat.Membership
		want platforms.RoomMember
		ok   bool
	}{
		{chat.Membership{State: "JOINED", Role: "ROLE_MANAGER", Member: &chat.User{Name: "users/1", Type: "HUMAN"}}, platforms.RoomMember{User: "1", Kind: platforms.InsideMember, Owner: true}, true},
		{chat.Membership{State: "JOINED", Affiliation: "EXTERNAL", Member: &chat.User{Name: "users/2"}}, platforms.RoomMember{User: "2", Kind: platforms.OutsideMember}, true},
		{chat.Membership{State: "JOINED", Affiliation: "MANAGED_EXTERNAL", Member: &chat.User{Name: "users/3"}}, platforms.RoomMember{User: "3", Kind: platforms.GuestMember}, true},
		{chat.Membership{State: "JOINED", GroupMember: &chat.Group{Name: "groups/9"}}, platforms.RoomMember{User: "groups/9", Name: "a Google Group", Kind: platforms.InsideMember}, true},
		{chat.Membership{State: "INVITED", Member: &chat.User{Name: "users/4"}}, platforms.RoomMember{}, false},
		{chat.Membership{State: "JOINED", DeleteTime: "x", Member: &chat.User{Name: "users/5"}}, platforms.RoomMember{}, false},
	} {
		got, ok := memberOf(&tc.m)
		if ok != tc.ok || ok && got != tc.want {
			t.Errorf("%+v is %+v, %t", tc.m, got, ok)
		}
	}
}

func TestDraftKeysMakeValidIDs(t *testing.T) {
	seen := map[string]bool{}
	for _, key := range []string{"abc-123", strings.Repeat("f", 64), "Ünïcode/…", "", "a b", strings.Repeat("a", 50), strings.Repeat("a", 51)} {
		id := clientID(key)
		if len(id) > 63 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || !strings.HasPrefix(id, "client-") || seen[id] {
			t.Errorf("%q makes %q", key, id)
		}
		seen[id] = true
		back, own := draftKey(id)
		if !own || back != "" && back != key {
			t.Errorf("%q makes %q, which is read as %q, %t", key, id, back, own)
		}
	}
	if _, own := draftKey("client-other"); own {
		t.Error("another app's id is taken for ours")
	}
	d := platforms.Draft{Room: "spaces/A", Key: "k"}
	asPerson := d
	asPerson.As = "1"
	same := d // another value of the same draft gets the same id
	if requestID(d) == requestID(asPerson) || requestID(d) != requestID(same) || len(requestID(d)) != 36 {
		t.Errorf("request ids %s, %s", requestID(d), requestID(asPerson))
	}
}

func TestTooLongMessagesAreRefusedBeforeTheyAreSent(t *testing.T) {
	long := platforms.Draft{Body: richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: strings.Repeat("*", limitBytes)}}}}}
	if _, err := bodyOf("post", long); platforms.KindOf(err) != platforms.Invalid {
		t.Errorf("error is %v", err)
	}
	worst := platforms.Draft{Body: richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: strings.Repeat("*_`", maxBytes/3-1)}}}}}
	if text, err := bodyOf("post", worst); err != nil {
		t.Errorf("a promised size has %d bytes: %v", len(text), err)
	}
}

func TestPositionsMoveWithoutGaps(t *testing.T) {
	t0 := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	event := func(name string, after time.Duration) *chat.SpaceEvent {
		return &chat.SpaceEvent{Name: name, EventTime: t0.Add(after).Format(time.RFC3339Nano)}
	}
	c := position{After: t0, Since: t0}
	c = c.past([]*chat.SpaceEvent{event("a", 1*time.Second), event("b", 9*time.Second)})
	back, err := parseCursor(c.cursor())
	if err != nil || cmp.Diff(c, back) != "" {
		t.Fatalf("cursor %s is read as %+v, %v", c.cursor(), back, err)
	}
	// A late one with an earlier time is delivered, the one seen before is not.
	fresh := back.unseen([]*chat.SpaceEvent{event("late", 8*time.Second), event("b", 9*time.Second), event("same", 9*time.Second)})
	if len(fresh) != 2 || fresh[0].Name != "late" || fresh[1].Name != "same" {
		t.Errorf("fresh are %v", fresh)
	}
	c = back.past(fresh)
	if !c.After.Equal(t0.Add(9*time.Second)) || len(c.Seen) != 3 {
		t.Errorf("position %+v", c)
	}
	if quiet := c.kept(t0.Add(40 * 24 * time.Hour)); t0.Add(40*24*time.Hour).Sub(quiet.After) > stale || len(quiet.Seen) != 0 {
		t.Errorf("a quiet space's position is %+v", quiet)
	}
	if _, err := parseCursor("rubbish"); platforms.KindOf(err) != platforms.Invalid {
		t.Errorf("error is %v", err)
	}
}
