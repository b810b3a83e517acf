import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import * as Accounts from "../../wailsjs/go/ui/Accounts";
import * as Activity from "../../wailsjs/go/ui/Activity";
import * as Help from "../../wailsjs/go/ui/Help";
import * as Jobs from "../../wailsjs/go/ui/Jobs";
import * as People from "../../wailsjs/go/ui/People";
import * as Plan from "../../wailsjs/go/ui/Plan";
import * as Platform from "../../wailsjs/go/ui/Platform";
import * as Platforms from "../../wailsjs/go/ui/Platforms";
import * as Rooms from "../../wailsjs/go/ui/Rooms";
import * as Sandbox from "../../wailsjs/go/ui/Sandbox";
import * as Settings from "../../wailsjs/go/ui/Settings";
import * as Setup from "../../wailsjs/go/ui/Setup";
import * as Status from "../../wailsjs/go/ui/Status";
import {
  type AccountChoice,
  JobState,
  type LogQuery,
  type PeopleQuery,
  type RoomQuery,
  type ScopeChoice,
} from "./types";

const seconds = (n: number) => n * 1000;

export const statusQuery = () =>
  queryOptions({
    queryKey: ["status"],
    queryFn: () => Status.State(),
    refetchInterval: seconds(10),
  });

export const jobsQuery = () =>
  queryOptions({
    queryKey: ["jobs"],
    queryFn: () => Jobs.List(),
    refetchInterval: (query) =>
      query.state.data?.some((job) => job.state === JobState.Running) ? seconds(1) : false,
  });

export const cardsQuery = () =>
  queryOptions({ queryKey: ["platforms", "cards"], queryFn: () => Platforms.Cards() });

export const overviewQuery = () =>
  queryOptions({ queryKey: ["platforms", "overview"], queryFn: () => Platforms.Overview() });

export const checksQuery = (platform: string) =>
  queryOptions({
    queryKey: ["platforms", "checks", platform],
    queryFn: () => Platforms.Checks(platform),
  });

export const permissionsQuery = (platform: string) =>
  queryOptions({
    queryKey: ["platforms", "permissions", platform],
    queryFn: () => Platforms.Permissions(platform),
  });

export const featuresQuery = (platform: string) =>
  queryOptions({
    queryKey: ["platforms", "features", platform],
    queryFn: () => Platform.Features(platform),
  });

// What a person decides by is never shown from memory.
export const featurePreviewQuery = (platform: string, feature: string, on: boolean) =>
  queryOptions({
    queryKey: ["platforms", "feature-preview", platform, feature, on],
    queryFn: () => Platform.PreviewFeature(platform, feature, on),
    staleTime: 0,
    gcTime: 0,
  });

export const revocableQuery = (platform: string) =>
  queryOptions({
    queryKey: ["platforms", "revocable", platform],
    queryFn: () => Platform.Revocable(platform),
  });

export const noticingQuery = (platform: string) =>
  queryOptions({
    queryKey: ["platforms", "noticing", platform],
    queryFn: () => Platform.Noticing(platform),
  });

export const checkHistoryQuery = (platform: string, code: string) =>
  queryOptions({
    queryKey: ["platforms", "history", platform, code],
    queryFn: () => Platform.CheckHistory(platform, code),
  });

// Numbers that a person decides by are never shown from memory.
export const disconnectPreviewQuery = (platform: string) =>
  queryOptions({
    queryKey: ["platforms", "disconnect", platform],
    queryFn: () => Platforms.DisconnectPreview(platform),
    staleTime: 0,
    gcTime: 0,
  });

export const leftoversQuery = (platform: string) =>
  queryOptions({
    queryKey: ["platforms", "leftovers", platform],
    queryFn: () => Platforms.Leftovers(platform),
  });

export const wizardQuery = (platform: string) =>
  queryOptions({
    queryKey: ["setup", platform],
    queryFn: () => Setup.Wizard(platform),
    refetchInterval: seconds(5),
  });

export const peopleSummaryQuery = () =>
  queryOptions({ queryKey: ["people", "summary"], queryFn: () => People.Summary() });

export const peopleQuery = (query: PeopleQuery) =>
  queryOptions({
    queryKey: ["people", "list", query],
    queryFn: () => People.List(query),
    placeholderData: keepPreviousData,
  });

export const scopeOptionsQuery = (platform: string) =>
  queryOptions({
    queryKey: ["people", "scope", platform],
    queryFn: () => Accounts.Scope(platform),
    staleTime: 0,
  });

export const scopePreviewQuery = (platform: string, choice: ScopeChoice) =>
  queryOptions({
    queryKey: ["people", "scope-preview", platform, choice],
    queryFn: () => Accounts.PreviewScope(platform, choice),
    staleTime: 0,
    gcTime: 0,
  });

export const accountOptionsQuery = (platform: string) =>
  queryOptions({
    queryKey: ["people", "account-options", platform],
    queryFn: () => Accounts.Options(platform),
  });

export const accountPreviewQuery = (person: string, choice: AccountChoice) =>
  queryOptions({
    queryKey: ["people", "account-preview", person, choice],
    queryFn: () => Accounts.Preview([person], choice),
    staleTime: 0,
    gcTime: 0,
  });

export const roomsSummaryQuery = () =>
  queryOptions({ queryKey: ["rooms", "summary"], queryFn: () => Rooms.Summary() });

export const roomsQuery = (query: RoomQuery) =>
  queryOptions({
    queryKey: ["rooms", "list", query],
    queryFn: () => Rooms.List(query),
    placeholderData: keepPreviousData,
  });

export const roomQuery = (id: string) =>
  queryOptions({ queryKey: ["rooms", "detail", id], queryFn: () => Rooms.Detail(id) });

export const roomChoicesQuery = (id: string, search: string) =>
  queryOptions({
    queryKey: ["rooms", "choices", id, search],
    queryFn: () => Rooms.Choices(id, search),
    placeholderData: keepPreviousData,
  });

export const planQuery = () =>
  queryOptions({ queryKey: ["plan", "current"], queryFn: () => Plan.Current() });

export const planByIdQuery = (id: string) =>
  queryOptions({ queryKey: ["plan", "one", id], queryFn: () => Plan.Get(id) });

export const planHistoryQuery = () =>
  queryOptions({ queryKey: ["plan", "history"], queryFn: () => Plan.History() });

export const readersQuery = (plan: string, row: string) =>
  queryOptions({
    queryKey: ["plan", "readers", plan, row],
    queryFn: () => Plan.Readers(plan, row),
  });

export const logQuery = (query: LogQuery) =>
  infiniteQueryOptions({
    queryKey: ["activity", "search", query],
    queryFn: ({ pageParam }) => Activity.Search({ ...query, after: pageParam }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: keepPreviousData,
  });

export const histogramQuery = (query: LogQuery, buckets: number) =>
  queryOptions({
    queryKey: ["activity", "histogram", query, buckets],
    queryFn: () => Activity.Histogram(query, buckets),
    placeholderData: keepPreviousData,
  });

export const logEntryQuery = (id: string) =>
  queryOptions({
    queryKey: ["activity", "entry", id],
    queryFn: () => Activity.Entry(id),
    enabled: id !== "",
  });

export const logSizeQuery = () =>
  queryOptions({ queryKey: ["activity", "size"], queryFn: () => Activity.Size() });

export const preferencesQuery = () =>
  queryOptions({ queryKey: ["settings", "preferences"], queryFn: () => Settings.Get() });

export const storageQuery = () =>
  queryOptions({ queryKey: ["settings", "storage"], queryFn: () => Settings.Storage() });

export const aboutQuery = () =>
  queryOptions({
    queryKey: ["help", "about"],
    queryFn: () => Help.About(),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const sandboxQuery = () =>
  queryOptions({
    queryKey: ["sandbox", "state"],
    queryFn: () => Sandbox.State(),
    refetchInterval: seconds(5),
  });

export const paneQuery = (pair: string, tenant: string) =>
  queryOptions({
    queryKey: ["sandbox", "pane", pair, tenant],
    queryFn: () => Sandbox.Pane(pair, tenant),
    refetchInterval: seconds(1),
    enabled: pair !== "",
  });
