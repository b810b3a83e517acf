import { ago, longDate, useNow } from "./time";

/** How long ago something was, kept up to date; the exact time as a tooltip. */
export function Ago({ time }: { time: string }) {
  const now = useNow(5000);
  if (!time) return <>never</>;
  // What was written since the clock last moved on is not in the future.
  const seen = Math.max(now, Date.parse(time));
  return (
    <time
      dateTime={time}
      title={`${longDate(time)}, ${new Date(time).toLocaleTimeString("en-GB")}`}
    >
      {ago(time, seen)}
    </time>
  );
}
