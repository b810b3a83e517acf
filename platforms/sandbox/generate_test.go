package sandbox

import (
	"testing"
	"time"
)

func TestTiming(t *testing.T) {
	start := time.Now()
	w := New(Size{Seed: 1, People: 5000, Rooms: 200})
	t.Log(time.Since(start))
	for _, n := range w.Tenants() {
		ten := w.Tenant(n)
		t.Log(n, ten.ID, ten.Domains, len(ten.Accounts()), len(ten.Rooms()))
	}
	w = New(Size{Seed: 1, People: 50, Rooms: 12})
	for _, n := range w.Tenants() {
		for _, a := range w.Tenant(n).Accounts() {
			t.Logf("%s %q %s %s %v g=%v s=%v l=%v %s %s", a.ID, a.Name, a.Address, a.Login, a.Aliases, a.Guest, a.Suspended, a.Licensed, a.EmployeeID, a.Human)
		}
		for _, r := range w.Tenant(n).Rooms() {
			t.Logf("%s %q %s %s %d h=%v e=%v", r.ID, r.Name, r.Kind, r.GroupName, len(r.Members), r.HistoryOff, r.External)
		}
	}
}
