package google_test

import (
	"strings"
	"testing"

	"miohub/platforms"
	"miohub/platforms/conformance"
	"miohub/platforms/google"
	"miohub/platforms/sandbox"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, google.Platform(), func(*testing.T) conformance.Fixture {
		w := sandbox.New(sandbox.Size{Seed: 5, People: 40, Rooms: 6, Speed: 200})
		admin, _ := w.Tenant("google").Account(w.Tenant("google").Admin)
		return conformance.Fixture{
			World: w, Tenant: "google",
			SignsIn: func(string) string { return admin.Address },
			Consent: []string{"delegation"},
			Features: []platforms.Feature{
				platforms.FeatureHints, platforms.FeatureProvision, platforms.FeaturePush,
			},
			Groups: groups, Lacks: []string{"undelete"},
			Room: func(r sandbox.Room) platforms.RoomID { return platforms.RoomID("spaces/" + r.ID) },
			Message: func(r sandbox.Room, m sandbox.Message) platforms.MessageID {
				return platforms.MessageID("spaces/" + r.ID + "/messages/" + m.ID)
			},
		}
	})
}

// groups are some of those that follow from the people: a department, the one
// that holds the departments, and everybody.
func groups(t *sandbox.Tenant) map[string][]string {
	truth := map[string][]string{"Departments": {t.Admin}, "Everybody": nil}
	for _, a := range t.Accounts() {
		if !a.Deleted.IsZero() {
			continue
		}
		truth["Everybody"] = append(truth["Everybody"], a.ID)
		if part, _, _ := strings.Cut(strings.TrimPrefix(a.OrgUnit, "/"), "/"); part != "" && !a.Guest {
			truth[part] = append(truth[part], a.ID)
			if a.ID != t.Admin {
				truth["Departments"] = append(truth["Departments"], a.ID)
			}
		}
	}
	return truth
}
