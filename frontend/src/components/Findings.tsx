import type { CheckRow, FindingState, Remedy } from "../api";
import { PageLink } from "./Controls";
import { useCopy } from "./run";
import css from "./ui.module.css";

type FindingRow = Pick<
  CheckRow,
  "evidence" | "cause" | "fix" | "fixUrl" | "raw" | "others" | "unrecognised"
> & { state: FindingState };

const texts = {
  mend: "Mend it",
  others: "It could also be:",
  unrecognised:
    "Mio Hub has not met this answer before. These are the platform's own words; copy them when you ask somebody.",
  raw: "The platform's own words",
  copy: "Copy",
};

/** What a check found, why it failed, what else it could be, and how to mend it. */
export function Findings({ row }: { row: FindingRow }) {
  return (
    <>
      {row.evidence && <div className="dim">{row.evidence}</div>}
      {row.cause && (
        <div className={css.cause} data-state={row.state}>
          {row.cause}
        </div>
      )}
      <Mending fix={row.fix} fixUrl={row.fixUrl} />
      <OtherCauses others={row.others} />
      <Raw text={row.raw} unrecognised={row.unrecognised} />
    </>
  );
}

/** What to do, and the page where it is done. */
export function Mending({ fix, fixUrl }: Pick<Remedy, "fix" | "fixUrl">) {
  if (!fix && !fixUrl) return null;
  return (
    <div>
      {fix} {fixUrl && <PageLink url={fixUrl}>{texts.mend}</PageLink>}
    </div>
  );
}

/** Further causes that look the same from here, the likelier first. */
export function OtherCauses({ others }: { others: Remedy[] }) {
  if (others.length === 0) return null;
  return (
    <div className={css.others}>
      {texts.others}
      <ul>
        {others.map((other) => (
          <li key={`${other.cause} ${other.fix}`}>
            {other.cause} <span className="dim">{other.fix}</span>{" "}
            {other.fixUrl && <PageLink url={other.fixUrl}>{texts.mend}</PageLink>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The vendor's own words, to be copied; open at once where they are all that is known. */
export function Raw({ text, unrecognised }: { text: string; unrecognised: boolean }) {
  const copy = useCopy();
  if (!text) return null;
  return (
    <>
      {unrecognised && <div>{texts.unrecognised}</div>}
      <details className={css.raw} open={unrecognised || undefined}>
        <summary>{texts.raw}</summary>
        <div className={css.rawText}>
          <pre>{text}</pre>
          <button type="button" onClick={() => copy(text)} aria-label={`Copy: ${texts.raw}`}>
            {texts.copy}
          </button>
        </div>
      </details>
    </>
  );
}
