package app

import (
	"context"
	"strings"
	"testing"

	"miohub/app/plan"
	"miohub/app/store"
	"miohub/platforms"
)

func (h *hub) states(p store.Plan) map[string]store.ActionState {
	h.t.Helper()
	_, rows, err := h.PlanActions(h.t.Context(), p.ID)
	h.must(err)
	out := map[string]store.ActionState{}
	for _, r := range rows {
		out[r.ID] = r.State
	}
	return out
}

func (h *hub) activeLinks() int {
	h.t.Helper()
	links, err := h.Store.RoomLinks(h.t.Context())
	h.must(err)
	n := 0
	for _, l := range links {
		if l.State == store.RoomActive {
			n++
		}
	}
	return n
}

func TestDeclinedActionsAreNotProposedAgain(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	p := h.sync()
	links := h.pick(p, plan.LinkRooms)
	h.must(h.Decline(ctx, p.ID, links[:1]))
	h.apply(p, plan.LinkPeople)
	for range 2 {
		p = h.sync()
		if got := h.pick(p, plan.LinkRooms); len(got) != 2 || got[0] == links[0] || got[1] == links[0] {
			t.Errorf("proposed: %v, declined: %v", got, links[0])
		}
	}
	// Asked for, it is proposed in spite of the earlier no.
	room := platforms.Ref{Platform: "google", Tenant: "Tgoogle", ID: "Sales"}
	other := platforms.Ref{Platform: "microsoft", Tenant: "Tmicrosoft", ID: "Sales"}
	h.must(h.ProposeLink(ctx, room, other))
	p, _, err := h.Store.LatestPlan(ctx)
	h.must(err)
	if got := h.pick(p, plan.LinkRooms); len(got) != 3 {
		t.Errorf("%d links are proposed after one was asked for", len(got))
	}
}

func TestApprovalsSurviveANewPlan(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	p := h.sync()
	links := h.pick(p, plan.LinkRooms)
	h.must(h.Approve(ctx, p.ID, append(h.pick(p, plan.LinkPeople), links...)))
	// Somebody joins one room: its link is another action now, and has to be looked at again.
	h.g.change(func(o *office) {
		o.members["Sales"] = append(o.members["Sales"], platforms.RoomMember{User: "stranger", Name: "Stranger", Kind: platforms.OutsideMember})
	})
	next := h.sync()
	if next.ID == p.ID {
		t.Fatal("the plan did not change")
	}
	approved, open := 0, ""
	for id, s := range h.states(next) {
		if s == store.ActionApproved {
			approved++
		} else if a := h.action(next, id); a.Verb == plan.LinkRooms {
			open = a.Left.ID
		}
	}
	if approved != 12 || open != "Sales" {
		t.Errorf("%d actions are approved, the open link is that of %q", approved, open)
	}
	if err := h.Approve(ctx, p.ID, links); err == nil {
		t.Error("an old plan can still be approved")
	}
	if _, err := h.Apply(ctx, p.ID, nil); err == nil || h.activeLinks() != 0 {
		t.Errorf("an old plan can still be applied: %v", err)
	}
}

func TestALinkGoesStaleWhenItsReadersAreOthersNow(t *testing.T) {
	for _, c := range []struct {
		sentence string
		change   func(h *hub)
		stale    bool
	}{
		{"nobody came", func(*hub) {}, false},
		{"an outsider joined", func(h *hub) {
			h.m.members["Sales"] = append(h.m.members["Sales"], platforms.RoomMember{User: "stranger", Kind: platforms.OutsideMember})
		}, true},
		{"a colleague joined one side", func(h *hub) {
			h.g.members["Sales"] = append(h.g.members["Sales"], platforms.RoomMember{User: "google-7"})
		}, true},
		{"a linked person joined both", func(h *hub) {
			h.g.members["Sales"] = append(h.g.members["Sales"], platforms.RoomMember{User: "google-7"})
			h.m.members["Sales"] = append(h.m.members["Sales"], platforms.RoomMember{User: "microsoft-7"})
		}, false},
		{"somebody left one side, and the other reads on", func(h *hub) { h.g.members["Sales"] = h.g.members["Sales"][1:] }, true},
		{"a person was withdrawn meanwhile", func(h *hub) {
			links, err := h.Store.PersonLinks(h.t.Context())
			h.must(err)
			h.must(h.Store.SetPersonState(h.t.Context(), links[0].ID, store.PersonWithdrawn, "tester"))
		}, true},
		{"a room was linked with another", func(h *hub) {
			_, err := h.Store.LinkRooms(h.t.Context(), store.RoomLink{Left: platforms.Ref{Platform: "google", Tenant: "Tgoogle", ID: "Sales"},
				Right: platforms.Ref{Platform: "microsoft", Tenant: "Tmicrosoft", ID: "Elsewhere"}})
			h.must(err)
		}, true},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			h := newHub(t)
			ctx := t.Context()
			h.apply(h.sync(), plan.LinkPeople)
			p := h.sync()
			var sales string
			for _, id := range h.pick(p, plan.LinkRooms) {
				if h.action(p, id).Left.ID == "Sales" {
					sales = id
				}
			}
			h.must(h.Approve(ctx, p.ID, h.pick(p, plan.LinkRooms)))
			c.change(h)
			out, err := h.Apply(ctx, p.ID, nil)
			h.must(err)
			want := store.ActionApplied
			if c.stale {
				want = store.ActionStale
			}
			if got := h.states(p)[sales]; got != want {
				t.Errorf("the link is %s, want %s: %v", got, want, out.Errors)
			}
		})
	}
}

func TestALinkIsNotMadeWithoutItsSeat(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	h.m.seats = []platforms.Seat{{User: "bridge", Name: "Bridge"}}
	p := h.sync()
	h.must(h.Approve(ctx, p.ID, append(h.pick(p, plan.LinkPeople), h.pick(p, plan.LinkRooms)...)))
	out, err := h.Apply(ctx, p.ID, nil)
	h.must(err)
	if out.Applied != 10 || out.Failed != 3 || h.activeLinks() != 0 {
		t.Errorf("without approving the seats: %+v", out)
	}
	h.m.change(func(o *office) { o.fail["seat"] = &platforms.Error{Kind: platforms.Forbidden, Op: "seat"} })
	if out := h.apply(h.sync()); out.Failed != 6 || h.activeLinks() != 0 {
		t.Errorf("with seats that fail: %+v", out)
	}
	h.m.change(func(o *office) { clear(o.fail) })
	if out := h.apply(h.sync()); out.Failed+out.Stale != 0 || h.activeLinks() != 3 {
		t.Errorf("with seats: %+v", out)
	}
	if h.m.did[0] != "seat bridge in Sales by microsoft-0" {
		t.Errorf("%v", h.m.did)
	}
}

func TestNobodyIsEnabledWhoWasSuspendedSinceThePlan(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	p := h.sync()
	h.must(h.Approve(ctx, p.ID, h.pick(p, plan.LinkPeople)))
	h.m.change(func(o *office) { o.users[0].State = platforms.Suspended })
	_, err := h.Observe(ctx, "microsoft", nil)
	h.must(err)
	out, err := h.Apply(ctx, p.ID, nil)
	h.must(err)
	if out.Stale != 1 || out.Applied != 9 {
		t.Errorf("%+v", out)
	}
}

func TestNamesAreFollowedUnlessTheRoomHasAnotherByNow(t *testing.T) {
	h := settled(t)
	ctx := t.Context()
	rename := func(o *office, room platforms.RoomID, name string) {
		h.must(o.Rename(ctx, room, name))
	}
	rename(h.g, "Sales", "Sales and more")
	rename(h.g, "Travel", "Journeys")
	p := h.sync()
	renames := h.pick(p, plan.RenameRoom)
	if len(renames) != 2 {
		t.Fatalf("%v", p.Counts)
	}
	rename(h.m, "Travel", "Trips") // after the plan, before it is applied
	if out := h.apply(p); out.Stale != 1 || out.Failed != 0 {
		t.Errorf("%+v", out)
	}
	names := map[platforms.RoomID]string{}
	for _, r := range h.m.rooms {
		names[r.ID] = r.Name
	}
	if names["Sales"] != "Sales and more" || names["Travel"] != "Trips" {
		t.Errorf("%v", names)
	}
	if p := h.sync(); len(h.pick(p, plan.RenameRoom)) != 0 {
		t.Error("both were renamed, and yet one is to follow")
	}
}

func TestANameBothHaveTakenIsTheNewOne(t *testing.T) {
	h := settled(t)
	ctx := t.Context()
	h.must(h.g.Rename(ctx, "Sales", "Revenue"))
	h.must(h.m.Rename(ctx, "Sales", "REVENUE"))
	if p := h.sync(); len(h.pick(p, plan.RenameRoom)) != 0 {
		t.Errorf("renamed alike: %v", p.Counts)
	}
	h.must(h.m.Rename(ctx, "Sales", "Income"))
	p := h.sync()
	if got := h.pick(p, plan.RenameRoom); len(got) != 1 || h.action(p, got[0]).After != "Income" {
		t.Errorf("renamed once more: %v", p.Counts)
	}
}

func TestAnInterruptedPlanIsCarriedOn(t *testing.T) {
	h := newHub(t)
	p := h.sync()
	h.must(h.Approve(t.Context(), p.ID, h.pick(p)))
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	_, err := h.Apply(ctx, p.ID, func(int, int, string) {
		if n++; n == 5 {
			cancel()
		}
	})
	if err == nil {
		t.Fatal("it was not interrupted")
	}
	out, err := h.Apply(t.Context(), p.ID, nil)
	h.must(err)
	if out.Applied != 8 || out.Failed+out.Stale != 0 {
		t.Errorf("%+v", out)
	}
	if p := h.sync(); p.Actions != 0 {
		t.Errorf("the next plan has %v", p.Counts)
	}
}

func TestAPlatformThatCannotDoSomethingSaysSo(t *testing.T) {
	h := settled(t)
	h.mu.Lock()
	conn := h.conns["microsoft"]
	h.mu.Unlock()
	conn.RoomEdit = nil
	h.must(h.g.Rename(t.Context(), "Sales", "Sales and more"))
	p := h.sync()
	h.must(h.Approve(t.Context(), p.ID, h.pick(p, plan.RenameRoom)))
	out, err := h.Apply(t.Context(), p.ID, nil)
	h.must(err)
	if out.Failed != 1 || platforms.KindOf(out.Errors[0]) != platforms.Unsupported || !strings.Contains(out.Errors[0].Error(), "granted") {
		t.Errorf("%+v", out)
	}
}
