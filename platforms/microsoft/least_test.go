package microsoft

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"miohub/platforms"
	sandboxed "miohub/platforms/microsoft/sandbox"
	world "miohub/platforms/sandbox"
)

// vendorsTable is the vendor's own record of which permissions open a call.
func vendorsTable(t *testing.T) map[string]permission {
	t.Helper()
	raw, err := os.ReadFile("sandbox/graph.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Paths map[string]permission }
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	return table.Paths
}

// opens reports whether a permission opens a call by the vendor's table; known is
// false for calls that the table lacks.
func opens(table map[string]permission, kind platforms.GrantKind, method, scope string) (open, known bool) {
	verb, path, _ := strings.Cut(method, " ")
	call, known := table[verb+" "+strings.ToLower(path)]
	set := call.Application
	if kind == platforms.UserConsent {
		set = call.Delegated
	}
	return set != nil && slices.Contains(set.All, scope), known
}

// featureSets are what an administrator may have chosen: nothing beyond what the
// hub is for, what is on by itself, each feature alone, and everything.
func featureSets() map[string]settings {
	none, all := settings{}, settings{}
	sets := map[string]settings{"nothing optional": none, "as it comes": {}, "everything": all}
	for _, f := range features() {
		if !f.Optional {
			continue
		}
		none[platforms.FeatureKey(f.ID)], all[platforms.FeatureKey(f.ID)] = "off", "on"
		sets["with "+f.Title] = settings{platforms.FeatureKey(f.ID): "on"}
	}
	return sets
}

// TestEachPermissionIsNeededForSomethingNoOtherOpens takes away one permission
// after the other, whatever features are on: some call of it must then be closed.
func TestEachPermissionIsNeededForSomethingNoOtherOpens(t *testing.T) {
	table := vendorsTable(t)
	for name, v := range featureSets() {
		t.Run(name, func(t *testing.T) {
			list := asked(v)
			for _, g := range list {
				if g.Scope == userKeep || g.Source != permissionTable {
					continue // no call of Graph's, or ranked by another page
				}
				needed := slices.ContainsFunc(g.Methods, func(m string) bool { return !opened(table, list, g, m) })
				if !needed {
					t.Errorf("%s for %s could be left out", g.Scope, g.Feature)
				}
			}
		})
	}
}

// opened reports whether what is asked for besides g opens a method of it. The
// permission to read the whole directory back does not count: it is there for one
// call, and nothing may come to rest on it.
func opened(table map[string]permission, list []platforms.Grant, g platforms.Grant, method string) bool {
	return slices.ContainsFunc(list, func(other platforms.Grant) bool {
		if other.Kind != g.Kind || other.Scope == g.Scope || other.Scope == appConsents {
			return false
		}
		open, known := opens(table, g.Kind, method, other.Scope)
		return known && open
	})
}

// TestAFeatureThatIsOffAsksForNothing switches each feature off alone.
func TestAFeatureThatIsOffAsksForNothing(t *testing.T) {
	for _, f := range features() {
		if !f.Optional {
			continue
		}
		for _, g := range asked(settings{platforms.FeatureKey(f.ID): "off"}) {
			if g.Feature == f.ID {
				t.Errorf("%s asks for %s though it is off", f.Title, g.Scope)
			}
		}
		if f.Brings == "" || f.Off == "" {
			t.Errorf("%s does not say what it brings, or what happens without it", f.Title)
		}
	}
}

// TestAPermissionThatWasTakenAwayIsTheOneThatIsMissed registers the application
// with all but one permission and goes through the wizard.
func TestAPermissionThatWasTakenAwayIsTheOneThatIsMissed(t *testing.T) {
	whole := sandboxed.Registration{Delegated: without(scopes(unset{}, platforms.UserConsent), userKeep), Application: scopes(unset{}, platforms.AppConsent)}
	for _, gone := range whole.Application {
		if gone == appApplications {
			continue // without it nothing can be read back: judged by the token alone
		}
		t.Run(gone, func(t *testing.T) {
			x := openWith(t, func(w *world.World) (*world.Emulator, error) {
				return sandboxed.New(w, sandboxed.Registration{Delegated: whole.Delegated, Application: without(slices.Clone(whole.Application), gone)})
			})
			admin, _ := x.Account(x.Admin)
			if _, _, err := world.NewBrowser(map[string]string{"address": login(admin)}).Open(t.Context(), methodTwoLink(x.values)); err != nil {
				t.Fatal(err)
			}
			c := x.again()
			for _, check := range c.Checks {
				if !strings.HasPrefix(check.Code, "microsoft.app.") {
					continue
				}
				f, missing := check.Run(t.Context()), check.Code == appCheck(gone)
				if missing != (f.Status == platforms.Fail) || missing && !strings.Contains(f.Cause, "does not list it") {
					t.Errorf("%s: %+v", check.Code, f)
				}
			}
		})
	}
}
