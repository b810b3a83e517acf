package google

import (
	"context"
	"strings"
	"sync"
	"time"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
)

const (
	roomsPerPage   = 1000 // the most spaces.search gives with admin access
	membersPerPage = 1000 // the most members.list gives
	everySpace     = `customer = "customers/my_customer" AND space_type = "SPACE"`
	// appUser is how Google names the calling Chat app ("users/app").
	appUser = platforms.UserID("app")
	// seatsFresh is how long the list of spaces the app sits in is believed.
	seatsFresh = 5 * time.Minute
)

// rooms reads spaces and their members with the administrator's privileges.
type rooms struct {
	w *workspace

	mu      sync.Mutex
	seated  map[platforms.RoomID]bool // the spaces the Chat app sits in
	learned time.Time
}

func newRooms(w *workspace) *rooms { return &rooms{w: w} }

// List delivers every named space of the organisation.
func (r *rooms) List(ctx context.Context, page func([]platforms.Room) error) error {
	api, err := r.w.chat(ctx, r.w.asAdmin(scopeSpaces))
	if err != nil {
		return err
	}
	r.forgetSeats()
	var stopped error
	err = api.Spaces.Search().UseAdminAccess(true).Query(everySpace).PageSize(roomsPerPage).
		Pages(ctx, func(answer *chat.SearchSpacesResponse) error {
			spaces := answer.Spaces
			if len(answer.Results) > 0 {
				spaces = nil
				for _, result := range answer.Results {
					spaces = append(spaces, result.Space)
				}
			}
			list := make([]platforms.Room, 0, len(spaces))
			for _, s := range spaces {
				if s != nil {
					list = append(list, roomOf(s))
				}
			}
			stopped = page(list)
			return stopped
		})
	if stopped != nil {
		return stopped
	}
	return failed("list spaces", err)
}

func roomOf(s *chat.Space) platforms.Room {
	room := platforms.Room{
		ID: platforms.RoomID(s.Name), Name: s.DisplayName, Kind: platforms.Space,
		Threaded:   s.SpaceThreadingState == "THREADED_MESSAGES" || s.SpaceThreadingState == "GROUPED_MESSAGES",
		HistoryOff: s.SpaceHistoryState == "HISTORY_OFF", External: s.ExternalUserAllowed,
		URL: s.SpaceUri, Unlinkable: unlinkable(s),
	}
	if s.SpaceDetails != nil {
		room.Description = s.SpaceDetails.Description
	}
	if at, err := time.Parse(time.RFC3339Nano, s.LastActiveTime); err == nil {
		room.LastActive = at
	}
	if room.URL == "" {
		room.URL = "https://mail.google.com/chat/u/0/#chat/space/" + strings.TrimPrefix(s.Name, "spaces/")
	}
	if s.SpaceType == "GROUP_CHAT" {
		room.Kind = platforms.GroupChat
	}
	return room
}

// unlinkable is the reason why a space cannot be linked, "" when it can.
func unlinkable(s *chat.Space) string {
	switch {
	case s.ImportMode:
		return "It is being imported and nobody can see it yet."
	case s.SpaceType == "DIRECT_MESSAGE":
		return "It is a conversation between two people."
	case s.SpaceType == "GROUP_CHAT":
		return "It is a group conversation without a name."
	case s.DisplayName == "":
		return "It has no name."
	}
	return ""
}

// Members delivers everybody who has joined, groups included, and the Chat app
// where it sits in the space: admin access does not list apps.
func (r *rooms) Members(ctx context.Context, room platforms.RoomID, page func([]platforms.RoomMember) error) error {
	seated, err := r.hasApp(ctx, room)
	if err != nil {
		return err
	}
	if err := r.people(ctx, room, page); err != nil {
		return err
	}
	if !seated {
		return nil
	}
	return page([]platforms.RoomMember{{User: appUser, Name: "Mio (Chat app)", Kind: platforms.AppMember}})
}

// people delivers the members that admin access lists.
func (r *rooms) people(ctx context.Context, room platforms.RoomID, page func([]platforms.RoomMember) error) error {
	api, err := r.w.chat(ctx, r.w.asAdmin(scopeMemberships))
	if err != nil {
		return err
	}
	var stopped error
	err = api.Spaces.Members.List(string(room)).UseAdminAccess(true).Filter(`member.type != "BOT"`).
		ShowGroups(true).PageSize(membersPerPage).
		Pages(ctx, func(answer *chat.ListMembershipsResponse) error {
			list := make([]platforms.RoomMember, 0, len(answer.Memberships))
			for _, m := range answer.Memberships {
				if member, ok := memberOf(m); ok {
					list = append(list, member)
				}
			}
			stopped = page(list)
			return stopped
		})
	if stopped != nil {
		return stopped
	}
	return failed("list members", err)
}

// memberOf maps a membership; ok is false for one that reads nothing yet.
func memberOf(m *chat.Membership) (member platforms.RoomMember, ok bool) {
	if m.DeleteTime != "" || m.State != "" && m.State != "JOINED" {
		return member, false
	}
	member.Owner = m.Role == "ROLE_MANAGER"
	switch {
	case m.Member != nil:
		member.User, member.Name, member.Address = userID(m.Member.Name), m.Member.DisplayName, strings.ToLower(m.Member.Email)
	case m.GroupMember != nil:
		// Everybody in the group can read. Who that is, Chat does not tell.
		member.User, member.Name = platforms.UserID(m.GroupMember.Name), "a Google Group"
	default:
		return member, false
	}
	switch m.Affiliation {
	case "EXTERNAL":
		member.Kind = platforms.OutsideMember
	case "MANAGED_EXTERNAL":
		member.Kind = platforms.GuestMember
	default:
		member.Kind = platforms.InsideMember
	}
	if m.Member != nil && m.Member.Type == "BOT" {
		member.Kind = platforms.AppMember
	}
	return member, true
}

// userID is the Directory's id in a Chat user's name, "users/123" or "users/app".
func userID(name string) platforms.UserID {
	return platforms.UserID(strings.TrimPrefix(name, "users/"))
}

// hasApp tells whether the Chat app sits in the space. The app itself is asked
// for all its spaces at once, and the answer kept for a while.
func (r *rooms) hasApp(ctx context.Context, room platforms.RoomID) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seated != nil && r.w.env.Now().Sub(r.learned) < seatsFresh {
		return r.seated[room], nil
	}
	api, err := r.w.chat(ctx, actor{"", scopeBot})
	if err != nil {
		return false, err
	}
	seated := map[platforms.RoomID]bool{}
	err = api.Spaces.List().PageSize(roomsPerPage).Pages(ctx, func(answer *chat.ListSpacesResponse) error {
		for _, s := range answer.Spaces {
			seated[platforms.RoomID(s.Name)] = true
		}
		return nil
	})
	if err != nil {
		return false, failed("list the Chat app's spaces", err)
	}
	r.seated, r.learned = seated, r.w.env.Now()
	return seated[room], nil
}

func (r *rooms) forgetSeats() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seated = nil
}

func (r *rooms) noteSeat(room platforms.RoomID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seated != nil {
		r.seated[room] = true
	}
}
