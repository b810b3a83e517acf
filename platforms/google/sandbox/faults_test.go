package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	world "miohub/platforms/sandbox"
)

// failing is what a fault looks like on the wire: what the request that notices
// it is answered with, and what it is answered with in good order.
type failing struct {
	code  int
	words string
	fine  int
	do    func(l *lab) answer
}

// named finds a fault by its id.
func (l *lab) named(id string) world.NamedFault {
	l.t.Helper()
	for _, f := range l.em.Faults {
		if f.ID == id {
			return f
		}
	}
	l.t.Fatalf("no fault %s", id)
	return world.NamedFault{}
}

func (l *lab) turn(id string, on bool) {
	l.t.Helper()
	f := l.named(id)
	for range 2 { // repeating it changes nothing
		if err := f.Switch(on); err != nil || f.On() != on {
			l.t.Fatalf("switch %s %v: %v, it is %v", id, on, err, f.On())
		}
	}
}

// Every named fault is answered in the vendor's own words while it is on, and
// leaves nothing behind when it is off.
func TestFaults(t *testing.T) {
	l := newLab(t, 1)
	cases := map[string]failing{}
	for _, table := range []map[string]failing{signInFailures(), delegationFailures(), serviceFailures(), settingFailures()} {
		for id, c := range table {
			cases[id] = c
		}
	}
	// What happens on the way and not in the tenant has tests of its own.
	for _, id := range []string{faultSlow, faultAfter, faultSuspended, faultLost} {
		cases[id] = failing{}
	}
	for _, f := range l.em.Faults {
		c, known := cases[f.ID]
		if !known {
			t.Errorf("%s has no case", f.ID)
			continue
		}
		delete(cases, f.ID)
		if f.Title == "" || f.Group == "" || f.Shows == "" || !strings.HasPrefix(f.ID, "google.") {
			t.Errorf("%+v: want a title, a group, what it shows and an id of Google's", f)
		}
		if c.do == nil {
			continue
		}
		t.Run(f.ID, func(t *testing.T) {
			l := newLab(t, 1)
			l.want(c.do(l), c.fine)
			l.turn(f.ID, true)
			a := l.want(c.do(l), c.code)
			for _, w := range strings.Split(c.words, "|") {
				if !strings.Contains(a.raw, w) {
					t.Errorf("answer lacks %q: %s", w, a.raw)
				}
			}
			l.turn(f.ID, false)
			l.want(c.do(l), c.fine)
		})
	}
	for id := range cases {
		t.Errorf("no fault %s", id)
	}
}

// refresh signs the administrator in once and uses the refresh token from then on.
func refresh() func(*lab) answer {
	tokens := map[*lab]string{}
	return func(l *lab) answer {
		if tokens[l] == "" {
			first := l.want(l.tokenCall("code", l.code()), http.StatusOK)
			tokens[l] = first.str("refresh_token")
		}
		return l.tokenCall("grant_type", "refresh_token", "refresh_token", tokens[l], "code", "", "redirect_uri", "", "code_verifier", "")
	}
}

func signInFailures() map[string]failing {
	role := func(l *lab) answer {
		return l.call(l.as(dana, "admin.directory.user.readonly"), "directory", "GET", "admin/directory/v1/users?customer=my_customer&maxResults=1", "")
	}
	return map[string]failing{
		faultClientDeleted: {401, "deleted_client|The OAuth client was deleted.", 200, refresh()},
		faultClientSecret:  {401, "invalid_client|Unauthorized", 200, refresh()},
		faultOrgInternal:   {403, "org_internal|This client is restricted to users within its organization.", 200, refresh()},
		faultPolicy:        {400, "admin_policy_enforced", 200, refresh()},
		faultRevoked:       {400, "invalid_grant|Token has been expired or revoked.", 200, refresh()},
		faultSession:       {400, "invalid_grant|reauth related error (invalid_rapt)|error_subtype", 200, refresh()},
		faultRole:          {403, "Not Authorized to access this resource/api", 200, role},
		faultClock:         {400, "invalid_grant|Invalid JWT: Token must be a short-lived token (60 minutes)", 200, func(l *lab) answer { return l.assert(func(*signer) {}) }},
	}
}

func delegationFailures() map[string]failing {
	const other = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested."
	for1 := func(scope string, sub string) func(*lab) answer {
		return func(l *lab) answer {
			if len(l.granted()) == 0 {
				l.em.Delegate(scopes("chat.messages", "chat.spaces.readonly"))
			}
			return l.assert(func(s *signer) { s.claims["sub"], s.claims["scope"] = sub, scopePrefix+scope })
		}
	}
	own := func(l *lab) answer { return l.assert(func(*signer) {}) }
	return map[string]failing{
		faultPending:       {401, "unauthorized_client|Unauthorized client or scope in request.", 200, for1("chat.messages", ann)},
		faultByAddress:     {401, "unauthorized_client|" + other, 200, for1("chat.messages", ann)},
		faultScopeMissing:  {401, "unauthorized_client|" + other, 200, for1("chat.messages", ann)},
		faultScopeExtra:    {200, "access_token", 401, for1("drive", ann)},
		faultRestricted:    {403, "access_denied|Account restricted", 200, for1("chat.messages", ann)},
		faultPersonDeleted: {400, "invalid_grant|The account has been deleted", 200, for1("chat.messages", ann)},
		faultKeyDeleted:    {400, "invalid_grant|Invalid JWT Signature.", 200, own},
		faultKeyDisabled:   {401, "disabled_client|The OAuth client was disabled.", 200, own},
		faultAppGone:       {400, "invalid_grant|Invalid JWT: No valid verifier found for issuer", 200, own},
	}
}

// granted is what the delegation page shows for the service account.
func (l *lab) granted() []string {
	object, _ := l.em.Describe()
	list, _ := object["delegated_scopes"].([]string)
	return list
}

func serviceFailures() map[string]failing {
	users := asks(dana, "admin.directory.user.readonly", "directory", "GET", "admin/directory/v1/users?customer=my_customer&maxResults=1", "")
	spaces := asks(ann, "chat.spaces.readonly", "chat", "GET", "v1/spaces", "")
	const off = "before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/|SERVICE_DISABLED|activationUrl|accessNotConfigured|PERMISSION_DENIED"
	return map[string]failing{
		"google.api-disabled.admin": {403, "Admin SDK API has not been used in project |" + off, 200, users},
		"google.api-disabled.chat":  {403, "Google Chat API has not been used in project |" + off, 200, spaces},
		faultAppMissing:             {404, "NOT_FOUND|Google Chat app not found. To create a Chat app, you must turn on the Chat API and configure the app in the Google Cloud console.", 200, spaces},
		faultChatOff:                {403, "PERMISSION_DENIED|The caller does not have permission", 200, spaces},
		faultQuota:                  {429, "RESOURCE_EXHAUSTED|RATE_LIMIT_EXCEEDED", 200, spaces},
	}
}

// settingFailures are seen in answers that are no refusals.
func settingFailures() map[string]failing {
	// told asks for something and makes a code of how it stands: 299 where it is
	// weakened.
	told := func(do func(*lab) answer, weak string) func(*lab) answer {
		return func(l *lab) answer {
			a := do(l)
			if strings.Contains(a.raw, weak) {
				a.code = 299
			}
			return a
		}
	}
	policies := asks(dana, "cloud-identity.policies.readonly", "cloudidentity", "GET", "v1/policies?prettyPrint=false", "")
	serial := 0
	invite := func(l *lab) answer {
		serial++
		token := l.as(dana, "chat.spaces.create", "chat.memberships")
		s := l.want(l.call(token, "chat", "POST", "v1/spaces", fmt.Sprintf(`{"spaceType":"SPACE","displayName":"Probe %d"}`, serial)), 200)
		return l.call(token, "chat", "POST", "v1/"+s.str("name")+"/members?prettyPrint=false", `{"member":{"name":"users/`+annID+`","type":"HUMAN"}}`)
	}
	user := func(l *lab) answer {
		serial++
		return l.call(l.as(dana, "admin.directory.user"), "directory", "POST", usersPath+"?prettyPrint=false", strings.Replace(newUser, "new@", fmt.Sprintf("new%d@", serial), 1))
	}
	licence := func(l *lab) answer {
		if err := l.ten.ChangeAccount(plainID, func(a *world.Account) { a.Licensed = false }); err != nil {
			l.t.Fatal(err)
		}
		return l.call(l.as(dana, "apps.licensing"), "licensing", "POST", licPath, `{"userId":"plain@acme.example"}`)
	}
	key := func(l *lab) answer {
		return l.call(l.as(dana, "cloud-platform"), "iam", "POST", "v1/projects/-/serviceAccounts/"+l.sa["client_email"]+"/keys", `{}`)
	}
	sign := func(l *lab) answer {
		return l.sign(l.as(dana, "cloud-platform"), l.claims(ann, scopePrefix+"chat.messages"))
	}
	off := func(title string) string {
		return title + " has not been used in project |SERVICE_DISABLED|activationUrl"
	}
	return map[string]failing{
		faultAutoAccept:                     {299, "INVITED", 200, told(invite, `"INVITED"`)},
		faultAutoAcceptUnit:                 {299, "INVITED", 200, told(invite, `"INVITED"`)},
		faultSettingsApps:                   {299, "chat_apps_access", 200, told(policies, `"enableApps":false`)},
		faultSettingsExternal:               {299, "external_spaces", 200, told(policies, `"allowExternalChat":false`)},
		faultSettingsHistory:                {299, "DEFAULT_HISTORY_OFF", 200, told(policies, `"historyOnByDefault":false`)},
		faultSettingsFiles:                  {299, "chat_file_sharing", 200, told(policies, `"NO_FILES"`)},
		faultManualLicensing:                {299, "primaryEmail", 200, told(user, `"isMailboxSetup":false`)},
		faultNoLicence:                      {412, "There aren't enough available licenses for the specified product-SKU pair", 200, licence},
		faultNoKeys:                         {400, "FAILED_PRECONDITION|Key creation is not allowed on this service account.|constraints/iam.disableServiceAccountKeyCreation", 200, key},
		faultNoSigner:                       {403, "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist).", 200, sign},
		"google.api-disabled.cloudidentity": {403, off("Cloud Identity API"), 200, policies},
		"google.api-disabled.licensing":     {403, off("Enterprise License Manager API"), 200, licence},
		"google.api-disabled.iam":           {403, off("Identity and Access Management (IAM) API"), 200, key},
		"google.api-disabled.pubsub": {403, off("Cloud Pub/Sub API"), 200, func(l *lab) answer {
			return l.settle("pull", `{"maxMessages":1,"returnImmediately":true}`)
		}},
		"google.api-disabled.workspaceevents": {403, off("Google Workspace Events API"), 200, asks(ann, "chat.messages.readonly", "workspaceevents", "GET",
			"v1/subscriptions?filter="+query(`event_types:"google.workspace.chat.message.v1.created"`), "")},
		"google.api-disabled.iamcredentials": {403, off("IAM Service Account Credentials API"), 200, sign},
	}
}

func TestChatIsOffForOneOrgUnit(t *testing.T) {
	l := newLab(t, 1)
	l.turn(faultChatOff, true)
	spaces := func(who string) int {
		return l.call(l.as(who, "chat.spaces.readonly"), "chat", "GET", "v1/spaces", "").code
	}
	if a, b := spaces(ann), spaces(bob); a != 403 || b != 200 {
		t.Errorf("people in and outside the org unit got %d and %d", a, b)
	}
}

func TestDelegationArrivesByItself(t *testing.T) {
	l := newLab(t, 1)
	l.turn(faultPending, true)
	l.em.Delegate(scopes("chat.messages"))
	ask := func() int {
		return l.assert(func(s *signer) { s.claims["sub"], s.claims["scope"] = ann, scopePrefix+"chat.messages" }).code
	}
	if code := ask(); code != 401 {
		t.Errorf("a fresh entry got %d", code)
	}
	l.w.Clock.Advance(propagation)
	if code := ask(); code != 200 {
		t.Errorf("an entry as old as it takes got %d", code)
	}
}

func TestDelegationToAnAddress(t *testing.T) {
	l := newLab(t, 1)
	l.want(l.consoleForm("clientId", l.sa["client_email"], "scopes", scopes("chat.messages")[0]), 200)
	a := l.assert(func(s *signer) { s.claims["sub"], s.claims["scope"] = ann, scopePrefix+"chat.messages" })
	if a.code != 401 || !strings.Contains(a.raw, "client not authorized for any of the scopes requested") {
		t.Errorf("delegation to the address: %s", a.raw)
	}
}

func TestSignInPagesSayWhatIsWrong(t *testing.T) {
	for id, want := range map[string]string{faultClientDeleted: "deleted_client", faultOrgInternal: "org_internal", faultPolicy: "admin_policy_enforced"} {
		l := newLab(t, 1)
		l.turn(id, true)
		if p := l.page(browser(), http.MethodGet, l.authURL(), nil); p.code == 200 || !strings.Contains(p.raw, want) {
			t.Errorf("%s: %d %s", id, p.code, p.raw)
		}
	}
}

// A consent given after the grant was revoked stands.
func TestSigningInAgainMendsARevokedGrant(t *testing.T) {
	l := newLab(t, 1)
	old := refresh()
	l.want(old(l), 200)
	l.turn(faultRevoked, true)
	l.want(old(l), 400)
	l.want(refresh()(l), 200)
	l.turn(faultRevoked, false)
	l.want(old(l), 400)
}

func TestAnswersCarryTheTenantsTime(t *testing.T) {
	l := newLab(t, 1)
	l.turn(faultClock, true)
	a := l.call("", "chat", "GET", "v1/spaces", "")
	at, err := http.ParseTime(a.header.Get("Date"))
	if ahead := time.Until(at); err != nil || ahead < wrongClock-time.Minute || ahead > wrongClock+time.Minute {
		t.Errorf("Date %q: %v ahead, %v", a.header.Get("Date"), ahead, err)
	}
}

// What the tenant does to whole answers is done by the World.
func TestFaultsOnTheWay(t *testing.T) {
	w := testWorld(1)
	em, err := New(w)
	if err != nil {
		t.Fatal(err)
	}
	run, err := world.Serve(context.Background(), w, em)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	l := &lab{t: t, w: w, ten: w.Tenant(TenantName), em: em, urls: map[string]string{}}
	for key, u := range run.URLs[TenantName] {
		l.urls[strings.TrimSuffix(key, "_url")] = u
	}
	if l.cat, err = loadCatalogue(); err != nil {
		t.Fatal(err)
	}
	token := l.as(ann, "chat.messages")
	l.turn(faultAfter, true)
	a := l.call(token, "chat", "POST", sales+"/messages?requestId=r1", `{"text":"once"}`)
	if a.code != 503 || len(l.ten.Messages(salesRoom)) != 1 {
		t.Errorf("got %d with %d messages posted, want a failure after the effect", a.code, len(l.ten.Messages(salesRoom)))
	}
	l.turn(faultAfter, false)
	l.want(l.call(token, "chat", "POST", sales+"/messages?requestId=r1", `{"text":"once"}`), 200)
	if n := len(l.ten.Messages(salesRoom)); n != 1 {
		t.Errorf("%d messages after the repetition", n)
	}
	l.turn(faultSlow, true)
	for _, f := range w.Faults.List() {
		if f.Latency != slowAnswers || f.Status != 0 {
			t.Errorf("slow: %+v", f)
		}
	}
	if n := len(w.Faults.List()); n != 3 {
		t.Errorf("%d faults on the way, want one for each host", n)
	}
	l.turn(faultSlow, false)
	if n := len(w.Faults.List()); n != 0 {
		t.Errorf("%d faults are left", n)
	}
}
