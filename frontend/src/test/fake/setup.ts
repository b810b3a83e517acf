import {
  type CheckRow,
  FindingState,
  type Part,
  PartKind,
  type Permission,
  type ScopeRow,
  type Step,
  StepState,
  type Wizard,
} from "../../api";

export const part = (change: Partial<Part> & Pick<Part, "kind">): Part => ({
  id: "",
  label: "",
  text: "",
  value: "",
  url: "",
  action: "",
  optional: false,
  state: StepState.Todo,
  note: "",
  scopes: [],
  proof: check({ code: "", title: "", state: FindingState.None }),
  file: "",
  secret: false,
  choices: [],
  ...change,
});

export const step = (change: Partial<Step> & Pick<Step, "id" | "title" | "state">): Step => ({
  summary: "",
  parts: [],
  checks: [],
  why: [],
  retryAt: "",
  shipped: "",
  ...change,
});

export const check = (change: Partial<CheckRow> & Pick<CheckRow, "code" | "title">): CheckRow => ({
  writes: false,
  state: FindingState.Pass,
  evidence: "",
  cause: "",
  fix: "",
  fixUrl: "",
  raw: "",
  at: "",
  others: [],
  unrecognised: false,
  ...change,
});

const scope = (name: string, reason: string, change: Partial<ScopeRow> = {}): ScopeRow => ({
  scope: `https://www.googleapis.com/auth/${name}`,
  reason,
  state: FindingState.Pass,
  evidence: "",
  cause: "",
  fix: "",
  fixUrl: "",
  raw: "",
  others: [],
  unrecognised: false,
  ...change,
});

const scopes = [
  scope("admin.directory.user.readonly", "Reads names and addresses, to match people."),
  scope("admin.directory.orgunit.readonly", "Reads org units, to limit the import to some."),
  scope("chat.admin.spaces.readonly", "Lists the organisation's spaces."),
  scope("chat.messages", "Reads and posts messages as an enabled person.", {
    state: FindingState.Fail,
    cause:
      "Google refused this scope for both test users; the others pass, so the entry exists but lacks it.",
    fix: "Add the missing scope.",
    fixUrl: "https://admin.google.com/ac/owl/domainwidedelegation",
    raw: "401 unauthorized_client: Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.",
    others: [
      {
        cause: "Chat is switched off for this person's org unit.",
        fix: "Choose another test person, or switch it on.",
        fixUrl: "https://admin.google.com/ac/appslist/core",
      },
    ],
  }),
  scope("chat.memberships", "Reads who is in a space."),
  scope("chat.spaces", "Renames a linked space when its counterpart is renamed.", {
    state: FindingState.Waiting,
    evidence: "Granted a moment ago; Google has not caught up everywhere yet.",
  }),
];

const retryAt = () => new Date(Date.now() + 120_000).toISOString();

export const googleWizard = (): Wizard => ({
  platform: "google",
  name: "Google Chat",
  tenant: "acme.example",
  current: "delegation",
  connected: false,
  steps: [
    step({
      id: "register",
      title: "App registration",
      state: StepState.Done,
      summary: "Picked up from client.json",
      shipped: "IT department of Acme",
      parts: [
        part({
          kind: PartKind.Text,
          text: "Mio Hub signs in with an OAuth client and a service account of your own project. Choose both files, in any order.",
        }),
        part({
          kind: PartKind.File,
          id: "client",
          label: "OAuth client or service account (JSON)",
          text: "The files that the Google Cloud console lets you download.",
          action: "file",
          state: StepState.Done,
          note: "OAuth client of project mio-1048, service account mio-hub@mio-1048.",
        }),
        part({
          kind: PartKind.Script,
          id: "make",
          label: "Or have it made",
          text: "Paste this into Google Cloud Shell. It can be run again; what is there already stays.",
          file: "miohub-google.sh",
          value: `#!/usr/bin/env bash
# Makes what Mio Hub needs in Google Cloud.
set -euo pipefail
project="miohub-$(date +%s | tail -c 7)"
gcloud projects create "$project" --name "Mio Hub"
gcloud services enable --project "$project" admin.googleapis.com chat.googleapis.com
gcloud iam service-accounts create mio-hub --project "$project" --display-name "Mio Hub"`,
        }),
        part({
          kind: PartKind.Field,
          id: "customer",
          label: "Customer id",
          text: "Only where one administrator has several organisations.",
          optional: true,
          value: "C03abcd12",
        }),
      ],
    }),
    step({
      id: "invites",
      title: "Chat invitations",
      state: StepState.Ticked,
      summary: "Confirmed by you, verified after delegation",
      parts: [
        part({
          kind: PartKind.Text,
          text: "Automatically accept invitations between users, so that nobody has to accept a linked space by hand.",
        }),
        part({
          kind: PartKind.Link,
          label: "Open Chat settings",
          url: "https://admin.google.com/ac/managedsettings/216932279217",
        }),
        part({
          kind: PartKind.Tick,
          id: "invites",
          label: "Invitations are accepted automatically",
          state: StepState.Ticked,
          note: "Confirmed by dana.admin@acme.example, 28 November 14:02, not verified. It is verified by itself as soon as the permissions work.",
        }),
        part({
          kind: PartKind.Field,
          id: "test_people",
          label: "Test person",
          text: "Somebody who does not mind being in a space for a moment.",
          value: "mei@acme.example",
        }),
        part({
          kind: PartKind.Probe,
          id: "probe",
          label: "Try it out",
          text: "A temporary space “Mio Hub probe” is made in the name of dana.admin@acme.example, and mei@acme.example is added to it.\n\nIt is read whether she is a member at once or only invited. Then the space is removed, whatever came out.",
          proof: check({
            code: "google.invites",
            title: "Invitations are accepted automatically",
            state: FindingState.Warn,
            evidence:
              "mei@acme.example of the org unit /Design was JOINED at once. Only this org unit is proved.",
            cause:
              "The temporary space “Mio Hub probe” could not be removed: the network failed. It is removed at the next start.",
            at: new Date().toISOString(),
          }),
        }),
      ],
      why: [
        {
          ask: "Why is this needed?",
          answer: "Without it, each person must accept each new space.",
        },
      ],
    }),
    step({
      id: "authorize",
      title: "Authorize Mio",
      state: StepState.Done,
      summary: "dana.admin@acme.example, super administrator",
      parts: [
        part({
          kind: PartKind.Text,
          text: "Your browser opens. Sign in as a super administrator and allow what is listed.",
        }),
        part({
          kind: PartKind.Action,
          id: "authorize",
          label: "Authorize Mio",
          action: "authorize",
          state: StepState.Done,
          note: "Signed in as dana.admin@acme.example, super administrator",
        }),
      ],
    }),
    step({
      id: "delegation",
      title: "Domain-wide delegation",
      state: StepState.Failed,
      summary: "1 of 6 scopes missing",
      retryAt: retryAt(),
      parts: [
        part({
          kind: PartKind.Text,
          text: "Add Mio Hub as an API client in the Google Admin console. The button opens the form already filled in; press Authorize there.",
        }),
        part({ kind: PartKind.Copy, label: "Client ID", value: "104857600000000000001" }),
        part({
          kind: PartKind.Copy,
          label: "OAuth scopes (6)",
          value: scopes.map((one) => one.scope).join(","),
        }),
        part({
          kind: PartKind.Link,
          label: "Open Admin console",
          url: "https://admin.google.com/ac/owl/domainwidedelegation",
        }),
        part({
          kind: PartKind.Tick,
          id: "dwd",
          label: "I have enabled domain-wide delegation",
          state: StepState.Ticked,
        }),
        part({ kind: PartKind.Verify, id: "confirm", label: "Confirm" }),
        part({ kind: PartKind.Scopes, label: "Permissions", scopes }),
      ],
      why: [
        {
          ask: "Why does Mio need domain-wide delegation?",
          answer:
            "Google lets nobody but a person post as that person. Delegation lets Mio Hub post what somebody wrote on the other side in that person's own name.\n\nIt is fenced: only people whom you enabled, and every use stands in Activity.",
        },
        {
          ask: "Can I take it back?",
          answer:
            "Yes, at any time, by removing the entry in the Admin console. Mio Hub notices and stops.",
        },
      ],
    }),
  ],
});

export const checks = (at: string): CheckRow[] => [
  check({
    code: "google.clock",
    title: "This computer's clock agrees with Google's",
    evidence: "0.4 s apart",
    at,
  }),
  check({
    code: "google.admin",
    title: "The administrator is a super administrator",
    evidence: "Directory says so for dana.admin@acme.example",
    at,
  }),
  ...scopes.map((one) =>
    check({
      code: `google.delegation.${one.scope}`,
      title: `Delegation: ${one.reason.replace(/\.$/, "").toLowerCase()}`,
      state: one.state,
      cause: one.cause,
      fix: one.fix,
      fixUrl: one.fixUrl,
      raw: one.raw,
      evidence: one.state === FindingState.Pass ? "tokeninfo lists the scope" : one.evidence,
      at,
    }),
  ),
  check({
    code: "google.key.age",
    title: "The service-account key is young",
    state: FindingState.Warn,
    cause: "",
    evidence: "The key is 341 days old.",
    fix: "Rotate it, or switch to keyless delegation.",
    at,
  }),
  check({
    code: "google.invites",
    title: "Invitations are accepted automatically",
    state: FindingState.None,
    writes: true,
  }),
];

export const permissions = (): Permission[] => [
  ...scopes.map((one) => ({
    scope: one.scope,
    kind: "delegation",
    feature: one.scope.includes("chat") ? "bridge" : "directory",
    featureTitle: one.scope.includes("chat") ? "Carrying messages" : "Importing people",
    asked: !one.scope.includes("orgunit"),
    covered: "",
    source: one.scope.includes("chat")
      ? "https://developers.google.com/workspace/chat/authenticate-authorize"
      : "",
    methods: ["users.list", "users.get"],
    reason: one.reason,
    state: one.state,
  })),
  {
    scope: "openid",
    kind: "user",
    feature: "connect",
    featureTitle: "Signing in and checking",
    asked: true,
    covered: "",
    source: "",
    methods: ["userinfo"],
    reason: "Proves who signed in.",
    state: FindingState.Pass,
  },
];
