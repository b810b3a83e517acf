import type { AccountForecast, AccountWish, Scope, ScopeChoices, ScopePreview } from "../../api";

export const scopeChoices = (platform: string): ScopeChoices => ({
  now: { kind: "all", of: [] },
  orgUnits:
    platform === "google"
      ? ["/", "/Design", "/Sales", "/Sales/EMEA"].map((path) => ({ id: path, name: path }))
      : [],
  groups: ["Bridge pilot", "Everyone in Sales"].map((name) => ({ id: name, name })),
});

export const scopePreview = (scope: Scope, all: number): ScopePreview =>
  scope.kind === "all"
    ? { inside: all, outside: 0, leaving: [] }
    : { inside: 120, outside: all - 120, leaving: ["Ana Ortiz", "Mei Tanaka"] };

export const accountForecast = (wish: AccountWish): AccountForecast => ({
  platform: "Microsoft Teams",
  person: "Mei Tanaka",
  address: "mei.tanaka@acme.example",
  refused: wish.guest ? "" : "acme.example is not a domain of contoso.example.",
  notes: wish.guest ? ["The person gets an invitation by e-mail and has to accept it once."] : [],
  costs: false,
});
