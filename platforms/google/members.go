package google

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
	"miohub/platforms/transport"
)

// memberEditor changes who is in a space, with the administrator's privileges.
type memberEditor struct{ w *workspace }

// codeInvited is the code of a person who has to accept before being a member.
const codeInvited = "only-invited"

// Add makes a person of the organisation a member. Administrators' privileges
// add neither outsiders nor apps. Somebody who was merely invited, because
// invitations are not accepted automatically, is Forbidden with what to do.
func (m *memberEditor) Add(ctx context.Context, room platforms.RoomID, user, _ platforms.UserID) error {
	const op = "add member"
	if err := m.insider(ctx, op, user); err != nil {
		return err
	}
	api, err := m.w.chat(ctx, m.w.asAdmin(scopeMembersEdit))
	if err != nil {
		return err
	}
	made, err := api.Spaces.Members.Create(string(room), &chat.Membership{Member: &chat.User{Name: "users/" + string(user), Type: "HUMAN"}}).
		UseAdminAccess(true).Context(transport.Idempotent(ctx)).Do()
	err = failed(op, err)
	if platforms.KindOf(err) == platforms.Conflict { // a member already, or invited before
		made, err = api.Spaces.Members.Get(memberName(room, user)).UseAdminAccess(true).Context(ctx).Do()
		err = failed("look at a membership", err)
	}
	if err != nil {
		return err
	}
	if made.State == "INVITED" {
		return &platforms.Error{
			Kind: platforms.Forbidden, Op: "google: " + op, Code: codeInvited, Time: m.w.env.Now(),
			Text: "the person was invited and has to accept the invitation; where invitations between users are accepted automatically, nobody has to",
		}
	}
	return nil
}

// memberName is the name of somebody's membership.
func memberName(room platforms.RoomID, user platforms.UserID) string {
	return string(room) + "/members/" + string(user)
}

// Remove ends a person's membership.
func (m *memberEditor) Remove(ctx context.Context, room platforms.RoomID, user, _ platforms.UserID) error {
	const op = "remove member"
	if err := aPerson(op, user); err != nil {
		return err
	}
	api, err := m.w.chat(ctx, m.w.asAdmin(scopeMembersEdit))
	if err != nil {
		return err
	}
	_, err = api.Spaces.Members.Delete(memberName(room, user)).UseAdminAccess(true).Context(transport.Idempotent(ctx)).Do()
	err = failed(op, err)
	if platforms.KindOf(err) == platforms.NotFound {
		return nil
	}
	return err
}

// aPerson refuses what is no person's account.
func aPerson(op string, user platforms.UserID) error {
	if user != appUser && !strings.Contains(string(user), "/") {
		return nil
	}
	return &platforms.Error{
		Kind: platforms.Unsupported, Op: "google: " + op, Code: "not-a-person",
		Text: "only people are added and removed; Chat apps and groups are not",
	}
}

// insider refuses accounts that administrators cannot add.
func (m *memberEditor) insider(ctx context.Context, op string, user platforms.UserID) error {
	if err := aPerson(op, user); err != nil {
		return err
	}
	who, err := m.w.people.who(ctx, user)
	if err != nil {
		return err
	}
	if who.address == "" {
		return &platforms.Error{
			Kind: platforms.Unsupported, Op: "google: " + op, Code: "outsider",
			Text: fmt.Sprintf("the account %s is not in your organisation; only a member of the space can invite it, in Google Chat", user),
		}
	}
	return nil
}
