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

// Hints tells from the vendor's audit log which accounts changed. It lags and may
// lack something: it has a directory read sooner, and never stands for one.
type Hints interface {
	// Changed names the addresses of accounts changed since, and where to go on.
	Changed(ctx context.Context, since time.Time) (Hint, error)
}

// Hint is what the audit log tells.
type Hint struct {
	Addresses []string  // lower case, sorted
	Until     time.Time // the time of the latest entry, or since
}

// GroupID is the platform's own id of a group.
type GroupID string

// Group is a group of accounts, to choose who takes part.
type Group struct {
	ID      GroupID `json:"id"`
	Name    string  `json:"name"`
	Address string  `json:"address"` // "" where it has none
	Kind    string  `json:"kind"`    // as the vendor says: "security", "Microsoft 365", "dynamic"
}

// Groups reads groups. Both deliver everything or an error.
type Groups interface {
	List(ctx context.Context, page func([]Group) error) error
	// Members delivers the accounts in a group, through groups within it too.
	Members(ctx context.Context, group GroupID, page func([]UserID) error) error
}

// OrgUnit is a part of the organisation.
type OrgUnit struct {
	Path string `json:"path"` // "/Sales/EMEA"
	Name string `json:"name"`
	ID   string `json:"id"`
}

// OrgUnits reads the organisation's parts, sorted by path, the root first.
type OrgUnits interface {
	List(ctx context.Context) ([]OrgUnit, error)
}

// NewUser is an account to be made.
type NewUser struct {
	Address, Name, GivenName, FamilyName string
	Guest                                bool
	OrgUnit                              string // path; "" for the platform's default
	Country                              string // two letters, where licences need it; "" for the tenant's own
}

// Accounts changes a directory. No delete exists.
type Accounts interface {
	// Forecast says beforehand what making the account brings with it. It changes
	// nothing.
	Forecast(ctx context.Context, u NewUser) (Forecast, error)
	// Invite makes a guest account, or returns the one that is there.
	Invite(ctx context.Context, u NewUser) (User, error)
	// Create makes a member account with a random password that nobody learns, or
	// returns the one that is there.
	Create(ctx context.Context, u NewUser) (User, error)
	// Suspend keeps an account from being used. One that is suspended is no error.
	Suspend(ctx context.Context, id UserID) error
	// Resume takes Suspend back.
	Resume(ctx context.Context, id UserID) error
}

// Forecast is what making an account brings with it.
type Forecast struct {
	// Exists is the account that is there already, nil when there is none.
	Exists *User
	// Refused is why the vendor would refuse it, "" when it would not.
	Refused string
	// Notes are sentences for the plan: what it costs, which licence is given by
	// itself, what the person must do.
	Notes []string
	// Costs: a paid licence would be used up.
	Costs bool
}

// LicenceID is the platform's own id of a kind of licence.
type LicenceID string

// LicenceOffer is a kind of licence that the tenant has.
type LicenceOffer struct {
	ID   LicenceID `json:"id"`
	Name string    `json:"name"`
	Free int       `json:"free"` // how many are left, -1 when the platform does not tell
	Chat bool      `json:"chat"` // it includes chat
	Paid bool      `json:"paid"`
}

// Licences gives licences.
type Licences interface {
	Offers(ctx context.Context) ([]LicenceOffer, error)
	// Assign gives an account a licence. One that it has is no error. Invalid when
	// none is left.
	Assign(ctx context.Context, user UserID, licence LicenceID) error
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

// NewRoom is a room to be made.
type NewRoom struct {
	Key         string // stable: making it twice makes it once where the vendor can tell
	Name        string
	Description string
	GroupID     string // the team, where rooms belong to teams
	By          UserID // who makes it, for platforms where a person must; "" is the administrator
}

// RoomMaker makes rooms. No delete exists.
type RoomMaker interface {
	// Make makes a room. Conflict when the name is taken.
	Make(ctx context.Context, r NewRoom) (Room, error)
}

// MemberEditor changes who is in a room. by is a person who is a member and
// admitted by the fence, for platforms where a member must do it; "" lets the
// platform choose.
type MemberEditor interface {
	// Add makes an account a member; a no-op when it is one.
	Add(ctx context.Context, room RoomID, user UserID, by UserID) error
	// Remove ends a membership; a no-op when there is none.
	Remove(ctx context.Context, room RoomID, user UserID, by UserID) error
}
