package platforms

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"miohub/platforms/sandbox"
)

// Platform describes one chat platform: a value, one per folder.
type Platform struct {
	ID   ID
	Name string // "Google Chat"
	// Product is the name messages are labelled with on the other side, for example "Google Chat".
	Product string
	// RoomWord and RoomWords are what a room is called there: "space", "spaces".
	RoomWord, RoomWords string
	// Introduction is what is read before the platform is connected.
	Introduction Introduction

	// Steps is the Connect wizard as data, computed from what is known so far,
	// so that ids, scopes and links appear filled in.
	Steps func(Values) []Step
	// Grants lists every permission asked for and why. Features that are off ask for nothing.
	Grants []Grant
	// Actions are what a step's button does, by Part.Action: a browser sign-in,
	// an admin consent. Each may block until its context ends.
	Actions map[string]Action
	// Connect builds a connection from stored values and secrets. It makes no
	// call; what is not set up yet is a nil field.
	Connect func(context.Context, Env) (*Connection, error)
	// Sandbox emulates the vendor on a World: one handler per API, as the vendor has them.
	Sandbox func(*sandbox.World) (*sandbox.Emulator, error)
}

// Values reads and writes settings by key. Get answers "" for what is not there.
type Values interface {
	Get(key string) string
	Put(ctx context.Context, key, value string) error
	Delete(ctx context.Context, key string) error
}

// Env is what the hub lends a platform.
type Env struct {
	Values  Values // plain: client ids, endpoints, the administrator's address
	Secrets Values // sealed at rest: client files, refresh tokens, keys
	// HTTP is the base transport; nil means http.DefaultTransport. The platform
	// puts its own rate limits, retries and credentials on top.
	HTTP http.RoundTripper
	Log  *slog.Logger
	Now  func() time.Time
	// Pace is how many seconds of the tenants' quotas pass in a second here: 1
	// on real tenants. It scales client-side limits and waits, nothing else.
	Pace float64
	// Admit is the fence around impersonation: nil admits, an error refuses.
	// It is asked for every account whose name a token is fetched in, with the
	// purpose, and logs both.
	Admit func(ctx context.Context, address, purpose string) error
	// Open shows a page in the person's browser. Actions need it; nil elsewhere.
	Open func(url string) error
}

// Action does what a button of a step says and reports who signed in.
type Action func(context.Context, Env) (Outcome, error)

// Outcome is what an action found out.
type Outcome struct {
	Tenant  Tenant // set once the action proves which organisation this is
	Account string // the address that signed in
	Text    string // a sentence to show, for example "Signed in as dana@acme.example, super administrator"
}

// Connection is a platform set up for one tenant. A nil field: this platform,
// or these rights, can't.
type Connection struct {
	Tenant   Tenant
	Checks   []Check
	Users    Users
	Accounts Accounts
	Rooms    Rooms
	RoomEdit RoomEditor
	Messages Messages
	Sources  []Source
	// Seats are accounts of ours that must be members of every linked room.
	Seats []Seat
	// Disconnect revokes what can be revoked and lists what stays with the vendor:
	// the Leftovers, and what could not be revoked.
	Disconnect func(context.Context) ([]Leftover, error)
	// Leftovers lists what Disconnect would leave with the vendor. It makes no call
	// and changes nothing.
	Leftovers func() []Leftover
	// Calls counts requests made and refused for quota, for the report.
	Calls func() CallCount
}

// CallCount counts the HTTP requests of a connection.
type CallCount struct {
	Made      int `json:"made"`
	Throttled int `json:"throttled"` // 429 and 403 quota answers
}

// Seat is an account of ours that must sit in every linked room.
type Seat struct {
	User UserID
	Name string // "Mio bridge (bridge@contoso.example)"
	Why  string // a sentence for the plan
}

// Leftover is something on the vendor's side that disconnecting cannot remove.
type Leftover struct {
	What string // "Domain-wide delegation entry 1048…"
	URL  string // where to remove it
}

// Grant is one permission asked for.
type Grant struct {
	Scope   string // full scope URL or Graph permission name
	Kind    GrantKind
	Feature Feature
	Methods []string // the vendor's methods that need it
	Reason  string   // one sentence for a security reviewer
	// Check is the code of the check that proves the grant along with something
	// else; "" where a check of its own does.
	Check string
}

// GrantKind says who holds a permission.
type GrantKind string

// The kinds of grant.
const (
	Delegation  GrantKind = "delegation"  // Google domain-wide delegation: the service account acting for a person
	UserConsent GrantKind = "user"        // the signed-in administrator or bridge account (OAuth scope, delegated permission)
	AppConsent  GrantKind = "application" // the application itself
)

// Feature is a part of the hub that can be switched on and off.
type Feature string

// The features that ask for permissions.
const (
	FeatureConnect   Feature = "connect"   // signing in and checking the set-up
	FeatureDirectory Feature = "directory" // importing people
	FeatureRooms     Feature = "rooms"     // importing spaces and channels
	FeatureBridge    Feature = "bridge"    // carrying messages
	FeatureProvision Feature = "provision" // guest and interop accounts
)
