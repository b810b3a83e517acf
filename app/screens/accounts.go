package screens

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"miohub/app"
	"miohub/app/plan"
	"miohub/app/ui"
	"miohub/platforms"
)

var _ ui.AccountsHub = (*Hub)(nil)

// AccountOptions implements ui.AccountsHub.
func (h *Hub) AccountOptions(ctx context.Context, platform string) (ui.AccountOptions, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.AccountOptions, error) {
		p, err := l.platform(platform)
		if err != nil {
			return ui.AccountOptions{}, err
		}
		out := ui.AccountOptions{Platform: platform, Name: p.Name}
		conn, err := l.app.Connection(ctx, p.ID)
		if err != nil {
			return out, err
		}
		if conn.Accounts == nil {
			out.Why = offBecause(p, platforms.FeatureProvision, "No accounts can be made in "+p.Name)
			return out, nil
		}
		if conn.OrgUnits != nil {
			units, err := conn.OrgUnits.List(ctx)
			if err != nil {
				return out, err
			}
			for _, u := range units {
				out.OrgUnits = append(out.OrgUnits, u.Path)
			}
		}
		if conn.Licences != nil {
			offers, err := conn.Licences.Offers(ctx)
			if err != nil {
				return out, err
			}
			for _, o := range offers {
				if o.Chat {
					out.Licences = append(out.Licences, ui.LicenceChoice{ID: string(o.ID), Name: o.Name, Free: o.Free})
				}
			}
		}
		return out, nil
	})
}

// offBecause says why something cannot be done while a feature is off.
func offBecause(p platforms.Platform, feature platforms.Feature, what string) string {
	i := slices.IndexFunc(p.Features, func(f platforms.FeatureInfo) bool { return f.ID == feature })
	if i < 0 {
		return what + "."
	}
	return fmt.Sprintf("%s until “%s” is switched on under Permissions and what it asks for is granted.", what, p.Features[i].Title)
}

// PreviewAccounts implements ui.AccountsHub.
func (h *Hub) PreviewAccounts(ctx context.Context, ids []string, choice ui.AccountChoice) ([]ui.AccountPreview, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.AccountPreview, error) {
		who, byRef, err := l.unserved(ctx, ids, choice)
		if err != nil {
			return nil, err
		}
		previews, err := l.app.PreviewAccounts(ctx, platforms.ID(choice.Platform), who, newAccount(choice), nil)
		if err != nil {
			return nil, err
		}
		var out []ui.AccountPreview
		for _, p := range previews {
			one := ui.AccountPreview{ID: byRef[p.Source], Name: cmp.Or(p.Person.Name, p.Person.Address), Address: p.Person.Address, Notes: p.Forecast.Notes, Costs: p.Forecast.Costs}
			switch {
			case p.Err != nil:
				one.Problem = p.Err.Error()
			case p.Forecast.Refused != "":
				one.Problem = p.Forecast.Refused
			case p.Forecast.Exists != nil:
				one.Problem = "There is an account with the address " + p.Forecast.Exists.Address + " already. Import it, and link the two."
			}
			out = append(out, one)
		}
		return out, nil
	})
}

// unserved are the accounts of rows that have none on the chosen platform, and the
// rows' ids by account.
func (l *live) unserved(ctx context.Context, ids []string, choice ui.AccountChoice) ([]platforms.Ref, map[platforms.Ref]string, error) {
	rows, err := l.persons(ctx)
	if err != nil {
		return nil, nil, err
	}
	var who []platforms.Ref
	byRef := map[platforms.Ref]string{}
	for _, r := range rows {
		if !slices.Contains(ids, r.ID) {
			continue
		}
		ref := r.leftRef
		if ref.IsZero() {
			ref = r.rightRef
		}
		if ref.IsZero() || r.State != ui.MatchUnmatched || ref.Platform == platforms.ID(choice.Platform) {
			return nil, nil, fmt.Errorf("%s needs no account there", r.shown())
		}
		who = append(who, ref)
		byRef[ref] = r.ID
	}
	if len(who) != len(ids) || len(who) == 0 {
		return nil, nil, &platforms.Error{Kind: platforms.Conflict, Op: "make accounts", Text: "the list has changed meanwhile; look again"}
	}
	return who, byRef, nil
}

func newAccount(c ui.AccountChoice) plan.NewAccount {
	return plan.NewAccount{Guest: c.Guest, OrgUnit: c.OrgUnit, Country: c.Country, Licence: platforms.LicenceID(c.Licence)}
}

// ProposeAccounts implements ui.AccountsHub.
func (h *Hub) ProposeAccounts(ctx context.Context, ids []string, choice ui.AccountChoice) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		l.work.Lock()
		defer l.work.Unlock()
		who, _, err := l.unserved(ctx, ids, choice)
		if err != nil {
			return err
		}
		return l.app.ProposeAccounts(ctx, platforms.ID(choice.Platform), who, newAccount(choice), nil)
	})
}

// ScopeOptions implements ui.AccountsHub.
func (h *Hub) ScopeOptions(ctx context.Context, platform string) (ui.ScopeOptions, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.ScopeOptions, error) {
		p, err := l.platform(platform)
		if err != nil {
			return ui.ScopeOptions{}, err
		}
		out := ui.ScopeOptions{Platform: platform, Name: p.Name}
		now, err := l.app.Scope(ctx, p.ID)
		if err != nil {
			return out, err
		}
		out.Now.Kind = string(now.Kind)
		for _, part := range now.Of {
			out.Now.Of = append(out.Now.Of, part.ID)
		}
		choices, err := l.app.ScopeChoices(ctx, p.ID)
		if err != nil {
			return out, err
		}
		for _, u := range choices.OrgUnits {
			out.OrgUnits = append(out.OrgUnits, ui.ScopeItem{ID: u.Path, Name: u.Path})
		}
		for _, g := range choices.Groups {
			out.Groups = append(out.Groups, ui.ScopeItem{ID: string(g.ID), Name: g.Name, Note: sentence(g.Address, g.Kind)})
		}
		if choices.OrgUnits == nil && choices.Groups == nil {
			out.Why = offBecause(p, platforms.FeatureScope, "Groups and org units cannot be read")
		}
		return out, nil
	})
}

// scope gives a choice its names, and refuses what is not there.
func (l *live) scope(ctx context.Context, platform string, c ui.ScopeChoice) (app.Scope, error) {
	out := app.Scope{Kind: app.ScopeKind(c.Kind)}
	if out.Kind == app.ScopeAll {
		return out, nil
	}
	choices, err := l.app.ScopeChoices(ctx, platforms.ID(platform))
	if err != nil {
		return out, err
	}
	names := map[string]string{}
	switch out.Kind {
	case app.ScopeOrgUnits:
		for _, u := range choices.OrgUnits {
			names[u.Path] = u.Path
		}
	case app.ScopeGroups:
		for _, g := range choices.Groups {
			names[string(g.ID)] = g.Name
		}
	default:
		return out, fmt.Errorf("people cannot be chosen by %q", c.Kind)
	}
	for _, id := range c.Of {
		name, there := names[id]
		if !there {
			return out, &platforms.Error{Kind: platforms.Conflict, Op: "choose who takes part", Text: "one of them is no longer there; look again"}
		}
		out.Of = append(out.Of, app.ScopePart{ID: id, Name: name})
	}
	if len(out.Of) == 0 {
		return out, errors.New("choose at least one org unit or group")
	}
	return out, nil
}

// PreviewScope implements ui.AccountsHub.
func (h *Hub) PreviewScope(ctx context.Context, platform string, choice ui.ScopeChoice) (ui.ScopePreview, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.ScopePreview, error) {
		s, err := l.scope(ctx, platform, choice)
		if err != nil {
			return ui.ScopePreview{}, err
		}
		p, err := l.app.PreviewScope(ctx, platforms.ID(platform), s)
		out := ui.ScopePreview{Inside: p.Inside, Outside: p.Outside}
		for _, u := range p.Leaving {
			out.Leaving = append(out.Leaving, cmp.Or(u.Name, u.Address))
		}
		return out, err
	})
}

// SetScope implements ui.AccountsHub.
func (h *Hub) SetScope(ctx context.Context, platform string, choice ui.ScopeChoice) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		l.work.Lock()
		defer l.work.Unlock()
		s, err := l.scope(ctx, platform, choice)
		if err != nil {
			return err
		}
		return l.app.SetScope(ctx, platforms.ID(platform), s)
	})
}
