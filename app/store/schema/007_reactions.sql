-- +goose Up
-- Reactions that were carried: who reacted with what, and how it stands on the
-- other side. What a platform tells of our own reactions is recognised by it.
CREATE TABLE reactions (
	id          INTEGER PRIMARY KEY,
	source      TEXT NOT NULL, -- ref of the message that was reacted to
	author      TEXT NOT NULL, -- account on the source's side
	emoji       TEXT NOT NULL,
	target      TEXT NOT NULL, -- ref of the message on the other side
	as_user     TEXT NOT NULL, -- account there, '' for the seat
	stands      INTEGER NOT NULL,
	changed     INTEGER NOT NULL,
	UNIQUE (source, author, emoji)
) STRICT;
CREATE INDEX reactions_target ON reactions (target, emoji, as_user);
