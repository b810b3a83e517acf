import type { CheckRow } from "../../api";
import { PageLink } from "../../components";
import css from "./connect.module.css";
import { texts } from "./texts";

type FindingRow = Pick<CheckRow, "state" | "evidence" | "cause" | "fix" | "fixUrl" | "raw">;

/** What a check found, why it failed and how to mend it. */
export function Findings({ row }: { row: FindingRow }) {
  return (
    <>
      {row.evidence && <div className="dim">{row.evidence}</div>}
      {row.cause && (
        <div className={css.cause} data-state={row.state}>
          {row.cause}
        </div>
      )}
      {(row.fix || row.fixUrl) && (
        <div>
          {row.fix} {row.fixUrl && <PageLink url={row.fixUrl}>{texts.mend}</PageLink>}
        </div>
      )}
      {row.raw && (
        <details className={css.raw}>
          <summary>{texts.raw}</summary>
          <pre>{row.raw}</pre>
        </details>
      )}
    </>
  );
}
