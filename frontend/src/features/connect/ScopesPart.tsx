import { FindingState } from "../../api";
import { FindingIcon, Findings, findingWord } from "../../components";
import css from "./connect.module.css";
import type { PartProps } from "./StepView";
import { texts } from "./texts";

const wordFor = (state: FindingState) =>
  state === FindingState.Pass
    ? "granted"
    : state === FindingState.Fail
      ? "not granted"
      : findingWord(state);

// The part of a scope that tells it from the others; the whole is in the tooltip.
export const shortScope = (scope: string) => scope.replace(/^https:\/\/[^/]+\/(auth\/)?/, "");

/** The permissions with the last finding of each. */
export function ScopesPart({ part }: PartProps) {
  const granted = part.scopes.filter((scope) => scope.state === FindingState.Pass).length;
  const label = part.label || texts.scopes;
  return (
    <div className={css.part}>
      <div className={css.line} style={{ justifyContent: "space-between" }}>
        <b>{label}</b>
        <span className="dim">{texts.granted(granted, part.scopes.length)}</span>
      </div>
      <ul className={css.scopes} aria-label={label}>
        {part.scopes.map((scope) => (
          <li key={scope.scope}>
            <FindingIcon state={scope.state} />
            <div className="text">
              <code title={scope.scope}>{shortScope(scope.scope)}</code>
              <Findings row={scope} />
            </div>
            <span className="dim">{wordFor(scope.state)}</span>
          </li>
        ))}
      </ul>
      <details className={css.raw}>
        <summary style={{ color: "var(--accent-text)" }}>{texts.showReasons}</summary>
        <ul style={{ margin: "6px 0 0", paddingLeft: 18 }} className="text">
          {part.scopes.map((scope) => (
            <li key={scope.scope}>
              <code>{shortScope(scope.scope)}</code> <span className="dim">{scope.reason}</span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
