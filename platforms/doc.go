// Package platforms is the contract between the hub and a chat platform: what a
// platform offers (people, rooms, messages, checks, permissions), the errors it
// answers with and the data the Connect wizard is drawn from.
//
// A struct of small role interfaces stands for a connection: a nil field means
// that this platform, or the rights that were granted, cannot do it. Ids are
// opaque strings that only the platform makes and parses.
package platforms
