package sandbox

import (
	"slices"
	"strings"
)

// PutAccount adds an account, or replaces the one with its id.
func (t *Tenant) PutAccount(a Account) error {
	return t.locked(func() ([]Change, error) {
		now := t.stamp()
		old, known := t.accounts[a.ID]
		if a.Created.IsZero() {
			a.Created = now
		}
		a.Changed = now
		c := a
		c.Aliases = slices.Clone(a.Aliases)
		var fields []string
		if known {
			fields = old.changed(a)
			for _, address := range old.addresses() {
				delete(t.byAddress, address)
			}
		} else {
			i, _ := slices.BinarySearch(t.sorted, a.ID)
			t.sorted = slices.Insert(t.sorted, i, a.ID)
		}
		t.accounts[a.ID] = &c
		kind := AccountAdded
		switch {
		case !a.Deleted.IsZero():
			kind = AccountDeleted
		case known:
			kind = AccountChanged
		}
		if a.Deleted.IsZero() {
			for _, address := range c.addresses() {
				t.byAddress[address] = a.ID
			}
		}
		return []Change{t.note(Change{Kind: kind, Account: a.ID, Fields: fields, Time: now})}, nil
	})
}

// changed names the fields in which b differs.
func (a *Account) changed(b Account) []string {
	var fields []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"given", a.Given == b.Given}, {"family", a.Family == b.Family}, {"name", a.Name == b.Name},
		{"address", a.Address == b.Address && a.Login == b.Login}, {"aliases", slices.Equal(a.Aliases, b.Aliases)},
		{"unit", a.OrgUnit == b.OrgUnit && a.Department == b.Department}, {"licensed", a.Licensed == b.Licensed},
		{"suspended", a.Suspended == b.Suspended}, {"admin", a.Admin == b.Admin},
		{"restored", a.Deleted.IsZero() || !b.Deleted.IsZero()},
	} {
		if !f.same {
			fields = append(fields, f.name)
		}
	}
	return fields
}

func (a *Account) addresses() []string {
	list := []string{strings.ToLower(a.Address)}
	if a.Login != "" {
		list = append(list, strings.ToLower(a.Login))
	}
	for _, alias := range a.Aliases {
		list = append(list, strings.ToLower(alias))
	}
	return list
}

// Account returns the account by id, primary address, sign-in name or alias.
// Deleted accounts are found by id only.
func (t *Tenant) Account(key string) (Account, bool) {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	a := t.account(key)
	if a == nil {
		return Account{}, false
	}
	return a.copy(), true
}

func (t *Tenant) account(key string) *Account {
	if a := t.accounts[key]; a != nil {
		return a
	}
	return t.accounts[t.byAddress[strings.ToLower(key)]]
}

func (a *Account) copy() Account {
	c := *a
	c.Aliases = slices.Clone(a.Aliases)
	return c
}

// Accounts lists every account, deleted ones included, by ascending id.
func (t *Tenant) Accounts() []Account {
	t.World.mu.Lock()
	defer t.World.mu.Unlock()
	list := make([]Account, 0, len(t.sorted))
	for _, id := range t.sorted {
		list = append(list, t.accounts[id].copy())
	}
	return list
}

// ChangeAccount applies f to the account, for example to suspend it.
func (t *Tenant) ChangeAccount(key string, f func(*Account)) error {
	a, ok := t.Account(key)
	if !ok {
		return notThere("account", key)
	}
	f(&a)
	return t.PutAccount(a)
}
