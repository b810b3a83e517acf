import { Level, type LogQuery } from "../../api";
import type { RangeKey } from "./texts";

/** What the administrator chose above the log. */
export type LogFilter = {
  text: string;
  range: RangeKey;
  level: Level | "";
  platform: string;
  onlyProblems: boolean;
  /** A bar of the histogram, as RFC 3339 times; narrower than the range. */
  span: { from: string; to: string } | undefined;
};

export const noFilter: LogFilter = {
  text: "",
  range: "24h",
  level: "",
  platform: "",
  onlyProblems: false,
  span: undefined,
};

const hour = 3_600_000;
const lengths: Record<Exclude<RangeKey, "all">, number> = {
  "1h": hour,
  "24h": 24 * hour,
  "7d": 7 * 24 * hour,
  "30d": 30 * 24 * hour,
};

/** How many entries a page of the log has. */
export const pageSize = 200;

/**
 * The query for a filter. now is rounded down to the minute, so that the same
 * filter asks the same question for a while instead of a new one at each drawing.
 */
export function buildQuery(filter: LogFilter, now: number): LogQuery {
  const minute = Math.floor(now / 60_000) * 60_000;
  const from = filter.range === "all" ? "" : new Date(minute - lengths[filter.range]).toISOString();
  return {
    text: filter.text.trim(),
    from: filter.span?.from ?? from,
    to: filter.span?.to ?? "",
    levels: levelsOf(filter),
    platform: filter.platform,
    after: "",
    limit: pageSize,
  };
}

/** The histogram looks at the whole range, also while one bar is chosen. */
export const histogramQueryOf = (filter: LogFilter, now: number) =>
  buildQuery({ ...filter, span: undefined }, now);

function levelsOf(filter: LogFilter): Level[] {
  const problems = [Level.Warning, Level.Problem];
  if (!filter.level) return filter.onlyProblems ? problems : [];
  if (filter.onlyProblems && !problems.includes(filter.level)) return problems;
  return [filter.level];
}

/** The end of a bar: where the next one begins, or the end of the query. */
export function spanOf(starts: string[], index: number, now: number) {
  const from = starts[index] ?? "";
  const to = starts[index + 1] ?? new Date(now).toISOString();
  return { from, to };
}
