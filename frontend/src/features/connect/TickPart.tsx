import { Checkbox } from "@mantine/core";
import { commands, FindingState, StepState } from "../../api";
import {
  Ago,
  FindingIcon,
  Findings,
  isRunning,
  TextButton,
  useJob,
  useRun,
} from "../../components";
import css from "./connect.module.css";
import { PartNote } from "./parts";
import type { PartProps } from "./StepView";
import { texts } from "./texts";

const results: FindingState[] = [FindingState.Pass, FindingState.Warn, FindingState.Fail];

/** A box to tick, until its check has come to a result; from then on the result counts. */
export function TickPart(props: PartProps) {
  return results.includes(props.part.proof.state) ? <Proved {...props} /> : <Box {...props} />;
}

function Box({ platform, part }: PartProps) {
  const tick = useRun(commands.tick);
  const { state, cause } = part.proof;
  return (
    <div className={css.part}>
      <Checkbox
        label={part.label}
        description={part.text || undefined}
        checked={part.state !== StepState.Todo}
        disabled={tick.pending}
        onChange={(event) => tick.run(platform, part.id, event.currentTarget.checked)}
      />
      {(part.note || state === FindingState.Waiting) && (
        <div className={css.below}>
          <PartNote note={part.note} state={part.state} />
          {state === FindingState.Waiting && <div className="dim text">{cause}</div>}
        </div>
      )}
    </div>
  );
}

function Proved({ platform, step, part }: PartProps) {
  const verify = useRun(commands.verify);
  const job = useJob("verify", `${platform}/${step.id}`);
  const good = part.proof.state !== FindingState.Fail;
  return (
    <div className={css.proved}>
      <FindingIcon state={part.proof.state} />
      <div className="text">
        <div className={css.provedTitle}>
          <span>{part.label}</span>
          <span className={good ? css.good : css.bad}>{good ? texts.verified : texts.refuted}</span>
        </div>
        <Findings row={part.proof} />
        <div className="dim">
          {part.note && <>{part.note} </>}
          {texts.lookedAt} <Ago time={part.proof.at} />.{" "}
          {isRunning(job) ? (
            texts.running
          ) : (
            <TextButton onClick={() => verify.run(platform, step.id)}>{texts.again}</TextButton>
          )}
        </div>
      </div>
    </div>
  );
}
