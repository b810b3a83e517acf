package google

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"miohub/platforms"
	"miohub/platforms/google/sandbox/discovery"
)

// vendorMethods are the methods of Google's discovery documents that the table
// of grants names.
func vendorMethods(t *testing.T) map[string]discovery.Method {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", discovery.Module).Output()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, g := range grants() {
		ids = append(ids, g.Methods...)
	}
	methods, err := discovery.Methods(strings.TrimSpace(string(out)), ids)
	if err != nil {
		t.Fatal(err)
	}
	return methods
}

// sufficient lists the scopes with which a method may be called the way that a
// grant has it called: as the app, as a person, or with an administrator's
// privileges, which Chat has scopes of their own for.
func sufficient(g platforms.Grant, m discovery.Method) []string {
	switch {
	case len(m.Auth) == 0:
		return m.Scopes
	case g.Kind == platforms.AppConsent:
		return m.Auth["app"]
	case slices.Contains(m.Auth["admin"], g.Scope):
		return m.Auth["admin"]
	}
	return m.Auth["user"]
}

func TestEachGrantSufficesForItsMethods(t *testing.T) {
	methods := vendorMethods(t)
	for _, g := range grants() {
		if len(g.Methods) == 0 || g.Reason == "" || !strings.HasPrefix(g.Source, "https://") {
			t.Errorf("incomplete grant %+v", g)
		}
		for _, id := range g.Methods {
			m := methods[id]
			// Whoever asks about a token, or who it stands for, may.
			if len(m.Scopes) == 0 {
				continue
			}
			for _, scope := range append([]string{g.Scope}, g.Within...) {
				if !slices.Contains(sufficient(g, m), scope) {
					t.Errorf("%s (%s) does not suffice for %s", shortScope(scope), g.Kind, id)
				}
			}
		}
	}
}

// broader is the order of breadth among scopes that suffice for the same calls:
// those after the colon allow more than the one before it, or something else.
// Chat's are ranked by pageChat, the Directory's by pageDirectory; cloud-platform
// reaches every Cloud service.
func broader() map[string][]string {
	return map[string][]string{
		// It names the account by its address, where openid gives a number alone;
		// profile adds the person's name and picture.
		scopeEmail:       {"openid", scopeRoot + "userinfo.profile"},
		scopeUsers:       {scopeUsersEdit, scopeCloud},
		scopeCustomer:    {scopeRoot + "admin.directory.customer"},
		scopeGroups:      {scopeRoot + "admin.directory.group"},
		scopeOrgUnits:    {scopeRoot + "admin.directory.orgunit"},
		scopePolicies:    {scopeRoot + "cloud-identity.policies"},
		scopeSpaces:      {scopeSpacesEdit},
		scopeMemberships: {scopeMembersEdit},
		scopeSpaceMake:   {scopeRoot + "chat.spaces", scopeRoot + "chat.import"},
		scopeSpaceDelete: {scopeRoot + "chat.import"},
		scopeAddApp:      {scopeMembersAs, scopeRoot + "chat.import"}, // which add people
		// It adds other people than the app itself, which scopeAddApp cannot.
		scopeMembersAs: {scopeAddApp, scopeRoot + "chat.import"},
		scopeMessages:  {scopeRoot + "chat.import", scopeRoot + "chat.spaces", scopeRoot + "chat.memberships"},
		scopePubSub:    {scopeCloud},
	}
}

// onlyEvents tells whether the methods manage subscriptions, which many services
// share: their scopes say what a subscription may be about.
func onlyEvents(g platforms.Grant) bool {
	return !slices.ContainsFunc(g.Methods, func(id string) bool { return !strings.HasPrefix(id, "workspaceevents.") })
}

// TestNoNarrowerScopeWouldDo takes the scopes that Google says suffice for all of
// a grant's methods: each other than the grant's own must be known to be broader.
func TestNoNarrowerScopeWouldDo(t *testing.T) {
	methods := vendorMethods(t)
	order := broader()
	for _, g := range grants() {
		if onlyEvents(g) {
			continue // chat.messages is asked for already, so nothing is added
		}
		var candidates []string
		for i, id := range g.Methods {
			enough := sufficient(g, methods[id])
			if i == 0 {
				candidates = slices.Clone(enough)
			}
			candidates = slices.DeleteFunc(candidates, func(s string) bool { return !slices.Contains(enough, s) })
		}
		for _, scope := range candidates {
			if scope != g.Scope && !slices.Contains(order[g.Scope], scope) {
				t.Errorf("%s would do for %v, which %s is asked for", shortScope(scope), g.Methods, shortScope(g.Scope))
			}
		}
		for _, scope := range g.Within {
			if !slices.Contains(order[g.Scope], scope) {
				t.Errorf("%s gives way to %s, which is not known to be broader", shortScope(g.Scope), shortScope(scope))
			}
		}
	}
}

// TestWhatIsAskedForIsAnIrredundantCover tries every set of features that can be
// switched on: each method has a scope that suffices, and each scope a method
// that no other one of them suffices for.
func TestWhatIsAskedForIsAnIrredundantCover(t *testing.T) {
	methods := vendorMethods(t)
	for _, set := range optionalSets() {
		v := valuesWith(set)
		w := &workspace{asked: asked(v)}
		alone := map[platforms.GrantKind]map[string]bool{}
		for _, g := range grants() {
			if !isOn(v, g.Feature) {
				continue
			}
			if alone[g.Kind] == nil {
				alone[g.Kind] = map[string]bool{}
			}
			use, err := w.scopeFor(g.Kind, g.Scope)
			if err != nil {
				t.Fatalf("with %v: %v", set, err)
			}
			for _, id := range g.Methods {
				m := methods[id]
				enough := sufficient(g, m)
				if len(m.Scopes) > 0 && !slices.Contains(enough, use) {
					t.Fatalf("with %v: %s is called with %s, which does not suffice", set, id, shortScope(use))
				}
				others := slices.DeleteFunc(scopesOf(w.asked, g.Kind), func(s string) bool { return s == use || len(m.Scopes) > 0 && !slices.Contains(enough, s) })
				// The app is added with a scope of its own, which adds nobody else
				// ("Invite or add a user, Google Group, or Chat app to a space").
				if g.Scope == scopeMembersAs || g.Scope == scopeAddApp {
					others = slices.DeleteFunc(others, func(s string) bool { return s == scopeAddApp || s == scopeMembersAs })
				}
				if len(others) == 0 || use == scopeEmail {
					alone[g.Kind][use] = true
				}
			}
		}
		// The service account's own tokens are granted by nobody: each is for one
		// call and takes the narrowest scope for it.
		for _, kind := range []platforms.GrantKind{platforms.Delegation, platforms.UserConsent} {
			for _, scope := range scopesOf(w.asked, kind) {
				if !alone[kind][scope] {
					t.Fatalf("with %v: %s (%s) is asked for, and other scopes would do", set, shortScope(scope), kind)
				}
			}
		}
	}
}

// TestFeaturesThatAreOffAskForNothing switches each feature off alone.
func TestFeaturesThatAreOffAskForNothing(t *testing.T) {
	all := asked(valuesWith(optional()))
	for _, off := range optional() {
		v := valuesWith(slices.DeleteFunc(optional(), func(f platforms.Feature) bool { return f == off }))
		for _, g := range asked(v) {
			if g.Feature == off {
				t.Errorf("without %s: %s is asked for", off, shortScope(g.Scope))
			}
		}
		if len(asked(v)) > len(all) {
			t.Errorf("without %s more is asked for than with it", off)
		}
	}
	bare := scopesOf(asked(valuesWith(nil)), platforms.Delegation)
	want := []string{scopeEmail, scopeUsers, scopeSpaces, scopeMemberships, scopeMessages, scopeAddApp}
	if !slices.Equal(bare, want) {
		t.Errorf("with every optional feature off %v is asked for", bare)
	}
}
