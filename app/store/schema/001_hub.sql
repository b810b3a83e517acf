-- +goose Up
-- Times are nanoseconds since 1970, UTC; 0 means never. A ref column holds
-- platform|tenant|id, "" for none.

-- Plain settings; scope '' is the hub, 'platform:<id>' a platform.
CREATE TABLE settings (
	scope TEXT NOT NULL,
	key   TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

-- Values sealed by the vault; nothing here is readable without its key.
CREATE TABLE secrets (
	scope  TEXT NOT NULL,
	key    TEXT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE connections (
	platform     TEXT PRIMARY KEY,
	state        TEXT NOT NULL,
	tenant       TEXT NOT NULL, -- JSON
	since        INTEGER NOT NULL,
	last_success INTEGER NOT NULL,
	problem      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ticks (
	platform TEXT NOT NULL,
	id       TEXT NOT NULL,
	by       TEXT NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (platform, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE checks (
	id       INTEGER PRIMARY KEY,
	platform TEXT NOT NULL,
	code     TEXT NOT NULL,
	title    TEXT NOT NULL,
	status   TEXT NOT NULL,
	finding  TEXT NOT NULL, -- JSON
	at       INTEGER NOT NULL
) STRICT;
CREATE INDEX checks_code ON checks (platform, code, id);

-- The directory mirror: what each platform said last.
CREATE TABLE users (
	platform    TEXT NOT NULL,
	tenant      TEXT NOT NULL,
	id          TEXT NOT NULL,
	hash        INTEGER NOT NULL, -- of every column after it
	address     TEXT NOT NULL,
	login       TEXT NOT NULL,
	addresses   TEXT NOT NULL, -- one a line
	name        TEXT NOT NULL,
	given_name  TEXT NOT NULL,
	family_name TEXT NOT NULL,
	employee_id TEXT NOT NULL,
	org_unit    TEXT NOT NULL,
	kind        TEXT NOT NULL,
	state       TEXT NOT NULL,
	licence     TEXT NOT NULL,
	admin       INTEGER NOT NULL,
	PRIMARY KEY (platform, tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reads (
	platform TEXT NOT NULL,
	kind     TEXT NOT NULL, -- users, rooms
	tenant   TEXT NOT NULL,
	cursor   TEXT NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (platform, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
	platform     TEXT NOT NULL,
	tenant       TEXT NOT NULL,
	id           TEXT NOT NULL,
	name         TEXT NOT NULL,
	body         TEXT NOT NULL, -- JSON
	members      TEXT NOT NULL, -- JSON, sorted by account
	members_hash INTEGER NOT NULL,
	PRIMARY KEY (platform, tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE person_links (
	id             INTEGER PRIMARY KEY,
	left_ref       TEXT NOT NULL,
	right_ref      TEXT NOT NULL,
	left_platform  TEXT NOT NULL,
	right_platform TEXT NOT NULL,
	rule           TEXT NOT NULL,
	state          TEXT NOT NULL,
	by             TEXT NOT NULL,
	at             INTEGER NOT NULL,
	UNIQUE (left_ref, right_ref)
) STRICT;
-- An account is one person: it has at most one counterpart on a platform.
CREATE UNIQUE INDEX person_links_left ON person_links (left_ref, right_platform) WHERE state = 'linked';
CREATE UNIQUE INDEX person_links_right ON person_links (right_ref, left_platform) WHERE state = 'linked';

CREATE TABLE room_links (
	id        INTEGER PRIMARY KEY,
	left_ref  TEXT NOT NULL,
	right_ref TEXT NOT NULL,
	state     TEXT NOT NULL,
	by        TEXT NOT NULL,
	at        INTEGER NOT NULL,
	UNIQUE (left_ref, right_ref)
) STRICT;

CREATE TABLE plans (
	id    INTEGER PRIMARY KEY AUTOINCREMENT,
	made  INTEGER NOT NULL,
	state TEXT NOT NULL
) STRICT;

CREATE TABLE plan_actions (
	plan    INTEGER NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
	seq     INTEGER NOT NULL,
	id      TEXT NOT NULL,
	verb    TEXT NOT NULL,
	subject TEXT NOT NULL,
	title   TEXT NOT NULL,
	risk    TEXT NOT NULL,
	state   TEXT NOT NULL,
	body    TEXT NOT NULL, -- JSON
	error   TEXT NOT NULL,
	at      INTEGER NOT NULL,
	PRIMARY KEY (plan, seq),
	UNIQUE (plan, id)
) STRICT, WITHOUT ROWID;

-- What other processes ask of the one that runs the engine.
CREATE TABLE requests (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	kind   TEXT NOT NULL,
	body   TEXT NOT NULL,
	filed  INTEGER NOT NULL,
	taken  INTEGER NOT NULL DEFAULT 0,
	done   INTEGER NOT NULL DEFAULT 0,
	answer TEXT NOT NULL DEFAULT '',
	error  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX requests_open ON requests (id) WHERE taken = 0;
