package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
	"miohub/platforms/oauth"
	"miohub/platforms/richtext"
	"miohub/platforms/sandbox"
)

// office is an emulated tenant and a connection to it.
type office struct {
	t      *testing.T
	world  *sandbox.World
	tenant *sandbox.Tenant
	env    platforms.Env
	values *memory
	secret *memory
	conn   *platforms.Connection

	mu       sync.Mutex
	refuse   map[string]bool // addresses the fence keeps out
	admitted []string        // "address: purpose"
	delegate func([]string)
}

// open serves a tenant; nothing is connected yet.
func open(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, values: values(), secret: values(), refuse: map[string]bool{}}
	o.world = sandbox.New(sandbox.Size{Seed: 7, People: 40, Rooms: 6, Speed: 60})
	o.tenant = o.world.Tenant("google")
	emulator, err := Platform().Sandbox(o.world)
	if err != nil {
		t.Fatal(err)
	}
	run, err := sandbox.Serve(context.WithoutCancel(t.Context()), o.world, emulator)
	if err != nil {
		t.Fatal(err)
	}
	base := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(func() { base.CloseIdleConnections(); run.Close() })
	for key, value := range emulator.Deployment() {
		_ = o.values.Put(t.Context(), key, value)
	}
	o.delegate = emulator.Delegate
	o.env = platforms.Env{
		Values: o.values, Secrets: o.secret, HTTP: base, Pace: 60, Now: time.Now,
		Admit: func(_ context.Context, address, purpose string) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			if o.refuse[address] {
				return errors.New("not enabled")
			}
			o.admitted = append(o.admitted, address+": "+purpose)
			return nil
		},
	}
	o.connect()
	return o
}

func (o *office) connect() {
	o.t.Helper()
	c, err := Platform().Connect(o.t.Context(), o.env)
	if err != nil {
		o.t.Fatal(err)
	}
	o.conn = c
}

// visit is a browser that presses a button.
func (o *office) visit(answers map[string]string, press string) (func(string) error, *sync.WaitGroup) {
	wg := &sync.WaitGroup{}
	return func(page string) error {
		b := sandbox.NewBrowser(answers)
		b.Press = press
		wg.Go(func() {
			if _, _, err := b.Open(o.t.Context(), page); err != nil {
				o.t.Errorf("browser: %v", err)
			}
		})
		return nil
	}, wg
}

func (o *office) signIn(address, press string) (platforms.Outcome, error) {
	o.t.Helper()
	env := o.env
	var wg *sync.WaitGroup
	env.Open, wg = o.visit(map[string]string{"address": address}, press)
	defer wg.Wait()
	return Platform().Actions["authorize"](o.t.Context(), env)
}

func (o *office) administrator() sandbox.Account {
	a, _ := o.tenant.Account(o.tenant.Admin)
	return a
}

// ready signs in, delegates through the console's form, and connects.
func ready(t *testing.T) *office {
	t.Helper()
	o := open(t)
	if _, err := o.signIn(o.administrator().Address, ""); err != nil {
		t.Fatal(err)
	}
	press, wg := o.visit(nil, "")
	if err := press(delegationURL(o.values, o.values.Get(keyAccountID))); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	o.connect()
	return o
}

func (o *office) findings() map[string]platforms.Finding {
	all := map[string]platforms.Finding{}
	for _, c := range o.conn.Checks {
		all[c.Code] = c.Run(o.t.Context())
	}
	return all
}

func TestConnectingProvesEachStep(t *testing.T) {
	o := open(t)
	admin := o.administrator()
	before := o.findings()
	for code, want := range map[string]platforms.Status{
		codeClock: platforms.Pass, codeKey: platforms.Pass, codeSignIn: platforms.Skipped, codeRole: platforms.Skipped,
		codeDelegated + "chat.messages": platforms.Skipped, codeChatApp: platforms.Pass,
	} {
		if before[code].Status != want {
			t.Errorf("before signing in %s is %+v", code, before[code])
		}
	}
	out, err := o.signIn(strings.ToUpper(admin.Address), "")
	if err != nil {
		t.Fatal(err)
	}
	if out.Account != strings.ToLower(admin.Address) || string(out.Tenant.ID) != o.tenant.ID || out.Tenant.Name != o.tenant.Org || out.Tenant.Domain != o.tenant.Domains[0] {
		t.Errorf("outcome %+v", out)
	}
	o.connect()
	waiting := o.findings()
	for code, want := range map[string]platforms.Status{
		codeSignIn: platforms.Pass, codeRole: platforms.Pass,
		codeDelegated + "chat.messages": platforms.Waiting, codeDirectory: platforms.Fail,
	} {
		if f := waiting[code]; f.Status != want || want != platforms.Pass && (f.Cause == "" || f.Fix == "" || f.Raw == "" || f.FixURL == "") {
			t.Errorf("before delegating %s is %+v", code, f)
		}
	}
	// All but one scope: that one, and it alone, is named.
	var most []string
	for _, s := range scopesOf(platforms.Delegation) {
		if s != scopeMemberships {
			most = append(most, s)
		}
	}
	o.delegate(most)
	for code, f := range o.findings() {
		if missing := code == codeDelegated+shortScope(scopeMemberships); missing != (f.Status != platforms.Pass) {
			t.Errorf("without one scope %s is %+v", code, f)
		} else if missing && (f.Status != platforms.Fail || !strings.Contains(f.Cause, shortScope(scopeMemberships))) {
			t.Errorf("the missing scope is %+v", f)
		}
	}
	o.delegate(scopesOf(platforms.Delegation))
	for code, f := range o.findings() {
		if f.Status != platforms.Pass || f.Evidence == "" {
			t.Errorf("at the end %s is %+v", code, f)
		}
	}
}

func TestSigningInIsRefusedForTheRightReason(t *testing.T) {
	o := open(t)
	var someone sandbox.Account
	for _, a := range o.tenant.Accounts() {
		if !a.Admin && !a.Suspended && a.Licensed && !a.Guest && a.Deleted.IsZero() {
			someone = a
			break
		}
	}
	_, err := o.signIn(someone.Address, "")
	var e *platforms.Error
	if !errors.As(err, &e) || e.Kind != platforms.Forbidden || e.Code != "not-super-administrator" || !strings.Contains(e.Text, strings.ToLower(someone.Address)) {
		t.Errorf("somebody else: %v", err)
	}
	if _, err := o.signIn(o.administrator().Address, "Cancel"); !errors.As(err, &e) || e.Code != "access_denied" {
		t.Errorf("cancelled: %v", err)
	}
	if o.secret.Get(keyToken) != "" || o.values.Get(keyAdmin) != "" {
		t.Error("a refused sign-in was kept")
	}
	_ = o.values.Put(t.Context(), keyTenant, "C0other")
	if _, err := o.signIn(o.administrator().Address, ""); !errors.As(err, &e) || e.Kind != platforms.Conflict || o.secret.Get(keyToken) != "" {
		t.Errorf("another organisation: %v", err)
	}
}

func TestPeopleAreReadWhole(t *testing.T) {
	o := ready(t)
	got := map[platforms.UserID]platforms.User{}
	var removed []platforms.UserID
	read := func() {
		clear(got)
		removed = nil
		reading, err := o.conn.Users.Read(t.Context(), "", func(p platforms.UserPage) error {
			for _, u := range p.Users {
				got[u.ID] = u
			}
			removed = append(removed, p.Removed...)
			return nil
		})
		if err != nil || !reading.Full {
			t.Fatalf("reading %+v, %v", reading, err)
		}
	}
	read()
	want := 0
	for _, a := range o.tenant.Accounts() {
		if !a.Deleted.IsZero() {
			continue
		}
		want++
		u := got[platforms.UserID(a.ID)]
		if u.Address != strings.ToLower(a.Address) || u.OrgUnit == "" || u.EmployeeID != a.EmployeeID || u.Admin != a.Admin ||
			(u.Licence == platforms.Licensed) != (a.Licensed && !a.Guest) || (u.State == platforms.Suspended) != a.Suspended || (u.Kind == platforms.Guest) != a.Guest {
			t.Errorf("%+v is read as %+v", a, u)
		}
		for _, alias := range a.Aliases {
			if !slices.Contains(u.Addresses, strings.ToLower(alias)) {
				t.Errorf("%s lacks the alias %s: %v", a.Address, alias, u.Addresses)
			}
		}
	}
	if len(got) != want {
		t.Errorf("read %d accounts of %d", len(got), want)
	}
	for _, d := range o.tenant.Domains {
		if !slices.Contains(strings.Fields(o.values.Get(keyDomains)), d) {
			t.Errorf("the domain %s was not found: %q", d, o.values.Get(keyDomains))
		}
	}
	var goner sandbox.Account
	for _, a := range o.tenant.Accounts() {
		if !a.Admin && a.Deleted.IsZero() {
			goner = a
		}
	}
	if err := o.tenant.ChangeAccount(goner.ID, func(a *sandbox.Account) { a.Deleted = o.world.Clock.Now() }); err != nil {
		t.Fatal(err)
	}
	read()
	if _, there := got[platforms.UserID(goner.ID)]; there || !slices.Contains(removed, platforms.UserID(goner.ID)) {
		t.Errorf("a deleted account is not told: %v", removed)
	}
	// A page that fails ends the read with an error and concludes nothing.
	o.world.Faults.Set(sandbox.Fault{ID: "f", API: "directory", Status: 500, Body: "oops"})
	reading, err := o.conn.Users.Read(t.Context(), "", func(platforms.UserPage) error { return nil })
	if platforms.KindOf(err) != platforms.TryLater || reading.Full {
		t.Errorf("reading %+v, %v", reading, err)
	}
}

func (o *office) rooms() []platforms.Room {
	o.t.Helper()
	var list []platforms.Room
	if err := o.conn.Rooms.List(o.t.Context(), func(p []platforms.Room) error { list = append(list, p...); return nil }); err != nil {
		o.t.Fatal(err)
	}
	return list
}

func (o *office) members(room platforms.RoomID) map[platforms.UserID]platforms.RoomMember {
	o.t.Helper()
	all := map[platforms.UserID]platforms.RoomMember{}
	if err := o.conn.Rooms.Members(o.t.Context(), room, func(p []platforms.RoomMember) error {
		for _, m := range p {
			all[m.User] = m
		}
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
	return all
}

// talkative picks a threaded space and two licensed members of it.
func (o *office) talkative() (room sandbox.Room, one, two sandbox.Account) {
	o.t.Helper()
	for _, r := range o.tenant.Rooms() {
		if r.Kind != "space" || !r.Threaded {
			continue
		}
		var able []sandbox.Account
		for id := range r.Members {
			if a, ok := o.tenant.Account(id); ok && a.Licensed && !a.Suspended && !a.Guest && a.Deleted.IsZero() {
				able = append(able, a)
			}
		}
		if len(able) >= 2 {
			slices.SortFunc(able, func(a, b sandbox.Account) int { return strings.Compare(a.ID, b.ID) })
			return r, able[0], able[1]
		}
	}
	o.t.Fatal("nobody talks in this World")
	return
}

func TestSpacesMembersSeatAndName(t *testing.T) {
	o := ready(t)
	list := o.rooms()
	want := 0
	for _, r := range o.tenant.Rooms() {
		if r.Kind == "space" {
			want++
		}
	}
	if len(list) != want || want == 0 {
		t.Errorf("listed %d spaces of %d", len(list), want)
	}
	truth, one, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	if i := slices.IndexFunc(list, func(r platforms.Room) bool { return r.ID == room }); i < 0 || list[i].Name != truth.Name || list[i].Unlinkable != "" || list[i].URL == "" {
		t.Errorf("space %+v is listed as %+v", truth, list)
	}
	before := o.members(room)
	if len(before) != len(o.tenant.MembersOf(truth.ID)) {
		t.Errorf("%d members of %d", len(before), len(o.tenant.MembersOf(truth.ID)))
	}
	seat := o.conn.Seats[0].User
	for range 2 { // a second time is a no-op
		if err := o.conn.RoomEdit.Seat(t.Context(), room, seat, platforms.UserID(one.ID)); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.members(room)[seat]; got.Kind != platforms.AppMember {
		t.Errorf("the seat is %+v", got)
	}
	// A connection made later sees it too, and nobody needs to be named.
	o.connect()
	if _, there := o.members(room)[seat]; !there {
		t.Error("the seat is not seen afterwards")
	}
	if err := o.conn.RoomEdit.Seat(t.Context(), room, seat, ""); err != nil {
		t.Error(err)
	}
	if err := o.conn.RoomEdit.Rename(t.Context(), room, "A new name"); err != nil {
		t.Fatal(err)
	}
	if r, _ := o.tenant.Room(truth.ID); r.Name != "A new name" {
		t.Errorf("the space is called %q", r.Name)
	}
	var other string
	for _, r := range list {
		if r.ID != room {
			other = r.Name
		}
	}
	if err := o.conn.RoomEdit.Rename(t.Context(), room, other); platforms.KindOf(err) != platforms.Conflict {
		t.Errorf("a taken name: %v", err)
	}
}

func say(text string) richtext.Doc {
	return richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: text}}}}
}

func TestMessagesAreSentOnceEditedAndDeleted(t *testing.T) {
	o := ready(t)
	truth, one, two := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	if err := o.conn.RoomEdit.Seat(t.Context(), room, appUser, platforms.UserID(one.ID)); err != nil {
		t.Fatal(err)
	}
	m := o.conn.Messages
	draft := platforms.Draft{Key: "root-1", Room: room, As: platforms.UserID(two.ID), Body: say("hello *there*")}
	// The first answer is lost after the effect, and the send repeated.
	o.world.Faults.Set(sandbox.Fault{ID: "lost", API: "chat", Method: "POST", Path: "/messages", Times: 1, After: true, Drop: true})
	root, err := m.Send(t.Context(), draft)
	if err != nil || root.Root != root.ID || root.Version == "" || root.Time.IsZero() {
		t.Fatalf("sent %+v, %v", root, err)
	}
	again, err := m.Send(t.Context(), draft)
	if err != nil || again.ID != root.ID {
		t.Errorf("sent again %+v, %v", again, err)
	}
	// As somebody else it is still the same message.
	draft.As = platforms.UserID(one.ID)
	if other, err := m.Send(t.Context(), draft); err != nil || other.ID != root.ID {
		t.Errorf("sent as another %+v, %v", other, err)
	}
	standing := o.tenant.Messages(truth.ID)
	if len(standing) != 1 || standing[0].Author != two.ID || standing[0].Body.Plain() != "hello *there*" {
		t.Fatalf("there stands %+v", standing)
	}
	draft.As = platforms.UserID(two.ID)
	found, err := m.FindSent(t.Context(), draft, nil)
	if err != nil || len(found) != 1 || found[0].ID != root.ID {
		t.Errorf("found %+v, %v", found, err)
	}
	if none, err := m.FindSent(t.Context(), platforms.Draft{Key: "never", Room: room}, nil); err != nil || len(none) != 0 {
		t.Errorf("found %+v, %v", none, err)
	}
	reply, err := m.Send(t.Context(), platforms.Draft{Key: "reply-1", Room: room, Root: root.ID, Body: say("Zoë (Teams): hi")})
	if err != nil || reply.Root != root.ID || reply.ID == root.ID {
		t.Fatalf("reply %+v, %v", reply, err)
	}
	target := platforms.Target{Room: room, ID: root.ID, Root: root.ID, As: draft.As, Key: draft.Key}
	draft.Body = say("changed")
	edited, err := m.Edit(t.Context(), target, draft)
	if err != nil || edited.ID != root.ID || edited.Version == root.Version {
		t.Errorf("edited %+v, %v", edited, err)
	}
	// What others replied stays when the root is deleted.
	if err := m.Delete(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	standing = o.tenant.Messages(truth.ID)
	if len(standing) != 2 || strings.Contains(standing[0].Body.Plain(), "changed") || standing[1].Body.Plain() != "Zoë (Teams): hi" || !strings.HasPrefix(standing[1].Author, "app:") {
		t.Errorf("there stands %+v", standing)
	}
	for range 2 { // a message that is gone is no error
		if err := m.Delete(t.Context(), platforms.Target{Room: room, ID: reply.ID, Root: root.ID}); err != nil {
			t.Error(err)
		}
	}
	if err := m.Delete(t.Context(), target); err != nil || o.tenant.Messages(truth.ID)[0].Deleted.IsZero() {
		t.Errorf("a root without replies stays: %v", err)
	}
}

func TestARenamedPersonIsFoundAgain(t *testing.T) {
	o := ready(t)
	truth, one, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	send := func(key string) error {
		_, err := o.conn.Messages.Send(t.Context(), platforms.Draft{Key: key, Room: room, As: platforms.UserID(one.ID), Body: say(key)})
		return err
	}
	if err := send("before"); err != nil {
		t.Fatal(err)
	}
	if err := o.tenant.ChangeAccount(one.ID, func(a *sandbox.Account) { a.Address = "renamed@" + o.tenant.Domains[0] }); err != nil {
		t.Fatal(err)
	}
	o.world.Clock.Advance(2 * time.Hour) // the token dies long before we think
	err := send("after")
	if platforms.KindOf(err) != platforms.TryLater {
		t.Errorf("with the old address: %v", err)
	}
	if err := send("after"); err != nil {
		t.Errorf("with the new address: %v", err)
	}
	if err := o.tenant.ChangeAccount(one.ID, func(a *sandbox.Account) { a.Suspended = true }); err != nil {
		t.Fatal(err)
	}
	if err := send("late"); platforms.KindOf(err) != platforms.Forbidden {
		t.Errorf("as somebody suspended: %v", err)
	}
}

func TestARevokedSignInAsksForAnother(t *testing.T) {
	o := ready(t)
	if err := newWorkspace(o.env).revoke(t.Context(), o.secretToken()); err != nil {
		t.Fatal(err)
	}
	o.connect()
	o.world.Clock.Advance(2 * time.Hour)
	f := o.findings()[codeSignIn]
	if f.Status != platforms.Fail || !strings.Contains(f.Fix, "Authorize Mio") {
		t.Errorf("finding %+v", f)
	}
	if _, err := o.signIn(o.administrator().Address, ""); err != nil {
		t.Fatal(err)
	}
	o.connect()
	if f := o.findings()[codeSignIn]; f.Status != platforms.Pass {
		t.Errorf("after signing in again %+v", f)
	}
}

func (o *office) secretToken() string {
	saved, _ := oauth.Load(o.secret, keyToken)
	return saved.RefreshToken
}

func TestNobodyIsActedForPastTheFence(t *testing.T) {
	o := ready(t)
	truth, one, two := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	o.refuse[strings.ToLower(one.Address)] = true
	_, err := o.conn.Messages.Send(t.Context(), platforms.Draft{Key: "k", Room: room, As: platforms.UserID(one.ID), Body: say("x")})
	var e *platforms.Error
	if !errors.As(err, &e) || e.Kind != platforms.Forbidden || e.Code != codeNotAdmitted {
		t.Errorf("a refused person: %v", err)
	}
	if len(o.tenant.Messages(truth.ID)) != 0 {
		t.Error("a refused person spoke")
	}
	if _, err := o.conn.Sources[0].Start(t.Context(), room); err != nil {
		t.Errorf("the space cannot be read by another: %v", err)
	}
	for _, id := range o.tenant.MembersOf(truth.ID) {
		if a, ok := o.tenant.Account(id); ok {
			o.refuse[strings.ToLower(a.Address)] = true
		}
	}
	o.connect()
	if _, err := o.conn.Sources[0].Start(t.Context(), room); !errors.As(err, &e) || e.Code != codeNotAdmitted {
		t.Errorf("read in nobody's name: %v", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, entry := range o.admitted {
		address, purpose, _ := strings.Cut(entry, ": ")
		if purpose == "" || address == "" || address == strings.ToLower(one.Address) {
			t.Errorf("admitted %q", entry)
		}
	}
	_ = two
}

// turns hands out one turn and tells when another is asked for.
type turns struct {
	turn  platforms.Turn
	given bool
	over  chan struct{}
}

func (s *turns) Next(ctx context.Context) (platforms.Turn, error) {
	if !s.given {
		s.given = true
		return s.turn, nil
	}
	close(s.over)
	<-ctx.Done()
	return platforms.Turn{}, ctx.Err()
}

// sink collects what a source finds.
type sink struct {
	events []platforms.Event
	cursor platforms.Cursor
	failed error
	broken error
}

func (s *sink) Put(_ context.Context, _ platforms.RoomID, events []platforms.Event, next platforms.Cursor) error {
	if s.broken != nil {
		return s.broken
	}
	s.events = append(s.events, events...)
	s.cursor = next
	return nil
}

func (s *sink) Failed(_ context.Context, _ platforms.RoomID, err error) { s.failed = err }

// look makes one turn and returns what it found. What was said a moment ago is
// let become the past first: the World stamps a burst ahead of the clock.
func (o *office) look(room platforms.RoomID, from platforms.Cursor) ([]platforms.Event, platforms.Cursor, error) {
	o.t.Helper()
	if list := o.tenant.Messages(strings.TrimPrefix(string(room), "spaces/")); len(list) > 0 {
		time.Sleep(time.Until(list[len(list)-1].Changed.Add(10 * time.Millisecond)))
	}
	ctx, cancel := context.WithCancel(o.t.Context())
	defer cancel()
	s := &sink{cursor: from}
	order := &turns{turn: platforms.Turn{Room: room, Cursor: from}, over: make(chan struct{})}
	ended := make(chan error, 1)
	go func() { ended <- o.conn.Sources[0].Watch(ctx, order, s) }()
	select {
	case <-order.over:
	case err := <-ended:
		o.t.Errorf("the watch ended early with %v", err)
		return nil, "", err
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		o.t.Errorf("the watch ended with %v", err)
	}
	return s.events, s.cursor, s.failed
}

func outline(events []platforms.Event) []string {
	var list []string
	for _, e := range events {
		text := ""
		for _, b := range e.Body {
			for _, s := range b.Spans {
				text += s.Text
			}
		}
		own := ""
		if e.Own {
			own = " own " + e.DraftKey
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s by %s%s", strings.TrimPrefix(string(e.Kind), "message-"), text, e.Author.User, own)))
	}
	return list
}

func TestTheFeedTellsWhatHappened(t *testing.T) {
	o := ready(t)
	truth, one, two := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	post := func(id, root, author, text string) sandbox.Message {
		t.Helper()
		m, err := o.world.Say("google", truth.ID, author, root, id, sandbox.Text(text))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	post("old.old", "", one.ID, "before")
	cursor, err := o.conn.Sources[0].Start(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	post("r1.r1", "", one.ID, "root")
	post("r1.a", "r1.r1", two.ID, "reply")
	post("t1.t1", "", two.ID, "typo")
	if err := o.world.Correct("google", truth.ID, "t1.t1", sandbox.Text("type")); err != nil {
		t.Fatal(err)
	}
	post("g1.g1", "", one.ID, "gone")
	if err := o.world.Retract("google", truth.ID, "g1.g1"); err != nil {
		t.Fatal(err)
	}
	sent, err := o.conn.Messages.Send(t.Context(), platforms.Draft{Key: "k-1", Room: room, As: platforms.UserID(one.ID), Body: say("ours")})
	if err != nil {
		t.Fatal(err)
	}
	events, cursor, err := o.look(room, cursor)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"created root by " + one.ID, "created reply by " + two.ID, "created type by " + two.ID,
		"deleted  by", "created by " + one.ID + " own k-1",
	}
	got := outline(events)
	for i := range got {
		got[i] = strings.Replace(got[i], "created ours by", "created by", 1)
		got[i] = strings.Replace(got[i], "created  by", "created by", 1)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if events[1].Root != events[0].Message || events[0].Root != events[0].Message || events[4].Message != sent.ID {
		t.Errorf("threads are %+v", events)
	}
	// Nothing twice, and nothing lost: an edit and a reply of later.
	if err := o.world.Correct("google", truth.ID, "r1.a", sandbox.Text("a better reply")); err != nil {
		t.Fatal(err)
	}
	post("r1.b", "r1.r1", one.ID, "one more")
	events, cursor, err = o.look(room, cursor)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"edited a better reply by " + two.ID, "created one more by " + one.ID}, outline(events)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if more, next, err := o.look(room, cursor); err != nil || len(more) != 0 || next == "" {
		t.Errorf("a third look found %v, %v", outline(more), err)
	}
	keys := map[string]bool{}
	for _, e := range events {
		if keys[e.Key] || e.Key == "" {
			t.Errorf("key %q", e.Key)
		}
		keys[e.Key] = true
	}
}

func TestALongGapIsClosedByListing(t *testing.T) {
	o := ready(t)
	truth, one, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	for i := range 3 {
		if _, err := o.world.Say("google", truth.ID, one.ID, "", fmt.Sprintf("m%d.m%d", i, i), sandbox.Text(fmt.Sprint("message ", i))); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-40 * 24 * time.Hour)
	events, cursor, err := o.look(room, position{After: long, Since: long}.cursor())
	if err != nil || len(events) != 3 {
		t.Fatalf("found %v, %v", outline(events), err)
	}
	if again, _, err := o.look(room, cursor); err != nil || len(again) != 0 {
		t.Errorf("then found %v, %v", outline(again), err)
	}
}

func TestAManyPagedFeedLosesNothing(t *testing.T) {
	o := ready(t)
	truth, one, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	cursor, err := o.conn.Sources[0].Start(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	const many = eventsPerPage + 50
	for i := range many {
		if _, err := o.world.Say("google", truth.ID, one.ID, "", fmt.Sprintf("m%d.m%d", i, i), sandbox.Text(fmt.Sprint("message ", i))); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for range 2 {
		events, next, err := o.look(room, cursor)
		if err != nil {
			t.Fatal(err)
		}
		cursor = next
		for _, e := range events {
			if seen[e.Key] {
				t.Errorf("%s came twice", e.Key)
			}
			seen[e.Key] = true
		}
	}
	if len(seen) != many {
		t.Errorf("%d of %d came", len(seen), many)
	}
}

func TestABrokenStoreEndsTheWatch(t *testing.T) {
	o := ready(t)
	truth, _, _ := o.talkative()
	s := &sink{broken: errors.New("disk full")}
	order := &turns{turn: platforms.Turn{Room: platforms.RoomID("spaces/" + truth.ID)}, over: make(chan struct{})}
	if err := o.conn.Sources[0].Watch(t.Context(), order, s); !errors.Is(err, s.broken) || s.failed != nil {
		t.Errorf("the watch ended with %v, failed %v", err, s.failed)
	}
}

func TestAFailedLookLeavesThePosition(t *testing.T) {
	o := ready(t)
	truth, _, _ := o.talkative()
	room := platforms.RoomID("spaces/" + truth.ID)
	cursor, err := o.conn.Sources[0].Start(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	o.world.Faults.Set(sandbox.Fault{ID: "f", API: "chat", Path: "spaceEvents", Status: 503, Body: "{}"})
	events, after, err := o.look(room, cursor)
	if platforms.KindOf(err) != platforms.TryLater || after != cursor || len(events) != 0 {
		t.Errorf("found %v at %s, %v", outline(events), after, err)
	}
}

func TestDisconnectingRevokesAndErases(t *testing.T) {
	o := ready(t)
	saved := o.secret.Get(keyToken)
	left, err := o.conn.Disconnect(t.Context())
	if err != nil || len(left) != 3 {
		t.Fatalf("left %v, %v", left, err)
	}
	for _, l := range left {
		if l.What == "" || !strings.HasPrefix(l.URL, "http") {
			t.Errorf("leftover %+v", l)
		}
	}
	if len(o.secret.all()) != 0 || o.values.Get(keyAdmin) != "" || o.values.Get(keyTenant) != "" {
		t.Errorf("there is left %v, %v", o.secret.all(), o.values.all())
	}
	// The old refresh token is useless, even with the files back in place.
	_ = o.secret.Put(t.Context(), keyToken, saved)
	emulator, err := Platform().Sandbox(o.world)
	if err != nil || emulator == nil {
		t.Fatal(err)
	}
	_ = o.values.Put(t.Context(), keyAdmin, strings.ToLower(o.administrator().Address))
	o.connect()
	if o.conn.Users != nil {
		t.Error("people can still be read")
	}
}
