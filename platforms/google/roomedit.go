package google

import (
	"context"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
	"miohub/platforms/transport"
)

// roomEditor changes spaces.
type roomEditor struct {
	w       *workspace
	rooms   *rooms
	readers *readers
}

// Rename sets a space's display name with the administrator's privileges.
func (e *roomEditor) Rename(ctx context.Context, room platforms.RoomID, name string) error {
	api, err := e.w.chat(ctx, e.w.asAdmin(scopeSpacesEdit))
	if err != nil {
		return err
	}
	_, err = api.Spaces.Patch(string(room), &chat.Space{DisplayName: name}).
		UpdateMask("displayName").UseAdminAccess(true).Context(transport.Idempotent(ctx)).Do()
	return failed("rename space", err)
}

// Seat adds the Chat app to a space in the name of by, one of its members; with
// nobody named, of the member in whose name the space is read. An administrator
// who is no member cannot: admin access adds no apps.
func (e *roomEditor) Seat(ctx context.Context, room platforms.RoomID, seat, by platforms.UserID) error {
	const op = "add the Chat app"
	if seat != appUser {
		return &platforms.Error{Kind: platforms.Unsupported, Op: "google: " + op, Text: "only the Chat app itself can be given a seat"}
	}
	add := func(a actor) error {
		api, err := e.w.chat(ctx, actor{a.subject, scopeAddApp})
		if err != nil {
			return err
		}
		_, err = api.Spaces.Members.Create(string(room), &chat.Membership{
			Member: &chat.User{Name: "users/app", Type: "BOT"},
		}).Context(transport.Idempotent(ctx)).Do()
		err = failed(op, err)
		if platforms.KindOf(err) == platforms.Conflict {
			return nil // it sits there already
		}
		return err
	}
	err := e.asMember(ctx, room, by, add)
	if err == nil {
		e.rooms.noteSeat(room)
	}
	return err
}

func (e *roomEditor) asMember(ctx context.Context, room platforms.RoomID, by platforms.UserID, f func(actor) error) error {
	if by == "" {
		return e.readers.withReader(ctx, room, f)
	}
	address, err := e.w.addressOf(ctx, by)
	if err != nil {
		return err
	}
	return f(actor{subject: address})
}

// addressOf is the address of an account that can act.
func (w *workspace) addressOf(ctx context.Context, id platforms.UserID) (string, error) {
	who, err := w.people.who(ctx, id)
	if err != nil {
		return "", err
	}
	if !who.usable {
		w.people.forget(id)
		return "", &platforms.Error{
			Kind: platforms.Forbidden, Op: "google: act for " + string(id), Code: codeNotUsable,
			Text: "the account is suspended, archived or gone",
		}
	}
	return who.address, nil
}
