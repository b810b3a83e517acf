import { Button, Tabs } from "@mantine/core";
import { IconArrowLeft, IconListCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import {
  type CheckRow,
  cardsQuery,
  checksQuery,
  commands,
  FindingState,
  permissionsQuery,
  wizardQuery,
} from "../../api";
import {
  Ago,
  Empty,
  Failed,
  FindingIcon,
  isRunning,
  JobProgress,
  Loading,
  Page,
  PageLink,
  Panel,
  Pill,
  Rows,
  StepIcon,
  showDone,
  useJob,
  useRun,
} from "../../components";
import css from "./platforms.module.css";
import { holders, texts } from "./texts";

type PlatformPageProps = { platform: string; tab: string };

/** One platform in depth: its checks, its permissions, its set-up. */
export function PlatformPage({ platform, tab }: PlatformPageProps) {
  const [, go] = useLocation();
  const { data: cards } = useQuery(cardsQuery());
  const card = cards?.find((one) => one.id === platform);
  const check = useRun(commands.checkNow);
  const job = useJob("check", platform);
  return (
    <Page
      title={card?.name ?? texts.title}
      sub={card?.tenant}
      actions={
        <>
          <Button leftSection={<IconArrowLeft size={14} />} onClick={() => go("/")}>
            {texts.back}
          </Button>
          <Button variant="filled" loading={isRunning(job)} onClick={() => check.run(platform)}>
            {texts.check}
          </Button>
        </>
      }
    >
      <Tabs value={tab} onChange={(next) => go(`/platforms/${platform}/${next}`)}>
        <Tabs.List>
          <Tabs.Tab value="checks">{texts.tabs.checks}</Tabs.Tab>
          <Tabs.Tab value="permissions">{texts.tabs.permissions}</Tabs.Tab>
          <Tabs.Tab value="setup">{texts.tabs.setup}</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      {isRunning(job) && <JobProgress job={job} title={texts.checking(card?.name ?? "")} />}
      {tab === "checks" && <Checks platform={platform} />}
      {tab === "permissions" && <Permissions platform={platform} />}
      {tab === "setup" && <SetUp platform={platform} />}
    </Page>
  );
}

export default PlatformPage;

function Checks({ platform }: { platform: string }) {
  const checks = useQuery(checksQuery(platform));
  if (checks.isPending) return <Loading />;
  if (checks.isError) {
    return <Failed reason={checks.error} onRetry={() => void checks.refetch()} />;
  }
  if (checks.data.length === 0) {
    return (
      <Empty icon={<IconListCheck size={22} />} title={texts.noneYet}>
        {texts.noneYetText}
      </Empty>
    );
  }
  return (
    <Panel flush label={texts.tabs.checks}>
      <Rows label={texts.tabs.checks}>
        {checks.data.map((row) => (
          <Check key={row.code} row={row} />
        ))}
      </Rows>
    </Panel>
  );
}

function Check({ row }: { row: CheckRow }) {
  return (
    <li>
      <FindingIcon state={row.state} />
      <div style={{ flex: 1, minWidth: 0 }} className="text">
        <div className={css.checkTitle}>
          <span>{row.title}</span>
          {row.writes && row.state === FindingState.None && (
            <span className="dim">{texts.writes}</span>
          )}
        </div>
        {row.evidence && <div className="dim">{row.evidence}</div>}
        {row.cause && (
          <div className={css.cause} data-state={row.state}>
            {row.cause}
          </div>
        )}
        {(row.fix || row.fixUrl) && (
          <div>
            {row.fix} {row.fixUrl && <PageLink url={row.fixUrl}>{texts.fix}</PageLink>}
          </div>
        )}
        {row.raw && (
          <details className={css.raw}>
            <summary>{texts.raw}</summary>
            <pre>{row.raw}</pre>
          </details>
        )}
      </div>
      <span className="dim" style={{ flexShrink: 0 }}>
        {row.at && <Ago time={row.at} />}
      </span>
    </li>
  );
}

function Permissions({ platform }: { platform: string }) {
  const list = useQuery(permissionsQuery(platform));
  const save = useRun(commands.savePermissions, (path) => path && showDone(texts.saved(path)));
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed reason={list.error} onRetry={() => void list.refetch()} />;
  const kinds = [...new Set(list.data.map((permission) => permission.kind))];
  return (
    <>
      <div style={{ display: "flex", gap: 14, alignItems: "center" }}>
        <p className="dim" style={{ flex: 1 }}>
          {texts.permissionsText}
        </p>
        <Button onClick={() => save.run(platform)}>{texts.saveText}</Button>
      </div>
      {kinds.map((kind) => (
        <Panel key={kind} title={holders[kind] ?? kind}>
          <Rows label={holders[kind] ?? kind}>
            {list.data
              .filter((permission) => permission.kind === kind)
              .map((permission) => (
                <li key={permission.scope}>
                  <FindingIcon state={permission.state} />
                  <div style={{ flex: 1, minWidth: 0 }} className="text">
                    <code style={{ overflowWrap: "anywhere" }}>{permission.scope}</code>
                    <div>{permission.reason}</div>
                    {permission.methods.length > 0 && (
                      <div className="dim" style={{ overflowWrap: "anywhere" }}>
                        {texts.methods}: {permission.methods.join(", ")}
                      </div>
                    )}
                  </div>
                  <Pill tone="mute">{permission.feature}</Pill>
                </li>
              ))}
          </Rows>
        </Panel>
      ))}
    </>
  );
}

function SetUp({ platform }: { platform: string }) {
  const [, go] = useLocation();
  const wizard = useQuery(wizardQuery(platform));
  const open = useRun(commands.openStep, () => go(`/connect/${platform}`));
  if (wizard.isPending) return <Loading />;
  if (wizard.isError) return <Failed reason={wizard.error} onRetry={() => void wizard.refetch()} />;
  return (
    <Panel title={texts.tabs.setup}>
      <p className="dim" style={{ marginTop: 4 }}>
        {texts.setupText}
      </p>
      <Rows label={texts.tabs.setup}>
        {wizard.data.steps.map((step, index) => (
          <li key={step.id} style={{ alignItems: "center" }}>
            <StepIcon state={step.state} number={index + 1} />
            <div style={{ flex: 1 }}>
              <div>{step.title}</div>
              <div className="dim">{step.summary}</div>
            </div>
            <Button
              onClick={() => open.run(platform, step.id)}
              aria-label={`${texts.open}: ${step.title}`}
            >
              {texts.open}
            </Button>
          </li>
        ))}
      </Rows>
    </Panel>
  );
}
