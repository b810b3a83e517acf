// Package bridge carries messages between linked rooms: an event becomes outbox
// rows, and each row a message on the other side, exactly once and in the
// room's order.
//
// A row exists before its call and is marked as being sent before the call is
// made, so that a process that dies in between looks for the message before it
// sends again. Nothing waits in memory: killing the process at any point loses
// nothing and doubles nothing.
//
// Files are copied in streams before their message is marked as being sent, and a
// file that cannot be copied leaves a note in the message. A message that is
// deleted takes its text away on the other side; the copied file stays where the
// platform keeps files, as it does there for everybody's own. A change of the
// files of a message that was carried is not followed.
//
// Reactions are carried in people's own names where the platform can, and else
// shown once by the seat for as long as anybody's stands.
//
// A feed of changes, where one is set up, carries nothing: it has rooms looked at
// from their cursor, and is acknowledged after what was found is stored.
package bridge
