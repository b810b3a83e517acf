package microsoft

import (
	"context"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/transport"
)

// roomEditor renames channels and seats accounts in teams, as the application.
type roomEditor struct{ graph *graph.Client }

// Rename implements platforms.RoomEditor.
func (r *roomEditor) Rename(ctx context.Context, room platforms.RoomID, name string) error {
	p, err := place(room)
	if err != nil {
		return err
	}
	if why := channelName(name); why != "" {
		return &platforms.Error{Kind: platforms.Invalid, Op: "microsoft: rename channel", Text: why}
	}
	return fail("rename channel", r.graph.RenameChannel(transport.Idempotent(ctx), p.Team, p.Channel, name), harmless)
}

// Seat implements platforms.RoomEditor: a member of the team is a member of its
// standard channels. Graph takes four new members a minute in a team.
func (r *roomEditor) Seat(ctx context.Context, room platforms.RoomID, account, _ platforms.UserID) error {
	p, err := place(room)
	if err != nil {
		return err
	}
	return seat(ctx, r.graph, p.Team, string(account), false)
}
