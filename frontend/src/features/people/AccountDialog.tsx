import { Button, Modal, Radio, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  type AccountChoice,
  type AccountOptions,
  accountOptionsQuery,
  accountPreviewQuery,
  commands,
  type Person,
} from "../../api";
import { Failed, Loading, showDone, useRun } from "../../components";
import css from "./people.module.css";
import { accountTexts as texts } from "./texts";

type AccountDialogProps = { person: Person; platform: string; onClose: () => void };

/** Proposes an account on the other platform, saying beforehand what it brings and costs. */
export function AccountDialog({ person, platform, onClose }: AccountDialogProps) {
  const options = useQuery(accountOptionsQuery(platform));
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={texts.title(person.left.name || person.right.name)}
      closeButtonProps={{ "aria-label": texts.cancel }}
    >
      {options.isPending && <Loading rows={4} />}
      {options.isError && <Failed reason={options.error} onRetry={() => void options.refetch()} />}
      {options.data?.why && <p className="text">{options.data.why}</p>}
      {options.data && !options.data.why && (
        <Form person={person} options={options.data} onClose={onClose} />
      )}
    </Modal>
  );
}

type FormProps = { person: Person; options: AccountOptions; onClose: () => void };

function Form({ person, options, onClose }: FormProps) {
  const [choice, setChoice] = useState<AccountChoice>({
    platform: options.platform,
    guest: true,
    orgUnit: "",
    country: "",
    licence: "",
  });
  const set = (change: Partial<AccountChoice>) => setChoice({ ...choice, ...change });
  const preview = useQuery(accountPreviewQuery(person.id, choice));
  const one = preview.data?.[0];
  const propose = useRun(commands.proposeAccounts, () => {
    showDone(texts.proposed);
    onClose();
  });
  return (
    <div className={`${css.dialog} text`}>
      <Radio.Group
        aria-label={texts.kind}
        value={choice.guest ? "guest" : "member"}
        onChange={(kind) => set({ guest: kind === "guest", orgUnit: "", licence: "" })}
      >
        <div className={css.choices}>
          <Radio value="guest" label={texts.guest} description={texts.guestText} />
          <Radio value="member" label={texts.member} description={texts.memberText} />
        </div>
      </Radio.Group>
      {!choice.guest && <MemberChoices options={options} choice={choice} onSet={set} />}
      {preview.isPending && <Loading rows={2} />}
      {preview.isError && <Failed reason={preview.error} />}
      {one && (
        <div className={css.preview} data-leaving={one.problem !== "" || one.costs}>
          {one.problem
            ? texts.refused(options.name, one.problem)
            : texts.made(options.name, one.address)}
          {one.notes.length > 0 && (
            <ul>
              {one.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
        </div>
      )}
      <p className="dim">{texts.later}</p>
      <div className={css.buttons}>
        <Button onClick={onClose} data-autofocus>
          {texts.cancel}
        </Button>
        <Button
          variant="filled"
          disabled={one?.problem !== ""}
          loading={propose.pending}
          onClick={() => propose.run([person.id], choice)}
        >
          {texts.propose}
        </Button>
      </div>
    </div>
  );
}

type MemberChoicesProps = {
  options: AccountOptions;
  choice: AccountChoice;
  onSet: (change: Partial<AccountChoice>) => void;
};

function MemberChoices({ options, choice, onSet }: MemberChoicesProps) {
  return (
    <>
      {options.orgUnits.length > 0 && (
        <Select
          label={texts.orgUnit}
          placeholder={texts.byDefault}
          searchable
          clearable
          data={options.orgUnits}
          value={choice.orgUnit || null}
          onChange={(value) => onSet({ orgUnit: value ?? "" })}
        />
      )}
      {options.licences.length > 0 && (
        <Select
          label={texts.licence}
          placeholder={texts.noLicence}
          clearable
          data={options.licences.map(({ id, name, free }) => ({
            value: id,
            label: texts.offer(name, free),
            disabled: free === 0,
          }))}
          value={choice.licence || null}
          onChange={(value) => onSet({ licence: value ?? "" })}
        />
      )}
    </>
  );
}
