// Package store keeps everything the hub must not forget in one SQLite file:
// settings, sealed secrets, connections, the directory mirror, links, plans, the
// bridge's inbox and outbox, and the activity log. It is the only place with SQL.
//
// # Durability
//
// The file is in WAL mode. Commits are not synced to the disk (synchronous
// NORMAL): a process that is killed loses nothing that was committed, and a
// computer that loses power may lose the last commits, all of them together and
// in order. That is harmless but in one place: a send that reached the vendor
// must never be forgotten, or it would be made twice. MarkSending is therefore
// committed with synchronous FULL, which also makes everything before it
// durable. After a power cut a room's cursor and events are as old as each
// other and are read again; a delivery whose record was lost is still marked as
// being sent and is looked for.
//
// # Migrations
//
// schema/NNN_name.sql, applied in order by goose, each in a transaction, after a
// copy of an older database was put beside it. goose was chosen because its
// file format is known to many and it brings four small modules; only its
// provider is used, with no driver of its own and no global state. There is no
// way down: the copy is the way back.
//
// # Handles
//
// A Store has one connection that writes, so that writers of one process queue
// in memory, and several that read. Other processes may open the same file: a
// writer waits for theirs up to ten seconds. TryLock decides which process runs
// the engine.
package store
