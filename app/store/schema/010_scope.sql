-- +goose Up
-- Who of a platform's people takes part; no row for everybody. It is no plain
-- setting: one that cannot be read must not stand for everybody.
CREATE TABLE scopes (
	platform TEXT PRIMARY KEY,
	body     TEXT NOT NULL -- JSON
) STRICT, WITHOUT ROWID;

-- The accounts in the groups whose members take part, as they were read last.
CREATE TABLE scope_members (
	platform TEXT NOT NULL,
	user     TEXT NOT NULL,
	PRIMARY KEY (platform, user)
) STRICT, WITHOUT ROWID;
