import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { commands, wizardQuery } from "../../api";
import { Failed, Loading, Panel, Rows, StepIcon, useRun } from "../../components";
import { FeaturesPanel } from "./FeaturesPanel";
import { NoticingPanel } from "./NoticingPanel";
import { settingsTexts as texts } from "./texts";

/** What a platform does here, how its changes are noticed, and how it was set up. */
export function SettingsTab({ platform }: { platform: string }) {
  return (
    <>
      <FeaturesPanel platform={platform} />
      <NoticingPanel platform={platform} />
      <SetUp platform={platform} />
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
    <Panel title={texts.setup}>
      <p className="dim" style={{ marginTop: 4 }}>
        {texts.setupText}
      </p>
      <Rows label={texts.setup}>
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
