package ui

import "context"

// RoomsHub is what the Spaces & channels screen needs of the hub.
type RoomsHub interface {
	RoomsSummary(ctx context.Context) (RoomsSummary, error)
	Rooms(ctx context.Context, query RoomQuery) ([]RoomRow, error)
	// Room answers what the drawer shows: members, and who would newly read what.
	Room(ctx context.Context, id string) (RoomDetail, error)
	// RoomChoices lists what the room on the other side may be, best first.
	RoomChoices(ctx context.Context, id, search string) ([]RoomSide, error)
	PauseRoom(ctx context.Context, id string, on bool) error
	UnlinkRoom(ctx context.Context, id string) error
	// ProposeLink puts the link into the plan; nothing is linked by it. left and
	// right are RoomSide ids; right "" takes the suggestion.
	ProposeLink(ctx context.Context, left, right string) error
}

// RoomQuery narrows the list.
type RoomQuery struct {
	State  RoomState `json:"state"` // "" for all
	Search string    `json:"search"`
}

// RoomsSummary counts by state.
type RoomsSummary struct {
	All        int `json:"all"`
	Linked     int `json:"linked"`
	Paused     int `json:"paused"`
	Suggested  int `json:"suggested"`
	Unlinked   int `json:"unlinked"`
	Unlinkable int `json:"unlinkable"`
}

// RoomSide is one platform's room in a row; an empty ID stands for none.
type RoomSide struct {
	ID       string `json:"id"`
	Platform string `json:"platform"`
	Name     string `json:"name"`
	Group    string `json:"group"` // the team
	Kind     string `json:"kind"`  // "space", "channel", "private channel"
	Members  int    `json:"members"`
	URL      string `json:"url"`
}

// RoomRow is a pair of rooms, or a room alone.
type RoomRow struct {
	ID    string    `json:"id"`
	Left  RoomSide  `json:"left"`
	Right RoomSide  `json:"right"`
	State RoomState `json:"state"`
	// Reason is why it is suggested, paused or cannot be linked.
	Reason      string `json:"reason"`
	LastMessage string `json:"lastMessage"` // RFC 3339; "" for none yet
	Carried     int    `json:"carried"`     // messages, both ways
	Waiting     int    `json:"waiting"`
	InPlan      bool   `json:"inPlan"` // a proposed action is about it
}

// RoomDetail is what the drawer shows.
type RoomDetail struct {
	Row     RoomRow      `json:"row"`
	Members []RoomPerson `json:"members"`
	Readers []Reader     `json:"readers"` // who will newly be able to read, or does since the link
	Notes   []Note       `json:"notes"`   // retention, history off, label, seats
}

// RoomPerson is a member of either room.
type RoomPerson struct {
	Name        string `json:"name"`
	Address     string `json:"address"`
	Platform    string `json:"platform"`
	Kind        string `json:"kind"`        // "internal", "guest", "external", "app"
	Counterpart string `json:"counterpart"` // the matched account's address; "" for none
}

// Reader is somebody who can newly read what the other side writes.
type Reader struct {
	Name     string `json:"name"`
	Address  string `json:"address"`
	Platform string `json:"platform"` // where they sit
	Kind     string `json:"kind"`     // "internal", "guest", "external", "unmatched"
	Reads    string `json:"reads"`    // what they can newly read: the room's name on the other side
}

// Rooms is the Spaces & channels screen.
type Rooms struct {
	screen
	hub RoomsHub
}

// Summary counts by state.
func (r *Rooms) Summary() (RoomsSummary, error) { return r.hub.RoomsSummary(r.ctx) }

// List answers every row that fits the query.
func (r *Rooms) List(query RoomQuery) ([]RoomRow, error) {
	rows, err := r.hub.Rooms(r.ctx, query)
	return full(rows), err
}

// Detail answers what the drawer shows.
func (r *Rooms) Detail(id string) (RoomDetail, error) {
	d, err := r.hub.Room(r.ctx, id)
	d.Members, d.Readers, d.Notes = full(d.Members), full(d.Readers), full(d.Notes)
	return d, err
}

// Choices lists what a room may be linked with, best first.
func (r *Rooms) Choices(id, search string) ([]RoomSide, error) {
	list, err := r.hub.RoomChoices(r.ctx, id, search)
	return full(list), err
}

// Pause stops carrying messages for a while, or goes on.
func (r *Rooms) Pause(id string, on bool) error {
	defer r.events.Emit(string(TopicRooms))
	return r.hub.PauseRoom(r.ctx, id, on)
}

// Unlink stops carrying messages; what was carried stays.
func (r *Rooms) Unlink(id string) error {
	defer r.events.Emit(string(TopicRooms))
	return r.hub.UnlinkRoom(r.ctx, id)
}

// ProposeLink puts the link into the plan.
func (r *Rooms) ProposeLink(left, right string) error {
	defer func() {
		for _, t := range []Topic{TopicRooms, TopicPlan, TopicStatus} {
			r.events.Emit(string(t))
		}
	}()
	return r.hub.ProposeLink(r.ctx, left, right)
}
