package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	ogoogle "golang.org/x/oauth2/google"
	admin "google.golang.org/api/admin/directory/v1"
	reports "google.golang.org/api/admin/reports/v1"
	"google.golang.org/api/chat/v1"
	"google.golang.org/api/cloudidentity/v1"
	"google.golang.org/api/licensing/v1"
	"google.golang.org/api/option"
	"google.golang.org/api/pubsub/v1"
	"google.golang.org/api/workspaceevents/v1"

	world "miohub/platforms/sandbox"
)

// walk is a foreign client's way through a generated tenant: Google's own
// libraries and golang.org/x/oauth2, none of this project's client.
type walk struct {
	t    *testing.T
	ctx  context.Context
	w    *world.World
	ten  *world.Tenant
	em   *world.Emulator
	urls map[string]string
}

func newWalk(t *testing.T, people int) *walk {
	t.Helper()
	w := world.New(world.Size{Seed: 11, People: people, Rooms: 8})
	em, err := New(w)
	if err != nil {
		t.Fatal(err)
	}
	run, err := world.Serve(context.WithoutCancel(t.Context()), w, em)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Close)
	k := &walk{t: t, ctx: t.Context(), w: w, ten: w.Tenant(TenantName), em: em, urls: map[string]string{}}
	for key, u := range run.URLs[TenantName] {
		k.urls[strings.TrimSuffix(key, "_url")] = u
	}
	return k
}

// as are the options of a service that acts as an address, "" for the app.
func (k *walk) as(address, api string, short ...string) []option.ClientOption {
	k.t.Helper()
	list := scopes(short...)
	if address != "" {
		k.em.Delegate(list)
	}
	_, files := k.em.Describe()
	cfg, err := ogoogle.JWTConfigFromJSON(files["service_account_file"], list...)
	if err != nil {
		k.t.Fatal(err)
	}
	cfg.Subject = address
	base := &http.Transport{}
	k.t.Cleanup(base.CloseIdleConnections)
	ctx := context.WithValue(k.ctx, oauth2.HTTPClient, &http.Client{Transport: base})
	return []option.ClientOption{option.WithEndpoint(k.urls[api]), option.WithHTTPClient(cfg.Client(ctx))}
}

func (k *walk) admin() world.Account { a, _ := k.ten.Account(k.ten.Admin); return a }

// must fails the test on an error.
func must[T any](k *walk) func(T, error) T {
	return func(v T, err error) T {
		k.t.Helper()
		if err != nil {
			k.t.Fatal(err)
		}
		return v
	}
}

func TestForeignClientWalksTheDirectory(t *testing.T) {
	k := newWalk(t, 120)
	dir := must[*admin.Service](k)(admin.NewService(k.ctx, k.as(k.admin().Address, "directory",
		"admin.directory.user.readonly", "admin.directory.group.readonly", "admin.directory.orgunit.readonly", "admin.directory.domain.readonly")...))
	k.walkUsers(dir)
	k.walkGroups(dir)
	units := must[*admin.OrgUnits](k)(dir.Orgunits.List("my_customer").Type("all").Do())
	paths := map[string]bool{}
	for _, u := range units.OrganizationUnits {
		paths[u.OrgUnitPath] = true
	}
	for _, a := range k.ten.Accounts() {
		if u := orgUnit(a); u != "/" && !paths[u] {
			t.Errorf("org unit %s of %s is not listed", u, a.Address)
		}
	}
	domains := must[*admin.Domains2](k)(dir.Domains.List("my_customer").Do())
	for i, d := range domains.Domains {
		if d.DomainName != k.ten.Domains[i] || d.IsPrimary != (i == 0) || !d.Verified {
			t.Errorf("domain %+v", d)
		}
	}
}

// walkUsers holds every account, value by value, against the World.
func (k *walk) walkUsers(dir *admin.Service) {
	t := k.t
	seen := map[string]bool{}
	for _, deleted := range []string{"false", "true"} {
		err := dir.Users.List().Customer("my_customer").MaxResults(7).ShowDeleted(deleted).Projection("full").Pages(k.ctx, func(page *admin.Users) error {
			for _, u := range page.Users {
				a, ok := k.ten.Account(u.Id)
				if !ok || seen[u.Id] {
					t.Errorf("user %s is unknown or comes twice", u.Id)
				}
				seen[u.Id] = true
				want := []any{a.Address, a.Given, a.Family, orgUnit(a), a.Suspended, a.Admin, a.Guest, a.Deleted.IsZero(), len(a.Aliases)}
				got := []any{u.PrimaryEmail, u.Name.GivenName, u.Name.FamilyName, u.OrgUnitPath, u.Suspended, u.IsAdmin, u.IsGuestUser, u.DeletionTime == "", len(u.Aliases)}
				if !slices.Equal(got, want) {
					t.Errorf("user %v, want %v", got, want)
				}
				var ids []struct{ Value string }
				if b, err := json.Marshal(u.ExternalIds); err != nil || json.Unmarshal(b, &ids) != nil || a.EmployeeID != "" && (len(ids) != 1 || ids[0].Value != a.EmployeeID) {
					t.Errorf("external ids %v, want %s", u.ExternalIds, a.EmployeeID)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != len(k.ten.Accounts()) {
		t.Errorf("%d users of %d", len(seen), len(k.ten.Accounts()))
	}
}

// walkGroups holds that groups and their members are the people they stand for.
func (k *walk) walkGroups(dir *admin.Service) {
	t := k.t
	var groups []*admin.Group
	if err := dir.Groups.List().Customer("my_customer").MaxResults(2).Pages(k.ctx, func(page *admin.Groups) error {
		groups = append(groups, page.Groups...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		members := map[string]bool{}
		if err := dir.Members.List(g.Id).MaxResults(5).Pages(k.ctx, func(page *admin.Members) error {
			for _, m := range page.Members {
				members[m.Id] = true
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, a := range k.ten.Accounts() {
			is := a.Deleted.IsZero() && !a.Guest && strings.HasPrefix(orgUnit(a)+"/", "/"+g.Name+"/")
			if is != members[a.ID] && g.Name != "Departments" {
				t.Errorf("%s in group %s: %v, want %v", a.Address, g.Name, members[a.ID], is)
			}
		}
	}
}

func TestForeignClientWalksChat(t *testing.T) {
	k := newWalk(t, 60)
	boss := must[*chat.Service](k)(chat.NewService(k.ctx, k.as(k.admin().Address, "chat", "chat.admin.spaces.readonly", "chat.admin.memberships.readonly")...))
	found := 0
	err := boss.Spaces.Search().UseAdminAccess(true).PageSize(3).Query(`customer = "customers/my_customer" AND space_type = "SPACE"`).
		Pages(k.ctx, func(page *chat.SearchSpacesResponse) error {
			for _, r := range page.Results {
				found++
				k.holdSpace(boss, r.Space)
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, r := range k.ten.Rooms() {
		if spaceType(r) == "SPACE" {
			want++
		}
	}
	if found != want {
		t.Errorf("%d spaces found of %d", found, want)
	}
}

// holdSpace holds a space and its members against the World.
func (k *walk) holdSpace(svc *chat.Service, s *chat.Space) {
	k.t.Helper()
	r, ok := k.ten.Room(strings.TrimPrefix(s.Name, "spaces/"))
	if !ok || s.DisplayName != r.Name || (s.SpaceHistoryState == "HISTORY_OFF") != r.HistoryOff || s.ExternalUserAllowed != r.External || s.CreateTime != timestamp(r.Created) {
		k.t.Errorf("space %+v, want %+v", s, r)
	}
	members := map[string]bool{}
	if err := svc.Spaces.Members.List(s.Name).UseAdminAccess(true).PageSize(2).Filter(`member.type = "HUMAN"`).Pages(k.ctx, func(page *chat.ListMembershipsResponse) error {
		for _, m := range page.Memberships {
			id := strings.TrimPrefix(m.Member.Name, "users/")
			members[id] = true
			if seat, in := r.Members[id]; !in || (m.Role == "ROLE_MANAGER") != seat.Owner || m.State != "JOINED" {
				k.t.Errorf("member %+v of %s, want %+v", m, r.Name, seat)
			}
		}
		return nil
	}); err != nil {
		k.t.Fatal(err)
	}
	for id, m := range r.Members {
		if !m.App && !members[id] {
			k.t.Errorf("%s lacks the member %s", r.Name, id)
		}
	}
	k.w.Clock.Advance(10 * time.Second) // the space's quota of reads
}

// pairOf is a room with two people in it who can speak.
func (k *walk) pairOf() (world.Room, world.Account, world.Account) {
	k.t.Helper()
	for _, r := range k.ten.Rooms() {
		var able []world.Account
		for id := range r.Members {
			if a, ok := k.ten.Account(id); ok && a.Licensed && !a.Suspended && a.Deleted.IsZero() && spaceType(r) == "SPACE" && r.Threaded {
				able = append(able, a)
			}
		}
		if len(able) >= 2 {
			slices.SortFunc(able, func(a, b world.Account) int { return strings.Compare(a.ID, b.ID) })
			return r, able[0], able[1]
		}
	}
	k.t.Fatal("no room with two people")
	return world.Room{}, world.Account{}, world.Account{}
}

func TestForeignClientTalks(t *testing.T) {
	k := newWalk(t, 40)
	r, one, two := k.pairOf()
	parent := "spaces/" + r.ID
	said := must[world.Message](k)(k.w.Share(TenantName, r.ID, two.ID, "", k.em.NewMessageID(), world.Text("see the plan"),
		[]world.File{{ID: "f1", Name: "plan.txt", Type: "text/plain", Data: []byte("the plan")}}))
	svc := must[*chat.Service](k)(chat.NewService(k.ctx, k.as(one.Address, "chat", "chat.messages")...))
	got := must[*chat.Message](k)(svc.Spaces.Messages.Get(parent + "/messages/" + said.ID).Do())
	if got.Text != "see the plan" || got.Sender.Name != "users/"+two.ID || got.CreateTime != timestamp(said.Created) || len(got.Attachment) != 1 || got.Attachment[0].ContentName != "plan.txt" {
		t.Errorf("message %+v, want what %s said", got, two.Name)
	}
	res := must[*http.Response](k)(svc.Media.Download(got.Attachment[0].AttachmentDataRef.ResourceName).Download())
	data := must[[]byte](k)(io.ReadAll(res.Body))
	res.Body.Close()
	if string(data) != "the plan" {
		t.Errorf("downloaded %q", data)
	}
	up := must[*chat.UploadAttachmentResponse](k)(svc.Media.Upload(parent, &chat.UploadAttachmentRequest{Filename: "answer.txt"}).Media(bytes.NewReader([]byte("fine"))).Do())
	sent := must[*chat.Message](k)(svc.Spaces.Messages.Create(parent, &chat.Message{
		Text: "**Agreed**", MarkupSyntax: syntaxMarkdown, Thread: &chat.Thread{Name: got.Thread.Name}, Attachment: []*chat.Attachment{{AttachmentDataRef: up.AttachmentDataRef}},
	}).MessageReplyOption("REPLY_MESSAGE_OR_FAIL").MessageId("client-answer").Do())
	made := must[*chat.Reaction](k)(svc.Spaces.Messages.Reactions.Create(got.Name, &chat.Reaction{Emoji: &chat.Emoji{Unicode: "🎉"}}).Do())
	if made.User.Name != "users/"+one.ID {
		t.Errorf("reaction of %s", made.User.Name)
	}
	stored, _ := k.ten.Message(r.ID, strings.TrimPrefix(sent.Name, parent+"/messages/"))
	if stored.Author != one.ID || stored.Root != said.ID || stored.Body.Plain() != "Agreed" || len(stored.Files) != 1 || string(stored.Files[0].Data) != "fine" {
		t.Errorf("the World has %+v", stored)
	}
	original, _ := k.ten.Message(r.ID, said.ID)
	if len(original.Reactions) != 1 || original.Reactions[0].Account != one.ID || original.Reactions[0].Emoji != "🎉" {
		t.Errorf("the World has the reactions %+v", original.Reactions)
	}
	events := must[*chat.ListSpaceEventsResponse](k)(svc.Spaces.SpaceEvents.List(parent).Filter(
		`event_types:"google.workspace.chat.message.v1.created" OR event_types:"google.workspace.chat.reaction.v1.created"`).Do())
	var kinds []string
	for _, e := range events.SpaceEvents {
		kinds = append(kinds, strings.TrimPrefix(e.EventType, eventPrefix))
	}
	if want := []string{"message.v1.created", "message.v1.created", "reaction.v1.created"}; !slices.Equal(kinds, want) {
		t.Errorf("events %v, want %v", kinds, want)
	}
}

func TestForeignClientsOfTheOtherAPIs(t *testing.T) {
	k := newWalk(t, 40)
	boss := k.admin().Address
	settings := must[*cloudidentity.Service](k)(cloudidentity.NewService(k.ctx, k.as(boss, "cloudidentity", "cloud-identity.policies.readonly")...))
	policies := must[*cloudidentity.ListPoliciesResponse](k)(settings.Policies.List().Filter(`setting.type.matches('^settings/chat\\..*$')`).Do())
	if len(policies.Policies) != 7 || policies.Policies[0].PolicyQuery.OrgUnit == "" {
		t.Errorf("%d settings", len(policies.Policies))
	}
	seats := must[*licensing.Service](k)(licensing.NewService(k.ctx, k.as(boss, "licensing", "apps.licensing")...))
	licensed := 0
	if err := seats.LicenseAssignments.ListForProduct(workspaceProduct, k.ten.ID).MaxResults(9).Pages(k.ctx, func(page *licensing.LicenseAssignmentList) error {
		for _, one := range page.Items {
			licensed++
			if a, ok := k.ten.Account(one.UserId); !ok || !a.Licensed || one.SkuId != workspaceSKU {
				t.Errorf("licence %+v", one)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, a := range k.ten.Accounts() {
		if a.Deleted.IsZero() && a.Licensed && !a.Guest {
			want++
		}
	}
	if licensed != want {
		t.Errorf("%d licences, want %d", licensed, want)
	}
	_, one, _ := k.pairOf()
	if err := k.ten.ChangeAccount(one.ID, func(a *world.Account) { a.OrgUnit = "/Moved" }); err != nil {
		t.Fatal(err)
	}
	log := must[*reports.Service](k)(reports.NewService(k.ctx, k.as(boss, "directory", "admin.reports.audit.readonly")...))
	entries := must[*reports.Activities](k)(log.Activities.List("all", "admin").EventName("MOVE_USER_TO_ORG_UNIT").Do())
	if len(entries.Items) != 1 || entries.Items[0].Events[0].Parameters[0].Value != one.Address {
		t.Errorf("log %+v", entries.Items)
	}
}

func TestForeignClientIsToldOfChanges(t *testing.T) {
	k := newWalk(t, 40)
	r, one, two := k.pairOf()
	topic := k.em.Deployment()["pubsub.topic"]
	subs := must[*workspaceevents.Service](k)(workspaceevents.NewService(k.ctx, k.as(one.Address, "workspaceevents", "chat.messages.readonly")...))
	op := must[*workspaceevents.Operation](k)(subs.Subscriptions.Create(&workspaceevents.Subscription{
		TargetResource: "//chat.googleapis.com/spaces/" + r.ID, EventTypes: []string{"google.workspace.chat.message.v1.created"},
		NotificationEndpoint: &workspaceevents.NotificationEndpoint{PubsubTopic: topic},
	}).Do())
	var made workspaceevents.Subscription
	if err := json.Unmarshal(op.Response, &made); err != nil || !op.Done || made.State != "ACTIVE" {
		t.Fatalf("operation %+v, %v", op, err)
	}
	id := k.em.NewMessageID()
	must[world.Message](k)(k.w.Say(TenantName, r.ID, two.ID, "", id, world.Text("news")))
	queue := must[*pubsub.Service](k)(pubsub.NewService(k.ctx, k.as("", "pubsub", "pubsub")...))
	pulled := must[*pubsub.PullResponse](k)(queue.Projects.Subscriptions.Pull(k.em.Deployment()["pubsub.subscription"], &pubsub.PullRequest{MaxMessages: 10}).Do())
	if len(pulled.ReceivedMessages) != 1 || pulled.ReceivedMessages[0].Message.Attributes["ce-subject"] != made.TargetResource {
		t.Fatalf("pulled %+v", pulled.ReceivedMessages)
	}
	must[*pubsub.Empty](k)(queue.Projects.Subscriptions.Acknowledge(k.em.Deployment()["pubsub.subscription"], &pubsub.AcknowledgeRequest{
		AckIds: []string{pulled.ReceivedMessages[0].AckId},
	}).Do())
	if got := must[*workspaceevents.Subscription](k)(subs.Subscriptions.Get(made.Name).Do()); got.UserAuthority != "users/"+one.ID {
		t.Errorf("subscription %+v", got)
	}
}

// A large tenant answers whole reads in calls, not in minutes: their number is
// what the pages' sizes make it.
func TestForeignClientReadsALargeDirectory(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 5,000 people")
	}
	k := newWalk(t, 5000)
	dir := must[*admin.Service](k)(admin.NewService(k.ctx, k.as(k.admin().Address, "directory", "admin.directory.user.readonly")...))
	start, pages, people := time.Now(), 0, 0
	err := dir.Users.List().Customer("my_customer").MaxResults(500).Fields("nextPageToken", "users(id,primaryEmail,suspended)").Pages(k.ctx, func(page *admin.Users) error {
		pages++
		people += len(page.Users)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, a := range k.ten.Accounts() {
		if a.Deleted.IsZero() {
			want++
		}
	}
	if people != want || pages != (want+499)/500 {
		t.Errorf("%d people in %d pages, want %d", people, pages, want)
	}
	t.Logf("read %d people in %d pages in %s", people, pages, fmt.Sprint(time.Since(start).Round(time.Millisecond)))
}
