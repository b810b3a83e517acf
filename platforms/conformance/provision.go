package conformance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// outside is a domain that no tenant of a World has verified.
const outside = "visitors.example"

// testAccounts: what making an account brings is said beforehand and changes
// nothing; a second time makes no second account; suspending is taken back.
func (s *suite) testAccounts(t *testing.T) {
	ours := s.tenant.Domains[0]
	for _, c := range []struct {
		what    string
		user    platforms.NewUser
		refused bool
	}{
		{"a guest from outside", platforms.NewUser{Address: "Vera.Guest@" + outside, Name: "Vera Guest", GivenName: "Vera", FamilyName: "Guest", Guest: true}, false},
		{"a member", platforms.NewUser{Address: "mio.member@" + ours, Name: "Mio Member", GivenName: "Mio", FamilyName: "Member"}, false},
		{"a guest of our own domain", platforms.NewUser{Address: "nobody@" + ours, Name: "No Body", Guest: true}, true},
		{"a member from outside", platforms.NewUser{Address: "nobody@" + outside, Name: "No Body"}, true},
		{"no address", platforms.NewUser{Address: "nobody", Name: "No Body"}, true},
	} {
		t.Run(c.what, func(t *testing.T) {
			before := len(s.tenant.Accounts())
			f, err := s.conn.Accounts.Forecast(t.Context(), c.user)
			if err != nil {
				t.Fatal(err)
			}
			if (f.Refused != "") != c.refused || f.Exists != nil || !c.refused && len(f.Notes) == 0 {
				t.Errorf("the forecast is %+v", f)
			}
			if after := len(s.tenant.Accounts()); after != before {
				t.Errorf("a forecast made %d accounts", after-before)
			}
			if !c.refused {
				s.provision(t, c.user)
			}
		})
	}
}

// provision makes an account twice and suspends and resumes it.
func (s *suite) provision(t *testing.T, wanted platforms.NewUser) {
	t.Helper()
	before := len(s.tenant.Accounts())
	var ids []platforms.UserID
	for range 2 {
		var made platforms.User
		s.until(t, func() (err error) {
			if wanted.Guest {
				made, err = s.conn.Accounts.Invite(t.Context(), wanted)
			} else {
				made, err = s.conn.Accounts.Create(t.Context(), wanted)
			}
			return err
		})
		ids = append(ids, made.ID)
		if !strings.EqualFold(made.Address, wanted.Address) || (made.Kind == platforms.Guest) != wanted.Guest || made.State != platforms.Active {
			t.Errorf("made %+v", made)
		}
	}
	if ids[0] == "" || ids[0] != ids[1] || len(s.tenant.Accounts()) != before+1 {
		t.Fatalf("made %v; %d accounts became %d", ids, before, len(s.tenant.Accounts()))
	}
	if a, ok := s.tenant.Account(string(ids[0])); !ok || a.Guest != wanted.Guest {
		t.Errorf("the tenant has %+v", a)
	}
	f, err := s.conn.Accounts.Forecast(t.Context(), wanted)
	if err != nil || f.Exists == nil || f.Exists.ID != ids[0] {
		t.Errorf("the forecast of what is there: %+v, %v", f, err)
	}
	for _, suspended := range []bool{true, true, false, false} {
		s.until(t, func() error {
			if suspended {
				return s.conn.Accounts.Suspend(t.Context(), ids[0])
			}
			return s.conn.Accounts.Resume(t.Context(), ids[0])
		})
		if a, _ := s.tenant.Account(string(ids[0])); a.Suspended != suspended {
			t.Errorf("suspended is %t, want %t", a.Suspended, suspended)
		}
	}
}

// testLicences: an account that has none is given one, once.
func (s *suite) testLicences(t *testing.T) {
	offers, err := s.conn.Licences.Offers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var chat platforms.LicenceOffer
	for _, o := range offers {
		if o.ID == "" || o.Name == "" {
			t.Errorf("offer %+v is not described", o)
		}
		if o.Chat && o.Free != 0 {
			chat = o
		}
	}
	if chat.ID == "" {
		t.Fatalf("no licence with chat is left among %+v", offers)
	}
	var someone platforms.User
	s.until(t, func() (err error) {
		someone, err = s.conn.Accounts.Create(t.Context(), platforms.NewUser{
			Address: "licensee@" + s.tenant.Domains[0], Name: "Lic Ensee", GivenName: "Lic", FamilyName: "Ensee",
		})
		return err
	})
	for range 2 {
		s.until(t, func() error { return s.conn.Licences.Assign(t.Context(), someone.ID, chat.ID) })
	}
	if a, _ := s.tenant.Account(string(someone.ID)); !a.Licensed {
		t.Errorf("%s has no licence", a.Address)
	}
}

// testHints: the audit log tells of a change, and of each only once.
func (s *suite) testHints(t *testing.T) {
	who := s.speakers(t)[0]
	since := s.f.World.Clock.Now()
	before, err := s.conn.Hints.Changed(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.tenant.ChangeAccount(who.ID, func(a *sandbox.Account) { a.Family = "Hinted" }); err != nil {
		t.Fatal(err)
	}
	var hint platforms.Hint
	for limit := time.Now().Add(patience); len(hint.Addresses) == 0; time.Sleep(20 * time.Millisecond) {
		if hint, err = s.conn.Hints.Changed(t.Context(), before.Until); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(limit) {
			t.Fatalf("nothing is told of %s after %v", who.Address, patience)
		}
	}
	if got := fmt.Sprint(hint.Addresses); got != fmt.Sprint([]string{strings.ToLower(who.Address)}) || hint.Until.Before(since.Add(-time.Second)) {
		t.Errorf("told of %v until %v", got, hint.Until)
	}
	if again, err := s.conn.Hints.Changed(t.Context(), hint.Until); err != nil || len(again.Addresses) > 0 || again.Until.Before(hint.Until) {
		t.Errorf("then %+v, %v", again, err)
	}
}
