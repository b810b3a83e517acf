package microsoft

import (
	"context"
	"slices"
	"strings"
	"sync"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

// rooms reads teams, their channels and members.
type rooms struct {
	graph  *graph.Client
	tenant string

	mu    sync.Mutex
	kinds map[platforms.RoomID]string // membershipType, which never changes
}

// kind is a channel's membershipType, read once.
func (r *rooms) kind(ctx context.Context, room platforms.RoomID, p graph.Place) (string, error) {
	r.mu.Lock()
	known, ok := r.kinds[room]
	r.mu.Unlock()
	if ok {
		return known, nil
	}
	c, err := r.graph.Channel(ctx, p.Team, p.Channel)
	if err != nil {
		return "", err
	}
	r.note(room, c)
	return c.MembershipType, nil
}

func (r *rooms) note(room platforms.RoomID, c graph.Channel) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kinds == nil {
		r.kinds = map[platforms.RoomID]string{}
	}
	r.kinds[room] = c.MembershipType
}

// standard is the place of a channel whose members are its team's. Any other is
// refused: what is done to the team would reach people who are not in it.
func (r *rooms) standard(ctx context.Context, op string, room platforms.RoomID) (graph.Place, error) {
	p, err := place(room)
	if err != nil {
		return p, err
	}
	kind, err := r.kind(ctx, room, p)
	if err != nil {
		return p, fail("read channel", err, harmless)
	}
	if kind != "" && kind != "standard" {
		return p, &platforms.Error{Kind: platforms.Unsupported, Op: "microsoft: " + op, Text: "A " + kind + " channel has members of its own, which are not touched here."}
	}
	return p, nil
}

// roomID names a channel: "team/channel".
func roomID(team, channel string) platforms.RoomID {
	return platforms.RoomID(team + "/" + channel)
}

// place parses a room id.
func place(room platforms.RoomID) (graph.Place, error) {
	team, channel, ok := strings.Cut(string(room), "/")
	if !ok || team == "" || channel == "" {
		return graph.Place{}, &platforms.Error{Kind: platforms.NotFound, Op: "microsoft: parse room id", Text: "not a channel of Microsoft Teams: " + string(room)}
	}
	return graph.Place{Team: team, Channel: channel}, nil
}

// List implements platforms.Rooms: a page for each team.
func (r *rooms) List(ctx context.Context, page func([]platforms.Room) error) error {
	var teams []graph.Team
	err := r.graph.Teams(ctx, func(some []graph.Team) error { teams = append(teams, some...); return nil })
	if err != nil {
		return fail("list teams", err, harmless)
	}
	for _, t := range teams {
		channels, err := r.graph.Channels(ctx, t.ID)
		if err = fail("list channels", err, harmless); platforms.KindOf(err) == platforms.NotFound {
			continue // deleted since it was listed, or a group whose team was never made
		}
		if err != nil {
			return err
		}
		list := make([]platforms.Room, len(channels))
		for i, c := range channels {
			list[i] = room(t, c)
			r.note(list[i].ID, c)
		}
		if len(list) == 0 {
			continue
		}
		if err := page(list); err != nil {
			return err
		}
	}
	return nil
}

func room(t graph.Team, c graph.Channel) platforms.Room {
	out := platforms.Room{
		ID: roomID(t.ID, c.ID), Name: c.DisplayName, Description: c.Description,
		Group: t.DisplayName, GroupID: t.ID, Kind: platforms.Channel, Threaded: true,
		Archived: t.IsArchived || c.IsArchived, URL: c.WebURL,
	}
	switch c.MembershipType {
	case "", "standard":
	case "private":
		out.Kind = platforms.PrivateChannel
		out.Unlinkable = "A private channel has members of its own, and only its owners can add the bridge account. Private channels are not linked."
	case "shared":
		out.Kind, out.External = platforms.SharedChannel, true
		out.Unlinkable = "A shared channel may be read by other organisations. Shared channels are not linked."
	default:
		out.Unlinkable = "This kind of channel (" + c.MembershipType + ") is not known to the hub."
	}
	if out.Archived {
		out.Unlinkable = "The channel is archived: nobody can post in it."
	}
	return out
}

// Members implements platforms.Rooms. The members of a standard channel are
// those of its team.
func (r *rooms) Members(ctx context.Context, room platforms.RoomID, page func([]platforms.RoomMember) error) error {
	p, err := place(room)
	if err != nil {
		return err
	}
	err = r.graph.TeamMembers(ctx, p.Team, func(some []graph.Member) error {
		list := make([]platforms.RoomMember, len(some))
		for i, m := range some {
			list[i] = r.member(m)
		}
		return page(list)
	})
	return fail("list members", err, harmless)
}

func (r *rooms) member(m graph.Member) platforms.RoomMember {
	out := platforms.RoomMember{
		User: platforms.UserID(m.UserID), Name: m.DisplayName, Address: strings.ToLower(m.Email),
		Kind: platforms.InsideMember, Owner: slices.Contains(m.Roles, "owner"),
	}
	switch {
	case slices.Contains(m.Roles, "guest"):
		out.Kind = platforms.GuestMember
	case m.TenantID != "" && !strings.EqualFold(m.TenantID, r.tenant):
		out.Kind = platforms.OutsideMember
	}
	return out
}
