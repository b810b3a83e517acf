import { type PlanRow, type PlanView, Risk, RowState } from "../../api";

/** What the administrator chose to look at. */
export type PlanFilter = { verb: string; risk: Risk | ""; search: string };

/** The rows that fit the filter; every word of the search must appear. */
export function shown(rows: PlanRow[], filter: PlanFilter): PlanRow[] {
  const words = filter.search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (filter.verb && row.verb !== filter.verb) return false;
    if (filter.risk && row.risk !== filter.risk) return false;
    const text = `${row.subject} ${row.before} ${row.after} ${row.reason}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Rows that can still be approved or taken back. */
export const isOpen = (row: PlanRow) =>
  row.state === RowState.Proposed || row.state === RowState.Approved;

export const isApproved = (row: PlanRow) => row.state === RowState.Approved;

/** The ids to approve: open rows not approved yet, and what they need, whatever the filter. */
export function toApprove(plan: PlanView, rows: PlanRow[], withHighRisk: boolean): string[] {
  const wanted = rows.filter((row) => isOpen(row) && (withHighRisk || row.risk !== Risk.High));
  const all = withNeeds(plan, wanted);
  return all.filter((row) => row.state === RowState.Proposed).map((row) => row.id);
}

/** The ids to take back: approved rows, and those that need them. */
export function toWithdraw(plan: PlanView, rows: PlanRow[]): string[] {
  const gone = new Set(rows.filter(isApproved).map((row) => row.id));
  for (let grew = true; grew; ) {
    grew = false;
    for (const row of plan.rows) {
      if (gone.has(row.id) || !isApproved(row)) continue;
      if (row.needs.some((id) => gone.has(id))) {
        gone.add(row.id);
        grew = true;
      }
    }
  }
  return plan.rows.filter((row) => gone.has(row.id)).map((row) => row.id);
}

function withNeeds(plan: PlanView, rows: PlanRow[]): PlanRow[] {
  const byId = new Map(plan.rows.map((row) => [row.id, row]));
  const found = new Map<string, PlanRow>();
  const add = (row: PlanRow) => {
    if (found.has(row.id)) return;
    found.set(row.id, row);
    for (const id of row.needs) {
      const needed = byId.get(id);
      if (needed && isOpen(needed)) add(needed);
    }
  };
  for (const row of rows) add(row);
  return [...found.values()];
}

/** What applying would do, in numbers. */
export function approvedSummary(plan: PlanView) {
  const rows = plan.rows.filter(isApproved);
  return {
    count: rows.length,
    highRisk: rows.filter((row) => row.risk === Risk.High).length,
    readers: rows.reduce((sum, row) => sum + Math.max(0, row.readers), 0),
  };
}
