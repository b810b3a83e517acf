import { ui } from "../../wailsjs/go/models";

export const {
  CardState,
  FindingState,
  JobState,
  Level,
  MatchState,
  PartKind,
  PlanState,
  Risk,
  RoomState,
  RowState,
  StepState,
} = ui;

export type CardState = ui.CardState;
export type FindingState = ui.FindingState;
export type JobState = ui.JobState;
export type Level = ui.Level;
export type MatchState = ui.MatchState;
export type PartKind = ui.PartKind;
export type PlanState = ui.PlanState;
export type Risk = ui.Risk;
export type RoomState = ui.RoomState;
export type RowState = ui.RowState;
export type StepState = ui.StepState;

export type About = ui.About;
export type Account = ui.Account;
export type AccountChoice = ui.AccountChoice;
export type AccountOptions = ui.AccountOptions;
export type AccountPreview = ui.AccountPreview;
export type Auto = ui.Auto;
export type Bucket = ui.Bucket;
export type Card = ui.Card;
export type CheckRow = ui.CheckRow;
export type CheckSpan = ui.CheckSpan;
export type Choice = ui.Choice;
export type DisconnectChoice = ui.DisconnectChoice;
export type DisconnectPreview = ui.DisconnectPreview;
export type ExportReport = ui.ExportReport;
export type Exports = ui.Exports;
export type Feature = ui.Feature;
export type FeaturePreview = ui.FeaturePreview;
export type Group = ui.Group;
export type Job = ui.Job;
export type Leftover = ui.Leftover;
export type LogDetail = ui.LogDetail;
export type LogPage = ui.LogPage;
export type LogQuery = ui.LogQuery;
export type LogRow = ui.LogRow;
export type LogSize = ui.LogSize;
export type Look = ui.Look;
export type Note = ui.Note;
export type Noticing = ui.Noticing;
export type Overview = ui.Overview;
export type Pane = ui.Pane;
export type PaneMessage = ui.PaneMessage;
export type Part = ui.Part;
export type PeopleQuery = ui.PeopleQuery;
export type PeopleSummary = ui.PeopleSummary;
export type Permission = ui.Permission;
export type Person = ui.Person;
export type PlanRow = ui.PlanRow;
export type PlanSummary = ui.PlanSummary;
export type PlanView = ui.PlanView;
export type Preferences = ui.Preferences;
export type Problem = ui.Problem;
export type Question = ui.Question;
export type Reader = ui.Reader;
export type Remedy = ui.Remedy;
export type RoomDetail = ui.RoomDetail;
export type RoomQuery = ui.RoomQuery;
export type RoomRow = ui.RoomRow;
export type RoomSide = ui.RoomSide;
export type RoomsSummary = ui.RoomsSummary;
export type SandboxFault = ui.SandboxFault;
export type SandboxPair = ui.SandboxPair;
export type SandboxState = ui.SandboxState;
export type SandboxTenant = ui.SandboxTenant;
export type ScopeChoice = ui.ScopeChoice;
export type ScopeItem = ui.ScopeItem;
export type ScopeOptions = ui.ScopeOptions;
export type ScopePreview = ui.ScopePreview;
export type ScopeRow = ui.ScopeRow;
export type Side = ui.Side;
export type State = ui.State;
export type Step = ui.Step;
export type Storage = ui.Storage;
export type Way = ui.Way;
export type Wizard = ui.Wizard;
