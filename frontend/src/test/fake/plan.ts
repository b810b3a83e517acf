import {
  MatchState,
  type Person,
  type PlanRow,
  PlanState,
  type PlanSummary,
  type PlanView,
  Risk,
  type RoomRow,
  RoomState,
  RowState,
} from "../../api";

const row = (change: Partial<PlanRow> & Pick<PlanRow, "id" | "verb" | "subject">): PlanRow => ({
  before: "",
  after: "",
  reason: "",
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

export function makePlan(people: Person[], rooms: RoomRow[], made: string): PlanView {
  const linkPeople = people
    .filter((p) => p.state === MatchState.Matched || p.state === MatchState.Suggested)
    .slice(0, 160)
    .map((p, i) =>
      row({
        id: `lp-${i}`,
        verb: "link-people",
        subject: p.left.name,
        before: "not enabled",
        after: `${p.left.address} ↔ ${p.right.address}`,
        reason: p.rule,
        state: i % 3 === 0 ? RowState.Approved : RowState.Proposed,
        risk: p.state === MatchState.Suggested ? Risk.Medium : Risk.Low,
        riskWhy: p.state === MatchState.Suggested ? "Matched by name only" : "",
      }),
    );
  const suggested = rooms.filter((r) => r.state === RoomState.Suggested);
  const seats = suggested.map((r, i) =>
    row({
      id: `seat-${i}`,
      verb: "join-room",
      subject: `${r.right.group} › ${r.right.name}`,
      after: "Mio bridge joins the team",
      reason: "A message can only be posted by a member",
      undo: true,
    }),
  );
  const linkRooms = suggested.map((r, i) =>
    row({
      id: `lr-${i}`,
      verb: "link-rooms",
      subject: r.left.name,
      before: "not linked",
      after: `${r.left.name} ↔ ${r.right.group} › ${r.right.name}`,
      reason: r.reason,
      readers: r.left.members,
      outside: i % 3 === 1 ? 2 : 0,
      needs: [`seat-${i}`],
      risk: i % 3 === 1 ? Risk.High : Risk.Medium,
      riskWhy:
        i % 3 === 1 ? "2 guests will be able to read it" : "Existing members newly read each other",
    }),
  );
  const suspended = people
    .filter((p) => p.state === MatchState.Suspended)
    .slice(0, 6)
    .map((p, i) =>
      row({
        id: `dis-${i}`,
        verb: "disable-people",
        subject: p.left.name,
        before: "enabled",
        after: "not enabled",
        reason: "Suspended in Google Workspace",
        state:
          i === 0
            ? RowState.Done
            : i === 1
              ? RowState.Failed
              : i === 2
                ? RowState.Stale
                : RowState.Proposed,
        result:
          i === 1
            ? "Microsoft asked to slow down; try again"
            : i === 2
              ? "Active again since this plan was made"
              : "",
      }),
    );
  const rows = [...linkPeople, ...linkRooms, ...seats, ...suspended];
  const group = (verb: string, title: string, text: string) => ({
    verb,
    title,
    text,
    count: rows.filter((r) => r.verb === verb).length,
  });
  return {
    id: "plan-12",
    made,
    state: PlanState.Review,
    reason: "",
    rows,
    groups: [
      group(
        "link-people",
        "Link people",
        "Their messages appear in their own name on the other side.",
      ),
      group("link-rooms", "Link rooms", "What is said in one arrives in the other, from then on."),
      group("join-room", "Join rooms", "The bridge account becomes a member where it must post."),
      group("disable-people", "Disable people", "Nothing is sent in their name any more."),
    ],
  };
}

export const makeHistory = (now: number): PlanSummary[] =>
  Array.from({ length: 11 }, (_, i) => {
    const at = (back: number) => new Date(now - back * 3_600_000).toISOString();
    const state =
      i === 0 ? PlanState.Review : i % 4 === 3 ? PlanState.Discarded : PlanState.Applied;
    return {
      id: `plan-${12 - i}`,
      made: at(i * 17 + 0.2),
      applied: state === PlanState.Applied ? at(i * 17) : "",
      state,
      rows: 40 + ((i * 37) % 120),
      done: state === PlanState.Applied ? 38 + ((i * 37) % 120) : 0,
      failed: i % 5 === 2 ? 2 : 0,
      actor: state === PlanState.Applied ? "dana.admin@acme.example" : "",
    };
  });
