package google

import (
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// ordinary is the person whom faults about one person hit: the first by address
// who may use Chat, is no administrator and sits in an organisational unit.
func (o *office) ordinary() sandbox.Account {
	var list []sandbox.Account
	for _, a := range o.tenant.Accounts() {
		if a.Licensed && !a.Admin && !a.Guest && !a.Suspended && a.Deleted.IsZero() && a.OrgUnit != "/" && a.OrgUnit != "" {
			list = append(list, a)
		}
	}
	if len(list) == 0 {
		o.t.Fatal("nobody is ordinary in this World")
	}
	return slices.MinFunc(list, func(a, b sandbox.Account) int { return strings.Compare(a.Address, b.Address) })
}

// furnished is a tenant connected with these features on and a test person.
func furnished(t *testing.T, on ...platforms.Feature) *office {
	t.Helper()
	o := open(t)
	choose(o.values, on)
	_ = o.values.Put(t.Context(), platforms.KeyTestPeople, o.ordinary().Address)
	o.connect()
	if _, err := o.signIn(o.administrator().Address, ""); err != nil {
		t.Fatal(err)
	}
	o.delegate(scopesOf(asked(o.values), platforms.Delegation))
	o.connect()
	return o
}

// find runs one check of a fresh connection.
func (o *office) find(code string) platforms.Finding {
	o.t.Helper()
	o.connect()
	i := slices.IndexFunc(o.conn.Checks, func(c platforms.Check) bool { return c.Code == code })
	if i < 0 {
		o.t.Fatalf("there is no check %s", code)
	}
	return o.conn.Checks[i].Run(o.t.Context())
}

func (o *office) fault(id string) sandbox.NamedFault {
	o.t.Helper()
	i := slices.IndexFunc(o.emulator.Faults, func(f sandbox.NamedFault) bool { return f.ID == id })
	if i < 0 {
		o.t.Fatalf("there is no fault %s", id)
	}
	return o.emulator.Faults[i]
}

func switchFault(t *testing.T, f sandbox.NamedFault, on bool) {
	t.Helper()
	if err := f.Switch(on); err != nil {
		t.Fatal(err)
	}
}

// named is a fault with what the wizard makes of it.
type named struct {
	fault, check string
	status       platforms.Status
	cause, link  string // parts of them
	others       string // part of another cause that looks the same
	late         bool   // it shows once the access token has expired
}

// keyed is every optional feature but the one that changes how tokens are had.
func keyed() []platforms.Feature {
	return []platforms.Feature{
		platforms.FeatureFiles, platforms.FeatureRoomEdit, platforms.FeatureSettings, platforms.FeatureScope,
		platforms.FeatureProbe, platforms.FeatureHints, platforms.FeatureProvision, platforms.FeaturePush,
	}
}

func TestEachFaultIsToldWithItsCauseAndItsLink(t *testing.T) {
	o := furnished(t, keyed()...)
	who := strings.ToLower(o.ordinary().Address)
	unit := o.ordinary().OrgUnit
	messages := codeDelegated + "chat.messages"
	const delegationPage, accountsPage, settingsPage = "/ac/owl/domainwidedelegation", "/iam-admin/serviceaccounts", "/ac/appslist/core"
	for _, tc := range []named{
		{fault: "google.client-deleted", check: codeClient, status: platforms.Fail, cause: "client was deleted", link: "/auth/clients"},
		{fault: "google.client-secret", check: codeClient, status: platforms.Fail, cause: "secret is wrong", link: "/auth/clients"},
		{fault: "google.org-internal", check: codeClient, status: platforms.Fail, cause: "another organisation's people", link: "/auth/clients"},
		{fault: "google.api-controls", check: messages, status: platforms.Fail, cause: "API controls block", link: "/ac/owl"},
		{fault: "google.session-control", check: codeSignIn, status: platforms.Fail, cause: "session control", link: "/ac/security", late: true},
		{fault: "google.grant-revoked", check: codeSignIn, status: platforms.Fail, cause: "expired or was revoked", others: "still in testing", late: true},
		{fault: "google.role-lost", check: codeRole, status: platforms.Fail, cause: "not an administrator", link: "/ac/users"},
		{fault: "google.clock-skew", check: codeClock, status: platforms.Fail, cause: "clock is 3h"},
		{fault: "google.clock-skew", check: codeKey, status: platforms.Fail, cause: "clock is wrong by minutes"},
		{fault: "google.delegation-pending", check: messages, status: platforms.Waiting, cause: "has not caught up", link: delegationPage, others: "e-mail address"},
		{fault: "google.delegation-by-email", check: messages, status: platforms.Waiting, cause: "No delegation entry lists this scope", link: delegationPage, others: "instead of the numeric client id"},
		{fault: "google.scope-missing", check: messages, status: platforms.Fail, cause: "does not list chat.messages", link: delegationPage},
		{fault: "google.scope-extra", check: codeExcess, status: platforms.Warn, cause: "drive", link: delegationPage},
		{fault: "google.account-restricted", check: messages, status: platforms.Fail, cause: "works for", link: settingsPage, others: who},
		{fault: "google.subject-deleted", check: messages, status: platforms.Fail, cause: who, link: "/ac/users"},
		{fault: "google.key-deleted", check: codeKey, status: platforms.Fail, cause: "key was deleted", link: accountsPage, others: "belongs to another"},
		{fault: "google.key-disabled", check: codeKey, status: platforms.Fail, cause: "key is disabled", link: accountsPage, others: "account itself is disabled"},
		{fault: "google.service-account-deleted", check: codeKey, status: platforms.Fail, cause: "service account was deleted", link: accountsPage},
		{fault: "google.auto-accept-off", check: codeInvitations, status: platforms.Fail, cause: "not accepted automatically in the organisational unit " + unit, link: settingsPage},
		{fault: "google.auto-accept-off-unit", check: codeInvitations, status: platforms.Fail, cause: "not accepted automatically in the organisational unit " + unit, link: settingsPage},
		{fault: "google.settings-apps", check: codeSetting + "apps", status: platforms.Fail, cause: "in " + unit, link: settingsPage},
		{fault: "google.settings-external-chat", check: codeSetting + "external-chat", status: platforms.Warn, cause: "in " + unit, link: settingsPage},
		{fault: "google.settings-history", check: codeSetting + "history", status: platforms.Warn, cause: "in " + unit, link: settingsPage},
		{fault: "google.settings-files", check: codeSetting + "files", status: platforms.Warn, cause: "in " + unit, link: settingsPage},
		{fault: "google.chat-off", check: codeSetting + "service", status: platforms.Fail, cause: "in " + unit, link: settingsPage},
		{fault: "google.chat-off", check: codePerson, status: platforms.Fail, cause: "switched off for the organisational unit " + unit, link: settingsPage, others: "no licence"},
		{fault: "google.chat-app-missing", check: codeChatApp, status: platforms.Fail, cause: "never configured", link: "hangouts-chat?project="},
		{fault: "google.api-disabled.chat", check: codeChat, status: platforms.Fail, cause: "API is switched off", link: "apis/api/chat.googleapis.com/overview"},
		{fault: "google.api-disabled.admin", check: codeDirectory, status: platforms.Fail, cause: "API is switched off", link: "apis/api/admin.googleapis.com/overview"},
		{fault: "google.api-disabled.cloudidentity", check: codeSetting + "apps", status: platforms.Fail, cause: "API is switched off", link: "apis/api/cloudidentity.googleapis.com/overview"},
		{fault: "google.api-disabled.licensing", check: codeLicensing, status: platforms.Fail, cause: "API is switched off", link: "apis/api/licensing.googleapis.com/overview"},
		{fault: "google.api-disabled.pubsub", check: codePush, status: platforms.Fail, cause: "API is switched off", link: "apis/api/pubsub.googleapis.com/overview"},
		{fault: "google.api-disabled.workspaceevents", check: codeEvents, status: platforms.Fail, cause: "API is switched off", link: "apis/api/workspaceevents.googleapis.com/overview"},
		{fault: "google.quota-exhausted", check: codeChat, status: platforms.Waiting, cause: "quota is used up", link: "/quotas"},
		{fault: "google.api-disabled.iam", check: codeKeyAge, status: platforms.Warn, cause: "API is switched off", link: "apis/api/iam.googleapis.com/overview"},
	} {
		t.Run(tc.fault+" "+tc.check, func(t *testing.T) { o.tell(t, tc) })
	}
}

// tell switches a fault on, looks what the check says, and off again, after which
// the check is content.
func (o *office) tell(t *testing.T, tc named) {
	f := o.fault(tc.fault)
	switchFault(t, f, true)
	if tc.late {
		o.world.Clock.Advance(2 * time.Hour)
	}
	got := o.find(tc.check)
	switchFault(t, f, false)
	if got.Status != tc.status || !strings.Contains(got.Cause, tc.cause) || got.Fix == "" || !strings.Contains(got.FixURL, tc.link) || got.Unrecognised {
		t.Errorf("%+v", got)
	}
	if tc.others != "" && !slices.ContainsFunc(got.Others, func(r platforms.Remedy) bool { return strings.Contains(r.Cause, tc.others) && r.Fix != "" }) {
		t.Errorf("what looks the same: %+v", got.Others)
	}
	if after := o.find(tc.check); after.Status != platforms.Pass {
		t.Errorf("afterwards: %+v", after)
	}
}

func TestEachFaultOfSigningWithoutAKeyIsTold(t *testing.T) {
	o := furnished(t, append(keyed(), platforms.FeatureKeyless)...)
	for _, tc := range []named{
		{fault: "google.token-creator-missing", check: codeKey, status: platforms.Fail, cause: "may not sign", link: "/iam-admin/serviceaccounts"},
		{fault: "google.api-disabled.iamcredentials", check: codeKey, status: platforms.Fail, cause: "API is switched off", link: "apis/api/iamcredentials.googleapis.com/overview"},
		{fault: "google.service-account-deleted", check: codeKey, status: platforms.Fail, cause: "no such service account", link: "/iam-admin/serviceaccounts"},
		{fault: "google.key-disabled", check: codeKey, status: platforms.Fail, cause: "service account is disabled", link: "/iam-admin/serviceaccounts"},
	} {
		t.Run(tc.fault, func(t *testing.T) { o.tell(t, tc) })
	}
}

// TestNothingIsWrongWithAFurnishedTenant is what the faults are measured against.
func TestNothingIsWrongWithAFurnishedTenant(t *testing.T) {
	for name, on := range map[string][]platforms.Feature{"with a key": keyed(), "without a key": append(keyed(), platforms.FeatureKeyless)} {
		t.Run(name, func(t *testing.T) {
			o := furnished(t, on...)
			for code, f := range o.findings() {
				if f.Status != platforms.Pass || f.Evidence == "" {
					t.Errorf("%s: %+v", code, f)
				}
			}
		})
	}
}

func TestAnAnswerThatNobodyKnowsIsToldAsSuch(t *testing.T) {
	f := explain(values(), &platforms.Error{
		Kind: platforms.Forbidden, Op: "google: try", Status: 403, Code: "NEW_REASON", Text: "Something new happened.", RequestID: "r1",
	})
	if !f.Unrecognised || f.Status != platforms.Fail || !strings.Contains(f.Raw, "Something new happened.") || !strings.Contains(f.Raw, "r1") {
		t.Errorf("%+v", f)
	}
	for _, kind := range []platforms.Kind{platforms.TryLater, platforms.SlowDown, platforms.Uncertain} {
		if f := explain(values(), &platforms.Error{Kind: kind, Op: "google: try"}); f.Status != platforms.Waiting || f.Unrecognised {
			t.Errorf("%s: %+v", kind, f)
		}
	}
}
