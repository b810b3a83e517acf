package google

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/api/chat/v1"

	admin "google.golang.org/api/admin/directory/v1"
	reports "google.golang.org/api/admin/reports/v1"
	"google.golang.org/api/option"
	"google.golang.org/api/pubsub/v1"
	"google.golang.org/api/workspaceevents/v1"

	"miohub/platforms"
	"miohub/platforms/transport"
)

const (
	// spacesTried is how many spaces are looked through for one that the test
	// person is in.
	spacesTried = 20
)

// apiCheck is one harmless call to an API: a token does not prove that the API is
// switched on, or that the person may use it.
type apiCheck struct {
	code, title string
	scope       string // delegated; "" for the service account's own
	feature     platforms.Feature
	call        func(*workspace, context.Context) (evidence string, err error)
}

// apiChecks are the calls for the APIs of the features that are on.
func apiChecks(on func(platforms.Feature) bool) []apiCheck {
	all := []apiCheck{
		{codeDirectory, "The Directory API answers", scopeUsers, platforms.FeatureDirectory, (*workspace).callDirectory},
		{codeChat, "The Chat API answers", scopeSpaces, platforms.FeatureRooms, (*workspace).callChat},
		{codeGroups, "Groups can be read", scopeGroups, platforms.FeatureScope, (*workspace).callGroups},
		{codeReports, "The audit log can be read", scopeAudit, platforms.FeatureHints, (*workspace).callReports},
		{codeLicensing, "The licensing API answers", scopeLicences, platforms.FeatureProvision, (*workspace).callLicensing},
		{codeEvents, "The Workspace Events API answers", scopeMessages, platforms.FeaturePush, (*workspace).callEvents},
		{codePush, "Announcements can be pulled", "", platforms.FeaturePush, (*workspace).callPubSub},
	}
	var list []apiCheck
	for _, c := range all {
		if on(c.feature) {
			list = append(list, c)
		}
	}
	return list
}

func (c apiCheck) check(w *workspace) platforms.Check {
	needs := []string{codeKey}
	if c.scope != "" {
		needs = w.needs(c.scope)
	}
	return platforms.Check{Code: c.code, Title: c.title, Needs: needs, Run: func(ctx context.Context) platforms.Finding {
		if f, missing := w.notReady(); missing {
			return f
		}
		evidence, err := c.call(w, ctx)
		if err != nil {
			return w.finding(err)
		}
		return platforms.Finding{Status: platforms.Pass, Evidence: evidence}
	}}
}

func (w *workspace) callDirectory(ctx context.Context) (string, error) {
	api, err := w.directory(ctx, w.asAdmin(scopeUsers))
	if err != nil {
		return "", err
	}
	_, err = api.Users.List().Customer("my_customer").MaxResults(1).Fields("users(id)").Context(ctx).Do()
	return "One account was read in the name of " + w.admin + ".", failed("read one account", err)
}

func (w *workspace) callChat(ctx context.Context) (string, error) {
	api, err := w.chat(ctx, w.asAdmin(scopeSpaces))
	if err != nil {
		return "", err
	}
	_, err = api.Spaces.Search().UseAdminAccess(true).Query(everySpace).PageSize(1).Context(ctx).Do()
	return "The organisation's spaces can be searched in the name of " + w.admin + ".", failed("search one space", err)
}

func (w *workspace) callGroups(ctx context.Context) (string, error) {
	api, err := w.directory(ctx, w.asAdmin(scopeGroups))
	if err != nil {
		return "", err
	}
	_, err = api.Groups.List().Customer("my_customer").MaxResults(1).Context(ctx).Do()
	return "The organisation's groups can be listed in the name of " + w.admin + ".", failed("list one group", err)
}

func (w *workspace) callReports(ctx context.Context) (string, error) {
	client, err := w.clientAs(w.asAdmin(scopeAudit), w.endpoints.reports)
	if err != nil {
		return "", err
	}
	api, err := reports.NewService(ctx, option.WithEndpoint(w.endpoints.reports), option.WithHTTPClient(client))
	if err != nil {
		return "", failed("audit log client", err)
	}
	_, err = api.Activities.List("all", "admin").MaxResults(1).Context(ctx).Do()
	return "The audit log was read in the name of " + w.admin + ".", failed("read one entry of the audit log", err)
}

func (w *workspace) callLicensing(ctx context.Context) (string, error) {
	api, err := (&licences{w}).api(ctx)
	if err != nil {
		return "", err
	}
	_, err = api.LicenseAssignments.ListForProduct(productWorkspace, w.env.Values.Get(keyTenant)).MaxResults(1).Context(ctx).Do()
	return "Licences can be read in the name of " + w.admin + ".", failed("read one licence", err)
}

func (w *workspace) callEvents(ctx context.Context) (string, error) {
	client, err := w.clientAs(w.asAdmin(scopeMessages), w.endpoints.workspaceevents)
	if err != nil {
		return "", err
	}
	api, err := workspaceevents.NewService(ctx, option.WithEndpoint(w.endpoints.workspaceevents), option.WithHTTPClient(client))
	if err != nil {
		return "", failed("Workspace Events client", err)
	}
	_, err = api.Subscriptions.List().Filter(`event_types:"google.workspace.chat.message.v1.created"`).PageSize(1).Context(ctx).Do()
	return "Subscriptions can be listed in the name of " + w.admin + ".", failed("list one subscription", err)
}

// callPubSub takes an announcement, if there is one, and gives it back at once: a
// role that lets the service account look at the subscription is not needed.
func (w *workspace) callPubSub(ctx context.Context) (string, error) {
	const op = "pull an announcement"
	p := newPush(w, nil)
	if p == nil {
		return "", &platforms.Error{Kind: platforms.Invalid, Op: "google: " + op, Code: codeNoTopic, Text: "the topic or the subscription is not named yet"}
	}
	api, err := p.pubsub(ctx)
	if err != nil {
		return "", err
	}
	ctx = transport.Idempotent(ctx)
	answer, err := api.Projects.Subscriptions.Pull(p.subscription, &pubsub.PullRequest{MaxMessages: 1, ReturnImmediately: true}).Context(ctx).Do()
	if err != nil {
		return "", failed(op, err)
	}
	for _, m := range answer.ReceivedMessages {
		back := &pubsub.ModifyAckDeadlineRequest{AckIds: []string{m.AckId}, ForceSendFields: []string{"AckDeadlineSeconds"}}
		if _, err := api.Projects.Subscriptions.ModifyAckDeadline(p.subscription, back).Context(ctx).Do(); err != nil {
			return "", failed("give an announcement back", err)
		}
	}
	return "Announcements can be pulled from " + p.subscription + ".", nil
}

// checkPerson proves that an ordinary user can use Chat: in the name of the test
// person it asks for the name of one message in a space that person is in.
func (w *workspace) checkPerson(ctx context.Context) platforms.Finding {
	if f, missing := w.notReady(); missing {
		return f
	}
	address := w.testPerson()
	if address == "" {
		return skipped("No test person has been chosen yet.", "Choose one in the step.")
	}
	who, err := w.lookUp(ctx, address)
	if err != nil {
		return w.finding(err)
	}
	if !who.usable {
		return platforms.Finding{
			Status: platforms.Fail, Cause: fmt.Sprintf("The account %s is suspended, archived or gone.", address),
			Fix: "Restore it, or choose another test person.", FixURL: placeOf(w.env.Values).users(),
		}
	}
	space, err := w.spaceOf(ctx, who.id)
	if err != nil {
		return w.finding(err)
	}
	if space == "" {
		return platforms.Finding{
			Status: platforms.Warn, Cause: fmt.Sprintf("%s is in none of the %d spaces that were used last, so Chat could not be tried in that person's name.", address, spacesTried),
			Fix: "Add the test person to a space, or choose somebody who is in one.",
		}
	}
	api, err := w.chat(ctx, actor{who.address, scopeMessages})
	if err == nil {
		_, err = api.Spaces.Messages.List(space).PageSize(1).Fields("messages(name)").Context(ctx).Do()
		err = failed("ask for one message", err)
	}
	if err != nil {
		return w.personFinding(who, err)
	}
	return platforms.Finding{Status: platforms.Pass, Evidence: fmt.Sprintf("Chat answers in the name of %s, an ordinary user of the organisational unit %s. No message was read.", address, who.orgUnit)}
}

// personFinding says what of the look-alikes it is, from what the directory knows.
func (w *workspace) personFinding(who account, err error) platforms.Finding {
	f := w.finding(err)
	if platforms.KindOf(err) != platforms.Forbidden {
		return f
	}
	off := platforms.Remedy{
		Cause: fmt.Sprintf("Google Chat is switched off for the organisational unit %s.", who.orgUnit),
		Fix:   "Switch it on; a change can take a day.", FixURL: placeOf(w.env.Values).apps(),
	}
	unlicensed := platforms.Remedy{
		Cause: fmt.Sprintf("%s has no licence that includes Google Chat.", who.address), Fix: "Assign one.", FixURL: placeOf(w.env.Values).users(),
	}
	first, second := off, unlicensed
	if !who.licensed {
		first, second = unlicensed, off
	}
	f.Cause, f.Fix, f.FixURL, f.Others = first.Cause, first.Fix, first.FixURL, []platforms.Remedy{second}
	return f
}

// spaceOf finds a space that an account is in, among those used last; "" for none.
func (w *workspace) spaceOf(ctx context.Context, id platforms.UserID) (string, error) {
	api, err := w.chat(ctx, w.asAdmin(scopeSpaces))
	if err != nil {
		return "", err
	}
	answer, err := api.Spaces.Search().UseAdminAccess(true).Query(everySpace).OrderBy("last_active_time DESC").PageSize(spacesTried).Context(ctx).Do()
	if err != nil {
		return "", failed("search spaces", err)
	}
	members, err := w.chat(ctx, w.asAdmin(scopeMemberships))
	if err != nil {
		return "", err
	}
	for _, s := range answer.Spaces {
		in := false
		err := members.Spaces.Members.List(s.Name).UseAdminAccess(true).Filter(`member.type = "HUMAN"`).PageSize(membersPerPage).Pages(ctx, func(r *chat.ListMembershipsResponse) error {
			for _, m := range r.Memberships {
				in = in || m.State == "JOINED" && m.Member != nil && userID(m.Member.Name) == id
			}
			return nil
		})
		if err != nil {
			return "", failed("read who is in a space", err)
		}
		if in {
			return s.Name, nil
		}
	}
	return "", nil
}

// account is an account as the checks look at it.
type account struct {
	person
	id      platforms.UserID
	orgUnit string
}

// lookUp reads one account by its address.
func (w *workspace) lookUp(ctx context.Context, address string) (account, error) {
	api, err := w.directory(ctx, w.asAdmin(scopeUsers))
	if err != nil {
		return account{}, err
	}
	var a *admin.User
	a, err = api.Users.Get(address).Fields(personFields + ",orgUnitPath").Context(ctx).Do()
	if err != nil {
		return account{}, failed("read the test person's account", err)
	}
	return account{person: personOf(a), id: platforms.UserID(a.Id), orgUnit: orRoot(a.OrgUnitPath)}, nil
}

func orRoot(path string) string {
	if strings.TrimSpace(path) == "" {
		return "/"
	}
	return path
}
