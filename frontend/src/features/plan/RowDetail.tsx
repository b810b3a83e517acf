import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type PlanRow, readersQuery } from "../../api";
import { count, Facts, Failed, Glyph, Loading, Pill } from "../../components";
import css from "./plan.module.css";
import { risks, rowStates, texts } from "./texts";

type RowDetailProps = { plan: string; row: PlanRow; onClose: () => void };

/** One change: what, why, how risky, and who will newly read what. */
export function RowDetail({ plan, row, onClose }: RowDetailProps) {
  return (
    <aside className={css.detail} aria-label={row.subject}>
      <div className={css.detailHead}>
        <h2 className="text">{row.subject}</h2>
        <ActionIcon aria-label={texts.close} onClick={onClose} size="sm">
          <IconX size={15} />
        </ActionIcon>
      </div>
      <div style={{ display: "flex", gap: 6, flexWrap: "wrap" }}>
        <Pill tone={risks[row.risk].tone}>
          {texts.risk}: {risks[row.risk].word}
        </Pill>
        <Pill tone={rowStates[row.state].tone}>{rowStates[row.state].word}</Pill>
      </div>
      {row.result && <p>{row.result}</p>}
      <Facts
        rows={[
          [texts.before, row.before || texts.notAsked],
          [texts.after, row.after],
          [texts.reason, row.reason],
          ...(row.riskWhy ? [[texts.risk, row.riskWhy] as [string, string]] : []),
          [texts.undo, row.undo ? texts.undoYes : texts.undoNo],
        ]}
      />
      {row.needs.length > 0 && <div className="dim">{texts.needs(row.needs.length)}</div>}
      {row.readers >= 0 && <Readers plan={plan} row={row} />}
    </aside>
  );
}

const shownReaders = 80;

function Readers({ plan, row }: { plan: string; row: PlanRow }) {
  const readers = useQuery(readersQuery(plan, row.id));
  return (
    <>
      <h3>
        {texts.readersTitle} <span className="dim">{count(row.readers)}</span>
      </h3>
      {readers.isPending && <Loading rows={4} />}
      {readers.isError && <Failed reason={readers.error} onRetry={() => void readers.refetch()} />}
      {readers.data?.length === 0 && <div className="dim">{texts.noReaders}</div>}
      <ul className={css.readers}>
        {readers.data?.slice(0, shownReaders).map((reader) => (
          <li key={`${reader.platform} ${reader.address} ${reader.name}`}>
            <Glyph platform={reader.platform} size={18} />
            <div className="text">
              {reader.name} <span className="dim">{reader.reads}</span>
            </div>
            {reader.kind !== "internal" && <Pill tone="warn">{reader.kind}</Pill>}
          </li>
        ))}
      </ul>
      {(readers.data?.length ?? 0) > shownReaders && (
        <div className="dim">+ {count((readers.data?.length ?? 0) - shownReaders)}</div>
      )}
    </>
  );
}
