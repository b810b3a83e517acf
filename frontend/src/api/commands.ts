import * as Accounts from "../../wailsjs/go/ui/Accounts";
import * as Activity from "../../wailsjs/go/ui/Activity";
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
import { ClipboardSetText } from "../../wailsjs/runtime/runtime";

/** Everything that changes something, by screen. Those that answer a job's id are shown by its progress. */
export const commands = {
  openURL: Status.OpenURL,
  copy: (text: string) => ClipboardSetText(text),

  cancelJob: Jobs.Cancel,
  forgetJob: Jobs.Forget,

  checkNow: Platforms.CheckNow,
  savePermissions: Platforms.SavePermissions,
  permissionsText: Platforms.PermissionsText,
  disconnect: Platforms.Disconnect,
  eraseDirectory: Platforms.EraseDirectory,

  setFeature: Platform.SetFeature,
  revoked: Platform.Revoked,
  setNoticing: Platform.SetNoticing,

  openStep: Setup.Open,
  tick: Setup.Tick,
  setField: Setup.SetField,
  putFile: Setup.PutFile,
  chooseFile: Setup.ChooseFile,
  act: Setup.Act,
  verify: Setup.Verify,
  probe: Setup.Probe,
  saveScript: Setup.SaveScript,

  importAll: People.Import,
  enablePeople: People.Enable,
  decidePeople: People.Decide,
  setScope: Accounts.SetScope,
  proposeAccounts: Accounts.Propose,

  pauseRoom: Rooms.Pause,
  unlinkRoom: Rooms.Unlink,
  proposeLink: Rooms.ProposeLink,

  makePlan: Plan.Make,
  approve: Plan.Approve,
  applyPlan: Plan.Apply,

  exportLog: Activity.Export,

  setPreferences: Settings.Set,

  say: Sandbox.Say,
  setFault: Sandbox.SetFault,
  chooseExport: Sandbox.ChooseExport,
  useExports: Sandbox.UseExports,
} as const;
