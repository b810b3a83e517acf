import { Radio } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { commands, noticingQuery } from "../../api";
import { Failed, Loading, PageLink, Panel, showDone, TextButton, useRun } from "../../components";
import css from "./platforms.module.css";
import { noticingTexts as texts } from "./texts";

/** How changes in rooms are noticed, with the vendor's own rule beside it. */
export function NoticingPanel({ platform }: { platform: string }) {
  const [, go] = useLocation();
  const noticing = useQuery(noticingQuery(platform));
  const choose = useRun(commands.setNoticing, () => showDone(texts.saved));
  if (noticing.isPending) return <Loading rows={3} />;
  if (noticing.isError) {
    return <Failed reason={noticing.error} onRetry={() => void noticing.refetch()} />;
  }
  const { ways, chosen, rule, ruleUrl } = noticing.data;
  return (
    <Panel title={texts.title}>
      <Radio.Group
        aria-label={texts.title}
        value={chosen}
        onChange={(way) => choose.run(platform, way)}
      >
        <div className={css.ways}>
          {ways.map((way) => (
            <Radio
              key={way.id}
              value={way.id}
              label={way.title}
              description={[way.text, way.missing].filter(Boolean).join(" ")}
              disabled={way.missing !== "" || choose.pending}
            />
          ))}
        </div>
      </Radio.Group>
      <p className="dim" style={{ marginTop: 10 }}>
        {rule} {ruleUrl && <PageLink url={ruleUrl}>{texts.rule}</PageLink>}{" "}
        <TextButton onClick={() => go("/settings")}>{texts.intervals}</TextButton>
      </p>
    </Panel>
  );
}
