import { Button, Tabs } from "@mantine/core";
import { IconChecks, IconListCheck, IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { commands, PlanState, planQuery } from "../../api";
import {
  Ago,
  Empty,
  Failed,
  isRunning,
  JobProgress,
  Loading,
  Page,
  useJob,
  useRun,
} from "../../components";
import { ApplyButton } from "./ApplyButton";
import { History } from "./History";
import { PlanRows } from "./PlanRows";
import css from "./plan.module.css";
import { texts } from "./texts";

export default function PlanPage() {
  const plan = useQuery(planQuery());
  const [tab, setTab] = useState("current");
  const make = useRun(commands.makePlan);
  const making = useJob("plan");
  const applying = useJob("apply", plan.data?.id);
  const made = plan.data && plan.data.state !== PlanState.None;
  return (
    <Page
      fill
      title={texts.title}
      sub={texts.sub}
      actions={
        <>
          <Button
            leftSection={<IconRefresh size={14} />}
            loading={isRunning(making) || make.pending}
            disabled={isRunning(applying)}
            onClick={() => make.run()}
          >
            {texts.make}
          </Button>
          {plan.data && <ApplyButton plan={plan.data} running={isRunning(applying)} />}
        </>
      }
    >
      <Tabs value={tab} onChange={(next) => setTab(next ?? "current")}>
        <Tabs.List>
          <Tabs.Tab value="current">{texts.tabs.current}</Tabs.Tab>
          <Tabs.Tab value="history">{texts.tabs.history}</Tabs.Tab>
          {made && plan.data.made && (
            <span className="dim" style={{ marginLeft: "auto", alignSelf: "center" }}>
              {texts.made} <Ago time={plan.data.made} />
            </span>
          )}
        </Tabs.List>
      </Tabs>
      {isRunning(making) && <JobProgress job={making} title={texts.making} />}
      {isRunning(applying) && <JobProgress job={applying} title={texts.applying} />}
      {tab === "history" ? <History /> : <Current />}
    </Page>
  );
}

function Current() {
  const plan = useQuery(planQuery());
  const make = useRun(commands.makePlan);
  if (plan.isPending) return <Loading rows={9} />;
  if (plan.isError) return <Failed reason={plan.error} onRetry={() => void plan.refetch()} />;
  if (plan.data.state === PlanState.None) {
    return (
      <Empty
        icon={<IconListCheck size={22} />}
        title={texts.noneTitle}
        action={
          <Button variant="filled" loading={make.pending} onClick={() => make.run()}>
            {texts.make}
          </Button>
        }
      >
        {texts.noneText}
      </Empty>
    );
  }
  if (plan.data.rows.length === 0) {
    return (
      <Empty icon={<IconChecks size={22} />} title={texts.emptyTitle}>
        {texts.emptyText}
      </Empty>
    );
  }
  return (
    <>
      {plan.data.state === PlanState.Held && (
        <div className={`${css.held} text`} role="alert">
          <b>{texts.heldTitle}.</b> {plan.data.reason}
        </div>
      )}
      <PlanRows plan={plan.data} />
    </>
  );
}
