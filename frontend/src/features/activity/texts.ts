import { Level } from "../../api";
import type { Tone } from "../../components";

export const levels: Record<Level, { tone: Tone; word: string }> = {
  [Level.Info]: { tone: "ok", word: "ok" },
  [Level.Slow]: { tone: "warn", word: "slow" },
  [Level.Warning]: { tone: "warn", word: "warning" },
  [Level.Problem]: { tone: "bad", word: "problem" },
};

export const texts = {
  title: "Activity",
  size: (n: string, since: string) =>
    since
      ? `${n} entries on this computer, since ${since}. Works offline.`
      : "Everything the hub does is written here, on this computer. Works offline.",
  export: "Export…",
  exportCsv: "As a table (CSV)",
  exportJson: "As JSON, one entry a line",
  exporting: "Writing the export.",
  search: "Search everything: people, rooms, answers, request ids",
  range: "Time",
  level: "Level",
  anyLevel: "Any level",
  platform: "Platform",
  anyPlatform: "Any platform",
  onlyProblems: "Only problems",
  histogram: "Entries over time",
  now: "now",
  bar: (n: string, problems: string, from: string) => `${from}: ${n} entries, ${problems} problems`,
  barsText: "Press a bar to look at its time only.",
  allTime: "Show the whole range again",
  columns: {
    time: "Time",
    what: "What",
    where: "Where",
    who: "Who",
    platform: "Platform",
    took: "Took",
  },
  table: "Log",
  found: (n: string) => `${n} entries fit`,
  loadingMore: "Reading more…",
  noneTitle: "Nothing fits",
  noneText: "Try fewer words, a longer time or another filter.",
  emptyTitle: "Nothing happened yet",
  emptyText:
    "As soon as a platform is connected, every look, change and message leaves a line here.",
  detail: "Entry",
  close: "Close details",
  run: "Run",
  actor: "Caused by",
  answer: "Answer",
  requestId: "Request id",
  attempts: "Attempts",
  where: "Where",
  who: "Who",
  took: "Took",
  copy: "Copy for support",
  copyText: "Holds no message text.",
  open: "Open room",
};

export type RangeKey = "1h" | "24h" | "7d" | "30d" | "all";

export const ranges: { value: RangeKey; label: string }[] = [
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 h" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
  { value: "all", label: "All time" },
];
