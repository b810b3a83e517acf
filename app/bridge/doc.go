// Package bridge carries messages between linked rooms: an event becomes outbox
// rows, and each row a message on the other side, exactly once and in the
// room's order.
//
// A row exists before its call and is marked as being sent before the call is
// made, so that a process that dies in between looks for the message before it
// sends again. Nothing waits in memory: killing the process at any point loses
// nothing and doubles nothing.
package bridge
