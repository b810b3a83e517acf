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
  signIn: "Sign in again",
  signInAgain: "Somebody has to sign in again. Links are kept, and messages wait until it is done.",
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
  tabs: { settings: "Settings", checks: "Checks", permissions: "Permissions" },
  back: "Platforms",
  fix: "Mend it",
  open: "Open",
};

export const disconnectTexts = {
  title: (name: string) => `Disconnect ${name}?`,
  headline: (people: string, rooms: string) =>
    `${people} and ${rooms} will no longer be enabled for cross-platform messaging.`,
  queued: (messages: string) => `${messages} on the way`,
  deliver: "Deliver them first",
  deliverText: "Takes a minute at most. What cannot be delivered by then is dropped and logged.",
  drop: "Drop them now",
  dropText: "They never arrive on the other side. Each one stands in Activity.",
  endSessions: "End its sessions everywhere",
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

export const checkTexts = {
  checks: "Checks",
  noneYet: "No checks yet",
  noneYetText: "Checks appear as soon as the set-up has begun.",
  writes: "writes in the tenant: runs only when you ask in the set-up",
  history: "History",
  hide: "Hide history",
  historyOf: "What it found before",
  between: (from: string, to: string) => `${from} to ${to}`,
};

export const permissionTexts = {
  text: "Everything Mio Hub can ask for, and why. Features that are off ask for nothing.",
  which: "Which permissions",
  asked: "Asked for",
  off: "Not asked for",
  all: "All",
  none: "There is none.",
  copyText: "Copy as text",
  saveText: "Save as text…",
  saved: (path: string) => `Saved to ${path}`,
  methods: "Used for",
  notAsked: "not asked for: its feature is off",
  covered: (by: string) => `not asked for: ${by} allows it too`,
  source: "The platform's page",
  questions: "Questions a reviewer asks",
};

export const settingsTexts = {
  setup: "Set-up",
  setupText:
    "Every step can be opened again. Nothing is lost by looking, and what you change is checked at once.",
  open: "Open",
};

export const featureTexts = {
  title: "Features",
  text: "Each asks for its own permissions. What is off asks for nothing; you see what changes before it is saved.",
  always: "always on",
  asksNothing: "none of its own",
  revocable: "No longer asked for. You may revoke it at the platform:",
  revoked: "It is revoked",
  dialog: (title: string, on: boolean) => `Switch “${title}” ${on ? "on" : "off"}?`,
  adds: "Asked for from now on",
  addsNone: "Nothing that is not granted already.",
  removes: "No longer asked for: you may revoke it",
  removesNone: "Nothing. Everything that is granted is still needed.",
  cancel: "Cancel",
  save: "Save",
  saveAndOpen: (step: string) => `Save and open “${step}”`,
};

export const noticingTexts = {
  title: "Noticing changes in rooms",
  rule: "The platform's own rule",
  intervals: "How often it looks",
  saved: "Saved",
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
