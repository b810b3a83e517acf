package platforms

import (
	"context"
	"time"
)

// User is one platform's account.
type User struct {
	ID         UserID    `json:"id"`
	Address    string    `json:"address"`   // primary e-mail address, lower case
	Login      string    `json:"login"`     // sign-in name where it differs from Address (UPN), lower case
	Addresses  []string  `json:"addresses"` // every address incl. aliases and the primary, lower case
	Name       string    `json:"name"`
	GivenName  string    `json:"givenName"`
	FamilyName string    `json:"familyName"`
	EmployeeID string    `json:"employeeId"`
	OrgUnit    string    `json:"orgUnit"` // "/Sales/EMEA" or department
	Kind       UserKind  `json:"kind"`
	State      UserState `json:"state"`
	Licence    Licence   `json:"licence"`
	Admin      bool      `json:"admin"`
}

// UserKind tells members from guests.
type UserKind string

// The kinds of account.
const (
	Member UserKind = "member"
	Guest  UserKind = "guest"
)

// UserState is whether an account can be used.
type UserState string

// The states of an account.
const (
	Active    UserState = "active"
	Suspended UserState = "suspended"
	Deleted   UserState = "deleted"
)

// Licence is whether an account may use chat on its platform.
type Licence string

// The licence states.
const (
	Licensed        Licence = "licensed"
	Unlicensed      Licence = "unlicensed"
	LicenceUnknown  Licence = "unknown"
	LicenceNotAsked Licence = "" // the platform does not tell
)

// UserPage is one page of a directory read.
type UserPage struct {
	Users   []User
	Removed []UserID // deleted at the source, as the source says itself
}

// Reading is the outcome of a directory read that reached its end.
type Reading struct {
	Cursor Cursor // where the next read starts; "" when the platform has no delta
	// Full says that every present account was delivered, so that absence is
	// deletion. A delta is never full.
	Full bool
}

// Users reads a directory.
type Users interface {
	// Read delivers pages until the end. An empty cursor, or one the platform no
	// longer accepts, makes it a full read. An error means that nothing may be
	// concluded from the pages delivered so far.
	Read(ctx context.Context, cursor Cursor, page func(UserPage) error) (Reading, error)
}

// NewUser is an account to be made.
type NewUser struct {
	Address, Name, GivenName, FamilyName string
	Guest                                bool
}

// Accounts changes a directory. No delete exists.
type Accounts interface {
	// Invite makes a guest account, or returns the one that is there.
	Invite(ctx context.Context, u NewUser) (User, error)
}

// Room is a space, channel or group chat.
type Room struct {
	ID          RoomID    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Group       string    `json:"group"`   // the team's name where rooms belong to teams, else ""
	GroupID     string    `json:"groupId"` // the team's id
	Kind        RoomKind  `json:"kind"`
	Threaded    bool      `json:"threaded"`
	HistoryOff  bool      `json:"historyOff"`
	External    bool      `json:"external"` // people outside the organisation may be members
	Archived    bool      `json:"archived"`
	LastActive  time.Time `json:"lastActive"` // zero when the platform does not tell
	URL         string    `json:"url"`        // where a person opens it
	// Unlinkable is the reason why this room cannot be linked, "" when it can.
	Unlinkable string `json:"unlinkable"`
}

// RoomKind tells spaces from channels.
type RoomKind string

// The kinds of room.
const (
	Space          RoomKind = "space"
	Channel        RoomKind = "channel"
	PrivateChannel RoomKind = "private-channel"
	SharedChannel  RoomKind = "shared-channel"
	GroupChat      RoomKind = "group-chat"
)

// RoomMember is one account's seat in a room.
type RoomMember struct {
	User    UserID     `json:"user"`
	Name    string     `json:"name"`    // "" when the platform does not tell
	Address string     `json:"address"` // "" when the platform does not tell
	Kind    MemberKind `json:"kind"`
	Owner   bool       `json:"owner"`
}

// MemberKind tells insiders from outsiders and apps.
type MemberKind string

// The kinds of member.
const (
	InsideMember  MemberKind = "internal"
	GuestMember   MemberKind = "guest"
	OutsideMember MemberKind = "external"
	AppMember     MemberKind = "app"
)

// Rooms reads rooms and who is in them. Both deliver everything or an error.
type Rooms interface {
	List(ctx context.Context, page func([]Room) error) error
	Members(ctx context.Context, room RoomID, page func([]RoomMember) error) error
}

// RoomEditor changes rooms and their members.
type RoomEditor interface {
	// Rename sets the display name. Conflict when it is taken.
	Rename(ctx context.Context, room RoomID, name string) error
	// Seat makes a seat (see Connection.Seats) a member of the room; a no-op
	// when it is one. by is a person who is a member and admitted by the fence,
	// for platforms where a member must do it; "" lets the platform choose.
	Seat(ctx context.Context, room RoomID, seat UserID, by UserID) error
}
