import type * as Accounts from "../../../wailsjs/go/ui/Accounts";
import type * as Activity from "../../../wailsjs/go/ui/Activity";
import type * as Help from "../../../wailsjs/go/ui/Help";
import type * as Jobs from "../../../wailsjs/go/ui/Jobs";
import type * as People from "../../../wailsjs/go/ui/People";
import type * as Plan from "../../../wailsjs/go/ui/Plan";
import type * as Platform from "../../../wailsjs/go/ui/Platform";
import type * as Platforms from "../../../wailsjs/go/ui/Platforms";
import type * as Rooms from "../../../wailsjs/go/ui/Rooms";
import type * as Sandbox from "../../../wailsjs/go/ui/Sandbox";
import type * as Settings from "../../../wailsjs/go/ui/Settings";
import type * as Setup from "../../../wailsjs/go/ui/Setup";
import type * as Status from "../../../wailsjs/go/ui/Status";
import { makeBindings } from "./bindings";

/** The bound structs, typed as the generated bindings are. */
export type Bindings = {
  Accounts: typeof Accounts;
  Activity: typeof Activity;
  Help: typeof Help;
  Jobs: typeof Jobs;
  People: typeof People;
  Plan: typeof Plan;
  Platform: typeof Platform;
  Platforms: typeof Platforms;
  Rooms: typeof Rooms;
  Sandbox: typeof Sandbox;
  Settings: typeof Settings;
  Setup: typeof Setup;
  Status: typeof Status;
};

type Runtime = {
  EventsOnMultiple: (name: string, callback: (topic: string) => void, max: number) => () => void;
  ClipboardSetText: (text: string) => Promise<boolean>;
};

export type Fake = { bindings: Bindings; emit: (topic: string) => void };

/** Puts an invented hub where the generated bindings look for the real one. */
export function installFake(window: object, scene: string): Fake {
  const listeners = new Set<(topic: string) => void>();
  const emit = (topic: string) => {
    for (const listener of listeners) listener(topic);
  };
  const bindings = makeBindings(scene, emit);
  const runtime: Runtime = {
    EventsOnMultiple: (_name, callback) => {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    ClipboardSetText: async () => true,
  };
  Object.assign(window, { go: { ui: bindings }, runtime });
  return { bindings, emit };
}
