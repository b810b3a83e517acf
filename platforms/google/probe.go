package google

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
	"miohub/platforms/transport"
)

const (
	codeInvitations = "google.invitations"

	// keyProbe journals a temporary space: the request id that it is made with,
	// and its name once it is known, separated by a blank.
	keyProbe = "probe.space"

	cleanUpTime = time.Minute // how long removing the space may go on after a check was left
)

// checkInvitations proves whether people join a space without accepting: as the
// administrator it makes a temporary space, adds the test person and reads the
// membership's state, which is JOINED or INVITED (Chat API, Membership.State). The
// space is removed whatever happens; what cannot be removed is told with its link,
// and tried again by resume.
func (w *workspace) checkInvitations(ctx context.Context) platforms.Finding {
	if f, missing := w.notReady(); missing {
		return f
	}
	address := w.testPerson()
	if address == "" {
		return skipped("No test person has been chosen yet.", "Choose somebody of the organisational unit in question, other than yourself.")
	}
	if strings.EqualFold(address, w.admin) {
		return skipped("The test person is the administrator, who would be in the space anyway.", "Choose somebody else.")
	}
	if err := w.resume(ctx); err != nil {
		return w.left(w.finding(err))
	}
	who, err := w.lookUp(ctx, address)
	if err != nil {
		return w.finding(err)
	}
	state, err := w.tryInvitation(ctx, who.id)
	cleared := w.clearProbe(ctx)
	var f platforms.Finding
	if err != nil {
		f = w.finding(err)
	} else {
		f = w.invitationFinding(address, who.orgUnit, state)
	}
	if cleared != nil {
		return w.left(f)
	}
	return f
}

func (w *workspace) invitationFinding(address, orgUnit, state string) platforms.Finding {
	switch state {
	case "JOINED":
		return platforms.Finding{
			Status:   platforms.Pass,
			Evidence: fmt.Sprintf("%s joined a temporary space without accepting anything. That proves the organisational unit %s, and no other. The space was removed.", address, orgUnit),
		}
	case "INVITED":
		return platforms.Finding{
			Status: platforms.Fail, Evidence: fmt.Sprintf("%s was merely invited to a temporary space, which was removed.", address),
			Cause:  fmt.Sprintf("Invitations are not accepted automatically in the organisational unit %s.", orgUnit),
			Fix:    "In the Admin Console, switch “Automatically accept invitations between users” on for it. A change can take a day.",
			FixURL: consoleURL(w.env.Values, "/ac/appslist/core"),
		}
	}
	return platforms.Finding{
		Status: platforms.Warn, Evidence: fmt.Sprintf("Google says that the membership of %s is %q.", address, state),
		Cause: "Google's answer does not tell whether the invitation was accepted.", Fix: "Try it again, with another test person.",
	}
}

// tryInvitation makes the temporary space and answers the state of the test
// person's membership. What it makes is in the journal first.
func (w *workspace) tryInvitation(ctx context.Context, person platforms.UserID) (string, error) {
	request := strings.ToLower(rand.Text())
	if err := w.env.Values.Put(ctx, keyProbe, request); err != nil {
		return "", fmt.Errorf("google: note the temporary space: %w", err)
	}
	space, err := w.probeSpace(ctx, request)
	if err != nil {
		if refusedOutright(err) {
			// Nothing was made, so there is nothing to remove.
			err = errors.Join(err, w.env.Values.Delete(context.WithoutCancel(ctx), keyProbe))
		}
		return "", err
	}
	api, err := w.chat(ctx, w.asAdmin(scopeMembersAs))
	if err != nil {
		return "", err
	}
	m, err := api.Spaces.Members.Create(space, &chat.Membership{
		Member: &chat.User{Name: "users/" + string(person), Type: "HUMAN"},
	}).Context(ctx).Do()
	if err != nil {
		return "", failed("add the test person to the temporary space", err)
	}
	return m.State, nil
}

// refusedOutright reports whether a failed call cannot have had an effect.
func refusedOutright(err error) bool {
	switch platforms.KindOf(err) {
	case platforms.Forbidden, platforms.Invalid, platforms.Unsupported, platforms.SignInAgain, platforms.Conflict, platforms.NotFound:
		return true
	}
	return false
}

// probeSpace is the temporary space of a request id: Google makes it once, and
// answers the same one whenever the id comes again.
func (w *workspace) probeSpace(ctx context.Context, request string) (string, error) {
	api, err := w.chat(ctx, w.asAdmin(scopeSpaceMake))
	if err != nil {
		return "", err
	}
	s, err := api.Spaces.Create(&chat.Space{
		SpaceType: "SPACE", DisplayName: "Mio Hub test " + request[:8] + " (removes itself)",
	}).RequestId(request).Context(transport.Idempotent(ctx)).Do()
	if err != nil {
		return "", failed("make a temporary space", err)
	}
	if err := w.env.Values.Put(context.WithoutCancel(ctx), keyProbe, request+" "+s.Name); err != nil {
		return "", fmt.Errorf("google: note the temporary space: %w", err)
	}
	return s.Name, nil
}

// resume removes a temporary space that a check left behind, because the app was
// closed or the network failed in the middle of it.
func (w *workspace) resume(ctx context.Context) error {
	if w.env.Values.Get(keyProbe) == "" || w.account == nil || w.admin == "" {
		return nil
	}
	return w.clearProbe(ctx)
}

// clearProbe removes the space in the journal and then its entry. It goes on
// when the check itself was left, for a while.
func (w *workspace) clearProbe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTime)
	defer cancel()
	request, space, _ := strings.Cut(w.env.Values.Get(keyProbe), " ")
	if request == "" {
		return nil
	}
	if space == "" {
		// Whether it was made is not known: the same request tells its name.
		var err error
		if space, err = w.probeSpace(ctx, request); err != nil {
			return err
		}
	}
	api, err := w.chat(ctx, w.asAdmin(scopeSpaceDelete))
	if err != nil {
		return err
	}
	_, err = api.Spaces.Delete(space).Context(ctx).Do()
	if err = failed("remove the temporary space", err); err != nil && platforms.KindOf(err) != platforms.NotFound {
		w.env.Log.WarnContext(ctx, "temporary space could not be removed", "space", space, "error", err)
		return err
	}
	if err := w.env.Values.Delete(ctx, keyProbe); err != nil {
		return fmt.Errorf("google: forget the temporary space: %w", err)
	}
	return nil
}

// probeLeft is the temporary space that could not be removed yet.
func (w *workspace) probeLeft() (platforms.Leftover, bool) {
	request, space, _ := strings.Cut(w.env.Values.Get(keyProbe), " ")
	switch {
	case request == "":
		return platforms.Leftover{}, false
	case space == "":
		return platforms.Leftover{What: "A temporary space “Mio Hub test " + request[:min(8, len(request))] + "”, if it was made", URL: "https://mail.google.com/chat"}, true
	}
	return platforms.Leftover{What: "The temporary space of the test of invitations", URL: spaceURL(space)}, true
}

// left adds to a finding that the temporary space still stands.
func (w *workspace) left(f platforms.Finding) platforms.Finding {
	l, there := w.probeLeft()
	if !there {
		return f
	}
	if f.Status == platforms.Pass {
		f.Status = platforms.Warn
	}
	remedy := platforms.Remedy{
		Cause: "The temporary space could not be removed.", Fix: "Mio Hub tries again at its next start. Or remove it by hand.", FixURL: l.URL,
	}
	if f.Cause == "" {
		f.Cause, f.Fix, f.FixURL = remedy.Cause, remedy.Fix, remedy.FixURL
		return f
	}
	f.Others = append(f.Others, remedy)
	return f
}

// testPerson is the address of the chosen test person, "" when there is none.
func (w *workspace) testPerson() string {
	for _, address := range strings.Fields(w.env.Values.Get(platforms.KeyTestPeople)) {
		return strings.ToLower(address)
	}
	return ""
}
