import type {
  AccountChoice,
  AccountOptions,
  AccountPreview,
  ScopeChoice,
  ScopeOptions,
  ScopePreview,
} from "../../api";

export const scopeOptions = (platform: string): ScopeOptions => ({
  platform,
  name: platform === "google" ? "Google Chat" : "Microsoft Teams",
  now: { kind: "all", of: [] },
  why: "",
  orgUnits:
    platform === "google"
      ? ["/", "/Design", "/Sales", "/Sales/EMEA"].map((path) => ({
          id: path,
          name: path,
          note: "",
        }))
      : [],
  groups: ["Bridge pilot", "Everyone in Sales"].map((name) => ({
    id: name,
    name,
    note: `${name.replaceAll(" ", ".").toLowerCase()}@acme.example`,
  })),
});

export const scopePreview = (choice: ScopeChoice, all: number): ScopePreview =>
  choice.kind === "all"
    ? { inside: all, outside: 0, leaving: [] }
    : { inside: 120, outside: all - 120, leaving: ["Ana Ortiz", "Mei Tanaka"] };

export const accountOptions = (platform: string): AccountOptions => ({
  platform,
  name: platform === "google" ? "Google Chat" : "Microsoft Teams",
  why: "",
  orgUnits: platform === "google" ? ["/", "/Guests"] : [],
  licences: [{ id: "teams", name: "Microsoft Teams Essentials", free: 4 }],
});

export const accountPreview = (id: string, choice: AccountChoice): AccountPreview => ({
  id,
  name: "Mei Tanaka",
  address: "mei.tanaka@acme.example",
  problem: choice.guest ? "" : "acme.example is not a domain of contoso.example.",
  notes: choice.guest ? ["The person gets an invitation by e-mail and has to accept it once."] : [],
  costs: false,
});
