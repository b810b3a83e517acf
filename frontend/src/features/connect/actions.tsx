import { Button } from "@mantine/core";
import { commands, JobState, StepState } from "../../api";
import { isRunning, JobProgress, ProblemNote, useJob, useRun } from "../../components";
import css from "./connect.module.css";
import { PartNote } from "./parts";
import type { PartProps } from "./StepView";
import { texts } from "./texts";

/** A button that does something, mostly in the browser; it can be cancelled. */
export function ActionPart({ platform, part }: PartProps) {
  const act = useRun(commands.act);
  const job = useJob("action", `${platform}/${part.action}`);
  const done = part.state === StepState.Done;
  return (
    <div className={css.part}>
      {isRunning(job) ? (
        <>
          <JobProgress job={job} title={part.label} />
          <div className="dim">{texts.inBrowser}</div>
        </>
      ) : (
        <div className={css.line}>
          <Button
            variant={done || part.optional ? "default" : "filled"}
            loading={act.pending}
            onClick={() => act.run(platform, part.action)}
          >
            {part.label}
          </Button>
          {part.text && <span className="dim text">{part.text}</span>}
        </div>
      )}
      <PartNote note={part.note} state={part.state} />
      {job?.state === JobState.Failed && job.problem && !done && (
        <ProblemNote problem={job.problem} />
      )}
    </div>
  );
}

/** The button that runs the step's checks now. */
export function VerifyPart({ platform, step, part }: PartProps) {
  const verify = useRun(commands.verify);
  const job = useJob("verify", `${platform}/${step.id}`);
  return (
    <div className={css.part}>
      {isRunning(job) ? (
        <JobProgress job={job} title={texts.checking} />
      ) : (
        <div className={css.line}>
          <Button
            variant={step.state === StepState.Done ? "default" : "filled"}
            loading={verify.pending}
            onClick={() => verify.run(platform, step.id)}
          >
            {part.label || texts.confirm}
          </Button>
          {part.text && <span className="dim text">{part.text}</span>}
        </div>
      )}
      {job?.state === JobState.Failed && job.problem && <ProblemNote problem={job.problem} />}
    </div>
  );
}
