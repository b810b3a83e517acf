package google_test

import (
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
			Room:    func(r sandbox.Room) platforms.RoomID { return platforms.RoomID("spaces/" + r.ID) },
			Message: func(r sandbox.Room, m sandbox.Message) platforms.MessageID {
				return platforms.MessageID("spaces/" + r.ID + "/messages/" + m.ID)
			},
		}
	})
}
