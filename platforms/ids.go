package platforms

// ID names a platform, for example "google" or "microsoft".
type ID string

// TenantID is the platform's own id of an organisation.
type TenantID string

// UserID is the platform's own, stable id of an account.
type UserID string

// RoomID is the platform's own id of a space or channel; opaque to everyone else.
type RoomID string

// MessageID is the platform's own id of a message, unique within its tenant.
type MessageID string

// Cursor marks a position in a stream of changes; opaque outside the platform.
// The empty cursor stands for the beginning (directories) or for now (rooms).
type Cursor string

// Ref names one thing of one tenant of one platform, as the store keeps it.
type Ref struct {
	Platform ID       `json:"platform"`
	Tenant   TenantID `json:"tenant"`
	ID       string   `json:"id"`
}

// IsZero reports whether the reference names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// Tenant is an organisation that a connection is set up for.
type Tenant struct {
	Platform ID       `json:"platform"`
	ID       TenantID `json:"id"`
	Name     string   `json:"name"`    // as the vendor shows it
	Domain   string   `json:"domain"`  // primary domain, lower case
	Domains  []string `json:"domains"` // every verified domain, lower case
	Admin    string   `json:"admin"`   // address of the administrator who signed in
}
