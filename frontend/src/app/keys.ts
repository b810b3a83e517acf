import { useEffect, useRef } from "react";
import type { Screen } from "./routes";

// Boxes and switches take no text: letters pressed on them are still meant for the window.
const fields = "input:not([type=checkbox], [type=radio]), textarea, select";

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches(fields));

const dialogOpen = () => document.querySelector('[role="dialog"]') !== null;

/** g and a letter, Ctrl or Cmd and a number, and "/" for the search box. */
export function useKeys(screens: Screen[], go: (path: string) => void) {
  const lastG = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || dialogOpen()) return;
      const screen = wanted(event, screens, lastG);
      if (screen) {
        event.preventDefault();
        go(screen.path);
        return;
      }
      if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>("[data-search]");
        if (!search) return;
        event.preventDefault();
        search.focus();
        search.select();
      }
      if (event.key === "?") go("/help");
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [screens, go]);
}

// A letter counts when it follows g within a second and a half.
const patienceMs = 1500;

function wanted(event: KeyboardEvent, screens: Screen[], lastG: { current: number }) {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    const number = Number(event.key);
    return number >= 1 && number <= 9 ? screens[number - 1] : undefined;
  }
  if (typing(event.target) || event.altKey) return undefined;
  if (event.key === "g") {
    lastG.current = event.timeStamp;
    return undefined;
  }
  const followsG = lastG.current > 0 && event.timeStamp - lastG.current < patienceMs;
  lastG.current = 0;
  return followsG ? screens.find((screen) => screen.letter === event.key) : undefined;
}
