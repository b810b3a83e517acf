import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";
import {
  commands,
  type Feature,
  type FeaturePreview,
  featurePreviewQuery,
  type Permission,
} from "../../api";
import { Failed, Loading, showDone, useRun } from "../../components";
import css from "./platforms.module.css";
import { holders, featureTexts as texts } from "./texts";

type FeatureDialogProps = {
  platform: string;
  feature: Feature;
  onClose: () => void;
};

/** Says what switching a feature changes, before it is saved. */
export function FeatureDialog(props: FeatureDialogProps) {
  const { platform, feature } = props;
  const preview = useQuery(featurePreviewQuery(platform, feature.id, !feature.on));
  return (
    <Modal
      opened
      onClose={props.onClose}
      size={600}
      title={texts.dialog(feature.title, !feature.on)}
      closeButtonProps={{ "aria-label": texts.cancel }}
    >
      {preview.isPending && <Loading rows={5} />}
      {preview.isError && <Failed reason={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.data && <Effects preview={preview.data} {...props} />}
    </Modal>
  );
}

type EffectsProps = FeatureDialogProps & { preview: FeaturePreview };

function Effects({ preview, platform, feature, onClose }: EffectsProps) {
  const [, go] = useLocation();
  const leave = (said: string) => {
    showDone(said);
    onClose();
  };
  const save = useRun(commands.setFeature, leave);
  const saveAndOpen = useRun(
    async (...choice: Parameters<typeof commands.setFeature>) => {
      const said = await commands.setFeature(...choice);
      await commands.openStep(platform, preview.step);
      return said;
    },
    (said) => {
      leave(said);
      go(`/connect/${platform}`);
    },
  );
  return (
    <div className={`${css.confirm} text`}>
      {preview.effect && <p>{preview.effect}</p>}
      <Changed title={texts.adds} none={texts.addsNone} list={preview.adds} sign="+" />
      <Changed title={texts.removes} none={texts.removesNone} list={preview.removes} sign="−" />
      {preview.next && <p className={css.next}>{preview.next}</p>}
      <div className={css.buttons}>
        <Button onClick={onClose} data-autofocus>
          {texts.cancel}
        </Button>
        <Button
          variant={preview.step ? "default" : "filled"}
          loading={save.pending}
          onClick={() => save.run(platform, feature.id, !feature.on)}
        >
          {texts.save}
        </Button>
        {preview.step && (
          <Button
            variant="filled"
            loading={saveAndOpen.pending}
            onClick={() => saveAndOpen.run(platform, feature.id, !feature.on)}
          >
            {texts.saveAndOpen(preview.stepTitle)}
          </Button>
        )}
      </div>
    </div>
  );
}

type ChangedProps = { title: string; none: string; list: Permission[]; sign: string };

function Changed({ title, none, list, sign }: ChangedProps) {
  return (
    <>
      <h3>{title}</h3>
      {list.length === 0 ? (
        <p className="dim">{none}</p>
      ) : (
        <ul className={css.changed} data-sign={sign}>
          {list.map((one) => (
            <li key={`${one.kind} ${one.scope} ${one.feature}`}>
              <code className={css.scope}>{one.scope}</code>
              <div className="dim">
                {holders[one.kind] ?? one.kind}. {one.reason}
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
