package google

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/oauth"
	"miohub/platforms/sandbox"
)

func TestConnectingProvesEachStep(t *testing.T) {
	o := open(t)
	admin := o.administrator()
	before := o.findings()
	for code, want := range map[string]platforms.Status{
		codeClock: platforms.Pass, codeKey: platforms.Pass, codeSignIn: platforms.Skipped, codeRole: platforms.Skipped,
		codeDelegated + "chat.messages": platforms.Skipped, codeChatApp: platforms.Pass,
	} {
		if before[code].Status != want {
			t.Errorf("before signing in %s is %+v", code, before[code])
		}
	}
	out, err := o.signIn(strings.ToUpper(admin.Address), "")
	if err != nil {
		t.Fatal(err)
	}
	if out.Account != strings.ToLower(admin.Address) || string(out.Tenant.ID) != o.tenant.ID || out.Tenant.Name != o.tenant.Org || out.Tenant.Domain != o.tenant.Domains[0] {
		t.Errorf("outcome %+v", out)
	}
	o.connect()
	waiting := o.findings()
	for code, want := range map[string]platforms.Status{
		codeSignIn: platforms.Pass, codeRole: platforms.Pass,
		codeDelegated + "chat.messages": platforms.Waiting, codeDirectory: platforms.Fail,
	} {
		if f := waiting[code]; f.Status != want || want != platforms.Pass && (f.Cause == "" || f.Fix == "" || f.Raw == "" || f.FixURL == "") {
			t.Errorf("before delegating %s is %+v", code, f)
		}
	}
	// All but one scope: that one, and it alone, is named.
	all := scopesOf(asked(o.values), platforms.Delegation)
	var most []string
	for _, s := range all {
		if s != scopeMembersEdit {
			most = append(most, s)
		}
	}
	o.delegate(most)
	for code, f := range o.findings() {
		if missing := code == codeDelegated+shortScope(scopeMembersEdit); missing != (f.Status != platforms.Pass) {
			t.Errorf("without one scope %s is %+v", code, f)
		} else if missing && (f.Status != platforms.Fail || !strings.Contains(f.Cause, shortScope(scopeMembersEdit))) {
			t.Errorf("the missing scope is %+v", f)
		}
	}
	o.delegate(all)
	for code, f := range o.findings() {
		if f.Status != platforms.Pass || f.Evidence == "" {
			t.Errorf("at the end %s is %+v", code, f)
		}
	}
}

func TestSigningInIsRefusedForTheRightReason(t *testing.T) {
	o := open(t)
	var someone sandbox.Account
	for _, a := range o.tenant.Accounts() {
		if !a.Admin && !a.Suspended && a.Licensed && !a.Guest && a.Deleted.IsZero() {
			someone = a
			break
		}
	}
	_, err := o.signIn(someone.Address, "")
	var e *platforms.Error
	if !errors.As(err, &e) || e.Kind != platforms.Forbidden || e.Code != "not-super-administrator" || !strings.Contains(e.Text, strings.ToLower(someone.Address)) {
		t.Errorf("somebody else: %v", err)
	}
	if _, err := o.signIn(o.administrator().Address, "Cancel"); !errors.As(err, &e) || e.Code != "access_denied" {
		t.Errorf("cancelled: %v", err)
	}
	if o.secret.Get(keyToken) != "" || o.values.Get(keyAdmin) != "" {
		t.Error("a refused sign-in was kept")
	}
	_ = o.values.Put(t.Context(), keyTenant, "C0other")
	if _, err := o.signIn(o.administrator().Address, ""); !errors.As(err, &e) || e.Kind != platforms.Conflict || o.secret.Get(keyToken) != "" {
		t.Errorf("another organisation: %v", err)
	}
}

func TestARevokedSignInAsksForAnother(t *testing.T) {
	o := ready(t)
	if err := newWorkspace(o.env).revoke(t.Context(), o.secretToken()); err != nil {
		t.Fatal(err)
	}
	o.connect()
	o.world.Clock.Advance(2 * time.Hour)
	f := o.findings()[codeSignIn]
	if f.Status != platforms.Fail || !f.SignIn || !strings.Contains(f.Fix, "Authorize Mio") {
		t.Errorf("finding %+v", f)
	}
	_ = o.values.Put(t.Context(), keyDomains, "labs.example")
	out, err := o.signIn(o.administrator().Address, "")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(out.Tenant.Domains, "labs.example") || !slices.Contains(out.Tenant.Domains, o.tenant.Domains[0]) {
		t.Errorf("domains are %q", out.Tenant.Domains)
	}
	o.connect()
	if f := o.findings()[codeSignIn]; f.Status != platforms.Pass {
		t.Errorf("after signing in again %+v", f)
	}
}

func (o *office) secretToken() string {
	saved, _ := oauth.Load(o.secret, keyToken)
	return saved.RefreshToken
}

func TestDisconnectingRevokesAndErases(t *testing.T) {
	o := ready(t)
	saved := o.secret.Get(keyToken)
	left, err := o.conn.Disconnect(t.Context())
	if err != nil || len(left) != 5 {
		t.Fatalf("left %v, %v", left, err)
	}
	for _, l := range left {
		if l.What == "" || !strings.HasPrefix(l.URL, "http") {
			t.Errorf("leftover %+v", l)
		}
	}
	if len(o.secret.all()) != 0 || o.values.Get(keyAdmin) != "" || o.values.Get(keyTenant) != "" {
		t.Errorf("there is left %v, %v", o.secret.all(), o.values.all())
	}
	if o.connect(); o.conn.Users != nil {
		t.Error("people can still be read")
	}
	// The old sign-in is useless, even with everything back in place.
	for key, value := range o.shipped {
		_ = o.values.Put(t.Context(), key, value)
	}
	_ = o.values.Put(t.Context(), keyAdmin, strings.ToLower(o.administrator().Address))
	_ = o.secret.Put(t.Context(), keyToken, saved)
	o.connect()
	if f := o.findings()[codeSignIn]; f.Status != platforms.Fail {
		t.Errorf("the old sign-in: %+v", f)
	}
}
