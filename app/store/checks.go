package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"miohub/platforms"
)

// CheckResult is what a check found, and over which stretch of time it found
// just that.
type CheckResult struct {
	Platform platforms.ID      `json:"platform"`
	Code     string            `json:"code"`
	Title    string            `json:"title"`
	Finding  platforms.Finding `json:"finding"`
	At       time.Time         `json:"at"`    // the last time
	Since    time.Time         `json:"since"` // the first time in a row
	Times    int               `json:"times"` // how often in a row
}

// keptChecks is how many stretches are kept of each check.
const keptChecks = 100

// SaveChecks adds results to the history; a zero At becomes now. A result that
// says the same as the one before it (status, cause and remedy) lengthens that
// one's stretch. Of each check the last hundred stretches are kept.
func (s *Store) SaveChecks(ctx context.Context, results []CheckResult) error {
	return s.write(ctx, "save checks", func(tx *sql.Tx) error {
		for _, c := range results {
			if err := saveCheck(ctx, tx, c, s.or(c.At)); err != nil {
				return err
			}
		}
		return nil
	})
}

func saveCheck(ctx context.Context, tx *sql.Tx, c CheckResult, at time.Time) error {
	last, there, err := one(ctx, tx, "last check", checkRow, checkColumns+`
		WHERE retired = 0 AND id = (SELECT max(id) FROM checks WHERE platform = ? AND code = ?)`, c.Platform, c.Code)
	if err != nil {
		return err
	}
	f := c.Finding
	if there && last.Finding.Status == f.Status && last.Finding.Cause == f.Cause && last.Finding.Fix == f.Fix {
		_, err := tx.ExecContext(ctx, `UPDATE checks SET title = ?, finding = ?, at = ?, times = times + 1
			WHERE id = (SELECT max(id) FROM checks WHERE platform = ? AND code = ?)`, c.Title, toJSON(f), nanos(at), c.Platform, c.Code)
		return err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO checks (platform, code, title, status, finding, at, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
		c.Platform, c.Code, c.Title, f.Status, toJSON(f), nanos(at)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM checks WHERE platform = ?1 AND code = ?2 AND id <=
		(SELECT id FROM checks WHERE platform = ?1 AND code = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)`, c.Platform, c.Code, keptChecks)
	return err
}

const checkColumns = "SELECT platform, code, title, finding, at, since, times FROM checks"

// LatestChecks are the last result of each check of a platform, by code, without
// those that are not made any more.
func (s *Store) LatestChecks(ctx context.Context, platform platforms.ID) ([]CheckResult, error) {
	return list(ctx, s.r, "latest checks", checkRow, checkColumns+`
		WHERE retired = 0 AND id IN (SELECT max(id) FROM checks WHERE platform = ? GROUP BY code) ORDER BY code`, platform)
}

// CheckHistory are the results of one check, newest first, at most limit.
func (s *Store) CheckHistory(ctx context.Context, platform platforms.ID, code string, limit int) ([]CheckResult, error) {
	return list(ctx, s.r, "check history", checkRow, checkColumns+" WHERE platform = ? AND code = ? ORDER BY id DESC LIMIT ?", platform, code, limit)
}

// RetireChecks takes the results of every check but the present ones out of
// LatestChecks; their history stays.
func (s *Store) RetireChecks(ctx context.Context, platform platforms.ID, present []string) error {
	codes, err := json.Marshal(present)
	if err != nil {
		return fmt.Errorf("store: retire checks: %w", err)
	}
	return s.write(ctx, "retire checks", func(tx *sql.Tx) error {
		const gone = " WHERE platform = ? AND code NOT IN (SELECT value FROM json_each(?))"
		if _, err := tx.ExecContext(ctx, "UPDATE checks SET retired = 1"+gone+" AND retired = 0", platform, string(codes)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM retries"+gone, platform, string(codes))
		return err
	})
}

func checkRow(sc scan) (CheckResult, error) {
	var c CheckResult
	err := sc(&c.Platform, &c.Code, &c.Title, jsonColumn{&c.Finding}, timeColumn{&c.At}, timeColumn{&c.Since}, &c.Times)
	return c, err
}

// Retry says when a check that did not pass is tried again by itself.
type Retry struct {
	Platform platforms.ID
	Code     string
	Status   platforms.Status // what was found
	Since    time.Time        // for the first time in a row
	Tries    int              // in a row
	Next     time.Time
}

// SaveRetry keeps when a check is tried again.
func (s *Store) SaveRetry(ctx context.Context, r Retry) error {
	_, err := s.exec(ctx, "save a retry", `INSERT INTO retries (platform, code, status, since, tries, next) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET status = excluded.status, since = excluded.since, tries = excluded.tries, next = excluded.next`,
		r.Platform, r.Code, r.Status, nanos(r.Since), r.Tries, nanos(r.Next))
	return err
}

// DeleteRetry forgets that a check is to be tried again; a no-op when it is not.
func (s *Store) DeleteRetry(ctx context.Context, platform platforms.ID, code string) error {
	_, err := s.exec(ctx, "delete a retry", "DELETE FROM retries WHERE platform = ? AND code = ?", platform, code)
	return err
}

// Retries are the checks of a platform that are tried again, by code.
func (s *Store) Retries(ctx context.Context, platform platforms.ID) (map[string]Retry, error) {
	out := map[string]Retry{}
	err := each(ctx, s.r, "retries", func(sc scan) error {
		var r Retry
		err := sc(&r.Platform, &r.Code, &r.Status, timeColumn{&r.Since}, &r.Tries, timeColumn{&r.Next})
		out[r.Code] = r
		return err
	}, "SELECT platform, code, status, since, tries, next FROM retries WHERE platform = ?", platform)
	return out, err
}
