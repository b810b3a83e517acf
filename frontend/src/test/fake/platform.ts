import {
  type CheckSpan,
  type Feature,
  type FeaturePreview,
  FindingState,
  type Noticing,
} from "../../api";
import { permissions } from "./setup";

const feature = (
  id: string,
  title: string,
  brings: string,
  off: string,
  on: boolean,
  permissionCount: number,
): Feature => ({
  id,
  title,
  brings,
  off,
  optional: off !== "",
  on,
  permissions: permissionCount,
});

export const makeFeatures = (): Feature[] => [
  feature("connect", "Signing in and checking", "Signs in and proves the set-up.", "", true, 3),
  feature("directory", "Importing people", "Reads names and addresses.", "", true, 1),
  feature("bridge", "Carrying messages", "Reads and posts as an enabled person.", "", true, 2),
  feature(
    "files",
    "Carrying files",
    "Files are carried, up to 200 MB.",
    "A note with a link stands in place of a file.",
    true,
    0,
  ),
  feature(
    "provision",
    "Guest and interop accounts",
    "Makes accounts for people without a licence, after you approved each.",
    "People without an account on the other side cannot be written to there.",
    false,
    2,
  ),
  feature(
    "probe",
    "Trying out invitations",
    "Proves with a temporary space that invitations are accepted automatically.",
    "Automatic acceptance can only be ticked, not proved.",
    true,
    2,
  ),
  feature(
    "push",
    "Being told of changes",
    "Google tells of changes at once, through a Pub/Sub topic of yours.",
    "Mio Hub looks for changes every few seconds.",
    false,
    1,
  ),
];

export const featurePreview = (one: Feature | undefined, on: boolean): FeaturePreview => {
  const [first, second] = permissions();
  return {
    adds: on && first ? [first] : [],
    removes: !on && second ? [second] : [],
    effect: (on ? one?.brings : one?.off) ?? "",
    next: on
      ? "It works once this is granted. Until then the checks say what is missing; everything else goes on."
      : "",
    step: "delegation",
    stepTitle: "Domain-wide delegation",
  };
};

export const noticing = (platform: string): Noticing => ({
  chosen: "poll",
  ways: [
    {
      id: "poll",
      title: "Look every few seconds",
      text: "Needs nothing else. A busy room is looked at every 5 seconds, a quiet one every 5 minutes.",
      missing: "",
    },
    {
      id: platform === "google" ? "pubsub" : "eventhubs",
      title: platform === "google" ? "Be told through Pub/Sub" : "Be told through Event Hubs",
      text: "Changes arrive within a second or two, and rooms are looked at far less often.",
      missing: "Switch on “Being told of changes” first.",
    },
  ],
  rule:
    platform === "google"
      ? "Google counts 60 reads a minute for each space."
      : "Microsoft asks applications not to poll a channel more than once a day, and wants change notifications instead.",
  ruleUrl: "https://learn.microsoft.com/graph/throttling-limits",
});

export function checkHistory(code: string, at: (secondsAgo: number) => string): CheckSpan[] {
  const span = (change: Partial<CheckSpan>): CheckSpan => ({
    state: FindingState.Pass,
    evidence: "tokeninfo lists the scope for dana.admin@acme.example",
    cause: "",
    fix: "",
    raw: "",
    from: at(190),
    to: at(190),
    times: 1,
    ...change,
  });
  if (code === "google.clock")
    return [span({ evidence: "0.4 s apart", from: at(900_000), times: 960 })];
  return [
    span({ from: at(86_400), to: at(190), times: 96 }),
    span({
      state: FindingState.Fail,
      evidence: "",
      cause: "The scope was taken out of the entry in the Admin console.",
      from: at(97_200),
      to: at(86_400),
      times: 12,
    }),
    span({ from: at(900_000), to: at(97_200), times: 861 }),
  ];
}
