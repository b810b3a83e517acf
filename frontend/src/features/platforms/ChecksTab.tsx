import { IconListCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  type CheckRow,
  type CheckSpan,
  checkHistoryQuery,
  checksQuery,
  FindingState,
} from "../../api";
import {
  Ago,
  clockTime,
  counted,
  Empty,
  Failed,
  FindingIcon,
  Findings,
  findingWord,
  Loading,
  Panel,
  Rows,
  TextButton,
  useNow,
} from "../../components";
import css from "./platforms.module.css";
import { checkTexts as texts } from "./texts";

/** Every check with what it found last, and what it found before. */
export function ChecksTab({ platform }: { platform: string }) {
  const checks = useQuery(checksQuery(platform));
  if (checks.isPending) return <Loading />;
  if (checks.isError) {
    return <Failed reason={checks.error} onRetry={() => void checks.refetch()} />;
  }
  if (checks.data.length === 0) {
    return (
      <Empty icon={<IconListCheck size={22} />} title={texts.noneYet}>
        {texts.noneYetText}
      </Empty>
    );
  }
  return (
    <>
      <p className="dim">{tally(checks.data)}</p>
      <Panel flush label={texts.checks}>
        <Rows label={texts.checks}>
          {checks.data.map((row) => (
            <Check key={row.code} platform={platform} row={row} />
          ))}
        </Rows>
      </Panel>
    </>
  );
}

const order = [
  FindingState.Fail,
  FindingState.Waiting,
  FindingState.Warn,
  FindingState.Pass,
  FindingState.Skipped,
  FindingState.None,
];

/** "1 failed, 12 passed, 2 not checked yet". */
export const tally = (rows: CheckRow[]) =>
  order
    .map((state) => [state, rows.filter((row) => row.state === state).length] as const)
    .filter(([, n]) => n > 0)
    .map(([state, n]) => `${n} ${findingWord(state)}`)
    .join(", ");

function Check({ platform, row }: { platform: string; row: CheckRow }) {
  const [open, setOpen] = useState(false);
  const ran = row.state !== FindingState.None;
  return (
    <li>
      <FindingIcon state={row.state} />
      <div className={`${css.check} text`}>
        <div className={css.checkTitle}>
          <span>{row.title}</span>
          {row.writes && !ran && <span className="dim">{texts.writes}</span>}
        </div>
        <Findings row={row} />
        {open && <History platform={platform} code={row.code} />}
      </div>
      <div className={css.checkEnd}>
        {row.at && <Ago time={row.at} />}
        {ran && (
          <TextButton
            expanded={open}
            label={`${open ? texts.hide : texts.history}: ${row.title}`}
            onClick={() => setOpen(!open)}
          >
            {open ? texts.hide : texts.history}
          </TextButton>
        )}
      </div>
    </li>
  );
}

function History({ platform, code }: { platform: string; code: string }) {
  const history = useQuery(checkHistoryQuery(platform, code));
  if (history.isPending) return <Loading rows={2} />;
  if (history.isError) {
    return <Failed reason={history.error} onRetry={() => void history.refetch()} />;
  }
  return (
    <ol className={css.history} aria-label={texts.historyOf}>
      {history.data.map((span) => (
        <Span key={span.from} span={span} />
      ))}
    </ol>
  );
}

function Span({ span }: { span: CheckSpan }) {
  const now = useNow(60_000);
  const once = span.times === 1;
  const when = once
    ? clockTime(span.from, now)
    : texts.between(clockTime(span.from, now), clockTime(span.to, now));
  return (
    <li>
      <FindingIcon state={span.state} />
      <div>
        <div className={css.checkTitle}>
          <b>{findingWord(span.state)}</b>
          <span className="dim">
            {when}
            {!once && ` · ${counted(span.times, "time", "times")}`}
          </span>
        </div>
        {span.evidence && <div className="dim">{span.evidence}</div>}
        {span.cause && <div>{span.cause}</div>}
      </div>
    </li>
  );
}
