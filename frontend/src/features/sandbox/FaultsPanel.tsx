import { Select, Switch } from "@mantine/core";
import { useState } from "react";
import { commands, type SandboxFault, type SandboxTenant } from "../../api";
import { Glyph, Panel, Pill, SearchField, TextButton, useRun } from "../../components";
import css from "./sandbox.module.css";
import { texts } from "./texts";

type FaultsPanelProps = { faults: SandboxFault[]; tenants: SandboxTenant[] };

/** What can be made to go wrong, by tenant and subject, with what should be seen then. */
export function FaultsPanel({ faults, tenants }: FaultsPanelProps) {
  const [search, setSearch] = useState("");
  const [tenant, setTenant] = useState("all");
  const [onlyOn, setOnlyOn] = useState(false);
  const on = faults.filter((fault) => fault.on);
  const shown = (onlyOn && on.length > 0 ? on : faults).filter(
    (fault) => fits(fault, search) && (tenant === "all" || ["", tenant].includes(fault.tenant)),
  );
  return (
    <Panel
      title={texts.faults}
      aside={on.length > 0 && <Pill tone="warn">{texts.faultsOn(on.length)}</Pill>}
    >
      <p className="dim" style={{ marginTop: 4 }}>
        {texts.faultsText}
      </p>
      <div className={css.faultBar}>
        <SearchField value={search} onChange={setSearch} label={texts.searchFaults} />
        <Select
          aria-label={texts.tenant}
          w={150}
          data={[
            { value: "all", label: texts.bothTenants },
            ...tenants.map(({ name, platform }) => ({ value: name, label: platform })),
          ]}
          value={tenant}
          onChange={(value) => setTenant(value ?? "all")}
        />
        {on.length > 0 && (
          <TextButton onClick={() => setOnlyOn(!onlyOn)}>
            {onlyOn ? texts.allFaults : texts.onlyOn}
          </TextButton>
        )}
      </div>
      {shown.length === 0 ? (
        <p className="dim">{texts.noFault}</p>
      ) : (
        <section className={css.faults} tabIndex={0} aria-label={texts.faultsList}>
          {bySubject(shown, tenants).map((group) => (
            <Subject key={group.key} group={group} />
          ))}
        </section>
      )}
    </Panel>
  );
}

const fits = (fault: SandboxFault, search: string) => {
  const text = `${fault.title} ${fault.group} ${fault.id} ${fault.shows}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
};

type FaultGroup = { key: string; tenant: string; title: string; faults: SandboxFault[] };

/** The faults of each tenant by what they are about, in the order in which they come. */
export function bySubject(faults: SandboxFault[], tenants: SandboxTenant[]): FaultGroup[] {
  const groups = new Map<string, FaultGroup>();
  for (const fault of faults) {
    const key = `${fault.tenant} ${fault.group}`;
    const platform = tenants.find(({ name }) => name === fault.tenant)?.platform ?? "";
    const title = [platform, fault.group].filter(Boolean).join(" · ");
    const group = groups.get(key) ?? { key, tenant: fault.tenant, title, faults: [] };
    group.faults.push(fault);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function Subject({ group }: { group: FaultGroup }) {
  const set = useRun(commands.setFault);
  return (
    <fieldset className={css.subject}>
      <legend>
        {group.tenant && <Glyph platform={group.tenant} size={16} />}
        {group.title}
      </legend>
      {group.faults.map((fault) => (
        <div key={fault.id} className={css.fault} data-on={fault.on}>
          <Switch
            label={fault.title}
            checked={fault.on}
            onChange={(event) => set.run(fault.id, event.currentTarget.checked)}
          />
          {fault.on && (
            <div className="text">
              <b>{texts.shows}</b> {fault.shows || texts.showsNothing}
            </div>
          )}
        </div>
      ))}
    </fieldset>
  );
}
