package screens

import (
	"context"
	"fmt"
	"slices"

	"miohub/app"
	"miohub/app/setup"
	"miohub/app/ui"
	"miohub/platforms"
)

// permission is one line of the table of permissions.
func permission(g platforms.Grant, title string) ui.Permission {
	return ui.Permission{Scope: g.Scope, Kind: string(g.Kind), Feature: string(g.Feature), FeatureTitle: title, Methods: g.Methods, Reason: g.Reason, Source: g.Source}
}

// permissions are lines of the table, with their features by name.
func permissions(p platforms.Platform, grants []platforms.Grant) []ui.Permission {
	var out []ui.Permission
	for _, g := range grants {
		title := string(g.Feature)
		if i := slices.IndexFunc(p.Features, func(f platforms.FeatureInfo) bool { return f.ID == g.Feature }); i >= 0 {
			title = p.Features[i].Title
		}
		out = append(out, permission(g, title))
	}
	return out
}

// covered is the broader permission that is asked for in the place of a line, ""
// for none.
func covered(line app.Permission, list []app.Permission) string {
	if line.Asked {
		return ""
	}
	for _, other := range list {
		if other.Asked && other.Kind == line.Kind && slices.Contains(line.Within, other.Scope) {
			return other.Scope
		}
	}
	return ""
}

// Features implements ui.PlatformHub.
func (h *Hub) Features(ctx context.Context, platform string) ([]ui.Feature, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.Feature, error) {
		list, err := l.app.Features(ctx, platforms.ID(platform))
		var out []ui.Feature
		for _, f := range list {
			out = append(out, ui.Feature{ID: string(f.ID), Title: f.Title, Brings: f.Brings, Off: f.Off, Optional: f.Optional, On: f.IsOn, Permissions: ownPermissions(f, list)})
		}
		return out, err
	})
}

// ownPermissions counts what is asked for because of a feature alone.
func ownPermissions(f app.FeatureState, list []app.FeatureState) int {
	own := map[string]bool{}
	for _, g := range f.Asks {
		shared := slices.ContainsFunc(list, func(o app.FeatureState) bool {
			return o.ID != f.ID && o.IsOn && slices.ContainsFunc(o.Asks, func(h platforms.Grant) bool { return h.Scope == g.Scope && h.Kind == g.Kind })
		})
		if !shared {
			own[string(g.Kind)+" "+g.Scope] = true
		}
	}
	return len(own)
}

// PreviewFeature implements ui.PlatformHub.
func (h *Hub) PreviewFeature(ctx context.Context, platform, feature string, on bool) (ui.FeaturePreview, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.FeaturePreview, error) {
		p, err := l.platform(platform)
		if err != nil {
			return ui.FeaturePreview{}, err
		}
		c, err := l.app.PreviewFeature(ctx, p.ID, platforms.Feature(feature), on)
		if err != nil {
			return ui.FeaturePreview{}, err
		}
		out := ui.FeaturePreview{Adds: permissions(p, c.Adds), Removes: permissions(p, c.Removes), Effect: c.Feature.Off}
		if on {
			out.Effect = c.Feature.Brings
		}
		if len(c.Adds) == 0 && len(c.Removes) == 0 {
			return out, nil
		}
		steps, err := l.steps(ctx, p)
		if err != nil {
			return out, err
		}
		out.Step, out.StepTitle = grantingStep(steps, append(c.Adds, c.Removes...))
		if len(c.Adds) > 0 {
			out.Next = "It works once this is granted. Until then the checks say what is missing; everything else goes on."
		}
		return out, nil
	})
}

// grantingStep is the step of the wizard in which such permissions are granted:
// where a delegation's scopes are listed, or where somebody signs in.
func grantingStep(steps []setup.Step, grants []platforms.Grant) (id, title string) {
	kind := platforms.PartAction
	if slices.ContainsFunc(grants, func(g platforms.Grant) bool { return g.Kind == platforms.Delegation }) {
		kind = platforms.PartScopes
	}
	for _, s := range steps {
		if slices.ContainsFunc(s.Parts, func(part platforms.Part) bool { return part.Kind == kind }) {
			return s.ID, s.Title
		}
	}
	return "", ""
}

// SetFeature implements ui.PlatformHub.
func (h *Hub) SetFeature(ctx context.Context, platform, feature string, on bool) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		c, err := l.app.SetFeature(ctx, platforms.ID(platform), platforms.Feature(feature), on)
		if err != nil {
			return "", err
		}
		l.conduct.again()
		word := map[bool]string{true: "on", false: "off"}[on]
		text := fmt.Sprintf("%s is %s.", c.Feature.Title, word)
		if n := len(c.Adds); n > 0 {
			text += " " + plural(n, "permission has", "permissions have") + " to be granted."
		}
		if n := len(c.Removes); n > 0 {
			text += " " + plural(n, "permission", "permissions") + " may be revoked."
		}
		return text, nil
	})
}

// Revocable implements ui.PlatformHub.
func (h *Hub) Revocable(ctx context.Context, platform string) ([]ui.Permission, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.Permission, error) {
		p, err := l.platform(platform)
		if err != nil {
			return nil, err
		}
		list, err := l.app.Revocable(ctx, p.ID)
		return permissions(p, list), err
	})
}

// Revoked implements ui.PlatformHub.
func (h *Hub) Revoked(ctx context.Context, platform string) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error { return l.app.Revoked(ctx, platforms.ID(platform)) })
}

// historySpans is how much of a check's history is shown.
const historySpans = 50

// CheckHistory implements ui.PlatformHub.
func (h *Hub) CheckHistory(ctx context.Context, platform, code string) ([]ui.CheckSpan, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) ([]ui.CheckSpan, error) {
		list, err := l.app.CheckHistory(ctx, platforms.ID(platform), code, historySpans)
		var out []ui.CheckSpan
		for _, r := range list {
			f := r.Finding
			out = append(out, ui.CheckSpan{State: ui.FindingState(f.Status), Evidence: f.Evidence, Cause: f.Cause, Fix: f.Fix, Raw: f.Raw,
				From: stamp(r.Since), To: stamp(r.At), Times: r.Times})
		}
		return out, err
	})
}

// Noticing implements ui.PlatformHub.
func (h *Hub) Noticing(ctx context.Context, platform string) (ui.Noticing, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.Noticing, error) {
		p, err := l.platform(platform)
		if err != nil {
			return ui.Noticing{}, err
		}
		look := l.look(ctx, p)
		out := ui.Noticing{Chosen: platforms.SourcePoll, Rule: look.Rule, RuleURL: look.RuleURL, Ways: []ui.Way{{
			ID: platforms.SourcePoll, Title: "Look by itself",
			Text: fmt.Sprintf("A busy %s is looked at every %s, a quiet one every %s. Nothing else is needed.", p.RoomWord, seconds(look.RoomMinSeconds), seconds(look.RoomMaxSeconds)),
		}}}
		offered, used, err := l.app.Sources(ctx, p.ID)
		if err != nil {
			// What is entered makes no connection yet; looking needs nothing.
			return out, nil
		}
		out.Chosen = used
		out.Ways = append(out.Ways, pushes(p, l.app.Store.Values(p.ID), offered)...)
		return out, nil
	})
}

// pushes are the ways of being told of changes: those that can be chosen, or the
// one that could be, with what is missing.
func pushes(p platforms.Platform, v platforms.Values, offered []string) []ui.Way {
	i := slices.IndexFunc(p.Features, func(f platforms.FeatureInfo) bool { return f.ID == platforms.FeaturePush })
	if i < 0 {
		return nil
	}
	f := p.Features[i]
	way := ui.Way{ID: string(f.ID), Title: f.Title, Text: f.Brings}
	if !f.IsOn(v) {
		way.Missing = fmt.Sprintf("Switch the feature “%s” on first.", f.Title)
		return []ui.Way{way}
	}
	var out []ui.Way
	for _, id := range offered {
		if id != platforms.SourcePoll {
			out = append(out, ui.Way{ID: id, Title: f.Title, Text: f.Brings})
		}
	}
	if len(out) == 0 {
		way.Missing = "What it needs is not entered yet; the set-up asks for it."
		return []ui.Way{way}
	}
	return out
}

// seconds is a number of seconds in words.
func seconds(n int) string {
	if n%60 == 0 && n >= 60 {
		return plural(n/60, "minute", "minutes")
	}
	return plural(n, "second", "seconds")
}

// SetNoticing implements ui.PlatformHub.
func (h *Hub) SetNoticing(ctx context.Context, platform, way string) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		if err := l.app.SetSource(ctx, platforms.ID(platform), way); err != nil {
			return err
		}
		l.conduct.again()
		return nil
	})
}
