import { IconPackage } from "@tabler/icons-react";
import type { CheckRow, Part, Step } from "../../api";
import { FindingState, PartKind } from "../../api";
import { ago, FindingIcon, Findings, Questions, useNow } from "../../components";
import { ActionPart, VerifyPart } from "./actions";
import css from "./connect.module.css";
import { FieldPart } from "./FieldPart";
import { ProbePart } from "./ProbePart";
import { CopyPart, FilePart, LinkPart, ScriptPart, TextPart } from "./parts";
import { ScopesPart } from "./ScopesPart";
import { TickPart } from "./TickPart";
import { texts } from "./texts";

export type PartProps = { platform: string; step: Step; part: Part };

/** One page of the wizard. */
export function StepView({ platform, step }: { platform: string; step: Step }) {
  const hasScopes = step.parts.some((part) => part.kind === PartKind.Scopes);
  const shown = new Set(step.parts.map((part) => part.proof.code));
  return (
    <div className={css.body}>
      <h2>{step.title}</h2>
      {step.shipped && (
        <div className={css.shipped}>
          <IconPackage size={16} />
          <span className="text">{texts.shipped(step.shipped)}</span>
        </div>
      )}
      {grouped(step.parts).map((parts) => {
        const views = parts.map((part) => (
          <PartView key={keyOf(part)} platform={platform} step={step} part={part} />
        ));
        return parts.length === 1 ? (
          views
        ) : (
          <div key={parts.map(keyOf).join()} className={css.together}>
            {views}
          </div>
        );
      })}
      {!hasScopes && <Checked checks={step.checks.filter((check) => !shown.has(check.code))} />}
      {step.retryAt && <Retry at={step.retryAt} />}
      <Questions questions={step.why} />
    </div>
  );
}

const keyOf = (part: Part) => `${part.kind} ${part.id} ${part.label} ${part.action} ${part.url}`;

const short: PartKind[] = [PartKind.Link, PartKind.Tick, PartKind.Verify];
const isShort = (part: Part) =>
  short.includes(part.kind) && !part.text && !part.note && part.proof.state === FindingState.None;

/** Short parts that follow each other share a line: open, tick, confirm. */
export function grouped(parts: Part[]): Part[][] {
  const groups: Part[][] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (last && isShort(part) && last.every(isShort)) last.push(part);
    else groups.push([part]);
  }
  return groups;
}

function PartView(props: PartProps) {
  switch (props.part.kind) {
    case PartKind.Text:
      return <TextPart {...props} />;
    case PartKind.Link:
      return <LinkPart {...props} />;
    case PartKind.Copy:
      return <CopyPart {...props} />;
    case PartKind.Field:
      return <FieldPart {...props} />;
    case PartKind.File:
      return <FilePart {...props} />;
    case PartKind.Tick:
      return <TickPart {...props} />;
    case PartKind.Action:
      return <ActionPart {...props} />;
    case PartKind.Verify:
      return <VerifyPart {...props} />;
    case PartKind.Scopes:
      return <ScopesPart {...props} />;
    case PartKind.Script:
      return <ScriptPart {...props} />;
    case PartKind.Probe:
      return <ProbePart {...props} />;
  }
}

function Checked({ checks }: { checks: CheckRow[] }) {
  const run = checks.filter((check) => check.state !== FindingState.None);
  if (run.length === 0) return null;
  return (
    <ul className={css.scopes} aria-label={texts.checks}>
      {run.map((check) => (
        <li key={check.code}>
          <FindingIcon state={check.state} />
          <div className="text">
            {check.title}
            <Findings row={check} />
          </div>
          <span />
        </li>
      ))}
    </ul>
  );
}

function Retry({ at }: { at: string }) {
  const now = useNow(5000);
  return <div className="dim">{texts.retry(ago(at, now))}</div>;
}
