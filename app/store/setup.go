package store

import (
	"context"
	"time"

	"miohub/platforms"
)

// ConnectionState is how far a platform is set up.
type ConnectionState string

// The states of a connection.
const (
	NotConnected ConnectionState = "none"
	Connecting   ConnectionState = "connecting" // the wizard was begun
	Connected    ConnectionState = "connected"
	Disconnected ConnectionState = "disconnected" // was connected; links are kept
)

// Connection is what is known about a platform's connection.
type Connection struct {
	Platform    platforms.ID     `json:"platform"`
	State       ConnectionState  `json:"state"`
	Tenant      platforms.Tenant `json:"tenant"`
	Since       time.Time        `json:"since"`       // of the state
	LastSuccess time.Time        `json:"lastSuccess"` // the last call that worked
	Problem     string           `json:"problem"`     // in words, "" for none
}

// SaveConnection stores a connection. A zero Since becomes now when the state changes.
func (s *Store) SaveConnection(ctx context.Context, c Connection) error {
	since := c.Since
	if since.IsZero() {
		since = s.now()
	}
	_, err := s.exec(ctx, "save connection", `INSERT INTO connections (platform, state, tenant, since, last_success, problem)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
		since = iif(? AND state = excluded.state, since, excluded.since),
		state = excluded.state, tenant = excluded.tenant, last_success = excluded.last_success, problem = excluded.problem`,
		c.Platform, c.State, toJSON(c.Tenant), nanos(since), nanos(c.LastSuccess), c.Problem, c.Since.IsZero())
	return err
}

// Connection is a platform's connection; state "none" when it was never begun.
func (s *Store) Connection(ctx context.Context, platform platforms.ID) (Connection, error) {
	c, found, err := one(ctx, s.r, "connection", connectionRow, connectionColumns+" WHERE platform = ?", platform)
	if !found {
		c = Connection{Platform: platform, State: NotConnected}
	}
	return c, err
}

// Connections are all connections that were ever begun.
func (s *Store) Connections(ctx context.Context) ([]Connection, error) {
	return list(ctx, s.r, "connections", connectionRow, connectionColumns+" ORDER BY platform")
}

const connectionColumns = "SELECT platform, state, tenant, since, last_success, problem FROM connections"

func connectionRow(sc scan) (Connection, error) {
	var c Connection
	err := sc(&c.Platform, &c.State, jsonColumn{&c.Tenant}, timeColumn{&c.Since}, timeColumn{&c.LastSuccess}, &c.Problem)
	return c, err
}

// Tick is a box of the Connect wizard that somebody ticked.
type Tick struct {
	Platform platforms.ID `json:"platform"`
	ID       string       `json:"id"` // Part.ID
	By       string       `json:"by"`
	At       time.Time    `json:"at"`
}

// SaveTick remembers that a box was ticked.
func (s *Store) SaveTick(ctx context.Context, t Tick) error {
	_, err := s.exec(ctx, "save tick", `INSERT INTO ticks (platform, id, by, at) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET by = excluded.by, at = excluded.at`, t.Platform, t.ID, t.By, nanos(s.or(t.At)))
	return err
}

// DeleteTick unticks a box.
func (s *Store) DeleteTick(ctx context.Context, platform platforms.ID, id string) error {
	_, err := s.exec(ctx, "delete tick", "DELETE FROM ticks WHERE platform = ? AND id = ?", platform, id)
	return err
}

// Ticks are the boxes ticked for a platform.
func (s *Store) Ticks(ctx context.Context, platform platforms.ID) ([]Tick, error) {
	return list(ctx, s.r, "ticks", func(sc scan) (Tick, error) {
		var t Tick
		err := sc(&t.Platform, &t.ID, &t.By, timeColumn{&t.At})
		return t, err
	}, "SELECT platform, id, by, at FROM ticks WHERE platform = ? ORDER BY id", platform)
}

// or is t, or now when t is zero.
func (s *Store) or(t time.Time) time.Time {
	if t.IsZero() {
		return s.now()
	}
	return t
}
