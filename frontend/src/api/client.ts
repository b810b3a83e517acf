import { QueryClient } from "@tanstack/react-query";
import { EventsOn } from "../../wailsjs/runtime/runtime";

/** What changed; the first part of every query's key. */
export type Topic =
  | "status"
  | "platforms"
  | "setup"
  | "people"
  | "rooms"
  | "plan"
  | "activity"
  | "settings"
  | "sandbox"
  | "jobs";

// Everything is read from this computer, so a failed read is not repeated and
// what is shown is only read again when the hub says that it changed.
export const makeQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: false,
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });

/** Reads again what is shown whenever the hub says that it changed. */
export function followChanges(client: QueryClient): () => void {
  const pending = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Events come in bursts while a job runs; one reading answers many of them.
  const flush = () => {
    timer = undefined;
    const topics = [...pending];
    pending.clear();
    for (const topic of topics) void client.invalidateQueries({ queryKey: [topic] });
  };
  const stop = EventsOn("changed", (topic: unknown) => {
    if (typeof topic !== "string") return;
    pending.add(topic);
    timer ??= setTimeout(flush, 60);
  });
  return () => {
    stop();
    if (timer) clearTimeout(timer);
  };
}
