import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { commands, type Permission, permissionsQuery, wizardQuery } from "../../api";
import {
  Failed,
  Filters,
  FindingIcon,
  Loading,
  PageLink,
  Panel,
  Pill,
  Questions,
  Rows,
  showDone,
  useCopy,
  useRun,
} from "../../components";
import css from "./platforms.module.css";
import { holders, permissionTexts as texts } from "./texts";

type Which = "asked" | "off" | "all";

/** Every permission with its reasons, to be read here or handed to a reviewer. */
export function PermissionsTab({ platform }: { platform: string }) {
  const list = useQuery(permissionsQuery(platform));
  const [which, setWhich] = useState<Which>("asked");
  const copy = useCopy();
  const text = useRun(commands.permissionsText, copy);
  const save = useRun(commands.savePermissions, (path) => path && showDone(texts.saved(path)));
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed reason={list.error} onRetry={() => void list.refetch()} />;
  const scopes = byScope(list.data);
  const shown = scopes.filter((one) => which === "all" || one.asked === (which === "asked"));
  const kinds = [...new Set(shown.map((one) => one.kind))];
  const asked = scopes.filter((one) => one.asked).length;
  return (
    <>
      <p className="dim">{texts.text}</p>
      <div className={css.bar}>
        <Filters
          label={texts.which}
          value={which}
          onChange={setWhich}
          choices={[
            { value: "asked", label: texts.asked, count: asked },
            { value: "off", label: texts.off, count: scopes.length - asked },
            { value: "all", label: texts.all, count: scopes.length },
          ]}
        />
        <div className={css.end}>
          <Button loading={text.pending} onClick={() => text.run(platform)}>
            {texts.copyText}
          </Button>
          <Button loading={save.pending} onClick={() => save.run(platform)}>
            {texts.saveText}
          </Button>
        </div>
      </div>
      {shown.length === 0 && <p className="dim">{texts.none}</p>}
      {kinds.map((kind) => (
        <Panel key={kind} title={holders[kind] ?? kind}>
          <Rows label={holders[kind] ?? kind}>
            {shown
              .filter((one) => one.kind === kind)
              .map((one) => (
                <ScopeRow key={one.scope} one={one} />
              ))}
          </Rows>
        </Panel>
      ))}
      <Why platform={platform} />
    </>
  );
}

export type Scope = Pick<Permission, "scope" | "kind" | "state" | "asked" | "covered"> & {
  uses: Permission[];
};

/** One row for each scope and holder, with all features that need it. */
export function byScope(permissions: Permission[]): Scope[] {
  const rows = new Map<string, Scope>();
  for (const one of permissions) {
    const key = `${one.kind} ${one.scope}`;
    const row = rows.get(key);
    if (!row) {
      const { scope, kind, state, asked, covered } = one;
      rows.set(key, { scope, kind, state, asked, covered, uses: [one] });
      continue;
    }
    row.uses.push(one);
    row.asked ||= one.asked;
    row.covered ||= one.covered;
  }
  return [...rows.values()];
}

function ScopeRow({ one }: { one: Scope }) {
  const source = one.uses.find((use) => use.source)?.source;
  return (
    <li>
      <FindingIcon state={one.state} />
      <div className={`${css.check} text`}>
        <div className={css.checkTitle}>
          <code className={css.scope}>{one.scope}</code>
          {!one.asked && (
            <span className="dim">{one.covered ? texts.covered(one.covered) : texts.notAsked}</span>
          )}
        </div>
        {one.uses.map((use) => (
          <div key={`${use.feature} ${use.reason}`} className={css.use}>
            <div>
              {use.reason}
              {use.methods.length > 0 && (
                <div className={`${css.scope} dim`}>
                  {texts.methods}: {use.methods.join(", ")}
                </div>
              )}
            </div>
            <Pill tone="mute">{use.featureTitle}</Pill>
          </div>
        ))}
        {source && <PageLink url={source}>{texts.source}</PageLink>}
      </div>
    </li>
  );
}

function Why({ platform }: { platform: string }) {
  const wizard = useQuery(wizardQuery(platform));
  const asked = new Set<string>();
  const questions = (wizard.data?.steps ?? [])
    .flatMap((step) => step.why)
    .filter(({ ask }) => !asked.has(ask) && asked.add(ask));
  if (questions.length === 0) return null;
  return (
    <Panel title={texts.questions}>
      <div className={css.questions}>
        <Questions questions={questions} />
      </div>
    </Panel>
  );
}
