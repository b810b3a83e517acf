-- +goose Up
CREATE TABLE log (
	id         INTEGER PRIMARY KEY, -- in the order of writing
	time       INTEGER NOT NULL,
	level      TEXT NOT NULL,
	actor      TEXT NOT NULL,
	code       TEXT NOT NULL,
	text       TEXT NOT NULL,
	platform   TEXT NOT NULL,
	room       TEXT NOT NULL,
	person     TEXT NOT NULL,
	subject    TEXT NOT NULL,
	request_id TEXT NOT NULL,
	detail     TEXT NOT NULL -- JSON, '' for none
) STRICT;
CREATE INDEX log_time ON log (time, level);

-- What is searched. Filters are words of the index as well (xl level, xp
-- platform, xc code), because joining a rare filter with a common word reads
-- every row that has the word.
CREATE VIEW log_index AS SELECT id,
	text || ' ' || actor || ' ' || subject || ' ' || person || ' ' || room || ' ' || code || ' ' || request_id AS words,
	'xl' || level || ' xp' || platform || ' xc' || replace(replace(replace(code, '.', ''), '-', ''), '_', '') AS tags
	FROM log;
CREATE VIRTUAL TABLE log_fts USING fts5 (words, tags, content = 'log_index', content_rowid = 'id');

-- +goose StatementBegin
CREATE TRIGGER log_written AFTER INSERT ON log BEGIN
	INSERT INTO log_fts (rowid, words, tags) SELECT id, words, tags FROM log_index WHERE id = new.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER log_removed BEFORE DELETE ON log BEGIN
	INSERT INTO log_fts (log_fts, rowid, words, tags) SELECT 'delete', id, words, tags FROM log_index WHERE id = old.id;
END;
-- +goose StatementEnd
