import { Button, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Feature, type FeatureChoice, featuresQuery } from "../../api";
import { counted, Failed, Loading, Panel, Rows } from "../../components";
import { FeatureDialog } from "./FeatureDialog";
import css from "./platforms.module.css";
import { featureTexts as texts } from "./texts";

/** The features as switches. What is switched counts once it was looked over and saved. */
export function FeaturesPanel({ platform }: { platform: string }) {
  const features = useQuery(featuresQuery(platform));
  const [draft, setDraft] = useState<Record<string, boolean>>({});
  const [asking, setAsking] = useState(false);
  if (features.isPending) return <Loading />;
  if (features.isError) {
    return <Failed reason={features.error} onRetry={() => void features.refetch()} />;
  }
  const changed = changes(features.data, draft);
  const set = (id: string, on: boolean) => setDraft({ ...draft, [id]: on });
  return (
    <Panel title={texts.title}>
      <p className="dim" style={{ marginTop: 4 }}>
        {texts.text}
      </p>
      <Rows label={texts.title}>
        {features.data.map((feature) => (
          <FeatureRow
            key={feature.id}
            feature={feature}
            on={draft[feature.id] ?? feature.on}
            onSet={(on) => set(feature.id, on)}
          />
        ))}
      </Rows>
      {changed.length > 0 && (
        <div className={css.unsaved} role="status">
          <span>{texts.unsaved(counted(changed.length, "change", "changes"))}</span>
          <Button onClick={() => setDraft({})}>{texts.discard}</Button>
          <Button variant="filled" onClick={() => setAsking(true)}>
            {texts.review}
          </Button>
        </div>
      )}
      {asking && (
        <FeatureDialog
          platform={platform}
          choices={changed}
          onSaved={() => setDraft({})}
          onClose={() => setAsking(false)}
        />
      )}
    </Panel>
  );
}

/** What was switched and differs from what holds. */
export const changes = (features: Feature[], draft: Record<string, boolean>): FeatureChoice[] =>
  features
    .filter(({ id, on, optional }) => optional && id in draft && draft[id] !== on)
    .map(({ id, on }) => ({ id, on: !on }));

type FeatureRowProps = { feature: Feature; on: boolean; onSet: (on: boolean) => void };

function FeatureRow({ feature, on, onSet }: FeatureRowProps) {
  return (
    <li>
      <div className={css.feature}>
        <div className="text">
          {feature.title}
          <div className="dim">{on ? feature.brings : feature.off || feature.brings}</div>
        </div>
        <span className="dim">{asks(feature)}</span>
        {feature.optional ? (
          <Switch
            aria-label={feature.title}
            checked={on}
            onChange={(event) => onSet(event.currentTarget.checked)}
          />
        ) : (
          <span className="dim">{texts.always}</span>
        )}
      </div>
    </li>
  );
}

const asks = ({ permissions }: Feature) =>
  permissions > 0 ? counted(permissions, "permission", "permissions") : texts.asksNothing;
