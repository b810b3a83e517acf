package microsoft_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"miohub/platforms"
	"miohub/platforms/conformance"
	"miohub/platforms/microsoft"
	emulated "miohub/platforms/microsoft/sandbox"
	"miohub/platforms/sandbox"
)

func TestConformance(t *testing.T) {
	p := microsoft.Platform()
	p.Sandbox = func(w *sandbox.World) (*sandbox.Emulator, error) { return emulated.New(w, whole(p)) }
	conformance.Run(t, p, func(*testing.T) conformance.Fixture {
		w := sandbox.New(sandbox.Size{Seed: 5, People: 40, Rooms: 6, Speed: 200})
		tenant := w.Tenant("microsoft")
		room := func(r sandbox.Room) string { return r.Group + "/" + r.ID }
		return conformance.Fixture{
			World: w, Tenant: "microsoft", Features: optional(p), Groups: groups, Lacks: []string{"org units", "hints"},
			SignsIn: func(action string) string {
				who := tenant.Admin
				if action == "bridge" {
					who = tenant.Bridge
				}
				a, _ := tenant.Account(who)
				if a.Login != "" {
					return a.Login
				}
				return a.Address
			},
			Pressed: func(t *testing.T, action string, v platforms.Values) {
				t.Helper()
				if action != "certificate" {
					return
				}
				admin, _ := tenant.Account(tenant.Admin)
				res, err := http.PostForm(v.Get("endpoint.portal"), url.Values{"address": {admin.Address}, "certificate": {v.Get("certificate")}})
				if err != nil {
					t.Fatal(err)
				}
				if res.Body.Close(); res.StatusCode != http.StatusOK {
					t.Errorf("the portal answers the upload with %s", res.Status)
				}
			},
			Room: func(r sandbox.Room) platforms.RoomID { return platforms.RoomID(room(r)) },
			Message: func(r sandbox.Room, m sandbox.Message) platforms.MessageID {
				id := room(r) + "/" + m.Root
				if m.ID != m.Root {
					id += "/" + m.ID
				}
				return platforms.MessageID(id)
			},
		}
	})
}

// whole is a registration for everything that any feature asks for.
func whole(p platforms.Platform) emulated.Registration {
	var r emulated.Registration
	for _, g := range platforms.Asked(p.Grants, func(platforms.Feature) bool { return true }) {
		switch {
		case g.Kind == platforms.AppConsent && !slices.Contains(r.Application, g.Scope):
			r.Application = append(r.Application, g.Scope)
		case g.Kind == platforms.UserConsent && g.Scope != "offline_access" && !slices.Contains(r.Delegated, g.Scope):
			r.Delegated = append(r.Delegated, g.Scope)
		}
	}
	return r
}

// optional are the features that can be switched on.
func optional(p platforms.Platform) []platforms.Feature {
	var list []platforms.Feature
	for _, f := range p.Features {
		if f.Optional {
			list = append(list, f.ID)
		}
	}
	return list
}

// groups are those that follow from the people: the departments, the group that
// holds them, and all members.
func groups(t *sandbox.Tenant) map[string][]string {
	truth := map[string][]string{}
	for _, a := range t.Accounts() {
		if !a.Deleted.IsZero() {
			continue
		}
		if a.Department != "" {
			for _, name := range []string{a.Department + " department", "All departments"} {
				truth[name] = append(truth[name], a.ID)
			}
		}
		if !a.Guest {
			truth["All members"] = append(truth["All members"], a.ID)
		}
	}
	return truth
}
