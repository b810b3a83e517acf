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
	// Features are the parts of the hub that this platform asks permissions for,
	// in the order in which they are shown.
	Features []FeatureInfo
	// Grants is the whole table of permissions and why each is needed. What is
	// asked for with the features that are on is Asked.
	Grants []Grant
	// Actions are what a step's button does, by Part.Action: a browser sign-in,
	// an admin consent. Each may block until its context ends.
	Actions map[string]Action
	// Connect builds a connection from stored values and secrets. It makes no
	// call; what is not set up yet is a nil field.
	Connect func(context.Context, Env) (*Connection, error)
	// Explain names the cause of a failed operation of this platform, judged from
	// the error alone, with the page that mends it. It makes no call.
	Explain func(Values, error) Finding
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
	Hints    Hints
	Groups   Groups
	OrgUnits OrgUnits
	Accounts Accounts
	Licences Licences
	Rooms    Rooms
	RoomEdit RoomEditor
	RoomMake RoomMaker
	Members  MemberEditor
	Messages Messages
	Undelete Undeleter
	Reacts   Reactions
	Files    Files
	// Sources look at rooms; the first is used.
	Sources []Source
	// Pushes tell sooner that a room has changed than the next look would; the one
	// that KeySource names is used, none for SourcePoll.
	Pushes []Push
	// Seats are accounts of ours that must be members of every linked room.
	Seats []Seat
	// Resume finishes or takes back what a check that writes began and did not
	// end, because the app was closed or the network failed. It is called once
	// at each start; nil where there is never anything to resume.
	Resume func(context.Context) error
	// EndSessions ends every session of the account that this connection signs
	// in, everywhere, which is never done unasked; nil where the vendor cannot.
	EndSessions func(context.Context) error
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
	// Within names broader scopes of the same kind that allow all of Methods too:
	// where one of them is asked for anyway, this one is not.
	Within []string
	// Source is the vendor's page that ranks it, for a security reviewer.
	Source string
}

// GrantKind says who holds a permission.
type GrantKind string

// The kinds of grant.
const (
	Delegation  GrantKind = "delegation"  // Google domain-wide delegation: the service account acting for a person
	UserConsent GrantKind = "user"        // the signed-in administrator or bridge account (OAuth scope, delegated permission)
	AppConsent  GrantKind = "application" // the application itself
)
