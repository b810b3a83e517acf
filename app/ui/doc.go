// Package ui holds the only structs bound to the window, one per screen, with
// the plain data they answer with and the events that say what changed.
//
// Times are RFC 3339 strings, "" where there is none; lists are never null;
// percentages and counts are whole numbers. What a screen shows comes from the
// interfaces declared beside it, which the composition root satisfies.
package ui
