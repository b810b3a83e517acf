package google

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"miohub/platforms"
)

const codeExcess = "google.delegation-extra"

// dangerousScopes are what no entry for Mio Hub should hold, though Google would
// grant it: other people's mail and files, and rights over accounts and roles.
func dangerousScopes() []string {
	return []string{
		"https://mail.google.com/", scopeRoot + "gmail.readonly", scopeRoot + "drive", scopeRoot + "drive.readonly",
		scopeRoot + "calendar", scopeRoot + "contacts", scopeRoot + "chat.import", scopeRoot + "chat.admin.delete",
		scopeRoot + "admin.directory.rolemanagement", scopeRoot + "admin.directory.user.security", scopeCloud,
	}
}

// excessScopes are the delegated scopes to be probed for not being granted: what
// features that are off would ask for, and what is dangerous. A narrower scope
// than one that is asked for is no excess.
func (w *workspace) excessScopes() []string {
	have := scopesOf(w.asked, platforms.Delegation)
	var list []string
	for _, g := range grants() {
		if g.Kind != platforms.Delegation || slices.Contains(have, g.Scope) || slices.Contains(list, g.Scope) {
			continue
		}
		if !slices.ContainsFunc(g.Within, func(b string) bool { return slices.Contains(have, b) }) {
			list = append(list, g.Scope)
		}
	}
	return append(list, dangerousScopes()...)
}

// checkExcess tries scopes that Mio Hub does not ask for: each must be refused.
// A token that is issued all the same is dropped at once.
func (w *workspace) checkExcess(ctx context.Context) platforms.Finding {
	if f, missing := w.notReady(); missing {
		return f
	}
	if _, err := w.tokens.fetch(ctx, w.admin, purposeDelegation, scopeEmail); err != nil {
		if ungranted(err) {
			return skipped("No delegated scope works yet, so none is in excess.", "Enable domain-wide delegation first.")
		}
		return w.finding(err)
	}
	var extra []string
	tried := w.excessScopes()
	for _, scope := range tried {
		_, err := w.tokens.fetch(ctx, w.admin, "check that nothing more is granted", scope)
		switch {
		case err == nil:
			extra = append(extra, shortScope(scope))
		case !ungranted(err) && platforms.KindOf(err) != platforms.Forbidden && platforms.KindOf(err) != platforms.Invalid:
			return w.finding(err)
		}
	}
	if len(extra) == 0 {
		return platforms.Finding{Status: platforms.Pass, Evidence: fmt.Sprintf("%d scopes that Mio Hub does not ask for were tried, and Google refused each.", len(tried))}
	}
	return platforms.Finding{
		Status: platforms.Warn, Evidence: "Google also issues tokens for " + strings.Join(extra, ", ") + ".",
		Cause:  "The delegation entry grants more than the features that are on need: " + strings.Join(extra, ", ") + ".",
		Fix:    "Replace the entry with the pre-filled link, which overwrites its list, or switch the feature on that needs it.",
		FixURL: delegationURL(w.env.Values, w.account.ID),
	}
}
