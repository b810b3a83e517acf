import { Button } from "@mantine/core";
import { modals } from "@mantine/modals";
import { commands, type PlanView } from "../../api";
import { count, counted, useRun } from "../../components";
import { approvedSummary } from "./selection";
import { texts } from "./texts";

/** Applies what is approved, after saying in numbers what that means. */
export function ApplyButton({ plan, running }: { plan: PlanView; running: boolean }) {
  const apply = useRun(commands.applyPlan);
  const approved = approvedSummary(plan);
  const ask = () =>
    modals.openConfirmModal({
      title: texts.applyTitle,
      children: (
        <>
          <p>{texts.applyText(counted(approved.count, "change", "changes"))}</p>
          {approved.readers > 0 && (
            <p style={{ marginTop: 8 }}>
              {texts.applyReaders(counted(approved.readers, "person", "people"))}
            </p>
          )}
          {approved.highRisk > 0 && (
            <p style={{ marginTop: 8, color: "var(--bad)", fontWeight: 600 }}>
              {texts.applyRisk(counted(approved.highRisk, "change", "changes"))}
            </p>
          )}
        </>
      ),
      labels: { confirm: texts.applyYes, cancel: texts.cancel },
      confirmProps: { variant: "filled" },
      onConfirm: () => apply.run(plan.id),
    });
  return (
    <Button
      variant="filled"
      disabled={approved.count === 0}
      loading={running || apply.pending}
      onClick={ask}
    >
      {texts.apply(count(approved.count))}
    </Button>
  );
}
