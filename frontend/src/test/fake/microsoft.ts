import { FindingState, PartKind, StepState, type Wizard } from "../../api";
import { check, part, step } from "./setup";

const link =
  "https://login.microsoftonline.com/organizations/v2.0/adminconsent?client_id=6731de76-14a6-49ae-97bc-6eba6914391e&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&state=k3";

const mail = `Subject: Consent for Mio Hub

Hello,

Mio Hub links our Google Chat spaces with Teams channels. Microsoft lets only a Global Administrator or a Privileged Role Administrator agree to what it needs, so please open this link, look at the list and accept it:

${link}

The page that it ends on can be closed. Nothing is installed on your computer.`;

export const microsoftWizard = (): Wizard => ({
  platform: "microsoft",
  name: "Microsoft Teams",
  tenant: "",
  current: "",
  connected: false,
  steps: [
    step({
      id: "settings",
      title: "Settings",
      state: StepState.Todo,
      summary: "Read as soon as you are signed in",
      parts: [
        part({
          kind: PartKind.Text,
          text: "Four settings in Teams decide whether messages can be carried.",
        }),
        part({
          kind: PartKind.Tick,
          id: "guest",
          label: "Guests may be invited",
          state: StepState.Done,
          note: "Confirmed by dana (window), 28 November 09:40.",
          proof: check({
            code: "microsoft.settings.invitations",
            title: "Guests may be invited",
            evidence: "authorizationPolicy: allowInvitesFrom is adminsAndGuestInviters",
            at: new Date().toISOString(),
          }),
        }),
        part({
          kind: PartKind.Tick,
          id: "groups",
          label: "Guests may be members of groups",
          state: StepState.Failed,
          note: "Confirmed by dana (window), 28 November 09:40.",
          proof: check({
            code: "microsoft.settings.groups",
            title: "Guests may be members of groups",
            state: FindingState.Fail,
            evidence: "Group.Unified: AllowToAddGuests is false",
            cause: "Teams refuses every guest while the organisation keeps guests out of groups.",
            fix: "Let owners add people from outside.",
            fixUrl: "https://admin.microsoft.com/#/Settings/Services",
            at: new Date().toISOString(),
          }),
        }),
        part({
          kind: PartKind.Tick,
          id: "external",
          label: "The app permission policy allows custom apps",
          text: "Graph does not tell; look at it yourself.",
        }),
        part({
          kind: PartKind.Field,
          id: "cloud",
          label: "Cloud",
          value: "public",
          choices: [
            { value: "public", label: "Microsoft 365 (worldwide)" },
            { value: "gov", label: "US Government" },
          ],
        }),
        part({
          kind: PartKind.Field,
          id: "client_secret",
          label: "Client secret",
          text: "Only where no certificate can be used.",
          secret: true,
          optional: true,
          state: StepState.Done,
          note: "Stored and sealed.",
        }),
      ],
    }),
    step({
      id: "authorize",
      title: "Authorize Mio",
      state: StepState.Todo,
      summary: "Yourself, or by a link to send",
      parts: [
        part({
          kind: PartKind.Text,
          label: "Method 1",
          text: "You are a Global or Privileged Role Administrator.",
        }),
        part({ kind: PartKind.Action, id: "consent", label: "Authorize Mio", action: "consent" }),
        part({
          kind: PartKind.Text,
          label: "Method 2",
          text: "Somebody else is. Send this link; this page notices by itself when it was used.",
        }),
        part({
          kind: PartKind.Copy,
          label: "Link for the administrator",
          value: link,
        }),
        part({
          kind: PartKind.Script,
          id: "mail",
          label: "Text of an e-mail to that administrator",
          value: mail,
          file: "miohub-consent.txt",
        }),
      ],
    }),
    step({
      id: "bridge",
      title: "Bridge account",
      state: StepState.Todo,
      summary: "The account that posts",
      parts: [part({ kind: PartKind.Action, id: "bridge", label: "Sign in", action: "bridge" })],
    }),
    step({
      id: "grants",
      title: "Verify",
      state: StepState.Todo,
      summary: "Grant by grant",
      parts: [part({ kind: PartKind.Verify, id: "verify", label: "Confirm" })],
    }),
  ],
});
