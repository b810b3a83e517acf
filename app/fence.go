package app

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"miohub/app/activity"
	"miohub/app/store"
	"miohub/platforms"
)

// testPeopleKey is the platform setting that names the chosen test people, one
// address a line.
const testPeopleKey = platforms.KeyTestPeople

// fence admits impersonation of the named administrator, the chosen test people
// and people who are enabled, and nobody else. Each first use of an account for
// a purpose is logged.
func (a *App) fence(id platforms.ID) func(context.Context, string, string) error {
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(ctx context.Context, address, purpose string) error {
		address = strings.ToLower(address)
		ok, why, err := a.mayActAs(ctx, id, address)
		if err != nil {
			return &platforms.Error{Kind: platforms.TryLater, Op: "act as " + address, Err: err}
		}
		mu.Lock()
		first := !seen[address+"\x00"+purpose]
		seen[address+"\x00"+purpose] = true
		mu.Unlock()
		if !ok {
			if first {
				a.write(ctx, activity.Entry{
					Level: store.LevelInfo, Code: "fence.refused", Platform: id, Person: address, Subject: address,
					Text: fmt.Sprintf("Acting as %s was refused (%s): the person is not enabled.", address, purpose),
				})
			}
			return &platforms.Error{Kind: platforms.Forbidden, Op: "act as " + address,
				Text: "this person is neither enabled, nor a test person, nor the named administrator"}
		}
		if first {
			a.write(ctx, activity.Entry{
				Level: store.LevelInfo, Code: "fence.admitted", Platform: id, Person: address, Subject: address,
				Text: fmt.Sprintf("Acting as %s: %s (%s).", address, purpose, why),
			})
		}
		return nil
	}
}

func (a *App) mayActAs(ctx context.Context, id platforms.ID, address string) (ok bool, why string, err error) {
	values := a.Store.Values(id)
	if address == "" {
		return false, "", nil
	}
	if strings.EqualFold(values.Get("admin"), address) {
		return true, "the named administrator", nil
	}
	for _, line := range strings.Fields(values.Get(testPeopleKey)) {
		if strings.EqualFold(line, address) {
			return true, "a chosen test person", nil
		}
	}
	u, found, err := a.Store.UserByAddress(ctx, id, address)
	if err != nil || !found || u.State != platforms.Active {
		return false, "", err
	}
	c, err := a.Store.Connection(ctx, id)
	if err != nil {
		return false, "", err
	}
	ref := platforms.Ref{Platform: id, Tenant: c.Tenant.ID, ID: string(u.ID)}
	links, err := a.Store.PersonLinksOf(ctx, ref)
	if err != nil {
		return false, "", err
	}
	for _, l := range links {
		if l.State == store.PersonLinked {
			return true, "an enabled person", nil
		}
	}
	return false, "", nil
}
