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
  scopeOf: (name: string, scope: string) => `Who takes part of ${name}: ${scope}`,
  makeAccount: "Make an account there…",
  counts: (n: string) => `${n} people`,
  enableTitle: "Enable everybody who is matched?",
  enableText: (n: string) =>
    `Messages of ${n} people will appear in their own name on the other side, where the platform allows it. You can disable anyone at any time.`,
  selected: "Details",
  account: "Account",
  candidates: "It may be one of these",
  close: "Close details",
};

export const scopeTexts = {
  title: (name: string) => `Who takes part of ${name}?`,
  by: "Chosen by",
  kinds: {
    all: "Everybody",
    "org-units": "Org units, and those within them",
    groups: "Groups, and those within them",
  } as Record<string, string>,
  notTold: "The platform tells of none, or the permission to read them is not granted.",
  choose: "Choose one or more",
  takes: (inside: string, outside: string) => `${inside} take part, ${outside} do not.`,
  leaving: (people: string) => `${people} would be proposed to be withdrawn:`,
  more: (n: number) => ` and ${n} more`,
  later:
    "Nobody is enabled or withdrawn by choosing. The plan proposes what follows, and you approve it.",
  saved: "Chosen. The plan proposes what follows.",
  save: "Choose",
  cancel: "Cancel",
};

export const accountTexts = {
  title: (name: string) => `An account for ${name}`,
  kind: "Kind of account",
  guest: "Guest account",
  guestText: "For people who stay where they are. It needs no licence as a rule.",
  member: "Member account",
  memberText: "For people on your own domains. It may use up a licence.",
  orgUnit: "Org unit",
  byDefault: "The platform's own choice",
  licence: "Licence",
  noLicence: "None",
  offer: (name: string, free: number) => (free < 0 ? name : `${name} (${free} left)`),
  made: (platform: string, address: string) =>
    `An account for ${address} would be made in ${platform}.`,
  refused: (platform: string, why: string) => `It cannot be made in ${platform}: ${why}`,
  later: "It is not made yet: it enters the plan, where somebody approves it.",
  propose: "Put it into the plan",
  proposed: "It is in the plan now.",
  cancel: "Cancel",
};
