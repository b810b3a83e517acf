import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { commands, StepState, type Wizard, wizardQuery } from "../../api";
import { Failed, Loading, Page, StepIcon, stepWord, useRun } from "../../components";
import css from "./connect.module.css";
import { StepView } from "./StepView";
import { texts } from "./texts";

/** The Connect wizard of one platform, drawn from what the platform says. */
export function ConnectPage({ platform }: { platform: string }) {
  const wizard = useQuery(wizardQuery(platform));
  if (wizard.isPending) return <Loading rows={7} />;
  if (wizard.isError) {
    return (
      <Page title={texts.failed}>
        <Failed reason={wizard.error} onRetry={() => void wizard.refetch()} />
      </Page>
    );
  }
  return <WizardView wizard={wizard.data} />;
}

export default ConnectPage;

// A wizard is resumed where it was left, or at the first step with something to do.
const firstStep = (wizard: Wizard) =>
  wizard.steps.find((step) => step.id === wizard.current)?.id ??
  wizard.steps.find((step) => step.state !== StepState.Done)?.id ??
  wizard.steps[0]?.id ??
  "";

const hasGoneWell = (state: StepState) => state !== StepState.Todo && state !== StepState.Failed;

export function WizardView({ wizard }: { wizard: Wizard }) {
  const [, go] = useLocation();
  const [current, setCurrent] = useState(() => firstStep(wizard));
  const remember = useRun(commands.openStep);
  const index = Math.max(
    0,
    wizard.steps.findIndex((step) => step.id === current),
  );
  const step = wizard.steps[index];
  const finished = wizard.steps.every((one) => one.state === StepState.Done);
  const last = index === wizard.steps.length - 1;
  const open = (id: string | undefined) => {
    if (!id) return;
    setCurrent(id);
    remember.run(wizard.platform, id);
  };
  useEscape(() => go("/"));
  const title = wizard.connected ? texts.titleDone(wizard.name) : texts.title(wizard.name);
  return (
    <Page
      fill
      title={title}
      sub={[wizard.tenant, texts.saved].filter(Boolean).join(" · ")}
      actions={<Button onClick={() => go("/")}>{texts.close}</Button>}
    >
      <div className={css.wizard}>
        <nav className={css.rail} aria-label={texts.steps}>
          {wizard.steps.map((one, at) => (
            <button
              key={one.id}
              type="button"
              aria-current={one.id === step?.id ? "step" : undefined}
              onClick={() => open(one.id)}
            >
              <StepIcon state={one.state} number={at + 1} />
              <span>
                <b>{one.title}</b>
                <small>{one.summary || stepWord(one.state)}</small>
              </span>
            </button>
          ))}
        </nav>
        {step && (
          <section className={css.step} aria-label={step.title}>
            <StepView key={step.id} platform={wizard.platform} step={step} />
            <div className={css.buttons}>
              <span className="dim">{texts.stepOf(index + 1, wizard.steps.length)}</span>
              <Button disabled={index === 0} onClick={() => open(wizard.steps[index - 1]?.id)}>
                {texts.back}
              </Button>
              <Button
                variant={hasGoneWell(step.state) ? "filled" : "default"}
                onClick={() => (last ? go("/") : open(wizard.steps[index + 1]?.id))}
              >
                {last ? (finished ? texts.finish : texts.later) : texts.next}
              </Button>
            </div>
          </section>
        )}
      </div>
    </Page>
  );
}

function useEscape(leave: () => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const dialog = document.querySelector('[role="dialog"], [role="menu"]');
      if (event.key === "Escape" && !event.defaultPrevented && !dialog) leave();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [leave]);
}
