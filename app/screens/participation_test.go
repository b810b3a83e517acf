package screens

import (
	"slices"
	"strings"
	"testing"

	"miohub/app/ui"
)

func TestWhoTakesPartIsChosenAndAccountsArePlanned(t *testing.T) {
	ctx := t.Context()
	h, _ := openSandbox(t, Sandbox{})
	connect(t, h, "google")
	connect(t, h, "microsoft")
	must[string](t)(h.Import(ctx, nil))

	c := must[ui.ScopeChoices](t)(h.ScopeChoices(ctx, "google"))
	if c.Now.Kind != "all" || len(c.OrgUnits) < 2 || len(c.Groups) == 0 {
		t.Fatalf("choices: %+v", c)
	}
	unit := c.OrgUnits[len(c.OrgUnits)-1]
	scope := ui.Scope{Kind: "org-units", Of: []ui.ScopePart{unit}}
	all := must[ui.ScopePreview](t)(h.PreviewScope(ctx, "google", ui.Scope{Kind: "all"}))
	seen := must[ui.ScopePreview](t)(h.PreviewScope(ctx, "google", scope))
	if all.Outside != 0 || seen.Outside == 0 || seen.Inside+seen.Outside != all.Inside {
		t.Errorf("everybody %+v, %s %+v", all, unit.Name, seen)
	}
	fine(t, h.SetScope(ctx, "google", scope))
	sides := must[ui.PeopleSummary](t)(h.PeopleSummary(ctx)).Sides
	if !strings.Contains(sides[0].Scope, unit.Name) {
		t.Errorf("who takes part reads %q", sides[0].Scope)
	}
	fine(t, h.SetScope(ctx, "google", ui.Scope{Kind: "all"}))
	if err := h.SetScope(ctx, "google", ui.Scope{Kind: "zodiac"}); err == nil {
		t.Error("an unknown kind of choice was taken")
	}

	alone := must[[]ui.Person](t)(h.People(ctx, ui.PeopleQuery{State: ui.MatchUnmatched}))
	i := slices.IndexFunc(alone, func(p ui.Person) bool { return p.Left.ID != "" })
	if i < 0 {
		t.Fatal("everybody has a counterpart")
	}
	possible := false
	for _, p := range alone[i:] {
		if p.Left.ID == "" {
			continue
		}
		f := must[ui.AccountForecast](t)(h.PreviewAccount(ctx, p.ID, ui.AccountWish{Guest: true}))
		if f.Platform != "Microsoft Teams" || f.Address == "" {
			t.Errorf("forecast: %+v", f)
		}
		err := h.ProposeAccount(ctx, p.ID, ui.AccountWish{Guest: true})
		if (err == nil) != (f.Refused == "") {
			t.Errorf("foretold %q, proposing answered %v", f.Refused, err)
		}
		possible = possible || err == nil
	}
	if !possible {
		t.Log("the vendor would refuse every account of these tenants")
		return
	}
	must[string](t)(h.MakePlan(ctx, nil))
	view := must[ui.PlanView](t)(h.CurrentPlan(ctx))
	if !slices.ContainsFunc(view.Rows, func(r ui.PlanRow) bool { return strings.Contains(r.Verb, "account") }) {
		t.Error("the plan makes no account")
	}
}
