import type { Preferences, Storage } from "../../api";

export const makePreferences = (): Preferences => ({
  theme: "auto",
  notify: true,
  looks: [
    {
      platform: "google",
      name: "Google Chat",
      directoryMinutes: 15,
      roomMinSeconds: 5,
      roomMaxSeconds: 300,
      looksPer10s: 20,
      rule: "Google counts 60 reads a minute for each space.",
      ruleUrl: "https://developers.google.com/workspace/chat/limits",
    },
    {
      platform: "microsoft",
      name: "Microsoft Teams",
      directoryMinutes: 15,
      roomMinSeconds: 5,
      roomMaxSeconds: 300,
      looksPer10s: 20,
      rule: "Microsoft asks applications not to poll a channel more than once a day. Push is the way it wants; until that is set up, Mio Hub stays within this budget.",
      ruleUrl: "https://learn.microsoft.com/graph/throttling-limits",
    },
  ],
  safety: {
    maxDisable: 25,
    maxDisablePercent: 5,
    maxUnlink: 5,
    maxUnlinkPercent: 10,
    graceDays: 14,
  },
  auto: [
    {
      verb: "disable-people",
      title: "Disable people suspended at the source",
      text: "Withdraws enablement as soon as an account is suspended there.",
      on: false,
      locked: "",
    },
    {
      verb: "link-people",
      title: "Link people with the same verified address",
      text: "Only member accounts on domains verified in both tenants.",
      on: false,
      locked: "",
    },
    {
      verb: "rename-room",
      title: "Rename rooms after their counterpart",
      text: "When the name changed on one side only.",
      on: false,
      locked: "",
    },
    {
      verb: "link-rooms",
      title: "Link rooms",
      text: "",
      on: false,
      locked: "Always needs a person: linking lets people newly read each other.",
    },
    {
      verb: "create-account",
      title: "Create guest accounts",
      text: "",
      on: false,
      locked: "Always needs a person.",
    },
  ],
  logDays: 365,
  linkDays: 90,
});

export const storage = (): Storage => ({
  dataDir: "/home/dana/.local/share/mio-hub",
  database: "hub.db",
  bytes: 48_212_992,
  protector: "keychain",
  protectorText:
    "Secrets are sealed in the database; the key to them is in this computer's keychain.",
  kept: [
    { name: "Messages", value: "Only until delivered, sealed; then erased" },
    { name: "Message links", value: "Ids and hashes, 90 days" },
    { name: "Directory", value: "Names and addresses, until you erase them" },
    { name: "Log", value: "365 days, no message text" },
  ],
});
