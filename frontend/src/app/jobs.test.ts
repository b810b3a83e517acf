import { describe, expect, test } from "vitest";
import { type Job, JobState } from "../api";
import { justEnded } from "./jobs";

const job = (id: string, state: JobState): Job => ({
  id,
  kind: "import",
  subject: "",
  state,
  done: 0,
  total: 0,
  note: "",
  started: "",
});

describe("the jobs that just ended", () => {
  test("are those seen running before, and those too quick to be seen", () => {
    const before = [job("1", JobState.Running), job("2", JobState.Done)];
    const now = [
      job("1", JobState.Failed),
      job("2", JobState.Done),
      job("3", JobState.Done),
      job("4", JobState.Running),
    ];
    expect(justEnded(before, now).map((one) => one.id)).toEqual(["1", "3"]);
  });

  test("are none when the window has only just opened", () => {
    expect(justEnded(undefined, [job("1", JobState.Failed)])).toEqual([]);
  });
});
