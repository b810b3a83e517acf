package google

import (
	"net/http"
	"strings"
	"testing"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// temporary counts the temporary spaces that stand.
func (o *office) temporary() int {
	n := 0
	for _, r := range o.tenant.Rooms() {
		if strings.HasPrefix(r.Name, "Mio Hub test ") {
			n++
		}
	}
	return n
}

// refuseCalls has calls of Chat fail that are made like this.
func (o *office) refuseCalls(id, method, path string, after bool) {
	o.world.Faults.Set(sandbox.Fault{
		ID: id, API: "chat", Method: method, Path: path, After: after, Status: http.StatusServiceUnavailable,
		Body: `{"error":{"code":503,"message":"The service is currently unavailable.","status":"UNAVAILABLE"}}`,
	})
}

func TestAnInvitationIsTriedOutAndTheSpaceRemoved(t *testing.T) {
	o := furnished(t, platforms.FeatureProbe)
	before := len(o.tenant.Rooms())
	f := o.find(codeInvitations)
	if f.Status != platforms.Pass || !strings.Contains(f.Evidence, o.ordinary().OrgUnit) || !strings.Contains(f.Evidence, "no other") {
		t.Errorf("%+v", f)
	}
	if len(o.tenant.Rooms()) != before || o.values.Get(keyProbe) != "" {
		t.Errorf("left behind: %d spaces, journal %q", len(o.tenant.Rooms())-before, o.values.Get(keyProbe))
	}
	for _, c := range o.conn.Checks {
		if c.Code == codeInvitations && !c.Writes {
			t.Error("it does not say that it writes")
		}
	}
}

func TestATemporarySpaceThatCannotBeRemovedIsListedAndRemovedLater(t *testing.T) {
	o := furnished(t, platforms.FeatureProbe)
	o.refuseCalls("stay", http.MethodDelete, "/v1/spaces/", false)
	f := o.find(codeInvitations)
	if f.Status != platforms.Warn || !strings.Contains(f.Cause, "could not be removed") || !strings.Contains(f.FixURL, "/chat/") {
		t.Errorf("%+v", f)
	}
	if o.temporary() != 1 {
		t.Fatalf("%d temporary spaces stand", o.temporary())
	}
	o.world.Faults.Clear("stay")
	o.connect()
	left := o.conn.Leftovers()
	if len(left) == 0 || !strings.Contains(left[0].What, "temporary space") || left[0].URL == "" {
		t.Errorf("leftovers %+v", left)
	}
	if err := o.conn.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o.temporary() != 0 || o.values.Get(keyProbe) != "" {
		t.Errorf("%d temporary spaces stand, journal %q", o.temporary(), o.values.Get(keyProbe))
	}
	if err := o.conn.Resume(t.Context()); err != nil {
		t.Errorf("with nothing to resume: %v", err)
	}
}

func TestASpaceWhoseMakingWasUncertainIsFoundAndRemoved(t *testing.T) {
	o := furnished(t, platforms.FeatureProbe)
	o.refuseCalls("lost", http.MethodPost, "/v1/spaces", true)
	if f := o.find(codeInvitations); f.Status == platforms.Pass {
		t.Errorf("%+v", f)
	}
	if o.temporary() != 1 || o.values.Get(keyProbe) == "" {
		t.Fatalf("%d temporary spaces stand, journal %q", o.temporary(), o.values.Get(keyProbe))
	}
	o.world.Faults.Clear("lost")
	o.connect()
	if err := o.conn.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o.temporary() != 0 || o.values.Get(keyProbe) != "" {
		t.Errorf("%d temporary spaces stand, journal %q", o.temporary(), o.values.Get(keyProbe))
	}
}

func TestNothingIsTriedOutWithoutSomebodyToTryItWith(t *testing.T) {
	o := furnished(t, platforms.FeatureProbe)
	made := o.conn.Calls().Made
	for _, who := range []string{"", o.administrator().Address} {
		_ = o.values.Put(t.Context(), platforms.KeyTestPeople, who)
		if f := o.find(codeInvitations); f.Status != platforms.Skipped || f.Fix == "" {
			t.Errorf("with %q: %+v", who, f)
		}
	}
	if o.temporary() != 0 || o.conn.Calls().Made > made {
		t.Error("something was tried all the same")
	}
}
