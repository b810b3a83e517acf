package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// seed puts accounts and rooms into a tenant as things that have long been
// there: with the dates they carry, and without entries in the change log.
func (t *Tenant) seed(accounts []*Account, rooms []*Room) {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	for _, a := range accounts {
		c := a.copy()
		c.Changed = c.Created
		t.accounts[c.ID] = &c
		for _, address := range c.addresses() {
			t.byAddress[address] = c.ID
		}
	}
	t.sorted = slices.Sorted(maps.Keys(t.accounts))
	for _, r := range rooms {
		c := r.copy()
		c.Changed = c.Created
		t.rooms[c.ID] = &c
		t.roomOrder = append(t.roomOrder, c.ID)
	}
}

// claim reserves an address within a tenant in the making and returns it, with
// a number added to the local part when somebody has it already.
func claim(taken map[string]bool, local, domain string) string {
	for n := 1; ; n++ {
		address := numbered(local, n) + "@" + domain
		if key := strings.ToLower(address); !taken[key] {
			taken[key] = true
			return address
		}
	}
}
