-- +goose Up
-- Changes at the source that ask for no action of ours but must not go unseen.
CREATE TABLE notices (
	id           TEXT PRIMARY KEY,
	kind         TEXT NOT NULL,
	subject      TEXT NOT NULL, -- ref
	title        TEXT NOT NULL,
	reason       TEXT NOT NULL,
	at           INTEGER NOT NULL,
	acknowledged INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- The names a pair of linked rooms had when they were last agreed on.
CREATE TABLE room_names (
	room TEXT PRIMARY KEY, -- ref
	name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The fence around impersonation looks people up by address and by account.
CREATE INDEX users_address ON users (platform, address);
CREATE INDEX person_links_right_ref ON person_links (right_ref);
