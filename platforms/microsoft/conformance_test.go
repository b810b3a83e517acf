package microsoft_test

import (
	"net/http"
	"net/url"
	"testing"

	"miohub/platforms"
	"miohub/platforms/conformance"
	"miohub/platforms/microsoft"
	"miohub/platforms/sandbox"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, microsoft.Platform(), func(*testing.T) conformance.Fixture {
		w := sandbox.New(sandbox.Size{Seed: 5, People: 40, Rooms: 6, Speed: 200})
		tenant := w.Tenant("microsoft")
		room := func(r sandbox.Room) string { return r.Group + "/" + r.ID }
		return conformance.Fixture{
			World: w, Tenant: "microsoft",
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
