import { CardState } from "../../api";
import type { Tone } from "../../components";

export const states: Record<CardState, { tone: Tone; word: string }> = {
  [CardState.New]: { tone: "mute", word: "Not connected" },
  [CardState.Setup]: { tone: "accent", word: "Set-up begun" },
  [CardState.Connected]: { tone: "ok", word: "Connected" },
  [CardState.Problem]: { tone: "warn", word: "Needs attention" },
  [CardState.SignIn]: { tone: "bad", word: "Signed out" },
};

export const holders: Record<string, string> = {
  delegation: "Delegation: the service account acting for a person",
  user: "The person who signed in",
  application: "The application itself",
};

export const texts = {
  title: "Platforms",
  sub: "Connect your chat platforms, then import people and link spaces with channels.",
  connect: "Connect",
  goOn: "Continue set-up",
  signIn: "Re-authenticate",
  more: (name: string) => `More for ${name}`,
  settings: "Settings",
  check: "Check now",
  permissions: "Permissions",
  reauthenticate: "Re-authenticate",
  disconnect: "Disconnect…",
  administrator: "Administrator",
  bridge: "Bridge account",
  imported: "Imported",
  notImported: "nothing yet",
  success: "Last success",
  checks: "Checks",
  noChecks: "not run yet",
  need: "You need",
  takes: "Takes",
  steps: (done: number, total: number) => `${done} of ${total} steps done; saved as you go`,
  started: "Getting started",
  startedDone: (done: number, total: number) => `${done} of ${total} done`,
  attention: "Needs attention",
  calm: "Nothing needs your attention.",
  checking: (name: string) => `Checking ${name}.`,
  disconnecting: (name: string) => `Disconnecting ${name}.`,
  tabs: { checks: "Checks", permissions: "Permissions", setup: "Set-up" },
  back: "Platforms",
  noneYet: "No checks yet",
  noneYetText: "Checks appear as soon as the set-up has begun.",
  writes: "writes in the tenant: runs only when you ask in the set-up",
  lastRun: "Last run",
  fix: "Mend it",
  raw: "The platform's own words",
  setupText:
    "Every step can be opened again. Nothing is lost by looking, and what you change is checked at once.",
  open: "Open",
  openSetup: "Open the set-up",
  saveText: "Save as text…",
  saved: (path: string) => `Saved to ${path}`,
  permissionsText:
    "This is everything Mio Hub asks for, and the part of it that needs each. Features that are off ask for nothing.",
  methods: "Used for",
};

export const disconnectTexts = {
  title: (name: string) => `Disconnect ${name}?`,
  headline: (people: string, rooms: string) =>
    `${people} and ${rooms} will no longer be enabled for cross-platform messaging.`,
  waiting: (messages: string) => `${messages} on the way will not be delivered.`,
  stops: "Stops at once",
  keeps: "Stays on this computer",
  stays: (name: string) => `Stays at ${name} until you remove it there`,
  keepLinks: "Keep the links for a later Connect",
  keepChoices: [
    { value: "0", label: "Do not keep them" },
    { value: "30", label: "30 days" },
    { value: "90", label: "90 days" },
    { value: "365", label: "1 year" },
  ],
  erase: "Erase the imported directory too",
  eraseText: "Names and addresses of people and rooms. The log stays.",
  confirm: "Disconnect",
  cancel: "Keep connected",
  understand: (name: string) => `I understand what stops in ${name}`,
};

export const keptTexts = {
  kept: (people: string, rooms: string) =>
    `${people} and ${rooms} that were imported are still on this computer.`,
  erase: "Erase them…",
  title: (name: string) => `Erase what was imported from ${name}?`,
  text: (people: string, rooms: string) =>
    `The names and addresses of ${people} and ${rooms} are erased from this computer. Nothing changes at the platform. The log stays, and the links for as long as was decided when it was disconnected. A later Connect can import everything again.`,
  yes: "Erase",
  no: "Keep them",
  done: (name: string) => `What was imported from ${name} is erased.`,
};
