package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"miohub/app/activity"
	"miohub/app/store"
	"miohub/platforms"
)

// ScopeKind says how the people who take part are chosen.
type ScopeKind string

// The kinds of scope.
const (
	ScopeAll      ScopeKind = "all"
	ScopeOrgUnits ScopeKind = "org-units" // and the org units within them
	ScopeGroups   ScopeKind = "groups"    // and the groups within them
)

// Scope is who of a platform's people takes part. Nobody outside it is linked;
// whoever leaves it is proposed to be withdrawn.
type Scope struct {
	Kind ScopeKind   `json:"kind"`
	Of   []ScopePart `json:"of"` // empty for ScopeAll
}

// ScopePart is one org unit or group.
type ScopePart struct {
	ID   string `json:"id"` // an org unit's path, a group's id
	Name string `json:"name"`
}

// Words is the scope for a person to read: "Everybody", "Org unit /Sales".
func (s Scope) Words() string {
	names := make([]string, len(s.Of))
	for i, p := range s.Of {
		names[i] = p.Name
	}
	switch {
	case s.Kind == ScopeOrgUnits && len(names) == 1:
		return "Org unit " + names[0]
	case s.Kind == ScopeOrgUnits:
		return "Org units " + strings.Join(names, ", ")
	case s.Kind == ScopeGroups && len(names) == 1:
		return "Group " + names[0]
	case s.Kind == ScopeGroups:
		return "Groups " + strings.Join(names, ", ")
	}
	return "Everybody"
}

// Scope is who of a platform's people takes part.
func (a *App) Scope(ctx context.Context, id platforms.ID) (Scope, error) {
	text, err := a.Store.Scope(ctx, id)
	if err != nil || text == "" {
		return Scope{Kind: ScopeAll}, err
	}
	var s Scope
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("read who takes part: %w", err)
	}
	return s, nil
}

// ScopeChoices are the org units and groups that can be chosen from; a nil list
// stands for what the platform, or what was granted, does not tell.
type ScopeChoices struct {
	OrgUnits []platforms.OrgUnit
	Groups   []platforms.Group
}

// ScopeChoices reads what a platform's people can be chosen by.
func (a *App) ScopeChoices(ctx context.Context, id platforms.ID) (ScopeChoices, error) {
	var out ScopeChoices
	conn, err := a.Connection(ctx, id)
	if err != nil {
		return out, err
	}
	if conn.OrgUnits != nil {
		if out.OrgUnits, err = conn.OrgUnits.List(ctx); err != nil {
			return out, fmt.Errorf("read org units: %w", err)
		}
	}
	if conn.Groups != nil {
		out.Groups = []platforms.Group{}
		err = conn.Groups.List(ctx, func(page []platforms.Group) error {
			out.Groups = append(out.Groups, page...)
			return nil
		})
		if err != nil {
			return ScopeChoices{}, fmt.Errorf("read groups: %w", err)
		}
	}
	return out, nil
}

// ScopePreview is what a scope would mean for the people that were imported.
type ScopePreview struct {
	Inside, Outside int
	// Leaving are enabled people who would be proposed to be withdrawn.
	Leaving []platforms.User
}

// PreviewScope tells whom a scope would take in. It changes nothing.
func (a *App) PreviewScope(ctx context.Context, id platforms.ID, s Scope) (ScopePreview, error) {
	var out ScopePreview
	users, err := a.Store.Users(ctx, id)
	if err != nil {
		return out, err
	}
	members, err := a.readScope(ctx, id, s)
	if err != nil {
		return out, err
	}
	c, err := a.Store.Connection(ctx, id)
	if err != nil {
		return out, err
	}
	enabled := map[platforms.Ref]bool{}
	links, err := a.Store.PersonLinks(ctx)
	for _, l := range links {
		if l.State == store.PersonLinked {
			enabled[l.Left], enabled[l.Right] = true, true
		}
	}
	in := s.test(members)
	for _, u := range users {
		switch {
		case in(u):
			out.Inside++
		case enabled[platforms.Ref{Platform: id, Tenant: c.Tenant.ID, ID: string(u.ID)}]:
			out.Leaving = append(out.Leaving, u)
			fallthrough
		default:
			out.Outside++
		}
	}
	return out, err
}

// SetScope chooses who of a platform's people takes part. Nobody is enabled or
// withdrawn by it: the plan proposes that.
func (a *App) SetScope(ctx context.Context, id platforms.ID, s Scope) error {
	p, err := a.Platform(id)
	if err != nil {
		return err
	}
	if s.Kind != ScopeAll && len(s.Of) == 0 {
		return errors.New("choose at least one org unit or group")
	}
	members, err := a.readScope(ctx, id, s)
	if err != nil {
		return err
	}
	var text []byte
	if s.Kind != ScopeAll {
		if text, err = json.Marshal(s); err != nil {
			return fmt.Errorf("store who takes part: %w", err)
		}
	}
	if err := a.Store.SetScope(ctx, id, string(text), members); err != nil {
		return err
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "people.scope", Platform: id, Text: "Who takes part of " + p.Name + " was chosen: " + s.Words() + "."})
	return a.replanned(ctx)
}

// readScope reads the accounts in the groups of a scope; nil for other scopes. A
// group that cannot be read to its end fails the whole.
func (a *App) readScope(ctx context.Context, id platforms.ID, s Scope) ([]platforms.UserID, error) {
	if s.Kind != ScopeGroups {
		return nil, nil
	}
	conn, err := a.Connection(ctx, id)
	if err != nil {
		return nil, err
	}
	if conn.Groups == nil {
		return nil, &platforms.Error{Kind: platforms.Unsupported, Op: "read groups",
			Text: "groups can be read only while the feature for it is switched on and its permissions are granted"}
	}
	var all []platforms.UserID
	for _, g := range s.Of {
		err := conn.Groups.Members(ctx, platforms.GroupID(g.ID), func(page []platforms.UserID) error {
			all = append(all, page...)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read the members of %s: %w", g.Name, err)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// test tells who is in a scope, given the members of its groups.
func (s Scope) test(members []platforms.UserID) func(platforms.User) bool {
	switch s.Kind {
	case ScopeGroups:
		in := make(map[platforms.UserID]bool, len(members))
		for _, m := range members {
			in[m] = true
		}
		return func(u platforms.User) bool { return in[u.ID] }
	case ScopeOrgUnits:
		return func(u platforms.User) bool {
			return slices.ContainsFunc(s.Of, func(p ScopePart) bool { return within(u.OrgUnit, p.ID) })
		}
	}
	return func(platforms.User) bool { return true }
}

// within reports whether an org unit is another, or lies in it.
func within(unit, of string) bool {
	of = strings.TrimSuffix(of, "/")
	return unit == of || strings.HasPrefix(unit, of+"/")
}

// outside are the accounts of a platform that do not take part.
func (a *App) outside(ctx context.Context, id platforms.ID, users []platforms.User) (map[platforms.UserID]bool, error) {
	s, err := a.Scope(ctx, id)
	if err != nil || s.Kind == ScopeAll {
		return nil, err
	}
	members, err := a.Store.ScopeMembers(ctx, id)
	if err != nil {
		return nil, err
	}
	in, out := s.test(members), map[platforms.UserID]bool{}
	for _, u := range users {
		if !in(u) {
			out[u.ID] = true
		}
	}
	return out, nil
}

// readScopeAgain reads anew who is in the groups that take part; nil where no
// groups were chosen. A sudden drop is held, as it is for a whole directory.
func (a *App) readScopeAgain(ctx context.Context, p platforms.Platform) ([]platforms.UserID, error) {
	s, err := a.Scope(ctx, p.ID)
	if err != nil || s.Kind != ScopeGroups {
		return nil, err
	}
	members, err := a.readScope(ctx, p.ID, s)
	if err != nil {
		return nil, err
	}
	before, err := a.Store.ScopeMembers(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	if a.drops(ctx, len(before), len(members)) {
		return nil, fmt.Errorf("%w: %s reports %d people in the chosen groups where there were %d; nothing was changed, choose the groups again if this is right", ErrHeld, p.Name, len(members), len(before))
	}
	if members == nil {
		members = []platforms.UserID{} // read, and empty
	}
	return members, nil
}
