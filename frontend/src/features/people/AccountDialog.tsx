import { Button, Modal, Radio, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { accountForecastQuery, commands, type Person } from "../../api";
import { Failed, Loading, showDone, useRun } from "../../components";
import css from "./people.module.css";
import { accountTexts as texts } from "./texts";

/** Proposes an account on the other platform, saying beforehand what it brings and costs. */
export function AccountDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const [kind, setKind] = useState("guest");
  const [orgUnit, setOrgUnit] = useState("");
  const [settled] = useDebouncedValue(orgUnit.trim(), 300);
  const wish = { guest: kind === "guest", orgUnit: kind === "guest" ? "" : settled };
  const forecast = useQuery(accountForecastQuery(person.id, wish));
  const propose = useRun(commands.proposeAccount, () => {
    showDone(texts.proposed);
    onClose();
  });
  const refused = forecast.data?.refused ?? "";
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={texts.title(person.left.name || person.right.name)}
      closeButtonProps={{ "aria-label": texts.cancel }}
    >
      <div className={`${css.dialog} text`}>
        <Radio.Group aria-label={texts.kind} value={kind} onChange={setKind}>
          <div className={css.choices}>
            <Radio value="guest" label={texts.guest} description={texts.guestText} />
            <Radio value="member" label={texts.member} description={texts.memberText} />
          </div>
        </Radio.Group>
        {kind === "member" && (
          <TextInput
            label={texts.orgUnit}
            placeholder="/"
            value={orgUnit}
            spellCheck={false}
            onChange={(event) => setOrgUnit(event.currentTarget.value)}
          />
        )}
        {forecast.isPending && <Loading rows={2} />}
        {forecast.isError && <Failed reason={forecast.error} />}
        {forecast.data && (
          <div className={css.preview} data-leaving={refused !== "" || forecast.data.costs}>
            {refused
              ? texts.refused(forecast.data.platform, refused)
              : texts.made(forecast.data.platform, forecast.data.address)}
            {forecast.data.notes.length > 0 && (
              <ul>
                {forecast.data.notes.map((note) => (
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
            disabled={!forecast.data || refused !== ""}
            loading={propose.pending}
            onClick={() => propose.run(person.id, wish)}
          >
            {texts.propose}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
