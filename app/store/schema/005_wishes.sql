-- +goose Up
-- What a person decided about an action outside any plan: to have it proposed,
-- or never to see it proposed.
CREATE TABLE wishes (
	id        TEXT PRIMARY KEY, -- of the action
	wanted    INTEGER NOT NULL,
	left_ref  TEXT NOT NULL,
	right_ref TEXT NOT NULL,
	by        TEXT NOT NULL,
	at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
