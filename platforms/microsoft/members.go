package microsoft

import (
	"context"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

// memberEditor changes who is in a team, as the application. Graph takes four
// new members a minute in a team.
type memberEditor struct {
	graph *graph.Client
	rooms *rooms
}

// Add implements platforms.MemberEditor: a member of the team is a member of its
// standard channels, of every one.
func (m *memberEditor) Add(ctx context.Context, room platforms.RoomID, user, _ platforms.UserID) error {
	p, err := m.rooms.standard(ctx, "add member", room)
	if err != nil {
		return err
	}
	who, err := m.graph.User(ctx, string(user))
	if err != nil {
		return fail("read the account to be added", err, harmless)
	}
	return seat(ctx, m.graph, p.Team, who.ID, who.UserType == "Guest")
}

// seat makes an account a member of a team; a no-op when it is one.
func seat(ctx context.Context, g *graph.Client, team, user string, guest bool) error {
	err := fail("add member", g.AddTeamMember(transport.Idempotent(ctx), team, user, guest), harmless)
	if platforms.KindOf(err) == platforms.Conflict {
		return nil
	}
	return err
}

// Remove implements platforms.MemberEditor. Whoever leaves a team leaves all of
// its channels; owners are refused.
func (m *memberEditor) Remove(ctx context.Context, room platforms.RoomID, user, _ platforms.UserID) error {
	p, err := m.rooms.standard(ctx, "remove member", room)
	if err != nil {
		return err
	}
	seat, found, err := m.graph.TeamMember(ctx, p.Team, string(user))
	if err != nil {
		return fail("look for the member", err, harmless)
	}
	if !found {
		return nil
	}
	err = fail("remove member", m.graph.RemoveTeamMember(transport.Idempotent(ctx), p.Team, seat.ID), harmless)
	if platforms.KindOf(err) == platforms.NotFound {
		return nil // gone meanwhile
	}
	return err
}
