import { type Account, MatchState, type PeopleSummary, type Person } from "../../api";
import { seeded } from "./random";

const given = [
  "Ana",
  "Łukasz",
  "Mei",
  "Dana",
  "Noor",
  "Søren",
  "Priya",
  "Tomás",
  "Aiko",
  "Zeynep",
  "Émile",
  "Olu",
  "Ingrid",
  "Rahel",
  "Mateo",
  "Siobhán",
  "Ji-woo",
  "Farid",
  "Katarzyna",
  "Björn",
];
const family = [
  "Ortiz",
  "Nowak",
  "Tanaka",
  "Weber",
  "Haddad",
  "Kjær",
  "Raman",
  "Silva",
  "Sato",
  "Yılmaz",
  "Lefèvre",
  "Adeyemi",
  "Lindqvist",
  "Fischer",
  "Rossi",
  "O’Brien",
  "Park",
  "Karimi",
  "Zielińska",
  "Åkesson",
];
const units = ["/Sales/EMEA", "/Engineering", "/Design", "/Support", "/Finance", "/People"];
const states = [
  ...Array<MatchState>(11).fill(MatchState.Linked),
  ...Array<MatchState>(3).fill(MatchState.Matched),
  MatchState.Suggested,
  MatchState.Conflict,
  ...Array<MatchState>(3).fill(MatchState.Unmatched),
  MatchState.Suspended,
];

const rules: Record<MatchState, [string, string]> = {
  [MatchState.Linked]: [
    "Same address",
    "Both accounts have the same address on a domain verified in both tenants.",
  ],
  [MatchState.Matched]: [
    "Alias",
    "One account's alias is the other's primary address, on a domain verified in both tenants.",
  ],
  [MatchState.Suggested]: [
    "Same name",
    "Given and family name agree, addresses do not. Somebody must confirm before anything is sent in this name.",
  ],
  [MatchState.Conflict]: ["Same name, several", "Three accounts on the other side have this name."],
  [MatchState.Unmatched]: ["", ""],
  [MatchState.Suspended]: [
    "Same address",
    "Suspended in Google Workspace since yesterday; no longer enabled.",
  ],
};

const ascii = (text: string) =>
  text
    .normalize("NFD")
    .replace(/[̀-ͯ]/g, "")
    .replace(/ł/gi, "l")
    .replace(/ø/gi, "o")
    .replace(/æ/gi, "ae")
    .replace(/ı/g, "i")
    .replace(/[^a-z]/gi, "")
    .toLowerCase();

const none: Account = { id: "", name: "", address: "", orgUnit: "", guest: false, state: "" };

export function makePeople(n: number): Person[] {
  const random = seeded(7);
  return Array.from({ length: n }, (_, i) => {
    const first = random.pick(given);
    const last = random.pick(family);
    const state = random.pick(states);
    const local = `${ascii(first)}.${ascii(last)}${i > 380 ? i : ""}`;
    const account = (side: string, domain: string): Account => ({
      id: `${side}-${i}`,
      name: `${first} ${last}`,
      address: `${local}@${domain}`,
      orgUnit: random.pick(units),
      guest: false,
      state: state === MatchState.Suspended ? "suspended" : "active",
    });
    const alone = state === MatchState.Unmatched || state === MatchState.Conflict;
    const left = account("g", "acme.example");
    const right = alone
      ? none
      : account("m", state === MatchState.Suggested ? "contoso.example" : "acme.example");
    const [rule, why] = rules[state];
    return {
      id: `p-${i}`,
      left,
      right,
      rule,
      why,
      state,
      enabled: state === MatchState.Linked,
      candidates:
        state === MatchState.Conflict
          ? [account("m1", "contoso.example"), account("m2", "contoso.example")]
          : [],
    };
  }).sort((a, b) => a.left.name.localeCompare(b.left.name));
}

export function summarise(people: Person[], imported: string): PeopleSummary {
  const of = (state: MatchState) => people.filter((person) => person.state === state).length;
  const side = (platform: string, name: string, tenant: string, n: number, rooms: number) => ({
    platform,
    name,
    tenant,
    people: n,
    rooms,
    imported,
    scope: "Everybody",
  });
  return {
    sides: [
      side("google", "Google Chat", "acme.example", people.length, 46),
      side(
        "microsoft",
        "Microsoft Teams",
        "contoso.example",
        people.filter((p) => p.right.id).length,
        51,
      ),
    ],
    all: people.length,
    linked: of(MatchState.Linked),
    matched: of(MatchState.Matched),
    suggested: of(MatchState.Suggested),
    conflict: of(MatchState.Conflict),
    unmatched: of(MatchState.Unmatched),
    suspended: of(MatchState.Suspended),
  };
}
