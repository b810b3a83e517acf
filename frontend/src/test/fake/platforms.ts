import {
  type Card,
  CardState,
  type DisconnectPreview,
  Level,
  type Note,
  type Overview,
} from "../../api";

const note = (
  text: string,
  severity: Level,
  link: string,
  linkText: string,
  more: Partial<Note> = {},
): Note => ({
  text,
  detail: "",
  severity,
  platform: "google",
  link,
  linkText,
  fixUrl: "",
  ...more,
});

const blank = {
  stateText: "",
  reason: "",
  tenant: "",
  admin: "",
  bridgeAccount: "",
  people: 0,
  rooms: 0,
  imported: false,
  lastSuccess: "",
  checksPassed: 0,
  checksTotal: 0,
  checksAt: "",
  stepsDone: 0,
  stepsTotal: 4,
  problems: [],
};

export function makeCards(scene: string, at: (secondsAgo: number) => string): Card[] {
  const google: Card = {
    ...blank,
    id: "google",
    name: "Google Chat",
    state: CardState.New,
    roomWords: "spaces",
    intro: "Link spaces with Teams channels, and let messages appear in people's own names.",
    need: "A super administrator of Google Workspace",
    takes: "about 10 minutes; you can stop and come back",
  };
  const microsoft: Card = {
    ...blank,
    id: "microsoft",
    name: "Microsoft Teams",
    state: CardState.New,
    roomWords: "channels",
    intro:
      "Link channels with Google Chat spaces, and give people without a licence on the other side a guest account.",
    need: "Global or Privileged Role Administrator, or a link to send to one",
    takes: "about 5 minutes; you can stop and come back",
  };
  if (scene === "empty") return [google, microsoft];
  Object.assign(google, {
    state: CardState.Connected,
    tenant: "acme.example",
    admin: "dana.admin@acme.example",
    people: 812,
    rooms: 46,
    imported: true,
    lastSuccess: at(40),
    checksPassed: 14,
    checksTotal: 14,
    checksAt: at(190),
  });
  if (scene === "left") {
    const kept = { ...blank, state: CardState.New, people: 790, rooms: 51 };
    return [google, { ...microsoft, ...kept, tenant: "contoso.example" }];
  }
  if (scene === "signin") {
    Object.assign(google, {
      state: CardState.SignIn,
      reason:
        "Google refused the stored sign-in (invalid_grant: reauth related error, invalid_rapt): session control of Google Cloud asks administrators to sign in again.",
      problems: [
        note(
          "Sign-in: the administrator's session",
          Level.Problem,
          "/connect/google",
          "Open the step",
          {
            detail:
              "Session control of Google Cloud ended it. Exempt trusted apps, or sign in again each time.",
            fixUrl: "https://admin.google.com/ac/security/reauth",
          },
        ),
      ],
    });
    return [google, microsoft];
  }
  if (scene === "half") return [google, { ...microsoft, state: CardState.Setup, stepsDone: 2 }];
  return [
    google,
    {
      ...microsoft,
      state: CardState.Problem,
      stateText: "1 problem",
      tenant: "contoso.example",
      admin: "lee@contoso.example",
      bridgeAccount: "mio.bridge@contoso.example",
      people: 790,
      rooms: 51,
      imported: true,
      lastSuccess: at(12),
      checksPassed: 10,
      checksTotal: 11,
      checksAt: at(190),
      problems: [
        note(
          "The bridge account is licensed for Teams",
          Level.Problem,
          "/connect/microsoft",
          "Open the step",
          {
            detail:
              "Microsoft refused a message of mio.bridge@contoso.example: it has no Teams licence any more. Give it one in the Microsoft 365 admin center.",
            fixUrl: "https://admin.microsoft.com/#/users",
          },
        ),
        note(
          "The bridge account must sign in again within 6 days.",
          Level.Warning,
          "/connect/microsoft",
          "Sign in now",
        ),
      ],
    },
  ];
}

export function makeOverview(scene: string): Overview {
  const line = (text: string, hint: string, done: boolean, link: string) => ({
    text,
    note: hint,
    done,
    link,
  });
  const both = scene === "busy";
  const one = scene !== "empty";
  return {
    waiting: both
      ? ""
      : `Messages start to flow when both platforms are connected and at least one space is linked.`,
    waitingBadge: one ? "Waiting for Microsoft Teams" : "Waiting for both platforms",
    started: [
      line(
        "Connect Google Chat",
        one ? "14 checks passed" : "about 10 minutes",
        one,
        "/connect/google",
      ),
      line(
        "Import people and spaces",
        one ? "812 people, 46 spaces" : "nothing is changed by it",
        one,
        "/people",
      ),
      line(
        "Connect Microsoft Teams",
        both ? "10 checks passed" : "about 5 minutes",
        both,
        "/connect/microsoft",
      ),
      line("Review the first plan", "nothing changes before you approve it", false, "/plan"),
      line(
        "Link a space with a channel and send a message",
        "see it arrive on the other side",
        false,
        "/rooms",
      ),
    ],
    attention: one
      ? [
          note(
            "The service-account key is 341 days old.",
            Level.Warning,
            "https://console.cloud.google.com/iam-admin/serviceaccounts",
            "Rotate it",
          ),
          ...(both
            ? [
                note(
                  "3 people have several possible counterparts.",
                  Level.Info,
                  "/people",
                  "Decide",
                ),
                note(
                  "Two messages in “Sales EMEA” may have been posted or not.",
                  Level.Problem,
                  "/activity",
                  "Look and decide",
                ),
              ]
            : []),
        ]
      : [],
  };
}

export const disconnectPreview = (platform: string): DisconnectPreview => ({
  platform,
  name: platform === "google" ? "Google Chat" : "Microsoft Teams",
  tenant: "acme.example",
  people: 214,
  rooms: 38,
  roomWords: platform === "google" ? "spaces" : "channels",
  waiting: 2,
  endSessions:
    platform === "google"
      ? ""
      : "mio.bridge@contoso.example has to sign in again everywhere. Without it, its present token stays valid for up to an hour.",
  stops: [
    "Nothing is carried in either direction any more.",
    "Mio Hub's access is revoked and its tokens are erased.",
  ],
  keeps: [
    "The log.",
    "Who is linked with whom, for as long as you choose below. A later Connect enables nobody by itself.",
  ],
  stays: [
    {
      what: "The domain-wide delegation entry 1048…",
      url: "https://admin.google.com/ac/owl/domainwidedelegation",
    },
    { what: "What was carried stays in the rooms", url: "" },
  ],
});
