package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"miohub/app/store"
	"miohub/platforms"
)

// Permission is one line of a platform's table of permissions.
type Permission struct {
	platforms.Grant
	FeatureTitle string
	// Asked: it is asked for with the features that are on.
	Asked bool
	// Result is what its check found last; a zero Code where none has looked.
	Result store.CheckResult
}

// Permissions is a platform's whole table of permissions, with what is asked for
// now and what was last found about it.
func (a *App) Permissions(ctx context.Context, id platforms.ID) ([]Permission, error) {
	p, err := a.Platform(id)
	if err != nil {
		return nil, err
	}
	results, err := a.Store.LatestChecks(ctx, id)
	if err != nil {
		return nil, err
	}
	titles := map[platforms.Feature]string{}
	for _, f := range p.Features {
		titles[f.ID] = f.Title
	}
	asked := platforms.Asked(p.Grants, switches(p, a.Env(ctx, id, nil).Values))
	out := make([]Permission, 0, len(p.Grants))
	for _, g := range p.Grants {
		line := Permission{Grant: g, FeatureTitle: titles[g.Feature]}
		for _, o := range asked {
			line.Asked = line.Asked || o.Scope == g.Scope && o.Kind == g.Kind && o.Feature == g.Feature
		}
		for _, r := range results {
			if line.Asked && proves(p, g, r.Code) {
				line.Result = r
			}
		}
		out = append(out, line)
	}
	return out, nil
}

// proves reports whether a check is that of a grant: the one it names, or the one
// whose code ends in the scope's last part and names who holds it
// ("google.delegation.chat.messages", "microsoft.app.User.Read.All").
func proves(p platforms.Platform, g platforms.Grant, code string) bool {
	if g.Check != "" {
		return code == g.Check
	}
	holder, scope, ok := strings.Cut(strings.TrimPrefix(code, string(p.ID)+"."), ".")
	return ok && scope == g.Scope[strings.LastIndex(g.Scope, "/")+1:] && strings.HasPrefix(string(g.Kind), holder)
}

// holder says in words who holds a permission.
func holder(k platforms.GrantKind) string {
	switch k {
	case platforms.Delegation:
		return "the service account, acting for a person (domain-wide delegation)"
	case platforms.UserConsent:
		return "the account that signed in"
	case platforms.AppConsent:
		return "the application itself"
	}
	return string(k)
}

// PermissionsText is the table of permissions as a text for a security reviewer:
// what is asked for, what is not and would be, why, and the answers to what
// reviewers ask.
func (a *App) PermissionsText(ctx context.Context, id platforms.ID) (string, error) {
	p, err := a.Platform(id)
	if err != nil {
		return "", err
	}
	list, err := a.Permissions(ctx, id)
	if err != nil {
		return "", err
	}
	c, err := a.Store.Connection(ctx, id)
	if err != nil {
		return "", err
	}
	revocable, err := a.Revocable(ctx, id)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Permissions that Mio Hub asks for in %s\n%s\n", p.Name, a.now().Format("2 January 2006"))
	if c.Tenant.Domain != "" {
		fmt.Fprintf(&b, "Organisation: %s (%s)\n", c.Tenant.Name, c.Tenant.Domain)
	}
	b.WriteString("\nThis list is complete: nothing else is ever asked for. What belongs to a feature\nthat is off is not asked for.\n")
	writeFeatures(&b, p, a.Env(ctx, id, nil).Values)
	asked, broader, not := sortPermissions(list, switches(p, a.Env(ctx, id, nil).Values))
	writePermissions(&b, "Asked for", asked)
	writeBroader(&b, broader)
	writePermissions(&b, "Not asked for", not)
	if len(revocable) > 0 {
		heading(&b, "May be revoked: asked for once, and not any more")
		for _, g := range revocable {
			fmt.Fprintf(&b, "\n%s\n  held by:  %s\n", g.Scope, holder(g.Kind))
		}
	}
	writeAnswers(&b, p, a.Env(ctx, id, nil).Values)
	return b.String(), nil
}

func heading(b *strings.Builder, text string) {
	fmt.Fprintf(b, "\n\n%s\n%s\n", text, strings.Repeat("-", len([]rune(text))))
}

func writeFeatures(b *strings.Builder, p platforms.Platform, v platforms.Values) {
	heading(b, "Features")
	for _, f := range p.Features {
		state := "always on"
		if f.Optional {
			state = map[bool]string{true: "on", false: "off"}[f.IsOn(v)]
		}
		fmt.Fprintf(b, "\n%s: %s\n  %s\n", f.Title, state, f.Brings)
		if f.Optional && f.Off != "" {
			fmt.Fprintf(b, "  While it is off: %s\n", f.Off)
		}
	}
}

// sortPermissions tells what is asked for from what a broader permission that is
// asked for serves as well, and from what is not held at all. A permission that
// is asked for by one feature is left out of what others would ask for.
func sortPermissions(list []Permission, on func(platforms.Feature) bool) (asked, broader, not []Permission) {
	held := map[string]bool{}
	for _, g := range list {
		if g.Asked {
			held[string(g.Kind)+" "+g.Scope] = true
		}
	}
	for _, g := range list {
		served := slices.ContainsFunc(g.Within, func(scope string) bool { return held[string(g.Kind)+" "+scope] })
		switch {
		case g.Asked:
			asked = append(asked, g)
		case held[string(g.Kind)+" "+g.Scope]:
		case served && on(g.Feature):
			broader = append(broader, g)
		default:
			not = append(not, g)
		}
	}
	return asked, broader, not
}

// writeBroader lists the calls that are made with a broader permission than they
// need, because that one is asked for anyway.
func writeBroader(b *strings.Builder, list []Permission) {
	for i, g := range list {
		if i == 0 {
			heading(b, "Served by a broader permission that is asked for anyway")
		}
		fmt.Fprintf(b, "\n%s\n  held by:  %s\n  not asked for beside: %s\n  used for: %s\n", g.Scope, holder(g.Kind), strings.Join(g.Within, ", "), strings.Join(g.Methods, ", "))
	}
}

func writePermissions(b *strings.Builder, title string, list []Permission) {
	first := true
	for _, g := range list {
		if first {
			heading(b, title)
			first = false
		}
		fmt.Fprintf(b, "\n%s\n  held by:  %s\n  feature:  %s\n  why:      %s\n  used for: %s\n", g.Scope, holder(g.Kind), g.FeatureTitle, g.Reason, strings.Join(g.Methods, ", "))
		if g.Source != "" {
			fmt.Fprintf(b, "  source:   %s\n", g.Source)
		}
		if g.Result.Code != "" {
			fmt.Fprintf(b, "  found:    %s, %s\n", g.Result.Finding.Status, g.Result.At.Local().Format("2 January 2006 15:04"))
		}
	}
}

// writeAnswers adds the questions of the wizard with their answers, each once.
func writeAnswers(b *strings.Builder, p platforms.Platform, v platforms.Values) {
	heading(b, "Questions and answers")
	said := map[string]bool{}
	for _, s := range p.Steps(v) {
		for _, q := range s.Why {
			if !said[q.Ask] {
				said[q.Ask] = true
				fmt.Fprintf(b, "\n%s\n  %s\n", q.Ask, strings.ReplaceAll(q.Answer, "\n", "\n  "))
			}
		}
	}
}
