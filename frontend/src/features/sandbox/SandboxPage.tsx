import { Select } from "@mantine/core";
import { IconMessages } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type SandboxState, sandboxQuery } from "../../api";
import { Empty, Failed, Loading, Page, Pill } from "../../components";
import { ExportsPanel } from "./ExportsPanel";
import { FaultsPanel } from "./FaultsPanel";
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
        <FaultsPanel faults={state.faults} tenants={state.tenants} />
        <ExportsPanel report={state.exports} />
      </div>
    </>
  );
}
