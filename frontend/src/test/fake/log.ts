import { type Bucket, Level, type LogDetail, type LogQuery, type LogRow } from "../../api";
import { seeded } from "./random";

const kinds: [Level, string, string, string][] = [
  [Level.Info, "Message delivered", "Design → Entwurf", "Ana Ortiz"],
  [Level.Info, "Message received", "Design → Entwurf", "Ana Ortiz"],
  [Level.Slow, "Slowed down by Microsoft", "Sales EMEA", ""],
  [Level.Info, "Edit carried", "Launch", "Mei Tanaka"],
  [Level.Info, "Reply delivered", "日本チーム", "Aiko Sato"],
  [Level.Problem, "Attachment left out", "Sales EMEA", "Łukasz Nowak"],
  [Level.Info, "Space renamed", "Launch ← Rollout", ""],
  [Level.Info, "Directory read", "", ""],
  [Level.Info, "Message delivered", "Support desk", "Zeynep Yılmaz"],
  [Level.Warning, "Person without a counterpart", "Sales EMEA", "Olu Adeyemi"],
  [Level.Info, "Plan made", "", "dana.admin@acme.example"],
];

export function makeLog(n: number, now: number): LogRow[] {
  const random = seeded(5);
  let at = now;
  return Array.from({ length: n }, (_, i) => {
    at -= 400 + random.below(26_000);
    const [level, what, where, who] =
      i === 5
        ? (kinds[5] as (typeof kinds)[0])
        : random.next() > 0.8
          ? random.pick(kinds)
          : (kinds[random.below(2) * 8] as (typeof kinds)[0]);
    return {
      id: `log-${i}`,
      time: new Date(at).toISOString(),
      level,
      what,
      where,
      who,
      platform: what === "Plan made" ? "" : random.pick(["google", "microsoft"]),
      tookMs: what === "Plan made" ? -1 : what === "Directory read" ? 1900 : 30 + random.below(420),
    };
  });
}

export function fits(row: LogRow, query: LogQuery): boolean {
  const text = `${row.what} ${row.where} ${row.who}`.toLowerCase();
  return (
    query.text
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word)) &&
    (!query.from || row.time >= query.from) &&
    (!query.to || row.time < query.to) &&
    (query.levels.length === 0 || query.levels.includes(row.level)) &&
    (!query.platform || row.platform === query.platform)
  );
}

export function makeBuckets(rows: LogRow[], query: LogQuery, n: number, now: number): Bucket[] {
  const start = query.from ? Date.parse(query.from) : now - 24 * 3_600_000;
  const step = (now - start) / n;
  const random = seeded(3);
  return Array.from({ length: n }, (_, i) => {
    const from = start + i * step;
    const inside = rows.filter(
      (row) => Date.parse(row.time) >= from && Date.parse(row.time) < from + step,
    );
    const invented =
      inside.length || Math.round(90 + 60 * Math.abs(Math.sin(i / 9)) + random.below(50));
    return {
      from: new Date(from).toISOString(),
      count: invented,
      problems: [20, 21, 45].includes(i) ? 22 : i % 13 === 0 ? 3 : 0,
    };
  });
}

export const makeEntry = (row: LogRow): LogDetail => ({
  row,
  text:
    row.level === Level.Problem
      ? "“contract-v3.exe” was not carried: Teams blocks this file type. The message arrived with a note in its place."
      : `${row.what}${row.where ? ` in ${row.where}` : ""}.`,
  advice: row.level === Level.Problem ? "Share the file through a link instead." : "",
  run: "8812",
  actor: "automatic",
  answer: row.level === Level.Problem ? "403 blockedFileType" : "201 Created",
  requestId: "7f1c0a52-61b4-4a0e-9d3f-0c2e5fb1e20a",
  attempts: 1,
  url: "https://teams.microsoft.com/l/message/x",
  fields: [{ name: "Message", value: "spaces/AAQA/messages/kx2.kx2" }],
  support: `${row.time} ${row.what}\nrequest id 7f1c0a52-61b4-4a0e-9d3f-0c2e5fb1e20a`,
});
