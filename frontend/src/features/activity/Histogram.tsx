import { useQuery } from "@tanstack/react-query";
import { histogramQuery, type LogQuery } from "../../api";
import { clockTime, count, TextButton, useNow } from "../../components";
import css from "./activity.module.css";
import { type LogFilter, spanOf } from "./query";
import { texts } from "./texts";

type HistogramProps = {
  query: LogQuery;
  span: LogFilter["span"];
  onSpan: (span: LogFilter["span"]) => void;
};

const bucketCount = 72;

/** Entries over time, problems in red; a bar narrows the log to its time. */
export function Histogram({ query, span, onSpan }: HistogramProps) {
  const now = useNow(60_000);
  const { data: buckets = [] } = useQuery(histogramQuery(query, bucketCount));
  const top = Math.max(1, ...buckets.map((bucket) => bucket.count));
  const starts = buckets.map((bucket) => bucket.from);
  const short = (time: string) => clockTime(time, now).replace(/:\d\d$/, "");
  return (
    <section className={css.histogram} aria-label={texts.histogram}>
      <div className={css.bars}>
        {buckets.map((bucket, index) => {
          const pressed = span?.from === bucket.from;
          const label = texts.bar(count(bucket.count), count(bucket.problems), short(bucket.from));
          const good = bucket.count - bucket.problems;
          return (
            <button
              key={bucket.from}
              type="button"
              aria-label={label}
              aria-pressed={pressed}
              title={label}
              tabIndex={index === 0 || pressed ? 0 : -1}
              onClick={() => onSpan(pressed ? undefined : spanOf(starts, index, now))}
            >
              {bucket.problems > 0 && (
                <i data-bad style={{ height: `max(3px, ${(100 * bucket.problems) / top}%)` }} />
              )}
              {good > 0 && <i style={{ height: `max(2px, ${(100 * good) / top}%)` }} />}
            </button>
          );
        })}
      </div>
      <div className={css.axis}>
        <span>{starts[0] ? short(starts[0]) : ""}</span>
        {span && (
          <TextButton onClick={() => onSpan(undefined)}>
            {short(span.from)} – {short(span.to)} · {texts.allTime}
          </TextButton>
        )}
        <span>{starts[0] && texts.now}</span>
      </div>
    </section>
  );
}
