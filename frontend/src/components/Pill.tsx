import type { ReactNode } from "react";
import css from "./ui.module.css";

export type Tone = "ok" | "warn" | "bad" | "mute" | "accent";

/** A state in a word. */
export function Pill({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={css.pill} data-tone={tone}>
      {children}
    </span>
  );
}
