-- +goose Up
-- A row of the history is a stretch of time in which a check found the same.
ALTER TABLE checks ADD COLUMN since INTEGER NOT NULL DEFAULT 0; -- when it was first found so; at is the last time
ALTER TABLE checks ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
-- A check that is not made any more, because what it proves is switched off.
ALTER TABLE checks ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;
UPDATE checks SET since = at;

-- When a check that did not pass is tried again by itself.
CREATE TABLE retries (
	platform TEXT NOT NULL,
	code     TEXT NOT NULL,
	status   TEXT NOT NULL, -- what was found
	since    INTEGER NOT NULL, -- for the first time in a row
	tries    INTEGER NOT NULL,
	next     INTEGER NOT NULL,
	PRIMARY KEY (platform, code)
) STRICT, WITHOUT ROWID;
