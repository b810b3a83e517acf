package microsoft

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"miohub/platforms"
)

// checkAppGrant judges one application permission by the tenant's record and by
// the roles in a fresh token.
func (s *session) checkAppGrant(permission string) func(context.Context) platforms.Finding {
	return func(ctx context.Context) platforms.Finding {
		if s.app == nil {
			return skipped(causeNoApp)
		}
		e := s.appConsents(ctx)
		switch {
		case e.rolesErr != nil:
			return s.explain(e.rolesErr)
		case e.err != nil && e.roles[permission]:
			return passed("The application's token carries it.")
		case e.err != nil && !refusal(e.err):
			return s.explain(e.err)
		case e.assigned[permission] && e.opaque:
			return passed("The tenant records it as granted.")
		case e.assigned[permission] && e.roles[permission]:
			return passed("The tenant records it as granted, and the application's token carries it.")
		case e.assigned[permission]:
			return platforms.Finding{Status: platforms.Waiting, Evidence: "The tenant records it as granted.", Cause: "Tokens do not show it yet."}
		}
		f := s.missing("app:", permission, e.listed)
		f.Evidence = "It is not among what the tenant granted to the application."
		if e.err != nil {
			f.Raw = s.explain(e.err).Raw
		}
		return f
	}
}

// refusal is how Graph answers an application that was granted nothing yet.
func refusal(err error) bool {
	kind := platforms.KindOf(err)
	return kind == platforms.Forbidden || kind == platforms.SignInAgain
}

// missing tells apart why a permission is not granted: nobody consented yet, the
// registration does not list it, it was withdrawn, or the consent is older.
func (s *session) missing(kind, permission string, listed granted) platforms.Finding {
	f := platforms.Finding{Status: platforms.Fail, Fix: fixConsent, FixURL: s.link(linkConsent)}
	switch {
	case !s.ever(kind, ""):
		f.Status = platforms.Waiting
		f.Cause = "No administrator has consented yet. Once somebody has, here or on another computer, it is noticed by itself."
	case listed != nil && !listed[permission]:
		f.Cause = "The registration does not list it, so that nobody can consent to it."
		f.Fix, f.FixURL = "Bring the registration up to date with the script of the first step, or add it by hand, then consent again.", s.link(linkAPIPermissions)
	case s.ever(kind, permission):
		f.Cause = "It was granted before and has been withdrawn."
	default:
		f.Cause = "The consent is older than the registration's list: this permission was added since."
		f.Fix = "Consent once more with Method 1 or Method 2; the full list is asked for each time."
	}
	return f
}

// checkUserGrant judges one permission of the bridge account by the scopes of its
// renewed sign-in, and by the tenant's record where that may be read.
func (s *session) checkUserGrant(permission string) func(context.Context) platforms.Finding {
	return func(ctx context.Context) platforms.Finding {
		if s.bridge == nil {
			return skipped(causeNoBridge)
		}
		e := s.userConsents(ctx)
		record := s.record(ctx)
		switch {
		case e.err != nil:
			return s.explainSignIn(e.err)
		case e.scopes[permission] && record == nil || permission == userKeep && e.scopes[permission]:
			return passed("Entra renewed the bridge account's sign-in with it.")
		case e.scopes[permission] && record[permission]:
			return passed("The tenant records it as consented to, and Entra renewed the bridge account's sign-in with it.")
		case e.scopes[permission]:
			f := s.missing("user:", permission, s.listedForUsers(ctx))
			f.Evidence = "The sign-in still carries it, but the tenant no longer records the consent: it ends with the present token."
			return f
		case record[permission]:
			return platforms.Finding{
				Status: platforms.Fail, Evidence: "The tenant records it as consented to; the bridge account's sign-in was renewed without it.",
				Cause: "The bridge account signed in before that consent.", Fix: fixSignIn, SignIn: true,
			}
		}
		f := s.missing("user:", permission, s.listedForUsers(ctx))
		f.Evidence = "The bridge account's sign-in was renewed without it."
		f.Fix += " Then sign the bridge account in again."
		return f
	}
}

// record is the tenant's record of delegated consents, nil where it may not be
// read.
func (s *session) record(ctx context.Context) granted {
	if s.app == nil || !s.on(featureConsents) {
		return nil
	}
	return s.appConsents(ctx).delegated
}

func (s *session) listedForUsers(ctx context.Context) granted {
	if s.app == nil {
		return nil
	}
	return s.appConsents(ctx).listedUser
}

// checkExtra names what was granted beyond the table.
func (s *session) checkExtra(ctx context.Context) platforms.Finding {
	if s.app == nil {
		return skipped(causeNoApp)
	}
	e := s.appConsents(ctx)
	if err := e.rolesErr; err != nil {
		return s.explain(err)
	}
	if e.err != nil {
		return s.explain(e.err)
	}
	delegated := e.delegated
	if delegated == nil && s.bridge != nil {
		delegated = s.userConsents(ctx).scopes
	}
	unused, unknown := s.beyond(e.assigned, delegated)
	if len(unused)+len(unknown) == 0 {
		return passed("The %s that the tenant granted are all asked for.", plural(len(e.assigned), "application permission"))
	}
	var parts []string
	if len(unknown) > 0 {
		parts = append(parts, "never asked for by this hub: "+strings.Join(unknown, ", "))
	}
	if len(unused) > 0 {
		parts = append(parts, "asked for by features that are off: "+strings.Join(unused, ", "))
	}
	return platforms.Finding{
		Status: platforms.Warn, Evidence: "Granted, though " + strings.Join(parts, "; and ") + ".",
		Cause: "More was granted to the application than it is asked for. The hub does not use it, but whoever holds the application's credential could.",
		Fix:   "Remove it from the registration and from the enterprise application's permissions.", FixURL: s.link(linkPermissions),
	}
}

// beyond lists what is granted and not asked for: by features that are off, and
// by none at all.
func (s *session) beyond(assigned, delegated granted) (unused, unknown []string) {
	sort := func(found granted, kind platforms.GrantKind, label string) {
		wanted := scopes(s.env.Values, kind)
		for _, name := range slices.Sorted(maps.Keys(found)) {
			switch {
			case !found[name] || slices.Contains(wanted, name) || openID(name):
			case inTable(kind, name):
				unused = append(unused, fmt.Sprintf("%s (%s)", name, label))
			default:
				unknown = append(unknown, fmt.Sprintf("%s (%s)", name, label))
			}
		}
	}
	sort(assigned, platforms.AppConsent, "application")
	sort(delegated, platforms.UserConsent, "delegated")
	return unused, unknown
}

// openID: scopes of OpenID Connect, which come with every sign-in.
func openID(scope string) bool {
	return slices.Contains([]string{"openid", "profile", "email", userKeep}, scope)
}

func inTable(kind platforms.GrantKind, name string) bool {
	return slices.ContainsFunc(grants(), func(g platforms.Grant) bool { return g.Kind == kind && g.Scope == name })
}
