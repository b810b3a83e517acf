import {
  IconAlertTriangle,
  IconCheck,
  IconCircle,
  IconClock,
  IconMinus,
  IconPencilCheck,
  IconX,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { FindingState, StepState } from "../api";
import type { Tone } from "./Pill";
import css from "./ui.module.css";

type Look = { tone: Tone; icon: ReactNode; word: string };
const size = 12;
const line = { size, stroke: 2.8 };

const findings: Record<FindingState, Look> = {
  [FindingState.None]: { tone: "mute", icon: <IconCircle {...line} />, word: "not checked yet" },
  [FindingState.Pass]: { tone: "ok", icon: <IconCheck {...line} />, word: "passed" },
  [FindingState.Fail]: { tone: "bad", icon: <IconX {...line} />, word: "failed" },
  [FindingState.Waiting]: { tone: "accent", icon: <IconClock {...line} />, word: "waiting" },
  [FindingState.Warn]: { tone: "warn", icon: <IconAlertTriangle {...line} />, word: "warning" },
  [FindingState.Skipped]: { tone: "mute", icon: <IconMinus {...line} />, word: "skipped" },
};

const steps: Record<StepState, Look> = {
  [StepState.Todo]: { tone: "mute", icon: <IconCircle {...line} />, word: "to do" },
  [StepState.Done]: { tone: "ok", icon: <IconCheck {...line} />, word: "done" },
  [StepState.Ticked]: {
    tone: "warn",
    icon: <IconPencilCheck {...line} stroke={2.2} />,
    word: "confirmed by you, not verified yet",
  },
  [StepState.Waiting]: { tone: "accent", icon: <IconClock {...line} />, word: "waiting" },
  [StepState.Failed]: { tone: "bad", icon: <IconX {...line} />, word: "needs attention" },
};

export const findingWord = (state: FindingState) => findings[state].word;
export const stepWord = (state: StepState) => steps[state].word;

function Icon({ look }: { look: Look }) {
  return (
    <span
      className={css.icon}
      data-tone={look.tone}
      role="img"
      aria-label={look.word}
      title={look.word}
    >
      {look.icon}
    </span>
  );
}

/** The result of a check as a round sign. */
export const FindingIcon = ({ state }: { state: FindingState }) => <Icon look={findings[state]} />;

/** The state of a step as a round sign; a number while there is nothing to say. */
export function StepIcon({ state, number }: { state: StepState; number: number }) {
  if (state !== StepState.Todo) return <Icon look={steps[state]} />;
  return (
    <span className={css.icon} data-tone="mute" style={{ fontSize: 11, fontWeight: 650 }}>
      {number}
    </span>
  );
}

/** Done or not. */
export const DoneIcon = ({ done }: { done: boolean }) => (
  <Icon look={done ? steps[StepState.Done] : steps[StepState.Todo]} />
);
