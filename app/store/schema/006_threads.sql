-- +goose Up
-- The root of the thread that a carried message was said in, "" for a root: an
-- answer to the copy finds its way back into a thread whose root was never carried.
ALTER TABLE message_links ADD COLUMN source_root TEXT NOT NULL DEFAULT '';
CREATE INDEX message_links_thread ON message_links (source_room, source_root, id) WHERE source_root <> '';
