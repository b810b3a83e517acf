import {
  Level,
  type Person,
  type Reader,
  type RoomDetail,
  type RoomRow,
  type RoomSide,
  RoomState,
} from "../../api";
import { seeded } from "./random";

const names = [
  "Design → Entwurf",
  "Sales EMEA",
  "Launch",
  "Incident 4711",
  "Kitchen table",
  "Data platform",
  "Finance close",
  "Onboarding",
  "日本チーム",
  "Roadmap 2027",
  "Security review",
  "Support desk",
  "Fußball",
  "Release train",
  "Brand refresh",
];
const states = [
  RoomState.Linked,
  RoomState.Linked,
  RoomState.Linked,
  RoomState.Suggested,
  RoomState.Unlinked,
  RoomState.Paused,
  RoomState.Unlinkable,
];

const reasons: Record<RoomState, string> = {
  [RoomState.Linked]: "",
  [RoomState.Paused]: "Paused by dana.admin@acme.example",
  [RoomState.Suggested]: "Same name, 9 of 11 members matched",
  [RoomState.Unlinked]: "No room of this name on the other side",
  [RoomState.Unlinkable]: "History is off: messages would be kept longer on the other side",
};

const none: RoomSide = { id: "", platform: "", name: "", group: "", kind: "", members: 0, url: "" };

export function makeRooms(n: number, now: number): RoomRow[] {
  const random = seeded(11);
  return Array.from({ length: n }, (_, i) => {
    const name = i < names.length ? (names[i] as string) : `${random.pick(names)} ${i}`;
    const state = states[i % states.length] as RoomState;
    const alone = state === RoomState.Unlinked || state === RoomState.Unlinkable;
    const members = 3 + random.below(40);
    const left: RoomSide = {
      id: `s-${i}`,
      platform: "google",
      name,
      group: "",
      kind: "space",
      members,
      url: "https://chat.google.com/room/x",
    };
    const right: RoomSide = alone
      ? none
      : {
          id: `c-${i}`,
          platform: "microsoft",
          name: name.replace(" → ", " / "),
          group: random.pick(["Product", "Sales", "Operations"]),
          kind: random.next() > 0.8 ? "private channel" : "channel",
          members: members + 2,
          url: "https://teams.microsoft.com/l/channel/x",
        };
    const linked = state === RoomState.Linked || state === RoomState.Paused;
    return {
      id: `r-${i}`,
      left,
      right,
      state,
      reason: reasons[state],
      lastMessage: linked ? new Date(now - random.below(90_000_000)).toISOString() : "",
      carried: linked ? random.below(4200) : 0,
      waiting: state === RoomState.Linked && i === 1 ? 2 : 0,
      inPlan: state === RoomState.Suggested && i % 2 === 1,
    };
  });
}

export const makeReaders = (people: Person[], reads: string): Reader[] =>
  people.slice(0, 9).map((person, i) => ({
    name: person.left.name,
    address: person.left.address,
    platform: i % 2 ? "google" : "microsoft",
    kind: i === 2 ? "guest" : i === 5 ? "unmatched" : "internal",
    reads,
  }));

export const makeRoomDetail = (row: RoomRow, people: Person[]): RoomDetail => ({
  row,
  members: people.slice(0, 11).map((person, i) => ({
    name: person.left.name,
    address: person.left.address,
    platform: i % 2 ? "google" : "microsoft",
    kind: i === 2 ? "guest" : "internal",
    counterpart: person.right.address,
  })),
  readers:
    row.state === RoomState.Unlinkable
      ? []
      : makeReaders(people, `what ${row.right.name || row.left.name} says`),
  notes:
    row.state === RoomState.Suggested
      ? [
          {
            text: "The bridge account must join the team “Product” first; that is a change in the plan.",
            severity: Level.Warning,
            platform: "microsoft",
            link: "",
            detail: "",
            fixUrl: "",
            linkText: "",
          },
        ]
      : [],
});
