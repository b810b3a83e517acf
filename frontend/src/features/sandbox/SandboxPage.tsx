import { Select, Switch } from "@mantine/core";
import { IconMessages } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { commands, type SandboxState, sandboxQuery } from "../../api";
import { Empty, Failed, Loading, Page, Panel, Pill, useRun } from "../../components";
import { ExportsPanel } from "./ExportsPanel";
import { PaneView } from "./PaneView";
import css from "./sandbox.module.css";
import { texts } from "./texts";

export default function SandboxPage() {
  const sandbox = useQuery(sandboxQuery());
  return (
    <Page title={texts.title} sub={texts.sub}>
      {sandbox.isPending && <Loading rows={9} />}
      {sandbox.isError && <Failed reason={sandbox.error} onRetry={() => void sandbox.refetch()} />}
      {sandbox.data && <Tenants state={sandbox.data} />}
    </Page>
  );
}

function Tenants({ state }: { state: SandboxState }) {
  const [chosen, setChosen] = useState("");
  const pair = state.pairs.find((one) => one.id === chosen) ?? state.pairs[0];
  return (
    <>
      {pair ? (
        <>
          <div className={css.bar}>
            <Select
              aria-label={texts.pair}
              w={360}
              searchable
              data={state.pairs.map((one) => ({
                value: one.id,
                label: `${one.left} ↔ ${one.right}${one.linked ? "" : ` (${texts.notLinked})`}`,
              }))}
              value={pair.id}
              onChange={(value) => setChosen(value ?? "")}
            />
            {pair.linked ? (
              <Pill tone="ok">{texts.live}</Pill>
            ) : (
              <span className="dim">{texts.unlinkedNote}</span>
            )}
          </div>
          <div className={css.panes}>
            {state.tenants.map((tenant) => (
              <PaneView key={`${pair.id} ${tenant.name}`} pair={pair.id} tenant={tenant} />
            ))}
          </div>
        </>
      ) : (
        <Empty icon={<IconMessages size={22} />} title={texts.noPairsTitle}>
          {texts.noPairsText}
        </Empty>
      )}
      <div className={css.below}>
        <Faults state={state} />
        <ExportsPanel report={state.exports} />
      </div>
    </>
  );
}

function Faults({ state }: { state: SandboxState }) {
  const set = useRun(commands.setFault);
  const on = state.faults.filter((fault) => fault.on).length;
  return (
    <Panel title={texts.faults} aside={on > 0 && <Pill tone="warn">{on}</Pill>}>
      <p className="dim" style={{ marginTop: 4 }}>
        {texts.faultsText}
      </p>
      <div className={css.faults}>
        {state.faults.map((fault) => (
          <Switch
            key={fault.id}
            label={fault.title}
            checked={fault.on}
            onChange={(event) => set.run(fault.id, event.currentTarget.checked)}
          />
        ))}
      </div>
    </Panel>
  );
}
