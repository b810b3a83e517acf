import { Button, Progress } from "@mantine/core";
import { commands, type Job } from "../api";
import { useRun } from "./run";
import { count } from "./time";
import css from "./ui.module.css";

type JobProgressProps = { job: Job; title: string };

/** What is running, how far it is, and the button that stops it. */
export function JobProgress({ job, title }: JobProgressProps) {
  const cancel = useRun(commands.cancelJob);
  const known = job.total > 0;
  const percent = known ? Math.min(100, (100 * job.done) / job.total) : 100;
  return (
    <div className={css.job} role="status">
      <div className={css.jobText}>
        <div className={css.jobLine}>
          <span>
            <b>{title}</b> {job.note && <span className="dim">{job.note}</span>}
          </span>
          {known && (
            <span className="dim">
              {count(job.done)} of {count(job.total)}
            </span>
          )}
        </div>
        <Progress value={percent} animated={!known} striped={!known} size={5} aria-label={title} />
      </div>
      <Button onClick={() => cancel.run(job.id)} loading={cancel.pending}>
        Cancel
      </Button>
    </div>
  );
}
