-- +goose Up
CREATE TABLE cursors (
	room   TEXT PRIMARY KEY, -- ref
	cursor TEXT NOT NULL,
	at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Events as they arrived. A row outlives its body, so that an event that is
-- delivered again is recognised.
CREATE TABLE inbox (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	room    TEXT NOT NULL, -- ref
	key     TEXT NOT NULL,
	kind    TEXT NOT NULL,
	message TEXT NOT NULL,
	root    TEXT NOT NULL,
	version TEXT NOT NULL,
	time    INTEGER NOT NULL,
	stored  INTEGER NOT NULL,
	done    INTEGER NOT NULL DEFAULT 0,
	sealed  BLOB,
	UNIQUE (room, key)
) STRICT;
CREATE INDEX inbox_pending ON inbox (id) WHERE done = 0;
CREATE INDEX inbox_pending_room ON inbox (room, id) WHERE done = 0;

CREATE TABLE outbox (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	link         INTEGER NOT NULL,
	kind         TEXT NOT NULL,
	key          TEXT NOT NULL,
	version      TEXT NOT NULL,
	source       TEXT NOT NULL, -- ref of the message
	source_root  TEXT NOT NULL, -- ref of its thread's root, '' or equal to source for a root
	source_room  TEXT NOT NULL, -- ref
	target       TEXT NOT NULL, -- ref of the room
	as_user      TEXT NOT NULL,
	sealed       BLOB,
	state        TEXT NOT NULL,
	attempts     INTEGER NOT NULL DEFAULT 0,
	next_attempt INTEGER NOT NULL DEFAULT 0,
	first_tried  INTEGER NOT NULL DEFAULT 0,
	made         INTEGER NOT NULL,
	changed      INTEGER NOT NULL,
	error        TEXT NOT NULL DEFAULT '',
	UNIQUE (target, key, kind, version)
) STRICT;
CREATE INDEX outbox_open ON outbox (target, id) WHERE state IN ('queued', 'sending', 'held');
CREATE INDEX outbox_source ON outbox (source, target, id) WHERE state IN ('queued', 'sending', 'held');
CREATE INDEX outbox_failed ON outbox (id) WHERE state = 'failed';

CREATE TABLE message_links (
	id          INTEGER PRIMARY KEY,
	source      TEXT NOT NULL, -- ref of the message
	target      TEXT NOT NULL UNIQUE, -- ref of the message
	source_room TEXT NOT NULL, -- ref
	target_room TEXT NOT NULL, -- ref
	target_root TEXT NOT NULL,
	as_user     TEXT NOT NULL,
	key         TEXT NOT NULL,
	version     TEXT NOT NULL,
	hash        TEXT NOT NULL,
	deleted     INTEGER NOT NULL,
	sent        INTEGER NOT NULL
) STRICT;
CREATE INDEX message_links_source ON message_links (source, id);
