import { useEffect, useState } from "react";

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** "40 seconds ago", "in 3 minutes"; "never" for no time. */
export function ago(time: string, now: number): string {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return "never";
  const seconds = Math.round((at - now) / 1000);
  if (Math.abs(seconds) < 2) return "just now";
  const format = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}

const clock: Intl.DateTimeFormatOptions = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};

const day: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };

/** The time of day, with the date in front when it is not today. */
export function clockTime(time: string, now: number): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  const sameDay = at.toDateString() === new Date(now).toDateString();
  const text = at.toLocaleTimeString("en-GB", clock);
  return sameDay ? text : `${at.toLocaleDateString("en-GB", day)}, ${text}`;
}

/** "3 August 2026". */
export function longDate(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  return at.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** "212 ms", "1.2 s"; "" where nothing was measured. */
export function took(ms: number): string {
  if (ms < 0) return "";
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Thousands with a separator. */
export const count = (n: number) => n.toLocaleString("en-GB");

/** "1 person", "2 people". */
export const counted = (n: number, one: string, many: string) =>
  `${count(n)} ${n === 1 ? one : many}`;

/** The present time, read again every few seconds. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
