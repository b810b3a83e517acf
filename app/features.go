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

// FeatureState is a feature of a platform and how it stands.
type FeatureState struct {
	platforms.FeatureInfo
	IsOn bool
	// Asks is what is asked for because of it with the features that are on now;
	// for one that is off, what would be asked for in addition.
	Asks []platforms.Grant
}

// Features lists a platform's features in the order in which they are shown.
func (a *App) Features(ctx context.Context, id platforms.ID) ([]FeatureState, error) {
	p, err := a.Platform(id)
	if err != nil {
		return nil, err
	}
	values := a.Env(ctx, id, nil).Values
	asked := platforms.Asked(p.Grants, switches(p, values))
	var out []FeatureState
	for _, f := range p.Features {
		s := FeatureState{FeatureInfo: f, IsOn: f.IsOn(values)}
		if s.IsOn {
			s.Asks = slices.DeleteFunc(slices.Clone(asked), func(g platforms.Grant) bool { return g.Feature != f.ID })
		} else {
			s.Asks = less(platforms.Asked(p.Grants, switched(switches(p, values), f.ID, true)), asked)
		}
		out = append(out, s)
	}
	return out, nil
}

// switches tells which features of a platform are on with some values.
func switches(p platforms.Platform, v platforms.Values) func(platforms.Feature) bool {
	return func(f platforms.Feature) bool { return platforms.On(p.Features, v, f) }
}

// switched is as before but for one feature.
func switched(before func(platforms.Feature) bool, f platforms.Feature, on bool) func(platforms.Feature) bool {
	return func(other platforms.Feature) bool {
		if other == f {
			return on
		}
		return before(other)
	}
}

// less are the permissions in a that b does not ask for, each once.
func less(a, b []platforms.Grant) []platforms.Grant {
	var out []platforms.Grant
	same := func(g platforms.Grant) func(platforms.Grant) bool {
		return func(o platforms.Grant) bool { return o.Scope == g.Scope && o.Kind == g.Kind }
	}
	for _, g := range a {
		if !slices.ContainsFunc(b, same(g)) && !slices.ContainsFunc(out, same(g)) {
			out = append(out, g)
		}
	}
	return out
}

// FeatureChange is what switching a feature on or off changes.
type FeatureChange struct {
	Feature platforms.FeatureInfo
	On      bool
	Same    bool // it stands so already
	// Adds is what has to be granted in addition before it works.
	Adds []platforms.Grant
	// Removes is what is asked for no more and may be revoked.
	Removes []platforms.Grant
}

// ErrNoFeature is answered for a feature that a platform does not have, or that
// cannot be switched.
var ErrNoFeature = errors.New("this feature cannot be switched")

// PreviewFeature tells what switching a feature would change. It changes nothing.
func (a *App) PreviewFeature(ctx context.Context, id platforms.ID, f platforms.Feature, on bool) (FeatureChange, error) {
	p, err := a.Platform(id)
	if err != nil {
		return FeatureChange{}, err
	}
	i := slices.IndexFunc(p.Features, func(info platforms.FeatureInfo) bool { return info.ID == f && info.Optional })
	if i < 0 {
		return FeatureChange{}, fmt.Errorf("%s: %q: %w", p.Name, f, ErrNoFeature)
	}
	is := switches(p, a.Env(ctx, id, nil).Values)
	before, after := platforms.Asked(p.Grants, is), platforms.Asked(p.Grants, switched(is, f, on))
	return FeatureChange{Feature: p.Features[i], On: on, Same: is(f) == on, Adds: less(after, before), Removes: less(before, after)}, nil
}

// SetFeature switches a feature. What is asked for no more is remembered as
// revocable, and checks of it are put away. What is asked for in addition has to
// be granted before the feature works; its checks say so until then.
func (a *App) SetFeature(ctx context.Context, id platforms.ID, f platforms.Feature, on bool) (FeatureChange, error) {
	c, err := a.PreviewFeature(ctx, id, f, on)
	if err != nil || c.Same {
		return c, err
	}
	word := map[bool]string{true: "on", false: "off"}[on]
	if err := a.Store.Values(id).Put(ctx, platforms.FeatureKey(f), word); err != nil {
		return c, err
	}
	if err := errors.Join(a.rememberRevocable(ctx, id, c), a.Renew(ctx)); err != nil {
		return c, err
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "setup.feature", Platform: id, Subject: string(f), Text: c.sentence(word),
		Detail: map[string]any{"on": on, "adds": scopesOf(c.Adds), "removes": scopesOf(c.Removes)}})
	w, err := a.Wizard(ctx, id)
	if err != nil {
		return c, err
	}
	conn, err := a.Connection(ctx, id)
	if err != nil {
		return c, err
	}
	codes := make([]string, 0, len(conn.Checks))
	for _, check := range conn.Checks {
		codes = append(codes, check.Code)
	}
	if err := a.Store.RetireChecks(ctx, id, codes); err != nil {
		return c, err
	}
	return c, a.settle(ctx, w)
}

func (c FeatureChange) sentence(word string) string {
	text := fmt.Sprintf("%s was switched %s.", c.Feature.Title, word)
	if len(c.Adds) > 0 {
		text += " To be granted: " + strings.Join(scopesOf(c.Adds), ", ") + "."
	}
	if len(c.Removes) > 0 {
		text += " No longer asked for: " + strings.Join(scopesOf(c.Removes), ", ") + "."
	}
	return text
}

func scopesOf(grants []platforms.Grant) []string {
	out := []string{}
	for _, g := range grants {
		out = append(out, g.Scope)
	}
	return out
}

// revocableKey is the setting that keeps what may be revoked, per platform.
const revocableKey = "setup.revocable."

// Revocable lists what was asked for once, is not any more, and may still be
// granted: it may be revoked on the vendor's side.
func (a *App) Revocable(ctx context.Context, id platforms.ID) ([]platforms.Grant, error) {
	text, err := a.Store.Setting(ctx, revocableKey+string(id))
	if err != nil || text == "" {
		return nil, err
	}
	var list []platforms.Grant
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("read what may be revoked: %w", err)
	}
	return list, nil
}

// Revoked forgets what may be revoked, because somebody has done it.
func (a *App) Revoked(ctx context.Context, id platforms.ID) error {
	return a.Store.SetSetting(ctx, revocableKey+string(id), "")
}

// rememberRevocable keeps what is asked for no more, less what is asked for again.
// Before anybody has signed in nothing was granted.
func (a *App) rememberRevocable(ctx context.Context, id platforms.ID, c FeatureChange) error {
	conn, err := a.Store.Connection(ctx, id)
	if err != nil {
		return err
	}
	list, err := a.Revocable(ctx, id)
	if err != nil {
		return err
	}
	list = less(list, c.Adds)
	if conn.State == store.Connected || begun(conn) {
		list = append(list, less(c.Removes, list)...)
	}
	if len(list) == 0 {
		return a.Revoked(ctx, id)
	}
	text, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("remember what may be revoked: %w", err)
	}
	return a.Store.SetSetting(ctx, revocableKey+string(id), string(text))
}
