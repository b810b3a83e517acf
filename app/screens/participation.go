package screens

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"miohub/app"
	"miohub/app/plan"
	"miohub/app/ui"
	"miohub/platforms"
)

func scopeParts(list []app.ScopePart) []ui.ScopePart {
	var out []ui.ScopePart
	for _, p := range list {
		out = append(out, ui.ScopePart{ID: p.ID, Name: p.Name})
	}
	return out
}

func scopeOf(s ui.Scope) (app.Scope, error) {
	out := app.Scope{Kind: app.ScopeKind(s.Kind)}
	if !slices.Contains([]app.ScopeKind{app.ScopeAll, app.ScopeOrgUnits, app.ScopeGroups}, out.Kind) {
		return out, fmt.Errorf("who takes part cannot be chosen by %q", s.Kind)
	}
	if out.Kind == app.ScopeAll {
		return out, nil
	}
	for _, p := range s.Of {
		out.Of = append(out.Of, app.ScopePart{ID: p.ID, Name: p.Name})
	}
	return out, nil
}

// ScopeChoices implements ui.ParticipationHub.
func (h *Hub) ScopeChoices(ctx context.Context, platform string) (ui.ScopeChoices, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.ScopeChoices, error) {
		p, err := l.platform(platform)
		if err != nil {
			return ui.ScopeChoices{}, err
		}
		now, err := l.app.Scope(ctx, p.ID)
		if err != nil {
			return ui.ScopeChoices{}, err
		}
		out := ui.ScopeChoices{Now: ui.Scope{Kind: string(now.Kind), Of: scopeParts(now.Of)}}
		list, err := l.app.ScopeChoices(ctx, p.ID)
		if err != nil {
			return out, l.explained(ctx, p, err)
		}
		for _, u := range list.OrgUnits {
			out.OrgUnits = append(out.OrgUnits, ui.ScopePart{ID: u.Path, Name: u.Path})
		}
		for _, g := range list.Groups {
			out.Groups = append(out.Groups, ui.ScopePart{ID: string(g.ID), Name: cmp.Or(g.Name, g.Address, string(g.ID))})
		}
		slices.SortFunc(out.Groups, func(a, b ui.ScopePart) int { return cmp.Compare(a.Name, b.Name) })
		return out, nil
	})
}

// PreviewScope implements ui.ParticipationHub.
func (h *Hub) PreviewScope(ctx context.Context, platform string, scope ui.Scope) (ui.ScopePreview, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.ScopePreview, error) {
		p, err := l.platform(platform)
		if err != nil {
			return ui.ScopePreview{}, err
		}
		s, err := scopeOf(scope)
		if err != nil {
			return ui.ScopePreview{}, err
		}
		seen, err := l.app.PreviewScope(ctx, p.ID, s)
		if err != nil {
			return ui.ScopePreview{}, l.explained(ctx, p, err)
		}
		out := ui.ScopePreview{Inside: seen.Inside, Outside: seen.Outside}
		for _, u := range seen.Leaving {
			out.Leaving = append(out.Leaving, cmp.Or(u.Name, u.Address))
		}
		slices.Sort(out.Leaving)
		return out, nil
	})
}

// SetScope implements ui.ParticipationHub.
func (h *Hub) SetScope(ctx context.Context, platform string, scope ui.Scope) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		p, err := l.platform(platform)
		if err != nil {
			return err
		}
		s, err := scopeOf(scope)
		if err != nil {
			return err
		}
		l.work.Lock()
		defer l.work.Unlock()
		if err := l.app.SetScope(ctx, p.ID, s); err != nil {
			return l.explained(ctx, p, err)
		}
		return nil
	})
}

// withoutCounterpart is a person's only account, and the platform on which there
// is none.
func (l *live) withoutCounterpart(ctx context.Context, id string) (platforms.User, platforms.Ref, platforms.Platform, error) {
	fail := func(err error) (platforms.User, platforms.Ref, platforms.Platform, error) {
		return platforms.User{}, platforms.Ref{}, platforms.Platform{}, err
	}
	rows, err := l.persons(ctx)
	if err != nil {
		return fail(err)
	}
	i := slices.IndexFunc(rows, func(r person) bool { return r.ID == id })
	if i < 0 || rows[i].State != ui.MatchUnmatched {
		return fail(&platforms.Error{Kind: platforms.Conflict, Op: "make an account", Text: "the list has changed meanwhile; look again"})
	}
	user, ref := rows[i].left, rows[i].leftRef
	if ref.IsZero() {
		user, ref = rows[i].right, rows[i].rightRef
	}
	for _, p := range l.app.Platforms() {
		if p.ID != ref.Platform {
			return user, ref, p, nil
		}
	}
	return fail(app.ErrNotReady)
}

// PreviewAccount implements ui.ParticipationHub.
func (h *Hub) PreviewAccount(ctx context.Context, id string, wish ui.AccountWish) (ui.AccountForecast, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.AccountForecast, error) {
		user, ref, to, err := l.withoutCounterpart(ctx, id)
		if err != nil {
			return ui.AccountForecast{}, err
		}
		out := ui.AccountForecast{Platform: to.Name, Person: cmp.Or(user.Name, user.Address), Address: user.Address}
		list, err := l.app.PreviewAccounts(ctx, to.ID, []platforms.Ref{ref}, plan.NewAccount{Guest: wish.Guest, OrgUnit: wish.OrgUnit}, nil)
		if err != nil {
			return out, l.explained(ctx, to, err)
		}
		one := list[0]
		out.Notes, out.Costs, out.Refused = one.Forecast.Notes, one.Forecast.Costs, one.Forecast.Refused
		switch {
		case one.Err != nil:
			out.Refused = one.Err.Error()
		case one.Forecast.Exists != nil:
			out.Refused = "There is an account with the address " + one.Forecast.Exists.Address + " already: import it and link the two."
		}
		return out, nil
	})
}

// ProposeAccount implements ui.ParticipationHub.
func (h *Hub) ProposeAccount(ctx context.Context, id string, wish ui.AccountWish) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		_, ref, to, err := l.withoutCounterpart(ctx, id)
		if err != nil {
			return err
		}
		l.work.Lock()
		defer l.work.Unlock()
		how := plan.NewAccount{Guest: wish.Guest, OrgUnit: wish.OrgUnit}
		if err := l.app.ProposeAccounts(ctx, to.ID, []platforms.Ref{ref}, how, nil); err != nil {
			return l.explained(ctx, to, err)
		}
		return nil
	})
}
