import { describe, expect, test } from "vitest";
import { type PlanRow, PlanState, type PlanView, Risk, RowState } from "../../api";
import { approvedSummary, shown, toApprove, toWithdraw } from "./selection";

const row = (id: string, change: Partial<PlanRow> = {}): PlanRow => ({
  id,
  verb: "link-people",
  subject: `Person ${id}`,
  before: "",
  after: "linked",
  reason: "Same address",
  risk: Risk.Low,
  riskWhy: "",
  readers: -1,
  outside: 0,
  state: RowState.Proposed,
  result: "",
  undo: true,
  needs: [],
  ...change,
});

const planOf = (...rows: PlanRow[]): PlanView => ({
  id: "p",
  made: "",
  state: PlanState.Review,
  reason: "",
  groups: [],
  rows,
});

describe("what is shown", () => {
  const rows = [
    row("a", { subject: "Łukasz Nowak" }),
    row("b", { verb: "link-rooms", subject: "Sales EMEA", risk: Risk.High }),
  ];

  test("needs every word, in any of the texts, whatever the case", () => {
    const filter = { verb: "", risk: "" as const, search: "nowak ADDRESS" };
    expect(shown(rows, filter).map((one) => one.id)).toEqual(["a"]);
  });

  test("is narrowed by kind and by risk", () => {
    expect(shown(rows, { verb: "link-rooms", risk: "", search: "" }).length).toBe(1);
    expect(shown(rows, { verb: "", risk: Risk.High, search: "" })[0]?.id).toBe("b");
    expect(shown(rows, { verb: "link-people", risk: Risk.High, search: "" })).toEqual([]);
  });
});

describe("approving", () => {
  test("leaves high risk out unless it is meant", () => {
    const plan = planOf(row("a"), row("b", { risk: Risk.High }));
    expect(toApprove(plan, plan.rows, false)).toEqual(["a"]);
    expect(toApprove(plan, plan.rows, true)).toEqual(["a", "b"]);
  });

  test("takes along what a row needs, also when it is not shown", () => {
    const link = row("link", { needs: ["seat"] });
    const plan = planOf(row("seat"), link);
    expect(toApprove(plan, [link], true).toSorted()).toEqual(["link", "seat"]);
  });

  test("touches neither finished rows nor those approved before", () => {
    const plan = planOf(
      row("done", { state: RowState.Done }),
      row("had", { state: RowState.Approved }),
      row("new", { needs: ["done", "had"] }),
    );
    expect(toApprove(plan, plan.rows, true)).toEqual(["new"]);
  });
});

describe("taking back", () => {
  test("takes back what needs the row, and what needs that", () => {
    const approved = { state: RowState.Approved };
    const seat = row("seat", approved);
    const plan = planOf(
      seat,
      row("link", { ...approved, needs: ["seat"] }),
      row("rename", { ...approved, needs: ["link"] }),
      row("other", approved),
    );
    expect(toWithdraw(plan, [seat])).toEqual(["seat", "link", "rename"]);
  });

  test("does nothing to rows that are not approved", () => {
    const plan = planOf(row("a"), row("b", { state: RowState.Done }));
    expect(toWithdraw(plan, plan.rows)).toEqual([]);
  });
});

test("the numbers before applying count approved rows only", () => {
  const approved = { state: RowState.Approved };
  const plan = planOf(
    row("a", { ...approved, readers: 9 }),
    row("b", { ...approved, risk: Risk.High, readers: 4 }),
    row("c", { ...approved }),
    row("d", { readers: 100, risk: Risk.High }),
  );
  expect(approvedSummary(plan)).toEqual({ count: 3, highRisk: 1, readers: 13 });
});
