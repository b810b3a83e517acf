package app

import (
	"context"
	"errors"
	"slices"
	"testing"

	"miohub/app/plan"
	"miohub/platforms"
)

// circles are the groups of a fake tenant.
type circles struct {
	members map[platforms.GroupID][]platforms.UserID
	breaks  error // after the first page of members
}

// List implements platforms.Groups.
func (c *circles) List(_ context.Context, page func([]platforms.Group) error) error {
	var list []platforms.Group
	for id := range c.members {
		list = append(list, platforms.Group{ID: id, Name: string(id)})
	}
	return page(list)
}

// Members implements platforms.Groups.
func (c *circles) Members(_ context.Context, g platforms.GroupID, page func([]platforms.UserID) error) error {
	all := c.members[g]
	half := len(all) / 2
	if err := page(all[:half]); err != nil {
		return err
	}
	if c.breaks != nil {
		return c.breaks
	}
	return page(all[half:])
}

func ids(platform string, n ...int) []platforms.UserID {
	var out []platforms.UserID
	for _, i := range n {
		out = append(out, platforms.UserID(platform+"-"+string(rune('0'+i))))
	}
	return out
}

func (h *hub) titles(verb plan.Verb) []string {
	h.t.Helper()
	p, _, err := h.Store.LatestPlan(h.t.Context())
	h.must(err)
	var out []string
	for _, id := range h.pick(p, verb) {
		out = append(out, h.action(p, id).Left.ID)
	}
	slices.Sort(out)
	return out
}

func TestOnlyThoseInScopeAreLinked(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	c := &circles{members: map[platforms.GroupID][]platforms.UserID{"pilot": ids("google", 1, 2, 3, 4, 5, 6)}}
	h.g.groups = c
	pilot := Scope{Kind: ScopeGroups, Of: []ScopePart{{ID: "pilot", Name: "Pilot"}}}
	h.sync()
	preview, err := h.PreviewScope(ctx, "google", pilot)
	h.must(err)
	if preview.Inside != 6 || preview.Outside != 4 || len(preview.Leaving) != 0 {
		t.Errorf("%+v", preview)
	}
	h.must(h.SetScope(ctx, "google", pilot))
	if got := h.titles(plan.LinkPeople); len(got) != 6 || got[0] != "google-1" {
		t.Fatalf("%v", got)
	}
	h.apply(h.sync(), plan.LinkPeople)

	// Whoever leaves the group is proposed to be withdrawn, never without asking.
	c.members["pilot"] = ids("google", 2, 3, 4, 5, 6, 7)
	p := h.sync()
	if got := h.titles(plan.Withdraw); len(got) != 1 || got[0] != "google-1" {
		t.Errorf("withdrawn: %v", got)
	}
	if got := h.titles(plan.LinkPeople); len(got) != 1 || got[0] != "google-7" {
		t.Errorf("linked: %v", got)
	}
	h.apply(p, plan.Withdraw)
	c.members["pilot"] = ids("google", 1, 2, 3, 4, 5, 6, 7)
	h.sync()
	if got := h.titles(plan.Restore); len(got) != 1 || got[0] != "google-1" {
		t.Errorf("restored: %v", got)
	}

	h.must(h.SetScope(ctx, "google", Scope{Kind: ScopeAll}))
	if got := h.titles(plan.LinkPeople); len(got) != 4 {
		t.Errorf("everybody: %v", got)
	}
}

func TestAGroupThatIsReadInPartChangesNothing(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	c := &circles{members: map[platforms.GroupID][]platforms.UserID{"all": ids("google", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)}}
	h.g.groups = c
	h.sync()
	scope := Scope{Kind: ScopeGroups, Of: []ScopePart{{ID: "all", Name: "All"}}}
	c.breaks = errors.New("half a page")
	if err := h.SetScope(ctx, "google", scope); err == nil {
		t.Error("half a group was taken for the whole")
	}
	c.breaks = nil
	h.must(h.SetScope(ctx, "google", scope))
	h.apply(h.sync(), plan.LinkPeople)
	c.breaks = errors.New("half a page")
	if _, err := h.Sync(ctx, nil); err == nil {
		t.Error("half a group was taken for the whole")
	}
	c.breaks, c.members["all"] = nil, ids("google", 0)
	if _, err := h.Sync(ctx, nil); !errors.Is(err, ErrHeld) {
		t.Errorf("a group that lost nearly everybody: %v", err)
	}
	if got := h.titles(plan.Withdraw); len(got) > 0 {
		t.Errorf("withdrawn: %v", got)
	}
	h.g.groups = nil
	h.Forget()
	if _, err := h.Sync(ctx, nil); platforms.KindOf(err) != platforms.Unsupported {
		t.Errorf("without the right to read groups: %v", err)
	}
}

func TestOrgUnitsTakeInThoseWithinThem(t *testing.T) {
	for unit, want := range map[string]bool{"/Sales": true, "/Sales/EMEA": true, "/Salesforce": false, "/": false, "": false} {
		s := Scope{Kind: ScopeOrgUnits, Of: []ScopePart{{ID: "/Sales", Name: "/Sales"}}}
		if got := s.test(nil)(platforms.User{OrgUnit: unit}); got != want {
			t.Errorf("%q: %v", unit, got)
		}
		root := Scope{Kind: ScopeOrgUnits, Of: []ScopePart{{ID: "/", Name: "/"}}}
		if got := root.test(nil)(platforms.User{OrgUnit: unit}); !got {
			t.Errorf("the root and %q: %v", unit, got)
		}
	}
	if w := (Scope{Kind: ScopeOrgUnits, Of: []ScopePart{{Name: "/A"}, {Name: "/B"}}}).Words(); w != "Org units /A, /B" {
		t.Error(w)
	}
}
