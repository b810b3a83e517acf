package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"miohub/app/plan"
	"miohub/app/store"
	"miohub/platforms"
)

// registry makes accounts in a fake tenant.
type registry struct {
	o     *office
	costs bool
	loses bool // the answer to Invite is lost
}

func (r *registry) find(address string) *platforms.User {
	r.o.mu.Lock()
	defer r.o.mu.Unlock()
	for i := range r.o.users {
		if r.o.users[i].Address == address {
			u := r.o.users[i]
			return &u
		}
	}
	return nil
}

// Forecast implements platforms.Accounts.
func (r *registry) Forecast(_ context.Context, u platforms.NewUser) (platforms.Forecast, error) {
	f := platforms.Forecast{Exists: r.find(u.Address), Notes: []string{"The person must accept an invitation."}, Costs: r.costs}
	if strings.HasPrefix(u.Address, "blocked") {
		f.Refused = "the domain is not allowed"
	}
	return f, nil
}

// Invite implements platforms.Accounts.
func (r *registry) Invite(_ context.Context, u platforms.NewUser) (platforms.User, error) {
	if there := r.find(u.Address); there != nil {
		return *there, nil
	}
	made := platforms.User{ID: platforms.UserID("made-" + u.Address), Address: u.Address, Name: u.Name, Kind: platforms.Guest, State: platforms.Active}
	if !u.Guest {
		made.Kind = platforms.Member
	}
	r.o.change(func(o *office) { o.users, o.did = append(o.users, made), append(o.did, "made "+u.Address) })
	if r.loses {
		r.loses = false
		return platforms.User{}, &platforms.Error{Kind: platforms.Uncertain, Op: "invite", Text: "the connection broke"}
	}
	return made, nil
}

// Create implements platforms.Accounts.
func (r *registry) Create(ctx context.Context, u platforms.NewUser) (platforms.User, error) {
	return r.Invite(ctx, u)
}

func (r *registry) set(id platforms.UserID, s platforms.UserState) error {
	r.o.change(func(o *office) {
		for i := range o.users {
			if o.users[i].ID == id {
				o.users[i].State = s
				o.did = append(o.did, fmt.Sprintf("%s %s", id, s))
			}
		}
	})
	return nil
}

// Suspend implements platforms.Accounts.
func (r *registry) Suspend(_ context.Context, id platforms.UserID) error {
	return r.set(id, platforms.Suspended)
}

// Resume implements platforms.Accounts.
func (r *registry) Resume(_ context.Context, id platforms.UserID) error {
	return r.set(id, platforms.Active)
}

// withNewcomers has two people on Google's side who are nowhere else.
func withNewcomers(t *testing.T) (*hub, *registry, []platforms.Ref) {
	h := newHub(t)
	r := &registry{o: h.m}
	h.m.accounts = r
	var refs []platforms.Ref
	for _, who := range []string{"new", "newer"} {
		h.g.users = append(h.g.users, platforms.User{ID: platforms.UserID(who), Address: who + "@partner.example", Name: who, Kind: platforms.Member, State: platforms.Active})
		refs = append(refs, platforms.Ref{Platform: "google", Tenant: "Tgoogle", ID: who})
	}
	h.apply(h.sync(), plan.LinkPeople)
	return h, r, refs
}

func TestAccountsAreForetoldApprovedMadeAndLinked(t *testing.T) {
	h, _, refs := withNewcomers(t)
	ctx := t.Context()
	h.must(h.ProposeAccounts(ctx, "microsoft", refs, plan.NewAccount{Guest: true}, nil))
	if len(h.m.did) > 0 {
		t.Fatalf("before anybody approved: %v", h.m.did)
	}
	p, _, err := h.Store.LatestPlan(ctx)
	h.must(err)
	ids := h.pick(p, plan.CreateAccount)
	if len(ids) != 2 {
		t.Fatalf("proposed: %v", ids)
	}
	act := h.action(p, ids[0])
	if act.Risk != plan.RiskHigh || !strings.Contains(act.Reason, "Asked for by tester. The person must accept an invitation.") {
		t.Errorf("%+v", act)
	}
	if out := h.apply(p, plan.CreateAccount); out.Applied != 2 {
		t.Fatalf("%+v", out)
	}
	links, err := h.Store.PersonLinksOf(ctx, refs[0])
	h.must(err)
	if len(links) != 1 || links[0].State != store.PersonLinked || links[0].Other(refs[0]).ID != "made-new@partner.example" {
		t.Errorf("%+v", links)
	}
	if next := h.sync(); len(h.pick(next, plan.CreateAccount, plan.LinkPeople)) > 0 {
		t.Error("it is proposed again")
	}
	if err := h.ProposeAccounts(ctx, "microsoft", refs[:1], plan.NewAccount{Guest: true}, nil); err == nil {
		t.Error("a second account for the same person")
	}
}

func TestAnAccountThatMayBeOursAfterAnInterruptionIsTakenUp(t *testing.T) {
	h, r, refs := withNewcomers(t)
	r.loses = true
	h.must(h.ProposeAccounts(t.Context(), "microsoft", refs[:1], plan.NewAccount{Guest: true}, nil))
	p, _, err := h.Store.LatestPlan(t.Context())
	h.must(err)
	if out := h.apply(p, plan.CreateAccount); out.Failed != 1 {
		t.Fatalf("%+v", out)
	}
	if out := h.apply(h.sync(), plan.CreateAccount); out.Applied != 1 {
		t.Fatalf("%+v", out)
	}
	if made := strings.Join(h.m.did, ", "); made != "made new@partner.example" {
		t.Errorf("%s", made)
	}
}

// licences are all given away until there are some.
type licences struct{ free bool }

// Offers implements platforms.Licences.
func (l *licences) Offers(context.Context) ([]platforms.LicenceOffer, error) { return nil, nil }

// Assign implements platforms.Licences.
func (l *licences) Assign(context.Context, platforms.UserID, platforms.LicenceID) error {
	if !l.free {
		return &platforms.Error{Kind: platforms.Invalid, Op: "assign", Text: "none is left"}
	}
	return nil
}

func TestAnAccountWhoseLicenceIsMissingIsFinishedLater(t *testing.T) {
	h, _, refs := withNewcomers(t)
	l := &licences{}
	h.m.licences = l
	h.Forget()
	ctx := t.Context()
	h.must(h.ProposeAccounts(ctx, "microsoft", refs[:1], plan.NewAccount{Licence: "sku"}, nil))
	p, _, err := h.Store.LatestPlan(ctx)
	h.must(err)
	if out := h.apply(p, plan.CreateAccount); out.Failed != 1 {
		t.Fatalf("%+v", out)
	}
	l.free = true
	if out := h.apply(h.sync(), plan.CreateAccount); out.Applied != 1 {
		t.Fatalf("%+v", out)
	}
	if made := strings.Join(h.m.did, ", "); made != "made new@partner.example" {
		t.Errorf("%s", made)
	}
	if links, err := h.Store.PersonLinksOf(ctx, refs[0]); err != nil || len(links) != 1 {
		t.Errorf("%+v, %v", links, err)
	}
	// The same action, repeated by a process that was interrupted, is done already.
	before, err := (&hands{a: h.App}).Before(ctx, plan.Action{ID: accountID(refs[0], "microsoft"), Verb: plan.CreateAccount,
		Left: refs[0], Right: platforms.Ref{Platform: "microsoft"}, Account: &plan.NewAccount{Licence: "sku"}})
	if err != nil || before != hasAccount {
		t.Errorf("%q, %v", before, err)
	}
}

func TestAnAccountThatSomebodyElseMadeMeanwhileIsLeftAlone(t *testing.T) {
	h, r, refs := withNewcomers(t)
	h.must(h.ProposeAccounts(t.Context(), "microsoft", refs, plan.NewAccount{Guest: true}, nil))
	p, _, err := h.Store.LatestPlan(t.Context())
	h.must(err)
	h.m.change(func(o *office) {
		o.users = append(o.users, platforms.User{ID: "other", Address: "new@partner.example", State: platforms.Active})
	})
	r.costs = true // and the last free licence is gone
	if out := h.apply(p, plan.CreateAccount); out.Stale != 2 || len(h.m.did) > 0 {
		t.Fatalf("%+v, %v", out, h.m.did)
	}
	err = h.ProposeAccountChange(t.Context(), platforms.Ref{Platform: "microsoft", Tenant: "Tmicrosoft", ID: "other"}, store.Suspend)
	if platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("an account of somebody else's may be suspended: %v", err)
	}
}

func TestOnlyMadeAccountsAreSuspendedAndResumed(t *testing.T) {
	h, _, refs := withNewcomers(t)
	ctx := t.Context()
	h.must(h.ProposeAccounts(ctx, "microsoft", refs[:1], plan.NewAccount{}, nil))
	latest := func() store.Plan {
		p, _, err := h.Store.LatestPlan(ctx)
		h.must(err)
		return p
	}
	h.apply(latest(), plan.CreateAccount)
	made := platforms.Ref{Platform: "microsoft", Tenant: "Tmicrosoft", ID: "made-new@partner.example"}
	h.must(h.ProposeAccountChange(ctx, made, store.Suspend))
	if out := h.apply(latest(), plan.SuspendAccount); out.Applied != 1 {
		t.Fatalf("%+v", out)
	}
	h.must(h.ProposeAccountChange(ctx, made, store.Resume))
	if out := h.apply(latest(), plan.ResumeAccount); out.Applied != 1 {
		t.Fatalf("%+v", out)
	}
	want := "made new@partner.example, made-new@partner.example suspended, made-new@partner.example active"
	if got := strings.Join(h.m.did, ", "); got != want {
		t.Errorf("%s", got)
	}
	if out, err := h.Disconnect(ctx, "microsoft", Departure{}); err != nil || len(out.Leftovers) != 1 || out.Leftovers[0].What != "An account that Mio Hub made: new (new@partner.example)" {
		t.Errorf("disconnecting leaves %+v, %v", out.Leftovers, err)
	}
	other := platforms.Ref{Platform: "microsoft", Tenant: "Tmicrosoft", ID: "microsoft-1"}
	if err := h.ProposeAccountChange(ctx, other, store.Suspend); platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("an imported account may be suspended: %v", err)
	}
}

func TestRequestsThatCannotBeAreRefusedWithTheirReasons(t *testing.T) {
	h, _, refs := withNewcomers(t)
	ctx := t.Context()
	h.g.change(func(o *office) {
		o.users = append(o.users, platforms.User{ID: "b", Address: "blocked@partner.example", Name: "Blocked", State: platforms.Active})
	})
	h.sync()
	blocked := platforms.Ref{Platform: "google", Tenant: "Tgoogle", ID: "b"}
	err := h.ProposeAccounts(ctx, "microsoft", append(refs, blocked), plan.NewAccount{Guest: true}, nil)
	if err == nil || !strings.Contains(err.Error(), "Blocked: the domain is not allowed") {
		t.Errorf("%v", err)
	}
	list, err := h.Store.AccountRequests(ctx)
	h.must(err)
	if len(list) > 0 {
		t.Error("some of them were put into the plan")
	}
	h.must(h.ProposeAccounts(ctx, "microsoft", refs, plan.NewAccount{Guest: true}, nil))
	h.must(h.WithdrawAccounts(ctx, "microsoft", refs))
	if p, _, err := h.Store.LatestPlan(ctx); err != nil || len(h.pick(p, plan.CreateAccount)) > 0 {
		t.Errorf("taken back, and still in the plan: %v", err)
	}
	h.m.accounts = nil
	h.Forget()
	err = h.ProposeAccounts(ctx, "microsoft", refs, plan.NewAccount{}, nil)
	var e *platforms.Error
	if !errors.As(err, &e) || e.Kind != platforms.Unsupported {
		t.Errorf("with the feature off: %v", err)
	}
}
