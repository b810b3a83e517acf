import { Button, Modal, MultiSelect, Radio } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  commands,
  type Scope,
  type ScopeChoices,
  type ScopePart,
  scopeChoicesQuery,
  scopePreviewQuery,
} from "../../api";
import { counted, Failed, Loading, showDone, useRun } from "../../components";
import css from "./people.module.css";
import { scopeTexts as texts } from "./texts";

type ScopeDialogProps = { platform: string; name: string; onClose: () => void };

/** Chooses who of a platform's people takes part, saying beforehand whom that takes in. */
export function ScopeDialog({ platform, name, onClose }: ScopeDialogProps) {
  const choices = useQuery(scopeChoicesQuery(platform));
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={texts.title(name)}
      closeButtonProps={{ "aria-label": texts.cancel }}
    >
      {choices.isPending && <Loading rows={4} />}
      {choices.isError && <Failed reason={choices.error} onRetry={() => void choices.refetch()} />}
      {choices.data && <Form platform={platform} choices={choices.data} onClose={onClose} />}
    </Modal>
  );
}

type Chosen = Record<string, string[]>;

type FormProps = { platform: string; choices: ScopeChoices; onClose: () => void };

function Form({ platform, choices, onClose }: FormProps) {
  const { now } = choices;
  const [kind, setKind] = useState(now.kind);
  const [chosen, setChosen] = useState<Chosen>({ [now.kind]: now.of.map(({ id }) => id) });
  const lists: Record<string, ScopePart[]> = {
    "org-units": choices.orgUnits,
    groups: choices.groups,
  };
  const list = lists[kind];
  const ids = chosen[kind] ?? [];
  const scope: Scope = { kind, of: list ? partsOf(list, ids, now.of) : [] };
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
              description={lists[one]?.length === 0 ? texts.notTold : undefined}
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
          data={list.map(({ id, name }) => ({ value: id, label: name }))}
          value={ids}
          onChange={(next) => setChosen({ ...chosen, [kind]: next })}
        />
      )}
      {complete && <Preview platform={platform} scope={scope} />}
      <p className="dim">{texts.later}</p>
      <div className={css.buttons}>
        <Button onClick={onClose} data-autofocus>
          {texts.cancel}
        </Button>
        <Button
          variant="filled"
          disabled={!complete}
          loading={save.pending}
          onClick={() => save.run(platform, scope)}
        >
          {texts.save}
        </Button>
      </div>
    </div>
  );
}

// What was chosen before keeps its name, though it may not be listed any more.
const partsOf = (list: ScopePart[], ids: string[], before: ScopePart[]): ScopePart[] =>
  ids.flatMap((id) => [...list, ...before].find((part) => part.id === id) ?? []);

function Preview({ platform, scope }: { platform: string; scope: Scope }) {
  const preview = useQuery(scopePreviewQuery(platform, scope));
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
