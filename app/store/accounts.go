package store

import (
	"context"
	"time"

	"miohub/platforms"
)

// AccountChange is what was asked for of an account that Mio Hub made.
type AccountChange string

// The changes of a made account.
const (
	NoChange AccountChange = ""
	Suspend  AccountChange = "suspend"
	Resume   AccountChange = "resume"
)

// AccountRequest is an account that a person asked for.
type AccountRequest struct {
	ID       string // of the action that makes it
	Source   platforms.Ref
	Platform platforms.ID  // where it is to be
	Body     []byte        // JSON
	Tried    time.Time     // zero until it was about to be made
	Made     platforms.Ref // zero until it was made
	Change   AccountChange
	By       string
	At       time.Time
}

// SaveAccountRequest keeps a request; a later one for the same person and platform
// takes its place, unless the account was made.
func (s *Store) SaveAccountRequest(ctx context.Context, r AccountRequest) error {
	_, err := s.exec(ctx, "save a request for an account", `INSERT INTO account_requests (id, source, platform, body, by, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET body = excluded.body, by = excluded.by, at = excluded.at WHERE made = ''`,
		r.ID, refText(r.Source), r.Platform, string(r.Body), r.By, nanos(s.or(r.At)))
	return err
}

// DeleteAccountRequest takes back a request whose account was not made; a no-op
// when there is none.
func (s *Store) DeleteAccountRequest(ctx context.Context, id string) error {
	_, err := s.exec(ctx, "delete a request for an account", "DELETE FROM account_requests WHERE id = ? AND made = ''", id)
	return err
}

// SetAccountTried records that a request's account is about to be made: one that is
// found from now on may be ours.
func (s *Store) SetAccountTried(ctx context.Context, id string) error {
	return s.update(ctx, "record an account", "UPDATE account_requests SET tried = ? WHERE id = ?", nanos(s.now()), id)
}

// AccountRequest is one request, and whether there is one.
func (s *Store) AccountRequest(ctx context.Context, id string) (AccountRequest, bool, error) {
	return one(ctx, s.r, "request for an account", requestedAccount, accountColumns+" WHERE id = ?", id)
}

// SetAccountMade records which account a request made.
func (s *Store) SetAccountMade(ctx context.Context, id string, made platforms.Ref) error {
	return s.update(context.WithoutCancel(ctx), "record an account", "UPDATE account_requests SET made = ? WHERE id = ?", refText(made), id)
}

// SetAccountChange records what is asked for of an account that Mio Hub made. It
// answers ErrNotFound for any other account.
func (s *Store) SetAccountChange(ctx context.Context, made platforms.Ref, change AccountChange, by string) error {
	return s.update(context.WithoutCancel(ctx), "ask for an account's change", "UPDATE account_requests SET change = ?, by = ? WHERE made = ?", change, by, refText(made))
}

// AccountRequests are all requests, the oldest first.
func (s *Store) AccountRequests(ctx context.Context) ([]AccountRequest, error) {
	return list(ctx, s.r, "requests for accounts", requestedAccount, accountColumns+" ORDER BY at, id")
}

const accountColumns = "SELECT id, source, platform, body, tried, made, change, by, at FROM account_requests"

func requestedAccount(sc scan) (AccountRequest, error) {
	var r AccountRequest
	var body string
	err := sc(&r.ID, refColumn{&r.Source}, &r.Platform, &body, timeColumn{&r.Tried}, refColumn{&r.Made}, &r.Change, &r.By, timeColumn{&r.At})
	r.Body = []byte(body)
	return r, err
}
