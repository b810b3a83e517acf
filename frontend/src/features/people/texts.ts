import { MatchState } from "../../api";
import type { Tone } from "../../components";

export const states: Record<MatchState, { tone: Tone; word: string }> = {
  [MatchState.Linked]: { tone: "ok", word: "enabled" },
  [MatchState.Matched]: { tone: "accent", word: "matched" },
  [MatchState.Suggested]: { tone: "warn", word: "please confirm" },
  [MatchState.Conflict]: { tone: "bad", word: "conflict" },
  [MatchState.Unmatched]: { tone: "mute", word: "no match" },
  [MatchState.Suspended]: { tone: "mute", word: "suspended" },
};

export const texts = {
  title: "People",
  sub: "Who is who on the other side, and in whose name messages may appear.",
  importing: "Importing people and rooms.",
  import: "Import now",
  importFirst: "Import people and spaces",
  search: "Search names, addresses, org units",
  filter: "Which people",
  all: "All",
  linked: "Enabled",
  matched: "Matched",
  suggested: "To confirm",
  conflict: "Conflicts",
  unmatched: "No match",
  suspended: "Suspended",
  enable: "Enable",
  disable: "Disable",
  enableAll: (n: number) => `Enable ${n.toLocaleString("en-GB")} matched`,
  confirmMatch: "Same person",
  reject: "Not the same",
  rule: "Why they match",
  state: "State",
  none: "—",
  guest: "guest",
  table: "People and their accounts",
  emptyTitle: "Nobody imported yet",
  emptyText:
    "Importing reads names and addresses from the connected platforms. Nothing is changed there.",
  noneFits: "Nobody fits this search",
  noneFitsText: "Try fewer letters, or another filter.",
  never: "not imported yet",
  importedAt: "imported",
  counts: (n: string) => `${n} people`,
  enableTitle: "Enable everybody who is matched?",
  enableText: (n: string) =>
    `Messages of ${n} people will appear in their own name on the other side, where the platform allows it. You can disable anyone at any time.`,
  selected: "Details",
  account: "Account",
  candidates: "It may be one of these",
  close: "Close details",
};
