import { Button, Modal, MultiSelect, Radio } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  commands,
  type ScopeChoice,
  type ScopeItem,
  type ScopeOptions,
  scopeOptionsQuery,
  scopePreviewQuery,
} from "../../api";
import { counted, Failed, Loading, showDone, useRun } from "../../components";
import css from "./people.module.css";
import { scopeTexts as texts } from "./texts";

type ScopeDialogProps = { platform: string; name: string; onClose: () => void };

/** Chooses who of a platform's people takes part, saying beforehand whom that takes in. */
export function ScopeDialog({ platform, name, onClose }: ScopeDialogProps) {
  const options = useQuery(scopeOptionsQuery(platform));
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={texts.title(name)}
      closeButtonProps={{ "aria-label": texts.cancel }}
    >
      {options.isPending && <Loading rows={4} />}
      {options.isError && <Failed reason={options.error} onRetry={() => void options.refetch()} />}
      {options.data && <Form options={options.data} onClose={onClose} />}
    </Modal>
  );
}

type Chosen = Record<string, string[]>;

type FormProps = { options: ScopeOptions; onClose: () => void };

function Form({ options, onClose }: FormProps) {
  const { platform, now } = options;
  const [kind, setKind] = useState(now.kind);
  const [chosen, setChosen] = useState<Chosen>({ [now.kind]: now.of });
  const lists: Record<string, ScopeItem[]> = {
    "org-units": options.orgUnits,
    groups: options.groups,
  };
  const list = lists[kind];
  const ids = chosen[kind] ?? [];
  const choice: ScopeChoice = { kind, of: list ? ids : [] };
  const complete = !list || ids.length > 0;
  const save = useRun(commands.setScope, () => {
    showDone(texts.saved);
    onClose();
  });
  return (
    <div className={`${css.dialog} text`}>
      <Radio.Group aria-label={texts.by} value={kind} onChange={setKind}>
        <div className={css.choices}>
          {["all", "org-units", "groups"].map((one) => (
            <Radio
              key={one}
              value={one}
              label={texts.kinds[one]}
              disabled={lists[one]?.length === 0}
              description={lists[one]?.length === 0 ? options.why || texts.notTold : undefined}
            />
          ))}
        </div>
      </Radio.Group>
      {list && (
        <MultiSelect
          aria-label={texts.kinds[kind] ?? kind}
          placeholder={ids.length === 0 ? texts.choose : ""}
          searchable
          limit={100}
          data={list.map(({ id, name, note }) => ({
            value: id,
            label: note ? `${name} (${note})` : name,
          }))}
          value={ids}
          onChange={(next) => setChosen({ ...chosen, [kind]: next })}
        />
      )}
      {complete && <Preview platform={platform} choice={choice} />}
      <p className="dim">{texts.later}</p>
      <div className={css.buttons}>
        <Button onClick={onClose} data-autofocus>
          {texts.cancel}
        </Button>
        <Button
          variant="filled"
          disabled={!complete}
          loading={save.pending}
          onClick={() => save.run(platform, choice)}
        >
          {texts.save}
        </Button>
      </div>
    </div>
  );
}

function Preview({ platform, choice }: { platform: string; choice: ScopeChoice }) {
  const preview = useQuery(scopePreviewQuery(platform, choice));
  if (preview.isPending) return <Loading rows={1} />;
  if (preview.isError) return <Failed reason={preview.error} />;
  const { inside, outside, leaving } = preview.data;
  return (
    <div className={css.preview} data-leaving={leaving.length > 0}>
      {texts.takes(counted(inside, "person", "people"), counted(outside, "person", "people"))}
      {leaving.length > 0 && (
        <div>
          {texts.leaving(counted(leaving.length, "enabled person", "enabled people"))}{" "}
          {leaving.slice(0, 5).join(", ")}
          {leaving.length > 5 && texts.more(leaving.length - 5)}
        </div>
      )}
    </div>
  );
}
