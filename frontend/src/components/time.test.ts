import { describe, expect, test } from "vitest";
import { toProblem } from "../api";
import { ago, counted, took } from "./time";

const now = Date.parse("2026-11-23T14:00:00Z");

describe("how long ago", () => {
  test.each([
    ["2026-11-23T13:59:20Z", "40 seconds ago"],
    ["2026-11-23T14:02:00Z", "in 2 minutes"],
    ["2026-11-23T14:00:01Z", "just now"],
    ["2026-11-20T14:00:00Z", "3 days ago"],
    ["", "never"],
  ])("%s is %s", (time, text) => {
    expect(ago(time, now)).toBe(text);
  });
});

test("durations are told in the unit that reads best", () => {
  expect([took(212), took(1900), took(-1)]).toEqual(["212 ms", "1.9 s", ""]);
});

test("one is one", () => {
  expect(counted(1, "person", "people")).toBe("1 person");
  expect(counted(1204, "person", "people")).toBe("1,204 people");
});

describe("what a call was rejected with", () => {
  test("keeps the vendor's answer", () => {
    const problem = toProblem({ message: "no", code: "403x", status: 403, requestId: "r" });
    expect(problem).toMatchObject({ message: "no", code: "403x", status: 403, requestId: "r" });
  });

  test("is words whatever it was", () => {
    expect(toProblem("plain").message).toBe("plain");
    expect(toProblem(undefined).message).toBe("It did not work.");
    expect(toProblem({ message: 7 }).message).toBe("It did not work.");
  });
});
