package app

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"miohub/app/plan"
	"miohub/app/store"
	"miohub/app/vault"
	"miohub/platforms"
)

func TestWhoMayBeActedAs(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	v := h.Store.Values("google")
	h.must(v.Put(ctx, "admin", "Admin@acme.example"))
	h.must(v.Put(ctx, testPeopleKey, "test1@acme.example\ntest2@acme.example"))
	fence := h.Env(ctx, "google", nil).Admit
	refused := func(address string) bool {
		err := fence(ctx, address, "test")
		if err != nil && platforms.KindOf(err) != platforms.Forbidden {
			t.Errorf("%s: %v", address, err)
		}
		return err != nil
	}
	check := func(when, address string, want bool) {
		t.Helper()
		if got := !refused(address); got != want {
			t.Errorf("%s, %q: admitted %v", when, address, got)
		}
	}
	for address, want := range map[string]bool{
		"admin@acme.example": true, "TEST2@acme.example": true, "": false, "stranger@acme.example": false, "p0@acme.example": false,
	} {
		check("at first", address, want)
	}
	h.apply(h.sync(), plan.LinkPeople)
	check("linked", "P0@acme.example", true)
	links, err := h.Store.PersonLinks(ctx)
	h.must(err)
	for _, l := range links {
		if l.Left.ID == "google-0" {
			h.must(h.Store.SetPersonState(ctx, l.ID, store.PersonWithdrawn, "tester"))
		}
	}
	check("withdrawn", "p0@acme.example", false)
	h.g.change(func(o *office) { o.users[1].State = platforms.Suspended })
	h.must(h.Store.SetSetting(ctx, AutoWithdrawKey, "off"))
	h.sync()
	check("suspended, not yet withdrawn", "p1@acme.example", false)
	check("another", "p2@acme.example", true)
	if h.logged("fence.admitted") == 0 || h.logged("fence.refused") == 0 {
		t.Error("the log tells nothing of it")
	}
}

func TestWhatPlatformsWarnOfIsInTheLog(t *testing.T) {
	h := newHub(t)
	env := h.Env(t.Context(), "google", nil)
	env.Log.Info("a detail")
	env.Log.Warn("the sign-in could not be revoked")
	h.must(h.Log.Flush(t.Context()))
	rows, err := h.Store.SearchLog(t.Context(), store.LogQuery{Code: "platform.warning"})
	h.must(err)
	if len(rows) != 1 || rows[0].Platform != "google" || rows[0].Actor != "tester" || rows[0].Level != store.LevelProblem {
		t.Errorf("the log has %+v", rows)
	}
}

func TestRealAndSandboxTenantsNeverMeet(t *testing.T) {
	ctx := t.Context()
	h := newHub(t)
	v := h.Store.Values("google")
	h.must(v.Put(ctx, "endpoint.chat", "http://127.0.0.1:1/"))
	if got := h.Env(ctx, "google", nil).Values.Get("endpoint.chat"); got != "" {
		t.Errorf("an endpoint shows through for real tenants: %q", got)
	}
	w, err := h.Wizard(ctx, "google")
	h.must(err)
	_, err = w.Act(ctx, "sign-in", nil)
	h.must(err)
	if err := h.UseSandbox(ctx, 60, nil); !errors.Is(err, ErrProfile) {
		t.Errorf("a folder that has known a real tenant became a sandbox: %v", err)
	}

	other := newHub(t)
	h.must(other.UseSandbox(ctx, 60, map[platforms.ID]map[string]string{"google": {"endpoint.chat": "http://127.0.0.1:1/", "client_secret": "s3cret"}}))
	env := other.Env(ctx, "google", nil)
	if env.Values.Get("endpoint.chat") == "" || env.Pace != 60 {
		t.Errorf("the sandbox's own endpoint is hidden, or its pace is %v", env.Pace)
	}
	if env.Values.Get("client_secret") != "" || env.Secrets.Get("client_secret") != "s3cret" {
		t.Error("a shipped secret is not sealed")
	}
	if err := other.setProfile(ctx, profileReal); !errors.Is(err, ErrProfile) {
		t.Errorf("a sandbox folder became a real one: %v", err)
	}
	h.must(other.UseSandbox(ctx, 30, nil)) // the same again is fine
}

func TestAPlanThatChangesNothingSaysSo(t *testing.T) {
	h := settled(t)
	rows, err := h.Log.Search(t.Context(), store.LogQuery{Code: "plan.made"})
	h.must(err)
	var texts []string
	for _, r := range rows { // the newest first
		texts = append(texts, r.Text)
	}
	if len(texts) != 2 || texts[0] != "Nothing to change." || !strings.HasPrefix(texts[1], "A plan with ") {
		t.Errorf("logged %q", texts)
	}
}

func TestAFailingPageStoresNothing(t *testing.T) {
	for _, what := range []string{"users", "rooms", "members"} {
		t.Run(what, func(t *testing.T) {
			h := settled(t)
			ctx := t.Context()
			h.g.change(func(o *office) {
				o.users[3].State = platforms.Suspended
				o.users = append(o.users, platforms.User{ID: "new", Address: "new@acme.example", Name: "New", State: platforms.Active})
				o.rooms = append(o.rooms, platforms.Room{ID: "Fresh", Name: "Fresh"})
				o.fail[what] = &platforms.Error{Kind: platforms.TryLater, Op: "page"}
			})
			if _, err := h.Sync(ctx, nil); platforms.KindOf(err) != platforms.TryLater {
				t.Fatalf("%v", err)
			}
			users, err := h.Store.CountUsers(ctx, "google")
			h.must(err)
			rooms, err := h.Store.Rooms(ctx, "google")
			h.must(err)
			if users != 10 || len(rooms) != 3 {
				t.Errorf("%d users and %d rooms after a failed read", users, len(rooms))
			}
			h.g.change(func(o *office) { clear(o.fail) })
			// What changed is still news when it can be read.
			p := h.sync()
			if p.Counts["acknowledge"] != 2 || h.logged("sync.person-suspended") != 1 {
				t.Errorf("the plan has %v", p.Counts)
			}
		})
	}
}

func TestASuddenDropIsHeld(t *testing.T) {
	for _, c := range []struct {
		what string
		drop func(*office)
		held bool
	}{
		{"one person fewer", func(o *office) { o.users = o.users[:9] }, false},
		{"most people gone", func(o *office) { o.users = o.users[:3] }, true},
		{"everybody gone", func(o *office) { o.users = nil }, true},
		{"every room gone", func(o *office) { o.rooms = nil }, true},
		{"one room gone", func(o *office) { o.rooms = o.rooms[1:] }, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			h := settled(t)
			h.m.change(c.drop)
			_, err := h.Sync(t.Context(), nil)
			if errors.Is(err, ErrHeld) != c.held {
				t.Errorf("%v", err)
			}
			users, cerr := h.Store.CountUsers(t.Context(), "microsoft")
			h.must(cerr)
			if c.held && users != 10 {
				t.Errorf("%d users are left", users)
			}
			links, lerr := h.Store.PersonLinks(t.Context())
			h.must(lerr)
			for _, l := range links {
				if c.held && l.State != store.PersonLinked {
					t.Fatalf("%+v", l)
				}
			}
		})
	}
}

func TestWithdrawingManyIsLeftToAPerson(t *testing.T) {
	for _, c := range []struct {
		suspended, withdrawn int
		off                  bool
	}{{2, 2, false}, {6, 0, false}, {10, 0, false}, {2, 0, true}} {
		h := settled(t)
		if c.off {
			h.must(h.Store.SetSetting(t.Context(), AutoWithdrawKey, "off"))
		}
		h.m.change(func(o *office) {
			for i := range c.suspended {
				o.users[i].State = platforms.Suspended
			}
		})
		h.sync()
		links, err := h.Store.PersonLinks(t.Context())
		h.must(err)
		n := 0
		for _, l := range links {
			if l.State == store.PersonWithdrawn {
				n++
			}
		}
		if n != c.withdrawn {
			t.Errorf("%d suspended (switched off: %v): %d withdrawn, want %d", c.suspended, c.off, n, c.withdrawn)
		}
	}
}

// Those withdrawn already do not make the next wave look small.
func TestTheWithdrawnDoNotCountForTheThreshold(t *testing.T) {
	h := settled(t)
	ctx := t.Context()
	h.must(h.Store.SetSetting(ctx, dropCountKey, "1"))
	h.must(h.Store.SetSetting(ctx, dropPercentKey, "25"))
	for range 2 {
		h.m.change(func(o *office) {
			n := 0
			for i := range o.users {
				if o.users[i].State == platforms.Active && n < 2 {
					o.users[i].State = platforms.Suspended
					n++
				}
			}
		})
		h.sync()
	}
	// 2 of 10, then 2 of 8 are within a quarter; 2 of 6 are not.
	h.m.change(func(o *office) { o.users[4].State, o.users[5].State = platforms.Suspended, platforms.Suspended })
	h.sync()
	links, err := h.Store.PersonLinks(ctx)
	h.must(err)
	n := 0
	for _, l := range links {
		if l.State == store.PersonWithdrawn {
			n++
		}
	}
	if n != 4 {
		t.Errorf("%d withdrawn without asking", n)
	}
}

func TestSettingsThatContradictEachOtherStillLook(t *testing.T) {
	h := newHub(t)
	h.must(h.Store.Values("google").Put(context.Background(), LookMinKey, "10m"))
	if o := h.Looks("google"); o.Min > o.Max || o.Budget <= 0 {
		t.Errorf("%+v", o)
	}
}

func TestTheDataFolderOpensAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for _, c := range []struct {
		passphrase string
		want       error
	}{{"one", nil}, {"one", nil}, {"two", vault.ErrPassphrase}} {
		a, err := Open(t.Context(), Options{Dir: dir, Vault: vault.Options{Passphrase: c.passphrase, Iterations: 1}})
		if !errors.Is(err, c.want) {
			t.Fatalf("with %q: %v", c.passphrase, err)
		}
		if err == nil {
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
