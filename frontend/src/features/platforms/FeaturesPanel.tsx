import { Button, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { commands, type Feature, featuresQuery, revocableQuery } from "../../api";
import { counted, Failed, Loading, Panel, Rows, useRun } from "../../components";
import { FeatureDialog } from "./FeatureDialog";
import css from "./platforms.module.css";
import { featureTexts as texts } from "./texts";

/** The features as switches. What a switch changes is shown before it is saved. */
export function FeaturesPanel({ platform }: { platform: string }) {
  const features = useQuery(featuresQuery(platform));
  const [asked, setAsked] = useState<Feature>();
  if (features.isPending) return <Loading />;
  if (features.isError) {
    return <Failed reason={features.error} onRetry={() => void features.refetch()} />;
  }
  return (
    <Panel title={texts.title}>
      <p className="dim" style={{ marginTop: 4 }}>
        {texts.text}
      </p>
      <Rows label={texts.title}>
        {features.data.map((feature) => (
          <FeatureRow key={feature.id} feature={feature} onSwitch={() => setAsked(feature)} />
        ))}
      </Rows>
      <Revocable platform={platform} />
      {asked && (
        <FeatureDialog
          key={asked.id}
          platform={platform}
          feature={asked}
          onClose={() => setAsked(undefined)}
        />
      )}
    </Panel>
  );
}

function FeatureRow({ feature, onSwitch }: { feature: Feature; onSwitch: () => void }) {
  const { title, brings, off, on, optional, permissions } = feature;
  return (
    <li>
      <div className={css.feature}>
        <div className="text">
          {title}
          <div className="dim">{on ? brings : off || brings}</div>
        </div>
        <span className="dim">
          {permissions > 0 ? counted(permissions, "permission", "permissions") : texts.asksNothing}
        </span>
        {optional ? (
          <Switch aria-label={title} checked={on} onChange={onSwitch} />
        ) : (
          <span className="dim">{texts.always}</span>
        )}
      </div>
    </li>
  );
}

/** What was asked for once and may be revoked at the platform, until somebody says that it is. */
function Revocable({ platform }: { platform: string }) {
  const { data } = useQuery(revocableQuery(platform));
  const revoked = useRun(commands.revoked);
  if (!data || data.length === 0) return null;
  return (
    <div className={css.revocable}>
      <div className="text">
        <b>{texts.revocable}</b>
        <ul>
          {data.map((one) => (
            <li key={`${one.kind} ${one.scope}`}>
              <code className={css.scope}>{one.scope}</code>
            </li>
          ))}
        </ul>
      </div>
      <Button loading={revoked.pending} onClick={() => revoked.run(platform)}>
        {texts.revoked}
      </Button>
    </div>
  );
}
