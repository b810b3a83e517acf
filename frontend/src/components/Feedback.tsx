import { Button, Skeleton } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { type Problem, toProblem } from "../api";
import { Mending, OtherCauses, Raw } from "./Findings";
import css from "./ui.module.css";

type EmptyProps = { icon: ReactNode; title: string; children?: ReactNode; action?: ReactNode };

/** Nothing to show, why, and what to do about it. */
export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <div className={css.empty}>
      <span className={css.emptyIcon}>{icon}</span>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action && <div className={css.emptyAction}>{action}</div>}
    </div>
  );
}

/** A problem in words, with what support needs. */
export function ProblemNote({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  const facts = [
    problem.code && `Answer ${problem.status || ""} ${problem.code}`.replace(/ +/g, " "),
    problem.requestId && `Request id ${problem.requestId}`,
    problem.time && new Date(problem.time).toLocaleString("en-GB"),
  ].filter(Boolean);
  return (
    <div className={css.problem} role="alert">
      <IconAlertCircle size={18} />
      <div style={{ flex: 1, minWidth: 0 }} className="text">
        <strong>{problem.cause || problem.message}</strong>
        {problem.fix || problem.fixUrl ? (
          <Mending fix={problem.fix} fixUrl={problem.fixUrl} />
        ) : (
          problem.advice && <div>{problem.advice}</div>
        )}
        <OtherCauses others={problem.others} />
        <Raw
          text={problem.raw || (problem.cause ? problem.message : "")}
          unrecognised={problem.unrecognised}
        />
        {facts.length > 0 && <div className={`${css.problemFacts} mono`}>{facts.join(" · ")}</div>}
      </div>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** What a read was rejected with. */
export const Failed = ({ reason, onRetry }: { reason: unknown; onRetry?: () => void }) => (
  <ProblemNote problem={toProblem(reason)} {...(onRetry ? { onRetry } : {})} />
);

/** Grey lines where rows will be. */
export function Loading({ rows = 6, height = 18 }: { rows?: number; height?: number }) {
  return (
    <div
      aria-busy="true"
      role="status"
      aria-label="Loading"
      style={{ display: "grid", gap: 12, padding: 16 }}
    >
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={height} width={`${92 - ((i * 17) % 38)}%`} radius={5} />
      ))}
    </div>
  );
}
