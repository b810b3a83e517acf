import { describe, expect, test } from "vitest";
import { Level } from "../../api";
import { buildQuery, histogramQueryOf, noFilter, spanOf } from "./query";

const now = Date.parse("2026-11-23T14:02:31.500Z");

describe("the query of the log", () => {
  test("begins the chosen time before the present minute and is open towards now", () => {
    const query = buildQuery({ ...noFilter, range: "1h" }, now);
    expect(query.from).toBe("2026-11-23T13:02:00.000Z");
    expect(query.to).toBe("");
  });

  test("stays the same within a minute, so that nothing is asked twice", () => {
    expect(buildQuery(noFilter, now)).toEqual(buildQuery(noFilter, now + 20_000));
  });

  test("has no beginning for all time", () => {
    expect(buildQuery({ ...noFilter, range: "all" }, now).from).toBe("");
  });

  test("asks for warnings and problems when only problems are wanted", () => {
    const only = buildQuery({ ...noFilter, onlyProblems: true }, now);
    expect(only.levels).toEqual([Level.Warning, Level.Problem]);
    const narrower = buildQuery({ ...noFilter, onlyProblems: true, level: Level.Problem }, now);
    expect(narrower.levels).toEqual([Level.Problem]);
  });

  test("asks for every level when none is chosen", () => {
    expect(buildQuery(noFilter, now).levels).toEqual([]);
    expect(buildQuery({ ...noFilter, level: Level.Slow }, now).levels).toEqual([Level.Slow]);
  });

  test("trims the text", () => {
    expect(buildQuery({ ...noFilter, text: "  sales attachment " }, now).text).toBe(
      "sales attachment",
    );
  });

  test("is narrowed by a bar, while the histogram keeps the whole range", () => {
    const span = { from: "2026-11-23T10:00:00.000Z", to: "2026-11-23T10:20:00.000Z" };
    const filter = { ...noFilter, span };
    expect(buildQuery(filter, now)).toMatchObject(span);
    expect(histogramQueryOf(filter, now)).toEqual(buildQuery(noFilter, now));
  });
});

test("a bar ends where the next begins, and the last one now", () => {
  const starts = ["2026-11-23T10:00:00.000Z", "2026-11-23T12:00:00.000Z"];
  expect(spanOf(starts, 0, now)).toEqual({ from: starts[0], to: starts[1] });
  expect(spanOf(starts, 1, now)).toEqual({ from: starts[1], to: "2026-11-23T14:02:31.500Z" });
});
