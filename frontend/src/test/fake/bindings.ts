import {
  type Job,
  JobState,
  MatchState,
  type PlanRow,
  PlanState,
  type Preferences,
  type Problem,
  RowState,
} from "../../api";
import type { Bindings } from ".";
import { fits, makeBuckets, makeEntry, makeLog } from "./log";
import { microsoftWizard } from "./microsoft";
import { accountOptions, accountPreview, scopeOptions, scopePreview } from "./participation";
import { makePeople, summarise } from "./people";
import { makeHistory, makePlan } from "./plan";
import { checkHistory, featurePreview, makeFeatures, noticing } from "./platform";
import { disconnectPreview, makeCards, makeOverview } from "./platforms";
import { makeReaders, makeRoomDetail, makeRooms } from "./rooms";
import { makeSandbox } from "./sandbox";
import { makePreferences, storage } from "./settings";
import { checks, googleWizard, permissions } from "./setup";

const failure: Problem = {
  message: "google: list users: Request had insufficient authentication scopes.",
  advice:
    "The signed-in account may not do this. Open Platforms, choose Check now and see which permission is missing.",
  kind: "forbidden",
  code: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
  status: 403,
  requestId: "b2f0c6d1",
  time: "2026-11-23T14:01:40Z",
  retryIn: 0,
  cause: "Domain-wide delegation lacks a scope that reading people needs.",
  fix: "Add the missing scope to the entry in the Admin console.",
  fixUrl: "https://admin.google.com/ac/owl/domainwidedelegation",
  others: [
    {
      cause: "The service is switched off for this person's org unit.",
      fix: "Look at another person.",
      fixUrl: "",
    },
  ],
  raw: "403 ACCESS_TOKEN_SCOPE_INSUFFICIENT: Request had insufficient authentication scopes.",
  unrecognised: false,
};

/** An invented hub: scene is "busy", "half", "left", "signin", "empty", "error" or "loading". */
export function makeBindings(scene: string, emit: (topic: string) => void): Bindings {
  const now = Date.now();
  const at = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();
  const empty = scene === "empty";
  const people = makePeople(empty ? 0 : 812);
  const rooms = makeRooms(empty ? 0 : 64, now);
  const log = makeLog(empty ? 0 : 3000, now);
  let plan = empty
    ? { id: "", made: "", state: PlanState.None, reason: "", groups: [], rows: [] }
    : makePlan(people, rooms, at(200));
  let preferences: Preferences = makePreferences();
  const jobs: Job[] = [];
  const sandbox = makeSandbox(now);
  const features = makeFeatures();

  // Every read goes through here, so that a scene can fail or never answer.
  const read = <T>(value: () => T): Promise<T> => {
    if (scene === "error") return Promise.reject(failure);
    if (scene === "loading") return new Promise(() => undefined);
    return Promise.resolve().then(() => structuredClone(value()));
  };
  const job = (kind: string, subject = "", total = 40): Promise<string> => {
    const id = `job-${jobs.length + 1}`;
    const made: Job = {
      id,
      kind,
      subject,
      state: JobState.Running,
      done: 0,
      total,
      note: "Reading…",
      started: at(0),
    };
    jobs.push(made);
    const timer = setInterval(() => {
      made.done = Math.min(made.total, made.done + 1);
      if (made.done >= made.total && made.state === JobState.Running) made.state = JobState.Done;
      if (made.state !== JobState.Running) clearInterval(timer);
      emit("jobs");
    }, 200);
    emit("jobs");
    return Promise.resolve(id);
  };
  const setRows = (ids: string[], change: (row: PlanRow) => PlanRow) => {
    const chosen = new Set(ids);
    plan = { ...plan, rows: plan.rows.map((row) => (chosen.has(row.id) ? change(row) : row)) };
    emit("plan");
  };
  const done = () => Promise.resolve();

  return {
    Status: {
      State: () =>
        Promise.resolve({
          watching: !empty,
          paused: false,
          nextLook: empty ? "" : at(-40),
          waiting: empty ? 0 : 2,
          planRows: plan.rows.length,
          problems: empty ? 0 : 3,
          sandbox: true,
          readOnly: "",
        }),
      OpenURL: done,
    },
    Jobs: {
      List: () => Promise.resolve(structuredClone(jobs)),
      Cancel: async (id) => {
        const one = jobs.find((j) => j.id === id);
        if (one) one.state = JobState.Cancelled;
        emit("jobs");
      },
      Forget: done,
    },
    Platforms: {
      Cards: () => read(() => makeCards(scene, at)),
      Overview: () => read(() => makeOverview(scene)),
      Checks: () => read(() => checks(at(190))),
      CheckNow: (platform) => job("check", platform, 14),
      Permissions: () => read(permissions),
      PermissionsText: () => Promise.resolve("Permissions that Mio Hub asks for in Google Chat\n"),
      SavePermissions: () => Promise.resolve("/home/dana/google-permissions.txt"),
      DisconnectPreview: (platform) => read(() => disconnectPreview(platform)),
      Disconnect: (platform) => job("disconnect", platform, 10),
      EraseDirectory: async () => emit("platforms"),
      Leftovers: (platform) =>
        read(() =>
          scene === "left" && platform === "microsoft" ? disconnectPreview(platform).stays : [],
        ),
    },
    Platform: {
      Features: () => read(() => features),
      PreviewFeature: (_platform, id, on) =>
        read(() =>
          featurePreview(
            features.find((one) => one.id === id),
            on,
          ),
        ),
      SetFeature: async (_platform, id, on) => {
        for (const one of features) if (one.id === id) one.on = on;
        emit("platforms");
        return "It is switched. 1 permission has to be granted.";
      },
      Revocable: () => read(() => (scene === "left" ? permissions().slice(0, 2) : [])),
      Revoked: async () => emit("platforms"),
      CheckHistory: (_platform, code) => read(() => checkHistory(code, at)),
      Noticing: (platform) => read(() => noticing(platform)),
      SetNoticing: async () => emit("platforms"),
    },
    Setup: {
      Wizard: (platform) =>
        read(() => (platform === "google" ? googleWizard() : microsoftWizard())),
      Open: done,
      Tick: done,
      SetField: done,
      PutFile: () => Promise.resolve("OAuth client of project mio-1048"),
      ChooseFile: () => Promise.resolve("OAuth client of project mio-1048"),
      Act: (platform, action) => job("action", `${platform}/${action}`, 0),
      Verify: (platform, step) => job("verify", `${platform}/${step}`, 9),
      Probe: (platform, id) => job("probe", `${platform}/${id}`, 4),
      SaveScript: () => Promise.resolve("/home/dana/miohub-google.sh"),
    },
    Accounts: {
      Options: (platform) => read(() => accountOptions(platform)),
      Preview: (ids, choice) => read(() => ids.map((id) => accountPreview(id, choice))),
      Propose: async () => emit("plan"),
      Scope: (platform) => read(() => scopeOptions(platform)),
      PreviewScope: (_platform, choice) => read(() => scopePreview(choice, people.length)),
      SetScope: async () => emit("people"),
    },
    People: {
      Summary: () => read(() => summarise(people, at(400))),
      List: (query) =>
        read(() =>
          people.filter(
            (p) =>
              (!query.state || p.state === query.state) &&
              `${p.left.name} ${p.left.address} ${p.left.orgUnit}`
                .toLowerCase()
                .includes(query.search.toLowerCase()),
          ),
        ),
      Import: () => job("import", "", 60),
      Enable: async (ids, on) => {
        for (const p of people)
          if (ids.includes(p.id)) {
            p.enabled = on;
            p.state = on ? MatchState.Linked : MatchState.Matched;
          }
        emit("people");
      },
      Decide: done,
    },
    Rooms: {
      Summary: () =>
        read(() => {
          const of = (state: string) => rooms.filter((r) => r.state === state).length;
          return {
            all: rooms.length,
            linked: of("linked"),
            paused: of("paused"),
            suggested: of("suggested"),
            unlinked: of("unlinked"),
            unlinkable: of("unlinkable"),
          };
        }),
      List: (query) =>
        read(() =>
          rooms.filter(
            (r) =>
              (!query.state || r.state === query.state) &&
              `${r.left.name} ${r.right.group}`.toLowerCase().includes(query.search.toLowerCase()),
          ),
        ),
      Detail: (id) =>
        read(() => {
          const row = rooms.find((r) => r.id === id);
          if (!row) throw failure;
          return makeRoomDetail(row, people);
        }),
      Choices: () => read(() => rooms.map((r) => r.right).filter((side) => side.id)),
      Pause: done,
      Unlink: done,
      ProposeLink: done,
    },
    Plan: {
      Current: () => read(() => plan),
      Get: () =>
        read(() => ({ ...plan, rows: plan.rows.map((row) => ({ ...row, state: RowState.Done })) })),
      Make: () => job("plan", "", 30),
      Approve: async (_plan, ids, on) =>
        setRows(ids, (row) => ({ ...row, state: on ? RowState.Approved : RowState.Proposed })),
      Apply: (id) => job("apply", id, 60),
      Readers: () => read(() => makeReaders(people, "what Product › Launch says")),
      History: () => read(() => (empty ? [] : makeHistory(now))),
    },
    Activity: {
      Search: (query) =>
        read(() => {
          const rows = log.filter((row) => fits(row, query));
          const from = Number(query.after || 0);
          return {
            rows: rows.slice(from, from + query.limit),
            next: from + query.limit < rows.length ? String(from + query.limit) : "",
            total: rows.length,
          };
        }),
      Histogram: (query, n) => read(() => makeBuckets(log, query, n, now)),
      Entry: (id) =>
        read(() => {
          const row = log.find((r) => r.id === id);
          if (!row) throw failure;
          return makeEntry(row);
        }),
      Size: () =>
        read(() => ({
          entries: empty ? 0 : 1_204_771,
          since: empty ? "" : "2026-08-03T09:00:00Z",
        })),
      Export: () => job("export", "", 20),
    },
    Settings: {
      Get: () => Promise.resolve(structuredClone(preferences)),
      Set: async (next) => {
        preferences = next;
        emit("settings");
      },
      Storage: () => read(storage),
    },
    Help: {
      About: () =>
        Promise.resolve({
          version: "0.1.0",
          built: at(90_000),
          system: "linux/amd64",
          ask: "https://example.org/mio-hub",
        }),
    },
    Sandbox: {
      State: () => read(() => sandbox.state(empty)),
      Pane: (_pair, tenant) => read(() => sandbox.pane(tenant)),
      Say: async (_pair, tenant, author, root, text) => {
        const id = sandbox.say(tenant, author, root, text);
        emit("sandbox");
        return id;
      },
      SetFault: async (id, on) => {
        sandbox.setFault(id, on);
        emit("sandbox");
      },
      ChooseExport: (title) =>
        Promise.resolve(
          `/home/dana/Downloads/${title.startsWith("Google") ? "User_Download_23112026.csv" : "exportUsers_2026-11-23.csv"}`,
        ),
      UseExports: () => job("sandbox", "exports", 12),
    },
  };
}
