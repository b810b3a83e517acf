import { Button } from "@mantine/core";
import { IconArrowLeft, IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type PlanSummary, planByIdQuery, planHistoryQuery } from "../../api";
import {
  Ago,
  type Column,
  count,
  Empty,
  Failed,
  Loading,
  Pill,
  TextButton,
  VirtualTable,
} from "../../components";
import { PlanRows } from "./PlanRows";
import { planStates, texts } from "./texts";

const columnsOf = (open: (id: string) => void): Column<PlanSummary>[] => [
  {
    key: "made",
    header: texts.history.made,
    width: "minmax(0, 1fr)",
    render: (plan) => <Ago time={plan.made} />,
  },
  {
    key: "state",
    header: texts.history.state,
    width: "150px",
    render: (plan) => <Pill tone={planStates[plan.state].tone}>{planStates[plan.state].word}</Pill>,
  },
  {
    key: "rows",
    header: texts.history.rows,
    width: "90px",
    end: true,
    render: (plan) => count(plan.rows),
  },
  {
    key: "done",
    header: texts.history.done,
    width: "90px",
    end: true,
    render: (plan) => count(plan.done),
  },
  {
    key: "failed",
    header: texts.history.failed,
    width: "90px",
    end: true,
    render: (plan) => count(plan.failed),
  },
  {
    key: "actor",
    header: texts.history.actor,
    width: "minmax(0, 1fr)",
    render: (plan) => plan.actor || texts.notAsked,
  },
  {
    key: "open",
    header: texts.open,
    headerHidden: true,
    width: "70px",
    end: true,
    render: (plan) => <TextButton onClick={() => open(plan.id)}>{texts.open}</TextButton>,
  },
];

/** The plans there were, and what became of them. */
export function History() {
  const history = useQuery(planHistoryQuery());
  const [opened, setOpened] = useState("");
  if (opened) return <Past id={opened} onBack={() => setOpened("")} />;
  if (history.isPending) return <Loading rows={8} />;
  if (history.isError) {
    return <Failed reason={history.error} onRetry={() => void history.refetch()} />;
  }
  if (history.data.length === 0) {
    return <Empty icon={<IconHistory size={22} />} title={texts.historyEmpty} />;
  }
  return (
    <VirtualTable
      label={texts.tabs.history}
      rows={history.data}
      columns={columnsOf(setOpened)}
      rowId={(plan) => plan.id}
    />
  );
}

function Past({ id, onBack }: { id: string; onBack: () => void }) {
  const plan = useQuery(planByIdQuery(id));
  return (
    <>
      <div style={{ display: "flex", gap: 12, alignItems: "center" }}>
        <Button leftSection={<IconArrowLeft size={14} />} onClick={onBack}>
          {texts.back}
        </Button>
        {plan.data && (
          <span>
            {texts.planOf} <Ago time={plan.data.made} />
          </span>
        )}
      </div>
      {plan.isPending && <Loading rows={8} />}
      {plan.isError && <Failed reason={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.data && <PlanRows plan={plan.data} readOnly />}
    </>
  );
}
