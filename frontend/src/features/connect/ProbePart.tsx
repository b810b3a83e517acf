import { Button } from "@mantine/core";
import { modals } from "@mantine/modals";
import { commands, FindingState, JobState } from "../../api";
import {
  Ago,
  FindingIcon,
  Findings,
  isRunning,
  JobProgress,
  ProblemNote,
  useJob,
  useRun,
} from "../../components";
import css from "./connect.module.css";
import type { PartProps } from "./StepView";
import { texts } from "./texts";

const paragraphs = (text: string) => text.split(/\n\s*\n/);

/** A button that tries something out in the tenant, after saying what it makes there. */
export function ProbePart({ platform, part }: PartProps) {
  const probe = useRun(commands.probe);
  const job = useJob("probe", `${platform}/${part.id}`);
  const tried = part.proof.state !== FindingState.None;
  const ask = () =>
    modals.openConfirmModal({
      title: part.label,
      children: (
        <div className="text" style={{ display: "grid", gap: 8 }}>
          {paragraphs(part.text).map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
          <p className="dim">{texts.probeNever}</p>
        </div>
      ),
      labels: { confirm: texts.probeGo, cancel: texts.probeNot },
      confirmProps: { variant: "filled" },
      onConfirm: () => probe.run(platform, part.id),
    });
  return (
    <div className={css.part}>
      {isRunning(job) ? (
        <JobProgress job={job} title={part.label} />
      ) : (
        <div className={css.line}>
          <Button loading={probe.pending} onClick={ask}>
            {tried ? texts.probeAgain(part.label) : part.label}…
          </Button>
          <span className="dim text">{texts.probeAsks}</span>
        </div>
      )}
      {job?.state === JobState.Failed && job.problem && <ProblemNote problem={job.problem} />}
      {tried && (
        <div className={css.proved}>
          <FindingIcon state={part.proof.state} />
          <div className="text">
            {part.proof.title}
            <Findings row={part.proof} />
            <div className="dim">
              {texts.triedAt} <Ago time={part.proof.at} />.
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
