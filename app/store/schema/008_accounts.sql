-- +goose Up
-- Accounts that a person asked for, and what became of the request. A row stays
-- when its account was made: Mio Hub suspends no other account than these.
CREATE TABLE account_requests (
	id       TEXT PRIMARY KEY, -- of the action
	source   TEXT NOT NULL, -- ref of the person's account
	platform TEXT NOT NULL, -- where the account is to be
	body     TEXT NOT NULL, -- JSON
	tried    INTEGER NOT NULL DEFAULT 0, -- when the account was about to be made
	made     TEXT NOT NULL DEFAULT '', -- ref of the account
	change   TEXT NOT NULL DEFAULT '', -- suspend or resume, asked for of a made account
	by       TEXT NOT NULL,
	at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
