import {
  IconAdjustmentsHorizontal,
  IconFlask,
  IconHelpCircle,
  IconListCheck,
  IconMessages,
  IconPlugConnected,
  IconTimeline,
  IconUsers,
} from "@tabler/icons-react";
import { type ComponentType, lazy } from "react";

export type Screen = {
  path: string;
  label: string;
  /** Pressed after g. */
  letter: string;
  icon: typeof IconUsers;
  page: ComponentType;
  /** Shown while sandbox tenants are in use. */
  sandbox?: boolean;
};

/** The screens in the order of the sidebar; Ctrl+1 opens the first. */
export const screens: Screen[] = [
  {
    path: "/",
    label: "Platforms",
    letter: "p",
    icon: IconPlugConnected,
    page: lazy(() => import("../features/platforms/PlatformsPage")),
  },
  {
    path: "/people",
    label: "People",
    letter: "e",
    icon: IconUsers,
    page: lazy(() => import("../features/people/PeoplePage")),
  },
  {
    path: "/rooms",
    label: "Spaces & channels",
    letter: "s",
    icon: IconMessages,
    page: lazy(() => import("../features/rooms/RoomsPage")),
  },
  {
    path: "/plan",
    label: "Plan",
    letter: "l",
    icon: IconListCheck,
    page: lazy(() => import("../features/plan/PlanPage")),
  },
  {
    path: "/activity",
    label: "Activity",
    letter: "a",
    icon: IconTimeline,
    page: lazy(() => import("../features/activity/ActivityPage")),
  },
  {
    path: "/settings",
    label: "Settings",
    letter: "t",
    icon: IconAdjustmentsHorizontal,
    page: lazy(() => import("../features/settings/SettingsPage")),
  },
  {
    path: "/help",
    label: "Help",
    letter: "h",
    icon: IconHelpCircle,
    page: lazy(() => import("../features/help/HelpPage")),
  },
  {
    path: "/sandbox",
    label: "Sandbox",
    letter: "x",
    icon: IconFlask,
    page: lazy(() => import("../features/sandbox/SandboxPage")),
    sandbox: true,
  },
];

export const ConnectPage = lazy(() => import("../features/connect/ConnectPage"));
export const PlatformPage = lazy(() => import("../features/platforms/PlatformPage"));
