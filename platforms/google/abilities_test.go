package google

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// ability is something that a feature lets the hub do.
type ability struct {
	feature platforms.Feature
	name    string
	do      func(*office) error
}

// abilities use everything that the connection offers, each at least once.
func abilities() []ability {
	return []ability{
		{platforms.FeatureConnect, "prove for whom a token is", func(o *office) error { return o.passes(codeDelegated + shortScope(scopeEmail)) }},
		{platforms.FeatureDirectory, "read people", (*office).readPeople},
		{platforms.FeatureRooms, "list spaces", func(o *office) error {
			return o.conn.Rooms.List(o.t.Context(), func([]platforms.Room) error { return nil })
		}},
		{platforms.FeatureRooms, "list members", func(o *office) error {
			return o.conn.Rooms.Members(o.t.Context(), o.aRoom(), func([]platforms.RoomMember) error { return nil })
		}},
		{platforms.FeatureBridge, "seat the app", func(o *office) error {
			_, one, _ := o.talkative()
			return o.conn.RoomEdit.Seat(o.t.Context(), o.aRoom(), appUser, platforms.UserID(one.ID))
		}},
		{platforms.FeatureBridge, "carry a person's message", func(o *office) error {
			_, one, _ := o.talkative()
			return o.carry(platforms.UserID(one.ID))
		}},
		{platforms.FeatureBridge, "carry the app's message", func(o *office) error { return o.carry("") }},
		{platforms.FeatureBridge, "follow a space", (*office).follow},
		{platforms.FeatureBridge, "react", (*office).react},
		{platforms.FeatureFiles, "carry a file", (*office).carryFile},
		{platforms.FeatureRoomEdit, "rename a space", func(o *office) error { return o.conn.RoomEdit.Rename(o.t.Context(), o.aRoom(), "Renamed") }},
		{platforms.FeatureRoomEdit, "make a space", func(o *office) error {
			_, err := o.conn.RoomMake.Make(o.t.Context(), platforms.NewRoom{Key: "made", Name: "Made"})
			return err
		}},
		{platforms.FeatureRoomEdit, "change members", (*office).changeMembers},
		{platforms.FeatureSettings, "read settings", func(o *office) error { return o.passes(codeSetting + "apps") }},
		{platforms.FeatureScope, "read groups", (*office).readGroups},
		{platforms.FeatureScope, "read organisational units", func(o *office) error {
			_, err := o.conn.OrgUnits.List(o.t.Context())
			return err
		}},
		{platforms.FeatureProbe, "try out an invitation", func(o *office) error { return o.passes(codeInvitations) }},
		{platforms.FeatureHints, "look into the audit log", func(o *office) error {
			_, err := o.conn.Hints.Changed(o.t.Context(), o.env.Now().Add(-propagation))
			return err
		}},
		{platforms.FeatureProvision, "change accounts", (*office).changeAccounts},
		{platforms.FeatureProvision, "assign a licence", (*office).assignLicence},
	}
}

var errNotPassed = errors.New("the check did not pass")

func (o *office) passes(code string) error {
	i := slices.IndexFunc(o.conn.Checks, func(c platforms.Check) bool { return c.Code == code })
	if i < 0 {
		o.t.Fatalf("there is no check %s", code)
	}
	if f := o.conn.Checks[i].Run(o.t.Context()); f.Status != platforms.Pass {
		return errNotPassed
	}
	return nil
}

func (o *office) aRoom() platforms.RoomID {
	r, _, _ := o.talkative()
	return platforms.RoomID("spaces/" + r.ID)
}

func (o *office) readPeople() error {
	_, err := o.conn.Users.Read(o.t.Context(), "", func(platforms.UserPage) error { return nil })
	return err
}

func (o *office) carry(as platforms.UserID) error {
	ctx := o.t.Context()
	d := platforms.Draft{Key: "k" + string(as), Room: o.aRoom(), As: as, Body: say("x")}
	sent, err := o.conn.Messages.Send(ctx, d)
	if err != nil {
		return err
	}
	_, err = o.conn.Messages.FindSent(ctx, d, nil)
	target := platforms.Target{Room: d.Room, ID: sent.ID, Root: sent.Root, As: as, Key: d.Key}
	_, edited := o.conn.Messages.Edit(ctx, target, d)
	return errors.Join(err, edited, o.conn.Messages.Delete(ctx, target))
}

func (o *office) follow() error {
	ctx := o.t.Context()
	truth, one, _ := o.talkative()
	cursor, err := o.conn.Sources[0].Start(ctx, o.aRoom())
	if err != nil {
		return err
	}
	if _, err := o.world.Say("google", truth.ID, one.ID, "", o.emulator.NewMessageID(), sandbox.Text("hello")); err != nil {
		return err
	}
	_, _, err = o.look(o.aRoom(), cursor)
	return err
}

func (o *office) react() error {
	ctx := o.t.Context()
	truth, one, two := o.talkative()
	id := o.emulator.NewMessageID()
	if _, err := o.world.Say("google", truth.ID, one.ID, "", id, sandbox.Text("hello")); err != nil {
		return err
	}
	message := platforms.MessageID(string(o.aRoom()) + "/messages/" + id)
	return errors.Join(
		o.conn.Reacts.React(ctx, o.aRoom(), message, platforms.UserID(two.ID), "👍", true),
		o.conn.Reacts.React(ctx, o.aRoom(), message, platforms.UserID(two.ID), "👍", false),
	)
}

func (o *office) carryFile() error {
	_, one, _ := o.talkative()
	f := platforms.File{Name: "a.txt", Type: "text/plain", Size: 5}
	_, err := o.conn.Files.Put(o.t.Context(), o.aRoom(), platforms.UserID(one.ID), f, strings.NewReader("hello"))
	return err
}

func (o *office) changeMembers() error {
	who := platforms.UserID(o.ordinary().ID)
	return errors.Join(
		o.conn.Members.Add(o.t.Context(), o.aRoom(), who, ""),
		o.conn.Members.Remove(o.t.Context(), o.aRoom(), who, ""),
	)
}

func (o *office) readGroups() error {
	ctx := o.t.Context()
	var first platforms.GroupID
	err := o.conn.Groups.List(ctx, func(list []platforms.Group) error {
		if first == "" && len(list) > 0 {
			first = list[0].ID
		}
		return nil
	})
	if err != nil || first == "" {
		return err
	}
	return o.conn.Groups.Members(ctx, first, func([]platforms.UserID) error { return nil })
}

func (o *office) changeAccounts() error {
	ctx := o.t.Context()
	_, err := o.conn.Accounts.Invite(ctx, platforms.NewUser{Address: "guest@elsewhere.example", Name: "Gail Guest", Guest: true})
	made, err2 := o.conn.Accounts.Create(ctx, platforms.NewUser{Address: "new@" + o.tenant.Domains[0], Name: "Nia New", GivenName: "Nia", FamilyName: "New"})
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	return errors.Join(o.conn.Accounts.Suspend(ctx, made.ID), o.conn.Accounts.Resume(ctx, made.ID))
}

func (o *office) assignLicence() error {
	ctx := o.t.Context()
	offers, err := o.conn.Licences.Offers(ctx)
	if err != nil {
		return err
	}
	made, err := o.conn.Accounts.Create(ctx, platforms.NewUser{Address: "licensed@" + o.tenant.Domains[0], Name: "Lee Licensed", GivenName: "Lee", FamilyName: "Licensed"})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(offers, func(l platforms.LicenceOffer) bool { return l.Chat })
	return o.conn.Licences.Assign(ctx, made.ID, offers[i].ID)
}

// TestEverythingWorksAndEachPermissionIsUsed does all that can be done, while the
// recorder sees that nothing else than what the table lists is called; and of
// what the table lists nothing is asked for in vain.
func TestEverythingWorksAndEachPermissionIsUsed(t *testing.T) {
	o := furnished(t, keyed()...)
	for code, f := range o.findings() {
		if f.Status != platforms.Pass {
			t.Errorf("%s: %+v", code, f)
		}
	}
	for _, a := range abilities() {
		if err := a.do(o); err != nil {
			t.Errorf("%s: %v", a.name, err)
		}
	}
	for u := range allowed(o.values) {
		switch u.Method {
		case "oauth2.tokeninfo": // asked about a token, not with it
			continue
		case "chat.media.download", "licensing.licenseAssignments.get", "chat.spaces.members.get": // see the conformance suite
			continue
		}
		if u.Method != "workspaceevents.subscriptions.list" && strings.HasPrefix(u.Method, "workspaceevents.") ||
			u.Method != "pubsub.projects.subscriptions.pull" && strings.HasPrefix(u.Method, "pubsub.") {
			continue // the push does that; see its own tests
		}
		if !o.recorder.called(u) {
			t.Errorf("nothing needs %s", u)
		}
	}
}

// TestWithoutAScopeItsFeatureFailsAndTheCheckNamesIt takes each delegated scope
// away alone.
func TestWithoutAScopeItsFeatureFailsAndTheCheckNamesIt(t *testing.T) {
	o := furnished(t, keyed()...)
	all := scopesOf(asked(o.values), platforms.Delegation)
	for _, scope := range all {
		t.Run(shortScope(scope), func(t *testing.T) {
			o.withdraw(scope)
			f := o.find(codeDelegated + shortScope(scope))
			if scope != scopeEmail && (f.Status != platforms.Fail || !strings.Contains(f.Cause, shortScope(scope))) || f.FixURL == "" {
				t.Errorf("the check says %+v", f)
			}
			var broken []platforms.Feature
			for _, a := range abilities() {
				if a.do(o) != nil {
					broken = append(broken, a.feature)
				}
			}
			var named []platforms.Feature
			for _, g := range asked(o.values) {
				if g.Kind == platforms.Delegation && g.Scope == scope {
					named = append(named, g.Feature)
				}
			}
			if !slices.ContainsFunc(broken, func(f platforms.Feature) bool { return slices.Contains(named, f) }) {
				t.Errorf("asked for by %v, and %v fails", named, broken)
			}
		})
	}
	o.delegate(all)
}

// withdraw leaves every delegated scope but one, and forgets the tokens there are.
func (o *office) withdraw(scope string) {
	o.t.Helper()
	rest := slices.DeleteFunc(scopesOf(asked(o.values), platforms.Delegation), func(s string) bool { return s == scope })
	page, err := url.Parse(delegationURL(o.values, o.values.Get(keyAccountID)))
	if err != nil {
		o.t.Fatal(err)
	}
	q := page.Query()
	q.Set("clientScopeToAdd", strings.Join(rest, ","))
	page.RawQuery = q.Encode()
	press, wg := o.visit(nil, "")
	if err := press(page.String()); err != nil {
		o.t.Fatal(err)
	}
	wg.Wait()
	o.connect()
}
